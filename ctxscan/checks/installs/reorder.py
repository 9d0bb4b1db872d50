"""The Dockerfile with its manifests copied first: where a broad COPY is above an install, and how to move it below.

Last of the installs' line: `early` finds the places, `reordered` writes the Dockerfile. Pure: text in, text out. The
final image gets the same files, since a COPY only moves below commands that read nothing of it.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from types import MappingProxyType
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import ASSIGNMENT, Command, commands
from ...dockerfile.instructions import Flag
from ...dockerfile.shell import one_line, pipes, pipes_of
from ...dockerfile.stages import Source, Stage, Step, parse
from ...errors import CtxscanError
from ...packages.catalog import (
    LOCKS,
    MANAGERS,
    WRAPPERS,
    brings_a_tool,
    brings_packages,
    install,
    is_blind,
    is_manifest,
    only_cleans,
    prepared,
    reads,
    system_packages,
)
from ...packages.install import Install
from ...packages.project import Reads
from ...paths import absolute, within
from ...regex import lazy
from ...rules import globs
from ..reading import Reading, landed

#: Commands that look at no file of the project, if no argument names one; beside those of package managers.
_BLIND: Final = frozenset(
    ": a2enmod a2ensite addgroup adduser arch basename break cd continue curl date dirname done echo exit export fi "
    "getconf groupadd hostname id locale-gen mkdir mktemp nproc printf pwd seq set sleep true type uname unset "
    "update-ca-certificates useradd usermod wget which whoami }".split()
)
#: Where a RUN has the secrets that it is given.
_SECRETS: Final = "/run/secrets/"
#: Operators of `test` that look at files.
_OF_FILES: Final = frozenset("-a -b -c -d -e -f -g -h -k -p -r -s -u -w -x -L -O -G -S -nt -ot -ef".split())
#: A script that is read by a shell and is none of the project, by its place or its name.
_OF_THE_IMAGE: Final = lazy(r"(?:~|\$\{?HOME\}?|\$\{?NVM_DIR\}?|/tmp|/etc|/root|/usr)/.+|.*/bin/activate")
#: Commands that only put files in order: an install comes out the same, if they touch nothing that it reads.
TIDIES: Final = frozenset("chgrp chmod chown cp dos2unix ln ls mkdir mv rm sed touch yq".split())
#: What only helps to install the others.
TOOLS: Final = frozenset("pip setuptools wheel uv poetry pipenv hatch virtualenv npm yarn pnpm corepack".split())
#: As in `curl … | bash -`.
_INTERPRETERS: Final = frozenset("bash sh php python3 python perl".split())


class Given(NamedTuple):
    """What else changes where an install goes above a COPY: `makes` are the RUNs that make somebody above it, `owner`
    is whom the COPY gives its files then, and `instead` what instructions below become by their lines; "": nothing."""

    owner: str = ""
    makes: tuple[str, ...] = ()
    instead: Mapping[int, str] = MappingProxyType({})


class Early(NamedTuple):
    """An install that could come before the broad `copy`. `source` is the directory of the context that this takes to
    the absolute `destination`; `rest`: what the RUN does besides, by the place of its first command. `made_executable`
    are the scripts that a RUN before it gives that mode, `there` what an instruction before the COPY has brought.
    `handed`: what a RUN between them gives to whom, if the install is run by somebody who is not root; None: nothing
    stands between them that has to do with the files. `ahead` are the instructions between them that may prepare the
    install, `behind` those that need what the COPY brings; so do the commands of the same RUN in the places
    `put_off`. `given` is what changes besides."""

    stage: Stage
    copy: Step
    source: str
    destination: str
    install: Install
    needed: Reads
    rest: int | None
    made_executable: tuple[str, ...]
    there: frozenset[str]
    handed: str | None = None
    ahead: tuple[Step, ...] = ()
    behind: tuple[Step, ...] = ()
    put_off: tuple[int, ...] = ()
    given: Given = Given()


def early(reading: Reading) -> Iterator[Early]:
    """Every install below a COPY that takes more than it reads, where it is sure that its manifests would do."""
    done: set[int] = set()
    for stage in reading.plan.stages:
        # The COPY may stand in a stage that this one is built on.
        steps = [step for step in reading.history(stage) if step.onbuild is None]
        for at, source in first_broad(reading, steps):
            for found in _below(reading, stage, steps, at, source):
                if found.install.step.line not in done:
                    done.add(found.install.step.line)
                    yield found


def first_broad(reading: Reading, steps: list[Step]) -> Iterator[tuple[int, str]]:
    """The place of every COPY that takes a directory as it is, and that directory, unless one above has taken it: what
    comes below that one runs again for it anyway."""
    taken: list[str] = []
    for at, step in enumerate(steps):
        found = [source for source in broad(reading, step) if not any(within("/" + source, each) for each in taken)]
        taken += ["/" + source for source in found]
        for source in found:
            yield at, source


def broad(reading: Reading, step: Step) -> Iterator[str]:
    """The directories of the context that a COPY or ADD takes as they are; "" is all of it."""
    if step.keyword in ("COPY", "ADD") and step.origin is None:
        for source in step.sources:
            path = cleaned(source.text)
            if source.kind == "path" and path == "*":
                yield ""
            elif source.kind == "path" and reading.sent.kind(path) == "dir":
                yield path


def _below(reading: Reading, stage: Stage, steps: list[Step], at: int, source: str) -> Iterator[Early]:
    copy = steps[at]
    destination = copy.target
    before = before_copy(reading, stage, copy)
    known = {one for step in before for each in reading.commands(step) if (one := _prepared_in(each))}
    known |= {(name, "") for name in fetched_apart(reading, before)}
    if brings_installed(before):
        return

    def locate(path: str) -> str | None:
        if path == destination:
            return source
        own = [each for each in landed(copy, path) if within("/" + each, "/" + source) and reading.sent.kind(each)]
        return own[0] if own and within(path, destination) else None

    wrappers: set[str] = set()
    tidied: list[Command] = []
    unknown = False
    for now, step in enumerate(steps[at + 1 :], at + 1):
        if step.keyword != "RUN":
            if step.keyword in ("COPY", "ADD") and step.origin is not None and brings_packages(step.instruction.text):
                return
            continue
        commands = reading.commands(step)
        if writes_elsewhere(step, destination):
            continue
        if not commands or any(mount.kind == "bind" for mount in step.mounts):
            return
        if _fetches_elsewhere(commands, destination) or _fetches_by_script(reading, steps[:now], step, destination):
            continue
        for number, command in enumerate(commands):
            found = install(command)
            wanted = None
            brought = found is not None and _is_brought(found, known)
            if found is not None and not brought and not command.guarded:
                wanted = reads(reading, found, locate)
                if wanted is not None and _came_before(reading, found, wanted, before):
                    return  # what it would download is in the cache of the manager already
                if unknown and (wanted is None or not found.implied):
                    return  # what it installs from may have been made by then
                if wanted is not None and is_aside(found, wanted, commands[number + 1 :]):
                    continue
                wanted = wanted and _with_every_value(reading, found, wanted, source)
            elif found is not None and unknown:
                return
            if found is not None and wanted is not None and wanted.store:
                # Nothing moves: it is enough that nobody has brought the packages of any project before.
                if all(name != found.manager for name, _ in known) and not _is_taken(reading, stage, found):
                    yield Early(stage, copy, source, destination, found, wanted, None, (), frozenset())
                return
            if found is not None and wanted is not None:
                # The COPY that comes after it takes the mode away again.
                if wrappers and (wanted.early is None or not wrappers <= set(map(posixpath.basename, wanted.files))):
                    return
                if any(touches(each, found, wanted) for each in tidied):
                    return
                known.add((found.manager, place_of(found)))
                put_off = put_off_by(commands[:number], destination, locate)
                last, wanted = _with_next(reading, commands, number, wanted, locate, tidied)
                rest = rest_of(commands, last, wanted, put_off=bool(put_off))
                if wanted.early is None and is_torn(commands, number, rest):
                    return
                there = (
                    each for each in wanted.files if reading.came_from(before, _placed(copy, source, each)) == each
                )
                made = tuple(sorted(wrappers))
                handed = _handed(tidied, shown_target(copy), step.user or "") if tidied or unknown else None
                parted = between(reading, steps[at + 1 : now], destination, before)
                if parted is None:
                    return
                yield Early(
                    stage, copy, source, destination, found, wanted, rest, made, frozenset(there), handed, *parted,
                    put_off,
                )  # fmt: skip
                if wanted.early is not None or rest is not None:
                    return  # what follows has the sources to read
            elif command.name == "chmod" and WRAPPERS.issuperset(map(posixpath.basename, command.arguments[1:])):
                wrappers.update(map(posixpath.basename, command.arguments[1:]))
            elif (command.name in TIDIES and not _cleans(command)) or (_written_to(command) and _is_plain(command)):
                tidied.append(command)
            elif not reads_nothing(command) and not (
                found is not None and (_installs_itself(found) or brings_tools(found))
            ):
                unknown = True


def merged(first: Reads, *others: Reads) -> Reads:
    """What several installs read, as one of them does."""
    files = dict.fromkeys(path for each in (first, *others) for path in each.files)
    directories = dict.fromkeys(path for each in (first, *others) for path in each.directories)
    return first._replace(files=tuple(files), directories=tuple(directories))


def _with_next(
    reading: Reading,
    commands: Sequence[Command],
    number: int,
    wanted: Reads,
    locate: Callable[[str], str | None],
    tidied: Sequence[Command],
) -> tuple[int, Reads]:
    """The last of the installs of a RUN that follow one another from a place on, and what all of them read."""
    for at in range(number + 1, len(commands)):
        if reads_nothing(commands[at]):
            continue
        found = None if wanted.early is not None or commands[at].guarded else install(commands[at])
        more = reads(reading, found, locate) if found is not None else None
        if found is None or more is None or more.early is not None or more.store or not more.files:
            break
        if any(touches(each, found, more) for each in tidied):
            break
        number, wanted = at, merged(wanted, more)
    return number, wanted


#: Where programs are looked for that are called by their names.
_PATH: Final = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


def _fetches_by_script(reading: Reading, before: Sequence[Step], step: Step, destination: str) -> bool:
    """Whether a RUN only calls a script that instructions have put elsewhere, and that fetches a program."""
    commands = reading.commands(step)
    first = commands[0] if len(commands) == 1 else None
    word = "" if first is None else next(iter(first.words), "") if first.name in ("sh", "bash") else first.program
    name = posixpath.basename(word) or (first.name if first else "")
    if first is None or not (name.endswith(".sh") or "install" in name):
        return False
    places = [absolute(first.cwd, word)] if word else [posixpath.join(each, name) for each in _PATH]
    paths = (reading.came_from(before, each) for each in places if not within(each, destination))
    path = next(filter(None, paths), None)
    if path is None or reading.tree.kind(path) != "file":
        return False
    from .fetching import is_installer  # few RUNs call a script that lies elsewhere

    return is_installer(reading.tree.text(path), destination)


def is_of_an_environment(command: Command) -> bool:
    """Whether a command makes an environment of Python."""
    return command.arguments[:2] == ("-m", "venv") or command.name in ("virtualenv", "venv")


def _fetches_elsewhere(commands: Sequence[Command], destination: str) -> bool:
    """`fetching.fetches_elsewhere`."""
    if all(each.name not in ("curl", "wget") for each in commands):
        return False
    from .fetching import fetches_elsewhere  # few RUNs do

    return fetches_elsewhere(commands, destination)


def brings_tools(found: Install) -> bool:
    """Whether an install only brings what helps to install the others."""
    names = {re.split(r"[\[=<>~!@]", word)[0] for word in found.words}
    return bool(names) and TOOLS.issuperset(names) and not found.files


def _installs_itself(found: Install) -> bool:
    """Whether an install is one of a project by its directory, and writes no list that another one reads."""
    places = (*found.words, *found.values("-e", "--editable"))
    return not MANAGERS[found.manager].packages and any(each.startswith(".") for each in places)


def _is_taken(reading: Reading, stage: Stage, found: Install) -> bool:
    """Whether packages have to be in the image, so that they cannot stay on the builder: a COPY takes them from a
    stage, or the program starts with the manager."""
    homes = MANAGERS[found.manager].homes
    copied = (step for each in reading.plan.stages for step in each.steps if step.origin is not None)
    if images.is_windows(reading.plan.chain(stage)[0].base) or any(
        home in step.instruction.text for step in copied for home in homes
    ):
        return True
    started = [step for keyword in ("ENTRYPOINT", "CMD") if (step := reading.last(keyword)) is not None]
    words = [word for step in started for word in " ".join(step.words).split()]
    programs = MANAGERS[found.manager].programs
    called = any(posixpath.basename(each) in programs for each in words)
    return stage in reading.chain and called and not any(each.endswith(".dll") for each in words)


#: A file that a RUN writes by itself.
_WRITES: Final = lazy(r"(?:RUN\s+)?cat\s+(?:>\s*(/\S+)\s+<<-?\S+|<<-?\S+\s+>\s*(/\S+))")


def writes_elsewhere(step: Step, destination: str) -> bool:
    """Whether a RUN does nothing but write a file with a text of its own, which lies outside of a directory."""
    if len(step.instruction.heredocs) != 1:
        return False
    found = _WRITES.fullmatch(step.instruction.text.strip())
    return found is not None and not within(found[1] or found[2], destination)


def fetched_apart(reading: Reading, before: Iterable[Step]) -> Iterator[str]:
    """The managers that have installed in a stage of which a COPY takes something, from manifests alone."""
    for step in before:
        if step.keyword == "COPY" and step.origin is not None and step.origin.stage is not None:
            steps = reading.history(reading.plan.stage(step.origin.stage))
            if all(next(broad(reading, each), None) is None for each in steps):
                yield from filter(None, (prepares(each) for each in reading.all_commands(steps)))


def is_aside(found: Install, wanted: Reads, later: Iterable[Command]) -> bool:
    """Whether an install names all its packages and reads no file, and another comes after it in the same RUN: that one
    costs the time. Or they stay on the builder."""
    if wanted.files or wanted.directories:
        return False
    cached = any(mount.kind == "cache" for mount in found.step.mounts)
    same = found.command.name
    return cached or any(install(each) is not None or (each.name == same and "install" in each.words) for each in later)


_VARIABLE: Final = lazy(r"\$\{\w+[^}]*\}|\$\w+")


def _with_every_value(reading: Reading, found: Install, wanted: Reads, source: str) -> Reads:
    """What an install reads whatever value a variable has in the name of its list: the directory of the list, or, where
    that is the one which is copied, all of its files with such a name."""
    written = dict(zip(found.command.arguments, found.command.written, strict=False))
    files, directories = [*wanted.files], [*wanted.directories]
    for each in found.files:
        shown = posixpath.basename(written.get(each, ""))
        if "$" not in shown:
            continue
        own = next((one for one in wanted.files if posixpath.basename(one) == posixpath.basename(each)), None)
        above = posixpath.dirname(own) if own is not None else source
        if above != source:
            directories.append(above)
            files = [one for one in files if posixpath.dirname(one) != above]
        else:
            names = (one for one in reading.names(above) if globs.matches(_VARIABLE.sub("*", shown), one))
            files += [posixpath.join(above, one) for one in names]
    return wanted._replace(files=tuple(dict.fromkeys(files)), directories=tuple(dict.fromkeys(directories)))


class SystemInstall(NamedTuple):
    """An install of packages of the system, or of a program for the machine, that could come before the broad `copy`.
    `runs` are the RUNs, the first of which it is in, that have such installs: each by the last one in it that could
    come first, and whether it could with all of its RUN. `above` are the instructions right above the
    `copy` that they do not need either."""

    stage: Stage
    copy: Step
    command: Command
    runs: tuple[tuple[Command, bool], ...]
    above: tuple[Step, ...] = ()


#: Where a COPY brings what decides what is installed, and where other commands do.
_SETTINGS: Final = ("/etc", "/usr", "/root")
_OF_THE_SYSTEM: Final = lazy(
    r"(?<![\w.}-])/(?:etc/(?:apt|apk|yum|dnf|zypp|pki|pacman|ssl)|usr/(?:bin|lib|sbin)"
    r"|usr/(?:local/)?share/(?:keyrings|ca-certificates)|lib|bin|sbin|var/(?:lib|cache)/(?:apt|apk|dpkg))\b[\w./-]*"
)
#: What compiles parts of PHP.
_EXTENSIONS: Final = frozenset(("docker-php-ext-install", "install-php-extensions"))
#: Commands that work on the files which they name, beside those that put them in order.
_WORKS: Final = TIDIES | frozenset("cat find grep xargs".split())


def system_installs(reading: Reading, is_large: Callable[[Step, str], bool]) -> Iterator[SystemInstall]:
    """The first such install below a COPY of the whole context, or of a directory that `is_large`, where no command
    between them decides what is installed, and nothing is taken away again in the same RUN."""
    done: set[int] = set()
    for stage in reading.plan.stages:
        steps = [step for step in reading.history(stage) if step.onbuild is None]
        broads = first_broad(reading, steps)
        copied = next(
            (at for at, step in enumerate(steps) if step.origin and step.origin.stage is not None), len(steps)
        )
        # What another stage has made of the sources is new with each of them anyway.
        at = next((at for at, source in broads if not source or (at < copied and is_large(steps[at], source))), None)
        found = None if at is None else _system_install(reading, stage, steps[at], steps[at + 1 :])
        if found is not None and found.command.step.line not in done:
            done.add(found.command.step.line)
            yield found._replace(above=_not_needed(reading, stage, found))


def _not_needed(reading: Reading, stage: Stage, found: SystemInstall) -> tuple[Step, ...]:
    """The COPYs that follow one another down to that of an install, and bring nothing that this may go by."""
    owner = next(each for each in reading.plan.chain(stage) if any(step is found.copy for step in each.steps))
    text = " ".join(one.text for last, _ in found.runs for one in commands(last.step) if reads_nothing(one))

    def is_needed(step: Step) -> bool:
        names = [step.target, *map(_basename, step.sources)]
        return step.target == "/" or step.target.startswith(_SETTINGS) or any(each in text for each in names)

    before = takewhile(lambda step: step is not found.copy, owner.steps)
    above = takewhile(lambda step: step.keyword in ("COPY", "ADD") and not is_needed(step), reversed([*before]))
    return tuple(reversed([*above]))


def _system_install(reading: Reading, stage: Stage, copy: Step, below: list[Step]) -> SystemInstall | None:
    runs: dict[int, tuple[Command, bool]] = {}
    first: Command | None = None
    for command, alone in _movable(reading, copy, below):
        if system_packages(command) == "adds" or brings_a_tool(command) or command.name in _EXTENSIONS:
            first = first or command
            runs[command.step.line] = command, alone
    return None if first is None else SystemInstall(stage, copy, first, tuple(runs.values()))


def _movable(reading: Reading, copy: Step, below: list[Step]) -> Iterator[tuple[Command, bool]]:
    """The commands below a COPY, up to one that decides what is installed, or may; each with whether none of its RUN
    reads anything of the project."""
    for step in below if copy.target != "/" else ():
        if step.keyword in ("COPY", "ADD") and step.target.startswith(_SETTINGS) and not _is_below(step, copy):
            return
        if step.keyword != "RUN":
            continue
        commands = reading.commands(step)
        mounted = any(mount.kind != "cache" for mount in step.mounts)
        if not commands or mounted or any(system_packages(each) == "removes" for each in commands):
            return
        alone = all(map(reads_nothing, commands))
        for command in commands:
            if command.guarded or not (reads_nothing(command) or _is_of_the_project(command, copy.target)):
                return
            yield command, alone


def _is_below(step: Step, copy: Step) -> bool:
    return copy.target != "/" and within(step.target, copy.target)


def _is_of_the_project(command: Command, directory: str) -> bool:
    """Whether a command works on files outside of what the packages of the system go by, or in a directory."""
    if command.name not in _WORKS:
        return False
    if command.name in ("chmod", "chown", "ls"):
        return True
    paths = [command.cwd, *(found[0] for found in _OF_THE_SYSTEM.finditer(command.text))]
    return all(within(each, directory) or not _OF_THE_SYSTEM.match(each) for each in paths)


def _came_before(reading: Reading, found: Install, wanted: Reads, before: list[Step]) -> bool:
    """Whether the same manager has installed from all these files already, wherever they lay, and keeps what it
    downloads in one place for all projects."""
    if MANAGERS[found.manager].always or not wanted.files:
        return False
    at = next(
        (n for n, one in enumerate(before) for each in reading.installs([one]) if each.manager == found.manager), 0
    )
    copied = {
        cleaned(source.text)
        for step in before[:at]
        if step.keyword in ("COPY", "ADD") and step.origin is None
        for source in step.sources
    }
    return at > 0 and copied.issuperset(wanted.files)


#: The directory in which a command runs.
_HERE: Final = lazy(r"\$\(pwd\)|`pwd`|\$PWD\b|\$\{PWD\}")


def touches(command: Command, found: Install, wanted: Reads) -> bool:
    """Whether a command changes, makes or removes what an install reads, or may."""
    if command.name in ("chown", "chmod", "ls"):
        return False
    manager = MANAGERS[found.manager]
    names = {*manager.manifests, *manager.locks, *map(posixpath.basename, (*wanted.files, *wanted.directories))}
    words = [_HERE.sub(command.cwd, each).rstrip("/") for each in _written_to(command) or command.words]
    return any(globs.is_wild(each) or "$" in each or posixpath.basename(each) in names for each in words)


def _written_to(command: Command) -> list[str]:
    """The files to which a command writes a text of its own, or what it has read of the project."""
    if command.name not in ("echo", "printf", "cat"):
        return []
    return [path for sign, path in pairwise(command.arguments) if sign in (">", ">>")]


#: Where programs that install look for settings.
_READ_BY_ALL: Final = lazy(
    r"[~$].*|/(?:root|home|usr)(?:/.*)?|/etc/(?:apt|apk|yum|dnf|pacman|pki|ssh|ssl/certs?\b|ca-certificates|pip|npmrc"
    r"|gitconfig|profile|environment|hosts|resolv|maven|java|php|gemrc|ld\.so).*"
)


def _is_plain(command: Command) -> bool:
    """Whether a command writes a text of its own, or files of the project to where nobody else reads them."""
    return command.name != "cat" or puts_aside(command)


def puts_aside(command: Command) -> bool:
    """Whether a command writes files of the project to where no program that installs looks for settings."""
    paths = _written_to(command) if command.name == "cat" else []
    return bool(paths) and not any(each[:1] != "/" or _READ_BY_ALL.fullmatch(each) for each in paths)


def _basename(source: Source) -> str:
    return posixpath.basename(source.text)


#: Commands that prepare nothing.
_IDLE: Final = frozenset(": a2enmod a2ensite echo locale-gen mkdir printf true".split())
#: What an install may depend on that comes before it, beside commands.
_PREPARING: Final = frozenset(("ENV", "ARG", "USER", "SHELL", "WORKDIR"))


def between(
    reading: Reading, steps: Sequence[Step], destination: str, before: Sequence[Step] = ()
) -> tuple[tuple[Step, ...], tuple[Step, ...]] | None:
    """The instructions that can go above a COPY to `destination`, as they may prepare what comes after them, and those
    that have to stay below; None: one of them does both."""
    ahead: list[Step] = []
    behind: list[Step] = []
    for at, step in enumerate(steps):
        commands = reading.commands(step)
        if step.keyword in _PREPARING:
            ahead.append(step)
        elif step.keyword in ("COPY", "ADD"):
            away = step.origin is not None and (destination == "/" or _is_of_an_image(reading, step, destination))
            near = within(step.target, destination) or within(destination, step.target)
            # The manifests by themselves.
            alone = all(is_manifest(each) or each in LOCKS for each in map(_basename, step.sources))
            aside = not step.target.startswith(_SETTINGS) and next(broad(reading, step), None) is not None
            (behind if (near and not away and not alone) or aside else ahead).append(step)
        elif step.keyword == "RUN" and (
            writes_elsewhere(step, destination)
            or _fetches_elsewhere(commands, destination)
            or _fetches_by_script(reading, (*before, *steps[:at]), step, destination)
        ):
            ahead.append(step)
        elif step.keyword == "RUN" and (
            all(each.name in _IDLE for each in commands) or any(_takes_away(each, destination) for each in commands)
        ):
            behind.append(step)
        elif step.keyword == "RUN" and all(_is_apart(each, destination) for each in commands):
            ahead.append(step)
        elif step.keyword == "RUN":
            if any(is_blind(each) for each in commands) and all(install(each) is None for each in commands):
                return None
            behind.append(step)
    return tuple(ahead), tuple(behind)


def _takes_away(command: Command, destination: str) -> bool:
    """Whether a command removes what a COPY to `destination` brings, and not what an install has to be without."""
    if command.name != "rm" or not command.words:
        return False
    paths = [absolute(command.cwd, each) for each in command.words]
    below = all(each != destination and within(each, destination) for each in paths)
    return below and not any(set(each) & set("$*?[") or _of_an_install(posixpath.basename(each)) for each in paths)


def _of_an_install(name: str) -> bool:
    own = any(name in each.packages.split("/") for each in MANAGERS.values() if each.packages)
    return own or name in LOCKS or is_manifest(name)


def _is_of_an_image(reading: Reading, step: Step, destination: str) -> bool:
    """Whether a COPY takes a program, or what else is finished, from an image to where the context has nothing."""
    if step.origin is None or step.origin.kind != "image":
        return False
    return reading.sent.kind(posixpath.normpath(posixpath.relpath(step.target, destination))) is None


def _is_apart(command: Command, destination: str) -> bool:
    """Whether a command has nothing to do with the files in a directory."""
    if reads_nothing(command) or is_outside(command, destination):
        return True
    found = install(command)
    return found is not None and brings_tools(found)


def is_outside(command: Command, destination: str) -> bool:
    """Whether a command puts files in order that lie elsewhere, all of which it names."""
    named = _named_whole(command)
    near = any(within(each, destination) or within(destination, each) for each in named)
    return bool(named) and not near


def _named_whole(command: Command) -> list[str]:
    """The files that a command puts in order, if it names each from the root on."""
    paths = command.words[1:] if command.name in ("chmod", "chown", "sed") else command.words
    whole = all(each.startswith("/") and "$" not in each for each in paths)
    return paths if command.name in TIDIES and whole else []


def names_all(step: Step) -> bool:
    """Whether an instruction does the same in any directory, since it names all files from the root on."""
    if step.keyword in ("ARG", "ENV"):
        return True
    if step.keyword in ("COPY", "ADD"):
        return step.destination.startswith("/")
    # An array, or a heredoc, is no shell's to read here.
    plain = step.keyword == "RUN" and not step.instruction.json and not step.instruction.heredocs
    return plain and all(map(_named_whole, commands(step)))


def _handed(tidied: Iterable[Command], destination: str, user: str) -> str:
    """What has to be handed over before an install that is not run by root can write beside its manifests."""
    if re.fullmatch(r"|(?:root|0)(?::.*)?", user):
        return ""
    owners = (each.words[0] for each in tidied if each.name == "chown" and len(each.words) > 1)
    return f"RUN chown {next(owners, user)} {destination}"


def _placed(copy: Step, source: str, path: str) -> str:
    """Where a COPY of the directory `source` puts the file `path`."""
    return posixpath.normpath(posixpath.join(copy.target, posixpath.relpath("/" + path, "/" + source)))


def prepares(command: Command) -> str | None:
    """The manager whose packages a command has brought already, perhaps; tools by their names are no project's."""
    found = install(command)
    if found is not None:
        named = found.words and not found.files and all(re.match(r"[\w@-]", word) for word in found.words)
        return None if named and MANAGERS[found.manager].by_name else found.manager
    return prepared(command)


def _prepared_in(command: Command) -> tuple[str, str] | None:
    """The manager whose packages a command has brought already, perhaps, and the only directory that has them; "" where
    they are for all."""
    name, found = prepares(command), install(command)
    return None if name is None else (name, place_of(found) if found is not None else "")


def _is_brought(found: Install, known: Iterable[tuple[str, str]]) -> bool:
    """Whether the packages of an install are there already: those of projects that are named come with their
    solution."""
    place, below = place_of(found), MANAGERS[found.manager].inside is not None
    own = [where for name, where in known if name == found.manager]
    return any(where in ("", place) or (below and within(place, where)) for where in own)


def place_of(found: Install) -> str:
    """The directory of the project that an install is for; "" where its packages are for any."""
    manager = MANAGERS[found.manager]
    if not manager.packages or manager.elsewhere is not None:
        return ""
    return (found if manager.inside is None else manager.inside(found)).cwd


def before_copy(reading: Reading, stage: Stage, copy: Step) -> list[Step]:
    """What comes before a COPY in the history of a stage."""
    history = reading.history(stage)
    return history[: next(at for at, each in enumerate(history) if each is copy)]


def brings_installed(steps: list[Step]) -> bool:
    copied = (step for step in steps if step.keyword == "COPY" and step.origin is not None)
    return any(brings_packages(step.instruction.text) for step in copied)


def put_off_by(commands: Sequence[Command], destination: str, locate: Callable[[str], str | None]) -> tuple[int, ...]:
    """The places of commands before an install that need files which the COPY brings: they can come after both. What is
    removed by force need not be there."""
    if _fetches_elsewhere(commands, destination):
        return ()
    late = (each for each in commands if not _is_early(each, destination, locate))
    return tuple(dict.fromkeys(each.place for each in late))


def _is_early(command: Command, destination: str, locate: Callable[[str], str | None]) -> bool:
    """Whether a command comes out the same above a COPY to `destination`, of which `locate` knows what it brings."""
    if command.name == "mkdir":
        return not any(_is_in_brought(absolute(command.cwd, each), destination, locate) for each in command.words)
    if _is_apart(command, destination) or _removes(command):
        return True
    found = install(command)
    return is_of_an_environment(command) if found is None else not _installs_itself(found)


def _is_in_brought(path: str, destination: str, locate: Callable[[str], str | None]) -> bool:
    """Whether a path lies in a directory that the COPY brings to `destination`."""
    first = posixpath.relpath(path, destination).partition("/")[0]
    return within(path, destination) and locate(posixpath.join(destination, first)) is not None


def _removes(command: Command) -> bool:
    flags = "".join(each for each in command.arguments if each.startswith("-"))
    return command.name in ("touch", "rm") and (command.name == "touch" or "f" in flags)


def rest_of(commands: tuple[Command, ...], number: int, wanted: Reads, *, put_off: bool = False) -> int | None:
    """The place of the first command behind an install that may read more than that, or of what sets the scene for it:
    the directory may not be there before. With what is put off there is always something else to do."""
    start: int | None = None
    for command in commands[number + 1 :]:
        start = command.place if start is None and command.name in _SCENE else start
        if not reads_nothing(command) and not _is_instead(command, commands[number]):
            return command.place if start is None else start
    return commands[-1].place + 1 if put_off else None


def _is_instead(command: Command, first: Command) -> bool:
    """Whether a command installs what another one could not, from the same files: `npm ci || npm install`."""
    one, other = install(command), install(first)
    if one is None or other is None or "||" not in command.step.instruction.whole:
        return False
    return (one.manager, one.cwd, one.words, one.implied) == (other.manager, other.cwd, (), False)


def is_torn(commands: tuple[Command, ...], number: int, rest: int | None) -> bool:
    """Whether the install in a place is repeated in a loop, and the RUN does more than that: it cannot be parted."""
    names = [each.name for each in commands[:number]]
    return rest is not None and names.count("for") > names.count("done")


def _cleans(command: Command) -> bool:
    """Whether a command only removes caches."""
    paths = [each for each in command.arguments if not each.startswith("-")]
    if command.name == "rm":
        return bool(paths) and all(each.startswith(("/var/", "/tmp/", "/root/", "~")) for each in paths)
    return False


def reads_nothing(command: Command) -> bool:
    writes = [path for sign, path in pairwise(command.arguments) if sign in (">", ">>")]
    if any(not path.startswith(("/dev/", "/etc/", "/tmp/")) for path in writes):
        return False
    if command.name in (".", "source"):
        return len(command.words) == 1 and _OF_THE_IMAGE.fullmatch(command.words[0]) is not None
    if command.name in ("[", "[[", "test"):
        return _OF_FILES.isdisjoint(command.arguments)
    if command.name == "for":
        return not any(map(globs.is_wild, command.arguments))
    if command.name == "cat" and command.words:
        return all(each.startswith(_SECRETS) for each in command.words)
    if command.name == "git" and command.words[:1] == ["config"]:
        return not {"--global", "--system"}.isdisjoint(command.arguments)
    aside = is_blind(command) or only_cleans(command)
    return command.name in _BLIND or aside or _cleans(command) or _runs_its_input(command)


def _runs_its_input(command: Command) -> bool:
    """Whether an interpreter runs what is piped to it: what that reads, the command before it has to have read."""
    words = command.arguments
    return command.name in _INTERPRETERS and words[:1] in (("-",), ("-s",), ("--",)) and "<" not in command.text


# --- the Dockerfile anew ----------------------------------------------------------------------------------------------


class Edit(NamedTuple):
    """`new` instead of the lines from `first` to `last`, from 1."""

    first: int
    last: int
    new: list[str]


def reordered(reading: Reading) -> bytes | None:
    """The Dockerfile with every COPY that `early` finds below its install, and the manifests above; None: there is
    none that can be moved by rewriting lines."""
    text = reading.scan.build.text
    if text is None:
        return None
    lines = text.decode(errors="surrogateescape").split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    # A COPY in a stage below stays: others may be built on that, too.
    found = (each for each in early(reading) if each.copy.line > each.stage.line and not each.needed.store)
    edits = [edit for group in _by_copy(found) for edit in _edits(reading, group, lines)]
    if not edits:
        return None
    for edit in sorted(edits, reverse=True):
        lines[edit.first - 1 : edit.last] = [line.rstrip("\r") + end for line in edit.new]
    out = "\n".join(lines).encode(errors="surrogateescape")
    try:
        parse(out, label="")
    except CtxscanError:
        return None
    return out


def _by_copy(found: Iterable[Early]) -> list[list[Early]]:
    groups: dict[int, list[Early]] = {}
    for each in found:
        groups.setdefault(id(each.copy), []).append(each)
    return list(groups.values())


def _edits(reading: Reading, group: list[Early], lines: list[str]) -> list[Edit]:
    """The rewritten lines of one broad COPY and its installs; none where more than lines would have to change."""
    copy, last = group[0].copy, group[-1]
    first = [line for each in group for line in manifest_lines(each)]
    runs = [(each, early_run(each), later_run(each)) for each in group]
    lost = any(later is None and (each.rest is not None or each.made_executable) for each, _, later in runs)
    moved = _moved(reading, group)
    read = [path for each in group for path in (*each.needed.files, *each.needed.directories)]
    if (
        moved is None
        or lost
        or any(each.handed is not None or _hands_over(each.install.step) for each in group)
        or any(_goes_on(step, lines) for step in (copy, *moved, *(each.install.step for each in group)))
        or any(globs.is_wild(path) or "$" in path or "\n" in path for path in read)
        or any(run is None for _, run, _ in runs)
    ):
        return []
    after = [line for step in (copy, *moved) for line in _written(step, lines, last.install.step)]
    for each, _, later in runs:
        if each.needed.early is not None and not each.made_executable and not kept_of(each):
            after += _block(each.install.step, lines)
        elif later:
            after.append(later)
    edits = [Edit(copy.line, copy.instruction.end_line, list(dict.fromkeys(first)))]
    edits += [Edit(step.line, step.instruction.end_line, []) for step in moved]
    for each, run, _ in runs:
        step = each.install.step
        whole = each.needed.early is None and each.rest is None
        new = _block(step, lines) if whole else [run or ""]
        edits.append(Edit(step.line, step.instruction.end_line, [*new, *(after if each is last else ())]))
    return edits


def _hands_over(step: Step) -> bool:
    """Whether a RUN gives all below a path to somebody, which would be stored again below a COPY."""
    return any(
        each.name == "chown" and any(one.startswith("-") and "R" in one for one in each.arguments)
        for each in commands(step)
    )


def manifest_lines(each: Early) -> list[str]:
    """The COPY lines that bring what the install reads to where the broad one would."""
    files = [path for path in each.needed.files if path not in each.there]
    return lines_of(each.copy, each.source, files, each.needed.directories)


def lines_of(copy: Step, source: str, files: Iterable[str], directories: Iterable[str] = ()) -> list[str]:
    """The COPY lines that bring these paths of the context to where `copy` takes them with all of `source`."""
    flags = flags_of(flag for flag in copy.instruction.flags if flag[0] in ("chown", "chmod", "link"))
    written = (shown_target(copy) if "$" in copy.instruction.words[-1] else copy.destination).rstrip("/")
    base = "" if written in (".", "") and copy.destination != "/" else written.removeprefix("./") + "/"
    out = []
    for above, names in _by_directory(files).items():
        below = posixpath.relpath("/" + above, "/" + source)
        place = base + (f"{below}/" if below != "." else "")
        out.append(copy_line(flags, names, place or "./"))
    for directory in directories:
        below = posixpath.relpath("/" + directory, "/" + source)
        out.append(copy_line(flags, [directory], f"{base}{below}/"))
    return out


def _by_directory(paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        found.setdefault(posixpath.dirname(path), []).append(path)
    return found


def destination_of(copy: Step) -> str:
    """Where a COPY takes things, for another line: variables as they stand, and without the quotes of a word."""
    written = copy.instruction.words[-1]
    return written.strip("\"'") if "$" in written else copy.destination


def shown_target(copy: Step) -> str:
    """Where a COPY takes things, as an absolute path; as it is written where a base may give a variable in it a
    value."""
    written = copy.instruction.words[-1].strip("\"'")
    known = dict(copy.environment)
    empty = any(not known.get(name.strip("${}")) for name in re.findall(r"\$(?:\w+|\{\w+\})", written))
    return written.rstrip("/") if empty else copy.target


def copy_line(flags: str, sources: list[str], place: str, keyword: str = "COPY") -> str:
    if any(set(each) & set(' \t"') for each in (*sources, place)):
        return f"{keyword} {flags}{json.dumps([*sources, place], ensure_ascii=False)}"
    return f"{keyword} {flags}{' '.join(sources)} {place}"


def early_run(each: Early) -> str | None:
    """The RUN that installs, on one line; None: it cannot be told from what else is in it."""
    step = each.install.step
    flags = flags_of(step.instruction.flags)
    if each.needed.early is not None:
        ahead = _ahead(each)
        commands = None if ahead is None else (*ahead, each.needed.early, *_removals(each))
        return f"RUN {flags}{' && '.join(commands)}" if commands is not None else None
    if each.rest is None:
        return one_line(step.instruction.text)
    halves = _halves(each)
    return f"RUN {flags}{halves[0]}" if halves else None


def later_run(each: Early) -> str | None:
    """What of the RUN stays below the COPY, on one line."""
    step = each.install.step
    if each.needed.early is not None:
        if not each.made_executable:
            if kept := kept_of(each):
                return f"RUN {flags_of(step.instruction.flags)}{' && '.join(kept)}"
            return None if step.instruction.heredocs else one_line(step.instruction.text)
        if step.instruction.heredocs or step.instruction.json:
            return None
        again = "".join(f"chmod +x {name} && " for name in each.made_executable)
        return f"RUN {flags_of(step.instruction.flags)}{again}{one_line(' '.join(step.words))}"
    halves = _halves(each)
    flags = flags_of(step.instruction.flags)
    return f"RUN {flags}{halves[1]}" if halves else None


def _halves(each: Early) -> tuple[str, str] | None:
    """The text of a RUN before and from the place of what else it does, where it is a plain chain of `&&`. What has set
    the scene begins the second half as well."""
    parts = chain_of(each.install.step) if each.rest is not None else None
    if parts is None:
        return None
    first = [part for at, part in enumerate(parts[: each.rest]) if at not in each.put_off]
    second = [*(parts[at] for at in each.put_off), *parts[each.rest :]]
    return " && ".join(first), " && ".join((*filter(sets_the_scene, first), *second))


def chain_of(step: Step) -> list[str] | None:
    """The commands of a RUN, each on one line, where it is a plain chain of `&&`."""
    if step.instruction.json or step.instruction.heredocs:
        return None
    text = " ".join(step.words)
    parts = [one_line(part) for part in text.split("&&")]
    plain = re.search(r"[;()\n`]|\|\|", re.sub(r"\$\([^()]*\)|'[^']*'", "", text)) is None
    return parts if plain and len(parts) == sum(1 for _ in pipes(text)) else None


#: Commands that change what those after them in the same shell find.
_SCENE: Final = frozenset(". alias cd export set shopt source ulimit umask unset".split())


def sets_the_scene(text: str) -> bool:
    """Whether a command changes what those after it in the same shell find."""
    return all(map(_is_of_the_scene, (words for pipe in pipes(text) for words in pipe)))


def _is_of_the_scene(words: Sequence[str]) -> bool:
    return words[0] in _SCENE or all(map(ASSIGNMENT.fullmatch, words))


def scene_of(each: Early) -> list[str]:
    """What sets the scene in a RUN before the place of what else it does, and still holds there."""
    found: list[str] = []
    outside: list[int] = []
    for pipe in list(pipes_of(each.install.step) or ())[: each.rest]:
        words = [word for word in pipe[0] if word != "("]
        outside += [len(found)] * pipe[0].count("(")
        closed = words.count(")")
        if len(pipe) == 1 and not closed and words and _is_of_the_scene(words):
            found.append(" ".join(map(_as_written, words)))
        for _ in range(min(closed, len(outside))):
            del found[outside.pop() :]
    return found


def _as_written(word: str) -> str:
    """A word of a shell with quotes where it needs them."""
    name, sign, value = word.rpartition("=")
    return f'{name}{sign}"{value}"' if " " in value else word


def _removals(each: Early) -> list[str]:
    """The commands right behind an install that take away some of what it brings: both halves need them."""
    packages, step = MANAGERS[each.install.manager].packages, each.install.step
    parts = chain_of(step) if packages else None
    place = posixpath.join(each.install.cwd, packages)
    own = (one for one in commands(step) if one.place > each.install.command.place)
    removes = takewhile(lambda one: one.name == "rm" and all(_is_inside(one, word, place) for word in one.words), own)
    return [] if parts is None else [parts[one.place] for one in removes]


def _is_inside(command: Command, word: str, place: str) -> bool:
    path = absolute(command.cwd, word)
    return path != place and within(path, place)


def _ahead(each: Early) -> tuple[str, ...] | None:
    """What a RUN does before its install, which may bring the program that installs; None: it is no plain chain."""
    step, place = each.install.step, each.install.command.place
    own = [one for one in commands(step) if one.place < place and one.place not in each.put_off]
    if not step.instruction.json and all(map(leads_in, own)):
        return ()  # the install is told where
    parts = chain_of(step)
    if parts is None or any(one.name == "cd" for one in own):
        return None
    return tuple(part for at, part in enumerate(parts[:place]) if at not in each.put_off)


def leads_in(command: Command) -> bool:
    """Whether a command only leads to others, and prepares nothing."""
    return command.name in ("cd", "set", "[", "[[", "test", "fi", ":", "true")


def kept_of(each: Early) -> list[str]:
    """What is left of a RUN once commands before its install come above the COPY; none where none of them do."""
    if not _ahead(each):
        return []
    parts, place = chain_of(each.install.step) or [], each.install.command.place
    return [part for at, part in enumerate(parts) if at >= place or at in each.put_off or sets_the_scene(part)]


def flags_of(flags: Iterable[Flag]) -> str:
    return "".join(f"--{name} " if value is None else f"--{name}={value} " for name, value in flags)


def _goes_on(step: Step, lines: list[str]) -> bool:
    """Whether the last line of an instruction asks for one more, at the end of the file."""
    return lines[step.instruction.end_line - 1].rstrip().endswith(("\\", "`"))


def _block(step: Step, lines: list[str]) -> list[str]:
    return lines[step.line - 1 : step.instruction.end_line]


def _moved(reading: Reading, group: list[Early]) -> list[Step] | None:
    """The instructions that have to stay behind the broad COPY when it moves; None: it must not move."""
    copy, last = group[0].copy, group[-1].install.step
    steps = [step for step in group[0].stage.steps if copy.line < step.line < last.line]
    manifests = {posixpath.basename(path) for each in group for path in each.needed.files}
    if "$" in copy.instruction.text and any(step.keyword in ("ENV", "ARG") for step in steps):
        return None
    if copy.instruction.json and copy.workdir != last.workdir:
        return None
    moved: list[Step] = []
    for step in steps:
        if step.keyword not in ("COPY", "ADD"):
            continue
        where = step.target
        if not (within(where, group[0].destination) or within(group[0].destination, where)):
            continue
        own = posixpath.join(group[0].source, posixpath.relpath(where, group[0].destination))
        if step.origin is not None and reading.sent.kind(posixpath.normpath(own)) is None:
            continue  # nothing of the broad one comes to lie over it
        named = {posixpath.basename(source.text) for source in step.sources} | {posixpath.basename(where)}
        if step.origin is not None or named & manifests or step.workdir != last.workdir:
            return None
        moved.append(step)
    return moved


def _written(step: Step, lines: list[str], at: Step) -> list[str]:
    """A COPY as it stands, for another working directory if need be."""
    if step.destination.startswith("/") or step.workdir == at.workdir:
        return _block(step, lines)
    words = step.instruction.text.split()
    return [" ".join((*words[:-1], step.target.rstrip("/") + "/"))]
