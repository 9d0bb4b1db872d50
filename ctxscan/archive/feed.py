"""A stream of bytes, taken in pieces: small ones exactly, large ones as they come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

from ..errors import CtxscanError

#: How much is read at a time.
PIECE: Final = 256 << 10


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """The content of an open file or pipe."""
    while piece := file.read(PIECE):
        yield piece


class Feed:
    """`offset` is the number of bytes that were taken."""

    __slots__ = ("_at", "_held", "_more", "offset")

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._more = pieces
        self._held = b""
        self._at = 0
        self.offset = 0

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, which stay where they are; less where the stream ends."""
        if (held := len(self._held) - self._at) < size:
            pieces = [self._held[self._at :]]
            while held < size and (piece := next(self._more, None)) is not None:
                pieces.append(piece)
                held += len(piece)
            self._held, self._at = b"".join(pieces), 0
        return self._held[self._at : self._at + size]

    def take(self, size: int) -> bytes:
        """The next `size` bytes. Raises `CtxscanError` where the stream ends before."""
        data = self.peek(size)
        if len(data) < size:
            raise CtxscanError("damaged: it ends too early")
        self._at += size
        self.offset += size
        return data

    def pieces(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes, piece by piece. Raises `CtxscanError` where the stream ends before."""
        while size:
            left = self._left()
            if self._at == 0 and left <= size:
                data, self._held = self._held, b""
            else:
                data = self._held[self._at : self._at + size]
                self._at += len(data)
            size -= len(data)
            self.offset += len(data)
            yield data

    def skip(self, size: int) -> None:
        """Pass over the next `size` bytes. Raises `CtxscanError` where the stream ends before."""
        while size:
            step = min(self._left(), size)
            self._at += step
            self.offset += step
            size -= step

    def _left(self) -> int:
        """How much is held that was not handed out, at least a byte. Raises `CtxscanError` where the stream ends."""
        while self._at == len(self._held):
            piece = next(self._more, None)
            if piece is None:
                raise CtxscanError("damaged: it ends too early")
            self._held, self._at = piece, 0
        return len(self._held) - self._at

    def rest(self) -> Iterator[bytes]:
        """All that is left."""
        if len(self._held) > self._at:
            data, self._held, self._at = self._held[self._at :], b"", 0
            self.offset += len(data)
            yield data
        for piece in self._more:
            self.offset += len(piece)
            yield piece
