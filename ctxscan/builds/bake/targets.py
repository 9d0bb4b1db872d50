"""From the blocks of bake files to targets that are resolved: their own values over those they inherit, with what
`--set` says, the groups that name them and the links between them.

As bake does it, but lazily: of a target only what decides its build is evaluated, and only if the target is asked for.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from ...errors import CtxscanError
from ...printable import shown
from ...rules.globs import matches
from .overrides import Override, expanded
from .scope import Scope
from .syntax import (
    Attribute,
    Block,
    Body,
    Expression,
    Literal,
    ObjectOf,
    Template,
    TupleOf,
    Variable,
    free_names,
)
from .values import MAPPINGS, SEQUENCES, Unfit, Value, as_text

#: Targets that are resolved in one run.
MAX_TARGETS: Final = 10_000
_LINK: Final = "target:"


class Path(NamedTuple):
    """A context as it is written, and the directory to which it is relative: "", where bake is run."""

    text: str
    base: str
    place: str


@dataclass(frozen=True, slots=True)
class Target:
    """What decides a build; None: it is not set. `home` is where the default context lies, `place` the last block.
    `loose`: variables of the files are part of the path of the Dockerfile. `cached`: all that is made stays in the
    cache."""

    place: str
    home: str = ""
    context: Path | None = None
    contexts: Mapping[str, Path] = field(default_factory=dict)
    dockerfile: str | None = None
    inline: str | None = None
    stage: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    inherits: tuple[str, ...] = ()
    loose: bool = False
    cached: bool | None = None

    def over(self, below: Target) -> Target:
        """This one laid over another: what is set wins, and mappings are merged by key."""
        return Target(
            place=self.place,
            home=self.home or below.home,
            context=below.context if self.context is None else self.context,
            contexts={**below.contexts, **self.contexts},
            dockerfile=below.dockerfile if self.dockerfile is None else self.dockerfile,
            inline=below.inline if self.inline is None else self.inline,
            stage=below.stage if self.stage is None else self.stage,
            arguments={**below.arguments, **self.arguments},
            inherits=(*below.inherits, *self.inherits),
            loose=below.loose if self.dockerfile is None else self.loose,
            cached=below.cached if self.cached is None else self.cached,
        )


@dataclass(slots=True)
class Catalog:
    """All targets and groups of some files: those of their blocks, and of the services of Compose files beside them."""

    scope: Scope
    services: Mapping[str, Target] | None = None
    overrides: Sequence[Override] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    set_for: Mapping[str, Sequence[Override]] | None = None
    made: int = 0
    read: dict[str, Target] = field(default_factory=dict)

    # --- names ---

    def groups(self) -> Mapping[str, Sequence[str]]:
        """The members of the default group of services and of the groups that matrices make; other groups are read
        where they are asked for."""
        found: dict[str, Sequence[str]] = {} if self.services is None else {"default": sorted(self.services)}
        by_label: dict[str, list[str]] = {}
        for name, definitions in self.scope.targets().items():
            for each in definitions:
                if "matrix" in each.block.body.arguments:
                    by_label.setdefault(each.block.labels[0], []).append(name)
        for label, names in by_label.items():
            unique = sorted(set(names))
            if unique != [label]:
                found[label] = unique
        return found

    def members(self, name: str) -> Sequence[str] | None:
        """The members of a group; None: there is no such group. Raises `CtxscanError`."""
        block = self.scope.document.groups.get(name)
        if block is not None:
            return self._texts(block.body, "targets", {})
        return self.groups().get(name)

    def names(self) -> list[str]:
        """All names that can be asked for."""
        known = {*self.scope.document.groups, *self.groups(), *self.scope.targets(), *(self.services or ())}
        return sorted(known)

    def asked(self, names: Sequence[str]) -> list[str]:
        """The targets that names on a command line mean, `default` without any. Raises `CtxscanError`."""
        found: dict[str, None] = {}
        for name in names or ("default",):
            name = name.replace(".", "_")
            if any(c in name for c in "*?[]"):
                matching = [each for each in self.names() if matches(name, each)]
                if not matching:
                    raise CtxscanError(f"no target or group matches {shown(name)}")
            else:
                matching = [name]
            for each in matching:
                found.update(dict.fromkeys(self._flat(each, {})))
        return list(found)

    def _flat(self, name: str, visited: dict[str, list[str]]) -> list[str]:
        """The targets of a group; a name that is met again inside of itself means the target."""
        if name in visited:
            return visited[name]
        members = self.members(name)
        if members is None:
            return [name]
        visited[name] = []
        found: list[str] = []
        for each in members:
            found += self._flat(each, visited) or [each]
            if len(found) > MAX_TARGETS:
                raise CtxscanError(f"the group {name} has more than {MAX_TARGETS} targets")
        visited[name] = found
        return found

    # --- targets ---

    def resolved(self, names: Iterable[str]) -> dict[str, Target]:
        """These targets, and those that they are linked to. Raises `CtxscanError`."""
        found = {name: self.target(name) for name in names}
        for name in list(found):
            self._link(name, found, (), set())
        return found

    def _link(self, name: str, found: dict[str, Target], above: tuple[str, ...], done: set[str]) -> None:
        if name in done:
            return
        for path in found[name].contexts.values():
            if not path.text.startswith(_LINK):
                continue
            other = path.text.removeprefix(_LINK)
            if other == name:
                raise CtxscanError(f"the target {name} cannot link to itself", place=path.place)
            if other in above or len(above) > 50:
                raise CtxscanError(f"infinite loop from {name} to {other}", place=path.place)
            if other not in found:
                found[other] = self.target(other, path.place)
            self._link(other, found, (*above, name), done)
        done.add(name)

    def target(self, name: str, place: str | None = None) -> Target:
        """A target with what it inherits and what is set for it. Raises `CtxscanError`."""
        found = self._resolved(name, {}, place)
        return found or Target("")

    def _resolved(self, name: str, visited: dict[str, Target | None], place: str | None) -> Target | None:
        if name in visited:
            return visited[name]
        self.made += 1
        if self.made > MAX_TARGETS or len(visited) > 1000:
            raise CtxscanError(f"more than {MAX_TARGETS} targets are resolved", place=place)
        visited[name] = None
        own = self.own(name, place)
        below = Target(own.place)
        for parent in own.inherits:
            inherited = self._resolved(parent, visited, own.place)
            if inherited is not None:
                below = inherited.over(below)
        made = replace(own.over(below), inherits=())
        for each in self._set_for().get(name, ()):
            made = _applied(made, each)
        made = replace(made, contexts={key: path for key, path in made.contexts.items() if path.text})
        visited[name] = made
        return made

    def own(self, name: str, place: str | None = None) -> Target:
        """What the blocks of a target say, without what it inherits, read once. Raises `CtxscanError`."""
        if name not in self.read:
            self.read[name] = self._own(name, place)
        return self.read[name]

    def _own(self, name: str, place: str | None) -> Target:
        definitions = self.scope.targets().get(name, ())
        found = (self.services or {}).get(name)
        if name in self.scope.broken:
            raise self.scope.broken[name]
        if not definitions and found is None:
            for problem in self.scope.broken.values():
                raise problem
            known = [each for each in self.names() if each != name]
            there = f" ({', '.join(map(shown, known[:20]))}{', …' if len(known) > 20 else ''})" if known else ""
            raise CtxscanError(f"no such target: {shown(name)}{there}", place=place)
        for each in definitions:
            above = self._evaluated(each.block, each.bound)
            found = above if found is None else above.over(found)
        return found or Target("")

    def _evaluated(self, block: Block, bound: Mapping[str, Value]) -> Target:
        body, base = block.body, self._base(block.place)
        context = self._text(body, "context", bound)
        return Target(
            place=block.place,
            home=base,
            context=None if context is None else self._path(context, body, "context", base),
            contexts={
                key: self._path(value, body, "contexts", base)
                for key, value in self._pairs(body, "contexts", bound, nullable=False)
            },
            dockerfile=self._text(body, "dockerfile", bound),
            inline=self._text(body, "dockerfile-inline", bound),
            stage=self._text(body, "target", bound),
            arguments=dict(self._pairs(body, "args", bound, nullable=True)),
            inherits=tuple(self._texts(body, "inherits", bound)),
            loose=_is_loose(body, bound),
            cached=is_cached(body),
        )

    def _base(self, place: str) -> str:
        return posixpath.dirname(place.rpartition(":")[0]) if self.scope.given.relative_to_file else ""

    def _path(self, text: str, body: Body, key: str, base: str) -> Path:
        argument = body.arguments[key]
        if key == "context" and base and (other := _reference(argument.value)):
            definitions = self.scope.targets().get(other, ())
            base = self._base(definitions[-1].block.place) if definitions else base
        return Path(text, base, argument.place)

    # --- values ---

    def _value(self, body: Body, key: str, bound: Mapping[str, Value]) -> tuple[Value, str]:
        argument = body.arguments.get(key)
        return (None, "") if argument is None else (self.scope.evaluator.value(argument.value, bound), argument.place)

    def _text(self, body: Body, key: str, bound: Mapping[str, Value]) -> str | None:
        value, place = self._value(body, key, bound)
        try:
            return None if value is None else as_text(value)
        except Unfit as problem:
            raise CtxscanError(f"{key}: {problem}", place=place) from None

    def _texts(self, body: Body, key: str, bound: Mapping[str, Value]) -> Sequence[str]:
        value, place = self._value(body, key, bound)
        if value is None:
            return ()
        if not isinstance(value, SEQUENCES) or None in value.items:
            raise CtxscanError(f"{key} has to be a list of names", place=place)
        try:
            return tuple(map(as_text, value.items))
        except Unfit as problem:
            raise CtxscanError(f"{key}: {problem}", place=place) from None

    def _pairs(self, body: Body, key: str, bound: Mapping[str, Value], *, nullable: bool) -> Iterator[tuple[str, str]]:
        value, place = self._value(body, key, bound)
        if value is None:
            return
        if not isinstance(value, MAPPINGS):
            raise CtxscanError(f"{key} has to be a map", place=place)
        for name, each in value.entries.items():
            if each is None and nullable:
                continue
            try:
                yield name, as_text(each)
            except Unfit as problem:
                raise CtxscanError(f"{key}: {name}: {problem}", place=place) from None

    def _set_for(self) -> Mapping[str, Sequence[Override]]:
        if self.set_for is None:
            names = sorted({*self.scope.targets(), *(self.services or ())})
            self.set_for = expanded(self.overrides, names, self.environment)
        return self.set_for


def _is_loose(body: Body, bound: Mapping[str, Value]) -> bool:
    argument = body.arguments.get("dockerfile")
    return argument is not None and any(name not in bound for name, _ in free_names(argument.value)[0])


def is_cached(body: Body) -> bool | None:
    """Whether all outputs of a target are of the type that leaves everything in the cache, as they are written; None:
    it names none."""
    argument = body.arguments.get("output")
    if argument is None:
        return None
    given = argument.value
    items = given.items if isinstance(given, TupleOf) else (given,)
    return bool(items) and all(map(_stays, items))


def _stays(output: Expression) -> bool:
    if isinstance(output, ObjectOf):
        pairs = {text_of(key): text_of(value) for key, value in output.entries}
        return pairs.get("type") == "cacheonly"
    first = output.parts[0] if isinstance(output, Template) and output.parts else output
    return (text_of(first) or "").replace(" ", "").partition(",")[0] == "type=cacheonly"


def text_of(expression: Expression) -> str | None:
    """The text that an expression is, as it is written; None: it has to be evaluated."""
    match expression:
        case Literal(value=str(text)):
            return text
        case Template():
            texts = [text_of(each) for each in expression.parts]
            return None if None in texts else "".join(filter(None, texts))
    return None


def _reference(expression: Expression) -> str | None:
    """The name of the target whose context an expression is."""
    if isinstance(expression, Attribute) and expression.name == "context" and isinstance(expression.of, Attribute):
        root = expression.of.of
        return expression.of.name if isinstance(root, Variable) and root.name == "target" else None
    return None


def _applied(target: Target, override: Override) -> Target:
    key, value = override.key, override.value
    match key:
        case "context":
            return replace(target, context=Path(value, "", override.place))
        case "dockerfile":
            return replace(target, dockerfile=value)
        case "target":
            return replace(target, stage=value)
        case "args":
            return replace(target, arguments={**target.arguments, override.sub: value})
        case "contexts":
            return replace(target, contexts={**target.contexts, override.sub: Path(value, "", override.place)})
    return target  # anything else does not concern what is sent
