"""What the layers of an image hold twice, too much of, or of something else than was meant."""
