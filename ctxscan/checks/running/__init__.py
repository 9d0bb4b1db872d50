"""The container as it runs: as which user, how it starts and stops, and what is mounted over it."""
