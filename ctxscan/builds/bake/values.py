"""Values of bake files: texts, numbers, booleans, null and collections, their types, and how one becomes another.

A text is a `str`, a number a `Fraction` (or an infinite `float`), null is None. Bake tells literal collections (tuples,
objects) from converted ones (lists, maps, sets), and so does this: some functions take only one kind. Conversions and
unification follow go-cty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple, TypeAlias

from . import numbers
from .numbers import Number, NumberProblem


class Type(NamedTuple):
    """`kind` is a primitive, `any`, or a collection: of `element`, of `parts` (a tuple), or of `fields` (an object)."""

    kind: str
    element: Type | None = None
    parts: tuple[Type, ...] = ()
    fields: tuple[tuple[str, Type], ...] = ()
    optional: frozenset[str] = frozenset()

    @property
    def of(self) -> Type:
        """The type of the elements of a collection."""
        return self.element or ANY

    def __str__(self) -> str:
        return f"{self.kind} of {self.element}" if self.element and self.kind != "any" else self.kind


STRING: Final = Type("string")
NUMBER: Final = Type("number")
BOOL: Final = Type("bool")
#: The type of null, and of what is not known: everything fits.
ANY: Final = Type("any")


@dataclass(frozen=True, slots=True)
class Tuple:
    """A literal list: each element has its own type."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class List:
    items: tuple[Value, ...]
    element: Type


@dataclass(frozen=True, slots=True)
class Set:
    """Different values, in order."""

    items: tuple[Value, ...]
    element: Type


@dataclass(frozen=True, slots=True)
class Object:
    """A literal mapping: each attribute has its own type."""

    entries: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Map:
    entries: Mapping[str, Value]
    element: Type


Value: TypeAlias = str | Number | bool | Tuple | List | Set | Object | Map | None
SEQUENCES: Final = (Tuple, List, Set)
MAPPINGS: Final = (Object, Map)


class Unfit(ValueError):
    """A value that cannot become what is wanted."""


def type_of(value: Value) -> Type:
    match value:
        case None:
            return ANY
        case bool():
            return BOOL
        case str():
            return STRING
        case Tuple():
            return Type("tuple", parts=tuple(map(type_of, value.items)))
        case List():
            return Type("list", value.element)
        case Set():
            return Type("set", value.element)
        case Object():
            return Type("object", fields=tuple((key, type_of(each)) for key, each in sorted(value.entries.items())))
        case Map():
            return Type("map", value.element)
        case _:
            return NUMBER


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same, without any conversion: their types have to be."""
    if left is None or right is None:
        return left is right
    if isinstance(left, Tuple | List | Set) and type(left) is type(right):
        others = right.items
        return len(left.items) == len(others) and all(map(equal, left.items, others))
    if isinstance(left, Object | Map) and type(left) is type(right):
        entries = right.entries
        return left.entries.keys() == entries.keys() and all(
            equal(each, entries[key]) for key, each in left.entries.items()
        )
    return type_of(left) == type_of(right) and left == right


def distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    """Each value once, where it is first."""
    found: dict[object, Value] = {}
    for each in values:
        found.setdefault(_key(each), each)
    return tuple(found.values())


def set_of(values: Iterable[Value], element: Type) -> Set:
    return Set(tuple(sorted(distinct(values), key=_order)), element)


def _key(value: Value) -> object:
    """Something that is equal for equal values, and can be looked up."""
    match value:
        case Tuple() | List() | Set():
            return type(value).__name__, tuple(map(_key, value.items))
        case Object() | Map():
            return type(value).__name__, tuple((key, _key(each)) for key, each in sorted(value.entries.items()))
        case _:
            return type_of(value).kind, value


def _order(value: Value) -> tuple[str, object]:
    if isinstance(value, str):
        return "string", value
    return ("number", value) if isinstance(value, Fraction | float) else ("other", repr(_key(value)))


# --- conversion -----------------------------------------------------------------------------------------------------


def converted(value: Value, wanted: Type) -> Value:
    """`value` as one of the type `wanted`. Raises `Unfit`."""
    if value is None or wanted.kind == "any":
        return value
    match wanted.kind:
        case "string":
            return as_text(value)
        case "number":
            return as_number(value)
        case "bool":
            return as_bool(value)
        case "list" | "set":
            return _sequence(value, wanted)
        case "map":
            return _map(value, wanted)
        case "tuple":
            if isinstance(value, SEQUENCES) and len(value.items) == len(wanted.parts):
                return Tuple(tuple(map(converted, value.items, wanted.parts)))
        case "object":
            if isinstance(value, MAPPINGS):
                return _object(value.entries, wanted)
    raise Unfit(f"{wanted} required, but have {type_of(value)}")


def as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Fraction | float):
        return numbers.text(value)
    raise Unfit(f"string required, but have {type_of(value)}")


def as_number(value: Value) -> Number:
    if isinstance(value, str):
        try:
            return numbers.parsed(value)
        except NumberProblem as problem:
            raise Unfit(str(problem)) from None
    if isinstance(value, Fraction | float) and not isinstance(value, bool):
        return value
    raise Unfit(f"number required, but have {type_of(value)}")


def as_bool(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    raise Unfit("a bool is required" if isinstance(value, str) else f"bool required, but have {type_of(value)}")


def _sequence(value: Value, wanted: Type) -> Value:
    if not isinstance(value, SEQUENCES):
        raise Unfit(f"{wanted} required, but have {type_of(value)}")
    element = unified(list(map(type_of, value.items))) if wanted.of.kind == "any" else wanted.of
    if element is None:
        raise Unfit("all list elements must have the same type")
    items = tuple(converted(each, element) for each in value.items)
    return List(items, element) if wanted.kind == "list" else set_of(items, element)


def _map(value: Value, wanted: Type) -> Value:
    if not isinstance(value, MAPPINGS):
        raise Unfit(f"{wanted} required, but have {type_of(value)}")
    element = unified(list(map(type_of, value.entries.values()))) if wanted.of.kind == "any" else wanted.of
    if element is None:
        raise Unfit("all map elements must have the same type")
    return Map({key: converted(each, element) for key, each in value.entries.items()}, element)


def _object(entries: Mapping[str, Value], wanted: Type) -> Object:
    made: dict[str, Value] = {}
    for name, field in wanted.fields:
        if name not in entries and name not in wanted.optional:
            raise Unfit(f'attribute "{name}" is required')
        made[name] = converted(entries.get(name), field)
    return Object(made)


# --- unification ----------------------------------------------------------------------------------------------------


def unified(types: Sequence[Type]) -> Type | None:
    """The one type that values of all of these types become; None: there is none. `any` leaves each as it is."""
    if not types:
        return ANY
    if all(each == types[0] for each in types):
        return types[0]
    if any(each.kind == "any" for each in types):
        return ANY
    kinds = {each.kind for each in types}
    if kinds == {"object"}:
        return _unified_objects(types)
    if kinds == {"tuple"}:
        return _unified_tuples(types)
    if kinds <= {"list", "tuple", "set"} and kinds != {"tuple", "set"}:
        element = unified([inner for each in types for inner in (each.parts or (each.of,))])
        return element and Type("set" if kinds == {"set"} else "list", element)
    if kinds <= {"map", "object"}:
        element = unified([inner for each in types for inner in _inner(each)])
        return element and Type("map", element)
    if kinds <= {"string", "number", "bool"} and "string" in kinds:
        return STRING
    return None


def _inner(each: Type) -> tuple[Type, ...]:
    return tuple(inner for _, inner in each.fields) if each.kind == "object" else (each.of,)


def _unified_objects(types: Sequence[Type]) -> Type | None:
    names = [tuple(name for name, _ in each.fields) for each in types]
    if all(each == names[0] for each in names):
        across = [unified([each.fields[at][1] for each in types]) for at in range(len(names[0]))]
        if None not in across:
            return Type(
                "object", fields=tuple((name, each or ANY) for name, each in zip(names[0], across, strict=True))
            )
    element = unified([inner for each in types for inner in _inner(each)])
    return element and Type("map", element)


def _unified_tuples(types: Sequence[Type]) -> Type | None:
    if all(len(each.parts) == len(types[0].parts) for each in types):
        across = [unified(each) for each in zip(*(each.parts for each in types), strict=True)]
        if None not in across:
            return Type("tuple", parts=tuple(each or ANY for each in across))
    element = unified([inner for each in types for inner in each.parts])
    return element and Type("list", element)
