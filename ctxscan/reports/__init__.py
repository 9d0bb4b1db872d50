"""One module for each format, each a pure function from reviews to text."""
