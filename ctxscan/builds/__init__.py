"""Where builds come from: a directory, a compose file, a bake plan, or everything below a directory."""
