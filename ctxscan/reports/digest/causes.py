"""Findings of several builds by their cause: what is wrong once is reported once, with the builds that have it.

    secret-file .env in 4 builds: api, web, …

One cause is one code at one place as seen from here, however far it reaches in which build: the worst counts, and the
builds that have it as bad. What a build gets from its own Dockerfile, but in the same words as others, is another cause
that reports tell in one line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from ...findings import SEVERITIES, Severity
from ...regex import lazy
from .figures import count
from .told import Told

if TYPE_CHECKING:
    from .digest import Digest


class Cause(NamedTuple):
    """`worst` is the finding of the build in which it is worst; `builds` are the names of all in which it is as bad."""

    worst: Told
    builds: tuple[str, ...]


class Group(NamedTuple):
    """The causes of one code that are as bad, the worst and largest first."""

    code: str
    severity: Severity
    causes: tuple[Cause, ...]

    @property
    def builds(self) -> tuple[str, ...]:
        """The names of all builds that have any of them."""
        return tuple(dict.fromkeys(name for each in self.causes for name in each.builds))

    @property
    def alike(self) -> tuple[tuple[Cause, ...], ...]:
        """Those that say the same and are mended by the same together, in the order of the first of each."""
        by_words: dict[tuple[str, str], list[Cause]] = {}
        for each in self.causes:
            by_words.setdefault(_words(each.worst), []).append(each)
        return tuple(map(tuple, by_words.values()))


#: How many files there are is another number in each build.
_NUMBER: Final = lazy(r"\b\d+(?= (?:\w+ )?files\b)")


def _words(told: Told) -> tuple[str, str]:
    """What a cause says, and what mends it, without what is told of the directory of its own Dockerfile alone."""
    said, mended = told.message, told.remedy or ""
    if "files" not in said or told.place.path is None:
        return said, mended
    said, numbers = _NUMBER.subn("", said)
    home = posixpath.dirname(told.place.path) if numbers else ""
    return said, re.sub(rf"(?<![\w.-]){re.escape(home)}(?![\w.-])", "", mended) if home else mended


def causes(digests: Sequence[Digest]) -> tuple[Cause, ...]:
    """What is wrong in any of the builds, worst first, then by code, largest first, and by place."""
    by_key: dict[tuple[str, ...], list[tuple[str, Told]]] = {}
    for digest in digests:
        for each in digest.findings or ():
            by_key.setdefault(_key(each), []).append((digest.name or digest.context, each))
    found = []
    for every in by_key.values():
        worst = min((each for _, each in every), key=_badness)
        names = dict.fromkeys(name for name, each in every if each.severity == worst.severity)
        found.append(Cause(worst, tuple(names)))
    return tuple(sorted(found, key=_rank))


def _badness(each: Told) -> tuple[int, int, int]:
    """How bad it is, how far it gets, and how much there is to say: one target may have more such lines than another.
    The least first."""
    reach = _FARTHEST.index(each.reach) if each.reach in _FARTHEST else len(_FARTHEST)
    return SEVERITIES.index(each.severity), reach, -len(each.message)


_FARTHEST: Final = ("image", "possible", "transfer", "context")


def _key(each: Told) -> tuple[str, ...]:
    if each.place.path is None:
        return each.code, each.message
    return each.code, each.place.path, each.finding.kind or "", each.finding.key or str(each.line)


def _rank(each: Cause) -> tuple[int, str, int, int, str, int]:
    told = each.worst
    severity = SEVERITIES.index(told.severity)
    return severity, told.code, -told.bytes, -len(each.builds), told.place.path or "", told.line or 0


def groups(found: Sequence[Cause]) -> tuple[Group, ...]:
    """The causes by severity and code."""
    keyed = groupby(found, key=lambda each: (each.worst.severity, each.worst.code))
    return tuple(Group(code, severity, tuple(some)) for (severity, code), some in keyed)


def counts(found: Sequence[Cause]) -> tuple[tuple[Severity, int], ...]:
    """How many causes there are of each severity."""
    numbers = ((each, sum(one.worst.severity == each for one in found)) for each in SEVERITIES)
    return tuple((severity, number) for severity, number in numbers if number)


def named(builds: Sequence[str], most: int) -> str:
    """`in api`, `in 3 builds: api, web, jobs`, `in 20 builds: api, web, … 18 more`: with at most so many names, where
    the rest counts as one; `in 20 builds` where there is room for no more."""
    if len(builds) == 1:
        return f"in {builds[0]}"
    shown = builds if len(builds) <= most else builds[: most - 1]
    more = f", … {len(builds) - len(shown)} more" if len(shown) < len(builds) else ""
    number = f"in {count(len(builds), 'build')}"
    return f"{number}: {', '.join(shown)}{more}" if shown else number


def sorted_builds(digests: Sequence[Digest]) -> tuple[Digest, ...]:
    """The builds by their worst finding, then by how much is sent."""

    def rank(digest: Digest) -> tuple[int, int, int]:
        number = digest.counts[0] if digest.counts else None
        worst = len(SEVERITIES) if number is None else SEVERITIES.index(number[0])
        sent = digest.figure("transfer") or digest.figure("context")
        return worst, -(sent.now.bytes if sent else 0), 0 if number is None else -number[1]

    return tuple(sorted(digests, key=rank))
