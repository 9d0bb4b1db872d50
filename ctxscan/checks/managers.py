"""Package managers: which command installs what the project depends on, and the words that make it strict.

After `reading`. A row a manager; `installs` finds the commands of a step that one of them answers to. What such an
install reads from the context is told by `manifests`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..dockerfile.stages import Step
from .reading import Reading


class Manager(NamedTuple):
    """`verbs` install from the manifest ("": without a verb), `builds` do it on the way to something else. `locks` are
    the names of the lock file. `valued` are options that take the next word, `moves` those that name the directory."""

    name: str
    programs: tuple[str, ...]
    verbs: tuple[str, ...]
    locks: tuple[str, ...]
    builds: tuple[str, ...]
    valued: tuple[str, ...]
    moves: tuple[str, ...]


def _row(
    name: str,
    programs: str,
    verbs: tuple[str, ...],
    locks: str = "",
    *,
    builds: str = "",
    valued: str = "",
    moves: str = "",
) -> Manager:
    words = (tuple(text.split()) for text in (locks, builds, valued, moves))
    return Manager(name, tuple(programs.split()), verbs, *words)


MANAGERS: Final = (
    _row(
        "npm",
        "npm",
        ("ci", "clean-install", "ic", "install-clean", "install", "i", "in"),
        "package-lock.json npm-shrinkwrap.json",
        valued="--omit --only --include --registry --loglevel --cache --userconfig -w --workspace",
        moves="--prefix -C",
    ),
    _row(
        "yarn",
        "yarn yarnpkg",
        ("", "install"),
        "yarn.lock",
        valued="--network-timeout --registry --cache-folder --mutex",
        moves="--cwd",
    ),
    _row(
        "pnpm",
        "pnpm",
        ("install", "i"),
        "pnpm-lock.yaml",
        valued="--filter -F --store-dir --reporter",
        moves="-C --dir",
    ),
    _row("bun", "bun", ("install", "i"), "bun.lock bun.lockb", moves="--cwd"),
    _row(
        "pip",
        "pip pip3",
        ("install",),
        valued="-r --requirement -c --constraint -i --index-url --extra-index-url -t --target --prefix --timeout "
        "--retries --trusted-host --root -e --editable -f --find-links --platform --python-version --only-binary "
        "--no-binary --cache-dir --progress-bar --root-user-action --python",
    ),
    _row(
        "uv",
        "uv",
        ("sync",),
        "uv.lock",
        valued="--group --no-group --extra --python -p --package --index-url",
        moves="--directory --project",
    ),
    _row(
        "poetry",
        "poetry",
        ("install", "sync"),
        "poetry.lock",
        valued="--only --without --with -E --extras -P",
        moves="-C --directory",
    ),
    _row("pipenv", "pipenv", ("install", "sync"), "Pipfile.lock"),
    _row(
        "bundler",
        "bundle bundler",
        ("", "install"),
        "Gemfile.lock",
        valued="--jobs -j --retry --path --without --with --gemfile",
    ),
    _row("composer", "composer composer.phar", ("install", "i"), "composer.lock", moves="-d --working-dir"),
    _row(
        "go",
        "go",
        ("mod download",),
        "go.sum",
        builds="build install test vet",
        valued="-o -ldflags -tags -mod -gcflags -p -run -asmflags -buildmode",
        moves="-C",
    ),
    _row(
        "cargo",
        "cargo",
        (),
        "Cargo.lock",
        builds="build b",
        valued="--target --bin -p --package --profile --features -F --target-dir -j --manifest-path",
    ),
    _row(
        "maven",
        "mvn mvnw",
        ("dependency:go-offline", "dependency:resolve"),
        builds="package install verify compile",
        valued="-P -f -T -pl -s --settings --file --threads",
    ),
    _row(
        "gradle",
        "gradle gradlew",
        ("dependencies",),
        builds="build assemble bootJar installDist shadowJar jar war bootWar",
        valued="-x --exclude-task -p -b -c -g",
        moves="--project-dir",
    ),
    _row(
        "dotnet",
        "dotnet",
        ("restore",),
        builds="publish build",
        valued="-c --configuration -o --output -r --runtime -a --arch -f --framework -v --verbosity --configfile --os",
    ),
)
_BY_PROGRAM: Final = {program: manager for manager in MANAGERS for program in manager.programs}
#: Flags that ask for something for the machine and not for the project.
_ELSEWHERE: Final = frozenset(("-g", "--global", "--location=global", "-h", "--help", "--version", "-v", "--dry-run"))


class Install(NamedTuple):
    """A command that installs what the project in `cwd` depends on. `words` are its arguments that are no options;
    `files` are those that pip is told to read. `implied`: it is there to build, and has to install for that."""

    manager: str
    command: Command
    verb: str
    cwd: str
    words: tuple[str, ...]
    options: tuple[str, ...]
    files: tuple[str, ...]
    implied: bool

    @property
    def step(self) -> Step:
        return self.command.step

    def has(self, *options: str) -> bool:
        """Whether one of these options is given, with or without a value."""
        return any(each in options or each.partition("=")[0] in options for each in self.options)


def installs(reading: Reading, step: Step) -> Iterator[Install]:
    """What the commands of a step install."""
    for command in reading.commands(step):
        found = install(command)
        if found is not None:
            yield found


def install(command: Command) -> Install | None:
    """The install that a command is; None: it is none, or one of tools by their names."""
    name, arguments = command.name, command.arguments
    if name == "php" and arguments[:1] and arguments[0].endswith("composer.phar"):
        name, arguments = "composer", arguments[1:]
    if name == "corepack" and arguments[:1] and arguments[0] in _BY_PROGRAM:
        name, arguments = arguments[0], arguments[1:]
    if name == "uv" and arguments[:2] == ("pip", "install"):
        name, arguments = "pip", arguments[1:]
    manager = _BY_PROGRAM.get(name)
    if manager is None or _ELSEWHERE.intersection(arguments) - ({"-v"} if manager.name == "dotnet" else set()):
        return None
    options, words, cwd, files = _sorted(manager, arguments, command.cwd)
    verb = words[0] if words else ""
    if " ".join(words[:2]) in manager.verbs:
        verb, rest = " ".join(words[:2]), words[2:]
    else:
        rest = words[1:]
    built = next((each for each in words if each in manager.builds), None)
    if verb not in manager.verbs and built is None:
        return None
    implied = verb not in manager.verbs
    if implied and manager.name in ("go", "cargo", "dotnet") and verb != built:
        return None
    return Install(manager.name, command, verb if not implied else str(built), cwd, rest, options, files, implied)


def _sorted(
    manager: Manager, arguments: tuple[str, ...], cwd: str
) -> tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]:
    """Options (a value joined with `=`), other words, the directory, and the files to read."""
    options: list[str] = []
    words: list[str] = []
    files: list[str] = []
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
            if manager.name == "pip" and len(option) > 2 and option[:2] == "-r":
                option, value = "-r", option[2:]
            if option in manager.moves:
                cwd = posixpath.normpath(posixpath.join(cwd, value))
            if manager.name == "pip" and option in ("-r", "--requirement", "-c", "--constraint"):
                files.append(value)
            options.append(f"{option}={value}" if value else option)
    return tuple(options), tuple(words), cwd, tuple(files)


def locks(manager: str) -> tuple[str, ...]:
    return next(each.locks for each in MANAGERS if each.name == manager)
