"""YAML as configuration uses it: nested names, lists, quoted and block scalars, braces on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from ...regex import compiled, places
from .field import Field
from .json import LABELS, VALUES
from .lines import unquoted

#: A tag that makes something else of the value: `!vault |`, `!Ref Name`, `!reset`. `!!str` does not.
_TAG: Final = r"![A-Za-z][\w:/.-]*[ \t]|![A-Za-z][a-z]{0,12}\Z"
_DECORATION: Final = r"(?:&\S+|!!\S+)[ \t]*+"
_FLOW: Final = (
    r"(?<![\w.-])(\"[^\"\n]*+\"|'[^'\n]*+'|[\w.-]++)[ \t]*+:[ \t]+(\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'|[^,{}\[\]\n]++)"
)
_ASSIGNED: Final = r"(?s)([A-Za-z_][\w.-]*+)=(.*)"
_QUOTED_NAME: Final = r"(\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+:(?=[ \t]|\Z)"
_DEEPEST: Final = 64


def yaml(text: str, *, words: Sequence[str] = ()) -> Iterator[Field]:
    """Every scalar by its name. `- NAME=value` goes by NAME; `value:` after `name:` in one item by what that says.

    `words`: only those whose name may have one of these in it, in lower case, and whatever goes by the name of
    something else; a text has few of them, and most of the work is on the others.
    """
    low = text.lower()
    known = bool(words) and len(low) == len(text)
    telling = iter((*places(words, low), len(text) + 1) if known else ())
    told = next(telling, -1)
    stack: list[tuple[int, str]] = []
    document = 0
    label = (-1, "")  # indentation and value of the last `name:`
    at = beyond = 0  # `beyond` what belongs to a block scalar
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if start < beyond:
            continue
        bare = line.strip()
        if not bare or bare[0] in "#%":
            continue
        indent = len(line) - len(line.lstrip(" "))
        if bare == "---" or bare.startswith("--- "):
            document, stack, label = document + 1, [], (-1, "")
            continue
        while bare.startswith("- "):
            rest = bare[2:].lstrip()
            indent += len(bare) - len(rest)
            bare = rest
            label = (-1, "")
        name, value = _split(bare)
        while stack and stack[-1][0] >= indent:
            stack.pop()
        sign = value[:1]
        if sign in ("&", "!") and (decorated := compiled(_DECORATION).match(value)):
            value = value[decorated.end() :]
            sign = value[:1]
        if name and not value:
            if len(stack) < _DEEPEST:
                stack.append((indent, name))
            continue
        while 0 <= told < start:
            told = next(telling)
        wanted = told < at or name in _ELSEWHERE
        if sign in ("|", ">") and len(value) <= 4 + value.count(" "):
            beyond = _block_end(text, at, indent)
            first = compiled(r"(?m)^ *(?=[^\S\n]*\S)").search(text, at, beyond) if wanted and name else None
            if first is not None:
                content = "\n".join(map(str.strip, text[at:beyond].split("\n"))).strip("\n")
                yield Field(name, content, first.end(), tuple(each for _, each in stack), True, document)
            continue
        if sign == "*" or (sign == "!" and compiled(_TAG).match(value)):
            if value.endswith(("|", ">", "|-", ">-")):
                beyond = _block_end(text, at, indent)
            continue
        if not wanted or sign == "#":  # a comment behind nothing
            continue
        offset = start + line.rindex(value)
        parents = tuple(each for _, each in stack)
        if sign in "{[" and not value.startswith(("{{", "{%")):
            for flow in compiled(_FLOW).finditer(value):
                literal, quoted = unquoted(flow[2])
                yield Field(
                    flow[1].strip("\"'"), literal, offset + flow.start(2) + quoted, (*parents, name), quoted, document
                )
            continue
        literal, quoted = unquoted(value)
        offset += quoted
        if name in LABELS:
            label = (indent, literal)
        elif name in VALUES and label[0] == indent:
            name = label[1]
        if not name and (assigned := compiled(_ASSIGNED).match(literal)):
            name = assigned[1]
            inner, inner_quoted = unquoted(assigned[2])
            offset, literal = offset + assigned.start(2) + inner_quoted, inner
        yield Field(name, literal, offset, parents, quoted, document)


#: What may go by another name: one that stands beside it, or that of what it is the default of.
_ELSEWHERE: Final = LABELS | VALUES | {"Default", "default", "defaultValue"}


def _block_end(text: str, at: int, indent: int) -> int:
    """Where the lines end that are blank, or farther to the right than what has this indentation."""
    match = _block(indent).match(text, at)
    return match.end() if match is not None else at


@lru_cache(64)
def _block(indent: int) -> re.Pattern[str]:
    return re.compile(rf"(?:[^\S\n]*+\n| {{{indent + 1},}}+[^\n]*+(?:\n|\Z))*+")


def _split(bare: str) -> tuple[str, str]:
    """Name and value of a line; a line that has no name is all value."""
    if bare[0] in "\"'":
        if (quoted := compiled(_QUOTED_NAME).match(bare)) is not None:
            return quoted[1][1:-1], bare[quoted.end() :].lstrip()
        return "", bare
    if bare[0] in "{[":
        return "", bare
    if bare.endswith(":") and ": " not in bare:
        return bare[:-1].rstrip(), ""
    name, colon, value = bare.partition(": ")
    return (name.rstrip(), value.lstrip()) if colon else ("", bare)
