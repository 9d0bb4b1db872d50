"""Dependencies: when they are installed, from which lock file, and which of them ship."""
