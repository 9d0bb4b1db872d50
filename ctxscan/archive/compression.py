"""How archives, layers and single files are compressed: told by the first bytes, and undone piece by piece.

Every piece has a bounded size, whatever the input claims, and no decoder may ask for more memory than `MAX_WINDOW`
says.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, Protocol, TypeAlias

from ..errors import CtxscanError
from .feed import PIECE
from .limits import FREE_BYTES, MAX_RATIO, MAX_WINDOW

Compression: TypeAlias = Literal["none", "gzip", "bzip2", "xz", "zstd"]

#: A zip archive begins so: its members are compressed, and it is not.
ZIP: Final = b"PK\x03\x04"
_MAGIC: Final[tuple[tuple[bytes, Compression], ...]] = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
#: Frames of zstd with something for other tools; an archive may begin with one.
_SKIPPABLE: Final = b"\x2a\x4d\x18"


def compression(start: bytes) -> Compression:
    """How something that begins so is compressed."""
    for magic, name in _MAGIC:
        if start.startswith(magic):
            return name
    return "zstd" if start[1:4] == _SKIPPABLE and 0x50 <= start[0] <= 0x5F else "none"


def inflated(pieces: Iterator[bytes], how: Compression) -> Iterator[bytes]:
    """The content, in pieces of at most `PIECE` bytes. Raises `CtxscanError` for what is damaged, ends too early, or
    grows too much, and where this Python lacks the decoder."""
    return pieces if how == "none" else _checked(pieces, how)


class _Counted:
    """The compressed pieces, and how many bytes they were."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.bytes += len(piece)
            yield piece


def _checked(pieces: Iterator[bytes], how: Compression) -> Iterator[bytes]:
    read, made = _Counted(pieces), 0
    for piece in _decoded(iter(read), how):
        made += len(piece)
        if made > FREE_BYTES and made > read.bytes * MAX_RATIO:
            raise CtxscanError(f"inflates to more than {MAX_RATIO} times its size")
        yield piece


def _decoded(pieces: Iterator[bytes], how: Compression) -> Iterator[bytes]:
    """The content of one stream after the other, as tools that read such files do; zeros after them are padding."""
    fresh, faults = _DECODERS[how]()
    decoder = fresh()
    begun = False
    for piece in pieces:
        while piece or not decoder.needs_input:
            if decoder.eof:
                piece = piece.lstrip(b"\0")
                if not piece:
                    break
                decoder = fresh()
            begun = True
            try:
                data = decoder.decompress(piece, PIECE)
            except faults:
                raise CtxscanError(f"damaged: its {how} data cannot be read") from None
            if data:
                yield data
            piece = decoder.unused_data if decoder.eof else b""
    if not begun or not decoder.eof:
        raise CtxscanError("damaged: it ends too early")


class _Decoder(Protocol):
    """What `bz2`, `lzma` and `compression.zstd` call a decompressor."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


#: What makes a decoder, and what that raises on damaged data.
_Format: TypeAlias = "tuple[Callable[[], _Decoder], tuple[type[Exception], ...]]"


class _Gzip:
    """`zlib` behind the interface of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._full and not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._full = len(out) == max_length and not self._inner.eof
        return out


def _gzip() -> _Format:
    return _Gzip, (zlib.error,)


def _bzip2() -> _Format:
    try:
        import bz2  # an optional part of Python
    except ImportError:
        raise CtxscanError("compressed with bzip2, which this Python cannot read") from None
    return bz2.BZ2Decompressor, (OSError, ValueError)


def _xz() -> _Format:
    try:
        import lzma  # an optional part of Python
    except ImportError:
        raise CtxscanError("compressed with xz, which this Python cannot read") from None
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << MAX_WINDOW), (lzma.LZMAError,)


def _zstd() -> _Format:
    zstd = _library()
    options = {zstd.DecompressionParameter.window_log_max: MAX_WINDOW}
    return lambda: zstd.ZstdDecompressor(options=options), (zstd.ZstdError,)


def _library() -> Any:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise CtxscanError("compressed with zstd: pip install backports.zstd reads it with this Python") from None
    return zstd


_DECODERS: Final[dict[str, Callable[[], _Format]]] = {"gzip": _gzip, "bzip2": _bzip2, "xz": _xz, "zstd": _zstd}
