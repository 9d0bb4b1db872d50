"""Secrets: a name nominates a file, its content decides.

Whoever walks the context asks `screen` and `worth_opening` which files to open, and gives their bytes to `judge`; how
far a secret reaches, and so how bad it is, others say. This package opens no file and knows no build. To add a kind of
file, add a row to `names`; a kind of token, a row to `tokens`; a file format, a function to `formats`.
"""

from __future__ import annotations

from .assignments import bare_argument
from .judgement import Judgement, Severity, Verdict, fingerprint
from .scope import SMALL, is_own, own_tests, readable, screen, third_party, worth_opening
from .verdict import assignment, judge

__all__ = [
    "SMALL",
    "Judgement",
    "Severity",
    "Verdict",
    "assignment",
    "bare_argument",
    "fingerprint",
    "is_own",
    "judge",
    "own_tests",
    "readable",
    "screen",
    "third_party",
    "worth_opening",
]
