"""What installs and builds with packages lack: programs that are left out, lock files, the package itself."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final

from ...dockerfile.commands import Command
from ...dockerfile.stages import Step
from ...findings import Severity
from ...packages import node, node_builds, node_needs
from ...packages.install import relock
from ...paths import parents, within
from ..reading import Reading, landed
from ..registry import Evidence
from .lacks import Shortfall, ends_for_certain
from .stagefiles import StageFiles, earlier_commands, is_edited, reached


def programs_left_out(case: Evidence, reading: Reading, told: set[int]) -> Iterator[Shortfall]:
    """Programs that the scripts of an install call, and that the install leaves out; not for the lines `told`."""
    for before, step in reached(reading):
        if step.line in told:
            continue
        commands = reading.commands(step)
        text = "\n".join(one.instruction.text for one in (*before, step) if one.keyword == "RUN")
        for command in commands if "||" not in step.instruction.text else ():
            ahead = earlier_commands(commands, command)
            there = StageFiles(reading, before, step, case.tracked, ahead)
            for directory in node_needs.built(command) if not command.guarded else ():
                manifest = there.file(posixpath.join(directory, "package.json"))
                if manifest is None or is_edited(there, "package.json") or re.search(_SCRIPTS_CHANGED, text):
                    continue
                for each in node_needs.left_out(reading.tree, manifest, command):
                    if _is_added(text, each.program):
                        continue
                    ends = (
                        each.ends
                        and "ignore-scripts" not in text
                        and all(one.origin is None for one in before)
                        and ends_for_certain(there, step, directory)
                    )
                    where = f"{manifest}:{each.line}" if each.line else manifest
                    yield Shortfall(
                        step,
                        f"{command.text} runs the script {each.script} ({where}) and leaves out {each.program}, "
                        "which that calls: command not found",
                        why=f"{each.program} comes with a development dependency",
                        severity="error" if ends else "warning",
                        remedy=f"{command.text} --ignore-scripts, "
                        f"or run npm pkg delete scripts.{each.script} before it",
                        key=f"{manifest}\0{each.script}",
                    )


#: What takes a script out of a manifest.
_SCRIPTS_CHANGED: Final = r"\bpkg\s+(?:delete|set)\s+[\"']?scripts\b|\bset-script\b"


def _is_added(text: str, *names: str) -> bool:
    """Whether commands add a package by one of these names, for all or for the project alone."""
    adds = r"(?:-g|--global|\bglobal\s+add|\b(?:npm|pnpm|yarn|bun)\s+(?:add|install|i))"
    return re.search(rf"{adds}\b[^\n;&|]{{0,400}}(?<![\w./-])(?:{'|'.join(map(re.escape, names))})\b", text) is not None


def builds_without(case: Evidence, reading: Reading) -> Iterator[tuple[Step, Shortfall]]:
    """Programs that a build calls, and packages that it loads, where each install before it leaves out what is there
    for development: with the last of these."""
    for before, step in reached(reading):
        text = "\n".join(one.instruction.text for one in (*before, step) if one.keyword == "RUN")
        if "||" in text:
            continue
        commands = reading.commands(step)
        for at, command in enumerate(commands):
            for directory in node_builds.built(command) if not command.guarded else ():
                ahead = [(step, one, directory) for one in commands[:at] if node_needs.is_of_project(one)]
                installs = [*_installs(reading, before, directory), *ahead]
                there = StageFiles(reading, before, step, case.tracked, tuple(commands[:at]))
                manifest = there.file(posixpath.join(directory, "package.json"))
                if manifest is None or not installs or is_edited(there, "package.json"):
                    continue
                if any(home not in node_needs.built(one) or len(one.words) > 1 for _, one, home in installs):
                    continue
                found = [node_needs.missing(reading.tree, manifest, one, command) for _, one, _ in installs]
                by, install, _ = installs[-1]
                each = found[-1]
                if each is None or not all(found) or _is_added(text, *node_needs.names_of(each.program)):
                    continue
                option = node_needs.option_of(install)
                verb, end = ("loads", "no such module") if each.settings else ("calls", "command not found")
                yield (
                    by,
                    Shortfall(
                        step,
                        f"{command.text} {verb} {each.program} ({each.settings or manifest}:{each.line}), which "
                        f"{install.text} on line {by.line} leaves out: {end}",
                        why=f"{each.program} {'is' if each.settings else 'comes with'} a development dependency",
                        remedy=f"install without {option}, and leave the development dependencies out of the image "
                        "with a stage that copies what the build makes",
                        key=f"{manifest}\0{each.script}\0built",
                    ),
                )
                return


def _installs(reading: Reading, before: Sequence[Step], directory: str) -> list[tuple[Step, Command, str]]:
    """The installs whose packages a directory may have, also those of stages from which they are copied, each with the
    directory that it should be for; none where they may have come in another way."""
    found: list[tuple[Step, Command, str]] = []
    for one in before:
        steps: Sequence[Step] = (one,) if one.keyword == "RUN" else ()
        home = directory
        if one.keyword in ("COPY", "ADD") and one.origin is not None:
            source = posixpath.normpath(posixpath.join("/", one.sources[0].text)) if len(one.sources) == 1 else ""
            packages = source.endswith("/node_modules")
            if one.target != (posixpath.join(directory, "node_modules") if packages else directory):
                if within(one.target, directory) or within(directory, one.target):
                    return []
                continue
            if one.origin.stage is None or not source:
                return []
            home = posixpath.dirname(source) if packages else source
            steps = [each for each in reading.history(reading.plan.stage(one.origin.stage)) if each.keyword == "RUN"]
        found += [
            (each, run, home) for each in steps for run in reading.commands(each) if node_needs.is_of_project(run)
        ]
    return found


def lacks_of_locks(case: Evidence, reading: Reading) -> Iterator[Shortfall]:
    """Installs that hold to a lock file, where the project has none."""
    told: set[str] = set()
    for before, step in reached(reading):
        commands = reading.commands(step) if "||" not in step.instruction.text else ()
        for command in commands:
            locks = node_needs.lock_of(command)
            for directory in node_needs.built(command) if locks and not command.guarded else ():
                ahead = earlier_commands(commands, command)
                there = StageFiles(reading, before, step, case.tracked, ahead)
                manifest = there.file(posixpath.join(directory, "package.json"))
                if manifest is None or manifest in told or _is_held_above(there, directory):
                    continue
                if any(map(node_needs.makes_lock, (*reading.all_commands(before), *ahead))):
                    continue
                found = _lock_trouble(reading, there, directory, manifest, locks)
                if found is None:
                    continue
                told.add(manifest)
                lack, remedy, severity = found
                yield Shortfall(
                    step,
                    f"{command.text} needs {lack}",
                    severity=severity,
                    remedy=remedy.format(relock(command.name, command)),
                    key=f"{manifest}\0{locks[0]}",
                )


def _lock_trouble(
    reading: Reading, there: StageFiles, directory: str, manifest: str, locks: Sequence[str]
) -> tuple[str, str, Severity] | None:
    """What an install that holds to a lock file has not, and the way out, in which `{}` writes the lock file."""
    home = posixpath.dirname(manifest)
    places = [there.at(posixpath.join(directory, name)) for name in locks]
    if (lock := next((each.path for each in places if each.state == "there"), None)) is not None:
        lacks = node.lacking(reading.tree, lock, parts=False) if posixpath.dirname(lock) == home else None
        way = f"run {{}} beside {manifest}, and commit {lock}"
        return None if lacks is None else (f"{lacks}, which {lock} lacks: the install ends with an error", way, "error")
    paths = [posixpath.join(home, name) for name in locks]
    if any(map(reading.tree.exists, paths)) or any(each.state != "absent" for each in places):
        return None
    from ..project.earlier import is_ignored_itself, made_earlier  # only where one is missed

    # Nobody makes one before the build, only to keep it from others.
    ignored = any(is_ignored_itself(reading.tree, path) for path in paths)
    # What names the manifest alone does not take the lock file that comes.
    wanted = posixpath.join(directory, locks[0])
    above = [*there.steps, *([there.own] if there.own is not None else ())]
    taken = any(path == paths[0] for step in above for path in landed(step, wanted))
    copied = "" if taken else ", and COPY it with the manifest"
    if any(made_earlier(reading.tree, path, ignored=is_ignored_itself(reading.tree, manifest)) for path in paths):
        return None
    if ignored:
        way = f"take it out of .gitignore, and commit the one that {{}} writes beside {manifest}{copied}"
        return f"{paths[0]}, which git ignores: in a clone the install ends with an error", way, "warning"
    way = f"make {locks[0]} with {{}} beside {manifest}, and keep it in Git{copied}"
    return f"{paths[0]}, and the project has none: the install ends with an error", way, "error"


def missing_packages(case: Evidence, reading: Reading) -> Iterator[Shortfall]:
    """Installs of a project as a package, where the project has none."""
    for before, step in reached(reading):
        commands = reading.commands(step) if "||" not in step.instruction.text else ()
        for command in commands:
            if command.guarded or command.words[:1] not in (["install"], ["sync"]):
                continue
            ahead = earlier_commands(commands, command)
            there = StageFiles(reading, before, step, case.tracked, ahead)
            manifest = there.file(posixpath.join(command.cwd, "pyproject.toml"))
            if manifest is None:
                continue
            from ...packages import python_needs  # only where there is such a project

            runs = [each.instruction.whole for each in (*before, step) if each.keyword == "RUN"]
            name = python_needs.packageless(reading.tree, manifest, command, runs)
            if name is None or command.cwd not in python_needs.built(command):
                continue
            paths = [posixpath.join(command.cwd, each) for each in (name, f"src/{name}", f"{name}.py")]
            if any(there.at(each).state != "absent" for each in paths):
                continue
            yield Shortfall(
                step,
                f"{command.text} installs the package {name} ({manifest}), and the project has none: the install ends "
                "with an error",
                remedy=f"write {command.text} --no-root, or package-mode = false in [tool.poetry]",
                key=f"{manifest}\0package",
            )


def _is_held_above(there: StageFiles, directory: str) -> bool:
    """Whether the lock file may be that of a workspace above."""
    return any(there.at(f"/{each}/package.json").state != "absent" for each in parents(directory[1:]))
