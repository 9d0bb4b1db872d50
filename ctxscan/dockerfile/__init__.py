"""A Dockerfile as the builder works it off: stages, steps, variables; what each step reads, and from where.

    words  ->  instructions  ->  arguments  ->  stages  ->  resolver

`parse` gives the stages as they are written, `resolve` what a build with a target, build arguments and named contexts
makes of them. Both follow BuildKit, also in what they refuse and how they say so. No file is touched: whether a source
exists, where a link leads and what is sent is for `transfer`.

Source: section 6 of semantics.md, and BuildKit's behaviour where that is silent.
"""

from __future__ import annotations

from .instructions import Heredoc, Instruction
from .resolver import resolve
from .stages import Dockerfile, Mount, Origin, Plan, Section, Source, Stage, Step, parse

__all__ = [
    "Dockerfile",
    "Heredoc",
    "Instruction",
    "Mount",
    "Origin",
    "Plan",
    "Section",
    "Source",
    "Stage",
    "Step",
    "parse",
    "resolve",
]
