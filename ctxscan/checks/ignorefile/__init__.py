"""The ignore file itself: whether it is read, and whether its rules do what they seem to."""
