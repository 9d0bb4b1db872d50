"""The files that may hold secrets, opened and judged.

Names were screened during the walk; here what they nominate is read, once, and beside it small text files of the
project's own. What is excluded is never opened, nor is anything behind a link, and of no file is more than the first
mebibyte read.
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from ...context.transfer import cleaned
from ...context.tree import Tree
from ...explain import SENT, Endings, reach
from ...facts import Scan
from ...packages.catalog import LOCKS
from ...paths import DOCUMENTS, join
from ...processes import MOST_TASKS, available, shared_out
from ...rules import globs
from ...rules.ignorefile import resolved
from ...rules.matcher import Matcher
from ...secrets.case import BASES, KEYS
from ...secrets.judgement import Judgement, Strength
from ...secrets.scope import SMALL, archives_among, is_archive, is_own, own_tests, screen, worth_opening
from ...secrets.verdict import judge, plain

#: Maximum bytes read per file, at first.
READ_BYTES: Final = 1 << 20
#: Small files that no name nominates: so many are read at the most, out of so many entries looked at.
MOST_FILES: Final = 5_000
MOST_ENTRIES: Final = 20_000
#: And so much of files that names or instructions pick out.
MOST_BYTES: Final = 64 << 20
#: From so many files on, several processes read them.
WORTH_SHARING: Final = 400


class Suspect(NamedTuple):
    """A file with what was found in it. `reach` is how far it gets, `size` its bytes; `named`: an instruction takes it
    by its own name. `context` is the named context in which it lies (None: the main one)."""

    path: str
    size: int
    reach: str
    judgements: tuple[Judgement, ...]
    named: bool
    context: str | None = None


class Unread(NamedTuple):
    """Files that were not read, or not to their end: `why`, how many, and the largest with its bytes. `told`: a name
    or an instruction says that they matter, or a tree has more entries than are looked through."""

    why: str
    number: int
    largest: str
    size: int
    told: bool


class Examined(NamedTuple):
    """Every file about which there is something to say, in the order of their paths, and what was not read. `links`
    are those that were met on the way, and that the rules keep."""

    suspects: tuple[Suspect, ...]
    unread: tuple[Unread, ...]
    links: tuple[str, ...] = ()


class Reading(NamedTuple):
    """`missed` says why a file was not read as a whole, if it was not."""

    judgements: tuple[Judgement, ...]
    size: int
    missed: str | None


#: How a file is read: its path, whether a name or an instruction picks it out, whether an instruction names it, and
#: whether every text is read.
ReadingKey: TypeAlias = tuple[str, bool, bool, bool]


class Readings:
    """What was read of one context, for all builds of it. `files` has None where there is nothing to say of a file."""

    def __init__(self) -> None:
        self.files: dict[ReadingKey, Reading | None] = {}
        self._others: dict[Matcher, _Others] = {}
        self._screened: dict[tuple[str, tuple[str, ...]], list[str]] = {}

    def nominated(self, paths: Iterable[str]) -> set[str]:
        """Those whose names may be of a secret, among all that were picked out."""
        inside: defaultdict[str, list[str]] = defaultdict(list)
        for path in paths:
            above, slash, name = path.rpartition("/")
            inside[above + slash].append(name)
        found: set[str] = set()
        for above, names in inside.items():
            key = above, tuple(names)
            if key not in self._screened:
                self._screened[key] = [above + name for name in screen(names, above[:-1])]
            found.update(self._screened[key])
        return found

    def others(self, scan: Scan, tree: Tree, *, deep: bool) -> "_Others":
        """The small text files that the rules keep; with `deep` those that this build is sent."""
        if deep:
            return _Others(scan, tree, deep=True)
        if scan.rules not in self._others:
            self._others[scan.rules] = _Others(scan, tree, deep=False)
        return self._others[scan.rules]


_CLOSED: Final = "cannot be read"
_PACKED: Final = "archives of a kind that is not looked into"
_ARCHIVES_LEFT: Final = "archives beyond those that are looked into"
_TOO_MUCH: Final = f"more than {MOST_BYTES} bytes in files whose names say that they may hold secrets"
#: Archives that Python does not open.
_FOREIGN: Final = (".7z", ".rar", ".cab", ".lzh", ".ace")
#: So many archives that no name nominates are looked into, and so many bytes of them; with `deep` as many times more.
MOST_ARCHIVES: Final = 100
ARCHIVE_BYTES: Final = 64 << 20
DEEPER: Final = 32


@contextmanager
def examining(
    scan: Scan, tree: Tree, *, deep: bool = False, known: Readings | None = None
) -> Iterator[Callable[[], Examined]]:
    """Open and judge what may hold a secret; the block is given what tells the result. Until it asks, other processes
    read, if there is much. `deep`: every text file that is sent. `known` is what other builds of the context have read;
    it is added to."""
    known = known or Readings()
    files = known.files
    named = _named(scan, tree)
    nominated = known.nominated(each.path for each in scan.measure.found if each.kind == "file")
    others = known.others(scan, tree, deep=deep)
    first = [path for path in sorted(named | nominated) if tree.kind(path) == "file" and not scan.rules.gone(path)]
    sizes = _sizes(tree, first)
    first, left_out = _affordable(first, sizes)
    chosen = frozenset(first)
    unreadable = frozenset(scan.measure.empty)
    packed, unopened = _packed(scan, tree, [path for path in others.archives if path not in chosen], deep=deep)
    picked = first + packed
    rest = [path for path in others.left if path not in chosen]

    def read(path: str) -> Reading:
        told = path in chosen
        if path in named and path.lower().endswith(_FOREIGN):
            return Reading((), tree.size(path), _PACKED)
        start = tree.start(path, READ_BYTES if told or deep else SMALL)
        if start is None:
            # What the client cannot read either arrives empty, and is reported as that.
            return Reading((), 0, _CLOSED if told and path not in unreadable else None)
        data, size = start
        archive = is_archive(path)
        if not told and (not size or (size > SMALL and not archive and _is_binary(data))):
            return Reading((), size, None)
        if archive or size > len(data):
            from ...secrets.whole import judge_file  # most files are read with their start, and no archives

            with tree.opened(path) as file:
                if file is not None:
                    judgements, missed = judge_file(path, file, data, size, deep=deep, named=path in named)
                    return Reading(judgements, size, missed)
        return Reading(judge(path, data, size=size, deep=deep, named=path in named), size, None)

    def finish() -> Examined:
        suspects = []
        missed: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        speaking = sifted()
        files.update((key(path), speaking.get(path)) for path in fresh)
        others.left = [path for path in others.left if path in chosen]
        others.telling += [path for path in rest if files[key(path)] is not None]
        for path in sorted([*picked, *(path for path in others.telling if path not in chosen)]):
            if (reading := files[key(path)]) is None:
                continue
            judgements, size, why = reading
            if why is not None:
                missed[why].append((path, size))
            if path.endswith(BASES) or any(each.kind in KEYS for each in judgements):
                from ...secrets.neighbours import beside  # few trees have keys

                above, slash, _ = path.rpartition("/")
                start = partial(_start, scan, tree, above + slash)
                judgements = beside(path, tree.names(above), judgements, start, named=path in named)
            if judgements:
                suspects.append(Suspect(path, size, reach(scan, path).reach, judgements, path in named))
        missed[_TOO_MUCH] += [(path, sizes[path]) for path in left_out]
        missed[_ARCHIVES_LEFT] += unopened
        unread = [
            _unread(why, files, told=why in (_CLOSED, _TOO_MUCH) or any(matters(path) for path, _ in files))
            for why, files in missed.items()
            if files
        ]
        unread += others.unread
        return Examined(tuple(suspects), tuple(sorted(unread, key=lambda each: each.why)), tuple(sorted(others.links)))

    def matters(path: str) -> bool:
        # What a package manager has written is named for what is installed, and not for what it holds; a long list of
        # licenses is prose. What stays at home is nobody's to read, and what tests record is made for them.
        name = path.rpartition("/")[2]
        left = path not in chosen or name in LOCKS or name.lower().endswith(DOCUMENTS)
        return not left and reach(scan, path).reach in SENT and not own_tests(path)

    def key(path: str) -> ReadingKey:
        return path, path in chosen, path in named, deep

    fresh = [path for path in (*picked, *rest) if key(path) not in files]
    with _sifting(fresh, read) as sifted:
        yield finish


def _start(scan: Scan, tree: Tree, above: str, name: str) -> bytes:
    """The first bytes of a file in a directory; empty: it is left out, or cannot be read."""
    path = above + name
    start = None if tree.kind(path) != "file" or scan.rules.gone(path) else tree.start(path, SMALL)
    return start[0] if start is not None else b""


def _unread(why: str, files: list[tuple[str, int]], *, told: bool) -> Unread:
    largest, size = max(files, key=lambda each: (each[1], each[0]))
    return Unread(why, len(files), largest, size, told)


def _is_binary(data: bytes) -> bool:
    """Whether what was read is no text: a source of this size that has bytes of no encoding is an asset."""
    return b"\0" in plain(data[:4096])


def _sizes(tree: Tree, paths: list[str]) -> dict[str, int]:
    return {path: tree.size(path) for path in paths}


def _affordable(paths: list[str], sizes: dict[str, int]) -> tuple[list[str], list[str]]:
    """As many of the files as may be read, the smallest first, so that large ones cannot hide a small one."""
    left = MOST_BYTES
    chosen: list[str] = []
    out: list[str] = []
    for path in sorted(paths, key=lambda path: (sizes[path], path)):
        left -= min(sizes[path], READ_BYTES)
        (chosen if left >= 0 else out).append(path)
    return sorted(chosen), out


def _packed(scan: Scan, tree: Tree, paths: list[str], *, deep: bool) -> tuple[list[str], list[tuple[str, int]]]:
    """The archives that leave with the build and are looked into, the smallest first, and with their sizes those that
    are too many or too large."""
    times = DEEPER if deep else 1
    left, number = ARCHIVE_BYTES * times, MOST_ARCHIVES * times
    sizes = {path: tree.size(path) for path in paths if reach(scan, path).reach in ("transfer", "image")}
    chosen, out = [], []
    for path, size in sorted(sizes.items(), key=lambda each: (each[1], each[0])):
        left, number = left - size, number - 1
        if left >= 0 and number >= 0:
            chosen.append(path)
        else:
            out.append((path, size))
    return chosen, out


def _named(scan: Scan, tree: Tree) -> frozenset[str]:
    """The files that an instruction takes by name, or by a wild card that is more than "all of this directory"."""
    found: set[str] = set()
    for each in scan.inputs:
        source = cleaned(each.input.source)
        if globs.is_wild(source):
            found.update(_matched(source, tree))
            continue
        path = globs.literal(source)
        if tree.kind(path) == "file":
            found.add(path)
        # Builders follow links on the way to a source, and at its end.
        real = resolved(Path(scan.disk.root), path)
        if real is not None and tree.kind(real.relative_to(scan.disk.root).as_posix()) == "file":
            found.add(real.relative_to(scan.disk.root).as_posix())
    return frozenset(found)


def _matched(source: str, tree: Tree) -> Iterator[str]:
    *above, last = source.split("/")
    if not re.sub(r"[*?\\]|\[[^\]]*\]", "", last):
        return
    places = [""]
    looked = 0
    for part in above:
        below = []
        for place in places:
            listing = tree.listing(place)
            looked += len(listing.names)
            if looked > MOST_ENTRIES:
                return
            inside = [name for name in sorted(listing.directories) if globs.matches(part, name)]
            below += [join(place, name) for name in inside]
        places = below
    for place in places:
        listing = tree.listing(place)
        looked += len(listing.names)
        if looked > MOST_ENTRIES:
            return
        for name in listing.names:
            path = join(place, name)
            if globs.matches(last, name) and tree.kind(path) == "file":
                yield path


@contextmanager
def _sifting(paths: list[str], read: Callable[[str], Reading]) -> Iterator[Callable[[], dict[str, Reading]]]:
    """Read many files, in several processes where that pays, and keep what was read of the few of which there is
    something to say."""
    processes = available() if len(paths) >= WORTH_SHARING else 1
    if processes == 1:
        yield lambda: {path: one for path in paths if _speaks(one := read(path))}
        return
    found: dict[str, Plain] = {}
    tasks = min(len(paths), MOST_TASKS, 16 * processes)

    def work(number: int) -> None:
        found.update((path, _plain(one)) for path in paths[number::tasks] if _speaks(one := read(path)))

    with shared_out(tasks, processes, prepare=lambda _: found.clear(), work=work, result=lambda: found) as finish:
        yield lambda: {path: _of_plain(one) for some in (found, *finish()) for path, one in some.items()}


#: A reading as one process tells it to another: judgements as tuples, with the number of their weight.
Plain: TypeAlias = tuple[list[tuple[Any, ...]], int, "str | None"]


def _speaks(reading: Reading) -> bool:
    return bool(reading.judgements) or reading.missed is not None


def _plain(reading: Reading) -> Plain:
    judgements, size, missed = reading
    return (
        [(*each[:2], None if each.severity is None else int(each.severity), *each[3:]) for each in judgements],
        size,
        missed,
    )


def _of_plain(told: Plain) -> Reading:
    judgements, size, missed = told
    made = (Judgement(*each)._replace(severity=each[2] and Strength(each[2])) for each in judgements)
    return Reading(tuple(made), size, missed)


def examine_named(
    scan: Scan, tree: Callable[[str], Tree], *, known: dict[str, Readings], deep: bool = False
) -> Examined:
    """What may hold a secret in the named contexts. What lies in the main one too was judged there."""
    suspects: list[Suspect] = []
    unread: list[Unread] = []
    seen = {os.path.realpath(scan.build.context)}
    for name, each in scan.named:
        root = os.path.realpath(each.build.context)
        if root not in seen:
            seen.add(root)
            with examining(each, tree(root), deep=deep, known=known.setdefault(root, Readings())) as finish:
                found = finish()
            suspects += [suspect._replace(context=name) for suspect in found.suspects]
            unread += [one._replace(largest=f"{name}:{one.largest}") for one in found.unread]
    return Examined(tuple(suspects), tuple(unread))


class _Others:
    """Small text files of the project's own, directory by directory."""

    def __init__(self, scan: Scan, tree: Tree, *, deep: bool) -> None:
        self.scan = scan
        self.tree = tree
        self.deep = deep
        self.looked = 0
        self.over: list[str] = []
        self.ended = False
        self.links: list[str] = []
        self.archives: list[str] = []
        #: Those that are still to be read, and of those that were the ones of which there is something to say.
        self.left = list(self._chosen())
        self.telling: list[str] = []

    @cached_property
    def unread(self) -> list[Unread]:
        """What was not looked at, since there is too much."""
        out = []
        if self.over:
            why = f"more than {MOST_FILES} small text files"
            # No name of theirs tells anything: those that do are read before.
            out.append(_unread(why, [(path, self.tree.size(path)) for path in self.over], told=False))
        if self.ended:
            left = max(1, self.scan.context_size.files - self.looked)
            root = self.scan.directories
            why = f"more than {MOST_ENTRIES} entries to look through"
            out.append(Unread(why, left, root.path or ".", root.bytes, told=True))
        return out

    def _chosen(self) -> Iterator[str]:
        left, endings = MOST_FILES, Endings(self.scan)
        for path in self._files():
            if self.deep and endings.of(path).reach not in SENT:
                continue
            if left == 0 and not self.deep:
                self.over.append(path)
                continue
            left -= 1
            yield path

    def _files(self) -> Iterator[str]:
        """The files that are kept and may be read, by their names; what others or tools have written is left out."""
        rules = self.scan.rules
        todo = [("", rules.root)]
        while todo:
            above, state = todo.pop()
            names, directories, links, others = self.tree.listing(above[:-1])
            if self.looked + len(names) > MOST_ENTRIES and not self.deep:
                self.ended = True
                return
            self.looked += len(names)
            verdicts = state.verdicts(names)
            below = []
            for name in sorted(directories):
                path = above + name
                child = state.enter(name)
                excluded = verdicts.get(name, state.default).excluded
                walked = not excluded or (not child.settled and rules.walks(path))
                if walked and (self.deep or is_own(path + "/")):
                    below.append((path + "/", child))
            todo += reversed(below)
            files = [name for name in state.kept(names, verdicts) if name not in directories]
            self.links += [above + name for name in files if name in links]
            if links or others:
                files = [name for name in files if name not in links and name not in others]
            self.archives += [above + name for name in archives_among(files, above)]
            for name in files if self.deep else worth_opening(files, above):
                yield above + name
