"""Counts the entries of one directory.

They are decided all at once: those that no rule tells apart share one answer, common files are only added up, and
whatever is not common goes through the very `Gate` that `walk` uses. What would end a build is raised as it is met,
which need not be the first that a builder would meet.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from .. import system
from ..errors import CtxscanError
from ..processes import Trouble, shared_out
from ..rules.lookup import Hits
from ..rules.matcher import BadPattern
from .directory import LONGEST_PATH, Directory, is_directory
from .ledger import Ledger
from .node import DirectoryNode
from .tally import NEVER, Entries, Linked, ListAttributes, tally, tally_stream, tally_tar
from .totals import NAMED, UNSENT, Figure, Progress, Watch
from .walk import Broken, Decided, Gate
from .wire import stream_messages

#: Entries of a directory that are looked at together.
BATCH: Final = 10_000
#: A directory of more bytes than this holds ten thousand names or so; where file systems do not tell, none does.
VAST: Final = 1 << 18


class Counter:
    """Counts into the sums of `ledger`, and into the nodes of directories."""

    def __init__(self, gate: Gate, figure: Figure, watch: Watch | None, progress: Progress | None) -> None:
        self.gate = gate
        self.builder = gate.builder
        self.records = gate.records
        self.by_descriptor = system.DESCRIPTORS and gate.records is None
        self.figure: Figure = figure
        self.watch = watch
        self.ledger = Ledger(len(gate.decided), figure, progress)
        #: How many processes may count the entries of one directory that holds very many.
        self.processes = 1
        self.list_attributes: ListAttributes = _no_attributes
        if sys.platform == "linux" and gate.attributes:  # where Python reads them
            self.list_attributes = os.listxattr if gate.records is None else gate.records.records.attributes

    def count(self, node: DirectoryNode) -> None:
        """Count the files in a directory and note the directories. Closes the node where that fails."""
        try:
            if self.records is not None:
                self._take(node, iter(self.records.entries(node.prefix[:-1]).values()))
            else:
                with os.scandir(node.fd if self.by_descriptor else self._located(node)) as entries:
                    self._take(node, entries)
        except BaseException:
            node.close()
            raise
        self.ledger.tell()

    def sort_out(
        self, node: DirectoryNode, entries: Iterator[os.DirEntry[str]], special: Mapping[str, Hits | None] | None = None
    ) -> None:
        """Count in a directory where entries have to be told apart. `special`: the first of them, if known, on which a
        rule has a word."""
        if self.processes > 1 and self.by_descriptor and is_vast(os.fstat(node.fd)):
            chosen = self._sort_together(node)
        else:
            chosen = self._sort(node, entries, special)
        if self.watches(node.prefix):
            self.look(node, chosen)

    def _sort(
        self, node: DirectoryNode, entries: Iterator[os.DirEntry[str]], special: Mapping[str, Hits | None] | None
    ) -> frozenset[str]:
        """Count entries of a directory, and return those that the watch chooses among them."""
        files: list[str] = []
        directories: list[str] = []
        watched = self.watches(node.prefix)
        while batch := list(islice(entries, BATCH)):
            own = len(node.own)
            if special is None and not node.rules.settled:
                special = node.rules.index.among([entry.name for entry in batch])
            kept, withheld = self._kept(node, batch, special or {})
            special = None
            todo = len(node.todo)
            for label, some in self._by_label(node, kept).items():
                self._count_alike(node, label, some)
            for name in withheld:
                self._odd(node, name, self._mask(node, name))
            if watched:
                here = node.todo[todo:] + [name for name in node.own[own:] if not node.rules.decide(name).excluded]
                directories += here
                files += [entry.name for entry in kept] + withheld
            if len(batch) < BATCH:
                break
        return self.chosen(node.prefix, files, directories) if watched else frozenset()

    def _sort_together(self, node: DirectoryNode) -> frozenset[str]:
        """The same by several processes, each of which takes a share of the entries: what takes the time is to ask for
        the status of every one."""
        ledger, part, shares = self.ledger, node.part([], []), self.processes
        before = tuple(ledger.least)
        chosen: set[str] = set()
        part.fd = node.fd

        def prepare(_: int) -> None:
            ledger.start_again()
            ledger.progress = None

        def work(share: int) -> None:
            try:
                # Each by a descriptor of its own, which remembers how far it has read.
                fd = os.open(os.curdir, system.OPEN_DIRECTORY, dir_fd=part.fd)
                try:
                    with os.scandir(fd) as entries:
                        mine = (entry for entry in entries if entry.inode() % shares == share)
                        chosen.update(self._sort(part, mine, None))
                finally:
                    os.close(fd)
            except (CtxscanError, BadPattern, Broken, OSError):
                raise Trouble from None

        def result() -> Any:
            least = [now - then for now, then in zip(ledger.least, before, strict=True)]
            return part.counted(), least, ledger.counts.state(), chosen

        try:
            with shared_out(shares, shares, prepare=prepare, work=work, result=result) as finish:
                answers = finish()
        finally:
            node.fd, part.fd = part.fd, -1
        node.take(part.counted())
        for counted, least, counts, more in answers:
            node.take(counted)
            ledger.least[:] = [one + other for one, other in zip(ledger.least, least, strict=True)]
            ledger.counts.add(counts)
            chosen.update(more)
        return frozenset(chosen)

    def chosen(self, prefix: str, names: list[str], directories: list[str]) -> frozenset[str]:
        """What the watch chooses among `names`, of which some may be those of the `directories`."""
        assert self.watch is not None
        if directories:
            entered = frozenset(directories)
            names = [name for name in names if name not in entered]
        return frozenset(self.watch.names(prefix, names, directories))

    def watches(self, prefix: str) -> bool:
        return self.watch is not None and self.watch.looks(prefix)

    def look(self, node: DirectoryNode, chosen: frozenset[str]) -> None:
        """Report chosen files now, and directories once they are left."""
        node.marked = chosen
        place = self.place(node)
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

    def note(
        self, node: DirectoryNode, label: int, odd: list[str], linked: list[Linked], large: list[tuple[int, str]]
    ) -> None:
        """See to what was not only counted."""
        try:
            if len(large) > NAMED:
                least = sorted([size for size, _ in large])[-NAMED]
                large = [each for each in large if each[0] >= least]
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

    def place(self, node: DirectoryNode) -> Decided:
        directory = Directory(self.gate.root, node.prefix[:-1], node.fd, self.records)
        return Decided(directory, node.prefix, node.rules, node.asked, node.checked)

    def _take(self, node: DirectoryNode, entries: Iterator[os.DirEntry[str]]) -> None:
        rules, label = node.rules, node.label
        if label is None or not rules.settled or rules.excluded or self.watches(node.prefix):
            self.sort_out(node, entries)
        else:
            self._count_alike(node, label, entries)

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

    def _count_alike(self, node: DirectoryNode, label: int, entries: Entries) -> None:
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
        self.note(node, label, odd, linked, large)

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
        entry = self.gate.file(self.place(node), name, node.rules.decide(name), label != UNSENT)
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

    def _located(self, node: DirectoryNode) -> str:
        return system.located(self.gate.root, node.prefix[:-1])


def _no_attributes(path: str, *, follow_symlinks: bool = True) -> list[str]:
    return []


def is_vast(directory: os.stat_result) -> bool:
    """Whether a directory holds very many names, to judge by its size on disk."""
    return directory.st_size > VAST
