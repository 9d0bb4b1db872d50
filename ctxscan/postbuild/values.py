"""The values that were found in the context, and every form in which a build may have carried one on.

They are kept in memory for one pass and never shown: a report says where a value came from.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus

from ..facts import Scan
from ..secrets.assignments import shown
from ..secrets.verdict import assignment, judge
from .contents import pieces

#: A shorter value is found by accident.
SHORTEST: Final = 8
#: And one of a single kind of characters, such as a word, unless it is as long as this.
LONG: Final = 20
#: Of a long value so much is looked for, from its middle.
PIECE: Final = 64
#: Maximum bytes read per file of the context, as by the checks.
READ_BYTES: Final = 1 << 20
MOST_VALUES: Final = 1_000
_NAME: Final = re.compile(r"([A-Za-z_][\w.-]{0,80})[\"'\])]{0,2}[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}[\"'`]?\Z")


class Value(NamedTuple):
    """Where a secret stands in the context, and what it is. `name` is that of the variable, if it has one; `path` and
    `line` the place; no `path`: a build argument. `strength` is what somebody who finds it can do with it."""

    name: str
    path: str
    line: int | None
    kind: str
    strength: int
    context: str | None = None

    @property
    def label(self) -> str:
        """How it is named: `STRIPE_KEY (.env:3)`."""
        what = self.name or self.kind.replace("-", " ")
        if not self.path:
            return f"the build argument {what}"
        place = self.path if self.context is None else f"{self.context}:{self.path}"
        return f"{what} ({place}:{self.line})" if self.line else f"{what} ({place})"


class Needles:
    """What is looked for in every layer: `all` has each text with the value that it is a form of."""

    def __init__(self, found: Iterable[tuple[str | bytes, Value]]) -> None:
        known: dict[bytes, Value] = {}
        #: As they stand in the context, for whoever has to know what was found already.
        self.raw: set[str | bytes] = set()
        for value, where in found:
            self.raw.add(value)
            for form in forms(value):
                known.setdefault(form, where)
            if len(known) > MOST_VALUES:
                break
        self.all = tuple(known.items())
        self.longest = max(map(len, known), default=0)

    def search(self, data: bytes) -> Iterator[tuple[int, Value]]:
        """Where each begins that is in `data`."""
        for form, value in self.all:
            at = data.find(form)
            while at >= 0:
                yield at, value
                at = data.find(form, at + len(form))


def values(scan: Scan, suspects: Iterable[tuple[str | None, str]]) -> Iterator[tuple[str | bytes, Value]]:
    """The values in the files that hold a secret, each as (context, path), and those given as build arguments."""
    for context, path in suspects:
        data = b""
        for piece in pieces(scan.of(context).disk.root, path):
            data += piece
            if len(data) >= READ_BYTES:
                break
        data = data[:READ_BYTES]
        found: set[str | bytes] = set()
        judgements = judge(path, data, size=len(data), named=True, known=found)
        by_line = {each.line: each for each in judgements if each.verdict == "confirmed"}
        if not by_line:
            continue
        text = data.decode("utf-8-sig", "replace")
        for value in sorted(found, key=lambda each: text.find(each) if isinstance(each, str) else 0):
            at = text.find(value) if isinstance(value, str) else -1
            line = text.count("\n", 0, at) + 1 if at >= 0 else None
            before = _NAME.search(text[max(0, at - 120) : at]) if at >= 0 else None
            name = shown(before[1]) if before else ""
            own = by_line.get(line) or next(iter(by_line.values()))
            yield value, Value(name, path, line, own.kind, own.severity or 0, context)
    for name, given in sorted(scan.build.arguments.items()):
        judgement = assignment(name, given) if given else None
        if judgement is not None and given:
            yield given, Value(name, "", None, judgement.kind, judgement.severity or 0)


def forms(value: str | bytes) -> Iterator[bytes]:
    """The value as it is, escaped for JSON and for a URL, and in base64 wherever it begins in what is encoded."""
    raw = value if isinstance(value, bytes) else value.encode(errors="surrogateescape")
    lines = [line.strip() for line in raw.splitlines()]
    if len(lines) > 1:
        raw = max(lines, key=len)  # of a key in lines, which may be wrapped anew, the first that is full
    if not _is_telling(raw):
        return
    if len(raw) > PIECE:
        start = (len(raw) - PIECE) // 2
        raw = raw[start : start + PIECE]
    yield raw
    text = raw.decode(errors="replace")
    in_json = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    for escaped in (*in_json, quote(text), quote(text, safe=""), quote_plus(text)):
        if escaped.encode() != raw:
            yield escaped.encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        first, last = (0, 2, 3)[shift], (shift + len(raw)) * 8 // 6
        core = encoded[first:last]
        yield core
        if b"+" in core or b"/" in core:
            yield core.replace(b"+", b"-").replace(b"/", b"_")


def _is_telling(raw: bytes) -> bool:
    """Whether finding it says something: nobody looks for `postgres` in an image that has a database in it."""
    if len(raw) < SHORTEST:
        return False
    kinds = [any(c in each for c in raw) for each in (_DIGITS, _UPPER, _LOWER)]
    kinds.append(any(c not in _DIGITS + _UPPER + _LOWER for c in raw))
    return sum(kinds) > 1 or len(raw) >= LONG


_DIGITS: Final = b"0123456789"
_UPPER: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER: Final = b"abcdefghijklmnopqrstuvwxyz"
