"""Stages as they are written, and the shapes of what a build makes of them.

`parse` reads; the rest are the values that `resolver` fills.
"""

import posixpath
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from ..errors import CtxscanError
from ..regex import lazy
from .arguments import KEYWORDS, check_arguments
from .instructions import Flag, Instruction, read_instructions
from .mounts import MountKind


class Section(NamedTuple):
    """A stage as it is written: FROM and what follows it. `name` is lower case, empty where there is no AS."""

    index: int  # type: ignore[assignment]  # over a method of tuples that nobody calls
    name: str
    start: Instruction
    instructions: tuple[Instruction, ...]


class Dockerfile(NamedTuple):
    """What `parse` reads. `arguments` are the ARGs before the first FROM; `check` is what the directive of that name
    asks for, `directives` the number of lines with directives, `text` all of it. `syntax` is the frontend that it
    names."""

    label: str
    escape: str
    arguments: tuple[Instruction, ...]
    sections: tuple[Section, ...]
    check: str
    directives: int
    syntax: str
    text: str


class Origin(NamedTuple):
    """Where files come from, if not from the context of the build.

    `stage` is the index of a stage; with kind `context`, that of a stage which the named context replaces, if any.
    `name` is that of the context as it was given, of the image, or of the stage as it was referred to.
    """

    kind: Literal["stage", "context", "image", "scratch"]
    name: str
    stage: int | None


class Source(NamedTuple):
    """What COPY or ADD takes: a `path` as given, an `http` or `git` address, or a `heredoc`.

    Of a heredoc, `text` is the name of its file and `content` what is in it. `empty` are the variables in a
    path that had no value. `written` is what reports show: the word with its variables as they stand. `outside`: one of
    them has its value from elsewhere than the Dockerfile.
    """

    kind: Literal["path", "http", "git", "heredoc"]
    text: str
    content: str | None
    empty: tuple[str, ...]
    written: str
    outside: bool = False


class Mount(NamedTuple):
    """A `--mount` of RUN. `source` is as given, `target` absolute (as given for `secret` and `ssh`).

    `origin` None: the context of the build for `bind` and `tmpfs`, nothing for the others. `options` are the fields
    that have no name here. `written` is the source with its variables as they stand, which reports show; `outside`: one
    of them has its value from elsewhere than the Dockerfile.
    """

    kind: MountKind
    source: str
    origin: Origin | None
    target: str
    writable: bool
    options: tuple[tuple[str, str], ...]
    empty: tuple[str, ...]
    written: str = ""
    outside: bool = False


class Variables:
    """The variables in force, as a chain: a step more costs one link, however many there are."""

    __slots__ = ("_before", "_name", "_value")

    def __init__(self, before: "Variables | None", name: str, value: str) -> None:
        self._before = before
        self._name = name
        self._value = value

    @staticmethod
    def items(last: "Variables | None") -> dict[str, str]:
        return dict(Variables.set(last))

    @staticmethod
    def set(last: "Variables | None") -> list[tuple[str, str]]:
        """Every setting in its order, also those that a later one has undone."""
        links: list[tuple[str, str]] = []
        while last is not None:
            links.append((last._name, last._value))
            last = last._before
        return links[::-1]

    def __reduce__(self) -> tuple[Any, ...]:
        # Flat: a copy that went down link by link would end where the stack does.
        return _chain, (tuple(Variables.items(self).items()),)


def _chain(items: Iterable[tuple[str, str]]) -> Variables | None:
    last: Variables | None = None
    for name, value in items:
        last = Variables(last, name, value)
    return last


class Step(NamedTuple):
    """An instruction of a stage that is built, with variables replaced where the builder does so.

    `workdir`, `user`, `shell` and `environment` are in force before it. `sources` are those of COPY and ADD in the
    order in which the builder takes them, `destination` is as given there, with its slash, and the new directory of
    WORKDIR; `origin` is what `--from` leads to. `onbuild` is the line of the ONBUILD that brought it in. `empty` are
    the variables in what it reads that had no value; an image that is not `scratch` may give them one.
    """

    instruction: Instruction
    flags: tuple[Flag, ...]
    words: tuple[str, ...]
    sources: tuple[Source, ...]
    destination: str
    origin: Origin | None
    mounts: tuple[Mount, ...]
    workdir: str
    user: str
    shell: tuple[str, ...]
    variables: Variables | None
    onbuild: int | None

    @property
    def keyword(self) -> str:
        return self.instruction.keyword

    @property
    def line(self) -> int:
        return self.instruction.line if self.onbuild is None else self.onbuild

    @property
    def target(self) -> str:
        """Where COPY and ADD put things, as an absolute path without a slash at its end."""
        return "/" + posixpath.normpath(posixpath.join("/", self.workdir, self.destination)).lstrip("/")

    @property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """Every ENV, and every ARG that has a value."""
        return tuple(Variables.items(self.variables).items())

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """The same in the order in which they were set, also what was set again."""
        return tuple(Variables.set(self.variables))

    @property
    def empty(self) -> tuple[str, ...]:
        reads: tuple[Source | Mount, ...] = (*self.sources, *self.mounts)
        return tuple(name for read in reads for name in read.empty)


class Stage(NamedTuple):
    """A stage with variables replaced. `base` is what FROM names, `origin` what that is. `written` is the base with its
    variables as they stand, which reports show; `outside`: one of them has its value from elsewhere than the
    Dockerfile.

    No steps: it is not built, or a named context takes its place (`replaced`: the name of that).
    """

    index: int  # type: ignore[assignment]  # over a method of tuples that nobody calls
    name: str
    line: int
    base: str
    origin: Origin
    platform: str | None
    replaced: str | None
    steps: tuple[Step, ...]
    written: str
    outside: bool


class Outside(NamedTuple):
    """What the Dockerfile does not say itself: the `values` that build arguments gave to its variables, each with the
    name of one, and the `lines` that take one up. It decides what is built, and is shown nowhere."""

    values: Mapping[str, str]
    lines: frozenset[int]


class Plan(NamedTuple):
    """What is built: `stages` in the order of the Dockerfile, `target` one of them, and the stages left alone. `blank`
    are the bases that have no name for want of a value, each as written, with its line and the builder's words, where
    those are not refused. `outside` is what build arguments gave."""

    target: Stage
    stages: tuple[Stage, ...]
    unreached: tuple[Stage, ...]
    blank: tuple[tuple[str, int, str], ...] = ()
    outside: Outside = Outside({}, frozenset())

    def stage(self, index: int) -> Stage:
        return next(stage for stage in self.stages if stage.index == index)

    def chain(self, stage: Stage | None = None) -> tuple[Stage, ...]:
        """The stages whose layers `stage`, or else the image, has: those that it is built on, the lowest first, and
        itself."""
        found = [stage or self.target]
        while (below := found[-1].origin).kind == "stage" and below.stage is not None:
            found.append(self.stage(below.stage))
        return tuple(reversed(found))


def parse(text: bytes, *, label: str) -> Dockerfile:
    """Read a Dockerfile; `label` names it in `CtxscanError`, which is raised where the builder refuses it.

    Whoever asks for the same again is given what was read before: many targets of one Dockerfile are many builds, and
    each looks at what all the others copy.
    """
    return _known(text, label) if len(text) <= _REMEMBERED else _parse(text, label)


def _parse(text: bytes, label: str) -> Dockerfile:
    if not text:
        raise CtxscanError("the Dockerfile cannot be empty", place=label)
    decoded = _decode(text)
    instructions, escape, asked, directives, syntax = read_instructions(decoded, label=label)
    arguments: list[Instruction] = []
    sections: list[tuple[Instruction, list[Instruction]]] = []
    for instruction in instructions:
        if instruction.keyword not in KEYWORDS and syntax and _OFFICIAL.search(syntax) is None:
            word = instruction.text.split(maxsplit=1)[0]
            raise CtxscanError(f"{word} is for {syntax}, {ANOTHER_FRONTEND}", place=f"{label}:{instruction.line}")
        check_arguments(instruction, label=label)
        if instruction.keyword == "FROM":
            sections.append((instruction, []))
        elif sections:
            sections[-1][1].append(instruction)
        elif instruction.keyword == "ARG":
            arguments.append(instruction)
        else:
            raise CtxscanError("no build stage in current context", place=f"{label}:{instruction.line}")
    if not sections:
        raise CtxscanError("dockerfile contains no stages to build", place=label)
    stages = tuple(_section(index, start, body) for index, (start, body) in enumerate(sections))
    return Dockerfile(
        label, escape, tuple(arguments), stages, asked, directives, syntax, decoded.removeprefix("\ufeff")
    )


#: The frontend of BuildKit, also from a mirror, and what is said of others.
_OFFICIAL: Final = lazy(r"(?:^|/)docker/dockerfile(?:-upstream)?(?:[:@]|$)")
ANOTHER_FRONTEND: Final = "a frontend that is not known here"
#: A Dockerfile of more bytes is read anew.
_REMEMBERED: Final = 1 << 18
_known: Final = lru_cache(maxsize=1024)(_parse)


#: What needs no ARG: these are in the environment of every RUN, or mean something to the builder itself. Source: the
#: Dockerfile reference, "Predefined ARGs" and "Automatic platform ARGs in the global scope".
PREDEFINED: Final = frozenset(
    {each + "_proxy" for each in ("http", "https", "ftp", "no", "all")}
    | {each + "_PROXY" for each in ("HTTP", "HTTPS", "FTP", "NO", "ALL")}
    | {f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")}
    | {"SOURCE_DATE_EPOCH", "TARGETSTAGE"}
)


def declared(dockerfile: Dockerfile) -> frozenset[str]:
    """The build arguments that a Dockerfile takes: those that an ARG declares anywhere, and those that need none."""
    every = [*dockerfile.arguments, *(each for section in dockerfile.sections for each in section.instructions)]
    words = (word for each in every for word in _declaring(each))
    return PREDEFINED.union(word.partition("=")[0] for word in words)


def _declaring(instruction: Instruction) -> Iterable[str]:
    if instruction.keyword == "ARG":
        return instruction.words
    if instruction.keyword != "ONBUILD":
        return ()
    keyword, *words = instruction.words[0].split()
    return words if keyword.upper() == "ARG" else ()


def _section(index: int, start: Instruction, body: list[Instruction]) -> Section:
    name = start.words[2].lower() if len(start.words) == 3 else ""
    return Section(index, name, start, tuple(body))


def _decode(text: bytes) -> str:
    """The builder takes each byte that is not UTF-8 for U+FFFD."""
    return text.decode() if text.isascii() else _STRAY_BYTE.sub("\ufffd", text.decode(errors="surrogateescape"))


_STRAY_BYTE: Final = lazy("[\udc80-\udcff]")
