"""Installs for which manifests and sources are copied by separate instructions, or by one that names both: what has to
come after them. A COPY of everything is the business of `reorder`."""

import posixpath
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...packages.catalog import MANAGERS, WRAPPERS, install, reads
from ...packages.install import Install
from ...packages.project import Reads
from ...paths import absolute, within
from ...regex import lazy
from ...rules import globs
from ..reading import Reading
from ..secrecy.valuable import SOURCE_ENDINGS
from .early import Early, between, brings_installed, is_aside
from .effects import (
    TIDIES,
    TOOLS,
    brings_tools,
    is_of_an_environment,
    is_torn,
    prepares,
    put_off_by,
    reads_nothing,
    rest_of,
    touches,
    unpacks_outside,
)
from .reorder import destination_of, flags_of

#: Directories that hold little else than what an install or a tool reads, and that change as rarely.
_STEADY: Final = frozenset(
    "prisma patches scripts script config configs bin tools vendor .yarn .mvn .cargo gradle public static assets "
    "certs locales".split()
)
#: Those of them that a front end may compile, and what it has in them then.
_SERVED: Final = frozenset("public static assets".split())
_COMPILED: Final = tuple(".ts .tsx .jsx .vue .svelte .scss .sass .less .styl .coffee .elm".split())
#: Sources that declare types alone, as tools want them beside their settings.
_DECLARING: Final = (".d.ts", ".d.mts", ".d.cts")
#: Commands that put single files in order.
_MOVES: Final = frozenset("cp mv rm".split())
#: Files that say what a package is and change with its releases, or how it is put together.
_TOLD: Final = lazy(r"(?:__init__|_*version_*|_*about_*|setup|webpack\.\w+|[Gg]ulpfile|Gruntfile)\.\w+")
#: A package by its name, perhaps with a version; no path and no address.
_NAME: Final = lazy(r"@?[A-Za-z][\w.-]*(?:/[\w.-]+)?(?:\[[\w,-]+\])?(?:(?:@|[=<>~!^]=?)[\w.*^~<>=!,-]*)?")
_FROM_FILES: Final = ("-f", "--find-links", "-c", "--constraint", "-e", "--editable", "--no-index")
#: Entries of a directory that are looked at for sources.
_MOST_ENTRIES: Final = 2_000


class Piecewise(NamedTuple):
    """An install that could come before the instructions that bring the sources at `paths`, of which it reads nothing:
    `taken` by these lines with these words. `manifests` are the COPY lines that it needs, `sources` those that belong
    below it; `early` is the install itself."""

    early: Early
    manifests: tuple[str, ...]
    sources: tuple[str, ...]
    paths: tuple[str, ...]
    taken: frozenset[tuple[int, str]]


class _Copied(NamedTuple):
    """The words of a COPY for what the install reads, and for the `others`; `sources` are those of them that are worked
    on, with the paths that they stand for. `apart`: the lines for what it reads of a directory that comes whole."""

    step: Step
    read: tuple[str, ...]
    others: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    apart: tuple[str, ...] = ()


def piecewise(reading: Reading) -> Iterator[Piecewise]:
    """Every install that is copied sources before its turn, where it is sure that it does without them."""
    done: set[int] = set()
    for stage in reading.plan.stages:
        steps = [step for step in reading.history(stage) if step.onbuild is None]
        for at, step in enumerate(steps):
            # Those of a stage below are found there.
            if step.keyword == "RUN" and step.line not in done and any(step is each for each in stage.steps):
                found = _found(reading, stage, steps[:at], step)
                if found is not None:
                    done.add(step.line)
                    yield found


def _found(reading: Reading, stage: Stage, before: list[Step], step: Step) -> Piecewise | None:
    commands = reading.commands(step)
    installs = ((n, found) for n, one in enumerate(commands) if (found := install(one)) and not brings_tools(found))
    number, each = next(installs, (0, None))
    earlier = [command for one in before for command in reading.commands(one)]
    if (
        each is None
        or each.command.guarded
        or not all(_only_prepares(one) or _puts_in_order(one) for one in commands[:number])
        or any(mount.kind == "bind" for mount in step.mounts)
        or any(prepares(command) == each.manager and not _is_of_tools(command) for command in earlier)
        or brings_installed(before)
        or _came_from_a_stage(reading, each, before)
    ):
        return None
    needed = Reads(()) if _is_by_name(reading, each, before) else _needed(reading, each, before)
    copied = [] if needed is None else _copied(reading, each, needed, before)
    late = [at for at, one in enumerate(copied) if one.sources]
    if needed is None or not late or is_aside(each, needed, commands[number + 1 :]):
        return None
    if any(touches(one, each, needed) for one in commands[:number] if not _only_prepares(one)):
        return None
    first = before.index(copied[late[0]].step)
    aside = [one for one in before[first:] if _is_of_others(reading, one, copied, before[first:])]
    ran = [command for one in before[first:] if one not in aside for command in reading.commands(one)]
    made = [command for command in ran if not (reads_nothing(command) or unpacks_outside(command, each.cwd))]
    tidied = [command for command in made if not _makes_executable(command)]
    if any(command.name not in TIDIES or touches(command, each, needed) for command in tidied):
        return None
    made = [command for command in made if _makes_executable(command)]
    if made and needed.early is None:
        return None
    own = {one.line for one in (*(each.step for each in copied), *aside)}
    parted = between(reading, [one for one in before[first + 1 :] if one.line not in own], each.cwd)
    put_off = put_off_by(commands[:number], each.cwd, partial(reading.came_from, before))
    rest = rest_of(commands, number, needed, put_off=bool(put_off))
    if parted is None or (needed.early is None and is_torn(commands, number, rest)):
        return None
    ahead, behind = parted
    ahead = tuple(sorted((*ahead, *aside), key=lambda one: one.line))
    wrappers = (posixpath.basename(word) for command in made for word in command.arguments[1:])
    early = Early(
        stage, copied[late[0]].step, "", each.cwd, each, needed, rest,
        tuple(sorted({*wrappers})), frozenset(), None, ahead, behind, put_off,
    )  # fmt: skip
    manifests = [
        line
        for one in copied
        for line in (
            *one.apart,
            *([_written(one.step, one.read if one.sources else (*one.read, *one.others))] if one.read else ()),
        )
    ]
    # What changes rarely stands between them, perhaps, and is needed below as well.
    sources = [
        _written(one.step, one.others) for one in copied[late[0] :] if one.sources or not (one.read or one.apart)
    ]
    paths = dict.fromkeys(
        each for one in copied for _, path in one.sources for each in (path and [path]) or reading.names("")
    )
    taken = frozenset((one.step.line, word) for one in copied for word, _ in one.sources)
    return Piecewise(early, tuple(manifests), tuple(sources), tuple(paths), taken)


def _is_of_others(reading: Reading, step: Step, copied: Iterable[_Copied], since: list[Step]) -> bool:
    """Whether a RUN puts files in order that are there without the sources: beside manifests, such as settings."""
    commands = reading.commands(step)
    if all(map(reads_nothing, commands)):
        return False
    sources = [
        one.step.target
        if reading.sent.kind(path) == "dir"
        else posixpath.join(one.step.target, posixpath.basename(path))
        for one in copied
        for _, path in one.sources
    ]
    read = {word for one in copied for word in one.read}
    for command in commands:
        if reads_nothing(command):
            continue
        places = [absolute(command.cwd, word) for word in command.words]
        unclear = not places or any(globs.is_wild(word) or "$" in word for word in command.words)
        if command.name not in _MOVES or unclear:
            return False
        if any(within(one, source) or within(source, one) for one in places for source in sources):
            return False
        late = (found for one in places if (found := reading.came_from(since, one)) is not None)
        if not read.issuperset(late):
            return False
    return True


def _came_from_a_stage(reading: Reading, each: Install, before: list[Step]) -> bool:
    """Whether a COPY takes a directory in which the same manager has installed in its stage."""
    for step in before:
        if step.keyword == "COPY" and step.origin is not None and step.origin.stage is not None:
            ran = reading.history(reading.plan.stage(step.origin.stage))
            places = [posixpath.normpath(posixpath.join("/", source.text)) for source in step.sources]
            for found in reading.installs(ran):
                if found.manager == each.manager and any(within(found.cwd, place) for place in places):
                    return True
    return False


def _is_of_tools(command: Command) -> bool:
    found = install(command)
    return found is not None and brings_tools(found)


def _only_prepares(command: Command) -> bool:
    """Whether a command of a RUN reads nothing of the project: it may make a place for packages."""
    return reads_nothing(command) or _is_of_tools(command) or is_of_an_environment(command)


def _puts_in_order(command: Command) -> bool:
    """Whether a command of a RUN only puts files in order, and no script that the install is called by."""
    return command.name in TIDIES and not _makes_executable(command)


def _is_by_name(reading: Reading, each: Install, before: list[Step]) -> bool:
    """Whether packages are installed by their names alone, and no manifest is there to be read with them."""
    manager = MANAGERS[each.manager]
    named = each.words and all(map(_NAME.fullmatch, each.words)) and not TOOLS.issuperset(each.words)
    if each.implied and not all("@" in word for word in each.words):
        return False  # a file or package of the project that is built
    if not manager.by_name or not named or each.files or each.has(*_FROM_FILES):
        return False
    # What has an option for files to install from reads no other.
    return bool(manager.reading) or not any(
        reading.came_from(before, posixpath.join(each.cwd, name)) for name in manager.manifests
    )


def _needed(reading: Reading, each: Install, before: list[Step]) -> Reads | None:
    """What the install reads of what was copied to its directory by name; None: perhaps more, or nobody knows."""
    base = each.cwd
    if each.files:  # wherever they lie, they name what is installed
        base = posixpath.dirname(posixpath.normpath(posixpath.join(each.cwd, each.files[0])))
    names = tuple(map(posixpath.basename, each.files))
    roots = {
        posixpath.dirname(path)
        for step in before
        for path in _files(reading, step) or ()
        if not names or posixpath.basename(path) in names
        if reading.came_from(before, posixpath.join(base, posixpath.basename(path))) == path
    }
    root = roots.pop() if len(roots) == 1 else None
    if root is None:
        return None
    found = reads(reading, each, lambda path: root if path in (base, each.cwd) else reading.came_from(before, path))
    if found is None:
        return None

    def brought(path: str) -> bool:
        place = posixpath.normpath(posixpath.join(base, posixpath.relpath("/" + path, "/" + root)))
        return reading.came_from(before, place) == path

    files, directories = (tuple(filter(brought, paths)) for paths in (found.files, found.directories))
    return found._replace(files=files, directories=directories) if files else None


def _files(reading: Reading, step: Step) -> list[str] | None:
    """The files of the context that a COPY names, also by a wild card; None: it is no plain COPY of the context."""
    if step.keyword not in ("COPY", "ADD") or step.origin is not None:
        return None
    if step.instruction.json and any(set(word) & set(' \t"') for word in step.instruction.words):
        return None  # no plain line says that
    if step.instruction.heredocs or any(name == "parents" for name, _ in step.flags):
        return None
    return [
        path
        for source in step.sources
        for path in _meant(reading, cleaned(source.text))
        if reading.sent.kind(path) == "file"
    ]


def _meant(reading: Reading, path: str) -> list[str]:
    above, _, name = path.rpartition("/")
    if not globs.is_wild(name):
        return [path]
    return [posixpath.join(above, each) for each in reading.names(above) if globs.matches(name, each)]


def _copied(reading: Reading, each: Install, needed: Reads, before: list[Step]) -> list[_Copied]:
    """What the instructions above an install bring to its directory; none where one of them cannot be taken apart."""
    wanted = {*needed.files, *needed.directories}
    out = []
    apart = aside(reading, each, needed, before)
    for step in before:
        if step.keyword not in ("COPY", "ADD") or step.origin is not None:
            continue
        files = _files(reading, step)
        if not within(posixpath.join(step.target, "_"), each.cwd) and wanted.isdisjoint(files or ()):
            if step in apart:
                words = tuple(source.text for source in step.sources)
                out.append(_Copied(step, (), words, tuple((word, cleaned(word)) for word in words)))
            continue
        if files is None:
            return []
        read, others, sources = list[str](), list[str](), list[tuple[str, str]]()
        for source in step.sources:
            path = cleaned(source.text)
            meant = _meant(reading, path)
            inside = [one in wanted for one in meant]
            held = sorted(one for one in wanted - {*meant} if within("/" + one, "/" + path))
            if source.kind != "path" or (wanted and not path):
                return []
            if held:
                # A directory that holds manifests comes whole: they can come before it, where no other does.
                if len(step.sources) > 1 or needed.directories or not _is_source(reading, path, each):
                    return []
                lines = tuple(dict.fromkeys(_apart(step, path, one) for one in held))
                out.append(_Copied(step, (), (source.text,), ((source.text, path),), lines))
                break
            # What a wild card brings beside manifests may be settings, which change as rarely.
            if any(inside) and not all(inside) and any(_is_source(reading, one, each) for one in meant):
                return []
            (read if any(inside) else others).append(source.text)
            if not any(inside):
                sources += [(source.text, one) for one in meant if _is_source(reading, one, each)]
        else:
            out.append(_Copied(step, tuple(read), tuple(others), tuple(sources)))
    return out


def aside(reading: Reading, each: Install, needed: Reads, before: list[Step]) -> list[Step]:
    """The last of some instructions, if they bring directories of sources of which an install below reads nothing: it
    runs again for these as well."""
    out: list[Step] = []
    for step in reversed(before):
        if step.keyword not in ("COPY", "ADD") or step.origin is not None or step.workdir != each.step.workdir:
            break
        paths = [cleaned(source.text) for source in step.sources]
        plain = not step.instruction.json and all(source.kind == "path" for source in step.sources)
        # What comes to lie around the project may belong to it.
        if (
            plain
            and not within(each.cwd, step.target)
            and all(_is_apart(reading, each, needed, path) for path in paths)
        ):
            out.append(step)
    return out[::-1]


def _is_apart(reading: Reading, each: Install, needed: Reads, path: str) -> bool:
    """Whether a directory of the context has sources, and nothing that an install reads."""
    read = (*needed.files, *needed.directories)
    if not path or reading.sent.kind(path) != "dir" or any(within(one, path) or within(path, one) for one in read):
        return False
    return _is_source(reading, path, each)


def _apart(step: Step, above: str, path: str) -> str:
    """The COPY of one file of a directory that another takes, to where that puts it."""
    flags = flags_of(step.instruction.flags)
    place = posixpath.join(destination_of(step), posixpath.relpath(posixpath.dirname(path), above))
    return f"COPY {flags}{path} {posixpath.normpath(place)}/"


def _is_source(reading: Reading, path: str, each: Install) -> bool:
    """Whether a file or directory is worked on from day to day, and not a setting of some tool."""
    name = posixpath.basename(path)
    if path and reading.sent.kind(path) != "dir":
        steady = ".config." in name or name.startswith((".", "config.")) or name.endswith(_DECLARING)
        return name.endswith(SOURCE_ENDINGS) and not steady and _TOLD.fullmatch(name) is None
    served = name in _SERVED
    # What tools have for themselves is no source, nor a part of it: `.yarn/releases`.
    if (name in _STEADY and not served) or any(part.startswith(".") for part in path.split("/")):
        return False
    return (each.implied and not served) or _holds(reading, path, _COMPILED if served else SOURCE_ENDINGS)


def holds_sources(reading: Reading, path: str) -> bool:
    """Whether a source lies in a directory, or further down."""
    return _holds(reading, path, SOURCE_ENDINGS)


def _holds(reading: Reading, path: str, endings: tuple[str, ...]) -> bool:
    """Whether a file with one of these endings lies in a directory, or further down."""
    left, todo = _MOST_ENTRIES, [path]
    while todo and left > 0:
        here = todo.pop()
        for one in reading.names(here):
            left -= 1
            below = posixpath.join(here, one)
            if reading.sent.kind(below) == "dir":
                todo.append(below)
            elif one.endswith(endings):
                return True
    return False


def _makes_executable(command: Command) -> bool:
    return command.name == "chmod" and WRAPPERS.issuperset(map(posixpath.basename, command.arguments[1:]))


def _written(step: Step, sources: tuple[str, ...]) -> str:
    """A COPY with these of its sources alone, each once."""
    sources = tuple(dict.fromkeys(sources))
    if len(sources) == len(step.sources):
        return " ".join(step.instruction.text.split())
    flags = flags_of(step.instruction.flags)
    return f"{step.keyword} {flags}{' '.join(sources)} {destination_of(step)}"
