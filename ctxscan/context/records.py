"""What the walks of one run have read of directories, for those that come after.

Builds of one context are walked one by one, each with its own rules and for what it asks for, and so are contexts that
lie inside of others. The names in a directory and the status of each entry are the same for all of them, and are read
from the disk once. Nothing on disk should change meanwhile.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar

from .. import system
from .largest import Plain, Sum

if TYPE_CHECKING:
    from ..rules.matcher import State

#: The entries of a directory by their names, each with its status.
Recorded: TypeAlias = Mapping[str, "os.DirEntry[str]"]

#: Of so many entries the status is kept; every walk reads again what is beyond. An entry takes a kilobyte.
MOST: Final = 100_000
#: A path of more characters is left to a walk by descriptors.
LONGEST: Final = 1000


_T = TypeVar("_T")


class Counted(NamedTuple):
    """What all that is in a directory came to: its sum, the counts of a `Meter`, and the larger directories in it."""

    sum: Sum
    least: list[int]
    kept: dict[str, Plain]
    unsure: dict[str, int]
    counts: tuple[Any, ...]


class Records:
    """Directories by their real paths."""

    def __init__(self) -> None:
        self._entries: dict[str, Recorded] = {}
        self._left = MOST
        self._links: dict[str, str] = {}
        #: What has no extended attributes.
        self._bare: set[str] = set()
        self._counted: dict[tuple[str, str, int, int, tuple[str, ...]], tuple[State, Counted]] = {}
        self._watches: dict[int, tuple[object, Any]] = {}

    @property
    def full(self) -> bool:
        """Whether no more is kept."""
        return self._left <= 0

    def below(self, root: str) -> RecordsBelow:
        """The same for one context."""
        return RecordsBelow(self, os.path.realpath(root).rstrip(os.sep))

    def entries(self, place: str) -> Recorded:
        """The entries of a directory. Raises `OSError` where one of them, or the directory, cannot be read."""
        known = self._entries.get(place)
        if known is None:
            known = {entry.name: entry for entry in _read(place)}
            if self._left > 0:
                self._entries[place] = known
                self._left -= len(known) + 1
        return known

    def known(self, place: str) -> Recorded | None:
        """The entries of a directory that was read; None: it was not."""
        return self._entries.get(place)

    def watch(self, ignored: object, watch: _T) -> _T:
        """The watch of the first build that has this ignore file, in place of another one that chooses the same."""
        first: _T = self._watches.setdefault(id(ignored), (ignored, watch))[1]
        return first

    def link(self, place: str) -> str:
        """The text of a link."""
        if place not in self._links:
            self._links[place] = os.readlink(place)
        return self._links[place]

    def attributes(self, place: str) -> list[str]:
        """The names of extended attributes: `os.listxattr`, where there is that."""
        if place in self._bare:
            return []
        found: list[str] = os.listxattr(place)  # type: ignore[attr-defined, unused-ignore]
        if not found and self._left > 0:
            self._bare.add(place)
        return found


class RecordsBelow:
    """Directories by their paths relative to the `root` of a context, which is a real path."""

    __slots__ = ("records", "root")

    def __init__(self, records: Records, root: str) -> None:
        self.records = records
        self.root = root

    def entries(self, path: str) -> Recorded:
        return self.records.entries(self.place(path))

    def known(self, path: str) -> Recorded | None:
        return self.records.known(self.place(path))

    def link(self, path: str) -> str:
        return self.records.link(self.place(path))

    def counted(self, path: str, rules: State, watch: object, among: tuple[str, ...] = ()) -> Counted | None:
        """What is kept in a directory of which nothing is sent, and what `watch` chose of it; None: nobody knows. Of a
        directory of which something is sent, the same for the directories `among` those in it."""
        found = self.records._counted.get((self.root, path, id(rules), id(watch), among))
        return None if found is None else found[1]

    def remember(self, path: str, rules: State, watch: object, counted: Counted, among: tuple[str, ...] = ()) -> None:
        self.records._counted[self.root, path, id(rules), id(watch), among] = rules, counted

    def place(self, path: str) -> str:
        return f"{self.root}/{path}" if path else self.root or os.sep


def _read(place: str) -> Iterator[os.DirEntry[str]]:
    if not system.DESCRIPTORS:
        with os.scandir(place) as entries:
            yield from list(entries)
        return
    if len(place) > LONGEST:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), place)
    # A name that has become a link meanwhile is not entered.
    fd = os.open(place, system.OPEN_DIRECTORY)
    try:
        with os.scandir(fd) as entries:
            for entry in entries:
                # An entry keeps what it was asked for while the directory was open.
                try:
                    entry.stat(follow_symlinks=False)
                except OSError as error:
                    # The directory itself can be opened: that is another thing to say of it.
                    raise OSError(errno.EIO, os.strerror(errno.EIO), entry.name) from error
                yield entry
    finally:
        os.close(fd)
