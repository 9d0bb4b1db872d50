"""The opinions: one function for each finding code, whose docstring is its documentation."""
