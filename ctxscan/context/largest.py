"""Totals per directory.

Of all directories only those are kept that hold a share of the whole worth showing, so the memory this takes does not
grow with the number of files; which ones they are does not depend on the order in which they come.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

#: A directory is forgotten if the whole is more than this many times larger, in every respect.
SHARE: Final = 200


class Sums(NamedTuple):
    """Entries that are not directories, and bytes of content: of all that is kept, of what of it is sent, and of what
    of that surely ends in the image."""

    files: int
    bytes: int
    files_sent: int
    bytes_sent: int
    files_image: int
    bytes_image: int


#: The same without names.
Plain: TypeAlias = tuple[int, int, int, int, int, int]

#: What a part of a directory came to: the fields of a `DirectoryNode` that add up.
Sum: TypeAlias = tuple[int, int, int, "list[int] | None", bool, dict[str, bytes]]

NOTHING: Final = Sums(0, 0, 0, 0, 0, 0)


def plus(one: Plain, other: Plain) -> Sums:
    return Sums(*(each + more for each, more in zip(one, other, strict=True)))


def apart(kept: Sequence[int], sent: Sequence[int], image: Sequence[int]) -> Plain:
    """The sums where each file was counted once: as only kept, as sent but not in the image, or as in the image."""
    files, size = sent[0] + image[0], sent[1] + image[1]
    return kept[0] + files, kept[1] + size, files, size, image[0], image[1]


class DirectoryTotals(NamedTuple):
    """All that is kept below `path` (``""``: the context itself). `directories` are the larger ones directly below it,
    largest first."""

    path: str
    files: int
    bytes: int
    files_sent: int
    bytes_sent: int
    files_image: int
    bytes_image: int
    directories: "list[DirectoryTotals]"

    def walk(self) -> "Iterator[DirectoryTotals]":
        """This directory and those below it, each before what it holds."""
        todo = [self]
        while todo:
            each = todo.pop()
            yield each
            todo.extend(reversed(each.directories))


class Largest:
    """Takes directories with the sums of all below them, in any order, and keeps the large ones.

    Some bytes may be known to lie below a directory or elsewhere, a file with several names: until that is decided with
    `settle`, they are `unsure` and count for keeping it.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Plain] = {}
        self.unsure: dict[str, int] = {}
        #: The whole is at least this.
        self.least: Plain = NOTHING
        self._limit = 4096

    def add(self, path: str, total: Plain, unsure: int = 0) -> None:
        self.kept[path] = total
        if unsure:
            self.unsure[path] = unsure
        if len(self.kept) > self._limit:
            self.forget()
            self._limit = max(4096, 2 * len(self.kept))

    def settle(self, path: str, size: Plain) -> None:
        """Count bytes that were unsure in the directory `path` and those above."""
        while path:
            if path in self.kept:
                self.kept[path] = plus(self.kept[path], size)
            path = path.rpartition("/")[0]

    def forget(self) -> None:
        """Keep what is at least a two-hundredth of the whole, as far as that is known, in any respect."""
        least, unsure = self.least, self.unsure
        self.kept = {path: total for path, total in self.kept.items() if _matters(total, unsure.get(path, 0), least)}
        self.unsure = {path: size for path, size in unsure.items() if path in self.kept}

    def root(self, whole: Plain) -> DirectoryTotals:
        """The whole, once every directory has been added."""
        self.least = whole
        self.unsure = {}
        self.forget()
        root = DirectoryTotals("", *whole, [])
        made = {"": root}
        for path in sorted(self.kept, key=lambda path: path.count("/")):
            made[path] = DirectoryTotals(path, *self.kept[path], [])
            made[path.rpartition("/")[0]].directories.append(made[path])
        for each in made.values():
            each.directories.sort(key=_by_size)
        return root


def _matters(total: Plain, unsure: int, least: Plain) -> bool:
    if unsure:
        total = plus(total, (0, unsure) * 3)
    for part, whole in zip(total, least, strict=True):  # noqa: SIM110 (asked very often, and a generator is slower)
        if part and part * SHARE >= whole:
            return True
    return False


def _by_size(directory: DirectoryTotals) -> tuple[int, int, str]:
    return -directory.bytes, -directory.files, directory.path
