"""Releases that a RUN fetches and unpacks, and what a later one does to all of their files: they are stored again."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from ...dockerfile.commands import Command, is_chosen
from ...dockerfile.shell import is_whole
from ...dockerfile.stages import Step
from ...paths import absolute, within
from ...regex import lazy
from ..reading import Reading

#: What fetches, with what it is called by then.
_FETCHES: Final = frozenset("curl wget aria2c".split())
_ARCHIVE: Final = lazy(r"\.(?:tar\b|tar\.\w+|t[gxb]z\d?|txz|zip)|/archive/|/tarball/|/zipball/")
#: How `tar` is told to unpack, and options that name the directory for it.
_EXTRACTS: Final = lazy(r"-?[A-Za-z]*x[A-Za-z]*|--extract|--get")
_INTO: Final = {"tar": ("-C", "--directory"), "unzip": ("-d",), "bsdtar": ("-C", "--directory")}
#: Who changes the number behind a name.
_RENUMBERS: Final = frozenset("useradd adduser usermod deluser userdel groupadd addgroup groupmod delgroup".split())


class Unpacked(NamedTuple):
    """A directory that `step` fills with what it has fetched."""

    place: str
    step: Step


def unpacked(reading: Reading, steps: Sequence[Step]) -> Iterator[Unpacked]:
    """What these steps fetch and unpack, and leave where it is."""
    for step in steps:
        if step.keyword != "RUN" or not any(word in step.instruction.whole for word in (*_INTO, "clone")):
            continue
        commands = [each for each in reading.commands(step) if not (each.guarded or is_chosen(each))]
        fetched = any(each.name in _FETCHES and _ARCHIVE.search(each.text) for each in commands)
        for at, command in enumerate(commands):
            place = filled(command, fetched=fetched)
            if place is not None and is_whole(place) and not is_gone(commands[at:], place):
                yield Unpacked(place, step)


def filled(command: Command, *, fetched: bool) -> str | None:
    """The directory that a command fills; None: it does something else."""
    given = command.arguments
    if command.name == "git" and given[:1] == ("clone",):
        words = [each for each in command.words[1:] if not each.isdecimal()]
        address = next((at for at, each in enumerate(words) if "://" in each or each.startswith("git@")), None)
        if address is None:
            return None
        name = posixpath.basename(words[address]).removesuffix(".git")
        return absolute(command.cwd, words[address + 1] if address + 2 == len(words) else name)
    if not fetched or command.name not in _INTO:
        return None
    options = [each for at, each in enumerate(given) if each[:1] == "-" or not at]
    if command.name != "unzip" and not any(map(_EXTRACTS.fullmatch, options)):
        return None
    for word, following in pairwise((*given, "")):
        long, sign, value = word.partition("=")
        if sign and long in _INTO[command.name]:
            return absolute(command.cwd, value)
        if word in _INTO[command.name] or (word in options and re.fullmatch(r"-?[a-z]*x[a-z]*C", word)):
            return absolute(command.cwd, following)
        if word.startswith(_INTO[command.name][0]):
            return absolute(command.cwd, word[2:])
    return command.cwd


def is_gone(later: Sequence[Command], place: str) -> bool:
    """Whether later commands take away what an earlier one has put into a place."""
    return any(
        one.name in ("rm", "mv") and within(place, absolute(one.cwd, word.removesuffix("/*")))
        for one in later
        for word in one.words
    )


def release_below(reading: Reading, before: Sequence[Step], command: Command, place: str) -> Step | None:
    """The RUN that has unpacked what a `chown` or `chmod` of a place gives to another owner; None: there is none."""
    found = (each for each in unpacked(reading, before) if within(each.place, place))
    return next((each.step for each in found if not _was_given(reading, before, command, each)), None)


def _was_given(reading: Reading, before: Sequence[Step], command: Command, found: Unpacked) -> bool:
    """Whether what was unpacked has that owner already: whoever has got another number since is another owner."""
    owner, given = command.words[0].partition(":")[0], False
    start = next(at for at, each in enumerate(before) if each is found.step)
    for one in reading.all_commands([*before[start:], command.step]):
        if one.step is command.step and one.place >= command.place:
            break
        words = one.words
        if one.name == command.name and words and words[0].partition(":")[0] == owner:
            given |= any(within(found.place, absolute(one.cwd, each)) for each in words[1:])
        given &= not is_made_anew(one, owner)
    return given


def is_made_anew(command: Command, name: str) -> bool:
    """Whether a command makes a user, or gives it another number."""
    return command.name in _RENUMBERS and name in command.words


class Again(NamedTuple):
    """A command that copies what was unpacked to `target`, and what its RUN `gives` to another owner there."""

    command: Command
    target: str
    found: Unpacked
    gives: tuple[Command, ...] = ()


def copied_again(reading: Reading, steps: Sequence[Step]) -> Iterator[Again]:
    """The first command of each RUN that copies a whole tree which an earlier one has unpacked, and leaves it."""
    for at, step in enumerate(steps):
        for command in reading.commands(step):
            if command.name not in ("cp", "mv") or len(command.words) != 2 or command.guarded:
                continue
            source, target = (absolute(command.cwd, each.removesuffix("/*")) for each in command.words)
            before = steps[:at]
            found = next((each for each in unpacked(reading, before) if _is_all(reading, before, each, source)), None)
            if found is None or (command.name == "cp" and not _copies_all(command)) or not is_whole(target):
                continue
            if not is_gone(list(reading.commands(step)), source) or command.name == "mv":
                gives = tuple(_giving(reading, step, target))
                below = [one for one in reading.all_commands(before) if one.step.line > found.step.line]
                others = (one for one in reading.commands(step) if one not in gives)
                # Whoever is made only below the release owns nothing there yet.
                late = any(is_made_anew(one, each.words[0].partition(":")[0]) for one in below for each in gives)
                if not late and not (gives and _is_filled(before, [*below, *others], target)):
                    yield Again(command, target, found, gives)
                break


def _is_filled(before: Sequence[Step], later: Sequence[Command], target: str) -> bool:
    """Whether something else comes into a directory, and is not given to anybody by itself."""
    if any(within(step.target, target) for step in before if step.keyword in ("COPY", "ADD")):
        return True
    given = [absolute(one.cwd, word) for one in later if one.name == "chown" for word in one.words[1:]]
    made = (absolute(one.cwd, word) for one in later if one.name == "mkdir" for word in one.words)
    return any(within(each, target) and not any(within(each, one) for one in given) for each in made)


def _giving(reading: Reading, step: Step, target: str) -> Iterator[Command]:
    """The commands of a RUN that change the owner or the mode of all that lies in a directory."""
    for one in reading.commands(step):
        options = (each for each in one.arguments if each.startswith("-"))
        deep = any(each == "--recursive" or re.match(r"-\w*R", each) for each in options)
        named = [absolute(one.cwd, word) for word in one.words[1:]]
        if one.name in ("chown", "chmod", "chgrp") and deep and any(within(target, each) for each in named):
            yield one


def _copies_all(command: Command) -> bool:
    options = (each for each in command.arguments if each.startswith("-"))
    return any(each in ("--recursive", "--archive") or re.match(r"-\w*[rRa]", each) for each in options)


def _is_all(reading: Reading, before: Sequence[Step], found: Unpacked, source: str) -> bool:
    """Whether a directory has what was unpacked, and nothing but that: it is named there, and by no other step."""
    if source == found.place:
        return source != "/"
    if not within(source, found.place) or posixpath.basename(source) not in found.step.instruction.whole:
        return False
    others = [step for step in before if step is not found.step]
    copied = (step.target for step in others if step.keyword in ("COPY", "ADD"))
    named = (absolute(one.cwd, word) for one in reading.all_commands(others) for word in one.words)
    return not any(within(each, source) for each in (*copied, *named))
