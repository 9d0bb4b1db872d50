"""A file to its end: its head and its tail, under `deep` what lies between; what is in an archive or a database.

`verdict.judge` sees the start of a file, which is all of most. Here the rest is read, from a stream that the caller
opened.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

from . import archives, databases
from .case import MOST
from .judgement import CUT, Judgement
from .verdict import judge, judge_piece, plain, wide

#: What is read of the end of a file, of its middle at a time, and again of what came before, in bytes.
TAIL: Final = 1 << 16
PIECE: Final = 1 << 20
OVERLAP: Final = 1 << 13


class Whole(NamedTuple):
    """What is secret in a file, and why not all of it was read, None: it was."""

    judgements: tuple[Judgement, ...]
    missed: str | None


def judge_file(path: str, file: BinaryIO, start: bytes, size: int, *, deep: bool, named: bool) -> Whole:
    """Judge an open file of `size` bytes of which `start` was read. `deep` and `named` as for `judge`.

    Never raises but for the OSError of the file itself.
    """
    if archives.starts_archive(start[:512]):
        return _judge_archive(path, file, start, size, deep=deep, named=named)
    if start.startswith(databases.MAGIC) and len(start) < size <= databases.LARGEST:
        file.seek(0)
        start = file.read(databases.LARGEST)
    if size <= len(start) or (b"\0" in start[:4096] and b"\0" in plain(start[:4096])):
        return Whole(judge(path, start, size=size, deep=deep, named=named), None)
    known: set[str | bytes] = set()
    left = size - len(start)
    rest = left if deep else min(left, TAIL)
    encoding = _exactly(wide(start), start)
    found = judge(path, start, size=size, read=len(start) + rest, deep=deep, named=named, known=known)
    judgements = [each for each in found if each.verdict != "cleared"]
    at, before = size - rest, frozenset(known)
    late = _late(path, _after(file, start, at, encoding), deep=deep, known=known, rest=rest)
    if late and rest < left <= PIECE:
        # What stands above may excuse it, such as the module for tests that it is in, and tells its line.
        rest, known = left, set(before)
        late = _late(path, _after(file, start, 0, encoding), deep=deep, known=known, rest=rest)
    judgements += late[: max(0, MOST - len(judgements))]
    return Whole(tuple(judgements) or found, None if rest == left else CUT)


def _late(
    path: str, pieces: Iterable[tuple[bytes, int | None]], *, deep: bool, known: set[str | bytes], rest: int
) -> list[Judgement]:
    """What is secret in the pieces behind the start of a file, of which `rest` bytes are read."""
    return [
        _placed(each, above, rest)
        for piece, above in pieces
        for each in judge_piece(path, piece, deep=deep, known=known)
    ]


def _judge_archive(path: str, file: BinaryIO, start: bytes, size: int, *, deep: bool, named: bool) -> Whole:
    known: set[str | bytes] = set()

    def member(inner: str, data: bytes, length: int) -> tuple[Judgement, ...]:
        return judge(inner, data, size=length, deep=deep, named=named, known=known)

    file.seek(0)
    contents = archives.look_into(path, file, size, member, deep=deep)
    if contents.judgements:
        return Whole(contents.judgements, contents.missed)
    outside = judge(path, start, size=size, deep=deep, named=named)
    if contents.missed is None and outside:
        kind = outside[0].kind
        outside = (Judgement("cleared", kind, None, None, "", f"no secret proven in it ({contents.members} members)"),)
    return Whole(outside, contents.missed)


def _after(file: BinaryIO, start: bytes, at: int, encoding: str | None) -> Iterator[tuple[bytes, int | None]]:
    """Pieces of the file from `at` to its end, as UTF-8, each with the number of lines above it, None: unknown."""
    if encoding is not None:
        # Decoded from its first character, or from one whose place is sure; that lines are seen twice does no harm.
        at, above = (0, 0) if at <= len(start) else (at & ~3, None)
    elif at <= len(start):
        at = start.rfind(b"\n", 0, max(0, at - OVERLAP)) + 1
        above = start.count(b"\n", 0, at)
    else:
        above = None
    file.seek(at)
    yield from _pieces(file, encoding, above)


def _pieces(file: BinaryIO, encoding: str | None, above: int | None) -> Iterator[tuple[bytes, int | None]]:
    """What follows in a file, in pieces of whole lines that overlap: a key takes many lines."""
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    kept = b""
    while data := file.read(PIECE):
        block = kept + (decoder.decode(data).encode("utf-8", "replace") if decoder else data)
        end = block.rfind(b"\n", max(0, len(block) - TAIL)) + 1 or len(block)
        yield block[:end], above
        back = block.find(b"\n", max(0, end - OVERLAP), end - 1) + 1 or max(0, end - OVERLAP)
        if above is not None:
            above += block.count(b"\n", 0, back)
        kept = block[back:]
    if kept:
        yield kept, above


def _exactly(encoding: str | None, start: bytes) -> str | None:
    """The encoding with its order of bytes, as the mark at the start tells: pieces have no mark."""
    if encoding in ("utf-16", "utf-32"):
        little = start[:2] == b"\xff\xfe"
        return f"{encoding}-{'le' if little else 'be'}"
    return encoding


def _placed(judgement: Judgement, above: int | None, rest: int) -> Judgement:
    if judgement.line is not None and above is not None:
        return judgement._replace(line=judgement.line + above)
    return judgement._replace(line=None, reason=f"{judgement.reason}, in its last {rest} bytes")
