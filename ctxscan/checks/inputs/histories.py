"""The history that a version is made of: excluded, half of it, or outside of the context."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ...builds.names import is_dockerfile
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Step
from ...packages.project_kinds import kinds_of
from ...packages.versions import GIT, NO_QUESTION
from ...paths import parents, within
from ...regex import lazy
from ..reading import Reading, base_image
from ..registry import Evidence, HistoryReader
from .stagefiles import StageFiles, reached

_GIT: Final = ".git"
#: A repository of their own.
_ELSEWHERE: Final = lazy(r"\bgit\s+(\S+\s+)*(clone|init|fetch)\b")
#: The name that an answer is given in a script or a build file, and what such a line has where it can do without.
_NAMED: Final = lazy(
    r"[ \t]*(?:export[ \t]+|(?:override|local|readonly|set|val|var|let|const)[ \t]+)*(\w+)[ \t]*[?:+]{0,2}="
)
_OTHERWISE: Final = ("||", "-d .git", "-e .git", "wildcard .git")
#: So many tracked files are gone through.
_MOST_TRACKED: Final = 20_000


class Asking(NamedTuple):
    """Who asks for the history in a step, what `state` it is in there, and its path in the context. `tool`: it
    makes a version; `remedy` is what gives the version instead, `fallback` what it is else. `ends`: the step does."""

    reader: str
    step: Step
    state: str
    path: str
    tool: str | None
    remedy: str | None
    fallback: str = ""
    ends: bool = False


def asking(case: Evidence, reading: Reading) -> Iterator[Asking]:
    """The commands of the build that read the history of the project."""
    label = case.scan.build.label
    for before, step in reached(reading):
        there = StageFiles(reading, before, step, case.tracked)
        commands = (each.instruction.text for each in (*before, step) if each.keyword == "RUN")
        if any("git" in text and _ELSEWHERE.search(text) for text in commands):
            continue
        commands_of = reading.commands(step)
        for command in commands_of:
            for kind in kinds_of(command.name) if not command.guarded else ():
                for directory in kind.built(command) if kind.version else ():
                    manifests = (there.file(posixpath.join(directory, name)) for name in kind.manifest)
                    for manifest in filter(None, manifests):
                        found = kind.version(reading.tree, manifest) if kind.version else None
                        place = _history(there, directory) if found else None
                        if found is None or place is None or _is_given(found.given, before, step):
                            continue
                        reader = f"{found.tool} makes the version ({found.file}; {command.name}, {label}:{step.line})"
                        sure = found.ends and command.name not in found.lenient
                        ends = sure and not _is_otherwise(found.file, before, step)
                        yield Asking(reader, step, *place, found.tool, f"set {found.remedy}", found.fallback, ends)
                        break
        text = step.instruction.text
        asked = GIT.search(f" {text}") if "git" in text else None
        if asked is not None and asked[1] not in NO_QUESTION and "||" not in text and not _is_away(commands_of, step):
            place = _history(there, step.workdir or "/") or _left(case, there, before, step)
            if place is not None:
                yield Asking(f"git {asked[1]} ({label}:{step.line})", step, *place, None, None)


def _is_away(commands: Iterable[Command], step: Step) -> bool:
    """Whether git is only asked where the step has gone to, out of the directory of the project."""
    places = [each.cwd for each in commands if each.name == "git" and "-C" not in each.arguments]
    return bool(places) and all("/~" in each or not within(each, step.workdir or "/") for each in places)


#: A question about the whole history, whose answer a step takes.
_TAKEN: Final = lazy(r"(?<!\\)(?:\$\(|`)\s*git\s+(?:--\S+\s+)*(?:describe|rev-parse|rev-list|log)\b")


def _left(case: Evidence, there: StageFiles, before: Sequence[Step], step: Step) -> tuple[str, str] | None:
    """The state of a history that the context has and no COPY takes, where the answer of git goes into the image; None:
    something else may be asked."""
    reading = there.reading
    image = base_image(next(reading.plan.chain(one)[0] for one in reading.plan.stages if step in one.steps))
    copied = [each for each in before if each.keyword in ("COPY", "ADD")]
    if image is None or not images.brings_no_project(image) or case.scan.disk.kind(_GIT) != "dir" or not copied:
        return None
    if re.search(r"\bcd\s|\s-C\s|--git-dir", step.instruction.text) or not _TAKEN.search(step.instruction.text):
        return None
    if any(each.origin is not None or any(one.kind != "path" for one in each.sources) for each in copied):
        return None
    start = posixpath.normpath(step.workdir or "/")
    places = dict.fromkeys((start, *(f"/{each}" for each in parents(start.lstrip("/"))), "/"))
    if any(there.at(posixpath.join(place, _GIT)).state != "absent" for place in places):
        return None
    return "absent", _GIT


def _is_otherwise(manifest: str, before: Sequence[Step], step: Step) -> bool:
    """Whether a step may do without the version, or one changes the manifest that asks for it."""
    name = posixpath.basename(manifest)
    return "||" in step.instruction.text or any(
        name in each.instruction.text for each in (*before, step) if each.keyword == "RUN"
    )


def _is_given(pattern: re.Pattern[str], before: object, step: Step) -> bool:
    """Whether a setting says which version it is."""
    settings = " ".join(name for name, _ in step.environment)
    return pattern.search(f"{settings}\n{step.instruction.text}") is not None


def _history(there: StageFiles, directory: str) -> tuple[str, str] | None:
    """What became of the history that git finds from a directory of the stage: its state, and its path in the context;
    None: there is none, or nobody knows."""
    start = posixpath.normpath(directory)
    for place in dict.fromkeys((start, *(f"/{each}" for each in parents(start.lstrip("/"))), "/")):
        found = there.at(posixpath.join(place, _GIT))
        if found.state in ("there", "excluded") and found.path is not None:
            return found.state, found.path
        if found.state == "unknown":
            return None
    return None


def modified(case: Evidence, each: Asking) -> str | None:
    """The tracked files that rules exclude although a version is made of the history: to git these are deleted. None:
    there are none, or nobody knows."""
    return _deleted(case) if each.tool is not None and each.state == "there" and each.path == _GIT else None


def compared(case: Evidence) -> tuple[HistoryReader, str] | None:
    """Who compares the tree with the history, and the tracked files that rules exclude there."""
    if case.compares is None or case.scan.disk.kind(_GIT) is None or case.scan.rules.gone(_GIT):
        return None
    name = posixpath.basename(case.compares.file)
    if is_dockerfile(name) and case.compares.file != (case.scan.build.label or "").replace("\\", "/"):
        return None  # another build
    gone = _deleted(case)
    return None if gone is None else (case.compares, gone)


def unanswered(case: Evidence, reading: Reading) -> HistoryReader | None:
    """Who asks the history that a rule excludes, in a script or a build file. None: nobody, there is none, the version
    is given by its name, or the line says what stands in for the answer."""
    asks = case.asks
    if asks is None or case.scan.disk.kind(_GIT) != "dir" or not case.scan.rules.gone(_GIT):
        return None
    data = reading.tree.read(asks.file) or b""
    lines = data.decode(errors="replace").splitlines()
    line = lines[asks.line - 1] if 0 < asks.line <= len(lines) else ""
    if any(sign in line for sign in _OTHERWISE):
        return None
    name = _NAMED.match(line)
    said = (step.instruction.text for stage in reading.plan.stages for step in stage.steps) if name else ()
    return None if name and any(re.search(rf"\b{name[1]}\b", text) for text in said) else asks


def _deleted(case: Evidence) -> str | None:
    if case.scan.ignored is None:
        return None
    from .excluded import blamed

    tracked = case.tracked.within("", _MOST_TRACKED) or []
    gone = [path for path in tracked if case.scan.rules.gone(path)]
    rule = blamed(case.scan, gone[0]) if gone else None
    if rule is None:
        return None
    more = f" and {len(gone) - 1} more tracked files" if len(gone) > 1 else ""
    return f"{gone[0]}{more}, excluded by {case.scan.ignored.label}:{rule.line} {rule.text}"
