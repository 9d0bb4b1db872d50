"""What lies in an archive: zip and its kin, tar, and files that are compressed by themselves.

Members are judged one by one as files of the archive's directory would be: names nominate, contents decide. Nothing is
written to disk, and work is bounded in bytes, members and depth: what ends a look early is told, and what was found up
to there counts.
"""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final, NamedTuple, Protocol, TypeAlias

from ..printable import shown
from . import scope
from .case import MOST
from .judgement import Judgement
from .unpacking import TooMuchError, Unpacked, decoder_of

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
#: What the readers of Python's library raise on data that is not what it says.
FAULTS: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ImportError,
    OverflowError,
)


class Stream(Protocol):
    """What can be read from its start to its end."""

    def read(self, size: int, /) -> bytes: ...


class Contents(NamedTuple):
    """What was found in an archive. `members`: how many were seen; `missed`: why not all of it was, None: it was."""

    judgements: tuple[Judgement, ...]
    members: int
    missed: str | None


def starts_archive(start: bytes) -> bool:
    """Whether data that begins like this is an archive, as its first 512 bytes tell."""
    return start.startswith(b"PK\x03\x04") or _is_tar(start) or decoder_of(start) is not None


def look_into(path: str, file: BinaryIO, size: int, judge: Judge, *, deep: bool = False) -> Contents:
    """Judge what is in the archive at `path`, an open file of `size` bytes.

    `judge` is given the path of a member as if the archive were a directory, the start of its content, and its size.
    `deep`: every member that may be text, and four times as much. Never raises, whatever the content.
    """
    look = _Look(judge, min(LARGEST, LEAST + RATIO * size) * (4 if deep else 1), deep=deep)
    missed = None
    try:
        look.archive(path, "", file, size, depth=1)
        missed = look.missed
    except TooMuchError:
        missed = TOO_MUCH
    except RecursionError:
        missed = TOO_MUCH
    except FAULTS:
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

    def archive(self, path: str, inside: str, file: BinaryIO, size: int, *, depth: int) -> None:
        """`inside`: the names of the archives around and of this one, for the reader; empty for the outermost."""
        start = file.read(512)
        file.seek(0)
        if start.startswith(b"PK\x03\x04"):
            self._zip(path, inside, file, depth)
        elif _is_tar(start):
            self._tar(path, inside, _Counted(file, self), depth)
        elif (made := decoder_of(start)) is not None:
            source = _Ahead(Unpacked(file, made, self._left))
            if _is_tar(source.peek(512)):
                self._tar(path, inside, _Counted(source, self), depth)
            else:
                name = path[path.rfind("/") + 1 :]
                self._member(path, inside, name.rpartition(".")[0] or name, _Counted(source, self), None, depth)

    def spend(self, number: int) -> None:
        """So many bytes were unpacked."""
        self._left -= number
        if self._left < 0:
            raise TooMuchError

    def _count(self) -> None:
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise TooMuchError

    def _zip(self, path: str, inside: str, file: BinaryIO, depth: int) -> None:
        if _directory_size(file) > LARGEST_DIRECTORY:
            raise TooMuchError
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                self._count()
                if info.is_dir() or not self._is_wanted(path, info.filename, info.file_size):
                    continue
                # Only these two hand out what was asked for and no more.
                if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    self.missed = self.missed or CLOSED
                    continue
                try:
                    with archive.open(info) as member:
                        self._member(path, inside, info.filename, _Counted(member, self), info.file_size, depth)
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
                    self.missed = self.missed or CLOSED

    def _tar(self, path: str, inside: str, source: _Counted, depth: int) -> None:
        # As a stream: it only goes forward, whatever a header says of where the next one is.
        with tarfile.open(fileobj=source, mode="r|", errors="surrogateescape") as archive:  # type: ignore[call-overload]
            for info in archive:
                self._count()
                if not info.isreg() or info.issparse() or not self._is_wanted(path, info.name, info.size):
                    continue
                member = archive.extractfile(info)
                if member is not None:
                    self._member(path, inside, info.name, member, info.size, depth)

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

    def _member(self, path: str, inside: str, name: str, source: Stream, size: int | None, depth: int) -> None:
        """`size`: its bytes as the archive tells, None: it does not."""
        data = source.read(MEMBER_BYTES)
        place = f"{inside}!{name}" if inside else name
        if starts_archive(data[:512]) and (size is None or scope.is_archive(name)):
            self._inner(f"{path}/{name}", place, data, source, depth)
            return
        for each in self._judge(f"{path}/{name}", data, len(data) if size is None else size):
            if each.verdict != "cleared" and len(self.found) < MOST:
                told = shown(place) + (f":{each.line}" if each.line is not None else "")
                self.found.append(each._replace(line=None, reason=f"{each.reason}, in {told}"))

    def _inner(self, path: str, place: str, start: bytes, source: Stream, depth: int) -> None:
        data = start + source.read(LARGEST_INNER - len(start) + 1)
        if depth >= DEEPEST or len(data) > LARGEST_INNER:
            self.missed = self.missed or TOO_MUCH
            return
        try:
            self.archive(path, place, io.BytesIO(data), len(data), depth=depth + 1)
        except FAULTS:
            self.missed = self.missed or CLOSED


class _Ahead:
    """A stream of which the start can be looked at before it is read."""

    def __init__(self, source: Unpacked) -> None:
        self._source = source
        self._start = b""

    def peek(self, size: int) -> bytes:
        self._start += self._source.read(size - len(self._start))
        return self._start

    def read(self, size: int, /) -> bytes:
        out, self._start = self._start[:size], self._start[size:]
        return out + self._source.read(size - len(out)) if len(out) < size else out


class _Counted:
    """A stream whose bytes are counted against what may be unpacked."""

    def __init__(self, source: Stream, look: _Look) -> None:
        self._source = source
        self._look = look

    def read(self, size: int, /) -> bytes:
        data = self._source.read(size)
        self._look.spend(len(data))
        return data


def _is_tar(start: bytes) -> bool:
    """Whether a block is the head of a tar archive: by its sum, since the oldest have no magic."""
    if len(start) < 512 or not start[0]:
        return False
    try:
        told = int(start[148:156].strip(b" \0") or b"-", 8)
    except ValueError:
        return False
    return told == sum(start[:148]) + 8 * 0x20 + sum(start[156:512])


def _directory_size(file: BinaryIO) -> int:
    """The bytes of the list of members that the end of a zip file tells of. Where there are too many of them for the
    plain form, the most that it can say."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - (1 << 16) - 42))
    end = file.read()
    file.seek(0)
    at = end.rfind(b"PK\5\6")
    if at < 0 or at + 22 > len(end):
        raise zipfile.BadZipFile
    if end[max(0, at - 20) : at].startswith(b"PK\6\7"):
        return 0xFFFFFFFF
    return int.from_bytes(end[at + 12 : at + 16], "little")
