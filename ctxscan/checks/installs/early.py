"""Installs below a COPY that takes more than they read, where its manifests would do."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from ...context.transfer import cleaned
from ...dockerfile import images
from ...dockerfile.commands import Command, commands
from ...dockerfile.stages import Source, Stage, Step
from ...packages.catalog import (
    LOCKS,
    MANAGERS,
    WRAPPERS,
    brings_packages,
    install,
    is_blind,
    is_manifest,
    reads,
)
from ...packages.install import Install
from ...packages.project import Reads
from ...paths import absolute, within
from ...regex import lazy
from ...rules import globs
from ..reading import Reading, landed
from .effects import (
    IDLE,
    TIDIES,
    brings_tools,
    cleans,
    fetches_elsewhere,
    installs_itself,
    is_apart,
    is_plain,
    is_torn,
    named_whole,
    place_of,
    prepared_in,
    prepares,
    put_off_by,
    reads_nothing,
    rest_of,
    takes_away,
    touches,
    unpacks_outside,
    written_to,
)


class Given(NamedTuple):
    """What else changes where an install goes above a COPY: `makes` are the RUNs that make somebody above it, `owner`
    is whom the COPY gives its files then, and `instead` what instructions below become by their lines. `narrowed` is
    what a `chown` behind it gives to somebody with all packages, where what the program writes to would do; "":
    nothing."""

    owner: str = ""
    makes: tuple[str, ...] = ()
    instead: Mapping[int, str] = MappingProxyType({})
    narrowed: str = ""


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
    known = {one for step in before for each in reading.commands(step) if (one := prepared_in(each))}
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
    unclear: list[Command] = []
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
        if fetches_elsewhere(commands, destination) or _fetches_by_script(reading, steps[:now], step, destination):
            continue
        for number, command in enumerate(commands):
            found = install(command)
            unknown = found is not None and not all(
                _is_of_another(reading, one, found, known, locate) for one in unclear
            )
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
                handed = _handed(tidied, shown_target(copy), step.user or "") if tidied or unclear else None
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
            elif (command.name in TIDIES and not cleans(command)) or (written_to(command) and is_plain(command)):
                tidied.append(command)
            elif not (
                reads_nothing(command)
                or unpacks_outside(command, destination)
                or (found is not None and (installs_itself(found) or brings_tools(found)))
            ):
                unclear.append(command)


def _is_of_another(
    reading: Reading,
    command: Command,
    found: Install,
    known: Iterable[tuple[str, str]],
    locate: Callable[[str], str | None],
) -> bool:
    """Whether a command runs a script of a package beside that of an install: it has nothing to do with its manifest,
    if the other package does not name the directory."""
    place, here = place_of(found), command.cwd
    if not place or within(place, here) or within(here, place) or any("/" in each for each in command.arguments):
        return False
    manager = next((MANAGERS[name] for name, where in known if where == here and name in MANAGERS), None)
    if manager is None or command.name not in manager.programs:
        return False
    paths = [path for name in manager.manifests if (path := locate(posixpath.join(here, name))) is not None]
    return bool(paths) and all(posixpath.basename(place) not in reading.tree.text(path) for path in paths)


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


#: Where a COPY brings what decides what is installed, and where other commands do.
SETTINGS: Final = ("/etc", "/usr", "/root")


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


def basename(source: Source) -> str:
    return posixpath.basename(source.text)


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
            alone = all(is_manifest(each) or each in LOCKS for each in map(basename, step.sources))
            aside = not step.target.startswith(SETTINGS) and next(broad(reading, step), None) is not None
            (behind if (near and not away and not alone) or aside else ahead).append(step)
        elif step.keyword == "RUN" and (
            writes_elsewhere(step, destination)
            or fetches_elsewhere(commands, destination)
            or _fetches_by_script(reading, (*before, *steps[:at]), step, destination)
        ):
            ahead.append(step)
        elif step.keyword == "RUN" and (
            all(each.name in IDLE for each in commands) or any(takes_away(each, destination) for each in commands)
        ):
            behind.append(step)
        elif step.keyword == "RUN" and all(is_apart(each, destination) for each in commands):
            ahead.append(step)
        elif step.keyword == "RUN":
            if any(is_blind(each) for each in commands) and all(install(each) is None for each in commands):
                return None
            behind.append(step)
    return tuple(ahead), tuple(behind)


def _is_of_an_image(reading: Reading, step: Step, destination: str) -> bool:
    """Whether a COPY takes a program, or what else is finished, from an image to where the context has nothing."""
    if step.origin is None or step.origin.kind != "image":
        return False
    return reading.sent.kind(posixpath.normpath(posixpath.relpath(step.target, destination))) is None


def names_all(step: Step) -> bool:
    """Whether an instruction does the same in any directory, since it names all files from the root on."""
    if step.keyword in ("ARG", "ENV"):
        return True
    if step.keyword in ("COPY", "ADD"):
        return step.destination.startswith("/")
    # An array, or a heredoc, is no shell's to read here.
    plain = step.keyword == "RUN" and not step.instruction.json and not step.instruction.heredocs
    return plain and all(map(named_whole, commands(step)))


def _handed(tidied: Iterable[Command], destination: str, user: str) -> str:
    """What has to be handed over before an install that is not run by root can write beside its manifests."""
    if re.fullmatch(r"|(?:root|0)(?::.*)?", user):
        return ""
    owners = (each.words[0] for each in tidied if each.name == "chown" and len(each.words) > 1)
    return f"RUN chown {next(owners, user)} {destination}"


def _placed(copy: Step, source: str, path: str) -> str:
    """Where a COPY of the directory `source` puts the file `path`."""
    return posixpath.normpath(posixpath.join(copy.target, posixpath.relpath("/" + path, "/" + source)))


def _is_brought(found: Install, known: Iterable[tuple[str, str]]) -> bool:
    """Whether the packages of an install are there already: those of projects that are named come with their
    solution."""
    place, below = place_of(found), MANAGERS[found.manager].inside is not None
    own = [where for name, where in known if name == found.manager]
    return any(where in ("", place) or (below and within(place, where)) for where in own)


def before_copy(reading: Reading, stage: Stage, copy: Step) -> list[Step]:
    """What comes before a COPY in the history of a stage."""
    history = reading.history(stage)
    return history[: next(at for at, each in enumerate(history) if each is copy)]


def brings_installed(steps: list[Step]) -> bool:
    copied = (step for step in steps if step.keyword == "COPY" and step.origin is not None)
    return any(brings_packages(step.instruction.text) for step in copied)


def shown_target(copy: Step) -> str:
    """Where a COPY takes things, as an absolute path; as it is written where a base may give a variable in it a
    value."""
    written = copy.instruction.words[-1].strip("\"'")
    known = dict(copy.environment)
    empty = any(not known.get(name.strip("${}")) for name in re.findall(r"\$(?:\w+|\{\w+\})", written))
    return written.rstrip("/") if empty else copy.target
