"""The engine of `measure`: goes from directory to directory, has each counted, and folds the sums upwards."""

from __future__ import annotations

import os
from itertools import chain, islice
from math import isqrt
from typing import Final

from .. import system
from ..processes import Trouble
from ..rules.matcher import NO_NAMES, State
from .counter import BATCH, Counter, is_vast
from .directory import MAX_OPEN, Directory, parent
from .largest import SHARE
from .ledger import at_of
from .node import DirectoryNode
from .records import Counted, RecordsBelow
from .tally import NEVER, Linked, tally
from .totals import UNSENT, Figure, Progress, Reach, Watch, label_of
from .walk import Gate, is_utf8

#: So many directories are taken over from another build one by one.
FEW: Final = 16
# The messages of a directory in wire order: none.
_NONE: Final = b"\0"


class Meter:
    """Counts directories. `ledger` has the sums."""

    def __init__(
        self, gate: Gate, reach: Reach | None, figure: Figure, watch: Watch | None, progress: Progress | None
    ) -> None:
        self.counter = counter = Counter(gate, figure, watch, progress)
        self.ledger = counter.ledger
        self.gate = gate
        self.builder = gate.builder
        self.records = gate.records
        self.by_descriptor = counter.by_descriptor
        self.figure: Figure = figure
        self.watch = watch
        self.reach = reach
        #: Whether it counts something for others, too.
        self.part = False

    def top(self) -> DirectoryNode:
        """The context itself, its own entries counted."""
        place = self.gate.top()
        fd, label = place.directory.fd, label_of(place.asked, self.reach)
        node = DirectoryNode(None, "", fd, place.rules, place.asked, self.reach, place.checked, label)
        self._count(node)
        return node

    def descend(self, top: DirectoryNode) -> None:
        """Count all that is left to do in `top`."""
        stack = [top]
        try:
            while True:
                node = stack[-1]
                below = self.step(node)
                if below is not None:
                    if len(stack) >= MAX_OPEN:
                        stack[-MAX_OPEN].lend()
                    stack.append(below)
                elif not node.todo and not node.own:
                    stack.pop()
                    if not stack:
                        break
                    if stack[-1].fd < 0:
                        stack[-1].fd = parent(node.fd, stack[-1].identity)
                    self.leave(node)
        finally:
            top.close()
            for node in stack:
                node.close()

    def step(self, node: DirectoryNode) -> DirectoryNode | None:
        """Visit a directory in `node`, or several; the node of one that has directories itself is returned."""
        if not node.own and not node.todo:
            return None
        if node.fd < 0 and self.by_descriptor:
            node.fd = Directory(self.gate.root, node.prefix[:-1], -1).descriptor()
        if node.own:
            return self._visit_own(node, node.own.pop())
        inside = self._plain_inside(node)
        return self._visit(node, node.todo.pop()) if inside is None else self._visit_plain(node, inside)

    def vast(self, node: DirectoryNode) -> list[str]:
        """Those of the directories left to do in `node` that by their size on disk hold very many entries."""
        return [name for name in node.todo if _is_vast(system.located(self.gate.root, node.prefix + name))]

    def leave(self, node: DirectoryNode) -> None:
        """Count a finished directory into the one that holds it."""
        above = node.above
        assert above is not None
        node.close()
        self.ledger.fold(node, above)
        if self.figure:
            piece = node.piece() if self.figure == "stream" else b""
            if node.sends or (node.some and (self.builder.sends_parents or not node.rules.excluded)):
                self.ledger.counts.figure += node.entry
                piece = _NONE + piece
            if piece:
                above.pieces[node.name] = piece
            above.some = above.some or node.some or node.sends

    def _plain_inside(self, node: DirectoryNode) -> State | None:
        """What the directories in this one hand down, if they are all alike and files in them are only to be counted
        unless some rule tells them apart."""
        if node.label is None or not self.by_descriptor or (self.figure and node.label != UNSENT):
            return None
        inside = node.rules.inside
        verdict = inside.default
        return None if verdict.excluded or verdict.second_look or verdict.rule != inside.rule else inside

    def _visit_plain(self, above: DirectoryNode, inside: State) -> DirectoryNode | None:
        """Visit the directories in `above`, until one has directories itself; that one's node."""
        # As `_visit`, but for most directories this here is all that happens: no node, hardly a call.
        label = above.label
        assert label is not None
        at, least, todo, fd_above = at_of(label), self.ledger.least, above.todo, above.fd
        settled, special, progress = inside.settled, inside.index.among, self.ledger.progress
        watch = self.watch if self.counter.watches(above.prefix) else None
        marked = above.marked or NO_NAMES
        chosen: frozenset[str] = frozenset()
        floor = self.ledger.floor if label != UNSENT else NEVER
        files_here = bytes_here = 0
        directories: list[str] = []
        odd: list[str] = []
        linked: list[Linked] = []
        large: list[tuple[int, str]] = []
        try:
            while todo:
                name = todo.pop()
                watched = watch is not None and watch.looks(f"{above.prefix}{name}/")
                try:
                    if not name.isascii():
                        raise OSError
                    fd = os.open(name, system.OPEN_DIRECTORY, dir_fd=fd_above)
                except OSError:
                    return self._visit(above, name)
                node = None
                try:
                    with os.scandir(fd) as entries:
                        if settled and not watched:
                            files, size = tally(entries, directories, odd, linked, large, floor)
                        else:
                            batch = list(islice(entries, BATCH))
                            names = [entry.name for entry in batch]
                            told_apart = {} if settled else special(names)
                            if told_apart or len(batch) == BATCH:
                                node = self._below(above, name, fd, above.reach, label)
                                self.counter.sort_out(node, chain(batch, entries), told_apart)
                            else:
                                files, size = tally(batch, directories, odd, linked, large, floor)
                                if watched:
                                    chosen = self.counter.chosen(f"{above.prefix}{name}/", names, directories)
                except BaseException:
                    if node is None:
                        os.close(fd)
                    else:
                        node.close()
                    raise
                if node is None:
                    least[at] += files
                    least[at + 1] += size
                    if progress is not None:
                        self.ledger.tell()
                    small = files * SHARE < least[at] and size * SHARE < least[at + 1]
                    if small and not (directories or odd or linked or large or chosen or name in marked):
                        os.close(fd)
                        files_here += files
                        bytes_here += size
                        continue
                    node = self._below(above, name, fd, above.reach, label)
                    node.files, node.bytes, node.todo = files, size, directories
                    self.counter.note(node, label, odd, linked, large)
                    if chosen:
                        self.counter.look(node, chosen)
                        chosen = frozenset()
                    directories, odd, linked, large, floor = [], [], [], [], max(floor, self.ledger.floor)
                if node.todo or node.own:
                    return node
                self.leave(node)
        finally:
            above.files += files_here
            above.bytes += bytes_here
        return None

    def _visit(self, above: DirectoryNode, name: str) -> DirectoryNode | None:
        """Count what the directory `name` holds, one of those that are all alike; its node if there is more to do."""
        if not name.isascii() and not is_utf8(name):
            return self._visit_own(above, name)
        if system.JUNCTIONS and system.is_junction(system.located(self.gate.root, above.prefix + name)):
            return self._visit_own(above, name)
        label, reach = above.label, above.reach
        if label is None and reach is not None:
            reach = reach.enter(name)
            label = reach.settled
        try:
            if self.records is not None:
                self.records.entries(above.prefix + name)
            fd = os.open(name, system.OPEN_DIRECTORY, dir_fd=above.fd) if self.by_descriptor else -1
        except OSError:
            return self._visit_own(above, name)
        return self._finish(self._below(above, name, fd, reach, label))

    def _below(self, above: DirectoryNode, name: str, fd: int, reach: Reach | None, label: int | None) -> DirectoryNode:
        asked = above.asked and above.asked.inside
        node = DirectoryNode(above, name, fd, above.rules.inside, asked, reach, above.checked, label)
        if self.figure:
            node.entry = above.heads.get(name, 0)
            node.sends = above.label != UNSENT
        return node

    def _visit_own(self, above: DirectoryNode, name: str) -> DirectoryNode | None:
        """The same where the gate decides."""
        gate, place = self.gate, self.counter.place(above)
        found = gate.directory(place, name, gate.verdict(place, name), gate.asks_for(place, name))
        if found is None:
            return None
        entry, below = found
        if below is None:
            if self.figure and entry.sent:
                self.ledger.counts.figure += self.ledger.weight(entry)
                above.pieces[name] = _NONE
                above.some = True
            return None
        fd, reach = below.directory.fd, above.reach and above.reach.enter(name)
        label = label_of(below.asked, reach)
        node = DirectoryNode(above, name, fd, below.rules, below.asked, reach, below.checked, label)
        if self.builder.utf8_names and not is_utf8(name):
            node.close()
            raise Trouble  # nothing in it can be sent
        if self.figure and (entry.sent or label != UNSENT):
            node.entry = self.ledger.weight(entry)
            node.sends = entry.sent
        return self._finish(node)

    def _finish(self, node: DirectoryNode) -> DirectoryNode | None:
        if self.records is not None and node.label == UNSENT and not self.part:
            self._take_over(node, self.records)
            self.leave(node)
            return None
        self._count(node)
        if node.todo or node.own:
            return node
        self.leave(node)
        return None

    def _take_over(self, node: DirectoryNode, records: RecordsBelow) -> None:
        """Count all that is in a directory of which nothing is sent: for every build with the same rules that is the
        same, and counted for the first of them."""
        known = records.counted(node.prefix[:-1], node.rules, self.watch)
        self._add_counted(node, known or self._count_for_all(node, records))

    def _take_over_together(self, node: DirectoryNode, records: RecordsBelow) -> None:
        """Count directories in `node` of which nothing is sent in groups: builds of one context that each take another
        directory of very many differ in few of these."""
        assert node.asked is not None
        path, own = node.prefix[:-1], node.own
        node.own = []
        asking = node.asked.may_ask_for(own)
        size = isqrt(len(own))
        for at in range(0, len(own), size):
            group = tuple(own[at : at + size])
            known = None
            if asking.isdisjoint(group):
                known = records.counted(path, node.rules, self.watch, group)
                # Whether a directory that cannot be read ends the build depends on what it asks for.
                if known is None and all(records.known(node.prefix + name) is not None for name in group):
                    known = self._count_for_all(node, records, group)
            if known is None:
                node.own += group
            else:
                self._add_counted(node, known)

    def _count_for_all(self, node: DirectoryNode, records: RecordsBelow, group: tuple[str, ...] = ()) -> Counted:
        """Count all in `node`, or in a group of its directories, and keep it for other builds. But for a directory that
        cannot be opened: whether it ends a build depends on what that asks for."""
        passed = self.gate.passed
        part = node.part([], list(group))
        meter = Meter(self.gate, None, None, self.watch, None)
        if not group:
            meter.part = True
            meter._count(part)
        meter.descend(part)
        counted = meter.ledger.counted(part.sum())
        if self.gate.passed == passed:
            records.remember(node.prefix[:-1], node.rules, self.watch, counted, group)
        return counted

    def _add_counted(self, node: DirectoryNode, known: Counted) -> None:
        node.add(known.sum)
        self.ledger.take_over(known)

    def _count(self, node: DirectoryNode) -> None:
        """Count what is in a directory, but for what the directories in it hold."""
        self.counter.count(node)
        if self.records is not None and node.label is None and node.asked is not None and len(node.own) > FEW:
            try:
                self._take_over_together(node, self.records)
            except BaseException:
                node.close()
                raise


def _is_vast(path: str) -> bool:
    try:
        return is_vast(os.lstat(path))
    except OSError:
        return False
