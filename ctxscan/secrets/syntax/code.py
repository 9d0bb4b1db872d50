"""Settings written in a programming language: names with a quoted value beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...regex import compiled
from .field import Field

#: `name = "v"`, `'name' => 'v'`, `"name": "v"`, `define('NAME', 'v')`, `knife[:name] = "v"`, `$x['name'] = 'v'`.
_PAIR: Final = (
    r"(?<!\w)(\w++)(?:['\"]\]|\]|['\"])?+[ \t]*+(?:=>|:=|=(?!=)|:|,)[ \t]*+"
    r"[bru]?(?:'((?:[^'\\\n]|\\.)*+)'|\"((?:[^\"\\\n]|\\.)*+)\")"
)
_LISTED: Final = r"['\"][ \t]*+,"
_COMMENTS: Final = ("#", "//", "*", "/*", "--")


def code(text: str) -> Iterator[Field]:
    """Every name with a literal string; lines that are a comment say nothing."""
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if line.lstrip().startswith(_COMMENTS):
            continue
        for pair in compiled(_PAIR).finditer(line):
            if _is_listed(line, pair.start(), pair.end(1)):
                continue
            group = 2 if pair[2] is not None else 3
            yield Field(pair[1], pair[group], start + pair.start(group), (), True)


def _is_listed(line: str, start: int, end: int) -> bool:
    """Whether a name is one of a list, and what follows is the next: `'user', 'password', 'host'`; it is a pair where
    it opens the arguments of a call."""
    if start == 0 or line[start - 1] not in "'\"" or not compiled(_LISTED).match(line, end):
        return False
    return not line[: start - 1].rstrip().endswith("(")
