"""Compressed data as a stream that ends early rather than late: gzip, bzip2, xz and, where Python has it, zstd.

The formats are those of Python's own library. Every read returns at most what was asked for, whatever the input claims:
a decoder is handed a little and asked for a little, and xz may not ask for more memory than `MEMORY`.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol

#: What a decoder is handed at a time, and what an xz stream may ask for as its dictionary, in bytes.
PIECE: Final = 1 << 16
MEMORY: Final = 128 << 20


class TooMuchError(Exception):
    """There is more in an archive than is looked at."""


class Decoder(Protocol):
    """What `bz2`, `lzma` and `compression.zstd` call a decompressor."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """`zlib` behind the interface of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _xz() -> Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)


def _zstd() -> Decoder:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # Python 3.14

    decoder: Decoder = zstd.ZstdDecompressor()
    return decoder


#: The first bytes of a stream, and what decodes it.
DECODERS: Final[tuple[tuple[bytes, Callable[[], Decoder]], ...]] = (
    (b"\x1f\x8b", _Gzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", _xz),
    (b"\x28\xb5\x2f\xfd", _zstd),
)


def decoder_of(start: bytes) -> Callable[[], Decoder] | None:
    """What decodes data that begins like this; None: it is not compressed."""
    return next((made for magic, made in DECODERS if start.startswith(magic)), None)


class Unpacked:
    """What a compressed stream holds, read from its start to its end, and at most `most` bytes of it.

    Raises `TooMuchError` beyond that, EOFError where the data ends too soon, and what the decoder raises:
    `zlib.error`, OSError, `lzma.LZMAError`, ImportError.
    """

    def __init__(self, source: BinaryIO, made: Callable[[], Decoder], most: int) -> None:
        self._source = source
        self._made = made
        self._decoder = made()
        self._left = most
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """The next bytes, `size` of them unless the data ends before."""
        out = bytearray()
        while len(out) < size and not self._ended:
            piece = self._some(size - len(out))
            self._left -= len(piece)
            if self._left < 0:
                raise TooMuchError
            out += piece
        return bytes(out)

    def _some(self, size: int) -> bytes:
        if not self._decoder.eof:
            data = self._source.read(PIECE) if self._decoder.needs_input else b""
            if not data and self._decoder.needs_input:
                raise EOFError
            return self._decoder.decompress(data, size)
        # Several streams one after the other count as one; zeros after the last are padding.
        rest = self._decoder.unused_data.lstrip(b"\0") or self._source.read(PIECE).lstrip(b"\0")
        if not rest:
            self._ended = True
            return b""
        self._decoder = self._made()
        return self._decoder.decompress(rest, size)
