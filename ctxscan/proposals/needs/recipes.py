"""What the Dockerfiles of a context say, all of them that share its ignore file: sources, commands, base images.

Every stage counts, whatever the target, since another build may ask for it; a variable that no Dockerfile gives a value
stands for any name. Dockerfiles that the builder would refuse are read as far as they go.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ...builds.build import Build
from ...context.transfer import cleaned
from ...dockerfile.instructions import Instruction
from ...dockerfile.mounts import mount_fields
from ...dockerfile.stages import Section, parse
from ...dockerfile.words import WordProblem, expand
from ...errors import CtxscanError
from ...regex import lazy
from ...rules import globs, ignorefile
from ..survey import Survey

if TYPE_CHECKING:
    from ...builds.order import Order

#: More than these are not read.
MOST: Final = 200
_BYTES: Final = 1 << 20
#: Compose files that nobody asked for: how many are read, and how large they may be.
_MOST_COMPOSE: Final = 20
_COMPOSE_BYTES: Final = 1 << 16
#: No more of one line of a command is looked at.
_LONGEST: Final = 10_000
_URL: Final = lazy(r"(?i)[a-z]+://|git@")


class Taken(NamedTuple):
    """A source of a COPY, ADD or bind mount in the context; "" is all of it. `open`: a variable without a value is in
    it. `base` is the image on which the stage is built in the end, `stage` its index."""

    path: str
    line: int
    text: str
    open: bool
    base: str
    stage: int


class Recipe(NamedTuple):
    """One Dockerfile. `commands` are the texts of RUN with their lines, `starts` those of CMD, ENTRYPOINT and
    HEALTHCHECK, `settings` of ENV and ARG, `bases` what FROM names. `stages` has the line of each FROM and the index
    of the stage that it continues, if any."""

    label: str
    taken: tuple[Taken, ...]
    commands: tuple[tuple[int, str], ...]
    starts: tuple[tuple[int, str], ...]
    settings: tuple[str, ...]
    bases: tuple[str, ...]
    stages: tuple[tuple[int, int | None], ...]

    @property
    def text(self) -> str:
        """All that is run while building."""
        return "\n".join(text for _, text in self.commands)

    @property
    def everything(self) -> str:
        return "\n".join((self.text, *(text for _, text in self.starts)))

    def commands_after(self, taken: Taken) -> Iterator[tuple[int, str]]:
        """The commands behind a source, in its stage and in those that continue it."""
        stages = {taken.stage}
        for index, (_, parent) in enumerate(self.stages):
            if parent in stages:
                stages.add(index)
        starts = [line for line, _ in self.stages]
        for line, text in self.commands:
            stage = bisect_right(starts, line) - 1
            if stage in stages and line >= taken.line:
                yield line, text

    def takes(self, path: str) -> Taken | None:
        """The first source that takes `path`, or a part of it, from the context."""
        return next(self.taking(path), None)

    def taking(self, path: str) -> Iterator[Taken]:
        parts = path.split("/")
        for each in self.taken:
            wanted = each.path.split("/") if each.path else []
            if all(globs.matches(a, b) if globs.is_wild(a) else a == b for a, b in zip(wanted, parts, strict=False)):
                yield each


def recipes(build: Build, survey: Survey, others: Iterable[Build] = ()) -> tuple[Recipe, ...]:
    """The Dockerfile that is built, those of the `others`, and those in the context that take the same ignore file: as
    compose files there name them, or as they lie there."""
    out = []
    for each in (build, *others):
        if each.text is not None and each.label is not None:
            out.append(_read(each.text, each.label, each.arguments, _names_of(build.context, each)))
    used = _ignore_file(build, build.dockerfile)
    known = {each.own_name for each in (build, *others)}
    for order in _named(build, survey):
        path = order.label or posixpath.relpath(order.dockerfile or "Dockerfile", build.context.as_posix())
        data = order.text or survey.tree.read(path)
        if data and (order.text or _ignore_file(build, build.context / path) == used):
            out.append(_read(data[:_BYTES], path, order.arguments))
            known.add(path)
    for path in survey.dockerfiles[:MOST]:
        if path in known or _ignore_file(build, build.context / path) != used:
            continue
        data = survey.tree.read(path)
        found = data and _read(data[:_BYTES], path, {})
        if found and _is_for_root(found, path, survey):
            out.append(found)
    return tuple(each for each in out if each is not None)


def _names_of(context: Path, build: Build) -> frozenset[str]:
    """What a directory is called in a build: "" is its context."""
    named = [name for name, path in build.contexts.items() if path and path.resolve() == context.resolve()]
    return frozenset([*named, *[""] * (build.context.resolve() == context.resolve())])


def _named(build: Build, survey: Survey) -> Sequence[Order]:
    """What the compose files in the context build of it with a Dockerfile that its directory does not give away."""
    telling = [path for path in survey.compose[:_MOST_COMPOSE] if _tells(survey.tree.read(path) or b"")]
    if not telling:
        return ()
    from ...builds import everywhere  # only where there is something to read

    return everywhere.named(str(build.context), telling)


def _tells(data: bytes) -> bool:
    return b"dockerfile" in data and len(data) < _COMPOSE_BYTES


def _ignore_file(build: Build, dockerfile: Path | None) -> Path | None:
    if build.ignore_file is not None:
        return build.ignore_file
    return ignorefile.find_ignore_file(build.context, build.builder, dockerfile=dockerfile)


def _is_for_root(recipe: Recipe, path: str, survey: Survey) -> bool:
    """Whether a Dockerfile in a directory may be built with the root as its context: its sources are not all beside
    it."""
    above = path.rpartition("/")[0]
    if not above:
        return True
    named = [each.path for each in recipe.taken if each.path and not each.open]
    if not named:
        return False
    return not all(_exists(survey, f"{above}/{each}") for each in named)


def _exists(survey: Survey, path: str) -> bool:
    above, _, name = path.rpartition("/")
    if globs.is_wild(above):
        return True
    return any(globs.matches(name, each) if globs.is_wild(name) else name == each for each in survey.tree.names(above))


def _read(
    data: bytes, label: str, arguments: Mapping[str, str | None], names: frozenset[str] = frozenset(("",))
) -> Recipe | None:
    try:
        parsed = parse(data, label=label)
    except (CtxscanError, RecursionError):
        return None
    values: dict[str, str | None] = {}
    for instruction in parsed.arguments:
        _declare(instruction, values, {}, arguments, parsed.escape)
    reader = _Reader(values, arguments, parsed.escape, names)
    for section in parsed.sections:
        reader.read(section)
    return Recipe(
        label,
        tuple(dict.fromkeys(reader.taken)),
        tuple(reader.commands),
        tuple(reader.starts),
        tuple(reader.settings),
        tuple(reader.bases),
        tuple(reader.froms),
    )


class _Reader:
    def __init__(
        self, outer: dict[str, str | None], arguments: Mapping[str, str | None], escape: str, names: frozenset[str]
    ) -> None:
        self.names = names
        self.outer = outer
        self.arguments = arguments
        self.escape = escape
        self.stages: dict[str, dict[str, str | None]] = {}
        self.taken: list[Taken] = []
        self.commands: list[tuple[int, str]] = []
        self.starts: list[tuple[int, str]] = []
        self.settings: list[str] = []
        self.bases: list[str] = []
        self.base = ""
        self.roots: dict[str, str] = {}
        self.froms: list[tuple[int, int | None]] = []
        self.indexes: dict[str, int] = {}

    def read(self, section: Section) -> None:
        base, _ = _expanded(section.start.words[0] if section.start.words else "", self.outer, self.escape)
        self.bases.append(base)
        self.base = self.roots.get(base.lower(), base)
        self.froms.append((section.start.line, self.indexes.get(base.lower())))
        if "onbuild" in base:
            self.taken.append(Taken("", section.start.line, f"FROM {base}"[:120], False, base, len(self.froms) - 1))
        values = dict(self.stages.get(base.lower(), {}))
        for instruction in section.instructions:
            self._instruction(instruction, values)
        if section.name:
            self.stages[section.name] = values
            self.roots[section.name] = self.base
            self.indexes[section.name] = len(self.froms) - 1

    def _instruction(self, each: Instruction, values: dict[str, str | None]) -> None:
        keyword = each.keyword
        if keyword == "ONBUILD":
            try:
                inner = parse(b"FROM scratch\n" + each.words[0].encode(errors="replace") + b"\n", label="onbuild")
            except (CtxscanError, IndexError):
                return
            for one in inner.sections[0].instructions:
                self._instruction(one, values)
        elif keyword == "ARG":
            _declare(each, values, self.outer, self.arguments, self.escape)
            self.settings.append(each.text)
        elif keyword == "ENV":
            for name, value in zip(each.words[::2], each.words[1::2], strict=False):
                values[name] = _expanded(value, values, self.escape)[0]
            self.settings.append(each.text)
        elif keyword in ("COPY", "ADD") and next(iter(each.given("from")), "") in self.names:
            for word in each.words[:-1]:
                if not word.startswith("<<"):
                    self._take(word, each, values)
        elif keyword == "RUN":
            text = "\n".join((each.text, *(doc.content for doc in each.heredocs)))
            self.commands.append((each.line, "\n".join(line[:_LONGEST] for line in text.splitlines())))
            for mount in each.given("mount"):
                self._mount(mount, each, values)
        elif keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            self.starts.append((each.line, each.text))

    def _mount(self, mount: str, each: Instruction, values: dict[str, str | None]) -> None:
        fields = dict(text.partition("=")[::2] for text in mount_fields(mount) or ())
        if fields.get("type", "bind") == "bind" and fields.get("from", "") in self.names:
            self._take(fields.get("source") or fields.get("src") or ".", each, values)

    def _take(self, word: str, each: Instruction, values: dict[str, str | None]) -> None:
        text, unset = _expanded(word, values, self.escape)
        if _URL.match(text):
            return
        texts = [text]
        if unset:
            # An image below may give a value to it, or nobody does and it is empty.
            texts.append(_expanded(word, values, self.escape, unset="")[0])
        for one in texts:
            path = cleaned(one.replace("/./", "/"))
            parts = path.split("/")
            # `dir/*` takes all that is in it: the directory.
            while parts and parts[-1] == "*" and not unset:
                parts.pop()
            path = "/".join(parts)
            if path or not unset:
                self.taken.append(Taken(path, each.line, each.text[:120], unset, self.base, len(self.froms) - 1))


def _declare(
    each: Instruction,
    values: dict[str, str | None],
    outer: Mapping[str, str | None],
    given: Mapping[str, str | None],
    escape: str,
) -> None:
    for word in each.words:
        name, equals, default = word.partition("=")
        value = given.get(name)
        if value is None and equals:
            value = _expanded(default, values, escape)[0]
        values[name] = value if value is not None else outer.get(name)


def _expanded(word: str, values: Mapping[str, str | None], escape: str, unset: str = "*") -> tuple[str, bool]:
    """A word with its variables replaced, and whether one of them has no value."""
    missing = False

    def value(name: str) -> str | None:
        nonlocal missing
        found = values.get(name)
        if found is None:
            missing = True
            return unset
        missing |= "*" in found and name not in values
        return found[:4096]

    try:
        return expand(word, value, escape=escape).text[:4096], missing
    except (WordProblem, RecursionError):
        return word, False


def lines(recipe: Recipe) -> Iterator[tuple[str, int, str]]:
    """Every single command of the Dockerfile: `RUN`, line, text; and what starts the container: `CMD`, line, text."""
    for line, text in recipe.commands:
        for part in _PARTS.split(text):
            if part.strip():
                yield "RUN", line, part.strip()
    for line, text in recipe.starts:
        yield "CMD", line, text


_PARTS: Final = lazy(r"&&|\|\||[;\n|]")
