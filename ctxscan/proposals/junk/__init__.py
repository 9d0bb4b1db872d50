"""What is junk, by name and content: rows, and their lookup."""
