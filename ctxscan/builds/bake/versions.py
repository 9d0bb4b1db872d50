"""Semantic versions and what they have to satisfy, as the library that bake uses reads them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ...regex import lazy
from .values import Unfit

_VERSION: Final = lazy(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)
_PART: Final = lazy(
    r"\s*(=>|=<|>=|<=|!=|~>|[=<>~^])?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?"
    r"(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\s*,?",
    re.ASCII,
)
_RANGE: Final = lazy(r"(\S+)\s+-\s+(\S+)")


class Version(NamedTuple):
    major: int
    minor: int
    patch: int
    pre: str

    @property
    def order(self) -> tuple[object, ...]:
        """What versions are compared by: one with a suffix comes before the same without."""
        parts = tuple(
            (0, int(each), "") if each.isdigit() else (1, 0, each) for each in (self.pre.split(".") if self.pre else ())
        )
        return self.major, self.minor, self.patch, not self.pre, parts


def _version(text: str) -> Version:
    found = _VERSION.fullmatch(text)
    if found is None or len(text) > 256:
        raise Unfit("invalid semantic version")
    return Version(int(found[1]), int(found[2] or 0), int(found[3] or 0), found[4] or "")


def satisfies(version: str, constraint: str) -> bool:
    """Whether a version is one of those that a constraint names. Raises `Unfit`."""
    given = _version(version)
    if len(constraint) > 4096:
        raise Unfit("improper constraint")
    return any(_all(given, each) for each in constraint.split("||"))


def _all(version: Version, constraint: str) -> bool:
    constraint = _RANGE.sub(r">=\1 <=\2", constraint)
    at, held = 0, True
    while at < len(constraint):
        part = _PART.match(constraint, at)
        if part is None:
            raise Unfit("improper constraint")
        held = _one(version, part) and held
        at = part.end()
    return held if constraint.strip() else not version.pre


def _one(version: Version, part: re.Match[str]) -> bool:
    operator = {"=>": ">=", "=<": "<=", "~>": "~", None: "="}.get(part[1], part[1])
    given = [None if each is None or each in "xX*" else int(each) for each in (part[2], part[3], part[4])]
    known = next((at for at, each in enumerate(given) if each is None), 3)
    least = Version(
        given[0] or 0, (given[1] if known > 1 else 0) or 0, (given[2] if known > 2 else 0) or 0, part[5] or ""
    )
    if version.pre and not least.pre:
        return False
    if operator == "!=":
        return not _within(version, least, known)
    if operator == "=":
        return _within(version, least, known) if known < 3 else version == least
    if operator == ">":
        return version.order > least.order and (known == 3 or not _within(version, least, known))
    if operator == "<":
        return version.order < least.order
    if operator == ">=":
        return version.order >= least.order
    if operator == "<=":
        return version.order <= least.order or (known < 3 and _within(version, least, known))
    if version.order < least.order:
        return False
    if operator == "~":
        return known == 0 or _within(version, least, min(known, 2))
    if least.major or known < 2:
        return known == 0 or version.major == least.major
    if least.minor or known < 3:
        return version[:2] == least[:2]
    return version[:3] == least[:3]


def _within(version: Version, least: Version, known: int) -> bool:
    """Whether the first parts, as many as are known, are the same."""
    return version[:known] == least[:known] and (known < 3 or version.pre == least.pre)
