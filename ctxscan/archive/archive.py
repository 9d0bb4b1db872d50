"""One pass over an archive: every layer is shown to a visitor as it goes by, and the images are named at the end.

In a stream the documents that say what is a layer come last, so everything that may be one is read as one. What the
documents do not name, or what is damaged and not needed, is forgotten.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

from .. import system
from ..errors import CtxscanError
from ..printable import shown
from .compression import ZIP, Compression, compression, inflated
from .documents import INDEX, MANIFEST, Image, images
from .feed import Feed, pieces_of
from .limits import MAX_DOCUMENT, Budget
from .tar import BLOCK, Member, is_tar, members

_BLOB: Final = re.compile(r"blobs/sha256/([0-9a-f]{64})")
_CONFIG: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})(?:\.json)?")
#: What the members of an image archive are called, by the first component.
_OWN_NAMES: Final = re.compile(
    r"(?:blobs|oci-layout|index\.json|manifest\.json|repositories|(?:sha256:)?[0-9a-f]{64}(?:\.json|\.tar(?:\.gz|\.zst)?)?)"
)
_LAYER: Final = re.compile(r"blobs/[a-z0-9]+/[0-9a-z]+|(?:.*/)?layer\.tar|[^/]+\.tar(?:\.gz|\.zst)?|[^/]+\.tgz")
#: What is looked at to tell an image archive from a file system.
_START: Final = 64 << 10


#: What no builder writes, by name.
_OTHERS: Final = ((ZIP, "zip"), (b"\x04\x22\x4d\x18", "lz4"))


class Visitor(Protocol):
    """Sees one layer: every piece of its content as it comes, and every member in turn, with the feed that has its
    content next. `end` comes after the last one."""

    def piece(self, data: bytes) -> None: ...
    def member(self, member: Member, feed: Feed) -> None: ...
    def end(self) -> None: ...


class Archive(NamedTuple):
    """What was read: the images, each with its layers; or, where there are none, one file system (`flat`). `layers` has
    the visitors by the name of their blob, `absent` the platforms that are named and not there."""

    images: tuple[Image, ...]
    layers: dict[str, Visitor]
    flat: Visitor | None
    absent: tuple[str, ...]


class _Blob(NamedTuple):
    """`digest` is that of its content, once decompressed, where the name does not say that of the whole."""

    visitor: Visitor
    digest: str | None


def read_archive(place: str, begin: Callable[[], Visitor], stdin: BinaryIO | None = None) -> Archive:
    """Read the archive or directory at `place`, or what comes from `stdin`; `begin` makes a visitor for each layer.
    Raises `CtxscanError` for what is damaged, hostile or no archive."""
    reading = _Reading(begin)
    try:
        if stdin is not None:
            return reading.stream(stdin)
        if Path(place).is_dir():
            return reading.directory(place)
        with Path(place).open("rb") as file:
            return reading.stream(file)
    except CtxscanError as error:
        raise CtxscanError(str(error), place=f"{shown(place)}") from None
    except OSError as error:
        raise CtxscanError(f"cannot read: {(error.strerror or str(error)).lower()}", place=shown(place)) from None


class _Reading:
    def __init__(self, begin: Callable[[], Visitor]) -> None:
        self.begin = begin
        self.budget = Budget()
        self.blobs: dict[str, _Blob] = {}
        self.documents: dict[str, str] = {}
        self.links: dict[str, str] = {}
        #: Why what has a name cannot be used.
        self.problems: dict[str, str] = {}

    # --- sources

    def stream(self, file: BinaryIO) -> Archive:
        packed = Feed(pieces_of(file))
        start = packed.peek(BLOCK)
        if not start:
            raise CtxscanError("empty")
        feed = Feed(inflated(packed.rest(), _compression(start)))
        if not is_tar(feed.peek(BLOCK)):
            raise CtxscanError("no tar archive, and no directory with an OCI layout")
        if not _is_image(feed.peek(_START)):
            visitor = self.begin()
            self._layer(visitor, feed.rest())
            return Archive((), {}, visitor, ())
        for member in members(feed, self.budget.member):
            self.budget.spend(0)
            self._member(posixpath.normpath(member.path), member, feed)
        return self._archive()

    def directory(self, root: str) -> Archive:
        names = set(os.listdir(root))
        if names & {INDEX, MANIFEST} and (MANIFEST in names or "blobs" in names):
            for path, member, pieces in _files(root, self.budget):
                self._member(path, member, Feed(pieces))
            return self._archive()
        visitor = self.begin()
        start = 0
        for path, member, pieces in _files(root, self.budget):
            feed = Feed(self._watched(pieces, visitor.piece, self.budget.spend))
            visitor.member(member._replace(path=path, start=start), feed)
            for _ in feed.rest():
                pass
            start += feed.offset
        visitor.end()
        return Archive((), {}, visitor, ())

    # --- members of an image archive

    def _member(self, path: str, member: Member, feed: Feed) -> None:
        if member.kind == "symlink":
            self.links[path] = posixpath.normpath(posixpath.join(posixpath.dirname(path), member.link))
        elif member.kind == "hardlink":
            self.links[path] = posixpath.normpath(member.link)
        if member.kind != "file" or path in self.blobs or path in self.documents:
            return
        start = feed.peek(min(member.size, BLOCK))
        named = _BLOB.fullmatch(path)
        try:
            if start[:1] in (b"{", b"[") or path in (INDEX, MANIFEST):
                self._document(path, member.size, feed)
            elif _LAYER.fullmatch(path):
                self._blob(path, feed.pieces(member.size), named[1] if named else None)
        except CtxscanError as error:
            self.problems[path] = error.message

    def _document(self, path: str, size: int, feed: Feed) -> None:
        if size > MAX_DOCUMENT:
            raise CtxscanError(f"a description of more than {MAX_DOCUMENT >> 20} MiB")
        data = feed.take(size)
        self.budget.document(size)
        named = _BLOB.fullmatch(path) or _CONFIG.fullmatch(path)
        if named and sha256(data).hexdigest() != named[1]:
            raise CtxscanError("damaged: its content is not what its digest says")
        self.documents[path] = data.decode(errors="replace")

    def _blob(self, path: str, pieces: Iterator[bytes], named: str | None) -> None:
        """A layer, if it turns out to be one."""
        whole, content = sha256(), sha256()
        packed = Feed(self._watched(pieces, whole.update) if named else pieces)
        start = packed.peek(BLOCK)
        how = _compression(start)
        plain = inflated(packed.rest(), how)
        if not named:
            plain = self._watched(plain, content.update)
        visitor = self.begin()
        found = self._layer(visitor, plain)
        for _ in packed.rest():
            pass
        if named and whole.hexdigest() != named:
            raise CtxscanError("damaged: its content is not what its digest says")
        if found:
            self.blobs[path] = _Blob(visitor, None if named else content.hexdigest())

    def _layer(self, visitor: Visitor, pieces: Iterator[bytes]) -> bool:
        feed = Feed(self._watched(pieces, visitor.piece, self.budget.spend))
        if not is_tar(feed.peek(BLOCK)):
            for _ in feed.rest():
                pass
            return False
        for member in members(feed, self.budget.member):
            visitor.member(member, feed)
        visitor.end()
        for _ in feed.rest():
            pass
        return True

    @staticmethod
    def _watched(
        pieces: Iterable[bytes], watch: Callable[[bytes], object], spend: Callable[[int], object] | None = None
    ) -> Iterator[bytes]:
        for piece in pieces:
            if spend is not None:
                spend(len(piece))
            watch(piece)
            yield piece

    # --- at the end

    def _archive(self) -> Archive:
        for path in (MANIFEST, INDEX):
            if path in self.problems:
                raise CtxscanError(self.problems[path], place=path)
        found, absent = images(self._find)
        layers: dict[str, Visitor] = {}
        for image in found:
            for layer in image.layers:
                path = self._resolved(layer.blob)
                blob = self.blobs.get(path)
                if path in self.problems:
                    raise CtxscanError(self.problems[path], place=shown(path))
                if blob is None and not layer.foreign:
                    raise CtxscanError("damaged: the layer is missing", place=shown(layer.blob))
                if blob is None:
                    continue
                if blob.digest is not None and layer.digest not in (None, f"sha256:{blob.digest}"):
                    raise CtxscanError("damaged: its content is not what its digest says", place=shown(path))
                layers[layer.blob] = blob.visitor
        return Archive(found, layers, None, absent)

    def _find(self, path: str) -> str | None:
        path = self._resolved(path)
        if path in self.problems:
            raise CtxscanError(self.problems[path], place=shown(path))
        return self.documents.get(path)

    def _resolved(self, path: str) -> str:
        """A name with the links of the archive followed."""
        path = posixpath.normpath(path)
        for _ in range(8):
            if path not in self.links:
                break
            path = self.links[path]
        return path


def _compression(start: bytes) -> Compression:
    """How something that begins so is compressed. Raises `CtxscanError` for what no builder writes."""
    how = compression(start)
    name = how if how in ("bzip2", "xz") else next((each for magic, each in _OTHERS if start.startswith(magic)), None)
    if name is not None:
        raise CtxscanError(f"compressed with {name}, which is not read: give a tar, gzip or zstd archive")
    return how


def _is_image(start: bytes) -> bool:
    """Whether an archive that begins so is one of images, by the name of its first member."""
    try:
        for member in members(Feed(iter([start])), Budget().member):
            path = posixpath.normpath(member.path).lstrip("/")
            if path != ".":
                return _OWN_NAMES.fullmatch(path.partition("/")[0]) is not None
    except CtxscanError:
        return False
    return False


def _files(root: str, budget: Budget) -> Iterator[tuple[str, Member, Iterator[bytes]]]:
    """What lies below a directory, in the order of names: no link is followed, and nothing but files is opened."""
    todo = [""]
    while todo:
        here = todo.pop()
        with os.scandir(os.path.join(root, here)) as entries:
            found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
        below = []
        for entry in found:
            budget.member()
            path = f"{here}/{entry.name}" if here else entry.name
            status = entry.stat(follow_symlinks=False)
            mode = status.st_mode
            if stat.S_ISDIR(mode):
                below.append(path)
                yield path, Member(path, "dir", 0, "", 0, 0, None), iter(())
            elif stat.S_ISLNK(mode):
                yield path, Member(path, "symlink", 0, os.readlink(entry.path), 0, 0, None), iter(())
            elif stat.S_ISREG(mode):
                yield from _file(path, entry.path)
            else:
                yield path, Member(path, "other", 0, "", 0, 0, None), iter(())
        todo += reversed(below)


def _file(path: str, place: str) -> Iterator[tuple[str, Member, Iterator[bytes]]]:
    with os.fdopen(os.open(place, system.OPEN_FILE), "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode):
            size = status.st_size
            yield path, Member(path, "file", size, "", 0, size, None), _limited(pieces_of(file), size)


def _limited(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """No more than the file had when it was opened."""
    for piece in pieces:
        piece = piece[:size]
        size -= len(piece)
        if piece:
            yield piece
        if not size:
            return
