"""Installs that run inside Make, below a COPY of everything: Make is run again whenever any of it changes, and installs
everything again."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import dropwhile, islice
from typing import Final, NamedTuple

from ...dockerfile.commands import ASSIGNMENT, Command
from ...dockerfile.shell import every_command
from ...dockerfile.stages import Stage, Step
from ...packages.catalog import MAKEFILES, install, makefile_recipes, prepared, reads
from ...packages.install import Install
from ...packages.project import Locate, Reads
from ..reading import Reading, landed
from .early import brings_installed, first_broad
from .effects import TIDIES, puts_aside, reads_nothing

#: Options that say which Makefile is read, and from where.
_ELSEWHERE: Final = ("-C", "-f", "--directory", "--file", "--makefile")
#: What a recipe that installs does besides, if it does nothing else.
_SAYS: Final = frozenset("echo printf : true cd exit mkdir".split())


class Made(NamedTuple):
    """An install in the Makefile at `makefile` that a RUN starts after `copy` has brought the directory `source`.
    `files` are all that the installs of these recipes read; `target` installs and does nothing else, if there is such a
    target, and `rest` are the other targets with a recipe, if none of them needs it. `early`: what builds downloads
    first, and this command does that alone. `make` is the command of the RUN; `behind`: instructions above it that stay
    below the COPY."""

    stage: Stage
    copy: Step
    source: str
    make: Command
    makefile: str
    install: Install
    files: tuple[str, ...]
    target: str | None
    early: str | None = None
    behind: tuple[Step, ...] = ()
    rest: tuple[str, ...] | None = None


def made(reading: Reading) -> Iterator[Made]:
    """The installs of each stage that makes something of everything."""
    for stage in reading.plan.stages:
        steps = [step for step in reading.history(stage) if step.onbuild is None]
        found = (
            each for at, source in first_broad(reading, steps) for each in _below(reading, stage, steps, at, source)
        )
        yield from islice(found, 1)


def _below(reading: Reading, stage: Stage, steps: list[Step], at: int, source: str) -> Iterator[Made]:
    copy = steps[at]
    if brings_installed(steps[:at]) or any(map(_installs, reading.all_commands(steps[:at]))):
        return

    def locate(path: str) -> str | None:
        if path == copy.target:
            return source
        return next((each for each in landed(copy, path) if reading.sent.kind(each)), None)

    behind: list[Step] = []
    for step in steps[at + 1 :]:
        if any(mount.kind in ("cache", "bind") for mount in step.mounts):
            return
        for command in reading.commands(step):
            if command.name == "make" and not command.guarded:
                # What a stage below makes is told there.
                if any(step is each for each in stage.steps):
                    found = _of_make(reading, stage, copy, source, command, locate)
                    yield from (each._replace(behind=tuple(behind)) for each in found)
                return
            if _may_be_skipped(command):
                continue
            aside = command.name in (*TIDIES, "git", "[", "[[", "test") or puts_aside(command)
            if _installs(command) or not (reads_nothing(command) or aside):
                return
        made_elsewhere = step.keyword == "COPY" and step.origin is not None and step.origin.stage is not None
        if made_elsewhere or not all(map(reads_nothing, reading.commands(step))):
            behind.append(step)


def _may_be_skipped(command: Command) -> bool:
    """Whether a command builds under a condition alone, such as a test: what is downloaded first serves it as well."""
    found = install(command)
    return command.guarded and found is not None and found.implied


def _installs(command: Command) -> bool:
    return install(command) is not None or prepared(command) is not None


def _of_make(
    reading: Reading, stage: Stage, copy: Step, source: str, command: Command, locate: Locate
) -> Iterator[Made]:
    root = locate(command.cwd)
    names = [] if root is None else [posixpath.join(root, name) for name in MAKEFILES]
    path = next((each for each in names if reading.sent.kind(each) == "file"), None)
    if path is None or any(each in _ELSEWHERE for each in command.arguments):
        return
    wanted = [each for each in command.words if "=" not in each and not each.isdecimal()]
    files: dict[str, None] = {}
    first: Install | None = None
    built: Install | None = None
    target: str | None = None
    installing = set[str]()
    recipes = makefile_recipes(reading.tree, path, wanted)
    for name, lines in recipes.items():
        run = [_as_command(command, words) for line in lines for words in every_command(line)]
        found = [one for each in run if (one := install(each)) is not None and not one.implied]
        built = built or next((one for each in run if (one := install(each)) is not None and one.implied), None)
        for each in found:
            needed = reads(reading, each, locate)
            if needed is None or not _is_plain(needed):
                return
            files.update(dict.fromkeys(needed.files))
        if found:
            installing.add(name)
            alone = all(install(each) is not None or each.name in _SAYS for each in run)
            first, target = first or found[0], target or (name if alone and "%" not in name else None)
    if first is not None:
        rest = tuple(name for name, lines in recipes.items() if lines and name not in installing)
        clear = target is not None and all(
            installing.isdisjoint(makefile_recipes(reading.tree, path, [name])) and "%" not in name for name in rest
        )
        yield Made(stage, copy, source, command, path, first, tuple(files), target, rest=rest if clear else None)
        return
    needed = None if built is None else reads(reading, built, locate)
    if built is not None and needed is not None and needed.early and not needed.directories:
        yield Made(stage, copy, source, command, path, built, needed.files, None, needed.early)


def _is_plain(needed: Reads) -> bool:
    return needed.early is None and not needed.directories


def _as_command(command: Command, words: tuple[str, ...]) -> Command:
    plain = [*dropwhile(ASSIGNMENT.fullmatch, (each for each in words if each.strip("(){}")))] or [":"]
    name = posixpath.basename(plain[0].lstrip("@-+("))
    return command._replace(name=name, arguments=tuple(plain[1:]), settings=())
