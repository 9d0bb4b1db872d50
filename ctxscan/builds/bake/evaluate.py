"""What expressions of a bake file mean.

Values are worked out when they are asked for, and nothing else is: a reference is looked up through a `Scope`, which
may have to evaluate a variable, a function or a target first. Work and results are bounded. A value of the environment
may be part of a result, so an error quotes what is written, never its value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final, Protocol

from ...errors import CtxscanError
from . import arithmetic, numbers
from .aggregates import AGGREGATES
from .arithmetic import ARITHMETIC
from .declared import type_named
from .numbers import NumberProblem
from .sets import SETS
from .signatures import MAX_ITEMS, MAX_TEXT, Library, Surroundings
from .syntax import (
    Attribute,
    Binary,
    Call,
    Comprehension,
    Conditional,
    Each,
    Expression,
    Index,
    Literal,
    ObjectOf,
    Repeated,
    Splat,
    Template,
    TupleOf,
    Unary,
    Variable,
)
from .textual import TEXTUAL
from .values import (
    ANY,
    SEQUENCES,
    List,
    Map,
    Object,
    Set,
    Tuple,
    Unfit,
    Value,
    as_bool,
    as_number,
    as_text,
    converted,
    equal,
    type_of,
    unified,
)

STANDARD: Final[Library] = {**TEXTUAL, **ARITHMETIC, **AGGREGATES, **SETS}
#: Calls whose arguments are not simply evaluated.
SPECIAL: Final = ("try", "can", "convert")
#: Steps for what is asked for, and for all targets of a file; the weight of one value (its parts, and 16 characters
#: each), and expressions in one another.
MAX_EFFORT: Final = 400_000
MOST_EFFORT: Final = 5 * MAX_EFFORT
MAX_WEIGHT: Final = 1 << 18
MAX_DEPTH: Final = 150
#: The name by which a splat keeps its element; no name of a file has a star.
_EACH: Final = "*"


class Excess(CtxscanError):
    """A limit of ctxscan, which `try` does not catch."""


class Scope(Protocol):
    """What an expression may refer to."""

    surroundings: Surroundings

    def variable(self, name: str, place: str) -> Value: ...

    def attribute(self, kind: str, name: str, attribute: str | None, place: str) -> Value: ...

    def refers(self, name: str) -> bool: ...

    def function(self, name: str) -> Callable[[Evaluator, Sequence[Value], str], Value] | None: ...


class Evaluator:
    """Evaluates for one `Scope`; `effort` counts the steps that it has taken, and `depth` how deeply they are
    nested."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.effort = 0
        self.limit = MAX_EFFORT
        self.depth = 0

    def value(self, expression: Expression, names: Mapping[str, Value]) -> Value:
        """The value, where `names` are bound. Raises `CtxscanError` with the place."""
        self.spend(1, expression.place)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Excess(f"evaluated more than {MAX_DEPTH} deep", place=expression.place)
        try:
            return self._value(expression, names)
        except (Unfit, NumberProblem) as problem:
            raise CtxscanError(str(problem), place=expression.place) from None
        finally:
            self.depth -= 1

    def go_on(self) -> None:
        """Let the next target of a file have as many steps as one that is asked for alone."""
        self.limit = min(self.effort + MAX_EFFORT, MOST_EFFORT)

    def spend(self, effort: int, place: str) -> None:
        self.effort += effort
        if self.effort > self.limit:
            raise Excess(f"evaluating it takes more than {MAX_EFFORT} steps", place=place)

    def _value(self, expression: Expression, names: Mapping[str, Value]) -> Value:
        match expression:
            case Literal():
                return expression.value
            case Variable():
                if expression.name in names:
                    return names[expression.name]
                return self.scope.variable(expression.name, expression.place)
            case Template():
                return self._text(expression.parts, names, expression.place)
            case Repeated():
                return self._repeated(expression, names)
            case Attribute():
                return self._attribute(expression, names)
            case Index():
                return _indexed(self.value(expression.of, names), self.value(expression.key, names))
            case Each():
                return names[_EACH]
            case Splat():
                return self._splat(expression, names)
            case Call():
                return self._call(expression, names)
            case Unary():
                return _unary(expression.operator, self.value(expression.operand, names))
            case Binary(operator="&&" | "||"):
                return self._logical(expression, names)
            case Binary():
                left, right = self.value(expression.left, names), self.value(expression.right, names)
                self.spend(_weight(left, expression.place) + _weight(right, expression.place), expression.place)
                return _binary(expression.operator, left, right)
            case Conditional():
                return self._conditional(expression, names)
            case TupleOf():
                return self.bounded(
                    Tuple(tuple(self.value(each, names) for each in expression.items)), expression.place
                )
            case ObjectOf():
                entries = {self._name(key, names): self.value(each, names) for key, each in expression.entries}
                return self.bounded(Object(entries), expression.place)
            case Comprehension():
                return self.bounded(self._comprehension(expression, names), expression.place)

    def bounded(self, value: Value, place: str) -> Value:
        """The value, if it is not too large."""
        self.spend(_weight(value, place), place)
        return value

    def _name(self, key: Expression, names: Mapping[str, Value]) -> str:
        found = self.value(key, names)
        if found is None:
            raise CtxscanError("a key must not be null", place=key.place)
        return as_text(found)

    # --- templates ---

    def _text(self, parts: Sequence[Expression], names: Mapping[str, Value], place: str) -> str:
        out, size = [], 0
        for part in parts:
            found = self.value(part, names)
            if found is None:
                raise CtxscanError("null cannot be part of a text", place=part.place)
            try:
                out.append(as_text(found))
            except Unfit as problem:
                raise CtxscanError(f"it cannot be part of a text: {problem}", place=part.place) from None
            size += len(out[-1])
            if size > MAX_TEXT:
                raise Excess(f"the text has more than {MAX_TEXT} characters", place=place)
        return "".join(out)

    def _repeated(self, expression: Repeated, names: Mapping[str, Value]) -> str:
        out, size = [], 0
        for key, item in _pairs(self.value(expression.over, names)):
            bound = {**names, expression.item: item, **({expression.key: key} if expression.key else {})}
            out.append(as_text(self.value(expression.body, bound)))
            size += len(out[-1])
            if size > MAX_TEXT:
                raise Excess(f"the text has more than {MAX_TEXT} characters", place=expression.place)
        return "".join(out)

    # --- references ---

    def _attribute(self, expression: Attribute, names: Mapping[str, Value]) -> Value:
        of = expression.of
        if isinstance(of, Attribute) and isinstance(of.of, Variable) and self._is_block(of.of, names):
            return self.scope.attribute(of.of.name, of.name, expression.name, expression.place)
        if isinstance(of, Variable) and self._is_block(of, names):
            return self.scope.attribute(of.name, expression.name, None, expression.place)
        found = self.value(of, names)
        if isinstance(found, Object | Map):
            if expression.name not in found.entries:
                raise Unfit(f'there is no attribute named "{expression.name}"')
            return found.entries[expression.name]
        if found is None:
            raise Unfit("null has no attributes")
        raise Unfit("this value has no attributes")

    def _is_block(self, of: Variable, names: Mapping[str, Value]) -> bool:
        return of.name not in names and self.scope.refers(of.name)

    def _splat(self, expression: Splat, names: Mapping[str, Value]) -> Value:
        found = self.value(expression.of, names)
        if found is None:
            return Tuple(())
        items = found.items if isinstance(found, SEQUENCES) else (found,)
        made = tuple(self.value(expression.step, {**names, _EACH: each}) for each in items)
        if isinstance(found, List | Set):
            return List(made, type_of(made[0]) if made else ANY)
        return Tuple(made)

    # --- choice and repetition ---

    def _conditional(self, expression: Conditional, names: Mapping[str, Value]) -> Value:
        """The chosen branch, converted to the type that both have in common; an error in the other is ignored."""
        condition = self.value(expression.condition, names)
        if condition is None:
            raise CtxscanError("the condition must not be null", place=expression.condition.place)
        try:
            chosen = as_bool(condition)
        except Unfit as problem:
            raise CtxscanError(f"the condition is no bool: {problem}", place=expression.condition.place) from None
        found = self.value(expression.then if chosen else expression.other, names)
        try:
            other = self.value(expression.other if chosen else expression.then, names)
        except Excess:
            raise
        except CtxscanError:
            return found
        if found is None or other is None:
            return found
        common = unified([type_of(found), type_of(other)])
        if common is None:
            kinds = f"{type_of(found)} and {type_of(other)}"
            raise Unfit(f"the two results of the condition have no type in common: {kinds}")
        return converted(found, common)

    def _logical(self, expression: Binary, names: Mapping[str, Value]) -> Value:
        """`&&` and `||`: where one side decides, an error in the other is ignored."""
        decides = expression.operator == "||"
        problem: CtxscanError | None = None
        found: list[bool] = []
        for each in (expression.left, expression.right):
            try:
                value = self.value(each, names)
            except Excess:
                raise
            except CtxscanError as error:
                problem = problem or error
                continue
            if value is None:
                raise Unfit(f"{expression.operator} takes no null")
            try:
                found.append(as_bool(value))
            except Unfit as unfit:
                raise Unfit(f"unsuitable operand of {expression.operator}: {unfit}") from None
        if decides in found:
            return decides
        if problem is not None:
            raise problem
        return not decides

    def _comprehension(self, expression: Comprehension, names: Mapping[str, Value]) -> Value:
        items: list[Value] = []
        entries: dict[str, Value] = {}
        groups: dict[str, list[Value]] = {}
        over = self.value(expression.over, names)
        for key, item in _pairs(over):
            bound = {**names, expression.item: item, **({expression.key: key} if expression.key else {})}
            if expression.condition is not None and not self._holds(expression.condition, bound):
                continue
            if expression.name is None:
                items.append(self.value(expression.value, bound))
                continue
            name = self._name(expression.name, bound)
            found = self.value(expression.value, bound)
            if expression.grouped:
                groups.setdefault(name, []).append(found)
            elif name in entries:
                raise Unfit("two items have the same key; ... behind the value groups them")
            else:
                entries[name] = found
        if expression.name is None:
            return Tuple(tuple(items))
        return Object({name: Tuple(tuple(each)) for name, each in groups.items()} if expression.grouped else entries)

    def _holds(self, condition: Expression, names: Mapping[str, Value]) -> bool:
        found = self.value(condition, names)
        if found is None:
            raise CtxscanError("the condition must not be null", place=condition.place)
        return as_bool(found)

    # --- calls ---

    def _call(self, expression: Call, names: Mapping[str, Value]) -> Value:
        name, place = expression.name, expression.place
        if name in SPECIAL:
            return self._special(expression, names)
        standard, own = STANDARD.get(name), self.scope.function(name)
        if standard is None and own is None:
            raise Unfit(f"there is no function named {name}")
        given = [self.value(each, names) for each in expression.arguments]
        if expression.expands:
            last = given.pop()
            if not isinstance(last, SEQUENCES):
                raise Unfit("only a list or tuple can be expanded into arguments")
            given += last.items
        self.spend(sum(_weight(each, place) for each in given), place)
        if standard is None and own is not None:
            return own(self, given, place)
        try:
            found = standard(given, self.scope.surroundings) if standard else None
        except (Unfit, NumberProblem) as problem:
            raise CtxscanError(f"{name}: {problem}", place=place) from None
        return self.bounded(found, place)

    def _special(self, expression: Call, names: Mapping[str, Value]) -> Value:
        given = expression.arguments
        if expression.name == "convert":
            if len(given) != 2:
                raise Unfit("convert takes a value and a type")
            return converted(self.value(given[0], names), type_named(given[1]))
        if not given or (expression.name == "can" and len(given) > 1):
            raise Unfit(f"{expression.name} takes {'one expression' if given else 'an expression'}")
        for each in given:
            try:
                found = self.value(each, names)
            except Excess:
                raise
            except CtxscanError:
                continue
            return True if expression.name == "can" else found
        if expression.name == "can":
            return False
        raise Unfit("no call to try succeeds")


def _weight(value: Value, place: str) -> int:
    """The number of parts of a value; 16 characters count as one."""
    total, todo = 0, [value]
    while todo:
        each = todo.pop()
        total += 1
        if isinstance(each, str):
            if len(each) > MAX_TEXT:
                raise Excess(f"the text has more than {MAX_TEXT} characters", place=place)
            total += len(each) >> 4
        elif isinstance(each, SEQUENCES):
            if len(each.items) > MAX_ITEMS:
                raise Excess(f"the list has more than {MAX_ITEMS} elements", place=place)
            todo.extend(each.items)
        elif isinstance(each, Object | Map):
            total += sum(len(key) for key in each.entries) >> 4
            todo.extend(each.entries.values())
        if total > MAX_WEIGHT:
            raise Excess(f"the value has more than {MAX_WEIGHT} parts", place=place)
    return total


def _indexed(found: Value, key: Value) -> Value:
    if found is None or key is None:
        raise Unfit("null has no elements, and is no index")
    if isinstance(found, Object | Map):
        name = as_text(key)
        if name not in found.entries:
            raise Unfit("the given key does not identify an element")
        return found.entries[name]
    if isinstance(found, Tuple | List):
        number = as_number(key)
        if isinstance(number, float) or number.denominator != 1 or not 0 <= number < len(found.items):
            raise Unfit("the given index does not identify an element: it is a whole number from 0")
        return found.items[number.numerator]
    raise Unfit("this value does not have any indices")


def _pairs(found: Value) -> list[tuple[Value, Value]]:
    """Keys and elements of what can be repeated, in order."""
    if found is None:
        raise Unfit("null cannot be used as the collection of for")
    if isinstance(found, Object | Map):
        return [(key, found.entries[key]) for key in sorted(found.entries)]
    if isinstance(found, Set):
        return [(each, each) for each in found.items]
    if isinstance(found, Tuple | List):
        return [(Fraction(at), each) for at, each in enumerate(found.items)]
    raise Unfit(f"a {type_of(found)} cannot be used as the collection of for")


# --- operators ------------------------------------------------------------------------------------------------------


def _unary(operator: str, operand: Value) -> Value:
    if operand is None:
        raise Unfit(f"{operator} takes no null")
    return not as_bool(operand) if operator == "!" else -as_number(operand)


def _binary(operator: str, left: Value, right: Value) -> Value:
    if operator in ("==", "!="):
        return equal(left, right) is (operator == "==")
    if left is None or right is None:
        raise Unfit(f"{operator} takes no null")
    try:
        function = _ARITHMETIC[operator]
        return function(as_number(left), as_number(right))
    except Unfit as problem:
        raise Unfit(f"unsuitable operand of {operator}: {problem}") from None


_ARITHMETIC: Final[Mapping[str, Callable[..., Value]]] = {
    "+": numbers.add,
    "-": arithmetic.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "%": numbers.modulo,
    "<": arithmetic.lessthan,
    "<=": arithmetic.lessthanorequalto,
    ">": arithmetic.greaterthan,
    ">=": arithmetic.greaterthanorequalto,
}
