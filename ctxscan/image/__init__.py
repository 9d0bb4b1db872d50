"""The file systems of stages: what COPY, ADD and RUN do to them, and where a file of the context ends."""
