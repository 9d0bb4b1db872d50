"""Secrets: a name nominates a file, its content decides.

Whoever walks the context asks `scope.screen` and `scope.worth_opening` which files to open, and gives their bytes to
`verdict.judge`; how far a secret reaches, and so how bad it is, others say. This package opens no file and knows no
build. To add a kind of file, add a row to `names`; a kind of token, a row to `tokens`; a file format, a function to
`formats`.
"""
