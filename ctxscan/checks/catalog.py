"""The opinions: one function for each finding code, whose docstring is its documentation.

A check takes the evidence and yields findings; it reads no disk and knows no format. A finding has to be worth a user's
time: on a clean project all of these are silent.

    what the build needs: inputs   unmet   secrets: secrecy   sizes
    the ignore file: rules   lines   inactive   what keeps a build from being judged: contexts
    the lessons of the Dockerfile: bases   frontends   installs   locking   shipping   layering   cleanup   running
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
    rules,
    running,
    secrecy,
    shipping,
    sizes,
    unmet,
)
from .audience import is_foreign, rehearses
from .registry import CHECKS, Check, Evidence

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
    known = case.scan.build.known
    checks = [
        each for each in CHECKS.values() if each.late is late and (known or each.code in ALONE) and speaks(each, case)
    ]
    return worst_first([finding for each in checks for finding in each.run(case)])


def speaks(check: Check, case: Evidence) -> bool:
    """Whether the build is one of those that a check speaks of."""
    if check.scope == "any":
        return True
    if is_foreign(case.scan.build):
        return False
    return check.scope == "own" or case.reading is None or not rehearses(case.reading)
