"""The text report, one module for each of its parts."""
