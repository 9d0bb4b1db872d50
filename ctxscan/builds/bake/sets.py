"""Standard functions of bake files that are about sets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

from .signatures import MAX_ITEMS, Library, standard
from .values import ANY, List, Set, Tuple, Type, Unfit, Value, converted, equal, set_of, unified

SETS: Final[Library] = {}


def _common(sets: Sequence[Set]) -> tuple[list[Set], Type]:
    """Sets whose elements have one type. Raises `Unfit`."""
    known = [each.element for each in sets if each.items]
    element = unified(known) if known else ANY
    if element is None:
        raise Unfit("given sets must all have compatible element types")
    return [set_of([converted(item, element) for item in each.items], element) for each in sets], element


@standard(SETS, "set any")
def sethaselement(given: Set, wanted: Value) -> Value:
    return any(equal(each, wanted) for each in given.items)


@standard(SETS, "set set*")
def setunion(*given: Set) -> Value:
    sets, element = _common(given)
    return set_of([item for each in sets for item in each.items], element)


@standard(SETS, "set set*")
def setintersection(*given: Set) -> Value:
    sets, element = _common(given)
    return set_of([item for item in sets[0].items if all(_in(item, each) for each in sets[1:])], element)


@standard(SETS, "set set")
def setsubtract(left: Set, right: Set) -> Value:
    (first, second), element = _common((left, right))
    return set_of([item for item in first.items if not _in(item, second)], element)


@standard(SETS, "set set*")
def setsymmetricdifference(*given: Set) -> Value:
    sets, element = _common(given)
    found = sets[0]
    for each in sets[1:]:
        apart = [item for item in found.items if not _in(item, each)]
        found = set_of([*apart, *(item for item in each.items if not _in(item, found))], element)
    return found


def _in(item: Value, found: Set) -> bool:
    return any(equal(item, each) for each in found.items)


@standard(SETS, "any*")
def setproduct(*given: Value) -> Value:
    if len(given) < 2:
        raise Unfit("at least two arguments are required")
    lists = []
    for each in given:
        if not isinstance(each, Tuple | List | Set):
            raise Unfit("a set or a list is required")
        lists.append(each.items)
    if math.prod(map(len, lists)) > MAX_ITEMS // len(lists):
        raise Unfit("the product has too many elements")
    made: list[Value] = [Tuple(each) for each in itertools.product(*lists)]
    if all(isinstance(each, Set) for each in given):
        return set_of(made, ANY)
    return List(tuple(made), ANY)
