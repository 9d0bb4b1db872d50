"""What a step is to build or run, and that is nowhere: not in its stage, and not in the project by that name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.commands import Command
from ...dockerfile.shell import script
from ...dockerfile.stages import Step
from ...findings import Severity
from ...packages.catalog import MANAGERS, first_lock, is_inert, system_packages
from ...packages.programs import named_files, read_paths
from ...paths import LIBRARIES, join, parents, within
from ...regex import lazy
from ...rules import globs
from ..installs.snippet import shortened
from ..project.earlier import around, is_ignored_itself, made_earlier, submodule_of
from ..reading import Reading
from ..registry import Evidence
from .elsewhere import build_from
from .misspelling import nearest
from .stagefiles import StageFiles, earlier_commands, is_known, reached

#: Commands that put nothing into the directory of a project, beside those of package managers.
_APART: Final = frozenset(
    ": a2enmod addgroup adduser cd chgrp chmod chown echo export groupadd ls mkdir printf rm set true useradd "
    "usermod".split()
)
#: What goes on where a command fails, or may make anything.
_GOES_ON: Final = lazy(r"\|\||;|<<|\bif\b|\bset\s+\+e|[^&]>|\$\(|`|\s\[|\btest\s|2>")
#: Directories of a project that are looked through for a file of a name.
_MOST: Final = 200


class Nowhere(NamedTuple):
    """What is said of a step, and the way out; `key` is the path. `severity` None: the step ends the build."""

    step: Step
    said: str
    remedy: str
    key: str
    severity: Severity | None = None


def is_sure(there: StageFiles, step: Step, command: Command | None = None) -> bool:
    """Whether nothing in a stage may have put a file into its working directory but COPY, and the step ends where one
    of its commands fails, or `command` does."""
    if command is not None and _is_piped(there, command):
        return False
    if _GOES_ON.search(step.instruction.whole) or step.instruction.json:
        return False
    commands = [each for one in there.steps for each in there.reading.commands(one)]
    if any(one.keyword == "RUN" and not there.reading.commands(one) for one in there.steps):
        return False
    bound = any(each.kind == "bind" for each in step.mounts)
    return not bound and all(map(_is_apart, (*commands, *there.ahead)))


def _is_piped(there: StageFiles, command: Command) -> bool:
    """Whether a command hands its output to another one, whose end alone counts for the shell."""
    step = command.step
    same = [each for each in there.reading.commands(step) if each.place == command.place and not each.inside]
    return same[-1:] != [command] and not any("pipefail" in each for each in (*step.shell, step.instruction.whole))


def _is_apart(command: Command) -> bool:
    if ">" in command.text:
        return False
    return command.name in _APART or system_packages(command) is not None or is_inert(command.name, command.arguments)


def programs(case: Evidence, reading: Reading) -> Iterator[Nowhere]:
    """Programs of Go that a step is to build, and the project does not have."""
    for before, step in reached(reading):
        commands = reading.commands(step) if "||" not in step.instruction.text else ()
        for command in commands:
            if command.guarded or not any(word.startswith(("./", "../")) for word in command.words):
                continue
            there = StageFiles(reading, before, step, case.tracked, earlier_commands(commands, command))
            manifest = there.file(posixpath.join(command.cwd, "go.mod"))
            if manifest is None:
                continue
            from ...packages import go_needs  # only where there is such a project

            for absolute in go_needs.programs(command):
                path = posixpath.normpath(
                    posixpath.join(posixpath.dirname(manifest), posixpath.relpath(absolute, command.cwd))
                )
                if path == "." or path.startswith("..") or reading.tree.exists(path):
                    continue
                if there.at(absolute).state != "absent":
                    continue
                if is_ignored_itself(reading.tree, path) or submodule_of(reading.tree, path) is not None:
                    continue
                said = f"{shortened(command.text)} builds {path}, and the project has none"
                if _is_a_guess(reading):
                    said, way = f"{said} where the context is guessed: nothing builds this Dockerfile", _NAMED
                    yield Nowhere(step, said, way, f"{manifest}\0{path}", "note")
                    continue
                way = _instead(reading, path, manifest, _called(command) or posixpath.basename(path))
                yield Nowhere(step, f"{said}: the build ends there", way, f"{manifest}\0{path}")


#: The way out where the context may be another one.
_NAMED: Final = "name the context where it is built, or delete the Dockerfile"
#: Names that any program may be given.
_ANY: Final = frozenset("a api app application bin binary build main out output program run server service".split())


def _is_a_guess(reading: Reading) -> bool:
    """Whether nobody names the context, and it is not the directory of the Dockerfile: what it lacks speaks against
    it."""
    build = reading.scan.build
    return build.guessed and build.dockerfile is not None and "/" in posixpath.relpath(build.dockerfile, build.context)


def _called(command: Command) -> str:
    """The name that a program of Go is built under; "": that of its package."""
    words = command.arguments
    given = next((after for word, after in pairwise(words) if word == "-o"), "")
    return posixpath.basename(given or next((word[3:] for word in words if word.startswith("-o=")), ""))


def _instead(reading: Reading, path: str, manifest: str, name: str) -> str:
    """The program that is meant, if there is one that it may be; what is built is called `name`."""
    home = posixpath.dirname(manifest)
    above = posixpath.dirname(path)
    places = [above, join(home, "cmd"), home]
    found = [
        join(place, name)
        for place in dict.fromkeys(places)
        for name in reading.tree.names(place)
        if reading.tree.kind(join(place, name)) == "dir" and _has_program(reading, join(place, name))
    ]
    near = nearest(posixpath.basename(path), [posixpath.basename(each) for each in found])
    meant = next((each for each in found if posixpath.basename(each) == near), None)
    if meant is None and len(set(found)) == 1 and not _has_program(reading, home):
        meant = found[0]
    if meant is not None:
        return f"write ./{posixpath.relpath(meant, home or '.')}"
    said = (reading.tree.read(manifest) or b"").decode(errors="replace")
    module = next((line.split()[1] for line in said.splitlines() if line.startswith("module ")), "").strip('"')
    own = posixpath.basename(home or reading.scan.disk.root)
    if _has_program(reading, home) and ("$" in name or name in _ANY or name in (own, *module.split("/"))):
        return f"write . for it, since the program lies beside {manifest}"
    return f"write the directory of a package main below {home or '.'}, or add {path}"


def _has_program(reading: Reading, place: str) -> bool:
    names = [name for name in reading.tree.names(place) if name.endswith(".go") and not name.endswith("_test.go")]
    return any(re.search(rb"(?m)^package main\b", reading.tree.read(join(place, each)) or b"") for each in names)


def files(case: Evidence, reading: Reading, told: set[tuple[int, str]]) -> Iterator[Nowhere]:
    """Files below the working directory that a step runs, or changes the mode of, and that are not there by their place
    in the project; but for those that are `told` already."""
    for before, step in reached(reading):
        commands = reading.commands(step)
        home = step.workdir or "/"
        for command in commands:
            if command.guarded or home == "/":
                continue
            paths = [*named_files(command), *(read_paths(command) if command.name in ("chmod", "chown") else ())]
            there = StageFiles(reading, before, step, case.tracked, earlier_commands(commands, command))
            for path in paths:
                absolute = posixpath.normpath(posixpath.join(command.cwd, path))
                if "/node_modules/" in absolute or not within(absolute, home) or absolute == home:
                    continue
                relative = posixpath.relpath(absolute, home)
                if (step.line, relative) in told or reading.tree.exists(relative):
                    continue
                if there.at(absolute).state != "absent" or not is_known(there, home):
                    continue
                if not is_sure(there, step, command):
                    continue
                if made_earlier(reading.tree, relative) or submodule_of(reading.tree, relative) is not None:
                    continue
                said = f"{shortened(command.text)} needs {absolute}, and no step brings it: the build ends there"
                yield Nowhere(step, said, _brought(reading, relative, absolute, step), absolute)


def _brought(reading: Reading, relative: str, absolute: str, step: Step) -> str:
    """The COPY that would bring a file of this name from where it lies in the project."""
    name = posixpath.basename(relative)
    found: list[str] = []
    todo = [""]
    for _ in range(_MOST):
        here = todo.pop(0) if todo else None
        if here is None:
            break
        for each in reading.tree.names(here):
            path = join(here, each)
            kind = reading.tree.kind(path)
            if kind == "dir" and each not in LIBRARIES and each != ".git":
                todo.append(path)
            elif kind == "file" and each == name and not reading.scan.rules.gone(path):
                found.append(path)
    if len(found) == 1:
        return f"COPY {found[0]} {absolute} above line {step.line}"
    if (ups := _above(reading, relative)) is not None:
        named = any(cleaned(each.input.source) for each in reading.scan.inputs)
        return build_from(reading.scan, ups) + ", and write every source as seen from there" * named
    above = posixpath.dirname(relative)
    near = nearest(name, reading.tree.names(above) if not above or reading.tree.kind(above) == "dir" else ())
    if near is not None:
        return f"write {posixpath.join(above, near)}, which is the nearest name"
    return f"add {relative} to the project, or take the command out"


def _above(reading: Reading, relative: str) -> str | None:
    """The way up to the directory above the context, in the repository, that has a file of this path."""
    top, inside = around(reading.tree)[-1]
    places = [*parents(inside), ""] if inside else []
    found = next((each for each in places if top.kind(join(each, relative)) == "file"), None)
    return None if found is None else posixpath.relpath(found or ".", inside)


#: Directories of what a program makes projects from.
_TEMPLATES: Final = frozenset("template templates skeleton skeletons boilerplate boilerplates scaffold".split())
#: What a RUN asks of a path that has to be there.
_EXISTS: Final = ("-f", "-e", "-s", "-r")


def dead_ends(case: Evidence, reading: Reading) -> Iterator[Nowhere]:
    """Steps that end unless one of several files is there, and none of them is or comes."""
    tree, guessed = reading.tree, reading.scan.build.guessed
    for before, step in reached(reading):
        names = _one_of(script(step) or "") if not step.instruction.json else []
        home = step.workdir or "/"
        there = StageFiles(reading, before, step, case.tracked)
        if not names or not is_known(there, home) or not all(_is_all_apart(reading, each) for each in before):
            continue
        if any(there.at(posixpath.join(home, each)).state != "absent" or tree.exists(each) for each in names):
            continue
        if any(made_earlier(tree, each) or submodule_of(tree, each) is not None for each in names):
            continue
        if guessed and any(_above(reading, each) is not None for each in names):
            continue  # it may be built from there
        *some, last = names
        none = f"none of {', '.join(some)} and {last} is there" if some else f"{last} is not there"
        said = f"{none}, and the RUN ends in an error without {'one of them' if some else 'it'}: the build ends there"
        locks = ((each, first_lock(each, tree.text)) for each in names)
        lock, makes = next((each for each in locks if each[1] is not None), ("", None))
        way = f"add {' or '.join(names)}" if makes is None else f"run {makes[0]} beside {makes[1]}, and commit {lock}"
        place = join(around(tree)[-1][1], reading.scan.build.own_name or "").lower()
        # Whoever makes a project from it makes the lock file, too.
        template = not _TEMPLATES.isdisjoint(place.split("/")[:-1])
        weight: Severity | None = "note" if template else "warning" if guessed and not lock else None
        yield Nowhere(step, said, way, "\0".join(names), weight)


def _is_all_apart(reading: Reading, step: Step) -> bool:
    """Whether a step puts nothing into the directory of a project, no lock file either, or says so by its sources."""
    commands = reading.commands(step) if step.keyword == "RUN" else ()
    managers = {program for row in MANAGERS.values() for program in row.programs} if commands else ()
    return step.keyword != "RUN" or (
        bool(commands) and all(_is_apart(each) and each.name not in managers for each in commands)
    )


def _one_of(text: str) -> list[str]:
    """The files of which a script wants one, where it is a choice by what is there, and ends in the last branch."""
    text = " ".join(text.split())
    tests, otherwise, rest = text.partition("; else ")
    ends = [each.strip() for each in rest.partition("; fi")[0].replace("&&", ";").split(";")]
    if not otherwise or not tests.startswith("if ") or not ends[-1].startswith("exit ") or ends[-1] == "exit 0":
        return []
    if "; fi" in tests or "||" in rest or any(each.partition(" ")[0] not in ("echo", "printf") for each in ends[:-1]):
        return []
    names: list[str] = []
    for arm in tests.removeprefix("if ").split("; elif "):
        for test in arm.partition("; then ")[0].split("||"):
            words = test.strip().removeprefix("test ").strip("[] ").split()
            if len(words) != 2 or words[0] not in _EXISTS or "$" in words[1] or globs.is_wild(words[1]):
                return []
            names.append(posixpath.normpath(words[1].strip("\"'")))
    return [] if any(each.startswith(("/", "..")) for each in names) else names
