"""What the build and the program of its image read: sources that are not there, and what no step can do without."""
