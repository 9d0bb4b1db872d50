"""Standard functions of bake files that are about lists and mappings, truth and comparison."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from . import formatting, numbers
from .numbers import Number, NumberProblem
from .signatures import Library, standard
from .values import (
    NUMBER,
    STRING,
    List,
    Map,
    Object,
    Set,
    Tuple,
    Type,
    Unfit,
    Value,
    as_text,
    converted,
    distinct,
    equal,
    type_of,
    unified,
)

AGGREGATES: Final[Library] = {}
#: Numbers that `range` makes at most, as with go-cty.
MAX_RANGE: Final = 1024


# --- truth ----------------------------------------------------------------------------------------------------------


@standard(AGGREGATES, "bool bool")
def _and(left: bool, right: bool) -> Value:
    return left and right


@standard(AGGREGATES, "bool bool")
def _or(left: bool, right: bool) -> Value:
    return left or right


@standard(AGGREGATES, "bool")
def _not(value: bool) -> Value:
    return not value


@standard(AGGREGATES, "any? any?", "equal")
def _equal(left: Value, right: Value) -> Value:
    return equal(left, right)


@standard(AGGREGATES, "any? any?")
def notequal(left: Value, right: Value) -> Value:
    return not equal(left, right)


@standard(AGGREGATES, "any?*")
def coalesce(*given: Value) -> Value:
    """The first that is not null, as one of the type that all of them have in common."""
    there = [each for each in given if each is not None]
    if not there:
        raise Unfit("no non-null arguments")
    common = unified(list(map(type_of, there)))
    if common is None:
        raise Unfit("all arguments must have the same type")
    return converted(there[0], common)


@standard(AGGREGATES, "any?*")
def coalescelist(*given: Value) -> Value:
    for each in given:
        if each is not None and _items(each, "argument"):
            return each
    raise Unfit("no non-null arguments")


# --- lists ----------------------------------------------------------------------------------------------------------


def _items(value: Value, whose: str) -> tuple[Value, ...]:
    if isinstance(value, Tuple | List):
        return value.items
    raise Unfit(f"{whose} must be a list or tuple")


@standard(AGGREGATES, "any*")
def concat(*given: Value) -> Value:
    for each in given:
        if not isinstance(each, Tuple | List):
            raise Unfit(f"all arguments must be lists or tuples; got {type_of(each)}")
    items = tuple(item for each in given for item in _items(each, "argument"))
    if not given:
        raise Unfit("at least one argument is required")
    if all(isinstance(each, List) for each in given):
        element = unified([type_of(each).of for each in given])
        if element is not None:
            return List(tuple(converted(each, element) for each in items), element)
    return Tuple(items)


@standard(AGGREGATES, "any any?")
def contains(collection: Value, wanted: Value) -> Value:
    if not isinstance(collection, Tuple | List | Set):
        raise Unfit("argument must be list, tuple, or set")
    return any(equal(each, wanted) for each in collection.items)


@standard(AGGREGATES, "any")
def length(value: Value) -> Value:
    if isinstance(value, Tuple | List | Set):
        return Fraction(len(value.items))
    if isinstance(value, Map):
        return Fraction(len(value.entries))
    raise Unfit("collection must be a list, a map or a tuple")


@standard(AGGREGATES, "any number")
def element(collection: Value, number: Number) -> Value:
    """The element at a position that begins again behind the end."""
    items = _items(collection, "argument 1")
    if not items:
        raise Unfit("cannot use element function with an empty list")
    return items[_whole(number) % len(items)]


@standard(AGGREGATES, "any any")
def index(collection: Value, key: Value) -> Value:
    found = _at(collection, key)
    if found is None:
        raise Unfit("index does not exist")
    return found[0]


@standard(AGGREGATES, "any any")
def hasindex(collection: Value, key: Value) -> Value:
    return _at(collection, key) is not None


def _at(collection: Value, key: Value) -> tuple[Value] | None:
    if isinstance(collection, Tuple | List):
        if not isinstance(key, Fraction | float):
            raise Unfit("key for tuple must be number")
        at = key.numerator if isinstance(key, Fraction) and key.denominator == 1 else -1
        return (collection.items[at],) if 0 <= at < len(collection.items) else None
    if isinstance(collection, Map):
        if not isinstance(key, str):
            raise Unfit("key for map must be string")
        return (collection.entries[key],) if key in collection.entries else None
    raise Unfit("collection must be a list, a map or a tuple")


@standard(AGGREGATES, "any any")
def indexof(collection: Value, wanted: Value) -> Value:
    for at, each in enumerate(_items(collection, "argument")):
        if equal(each, wanted):
            return Fraction(at)
    raise Unfit("item not found")


@standard(AGGREGATES, "any number number")
def _slice(collection: Value, start: Number, end: Number) -> Value:
    items = _items(collection, "argument 1")
    low, high = _whole(start), _whole(end)
    if not 0 <= low <= high:
        raise Unfit("start index must not be less than zero, nor greater than the end index")
    if high > len(items):
        raise Unfit("end index must not be greater than the length of the list")
    return _like(collection, items[low:high])


def _like(collection: Value, items: Sequence[Value]) -> Value:
    return List(tuple(items), collection.element) if isinstance(collection, List | Set) else Tuple(tuple(items))


@standard(AGGREGATES, "any")
def reverselist(collection: Value) -> Value:
    if not isinstance(collection, Tuple | List | Set):
        raise Unfit("can only reverse list or tuple values")
    return _like(collection, collection.items[::-1])


@standard(AGGREGATES, "any")
def flatten(collection: Value) -> Value:
    if not isinstance(collection, Tuple | List | Set):
        raise Unfit("can only flatten lists, sets and tuples")
    return Tuple(tuple(_flat(collection.items)))


def _flat(items: Iterable[Value]) -> Iterator[Value]:
    for each in items:
        if isinstance(each, Tuple | List | Set):
            yield from _flat(each.items)
        else:
            yield each


@standard(AGGREGATES, "texts")
def compact(given: List) -> Value:
    return List(tuple(each for each in given.items if each not in (None, "")), STRING)


@standard(AGGREGATES, "list", "distinct")
def _distinct(given: List) -> Value:
    return List(distinct(given.items), given.element)


@standard(AGGREGATES, "texts")
def sort(given: List) -> Value:
    if None in given.items:
        raise Unfit("given list element is null; a null string cannot be sorted")
    return List(tuple(sorted(map(as_text, given.items))), STRING)


@standard(AGGREGATES, "list number")
def chunklist(given: List, size: Number) -> Value:
    count = _whole(size)
    if count < 0:
        raise Unfit("the size argument must be positive")
    step = count or max(1, len(given.items))
    parts = [List(given.items[at : at + step], given.element) for at in range(0, len(given.items), step)]
    return List(tuple(parts), Type("list", given.element))


@standard(AGGREGATES, "number*")
def _range(*given: Number) -> Value:
    if not 1 <= len(given) <= 3 or any(isinstance(each, float) for each in given):
        raise Unfit("must have one, two or three finite numbers")
    low, high = (Fraction(0), given[0]) if len(given) == 1 else (Fraction(given[0]), given[1])
    step = Fraction(given[2]) if len(given) == 3 else Fraction(1 if low <= high else -1)
    if not step or (step > 0) is (low > high):
        raise Unfit("the step must lead from the start to the end")
    count = max(0, math.ceil((Fraction(high) - low) / step))
    if count > MAX_RANGE:
        raise Unfit(f"more than {MAX_RANGE} values were generated")
    return List(tuple(low + step * at for at in range(count)), NUMBER)


# --- mappings -------------------------------------------------------------------------------------------------------


def _entries(value: Value) -> dict[str, Value]:
    if isinstance(value, Object | Map):
        return dict(sorted(value.entries.items()))
    raise Unfit("a map or an object is required")


@standard(AGGREGATES, "any")
def keys(value: Value) -> Value:
    names = tuple(_entries(value))
    return List(names, STRING) if isinstance(value, Map) else Tuple(names)


@standard(AGGREGATES, "any")
def values(value: Value) -> Value:
    found = tuple(_entries(value).values())
    return List(found, value.element) if isinstance(value, Map) else Tuple(found)


@standard(AGGREGATES, "any text any")
def lookup(value: Value, key: str, default: Value) -> Value:
    found = _entries(value)
    if isinstance(value, Map):
        default = converted(default, value.element)
    return found.get(key, default)


@standard(AGGREGATES, "any?*")
def merge(*given: Value) -> Value:
    made: dict[str, Value] = {}
    for each in given:
        if each is not None:
            made |= _entries(each)
    maps = [each for each in given if isinstance(each, Map)]
    if maps and len(maps) == len(given) and len({each.element for each in maps}) == 1:
        return Map(made, maps[0].element)
    return Object(made)


@standard(AGGREGATES, "texts any")
def zipmap(names: List, found: Value) -> Value:
    items = _items(found, "argument 2")
    if len(items) != len(names.items):
        raise Unfit(f"number of keys ({len(names.items)}) does not match number of values ({len(items)})")
    if None in names.items:
        raise Unfit("a key must not be null")
    made = dict(zip(map(as_text, names.items), items, strict=True))
    return Map(made, found.element) if isinstance(found, List) else Object(made)


# --- documents ------------------------------------------------------------------------------------------------------


@standard(AGGREGATES, "any?")
def jsonencode(value: Value) -> Value:
    return formatting.encoded(value)


@standard(AGGREGATES, "text")
def jsondecode(text: str) -> Value:
    try:
        document = json.loads(text, parse_int=numbers.parsed, parse_float=numbers.parsed, parse_constant=_no_constant)
        return _decoded(document)
    except (ValueError, RecursionError):
        raise Unfit("not valid JSON") from None


def _no_constant(_: str) -> Any:
    raise ValueError


def _decoded(document: Any) -> Value:
    if isinstance(document, list):
        return Tuple(tuple(map(_decoded, document)))
    if isinstance(document, dict):
        return Object({key: _decoded(each) for key, each in document.items()})
    found: str | Number | bool | None = document
    return found


@standard(AGGREGATES, "text")
def csvdecode(text: str) -> Value:
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        names = next(rows, None)
        if not names or len(set(names)) != len(names):
            raise Unfit("the first line has to name each column once")
        made: list[Value] = []
        for row in rows:
            if row and len(row) != len(names):
                raise Unfit("a line has another number of columns")
            if row:
                made.append(Object(dict(zip(names, row, strict=True))))
    except csv.Error as problem:
        raise Unfit(f"not valid CSV: {problem}") from None
    return List(tuple(made), Type("object", fields=tuple((name, STRING) for name in sorted(names))))


def _whole(number: Number) -> int:
    try:
        return numbers.whole(number)
    except NumberProblem as problem:
        raise Unfit(str(problem)) from None
