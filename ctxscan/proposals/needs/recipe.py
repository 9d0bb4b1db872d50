"""One Dockerfile as needs see it: what it takes of the context, where that lies in its stages, and what it runs.

It is read as far as it goes, also where the builder would refuse it. Every stage is read; `reached` tells which of them
the target needs.
"""

import posixpath
import shlex
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.instructions import Instruction
from ...dockerfile.mounts import mount_fields
from ...dockerfile.shell import every_command, spread
from ...dockerfile.stages import Section, parse
from ...dockerfile.words import WordProblem, expand
from ...errors import CtxscanError
from ...packages.workplace import Place
from ...paths import absolute, within
from ...regex import lazy
from ...rules import globs

#: No more of one line of a command is looked at.
_LONGEST: Final = 10_000
_URL: Final = lazy(r"(?i)[a-z]+://|git@")
#: Where programs lie, and all of an image.
_OF_PROGRAMS: Final = frozenset("/ /usr /usr/local /usr/bin /usr/local/bin /bin".split())
#: More places than these are not kept of one stage.
_MOST_PLACES: Final = 2000


class Taken(NamedTuple):
    """A source of a COPY, ADD or bind mount in the context; "" is all of it. `open`: a variable without a value is in
    it. `base` is the image on which the stage is built in the end, `stage` its index. `inside`: a wild card stands for
    what lies in `path`, so that this must not be empty."""

    path: str
    line: int
    text: str
    open: bool
    base: str
    stage: int
    inside: bool = False

    def takes(self, path: str) -> bool:
        """Whether `path`, or a part of it, is taken."""
        if not self.path:
            return True
        pairs = zip(self.path.split("/"), path.split("/"), strict=False)
        return all(globs.matches(a, b) if globs.is_wild(a) else a == b for a, b in pairs)


class Run(NamedTuple):
    """The text of a RUN (`kind` is `RUN`), or of what starts the container (`CMD`), and where it runs: in the directory
    `cwd` of the stage with the index `stage`, which has `places` of the context. `env` are the variables that are the
    same in every build."""

    kind: str
    line: int
    text: str
    stage: int
    cwd: str
    places: tuple[Place, ...]
    env: tuple[tuple[str, str], ...] = ()


class Recipe(NamedTuple):
    """One Dockerfile. `commands` are the texts of RUN with their lines, `starts` those of CMD, ENTRYPOINT and
    HEALTHCHECK, `runs` both of them with where they run, `settings` of ENV and ARG, `bases` what FROM names. `stages`
    has the line of each FROM and the index of the stage that it continues, if any; `reached` are the indexes of those
    that the target needs. `passed` are paths of the context that one stage copies from another by their names, unless
    that has made them itself; `names` are those of the stages, in lower case, and `places`
    what of the context lies in each of them at its end; `lent` are the indexes of those that get programs of another
    image."""

    label: str
    taken: tuple[Taken, ...]
    commands: tuple[tuple[int, str], ...]
    starts: tuple[tuple[int, str], ...]
    settings: tuple[str, ...]
    bases: tuple[str, ...]
    stages: tuple[tuple[int, int | None], ...]
    runs: tuple[Run, ...]
    reached: frozenset[int]
    passed: tuple[Taken, ...]
    names: frozenset[str]
    places: tuple[tuple[Place, ...], ...]
    lent: frozenset[int]

    @property
    def text(self) -> str:
        """All that is run while building."""
        return "\n".join(text for _, text in self.commands)

    @property
    def everything(self) -> str:
        return "\n".join((self.text, *(text for _, text in self.starts)))

    def commands_after(self, taken: Taken) -> Iterator[tuple[int, str]]:
        """The commands behind a source, in its stage and in those that continue it."""
        stages = self._continuing(taken.stage)
        starts = [line for line, _ in self.stages]
        for line, text in self.commands:
            stage = bisect_right(starts, line) - 1
            if stage in stages and line >= taken.line:
                yield line, text

    def related(self, stage: int) -> frozenset[int]:
        """A stage, those that it continues, and those that continue it."""
        return frozenset(self._continuing(stage).union(self.chain(stage)))

    def _continuing(self, stage: int) -> set[int]:
        """A stage and those that continue it."""
        found = {stage}
        for index, (_, parent) in enumerate(self.stages):
            if parent in found:
                found.add(index)
        return found

    def chain(self, stage: int | None) -> Iterator[int]:
        """A stage and those that it continues."""
        while stage is not None:
            yield stage
            stage = self.stages[stage][1]

    def takes(self, path: str) -> Taken | None:
        """The first source that takes `path`, or a part of it, from the context."""
        return next(self.taking(path), None)

    def taking(self, path: str) -> Iterator[Taken]:
        return (each for each in self.taken if each.takes(path))


def lines(recipe: Recipe) -> Iterator[tuple[str, int, str]]:
    """Every single command of the Dockerfile: `RUN`, line, text; and what starts the container: `CMD`, line, text."""
    for line, text in recipe.commands:
        for words in every_command(text):
            yield "RUN", line, " ".join(spread(words))
    for line, text in recipe.starts:
        yield "CMD", line, text


def read_recipe(
    data: bytes,
    label: str,
    arguments: Mapping[str, str | None],
    *,
    target: str | None = None,
    names: frozenset[str] = frozenset(("",)),
) -> Recipe | None:
    """The Dockerfile; None: it cannot be parsed. `names` are what the directory is called as a context: "" is the
    context of the build."""
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
        tuple((run.line, run.text) for run in reader.runs if run.kind == "RUN"),
        tuple((run.line, run.text) for run in reader.runs if run.kind == "CMD"),
        tuple(reader.settings),
        tuple(reader.bases),
        tuple(reader.froms),
        tuple(reader.runs),
        reader.reached(target),
        tuple(dict.fromkeys(reader.passed)),
        frozenset(reader.indexes),
        tuple(tuple(each.places[-_MOST_PLACES:]) for each in reader.stages),
        frozenset(reader.lent),
    )


class _Stage:
    """A stage while it is read: its variables, where it stands, what of the context lies in it, and which other stages
    it needs."""

    def __init__(self, parent: "_Stage | None", base: str) -> None:
        self.base: str = parent.base if parent else base
        self.values: dict[str, str | None] = dict(parent.values) if parent else {}
        #: Of these what ENV sets, whatever is given to the build.
        self.env: dict[str, str] = dict(parent.env) if parent else {}
        self.cwd: str = parent.cwd if parent else "/"
        self.places: list[Place] = list(parent.places) if parent else []
        self.needs: set[int] = set()


class _Reader:
    def __init__(
        self, outer: dict[str, str | None], arguments: Mapping[str, str | None], escape: str, names: frozenset[str]
    ) -> None:
        self.names = names
        self.outer = outer
        self.arguments = arguments
        self.escape = escape
        self.taken: list[Taken] = []
        self.passed: list[Taken] = []
        self.runs: list[Run] = []
        self.settings: list[str] = []
        self.bases: list[str] = []
        self.froms: list[tuple[int, int | None]] = []
        self.stages: list[_Stage] = []
        self.indexes: dict[str, int] = {}
        self.lent: set[int] = set()

    def reached(self, target: str | None) -> frozenset[int]:
        """The stages that a target needs; all of them where there is no such target."""
        last = len(self.stages) - 1
        first = last if target is None else self._index(target)
        if first is None:
            return frozenset(range(len(self.stages)))
        found, todo = {first}, [first]
        while todo:
            for index in self.stages[todo.pop()].needs - found:
                found.add(index)
                todo.append(index)
        return frozenset(found)

    def _index(self, name: str) -> int | None:
        found = self.indexes.get(name.lower())
        if found is None and name.isdecimal() and int(name) < len(self.stages):
            return int(name)
        return found

    def read(self, section: Section) -> None:
        base, _ = _expanded(section.start.words[0] if section.start.words else "", self.outer, self.escape)
        self.bases.append(base)
        parent = self.indexes.get(base.lower())
        here = _Stage(None if parent is None else self.stages[parent], base)
        if parent is not None:
            here.needs.add(parent)
        self.froms.append((section.start.line, parent))
        self.stages.append(here)
        if "onbuild" in base:
            self._take("", section.start, here)
            here.places.append(Place(here.cwd, ""))
        for instruction in section.instructions:
            self._instruction(instruction, here)
        if section.name:
            self.indexes[section.name] = len(self.froms) - 1

    def _instruction(self, each: Instruction, here: _Stage) -> None:
        keyword = each.keyword
        if keyword == "ONBUILD":
            try:
                inner = parse(b"FROM scratch\n" + each.words[0].encode(errors="replace") + b"\n", label="onbuild")
            except (CtxscanError, IndexError):
                return
            for one in inner.sections[0].instructions:
                self._instruction(one, here)
        elif keyword == "ARG":
            _declare(each, here.values, self.outer, self.arguments, self.escape)
            self.settings.append(each.text)
        elif keyword == "ENV":
            for name, value in each.pairs:
                here.values[name] = _expanded(value, here.values, self.escape)[0]
                if "$" in value:
                    here.env.pop(name, None)
                else:
                    here.env[name] = here.values[name] or ""
            self.settings.append(each.text)
        elif keyword == "WORKDIR" and each.words:
            here.cwd = absolute(here.cwd, _expanded(each.words[0], here.values, self.escape)[0])
        elif keyword in ("COPY", "ADD"):
            self._copy(each, here)
        elif keyword == "RUN":
            mounted = tuple(place for mount in each.given("mount") for place in self._mount(mount, each, here))
            text = "\n".join((_command(each), *(doc.content for doc in each.heredocs)))
            self._run("RUN", each, "\n".join(line[:_LONGEST] for line in text.splitlines()), here, mounted)
        elif keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            self._run("CMD", each, _command(each), here, ())

    def _run(self, kind: str, each: Instruction, text: str, here: _Stage, mounted: tuple[Place, ...]) -> None:
        places = (*here.places[-_MOST_PLACES:], *mounted)
        self.runs.append(Run(kind, each.line, text, len(self.stages) - 1, here.cwd, places, tuple(here.env.items())))

    def _copy(self, each: Instruction, here: _Stage) -> None:
        target, unset = _expanded(each.words[-1], here.values, self.escape) if each.words else ("", True)
        place = absolute(here.cwd, target)
        origin, _ = _expanded(next(iter(each.given("from")), ""), here.values, self.escape)
        parents = bool(each.given("parents"))
        sources = [word for word in each.words[:-1] if not word.startswith("<<")]
        if origin in self.names:
            for word in sources:
                for path in self._take(word, each, here):
                    if not unset:
                        here.places.append(Place(place, "" if parents else path))
            return
        if place in _OF_PROGRAMS or any(word.endswith("/git") for word in sources):
            self.lent.add(len(self.stages) - 1)
        index = self._index(origin)
        if index is None:
            return
        here.needs.add(index)
        for word in sources:
            text, unknown = _expanded(word, here.values, self.escape)
            for source in _below(self.stages[index].places, absolute("/", text)):
                if not unknown:
                    self._pass(source, each, here)
                if not unset:
                    here.places.append(Place(place.rstrip("/") + source.target or "/", source.source))

    def _mount(self, mount: str, each: Instruction, here: _Stage) -> Iterator[Place]:
        fields = dict(text.partition("=")[::2] for text in mount_fields(mount) or ())
        if fields.get("type", "bind") not in ("bind", "cache"):
            return
        origin, _ = _expanded(fields.get("from", ""), here.values, self.escape)
        target = fields.get("target") or fields.get("destination") or fields.get("dst") or ""
        place = absolute(here.cwd, _expanded(target, here.values, self.escape)[0])
        source = fields.get("source") or fields.get("src") or ""
        if origin in self.names and fields.get("type", "bind") == "bind":
            for path in self._take(source or ".", each, here):
                yield Place(place, path)
        elif origin and (index := self._index(origin)) is not None:
            here.needs.add(index)
            for found in _below(self.stages[index].places, absolute("/", source)):
                self._pass(found, each, here)
                yield Place(place + found.target, found.source)

    def _pass(self, found: Place, each: Instruction, here: _Stage) -> None:
        """Note what a stage has of another one, if that is all of a path of the context."""
        if found.source and not found.target:
            self.passed.append(Taken(found.source, each.line, each.text[:120], False, here.base, len(self.froms) - 1))

    def _take(self, word: str, each: Instruction, here: _Stage) -> list[str]:
        """Note a source of the context; the paths that it may be."""
        text, unset = _expanded(word, here.values, self.escape)
        if ("://" in text or "@" in text) and _URL.match(text):
            return []
        texts = [text]
        if unset:
            # An image below may give a value to it, or nobody does and it is empty.
            texts.append(_expanded(word, here.values, self.escape, unset="")[0])
        paths = []
        for one in texts:
            path = cleaned(one.replace("/./", "/"))
            parts = path.split("/")
            # `dir/*` takes all that is in it: the directory.
            while parts and parts[-1] == "*" and not unset:
                parts.pop()
            inside, path = len(parts) < len(path.split("/")), "/".join(parts)
            if path or not unset:
                paths.append(path)
                stage = len(self.froms) - 1
                self.taken.append(Taken(path, each.line, each.text[:120], unset, here.base, stage, inside))
        return paths


def _command(each: Instruction) -> str:
    """The text that is run, without keyword and options; of what is written in JSON the words, in quotes."""
    words = each.words[1:] if each.keyword == "HEALTHCHECK" else each.words
    return shlex.join(words) if each.json else " ".join(words)


def _below(places: list[Place], path: str) -> Iterator[Place]:
    """What of the context lies at or below an absolute path of a stage, with the rest of the path as its target."""
    for target, source in places:
        if within(target, path):
            rest = target[len(path) :] if path != "/" else target
            yield Place("" if rest == "/" else rest, source)
        elif within(path, target):
            below = path[len(target) :].lstrip("/")
            yield Place("", source if below == source.rpartition("/")[2] else posixpath.join(source, below))


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
