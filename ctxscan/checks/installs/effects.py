"""What a command of a RUN reads, writes and prepares, as far as an install has to do with it."""

import posixpath
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from ...dockerfile.commands import ASSIGNMENT, Command
from ...dockerfile.shell import pipes
from ...packages.catalog import (
    LOCKS,
    MANAGERS,
    install,
    is_blind,
    is_manifest,
    only_cleans,
    prepared,
)
from ...packages.install import Install
from ...packages.project import Reads
from ...paths import absolute, within
from ...regex import lazy
from ...rules import globs

#: Commands that look at no file of the project, if no argument names one; beside those of package managers.
_BLIND: Final = frozenset(
    ": a2enmod a2ensite addgroup adduser arch basename break cd continue curl date dirname done echo esac exit export "
    "fi getconf groupadd hostname id locale-gen mkdir mktemp nproc printf pwd seq set sleep true type uname unset "
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


def is_of_an_environment(command: Command) -> bool:
    """Whether a command makes an environment of Python."""
    return command.arguments[:2] == ("-m", "venv") or command.name in ("virtualenv", "venv")


def fetches_elsewhere(commands: Sequence[Command], destination: str) -> bool:
    """`fetching.fetches_elsewhere`."""
    if all(each.name not in ("curl", "wget") for each in commands):
        return False
    from .fetching import fetches_elsewhere  # few RUNs do

    return fetches_elsewhere(commands, destination)


def brings_tools(found: Install) -> bool:
    """Whether an install only brings what helps to install the others."""
    names = {re.split(r"[\[=<>~!@]", word)[0] for word in found.words}
    return bool(names) and TOOLS.issuperset(names) and not found.files


def installs_itself(found: Install) -> bool:
    """Whether an install is one of a project by its directory, and writes no list that another one reads."""
    places = (*found.words, *found.values("-e", "--editable"))
    return not MANAGERS[found.manager].packages and any(each.startswith(".") for each in places)


_OF_THE_SYSTEM: Final = lazy(
    r"(?<![\w.}-])/(?:etc/(?:apt|apk|yum|dnf|zypp|pki|pacman|ssl)|usr/(?:bin|lib|sbin)"
    r"|usr/(?:local/)?share/(?:keyrings|ca-certificates)|lib|bin|sbin|var/(?:lib|cache)/(?:apt|apk|dpkg))\b[\w./-]*"
)
#: Commands that work on the files which they name, beside those that put them in order.
_WORKS: Final = TIDIES | frozenset("cat find grep xargs".split())


def is_of_the_project(command: Command, directory: str) -> bool:
    """Whether a command works on files outside of what the packages of the system go by, or in a directory."""
    if command.name not in _WORKS:
        return False
    if command.name in ("chmod", "chown", "ls"):
        return True
    paths = [command.cwd, *(found[0] for found in _OF_THE_SYSTEM.finditer(command.text))]
    return all(within(each, directory) or not _OF_THE_SYSTEM.match(each) for each in paths)


#: Options of `sed` in front of what it does.
_SCRIPTS: Final = ("-e", "--expression", "-f", "--file")
#: The directory in which a command runs.
_HERE: Final = lazy(r"\$\(pwd\)|`pwd`|\$PWD\b|\$\{PWD\}")


def touches(command: Command, found: Install, wanted: Reads) -> bool:
    """Whether a command changes, makes or removes what an install reads, or may."""
    if command.name in ("chown", "chmod", "ls"):
        return False
    manager = MANAGERS[found.manager]
    names = {*manager.manifests, *manager.locks, *map(posixpath.basename, (*wanted.files, *wanted.directories))}
    # Of `sed` the first words are what it does, and no files.
    scripts = max(1, sum(each in _SCRIPTS for each in command.arguments)) if command.name == "sed" else 0
    named = written_to(command) or command.words[scripts:]
    words = [_HERE.sub(command.cwd, each).rstrip("/") for each in named]
    if command.name == "sed":  # which changes the files themselves: their names say enough
        words = [posixpath.basename(each) for each in words]
    return any(globs.is_wild(each) or "$" in each or posixpath.basename(each) in names for each in words)


def written_to(command: Command) -> list[str]:
    """The files to which a command writes a text of its own, or what it has read of the project."""
    if command.name not in ("echo", "printf", "cat"):
        return []
    return [path for sign, path in pairwise(command.arguments) if sign in (">", ">>")]


#: Where programs that install look for settings.
_READ_BY_ALL: Final = lazy(
    r"[~$].*|/(?:root|home|usr)(?:/.*)?|/etc/(?:apt|apk|yum|dnf|pacman|pki|ssh|ssl/certs?\b|ca-certificates|pip|npmrc"
    r"|gitconfig|profile|environment|hosts|resolv|maven|java|php|gemrc|ld\.so).*"
)


def is_plain(command: Command) -> bool:
    """Whether a command writes a text of its own, or files of the project to where nobody else reads them."""
    return command.name != "cat" or puts_aside(command)


def puts_aside(command: Command) -> bool:
    """Whether a command writes files of the project to where no program that installs looks for settings."""
    paths = written_to(command) if command.name == "cat" else []
    return bool(paths) and not any(each[:1] != "/" or _READ_BY_ALL.fullmatch(each) for each in paths)


#: Commands that prepare nothing.
IDLE: Final = frozenset(": a2enmod a2ensite echo locale-gen mkdir printf true".split())


def takes_away(command: Command, destination: str) -> bool:
    """Whether a command removes what a COPY to `destination` brings, and not what an install has to be without."""
    if command.name != "rm" or not command.words:
        return False
    paths = [absolute(command.cwd, each) for each in command.words]
    below = all(each != destination and within(each, destination) for each in paths)
    return below and not any(set(each) & set("$*?[") or _of_an_install(posixpath.basename(each)) for each in paths)


def _of_an_install(name: str) -> bool:
    own = any(name in each.packages.split("/") for each in MANAGERS.values() if each.packages)
    return own or name in LOCKS or is_manifest(name)


def is_apart(command: Command, destination: str) -> bool:
    """Whether a command has nothing to do with the files in a directory."""
    if reads_nothing(command) or is_outside(command, destination) or unpacks_outside(command, destination):
        return True
    found = install(command)
    return found is not None and brings_tools(found)


def unpacks_outside(command: Command, destination: str) -> bool:
    """Whether a command unpacks an archive, and both that and what is in it lie outside of a directory."""
    if command.name not in ("tar", "unzip"):
        return False
    from ..layers.unpacking import filled  # few RUNs unpack anything

    place, words = filled(command, fetched=True), command.words
    if command.name == "tar":  # how it goes about it, and how many directories it leaves out
        words = [each for each in words if each != command.arguments[0] and not each.isdecimal()]
    paths = [] if place is None else [place, *words]
    return bool(paths) and all(
        each.startswith("/") and "$" not in each and not within(each, destination) and not within(destination, each)
        for each in paths
    )


def is_outside(command: Command, destination: str) -> bool:
    """Whether a command puts files in order that lie elsewhere, all of which it names."""
    named = named_whole(command)
    near = any(within(each, destination) or within(destination, each) for each in named)
    return bool(named) and not near


def named_whole(command: Command) -> list[str]:
    """The files that a command puts in order, if it names each from the root on."""
    paths = command.words[1:] if command.name in ("chmod", "chown", "sed") else command.words
    whole = all(each.startswith("/") and "$" not in each for each in paths)
    return paths if command.name in TIDIES and whole else []


def prepares(command: Command) -> str | None:
    """The manager whose packages a command has brought already, perhaps; tools by their names are no project's."""
    found = install(command)
    if found is not None:
        named = found.words and not found.files and all(re.match(r"[\w@-]", word) for word in found.words)
        return None if named and MANAGERS[found.manager].by_name else found.manager
    return prepared(command)


def prepared_in(command: Command) -> tuple[str, str] | None:
    """The manager whose packages a command has brought already, perhaps, and the only directory that has them; "" where
    they are for all."""
    name, found = prepares(command), install(command)
    return None if name is None else (name, place_of(found) if found is not None else "")


def place_of(found: Install) -> str:
    """The directory of the project that an install is for; "" where its packages are for any."""
    manager = MANAGERS[found.manager]
    if not manager.packages or manager.elsewhere is not None:
        return ""
    return (found if manager.inside is None else manager.inside(found)).cwd


def put_off_by(commands: Sequence[Command], destination: str, locate: Callable[[str], str | None]) -> tuple[int, ...]:
    """The places of commands before an install that need files which the COPY brings: they can come after both. What is
    removed by force need not be there."""
    if fetches_elsewhere(commands, destination):
        return ()
    late = (each for each in commands if not _is_early(each, destination, locate))
    return tuple(dict.fromkeys(each.place for each in late))


def _is_early(command: Command, destination: str, locate: Callable[[str], str | None]) -> bool:
    """Whether a command comes out the same above a COPY to `destination`, of which `locate` knows what it brings."""
    if command.name == "mkdir":
        return not any(_is_in_brought(absolute(command.cwd, each), destination, locate) for each in command.words)
    if is_apart(command, destination) or _removes(command):
        return True
    found = install(command)
    return is_of_an_environment(command) if found is None else not installs_itself(found)


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
    """Whether a command installs from the same files as another one what that could not, or only some of its packages:
    `npm ci || npm install`, `yarn install && yarn workspaces focus a`."""
    one, other = install(command), install(first)
    if command.arguments[:2] == ("workspaces", "focus") and other is not None and other.manager == command.name:
        # Which scripts it leaves out is said to each of them.
        return command.cwd == other.cwd and not command.guarded and not other.has("--mode", "--ignore-scripts")
    if one is None or other is None or "||" not in command.step.instruction.whole:
        return False
    return (one.manager, one.cwd, one.words, one.implied) == (other.manager, other.cwd, (), False)


def is_torn(commands: tuple[Command, ...], number: int, rest: int | None) -> bool:
    """Whether the install in a place is repeated in a loop, and the RUN does more than that: it cannot be parted."""
    names = [each.name for each in commands[:number]]
    return rest is not None and names.count("for") > names.count("done")


def cleans(command: Command) -> bool:
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
    return command.name in _BLIND or aside or cleans(command) or _runs_its_input(command)


def _runs_its_input(command: Command) -> bool:
    """Whether an interpreter runs what is piped to it: what that reads, the command before it has to have read."""
    words = command.arguments
    return command.name in _INTERPRETERS and words[:1] in (("-",), ("-s",), ("--",)) and "<" not in command.text


#: Commands that change what those after them in the same shell find.
_SCENE: Final = frozenset(". alias cd export set shopt source ulimit umask unset".split())


def sets_the_scene(text: str) -> bool:
    """Whether a command changes what those after it in the same shell find."""
    return all(map(is_of_the_scene, (words for pipe in pipes(text) for words in pipe)))


def is_of_the_scene(words: Sequence[str]) -> bool:
    return words[0] in _SCENE or all(map(ASSIGNMENT.fullmatch, words))


def leads_in(command: Command) -> bool:
    """Whether a command only leads to others, and prepares nothing."""
    return command.name in ("cd", "set", "[", "[[", "test", "fi", ":", "true")
