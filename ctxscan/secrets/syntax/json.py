"""JSON and its relatives with comments: strings by name, at any depth, also of text that is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...regex import compiled
from .field import Field

#: Every alternative takes what it begins to read, so no piece is looked at twice. Between them is nothing to read.
_TOKEN: Final = r'(?m)"((?:[^"\\\n]++|\\.)*+)(?:"|\\?$|(?=\n))|([{}\[\],:])|//[^\n]*+'
_ESCAPE: Final = r"(?s)\\(u[0-9a-fA-F]{4}|.)"
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
#: The names under which the name of a value stands beside it, and the value itself.
LABELS: Final = frozenset(("name", "key", "Name", "Key", "ParameterKey", "parameterKey"))
VALUES: Final = frozenset(("value", "Value", "ParameterValue", "parameterValue"))
#: Deeper down nobody keeps anything; what is there is read as if it were here.
_DEEPEST: Final = 64


def json(text: str) -> Iterator[Field]:
    """Every string value; elements of an array carry its name, `value` after `name` or `key` goes by what that says."""
    if '"' not in text:
        return
    parents: list[str] = []
    label = (-1, "")  # depth and value of the last `name`
    name, key = "", None  # the name that the next value has; a string that a colon may make a name
    at = -1
    for token in compiled(_TOKEN).finditer(text):
        mark = token[2]
        if token[1] is not None:
            key, at = token[1], token.start(1)
        elif mark == ":":
            if key is not None:
                name, key = unescaped(key), None
        elif mark is not None:
            if key is not None:
                value, key = unescaped(key), None
                if name in LABELS:
                    label = (len(parents), value)
                shown = label[1] if name in VALUES and label[0] == len(parents) else name
                yield Field(shown, value, at, tuple(parents), True)
            if mark in "{[":
                parents = [*parents[: _DEEPEST - 1], name]
                name = name if mark == "[" else ""
            elif mark in "}]" and parents:
                name, label = parents.pop(), (-1, "")
            # Inside an array the name stays that of the array.
    if key is not None:
        yield Field(name, unescaped(key), at, tuple(parents), True)


def unescaped(text: str) -> str:
    """What a JSON string stands for."""
    if "\\" not in text:
        return text
    return compiled(_ESCAPE).sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 5 else _ESCAPES.get(m[1], m[1]), text)
