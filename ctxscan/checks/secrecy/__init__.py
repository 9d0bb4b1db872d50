"""Secrets in files of the context and in the Dockerfile."""
