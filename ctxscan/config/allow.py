"""The entries of a configuration that let findings stand, and which of them covers a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from heapq import merge
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ..errors import CtxscanError
from ..findings import Finding

if TYPE_CHECKING:
    from ..rules.gitignore import GitignorePattern

#: Entries of one code that have to be tried one by one, since their globs begin and end with what stands for anything.
MOST_ALIKE: Final = 1000
_WILD: Final = frozenset("*?[\\")


class Allow(NamedTuple):
    """An entry that lets a finding stand without counting it.

    `path` is a glob as in a .gitignore, relative to the context, as reports name the file; None: a finding about the
    build as a whole, or the one with this `fingerprint` wherever it is. `expires` is the last day it holds; None: for
    good. `line` is where it stands in the file, if that is known.
    """

    code: str
    path: str | None
    reason: str
    expires: date | None
    fingerprint: str | None
    kind: str | None
    line: int | None

    def covers(self, finding: Finding) -> bool:
        if finding.code != self.code or (self.kind is not None and finding.kind != self.kind):
            return False
        if self.fingerprint is not None and finding.fingerprint != self.fingerprint:
            return False
        if self.path is None:
            # Never a whole code by leaving the path out: that would allow every secret there is.
            return finding.path is None or self.fingerprint is not None
        return finding.path is not None and matches(self.path, finding.path)

    @property
    def meaning(self) -> Allow:
        """What of an entry decides which findings it covers."""
        return self._replace(reason="", expires=None, line=None)

    def names(self, finding: Finding) -> bool:
        """Whether the entry is about this one finding: its whole path, with nothing in it that stands for more."""
        return self.fingerprint is not None or (self.path or "").lstrip("/") == finding.path


#: Code, how to look for an entry and under what, and the kind it is for.
_Key: TypeAlias = tuple[str, str, str, str | None]


class Lookup:
    """The entries by what a finding has to have for them to cover it, so that few are tried on each.

    A component of a glob in which nothing is wild has to be one of the path, and what follows the last dot of one that
    is wild before it has to end one. Raises `CtxscanError` for more than `MOST_ALIKE` entries of a code that nothing
    tells apart.
    """

    def __init__(self, entries: Iterable[Allow]) -> None:
        self.entries: list[Allow] = []
        self._known: set[Allow] = set()
        self._found: dict[_Key, list[int]] = {}
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Allow) -> None:
        if entry.meaning in self._known:
            return  # the first of them speaks for all
        self._known.add(entry.meaning)
        at = len(self.entries)
        self.entries.append(entry)
        how, key = _key(entry)
        there = self._found.setdefault((entry.code, how, key, entry.kind), [])
        there.append(at)
        if len(there) > MOST_ALIKE:
            raise CtxscanError(f"more than {MOST_ALIKE} entries allow {entry.code} by globs that are much alike")

    def first(self, finding: Finding) -> Allow | None:
        """The first of the entries that covers the finding."""
        for at in merge(*self._near(finding)):
            if self.entries[at].covers(finding):
                return self.entries[at]
        return None

    def unused(self, findings: Iterable[Finding]) -> set[Allow]:
        """What those entries mean that cover none of the findings."""
        used: set[int] = set()
        for finding in findings:
            for there in self._near(finding):
                left: list[int] = []
                for at in there:
                    (left.append if not self.entries[at].covers(finding) else used.add)(at)
                there[:] = left
        return {entry.meaning for at, entry in enumerate(self.entries) if at not in used}

    def _near(self, finding: Finding) -> Iterator[list[int]]:
        if not self._found:
            return
        keys: list[tuple[str, str]] = [("fingerprint", finding.fingerprint)]
        if finding.path is None:
            keys.append(("whole", ""))
        else:
            parts = finding.path.split("/")
            keys.append(("wild", ""))
            keys += [("path", "/".join(parts[: at + 1])) for at in range(len(parts))]
            keys += [("name", each) for each in dict.fromkeys(parts)]
            endings = (part.rpartition(".")[2] for part in parts if "." in part)
            keys += [("ending", each) for each in dict.fromkeys(endings)]
        for how, key in keys:
            for kind in (None, finding.kind) if finding.kind is not None else (None,):
                there = self._found.get((finding.code, how, key, kind))
                if there:
                    yield there


def _key(entry: Allow) -> tuple[str, str]:
    """How to look for an entry, and under what."""
    if entry.fingerprint is not None:
        return "fingerprint", entry.fingerprint
    if entry.path is None:
        return "whole", ""
    parts = entry.path.strip("/").split("/")
    literal = [each for each in parts if not _WILD.intersection(each) and each == each.strip()]
    if len(literal) == len(parts) > 1 or (literal == parts and entry.path.startswith("/")):
        return "path", "/".join(parts)
    if literal:
        return "name", max(literal, key=len)
    for part in reversed(parts):
        ending = part.rpartition(".")[2]
        if "." in part and ending and not _WILD.intersection(ending) and "]" not in ending and ending == ending.strip():
            return "ending", ending
    return "wild", ""


def matches(glob: str, path: str) -> bool:
    """Whether `glob` means `path` or a directory above it, as git reads a line of a .gitignore. Takes time linear in
    both, since a configuration may be a stranger's, too."""
    return glob_of(glob).match_file(path) is True


@lru_cache(maxsize=1024)
def glob_of(text: str) -> GitignorePattern:
    """Raises `CtxscanError` for one that could match nothing, which git would not say."""
    from ..rules.gitignore import GitignorePattern  # imports pathspec, and few projects allow a path

    pattern = GitignorePattern.loaded(text)
    problem = None
    if text.startswith("!"):
        problem = "an entry allows, it takes nothing back: write \\! for a name that begins with it"
    elif any(part in ("", ".", "..") for part in text.removesuffix("/").removeprefix("/").split("/")):
        problem = "it is relative to the context, without ./, ../ or empty components"
    elif pattern.malformed:
        problem = "a bracket is not closed, a class has no such name, or a backslash ends it"
    if problem:
        raise CtxscanError(f"{quoted(text)} is no path glob: {problem}")
    return pattern


def quoted(text: str) -> str:
    return f"'{text if len(text) <= 60 else text[:59] + '…'}'"
