"""Packages of a release that has come to its end, and whether the project can leave it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Final

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...packages.catalog import system_packages
from ...packages.runtimes import wanted
from ...regex import lazy
from ...rules import globs
from ..reading import Reading, base_image

#: What says where packages come from.
_SOURCES: Final = lazy(
    r"sources\.list|/etc/apt\b|archive\.debian|old-releases|snapshot\.debian|yum\.repos|vault|mirror|\.repo\b"
)


#: Packages of Debian and Ubuntu with a version in their names, which another release does not have.
_BOUND: Final = lazy(
    r"(?:openjdk-|postgresql-(?:client-)?|php(?=\d\.|5)|python(?=\d\.)|ruby(?=\d\.)|lib(?:ssl|icu)|gcc-|g\+\+-|clang-|llvm-)"
    r"\d[\w.+-]*"
)


def in_vain(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str, str] | None:
    """What a step asks of servers that no longer have the packages of its release, why, and the way out."""
    image = base_image(reading.plan.chain(stage)[0])
    gone = images.archived(image) if image is not None else None
    if gone is None or image is None or "||" in step.instruction.whole:
        return None
    asking = next((each for each in reading.commands(step) if each.name in gone.programs and _asks(each)), None)
    if asking is None or any(_SOURCES.search(each.instruction.whole) for each in (*before, step)):
        return None
    if any(each.program for one in before for each in reading.commands(one)):
        return None  # a script may set them
    name = f"{image.path}:{image.tag}" if image.tag else image.path
    said = (
        f"{asking.name} {' '.join(asking.words[:1])} in {name}, which is end-of-life: "
        f"its packages have moved from {gone.host} to {gone.archive}"
    )
    # What comes above the step may ask as well: a script from the net that adds a source.
    lowest = reading.plan.chain(stage)[0]
    archive = f"RUN {gone.remedy} below FROM on line {lowest.line}"
    if not gone.remedy:
        archive = f"take them from {gone.archive} with [trusted=yes], as its keys have expired"
    kept = _keeps(reading, images.plain_name(image), gone.living)
    bound = _bound(reading, stage) if "apt-get" in gone.programs else None
    if images.plain_name(image) == "python" and image.tag.startswith("2"):
        way = f"{archive}, since no release of Python 2 gets updates"
    elif kept is not None:
        way = f"{archive}, since no release that still gets updates has the version that {kept} asks for"
    elif bound is not None:
        way = f"{archive}, since other releases may lack {bound}"
    else:
        way = "FROM a release that still gets updates" + (f", or {archive}" if gone.remedy else "")
    return said, "the servers that it asks no longer have them", way


def _asks(command: Command) -> bool:
    return command.words[:1] == ["update"] or (command.name in ("yum", "dnf") and system_packages(command) == "adds")


def _bound(reading: Reading, stage: Stage) -> str | None:
    """A package that a stage installs and that only releases of that time have; None: none."""
    adding = (each for each in reading.all_commands(reading.history(stage)) if system_packages(each) == "adds")
    return next((word for each in adding for word in each.words[1:] if _BOUND.fullmatch(word)), None)


def _keeps(reading: Reading, runtime: str, living: Sequence[str]) -> str | None:
    """The file of the project that wants a version of the runtime which none of the living releases is; None: none."""
    if not living:
        return None
    for place in dict.fromkeys(_places(reading)):
        if (found := wanted(reading.tree, place, runtime, living)) is not None:
            return found
    return None


def _places(reading: Reading) -> Iterator[str]:
    """The directories of the context that instructions take, or take something from."""
    for stage in reading.plan.stages:
        for step in stage.steps:
            for source in step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ():
                path = cleaned(source.text)
                if source.kind == "path" and not globs.is_wild(path):
                    yield path if reading.tree.kind(path) == "dir" or not path else posixpath.dirname(path)
