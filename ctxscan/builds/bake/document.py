"""The merged content of bake files: variables, functions, groups and targets, and what the matrix of a target makes.

Used by `scope` and `targets`. Blocks of other kinds and unknown arguments are ignored, as in bake.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ...errors import CtxscanError
from ...regex import lazy
from .evaluate import Evaluator
from .syntax import Argument, Block, Body
from .values import MAPPINGS, SEQUENCES, Unfit, Value, as_text

#: Targets of one matrix.
MAX_MATRIX: Final = 2_000
_NAME: Final = lazy(r"[a-zA-Z0-9_-]+")


@dataclass(slots=True)
class Document:
    """What all files say together. Of a variable, function or group the last block counts; those of a target add up."""

    arguments: dict[str, Argument] = field(default_factory=dict)
    variables: dict[str, Block] = field(default_factory=dict)
    functions: dict[str, Block] = field(default_factory=dict)
    groups: dict[str, Block] = field(default_factory=dict)
    targets: list[Block] = field(default_factory=list)


class Definition(NamedTuple):
    """One block of a target, under the name that it has with the values of its matrix, which are `bound`."""

    name: str
    block: Block
    bound: Mapping[str, Value]


def merged(bodies: Iterable[Body]) -> Document:
    """The files in their order. Raises `CtxscanError` for a block whose label is not a name."""
    found = Document()
    for body in bodies:
        found.arguments |= body.arguments
        for block in body.blocks:
            if block.kind not in ("variable", "function", "group", "target"):
                continue
            if len(block.labels) != 1:
                raise CtxscanError(f"a {block.kind} has one name", place=block.place)
            (name,) = block.labels
            if block.kind in ("group", "target"):
                _refuse_name(name, block.place)
            if block.kind == "target":
                found.targets.append(block)
            elif block.kind == "group":
                if "targets" not in block.body.arguments:
                    raise CtxscanError(f"the group {name} has no targets", place=block.place)
                for key in ("matrix", "name"):
                    if key in block.body.arguments:
                        raise CtxscanError(f"a group has no {key}", place=block.body.arguments[key].place)
                found.groups[name] = block
            elif block.kind == "variable":
                found.variables[name] = block
            else:
                found.functions[name] = block
    return found


def _refuse_name(name: str, place: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise CtxscanError(f"{name!r} is no name of a target or group: letters, digits, _ and - are", place=place)


def expanded(block: Block, evaluator: Evaluator) -> Sequence[Definition]:
    """The targets that a block defines: one, or one for each combination of its matrix. Raises `CtxscanError`."""
    (label,) = block.labels
    matrix, name = block.body.arguments.get("matrix"), block.body.arguments.get("name")
    if matrix is None:
        if name is not None:
            raise CtxscanError("name needs a matrix", place=name.place)
        return (Definition(label, block, {}),)
    axes = evaluator.value(matrix.value, {})
    if not isinstance(axes, MAPPINGS):
        raise CtxscanError("a matrix has to be a map", place=matrix.place)
    lists = [_axis(each, matrix.place) for each in axes.entries.values()]
    made: dict[str, Definition] = {}
    count = 1
    for each in lists:
        count *= len(each)
    if count > MAX_MATRIX:
        raise CtxscanError(f"the matrix makes more than {MAX_MATRIX} targets", place=matrix.place)
    for values in itertools.product(*lists):
        bound = dict(zip(axes.entries, values, strict=True))
        own = label
        if name is not None:
            try:
                own = as_text(evaluator.value(name.value, bound))
            except Unfit as problem:
                raise CtxscanError(f"the name of a target: {problem}", place=name.place) from None
        _refuse_name(own, block.place)
        if own in made:
            raise CtxscanError(f"the matrix makes two targets of one name: {own}", place=block.place)
        made[own] = Definition(own, block, bound)
    return tuple(made.values())


def _axis(value: Value, place: str) -> Sequence[Value]:
    if isinstance(value, SEQUENCES):
        return value.items
    if isinstance(value, MAPPINGS):
        return tuple(value.entries[key] for key in sorted(value.entries))
    raise CtxscanError("the values of a matrix have to be a list", place=place)
