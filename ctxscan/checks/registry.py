"""Where checks are known: the evidence they take, the decorator that lists them, and the making of a finding.

First in the package; the siblings fill `CHECKS`, each with the checks of one theme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from ..facts import Scan
from ..findings import Finding, Severity
from ..git.index import Tracked
from ..rules.matcher import Matcher
from ..secrets.redaction import redacted
from .reading import Reading
from .secrecy.inspection import Examined

if TYPE_CHECKING:
    from ..context.differences import Difference
    from ..postbuild.image import ImageScan

#: Nothing is known.
UNTRACKED: Final = Tracked(None)


def _nobody(path: str) -> tuple[bool, str | None]:
    return False, None


class Proven(NamedTuple):
    """The rules once everything that is proven is added, the patterns that were added, and the bytes that are not sent
    any more."""

    rules: Matcher
    patterns: tuple[str, ...]
    saved: int

    def pattern_for(self, path: str) -> str:
        """The pattern that takes a path, or the path."""
        for pattern in self.patterns:
            if pattern.lstrip("/") == path or (pattern.startswith("**/") and path.rpartition("/")[2] == pattern[3:]):
                return pattern
        return path


class HistoryReader(NamedTuple):
    """A command that reads `.git`, as it is told, with the file and the line that have it."""

    why: str
    file: str
    line: int


#: Of which builds a check speaks: of `any`, only of those that the reader wrote (`own`), only of images that somebody
#: still starts in earnest (`used`), or only of those that are given out from now on (`shipped`).
Scope: TypeAlias = Literal["any", "own", "used", "shipped"]


class Evidence(NamedTuple):
    """What opinions rest on: the facts of a build, what was found in its files, where builders differ, and its
    Dockerfile as `reading` reads it. `proven` is what the proposals would change, for late checks alone, None: nothing.
    `large_directory` is the size in bytes from which a directory or file is large, None: the usual one. `budget` is
    what the transfer may take. `scopes` are those of the checks that may speak of the build. `strict`: what could not
    be examined counts. `image` is what was built, if that was given, and `tracked` what git tracks in the context.
    `missed` tells who would miss a path and all below it: whether that is certain, and the reason (None: nobody).
    `asks` reads the history of the repository, and `compares` for certain the tree with it.
    `in_use` are the ignore files that builds of this run read, `alike` the other builds that read the same one."""

    scan: Scan
    examined: Examined
    differences: tuple[Difference, ...]
    large_directory: int | None
    budget: int | None
    reading: Reading | None
    scopes: tuple[Scope, ...]
    strict: bool = False
    image: ImageScan | None = None
    tracked: Tracked = UNTRACKED
    missed: Callable[[str], tuple[bool, str | None]] = _nobody
    asks: HistoryReader | None = None
    compares: HistoryReader | None = None
    proven: Proven | None = None
    in_use: frozenset[Path] = frozenset()
    alike: tuple[Scan, ...] = ()


class Check(NamedTuple):
    """`severity` is the worst that its findings have, `scope` the builds of which it speaks. `late`: it has to know
    what the proposals would change."""

    code: str
    severity: Severity
    doc: str
    run: Run
    scope: Scope
    late: bool


Run: TypeAlias = Callable[[Evidence], Iterator[Finding]]
CHECKS: dict[str, Check] = {}


def finds(severity: Severity, *, scope: Scope = "any", late: bool = False) -> Callable[[Run], Run]:
    """Lists a function as the check of its name, in kebab-case; its docstring is the documentation."""

    def register(function: Run) -> Run:
        code = function.__name__.replace("_", "-")
        CHECKS[code] = Check(code, severity, function.__doc__ or "", function, scope, late)
        return function

    return register


def finding(
    code: Run,
    message: str,
    *,
    severity: Severity | None = None,
    why: str | None = None,
    path: str | None = None,
    line: int | None = None,
    size: int = 0,
    reached: str | None = None,
    kind: str | None = None,
    remedy: str | None = None,
    key: str = "",
    context: str | None = None,
) -> Finding:
    """A finding of this check; what it quotes is masked where it holds a secret."""
    message, remedy = redacted(message), None if remedy is None else redacted(remedy)
    made_by = CHECKS[code.__name__.replace("_", "-")]
    if context is not None and path is not None:
        path = f"{context}:{path}"
    return Finding(
        made_by.code, severity or made_by.severity, message, why, path, line, size, reached, kind, remedy, key, context
    )
