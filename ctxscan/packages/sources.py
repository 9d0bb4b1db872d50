"""Source files, read as far as a budget goes."""

from __future__ import annotations

from typing import Final

from .manifest import Files

#: Sources and bytes of them that are read for one kind of macro.
_MOST_FILES: Final = 4000
_MOST_BYTES: Final = 64 << 20


class Sources:
    """The source files of a tree, until `most` of them are read."""

    def __init__(self, tree: Files) -> None:
        self._tree = tree
        self._files = _MOST_FILES
        self._bytes = _MOST_BYTES

    def read(self, path: str) -> bytes:
        """The content of a file; empty where the budget is spent."""
        if self._files <= 0 or self._bytes <= 0:
            return b""
        data = self._tree.read(path) or b""
        self._files -= 1
        self._bytes -= len(data)
        return data
