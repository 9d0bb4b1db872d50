"""What names in bake files refer to: variables with the environment, functions of the files, other targets.

Each is evaluated when it is first asked for, and kept. The values of the environment are used and never printed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from ...errors import CtxscanError
from ...regex import lazy
from .aggregates import jsondecode
from .declared import type_named
from .document import Definition, Document, expanded
from .evaluate import SPECIAL, STANDARD, Evaluator
from .numbers import NumberProblem, parsed
from .signatures import Surroundings
from .syntax import Block, TupleOf, Variable, free_names
from .values import ANY, BOOL, NUMBER, STRING, Map, Object, Tuple, Type, Unfit, Value, converted, type_of

#: Go's words for true and false.
_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_FALSE: Final = ("0", "f", "F", "FALSE", "false", "False")
_TEXTS: Final = Type("list", STRING)
_PAIRS: Final = Type("map", STRING)
#: The arguments of a target that another one can refer to, by their types.
KINDS: Final[Mapping[str, Type]] = {
    **dict.fromkeys("context dockerfile dockerfile-inline target call network shm-size description".split(), STRING),
    **dict.fromkeys(("pull", "no-cache"), BOOL),
    **dict.fromkeys("inherits annotations tags platforms no-cache-filter ulimits entitlements targets".split(), _TEXTS),
    **dict.fromkeys("attest cache-from cache-to secret ssh output".split(), ANY),
    **dict.fromkeys("contexts args labels extra-hosts".split(), _PAIRS),
}
_FLOAT: Final = lazy(r"[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?")


class Given(NamedTuple):
    """What the command line and the surroundings say: `--var`, the environment, and the platform builds are for.
    `used` is given each value of the environment that was looked up, with the name of its variable."""

    variables: Mapping[str, str]
    environment: Mapping[str, str]
    platform: str
    used: dict[str, str]

    @property
    def looks_up(self) -> bool:
        """Whether the environment counts for variables."""
        return self.environment.get("BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP", "") not in _TRUE

    @property
    def relative_to_file(self) -> bool:
        return self.environment.get("BUILDX_BAKE_FILE_RELATIVE_PATHS", "") in _TRUE

    def of(self, name: str) -> str | None:
        """What is given for a variable; None: its default counts."""
        if name in self.variables:
            return self.variables[name]
        if not self.looks_up:
            return None
        found = self.environment.get(name)
        if found:
            self.used[found] = name
        # The docker client itself sets it so, whatever it was.
        return "1" if name == "DEBUG" and found else found


@dataclass(slots=True)
class Scope:
    """One evaluation of a `document`. `open` is what is being evaluated, to tell a cycle."""

    document: Document
    given: Given
    surroundings: Surroundings
    known: dict[str, Value] = field(default_factory=dict)
    open: set[tuple[str, ...]] = field(default_factory=set)
    called: list[str] = field(default_factory=list)
    definitions: dict[str, list[Definition]] | None = None
    broken: dict[str, CtxscanError] = field(default_factory=dict)
    evaluator: Evaluator = field(init=False)

    def __post_init__(self) -> None:
        self.evaluator = Evaluator(self)

    # --- variables ---

    def variable(self, name: str, place: str) -> Value:
        """The value of a variable. Raises `CtxscanError` if there is none."""
        if name in self.known:
            return self.known[name]
        builtin = {"BAKE_CMD_CONTEXT": "cwd://", "BAKE_LOCAL_PLATFORM": self.given.platform}.get(name)
        if builtin is not None:
            return builtin
        if name not in self.document.variables and name not in self.document.arguments:
            raise CtxscanError(f"there is no variable named {name}", place=place)
        self._enter(("variable", name), f"variable cycle not allowed for {name}", place)
        try:
            self.known[name] = self.evaluator.bounded(self._resolved(name), place)
        finally:
            self.open.discard(("variable", name))
        return self.known[name]

    def _enter(self, what: tuple[str, ...], cycle: str, place: str) -> None:
        if what in self.open:
            raise CtxscanError(cycle, place=place)
        self.open.add(what)

    def _resolved(self, name: str) -> Value:
        block, argument = self.document.variables.get(name), self.document.arguments.get(name)
        if block is None:
            return self.evaluator.value(argument.value, {}) if argument else None
        own = block.body.arguments
        default = argument or own.get("default")
        # An argument of the file takes the place of the default and of the type.
        wanted = type_named(own["type"].value) if "type" in own and argument is None else None
        found = None if default is None else self.evaluator.value(default.value, {})
        if wanted is not None:
            try:
                found = converted(found, wanted)
            except Unfit as problem:
                raise CtxscanError(f"the default of {name} is not of its type: {problem}", place=block.place) from None
        try:
            return self._overridden(name, found, wanted, declared=default is not None)
        except (Unfit, NumberProblem) as problem:
            raise CtxscanError(f"what is given for {name} does not fit: {problem}", place=block.place) from None

    def _overridden(self, name: str, default: Value, wanted: Type | None, *, declared: bool) -> Value:
        text = self.given.of(name)
        other = f"{name}_JSON"
        encoded = None if other in self.document.variables else self.given.of(other)
        if wanted is not None:
            if encoded is not None:
                return converted(jsondecode(encoded), wanted)
            return default if text is None else _typed(text, wanted)
        text = encoded if text is None else text
        if text is None:
            return default if declared else ""
        if default is None or isinstance(default, str):
            return text
        if isinstance(default, bool):
            return _bool(text)
        kind = type_of(default)
        if kind == NUMBER:
            return _number(text)
        raise Unfit(f"a {kind.kind} without a type cannot be given")

    # --- functions ---

    def function(self, name: str) -> Callable[[Evaluator, Sequence[Value], str], Value] | None:
        """A function of the files; None: there is none of that name."""
        block = self.document.functions.get(name)
        return partial(self._own, name, block) if block else None

    def _own(self, name: str, block: Block, evaluator: Evaluator, given: Sequence[Value], place: str) -> Value:
        if name in self.called:
            raise CtxscanError(f"function cycle not allowed for {name}", place=place)
        parameters, rest = self._parameters(block)
        if len(given) < len(parameters) or (rest is None and len(given) > len(parameters)):
            raise CtxscanError(f"{name} takes {len(parameters)} arguments, and {len(given)} are given", place=place)
        if None in given:
            raise CtxscanError(f"{name}: an argument must not be null", place=place)
        bound: dict[str, Value] = dict(zip(parameters, given, strict=False))
        if rest is not None:
            bound[rest] = Tuple(tuple(given[len(parameters) :]))
        self.called.append(name)
        try:
            return evaluator.value(block.body.arguments["result"].value, bound)
        finally:
            self.called.pop()

    def _parameters(self, block: Block) -> tuple[tuple[str, ...], str | None]:
        own = block.body.arguments
        for key in ("params", "result"):
            if key not in own:
                raise CtxscanError(f"a function needs {key}", place=block.place)
        params = own["params"].value
        names = (
            [each.name for each in params.items if isinstance(each, Variable)] if isinstance(params, TupleOf) else []
        )
        if not isinstance(params, TupleOf) or len(names) != len(params.items):
            raise CtxscanError("params has to be a list of names", place=own["params"].place)
        rest = own.get("variadic_params")
        if rest is None:
            return tuple(names), None
        if not isinstance(rest.value, Variable):
            raise CtxscanError("variadic_params has to be a name", place=rest.place)
        return tuple(names), rest.value.name

    # --- targets and groups ---

    def refers(self, name: str) -> bool:
        """Whether a name stands for the blocks of its kind."""
        return name in ("target", "group") and name not in self.document.variables

    def attribute(self, kind: str, name: str, attribute: str | None, place: str) -> Value:
        """`target.name.attribute` as the blocks of that name say it; null: they do not. Without one, all of them."""
        blocks = self._blocks(kind, name)
        if not blocks:
            raise CtxscanError(f"there is no {kind} named {name}", place=place)
        if attribute is None:
            return Object({each: self.attribute(kind, name, each, place) for each in KINDS})
        if attribute not in KINDS:
            raise CtxscanError(f"a {kind} has no {attribute}", place=place)
        self._enter((kind, name, attribute), f"reference cycle not allowed for {kind}.{name}.{attribute}", place)
        try:
            found: Value = None
            for each in blocks:
                argument = each.block.body.arguments.get(attribute)
                value = None if argument is None else self.evaluator.value(argument.value, each.bound)
                found = found if value is None else converted(value, KINDS[attribute])
            return found
        except Unfit as problem:
            raise CtxscanError(f"{kind}.{name}.{attribute}: {problem}", place=place) from None
        finally:
            self.open.discard((kind, name, attribute))

    def _blocks(self, kind: str, name: str) -> Sequence[Definition]:
        if kind == "group":
            block = self.document.groups.get(name)
            return (Definition(name, block, {}),) if block else ()
        return self.targets().get(name, ())

    def targets(self) -> Mapping[str, Sequence[Definition]]:
        """All targets by name, each with its blocks in order. A block whose matrix is wrong is `broken`."""
        if self.definitions is None:
            self._enter(("targets",), "a matrix refers to a target", "")
            made: dict[str, list[Definition]] = {}
            for block in self.document.targets:
                try:
                    for each in expanded(block, self.evaluator):
                        made.setdefault(each.name, []).append(each)
                except CtxscanError as problem:
                    self.broken.setdefault(block.labels[0], problem)
            self.definitions = made
        return self.definitions

    # --- what bake refuses whatever is built ---

    def check(self) -> None:
        """Raise `CtxscanError` for a variable or function that bake refuses, also if nothing uses it."""
        for name, block in self.document.variables.items():
            self.variable(name, block.place)
        for name, block in self.document.variables.items():
            for each in block.body.blocks:
                if each.kind == "validation":
                    self._validate(name, each)
        for name, block in self.document.functions.items():
            self._check_function(name, block)

    def _validate(self, name: str, block: Block) -> None:
        condition = block.body.arguments.get("condition")
        if condition is None:
            return
        found = self.evaluator.value(condition.value, {})
        if found not in (True, "true"):
            raise CtxscanError(
                f"{name} does not pass its validation: give it with --var {name}=…", place=condition.place
            )

    def _check_function(self, name: str, block: Block) -> None:
        parameters, rest = self._parameters(block)
        variables, functions = free_names(block.body.arguments["result"].value)
        for each, place in sorted(variables, key=lambda pair: pair[1]):
            if each not in parameters and each != rest and not self.refers(each):
                self.variable(each, place)
        for each, place in sorted(functions, key=lambda pair: pair[1]):
            if each not in STANDARD and each not in SPECIAL and each not in self.document.functions:
                raise CtxscanError(f"there is no function named {each}", place=place)
            self._refuse_cycle(name, each, place, ())

    def _refuse_cycle(self, name: str, other: str, place: str, seen: tuple[str, ...]) -> None:
        if other in STANDARD or other not in self.document.functions or other in seen or len(seen) > 50:
            return
        if other == name:
            raise CtxscanError(f"function cycle not allowed for {name}", place=place)
        argument = self.document.functions[other].body.arguments.get("result")
        for each, _ in free_names(argument.value)[1] if argument else ():
            self._refuse_cycle(name, each, place, (*seen, other))


# --- texts of the environment ---------------------------------------------------------------------------------------


def _bool(text: str) -> bool:
    if text not in _TRUE and text not in _FALSE:
        raise Unfit("a bool is required")
    return text in _TRUE


def _number(text: str) -> Value:
    if _FLOAT.fullmatch(text) is None:
        raise Unfit("a number is required")
    return parsed(text.replace("_", ""))


def _typed(text: str, wanted: Type) -> Value:
    """A text as a value of a declared type: lists and maps are separated by commas."""
    if wanted == STRING:
        return text
    if wanted == BOOL:
        return _bool(text)
    if wanted == NUMBER:
        return _number(text)
    inner = wanted.parts or (wanted.of,)
    if wanted.kind not in ("list", "set", "tuple", "map") or not all(each in (STRING, NUMBER, BOOL) for each in inner):
        raise Unfit("a value of this type is given as JSON, in a variable with _JSON behind its name")
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        raise Unfit("not values separated by commas") from None
    if len(rows) != 1 or not rows[0]:
        raise Unfit("not values separated by commas")
    if wanted.kind != "map":
        kinds = wanted.parts or (wanted.of,) * len(rows[0])
        if len(kinds) != len(rows[0]):
            raise Unfit(f"{len(kinds)} values are required")
        return converted(Tuple(tuple(map(_typed, rows[0], kinds))), wanted)
    pairs = [each.partition(":") for each in rows[0]]
    if not all(colon for _, colon, _ in pairs):
        raise Unfit("not pairs of a name, a colon and a value")
    return Map({key: _typed(value, wanted.of) for key, _, value in pairs}, wanted.of)
