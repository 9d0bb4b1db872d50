"""Command lines that build, as they stand in scripts: where they are, and in which directory they run.

Used by every family that holds lines of shell. What the words of such a command mean is known by `invocations`.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Container, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple

from ...regex import lazy
from ..order import is_address
from . import invocations
from .mention import HOLE, OWN, ROOT, Mention, Together, seen, speaks_of
from .values import CONTINUED, Values, alternatives, joined_lines

#: Commands that are looked at in one text, and how much of a line.
MAX_COMMANDS: Final = 400
LONGEST: Final = 8000
#: What a line with a command has somewhere, and what it may have instead of the name of a program.
_INTERESTING: Final = (
    *("docker", "podman", "buildah", "nerdctl", "kaniko", "container", "engine", "compose", "bake", "finch"),
)
#: A word without which no line builds, and what may be a name.
_BUILDS: Final = lazy(
    r"(?<![\w./=-])(?:build|b|bud|build-using-dockerfile|bake)(?=[\s\"'`;)}]|$)|(?i:compose)(?=[\s\"')}]|$)|executor(?=\s)"
)
_NAME: Final = lazy(r"[A-Za-z_][\w.]*")
_ENGINE: Final = rf"(?:{HOLE}[^{HOLE}]*{HOLE}|\b(?:docker|podman|nerdctl|finch|buildx))[\"']?"
#: Options between a program and its command; bounded, since one may be the value of the one before it.
_VALUED: Final = r"(?:-H|-l|-c|-n|--(?:context|host|config|log-level|builder|namespace|address|connection))"
_OPTIONS: Final = rf"(?:[ \t]+{_VALUED}(?:=|[ \t]+)[^\s;&|]+|[ \t]+--?[\w-]+(?:=[^\s;&|]+)?){{0,6}}?"
_COMMAND: Final = lazy(
    rf"(?P<engine>{_ENGINE}){_OPTIONS}[ \t]+(?:(?:buildx|image|builder){_OPTIONS}[ \t]+)?(?P<build>build|b)(?=[ \t]|$)"
    rf"|(?P<buildah>\bbuildah|{HOLE}\w*BUILDAH\w*{HOLE}){_OPTIONS}[ \t]+(?:bud|build(?:-using-dockerfile)?)(?=[ \t])"
    rf"|(?P<bake>{_ENGINE}(?:[ \t]+buildx)?{_OPTIONS}[ \t]+bake)(?=[ \t]|$)"
    rf"|(?P<compose>(?:{_ENGINE}{_OPTIONS}[ \t]+compose|\b(?:docker|podman)-compose"
    rf"|{HOLE}\w*(?i:COMPOSE)\w*{HOLE}))[\"']?(?=[ \t]|$)"
    r"|(?P<kaniko>\bexecutor)(?=[ \t]+-)"
)
#: The name of a variable that may hold a program that builds.
ENGINE_NAME: Final = lazy(
    r"(?i)docker|podman|container|engine|nerdctl|buildx|\boci|^oci|builder|runtime|^cri$|build_?cmd|sudo"
)
_CD: Final = lazy(
    r"(?:^|[;&|({]|\b(?:then|do|else)\b)[ \t]*(?:builtin +)?(?:cd|\w*pushd)[ \t]+(?:-P +|-- +|/d +)?([^\s;&|)]+)"
)
_POPD: Final = lazy(r"\w*popd\b")
_PIPED: Final = lazy(r"\bcat[ \t]+[\"']?([^\s\"';&|]+)[\"']?[ \t]*\|[^|;&]*$")
_ENDS: Final = lazy(r"[;&|<>()\n]+")
#: A line that is a comment.
_QUIET: Final = lazy(r"^\s*(?:#|//|::|(?i:rem)\s)")
#: What a command begins with that only shows its words, or looks for a program.
_SHOWS: Final = lazy(
    r"@?(?:echo|printf|log|info|warn|error|die|puts|print|Write-(?:Host|Output))(?=[ \t(]|$)"
    r"|(?:command|which|type|apt-get|install|uses:)(?=[ \t]|$)"
    r"|\w+[ \t]+(?:install|pull)(?=[ \t])"
)
#: What a variable that holds a command begins with, in a Makefile or a script.
_HOLDS: Final = lazy(r"(?:^|[ \t])[A-Za-z_]\w*[ \t]*(?:::?|\?|\+)?=[\"']?$")


#: A line that sends the text below it to a Dockerfile.
_WRITES: Final = lazy(
    r"(?m)^(?=[^\n]*<<-?[ \t]*[\"']?(\w+))[^\n]*?(>>?|\btee(?:[ \t]+-a)?)[ \t]*"
    r"[\"']?([\w./-]*[Dd]ockerfile[\w.-]*)[^\n]*\n([\s\S]*?)^[ \t]*\1[ \t]*$"
)
_FROM: Final = lazy(r"(?mi)^[ \t]*FROM[ \t]")


class _Line(NamedTuple):
    """A command on a line: what it is, its words, where it is run as the line says, and the number of the line."""

    kind: str
    words: Sequence[str]
    directory: str
    line: int


def mentions_of(
    text: str, values: Values, *, path: str, line: int, bases: Sequence[str], stays: bool = True
) -> Iterator[Mention | Together]:
    """The builds that the lines of `text` mention, the first of which is line `line` of the file at `path`. They run in
    one of `bases`; `stays`: a `cd` counts for the lines after it, too."""
    if not speaks_of(text, _INTERESTING):
        return
    own = posixpath.dirname(path)
    done: set[str] = set()
    written = written_by(text)
    for each in islice(_commands(text, values, line, stays), MAX_COMMANDS):
        there = tuple(dict.fromkeys(_based(bases, each.directory, own)))
        place = f"{path}:{each.line}"
        found: Mention | Together | None
        if each.kind == "compose":
            found = invocations.compose(each.words, there, own, place)
        elif each.kind == "bake":
            found = invocations.bake(each.words, there, own, place)
        elif each.kind == "kaniko":
            found = invocations.kaniko(each.words, there, own, place)
        else:
            found = invocations.docker_build(each.words, there, own, place)
        if isinstance(found, Mention) and is_written(found, written):
            continue
        key = None if found is None else (found._replace(arguments={}) if isinstance(found, Mention) else found)
        if found is not None and repr(key) not in done:
            done.add(repr(key))
            yield found


def written_by(text: str) -> frozenset[str]:
    """The Dockerfiles that the lines of a script write themselves, from where they run: what lies there in the project
    is another one, or the beginning of another one."""
    if "<<" not in text or "ockerfile" not in text:
        return frozenset()
    found = (match for match in _WRITES.finditer(text) if match[2] in (">", "tee") or _FROM.search(match[4]))
    return frozenset(posixpath.normpath(match[3]) for match in found)


def is_written(mention: Mention, written: Container[str], base: str = "") -> bool:
    """Whether the Dockerfile of a build that runs in a directory is one of those."""
    beside = mention.dockerfile is None or mention.beside
    path = posixpath.join(base, mention.context if beside else "", mention.dockerfile or "Dockerfile")
    return posixpath.normpath(path) in written


def _based(bases: Sequence[str], directory: str, own: str) -> Iterator[str]:
    """Where a command may run: in the directory that the line changes to, seen from each base, or in these."""
    if directory:
        for base in bases:
            yield seen(base, directory, own)
    yield from bases


def _commands(text: str, values: Values, first: int, stays: bool) -> Iterator[_Line]:
    directory = ""
    building = _Building(values)
    levels: list[str] = []
    number = first
    for written in joined_lines(text).split("\n"):
        here = number
        number += written.count(CONTINUED) + 1
        raw = written.replace(CONTINUED, " ")
        stripped = raw.strip()
        if not stripped:
            continue
        if stays and stripped in ("(", "{"):
            levels.append(directory)
        elif stays and stripped[0] == ")" and levels:
            directory = levels.pop()
        elif stays and _POPD.match(stripped):
            directory = ""
        if len(raw) <= LONGEST and speaks_of(raw, _INTERESTING) and _QUIET.search(raw) is None and building.may_be(raw):
            for made in alternatives(written.strip(), values):
                yield from _of_line(made, directory, here)
        if (
            stays
            and "(" not in stripped.split("cd ")[0].replace("$(", "")
            and ("cd " in stripped or "pushd" in stripped)
        ):
            directory = _after(stripped, directory, values)


class _Building:
    """Recognizes lines that cannot build, by their words and what those stand for."""

    def __init__(self, values: Values) -> None:
        self._values = values

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names that stand for something with such a word."""
        left = dict(self._values)
        found = {name for name, each in left.items() if any(map(_BUILDS.search, each))}
        while True:
            more = {
                name
                for name, each in left.items()
                if name not in found and any(not found.isdisjoint(_NAME.findall(one)) for one in each)
            }
            if not more:
                return frozenset(found)
            found |= more

    def may_be(self, line: str) -> bool:
        return _BUILDS.search(line) is not None or not self._names.isdisjoint(_NAME.findall(line))


def _after(line: str, directory: str, values: Values) -> str:
    """Where the shell is once a line has been run."""
    made = next(alternatives(line, values), line)
    for match in _CD.finditer(made):
        directory = _moved(directory, match[1])
    return directory


def _moved(directory: str, to: str) -> str:
    to = to.strip("\"'")
    if to == "-" or HOLE in to or to.startswith(("~", "/")) or is_address(to):
        return ""
    return to if to.startswith((ROOT, OWN)) else posixpath.join(directory, to)


def _of_line(written: str, directory: str, number: int) -> Iterator[_Line]:
    line = written.replace(CONTINUED, " ")
    at = 0
    for match in _COMMAND.finditer(line):
        if match.start() < at:
            continue
        if not _is_command(match, line):
            continue
        inside = directory
        for change in _CD.finditer(line, 0, match.start()):
            inside = _moved(inside, change[1])
        words = _words(line[match.end() :])
        if words is None:
            continue
        piped = _PIPED.search(line[: match.start()])
        if piped is not None and "-" in words:
            words.append("<" + piped[1])
        at = match.end()
        kind = next(each for each in ("build", "buildah", "bake", "compose", "kaniko") if match[each])
        number_here = number + written.count(CONTINUED, 0, match.start())
        yield _Line("build" if kind == "buildah" else kind, words, inside, number_here)


def _is_command(match: re.Match[str], line: str) -> bool:
    """Whether a match stands where a command may, and a variable instead of a program may be one that builds."""
    engine = match["engine"] or match["bake"] or match["compose"] or ""
    if engine.startswith(HOLE):
        name = engine[1:].partition(HOLE)[0]
        if ENGINE_NAME.search(name) is None and not (match["compose"] and "compose" in name.lower()):
            return False
    before = line[: match.start()].rstrip()
    if before and before[-1] in "=-_." and line[match.start() - 1] not in " \t":
        return _HOLDS.search(before) is not None
    last = re.split(r"[\s;&|(){}!`\"']+", before)[-1] if before else ""
    if last in ("echo", "install", "apt-get", "command", "which", "type", "pull", "uses:"):
        return False
    return _SHOWS.match(_started(before[-LONGEST:])) is None


def _started(before: str) -> str:
    """The command that `before` ends in, from its first word on."""
    quote, start = "", 0
    for at, letter in enumerate(before):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and not _is_apostrophe(before, at):
            quote = letter
        elif letter in ";&|({\n":
            start = at + 1
    return before[start:].lstrip().removeprefix("@-").removeprefix("-@").lstrip("@-!").lstrip()


def _is_apostrophe(text: str, at: int) -> bool:
    return text[at] == "'" and 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()


def _words(text: str) -> list[str] | None:
    """The words of one command, up to what ends it; None if it cannot be read. A quote that was opened before the
    command ends it."""
    words = _split(text)
    for quote in "\"'" if words is None else "":
        if text.count(quote) % 2:
            words = words or _split(text[: text.rfind(quote)]) or _split(text[: text.find(quote)])
    return words


def _split(text: str) -> list[str] | None:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    try:
        for word in lexer:
            if _ENDS.fullmatch(word):
                if word.startswith("<") and "<" not in word[1:]:
                    words.append("<" + next(lexer, ""))
                break
            words.append(word)
    except ValueError:
        return None
    return words
