"""The catalogue: what a working tree holds that a build does not need, told by marker and content and not by name
alone.

A row says what it is, why it may go and when not; whether a build needs it all the same is asked of `needs`, and
nothing is proposed here. To add a kind of junk, add a row with its hits and misses to the module of its ecosystem.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

from ...git.ignorelists import IgnoreLists
from ...git.index import Tracked
from ...paths import EXTERNAL, FIXTURES, KEEPERS, SAMPLES, TESTS, VENDORED
from ...rules import globs
from . import compiled, everywhere, optional, scripting, web
from .content import CACHE_TAG, WEAK, holds
from .files import Files
from .row import GROUPS, OUTPUT, PRIVATE, PROJECT, JunkRow
from .tracked import IN_ROOT

__all__ = [
    "CACHE_TAG",
    "ENDINGS",
    "GROUPS",
    "OUTPUT",
    "PRIVATE",
    "PROJECT",
    "ROWS",
    "Files",
    "Glance",
    "Grade",
    "Hit",
    "JunkRow",
    "Ruling",
    "glance",
    "hits",
    "in_fixtures",
    "marked",
    "markers",
    "ruling",
]

ROWS: Final = (*everywhere.ROWS, *web.ROWS, *scripting.ROWS, *compiled.ROWS, *optional.ROWS)

#: Directories with what others have written.
_VENDORED: Final = VENDORED | EXTERNAL
#: Directories in which anything may lie for the sake of tests.
_FIXTURES: Final = TESTS | FIXTURES | SAMPLES
#: `sure`: junk by all its signs. `unsure`: one sign is missing. `contents`: only what is in the directory, since files
#: in it are tracked that keep it there.
Grade: TypeAlias = Literal["sure", "unsure", "contents"]


class Hit(NamedTuple):
    """A name in a directory for which a row was written; `glob` is the part of the row that it fits."""

    name: str
    row: JunkRow
    glob: str


class Glance(NamedTuple):
    """What a first look at all names of a directory needs: what follows the last dot of each, with the dot, and all of
    them in one text, with a zero byte around each."""

    ends: frozenset[str]
    text: str


def glance(names: Sequence[str]) -> Glance:
    return Glance(frozenset([name[name.rfind(".") :] for name in names]), "\0".join(("", *names, "")))


class _Glob(NamedTuple):
    """A path of a row. Of its last component `ending` is what follows the last dot, if that is known, `text` what has
    to be in a `Glance`, and `wild` the whole if the first two do not say it all. Those with a lower `rank` are asked
    first."""

    glob: str
    row: JunkRow
    ending: str
    text: str
    wild: str
    rank: tuple[int, int]

    def lies(self, prefix: str, above: frozenset[str], beside: frozenset[str]) -> bool:
        """Whether a directory is one in which it counts."""
        glob, row, *_ = self
        return (
            not (prefix and row.content in IN_ROOT)
            and (not row.beside or marked(row.beside, beside))
            and (not row.above or marked(row.above, above))
            and ("/" not in glob or f"/{prefix}".endswith(f"/{glob.rpartition('/')[0]}/"))
        )


#: How a path is looked up, and in which order: by name, by ending, by text, or not at all. Of the texts those come
#: first that tell how a name begins, the short ones before those of three characters and more.
_NAME, _ENDING, _TEXT, _ANY = 0, 1, 5, 6


def _globs() -> Iterator[_Glob]:
    for number, (row, glob) in enumerate((each, path) for each in ROWS for path in each.paths.split()):
        last = glob.rpartition("/")[2]
        if last == "*" or not globs.is_wild(last):
            name = "" if last == "*" else last
            yield _Glob(glob, row, name[name.rfind(".") :], name, "", (_NAME if name else _ANY, number))
            continue
        head, *inner, tail = _WILD.split(last)
        ending = tail[tail.rfind(".") :] if "." in tail else ""
        text = max("\0" * bool(head) + head, *inner, "" if tail == ending else tail + "\0", key=len)
        if ending:
            yield _Glob(glob, row, ending, text, "" if last == f"*{ending}" else last, (_ENDING, number))
        else:
            yield _Glob(glob, row, "", text, last, (_ENDING + min(len(head), 3) if head else _TEXT, number))


class _Index:
    """Paths of rows by what can be looked up of the last component: all of it, its ending alone, a text in it and its
    ending, or only a text. `rest` are those that stand for any name."""

    __slots__ = ("_endings", "_names", "_shapes", "_texts", "rest")

    def __init__(self, some: Iterable[_Glob]) -> None:
        self._names: dict[str, list[_Glob]] = {}
        self._endings: dict[str, list[_Glob]] = {}
        self._shapes: dict[str, list[tuple[str, _Glob]]] = {}
        self._texts: list[tuple[str, _Glob]] = []
        self.rest: list[_Glob] = []
        for each in some:
            if each.rank[0] == _NAME:
                self._names.setdefault(each.text, []).append(each)
            elif each.rank[0] == _ANY:
                self.rest.append(each)
            elif not each.ending:
                self._texts.append((each.text, each))
            elif each.wild:
                self._shapes.setdefault(each.ending, []).append((each.text, each))
            else:
                self._endings.setdefault(each.ending, []).append(each)

    def among(self, names: Sequence[str], seen: Glance, lies: Callable[[_Glob], bool]) -> dict[str, list[_Glob]]:
        """What each of `names` may be, as far as the last component tells. What was `seen` are at least these, and
        `lies` tells whether a path counts here at all."""
        found: dict[str, list[_Glob]] = {}
        for name in [name for name in names if name in self._names]:
            some = [each for each in self._names[name] if lies(each)]
            if some:
                found[name] = some
        endings = {}
        for ending in self._endings.keys() & seen.ends:
            some = [each for each in self._endings[ending] if lies(each)]
            if some:
                endings[ending] = some
        present = tuple(endings)
        for name in [name for name in names if name.endswith(present)] if present else ():
            found.setdefault(name, []).extend(endings[name[name.rfind(".") :]])
        ends, text = seen
        looks = [one for ending in self._shapes.keys() & ends for one in self._shapes[ending]] + self._texts
        for each in [each for part, each in looks if part in text]:
            if lies(each):
                part = each.text.strip("\0")
                for name in [name for name in names if part in name]:
                    if globs.matches(each.wild, name):
                        found.setdefault(name, []).append(each)
        return found


_WILD: Final = re.compile(r"\*|\?|\[[^]]*\]")
_GLOBS: Final = tuple(_globs())
#: By the paths of rows, how every name ends that fits, as far as that is known.
ENDINGS: Final = {each.glob: each.ending for each in _GLOBS if each.ending}
_MARKERS: Final = frozenset(" ".join(f"{row.beside} {row.above}" for row in ROWS).split())
_LITERAL_MARKERS: Final = frozenset(each for each in _MARKERS if not globs.is_wild(each))
#: The others, with the text that has to be in a `Glance` and the ending.
_WILD_MARKERS: Final = tuple((each, *_WILD.split(each)) for each in sorted(_MARKERS - _LITERAL_MARKERS))
_MARKER_ENDINGS: Final = frozenset(ending for _, _, ending in _WILD_MARKERS)


def markers(names: Sequence[str], seen: Glance | None = None) -> frozenset[str]:
    """What rows ask for beside or above, as they ask for it, of which there is some among a directory's names."""
    found = _LITERAL_MARKERS.intersection(names)
    seen = seen or glance(names)
    if _MARKER_ENDINGS.isdisjoint(seen.ends):
        return found
    return found.union(
        glob
        for glob, head, ending in _WILD_MARKERS
        if ending in seen.ends
        and (not head or f"\0{head}" in seen.text)
        and any(globs.matches(glob, name) for name in names if name.startswith(head) and name.endswith(ending))
    )


def marked(wanted: str, found: frozenset[str]) -> bool:
    return not found.isdisjoint(_words(wanted))


@cache
def _words(wanted: str) -> frozenset[str]:
    return frozenset(wanted.split())


_INDEXES: Final = {kind: _Index(each for each in _GLOBS if each.row.kind == kind) for kind in ("dir", "file")}


def hits(
    prefix: str,
    names: Sequence[str],
    directories: Set[str],
    seen: Glance,
    above: frozenset[str],
    beside: frozenset[str],
) -> Iterator[Hit]:
    """The entries of a directory that a row may be about, as far as names and markers tell; of one name, what it looks
    like most first. `prefix` is its path with a slash; `beside` are its own markers, `above` those of all directories
    above as well."""

    def lies(each: _Glob) -> bool:
        return each.lies(prefix, above, beside)

    files = [name for name in names if name not in directories] if directories else names
    for kind, here in (("dir", tuple(directories)), ("file", files)):
        if not here:
            continue
        index = _INDEXES[kind]
        for name, some in index.among(here, seen, lies).items():
            if len(some) > 1:
                some.sort(key=_by_rank)
            yield from (Hit(name, each.row, each.glob) for each in some)
        for each in filter(lies, index.rest):
            yield from (Hit(name, each.row, each.glob) for name in here)


def _by_rank(each: _Glob) -> tuple[int, int]:
    return each.rank


class Ruling(NamedTuple):
    """How sure it is that a path is junk of this row; `missing` says what speaks against it."""

    grade: Grade
    missing: str | None


def ruling(row: JunkRow, path: str, files: Files, known: Tracked, lists: IgnoreLists) -> Ruling | None:
    """Whether `path`, a hit of `row`, is what the row means; None: it is not."""
    directory = row.kind == "dir"
    if row.inside and not _holds(row, path, files):
        return None
    vendored, fixtures = _foreign(path.rpartition("/")[0])
    if row.again:
        meant = not vendored and known.known and known.below(path) and _means(row, path, files)
        return Ruling("sure", None) if meant else None
    if row.tracked:
        project = row.group == PROJECT
        foreign = (vendored and (project or row.consent)) or (project and in_fixtures(path.rpartition("/")[0]))
        return Ruling("sure", None) if not foreign and _means(row, path, files) else None
    if vendored and row.level != "a" and "vendor/" not in row.paths:
        return None  # whoever has put it there knows why
    keeps = False
    if known.known and (known.below(path) if directory else known.file(path)):
        if not directory or not _only_keepers(path, known):
            return None
        keeps = True
    elif not known.known:
        if fixtures and not directory and row.level != "a":
            return None  # tracked, as like as not
        keeps = directory and row.level == "c" and not KEEPERS.isdisjoint(files.names(path))
    if not _means(row, path, files):
        return None
    if keeps:
        return Ruling("contents", None)
    evidence = bool(row.inside or row.only or (row.content and row.content not in WEAK))
    # Where there are lists of git that do not name it, a private file may well be tracked.
    listed = known.known or not lists.exist
    sure = listed if row.private else row.level != "c" or evidence
    if sure or _ignored(path, directory, files, lists):
        return Ruling("sure", None)
    return Ruling("unsure", "git does not ignore it" if known.known else "nothing tells that git does not track it")


@lru_cache(maxsize=256)
def _foreign(directory: str) -> tuple[bool, bool]:
    """Whether a directory lies in one with what others have written, and in one for the sake of tests."""
    names = directory.split("/")
    return not _VENDORED.isdisjoint(names), not _FIXTURES.isdisjoint(names)


@lru_cache(maxsize=256)
def in_fixtures(directory: str) -> bool:
    """Whether a directory lies in one with what tests read, whatever it is called there."""
    return not FIXTURES.isdisjoint(directory.split("/"))


def _ignored(path: str, directory: bool, files: Files, lists: IgnoreLists) -> bool:
    """By its own name, or everything in it."""
    if lists.ignores(path, directory=directory):
        return True
    names = files.names(path) if directory else ()
    return 0 < len(names) <= 500 and all(
        lists.ignores(f"{path}/{name}", directory=files.kind(f"{path}/{name}") == "dir") for name in names
    )


def _means(row: JunkRow, path: str, files: Files) -> bool:
    """The other tests on what is there."""
    if row.only and not all(
        any(globs.matches(glob, name) for glob in (*row.only.split(), *KEEPERS)) for name in files.names(path)
    ):
        return False
    return not row.content or holds(row.content, files, path)


def _holds(row: JunkRow, path: str, files: Files) -> bool:
    """Whether a directory has one of the names in it that the row asks for."""
    names = files.names(path)
    if not _words(row.inside).isdisjoint(names):
        return True
    return any(_inside(glob, path, names, files) for glob in _patterns(row.inside))


@cache
def _patterns(wanted: str) -> tuple[str, ...]:
    """The globs that cannot be looked up in a set of names."""
    return tuple(each for each in wanted.split() if globs.is_wild(each) or "/" in each)


def _inside(glob: str, path: str, names: Sequence[str], files: Files) -> bool:
    first, _, rest = glob.partition("/")
    if not rest:
        return any(globs.matches(glob, name) for name in names)
    return any(
        rest in files.names(f"{path}/{name}")
        for name in names[:50]
        if globs.matches(first, name) and files.kind(f"{path}/{name}") == "dir"
    )


def _only_keepers(path: str, known: Tracked) -> bool:
    within = known.within(path, 64)
    return within is not None and all(each.rpartition("/")[2] in KEEPERS for each in within)
