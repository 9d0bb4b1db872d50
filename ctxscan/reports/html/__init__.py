"""The HTML report: one page with its data, script and style."""
