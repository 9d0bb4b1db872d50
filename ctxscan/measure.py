"""How much is sent, and where it ends: the totals of a walk, without the walk's entries.

After `walk`, `numbers`, `tree`. The same tree under the same rules as `walk`, and the same answers, several times as
fast: the entries of a directory are decided all at once, common files are only added up, and the work is shared out to
a few processes. Whatever is not common goes through the very `Gate` that `walk` uses, and what would end a build is left
to `walk` itself, so that the error is the one that a builder meets first.
"""

from __future__ import annotations

import os
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias, TypeVar, cast

from .dialects import Dialect
from .disk import BY_DESCRIPTOR, FLAGS, LONGEST_PATH, MAX_OPEN, Directory, in_wire_order, is_directory, wire_key
from .errors import CtxscanError
from .matcher import NO_NAMES, BadPattern, Matcher, State
from .numbers import BLOCK, CHUNK, StreamCount, TarCount, stream_entry, stream_messages, stream_numbers, tar_entry
from .processes import MOST_TASKS, Trouble, share_out
from .tree import SHARE, Largest, Plain, Sums, apart, plus
from .tree import Directory as Totals
from .walk import Broken, Entry, Fail, Gate, Kind, Place, entries, is_utf8

#: How many of the largest files are named, and how many directories of one watched name.
NAMED: Final = 64
#: Bit of a mask: in the image.
IMAGE: Final = 1
#: The mask of what is kept and not sent.
UNSENT: Final = -1
#: From so many directories and entries on the work is shared out.
WIDE_ENOUGH: Final = 64
LARGE_ENOUGH: Final = 6000

# Files that need no second thought: regular, readable by all, with one name.
_COMMON: Final = 0o100444
_COMMON_BITS: Final = 0o170444
_PLAIN_BITS: Final = 0o177444  # and no special bits, which would make the mode a longer number
_ONE_NAME: Final = 1 if BY_DESCRIPTOR else 0  # Windows does not tell
# Times in nanoseconds that take nine bytes: from 1972 to 2262.
_FROM: Final = 1 << 56
_TO: Final = 1 << 63
# The bytes of a size field, by the bits of the size.
_FIELD: Final = tuple((bits + 6) // 7 + 1 if bits else 0 for bits in range(65))
#: What a whole piece of content takes beside its bytes.
_CHUNK_AROUND: Final = 2 + 1 + 3
#: Paths of more bytes than this might make longer messages than are reckoned with.
_LONG: Final = 16000
_NEVER: Final = 1 << 62
_NO_NUMBERS: Final[dict[str, int]] = {}
_NO_TEXTS: Final[list[str]] = []
_NO_PIECES: Final[dict[str, bytes]] = {}
#: Entries of a directory that are looked at together.
BATCH: Final = 10_000
#: Messages per entry in wire order: none for a directory, two for a file in one piece.
_NONE: Final = array("I", [0]).tobytes()
_TWO: Final = array("I", [2]).tobytes()
#: A name of a file with several: known at the end.
_LINKED: Final = 0xFFFFFFFF


_T = TypeVar("_T")


class Reach(Protocol):
    """Where the entries of a directory end, as masks; `settled` is the one of all below, None if they differ."""

    settled: int | None

    def decide(self, name: str) -> int: ...
    def enter(self, name: str) -> Reach: ...


class Watch(Protocol):
    """Chooses, of the kept files and directories of a directory (`prefix`: its path with a slash), those to be told."""

    def names(self, prefix: str, names: list[str], directories: list[str]) -> Iterable[str]: ...


class Progress(Protocol):
    def __call__(self, files: int, size: int, /) -> object: ...


class Found(NamedTuple):
    """A file, or a directory with all that is kept in it. `mask` tells where a file ends, `UNSENT` if it is not sent;
    of a directory it is that of all below, None if they differ."""

    path: str
    kind: Kind
    files: int
    bytes: int
    files_sent: int
    bytes_sent: int
    mask: int | None


@dataclass(frozen=True, slots=True)
class Measure:
    """`masks` has files and bytes of what is sent by its mask. `largest` are the largest files sent, `empty` some that
    arrive without their content, `found` what the watch chose, in wire order. `decided` counts by rule (-1: none) the
    entries whose fate it changed. `figure` is the builder's own count of bytes. `broken`: what the classic builder's
    archive ends in; nothing after it is counted."""

    total: Sums
    masks: dict[int, tuple[int, int]]
    directories: Totals
    largest: tuple[Found, ...]
    empty: tuple[str, ...]
    found: tuple[Found, ...]
    decided: tuple[int, ...]
    figure: int | None
    broken: Entry | None


Figure: TypeAlias = Literal["stream", "tar", None]


def measure(
    root: str,
    rules: Matcher,
    *,
    wanted: Matcher | None,
    reach: Reach | None,
    figure: Figure,
    watch: Watch | None,
    processes: int,
    progress: Progress | None,
    fail: Fail,
) -> Measure:
    """The totals of what `walk` yields for the same arguments.

    `reach` tells the mask of what is sent (None: all have mask 0), `figure` which of the builders' own counts to make
    (None: none, which is faster). Up to `processes` processes share the work if the tree turns out to be large; the
    result is the same. Raises `CtxscanError` where the builder fails.
    """
    gate = Gate(root, rules, wanted, attributes=figure is not None, fail=fail)
    try:
        return _Meter(gate, reach, figure, watch, progress).run(processes)
    except (CtxscanError, BadPattern, Broken, Trouble, OSError):
        # What ends the build is found again in the order of the builder.
        return by_entries(root, rules, wanted=wanted, reach=reach, figure=figure, watch=watch, fail=fail)


def by_entries(
    root: str,
    rules: Matcher,
    *,
    wanted: Matcher | None,
    reach: Reach | None,
    figure: Figure,
    watch: Watch | None,
    fail: Fail,
) -> Measure:
    """What `measure` returns, from `walk`: slowly, without a shortcut, and in the builder's order."""
    gate = Gate(root, rules, wanted, attributes=figure is not None, fail=fail)
    total = _Slowly(gate, reach)
    count = {"stream": StreamCount, "tar": TarCount, None: None}[figure]
    counter: Any = count and count()
    broken = None
    try:
        for entry in entries(gate):
            total.add(entry)
            if counter and entry.sent:
                counter.add(entry)
    except Broken as end:
        broken = end.entry
        if figure == "tar":
            counter.break_off(broken)
    return total.result(watch, counter and counter.total, broken)


class _Slowly:
    """Adds up entries."""

    def __init__(self, gate: Gate, reach: Reach | None) -> None:
        self.gate = gate
        self.reach = reach
        self.below: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 6)
        self.masks: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
        self.files: list[Found] = []
        self.directories: list[str] = []
        self.empty: list[str] = []
        self.repeated: set[str] = set()
        # Of files with several names: which counts have their content, where they end.
        self.seen: set[tuple[int, int, int]] = set()
        self.ends: dict[tuple[int, int], tuple[int, int]] = {}

    def add(self, entry: Entry) -> None:
        path, size = entry.path, entry.size
        if entry.kind == "dir":
            if not self.gate.rules.decide(path).excluded:
                self.directories.append(path)
            return
        mask = UNSENT
        if entry.sent:
            state, names = self.reach, path.split("/")
            for name in names[:-1]:
                state = state and state.enter(name)
            mask = state.decide(names[-1]) if state else 0
        files = [1, int(entry.sent), int(entry.sent and bool(mask & IMAGE))]
        sizes = [size * each for each in files]
        kind = entry.kind
        if kind == "hardlink":
            kind = "file"
            self.repeated.add(path)
        self.files.append(Found(path, kind, 1, size, files[1], sizes[1], mask))
        if size and entry.status.st_nlink > 1 and sys.platform != "win32":
            key = (entry.status.st_dev, entry.status.st_ino)
            for at in range(3):
                if files[at] and (*key, at) in self.seen:
                    sizes[at] = 0
                elif files[at]:
                    self.seen.add((*key, at))
            if entry.sent:
                self.ends[key] = (self.ends.get(key, (0, 0))[0] | mask, size)
                self.masks[mask][0] += 1
        elif entry.sent:
            self.masks[mask][0] += 1
            self.masks[mask][1] += size
        if entry.empty and entry.sent and entry.kind == "file":
            self.empty.append(path)
        while path:
            path = path.rpartition("/")[0]
            for at in range(3):
                self.below[path][2 * at] += files[at]
                self.below[path][2 * at + 1] += sizes[at]

    def result(self, watch: Watch | None, figure: int | None, broken: Entry | None) -> Measure:
        for mask, size in self.ends.values():
            self.masks[mask][1] += size
        largest = Largest()
        for path, sums in self.below.items():
            if path:
                largest.add(path, cast(Plain, tuple(sums)))
        total = Sums(*self.below[""])
        sent = [each for each in self.files if each.mask != UNSENT and each.bytes and each.path not in self.repeated]
        return Measure(
            total=total,
            masks={mask: (files, size) for mask, (files, size) in sorted(self.masks.items())},
            directories=largest.root(total),
            largest=tuple(sorted(sent, key=lambda each: (-each.bytes, wire_key(each.path)))[:NAMED]),
            empty=tuple(self.empty[:NAMED]),
            found=tuple(self._found(watch)) if watch else (),
            decided=tuple(self.gate.decided),
            figure=figure,
            broken=broken,
        )

    def _found(self, watch: Watch) -> list[Found]:
        inside: defaultdict[str, tuple[dict[str, Found], list[str]]] = defaultdict(lambda: ({}, []))
        for each in self.files:
            above, slash, name = each.path.rpartition("/")
            inside[above + slash][0][name] = each
        for path in self.directories:
            above, slash, name = path.rpartition("/")
            inside[above + slash][1].append(name)
        found: list[Found] = []
        named: defaultdict[str, list[Found]] = defaultdict(list)
        for prefix, (files, directories) in inside.items():
            for name in set(watch.names(prefix, list(files), directories)):
                if name in files:
                    found.append(files[name])
                else:
                    named[name] += self._directory(prefix + name)
        for each in named.values():
            found += sorted(each, key=_by_path)[:NAMED]
        return sorted(found, key=_by_path)

    def _directory(self, path: str) -> list[Found]:
        if path not in self.below:
            return []
        wanted = None if self.gate.wanted is None else self.gate.wanted.at(path)
        reach = self.reach
        for name in path.split("/"):
            reach = reach and reach.enter(name)
        sums = self.below[path]
        return [Found(path, "dir", sums[0], sums[1], sums[2], sums[3], _label(wanted, reach))]


class _Node:
    """A directory being measured.

    `label` is the mask of all files in it; where they differ it is None, and what is counted is in `apart` and not in
    `files` and `bytes`. `unsure` are bytes of files with several names. `own` are directories that the gate decides on
    one by one, `marked` those that the watch chose. For the figure: `entry` is what this directory's own entry adds and
    `sends` whether it is sent in any case, `some` whether anything below is; `heads` are the entries of the directories
    in it, `names` the files that are sent, `messages` how many each takes if that is not two, and `pieces` the messages
    below each directory.
    """

    __slots__ = (
        "above", "apart", "bytes", "checked", "entry", "fd", "files", "heads", "label", "marked", "messages", "name",
        "names", "own", "pieces", "prefix", "reach", "rules", "sends", "some", "todo", "unsure", "wanted",
    )  # fmt: skip

    def __init__(
        self,
        above: _Node | None,
        name: str,
        prefix: str,
        fd: int,
        rules: State,
        wanted: State | None,
        reach: Reach | None,
        checked: bool,
        label: int | None,
    ) -> None:
        self.above = above
        self.name = name
        self.prefix = prefix
        self.fd = fd
        self.rules = rules
        self.wanted = wanted
        self.reach = reach
        self.checked = checked
        self.label = label
        self.files = self.bytes = self.unsure = self.entry = 0
        self.apart: list[int] | None = [0] * 6 if label is None else None
        self.todo: list[str] = []
        self.own: set[str] | None = None
        self.marked: set[str] | None = None
        self.sends = self.some = False
        # Nobody writes into these before `follow`.
        self.heads = self.messages = _NO_NUMBERS
        self.names = _NO_TEXTS
        self.pieces = _NO_PIECES

    def follow(self) -> None:
        """Get ready for a figure."""
        self.heads, self.messages, self.names, self.pieces = {}, {}, [], {}

    def part(self, names: list[str]) -> _Node:
        """This directory with only some of the directories in it left to do, and nothing counted."""
        part = _Node(
            self.above, self.name, self.prefix, -1, self.rules, self.wanted, self.reach, self.checked, self.label
        )
        part.follow()
        part.todo, part.own, part.marked = names, self.own, self.marked
        part.heads = self.heads
        return part

    def sum(self) -> _Sum:
        return self.files, self.bytes, self.unsure, self.apart, self.some, self.pieces

    def add(self, below: _Sum) -> None:
        """Take over what a part of this directory came to."""
        files, size, unsure, apart, some, pieces = below
        self.files += files
        self.bytes += size
        self.unsure += unsure
        self.some |= some
        if pieces:
            self.pieces.update(pieces)
        if self.apart is not None and apart is not None:
            self.apart = [one + other for one, other in zip(self.apart, apart, strict=True)]


#: What a part of a directory came to: see `_Node`.
_Sum: TypeAlias = tuple[int, int, int, "list[int] | None", bool, dict[str, bytes]]
#: A file with several names: path, device, inode, size, mask, whether it arrives empty, mode, time, attributes.
_Linked: TypeAlias = tuple[str, int, int, int, int, bool, int, int, tuple[tuple[str, int], ...]]
#: As `Found`.
_Row: TypeAlias = tuple[str, Kind, int, int, int, int, "int | None"]


class _Counts:
    """What a process has counted, in values that can be handed to another."""

    def __init__(self, rules: int) -> None:
        self.masks: dict[int, list[int]] = {}
        self.largest: list[tuple[int, str, int]] = []
        self.linked: list[_Linked] = []
        self.empty: list[str] = []
        self.found: list[_Row] = []
        self.directories: dict[str, list[_Row]] = {}
        self.decided = [0] * rules
        self.figure = 0

    def state(self) -> tuple[Any, ...]:
        return tuple(vars(self).values())

    def add(self, state: tuple[Any, ...]) -> None:
        masks, largest, linked, empty, found, directories, decided, figure = state
        for mask, (files, size) in masks.items():
            self.mask(mask, files, size)
        self.largest += largest
        self.linked += linked
        self.empty += empty
        self.found += found
        for name, rows in directories.items():
            self.directories.setdefault(name, []).extend(rows)
        self.decided = [one + other for one, other in zip(self.decided, decided, strict=True)]
        self.figure += figure

    def mask(self, mask: int, files: int, size: int) -> None:
        counts = self.masks.setdefault(mask, [0, 0])
        counts[0] += files
        counts[1] += size


class _Meter:
    def __init__(
        self, gate: Gate, reach: Reach | None, figure: Figure, watch: Watch | None, progress: Progress | None
    ) -> None:
        self.gate = gate
        self.dialect: Dialect = gate.dialect
        self.reach = reach
        self.figure: Figure = figure
        self.watch = watch
        self.progress = progress
        self.counts = _Counts(len(gate.decided))
        self.tree = Largest()
        # All so far: entries, and by kind of mask files and bytes, of which the whole will have at least as many.
        self.entries = self.due = 0
        self.least = [0] * 6
        self.floor = 1
        self.count = {None: self._count, "stream": self._count_stream, "tar": self._count_tar}[figure]
        self.list_attributes = os.listxattr if gate.attributes else _no_attributes  # type: ignore[attr-defined,unused-ignore]

    def run(self, processes: int) -> Measure:
        place = self.gate.top()
        label = _label(place.wanted, self.reach)
        top = _Node(None, "", "", place.directory.fd, place.rules, place.wanted, self.reach, place.checked, label)
        self._scan(top)
        if processes > 1:
            self._split(top, processes)
        else:
            self._descend(top)
        return self._result(top)

    # --- one directory ----------------------------------------------------------------------------------------------

    def _visit(self, above: _Node, name: str) -> _Node | None:
        """Count what the directory `name` holds; the node if there are directories in it, still to be visited."""
        if (above.own is not None and name in above.own) or not (name.isascii() or is_utf8(name)):
            node = self._closely(above, name)
            if node is None:
                return None
        else:
            label, reach = above.label, above.reach
            if label is None and reach is not None:
                reach = reach.enter(name)
                label = reach.settled
            try:
                fd = os.open(name, FLAGS, dir_fd=above.fd) if BY_DESCRIPTOR else -1
            except OSError:
                node = self._closely(above, name)
                if node is None:
                    return None
            else:
                node = self._below(above, name, fd, above.rules.inside, reach, label)
        self._scan(node)
        if node.todo:
            return node
        self._leave(node, above)
        return None

    def _below(self, above: _Node, name: str, fd: int, rules: State, reach: Reach | None, label: int | None) -> _Node:
        """The node of a directory that no rule tells from the others beside it."""
        wanted = above.wanted and above.wanted.inside
        node = _Node(above, name, f"{above.prefix}{name}/", fd, rules, wanted, reach, above.checked, label)
        if self.figure:
            node.entry = above.heads.get(name, 0)
            node.sends = above.label != UNSENT
        return node

    def _closely(self, above: _Node, name: str) -> _Node | None:
        """The same with every decision by the gate."""
        gate, place = self.gate, self._place(above)
        found = gate.directory(place, name, gate.verdict(place, name), gate.asks_for(place, name))
        if found is None:
            return None
        entry, below = found
        if below is None:
            if self.figure and entry.sent:
                self.counts.figure += self._entry(entry)
                above.pieces[name] = _NONE
                above.some = True
            return None
        if self.dialect.utf8_names and not is_utf8(name):
            raise Trouble  # nothing in it can be sent
        reach = above.reach and above.reach.enter(name)
        node = _Node(
            above, name, below.prefix, below.directory.fd, below.rules, below.wanted, reach, below.checked,
            _label(below.wanted, reach),
        )  # fmt: skip
        if self.figure:
            node.entry = self._entry(entry)
            node.sends = entry.sent
        return node

    def _scan(self, node: _Node) -> None:
        """Count the files in a directory and note the directories."""
        if self.figure:
            node.follow()
        rules, label = node.rules, node.label
        try:
            with os.scandir(node.fd if BY_DESCRIPTOR else os.path.join(self.gate.root, node.prefix)) as entries:
                if label is None or not rules.settled or rules.excluded or self.watch is not None:
                    self._sort_out(node, entries)
                elif label == UNSENT:
                    self._count(node, label, entries)
                else:
                    self.count(node, label, entries)
        except BaseException:
            self._shut(node)
            raise
        self._tell()

    def _tell(self) -> None:
        if self.progress is not None and sum(self.least[::2]) >= self.due:
            files = sum(self.least[::2])
            self.due = files + 1024
            self.progress(files, sum(self.least[1::2]))

    def _sort_out(self, node: _Node, entries: Iterator[os.DirEntry[str]]) -> None:
        """Count in a directory where entries have to be told apart."""
        files: list[str] = []
        directories: list[str] = []
        while batch := list(islice(entries, BATCH)):
            kept, withheld = self._kept(node, batch)
            before = len(node.todo)
            for label, some in self._by_label(node, kept).items():
                (self._count if label == UNSENT else self.count)(node, label, some)
            for name in withheld:
                self._odd(node, name, self._mask(node, name))
            if self.watch is not None:
                directories += node.todo[before:]
                here = frozenset(node.todo[before:])
                files += [entry.name for entry in kept if entry.name not in here] + withheld
            if len(batch) < BATCH:
                break
        if self.watch is not None:
            self._look(node, files, directories)

    def _kept(self, node: _Node, batch: list[os.DirEntry[str]]) -> tuple[list[os.DirEntry[str]], list[str]]:
        """The kept among the entries of a directory, without the names of files that arrive empty, which come second.
        Excluded directories that are walked all the same are noted."""
        rules = node.rules
        names = [] if rules.settled else [entry.name for entry in batch]
        special = rules.special(names) if names else NO_NAMES
        kept: list[os.DirEntry[str]] = []
        withheld: list[str] = []
        if special:
            rest = []
            for entry in batch:
                name = entry.name
                if name not in special:
                    rest.append(entry)
                    continue
                verdict = rules.decide(name)
                if verdict.rule != rules.rule:
                    self.counts.decided[verdict.rule] += 1
                if is_directory(entry):
                    node.own = node.own or set()
                    node.own.add(name)
                    if verdict.excluded:
                        node.todo.append(name)
                    else:
                        kept.append(entry)
                elif verdict.withheld:
                    withheld.append(name)
                elif not verdict.excluded:
                    kept.append(entry)
            batch = rest
        if batch:
            verdict = rules.default
            if verdict.rule != rules.rule:
                self.counts.decided[verdict.rule] += len(batch)
            if not verdict.excluded and not verdict.second_look:
                return [*kept, *batch] if kept else batch, withheld
            # Every directory by itself: it may be walked although it is excluded.
            closely = not verdict.excluded or self.gate.may_walk(node.checked)
            directories = [entry for entry in batch if is_directory(entry)] if closely else []
            node.own = (node.own or set()).union([entry.name for entry in directories])
            if verdict.excluded:
                node.todo += [entry.name for entry in directories]
            else:
                kept += directories
                withheld += [entry.name for entry in batch if entry.name not in node.own]
        return kept, withheld

    def _by_label(self, node: _Node, kept: list[os.DirEntry[str]]) -> dict[int, list[os.DirEntry[str]]]:
        if node.label is not None:
            return {node.label: kept}
        found: dict[int, list[os.DirEntry[str]]] = {}
        each_asked = node.wanted is not None and not node.wanted.settled
        for entry in kept:
            if not is_directory(entry):
                found.setdefault(self._mask(node, entry.name), []).append(entry)
                continue
            if each_asked:
                node.own = node.own or set()
                node.own.add(entry.name)
            found.setdefault(0, []).append(entry)
        return found

    def _mask(self, node: _Node, name: str) -> int:
        """Where the file `name` ends."""
        if node.label is not None:
            return node.label
        if node.wanted is not None and not node.wanted.decide(name).excluded:
            return UNSENT
        return 0 if node.reach is None else node.reach.decide(name)

    def _count(self, node: _Node, label: int, entries: Iterable[os.DirEntry[str]]) -> None:
        odd: list[str] = []
        large: list[tuple[int, str]] = []
        files, size = _tally(entries, node.todo, odd, large, self.floor if label != UNSENT else _NEVER)
        self._add(node, label, files, size)
        for each, name in large:
            self._large(each, node.prefix + name, label)
        for name in odd:
            self._odd(node, name, label)

    def _count_stream(self, node: _Node, label: int, entries: Iterable[os.DirEntry[str]]) -> None:
        # The sizes of BuildKit's messages, for common files: see `numbers.stream_entry`. Beside a path of p bytes and a
        # size field of f, the message about a file has 15 bytes, and one more each where p or the whole takes two bytes
        # to tell; around it are two or three. The content adds the size, and f and two bytes around each piece.
        list_attributes = self.list_attributes
        directories, names, messages, heads = node.todo, node.names, node.messages, node.heads
        odd = []
        base = self._base(node)
        length = _bytes(node.prefix)
        limit = 113 - length
        before = len(names)
        total = figure = 0
        floor = self.floor
        for entry in entries:
            name = entry.name
            try:
                status = entry.stat(follow_symlinks=False)
                plain = not list_attributes(base + name, follow_symlinks=False)
            except OSError:
                odd.append(name)
                continue
            mode = status.st_mode
            if not (plain and _FROM <= status.st_mtime_ns < _TO and name.isascii() and length < _LONG):
                if mode & 0o170000 == 0o040000:
                    directories.append(name)
                    node.own = node.own or set()
                    node.own.add(name)
                else:
                    odd.append(name)
            elif mode & _PLAIN_BITS == _COMMON and status.st_nlink == _ONE_NAME:
                size = status.st_size
                total += size
                names.append(name)
                field = _FIELD[size.bit_length()]
                told = len(name) + field
                figure += told
                if told >= limit:
                    figure += 1 if length + len(name) < 128 else 2
                if 0 < size <= CHUNK:
                    figure += field + 2
                elif size:
                    whole, rest = divmod(size, CHUNK)
                    figure += whole * (_CHUNK_AROUND) + (_FIELD[rest.bit_length()] + 2 if rest else 0)
                    messages[name] = whole + (rest > 0) + 1
                else:
                    messages[name] = 1
                if size >= floor:
                    self._large(size, node.prefix + name, label)
            elif mode & 0o170000 == 0o040000:
                directories.append(name)
                told = length + len(name)
                told += 18 if told < 128 else 19
                heads[name] = told + (2 if told < 128 else 3)
            else:
                odd.append(name)
        files = len(names) - before
        self.counts.figure += figure + total + files * (length + 19)
        node.some = node.some or files > 0
        self._add(node, label, files, total)
        for name in odd:
            self._odd(node, name, label)

    def _count_tar(self, node: _Node, label: int, entries: Iterable[os.DirEntry[str]]) -> None:
        # An archive takes a block for the header and whole blocks for the content: see `numbers.tar_entry`.
        list_attributes = self.list_attributes
        directories, heads = node.todo, node.heads
        odd = []
        base = self._base(node)
        longest = 100 - len(node.prefix) if node.prefix.isascii() else -1
        files = total = blocks = 0
        floor = self.floor
        for entry in entries:
            name = entry.name
            try:
                status = entry.stat(follow_symlinks=False)
                plain = not list_attributes(base + name, follow_symlinks=False)
            except OSError:
                odd.append(name)
                continue
            mode = status.st_mode
            simple = plain and 0 <= status[8] < 8**11 and name.isascii()
            if mode & 0o170000 == 0o040000:
                directories.append(name)
                if simple and len(name) < longest:
                    heads[name] = BLOCK
                else:
                    node.own = node.own or set()
                    node.own.add(name)
            elif (
                simple
                and len(name) <= longest
                and mode & _COMMON_BITS == _COMMON
                and status.st_nlink == _ONE_NAME
                and status.st_size < 8**11
            ):
                size = status.st_size
                files += 1
                total += size
                blocks += (size + BLOCK - 1) // BLOCK
                if size >= floor:
                    self._large(size, node.prefix + name, label)
            else:
                odd.append(name)
        self.counts.figure += (files + blocks) * BLOCK
        node.some = node.some or files > 0
        self._add(node, label, files, total)
        for name in odd:
            self._odd(node, name, label)

    def _odd(self, node: _Node, name: str, label: int) -> None:
        """A file that is not common, as `walk` has it."""
        place = self._place(node)
        entry = self.gate.file(place, name, node.rules.decide(name), label != UNSENT)
        if entry is None or entry.kind == "dir":
            return
        if entry.empty and self.dialect.checks_first:
            raise Broken(entry)
        linked = entry.kind == "file" and entry.status.st_nlink > 1 and sys.platform != "win32"
        size = entry.size if entry.kind == "file" else 0
        self._add(node, label, 1, 0 if linked else size)
        if linked:
            node.unsure += size
            status = entry.status
            self.counts.linked.append(
                (
                    entry.path, status.st_dev, status.st_ino, size, label, entry.empty, status.st_mode,
                    status.st_mtime_ns, entry.attributes,
                )
            )  # fmt: skip
        elif entry.sent and entry.kind == "file":
            if entry.empty:
                self._note_empty(entry.path)
            if size >= self.floor:
                self._large(size, entry.path, label)
        if self.figure and entry.sent:
            node.some = True
            node.names.append(name)
            node.messages[name] = _LINKED if linked else stream_messages(entry)
            if not linked:
                self.counts.figure += self._entry(entry)

    def _add(self, node: _Node, label: int, files: int, size: int) -> None:
        self.entries += files
        at = _at(label)
        self.least[at] += files
        self.least[at + 1] += size
        if node.apart is None:
            node.files += files
            node.bytes += size
        else:
            node.apart[at] += files
            node.apart[at + 1] += size
            if label != UNSENT:
                self.counts.mask(label, files, size)

    def _leave(self, node: _Node, above: _Node) -> None:
        """Count a finished directory into the one that holds it."""
        self._shut(node)
        self._remember(node, above.marked)
        above.unsure += node.unsure
        if above.apart is None:
            above.files += node.files
            above.bytes += node.bytes
        elif node.apart is not None:
            above.apart = [one + other for one, other in zip(above.apart, node.apart, strict=True)]
        else:
            self._settle(above, node)
        if self.figure:
            piece = self._piece(node)
            if node.sends or (node.some and (self.dialect.sends_parents or not node.rules.excluded)):
                self.counts.figure += node.entry
                piece = _NONE + piece
            if piece:
                above.pieces[node.name] = piece
            above.some = above.some or node.some or node.sends

    def _remember(self, node: _Node, marked: set[str] | None) -> None:
        """Keep the sums of a finished directory if it may turn out to be one of the large ones, or is watched."""
        chosen = marked is not None and node.name in marked
        if node.apart is None:
            files, size = node.files, node.bytes + node.unsure
            at = _at(node.label)
            least = self.least
            if not chosen and files * SHARE < least[at] and size * SHARE < least[at + 1]:
                return
            counts = [0] * 6
            counts[at], counts[at + 1] = files, node.bytes
        else:
            counts = node.apart
        if not any(counts):
            return
        total = apart(counts[:2], counts[2:4], counts[4:])
        path = node.prefix[:-1]
        self.tree.least = apart(self.least[:2], self.least[2:4], self.least[4:])
        self.tree.add(path, total, node.unsure)
        if chosen:
            rows = self.counts.directories.setdefault(node.name, [])
            rows.append((path, "dir", *total[:4], node.label))
            _cut(rows, lambda row: wire_key(row[0]))

    def _settle(self, above: _Node, node: _Node) -> None:
        """Count a directory of one mask where there are several."""
        assert above.apart is not None and node.label is not None
        at = _at(node.label)
        above.apart[at] += node.files
        above.apart[at + 1] += node.bytes
        if node.label != UNSENT:
            self.counts.mask(node.label, node.files, node.bytes)

    def _piece(self, node: _Node) -> bytes:
        """The messages below a directory, in wire order."""
        if self.figure != "stream":
            return b""
        names, messages, pieces = node.names, node.messages, node.pieces
        if not messages and not pieces:
            return _TWO * len(names)
        names = in_wire_order(names)
        numbers = array("I", [messages.get(name, 2) for name in names]).tobytes() if messages else _TWO * len(names)
        if not pieces:
            return numbers
        parts = []
        keys: Sequence[Any] = names
        plain = all(map(str.isascii, names)) and all(map(str.isascii, pieces))
        if not plain:
            keys = [os.fsencode(name) for name in names]
        at = 0
        for name in in_wire_order(pieces):
            to = bisect_left(keys, name if plain else os.fsencode(name)) * len(_TWO)
            parts += [numbers[at:to], pieces[name]]
            at = to
        return b"".join((*parts, numbers[at:]))

    def _look(self, node: _Node, files: list[str], directories: list[str]) -> None:
        assert self.watch is not None
        chosen = set(self.watch.names(node.prefix, files, directories))
        if not chosen:
            return
        node.marked = chosen.intersection(directories)
        place = self._place(node)
        for name in chosen - node.marked:
            mask = self._mask(node, name)
            entry = self.gate.file(place, name, node.rules.decide(name), mask != UNSENT)
            if entry is not None:
                sent = int(entry.sent)
                self.counts.found.append((entry.path, entry.kind, 1, entry.size, sent, entry.size * sent, mask))

    def _large(self, size: int, path: str, mask: int) -> None:
        largest = self.counts.largest
        largest.append((size, path, mask))
        if _cut(largest, _by_size):
            self.floor = largest[-1][0]

    def _note_empty(self, path: str) -> None:
        self.counts.empty.append(path)
        _cut(self.counts.empty, wire_key)

    def _entry(self, entry: Entry) -> int:
        return stream_entry(entry) if self.figure == "stream" else tar_entry(entry)

    def _place(self, node: _Node) -> Place:
        directory = Directory(self.gate.root, node.prefix[:-1], node.fd)
        return Place(directory, node.prefix, node.rules, node.wanted, node.checked)

    def _base(self, node: _Node) -> str:
        """What to put before a name for calls that want a path."""
        if len(node.prefix) > LONGEST_PATH:
            return f"/proc/self/fd/{node.fd}/"
        return os.path.join(self.gate.root, node.prefix)

    def _shut(self, node: _Node) -> None:
        if node.fd >= 0:
            os.close(node.fd)
            node.fd = -1

    # --- all directories --------------------------------------------------------------------------------------------

    def _descend(self, top: _Node) -> None:
        """Count all that is left to do in `top`, deep down."""
        stack = [top]
        try:
            while True:
                node = stack[-1]
                if node.todo:
                    if node.fd < 0:
                        self._open_again(node)
                    inside = self._plain_inside(node)
                    if inside is None:
                        below = self._visit(node, node.todo.pop())
                    else:
                        below = self._visit_plain(node, inside)
                    if below is not None:
                        if len(stack) >= MAX_OPEN:
                            self._shut(stack[-MAX_OPEN])
                        stack.append(below)
                    continue
                stack.pop()
                if not stack:
                    break
                self._leave(node, stack[-1])
        finally:
            self._shut(top)
            for node in stack:
                self._shut(node)

    def _plain_inside(self, node: _Node) -> State | None:
        """What the directories in this one hand down, if they are all alike and files in them are only to be counted
        unless some rule tells them apart."""
        if node.label is None or node.own or self.watch or not BY_DESCRIPTOR or (self.figure and node.label != UNSENT):
            return None
        inside = node.rules.inside
        verdict = inside.default
        if verdict.excluded or verdict.second_look or verdict.rule != inside.rule:
            return None
        return inside

    def _visit_plain(self, above: _Node, inside: State) -> _Node | None:
        """Visit the directories in `above`, until one has directories itself; that one's node."""
        # As `_visit`, but for most directories this here is all that happens: no node, hardly a call.
        label = above.label
        assert label is not None
        at, least, todo, fd_above = _at(label), self.least, above.todo, above.fd
        settled, special = inside.settled, inside.special
        floor = self.floor if label != UNSENT else _NEVER
        files_here = bytes_here = 0
        directories: list[str] = []
        odd: list[str] = []
        large: list[tuple[int, str]] = []
        try:
            while todo:
                name = todo.pop()
                try:
                    if not name.isascii():
                        raise OSError
                    fd = os.open(name, FLAGS, dir_fd=fd_above)
                except OSError:
                    return self._visit(above, name)
                node = None
                try:
                    with os.scandir(fd) as entries:
                        if settled:
                            files, size = _tally(entries, directories, odd, large, floor)
                        else:
                            batch = list(islice(entries, BATCH))
                            if len(batch) < BATCH and not special([entry.name for entry in batch]):
                                files, size = _tally(batch, directories, odd, large, floor)
                            else:
                                node = self._below(above, name, fd, inside, above.reach, label)
                                self._sort_out(node, chain(batch, entries))
                except BaseException:
                    os.close(fd)
                    raise
                if node is None:
                    least[at] += files
                    least[at + 1] += size
                    if not (directories or odd or large or self.progress) and (
                        files * SHARE < least[at] and size * SHARE < least[at + 1]
                    ):
                        os.close(fd)
                        files_here += files
                        bytes_here += size
                        continue
                    node = self._below(above, name, fd, inside, above.reach, label)
                    node.files, node.bytes, node.todo = files, size, directories
                    for each, name in large:
                        self._large(each, node.prefix + name, label)
                    for name in odd:
                        self._odd(node, name, label)
                    directories, odd, large, floor = [], [], [], max(floor, self.floor)
                    self._tell()
                if node.todo:
                    return node
                self._leave(node, above)
        finally:
            above.files += files_here
            above.bytes += bytes_here
        return None

    def _open_again(self, node: _Node) -> None:
        if BY_DESCRIPTOR:
            node.fd = Directory(self.gate.root, node.prefix[:-1], -1).descriptor()

    def _split(self, top: _Node, processes: int) -> None:
        """Count level by level until there is enough left to do for several processes, and share it out."""
        nodes = [top]
        left = len(top.todo)
        at = 0
        try:
            while at < len(nodes) and not (left >= WIDE_ENOUGH and self.entries >= LARGE_ENOUGH):
                node = nodes[at]
                if not node.todo:
                    self._shut(node)
                    at += 1
                    continue
                if node.fd < 0:
                    self._open_again(node)
                below = self._visit(node, node.todo.pop())
                left -= 1
                if below is not None:
                    nodes.append(below)
                    left += len(below.todo)
                    if len(nodes) - at > MAX_OPEN // 2:
                        self._shut(below)
        finally:
            for node in nodes:
                self._shut(node)
        if left:
            self._share_out(nodes[at:], left, processes)
        for node in reversed(nodes[1:]):
            assert node.above is not None
            self._leave(node, node.above)

    def _share_out(self, nodes: list[_Node], left: int, processes: int) -> None:
        size = left // 512 + 1
        parts: list[tuple[_Node, list[str]]] = []
        for node in nodes:
            parts += [(node, node.todo[at : at + size]) for at in range(0, len(node.todo), size)]
            node.todo = []
        tasks = min(len(parts), MOST_TASKS)
        done: dict[int, _Sum] = {}

        def work(number: int) -> None:
            for index in range(number, len(parts), tasks):
                node, names = parts[index]
                part = node.part(names)
                self._descend(part)
                done[index] = part.sum()

        def guarded(number: int) -> None:
            try:
                work(number)
            except (CtxscanError, BadPattern, Broken, OSError):
                raise Trouble from None

        def prepare() -> None:
            done.clear()
            self.progress = None
            self.counts = _Counts(len(self.gate.decided))
            self.tree.kept, self.tree.unsure = {}, {}

        def result() -> Any:
            self.tree.forget()
            return done, self.tree.kept, self.tree.unsure, self.counts.state()

        for sums, kept, unsure, counts in share_out(tasks, processes, prepare=prepare, work=guarded, result=result):
            done.update(sums)
            self.tree.kept.update(kept)
            self.tree.unsure.update(unsure)
            self.counts.add(counts)
        for index, (node, _) in enumerate(parts):
            node.add(done[index])

    # --- the end ----------------------------------------------------------------------------------------------------

    def _result(self, top: _Node) -> Measure:
        counts = self.counts
        if top.apart is None:
            whole = _Node(None, "", "", -1, top.rules, top.wanted, top.reach, top.checked, None)
            self._settle(whole, top)
        else:
            whole = top
        assert whole.apart is not None
        sums = whole.apart
        total, links = self._links(apart(sums[:2], sums[2:4], sums[4:]))
        figure = None
        if self.figure == "tar":
            figure = counts.figure + TarCount().total
        elif self.figure == "stream":
            messages = array("I")
            messages.frombytes(self._piece(top))
            at = -1
            for each in links:
                at = messages.index(_LINKED, at + 1)
                messages[at] = each
            figure = counts.figure + StreamCount().total + stream_numbers(messages)
        rows = [row for found in counts.directories.values() for row in sorted(found, key=_by_path)[:NAMED]]
        return Measure(
            total=Sums(*total),
            masks={mask: (files, size) for mask, (files, size) in sorted(counts.masks.items()) if files or size},
            directories=self.tree.root(total),
            largest=tuple(
                Found(path, "file", 1, size, 1, size, mask)
                for size, path, mask in sorted(counts.largest, key=_by_size)[:NAMED]
            ),
            empty=tuple(sorted(counts.empty, key=wire_key)[:NAMED]),
            found=tuple(Found(*row) for row in sorted(rows + counts.found, key=_by_path)),
            decided=tuple(counts.decided),
            figure=figure,
            broken=None,
        )

    def _links(self, total: Plain) -> tuple[Plain, list[int]]:
        """Files with several names: the first name that is kept, sent, in the image carries the content there. Returns
        the sums with them, and the messages that they take, in wire order."""
        counts = self.counts
        kept: set[tuple[int, int]] = set()
        image: set[tuple[int, int]] = set()
        sent: dict[tuple[int, int], str] = {}
        masks: dict[tuple[int, int], tuple[int, int]] = {}
        messages = []
        for path, device, inode, size, mask, empty, mode, time, attributes in sorted(counts.linked, key=_by_path):
            key = (device, inode)
            more = [0, 0 if key in kept else size, 0, 0, 0, 0]
            kept.add(key)
            if mask != UNSENT:
                if key not in sent:
                    more[3] = size
                    if size:
                        self._large(size, path, mask)
                    if empty:
                        self._note_empty(path)
                if mask & IMAGE and key not in image:
                    more[5] = size
                    image.add(key)
                first = sent.setdefault(key, path)
                masks[key] = (masks.get(key, (0, 0))[0] | mask, size)
                entry = _link(path, first, size, empty, mode, time, attributes)
                messages.append(stream_messages(entry))
                if self.figure:
                    counts.figure += self._entry(entry)
            if any(more):
                extra = cast(Plain, tuple(more))
                total = plus(total, extra)
                self.tree.settle(path, extra)
                self._settle_found(path, extra)
        for mask, size in masks.values():
            counts.mask(mask, 0, size)
        return total, messages

    def _settle_found(self, path: str, more: Plain) -> None:
        while path := path.rpartition("/")[0]:
            for rows in self.counts.directories.values():
                for at, row in enumerate(rows):
                    if row[0] == path:
                        rows[at] = (*row[:2], *plus((*row[2:6], 0, 0), more)[:4], row[6])


class _Stamp(NamedTuple):
    """As much of a status as the figures need."""

    st_mode: int
    st_mtime_ns: int
    st_rdev: int


def _tally(
    entries: Iterable[os.DirEntry[str]],
    directories: list[str],
    odd: list[str],
    large: list[tuple[int, str]],
    floor: int,
) -> tuple[int, int]:
    """Count the common files among the entries of a directory and their bytes, and note the others by name."""
    # Nearly all the time is spent in here and in its like for the figures, so this does nothing that can be put off.
    files = total = 0
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                directories.append(entry.name)
                continue
            status = entry.stat(follow_symlinks=False)
        except OSError:
            odd.append(entry.name)
            continue
        if (
            status.st_mode & _COMMON_BITS == _COMMON
            and status.st_nlink == _ONE_NAME
            and (entry.name.isascii() or is_utf8(entry.name))
        ):
            size = status.st_size
            files += 1
            total += size
            if size >= floor:
                large.append((size, entry.name))
        else:
            odd.append(entry.name)
    return files, total


def _link(
    path: str, first: str, size: int, empty: bool, mode: int, time: int, attributes: tuple[tuple[str, int], ...]
) -> Entry:
    status = cast(os.stat_result, _Stamp(mode, time, 0))
    if first == path:
        return Entry(path, "file", size, None, True, empty, status, attributes)
    return Entry(path, "hardlink", size, first, True, False, status, attributes)


def _label(wanted: State | None, reach: Reach | None) -> int | None:
    """The mask of all files below a directory; None: they may differ."""
    if wanted is not None:
        if not wanted.settled:
            return None
        if not wanted.excluded:
            return UNSENT
    return 0 if reach is None else reach.settled


def _at(label: int | None) -> int:
    """Where counts of this mask stand among those of what is only kept, only sent, in the image."""
    return 0 if label == UNSENT or label is None else 4 if label & IMAGE else 2


def _cut(rows: list[_T], key: Callable[[_T], Any]) -> bool:
    """Keep the first few of a list that has become long."""
    if len(rows) < 4 * NAMED:
        return False
    rows.sort(key=key)
    del rows[NAMED:]
    return True


def _by_path(row: tuple[Any, ...]) -> list[bytes]:
    return wire_key(row[0])


def _by_size(row: tuple[int, str, int]) -> tuple[int, list[bytes]]:
    return -row[0], wire_key(row[1])


def _bytes(path: str) -> int:
    return len(path) if path.isascii() else len(os.fsencode(path))


def _no_attributes(path: str, *, follow_symlinks: bool) -> tuple[()]:
    return ()
