"""Users of an image: those of its base and those that its steps make, by their names, and what they may not do."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ...dockerfile import images
from ...dockerfile.commands import Command
from ...dockerfile.stages import Stage, Step
from ...regex import lazy
from ...rules import globs
from ..reading import Reading, base_image, landed

#: Users that images of a system or a language have: those of Debian, Alpine and Fedora, and the ones for programs.
_USERS: Final = frozenset(
    "root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt adm "
    "shutdown halt operator ftp guest ntp sshd http postgres cyrus vpopmail squid at cron svn xfs smmsp uuidd dbus git "
    "ubuntu debian alpine tss systemd-network systemd-resolve systemd-timesync systemd-coredump".split()
)


def unknown_user(reading: Reading, stage: Stage, before: Sequence[Step], step: Step, owner: str) -> str | None:
    """The name of a user (`owner` may have a group behind it), if it is sure that there is none of it when `step` of a
    stage comes after the steps `before`; None: there may be one, or it is a number."""
    image = base_image(reading.plan.chain(stage)[0])
    name = owner.partition(":")[0]
    plain = name.replace("-", "_").isidentifier() and name.isascii()
    if image is None or not plain:
        return None
    if not (images.brings_no_project(image) or images.serves_files(image) or images.is_of_red_hat(image)):
        return None
    if name in _USERS or name in (images.ready_user(image), *(images.brought_user(image) or ())):
        return None
    # Who is made by the same variable is not written out.
    said = (name, *re.findall(r"\$\{?(\w+)", step.instruction.text))
    for one in before:
        # It is named where it is made, and a package that makes one is called as it is; anything may lie in a tree
        # that is copied over the root, and a script may do anything.
        if one.keyword == "RUN" and (
            any(each in one.instruction.whole for each in said) or any(each.program for each in reading.commands(one))
        ):
            return None
        if one.keyword in ("COPY", "ADD") and (one.target in ("/", "/etc", "/etc/passwd")):
            return None
    return name


def is_everywhere(group: str) -> bool:
    """Whether every image has a group of that name or number."""
    return not group.isidentifier() or group in _USERS


class Refused(NamedTuple):
    """A command of `step` that ends the build, since only root may do it: what is said of it, and the instruction that
    `brought` what it is about, if one did. `user` is not root, by a USER of the Dockerfile (`written`) or of the base.
    `lines`: those of the RUNs of this user that install packages of the system.
    """

    step: Step
    user: str
    said: str
    brought: Step | None
    written: bool
    lines: list[int]


#: What only the owner of a file may do, and root.
_CHANGES: Final = frozenset(("chmod", "chown", "chgrp"))
#: Where the package managers of systems write, which everybody else may only read.
_SYSTEM: Final = {
    "apt-get": "install update upgrade", "apt": "install update upgrade", "apk": "add update upgrade",
    "yum": "install update", "dnf": "install update", "microdnf": "install update", "zypper": "install in update",
}  # fmt: skip
#: What may make a user root, or lets a RUN go on where one of its commands fails.
_ESCAPES: Final = lazy(r"\bsudo\b|\bsu\b|\bdoas\b|\bfakeroot\b|\|\||;|<<|\btrue\b")
_ROOT: Final = lazy(r"(?:root|0)(?::.*)?", re.IGNORECASE)


def refused(reading: Reading) -> Iterator[Refused]:
    """What a RUN does as a user who may not, the first of each stage: to change what COPY gave to root, or to install
    packages of the system."""
    for stage in reading.plan.stages:
        image = base_image(reading.plan.chain(stage)[0])
        user, written = (images.builds_as(image) if image is not None else None), False
        steps = reading.history(stage)
        own = len(steps) - len(stage.steps)
        found: Refused | None = None
        for at, step in enumerate(steps):
            if step.keyword == "USER":
                name = step.words[0]
                user = None if "$" in name or _ROOT.fullmatch(name) else name.partition(":")[0]
                written = True
            if user is None or at < own or step.keyword != "RUN" or step.onbuild is not None:
                continue
            if _escapes(reading, step):
                continue
            commands = (each for each in reading.commands(step) if not each.guarded)
            said = next(filter(None, (_refused(reading, steps[:at], each) for each in commands)), None)
            if said is None:
                continue
            found = found or Refused(step, user, *said, written, [])
            if said[1] is None and user == found.user:
                found.lines.append(step.line)
        if found is not None:
            yield found


def _escapes(reading: Reading, step: Step) -> bool:
    """Whether something may make a user root in a RUN, or let it go on: not the package `sudo` that it installs."""
    said = len(_ESCAPES.findall(step.instruction.whole))
    asked = (each for each in reading.commands(step) if said and each.name in _SYSTEM)
    return said > sum(len(_ESCAPES.findall(" ".join(each.words))) for each in asked)


def _refused(reading: Reading, before: Sequence[Step], command: Command) -> tuple[str, Step | None] | None:
    if command.name in _SYSTEM:
        writes = next(iter(command.words), "") in _SYSTEM[command.name].split()
        return (f"{command.name} {command.words[0]} writes to directories of root", None) if writes else None
    if command.name not in _CHANGES:
        return None
    recursive = any(re.fullmatch(r"-\w*R\w*|--recursive", each) for each in command.arguments)
    for word in command.words[1:]:
        if globs.is_wild(word) or "$" in word or word.startswith("~"):
            continue
        absolute = posixpath.normpath(posixpath.join(command.cwd, word))
        for step in reversed(before):
            if step.keyword == "RUN" and ("chown" in step.instruction.whole or word in step.instruction.whole):
                break
            path = next((each for each in landed(step, absolute) if reading.sent.kind(each)), None)
            if path is None:
                continue
            if any(name == "chown" for name, _ in step.flags):
                break
            # A file may be put into the directory that is named.
            same = absolute != step.target or posixpath.basename(path) == posixpath.basename(absolute)
            whole = (same or recursive) and reading.sent.kind(path) == "file"
            whole = whole or (recursive and bool(reading.sent.names(path)))
            said = f"{step.keyword} (line {step.line}) gives {path or 'the context'} to root"
            return (said, step) if whole else None
    return None


class Taken(NamedTuple):
    """A command of `step` that ends the build, since `image` has a user or group of that name, or of that number: what
    is said of it, and the `user` that is there."""

    step: Step
    said: str
    user: str


#: Programs that make a user or a group, their options that take a value, and the one that takes its number.
_MAKES: Final = {
    "useradd": ("cdefgkpsuGKRb", "u"), "groupadd": ("gpKR", "g"), "adduser": ("hgsGuk", "u"), "addgroup": ("g", "g"),
}  # fmt: skip
_LONG: Final = frozenset(
    "--uid --gid --home --home-dir --shell --ingroup --gecos --comment --groups --base-dir --skel --password "
    "--expiredate --inactive --key --root".split()
)
#: What makes room for another, looks first, lays other accounts over those of the image, or lets the RUN go on.
_MAKES_ROOM: Final = lazy(
    r"\|\||;|<<|\s-C\s*/(?=\s|$)|\bgetent\b|\bid\b|/etc/(?:passwd|group)|\b(?:user|group)(?:del|mod)\b|\bdel(?:user|group)\b|\bif\b|\btrue\b"
)


def taken(reading: Reading) -> Iterator[Taken]:
    """What a RUN makes that its base image has: a user, a group, or a number, the first in each stage. Seen with
    BusyBox, with adduser and with useradd, each of which fails."""
    for stage in reading.plan.stages:
        image = base_image(reading.plan.chain(stage)[0])
        there = images.brought_user(image) if image is not None else None
        if image is None or there is None:
            continue
        for before, step in reading.own_steps(stage):
            if step.keyword != "RUN" or step.onbuild is not None:
                continue
            if any(_MAKES_ROOM.search(each.instruction.whole) for each in (*before, step) if each.keyword == "RUN"):
                break
            if any(each.target in ("/", "/etc") for each in before if each.keyword in ("COPY", "ADD")):
                break
            said = next(filter(None, (_is_taken(image, *there, each) for each in reading.commands(step))), None)
            if said is not None:
                yield Taken(step, said, there[0])
                break


def _is_taken(image: images.Reference, user: str, number: str, command: Command) -> str | None:
    if command.name not in _MAKES or command.program or command.guarded:
        return None
    name, wanted, flags = asked(command)
    if {"-f", "--force", "-o", "--non-unique"} & flags or name is None:
        return None
    small = images.is_alpine(image)
    if command.name in ("adduser", "addgroup") and not small and "--system" in flags:
        return None  # content with one of the system that is there
    kind = "group" if "group" in command.name else "user"
    where = f"{image.repository}:{image.tag}" if image.tag else image.repository
    if name == user:
        return f"{where} has a {kind} {user} already"
    return f"{kind} {user} of {where} has the number {number}" if number and wanted == number else None


def asked(command: Command) -> tuple[str | None, str, set[str]]:
    """The name that a command makes, with the number that it asks for, or "", and its other options. None: it adds
    somebody to a group, or cannot be read."""
    valued, numbered = _MAKES[command.name]
    words, number, flags = list[str](), "", set[str]()
    waiting = ""
    for word in command.arguments:
        if waiting:
            number = word if waiting in (f"-{numbered}", "--uid" if numbered == "u" else "--gid") else number
            waiting = ""
        elif word.startswith("--"):
            option, equals, value = word.partition("=")
            if option in _LONG and not equals:
                waiting = option
            elif option == ("--uid" if numbered == "u" else "--gid"):
                number = value
            else:
                flags.add(option)
        elif word.startswith("-") and len(word) > 1:
            at = next((place for place, letter in enumerate(word[1:], 1) if letter in valued), None)
            flags |= {f"-{letter}" for letter in word[1:at]}
            if at is not None and at + 1 == len(word):
                waiting = f"-{word[at]}"
            elif at is not None and word[at] == numbered:
                number = word[at + 1 :]
        else:
            words.append(word)
    return (words[0] if len(words) == 1 and "$" not in words[0] else None), number, flags
