"""How a commit is built: with its own Dockerfile and ignore file, or with those of today.

It finds and reads the two files in a commit as `builds` does on disk, and keeps what came of a text
for the next commit that has the same.
"""

from __future__ import annotations

import os
import posixpath
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ..builds.build import Build
from ..context.transfer import MAIN, requests
from ..dockerfile.resolver import resolve
from ..dockerfile.stages import Plan, Stage, Step, parse
from ..errors import CtxscanError
from ..git.history import Snapshot
from ..rules import ignorefile
from ..rules.matcher import Matcher
from .operations import operation


class Texts(NamedTuple):
    """The two files that decide how a context is built; None: there is none. `labels` are their paths as seen from the
    context."""

    dockerfile: bytes | None
    rules: bytes | None
    labels: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Own:
    """Where the files of a commit are, relative to the root of the repository; `dockerfiles` are candidates, none if
    the Dockerfile is in no commit. `today` are the files that are there now."""

    dockerfiles: tuple[str, ...]
    prefix: str
    build: Build
    today: Texts

    def texts(self, commit: Snapshot, context: Snapshot) -> Texts:
        """The files of a commit."""
        path, text = "", self.today.dockerfile
        if self.dockerfiles:
            path, text = next(
                ((each, found) for each in self.dockerfiles if (found := commit.read(each)) is not None), ("", None)
            )
        label = posixpath.relpath(path, self.prefix or ".") if path else ""
        if self.build.ignore_file is not None:
            return Texts(text, self.today.rules, (label, ""))
        builder = self.build.builder
        for ending in builder.own_endings if path else ():
            if commit.kind(path + ending) is not None and (rules := commit.read(path + ending)) is not None:
                return Texts(text, rules, (label, label + ending))
        for name in builder.root_files:
            if context.kind(name) is not None:
                # What cannot be read, or is no file, has no rules.
                return Texts(text, context.read(name) or b"", (label, name))
        return Texts(text, None, (label, builder.root_files[-1]))


def own(build: Build, root: str, prefix: str, today: Texts) -> Own:
    """The way to find the files of a commit as they are found today."""
    names: tuple[str, ...] = ()
    if build.dockerfile is not None:
        place = Path(os.path.realpath(build.dockerfile.parent)) / build.dockerfile.name
        if place.is_relative_to(root):
            path = place.relative_to(root).as_posix()
            default = build.own_name in build.builder.dockerfiles
            names = tuple(prefix + name for name in build.builder.dockerfiles) if default else (path,)
    return Own(names, prefix, build, today)


#: A step as it is found again in another commit: its stage, keyword and words, and which of several alike.
Name: TypeAlias = tuple[str | int, str, str, int]


@dataclass(frozen=True, slots=True)
class ReadDockerfile:
    """A Dockerfile, read: the `steps` that are some, with what each does and its name; `sources` are what is asked of
    the context (None: everything)."""

    plan: Plan
    steps: tuple[tuple[Stage, Step], ...]
    operations: Mapping[int, Hashable]
    names: tuple[Name, ...]
    sources: tuple[str, ...] | None

    @classmethod
    def of(cls, plan: Plan) -> ReadDockerfile:
        steps = [(stage, step) for stage in plan.stages for step in stage.steps]
        operations = {id(step): does for _, step in steps if (does := operation(step)) is not None}
        counted = tuple((stage, step) for stage, step in steps if id(step) in operations)
        request = next((each for each in requests(plan) if each.name == MAIN), None)
        return cls(plan, counted, operations, tuple(_names(counted)), () if request is None else request.paths)


def _names(steps: Iterable[tuple[Stage, Step]]) -> Iterator[Name]:
    seen: Counter[tuple[str | int, str, str]] = Counter()
    for stage, step in steps:
        place = (stage.name or stage.index, step.keyword, " ".join(step.instruction.text.split()[1:]))
        seen[place] += 1
        yield (*place, seen[place])


@dataclass(slots=True)
class Readings:
    """What texts mean, each read once."""

    build: Build
    _recipes: dict[bytes | None, ReadDockerfile | str] = field(default_factory=dict)
    _rules: dict[bytes | None, Matcher | str] = field(default_factory=dict)

    def recipe(self, text: bytes | None) -> ReadDockerfile | str:
        """What is built, or why nothing is."""
        if text not in self._recipes:
            plan = self._plan(text)
            self._recipes[text] = plan if isinstance(plan, str) else ReadDockerfile.of(plan)
        return self._recipes[text]

    def _plan(self, text: bytes | None) -> Plan | str:
        build = self.build
        if text is None:
            return "no Dockerfile"
        try:
            parsed = parse(text, label=build.label or "Dockerfile")
            return resolve(
                parsed,
                target=build.target,
                build_args=build.arguments,
                contexts=tuple(build.contexts),
                lints=build.builder.lints,
            )
        except CtxscanError as problem:
            return str(problem)

    def rules(self, text: bytes | None) -> Matcher | str:
        """What is kept, or why the builder refuses to say."""
        if text not in self._rules:
            self._rules[text] = self._read(text)
        return self._rules[text]

    def _read(self, text: bytes | None) -> Matcher | str:
        builder = self.build.builder
        try:
            read = ignorefile.parse_rules(text or b"", builder, path=Path(".dockerignore"), label=".dockerignore")
        except CtxscanError as problem:
            return str(problem)
        return Matcher([rule.pattern for rule in read.rules], builder)


def contexts(build: Build, root: str) -> Mapping[str, str]:
    """The named contexts that lie in the repository, with their paths from its root."""
    out = {}
    for name, path in build.contexts.items():
        place = None if path is None else Path(os.path.realpath(path))
        if place is not None and place.is_relative_to(root):
            out[name] = place.relative_to(root).as_posix().removeprefix(".")
    return out
