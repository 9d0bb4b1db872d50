"""What a build needs besides what its Dockerfile copies by name."""
