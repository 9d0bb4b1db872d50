"""What an archive may cost, however it was made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..errors import CtxscanError

#: Members of all archives that lie in one another.
MAX_MEMBERS: Final = 2_000_000
#: Bytes of all layers once they are decompressed.
MAX_BYTES: Final = 64 << 30
#: A compressed layer grows by no more than this: gzip cannot do it, and what zstd inflates so far is a bomb. What is
#: smaller than `FREE_BYTES` once it is decompressed may.
MAX_RATIO: Final = 2_000
FREE_BYTES: Final = 256 << 20
#: One JSON document, and all of them.
MAX_DOCUMENT: Final = 8 << 20
MAX_DOCUMENTS: Final = 64 << 20
#: The name of a member, and the extended header before it.
MAX_NAME: Final = 16 << 10
MAX_HEADER: Final = 1 << 20
#: Layers, images and indexes of indexes.
MAX_LAYERS: Final = 1_000
MAX_IMAGES: Final = 100
MAX_DEPTH: Final = 4
#: The memory that a decoder may ask for, as a power of two: the limit of zstd's own tool.
MAX_WINDOW: Final = 27


class Budget:
    """Counts what is read. Raises `CtxscanError` where it is too much."""

    __slots__ = ("bytes", "documents", "members", "most_bytes")

    def __init__(self, most_bytes: int | None = None) -> None:
        self.most_bytes = MAX_BYTES if most_bytes is None else most_bytes
        self.members = 0
        self.bytes = 0
        self.documents = 0

    def member(self) -> None:
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise CtxscanError(f"holds more than {MAX_MEMBERS} members")

    def spend(self, size: int) -> None:
        self.bytes += size
        if self.bytes > self.most_bytes:
            raise CtxscanError(f"holds more than {self.most_bytes >> 30} GiB")

    def spent(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The same pieces, counted as they pass."""
        for piece in pieces:
            self.spend(len(piece))
            yield piece

    def document(self, size: int) -> None:
        self.documents += size
        if self.documents > MAX_DOCUMENTS:
            raise CtxscanError(f"holds more than {MAX_DOCUMENTS >> 20} MiB of descriptions")
