"""What layers and archives are compressed with, told by their first bytes and undone piece by piece."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from ..errors import CtxscanError
from .feed import PIECE
from .limits import FREE_BYTES, MAX_RATIO, MAX_WINDOW

Compression: TypeAlias = Literal["none", "gzip", "zstd"]

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
#: Frames of zstd with something for other tools; an archive may begin with one.
_SKIPPABLE: Final = b"\x2a\x4d\x18"
#: What no builder writes, by name.
_OTHERS: Final = ((b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"PK\x03\x04", "zip"), (b"\x04\x22\x4d\x18", "lz4"))


def compression(start: bytes) -> Compression:
    """How something that begins so is compressed. Raises `CtxscanError` for what is not read here."""
    if start.startswith(_GZIP):
        return "gzip"
    if start.startswith(_ZSTD) or (start[1:4] == _SKIPPABLE and 0x50 <= start[0] <= 0x5F):
        return "zstd"
    for magic, name in _OTHERS:
        if start.startswith(magic):
            raise CtxscanError(f"compressed with {name}, which is not read: give a tar, gzip or zstd archive")
    return "none"


def inflated(pieces: Iterator[bytes], how: Compression) -> Iterator[bytes]:
    """The content, in pieces of a bounded size. Raises `CtxscanError` for what is damaged, ends too early, or grows too
    much."""
    if how == "none":
        return pieces
    return _checked(pieces, _gzip if how == "gzip" else _zstd)


class _Counted:
    """The compressed pieces, and how many bytes they were."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.bytes += len(piece)
            yield piece


def _checked(pieces: Iterator[bytes], undo: Any) -> Iterator[bytes]:
    read, made = _Counted(pieces), 0
    for piece in undo(iter(read)):
        made += len(piece)
        if made > FREE_BYTES and made > read.bytes * MAX_RATIO:
            raise CtxscanError(f"inflates to more than {MAX_RATIO} times its size")
        yield piece


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """One member after the other, as tools that read such files do; zeros after them are padding."""
    engine = zlib.decompressobj(wbits=31)
    begun = False
    try:
        for piece in pieces:
            while piece:
                if engine.eof:
                    piece = piece.lstrip(b"\0")
                    if not piece:
                        break
                    engine, begun = zlib.decompressobj(wbits=31), False
                begun = True
                if data := engine.decompress(piece, PIECE):
                    yield data
                piece = engine.unconsumed_tail or engine.unused_data
        while begun and not engine.eof and (data := engine.decompress(engine.unconsumed_tail, PIECE)):
            yield data
    except zlib.error:
        raise CtxscanError("damaged: its gzip data cannot be read") from None
    if not begun or not engine.eof:
        raise CtxscanError("damaged: it ends too early")


def _zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    zstd = _library()

    def fresh() -> Any:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW})

    engine = fresh()
    begun = False
    try:
        for piece in pieces:
            while piece or not engine.needs_input:
                if engine.eof:
                    engine = fresh()
                begun = True
                if data := engine.decompress(piece, PIECE):
                    yield data
                piece = engine.unused_data if engine.eof else b""
                if engine.eof and not piece:
                    break
    except zstd.ZstdError:
        raise CtxscanError("damaged: its zstd data cannot be read") from None
    if not begun or not engine.eof:
        raise CtxscanError("damaged: it ends too early")


def _library() -> Any:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise CtxscanError("compressed with zstd: pip install backports.zstd reads it with this Python") from None
    return zstd
