"""A context directory, listed lazily and cached.

No link is followed, nothing but regular files is opened, and what cannot be read is not there. Rules are not known
here: who asks decides what may be looked at.
"""

import os
import stat
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from sys import intern
from typing import Any, BinaryIO, Final, NamedTuple

from .. import system
from .records import RecordsBelow

#: More of a manifest is not read.
MANIFEST_BYTES: Final = 1 << 20
LONGEST_LINE: Final = 2000
#: In a large tree the same names are in many directories, and are kept once. A directory with more of them than this
#: has its own.
MOST_ALIKE: Final = 500
#: Entries of a directory that are looked at together.
BATCH: Final = 1000
#: So many bytes of files are kept for whoever asks for the same ones. The sources of a large tree are read again: more
#: than for their names there is no room.
KEPT_BYTES: Final = 4 << 20


class Listing(NamedTuple):
    """The names in a directory, sorted, and which of them are not regular files: `others` are fifos and the like."""

    names: tuple[str, ...]
    directories: frozenset[str]
    links: frozenset[str]
    others: frozenset[str]


_NOTHING: Final = Listing((), frozenset(), frozenset(), frozenset())


class Tree:
    """The directories and files below `root`, by paths with slashes relative to it. What `records` have of a directory
    is not asked for again."""

    def __init__(self, root: str, records: RecordsBelow | None = None) -> None:
        self.root = root
        self._records = records
        self._listings: dict[str, Listing] = {}
        self._texts: dict[str, bytes | None] = {}
        self._left = KEPT_BYTES
        self._tables: dict[str, dict[str, Any]] = {}
        self._plain, self._checked = True, 0

    def listing(self, path: str) -> Listing:
        todo = []
        here = path
        while here not in self._listings:
            todo.append(here)
            if not here:
                break
            here = here.rpartition("/")[0]
        # From the top, however deep it lies.
        for each in reversed(todo):
            self._listings[each] = self._list(each) if not each or self.kind(each) == "dir" else _NOTHING
        return self._listings[path]

    def peek(self, path: str, most: int | None = None) -> Listing:
        """The listing of a directory that is there, without keeping it; of at least `most` names if it has so many."""
        return self._listings.get(path) or self._list(path, most)

    def names(self, path: str) -> tuple[str, ...]:
        return self.listing(path).names

    def kind(self, path: str) -> str | None:
        """`dir`, `symlink`, `file` or `other` (fifos and the like); None: nothing, or behind a link."""
        if not path:
            return "dir"
        above, _, name = path.rpartition("/")
        here = self.listing(above)
        if name in here.directories:
            return "dir"
        if name in here.links:
            return "symlink"
        if name in here.others:
            return "other"
        return "file" if self.has(above, name) else None

    def has(self, path: str, name: str) -> bool:
        """Whether there is an entry `name` in the directory `path`."""
        names = self.names(path)
        at = bisect_left(names, name)
        return at < len(names) and names[at] == name

    def size(self, path: str) -> int:
        """The bytes of a regular file; 0 for anything else."""
        status = self.status(path) if self.kind(path) == "file" else None
        return status.st_size if status is not None and stat.S_ISREG(status.st_mode) else 0

    def status(self, path: str) -> os.stat_result | None:
        """What `os.lstat` tells of a path whose directories are no links; None: nothing is there."""
        above, _, name = path.rpartition("/")
        known = None if self._records is None else self._records.known(above)
        try:
            if known is not None and system.DESCRIPTORS:
                entry = known.get(name)
                return None if entry is None else entry.stat(follow_symlinks=False)
            return os.lstat(system.located(self.root, path))
        except (OSError, ValueError):
            return None

    def read(self, path: str, most: int = MANIFEST_BYTES) -> bytes | None:
        """The first `most` bytes of a regular file."""
        if most == MANIFEST_BYTES and path in self._texts:
            return self._texts[path]
        start = self.start(path, most) if self.kind(path) == "file" else None
        data = None if start is None else start[0]
        size = 0 if data is None else len(data)
        if most == MANIFEST_BYTES and size <= self._left:
            self._texts[path] = data
            self._left -= size
        return data

    def text(self, path: str) -> str:
        """A manifest as text, for readers that look for words: lines that nobody wrote by hand are cut."""
        lines = (self.read(path) or b"").decode(errors="replace").splitlines()
        return "\n".join(line[:LONGEST_LINE] for line in lines)

    def json(self, path: str) -> dict[str, Any]:
        """A manifest in JSON; empty where it is none. Not to be changed: it is read once for all."""
        if path not in self._tables:
            import json

            try:
                found = json.loads((self.read(path) or b"").removeprefix(b"\xef\xbb\xbf"))
            except (ValueError, RecursionError):
                found = {}
            self._tables[path] = found if isinstance(found, dict) else {}
        return self._tables[path]

    def toml(self, path: str) -> dict[str, Any]:
        """The same in TOML."""
        if path not in self._tables:
            import tomllib  # many projects have none

            try:
                self._tables[path] = tomllib.loads((self.read(path) or b"").decode(errors="replace"))
            except (ValueError, RecursionError):  # a problem of the syntax is a ValueError
                self._tables[path] = {}
        return self._tables[path]

    def exists(self, path: str) -> bool:
        return self.kind(path) is not None

    @property
    def plain(self) -> bool:
        """Whether all names that were looked at are ASCII, without line ends."""
        new = islice(self._listings.values(), self._checked, None)
        texts = ("".join(listing.names) for listing in new)
        self._plain = self._plain and all(text.isascii() and "\n" not in text for text in texts)
        self._checked = len(self._listings)
        return self._plain

    def start(self, path: str, most: int, *, largest: int | None = None) -> tuple[bytes, int] | None:
        """The first `most` bytes of a regular file that a listing has told of, and its size; None: it is none any more,
        cannot be read, or has more than `largest` bytes."""
        try:
            fd = os.open(system.located(self.root, path), system.OPEN_FILE)
        except (OSError, ValueError):
            return None
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode) or (largest is not None and status.st_size > largest):
                return None
            # One byte more than there should be, to see whether it has grown.
            data = os.read(fd, min(most, status.st_size + 1))
            if len(data) != status.st_size:
                data = _rest(fd, data, most)
            return data, status.st_size
        except OSError:
            return None
        finally:
            os.close(fd)

    @contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO | None]:
        """A regular file that a listing has told of, open for the block; None as for `start`."""
        try:
            fd = os.open(system.located(self.root, path), system.OPEN_FILE)
        except (OSError, ValueError):
            yield None
            return
        with open(fd, "rb") as file:
            yield file if stat.S_ISREG(os.fstat(fd).st_mode) else None

    def _list(self, path: str, most: int | None = None) -> Listing:
        known = None if self._records is None else self._records.known(path)
        try:
            if known is not None:
                return _listed(known.values(), most)
            place = system.located(self.root, path)
            # A name that has become a link meanwhile is not entered.
            fd = os.open(place, system.OPEN_DIRECTORY) if system.DESCRIPTORS and path else None
            try:
                with os.scandir(place if fd is None else fd) as entries:
                    return _listed(entries, most)
            finally:
                if fd is not None:
                    os.close(fd)
        except (OSError, ValueError):
            return _NOTHING


def _listed(entries: Iterable[os.DirEntry[str]], most: int | None) -> Listing:
    names: list[str] = []
    odd: list[os.DirEntry[str]] = []
    some = islice(entries, most)
    # Nearly all are files, of which nothing but the name is kept: a few passes for many of them at a time.
    while batch := list(islice(some, BATCH)):
        names += [entry.name for entry in batch]
        odd += [entry for entry in batch if not entry.is_file(follow_symlinks=False)]
    directories: list[str] = []
    links: list[str] = []
    others: list[str] = []
    for entry in odd:
        if entry.is_dir(follow_symlinks=False):
            (links if system.is_junction(entry.path) else directories).append(entry.name)
        elif entry.is_symlink():
            links.append(entry.name)
        else:
            others.append(entry.name)
    if len(names) <= MOST_ALIKE:
        names = list(map(intern, names))
    names.sort()
    return Listing(tuple(names), frozenset(directories), frozenset(links), frozenset(others))


def _rest(fd: int, start: bytes, most: int) -> bytes:
    """What is read of a file that has changed, or that gives less at a time than it has."""
    data = bytearray(start)
    while len(data) < most and (piece := os.read(fd, min(most - len(data), 1 << 20))):
        data += piece
    return bytes(data)
