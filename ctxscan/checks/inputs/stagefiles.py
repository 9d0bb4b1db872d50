"""Where a file of the project is when a command of a stage runs: there, held back by a rule, or not copied.

Told from the COPY, ADD and mounts above it. What another stage or a command may have put there is left alone.
"""

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from ...archive.endings import UNPACKED
from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Step
from ...git.index import Tracked
from ...packages.catalog import adds_to_system, is_inert
from ...paths import within
from ...regex import lazy
from ...rules import globs
from ..reading import Reading, base_image, landed

State: TypeAlias = Literal["there", "unknown", "excluded", "absent"]
#: Directories of things that are made while building, wherever they lie.
_MADE: Final = frozenset(
    "dist build out output target .next .nuxt .output .svelte-kit node_modules vendor generated gen obj bin-release "
    "_build deps wheels venv .venv staticfiles __generated__ coverage release".split()
)
_COMPILED: Final = (".jar", ".war", ".exe", ".so", ".dll", ".class", ".pyc", ".wasm", ".map", ".o", ".a", ".whl")

_HISTORY: Final = ".git"
#: What brings, unpacks or begins more than it names, and the words of which each has one in it.
_FETCHES: Final = lazy(
    r"\bgit\s+(\S+\s+)*(clone|init|checkout|submodule)\b|\btar\b|\bunzip\b|\bcurl\b|\bwget\b|\w\s+(new|init)\b"
)
_FETCHING: Final = ("git", "tar", "unzip", "curl", "wget", " new", " init")


class Whereabouts(NamedTuple):
    """`path` is the one in the context, if it is known. With `excluded` it is on disk, and a rule takes it out."""

    state: State
    path: str | None = None


class StageFiles:
    """What lies in a stage before a step. `steps` are those above it, the first of the base stages first; `own` is the
    step itself, of which the mounts count, and `ahead` the commands in it that have run already."""

    def __init__(
        self,
        reading: Reading,
        steps: Sequence[Step],
        own: Step | None,
        tracked: Tracked,
        ahead: tuple[Command, ...] = (),
    ) -> None:
        self.reading = reading
        self.ahead = ahead
        self.steps = steps
        self.own = own
        self.tracked = tracked

    def at(self, absolute: str) -> Whereabouts:
        """Where the file or directory is that belongs at an absolute path."""
        out: str | None = None
        for step in (self.own,) if self.own is not None else ():
            for path in landed(step, absolute):
                found = self._of(path)
                if found == "there":
                    return Whereabouts("there", path)
                out = out or (path if found == "excluded" else None)
            others = (each for each in step.mounts if each.origin is not None or each.kind != "bind")
            if any(within(absolute, each.target) for each in others):
                return Whereabouts("unknown")
        if self.ahead and self._may_make("\n".join(each.text for each in self.ahead), self.ahead, absolute, out):
            return Whereabouts("unknown")
        for step in reversed(self.steps):
            if step.keyword in ("COPY", "ADD"):
                near = within(absolute, step.target) or within(step.target, absolute)
                more = near and _brings_more(step) and not _brings_others(step, absolute)
                if more or (near and self._is_made_first(step)):
                    return Whereabouts("unknown")
                for path in landed(step, absolute):
                    found = self._of(path)
                    if found == "there":
                        return Whereabouts("there", path)
                    out = out or (path if found == "excluded" else None)
            elif step.keyword == "RUN" and self._may_make(
                step.instruction.text, self.reading.commands(step), absolute, out
            ):
                return Whereabouts("unknown")
        return Whereabouts("absent") if out is None else Whereabouts("excluded", out)

    def file(self, absolute: str) -> str | None:
        """The path in the context of what lies at an absolute path; None: it is not from there."""
        found = self.at(absolute)
        return found.path if found.state == "there" else None

    def is_file(self, path: str | None) -> bool:
        """Whether there is a file at a path of the context."""
        return path is not None and self.reading.tree.kind(path) == "file"

    def _of(self, path: str) -> Literal["there", "excluded"] | None:
        if self.reading.sent.kind(path) is not None:
            return "there"
        tree = self.reading.tree
        # Of a directory that is kept and empty, all that is in it is excluded.
        out = tree.exists(path) and (self.reading.scan.rules.gone(path) or bool(tree.names(path)))
        return "excluded" if out else None

    def _is_made_first(self, step: Step) -> bool:
        """Whether a COPY takes what is not on disk: somebody makes it before the build, with all that is in it."""
        plain = (cleaned(each.text) for each in step.sources if each.kind == "path")
        return any(each and not globs.is_wild(each) and not self.reading.tree.exists(each) for each in plain)

    def _may_make(self, text: str, commands: Sequence[Command], absolute: str, path: str | None) -> bool:
        """Whether commands may have put something there: they name it, or make what is no source."""
        name = posixpath.basename(absolute)
        named = name in text and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)
        if named and not _reads_alone(text, name):
            return True
        if commands and all(is_inert(each.name, each.arguments) for each in commands):
            return False
        if any(word in text for word in _FETCHING) and _FETCHES.search(text):
            # To install what fetches is not to fetch.
            others = "\n".join(each.text for each in commands if not adds_to_system(each))
            if not commands or _FETCHES.search(others):
                return True
        parts = (path or absolute).strip("/").split("/")
        if path is not None and self.tracked.known and name != _HISTORY:  # git tracks none
            return not (self.tracked.file(path) or self.tracked.below(path))
        return not _MADE.isdisjoint(parts) or name.endswith(_COMPILED)


def _reads_alone(text: str, name: str) -> bool:
    """Whether a command only reads what it names: an install from a list."""
    return re.search(rf"(-r|--requirement)[ =]\S*{re.escape(name)}", text) is not None


def _brings_more(step: Step) -> bool:
    """Whether a step takes from elsewhere than the context, or unpacks something."""
    packed = any(each.text.endswith(UNPACKED) for each in step.sources) and step.keyword == "ADD"
    return packed or step.origin is not None or any(each.kind != "path" for each in step.sources)


def _brings_others(step: Step, absolute: str) -> bool:
    """Whether a step only takes files with an ending that what belongs at a path has not: `*.whl`."""
    first = absolute[len(step.target) :].strip("/").partition("/")[0]
    names = [posixpath.basename(each.text) for each in step.sources]
    return bool(first) and all(_BY_ENDING.fullmatch(each) and not globs.matches(each, first) for each in names)


_BY_ENDING: Final = lazy(r"\*\.\w+")


def earlier_commands(commands: Iterable[Command], command: Command) -> tuple[Command, ...]:
    """Those of the commands of a RUN that have run already."""
    return tuple(each for each in commands if each.place < command.place)


def reached(reading: Reading) -> Iterable[tuple[Sequence[Step], Step]]:
    """Every RUN of the stages that the target needs, with the steps before it."""
    for stage in reading.plan.stages:
        yield from (each for each in reading.own_steps(stage) if each[1].keyword == "RUN")


def is_known(there: StageFiles, home: str) -> bool:
    """Whether all that is in a stage is told by the Dockerfile, and what it is based on does not choose `home`."""
    steps = [*there.steps, *([there.own] if there.own is not None else [])]
    plan = there.reading.plan
    lowest = next((plan.chain(each)[0] for each in plan.stages if any(one is steps[-1] for one in each.steps)), None)
    if lowest is None or lowest.origin.kind == "scratch":
        return lowest is not None
    image = base_image(lowest)
    if image is None or not images.brings_no_project(image):
        return False
    return any(each.keyword == "WORKDIR" for each in steps) or (home == "/" and images.works_in_root(image))


def is_edited(there: StageFiles, name: str) -> bool:
    """Whether a command above may have changed a manifest, or put the projects of a solution into their places."""
    texts = [step.instruction.text for step in there.steps if step.keyword == "RUN"]
    if name.endswith((".sln", ".slnx")):
        return any("dotnet sln" in text or ("proj" in text and re.search(r"\b(?:mv|cp)\s", text)) for text in texts)
    return any(name in text and any(word in text for word in ("sed", "perl", ">", "tomlq", "jq")) for text in texts)
