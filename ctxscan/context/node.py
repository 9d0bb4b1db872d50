"""A directory while it is being measured, as `meter` fills it in. It can be handed from one process to another."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final, TypeAlias

from ..rules.matcher import State
from .directory import Identity, identity, in_wire_order
from .largest import Sum
from .narrowing import Asked
from .totals import Reach

#: Numbers of messages are one byte each, as there is one for every entry of a tree, or this and four bytes more.
_LONGER: Final = 255
#: The messages of a file in one piece.
_TWO: Final = bytes((2,))

#: Names of extended attributes, and the lengths of their values.
Attributes: TypeAlias = tuple[tuple[str, int], ...]
#: What a share of the entries of a directory came to: the fields of a `DirectoryNode` that are filled by counting them.
Share: TypeAlias = "tuple[Sum, list[str], list[str], dict[str, int], list[str], dict[str, int]]"


class DirectoryNode:
    """A directory being measured.

    `label` is the mask of all files in it; where they differ it is None, and what is counted is in `apart` and not in
    `files` and `bytes`. `unsure` are bytes of files with several names. `todo` are directories still to be visited that
    are all alike, `own` those on which the gate has to decide one by one, `vast` those of the former that are set aside
    until the work is shared out, `marked` those that the watch chose; `share` is how much of the whole each directory
    in it may hold. For the figure: `entry` is what this directory's own entry adds and `sends` whether it is sent in
    any case, `some` whether anything below is; `heads` are the entries of the directories in it, `names` the files that
    are sent, `messages` how many the content of one takes if that is not two, and `pieces` the messages below each
    directory.
    """

    __slots__ = (
        "above",
        "apart",
        "asked",
        "bytes",
        "checked",
        "entry",
        "fd",
        "files",
        "heads",
        "identity",
        "label",
        "marked",
        "messages",
        "name",
        "names",
        "own",
        "pieces",
        "prefix",
        "reach",
        "rules",
        "sends",
        "share",
        "some",
        "todo",
        "unsure",
        "vast",
    )  # fmt: skip

    def __init__(
        self,
        above: DirectoryNode | None,
        name: str,
        fd: int,
        rules: State,
        asked: Asked | None,
        reach: Reach | None,
        checked: bool,
        label: int | None,
    ) -> None:
        self.above = above
        self.name = name
        self.prefix: str = f"{above.prefix}{name}/" if above is not None else ""
        self.fd = fd
        self.rules = rules
        self.asked = asked
        self.reach = reach
        self.checked = checked
        self.label = label
        self.files = self.bytes = self.unsure = self.entry = 0
        self.apart: list[int] | None = [0] * 6 if label is None else None
        self.todo: list[str] = []
        self.own: list[str] = []
        self.vast: list[str] = []
        self.marked: Set[str] | None = None
        self.sends = self.some = False
        self.heads: dict[str, int] = {}
        self.names: list[str] = []
        self.messages: dict[str, int] = {}
        self.pieces: dict[str, bytes] = {}
        self.identity: Identity | None = None
        self.share = 0.0

    def part(self, todo: list[str], own: list[str]) -> DirectoryNode:
        """This directory with only some of the directories in it left to do, and nothing counted."""
        part = DirectoryNode(self.above, self.name, -1, self.rules, self.asked, self.reach, self.checked, self.label)
        part.todo, part.own, part.marked, part.heads = todo, own, self.marked, self.heads
        part.prefix = self.prefix
        return part

    def sum(self) -> Sum:
        return self.files, self.bytes, self.unsure, self.apart, self.some, self.pieces

    def add(self, below: Sum) -> None:
        """Take over what a part of this directory came to."""
        files, size, unsure, apart, some, pieces = below
        self.files += files
        self.bytes += size
        self.unsure += unsure
        self.some = self.some or some
        self.pieces.update(pieces)
        if self.apart is not None and apart is not None:
            self.apart = [one + other for one, other in zip(self.apart, apart, strict=True)]

    def counted(self) -> Share:
        """What was counted of the entries of this directory itself."""
        return self.sum(), self.todo, self.own, self.heads, self.names, self.messages

    def take(self, counted: Share) -> None:
        """Take over what a share of the entries of this directory came to."""
        sums, todo, own, heads, names, messages = counted
        self.add(sums)
        self.todo += todo
        self.own += own
        self.heads.update(heads)
        self.names += names
        self.messages.update(messages)

    def piece(self) -> bytes:
        """The messages below this directory, in wire order, for `numbers`. What they are made of is forgotten: of a
        large tree both together are much."""
        names, messages, pieces = self.names, self.messages, self.pieces
        self.names, self.messages, self.pieces = [], {}, {}
        if not messages and not pieces:
            return _TWO * len(names)
        names = in_wire_order(names)
        parts = []
        keys: Sequence[Any] = names
        plain = all(map(str.isascii, names)) and all(map(str.isascii, pieces))
        if not plain:
            keys = [os.fsencode(name) for name in names]
        at = 0
        for name in in_wire_order(pieces):
            to = bisect_left(keys, name if plain else os.fsencode(name))
            parts += [_coded(names[at:to], messages), pieces[name]]
            at = to
        return b"".join((*parts, _coded(names[at:], messages)))

    def lend(self) -> None:
        """Give the descriptor back for a while."""
        if self.fd >= 0:
            self.identity = identity(self.fd)
            self.close()

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _coded(names: Sequence[str], messages: Mapping[str, int]) -> bytes:
    """The numbers of some files."""
    if not messages:
        return _TWO * len(names)
    found = [messages.get(name, 2) for name in names]
    if max(found, default=0) < _LONGER:
        return bytes(found)
    return b"".join(bytes((each,)) if each < _LONGER else b"\xff" + each.to_bytes(4, "big") for each in found)


def numbers(piece: bytes) -> array[int]:
    """The numbers in a piece."""
    found, at = array("I"), 0
    while (to := piece.find(_LONGER, at)) >= 0:
        found.extend(piece[at:to])
        at = to + 5
        found.append(int.from_bytes(piece[to + 1 : at], "big"))
    found.extend(piece[at:])
    return found
