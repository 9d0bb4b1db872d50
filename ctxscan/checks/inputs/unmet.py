"""Existing rules and COPY lines, compared with what the steps and the program of the image read."""

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...facts import Scan
from ...findings import Finding, Severity
from ...packages import node, node_builds, node_needs
from ...packages.catalog import MANAGERS
from ...packages.install import relock
from ...packages.programs import (
    READING,
    Start,
    Text,
    handed,
    imports,
    named_files,
    read_paths,
    started,
    started_by_script,
)
from ...packages.project_kinds import Essential, ProjectKind, kinds_of
from ...paths import KEEPERS, join, parents, within
from ...rules import globs
from ..project.services import is_mounted_over
from ..reading import Reading, base_image, landed
from ..registry import Evidence, finding, finds
from .histories import asking, compared, modified, unanswered
from .stagefiles import StageFiles, earlier_commands, is_known, reached

#: Findings of one build.
_MOST: Final = 20
#: Tracked files that are named in a finding.
_MOST_NAMED: Final = 3


class Lack(NamedTuple):
    """What is read and not there: by whom (`reader`, with the place), in which line of the Dockerfile, and the path of
    the context. `held`: a rule takes it out; else nothing copies it. `instead` is a way out without it, and the only
    one with `private`, since what is in it is better not sent; `joined` is the file that names it, where that one names
    many. `ends`: the build ends there, for certain. `nowhere`: the project has no such file, or, with `spelled`, has it
    under that name."""

    reader: str
    line: int
    path: str
    held: bool
    instead: str = ""
    private: bool = False
    put: str = ""
    joined: str = ""
    ends: bool = False
    nowhere: str = ""
    spelled: str = ""
    version: str = ""


@finds("error")
def unmet_need(case: Evidence) -> Iterator[Finding]:
    """A step, or the program of the image, reads a file that is in the project and does not reach it: a rule excludes
    it, or no COPY takes it.

    Manifests of what is installed, readmes and licenses that a package names, the package itself where it is installed,
    members of a workspace, modules, gems and dependencies by path, referenced projects, those of a solution, what CMake
    adds, lock files, patches, files that sources embed, settings with which npm installs what does not fit,
    configurations of the programs that build, variables of a front end, scripts that RUN, CMD and an install start,
    lists that a list includes, modules that the program imports, what it reads or serves by a literal name, what a COPY
    takes from a stage, and the history of which a version is made. The finding names the reader, and the rule with the
    exception that brings the file back. Tracked files that are excluded while a version is made of `.git` are a note:
    the version is that of a modified tree. So is `.git` that is excluded where a script or a build file asks it: most
    go on without an answer.

    Also reported: a dependency by path that lies outside the context, and a script that an install runs although it
    leaves out the program that the script calls, such as `husky` with `npm ci --omit=dev`. So is a build that calls a
    program which no install brings, such as `vite` after `npm ci --omit=dev`, or loads a package of PostCSS that none
    does, `npm ci` where the project has no lock file, git ignores it, or it lacks a dependency of the manifest, and
    `poetry install` where it has no package, which Poetry 2 does not pass over. So is what nobody has: a program that
    `go build` is to build, a script that a RUN calls, what a solution or a workspace names, perhaps in another case.

    An error where no install gets anywhere: a rule takes its manifest, or there is no lock file that fits it; and where
    a step ends for want of what nothing brings, such as the history without which there is no version. Else a warning,
    also where the project falls back to another version.
    """
    reading = case.reading
    if reading is None:
        return
    # What an instruction names itself and does not get is told once, as that.
    seen = {path for one in case.scan.inputs for path in one.input.missing}
    told = 0
    history = list(_of_history(case, reading))
    yield from history or _of_scripts(case, reading)
    found: list[Lack] = []
    lacks = (
        _of_steps(case, reading),
        _of_manifests(case, reading),
        _of_copies(case, reading),
        _of_program(case, reading),
    )
    for each in chain.from_iterable(lacks):
        if each.path in seen or not seen.isdisjoint(parents(each.path)):
            continue
        if told == _MOST:
            break
        told += 1
        seen.add(each.path)
        found.append(each)
    for each, others in _together(found):
        yield _reported(case.scan, each, others)
    builds = list(_of_builds(case, reading))
    yield from (one for _, one in builds)
    # What is installed for them brings what a script of that install calls.
    yield from _of_left_out(case, reading, {step.line for step, _ in builds})
    yield from _of_outputs(case, reading)
    yield from _of_locks(case, reading)
    yield from _of_packages(case, reading)
    yield from _of_nothing(case, reading, {(each.line, each.path) for each in found})


def _of_nothing(case: Evidence, reading: Reading, told: set[tuple[int, str]]) -> Iterator[Finding]:
    """Programs that a step is to build, and files that it is to run, which are nowhere."""
    texts = [step.instruction.text for stage in reading.plan.stages for step in stage.steps if step.keyword == "RUN"]
    if not any(word in text for text in texts for word in ("go ", "./", "chmod", "sh ", "python", "node ")):
        return
    from .nowhere import files, programs  # what few do

    for each in (*programs(case, reading), *files(case, reading, told)):
        yield finding(
            unmet_need, each.said, path=case.scan.build.label, line=each.step.line, remedy=each.remedy, key=each.key
        )


def _together(found: list[Lack]) -> Iterator[tuple[Lack, list[str]]]:
    """What is missed, and with it what the same reader misses beside it: one COPY that is not there is one cause."""
    groups: dict[tuple[str, int], list[Lack]] = {}
    for each in found:
        up = _above(each.path)
        alone = each.held or bool(each.put or each.instead or each.nowhere or up)
        key = each.path if alone else f"\0{each.reader}{each.ends}"
        if each.joined and not each.held:
            key = f"{each.joined}{up}{bool(each.nowhere)}{bool(each.spelled)}"
        groups.setdefault((key, each.line), []).append(each)
    for group in groups.values():
        first, *others = sorted(group, key=lambda each: not each.ends)
        yield first, [each.path for each in others]


def _above(path: str) -> str:
    """The directory above the context in which a path lies, such as `../..`; empty: in the context."""
    return posixpath.join(*[".."] * path.split("/").count("..")) if path.startswith("../") else ""


def _reported(scan: Scan, each: Lack, others: list[str] | None = None) -> Finding:
    from .elsewhere import build_from  # what leads to the way out, only where one is needed
    from .excluded import blamed, brings_back, is_alone

    other = f", or {each.instead}" if each.instead else ""
    said, key = f"{each.reader} reads {each.path}", f"{each.reader}\0{each.path}"
    weight: Severity = "error" if each.ends else "warning"
    of_step = partial(finding, unmet_need, severity=weight, path=scan.build.label, line=each.line, key=key)
    if each.nowhere:
        return _of_none(scan, each, others or [])
    paths = [each.path, *(others or [])]
    named = ", ".join(paths[:_MOST_NAMED]) + ", …" * (len(paths) > _MOST_NAMED)
    if up := _above(each.path):
        remedy = f"{build_from(scan, up)}, and write every source as seen from there"
        lie = "which lies" if len(paths) == 1 else "which all lie"
        return of_step(f"{each.reader} reads {named}, {lie} outside the context", remedy=remedy)
    if each.put:
        remedy = each.instead or f"write {each.put} on line {each.line}, or copy {each.path} to where it is looked for"
        return of_step(f"{said}, which is copied to {each.put}", remedy=remedy)
    if not each.held and others:
        remedy = f"copy them before line {each.line}{other}"
        return of_step(f"{each.reader} reads {named}, and no COPY above takes them", remedy=remedy)
    if not each.held:
        remedy = f"copy {each.path} before line {each.line}{other}"
        return of_step(f"{said}, and no COPY above takes it", remedy=remedy)
    rule = blamed(scan, each.path) or next(
        (found for name in scan.disk.names(each.path) if (found := blamed(scan, f"{each.path}/{name}"))), None
    )
    label = scan.ignored.label if scan.ignored else ""
    if rule is None:
        return of_step(f"{said}, which is excluded")
    back = next((one for one in (each.path, f"{each.path}/**") if brings_back(scan, one, each.path)), None)
    taken = f"take {rule.text} out of {label}"
    if back is not None:
        taken = (
            f"{taken}, or add !{back} at its end"
            if is_alone(scan, rule, each.path)
            else f"add !{back} at the end of {label}"
        )
    return finding(
        unmet_need,
        f"{said}, which {label}:{rule.line} {rule.text} excludes"
        + (f": the version is {each.version}" if each.version else ""),
        severity=weight,
        path=label,
        line=rule.line,
        remedy=each.instead if each.private else taken + other,
        key=key,
    )


def _of_none(scan: Scan, each: Lack, others: list[str]) -> Finding:
    """What nobody has, under that name."""
    many = f", and {len(others)} other{'s' * (len(others) > 1)} likewise" if others else ""
    if each.spelled:
        said = f"{each.reader} names {each.path}, which is {each.spelled} in the project{many}"
        remedy = f"write {each.spelled} in {each.reader}" + ", and the others as they are in the project" * bool(others)
    else:
        named = ", ".join([each.path, *others][:_MOST_NAMED]) + ", …" * (len(others) >= _MOST_NAMED)
        said = f"{each.reader} names {named}, and the project has no such file"
        remedy = f"take {'them' if others else 'it'} out of {each.joined or each.reader}, or add what is meant"
    return finding(
        unmet_need,
        f"{said}: {each.nowhere} ends there" if each.ends else said,
        severity="error" if each.ends else "warning",
        path=scan.build.label,
        line=each.line,
        remedy=remedy,
        key=f"{each.reader}\0{each.path}",
    )


# --- the history


def _of_history(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """The history of which a version is made, or that a command asks: excluded, or outside of the context."""
    scan, told = case.scan, set()
    for each in asking(case, reading):
        key = each.reader, each.path
        if key in told:
            continue
        told.add(key)
        if each.state in ("excluded", "absent"):
            held = each.state == "excluded"
            instead = each.remedy or ("" if held else "give the version by a build argument")
            if each.fallback and "shipped" not in case.scopes:
                continue  # whoever develops with it knows which one it is
            lack = Lack(each.reader, each.step.line, each.path, held=held, instead=instead, ends=each.ends)
            yield _reported(scan, lack._replace(version=each.fallback))
        elif (gone := modified(case, each)) is not None:
            yield finding(
                unmet_need,
                f"{each.reader} of .git, and {gone}, count as deleted: the version is that of a modified tree",
                severity="note",
                path=scan.build.label,
                line=each.step.line,
                remedy=f"{each.remedy}, or keep the tracked files",
                key=f"{each.tool}\0modified",
            )
        elif scan.disk.kind(each.path) == "file":
            target = (reading.tree.read(each.path) or b"").decode(errors="replace").partition("gitdir:")[2].strip()
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(each.path), target))
            if target and (target.startswith("/") or inside.split("/")[0] == ".."):
                yield finding(
                    unmet_need,
                    f"{each.reader} reads {each.path}, a file that points outside the context ({_shape(target)}): "
                    "git finds no repository in the build",
                    severity="warning",
                    path=scan.build.label,
                    line=each.step.line,
                    remedy=f"build from a clone{', or ' + each.remedy if each.remedy else ''}",
                    key=f"{each.reader}\0{each.path}",
                )


def _of_scripts(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """The same, asked by a script or a build file that a command runs, most of which can do without."""
    if (found := compared(case)) is not None:
        reader, gone = found
        yield finding(
            unmet_need,
            f"{reader.why} compares the tree with .git, and {gone}, count as deleted",
            severity="note",
            path=case.scan.build.label,
            remedy="give the version by a build argument, or keep the tracked files",
            key="modified",
        )
    elif (asks := unanswered(case, reading)) is not None:
        from .excluded import blamed

        rule = blamed(case.scan, ".git")
        label = case.scan.ignored.label if case.scan.ignored else ""
        if rule is not None:
            yield finding(
                unmet_need,
                f"{asks.why} reads .git, which {label}:{rule.line} {rule.text} excludes: the version stays unknown",
                severity="note",
                path=label,
                line=rule.line,
                remedy=f"give the version by a build argument, or add !.git at the end of {label}",
                key="unanswered",
            )


def _shape(target: str) -> str:
    """A path of this machine without what is only here."""
    return f"…/{'/'.join(target.split('/')[-2:])}" if target.startswith("/") else target


# --- steps


def _of_steps(case: Evidence, reading: Reading) -> Iterator[Lack]:
    for before, step in reached(reading):
        sure = "||" not in step.instruction.text
        commands = reading.commands(step)
        for command in commands:
            if command.guarded:
                continue
            ahead = earlier_commands(commands, command)
            there = StageFiles(reading, before, step, case.tracked, ahead)
            # Another command takes over where one may fail.
            for kind in kinds_of(command.name) if sure else ():
                for directory in kind.built(command):
                    yield from _of_project(case, reading, there, step, command, kind, directory)
            if sure:
                caller = "RUN" if command.program else command.name
                yield from _named(there, step, command, f"{caller} ({case.scan.build.label}:{step.line})")


def _of_manifests(case: Evidence, reading: Reading) -> Iterator[Lack]:
    """Manifests that a rule takes from an install: a COPY by a wild card goes on without them."""
    for before, step in reached(reading):
        for each in reading.installs([step]) if "||" not in step.instruction.text else ():
            names = MANAGERS[each.manager].manifests
            if len(names) != 1 or each.words or each.files or each.command.guarded:
                continue
            ahead = earlier_commands(reading.commands(step), each.command)
            where = StageFiles(reading, before, step, case.tracked, ahead).at(posixpath.join(each.cwd, names[0]))
            if where.state == "excluded" and where.path is not None:
                reader = f"{each.command.text} ({case.scan.build.label}:{step.line})"
                yield Lack(reader, step.line, where.path, held=True, ends=True)


def _of_project(
    case: Evidence, reading: Reading, there: StageFiles, step: Step, command: Command, kind: ProjectKind, directory: str
) -> Iterator[Lack]:
    start = posixpath.normpath(directory)
    places = [start, *(f"/{each}" for each in parents(start.lstrip("/"))), "/"] if kind.upward else [start]
    label = case.scan.build.label
    for place in dict.fromkeys(places):
        for name in _manifests(there, place, kind):
            manifest = there.file(posixpath.join(place, name))
            if manifest is None:
                continue
            if _is_edited(there, name):
                return
            above = posixpath.dirname(manifest)
            # Where the command runs, as seen from the context.
            inside = posixpath.normpath(posixpath.join(above, posixpath.relpath(start, place)))
            home = posixpath.dirname(posixpath.join(place, name))
            for each in kind.needs(reading.tree, manifest, "" if inside == "." else inside, command):
                if each.lenient is not None and _is_passed_over(there, each, home, above):
                    break
                found = _undeclared(case.scan, each) if each.given else each
                if found is not None and (each.file in ("", manifest) or _is_read(there, each.file, home, above)):
                    yield from _lacking(there, step, found, home, above, label)


def _is_passed_over(there: StageFiles, each: Essential, place: str, above: str) -> bool:
    """Whether something is not there, and the release that the Dockerfile has of what reads it goes on without."""
    parsed = there.reading.scan.build.parsed
    if parsed is None or each.lenient is None or each.lenient.search(parsed.text) is None:
        return False
    places = (_in_image(path, place, above) for path in (each.path, *each.alternatives))
    return all(there.at(one).state in ("absent", "excluded") for one in places)


def _undeclared(scan: Scan, each: Essential) -> Essential | None:
    """What sets variables, with the way out of declaring one; None: the Dockerfile declares them all."""
    sections = scan.build.parsed.sections if scan.build.parsed else ()
    declared = {
        word.partition("=")[0]
        for section in sections
        for one in section.instructions
        if one.keyword in ("ARG", "ENV")
        for word in one.words
    }
    name = next((one for one in each.given if one not in declared), None)
    if name is None:
        return None
    return each._replace(instead=f"declare ARG {name} above it and pass --build-arg {name}=…")


def _manifests(there: StageFiles, place: str, kind: ProjectKind) -> Iterator[str]:
    """The names that manifests of a kind have in a directory of the stage, if they are there."""
    for name in kind.manifest:
        if not globs.is_wild(name):
            yield name
            continue
        found = there.at(place)
        directory = None if found.path is None else found.path if found.path != "." else ""
        if directory is not None and there.reading.tree.kind(directory) == "dir":
            listed = there.reading.names(directory)
        else:
            listed = tuple(_copied_by_name(there))
        yield from (each for each in listed if globs.matches(name, each))


def _copied_by_name(there: StageFiles) -> Iterator[str]:
    """The names of the files that COPY lines above name one by one, or by a wild card in the last part."""
    for step in there.steps:
        for source in step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ():
            above, _, last = cleaned(source.text).rpartition("/")
            if not globs.is_wild(last):
                yield last
            elif not globs.is_wild(above):
                yield from (each for each in there.reading.names(above) if globs.matches(last, each))


def _is_edited(there: StageFiles, name: str) -> bool:
    """Whether a command above may have changed a manifest, or put the projects of a solution into their places."""
    texts = [step.instruction.text for step in there.steps if step.keyword == "RUN"]
    if name.endswith((".sln", ".slnx")):
        return any("dotnet sln" in text or ("proj" in text and re.search(r"\b(?:mv|cp)\s", text)) for text in texts)
    return any(name in text and any(word in text for word in ("sed", "perl", ">", "tomlq", "jq")) for text in texts)


def _lacking(
    there: StageFiles, step: Step, each: Essential, place: str, above: str, label: str | None
) -> Iterator[Lack]:
    if each.path.startswith("../"):
        yield from _outside(there, step, each, place, above)
        return
    found = None
    if each.tracked and not there.tracked.file(each.path):
        return
    for path in (each.path, *each.alternatives):
        relative = posixpath.relpath(path, above or ".")
        where = there.at(posixpath.normpath(posixpath.join(place, relative)))
        if where.state in ("there", "unknown"):
            return
        found = found or where
    if each.upward and not _is_missed_above(there, each, place, above):
        return
    tree, rules = there.reading.tree, there.reading.scan.rules
    on_disk = next((path for path in (each.path, *each.alternatives) if tree.exists(path)), None)
    if found is not None and on_disk is None and each.file:
        yield from _nowhere_at_all(there, step, each)
    if found is None or on_disk is None or (each.held and not rules.gone(on_disk)):
        return
    if each.around and rules.gone(posixpath.dirname(on_disk)):
        on_disk = posixpath.dirname(on_disk)
    if not each.file:
        reader = f"{each.reader} ({label}:{step.line})"
        yield Lack(reader, step.line, on_disk, rules.gone(on_disk), each.instead, each.private, joined=each.joined)
        return
    written = f"{each.file}:{each.line}" if each.line else each.file
    same = posixpath.basename(each.file) == each.reader
    reader = written if same else f"{each.reader} ({written})"
    if not same and each.reader.startswith("the project's"):
        reader = f"{written} names it as {each.reader}: {_words(step)} ({label}:{step.line})"
    found_at = "" if rules.gone(on_disk) else next(_named_places(there, on_disk), "")
    way = f"copy {on_disk} to {posixpath.dirname(_in_image(on_disk, place, above))}"
    yield Lack(
        reader,
        step.line,
        on_disk,
        rules.gone(on_disk),
        f"{way}, or {each.instead}" if found_at and each.instead else way if found_at else each.instead,
        each.private,
        put=found_at,
        joined=each.joined,
        ends=each.ends and (each.held or (_has(there, each.beside, place, above) and _is_all(there, step, place))),
    )


def _has(there: StageFiles, path: str, place: str, above: str) -> bool:
    """Whether a file is in the stage, if it is one."""
    return not path or _is_read(there, path, place, above)


def _is_missed_above(there: StageFiles, each: Essential, place: str, above: str) -> bool:
    """Whether no directory above a file, where that lies in the image, has what is read from above it."""
    home = _in_image(each.file, place, above).removeprefix("/")
    name = posixpath.basename(each.path)
    return all(there.at(f"/{join(one, name)}").state in ("absent", "excluded") for one in ("", *parents(home)))


def _in_image(path: str, place: str, above: str) -> str:
    """Where a path of the context is in an image, seen from a directory that it has at `place`."""
    return posixpath.normpath(posixpath.join(place, posixpath.relpath(path, above or ".")))


def _is_all(there: StageFiles, step: Step, home: str) -> bool:
    """Whether what a stage has where a step runs is known for certain, and the step ends without the rest."""
    from .nowhere import is_sure  # only where something is missed

    return is_known(there, home) and is_sure(there, step)


def _nowhere_at_all(there: StageFiles, step: Step, each: Essential) -> Iterator[Lack]:
    """What a manifest names and nobody has, or has in another case."""
    from ..project.earlier import made_earlier, submodule_of
    from .misspelling import spelled

    tree = there.reading.tree
    right = spelled(tree.names, each.path)
    if right is None and (not each.ends or made_earlier(tree, each.path) or submodule_of(tree, each.path) is not None):
        return
    written = f"{each.file}:{each.line}" if each.line else each.file
    lack = Lack(written, step.line, each.path, held=False, joined=each.joined, ends=each.ends)
    yield lack._replace(nowhere=_words(step), spelled=right or "")


def _outside(there: StageFiles, step: Step, each: Essential, place: str, above: str) -> Iterator[Lack]:
    """What lies above the context, is there on disk, and is not in the stage either."""
    from .elsewhere import widest

    scan = there.reading.scan
    where = posixpath.normpath(posixpath.join(place, posixpath.relpath(each.path, above or ".")))
    real = Path(os.path.realpath(Path(scan.build.context, each.path)))
    root = widest(scan)
    inside = root is not None and real.is_relative_to(root)
    held = inside and scan.build.known and not scan.build.contexts and real.exists()
    if posixpath.commonpath((where, place)) != "/" and _may_bring_projects(base_image(there.reading.chain[0])):
        return
    if held and there.at(where).state == "absent" and there.at(posixpath.dirname(where)).state == "absent":
        written = f"{each.file}:{each.line}" if each.line else each.file
        # In the directory above it may be built by somebody whom no file names.
        ends = each.ends and not scan.build.guessed and _is_all(there, step, place)
        yield Lack(f"{each.reader} ({written})", step.line, each.path, held=False, joined=each.joined, ends=ends)


def _may_bring_projects(image: images.Reference | None) -> bool:
    """Whether an image may be one of the project's own, with the rest of the project where this one lies in it."""
    known = image is not None and (images.brings_no_project(image) or image.path.startswith("dotnet/"))
    return not known


def _is_read(there: StageFiles, file: str, place: str, above: str) -> bool:
    """Whether the file that names something is in the stage itself."""
    where = posixpath.normpath(posixpath.join(place, posixpath.relpath(file, above or ".")))
    return there.at(where).state == "there"


def _words(step: Step) -> str:
    text = " ".join(step.instruction.text.split())
    return text if len(text) <= 50 else text[:49] + "…"


#: Where the shell looks first, or goes on if something is not there.
_LENIENT: Final = (";", "||", "2>", "[ ", " test ", "set +e", "<<")


def _named(there: StageFiles, step: Step, command: Command, reader: str) -> Iterator[Lack]:
    """Files that a command names: scripts, lists of packages, what is copied on."""
    paths = [*named_files(command)]
    if not any(each in f" {step.instruction.text}" for each in _LENIENT):
        paths += read_paths(command)
    for path in paths:
        absolute = posixpath.normpath(posixpath.join(command.cwd, path))
        where = there.at(absolute)
        if where.state == "excluded" and where.path is not None:
            yield Lack(reader, step.line, where.path, held=True)
        elif where.state == "absent":
            from .nowhere import is_sure  # only where something is missed

            ends = is_sure(there, step, command)
            yield from (each._replace(ends=ends) for each in _uncopied(there, [absolute], step, reader))


class Passed(NamedTuple):
    """A `path` that a COPY takes from another stage, called `name` there, and the files of this stage at its end."""

    step: Step
    path: str
    name: str
    stage: Stage
    there: StageFiles


def _from_stages(case: Evidence, reading: Reading) -> Iterator[Passed]:
    """What COPY takes from other stages by a plain path."""
    ends: dict[int, StageFiles] = {}
    for step in (step for stage in reading.plan.stages for step in stage.steps if step.keyword == "COPY"):
        origin = step.origin
        if origin is None or origin.kind != "stage" or origin.stage is None:
            continue
        stage = reading.plan.stage(origin.stage)
        if origin.stage not in ends:
            ends[origin.stage] = StageFiles(reading, reading.history(stage), None, case.tracked)
        for source in step.sources:
            path = posixpath.normpath(posixpath.join("/", source.text))
            if source.kind == "path" and path != "/" and not globs.is_wild(path) and "$" not in path:
                yield Passed(step, path, origin.name, stage, ends[origin.stage])


def _of_copies(case: Evidence, reading: Reading) -> Iterator[Lack]:
    """Files of the project that a COPY takes from another stage, which did not get them."""
    for each in _from_stages(case, reading):
        where = each.there.at(each.path)
        if where.state == "excluded" and where.path is not None and not _is_place(case, reading, where.path):
            reader = f"COPY --from={each.name} {each.path} ({case.scan.build.label}:{each.step.line})"
            yield Lack(reader, each.step.line, where.path, held=True)


def _is_place(case: Evidence, reading: Reading, path: str) -> bool:
    """Whether all that the project has of a directory keeps a place for what is made there."""
    tracked = case.tracked.within(path, _MOST_NAMED) if case.tracked.known else reading.tree.names(path)
    if tracked is None or reading.tree.kind(path) != "dir":
        return False
    return all(posixpath.basename(each) in KEEPERS for each in tracked)


def _of_outputs(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """What a COPY takes from a stage of which no step makes it."""
    for each in _from_stages(case, reading):
        found = _nowhere(reading, each) or _unmade(reading, each)
        if found is None and each.path.endswith("/.next/standalone") and _lacks_assets(reading, each):
            beside = f"{each.path.removesuffix('standalone')}static"
            target = posixpath.join(each.step.words[-1], ".next/static")
            yield finding(
                unmet_need,
                f"COPY of {each.path} brings no {beside}: the pages come without their scripts and styles",
                severity="warning",
                path=case.scan.build.label,
                line=each.step.line,
                remedy=f"COPY --from={each.name} {beside} {target} below it",
                key=f"{each.path}\0static",
            )
        if found is not None:
            says, remedy, key = found
            yield finding(
                unmet_need,
                f"COPY of {each.path} finds nothing: {says}",
                severity="warning",
                path=case.scan.build.label,
                line=each.step.line,
                remedy=remedy,
                key=f"{each.path}\0{key}",
            )


def _lacks_assets(reading: Reading, passed: Passed) -> bool:
    """Whether the program that Next makes gets none of the files that browsers ask for: it has them beside itself, and
    serves them where somebody copies them into it."""
    stages = [step for stage in reading.plan.stages for step in stage.steps]
    texts = [step.instruction.whole for step in stages if step is not passed.step]
    if any("static" in each or re.search(r"\.next(?:\s|/?\s|$)", each) for each in texts):
        return False
    manifest = passed.there.file(posixpath.join(posixpath.dirname(posixpath.dirname(passed.path)), "package.json"))
    if manifest is None:
        return False
    above = posixpath.dirname(manifest)
    names = [each for each in reading.tree.names(above) if each == "package.json" or each.startswith("next.config.")]
    return not any(
        word in reading.tree.text(posixpath.join(above, each)) for each in names for word in ("assetPrefix", "static")
    )


def _unmade(reading: Reading, passed: Passed) -> tuple[str, str, str] | None:
    """What a build of the stage makes instead, or what it needs to make this, with a way out and the key of both."""
    from ...packages import outputs  # only where a stage is copied from

    path, there = passed.path, passed.there
    ran = [each for each in there.steps if each.keyword == "RUN"]
    name = posixpath.basename(path)
    text = re.sub(_BUILDS, "", "\n".join(each.instruction.whole for each in ran))
    if there.at(path).state in ("there", "excluded") or re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
        return None
    for command in reading.all_commands(ran):
        for directory in node_builds.built(command) if within(path, command.cwd) else ():
            manifest = there.file(posixpath.join(directory, "package.json"))
            if manifest is None or _is_edited(there, "package.json"):
                continue
            from ...packages.node_outputs import unmade  # only where a stage is copied from that builds with Node

            each = unmade(reading.tree, manifest, command, posixpath.relpath(path, directory))
            if each is None or reading.tree.exists(posixpath.join(posixpath.dirname(manifest), name)):
                continue
            called = f"{each.program} ({manifest}:{each.line})" if each.line else each.program
            way = each.way.format(path=posixpath.join(directory, each.path), line=passed.step.line)
            return f"{called} {each.says}", way, each.program
        named = outputs.MANIFESTS.get(command.name)
        if named is not None and within(path, command.cwd):
            manifest = there.file(posixpath.join(command.cwd, named))
            below = posixpath.relpath(path, command.cwd)
            found = None if manifest is None else outputs.made(reading.tree, manifest, command, below)
            if found is not None:
                names = [posixpath.join(command.cwd, found.directory, each) for each in found.names]
                way = f"write {' or '.join(names[:_MOST_NAMED])} on line {passed.step.line}"
                return f"{found.program} makes {', '.join(found.names[:_MOST_NAMED])} ({manifest})", way, found.program
    return None


#: What images have in their root.
_ROOTS: Final = frozenset(
    "bin boot dev etc go home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var".split()
)
#: Programs that put what they make below their own directory, or where they are told.
_TOLD: Final = frozenset(
    "go cargo npm npx yarn pnpm bun corepack mvn mvnw gradle gradlew dotnet apk apt-get apt pip pip3 poetry uv "
    "composer bundle mkdir cp mv rm chmod chown ln echo cd ls cat export touch set true tsc vite next ng".split()
)


def _in_place(there: StageFiles, path: str) -> str:
    """The same path in the directory where the commands of a stage run."""
    home = next((each.workdir for each in reversed(there.steps) if each.keyword == "RUN"), "") or "/"
    _, top, *rest = path.split("/")
    return posixpath.join(home, *(rest or [top]))


def _nowhere(reading: Reading, passed: Passed) -> tuple[str, str, str] | None:
    """That a path lies in a directory in the root of a stage which nothing there makes or names; as for `_unmade`."""
    top = passed.path.split("/")[1]
    if top in _ROOTS:
        return None
    lowest = reading.plan.chain(passed.stage)[0]
    image = base_image(lowest)
    if lowest.origin.kind != "scratch" and (image is None or not images.brings_no_project(image)):
        return None
    if any(_may_make(reading, one, top) for one in passed.there.steps) or _is_set(reading, passed.there, top):
        return None
    way = f"write {_in_place(passed.there, passed.path)}, if it is made there, in the directory of that stage"
    return f"no step of {passed.name} makes anything in /{top}", way, "nowhere"


#: Files that tell a build where to put what it makes.
_SETTINGS: Final = (".js", ".cjs", ".mjs", ".ts", ".json", ".toml", ".yml", ".yaml")


def _is_set(reading: Reading, there: StageFiles, top: str) -> bool:
    """Whether a file beside what is built sends the output to a directory in the root, as seen from where it runs."""
    steps = there.steps
    places = {posixpath.relpath(f"/{top}", each.workdir or "/") for each in steps if each.keyword == "RUN"}
    ways = [place for place in places if place.startswith("../")]
    sources = [
        cleaned(source.text)
        for step in steps
        if ways and step.keyword in ("COPY", "ADD") and step.origin is None
        for source in step.sources
    ]
    files = [name for source in sources for name in (source, *(join(source, one) for one in reading.names(source)))]
    texts = (reading.tree.text(each) for each in files if each.endswith(_SETTINGS))
    return any(re.search(rf"{re.escape(way)}(?![\w-])", text) for text in texts for way in ways if way in text)


def _may_make(reading: Reading, step: Step, top: str) -> bool:
    """Whether a step names a directory in the root, or may make one without."""
    # A word after a slash or a variable is a part of another path, unless the variable has no value.
    if re.search(rf"(?:(?<![\w.)}}/-])|\$\{{?\w+\}}?)/{re.escape(top)}(?![\w-])", step.instruction.whole):
        return True
    if step.keyword in ("COPY", "ADD"):
        return step.target == "/" or within(f"/{top}", step.target)
    if step.keyword == "WORKDIR":
        return within(step.destination, f"/{top}")
    return step.keyword == "RUN" and (
        (step.workdir or "/") == "/"
        or any(
            each.name not in _TOLD or (each.program and each.program not in ("./gradlew", "./mvnw"))
            for each in reading.commands(step)
        )
    )


def _of_left_out(case: Evidence, reading: Reading, told: set[int]) -> Iterator[Finding]:
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
                if manifest is None or _is_edited(there, "package.json") or re.search(_SCRIPTS_CHANGED, text):
                    continue
                for each in node_needs.left_out(reading.tree, manifest, command):
                    if _is_added(text, each.program):
                        continue
                    ends = (
                        each.ends
                        and "ignore-scripts" not in text
                        and all(one.origin is None for one in before)
                        and _is_all(there, step, directory)
                    )
                    where = f"{manifest}:{each.line}" if each.line else manifest
                    yield finding(
                        unmet_need,
                        f"{command.text} runs the script {each.script} ({where}) and leaves out {each.program}, "
                        "which that calls: command not found",
                        why=f"{each.program} comes with a development dependency",
                        severity="error" if ends else "warning",
                        path=case.scan.build.label,
                        line=step.line,
                        remedy=f"{command.text} --ignore-scripts, "
                        f"or run npm pkg delete scripts.{each.script} before it",
                        key=f"{manifest}\0{each.script}",
                    )


def _is_added(text: str, *names: str) -> bool:
    """Whether commands add a package by one of these names, for all or for the project alone."""
    adds = r"(?:-g|--global|\bglobal\s+add|\b(?:npm|pnpm|yarn|bun)\s+(?:add|install|i))"
    return re.search(rf"{adds}\b[^\n;&|]{{0,400}}(?<![\w./-])(?:{'|'.join(map(re.escape, names))})\b", text) is not None


def _of_builds(case: Evidence, reading: Reading) -> Iterator[tuple[Step, Finding]]:
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
                if manifest is None or not installs or _is_edited(there, "package.json"):
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
                    finding(
                        unmet_need,
                        f"{command.text} {verb} {each.program} ({each.settings or manifest}:{each.line}), which "
                        f"{install.text} on line {by.line} leaves out: {end}",
                        why=f"{each.program} {'is' if each.settings else 'comes with'} a development dependency",
                        severity="warning",
                        path=case.scan.build.label,
                        line=step.line,
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


def _of_locks(case: Evidence, reading: Reading) -> Iterator[Finding]:
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
                yield finding(
                    unmet_need,
                    f"{command.text} needs {lack}",
                    severity=severity,
                    path=case.scan.build.label,
                    line=step.line,
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
    if any(made_earlier(reading.tree, path, ignored=is_ignored_itself(reading.tree, manifest)) for path in paths):
        return None
    if ignored:
        way = f"take it out of .gitignore, and commit the one that {{}} writes beside {manifest}"
        return f"{paths[0]}, which git ignores: in a clone the install ends with an error", way, "warning"
    way = f"make {locks[0]} with {{}} beside {manifest}, and keep it in Git"
    return f"{paths[0]}, and the project has none: the install ends with an error", way, "error"


def _of_packages(case: Evidence, reading: Reading) -> Iterator[Finding]:
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
            yield finding(
                unmet_need,
                f"{command.text} installs the package {name} ({manifest}), and the project has none: the install ends "
                "with an error",
                severity="warning",
                path=case.scan.build.label,
                line=step.line,
                remedy=f"write {command.text} --no-root, or package-mode = false in [tool.poetry]",
                key=f"{manifest}\0package",
            )


def _is_held_above(there: StageFiles, directory: str) -> bool:
    """Whether the lock file may be that of a workspace above."""
    return any(there.at(f"/{each}/package.json").state != "absent" for each in parents(directory[1:]))


#: A script of this name says nothing of a directory of this name.
_BUILDS: Final = r"\b(?:run|run-script|npm|yarn|pnpm|bun|next|vite|react-scripts)\s+build\b"
#: What takes a script out of a manifest.
_SCRIPTS_CHANGED: Final = r"\bpkg\s+(?:delete|set)\s+[\"']?scripts\b|\bset-script\b"


# --- the program


def _of_program(case: Evidence, reading: Reading) -> Iterator[Lack]:
    steps = reading.history(reading.plan.target)
    there = StageFiles(reading, steps, None, case.tracked)
    label = case.scan.build.label

    def text(absolute: str) -> str:
        path = there.file(absolute)
        return (reading.tree.read(path) or b"").decode(errors="replace") if path is not None else ""

    for step in (reading.last("ENTRYPOINT"), reading.last("CMD"), reading.last("HEALTHCHECK")):
        if step is None:
            continue
        yield from _handed_over(there, step, text, f"{step.keyword} ({label}:{step.line})")
        for start in started(step, text):
            states = [(path, there.at(path)) for path in start.paths]
            known = [(path, found) for path, found in states if found.state in ("there", "unknown")]
            if known:
                path, found = known[0]
                if found.state == "there" and start.bases:
                    yield from _imported(there, text, path, start, step)
                continue
            out = next((each.path for _, each in states if each.state == "excluded" and there.is_file(each.path)), None)
            reader = f"{step.keyword} ({label}:{step.line})"
            if out is not None:
                yield Lack(reader, step.line, out, held=True)
            elif _is_installed(reading, start.paths, step):
                continue
            elif not (step.keyword == "CMD" and reading.last("ENTRYPOINT")) and not _is_mounted(
                reading, start.paths[0]
            ):
                yield from _uncopied(there, start.paths, step, reader)
        yield from _of_its_script(there, step, text, f"{step.keyword} ({label}:{step.line})")


def _of_its_script(there: StageFiles, step: Step, text: Text, reader: str) -> Iterator[Lack]:
    """Files of the project that the script of a program runs."""
    for script, start in started_by_script(step, text):
        states = [there.at(each) for each in start.paths]
        if any(each.state in ("there", "unknown") for each in states) or _is_mounted(there.reading, start.paths[0]):
            continue
        out = next((each.path for each in states if each.state == "excluded" and there.is_file(each.path)), None)
        runs = f"{there.file(script) or script}, which {reader} starts,"
        if out is not None:
            yield Lack(runs, step.line, out, held=True)
        elif not _is_installed(there.reading, start.paths, step):
            yield from _uncopied(there, start.paths, step, runs)


#: What Node is told to read its variables from, and cannot begin without.
_VARIABLES: Final = "--env-file"


def _handed_over(there: StageFiles, step: Step, text: Text, reader: str) -> Iterator[Lack]:
    """Files that a program is told to read when it starts, and directories by an option, which a rule takes out."""
    for each in handed(step, text):
        where = there.at(each.path)
        if each.option == _VARIABLES and each.program in ("node", "nodejs", "tsx"):
            path = where.path if where.state == "excluded" else _never_there(there, where.state, each.path)
            if path is not None and not _is_mounted(there.reading, each.path):
                name = posixpath.basename(each.path)
                way = f"write --env-file-if-exists={name}, and hand the variables over with docker run --env-file"
                yield Lack(
                    f"{each.program} {_VARIABLES} of {reader}", step.line, path, held=True, instead=way, private=True
                )
        elif where.state == "excluded" and where.path is not None and there.tracked.known:
            named = there.tracked.file(where.path) or (each.option and there.tracked.below(where.path))
            if named and not _is_mounted(there.reading, each.path):
                yield Lack(reader, step.line, where.path, held=True)


def _never_there(there: StageFiles, state: str, absolute: str) -> str | None:
    """The path in the context of a file that a rule would take out, if it was there."""
    rules = there.reading.scan.rules
    paths = (path for step in there.steps for path in landed(step, absolute) if step.origin is None)
    return next(filter(rules.gone, paths), None) if state == "absent" else None


def _is_installed(reading: Reading, paths: Sequence[str], step: Step) -> bool:
    """Whether a module that is run may come from a package: from an archive, or one of its name, or from a directory
    whose package some stage installs, and of which the image may have any part."""
    if "-m" in " ".join(step.words).split():
        steps = [each for stage in reading.plan.stages for each in stage.steps]
        installs = (each.words for each in reading.all_commands(steps) if "install" in each.words)
        if any(word.startswith((".", "/")) and not word.endswith(_LISTS) for words in installs for word in words):
            return True
    above, _, name = paths[0].rpartition("/")
    if name != "__main__.py":
        return False
    module = posixpath.basename(above)
    return any(
        "install" in each.words and any(word.endswith((".whl", ".gz", "/*")) or word == module for word in each.words)
        for each in reading.all_commands(reading.history(reading.plan.target))
    )


#: What lists packages, and is none.
_LISTS: Final = (".txt", ".in", ".lock", ".toml")


def _is_mounted(reading: Reading, absolute: str) -> bool:
    """Whether a compose file mounts something where a file of the image belongs, as far as one tells that is near."""
    if is_mounted_over(reading, absolute):
        return True
    name = posixpath.basename(absolute)
    places = {"", posixpath.dirname(reading.scan.build.own_name or "")}
    near = (posixpath.join(place, each) for place in places for each in reading.tree.names(place))
    return any(f"/{name}:" in reading.tree.text(each) for each in near if each.endswith((".yml", ".yaml")))


def _uncopied(there: StageFiles, paths: Sequence[str], step: Step, reader: str) -> Iterator[Lack]:
    """A file that is looked for in the working directory as it lies in the context, and is not there: no instruction
    takes it, or one puts it elsewhere."""
    home = step.workdir or "/"
    if not is_known(there, home) or any(there.at(each).state != "absent" for each in paths):
        return
    for absolute in paths:
        path = posixpath.relpath(absolute, home)
        if path.startswith("../") or not there.is_file(path):
            continue
        if there.tracked.known and not there.tracked.file(path):
            continue
        found = next(_places(there, path), "")
        instead = _as_module(there, step, path, found) if found else ""
        yield Lack(reader, step.line, path, held=False, put=found, instead=instead)
        return


def _as_module(there: StageFiles, step: Step, path: str, found: str) -> str:
    """The way out where a command names a file as a module, and its sources say how they are to lie; "": it does
    not."""
    module, home = path.removesuffix(".py").replace("/", "."), step.workdir or "/"
    said = re.search(rf"(?<![\w./-]){re.escape(module)}(?=:\w|[\s\"',]|$)", step.instruction.text)
    if said is None or "." not in module or not within(found, home):
        return ""
    package, above = module.partition(".")[0], path.partition("/")[0]
    text = there.reading.tree.text(path)
    # Its imports tell from where it is meant to be started.
    if re.search(rf"(?m)^[ \t]*(?:(?:from|import)\s+{re.escape(package)}\b|from\s+\.)", text):
        return f"copy {above} to {posixpath.join(home, above)}"
    shown = posixpath.relpath(found, home).removesuffix(".py").replace("/", ".")
    return f"write {shown} for {module} on line {step.line}"


def _places(there: StageFiles, path: str) -> Iterator[str]:
    """Where in the image the instructions put a file of the context."""
    for step in reversed(there.steps):
        for source in step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ():
            own = cleaned(source.text)
            if source.kind == "path" and (not own or within(path, own)):
                below = path[len(own) :].lstrip("/") or posixpath.basename(path)
                target = posixpath.normpath(posixpath.join(step.target, below))
                if there.at(target).path == path:
                    yield target


def _named_places(there: StageFiles, path: str) -> Iterator[str]:
    """Where in the image a file of the context is put by an instruction that names it."""
    for step in there.steps if there.is_file(path) else ():
        own = step.sources if step.keyword in ("COPY", "ADD") and step.origin is None else ()
        if any(source.kind == "path" and cleaned(source.text) == path for source in own):
            yield from _places(there, path)
            return


def _read_at_run_time(there: StageFiles, source: str, here: str, text: str, step: Step) -> Iterator[Lack]:
    """Files and directories that a source names as what it reads or serves, and which a rule takes out. What git does
    not track may as well be data, which comes when the container runs."""
    if not any(word in text for word in READING):
        return
    from ...packages.literals import reads  # only where a program names something

    for each in reads(here, text, step.workdir or "/"):
        states = [there.at(path) for path in each.paths]
        if any(found.state in ("there", "unknown") for found in states):
            continue
        out = next((found.path for found in states if found.state == "excluded" and found.path is not None), None)
        if out is not None and (there.tracked.file(out) or there.tracked.below(out)):
            yield Lack(f"{source}:{each.line}, which names {each.name},", step.line, out, held=True)


#: Sources of a program that are followed.
_MOST_SOURCES: Final = 300


def _imported(there: StageFiles, text: Text, absolute: str, start: Start, step: Step) -> Iterator[Lack]:
    """Modules of the project that the program imports, and what they import, which a rule takes out."""
    todo = [absolute]
    seen = set(todo)
    while todo and len(seen) <= _MOST_SOURCES:
        here = todo.pop(0)
        source = there.file(here)
        if source is None:
            continue
        content = text(here)
        if there.tracked.known:
            yield from _read_at_run_time(there, source, here, content, step)
        for each in imports(here, content, start.bases):
            states = [(path, there.at(path)) for path in each.paths]
            if any(found.state == "unknown" for _, found in states):
                continue
            follow = [path for path, found in states if found.state == "there" and there.is_file(found.path)]
            todo += [path for path in follow[:1] if path not in seen]
            seen.update(follow[:1])
            out = [found.path for _, found in states if found.state == "excluded" and there.is_file(found.path)]
            if not follow and out and out[0] is not None:
                yield Lack(f"{source}:{each.line}, which imports {each.name},", step.line, out[0], held=True)
