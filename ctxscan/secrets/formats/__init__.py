"""Readers of credential files, one function for each format: text in, judgements out."""
