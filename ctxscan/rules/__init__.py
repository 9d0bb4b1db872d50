"""Ignore rules: Go's expressions, the grammars of a line, what differs between builders, the matcher."""
