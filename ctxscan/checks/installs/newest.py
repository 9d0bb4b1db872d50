"""Package managers, and dependencies of the project by their names, that a RUN installs in their newest release."""

import posixpath
from collections.abc import Collection, Iterator
from typing import Final

from ...dockerfile.commands import Command
from ...dockerfile.stages import Step
from ...packages.catalog import MANAGERS, added, newest_manager, release_for
from ...packages.ecosystem import Loose
from ...packages.manifest import table
from ...regex import lazy
from ..inputs.stagefiles import StageFiles, earlier_commands
from ..reading import Reading, listed
from ..registry import Evidence
from .order import project_of

_MANIFEST: Final = "package.json"
#: Versions that a shell and a manager take as they stand.
_PLAIN: Final = lazy(r"[~^]?\d[\w.+-]*")


def newest(case: Evidence, reading: Reading, command: Command, before: list[Step]) -> Loose | None:
    """What a command installs without a version, and the project has one of; the last of the steps is its own."""
    manager = newest_manager(command)
    if manager:
        return _newest_manager(reading, command, manager)
    if not any(step is command.step for step in reading.shipped):
        return None
    ahead = earlier_commands(reading.commands(command.step), command)
    there = StageFiles(reading, before[:-1], command.step, case.tracked, ahead)
    if there.at(posixpath.join(command.cwd, _MANIFEST)).state != "absent":
        return None  # that says which one it is to be
    for manifest in _manifests(reading):
        versions = _versions(reading, manifest)
        known = [f"{each}@{versions[each]}" for each in added(command) if each in versions]
        if known:
            said = f"{manifest}, which says which version of {known[0].rpartition('@')[0]} the project has"
            return Loose(said, f"write {' '.join(known)}", False, "each build may install another major version")
    return None


def _newest_manager(reading: Reading, command: Command, name: str) -> Loose | None:
    """The newest release of a manager beside a lock file of whatever release; told of the first command that installs
    it."""
    commands = [each for stage in reading.plan.stages for each in reading.all_commands(stage.steps)]
    called, manager = [each for each in commands if newest_manager(each) == name], MANAGERS[name]
    # Of an install that does not keep to the lock file it is said there.
    strict = manager.strict.options if manager.strict is not None else ()
    project = next(_projects(reading, (name,), *strict), None)
    if project is None or called[0] != command or any(each.name == "corepack" for each in commands):
        return None
    manifest, lock = reading.tree.text(posixpath.join(project, _MANIFEST)), posixpath.join(project, manager.locks[0])
    if reading.tree.kind(lock) != "file" or '"packageManager"' in manifest or '"devEngines"' in manifest:
        return None
    release = release_for(reading.tree, lock)
    told = f"{lock}, which goes with {name} {release}" if release else lock
    way = f"write {name}@{release or '<version>'} on {listed(each.step.line for each in called)}"
    way += "" if release else f", with that which wrote {lock}"
    return Loose(told, way, not release, f"each build may install another major version of {name}")


def _projects(reading: Reading, managers: Collection[str], *options: str) -> Iterator[str]:
    """The directories of the context in which a stage installs with one of these managers, and one of these options, if
    there are any."""
    for stage in reading.plan.stages:
        for before, step in reading.own_steps(stage):
            for each in reading.installs([step]):
                meant = each.manager in managers and (not options or each.has(*options))
                project = project_of(reading, each, [*before, step]) if meant else None
                if project is not None:
                    yield project


def _manifests(reading: Reading) -> list[str]:
    """The manifests of these, and that of the context."""
    alike = [each.name for each in MANAGERS.values() if _MANIFEST in each.manifests]
    paths = (posixpath.join(each, _MANIFEST) for each in (*_projects(reading, alike), ""))
    return [each for each in dict.fromkeys(paths) if reading.tree.kind(each) == "file"]


def _versions(reading: Reading, manifest: str) -> dict[str, str]:
    """The versions that a manifest has of what it depends on, as far as they are plain."""
    package = reading.tree.json(manifest)
    said = {**table(package, "devDependencies"), **table(package, "dependencies")}
    return {name: value for name, value in said.items() if isinstance(value, str) and _PLAIN.fullmatch(value)}
