"""Bake files in JSON, read into the same bodies and expressions as native ones.

The reader is our own, since places count, a key that is there twice is merged, and what Python's takes beyond JSON
(`NaN`, lone halves of characters) is refused. Every text is a template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ...regex import lazy
from ..documents import whole
from . import native, numbers
from .cursor import Cursor
from .syntax import Argument, Block, Body, Expression, Literal, ObjectOf, TupleOf

_BLANKS: Final = lazy(r"[ \t\r\n]*")
_STRING: Final = lazy(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER: Final = lazy(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_WORDS: Final = {"true": True, "false": False, "null": None}
#: Blocks with a label, and arguments that are names and no templates.
_BLOCKS: Final = ("variable", "function", "group", "target")
_NAMES: Final = ("params", "variadic_params", "type")
_COMMENT: Final = "//"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a JSON document: entries of an object with their places, items of an array, or a plain value."""

    value: _Value
    place: str


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    place: str
    node: Node


@dataclass(frozen=True, slots=True)
class Text:
    text: str


_Value: TypeAlias = tuple[Entry, ...] | list[Node] | Text | numbers.Number | bool | None


def body(text: str, label: str) -> Body:
    """What a file called `label` says. Raises `CtxscanError` with the line."""
    cursor = Cursor(text.removeprefix("\ufeff"), label)
    root = _node(cursor)
    _skip(cursor)
    if cursor.at < cursor.end:
        cursor.fail("there is more behind the end of the document")
    arguments: dict[str, Argument] = {}
    blocks: list[Block] = []
    for entry in _entries(root, cursor, "the document"):
        if entry.name in _BLOCKS:
            blocks += _labeled(entry, cursor)
        elif entry.name != _COMMENT:
            arguments[entry.name] = Argument(_expression(entry.node), entry.place)
    return Body(arguments, tuple(blocks))


def _labeled(entry: Entry, cursor: Cursor) -> Iterator[Block]:
    for named in _entries(entry.node, cursor, entry.name):
        if named.name == _COMMENT:
            continue
        for node in named.node.value if isinstance(named.node.value, list) else (named.node,):
            arguments: dict[str, Argument] = {}
            blocks: list[Block] = []
            for each in _entries(node, cursor, named.name):
                if entry.name == "variable" and each.name == "validation":
                    blocks += _validations(each, cursor)
                elif each.name != _COMMENT:
                    made = _names(each.node) if each.name in _NAMES else _expression(each.node)
                    arguments[each.name] = Argument(made, each.place)
            yield Block(entry.name, (named.name,), Body(arguments, tuple(blocks)), named.place)


def _validations(entry: Entry, cursor: Cursor) -> Iterator[Block]:
    for node in entry.node.value if isinstance(entry.node.value, list) else (entry.node,):
        inner = _entries(node, cursor, entry.name)
        made = {each.name: Argument(_expression(each.node), each.place) for each in inner}
        yield Block("validation", (), Body(made, ()), entry.place)


def _entries(node: Node, cursor: Cursor, whose: str) -> Sequence[Entry]:
    """The entries of an object, or of those in an array, in order."""
    if isinstance(node.value, tuple):
        return node.value
    if isinstance(node.value, list):
        return [entry for each in node.value for entry in _entries(each, cursor, whose)]
    line = node.place.rpartition(":")[2]
    cursor.fail(f"{whose} has to be an object (line {line})")


def _expression(node: Node) -> Expression:
    value = node.value
    if isinstance(value, Text):
        return native.parsed(value.text, node.place)
    if isinstance(value, list):
        return TupleOf(tuple(map(_expression, value)), node.place)
    if isinstance(value, tuple):
        entries = [each for each in value if each.name != _COMMENT]
        return ObjectOf(
            tuple((native.parsed(each.name, each.place), _expression(each.node)) for each in entries), node.place
        )
    return Literal(value, node.place)


def _names(node: Node) -> Expression:
    """Names, and types, are expressions in texts."""
    if isinstance(node.value, list):
        return TupleOf(tuple(map(_names, node.value)), node.place)
    if isinstance(node.value, Text):
        return native.expression_of(node.value.text, node.place)
    return Literal(None, node.place)


# --- reading --------------------------------------------------------------------------------------------------------


def _skip(cursor: Cursor) -> None:
    found = _BLANKS.match(cursor.text, cursor.at)
    cursor.at = found.end() if found else cursor.at


def _node(cursor: Cursor) -> Node:
    _skip(cursor)
    cursor.deeper()
    place, c = cursor.place(), cursor.text[cursor.at : cursor.at + 1]
    value: _Value
    if c == "{":
        value = tuple(_object(cursor))
    elif c == "[":
        value = list(_array(cursor))
    elif c == '"':
        value = Text(_string(cursor))
    elif number := _NUMBER.match(cursor.text, cursor.at):
        cursor.at = number.end()
        try:
            value = numbers.parsed(number[0])
        except numbers.NumberProblem as problem:
            cursor.fail(str(problem))
    else:
        word = next((each for each in _WORDS if cursor.sees(each)), None)
        if word is None:
            cursor.fail("not valid JSON: expected a value")
        cursor.at += len(word)
        value = _WORDS[word]
    cursor.depth -= 1
    return Node(value, place)


def _object(cursor: Cursor) -> Iterator[Entry]:
    for _ in _separated(cursor, "}"):
        place = cursor.place()
        if not cursor.sees('"'):
            cursor.fail("not valid JSON: expected a name in double quotes")
        name = _string(cursor)
        _skip(cursor)
        if not cursor.sees(":"):
            cursor.fail("not valid JSON: expected a colon")
        cursor.at += 1
        yield Entry(name, place, _node(cursor))


def _array(cursor: Cursor) -> Iterator[Node]:
    for _ in _separated(cursor, "]"):
        yield _node(cursor)


def _separated(cursor: Cursor, closing: str) -> Iterator[None]:
    """Yields once for each part between commas, which the caller reads, up to `closing`."""
    start = cursor.at
    cursor.at += 1
    _skip(cursor)
    first = True
    while not cursor.sees(closing) or not first:
        if not first:
            if cursor.sees(closing):
                break
            if not cursor.sees(","):
                cursor.fail(f"not valid JSON: expected a comma or {closing}", None if cursor.at < cursor.end else start)
            cursor.at += 1
            _skip(cursor)
            if cursor.sees(closing):
                cursor.fail("not valid JSON: a comma before the end")
        first = False
        yield None
        _skip(cursor)
    cursor.at += 1


def _string(cursor: Cursor) -> str:
    found = _STRING.match(cursor.text, cursor.at)
    if found is None:
        cursor.fail("not valid JSON: a text that is not closed, or with an escape that is none")
    cursor.at = found.end()
    return whole(str(json.loads(found[0])))
