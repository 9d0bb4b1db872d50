"""The catalogue: what a working tree holds that a build does not need, told by marker and content and not by name
alone.

After `tracked`, before `needs` and `proposals`. A row says what it is, why it may go and when not; whether a build
needs it all the same is asked of `needs`, and nothing is proposed here. To add a kind of junk, add a row with its
hits and misses to the module of its ecosystem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache, lru_cache
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

#: Directories with what others have written.
_VENDORED: Final = frozenset("vendor third_party third-party extern external".split())
#: Directories in which anything may lie for the sake of tests.
_FIXTURES: Final = frozenset("test tests spec specs fixtures testdata __tests__ __fixtures__ examples".split())
#: `sure`: junk by all its signs. `unsure`: one sign is missing. `contents`: only what is in the directory, since files
#: in it are tracked that keep it there.
Grade: TypeAlias = Literal["sure", "unsure", "contents"]


class Hit(NamedTuple):
    """A name in a directory for which a row was written; `glob` is the part of the row that it fits."""

    name: str
    row: Row
    glob: str


class _Glob(NamedTuple):
    """A path of a row. `last` is its last component, empty: what it was looked up by says it all."""

    glob: str
    row: Row
    last: str


class _Index:
    """The rows of one kind by what can be looked up of the last component: all of it, what follows its last dot, or
    how it begins (`heads`, cut to `_HEAD`). What is left has a text in the middle or an end without a dot."""

    __slots__ = ("any", "endings", "heads", "inner", "literals", "shapes")

    def __init__(self) -> None:
        self.literals: dict[str, list[_Glob]] = {}
        self.endings: dict[str, list[_Glob]] = {}
        self.shapes: dict[str, re.Pattern[str] | None] = {}  # all of an ending in one pattern
        self.heads: dict[str, list[_Glob]] = {}
        self.inner: dict[str, list[_Glob]] = {}
        self.any: list[_Glob] = []

    def among(self, names: Sequence[str]) -> list[str]:
        """The names for which there may be a row: a quick look."""
        literals, endings, heads = self.literals, self.endings, self.heads
        found = [
            name
            for name in names
            if name in literals
            or name[name.rfind(".") :] in endings
            or name[:3] in heads
            or name[:2] in heads
            or name[:1] in heads
        ]
        joined = "\0".join(names)
        inner = [text for text in self.inner if text in joined]
        if inner:
            known = set(found)
            found += [name for name in names if name not in known and any(text in name for text in inner)]
        return found

    def of(self, name: str) -> Iterator[_Glob]:
        yield from self.literals.get(name, ())
        looked_up: list[_Glob] = []
        ending = name[name.rfind(".") :]
        if ending in self.endings:
            shape = self._shape(ending)
            looked_up += self.endings[ending] if shape is None or shape.fullmatch(name) else ()
        for size in range(1, min(_HEAD, len(name)) + 1):
            looked_up += self.heads.get(name[:size], ())
        for text, some in self.inner.items():
            looked_up += some if text in name else ()
        for each in looked_up:
            if not each.last or globs.matches(each.last, name):
                yield each

    def _shape(self, ending: str) -> re.Pattern[str] | None:
        if ending not in self.shapes:
            lasts = [each.last for each in self.endings[ending]]
            self.shapes[ending] = _one_of(tuple(lasts)) if all(lasts) else None
        return self.shapes[ending]


def _indexed(kind: str) -> _Index:
    index = _Index()
    for row in ROWS:
        for glob in row.paths.split() if row.kind == kind else ():
            last = glob.rpartition("/")[2]
            if last == "*":
                index.any.append(_Glob(glob, row, ""))
            elif not globs.is_wild(last):
                index.literals.setdefault(last, []).append(_Glob(glob, row, ""))
            elif last.startswith("*.") and last[2:].isalnum():
                index.endings.setdefault(last[1:], []).append(_Glob(glob, row, ""))
            else:
                each = _Glob(glob, row, last)
                pieces = _WILD.split(last)
                head, tail = pieces[0], pieces[-1]
                if "." in tail:
                    index.endings.setdefault(tail[tail.rfind(".") :], []).append(each)
                elif head:
                    index.heads.setdefault(head[:_HEAD], []).append(each)
                else:
                    index.inner.setdefault(max(pieces, key=len), []).append(each)
    return index


@cache
def _one_of(wild: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in map(globs.expression, wild) if each), re.DOTALL)


_WILD: Final = re.compile(r"\*|\?|\[[^]]*\]")
_HEAD: Final = 3
_DIRECTORIES: Final = _indexed("dir")
_FILES: Final = _indexed("file")
_MARKERS: Final = frozenset(" ".join(f"{row.beside} {row.above}" for row in ROWS).split())
_LITERAL_MARKERS: Final = frozenset(each for each in _MARKERS if not globs.is_wild(each))
_WILD_MARKERS: Final = tuple(sorted(_MARKERS - _LITERAL_MARKERS))
_MARKER_ENDINGS: Final = frozenset(each[each.rfind(".") :] for each in _WILD_MARKERS)


def markers(names: Sequence[str]) -> frozenset[str]:
    """Those of a directory's names that any row asks for."""
    ends = [name for name in names if name[name.rfind(".") :] in _MARKER_ENDINGS]
    found = [name for name in ends if _one_of(_WILD_MARKERS).fullmatch(name)]
    return _LITERAL_MARKERS.intersection(names).union(found)


def hits(
    prefix: str, names: Sequence[str], directories: Set[str], above: frozenset[str], beside: frozenset[str]
) -> list[Hit]:
    """The entries of a directory that a row may be about, as far as names and markers tell. `prefix` is its path with a
    slash; `beside` are its own markers, `above` those of all directories above as well."""

    def fits(each: _Glob) -> bool:
        tail, row = each.glob.rpartition("/")[0], each.row
        return (
            (not tail or f"/{prefix}".endswith(f"/{tail}/"))
            and (not row.beside or marked(row.beside, beside))
            and (not row.above or marked(row.above, above))
        )

    found: list[Hit] = []
    for index, here in ((_DIRECTORIES, sorted(directories)), (_FILES, [n for n in names if n not in directories])):
        for name in index.among(here):
            found += [Hit(name, each.row, each.glob) for each in index.of(name) if fits(each)]
        for each in filter(fits, index.any):
            found += [Hit(name, each.row, each.glob) for name in here]
    return found


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
    if row.level != "a" and "vendor/" not in row.paths and _VENDORED.intersection(path.split("/")[:-1]):
        return None  # whoever has put it there knows why
    keeps = False
    if known.known and (known.below(path) if directory else known.file(path)):
        if not directory or not _only_keepers(path, known):
            return None
        keeps = True
    elif not known.known:
        if not directory and row.level != "a" and _FIXTURES.intersection(path.split("/")[:-1]):
            return None  # tracked, as like as not
        keeps = directory and row.level == "c" and not KEEPERS.isdisjoint(files.names(path))
    if not _means(row, path, files):
        return None
    if keeps:
        return Ruling("contents", None)
    evidence = bool(row.inside or row.only or (row.content and row.content not in WEAK))
    # Where there are lists of git that do not name it, a private file may well be tracked.
    listed = known.known or files.kind(".gitignore") is None
    sure = listed if row.private else row.level != "c" or evidence
    if sure or _ignored(path, directory, files, ignored):
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
