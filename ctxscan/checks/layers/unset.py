"""Variables that have no value where an instruction reads them: an ARG counts in its stage, and while it is built."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final, NamedTuple

from ...dockerfile import images
from ...dockerfile.stages import Stage, Step
from ...regex import lazy
from ..project.clusters import is_set_in_a_cluster
from ..project.composefiles import running_services
from ..project.services import INITS, environment, is_set_for_readers
from ..reading import Reading, base_image, listed


class Unset(NamedTuple):
    """A step that reads variables without a value, what is said of it, and the way out."""

    step: Step
    said: str
    remedy: str
    key: str


def unset(reading: Reading) -> Iterator[Unset]:
    """Every such step; of several for one cause the first."""
    early = _before_from(reading)
    for stage in reading.plan.stages if early else ():
        empty = early - _declared(reading, stage)
        for step in stage.steps:
            # A later ARG does nothing for an ENV above it.
            yield from _undeclared(step, empty if step.keyword != "ENV" else early - _declared(reading, stage, step))
    yield from _of_platforms(reading, early)
    yield from _at_start(reading)


def _before_from(reading: Reading) -> frozenset[str]:
    """The arguments that are declared before FROM and that no FROM uses: an image may bring the one along that names
    its version."""
    parsed = reading.scan.build.parsed
    if parsed is None:
        return frozenset()
    names = {word.partition("=")[0] for one in parsed.arguments for word in one.words}
    bases = " ".join(section.start.text for section in parsed.sections) if names else ""
    return frozenset(each for each in names if not re.search(rf"\$\{{?{re.escape(each)}\b", bases))


def _declared(reading: Reading, stage: Stage, until: Step | None = None) -> set[str]:
    """The variables that a stage has, or has above a step, with a value or without: it is what the builder is given."""
    above = takewhile(lambda each: each is not until, reading.history(stage))
    declaring = (each for each in above if each.keyword in ("ARG", "ENV"))
    return {word.partition("=")[0] for each in declaring for word in each.instruction.words}


#: What runs in a container, where no ARG is left.
_STARTED: Final = ("ENTRYPOINT", "CMD", "HEALTHCHECK")
#: What takes up the variables of its stage.
_READS: Final = ("COPY", "ADD", "ENV", "RUN")


def _undeclared(step: Step, names: frozenset[str]) -> Iterator[Unset]:
    """The variables of these names in an instruction: its stage does not declare them."""
    found = [name for name in sorted(names.difference(dict(step.environment))) if _is_used(step, name)]
    if found and step.keyword in _READS:
        yield Unset(
            step,
            f"{step.keyword} uses {_named(found)}, which {_are(found)} empty here: an ARG before FROM counts for FROM "
            "alone",
            f"repeat {', '.join(f'ARG {name}' for name in found)} in this stage, after FROM",
            "\0".join(found),
        )


def _named(names: list[str]) -> str:
    return ", ".join(f"${name}" for name in names)


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _is_used(step: Step, name: str) -> bool:
    """Whether an instruction uses a variable, perhaps with a value for where it is empty, which is always. What a RUN
    sets itself is spared."""
    name, text = re.escape(name), step.instruction.text
    if not re.search(rf"(?<!\\)\$(?:{name}(?!\w)|\{{{name}(?::?-[^}}]*)?\}})", text):
        return False
    return step.keyword == "ENV" or not re.search(rf"(?<![\w$]){name}:?=|\b(?:read|for|in)\s[^\n;]*\b{name}\b", text)


#: What BuildKit sets for each build, and gives to a stage that asks for it.
_OF_PLATFORMS: Final = tuple(
    f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)


def _of_platforms(reading: Reading, early: frozenset[str]) -> Iterator[Unset]:
    """What stages use of these without an ARG, with what those use that are built on them: it would be theirs, too."""
    if not reading.scan.build.builder.frontend.may_be_named:
        return  # the classic builder sets none
    found: dict[int, tuple[set[str], list[Step]]] = {}
    for stage in reading.plan.stages:
        for step in stage.steps:
            if step.keyword not in _READS or step.onbuild is not None:
                continue
            used = {name for name in _OF_PLATFORMS if name in step.instruction.text and _is_used(step, name)}
            used = used - early - {*dict(step.environment)}
            if used and (used := used - _declared(reading, stage, step)):
                below = (each.index for each in reading.plan.chain(stage) if each.index in found)
                lost, steps = found.setdefault(next(below, stage.index), (set(), []))
                lost |= used
                steps.append(step)
    for index, (lost, steps) in found.items():
        names, others = sorted(lost), [each.line for each in steps[1:]]
        also = f" and on {listed(others)}" if others else ""
        yield Unset(
            steps[0],
            f"{steps[0].keyword} uses {_named(names)}, which {_are(names)} empty here{also}: no ARG of the stage asks "
            f"for {'it' if len(names) == 1 else 'them'}",
            f"write {' and '.join(f'ARG {each}' for each in names)} below FROM on line "
            f"{reading.plan.stage(index).line}",
            "\0".join(names),
        )


#: What a shell is given a line by, and a variable without a value for where it is empty.
_SHELLS: Final = frozenset("sh bash ash dash".split())
_VARIABLE: Final = lazy(r"(?<!\\)\$(?:(\w+)|\{(\w+)\})")
#: What sets more than the line tells.
_SETS: Final = lazy(r"(?:^|[;&|\s])(?:\.|source|eval|read|for|getopts)\s")
#: What a shell sets itself, and what platforms set that offer a port: those do not run a HEALTHCHECK.
_OF_SHELLS: Final = frozenset("HOSTNAME HOME PATH PWD USER SHLVL".split())
_GIVEN: Final = _OF_SHELLS | {"PORT"}


def _at_start(reading: Reading) -> Iterator[Unset]:
    """Variables that the shell of ENTRYPOINT, CMD or HEALTHCHECK reads, and that an ARG alone declares: it is gone by
    then."""
    image = base_image(reading.chain[0])
    if image is None or not images.brings_no_project(image):
        return  # who knows what it sets
    steps = reading.shipped
    arguments = {
        word.partition("=")[0]: each for each in steps if each.keyword == "ARG" for word in each.instruction.words
    }
    kept = {name for each in steps if each.keyword == "ENV" for name in each.words[::2]}
    for step in map(reading.last, _STARTED) if arguments.keys() - kept else ():
        line = _line_of(reading, step) if step is not None else ""
        if step is None or not line or _SETS.search(line):
            continue
        line = re.sub(r"'[^']*'", "", line) if step.instruction.json else line
        used = dict.fromkeys(one or two for one, two in _VARIABLE.findall(line))
        given = _OF_SHELLS if step.keyword == "HEALTHCHECK" else _GIVEN
        names = [
            name
            for name in used
            if name in arguments
            and name not in kept | given
            and not name.startswith(images.plain_name(image).upper())
            and not re.search(rf"(?<![\w$]){name}=", line)
            and not _is_given(reading, name)
        ]
        if names:
            yield Unset(
                step,
                f"{step.keyword} reads {_named(names)}, which {_are(names)} empty in the container: an ARG counts only "
                "while the image is built",
                f"write {' and '.join(f'ENV {each}=${{{each}}}' for each in names)} below "
                f"{listed(arguments[each].line for each in names)}",
                "\0".join(names),
            )


def _line_of(reading: Reading, step: Step) -> str:
    """The line that a shell reads where the container starts; "": none does, or it may get more than the image has."""
    words = [*step.words]
    first = reading.last("ENTRYPOINT")
    if step.keyword == "HEALTHCHECK":  # ENTRYPOINT has nothing to do with it
        words, first = (words[1:] if words[:1] == ["CMD"] else []), None
    above = posixpath.basename(first.words[0]) if first is not None and first is not step and first.words else ""
    if above and above not in INITS:
        return ""
    while words and step.instruction.json and posixpath.basename(words[0]) in INITS:
        words = words[2:] if words[1:2] == ["--"] else words[1:]
    if not step.instruction.json:
        return " ".join(words)
    shell = len(words) > 2 and posixpath.basename(words[0]) in _SHELLS and re.fullmatch(r"-[a-z]*c", words[1])
    return words[2] if shell else ""


def _is_given(reading: Reading, name: str) -> bool:
    """Whether somebody who runs the image sets a variable, or may."""
    services = [service for service, _ in running_services(reading)]
    if any(service.get("env_file") is not None or name in dict(environment(service)) for service in services):
        return True
    return is_set_in_a_cluster(reading, name) or is_set_for_readers(reading, name)
