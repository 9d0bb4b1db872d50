"""Totals per directory, folded on the way up.

After `walk`. Of every directory only those below it are kept that hold a share of it worth showing, so the memory this
takes does not grow with the number of files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: A directory is forgotten once a directory above it is known to be this many times larger.
SHARE: Final = 200


@dataclass(slots=True)
class Directory:
    """All that is kept below `path` (``""``: the context itself): `files` that are not directories, `bytes` of content.
    `directories` are the larger ones directly below it, largest first."""

    path: str
    files: int
    bytes: int
    directories: list[Directory]

    def walk(self) -> Iterator[Directory]:
        """This directory and those below it, each before what it holds."""
        todo = [self]
        while todo:
            each = todo.pop()
            yield each
            todo.extend(reversed(each.directories))


class Tree:
    """Takes paths in the order of the walk and adds them up."""

    def __init__(self) -> None:
        self._open = [Directory("", 0, 0, [])]

    def add(self, path: str, size: int) -> None:
        """Count a file."""
        above = path.rpartition("/")[0]
        top = self._open[-1]
        if top.path != above:
            top = self._turn_to(above)
        top.files += 1
        top.bytes += size

    def root(self) -> Directory:
        """The whole, once everything has been added."""
        self._turn_to("")
        root = self._open[0]
        forget_small(root)
        return root

    def _turn_to(self, path: str) -> Directory:
        while (top := self._open[-1]).path and path != top.path and not path.startswith(top.path + "/"):
            self._open.pop()
            fold(self._open[-1], top)
        while (top := self._open[-1]).path != path:
            start = len(top.path) + 1 if top.path else 0
            end = path.find("/", start)
            self._open.append(Directory(path if end < 0 else path[:end], 0, 0, []))
        return self._open[-1]


def fold(above: Directory, below: Directory) -> None:
    """Count a finished directory into the one that holds it."""
    above.files += below.files
    above.bytes += below.bytes
    forget_small(below)
    above.directories.append(below)
    if len(above.directories) > 2 * SHARE:
        above.directories.sort(key=_by_size)
        del above.directories[SHARE:]


def forget_small(directory: Directory) -> None:
    """Keep what is at least a two-hundredth of the whole, in bytes or in files, at any depth."""
    todo = [directory]
    while todo:
        each = todo.pop()
        each.directories = sorted(
            (
                below
                for below in each.directories
                if below.bytes * SHARE >= directory.bytes > 0 or below.files * SHARE >= directory.files
            ),
            key=_by_size,
        )
        todo.extend(each.directories)


def _by_size(directory: Directory) -> tuple[int, int, str]:
    return -directory.bytes, -directory.files, directory.path
