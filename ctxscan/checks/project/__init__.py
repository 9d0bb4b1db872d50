"""What the repository says around a build: who orders it, who runs its image, and for whom it is meant."""
