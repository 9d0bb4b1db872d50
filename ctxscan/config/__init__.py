"""What a project has settled: `[tool.ctxscan]` in `pyproject.toml`, or `.ctxscan.toml`."""
