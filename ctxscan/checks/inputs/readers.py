"""What steps, the manifests of projects and the program of an image read, and what of it does not reach them."""

import os
import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Step
from ...facts import Scan
from ...packages.catalog import MANAGERS
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
from ...paths import join, parents
from ...rules import globs
from ..project.services import is_mounted_over
from ..reading import Reading, base_image, landed
from ..registry import Evidence
from .lacks import Lack, ends_for_certain, named_places, uncopied
from .stagefiles import StageFiles, earlier_commands, is_edited, reached

# --- steps


def lacks_of_steps(case: Evidence, reading: Reading) -> Iterator[Lack]:
    """What the commands of the steps read, and the manifests of the projects that they build."""
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


def lacks_of_manifests(case: Evidence, reading: Reading) -> Iterator[Lack]:
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
            if is_edited(there, name):
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
    found_at = "" if rules.gone(on_disk) else next(named_places(there, on_disk), "")
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
        ends=each.ends
        and (each.held or (_has(there, each.beside, place, above) and ends_for_certain(there, step, place))),
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
        ends = each.ends and not scan.build.guessed and ends_for_certain(there, step, place)
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
            yield from (each._replace(ends=ends) for each in uncopied(there, [absolute], step, reader))


# --- the program


def lacks_of_program(case: Evidence, reading: Reading) -> Iterator[Lack]:
    """What the program of the image, its arguments and its health check read, and what its sources import."""
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
                yield from uncopied(there, start.paths, step, reader)
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
            yield from uncopied(there, start.paths, step, runs)


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
