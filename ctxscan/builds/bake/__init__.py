"""Bake files: the targets of `docker buildx bake`, each as an order."""
