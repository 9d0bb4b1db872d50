"""Programs that are linked against the library of C of the stage that makes them, and start where that one is not."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...packages.go_linking import Linked, linked, outputs
from ...paths import absolute
from ...regex import lazy
from ..reading import Reading, base_image, moved

#: What says that a program is linked in another way, for another processor, or was to be on Alpine.
_OTHERWISE: Final = lazy(r"CGO|\bapk\b|static|netgo|osusergo|GOARCH|musl|\bzig\b|\bupx\b")
#: What brings the library to an image based on Alpine.
_BRINGS: Final = lazy(r"gcompat|libc6-compat|glibc|ld-linux|ld-musl")


def without_library(reading: Reading, step: Step, word: str) -> tuple[Step, Linked, str] | None:
    """The RUN that makes the program `word` which CMD or ENTRYPOINT starts, what has it linked against the library of C
    of its stage, and what the image is; None: it starts."""
    kind = _lacks_library(reading)
    if kind is None:
        return None
    path = absolute(step.workdir or "/", word)
    for stage, source in _made_in(reading, path):
        found = _made(reading, stage, source)
        if found is not None:
            return (*found, kind)
    return None


def _lacks_library(reading: Reading) -> str | None:
    """What the image is, where it has another library of C or none."""
    lowest = reading.chain[0]
    image = base_image(lowest)
    if lowest.origin.kind == "scratch":
        kind = "made from scratch"
    elif image is not None and images.is_alpine(image) and images.brings_no_project(image):
        kind = "based on Alpine"
    elif image is not None and image.path.startswith("distroless/static"):
        kind = "without a library of C"
    else:
        return None
    for step in reading.shipped:
        if step.keyword == "RUN" and _BRINGS.search(step.instruction.whole):
            return None
        taken = (source.text.rstrip("/") for source in step.sources if step.keyword in ("COPY", "ADD"))
        if any(each == "" or _BRINGS.search(each) or each.startswith(("/lib", "/usr/lib")) for each in taken):
            return None
    return kind


def _made_in(reading: Reading, path: str) -> Iterator[tuple[Stage, str]]:
    """The stages that a COPY takes the file at `path` from, and where it is there."""
    for step in reversed(reading.shipped):
        origin = step.origin
        if step.keyword == "COPY" and origin is not None and origin.kind == "stage" and origin.stage is not None:
            for source in moved(step, path):
                yield reading.plan.stage(origin.stage), source


def _made(reading: Reading, stage: Stage, path: str) -> tuple[Step, Linked] | None:
    chain = reading.plan.chain(stage)
    image = base_image(chain[0])
    if image is None or not images.has_compiler_of_c(image) or any(each.platform for each in chain):
        return None
    steps = reading.history(stage)
    if any(_OTHERWISE.search(each.instruction.whole) for each in steps):
        return None
    for step in steps:
        for command in reading.commands(step) if step.keyword == "RUN" else ():
            package = next((package for made, package in outputs(command) if made == path), None)
            if package is not None:
                found = _of_package(reading, steps, command, package)
                return None if found is None else (step, found)
    return None


def _of_package(reading: Reading, steps: list[Step], command: Command, package: str) -> Linked | None:
    if not re.fullmatch(r"\.|(?:\./)?[\w./-]+", package) or ".." in package:
        return None
    module = reading.brought(steps, posixpath.join(command.cwd, "go.mod"))
    if module is None:
        return None
    home = posixpath.dirname(module)
    return linked(reading.tree, home, posixpath.normpath(posixpath.join(home, package)).removeprefix("."))
