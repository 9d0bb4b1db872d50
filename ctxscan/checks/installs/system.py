"""Packages of the system that a RUN installs below a COPY of which it reads nothing."""

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Final, NamedTuple

from ...dockerfile.commands import Command, commands
from ...dockerfile.stages import Stage, Step
from ...packages.catalog import (
    brings_a_tool,
    system_packages,
)
from ...paths import within
from ..reading import Reading
from .early import SETTINGS, basename, first_broad
from .effects import is_of_the_project, reads_nothing


class SystemInstall(NamedTuple):
    """An install of packages of the system, or of a program for the machine, that could come before the broad `copy`.
    `runs` are the RUNs, the first of which it is in, that have such installs: each by the last one in it that could
    come first, and whether it could with all of its RUN. `above` are the instructions right above the
    `copy` that they do not need either."""

    stage: Stage
    copy: Step
    command: Command
    runs: tuple[tuple[Command, bool], ...]
    above: tuple[Step, ...] = ()


#: What compiles parts of PHP.
_EXTENSIONS: Final = frozenset(("docker-php-ext-install", "install-php-extensions"))


def system_installs(reading: Reading, is_large: Callable[[Step, str], bool]) -> Iterator[SystemInstall]:
    """The first such install below a COPY of the whole context, or of a directory that `is_large`, where no command
    between them decides what is installed, and nothing is taken away again in the same RUN."""
    done: set[int] = set()
    for stage in reading.plan.stages:
        steps = [step for step in reading.history(stage) if step.onbuild is None]
        broads = first_broad(reading, steps)
        copied = next(
            (at for at, step in enumerate(steps) if step.origin and step.origin.stage is not None), len(steps)
        )
        # What another stage has made of the sources is new with each of them anyway.
        at = next((at for at, source in broads if not source or (at < copied and is_large(steps[at], source))), None)
        found = None if at is None else _system_install(reading, stage, steps[at], steps[at + 1 :])
        if found is not None and found.command.step.line not in done:
            done.add(found.command.step.line)
            yield found._replace(above=_not_needed(reading, stage, found))


def _not_needed(reading: Reading, stage: Stage, found: SystemInstall) -> tuple[Step, ...]:
    """The COPYs that follow one another down to that of an install, and bring nothing that this may go by."""
    owner = next(each for each in reading.plan.chain(stage) if any(step is found.copy for step in each.steps))
    text = " ".join(one.text for last, _ in found.runs for one in commands(last.step) if reads_nothing(one))

    def is_needed(step: Step) -> bool:
        names = [step.target, *map(basename, step.sources)]
        return step.target == "/" or step.target.startswith(SETTINGS) or any(each in text for each in names)

    before = takewhile(lambda step: step is not found.copy, owner.steps)
    above = takewhile(lambda step: step.keyword in ("COPY", "ADD") and not is_needed(step), reversed([*before]))
    return tuple(reversed([*above]))


def _system_install(reading: Reading, stage: Stage, copy: Step, below: list[Step]) -> SystemInstall | None:
    runs: dict[int, tuple[Command, bool]] = {}
    first: Command | None = None
    for command, alone in _movable(reading, copy, below):
        if _adds(command):
            first = first or command
            runs[command.step.line] = command, alone
    return None if first is None else SystemInstall(stage, copy, first, tuple(runs.values()))


def _movable(reading: Reading, copy: Step, below: list[Step]) -> Iterator[tuple[Command, bool]]:
    """The commands below a COPY, up to one that decides what is installed, or may; each with whether none of its RUN
    reads anything of the project."""
    for step in below if copy.target != "/" else ():
        if step.keyword in ("COPY", "ADD") and step.target.startswith(SETTINGS) and not _is_below(step, copy):
            return
        if step.keyword != "RUN":
            continue
        commands = reading.commands(step)
        mounted = any(mount.kind != "cache" for mount in step.mounts)
        if not commands or mounted or any(system_packages(each) == "removes" for each in commands):
            return
        alone = all(map(reads_nothing, commands))
        for command in commands:
            if not (reads_nothing(command) or is_of_the_project(command, copy.target) or _clones(command)):
                return
            # A condition decides nothing of what is installed where its RUN installs nothing.
            if command.guarded and any(map(_adds, commands)):
                return
            yield command, alone


def _adds(command: Command) -> bool:
    return system_packages(command) == "adds" or brings_a_tool(command) or command.name in _EXTENSIONS


def _clones(command: Command) -> bool:
    """Whether a command only brings sources of its own."""
    return command.name == "git" and command.words[:1] == ["clone"] and not command.words[-1].startswith(SETTINGS)


def _is_below(step: Step, copy: Step) -> bool:
    return copy.target != "/" and within(step.target, copy.target)
