"""The files of the contexts by what is in them: by size first, and by digest where an image has a file of that size."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias

from .. import system
from ..archive.feed import PIECE
from ..facts import Scan

#: How far a file reaches that has such a mask; `asked`: the builder asks for it.
Ends: TypeAlias = Callable[[Scan, int, bool], str]
#: At most this many files are compared, and this many bytes of them read.
MOST_FILES: Final = 1_000_000
MOST_BYTES: Final = 16 << 30


class ContextFile(NamedTuple):
    """A regular file below a context, kept or not. `context` is the named context it lies in; None: the main one.
    `compared` is False for what arrives without its content."""

    context: str | None
    path: str
    size: int
    reach: str
    compared: bool

    @property
    def name(self) -> str:
        return self.path if self.context is None else f"{self.context}:{self.path}"


class ContextFiles:
    """All files of the contexts of one build."""

    def __init__(self, scan: Scan, ends: Ends) -> None:
        self.scan = scan
        self.ends = ends
        self.complete = True
        self._digests: dict[int, dict[bytes, list[ContextFile]]] = {}
        self._known: dict[ContextFile, bytes] = {}
        self._left = MOST_BYTES

    @cached_property
    def all(self) -> tuple[ContextFile, ...]:
        found: list[ContextFile] = []
        for context, scan in ((None, self.scan), *self.scan.named):
            for each in _files(context, scan, self.ends):
                if len(found) == MOST_FILES:
                    self.complete = False
                    return tuple(found)
                found.append(each)
        return tuple(found)

    @cached_property
    def sizes(self) -> dict[int, list[ContextFile]]:
        """By their size in bytes; empty files are all alike and left out."""
        by_size: dict[int, list[ContextFile]] = {}
        for each in self.all:
            if each.size and each.compared:
                by_size.setdefault(each.size, []).append(each)
        return by_size

    def with_content(self, size: int, digest: bytes) -> list[ContextFile]:
        """The files that have this content. Those of one size are read when the first of that size is asked for."""
        if size not in self._digests:
            by_digest: dict[bytes, list[ContextFile]] = {}
            for each in self.sizes.get(size, ()):
                if (own := self._digest(each)) is not None:
                    self._known[each] = own
                    by_digest.setdefault(own, []).append(each)
            self._digests[size] = by_digest
        return self._digests[size].get(digest, [])

    def digest_of(self, file: ContextFile) -> bytes:
        """SHA-256 of a file that was found by its content."""
        return self._known[file]

    def _digest(self, file: ContextFile) -> bytes | None:
        """The same of any file; None: it cannot be read, or has another size by now."""
        if self._left < file.size:
            self.complete = False
            return None
        self._left -= file.size
        whole, read = sha256(), 0
        for piece in pieces(self.scan.of(file.context).disk.root, file.path):
            whole.update(piece)
            read += len(piece)
            if read > file.size:
                return None
        return whole.digest() if read == file.size else None


def pieces(root: str, path: str) -> Iterator[bytes]:
    """The content of a regular file; nothing where it cannot be read. No link is followed."""
    try:
        handle = os.open(system.located(root, path), system.OPEN_FILE)
    except (OSError, ValueError):
        return
    with os.fdopen(handle, "rb", buffering=0) as file:
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                while piece := file.read(PIECE):
                    yield piece
        except OSError:
            return


def _files(context: str | None, scan: Scan, ends: Ends) -> Iterator[ContextFile]:
    """What lies there, with what is foretold for it."""
    todo = [("", False)]
    rules, usage = scan.rules, scan.usage
    while todo:
        above, gone = todo.pop()
        prefix = above and above + "/"
        state = rules.at(above)
        reach = usage.root.inside(above) if usage is not None else None
        below = []
        for name, status in _entries(scan.disk.root, above):
            path = prefix + name
            verdict = state.decide(name)
            if stat.S_ISDIR(status.st_mode):
                below.append((path, gone or (verdict.excluded and not rules.walks(path))))
            elif not stat.S_ISREG(status.st_mode):
                continue
            elif gone or verdict.excluded:
                yield ContextFile(context, path, status.st_size, "excluded", True)
            else:
                far = ends(scan, 0 if reach is None else reach.decide(name), scan.asks_for(path))
                yield ContextFile(context, path, status.st_size, far, not verdict.withheld)
        todo += reversed(below)


def _entries(root: str, path: str) -> Iterator[tuple[str, os.stat_result]]:
    """The names in a directory with their status, in order; what cannot be read is not there."""
    try:
        with os.scandir(system.located(root, path) if path else root) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                with suppress(OSError):
                    if not system.is_junction(entry.path):
                        yield entry.name, entry.stat(follow_symlinks=False)
    except (OSError, ValueError):
        return
