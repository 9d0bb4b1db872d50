"""The engine of `measure`: counts one directory after the other, and folds them upwards.

The entries of a directory are decided all at once: those that no rule tells apart share one answer, common files are
only added up, and whatever is not common goes through the very `Gate` that `walk` uses. What would end a build is
raised as it is met, which need not be the first that a builder would meet.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from math import isqrt
from typing import Final

from .. import system
from ..processes import Trouble
from ..rules.lookup import Hits
from ..rules.matcher import NO_NAMES, State
from .directory import (
    LONGEST_PATH,
    MAX_OPEN,
    Directory,
    is_directory,
    parent,
)
from .largest import SHARE
from .ledger import Ledger, at_of
from .node import DirectoryNode
from .records import Counted, RecordsBelow
from .tally import NEVER, Entries, Linked, ListAttributes, tally, tally_stream, tally_tar
from .totals import UNSENT, Figure, Progress, Reach, Watch, label_of
from .walk import Broken, Decided, Gate, is_utf8
from .wire import stream_messages

#: Entries of a directory that are looked at together.
BATCH: Final = 10_000
#: A directory of more bytes than this holds ten thousand names or so; where file systems do not tell, none does.
VAST: Final = 1 << 18
#: So many directories are taken over from another build one by one.
FEW: Final = 16
# The messages of a directory in wire order: none.
_NONE: Final = array("I", [0]).tobytes()


class Meter:
    """Counts directories. `ledger` has the sums."""

    def __init__(
        self, gate: Gate, reach: Reach | None, figure: Figure, watch: Watch | None, progress: Progress | None
    ) -> None:
        self.gate = gate
        self.builder = gate.builder
        self.records = gate.records
        self.by_descriptor = system.DESCRIPTORS and gate.records is None
        self.reach = reach
        self.figure: Figure = figure
        self.watch = watch
        self.ledger = Ledger(len(gate.decided), figure, progress)
        #: Whether it counts something for others, too.
        self.part = False
        self.list_attributes: ListAttributes = _no_attributes
        if sys.platform == "linux" and gate.attributes:  # where Python reads them
            self.list_attributes = os.listxattr if gate.records is None else gate.records.records.attributes

    def top(self) -> DirectoryNode:
        """The context itself, its own entries counted."""
        place = self.gate.top()
        fd, label = place.directory.fd, label_of(place.asked, self.reach)
        node = DirectoryNode(None, "", fd, place.rules, place.asked, self.reach, place.checked, label)
        self._scan(node)
        return node

    # --- deep down --------------------------------------------------------------------------------------------------

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
        return [name for name in node.todo if _size(system.located(self.gate.root, node.prefix + name)) > VAST]

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
        watch = self.watch if self._watches(above.prefix) else None
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
                                self._sort_out(node, chain(batch, entries), told_apart)
                            else:
                                files, size = tally(batch, directories, odd, linked, large, floor)
                                if watched:
                                    chosen = self._chosen(f"{above.prefix}{name}/", names, directories)
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
                    self._note(node, label, odd, linked, large)
                    if chosen:
                        self._look(node, chosen)
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
        gate, place = self.gate, self._place(above)
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
        self._scan(node)
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
            meter._scan(part)
        meter.descend(part)
        counted = meter.ledger.counted(part.sum())
        if self.gate.passed == passed:
            records.remember(node.prefix[:-1], node.rules, self.watch, counted, group)
        return counted

    def _add_counted(self, node: DirectoryNode, known: Counted) -> None:
        node.add(known.sum)
        self.ledger.take_over(known)

    # --- one directory ----------------------------------------------------------------------------------------------

    def _scan(self, node: DirectoryNode) -> None:
        """Count the files in a directory and note the directories."""
        try:
            if self.records is not None:
                self._take(node, iter(self.records.entries(node.prefix[:-1]).values()))
                if node.label is None and node.asked is not None and len(node.own) > FEW:
                    self._take_over_together(node, self.records)
            else:
                with os.scandir(node.fd if self.by_descriptor else self._located(node)) as entries:
                    self._take(node, entries)
        except BaseException:
            node.close()
            raise
        self.ledger.tell()

    def _take(self, node: DirectoryNode, entries: Iterator[os.DirEntry[str]]) -> None:
        rules, label = node.rules, node.label
        if label is None or not rules.settled or rules.excluded or self._watches(node.prefix):
            self._sort_out(node, entries)
        else:
            self._count(node, label, entries)

    def _sort_out(
        self, node: DirectoryNode, entries: Iterator[os.DirEntry[str]], special: Mapping[str, Hits | None] | None = None
    ) -> None:
        """Count in a directory where entries have to be told apart. `special`: the first of them, if known, on which a
        rule has a word."""
        files: list[str] = []
        directories: list[str] = []
        watched = self._watches(node.prefix)
        while batch := list(islice(entries, BATCH)):
            own = len(node.own)
            if special is None and not node.rules.settled:
                special = node.rules.index.among([entry.name for entry in batch])
            kept, withheld = self._kept(node, batch, special or {})
            special = None
            todo = len(node.todo)
            for label, some in self._by_label(node, kept).items():
                self._count(node, label, some)
            for name in withheld:
                self._odd(node, name, self._mask(node, name))
            if watched:
                here = node.todo[todo:] + [name for name in node.own[own:] if not node.rules.decide(name).excluded]
                directories += here
                files += [entry.name for entry in kept] + withheld
            if len(batch) < BATCH:
                break
        if watched:
            self._look(node, self._chosen(node.prefix, files, directories))

    def _kept(
        self, node: DirectoryNode, batch: list[os.DirEntry[str]], special: Mapping[str, Hits | None]
    ) -> tuple[list[os.DirEntry[str]], list[str]]:
        """The kept among the entries of a directory, without the names of files that arrive empty, which come second,
        and without directories on which the gate has to decide."""
        rules = node.rules
        kept: list[os.DirEntry[str]] = []
        withheld: list[str] = []
        if special:
            for entry in [entry for entry in batch if entry.name in special]:
                name = entry.name
                verdict = rules.verdict(name, special[name])
                if verdict.rule != rules.rule:
                    self.ledger.counts.decided[verdict.rule] += 1
                if is_directory(entry):
                    node.own.append(name)
                elif verdict.withheld:
                    withheld.append(name)
                elif not verdict.excluded:
                    kept.append(entry)
            batch = [entry for entry in batch if entry.name not in special]
        if batch:
            verdict = rules.default
            if verdict.rule != rules.rule:
                self.ledger.counts.decided[verdict.rule] += len(batch)
            if not verdict.excluded and not verdict.second_look:
                return [*kept, *batch] if kept else batch, withheld
            if not verdict.excluded or self.gate.may_walk(node.checked):
                node.own += [entry.name for entry in batch if is_directory(entry)]
            if not verdict.excluded:
                withheld += [entry.name for entry in batch if not is_directory(entry)]
        return kept, withheld

    def _by_label(self, node: DirectoryNode, kept: list[os.DirEntry[str]]) -> dict[int, list[os.DirEntry[str]]]:
        """The kept entries by the mask of each; directories under any."""
        if node.label is not None:
            return {node.label: kept}
        found: dict[int, list[os.DirEntry[str]]] = {}
        each_asked = node.asked is not None and not node.asked.settled
        for entry in kept:
            if not is_directory(entry):
                found.setdefault(self._mask(node, entry.name), []).append(entry)
            elif each_asked:
                node.own.append(entry.name)
            else:
                found.setdefault(0, []).append(entry)
        return found

    def _mask(self, node: DirectoryNode, name: str) -> int:
        """Where the file `name` ends."""
        if node.label is not None:
            return node.label
        if node.asked is not None and not node.asked.asks_for(name):
            return UNSENT
        return 0 if node.reach is None else node.reach.decide(name)

    def _count(self, node: DirectoryNode, label: int, entries: Entries) -> None:
        """Count the kept entries of one mask."""
        odd: list[str] = []
        linked: list[Linked] = []
        large: list[tuple[int, str]] = []
        if label == UNSENT or self.figure is None:
            floor = self.ledger.floor if label != UNSENT else NEVER
            files, size = tally(entries, node.todo, odd, linked, large, floor)
        else:
            before = len(node.heads)
            files, size = self._count_figure(node, entries, odd, linked, large)
            node.todo += list(node.heads)[before:]
        self.ledger.add(node, label, files, size)
        self._note(node, label, odd, linked, large)

    def _note(
        self, node: DirectoryNode, label: int, odd: list[str], linked: list[Linked], large: list[tuple[int, str]]
    ) -> None:
        """See to what was not only counted."""
        try:
            for size, name in large:
                self.ledger.large(size, node.prefix + name, label)
            for name, status in linked:
                if system.HARD_LINKS:
                    self.ledger.link(node, name, label, status, False, ())
                else:
                    odd.append(name)
            for name in odd:
                self._odd(node, name, label)
        except BaseException:
            node.close()
            raise

    def _count_figure(
        self, node: DirectoryNode, entries: Entries, odd: list[str], linked: list[Linked], large: list[tuple[int, str]]
    ) -> tuple[int, int]:
        prefix, attributes = node.prefix, self.list_attributes
        path = self._located(node) + "/"
        if len(path) > LONGEST_PATH and self.by_descriptor:
            path = f"/proc/self/fd/{node.fd}/"
        if self.figure == "stream":
            length = len(prefix) if prefix.isascii() else len(os.fsencode(prefix))
            files, size, figure = tally_stream(
                entries, node.heads, odd, linked, large, self.ledger.floor,
                length=length, path=path, list_attributes=attributes, names=node.names, messages=node.messages,
            )  # fmt: skip
        else:
            # What is not ASCII takes an extended header.
            length = len(prefix) if prefix.isascii() else 1 << 30
            files, size, figure = tally_tar(
                entries, node.heads, odd, linked, large, self.ledger.floor,
                length=length, path=path, list_attributes=attributes,
            )  # fmt: skip
        self.ledger.counts.figure += figure
        node.some = node.some or files > 0
        return files, size

    def _odd(self, node: DirectoryNode, name: str, label: int) -> None:
        """What is not common, as `walk` has it."""
        entry = self.gate.file(self._place(node), name, node.rules.decide(name), label != UNSENT)
        if entry is None:
            return
        if entry.kind == "dir":
            node.own.append(name)
            return
        if entry.empty and self.builder.checks_first:
            raise Broken(entry)
        if entry.kind == "file" and entry.status.st_nlink > 1 and system.HARD_LINKS:
            self.ledger.link(node, name, label, entry.status, entry.empty, entry.attributes)
            return
        size = entry.size if entry.kind == "file" else 0
        self.ledger.add(node, label, 1, size)
        if entry.sent and entry.kind == "file":
            if entry.empty:
                self.ledger.empty(entry.path)
            if size >= self.ledger.floor:
                self.ledger.large(size, entry.path, label)
        if self.figure and entry.sent:
            node.some = True
            node.names.append(name)
            node.messages[name] = stream_messages(entry)
            self.ledger.counts.figure += self.ledger.weight(entry)

    def _watches(self, prefix: str) -> bool:
        return self.watch is not None and self.watch.looks(prefix)

    def _chosen(self, prefix: str, names: list[str], directories: list[str]) -> frozenset[str]:
        """What the watch chooses among `names`, of which some may be those of the `directories`."""
        assert self.watch is not None
        if directories:
            entered = frozenset(directories)
            names = [name for name in names if name not in entered]
        return frozenset(self.watch.names(prefix, names, directories))

    def _look(self, node: DirectoryNode, chosen: frozenset[str]) -> None:
        """Report chosen files now, and directories once they are left."""
        node.marked = chosen
        place = self._place(node)
        try:
            for name in chosen.difference(node.todo, node.own):
                mask = self._mask(node, name)
                entry = self.gate.file(place, name, node.rules.decide(name), mask != UNSENT)
                if entry is not None and entry.kind != "dir":
                    sent = int(entry.sent)
                    self.ledger.counts.found.append(
                        (entry.path, entry.kind, 1, entry.size, sent, entry.size * sent, mask)
                    )
        except BaseException:
            node.close()
            raise

    def _located(self, node: DirectoryNode) -> str:
        return system.located(self.gate.root, node.prefix[:-1])

    def _place(self, node: DirectoryNode) -> Decided:
        directory = Directory(self.gate.root, node.prefix[:-1], node.fd, self.records)
        return Decided(directory, node.prefix, node.rules, node.asked, node.checked)


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _no_attributes(path: str, *, follow_symlinks: bool = True) -> list[str]:
    return []
