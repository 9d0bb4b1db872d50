"""What lies in an archive: zip and its kin, tar, and files that are compressed by themselves.

Members are judged one by one as files of the archive's directory would be: names nominate, contents decide. Nothing is
written to disk, and work is bounded in bytes, members and depth: what ends a look early is reported, and what was found
before that counts.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple, TypeAlias

from ..archive.compression import ZIP, compression, inflated
from ..archive.feed import Feed, pieces_of
from ..archive.tar import BLOCK, members, starts_tar
from ..errors import CtxscanError
from ..printable import shown
from . import scope
from .case import MOST
from .judgement import Judgement

#: Archives in archives: a jar in a war in an ear.
DEEPEST: Final = 3
MOST_MEMBERS: Final = 20_000
#: The list of members at the end of a zip file, in bytes; it is read as a whole.
LARGEST_DIRECTORY: Final = 8 << 20
#: An archive inside another is held in memory, up to so many bytes.
LARGEST_INNER: Final = 16 << 20
#: Of each member so much is judged, as of each file.
MEMBER_BYTES: Final = 1 << 20
#: Text packs to a tenth; what unpacks to more than this many times its size is made to.
RATIO: Final = 20
LEAST: Final = 1 << 20
LARGEST: Final = 64 << 20

TOO_MUCH: Final = "archives that unpack to too much, looked into only in part"
CLOSED: Final = "archives that cannot be read, or need a password"

#: Libraries that a program was packed with; who wrote them had no secrets of this project.
_LIBRARIES: Final = ("boot-inf/lib/", "web-inf/lib/", "meta-inf/versions/", "node_modules/")

Judge: TypeAlias = Callable[[str, bytes, int], tuple[Judgement, ...]]


class TooMuchError(Exception):
    """There is more in an archive than is looked at."""


class Contents(NamedTuple):
    """What was found in an archive. `members`: how many were seen; `missed`: why not all of it was, None: it was."""

    judgements: tuple[Judgement, ...]
    members: int
    missed: str | None


def starts_archive(start: bytes) -> bool:
    """Whether data that begins like this is an archive, as its first 512 bytes tell."""
    return start.startswith(ZIP) or compression(start) != "none" or starts_tar(start)


def look_into(path: str, file: BinaryIO, size: int, judge: Judge, *, deep: bool = False) -> Contents:
    """Judge what is in the archive at `path`, an open file of `size` bytes.

    `judge` is given the path of a member as if the archive were a directory, the start of its content, and its size.
    `deep`: every member that may be text, and four times as much. Never raises, whatever the content.
    """
    look = _Look(judge, min(LARGEST, LEAST + RATIO * size) * (4 if deep else 1), deep=deep)
    missed = None
    try:
        look.archive(path, "", file, depth=1)
        missed = look.missed
    except (TooMuchError, RecursionError):
        missed = TOO_MUCH
    except (CtxscanError, OSError):
        missed = CLOSED
    return Contents(tuple(look.found[:MOST]), look.members, missed)


class _Look:
    """One archive with those in it, and what is left of what may be read."""

    def __init__(self, judge: Judge, most: int, *, deep: bool) -> None:
        self._judge = judge
        self._left = most
        self._deep = deep
        self.found: list[Judgement] = []
        self.members = 0
        self.missed: str | None = None

    def archive(self, path: str, inside: str, file: BinaryIO, *, depth: int) -> None:
        """`inside`: the names of the archives around and of this one, for the reader; empty for the outermost."""
        start = file.read(BLOCK)
        file.seek(0)
        if start.startswith(ZIP):
            self._zip(path, inside, file, depth)
            return
        how = compression(start)
        feed = Feed(self._counted(inflated(pieces_of(file), how)))
        if starts_tar(feed.peek(BLOCK)):
            self._tar(path, inside, feed, depth)
        elif how != "none":
            name = path[path.rfind("/") + 1 :]
            self._member(path, inside, name.rpartition(".")[0] or name, feed, None, depth)

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """What is unpacked, counted as it comes."""
        for piece in pieces:
            self._left -= len(piece)
            if self._left < 0:
                raise TooMuchError
            yield piece

    def _count(self) -> None:
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise TooMuchError

    def _zip(self, path: str, inside: str, file: BinaryIO, depth: int) -> None:
        from ..archive.zip import Zip, directory_size  # Python's reader takes a while to import

        if directory_size(file) > LARGEST_DIRECTORY:
            raise TooMuchError
        archive = Zip(file)
        for info in archive.members():
            self._count()
            if info.is_dir() or not self._is_wanted(path, info.filename, info.file_size):
                continue
            feed = Feed(self._counted(archive.content(info)))
            try:
                self._member(path, inside, info.filename, feed, info.file_size, depth)
            except CtxscanError:
                self.missed = self.missed or CLOSED

    def _tar(self, path: str, inside: str, feed: Feed, depth: int) -> None:
        for member in members(feed, self._count):
            if member.kind != "file" or member.data is not None:
                continue
            if self._is_wanted(path, member.path, member.size):
                self._member(path, inside, member.path, feed, member.size, depth)

    def _is_wanted(self, path: str, name: str, size: int) -> bool:
        low = name.lower()
        if not size or low.startswith(_LIBRARIES):
            return False
        folder, _, last = f"{path}/{low}".rpartition("/")
        if scope.is_nominated(last, folder):
            return True
        if not scope.is_own(folder + "/"):
            return False
        if scope.is_archive(last):
            return True
        return (self._deep or size <= scope.SMALL) and bool(scope.worth_opening([last], folder + "/"))

    def _member(self, path: str, inside: str, name: str, feed: Feed, size: int | None, depth: int) -> None:
        """`size`: its bytes as the archive tells, None: it does not."""
        data = _next(feed, size, MEMBER_BYTES)
        place = f"{inside}!{name}" if inside else name
        if starts_archive(data[:BLOCK]) and (size is None or scope.is_archive(name)):
            data += _next(feed, None if size is None else size - len(data), LARGEST_INNER - len(data) + 1)
            self._inner(f"{path}/{name}", place, data, depth)
            return
        for each in self._judge(f"{path}/{name}", data, len(data) if size is None else size):
            if each.verdict != "cleared" and len(self.found) < MOST:
                told = shown(place) + (f":{each.line}" if each.line is not None else "")
                self.found.append(each._replace(line=None, reason=f"{each.reason}, in {told}"))

    def _inner(self, path: str, place: str, data: bytes, depth: int) -> None:
        if depth >= DEEPEST or len(data) > LARGEST_INNER:
            self.missed = self.missed or TOO_MUCH
            return
        try:
            self.archive(path, place, io.BytesIO(data), depth=depth + 1)
        except CtxscanError:
            self.missed = self.missed or CLOSED


def _next(feed: Feed, left: int | None, most: int) -> bytes:
    """The next bytes of a member that has `left` of them, None: as many as there are. At most `most`."""
    data = feed.peek(most if left is None else min(left, most))
    feed.skip(len(data))
    return data
