"""Dependencies that an install brings, and what a COPY of the project lays over them."""

import posixpath
from collections.abc import Iterator
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.stages import Step
from ...packages.catalog import MANAGERS
from ...paths import join, within
from ...regex import lazy
from ...rules import globs
from ..reading import Reading, landed
from ..registry import Evidence

# --- what is laid over them


class Overwritten(NamedTuple):
    """What `step` lays over what the stage has: a directory of the context, and what put the other one there."""

    step: Step
    path: str
    made: str


#: What makes an output anew.
_BUILDS: Final = lazy(r"\b(?:build|make|compile|generate|tsc|webpack|vite|publish|package|export)\b")
#: Directories below a source in which the packages of a part of the project may be.
_MOST_PARTS: Final = 200


def overwritten(case: Evidence) -> Iterator[Overwritten]:
    """What COPY lays over what a stage has."""
    reading = case.reading
    for stage in reading.plan.stages if reading is not None else ():
        for at, step in enumerate(stage.steps):
            if reading is None or step.keyword != "COPY" or step.origin is not None:
                continue
            before, after = stage.steps[:at], stage.steps[at + 1 :]
            for made, place in (*installed(reading, before, after), *_taken(before, after)):
                for path in _laid(case, reading, step, place):
                    yield Overwritten(step, path, made)


def installed(reading: Reading, before: tuple[Step, ...], after: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """What steps installed beside a manifest, and where; nothing that is installed or removed again."""
    again = {each.manager for each in reading.installs(after)}
    for each in reading.installs(before):
        manager = MANAGERS[each.manager]
        if not manager.packages or each.words or each.manager in again:
            continue
        if not any(manager.packages in step.instruction.text for step in after if step.keyword == "RUN"):
            said = " ".join(each.command.text.split()[:2])
            place = posixpath.normpath(posixpath.join(each.cwd, manager.packages))
            yield f"what {said} (line {each.step.line}) installs", place


def _taken(before: tuple[Step, ...], after: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """What steps took from another stage, and where they put it."""
    for step in before:
        if step.keyword == "COPY" and step.origin is not None and len(step.sources) == 1:
            name = posixpath.basename(step.target)
            runs = (each.instruction.text for each in after if each.keyword == "RUN")
            if not any(_BUILDS.search(text) or name in text for text in runs):
                yield f"what line {step.line} copies from {step.origin.name or step.origin.stage}", step.target


def _laid(case: Evidence, reading: Reading, step: Step, place: str) -> Iterator[str]:
    """The directories of the context that `step` lays over `place`, or, for packages, over those of a part of the
    project below it."""
    name = posixpath.basename(place)
    for source in step.sources:
        own = cleaned(source.text)
        if source.kind != "path" or globs.is_wild(own) or reading.sent.kind(own or ".") == "file":
            continue
        found = [path for path in landed(step, place) if path != own and (not own or within(path, own))]
        if within(step.target, posixpath.dirname(place)) and name == "node_modules":
            found += _parts(reading, own, name)
        for path in dict.fromkeys(found):
            if path and reading.sent.kind(path) == "dir" and not case.tracked.below(path) and reading.sent.names(path):
                yield path
                return


def _parts(reading: Reading, own: str, name: str) -> Iterator[str]:
    """The packages of the parts of a project in a directory that is copied."""
    parts = [join(own, each) for each in reading.names(own)]
    parts += [join(part, each) for part in parts[:_MOST_PARTS] for each in reading.names(part)]
    for part in parts[:_MOST_PARTS]:
        if reading.sent.kind(f"{part}/{name}") == "dir" and reading.tree.kind(f"{part}/package.json") == "file":
            yield f"{part}/{name}"
