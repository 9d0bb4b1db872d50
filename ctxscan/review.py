"""A scan with the opinions on it: what every report is made of.

After `checks`, before `reports`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .explain import Explanation, explain
from .findings import Finding
from .scan import Scan


@dataclass(frozen=True, slots=True)
class Review:
    """`findings` are worst first; None: only facts were asked for."""

    scan: Scan
    explanations: tuple[Explanation, ...]
    findings: tuple[Finding, ...] | None


def review(scan: Scan, *, explain_paths: Iterable[str] = ()) -> Review:
    """The scan with every finding that stands."""
    from .checks import check

    return Review(scan, tuple(explain(scan, path) for path in explain_paths), check(scan))


def facts(scan: Scan, *, explain_paths: Iterable[str] = ()) -> Review:
    """The scan alone."""
    return Review(scan, tuple(explain(scan, path) for path in explain_paths), None)
