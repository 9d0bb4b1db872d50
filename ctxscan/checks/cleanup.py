"""The lesson about cleaning up: what a later RUN removes stays in the layer that made it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import pairwise

from ..dockerfile.commands import Command
from ..dockerfile.stages import Step
from ..findings import Finding
from ..packages.catalog import CACHES, MANAGERS, REMOVALS, install
from ..packages.ecosystem import Cache
from ..paths import within
from ..rules import globs
from .reading import Reading, landed
from .registry import Evidence, finding, finds


@finds("warning", scope="shipped")
def split_cleanup(case: Evidence) -> Iterator[Finding]:
    """A RUN removes what an instruction before it has put into a layer: the layer keeps it, and nothing gets smaller.

    Caches and packages of a package manager, downloads, and what COPY or ADD brought; only in the stages whose layers
    are in the image. What a base image brought is not reported.
    """
    reading = case.reading
    steps = reading.shipped if reading else []
    for at, step in enumerate(steps):
        for what, made, size in _removed(reading, steps[:at], step) if reading else ():
            yield finding(
                split_cleanup,
                f"{what} stays in the layer of {made.keyword} in line {made.line}",
                why="a later instruction can only hide what a layer has",
                path=case.scan.build.label,
                line=step.line,
                size=size,
                reached="image",
                remedy=(
                    f"remove it in the same RUN, in line {made.line}"
                    if made.keyword == "RUN"
                    else "do not copy it: exclude it, or use it in a stage of its own or through RUN --mount"
                ),
                key=what,
            )


def _removed(reading: Reading, before: list[Step], step: Step) -> Iterator[tuple[str, Step, int]]:
    """What a RUN removes too late, the step that made it, and its bytes where they are known."""
    commands = reading.commands(step)
    for cache in CACHES:
        if any(_cleans(cache, each) for each in commands) and not _fills(reading, step, cache):
            made = next((one for one in before if _leaves(reading, one, cache)), None)
            if made is not None and not _is_mounted(step, cache.place):
                yield cache.what, made, 0
    for command in commands:
        yield from _packages_before(reading, before, command)
        if command.name == "rm" and not command.guarded:
            for path in command.arguments:
                if not path.startswith("-"):
                    yield from _made_before(reading, before, command, path)


def _is(command: Command, listed: Iterable[str]) -> bool:
    """Whether a command begins with one of the listed ones, options left out."""
    said = " ".join((command.name, *(each for each in command.arguments if not each.startswith("-"))))
    # One word is a command that stands alone.
    return any(said == each or (" " in each and said.startswith(f"{each} ")) for each in listed)


def _cleans(cache: Cache, command: Command) -> bool:
    paths = (each.replace("~", "/root", 1) for each in command.arguments)
    return _is(command, cache.cleans) or (command.name == "rm" and any(within(each, cache.place) for each in paths))


def _fills(reading: Reading, step: Step, cache: Cache) -> bool:
    return any(_is(each, cache.fills) and cache.spared not in each.arguments for each in reading.commands(step))


def _leaves(reading: Reading, step: Step, cache: Cache) -> bool:
    """Whether a step fills a cache and lets it be."""
    cleaned = any(_cleans(cache, each) for each in reading.commands(step))
    return _fills(reading, step, cache) and not cleaned and not _is_mounted(step, cache.place)


def _packages_before(reading: Reading, before: list[Step], command: Command) -> Iterator[tuple[str, Step, int]]:
    """Packages of the system that an earlier RUN has installed."""
    for takes, brings in REMOVALS:
        names = set(command.arguments[1:]) if _is(command, takes) else set[str]()
        names = {name for name in names if not name.startswith("-")} - {"purge", "remove", "del"}
        for step in before if names else ():
            installed = {word for each in reading.commands(step) if _is(each, brings) for word in each.arguments}
            if names & installed:
                yield " ".join(sorted(names & installed)[:3]), step, 0
                break


def _is_mounted(step: Step, place: str) -> bool:
    return any(within(place, each.target) or within(each.target, place) for each in step.mounts if each.kind != "bind")


def _made_before(reading: Reading, before: list[Step], command: Command, path: str) -> Iterator[tuple[str, Step, int]]:
    if "$" in path or globs.is_wild(path) or path in ("/", ".", "*"):
        return
    place = posixpath.normpath(posixpath.join("/", command.cwd, path))
    for step in reversed(before):
        if step.keyword in ("COPY", "ADD"):
            if step.origin is None:
                found = next((each for each in landed(step, place) if each and reading.sent.kind(each)), None)
                if found is not None:
                    yield path, step, reading.size(found)
                    return
            if (step.origin is not None or any(source.kind == "http" for source in step.sources)) and _exactly(
                step, place
            ):
                yield path, step, 0
                return
        elif step.keyword == "RUN" and any(_makes(each, place) for each in reading.commands(step)):
            if not any(_takes(each, place) for each in reading.commands(step)):
                yield path, step, 0
            return


def _exactly(step: Step, place: str) -> bool:
    """Whether a COPY puts a thing of its own at `place`."""
    where = step.target
    return where == place or any(
        posixpath.join(where, posixpath.basename(source.text)) == place for source in step.sources
    )


def _makes(command: Command, place: str) -> bool:
    """Whether a command leaves something at `place`: a download, an install."""
    found = install(command)
    if found is not None and MANAGERS[found.manager].always:
        return place == posixpath.join(found.cwd, MANAGERS[found.manager].packages)
    paths: list[str] = []
    arguments = list(command.arguments)
    if command.name in ("curl", "wget"):
        flags = ("-o", "--output") if command.name == "curl" else ("-O", "--output-document")
        paths += [after for one, after in pairwise(arguments) if one in flags]
        if (command.name == "wget" and not paths) or {"-O", "-LO", "-sLO", "-fsSLO", "--remote-name"} & set(arguments):
            paths += [posixpath.basename(each.partition("?")[0]) for each in arguments if "://" in each]
    if command.name == "git" and arguments[:1] == ["clone"]:
        words = [each for each in arguments[1:] if not each.startswith("-")]
        paths += words[1:2] or [posixpath.basename(each).removesuffix(".git") for each in words[:1]]
    return any(posixpath.normpath(posixpath.join("/", command.cwd, each)) == place for each in paths if each)


def _takes(command: Command, place: str) -> bool:
    paths = (posixpath.normpath(posixpath.join("/", command.cwd, each)) for each in command.arguments)
    return command.name == "rm" and place in paths
