"""Bake files in HCL's native syntax, read into bodies and expressions.

A recursive descent over the text: operators by their precedence, and places that are exact. It follows hclsyntax in
what it takes and refuses; what a name means is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from ...errors import CtxscanError
from ...regex import lazy
from . import numbers, templates
from .cursor import Cursor
from .syntax import (
    Argument,
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Comprehension,
    Conditional,
    Each,
    Expression,
    Index,
    Literal,
    ObjectOf,
    Splat,
    TupleOf,
    Unary,
    Variable,
)

#: How strongly each operator binds; one that begins like another comes first.
_OPERATORS: Final = {
    operator: level
    for level, operators in enumerate(
        (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
    )
    for operator in operators
}
#: Operators and steps in a row: each is evaluated inside the next.
MAX_CHAIN: Final = 60
_NUMBER: Final = lazy(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DIGITS: Final = lazy(r"\d+", re.ASCII)
_WORDS: Final = {"true": True, "false": False, "null": None}
#: A bare name as the key of an object.
_KEY: Final = lazy(r"([^\W\d][\w-]*)(?=[ \t]*(?:=(?!=)|:(?!:)))")


def body(text: str, label: str) -> Body:
    """What a file called `label` says. Raises `CtxscanError` with the line."""
    cursor = Cursor(text.removeprefix("\ufeff"), label)
    found = _body(cursor, opened=None)
    cursor.skip_lines()
    if cursor.at < cursor.end:
        cursor.fail("expected an argument or a block")
    return found


def expression(cursor: Cursor) -> Expression:
    """The expression where the cursor stands."""
    cursor.deeper()
    place = cursor.place()
    found = _binary(cursor, 0)
    if cursor.takes("?"):
        then = expression(cursor)
        if not cursor.takes(":"):
            cursor.fail("a condition needs : and what counts otherwise")
        found = Conditional(found, then, expression(cursor), place)
    cursor.depth -= 1
    return found


# --- bodies ---------------------------------------------------------------------------------------------------------


def _body(cursor: Cursor, *, opened: int | None) -> Body:
    """The arguments and blocks up to the brace that closes what was `opened`, or to the end."""
    arguments: dict[str, Argument] = {}
    blocks: list[Block] = []
    cursor.deeper()
    while True:
        cursor.skip_lines()
        if cursor.at >= cursor.end:
            if opened is not None:
                cursor.fail("the block is not closed", opened)
            break
        if cursor.sees("}"):
            break
        _item(cursor, arguments, blocks)
        if not cursor.line_end():
            cursor.fail("expected the end of the line")
    cursor.depth -= 1
    return Body(arguments, tuple(blocks))


def _item(cursor: Cursor, arguments: dict[str, Argument], blocks: list[Block]) -> None:
    cursor.skip()
    start, place = cursor.at, cursor.place()
    name = cursor.name()
    if name is None:
        cursor.fail("expected an argument or a block")
    if cursor.next("=") and not cursor.sees("=="):
        cursor.at += 1
        if name in arguments:
            cursor.fail(f"{name} is set already ({arguments[name].place})", start)
        arguments[name] = Argument(expression(cursor), place)
        return
    labels = []
    while not cursor.takes("{"):
        labels.append(_label(cursor))
    blocks.append(Block(name, tuple(labels), _braced(cursor, start), place))


def _label(cursor: Cursor) -> str:
    cursor.skip()
    if cursor.sees('"'):
        place = cursor.at
        found = templates.quoted(cursor, expression)
        if not isinstance(found, Literal) or not isinstance(found.value, str):
            cursor.fail("a label is plain text", place)
        return found.value
    name = cursor.name()
    if name is None:
        cursor.fail("expected = and a value, or a block in braces")
    return name


def _braced(cursor: Cursor, opened: int) -> Body:
    """The body of a block, behind its brace. On one line it has one argument at most."""
    if cursor.line_end():
        found = _body(cursor, opened=opened)
    else:
        arguments: dict[str, Argument] = {}
        blocks: list[Block] = []
        if not cursor.next("}"):
            _item(cursor, arguments, blocks)
            if blocks or not cursor.next("}"):
                cursor.fail("a block on one line has one argument at most")
        found = Body(arguments, ())
    cursor.expect("}", "at the end of the block")
    return found


# --- expressions ----------------------------------------------------------------------------------------------------


def _binary(cursor: Cursor, least: int) -> Expression:
    """Operands joined by operators that bind at least so strongly."""
    place = cursor.place()
    found = _unary(cursor)
    for _ in range(MAX_CHAIN):
        cursor.skip()
        operator = next((each for each in _OPERATORS if cursor.sees(each)), None)
        if operator is None or _OPERATORS[operator] < least:
            return found
        cursor.at += len(operator)
        found = Binary(operator, found, _binary(cursor, _OPERATORS[operator] + 1), place)
    cursor.fail(f"more than {MAX_CHAIN} operators in a row")


def _unary(cursor: Cursor) -> Expression:
    cursor.skip()
    place = cursor.place()
    for operator in "-!":
        if cursor.sees(operator) and not cursor.sees("!="):
            cursor.at += 1
            cursor.deeper()
            found = Unary(operator, _unary(cursor), place)
            cursor.depth -= 1
            return found
    return _steps(cursor, _term(cursor))


def _steps(cursor: Cursor, found: Expression) -> Expression:
    """What follows a term: attributes, indexes and splats."""
    count = 0
    while True:
        cursor.skip()
        place, start = cursor.place(), cursor.at
        count += 1
        if count > MAX_CHAIN:
            cursor.fail(f"more than {MAX_CHAIN} steps in a row")
        if cursor.sees("...") or not (cursor.sees(".") or cursor.sees("[")):
            return found
        if cursor.sees("["):
            found = _index(cursor, found, place)
            if isinstance(found, Splat):
                return found
            continue
        cursor.at += 1
        if cursor.takes("*"):
            return _attribute_splat(cursor, found, place)
        step = _dotted(cursor, found, place)
        if step is None:
            cursor.fail("expected a name behind the dot", start)
        found = step


def _dotted(cursor: Cursor, found: Expression, place: str) -> Expression | None:
    """The attribute behind a dot, or the index, as it was written once; None: there is neither."""
    name = cursor.name()
    if name is not None:
        return Attribute(found, name, place)
    digits = _DIGITS.match(cursor.text, cursor.at, cursor.end)
    if digits is None:
        return None
    cursor.at = digits.end()
    return Index(found, Literal(numbers.parsed(digits[0][:20]), place), place)


def _index(cursor: Cursor, found: Expression, place: str) -> Expression:
    cursor.at += 1
    loose, cursor.loose = cursor.loose, True
    if cursor.takes("*"):
        cursor.expect("]", "behind the star")
        cursor.loose = loose
        return Splat(found, _steps(cursor, Each(place)), place)
    key = expression(cursor)
    cursor.expect("]", "behind the index")
    cursor.loose = loose
    return Index(found, key, place)


def _attribute_splat(cursor: Cursor, found: Expression, place: str) -> Expression:
    """`.*`, which takes attributes alone along; what follows them is about the list."""
    step: Expression = Each(place)
    while cursor.next(".") and not cursor.sees("..."):
        cursor.at += 1
        name = cursor.name()
        if name is None:
            cursor.fail("expected a name behind the dot")
        step = Attribute(step, name, place)
    return _steps(cursor, Splat(found, step, place))


def _term(cursor: Cursor) -> Expression:
    cursor.skip()
    place = cursor.place()
    c = cursor.text[cursor.at] if cursor.at < cursor.end else ""
    if c == '"':
        return templates.quoted(cursor, expression)
    if c == "(":
        return _within(cursor, expression, ")")
    if c == "[":
        return _within(cursor, partial(_list, place=place), "]")
    if c == "{":
        return _object(cursor, place)
    if cursor.sees("<<"):
        return templates.heredoc(cursor, expression)
    if number := _NUMBER.match(cursor.text, cursor.at, cursor.end):
        cursor.at = number.end()
        try:
            return Literal(numbers.parsed(number[0]), place)
        except numbers.NumberProblem as problem:
            cursor.fail(str(problem), number.start())
    name = cursor.name()
    if name is None:
        cursor.fail('text needs double quotes (")' if c == "'" else "expected a value")
    while cursor.sees("::"):
        cursor.at += 2
        name = f"{name}::{cursor.name() or ''}"
    if cursor.next("("):
        return _within(cursor, partial(_call, name=name, place=place), ")")
    return Literal(_WORDS[name], place) if name in _WORDS else Variable(name, place)


def _within(cursor: Cursor, reads: Callable[[Cursor], Expression], closing: str) -> Expression:
    """What stands in brackets, in which line ends count for nothing."""
    start = cursor.at
    cursor.at += 1
    loose, cursor.loose = cursor.loose, True
    found = reads(cursor)
    if not cursor.takes(closing):
        cursor.fail(f"expected {closing} for the bracket of line {cursor.place(start).rpartition(':')[2]}")
    cursor.loose = loose
    return found


def _call(cursor: Cursor, name: str, place: str) -> Expression:
    arguments: list[Expression] = []
    expands = False
    while not cursor.next(")"):
        arguments.append(expression(cursor))
        expands = cursor.takes("...")
        if expands or not cursor.takes(","):
            break
    return Call(name, tuple(arguments), expands, place)


def _list(cursor: Cursor, place: str) -> Expression:
    if cursor.word("for"):
        return _comprehension(cursor, place, named=False)
    items: list[Expression] = []
    while not cursor.next("]"):
        items.append(expression(cursor))
        if not cursor.takes(","):
            break
    return TupleOf(tuple(items), place)


def _object(cursor: Cursor, place: str) -> Expression:
    start = cursor.at
    cursor.at += 1
    cursor.skip_lines()
    at = cursor.at
    if cursor.word("for") and not (cursor.next("=") or cursor.next(":")):
        cursor.at = start
        return _within(cursor, lambda inside: (inside.word("for"), _comprehension(inside, place, named=True))[1], "}")
    cursor.at = at
    loose, cursor.loose = cursor.loose, False
    entries = []
    while True:
        cursor.skip_lines()
        if cursor.takes("}"):
            break
        entries.append((_key(cursor), _entry(cursor)))
        ends = cursor.takes(",") or cursor.next("}") or (cursor.at < cursor.end and cursor.line_end())
        if not ends:
            cursor.fail("expected a comma, a new line or }")
    cursor.loose = loose
    return ObjectOf(tuple(entries), place)


def _key(cursor: Cursor) -> Expression:
    place, start = cursor.place(), cursor.at
    bare = _KEY.match(cursor.text, cursor.at, cursor.end)
    if bare is not None:
        cursor.at = bare.end()
        return Literal(bare[1], place)
    found = expression(cursor)
    if isinstance(found, Attribute) and cursor.text[start] not in '("':
        cursor.fail("a key with a dot needs quotes, or in brackets if it is a reference", start)
    return found


def _entry(cursor: Cursor) -> Expression:
    if not (cursor.takes("=") or cursor.takes(":")):
        cursor.fail("expected = behind the key")
    return expression(cursor)


def _comprehension(cursor: Cursor, place: str, *, named: bool) -> Expression:
    """What follows `for`, up to the bracket."""
    key, item = templates.for_names(cursor)
    over = expression(cursor)
    cursor.expect(":", "behind what is repeated")
    name = None
    value = expression(cursor)
    grouped = False
    if named:
        cursor.expect("=>", "behind the key")
        name, value = value, expression(cursor)
        grouped = cursor.takes("...")
    condition = expression(cursor) if cursor.word("if") else None
    return Comprehension(key, item, over, name, value, condition, grouped, place)


def expression_of(text: str, place: str) -> Expression:
    """A text of a JSON file that is an expression. Raises `CtxscanError` with that `place`."""
    cursor = Cursor(text, "")
    try:
        found = expression(cursor)
        if not cursor.line_end():
            cursor.fail("expected a name or a type")
    except CtxscanError as problem:
        raise CtxscanError(problem.message, place=place) from None
    return found


def parsed(text: str, place: str) -> Expression:
    """A text of a JSON file as a template. Raises `CtxscanError` with that `place`."""
    if "${" not in text and "%{" not in text:
        return Literal(text, place)
    try:
        return templates.whole(Cursor(text, ""), expression)
    except CtxscanError as problem:
        raise CtxscanError(problem.message, place=place) from None
