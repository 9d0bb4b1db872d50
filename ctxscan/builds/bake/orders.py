"""The builds of bake files: every target that is asked for, as an order.

The page to begin with: files are read (`files`, `native`, `jsonform`), merged (`document`), their names given a meaning
(`scope`, `evaluate`), and their targets resolved (`targets`).
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple

from ...errors import CtxscanError
from ..order import Order, Orders, is_address, joined
from ..written import Written
from . import files, overrides
from .document import merged
from .scope import Given, Scope
from .signatures import Surroundings
from .syntax import Template
from .targets import Catalog, Path, Target, is_cached, text_of

#: What a path may begin with: where bake is run, whatever its files are.
_HERE: Final = "cwd://"
#: What is shown where nothing is known to show.
_GIVEN: Final = "..."
_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "i686": "386"}


class Wish(NamedTuple):
    """What is asked for: targets and groups (none: `default`), `--set`, `--var`, the environment, and
    the platform that bake runs on (None: this one). `used` is given the values of the environment that count, each with
    the name of its variable."""

    names: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    environment: Mapping[str, str] = {}
    platform: str | None = None
    used: dict[str, str] | None = None


class Sketch(NamedTuple):
    """What is written of a target that cannot be evaluated. `dockerfile` is its path in parts, None for one that is not
    known; so is the `context`, of which nothing is known then."""

    dockerfile: tuple[str | None, ...]
    context: str | None
    stage: str | None
    place: str
    cached: bool


class Every(NamedTuple):
    """All builds of some files, what is to be said of those that were left out, and what is written of these."""

    orders: tuple[Order, ...]
    remarks: tuple[str, ...]
    sketches: tuple[Sketch, ...]


def orders(contents: Sequence[files.Content], wish: Wish) -> Orders:
    """The builds that are asked for, in the order of their names. Raises `CtxscanError` where bake would not start,
    except for what affects no build: invalid tags of a target stop nothing."""
    with _shallow(contents), _noting(wish) as taken:
        try:
            found = _asked(contents, wish._replace(used=taken))
        except CtxscanError as error:
            raise _as_written(error, contents, wish, taken) from None
        return Orders(_with_written(found, contents, wish, taken), ())


def _asked(contents: Sequence[files.Content], wish: Wish) -> tuple[Order, ...]:
    catalog = _catalog(contents, wish)
    catalog.scope.check()
    found = catalog.resolved(catalog.asked(wish.names))
    return tuple(_order(name, each, wish.environment) for name, each in sorted(found.items()))


# --- as it is written -----------------------------------------------------------------------------------------------


def _by_name(wish: Wish, taken: Mapping[str, str]) -> Wish:
    """The same with names of variables where their values were taken up."""
    names = {name: f"${{{name}}}" for name in (*taken.values(), *wish.variables)}
    variables, environment = (
        {name: names.get(name, value) for name, value in given.items()} for given in (wish.variables, wish.environment)
    )
    return wish._replace(variables=variables, environment=environment, used=None)


def _as_written(
    error: CtxscanError, contents: Sequence[files.Content], wish: Wish, taken: Mapping[str, str]
) -> CtxscanError:
    """The error without values from the environment or the command line: the one that results with the names of the
    variables instead, if there is one."""
    if not taken:
        return error
    try:
        _asked(contents, _by_name(wish, taken))
    except CtxscanError as other:
        return other
    return CtxscanError("the values that are given from outside do not fit", place=error.place)


def _with_written(
    found: Sequence[Order], contents: Sequence[files.Content], wish: Wish, taken: Mapping[str, str]
) -> tuple[Order, ...]:
    """The orders with what is shown of them: what results with the names of variables instead of their values."""
    set_by_option = {each.sub for each in overrides.read(wish.overrides) if each.key == "args"}
    own = dict.fromkeys((*set_by_option, *({"SOURCE_DATE_EPOCH"} & wish.environment.keys())))
    try:
        named = {each.name: each for each in _asked(contents, _by_name(wish, taken))} if taken else {}
    except CtxscanError:
        named = {}
    return tuple(each._replace(written=_written(each, named.get(each.name), own, known=not taken)) for each in found)


def _written(order: Order, named: Order | None, own: Mapping[str, str | None], *, known: bool) -> Written:
    if named is None:
        if known:
            return Written(arguments=own)
        contexts = dict.fromkeys(order.contexts, _GIVEN)
        target = None if order.target is None else _GIVEN
        return Written(_GIVEN, _GIVEN, target, dict.fromkeys(order.arguments), contexts, text=True)

    def differing(one: str | None, other: str | None) -> str | None:
        return None if one == other else other or _GIVEN

    named_arguments = {name: named.arguments.get(name) for name in order.arguments}
    arguments = {name: text for name, text in named_arguments.items() if text != order.arguments[name]}
    named_contexts = {name: named.contexts.get(name, _GIVEN) for name in order.contexts}
    contexts = {name: text for name, text in named_contexts.items() if text != order.contexts[name]}
    return Written(
        differing(order.context, named.context),
        differing(order.dockerfile, named.dockerfile),
        differing(order.target, named.target),
        {**arguments, **own},
        contexts,
        text=order.text != named.text,
    )


def every(contents: Sequence[files.Content], wish: Wish) -> Every:
    """Every target that is not only a base for others: one in a group, or one that no target inherits. What cannot be
    evaluated is reported, and sketched. Raises `CtxscanError` for a file that cannot be read as one."""
    with _shallow(contents), _noting(wish) as taken:
        catalog = _catalog(contents, wish._replace(used=taken))
        found: list[Order] = []
        remarks: list[str] = []
        try:
            catalog.scope.check()
        except CtxscanError as problem:
            remarks.append(f"bake refuses it: {problem}")
        lost: dict[str, CtxscanError] = {}
        for name in _buildable(catalog):
            catalog.scope.evaluator.go_on()
            try:
                found.append(_order(name, catalog.target(name), wish.environment))
            except CtxscanError as problem:
                lost[name] = problem
        lost |= catalog.scope.broken
        remarks += _of_lost(lost)
        sketches = (made for name in lost if (made := _sketched(name, catalog)) is not None)
        return Every(_with_written(found, contents, wish, taken), tuple(remarks), tuple(dict.fromkeys(sketches)))


def _of_lost(lost: Mapping[str, CtxscanError]) -> Iterator[str]:
    """What cannot be evaluated, in one line for each cause."""
    by_cause: dict[str, list[str]] = {}
    for name, problem in lost.items():
        by_cause.setdefault(problem.message, []).append(name)
    for first, *others in by_cause.values():
        more = f" and {len(others)} more {'targets' if others[1:] else 'target'}" if others else ""
        yield f"passed over: {first}{more}: {lost[first]}"


def _sketched(name: str, catalog: Catalog) -> Sketch | None:
    """What the blocks of a target say of its Dockerfile without being evaluated; None: others may say it."""
    blocks = [each.block for each in catalog.scope.targets().get(name, ())]
    blocks = blocks or [each for each in catalog.scope.document.targets if each.labels[0] == name]
    written = {key: each.value for block in blocks for key, each in block.body.arguments.items()}
    inherits = "inherits" in written
    if "dockerfile-inline" in written or (inherits and "dockerfile" not in written):
        return None
    path = written.get("dockerfile")
    parts = () if path is None else path.parts if isinstance(path, Template) else (path,)
    given = {key: text_of(written[key]) for key in ("context", "target") if key in written}
    cached = [made for each in blocks if (made := is_cached(each.body)) is not None]
    return Sketch(
        dockerfile=tuple(map(text_of, parts)) or ("Dockerfile",),
        context=given.get("context", None if inherits else "."),
        stage=given.get("target"),
        place=blocks[-1].place,
        cached=cached[-1:] == [True],
    )


@contextmanager
def _noting(wish: Wish) -> Iterator[dict[str, str]]:
    """Collects the values of variables that were given from outside and used, each with its name. The `wish` gets them
    even if an error is raised."""
    taken = {value: name for name, value in wish.variables.items()}
    try:
        yield taken
    finally:
        if wish.used is not None:
            wish.used.update(taken)


@contextmanager
def _shallow(contents: Sequence[files.Content]) -> Iterator[None]:
    """Turns Python's recursion limit into an error like any other: no real file is nested that deeply."""
    try:
        yield
    except RecursionError:
        raise CtxscanError("nested too deeply", place=contents[0].label if contents else None) from None


def _catalog(contents: Sequence[files.Content], wish: Wish) -> Catalog:
    given = Given(
        wish.variables, wish.environment, wish.platform or _platform(), {} if wish.used is None else wish.used
    )
    surroundings = Surroundings(_now(wish.environment), wish.environment.get("HOME"))
    scope = Scope(merged(files.bodies(contents)), given, surroundings)
    services = files.services(contents, wish.variables, wish.environment, given.used, relative=given.relative_to_file)
    return Catalog(scope, services, overrides.read(wish.overrides), wish.environment)


def _platform() -> str:
    system = platform.system().lower()
    machine = platform.machine().lower()
    return f"{system}/{_MACHINES.get(machine, machine)}"


def _now(environment: Mapping[str, str]) -> datetime:
    """The time that `timestamp()` returns: the one given for reproducible builds, or now."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit() and len(epoch) < 12:
        return datetime.fromtimestamp(int(epoch), tz=UTC)
    return datetime.now(tz=UTC).replace(microsecond=0)


def _buildable(catalog: Catalog) -> Iterator[str]:
    inherited: set[str] = set()
    grouped: set[str] = set()
    names = sorted({*catalog.scope.targets(), *(catalog.services or ())})
    for name in names:
        catalog.scope.evaluator.go_on()
        try:
            inherited.update(catalog.own(name).inherits)
        except CtxscanError:
            continue
    for group in {*catalog.scope.document.groups, *catalog.groups()}:
        try:
            grouped.update(catalog.members(group) or ())
        except CtxscanError:
            continue
    yield from (name for name in names if name in grouped or (name not in inherited and not name.startswith("_")))


# --- from targets to orders -----------------------------------------------------------------------------------------


def _order(name: str, target: Target, environment: Mapping[str, str]) -> Order:
    place = target.context.place if target.context and target.context.text else target.place
    context = _context(target)
    dockerfile = target.dockerfile or "Dockerfile"
    for each, what in ((context, "context"), (dockerfile, "dockerfile")):
        if each == "-":
            raise CtxscanError(f"{name}: a {what} from standard input is not allowed in bake", place=place)
    epoch = environment.get("SOURCE_DATE_EPOCH")
    arguments = {"SOURCE_DATE_EPOCH": epoch, **target.arguments} if epoch else dict(target.arguments)
    return Order(
        name=name,
        context=context,
        dockerfile=None if target.inline else _dockerfile(context, dockerfile),
        text=target.inline.encode(errors="surrogateescape") if target.inline else None,
        label="dockerfile-inline" if target.inline else None,
        target=target.stage or None,
        arguments=arguments,
        contexts={key: _placed(path) for key, path in sorted(target.contexts.items())},
        place=place,
        loose=target.loose,
        cached=bool(target.cached),
    )


def _context(target: Target) -> str:
    if target.context is None:
        return _clean(target.home or ".")
    return "-" if target.context.text == "-" else _placed(target.context)


def _placed(path: Path) -> str:
    """A context as seen from here; an address as it is written."""
    if path.text.startswith(_HERE):
        rest = path.text.removeprefix(_HERE)
        return rest if is_address(rest) else _clean(rest or ".")
    if is_address(path.text) or _is_image(path.text):
        return path.text
    return _clean(os.path.join(path.base, path.text) if path.text else path.base or ".")  # noqa: PTH118


def _is_image(text: str) -> bool:
    return text.startswith(("docker-image:", "target:"))


def _dockerfile(context: str, dockerfile: str) -> str:
    """The Dockerfile as seen from here: it is relative to its context."""
    if dockerfile.startswith(_HERE):
        return _clean(dockerfile.removeprefix(_HERE))
    if is_address(dockerfile):
        return dockerfile
    return dockerfile if is_address(context) else joined(context, _literal(dockerfile))


def _literal(path: str) -> str:
    """Bake knows no home directory."""
    return f"./{path}" if path.startswith("~") else path


def _clean(path: str) -> str:
    return os.path.normpath(path).replace(os.sep, "/")
