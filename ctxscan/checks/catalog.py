"""The opinions: one function for each finding code, whose docstring is its documentation.

A check takes the evidence and yields findings; it reads no disk and knows no format. A finding has to be worth a user's
time: on a clean project all of these are silent.

    what the build needs: inputs   unmet   secrets: secrecy   sizes
    the ignore file: rules   lines   inactive   what keeps a build from being judged: contexts
    the lessons of the Dockerfile: bases   frontends   installs   locking   shipping   layering   cleanup   running
        starting   mounting
    its COPYs: copies   what was built, with `--image`: built
"""

from __future__ import annotations

from typing import Final

from ..findings import Finding, worst_first
from . import (  # noqa: F401 each lists its checks
    bases,
    built,
    cleanup,
    contexts,
    copies,
    frontends,
    inactive,
    inputs,
    installs,
    layering,
    lines,
    locking,
    mounting,
    rules,
    running,
    secrecy,
    shipping,
    sizes,
    starting,
    unmet,
)
from .audience import is_foreign, rehearses
from .registry import CHECKS, Evidence, Scope

__all__ = ["CHECKS", "run_checks"]

#: What can be said of a Dockerfile whose context is not known.
ALONE: Final = (
    "unknown-context",
    "blank-base",
    "secret-in-dockerfile",
    "unpinned-base",
    "root-user",
    "shell-form-command",
    "missing-healthcheck",
    "split-cleanup",
)


def run_checks(case: Evidence, *, late: bool = False) -> tuple[Finding, ...]:
    """Every finding about one build, worst first: of the checks that know of no proposals, or of the `late` ones."""
    known, scopes = case.scan.build.known, _scopes(case)
    checks = [
        each for each in CHECKS.values() if each.late is late and (known or each.code in ALONE) and each.scope in scopes
    ]
    return worst_first([finding for each in checks for finding in each.run(case)])


def _scopes(case: Evidence) -> tuple[Scope, ...]:
    """Which checks speak of this build."""
    if is_foreign(case.scan.build):
        return ("any",)
    rehearsal = case.reading is not None and rehearses(case.reading)
    return ("any", "own") if rehearsal else ("any", "own", "shipped")
