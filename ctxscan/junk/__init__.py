"""The catalogue: what a working tree holds that a build does not need, told by marker and content and not by name
alone.

After `tracked`, before `needs` and `proposals`. A row says what it is, why it may go and when not; whether a build
needs it all the same is asked of `needs`, and nothing is proposed here. To add a kind of junk, add a row with its
hits and misses to the module of its ecosystem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

from .. import globs
from ..tracked import Ignored, Tracked
from . import compiled, everywhere, scripting, web
from .content import CACHE_TAG, WEAK, Files, holds
from .row import GROUPS, OUTPUT, PRIVATE, PROJECT, Row

__all__ = [
    "CACHE_TAG",
    "GROUPS",
    "OUTPUT",
    "PRIVATE",
    "PROJECT",
    "ROWS",
    "Files",
    "Grade",
    "Hit",
    "Row",
    "Ruling",
    "hits",
    "marked",
    "markers",
    "ruling",
]

ROWS: Final = (*everywhere.ROWS, *web.ROWS, *scripting.ROWS, *compiled.ROWS)
#: Files that only keep a directory in the history.
KEEPERS: Final = frozenset((".keep", ".gitkeep", ".gitignore", ".keepme", ".empty", ".placeholder"))

#: `sure`: junk by all its signs. `unsure`: one sign is missing. `contents`: only what is in the directory, since files
#: in
#: it are tracked that keep it there.
Grade: TypeAlias = Literal["sure", "unsure", "contents"]


class Hit(NamedTuple):
    """A name in a directory for which a row was written; `glob` is the part of the row that it fits."""

    name: str
    row: Row
    glob: str


@dataclass(slots=True)
class _Index:
    """The rows of one kind by what their last component is."""

    literals: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    endings: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    others: list[tuple[re.Pattern[str], str, Row]] = field(default_factory=list)
    any: list[tuple[str, Row]] = field(default_factory=list)
    heads: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()

    def of(self, name: str) -> Iterator[tuple[str, Row]]:
        yield from self.literals.get(name, ())
        if "." in name:
            yield from self.endings.get(name[name.rfind(".") :], ())
        if name.startswith(self.heads) or name.endswith(self.tails) or any(text in name for text in self.inner):
            for pattern, glob, row in self.others:
                if pattern.fullmatch(name):
                    yield glob, row


def _indexed(kind: str) -> _Index:
    index = _Index()
    heads, tails, inner = [], [], []
    for row in ROWS:
        for glob in row.paths.split() if row.kind == kind else ():
            last = glob.rpartition("/")[2]
            if last == "*":
                index.any.append((glob, row))
            elif not globs.is_wild(last):
                index.literals.setdefault(last, []).append((glob, row))
            elif re.fullmatch(r"\*\.\w+", last):
                index.endings.setdefault(last[1:], []).append((glob, row))
            else:
                pattern = globs.compiled(last)
                assert pattern is not None
                index.others.append((pattern, glob, row))
                head, tail = re.split(r"[*?\[]", last)[0], re.split(r"[*?\]]", last)[-1]
                if head:
                    heads.append(head)
                elif tail:
                    tails.append(tail)
                else:
                    inner.append(max(re.split(r"\*|\[[^]]*\]", last), key=len))
    index.heads, index.tails, index.inner = tuple(heads), tuple(tails), tuple(inner)
    return index


_DIRECTORIES: Final = _indexed("dir")
_FILES: Final = _indexed("file")
_ENDINGS: Final = tuple(_FILES.endings)
_MARKERS: Final = frozenset(" ".join(f"{row.beside} {row.above}" for row in ROWS).split())
_LITERAL_MARKERS: Final = frozenset(each for each in _MARKERS if not globs.is_wild(each))
_WILD_MARKERS: Final = tuple(filter(None, map(globs.compiled, sorted(_MARKERS - _LITERAL_MARKERS))))
_MARKER_ENDINGS: Final = tuple(each.rpartition("*")[2] for each in sorted(_MARKERS - _LITERAL_MARKERS))


def markers(names: Sequence[str]) -> frozenset[str]:
    """Those of a directory's names that any row asks for."""
    found = set(_LITERAL_MARKERS.intersection(names))
    found.update(n for n in names if n.endswith(_MARKER_ENDINGS) and any(p.fullmatch(n) for p in _WILD_MARKERS))
    return frozenset(found)


def hits(
    prefix: str, names: Sequence[str], directories: Set[str], above: frozenset[str], beside: frozenset[str]
) -> list[Hit]:
    """The entries of a directory that a row may be about, as far as names and markers tell. `prefix` is its path with a
    slash; `beside` are its own markers, `above` those of all directories above as well."""
    found: list[Hit] = []
    for name in directories:
        candidates = [*_DIRECTORIES.of(name), *_DIRECTORIES.any]
        found += _fitting(prefix, name, candidates, above, beside)
    literals = _FILES.literals
    for name in names:
        if name in directories:
            continue
        if (
            name in literals
            or name.endswith(_ENDINGS)
            or name.startswith(_FILES.heads)
            or name.endswith(_FILES.tails)
            or (any(text in name for text in _FILES.inner))
        ):
            found += _fitting(prefix, name, _FILES.of(name), above, beside)
        if beside:
            found += _fitting(prefix, name, _FILES.any, above, beside)
    return found


def _fitting(
    prefix: str,
    name: str,
    rows: Sequence[tuple[str, Row]] | Iterator[tuple[str, Row]],
    above: frozenset[str],
    beside: frozenset[str],
) -> Iterator[Hit]:
    for glob, row in rows:
        tail = glob.rpartition("/")[0]
        if tail and not f"/{prefix}".endswith(f"/{tail}/"):
            continue
        if (row.beside and not marked(row.beside, beside)) or (row.above and not marked(row.above, above)):
            continue
        yield Hit(name, row, glob)


@lru_cache(maxsize=8192)
def marked(wanted: str, marks: frozenset[str]) -> bool:
    return any(
        each in marks if not globs.is_wild(each) else any(globs.matches(each, name) for name in marks)
        for each in wanted.split()
    )


class Ruling(NamedTuple):
    """How sure it is that a path is junk of this row; `missing` says what speaks against it."""

    grade: Grade
    missing: str | None


def ruling(row: Row, path: str, files: Files, known: Tracked, ignored: Ignored) -> Ruling | None:
    """Whether `path`, a hit of `row`, is what the row means; None: it is not."""
    directory = row.kind == "dir"
    if row.tracked:
        return Ruling("sure", None) if _means(row, path, files) else None
    keeps = False
    if known.known and (known.below(path) if directory else known.file(path)):
        if not directory or not _only_keepers(path, known):
            return None
        keeps = True
    if not _means(row, path, files):
        return None
    if keeps:
        return Ruling("contents", None)
    evidence = bool(row.inside or row.only or (row.content and row.content not in WEAK))
    if row.level != "c" or row.private or evidence or _ignored(path, directory, files, ignored):
        return Ruling("sure", None)
    return Ruling("unsure", "git does not ignore it" if known.known else "nothing tells that git does not track it")


def _ignored(path: str, directory: bool, files: Files, ignored: Ignored) -> bool:
    """By its own name, or everything in it."""
    if ignored(path, directory=directory):
        return True
    names = files.names(path) if directory else ()
    return 0 < len(names) <= 500 and all(
        ignored(f"{path}/{name}", directory=files.kind(f"{path}/{name}") == "dir") for name in names
    )


def _means(row: Row, path: str, files: Files) -> bool:
    """The tests on what is there."""
    if row.kind == "dir" and (row.inside or row.only):
        names = files.names(path)
        if row.inside and not any(_inside(glob, path, names, files) for glob in row.inside.split()):
            return False
        if row.only and not all(
            any(globs.matches(glob, name) for glob in (*row.only.split(), *KEEPERS)) for name in names
        ):
            return False
    return not row.content or holds(row.content, files, path)


def _inside(glob: str, path: str, names: Sequence[str], files: Files) -> bool:
    first, _, rest = glob.partition("/")
    if not rest:
        return glob in names if not globs.is_wild(glob) else any(globs.matches(glob, name) for name in names)
    return any(
        rest in files.names(f"{path}/{name}")
        for name in names[:50]
        if globs.matches(first, name) and files.kind(f"{path}/{name}") == "dir"
    )


def _only_keepers(path: str, known: Tracked) -> bool:
    within = known.within(path, 64)
    return within is not None and all(each.rpartition("/")[2] in KEEPERS for each in within)
