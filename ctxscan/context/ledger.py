"""The sums of a measurement: what has been counted so far in all directories together."""

from __future__ import annotations

import os
from collections.abc import Callable, Set
from typing import Any, Final, TypeAlias, TypeVar

from .directory import wire_key
from .largest import SHARE, Largest, Sum, apart
from .node import Attributes, DirectoryNode
from .records import Counted
from .totals import IMAGE, NAMED, UNSENT, Figure, Progress
from .walk import Entry, EntryKind
from .wire import stream_entry, tar_entry

#: The number of messages of a file with several names, which is known at the end.
LINKED: Final = 0xFFFFFFFF

#: A file with several names: path, device, inode, size, mask, whether it arrives empty, mode, time, attributes.
Link: TypeAlias = tuple[str, int, int, int, int, bool, int, int, Attributes]
#: The fields of a `Found`.
MemberRow: TypeAlias = tuple[str, EntryKind, int, int, int, int, "int | None"]

_T = TypeVar("_T")


class Counts:
    """What a process has counted, in values that can be handed to another."""

    def __init__(self, rules: int) -> None:
        self.masks: dict[int, list[int]] = {}
        self.largest: list[tuple[int, str, int]] = []
        self.linked: list[Link] = []
        self.empty: list[str] = []
        self.found: list[MemberRow] = []
        self.directories: dict[str, list[MemberRow]] = {}
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


class Ledger:
    """The sums of one process. `counts` and `tree` have what is not folded upwards. `least` are the files and bytes so
    far, by kind of mask: the whole has at least as many. A file of fewer bytes than `floor` is none of the largest."""

    def __init__(self, rules: int, figure: Figure, progress: Progress | None) -> None:
        self.figure: Figure = figure
        self.progress = progress
        self._rules = rules
        self._due = 0
        self.counts = Counts(rules)
        self.tree = Largest()
        self.least = [0] * 6
        self.floor = 1

    def seen(self) -> tuple[int, int]:
        """Files so far, and their bytes."""
        return sum(self.least[::2]), sum(self.least[1::2])

    def start_again(self) -> None:
        """Forget what was counted, but not that there was something."""
        self.counts = Counts(self._rules)
        self.tree.kept, self.tree.unsure = {}, {}

    def tell(self) -> None:
        if self.progress is not None:
            files, size = self.seen()
            if files >= self._due:
                self._due = files + 1024
                self.progress(files, size)

    def add(self, node: DirectoryNode, label: int, files: int, size: int) -> None:
        at = at_of(label)
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

    def link(
        self, node: DirectoryNode, name: str, label: int, status: os.stat_result, empty: bool, attributes: Attributes
    ) -> None:
        """A file with several names: counted now, its content at the end."""
        self.add(node, label, 1, 0)
        size = status.st_size
        node.unsure += size
        self.least[at_of(label) + 1] += size // status.st_nlink  # if all its names are in the context
        self.counts.linked.append(
            (
                node.prefix + name, status.st_dev, status.st_ino, size, label, empty, status.st_mode,
                status.st_mtime_ns, attributes,
            )
        )  # fmt: skip
        if self.figure and label != UNSENT:
            node.some = True
            node.names.append(name)
            node.messages[name] = LINKED

    def fold(self, node: DirectoryNode, above: DirectoryNode) -> None:
        """Count a finished directory into the one that holds it."""
        self._remember(node, above.marked)
        above.unsure += node.unsure
        if above.apart is None:
            above.files += node.files
            above.bytes += node.bytes
        elif node.apart is not None:
            above.apart = [one + other for one, other in zip(above.apart, node.apart, strict=True)]
        else:
            self.settle(above, node)

    def settle(self, above: DirectoryNode, node: DirectoryNode) -> None:
        """Count a directory of one mask where there are several."""
        assert above.apart is not None and node.label is not None
        at = at_of(node.label)
        above.apart[at] += node.files
        above.apart[at + 1] += node.bytes
        if node.label != UNSENT:
            self.counts.mask(node.label, node.files, node.bytes)

    def _remember(self, node: DirectoryNode, marked: Set[str] | None) -> None:
        """Keep the sums of a finished directory if it may turn out to be one of the large ones, or is watched."""
        chosen = marked is not None and node.name in marked
        if node.apart is None:
            files, size = node.files, node.bytes + node.unsure
            at = at_of(node.label)
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

    def large(self, size: int, path: str, mask: int) -> None:
        largest = self.counts.largest
        largest.append((size, path, mask))
        if _cut(largest, by_size):
            self.floor = largest[-1][0]

    def empty(self, path: str) -> None:
        self.counts.empty.append(path)
        _cut(self.counts.empty, wire_key)

    def weight(self, entry: Entry) -> int:
        return stream_entry(entry) if self.figure == "stream" else tar_entry(entry)

    def counted(self, part: Sum) -> Counted:
        """All of it, and what a directory came to, for another build."""
        return Counted(part, self.least, self.tree.kept, self.tree.unsure, self.counts.state())

    def take_over(self, known: Counted) -> None:
        """Count what was counted for another build."""
        self.least = [one + other for one, other in zip(self.least, known.least, strict=True)]
        self.tree.kept.update(known.kept)
        self.tree.unsure.update(known.unsure)
        self.counts.add(known.counts)
        self.tell()


def at_of(label: int | None) -> int:
    """Where counts of this mask stand among those of what is only kept, only sent, in the image."""
    return 0 if label == UNSENT or label is None else 4 if label & IMAGE else 2


def by_size(row: tuple[int, str, int]) -> tuple[int, bytes]:
    return -row[0], wire_key(row[1])


def _cut(rows: list[_T], key: Callable[[_T], Any]) -> bool:
    """Keep the first few of a list that has become long."""
    if len(rows) < 4 * NAMED:
        return False
    rows.sort(key=key)
    del rows[NAMED:]
    return True
