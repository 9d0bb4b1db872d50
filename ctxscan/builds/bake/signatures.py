"""What a standard function takes, and how it is called.

A module of functions gathers them with `standard`, which writes down the parameters in one line: `text number any…`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

from .values import ANY, BOOL, NUMBER, STRING, Type, Unfit, Value, converted

#: The longest text that a function makes, and the most elements of a list.
MAX_TEXT: Final = 1 << 20
MAX_ITEMS: Final = 1 << 16
_TYPES: Final = {
    "text": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": ANY,
    "list": Type("list", ANY),
    "texts": Type("list", STRING),
    "set": Type("set", ANY),
}


class Surroundings(NamedTuple):
    """What a function may know besides its arguments."""

    now: datetime
    home: str | None


class Parameter(NamedTuple):
    name: str
    type: Type
    nullable: bool


class Function(NamedTuple):
    """A standard function; `rest` is the parameter of all further arguments."""

    name: str
    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    call: Callable[..., Value]
    surrounded: bool

    def __call__(self, given: Sequence[Value], surroundings: Surroundings) -> Value:
        """The value of a call. Raises `Unfit`, and says which argument it is."""
        if len(given) < len(self.parameters):
            raise Unfit(f"it takes {len(self.parameters)} arguments, and {len(given)} are given")
        if self.rest is None and len(given) > len(self.parameters):
            raise Unfit(f"it takes only {len(self.parameters)} arguments, and {len(given)} are given")
        made: list[Value] = []
        for at, value in enumerate(given):
            parameter = self.parameters[at] if at < len(self.parameters) else self.rest
            if parameter is None:
                continue
            if value is None and not parameter.nullable:
                raise Unfit(f"argument {at + 1} must not be null")
            try:
                made.append(converted(value, parameter.type))
            except Unfit as problem:
                raise Unfit(f"argument {at + 1}: {problem}") from None
        return self.call(surroundings, *made) if self.surrounded else self.call(*made)


#: Functions by their names.
Library: TypeAlias = dict[str, Function]


def standard(library: Library, takes: str, *names: str, surrounded: bool = False) -> Callable[[Any], Any]:
    """Put a function into a library. `takes` names the types of its parameters in order: one that ends in `?` may be
    null, and the last one may be repeated if it ends in `*`."""

    def add(call: Callable[..., Value]) -> Callable[..., Value]:
        parameters, rest = [], None
        for word in takes.split():
            parameter = Parameter(word.rstrip("*?"), _TYPES[word.rstrip("*?")], "?" in word)
            if word.endswith("*"):
                rest = parameter
            else:
                parameters.append(parameter)
        for name in names or (call.__name__.strip("_"),):
            library[name] = Function(name, tuple(parameters), rest, call, surrounded)
        return call

    return add
