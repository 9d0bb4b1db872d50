"""One layer as it goes by: what is remembered of it, which is little whatever it holds.

Of each file a number for its path, its size and its directory; of the few files that matter their path.
"""

from __future__ import annotations

import posixpath
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from ..archive.feed import Feed
from ..archive.tar import Member
from ..secrets.judgement import Judgement
from ..secrets.scope import SMALL, is_nominated, is_own, readable
from ..secrets.verdict import judge
from .contents import ContextFiles
from .values import READ_BYTES, Needles, Value
from .waste import WASTE, waste_in

#: This many files that matter are named for one layer.
MOST_TOLD: Final = 100_000
#: This many directories are told apart, and this many of them shown.
MOST_TOPS: Final = 2_000
SHOWN_TOPS: Final = 30
#: This many bytes of one layer are read for secrets that are its own.
MOST_READ: Final = 256 << 20
_WHITEOUT: Final = ".wh."
_OPAQUE: Final = ".wh..wh..opq"
#: What a distribution or a language brings: only names that announce a secret are opened there.
_SYSTEM: Final = re.compile(
    r"(?:(?:usr/)?(?:s?bin|lib\w{0,2}|libexec|share|include)|usr/local/(?:lib\w{0,2}|share|include|go|rustup|cargo)"
    r"|usr/src/linux[^/]*|var/(?:lib/(?:dpkg|apt|apk|rpm|dnf)|cache|log)|etc/(?:ssl|alternatives|apt|apk)|proc|sys|dev)(?:/|\Z)"
)


class Copy(NamedTuple):
    """A file of the context (by its digest) at a `path` of the image."""

    path: str
    size: int
    digest: bytes


class Finding(NamedTuple):
    """Something secret in a file of the image that is not from the context."""

    path: str
    size: int
    judgements: tuple[Judgement, ...]


class Layer:
    """A visitor of one layer (`archive.Visitor`). Paths have no slash at the start."""

    def __init__(
        self, context: ContextFiles, needles: Needles, secret: frozenset[tuple[str | None, str]], *, engine: bool
    ) -> None:
        self.context = context
        #: The files of the context that hold a value: what is in a copy of one was not carried on.
        self.secret = secret
        self.needles = needles
        self.engine = engine
        self.files = 0
        self.bytes = 0
        self.copies: list[Copy] = []
        self.empty: set[str] = set()
        self.carried: dict[tuple[str, Value], None] = {}
        self.found: list[Finding] = []
        self.waste = dict.fromkeys(WASTE, 0)
        #: Bytes by the first two directories of the path.
        self.tops: dict[str, int] = {}
        self.whiteouts: set[str] = set()
        self.opaque: set[str] = set()
        self.complete = True
        #: Every entry: a number for its path, for its directory, its size; and which are no directories.
        self.paths = array("q")
        self.above = array("q")
        self.sizes = array("Q")
        self.directories: dict[str, int] = {}
        self._read = 0
        self._position = 0
        self._tail = b""
        self._hits: list[tuple[int, Value]] = []
        self._last: tuple[str, int, int, bool] = ("", 0, 0, False)

    @property
    def largest(self) -> tuple[tuple[str, int], ...]:
        """The largest directories with their bytes, and what is left."""
        found = sorted(self.tops.items(), key=lambda item: (-item[1], item[0]))
        rest = self.bytes - sum(size for _, size in found[:SHOWN_TOPS])
        kept = tuple((path or ".", size) for path, size in found[:SHOWN_TOPS] if size)
        return (*kept, ("others", rest)) if rest else kept

    # --- what goes by

    def piece(self, data: bytes) -> None:
        """Look for the values in what goes by, also across the border of two pieces."""
        longest = self.needles.longest
        if longest:
            text = self._tail + data
            start = self._position - len(self._tail)
            self._hits += [(start + at, value) for at, value in self.needles.search(text)]
            # Shorter by one than the longest: nothing that was found whole is found again.
            self._tail = text[1 - longest :] if longest > 1 else b""
        self._position += len(data)

    def member(self, member: Member, feed: Feed) -> None:
        self._settle()
        path = posixpath.normpath("/" + member.path).lstrip("/")
        above, _, name = path.rpartition("/")
        if name.startswith(_WHITEOUT):
            self._white_out(above, name)
            return
        if not path:
            return
        if member.kind == "dir":
            self.directories.setdefault(path, hash(path))
            return
        self._note(path, above, member.full if member.kind == "file" else 0)
        if member.kind != "file":
            return
        self.files += 1
        self.bytes += member.full
        top = "/".join(above.split("/", 2)[:2])
        if top in self.tops or len(self.tops) < MOST_TOPS:
            self.tops[top] = self.tops.get(top, 0) + member.full
        for what in waste_in(path):
            self.waste[what] += member.full
        if not member.full:
            self.empty.add(name)
            return
        same = self._look(path, above, name, member, feed)
        self._last = (path, member.start, member.start + member.size, same)

    def end(self) -> None:
        self._settle()

    def _white_out(self, above: str, name: str) -> None:
        if name == _OPAQUE:
            self.opaque.add(above)
        elif not name.startswith(".wh..wh."):
            gone = name.removeprefix(_WHITEOUT)
            self.whiteouts.add(f"{above}/{gone}" if above else gone)

    def _note(self, path: str, above: str, size: int) -> None:
        self.paths.append(hash(path))
        self.above.append(self.directories.setdefault(above, hash(above)))
        self.sizes.append(size)

    def _look(self, path: str, above: str, name: str, member: Member, feed: Feed) -> bool:
        """Whether the file is a secret one of the context; what is secret in one that was not examined there."""
        compared = member.full in self.context.sizes
        opened = self.engine and member.data is None and self._is_worth_opening(path, above, name, member.size)
        if not compared and not opened:
            return False
        whole, start = sha256(), b""
        for piece in _content(member, feed):
            whole.update(piece)
            if opened and len(start) < READ_BYTES:
                start += piece[: READ_BYTES - len(start)]
        same = self.context.with_content(member.full, whole.digest()) if compared else []
        if same:
            if len(self.copies) < MOST_TOLD:
                self.copies.append(Copy(path, member.full, whole.digest()))
            else:
                self.complete = False
            if any((each.context, each.path) in self.secret for each in same):
                return True
        # What the rules exclude was not examined.
        if opened and all(each.reach == "excluded" for each in same):
            self._judge(path, start, member.size)
        return False

    def _judge(self, path: str, start: bytes, size: int) -> None:
        told = [
            each for each in judge(path, start, size=size, known=set(self.needles.raw)) if each.verdict == "confirmed"
        ]
        if told and len(self.found) < MOST_TOLD:
            self.found.append(Finding(path, size, tuple(told)))

    def _is_worth_opening(self, path: str, above: str, name: str, size: int) -> bool:
        if not size or (size > SMALL and not is_nominated(name, above)):
            return False
        if size <= SMALL and not is_nominated(name, above):
            folder = above and above + "/"
            if not is_own(folder) or _SYSTEM.match(folder) or not readable(path, size):
                return False
        self._read += min(size, READ_BYTES)
        if self._read > MOST_READ:
            self.complete = False
            return False
        return True

    def _settle(self) -> None:
        """Give what was found to the member that has just gone by; what lies in none of them is padding."""
        if self._hits:
            path, start, end, same = self._last
            if not same:
                self.carried.update(dict.fromkeys((path, value) for at, value in self._hits if start <= at < end))
            self._hits = [(at, value) for at, value in self._hits if at >= end]


def _content(member: Member, feed: Feed) -> Iterator[bytes]:
    """What is in a file, with zeros where a sparse one has nothing."""
    if member.data is None:
        yield from feed.pieces(member.size)
        return
    at, left = 0, member.size
    for offset, length in (*member.data, (member.full, 0)):
        if offset < at or length > left or offset + length > member.full:
            break
        while at < offset:
            step = min(offset - at, len(_ZEROS))
            yield _ZEROS[:step]
            at += step
        yield from feed.pieces(length)
        at, left = at + length, left - length


_ZEROS: Final = bytes(64 << 10)


class Hidden(NamedTuple):
    """What a later layer does to a path: `layer` is its place, `how` is `deleted` or `overwritten`."""

    layer: int
    how: str


def hidden(layers: Sequence[Layer], places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Hidden]:
    """Which of these paths, each with the place of its layer, a later layer hides, and the first one that does."""
    open_ = sorted(set(places))
    found: dict[tuple[int, str], Hidden] = {}
    for at, layer in enumerate(layers):
        mine = [each for each in open_ if each[0] < at and each not in found]
        if not mine:
            continue
        numbers = frozenset(layer.paths)
        for each in mine:
            how = _hidden_in(layer, numbers, each[1])
            if how is not None:
                found[each] = Hidden(at, how)
    return found


def _hidden_in(layer: Layer, numbers: frozenset[int], path: str) -> str | None:
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    gone = path in layer.whiteouts or not layer.whiteouts.isdisjoint(above)
    if gone or not layer.opaque.isdisjoint(("", *above)):
        return "overwritten" if hash(path) in numbers else "deleted"
    # A file where a directory has been hides what was in it.
    if hash(path) in numbers or path in layer.directories:
        return "overwritten"
    return "deleted" if any(hash(each) in numbers for each in above) else None


def hidden_bytes(layers: Sequence[Layer]) -> list[int]:
    """For each layer, the lowest first, how many of its bytes later layers delete or overwrite."""
    out = [0] * len(layers)
    files: set[int] = set()
    directories: set[int] = set()
    gone: set[str] = set()
    emptied: set[str] = set()
    for at in reversed(range(len(layers))):
        layer = layers[at]
        fate: dict[int, bool] = {}
        for directory, number in layer.directories.items():
            parts = directory.split("/") if directory else []
            chain = ["/".join(parts[:count]) for count in range(len(parts) + 1)]
            # A file where a directory was hides what was in it.
            fate[number] = any(each in emptied or (each and (each in gone or hash(each) in files)) for each in chain)
        names = {hash(each) for each in gone}
        for path, parent, size in zip(layer.paths, layer.above, layer.sizes, strict=True):
            if size and (path in files or path in directories or path in names or fate.get(parent, False)):
                out[at] += size
        files.update(layer.paths)
        directories.update(layer.directories.values())
        gone |= layer.whiteouts
        emptied |= layer.opaque
    return out
