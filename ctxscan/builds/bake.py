"""A bake plan, as `docker buildx bake --print` writes it: its targets, each as an order.

Beside `compose`. A plan is bake's own answer, with variables, groups, inheritance and matrices resolved; a bake file,
where they still have to be, is refused. Paths in a plan are relative to where bake was run, so they count from the
working directory. A plan can be read as a bake file again, so what would begin a variable there is escaped in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..errors import CtxscanError
from .order import Order, Orders, is_address, joined

#: What only a bake file has.
_UNRESOLVED: Final = ("inherits", "matrix", "variable", "function")
#: What a path in a plan may begin with: where bake was run, whatever its files are.
_HERE: Final = "cwd://"


def is_plan(document: object) -> bool:
    """Whether a JSON document is a plan, or a bake file."""
    return isinstance(document, dict) and isinstance(document.get("target"), dict)


def orders(document: Mapping[str, Any], label: str) -> Orders:
    """The builds of a plan that is called `label`, by name. Raises `CtxscanError`."""
    _refuse_unresolved(document, "the file", label)
    made, remarks = [], []
    for name, target in sorted(document["target"].items()):
        place = f"{label}: {name}"
        if not isinstance(target, dict):
            raise CtxscanError("a target has to be an object", place=place)
        _refuse_unresolved(target, "the target", place)
        order = _order(name, target, place)
        if is_address(order.context):
            remarks.append(f"{name} is skipped: its context {order.context} is no directory here")
        else:
            made.append(order)
    return Orders(tuple(made), tuple(remarks))


def _refuse_unresolved(given: Mapping[str, Any], what: str, place: str) -> None:
    key = next((key for key in _UNRESOLVED if given.get(key)), None)
    if key is not None:
        raise CtxscanError(f"{what} has {key}: docker buildx bake --print makes a plan of a bake file", place=place)


def _order(name: str, target: Mapping[str, Any], place: str) -> Order:
    context = _path(_text(target, "context", place) or ".")
    dockerfile, inline = _text(target, "dockerfile", place), _text(target, "dockerfile-inline", place)
    if dockerfile and not inline:
        own = dockerfile.startswith(_HERE) or is_address(context)
        dockerfile = _path(dockerfile) if own else joined(context, dockerfile)
    return Order(
        name=name,
        context=context,
        dockerfile=None if inline else dockerfile,
        text=_unescaped(inline).encode() if inline else None,
        label="dockerfile-inline" if inline else None,
        target=_text(target, "target", place),
        arguments={key: _unescaped(value) for key, value in _texts(target, "args", place)},
        contexts={
            key: value if is_address(value) else _path(value) for key, value in _texts(target, "contexts", place)
        },
        place=place,
    )


def _path(value: str) -> str:
    plain = value.removeprefix(_HERE)
    return plain if is_address(plain) else os.path.normpath(plain).replace(os.sep, "/")


def _unescaped(value: str) -> str:
    return value.replace("$${", "${").replace("%%{", "%{")


def _text(target: Mapping[str, Any], key: str, place: str) -> str | None:
    value = target.get(key)
    if value is not None and not isinstance(value, str):
        raise CtxscanError(f"{key} has to be a text", place=place)
    return value or None


def _texts(target: Mapping[str, Any], key: str, place: str) -> Iterator[tuple[str, str]]:
    """A mapping of texts; null is not passed."""
    value = target.get(key)
    if value is not None and not isinstance(value, dict):
        raise CtxscanError(f"{key} has to be an object", place=place)
    for name, each in (value or {}).items():
        if each is not None:
            if not isinstance(each, str):
                raise CtxscanError(f"{key}: {name} has to be a text", place=place)
            yield name, each
