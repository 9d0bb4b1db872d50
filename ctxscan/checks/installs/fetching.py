"""A RUN that fetches a toolchain and unpacks it elsewhere: it reads nothing that a COPY has brought."""

import posixpath
from collections.abc import Sequence
from typing import Final

from ...dockerfile.commands import ASSIGNMENT, Command
from ...dockerfile.shell import command_lines, every_command
from ...paths import within

#: What fetches a file, and the options that name it.
_FETCHES: Final = frozenset(("curl", "wget"))
_NAMES: Final = ("-o", "-O", "--output", "--output-document")
#: What checks a file, unpacks it, or puts it in its place.
_HANDLES: Final = frozenset(
    "bunzip2 cd chmod chown cp dpkg echo export gpg gunzip install ln md5sum mkdir mv printf rm set sha1sum sha256sum "
    "sha512sum tar true unxz unzip".split()
)
#: Their words that are no files: modes, kinds of compression, owners.
_UNPACKS: Final = ("tar", "unzip")


def fetches_elsewhere(commands: Sequence[Command], destination: str) -> bool:
    """Whether commands fetch files, and do nothing but check, unpack and move them, all of it outside of a directory
    but for what they have fetched."""
    fetched = {name for each in commands if each.name in _FETCHES for name in _fetched(each)}
    return bool(fetched) and all(
        each.name in _FETCHES or (each.name in _HANDLES and _is_apart(each, fetched, destination)) for each in commands
    )


def is_installer(text: str, destination: str) -> bool:
    """Whether a script fetches a program in a place of its own, and reads nothing of a project in a directory."""
    found = [plain for words in every_command(command_lines(text)) if (plain := _plain(words))]
    first = next((words for words in found if words[0] != "set"), ("",))
    goes = [words[1:2] for words in found if words[0] == "cd"]
    apart = all(to and ("mktemp" in to[0] or _is_outside(to[0], destination)) for to in goes)
    known = all(posixpath.basename(words[0]) in _HANDLES | _FETCHES | _BESIDE for words in found)
    fetches = any(words[0] in _FETCHES for words in found)
    return first[0] == "cd" and apart and known and fetches and destination not in text and "../" not in text


#: What else a script does that fetches an installer and runs it.
_BESIDE: Final = frozenset(
    "[ [[ test fi exit openssl sha384sum cut awk grep head php sh bash sleep mktemp trap".split()
)
_LEADS: Final = frozenset("if then else elif ! {".split())


def _plain(words: Sequence[str]) -> list[str]:
    """A command without what leads to it, and where its output goes."""
    rest = [*words]
    while rest and (rest[0] in _LEADS or rest[0].startswith(("<", ">")) or ASSIGNMENT.fullmatch(rest[0])):
        del rest[: 2 if rest[0].startswith(("<", ">")) else 1]
    return rest


def _fetched(command: Command) -> list[str]:
    """The names of what a command fetches; "-": it goes on through a pipe."""
    given = (*command.arguments, "")
    found = [given[at + 1] for at, each in enumerate(given[:-1]) if each in _NAMES or _ends_with_name(each)]
    found += [each.partition("=")[2] for each in given if each.startswith(("--output=", "--output-document="))]
    addresses = [each for each in given if "://" in each]
    # Without a name, wget takes that of the address, and so does curl where it is told to.
    return [posixpath.basename(each) for each in (*(found or ["-"]), *addresses) if each]


def _ends_with_name(option: str) -> bool:
    """Whether short options that are written as one end with that which names a file."""
    return option[:1] == "-" and option[1:2] != "-" and option[-1:] in ("o", "O")


def _is_apart(command: Command, fetched: set[str], destination: str) -> bool:
    if command.name in ("echo", "printf", "export", "set", "true", "cd"):
        return ">" not in command.arguments and ">>" not in command.arguments
    paths = [each for each in command.words if "/" in each or posixpath.basename(each) in fetched]
    if command.name in _UNPACKS and not any(_is_outside(each, destination) for each in command.words):
        return False  # it would unpack what it has where it stands
    named = all(posixpath.basename(each) in fetched or _is_outside(each, destination) for each in paths)
    plain = [each for each in command.words if each not in paths and "." in each]
    return named and not plain


def _is_outside(path: str, destination: str) -> bool:
    """Whether a place is said from the root on, and has nothing to do with a directory."""
    return path.startswith("/") and not within(path, destination) and not within(destination, path)
