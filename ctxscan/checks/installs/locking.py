"""The lesson about lock files: whether what is installed is what was tested."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import partial

from ...dockerfile import images
from ...dockerfile.commands import Command, is_chosen
from ...dockerfile.stages import Step
from ...findings import Finding
from ...packages.catalog import MANAGERS, added, newest_manager, relocked, updated, whole
from ...packages.ecosystem import Loose, Strict
from ...packages.install import Install, relock
from ...paths import parents, within
from ...rules import globs
from ..inputs.stagefiles import StageFiles, earlier_commands
from ..project.audience import is_sample
from ..project.earlier import around, is_ignored_itself
from ..reading import Reading, base_image, landed, moved
from ..registry import Evidence, finding, finds
from .order import project_of
from .snippet import shortened


@finds("warning", scope="shipped")
def unlocked_install(case: Evidence) -> Iterator[Finding]:
    """Dependencies are installed without holding to the lock file that lies beside the manifest, or without it: no COPY
    takes it, or only one below, and the manager installs whatever fits (Cargo, Composer, Poetry, Yarn), a command
    writes it anew (`poetry lock`), a rule names it although git tracks it, or the project has none although its
    manifest leaves versions open.

    The image then has versions that nobody has tested. So it has with packages that what ships gets by their names,
    without the versions of the manifest, and with a pnpm without a release where the lock file, or settings beside it,
    go with one, and with the names that a list of packages is compiled of (`requirements.in`). Silent where a rule
    names a lock file that is not there, or that git does not track: somebody does not want it, where a command above
    changes the manifest, and where a package of the workspace does not get there without which the lock file does not
    fit. A note for those that take the lock file but may write it anew (`uv sync`, `bundle install`), for a project
    that pip installs past it, for pnpm beside any other lock file, for an example that has none, and where git ignores
    the one that is not there.
    """
    reading = case.reading
    if reading is None:
        return
    for stage in reading.plan.stages:
        image = base_image(reading.plan.chain(stage)[0])
        for earlier, step in reading.own_steps(stage):
            before = [*earlier, step]
            found = [(each.command, _unlocked(case, reading, each, before)) for each in reading.installs([step])]
            for each in reading.commands(step):
                found.append((each, _updated(reading, each, before) or _relocked(case, reading, each, before)))
                if added(each) or newest_manager(each):
                    found.append((each, _newest(case, reading, each, before)))
            if any(each.program or ".sh" in each.text for each in reading.commands(step)):
                found += _in_scripts(case, reading, before)
            for command, loose in found:
                if loose is not None:
                    yield finding(
                        unlocked_install,
                        f"{shortened(command.said)} beside {loose.lock}",
                        severity="note" if loose.soft else "warning",
                        why=loose.why,
                        path=case.scan.build.label,
                        line=step.line,
                        remedy=loose.remedy if image is None else images.omits(image, loose.remedy),
                        key=command.text,
                    )


def _in_scripts(case: Evidence, reading: Reading, before: list[Step]) -> list[tuple[Command, Loose | None]]:
    """What the scripts install that the last of some steps calls: the first of each manager."""
    from ..project.scripted import scripted  # few RUNs call one

    found: dict[tuple[str, str], tuple[Command, Loose | None]] = {}
    for each in scripted(reading, before[:-1], before[-1]):
        if (each.script, each.install.manager) not in found:
            loose = _unlocked(case, reading, each.install, before)
            if loose is not None:
                loose = loose._replace(
                    lock=f"{loose.lock} ({each.script}:{each.line})", remedy=f"{loose.remedy} in {each.script}"
                )
            found[each.script, each.install.manager] = (each.install.command, loose)
    return list(found.values())


def _newest(case: Evidence, reading: Reading, command: Command, before: list[Step]) -> Loose | None:
    from .newest import newest  # few commands install something by its name

    return newest(case, reading, command, before)


def _unlocked(case: Evidence, reading: Reading, each: Install, before: list[Step]) -> Loose | None:
    project = project_of(reading, each, before)
    if project is None:
        return None
    manager = MANAGERS[each.manager]
    brought = [reading.brought(before, posixpath.join(each.cwd, name)) for name in manager.manifests]
    homes = {posixpath.dirname(path) for path in brought if path is not None}
    if manager.manifests and manager.past is None and project not in homes:
        # A step before it writes the manifest, perhaps, or it is that of a member, and the lock file is not.
        return None
    find = partial(_lock, reading, project)
    if manager.past is not None:
        if is_chosen(each.command):
            return None  # by name it is what whoever builds asks for
        passed = manager.past(each, find, reading.tree.text, reading.installs(before))
        if passed is not None:
            if not _is_absent(case, reading, each, before, passed.lock, project):
                return passed
            how = "mount" if any(mount.kind == "bind" for mount in each.step.mounts) else "COPY"
            return passed._replace(remedy=f"{how} {passed.lock} as well, and {passed.remedy}")
        lock = find(manager.locks) if manager.lenient else None
        return _lacked(case, reading, each, before, lock) if lock is not None else None
    lock, strict = find(manager.locks), manager.strict
    gone = None if lock is not None else _lock(reading, project, manager.locks, kept=False)
    lock = lock or gone
    if lock is None or each.words:
        return None if each.words else _never_locked(reading, each, project, before)
    if strict is None or _keeps(strict, each):
        if not manager.lenient:
            return None
        if gone is None:
            return _lacked(case, reading, each, before, lock)
        if [one for one in reading.installs(before) if (one.manager, one.cwd) == (each.manager, each.cwd)] != [each]:
            return None  # told of the first one
        return _kept_back(case, gone, f"copy {gone} before line {each.step.line}", soft=False)
    if any(_is_before(one, each) and _keeps(strict, one) for one in reading.installs(before)):
        return None  # that one has failed where manifest and lock file do not fit
    if strict.configured and any(strict.configured.search(one.text) for one in reading.all_commands(before)):
        return None
    if _is_changed(reading, each, before):
        return None
    remedy = strict.remedy if strict.adapted is None else strict.adapted(each, reading.tree.text(lock))
    if strict.fitting is not None:
        release = strict.fitting(reading.tree.text(lock), (one.text for one in reading.all_commands(before)))
        remedy += f", with {release}, which reads a lock file of that version" if release is not None else ""
    if gone is not None:
        return _kept_back(case, gone, remedy, soft=strict.soft)
    stale = strict.lacks(each, reading.tree, lock) if strict.lacks is not None else None
    told, anew = lock, ""
    if stale is not None:  # it has to fit first
        where = f" in {above}" if (above := posixpath.dirname(lock)) else ""
        told, anew = (
            f"{lock}, which lacks {stale}",
            f"run {relock(manager.programs[0], each.command)}{where}, commit {lock}, ",
        )
    if strict.whole is not None and _is_in_part(
        case, reading, each, before, project, strict.whole(each, reading.tree, lock)
    ):
        return None  # what keeps to the lock file would end with an error
    if reading.brought(before, posixpath.join(each.cwd, posixpath.basename(lock))) is not None:
        return Loose(told, f"{anew}and {remedy}" if anew else remedy, strict.soft)
    if stale is None and each.has("--no-frozen-lockfile") and _is_of_an_excerpt(reading, each, before, lock):
        return Loose(told, remedy, strict.soft)
    # What is read anyway is not read where it is not.
    absent = _is_absent(case, reading, each, before, lock)
    way = f"{anew}COPY {lock} as well, and {remedy}"
    return Loose(told, way, soft=not absent) if absent or strict.soft else None


def _is_in_part(
    case: Evidence, reading: Reading, each: Install, before: list[Step], home: str, paths: Iterable[str]
) -> bool:
    """Whether some of the manifests of a project are not there where an install looks for them: a rule excludes them,
    or no COPY takes them."""
    paths, gone = list(paths), reading.scan.rules.gone
    if any(map(gone, paths)):
        return True
    ahead = earlier_commands(reading.commands(each.step), each.command)
    there = StageFiles(reading, before[:-1], each.step, case.tracked, ahead)
    places = (posixpath.normpath(posixpath.join(each.cwd, posixpath.relpath("/" + path, "/" + home))) for path in paths)
    return any(there.at(place).state == "absent" for place in places)


def _is_of_an_excerpt(reading: Reading, each: Install, before: list[Step], lock: str) -> bool:
    """Whether a lock file comes from a stage that makes an excerpt of the workspace, with one that fits: tried with
    Turborepo 2 and pnpm 10, with patches, overrides and catalogs."""
    place = posixpath.join(each.cwd, posixpath.basename(lock))
    for step in before:
        if step.keyword != "COPY" or step.origin is None or step.origin.stage is None:
            continue
        sources = [each for each in moved(step, place) if posixpath.basename(each) == posixpath.basename(lock)]
        commands = [*reading.all_commands(reading.history(reading.plan.stage(step.origin.stage)))] if sources else []
        manifests = [posixpath.join(posixpath.dirname(each), "json/package.json") for each in sources]
        if any(whole(command, one) is not None for command in commands for one in manifests):
            return True
    return False


def _is_changed(reading: Reading, each: Install, before: list[Step]) -> bool:
    """Whether the manifest is another one by then, which the lock file does not fit."""
    own = (each.step.line, each.command.place)
    ahead = [one for one in reading.all_commands(before) if (one.step.line, one.place) < own]
    if not ahead:
        return False
    from .changing import is_manifest_changed  # most installs come first

    return is_manifest_changed(each, ahead)


def _never_locked(reading: Reading, each: Install, project: str, before: list[Step]) -> Loose | None:
    """An install of a project that has no lock file anywhere: told of the first one."""
    manager = MANAGERS[each.manager]
    strict, manifest = manager.strict, next(iter(manager.manifests), "")
    if manager.open is None or not manager.open(reading.tree, project) or (strict and _keeps(strict, each)):
        return None
    installs = [one for one in reading.installs(before) if (one.manager, one.cwd) == (each.manager, each.cwd)]
    if installs[0] != each:
        return None
    # One of another manager of the same manifest is a lock file as well, and that of a workspace lies above.
    locks = {name for one in MANAGERS.values() if manifest in one.manifests for name in one.locks}
    ignored = False
    for tree, place in around(reading.tree):
        here = posixpath.normpath(posixpath.join(place, project))
        for above in {here, "", *parents(here)} - {"."}:
            if any(tree.kind(posixpath.join(above, name)) is not None for name in locks):
                return None
        if is_ignored_itself(tree, posixpath.join(here, manager.locks[0]).removeprefix("./")):
            if is_ignored_itself(tree, posixpath.join(here, manifest).removeprefix("./")):
                return None  # nothing of it is anybody else's
            ignored = True
    lock = posixpath.join(project, manager.locks[0])
    if reading.scan.rules.gone(lock):
        return None
    place = posixpath.join(each.cwd, manager.locks[0])
    taken = any(lock in landed(step, place) for step in before)
    remedy = "" if strict is None else strict.remedy if strict.adapted is None else strict.adapted(each, "")
    said = f"have git take {manager.locks[0]}, " if ignored else ""
    written = relock(manager.programs[0], installs[0].command)
    said += f"commit the {'one' if ignored else manager.locks[0]} that {written} writes"
    said += "" if taken else f", COPY {lock} as well"
    said += f", and {remedy}" if remedy else ""
    told = f"{posixpath.join(project, manifest)} and no {manager.locks[0]}{', which git ignores' * ignored}"
    return Loose(told, said, ignored or is_sample(reading.scan.build), "each build may install other versions")


def _lacked(case: Evidence, reading: Reading, each: Install, before: list[Step], lock: str) -> Loose | None:
    """A lock file of the project that no COPY takes, so that there is none to keep to; told once."""
    if case.tracked.known and not case.tracked.file(lock):
        return None  # not everybody has it
    if any((one.manager, one.cwd) == (each.manager, each.cwd) and one != each for one in reading.installs(before)):
        return None
    if not _is_absent(case, reading, each, before, lock):
        return None
    writing = (one for one in reading.all_commands(before) if one.cwd == each.cwd and one != each.command)
    if any((found := relocked(one)) is not None and found.name == each.manager for one in writing):
        return None  # it is told there
    place = posixpath.join(each.cwd, posixpath.basename(lock))
    steps = (step for stage in reading.plan.stages if each.step in stage.steps for step in stage.steps)
    later = next((step for step in steps if step.line > each.step.line and lock in landed(step, place)), None)
    told = "which no COPY takes" if later is None else f"which comes with the {later.keyword} on line {later.line} only"
    return Loose(f"{lock}, {told}", f"copy {lock} before line {each.step.line}", False)


def _is_absent(
    case: Evidence, reading: Reading, each: Install, before: list[Step], lock: str, project: str | None = None
) -> bool:
    """Whether it is sure that a lock file is not where an install looks for it: beside its manifest, or somewhere in
    the project that is given."""
    name = posixpath.basename(lock) if project is None else posixpath.relpath(f"/{lock}", f"/{project}")
    place = posixpath.normpath(posixpath.join(each.cwd, name))
    ahead = earlier_commands(reading.commands(each.step), each.command)
    # What was done elsewhere before the manifest came has written no lock file beside it.
    homes = [posixpath.join(each.cwd, name) for name in MANAGERS[each.manager].manifests]
    come = next((at for at, step in enumerate(before) if any(reading.came_from([step], one) for one in homes)), 0)
    steps = [step for at, step in enumerate(before[:-1]) if at >= come or not _is_elsewhere(step, each.cwd)]
    return StageFiles(reading, steps, each.step, case.tracked, ahead).at(place).state == "absent"


def _is_elsewhere(step: Step, directory: str) -> bool:
    """Whether a RUN works outside of a directory, and does not name it."""
    return (
        step.keyword == "RUN" and not within(step.workdir or "/", directory) and directory not in step.instruction.whole
    )


def _keeps(strict: Strict, each: Install) -> bool:
    """Whether an install holds to the lock file by its own words and variables."""
    said = each.verb in strict.verbs or each.has(*strict.options)
    return said or any(_is_set(each.command, name) for name in strict.settings)


def _is_before(one: Install, other: Install) -> bool:
    """Whether an install does the work of another one, and earlier."""
    same = (one.manager, one.cwd, one.words) == (other.manager, other.cwd, ())
    return same and (one.step.line, one.command.place) < (other.step.line, other.command.place)


def _kept_back(case: Evidence, lock: str, remedy: str, *, soft: bool) -> Loose | None:
    """A lock file that a rule excludes; None: the rule names it, so that somebody wants it so, and git has none."""
    from ..inputs.excluded import blamed, is_alone, way_back  # only where one is excluded

    scan = case.scan
    rule = blamed(scan, lock)
    if rule is None or scan.ignored is None:
        return None
    if not globs.is_wild(rule.text.rpartition("/")[2]) and not case.tracked.file(lock):
        return None
    told = f"{lock}, which {scan.ignored.label}:{rule.line} {rule.text} excludes"
    own = not globs.is_wild(rule.text) and is_alone(scan, rule, lock)
    way = f"take {rule.text} out of {scan.ignored.label}" if own else way_back(scan, lock, lock, rule)
    return Loose(told, f"{way}, and {remedy}", soft)


def _is_set(command: Command, name: str) -> bool:
    return command.setting(name) not in (None, "", "0", "false")


def _updated(reading: Reading, command: Command, before: list[Step]) -> Loose | None:
    """A command that looks for newer versions than the lock file has."""
    manager = updated(command)
    if manager is None:
        return None
    for name in manager.locks:
        found = reading.brought(before, posixpath.join(command.cwd, name))
        if found is not None:
            return Loose(found, manager.locked, False)
    return None


def _relocked(case: Evidence, reading: Reading, command: Command, before: list[Step]) -> Loose | None:
    """A command that writes a lock file anew, where the project has one that no COPY takes."""
    manager = None if command.guarded else relocked(command)
    if manager is None:
        return None
    each = Install(manager.name, command, "", command.cwd, (), (), (), False)
    project = project_of(reading, each, before)
    lock = None if project is None else _lock(reading, project, manager.locks)
    if lock is None or (case.tracked.known and not case.tracked.file(lock)) or _is_changed(reading, each, before):
        return None
    name = posixpath.basename(lock)
    if reading.brought(before, posixpath.join(command.cwd, name)) is not None:
        return None
    if any(name in step.instruction.whole for step in before if step.keyword == "RUN"):
        return None  # somebody brings it another way
    way = manager.locked if updated(command) is not None else f"take out {command.said}"
    return Loose(f"{lock}, which no COPY takes", f"copy {lock} before line {command.step.line}, and {way}", False)


def _lock(reading: Reading, project: str, names: Iterable[str], *, kept: bool = True) -> str | None:
    """The first of some lock files that lies in a project and is kept, or excluded."""
    paths = (posixpath.join(project, name) for name in names)
    gone = reading.scan.rules.gone
    return next((each for each in paths if reading.tree.kind(each) == "file" and gone(each) is not kept), None)
