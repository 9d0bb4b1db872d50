"""The parts of a bake file once it is read: bodies, blocks, and expressions as small trees.

Both forms of a file, HCL and JSON, become these. Every part knows its place, `file:line`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value
    place: str


@dataclass(frozen=True, slots=True)
class Template:
    """Text with parts that become text."""

    parts: tuple[Expression, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """`%{ for }` in a template: the text of `body` for each element."""

    key: str | None
    item: str
    over: Expression
    body: Expression
    place: str


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """`of.name`."""

    of: Expression
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Index:
    """`of[key]`."""

    of: Expression
    key: Expression
    place: str


@dataclass(frozen=True, slots=True)
class Each:
    """The element to which a splat applies its steps."""

    place: str


@dataclass(frozen=True, slots=True)
class Splat:
    """`of[*]`: `step` for each element, in which `Each` is the element."""

    of: Expression
    step: Expression
    place: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call; the last argument is a list of arguments if it `expands`."""

    name: str
    arguments: tuple[Expression, ...]
    expands: bool
    place: str


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: Expression
    place: str


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    place: str


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Expression
    then: Expression
    other: Expression
    place: str


@dataclass(frozen=True, slots=True)
class TupleOf:
    items: tuple[Expression, ...]
    place: str


@dataclass(frozen=True, slots=True)
class ObjectOf:
    entries: tuple[tuple[Expression, Expression], ...]
    place: str


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`[for …]`, or `{for …}` where there is a `name`; `grouped`: values of one name are collected."""

    key: str | None
    item: str
    over: Expression
    name: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool
    place: str


Expression: TypeAlias = (
    Literal
    | Template
    | Repeated
    | Variable
    | Attribute
    | Index
    | Each
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | TupleOf
    | ObjectOf
    | Comprehension
)


@dataclass(frozen=True, slots=True)
class Argument:
    """`name = value` in a body."""

    value: Expression
    place: str


@dataclass(frozen=True, slots=True)
class Body:
    arguments: Mapping[str, Argument]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Block:
    kind: str
    labels: tuple[str, ...]
    body: Body
    place: str


def inner(expression: Expression) -> Iterator[tuple[Expression, frozenset[str]]]:
    """The parts of an expression, each with the names that are bound in it."""
    none: frozenset[str] = frozenset()
    match expression:
        case Template():
            yield from ((each, none) for each in expression.parts)
        case Attribute():
            yield expression.of, none
        case Index():
            yield from ((expression.of, none), (expression.key, none))
        case Splat():
            yield from ((expression.of, none), (expression.step, none))
        case Call():
            yield from ((each, none) for each in expression.arguments)
        case Unary():
            yield expression.operand, none
        case Binary():
            yield from ((expression.left, none), (expression.right, none))
        case Conditional():
            yield from ((expression.condition, none), (expression.then, none), (expression.other, none))
        case TupleOf():
            yield from ((each, none) for each in expression.items)
        case ObjectOf():
            yield from ((each, none) for entry in expression.entries for each in entry)
        case Repeated():
            yield expression.over, none
            yield expression.body, frozenset(filter(None, (expression.key, expression.item)))
        case Comprehension():
            yield expression.over, none
            bound = frozenset(filter(None, (expression.key, expression.item)))
            for each in (expression.name, expression.value, expression.condition):
                if each is not None:
                    yield each, bound


def free_names(expression: Expression) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """The variables and the functions that an expression needs from elsewhere, each with a place."""
    variables: set[tuple[str, str]] = set()
    functions: set[tuple[str, str]] = set()
    todo: list[tuple[Expression, frozenset[str]]] = [(expression, frozenset())]
    while todo:
        each, bound = todo.pop()
        if isinstance(each, Variable) and each.name not in bound:
            variables.add((each.name, each.place))
        if isinstance(each, Call):
            functions.add((each.name, each.place))
            if each.name == "convert":
                todo += [(each.arguments[0], bound)] if each.arguments else []
                continue
        todo += [(part, bound | more) for part, more in inner(each)]
    return frozenset(variables), frozenset(functions)
