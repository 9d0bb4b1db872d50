"""Types as bake files write them: `list(string)`, `object({ a = optional(number) })`."""

from __future__ import annotations

from ...errors import CtxscanError
from .syntax import Call, Expression, Literal, ObjectOf, TupleOf, Variable
from .values import ANY, BOOL, NUMBER, STRING, Type


def type_named(expression: Expression) -> Type:
    """The type that an expression names: `list(string)`. Raises `CtxscanError`."""
    plain = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": ANY}
    if isinstance(expression, Variable) and expression.name in plain:
        return plain[expression.name]
    if isinstance(expression, Variable) and expression.name in ("list", "set", "map"):
        return Type(expression.name, ANY)
    if isinstance(expression, Call) and len(expression.arguments) == 1:
        (of,) = expression.arguments
        if expression.name in ("list", "set", "map"):
            return Type(expression.name, type_named(of))
        if expression.name == "tuple" and isinstance(of, TupleOf):
            return Type("tuple", parts=tuple(map(type_named, of.items)))
        if expression.name == "object" and isinstance(of, ObjectOf):
            return _object_type(of)
    raise CtxscanError("it names no type", place=expression.place)


def _object_type(of: ObjectOf) -> Type:
    fields, optional = [], set()
    for key, each in of.entries:
        name = key.value if isinstance(key, Literal) and isinstance(key.value, str) else None
        if name is None:
            raise CtxscanError("a field of a type has a plain name", place=key.place)
        if isinstance(each, Call) and each.name == "optional" and each.arguments:
            optional.add(name)
            each = each.arguments[0]
        fields.append((name, type_named(each)))
    return Type("object", fields=tuple(sorted(fields)), optional=frozenset(optional))
