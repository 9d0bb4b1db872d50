"""Secrets: a name nominates a file, its content decides.

After `junk`'s place in the pipeline it is `review` that weighs what is found here by how far it reaches. This package
opens no file and knows no build: it is given names, and bytes. To add a kind of file, add a row to `names`; a kind of
token, a row to `tokens`; a file format, a function to `formats`.
"""

from __future__ import annotations

from .assignments import bare_argument
from .judgement import Judgement, Severity, Verdict, fingerprint
from .scope import own_tests, readable, screen, third_party
from .verdict import assignment, judge

__all__ = [
    "Judgement",
    "Severity",
    "Verdict",
    "assignment",
    "bare_argument",
    "fingerprint",
    "judge",
    "own_tests",
    "readable",
    "screen",
    "third_party",
]
