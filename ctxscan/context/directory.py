"""An open directory: all that the walk does to a disk.

Directories are opened by descriptor where the system can, so that no link is followed and no path grows too long, and
by plain paths elsewhere. Nothing but directories is ever opened, and nothing here decides anything.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from typing import Final, TypeAlias

from .. import system
from ..errors import CtxscanError
from ..paths import join
from .records import RecordsBelow

#: Directory descriptors held at once; deeper ones are opened again on the way back.
MAX_OPEN: Final = 128
#: What opening a directory says when it is no longer there, or no longer one.
GONE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
#: A path of more characters might be too long for the system.
LONGEST_PATH: Final = 1000

Identity: TypeAlias = tuple[int, int]


class Directory:
    """`relative` is the path below `root`, ``""`` for `root` itself. Closed and asked again, it opens itself again.
    With `records` it is never opened: they tell what is in it."""

    __slots__ = ("fd", "identity", "records", "relative", "root")

    def __init__(self, root: str, relative: str, fd: int, records: RecordsBelow | None = None) -> None:
        self.root = root
        self.relative = relative
        self.fd = fd
        self.records = records
        self.identity: Identity | None = None

    @classmethod
    def top(cls, root: str, records: RecordsBelow | None = None) -> Directory:
        try:
            if records is not None:
                records.entries("")
            fd = os.open(root, system.OPEN_ROOT) if system.DESCRIPTORS and records is None else -1
        except OSError as error:
            words = (error.strerror or str(error)).lower()
            raise CtxscanError(f"cannot read the context: {words}", place=root) from None
        return cls(root, "", fd, records)

    @property
    def by_descriptor(self) -> bool:
        return system.DESCRIPTORS and self.records is None

    def path(self, name: str = "") -> str:
        return system.located(self.root, f"{self.relative}/{name}" if self.relative and name else self.relative or name)

    def names(self) -> tuple[list[str], set[str]]:
        """All names, in wire order, and which of them are directories."""
        names, directories = [], set()
        try:
            with os.scandir(self.place()) as entries:
                for entry in entries:
                    names.append(entry.name)
                    if is_directory(entry):
                        directories.add(entry.name)
        except BaseException:
            self.close()
            raise
        return in_wire_order(names), directories

    def enter(self, name: str) -> Directory:
        relative = f"{self.relative}/{name}" if self.relative else name
        if self.by_descriptor:
            return Directory(self.root, relative, os.open(name, system.OPEN_DIRECTORY, dir_fd=self.descriptor()))
        if system.is_junction(self.path(name)):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
        if self.records is not None:
            self.records.entries(relative)
        else:
            os.scandir(self.path(name)).close()
        return Directory(self.root, relative, -1, self.records)

    def place(self) -> int | str:
        """What `os.scandir` takes."""
        return self.descriptor() if system.DESCRIPTORS else self.path()

    def descriptor(self) -> int:
        """This directory's descriptor, opened again from the root if it was given back in between."""
        if self.fd < 0:
            fd = os.open(self.root, system.OPEN_ROOT)
            for step in self.relative.split("/") if self.relative else ():
                above = fd
                try:
                    fd = os.open(step, system.OPEN_DIRECTORY, dir_fd=above)
                finally:
                    os.close(above)
            self.fd = fd
        return self.fd

    def status(self, name: str) -> os.stat_result:
        if self.records is not None and system.DESCRIPTORS:
            entry = self.records.entries(self.relative).get(name)
            if entry is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
            return entry.stat(follow_symlinks=False)
        if not system.DESCRIPTORS:
            return os.lstat(self.path(name))
        return os.stat(name, dir_fd=self.descriptor(), follow_symlinks=False)

    def read_link(self, name: str) -> str:
        if self.records is not None:
            return system.with_slashes(self.records.link(join(self.relative, name)))
        if not system.DESCRIPTORS:
            return system.with_slashes(os.readlink(self.path(name)))
        return os.readlink(name, dir_fd=self.descriptor())

    def access(self, name: str) -> bool:
        as_effective_user = os.access in os.supports_effective_ids
        if not self.by_descriptor:
            return os.access(self.path(name), os.R_OK, effective_ids=as_effective_user)
        return os.access(name, os.R_OK, dir_fd=self.descriptor(), effective_ids=as_effective_user)

    def attributes(self, name: str) -> tuple[tuple[str, int], ...]:
        """The extended attributes and the lengths of their values; what macOS keeps for itself is not sent."""
        if sys.platform != "linux":  # where Python reads them
            return ()
        path = self.path(name)
        if len(path) > LONGEST_PATH and self.by_descriptor:
            path = f"/proc/self/fd/{self.descriptor()}/{name}"
        try:
            names = os.listxattr(path, follow_symlinks=False)
            return tuple(
                (each, len(os.getxattr(path, each, follow_symlinks=False)))
                for each in names
                if not each.startswith("com.apple.")
            )
        except OSError:
            return ()

    def lend(self) -> None:
        """Give the descriptor back for a while."""
        if self.fd >= 0:
            self.identity = identity(self.fd)
            self.close()

    def take_back(self, below: Directory) -> None:
        """Open it again, by way of a directory in this one."""
        if self.fd < 0:
            self.fd = parent(below.fd, self.identity)

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def identity(fd: int) -> Identity:
    status = os.fstat(fd)
    return status.st_dev, status.st_ino


def parent(fd: int, wanted: Identity | None) -> int:
    """The directory that holds an open one: -1 if somebody has moved it since."""
    if fd < 0 or wanted is None:
        return -1
    found = os.open("..", system.OPEN_DIRECTORY, dir_fd=fd)
    if identity(found) == wanted:
        return found
    os.close(found)
    return -1


def is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False  # its `lstat` will tell what is wrong


def in_wire_order(names: Iterable[str]) -> list[str]:
    """Sorted by their bytes, as every builder sends the entries of a directory."""
    names = sorted(names)
    if not all(map(str.isascii, names)):
        names.sort(key=os.fsencode)
    return names


def wire_key(path: str) -> bytes:
    """Sorts paths as the walk yields them: depth first, a directory before what it holds."""
    return os.fsencode(path).replace(b"/", b"\0")
