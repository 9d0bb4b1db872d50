"""Who names the context of a Dockerfile: one module for each family of files, in the order of trust of `families`."""
