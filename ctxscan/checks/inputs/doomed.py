"""Steps that end with an error in any case: what they make is there, what they ask for is gone, or what they get is too
new for them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ...dockerfile import images
from ...dockerfile.stages import Stage, Step
from ...git.index import Tracked
from ...regex import lazy
from ..reading import Reading, base_image

#: What goes on where one of its commands fails.
_GOES_ON: Final = lazy(r"\|\||;|<<|\bif\b")


class Doomed(NamedTuple):
    """A step that ends the build, what is said of it and why, and the way out. `maybe`: unless somebody makes something
    first."""

    step: Step
    said: str
    why: str
    remedy: str
    maybe: bool = False


def doomed(reading: Reading, tracked: Tracked) -> Iterator[Doomed]:
    """The first of each stage."""
    for stage in reading.plan.stages:
        for before, step in reading.own_steps(stage):
            if step.keyword != "RUN" or step.onbuild is not None:
                continue
            found = (
                _makes_again(reading, stage, before, step)
                or _in_vain(reading, stage, before, step)
                or _too_old(reading, stage, before, step)
                or _mismatched(reading, stage, before, step)
            )
            if found is not None:
                yield Doomed(step, *found)
                break
            embedding = _embeds_nothing(reading, before, step, tracked)
            if embedding is not None:
                yield embedding
                break


def _makes_again(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str, str] | None:
    """A directory that a RUN makes, and that is there."""
    text = step.instruction.whole
    if "mkdir" not in text or _GOES_ON.search(text):
        return None
    image = base_image(reading.plan.chain(stage)[0])
    commands = reading.commands(step)
    for at, command in enumerate(commands):
        if command.name != "mkdir" or command.guarded:
            continue
        if any(re.match(r"-\w*p|--parents", each) for each in command.arguments):
            continue
        for word in command.words:
            path = posixpath.normpath(posixpath.join("/", command.cwd, word))
            if "$" in word or any(path in each.text for each in commands[:at]):
                continue
            made = next(
                (each for each in reversed(before) if each.keyword == "WORKDIR" and each.destination == path), None
            )
            later = before[before.index(made) + 1 :] if made is not None else before
            if any(each.keyword == "RUN" and path in each.instruction.text for each in later):
                continue  # who removes it, too
            if made is not None:
                return f"mkdir {word}: WORKDIR on line {made.line} has made it", _EXISTS, f"write mkdir -p {word}"
            if image is not None and images.has_directory(image, path):
                name = f"{image.path}:{image.tag}" if image.tag else image.path
                return f"mkdir {word}: {name} has that directory", _EXISTS, f"write mkdir -p {word}, or take it out"
    return None


_EXISTS: Final = "mkdir: cannot create directory: File exists"


def _in_vain(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str, str] | None:
    """Packages that a release no longer has, or that its Python does not take."""
    text = step.instruction.whole
    image = base_image(reading.plan.chain(stage)[0])
    if image is None:
        return None
    if images.archived(image) is not None:
        from .retired import in_vain  # few are that old

        return in_vain(reading, stage, before, step)
    if ("pip " in text or "pip3 " in text) and "python" not in images.plain_name(image):
        from .managed import refused  # nor are many without their own

        return refused(reading, stage, before, step)
    return None


def _too_old(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str, str] | None:
    """A module of Go that wants a newer compiler than its image has."""
    lowest = reading.plan.chain(stage)[0]
    image = base_image(lowest)
    if image is None or images.plain_name(image) != "golang" or "$" in lowest.written:
        return None
    if any(
        "GOTOOLCHAIN" in each.instruction.whole or "GO111MODULE=off" in each.instruction.whole
        for each in (*before, step)
    ):
        return None
    from ...packages import go_toolchain  # only where there is a compiler of Go

    def brought(absolute: str) -> str | None:
        return reading.brought([*before, step], absolute)

    for command in reading.commands(step):
        for place in go_toolchain.runs(command, reading.tree, brought):
            manifest = brought(posixpath.join(place, "go.mod"))
            found = go_toolchain.too_old(reading.tree.text(manifest), image.tag) if manifest is not None else None
            if found is not None:
                said = f"{image.path}:{image.tag} cannot read {manifest}:{found.line}"
                flavor = image.tag.partition("-")[2]
                tag = f"{found.wanted}-alpine" if flavor.startswith("alpine") else found.wanted
                return (
                    said,
                    f"go: errors parsing go.mod: {found.said}",
                    f"FROM {image.repository}:{tag} on line {lowest.line}",
                )
    return None


def _mismatched(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str, str] | None:
    """An install that demands another runtime."""
    if not any(reading.installs([step])):
        return None
    from .mismatched import mismatched  # only where something is installed that may demand one

    return mismatched(reading, stage, before, step)


def _embeds_nothing(reading: Reading, before: Sequence[Step], step: Step, tracked: Tracked) -> Doomed | None:
    """A program of Go that embeds what is not there, and what nothing in the build makes."""
    from ...packages import go_embeds
    from ..project.earlier import made_earlier
    from .stagefiles import StageFiles, earlier_commands

    commands = reading.commands(step) if "||" not in step.instruction.text else ()
    for command in commands:
        for place in go_embeds.built(command) if not command.guarded else ():
            there = StageFiles(reading, before, step, tracked, earlier_commands(commands, command))
            manifest = there.file(posixpath.join(place, "go.mod"))
            if manifest is None:
                continue
            above = posixpath.dirname(manifest)
            for each in go_embeds.needs(reading.tree, manifest, above, command):
                path = each.path.partition("*")[0].rpartition("/")[0] if "*" in each.path else each.path
                if each.reader != go_embeds.UNMATCHED or reading.tree.exists(path) or "[" in path or "?" in path:
                    continue
                if there.at(posixpath.join(place, posixpath.relpath(path, above or "."))).state != "absent":
                    continue
                return Doomed(
                    step,
                    f"{each.file}:{each.line} embeds {each.path}, and there is no such file",
                    "no matching files found",
                    f"copy {path} before line {step.line}, from the stage that makes it, or make it there",
                    maybe=made_earlier(reading.tree, path),
                )
    return None
