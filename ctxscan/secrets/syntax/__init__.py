"""Readers of configuration, one module for each notation: text in, fields out."""
