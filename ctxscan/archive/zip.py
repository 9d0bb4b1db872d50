"""Members of a zip archive and its kin, as the list at its end has them.

Source: PKWARE's APPNOTE.TXT 6.3, "End of central directory record".
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from ..errors import CtxscanError
from .feed import pieces_of

#: These two hand out what was asked for and no more.
_BOUNDED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What `zipfile` raises on data that is not what it says.
_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)


class Zip:
    """An archive whose list of members was read as a whole. Raises `CtxscanError` where that cannot be done."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
        except _FAULTS:
            raise CtxscanError("damaged: its list of members cannot be read") from None

    def members(self) -> list[zipfile.ZipInfo]:
        """Files and directories, in the order of the list. A damaged one may have entries without a name."""
        return [each for each in self._archive.infolist() if each.filename]

    def content(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """A member's content, piece by piece. Raises `CtxscanError` for what needs a password, is compressed in a rare
        way, or is damaged."""
        if member.flag_bits & 1:
            raise CtxscanError("a member needs a password")
        if member.compress_type not in _BOUNDED:
            raise CtxscanError("a member is compressed in a way that is not read")
        try:
            with self._archive.open(member) as file:
                yield from pieces_of(file)
        except _FAULTS:
            raise CtxscanError("damaged: a member cannot be read") from None


def directory_size(file: BinaryIO) -> int:
    """The bytes of the list of members, which is read as a whole, as the end of the archive tells. Where that is too
    much for the plain form, the most that it can say. Raises `CtxscanError` where there is no such end."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - (1 << 16) - 42))
    end = file.read()
    file.seek(0)
    at = end.rfind(b"PK\5\6")
    if at < 0 or at + 22 > len(end):
        raise CtxscanError("damaged: it ends too early")
    if end[max(0, at - 20) : at].startswith(b"PK\6\7"):
        return 0xFFFFFFFF
    return int.from_bytes(end[at + 12 : at + 16], "little")
