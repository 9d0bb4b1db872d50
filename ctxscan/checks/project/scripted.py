"""Commands in the scripts of the project that a RUN calls."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ...dockerfile.commands import Command
from ...dockerfile.shell import command_lines, every_command, replaced
from ...dockerfile.stages import Step
from ...packages.catalog import install
from ...packages.install import Install
from ...regex import lazy
from ..reading import Reading

_SHELLS: Final = frozenset("sh bash dash ash".split())
#: A question whether a variable has a value, and what else makes or ends a branch.
_ASKS: Final = lazy(
    r"(?:if|elif)\s+(?:\[\[?|test)\s+(?:(-[zn])\s+)?\"?\$\{?(\w+)(?::-)?\}?\"?\s*\]?\]?\s*(?:;\s*then)?\s*"
)
#: What tells the place of a script to itself, and a line that keeps it.
_ITSELF: Final = lazy(r"\$\{?(?:0|BASH_SOURCE)\b")
_NAMED: Final = lazy(r"(?:export\s+|readonly\s+)?(\w+)=")
#: A script of which this many lines are read.
_MOST_LINES: Final = 500


class Scripted(NamedTuple):
    """An `install` on the `line` of the `script` of the context, as a command of the RUN that calls it."""

    install: Install
    script: str
    line: int


def scripted(reading: Reading, before: list[Step], step: Step) -> Iterator[Scripted]:
    """The installs of the scripts that a RUN calls by their place, beside what their variables pass over."""
    for command in reading.commands(step):
        path = _path(reading, before, command)
        for line, said, cwd, _ in _lines(reading.tree.text(path), command) if path is not None else ():
            if cwd is None:
                break
            for words in every_command(said):
                if (found := install(_inner(command, words, cwd))) is not None:
                    yield Scripted(found, path or "", line)


#: What may pass over the lines of a script, or run them later.
_BRANCHES: Final = lazy(r"(?<![\w.-])(?:case|while|until|trap|function|exit|return|exec)(?![\w.-])|\(\s*\)")


def called(reading: Reading, before: list[Step], step: Step) -> Iterator[Command]:
    """The commands of a RUN, below those that call a script by its place the commands of that, if its lines run in
    their order; one below a condition is guarded."""
    for command in reading.commands(step):
        yield command
        path = _path(reading, before, command)
        text = "" if path is None else reading.tree.text(path)
        if not (_SHEBANG.match(text) or (text and not text.startswith("#!"))):
            continue
        if _BRANCHES.search(plain := command_lines(text)):
            continue
        for _, said, cwd, sure in _lines(plain, command):
            for words in every_command(said):
                yield _inner(command, words, cwd or "/")._replace(guarded=command.guarded or not sure)


#: The first line of a script of the shell.
_SHEBANG: Final = lazy(r"#![^\n]*[/ ](?:ba|da|a)?sh\b")


def _path(reading: Reading, before: list[Step], command: Command) -> str | None:
    """The script in the context that a command calls."""
    word = _script(command)
    path = reading.came_from(before, posixpath.normpath(posixpath.join(command.cwd, word))) if word else None
    if path is None or reading.tree.kind(path) != "file":
        return None
    # The shell runs what says nothing of it itself.
    return path if path.endswith(".sh") or reading.tree.text(path).startswith("#!") else None


def _inner(command: Command, words: tuple[str, ...], cwd: str) -> Command:
    """A command of a script that another one calls."""
    return command._replace(name=words[0], arguments=words[1:], written=words[1:], cwd=cwd, program="")


def _script(command: Command) -> str | None:
    """What a command runs that may be a script, by its place."""
    if command.guarded:
        return None
    if command.name not in _SHELLS or command.program.startswith("./"):
        return command.program or None
    given = [each for each in command.arguments if each != "-c"]
    first = given[0].split()[0] if given and given[0].strip() else ""
    return None if first.startswith("-") else first or None


def _lines(text: str, command: Command) -> Iterator[tuple[int, str, str | None, bool]]:
    """The lines of a script that run, by their numbers, each with the directory that it runs in, and whether no
    condition may pass over it. A `cd` that goes by the place of the script is followed; below one that goes by
    something else there is no directory."""
    environment = {**dict(command.step.environment), **dict(command.settings)}
    home = posixpath.dirname(posixpath.normpath(posixpath.join(command.cwd, _script(command) or "")))
    cwd: str | None = command.cwd
    live = list[bool | None]()
    lines = text.replace("\\\n", " \x00").split("\n")[:_MOST_LINES]
    number = 1
    for line in lines:
        at, number = number, number + 1 + line.count("\x00")
        said = line.replace("\x00", "").strip()
        if not said or said.startswith("#"):
            continue
        first = said.split(maxsplit=1)[0].rstrip(";")
        if first == "if" and re.search(r"\bfi\b", said):
            continue  # all of it: nobody installs in one
        if first == "if":
            live.append(_holds(said, environment))
        elif first == "elif" and live:
            live[-1] = False if live[-1] else None
        elif first == "else" and live:
            live[-1] = None if live[-1] is None else not live[-1]
        elif first == "fi" and live:
            live.pop()
        elif (name := _NAMED.match(said)) is not None and (place := _of_itself(said, home)) is not None:
            environment[name[1]] = place
        elif first == "cd":
            place = _place(said, home, environment)
            cwd = None if place is None or cwd is None else posixpath.normpath(posixpath.join(cwd, place))
        elif False not in live:
            yield at, said, cwd, None not in live


def _holds(said: str, environment: Mapping[str, str]) -> bool | None:
    """Whether a question is answered by a variable of the build; None: it asks for something else."""
    found = _ASKS.fullmatch(said)
    if found is None:
        return None
    return bool(environment.get(found[2])) is (found[1] != "-z")


def _of_itself(word: str, home: str) -> str | None:
    """The place that a word says by that of the script, whose directory is `home`; None: it says another."""
    if not _ITSELF.search(word) or re.search(r"(?:\.\.|\)\"?|\})/\w", word):
        return None
    above = word.count("/..") + max(word.count("dirname") - 1, 0)
    return posixpath.normpath(home + "/.." * above)


def _place(said: str, home: str, environment: Mapping[str, str]) -> str | None:
    """Where a `cd` goes."""
    word = re.split(r"\|\||&&|;", said)[0].removeprefix("cd").strip() if "$(" not in said else said
    found = _of_itself(word, home)
    if found is None:
        found = replaced(re.sub(r"[\"']", "", word), environment)
    return None if "$" in found or not found else posixpath.normpath(found)
