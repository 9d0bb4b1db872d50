"""Every path of the context directory with its fate, folded to a tree of bounded size: what a map is drawn from.

One walk through the same `Gate` as everybody's, with two states carried along: where a file ends, and whether proposed
rules would take it out. Of a large tree the largest nodes are kept, and what is beside them is summed by fate; all
files are listed by name beside the tree, so that a search finds what was folded. What is excluded is counted, and its
content never read. It draws nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from . import system
from .context.directory import MAX_OPEN, Directory, is_directory
from .context.walk import Decided, Entry, Gate
from .errors import CtxscanError
from .explain import SENT, Reached, ending
from .paths import parents
from .rules.matcher import BadPattern, Matcher, State, Verdict

if TYPE_CHECKING:
    from .facts import Scan
    from .image.marks import DirectoryReach

#: Nodes of an atlas, beside those that findings name.
MOST_NODES: Final = 6_000
#: On it whatever their size: this many paths of findings, and this many entries of the context directory itself.
MOST_PINNED: Final = 2_000
MOST_AT_THE_TOP: Final = 400
#: A tree is folded while it is walked once it has so many times more nodes than are wanted.
EARLY: Final = 4
#: Excluded entries that are counted.
MOST_EXCLUDED: Final = 300_000
#: Files whose names are listed: of those that are kept, and of those that are excluded.
MOST_LISTED: Final = 200_000
MOST_EXCLUDED_LISTED: Final = 50_000

#: `rest`: files of one fate that are too small to be told apart.
MapKind: TypeAlias = Literal["file", "dir", "symlink", "hardlink", "fifo", "socket", "device", "rest"]


class Mark(NamedTuple):
    """A fate. `rule` is the index of the rule that decided it, None if none did; `taken` the mask of the inputs that
    read the file. `leaves` is the index of the rule in the patched file that would take it out, None if it stays."""

    reach: Reached
    rule: int | None
    taken: int
    leaves: int | None
    empty: bool


class MapRow(NamedTuple):
    """A node. `above` is the index of the directory that holds it, -1 for the context itself; `mark` an index into the
    marks. `files` and `bytes` are of all below; `partly`: there is more, which was not counted."""

    name: str
    above: int
    kind: MapKind
    mark: int
    files: int
    bytes: int
    partly: bool


class Listed(NamedTuple):
    """The files of one directory by name, with their bytes and the indexes of their marks, each as long as `names`."""

    directory: str
    names: tuple[str, ...]
    bytes: tuple[int, ...]
    marks: tuple[int, ...]


class Atlas(NamedTuple):
    """`rows` has each directory before what it holds, in wire order, the rest of a directory last. `listed` has every
    file once, by directory, but for so many that are `unlisted`."""

    rows: tuple[MapRow, ...]
    marks: tuple[Mark, ...]
    listed: tuple[Listed, ...]
    unlisted: int

    def places(self) -> dict[str, int]:
        """The row of each path."""
        paths: list[str] = []
        for row in self.rows:
            above = paths[row.above] if row.above > 0 else ""
            paths.append(f"{above}/{row.name}" if above else row.name)
        return {path: at for at, path in enumerate(paths) if self.rows[at].kind != "rest"}


def chart(scan: Scan, *, after: Matcher | None, named: Iterable[str], most: int = MOST_NODES) -> Atlas:
    """The context of `scan` as an atlas of some `most` nodes. `after` are the rules with the proposed ones in; the
    paths in `named` are on it if they are there."""
    return _Chart(scan, after, list(dict.fromkeys(named))[:MOST_PINNED], most).drawn()


class _Node:
    """A node while it is being summed. `rest` has files and bytes by mark of what was folded; `at` is the place among
    its siblings, `number` the one in the walk."""

    __slots__ = ("at", "bytes", "children", "files", "kind", "mark", "name", "number", "partly", "pinned", "rest")

    def __init__(self, name: str, kind: MapKind, mark: int, at: int, number: int, pinned: bool) -> None:
        self.name = name
        self.kind = kind
        self.mark = mark
        self.at = at
        self.number = number
        self.pinned = pinned
        self.files = self.bytes = 0
        self.partly = False
        self.children: list[_Node] = []
        self.rest: dict[int, list[int]] = {}

    @property
    def rank(self) -> tuple[int, int, int]:
        """The large ones first; of equal ones some of each directory."""
        return -self.bytes, self.at, self.number

    def swallow(self, node: _Node) -> None:
        """Keep of `node`, which was in this directory, no more than its sums."""
        todo = [node]
        while todo:
            each = todo.pop()
            if each.files and not each.children and not each.rest:
                self._add(each.mark, each.files, each.bytes)
            for mark, (files, size) in each.rest.items():
                self._add(mark, files, size)
            todo += each.children

    def _add(self, mark: int, files: int, size: int) -> None:
        sums = self.rest.setdefault(mark, [0, 0])
        sums[0] += files
        sums[1] += size


class _Frame:
    """A directory that is being walked. `gone` is the rule that takes out all of it in the patched file; `files` are
    those in it so far."""

    __slots__ = ("after", "files", "gone", "names", "node", "place", "reach")

    def __init__(
        self, place: Decided, node: _Node, reach: DirectoryReach | None, after: State | None, gone: int | None
    ) -> None:
        self.place = place
        self.node = node
        self.reach = reach
        self.after = after
        self.gone = gone
        self.files: list[tuple[str, int, int]] = []
        names, directories = place.directory.names()
        self.names = iter([(at, name, name in directories) for at, name in enumerate(names)])


class _Chart:
    def __init__(self, scan: Scan, after: Matcher | None, named: list[str], most: int) -> None:
        self.scan = scan
        self.after = after
        self.most = most
        self.gate = Gate(scan.disk.root, scan.rules, scan.narrowing, attributes=False, fail=_failed)
        self.named = frozenset(above for path in named for above in (path, *parents(path)) if above)
        self.marks: dict[Mark, int] = {}
        self.seen: set[tuple[int, int, bool]] = set()
        self.number = self.live = 0
        self.limit = EARLY * most
        self.excluded_left = MOST_EXCLUDED
        self.listed: list[Listed] = []
        self.listed_left = {False: MOST_LISTED, True: MOST_EXCLUDED_LISTED}

    def drawn(self) -> Atlas:
        place = self.gate.top()
        top = _Node("", "dir", self._mark(Mark("context", None, 0, None, False)), 0, 0, True)
        usage = self.scan.usage
        frame = _Frame(place, top, usage.root if usage else None, self.after.root if self.after else None, None)
        self._walk([frame])
        self._fold([top])
        unlisted = top.files - sum(len(each.names) for each in self.listed)
        return Atlas(tuple(_rows(top)), tuple(self.marks), tuple(self.listed), unlisted)

    def _walk(self, stack: list[_Frame]) -> None:
        try:
            while stack:
                frame = stack[-1]
                found = next(frame.names, None)
                if found is None:
                    self._leave(stack)
                    continue
                at, name, directory = found
                verdict = self.gate.verdict(frame.place, name)
                pinned = frame.place.prefix + name in self.named or (len(stack) == 1 and at < MOST_AT_THE_TOP)
                node = _Node(name, "dir" if directory else "file", 0, at, self.number, pinned)
                self.number += 1
                if directory:
                    self._directory(stack, node, verdict)
                elif not self._file(frame, node, verdict):
                    return  # the classic builder's archive ends here
                if self.live > self.limit:
                    self._fold([each.node for each in stack])
        finally:
            for frame in stack:
                frame.place.directory.close()

    def _leave(self, stack: list[_Frame]) -> None:
        frame = stack.pop()
        self._list(frame.place.prefix.rstrip("/"), frame.files)
        if stack:
            above = stack[-1]
            above.place.directory.take_back(frame.place.directory)
            self._hold(above, frame.node)
        frame.place.directory.close()

    def _hold(self, frame: _Frame, node: _Node) -> None:
        frame.node.children.append(node)
        frame.node.files += node.files
        frame.node.bytes += node.bytes
        frame.node.partly = frame.node.partly or node.partly
        self.live += 1

    def _directory(self, stack: list[_Frame], node: _Node, verdict: Verdict) -> None:
        frame = stack[-1]
        place = frame.place
        gone = self._gone(frame, node.name)
        reach: Reached = "excluded" if verdict.excluded else "context"
        leaves = None if verdict.excluded else gone
        node.mark = self._mark(Mark(reach, _rule(verdict.rule), 0, leaves, False))
        asked = self.gate.asks_for(place, node.name)
        found = None
        if not verdict.excluded or not place.rules.enter(node.name).settled:
            found = self.gate.directory(place, node.name, verdict, asked)
        below = found and found[1]
        if below is None:
            if verdict.excluded:
                self._count(place.directory, node, place.prefix + node.name)
            if verdict.excluded or found is not None:
                self._hold(frame, node)
            return
        if len(stack) >= MAX_OPEN:
            stack[-MAX_OPEN].place.directory.lend()
        after = frame.after
        if after is not None and self.after is not None:
            walked = gone is None or self.after.walks(place.prefix + node.name)
            after, gone = (after.enter(node.name), None) if walked else (None, gone)
        try:
            stack.append(_Frame(below, node, frame.reach and frame.reach.enter(node.name), after, gone))
        except OSError:
            below.directory.close()
            self._hold(frame, node)

    def _file(self, frame: _Frame, node: _Node, verdict: Verdict) -> bool:
        """Whether the walk goes on."""
        place = frame.place
        last = False
        if verdict.excluded:
            try:
                status = place.directory.status(node.name)
            except OSError:
                return True
            node.bytes = self._content(status, kept=False)
            node.mark = self._mark(Mark("excluded", _rule(verdict.rule), 0, None, False))
        else:
            asked = self.gate.asks_for(place, node.name)
            entry = self.gate.file(place, node.name, verdict, asked)
            if entry is None:
                return True
            node.kind = entry.kind
            node.bytes = self._content(entry.status, kept=True)
            node.mark = self._mark(self._fate(frame, entry, node.name, verdict))
            last = entry.empty and self.gate.builder.checks_first
        node.files = 1
        self._hold(frame, node)
        self._take(frame.files, node, excluded=verdict.excluded)
        return not last

    def _fate(self, frame: _Frame, entry: Entry, name: str, verdict: Verdict) -> Mark:
        mask = frame.reach.decide(name) if frame.reach else 0
        answer = ending(self.scan, mask, asked=entry.sent)
        empty = entry.empty and answer.reach in SENT
        return Mark(answer.reach, _rule(verdict.rule), mask, self._gone(frame, name), empty)

    def _gone(self, frame: _Frame, name: str) -> int | None:
        """The rule that takes an entry out in the patched file."""
        if frame.after is None:
            return frame.gone
        verdict = frame.after.decide(name)
        return verdict.rule if verdict.excluded else None

    def _mark(self, mark: Mark) -> int:
        return self.marks.setdefault(mark, len(self.marks))

    def _content(self, status: os.stat_result, *, kept: bool) -> int:
        """The bytes of a regular file, under the first of its names."""
        if not stat.S_ISREG(status.st_mode):
            return 0
        if status.st_nlink > 1 and system.HARD_LINKS:
            key = (status.st_dev, status.st_ino, kept)
            if key in self.seen:
                return 0
            self.seen.add(key)
        return status.st_size

    def _take(self, files: list[tuple[str, int, int]], node: _Node, *, excluded: bool) -> None:
        """Put a file on the list of its directory, as long as there is room."""
        self.listed_left[excluded] -= 1
        if self.listed_left[excluded] >= 0:
            files.append((node.name, node.bytes, node.mark))

    def _list(self, directory: str, files: list[tuple[str, int, int]]) -> None:
        if files:
            names, sizes, marks = zip(*files, strict=True)
            self.listed.append(Listed(directory, names, sizes, marks))

    def _count(self, above: Directory, node: _Node, path: str, depth: int = 0) -> None:
        """Sum up an excluded directory, and list the names in it."""
        try:
            directory = above.enter(node.name)
        except OSError:
            node.partly = True
            return
        below = []
        files: list[tuple[str, int, int]] = []
        try:
            with os.scandir(directory.place()) as entries:
                for entry in entries:
                    self.excluded_left -= 1
                    if is_directory(entry):
                        below.append(entry.name)
                    else:
                        file = _Node(entry.name, "file", node.mark, 0, 0, False)
                        file.bytes = self._content(entry.stat(follow_symlinks=False), kept=False)
                        node.files += 1
                        node.bytes += file.bytes
                        self._take(files, file, excluded=True)
            self._list(path, sorted(files))
            if below and (self.excluded_left < 0 or depth + 1 >= MAX_OPEN):
                node.partly = True
                return
            for name in sorted(below):
                part = _Node(name, "dir", node.mark, 0, 0, False)
                self._count(directory, part, f"{path}/{name}", depth + 1)
                node.files += part.files
                node.bytes += part.bytes
                node.partly = node.partly or part.partly
        except OSError:
            node.partly = True
        finally:
            directory.close()

    def _fold(self, open_nodes: list[_Node]) -> None:
        """Keep the `most` highest ranks of all that is done with, and what is pinned."""
        ranks = sorted(each.rank for node in open_nodes for each in _below(node))
        if len(ranks) > self.most:
            least = ranks[self.most - 1]
            for node in open_nodes:
                _prune(node, least)
        self.live = sum(1 for node in open_nodes for _ in _below(node))
        # However many are pinned, there is something to fold the next time.
        self.limit = max(self.limit, self.live + self.most)


def _below(node: _Node) -> Iterator[_Node]:
    todo = list(node.children)
    while todo:
        each = todo.pop()
        yield each
        todo += each.children


def _prune(top: _Node, least: tuple[int, int, int]) -> None:
    todo = [top]
    while todo:
        node = todo.pop()
        kept = []
        for each in node.children:
            if each.pinned or each.rank <= least:
                kept.append(each)
            else:
                node.swallow(each)
        node.children = kept
        todo += kept


def _rows(top: _Node) -> Iterator[MapRow]:
    todo: list[tuple[_Node, int]] = [(top, -1)]
    number = 0
    while todo:
        node, above = todo.pop()
        yield MapRow(node.name, above, node.kind, node.mark, node.files, node.bytes, node.partly)
        todo += [(each, number) for each in _with_rest(node)[::-1]]
        number += 1


def _with_rest(node: _Node) -> list[_Node]:
    """What a directory holds, and a node for what was folded of each fate."""
    out = list(node.children)
    for mark, (files, size) in sorted(node.rest.items()):
        rest = _Node("", "rest", mark, 0, 0, False)
        rest.files, rest.bytes = files, size
        out.append(rest)
    return out


def _rule(index: int) -> int | None:
    return index if index >= 0 else None


def _failed(bad: BadPattern, matcher: Matcher) -> CtxscanError:
    return CtxscanError(f"{matcher.builder.error_comparing}{bad}")
