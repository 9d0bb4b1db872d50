"""What a measurement is asked and what it answers.

The first of the modules here; nothing in it counts.
"""

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from .directory import wire_key
from .largest import DirectoryTotals, Sums
from .narrowing import Asked
from .walk import Entry, EntryKind

#: How many of the largest files are named, and how many directories of one watched name.
NAMED: Final = 64
#: Bit of a mask: in the image.
IMAGE: Final = 1
#: The same without certainty: a command decides.
MAYBE: Final = 2
#: The mask of what is kept and not sent.
UNSENT: Final = -1

Figure: TypeAlias = Literal["stream", "tar", None]


class Reach(Protocol):
    """Where the entries of a directory end, as masks; `settled` is the one of all below, None if they differ."""

    settled: int | None

    def decide(self, name: str) -> int: ...
    def enter(self, name: str) -> "Reach": ...


class Watch(Protocol):
    """Chooses, of the kept files and directories of a directory (`prefix`: its path with a slash), those to be told.
    Where it does not look it is not asked, nor anywhere below."""

    def looks(self, prefix: str) -> bool: ...

    def names(self, prefix: str, names: list[str], directories: list[str]) -> Iterable[str]: ...


class Progress(Protocol):
    """Takes how many files there are so far, and their bytes."""

    def __call__(self, files: int, size: int, /) -> object: ...


class Found(NamedTuple):
    """A file, or a directory with all that is kept in it. `mask` tells where a file ends, `UNSENT` if it is not sent;
    of a directory it is that of all below, None if they differ."""

    path: str
    kind: EntryKind
    files: int
    bytes: int
    files_sent: int
    bytes_sent: int
    mask: int | None


class Measure(NamedTuple):
    """`masks` has files and bytes of what is sent by its mask. `largest` are the largest files sent, `empty` some that
    arrive without their content, `found` what the watch chose, in wire order. `decided` counts by rule (-1: none) the
    entries whose fate it changed. `figure` is the builder's own count of bytes. `broken`: what the classic builder's
    archive ends in; nothing after it is counted. `shared`: some content is kept under several names and counted for
    the first."""

    total: Sums
    masks: dict[int, tuple[int, int]]
    directories: DirectoryTotals
    largest: tuple[Found, ...]
    empty: tuple[str, ...]
    found: tuple[Found, ...]
    decided: tuple[int, ...]
    figure: int | None
    broken: Entry | None
    shared: bool


def label_of(asked: Asked | None, reach: Reach | None) -> int | None:
    """The mask of all files below a directory; None: they may differ."""
    if asked is not None:
        if not asked.settled:
            return None
        if asked.nothing:
            return UNSENT
    return 0 if reach is None else reach.settled


def by_path(row: tuple[Any, ...]) -> bytes:
    return wire_key(row[0])
