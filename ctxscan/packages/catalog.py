"""All ecosystems in one list, and what they say together.

Who asks for something asks here, and names no manager. A new ecosystem is a module and its name in `ECOSYSTEMS`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import dropwhile, islice
from typing import Final

from ..dockerfile.commands import Command
from ..dockerfile.shell import every_command
from ..paths import join, parents
from ..rules import globs
from . import (
    dart,
    distributions,
    dotnet,
    elixir,
    go,
    infrastructure,
    interpreters,
    jvm,
    languages,
    make,
    native,
    node,
    php,
    python,
    ruby,
    rust,
    sites,
    swift,
)
from .ecosystem import Ecosystem, History, Manager
from .install import Install
from .manifest import Files, Named, Surveyed
from .project import Context, Locate, Project, Reads
from .workplace import Ran, Runner, Workplace

#: In the order in which their answers are given.
ECOSYSTEMS: Final[tuple[Ecosystem, ...]] = (
    python, node, rust, go, jvm, dotnet, php, ruby, elixir, dart, swift, native, languages, sites, infrastructure,
    distributions,
)  # fmt: skip
#: Names of one manifest that are followed.
_MOST: Final = 2000
#: Flags that ask for something for the machine and not for the project.
_ELSEWHERE: Final = frozenset(("-g", "--global", "--location=global", "-h", "--help", "--version", "-v", "--dry-run"))

# --- what installs ----------------------------------------------------------------------------------------------------

MANAGERS: Final = {each.name: each for ecosystem in ECOSYSTEMS for each in ecosystem.MANAGERS}
#: The names of all lock files.
LOCKS: Final = frozenset(name for each in MANAGERS.values() for name in each.locks)
_BY_PROGRAM: Final = {program: each for each in MANAGERS.values() for program in each.programs}
_LAUNCHERS: Final = [(text.split(), each) for each in MANAGERS.values() for text in each.launchers]
_LAUNCHING: Final = frozenset(first for (first, *_), _ in _LAUNCHERS)
_PROGRAMS: Final = {name: each for ecosystem in ECOSYSTEMS for each in ecosystem.PROGRAMS for name in each.names}
#: Those of distributions first.
CACHES: Final = tuple(each for ecosystem in reversed(ECOSYSTEMS) for each in ecosystem.CACHES)
REMOVALS: Final = distributions.REMOVALS
_PRUNES: Final = tuple(dict.fromkeys(each.prunes for each in MANAGERS.values() if each.prunes is not None))
#: Scripts of a project that stand for a manager, and come with its manifests.
WRAPPERS: Final = frozenset(name for each in MANAGERS.values() for name in each.wrappers)


def _launched(command: Command) -> tuple[Manager | None, tuple[str, ...]]:
    """The manager that a command is one of, and its arguments."""
    if command.name in _LAUNCHING:
        given = (command.name, *map(posixpath.basename, command.arguments))
        for parts, each in _LAUNCHERS:
            if len(given) >= len(parts) and all(map(globs.matches, parts, given)):
                return each, command.arguments[len(parts) - 1 :]
    return _BY_PROGRAM.get(command.name), command.arguments


def install(command: Command) -> Install | None:
    """The install that a command is; None: it is none, or one for the machine."""
    found, arguments = _launched(command)
    if found is None or _ELSEWHERE.intersection(arguments).difference(found.own):
        return None
    if found.called is not None:
        return found.called(command)
    options, words, cwd, files = _sorted(found, arguments, command.cwd)
    if found.itself and cwd == command.cwd:
        words = tuple(each for each in words if each not in found.itself)
    verb, rest = " ".join(words[:2]), words[2:]
    if verb not in found.verbs:
        verb, rest = words[0] if words else "", words[1:]
    if verb in found.verbs:
        return Install(found.name, command, verb, cwd, rest, options, files, False)
    if (both := " ".join(words[:2])) in found.builds:
        return Install(found.name, command, both, cwd, words[2:], options, files, True)
    given = {each.partition("=")[0] for each in options}
    builds = {
        verb for verb, _, option in (each.partition(" ") for each in found.builds) if not option or option in given
    }
    # What has a colon is a goal of a plug-in, or the task of a part of the project.
    built = next((each for each in words if each in builds or each.rpartition(":")[2] in builds), None)
    if built is None or (found.leading and verb != built):
        return None
    return Install(found.name, command, built, cwd, rest, options, files, True)


def _sorted(
    manager: Manager, arguments: tuple[str, ...], cwd: str
) -> tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]:
    """Options (a value joined with `=`), other words, the directory, and the files to read."""
    options: list[str] = []
    words: list[str] = []
    files: list[str] = []
    short = [each for each in manager.reading if not each.startswith("--")]
    todo = iter(arguments)
    for each in todo:
        if each in (">", ">>", "<", ">&", "&>", "2>"):
            next(todo, None)
            if words and words[-1] in ("1", "2"):
                words.pop()
        elif not each.startswith("-"):
            words.append(each)
        else:
            option, _, value = each.partition("=")
            if option in manager.valued + manager.moves and not value:
                value = next(todo, "")
            if option[:2] in short and len(option) > 2:
                option, value = option[:2], option[2:]
            if option in manager.moves:
                cwd = posixpath.normpath(posixpath.join(cwd, value))
            if option in manager.reading:
                files.append(value)
            options.append(f"{option}={value}" if value else option)
    return tuple(options), tuple(words), cwd, tuple(files)


def whole(command: Command, path: str) -> str | None:
    """`node.whole`."""
    return node.whole(command, path)


def packages_of_node(install: Install, settings: str) -> str:
    """`node.packages`."""
    return node.packages(install, settings)


def added(command: Command) -> list[str]:
    """`node.added`."""
    return node.added(command)


def newest_manager(command: Command) -> str:
    """`node.newest`."""
    return node.newest(command)


def release_for(tree: Files, lock: str) -> str:
    """`node.release_for`."""
    return node.release_for(tree, lock)


def deployed(command: Command, place: str) -> str | None:
    """Where a command that puts a package together puts the packages at `place`, with those for development."""
    return node.deployed(command, place)


MAKEFILES: Final = make.MAKEFILES


def makefile_recipes(tree: Files, path: str, wanted: Sequence[str]) -> dict[str, list[str]]:
    """The lines that a Makefile runs for these targets, by target."""
    return make.recipes(tree, path, wanted)


def reads(context: Context, install: Install, locate: Locate) -> Reads | None:
    """All that an install reads of a context; None: perhaps more than manifests, or nobody knows."""
    reader, inside = MANAGERS[install.manager].reads, MANAGERS[install.manager].inside
    project = locate(install.cwd)
    if project is None and inside is not None:
        install = inside(install)
        project = locate(install.cwd)
    return None if project is None or reader is None else reader(Project(context, project, install, locate))


@cache
def _building() -> re.Pattern[str]:
    """Finds a command that needs a manifest, by its first words."""
    found = []
    for each in MANAGERS.values():
        # What also installs programs by their names may do that.
        vague = {"install", "i", "add"} if each.by_name else set[str]()
        verbs = {"\\s+".join(map(re.escape, verb.split())) for verb in (*each.verbs, *each.builds) if verb} - vague
        programs = "|".join(map(re.escape, each.programs))
        found.append(rf"(?:{programs})\s+(?:-\S+\s+)*(?:[\w.:-]*:)?(?:{'|'.join(sorted(verbs))})")
    return re.compile(rf"(?:^|[\s;&|(]|\./)(?:{'|'.join(found)})(?![\w:@-])")


def builds_a_project(text: str) -> bool:
    """Whether a RUN installs or builds what a manifest in the context names, by the words of its commands alone."""
    return _building().search(text) is not None


def workspace_above(directory: str, text: Callable[[str], str | None]) -> str | None:
    """The directory of the workspace without which the package in a directory cannot be installed, by the texts of
    files; None: there is none, or it can."""
    return node.workspace_above(directory, text)


def fetches_packages(text: str) -> bool:
    """Whether a line installs what a manifest asks for, by the words of its commands alone."""
    for program, *rest in every_command(text) if any(each in text for each in _BY_PROGRAM) else ():
        found = _BY_PROGRAM.get(posixpath.basename(program))
        words = [each for each in rest if not each.startswith("-")]
        listed = not {"-r", "--requirement"}.isdisjoint(rest)
        if found is not None and ((words[0] if listed and words else " ".join(words)) in found.verbs):
            return True
    return False


def manifests_asked(text: str) -> tuple[str, ...]:
    """The manifests of one of which the first install of a RUN asks in the directory where it is run, by the words of
    its commands alone; none: it is told where, or makes one."""
    for words in every_command(text) if any(each in text for each in _BY_PROGRAM) else ():
        said = [*dropwhile(lambda each: each == "RUN" or each.startswith("--") or "=" in each, words)]
        program, *rest = said or [""]
        found = _BY_PROGRAM.get(posixpath.basename(program))
        if found is None or not found.manifests or _ELSEWHERE.intersection(rest):
            continue
        if {*found.moves, *found.reading} & {each.partition("=")[0] for each in rest}:
            return ()
        if " ".join(each for each in rest if not each.startswith("-")) in found.verbs:
            return found.manifests
    return ()


def locks_kept_to(text: str) -> tuple[str, ...]:
    """The lock files to one of which a RUN keeps in the directory where it is run, by the words of its commands
    alone."""
    for words in every_command(text):
        called = [*dropwhile(lambda each: each == "RUN" or each.startswith("--") or "=" in each, words)]
        found = _BY_PROGRAM.get(called[0]) if called else None
        strict = found.strict if found is not None else None
        if found is None or strict is None or {*found.moves} & {each.partition("=")[0] for each in called}:
            continue
        if not {*strict.verbs, *strict.options}.isdisjoint(called) and not {*found.verbs}.isdisjoint(called):
            return found.locks
    return ()


def updated(command: Command) -> Manager | None:
    """The manager that a command has look for newer versions than those of the lock file."""
    found, arguments = _launched(command)
    words = [each for each in arguments if not each.startswith("-")]
    if found is None or not words or words[0] not in found.updates:
        return None
    return None if {"-g", "--global"} & set(arguments) else found


def relocked(command: Command) -> Manager | None:
    """The manager that a command has write the lock file, if there is none."""
    found, arguments = _launched(command)
    words = [each for each in arguments if not each.startswith("-")]
    if found is None or not words or {"-g", "--global"} & {*arguments}:
        return None
    pairs = (each.partition(" ") for each in (*found.relocks, *found.updates))
    known = any(words[0] == verb and (not option or option in arguments) for verb, _, option in pairs)
    return found if known else None


def first_lock(path: str, text: Callable[[str], str]) -> tuple[str, str] | None:
    """The command that writes a lock file where there is none, and the manifest beside it that the command goes by,
    whose text is given; None: there is no such manifest, or nothing to lock."""
    above, _, name = path.rpartition("/")
    row = next((each for each in MANAGERS.values() if name in each.locks[:1]), None)
    first = row.first if row is not None else None
    if row is not None and row.relocks and row.manifests:
        first = f"{row.programs[0]} {row.relocks[0]}", row.manifests[0], ""
    manifest = join(above, first[1]) if first is not None else ""
    said = text(manifest) if first is not None else ""
    return (first[0], manifest) if first is not None and said and first[2] in said else None


def prepared(command: Command) -> str | None:
    """The manager whose packages a command may have brought, beside an install."""
    found = _BY_PROGRAM.get(command.name)
    if found is None or only_cleans(command):
        return None
    return found.name if "*" in found.prepares or any(each in command.arguments for each in found.prepares) else None


def only_cleans(command: Command) -> bool:
    """Whether a command takes away what a build has made, and does nothing else."""
    found = _BY_PROGRAM.get(command.name)
    return found is not None and bool(command.words) and {*command.words} <= {*found.cleans}


def told_alone(command: Command) -> tuple[str, str] | None:
    """The program that a command tells something for whoever runs it alone, and the variable that says it for all."""
    found = _BY_PROGRAM.get(command.name)
    if found is None or found.alone is None or " ".join(command.words) != found.alone[0]:
        return None
    return None if "--local" in command.arguments else (command.name, found.alone[1])


def system_packages(command: Command) -> str | None:
    """What a command does to the packages of the distribution: `adds` or `removes` some by their names; None: nothing,
    or nobody knows which."""
    for takes, brings in REMOVALS:
        for verb, listed in (("removes", takes), ("adds", brings)):
            if any(phrase == " ".join((command.name, *command.words[:1])) for phrase in listed):
                return verb if len(command.words) > 1 and not re.search(r"[$`/]", " ".join(command.words)) else None
    return None


def adds_to_system(command: Command) -> bool:
    """Whether a command installs packages of the distribution, whichever those are."""
    said = " ".join((command.name, *command.words[:1]))
    return any(said == phrase for _, brings in REMOVALS for phrase in brings)


def brings_a_tool(command: Command) -> bool:
    """Whether a command installs programs of Node by their names, for the machine."""
    found = _BY_PROGRAM.get(command.name)
    named = [each for each in command.words if re.match(r"@?[A-Za-z][\w.-]*(?:/[\w.-]+)?(?:@\S+)?$", each)]
    asked = command.words[:1] in (["install"], ["i"], ["add"]) and 1 < len(named) == len(command.words)
    return asked and found is not None and not {"-g", "--global"}.isdisjoint(command.arguments)


def prunes(text: str) -> bool:
    """Whether nothing for development is left after a command."""
    return any(each.search(text) for each in _PRUNES)


# --- what commands touch ----------------------------------------------------------------------------------------------


def brings_packages(text: str) -> bool:
    """Whether a path in an instruction is one where some manager keeps what it installed."""
    return any(home in text for each in MANAGERS.values() for home in each.homes)


def is_inert(name: str, arguments: Sequence[str]) -> bool:
    """Whether a command leaves no file of a context where it was not before."""
    found = _PROGRAMS.get(name)
    if found is None:
        return False
    if found.is_inert is not None:
        return found.is_inert(arguments)
    words = [each for each in arguments if not each.startswith("-")]
    return bool(found.inert) and (not words or "*" in found.inert or words[0] in found.inert)


def is_blind(command: Command) -> bool:
    """Whether a command looks at no file of the project."""
    found = _PROGRAMS.get(command.name)
    if found is None:
        return False
    words = command.words
    if "*" in found.blind or (words and words[0] in found.blind):
        return True
    return found.is_blind is not None and found.is_blind(command)


# --- what manifests say -----------------------------------------------------------------------------------------------


#: Files that tell how something is built, and the endings of more of them.
NAMES: Final = frozenset(name for each in ECOSYSTEMS for name in each.MANIFESTS.names)
ENDINGS: Final = frozenset(name for each in ECOSYSTEMS for name in each.MANIFESTS.endings)
#: Those that lie in the root of a project, and of these those that may name what a program needs when it runs.
ROOTS: Final = frozenset(name for each in ECOSYSTEMS for name in each.MANIFESTS.roots)
TELLING: Final = tuple(name for each in ECOSYSTEMS for name in each.MANIFESTS.telling)
#: Those that no build reads unless a command says so, and those that hold scripts by name.
UNREAD: Final = frozenset(name for each in ECOSYSTEMS for name in each.MANIFESTS.unread)
SCRIPTED: Final = tuple(name for each in ECOSYSTEMS for name in each.MANIFESTS.scripted)
#: Those that only whoever makes a package of the project reads.
PACKED: Final = frozenset(name for each in ECOSYSTEMS for name in each.MANIFESTS.packed)
#: Directories that nothing but packages fill.
TREES: Final = frozenset(name for each in ECOSYSTEMS for name in each.MANIFESTS.trees)
_RUNNERS: Final = {name: program for each in ECOSYSTEMS for name, program in each.MANIFESTS.runners.items()}
_PARTS: Final = {name: part for each in ECOSYSTEMS for name, part in each.MANIFESTS.parts.items()}


def is_manifest(name: str) -> bool:
    return name in NAMES or name[name.rfind(".") :] in ENDINGS


def runner(name: str) -> str | None:
    """The program that alone reads a manifest; None: more than one does."""
    return _RUNNERS.get(name) or _RUNNERS.get(name[name.rfind(".") :])


def packs(tree: Files, commands: str) -> bool:
    """Whether commands may make a package of the project, or install it as one."""
    found = (each.MANIFESTS.packs for each in ECOSYSTEMS)
    return any(each(tree, commands) for each in found if each is not None)


def part(tree: Files, path: str, commands: str | None) -> Iterable[str] | None:
    """What a build reads of a manifest, as texts, given the commands of the Dockerfiles; None: all of it."""
    name = posixpath.basename(path)
    found = _PARTS.get(name) or _PARTS.get(name[name.rfind(".") :])
    return None if found is None else found(tree, path, commands)


def named(survey: Surveyed) -> Iterator[Named]:
    """What all manifests name."""
    for ecosystem in ECOSYSTEMS:
        for reader in ecosystem.READERS:
            yield from islice(reader(survey), _MOST)


def embedded(survey: Surveyed) -> Iterator[Named]:
    """What sources name that a compiler reads."""
    for ecosystem in ECOSYSTEMS:
        for reader in ecosystem.SOURCES:
            yield from reader(survey)


def embeds(survey: Surveyed, path: str) -> Iterator[Named]:
    """What sources that lie above a path embed."""
    if any(survey.named("go.mod")):
        yield from go.embeds(survey.tree, (*parents(path), ""))


# --- what makes, what reads -------------------------------------------------------------------------------------------

#: Commands that make things again, by the name that rows of junk call them.
MAKERS: Final = {name: each for ecosystem in ECOSYSTEMS for name, each in ecosystem.MAKERS.items()}
#: What builds the pages of a front end, and how the variables begin that it builds into them.
FRONT_END: Final = node.MAKERS["node-build"].makes
PUBLIC: Final = node.PUBLIC
_RUNNERS_OF: Final[dict[str, list[Runner]]] = {}
for _ecosystem in ECOSYSTEMS:
    for _runner in _ecosystem.RUNNERS:
        for _name in _runner.programs:
            _RUNNERS_OF.setdefault(_name, []).append(_runner)


def read_by(words: tuple[str, ...], cwd: str) -> Iterator[str]:
    """The files that a command reads although no argument names them, relative to its directory."""
    found = interpreters.called(words, cwd)
    for runner in _RUNNERS_OF.get(found[0].name, ()) if found is not None else ():
        if found is not None and runner.files is not None:
            yield from runner.files(found[0])


def ran(place: Workplace, words: tuple[str, ...], cwd: str) -> Iterator[Ran]:
    """What a command runs of what the project has written."""
    found = interpreters.called(words, cwd)
    if found is None:
        return
    called, written = found
    yield from islice(interpreters.own(place, called, written), _MOST)
    for runner in _RUNNERS_OF.get(called.name, ()):
        yield from islice(runner.runs(place, called), _MOST)


def private(name: str) -> list[re.Pattern[str]]:
    """What is found in commands that read a file of this name, which may hold secrets."""
    rows = (row for ecosystem in ECOSYSTEMS for row in ecosystem.PRIVATE)
    return [read for names, read in rows if any(globs.matches(each, name) for each in names)]


def versions(survey: Surveyed) -> list[tuple[History, list[tuple[str, str]]]]:
    """The packages that take their version from the history: manifest and tool, by ecosystem."""
    rows = (each.HISTORY for each in ECOSYSTEMS)
    found = [(row, list(row.versions(survey))) for row in rows if row.versions is not None]
    return [each for each in found if each[1]]


def stamped(survey: Surveyed) -> Iterator[Named]:
    """The sources that read what a compiler has noted of the history."""
    yield from (each for one in ECOSYSTEMS if one.HISTORY.stamps for each in one.HISTORY.stamps(survey))


def takes_version(row: History, settings: str, commands: str) -> bool:
    """Whether commands build a package that takes its version from the history, and nothing says which it is."""
    given = row.given is not None and row.given.search(f"{settings}\n{commands}")
    return row.builds is not None and not given and row.builds(commands)
