"""The site of the documentation: `sphinx-build -W docs site`, in CI with `.ci/steps site`."""

project = "ctxscan"
author = "the ctxscan contributors"
html_title = "ctxscan"
html_theme = "furo"
extensions = ["myst_parser"]
# Links to a heading, as code hosts make them.
myst_heading_anchors = 4
exclude_patterns = ["conf.py"]
# `cmd` blocks and patterns are no language that is known.
highlight_language = "none"
