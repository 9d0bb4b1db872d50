"""The paths that commands name: what a RUN, a script that it runs, or the start of the container reads of the context,
through the directory in which it runs and what was copied there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final

from ...packages import catalog
from ...paths import absolute
from ...regex import lazy
from ...rules import globs
from .need import Need
from .recipe import Recipe
from .trail import Call, Trail

#: What these do to a path needs nothing of it.
REMOVERS: Final = frozenset(
    "rm rmdir mkdir chmod chown touch echo printf chgrp unlink useradd adduser export set".split()
)
#: What follows these is a command.
_LAUNCHERS: Final = frozenset("exec time command sudo nice shx".split())
#: The last path of these is written.
WRITERS: Final = frozenset(("cp", "mv", "ln", "install", "rsync"))
#: A plain word after these is a path; after others it may be the name of a script or of a task.
TAKE_PATHS: Final = frozenset(
    "cp mv ln install cat source . sh bash ash zsh cd pushd tar sed head tail grep unzip patch sort node python "
    "python3 ruby php deno bun tsx ts-node perl envsubst openssl jq yq rsync ls stat diff for".split()
)
#: What these test may be missing.
TESTS: Final = frozenset(("test", "[", "[[", "find", "ls", "stat", "if"))
#: No more of a command is shown.
_LONGEST: Final = 60
_ENDINGS: Final = ("", ".js", ".mjs", ".cjs", ".ts", ".py")
#: The value of these is written.
_OUTPUTS: Final = lazy(r"(?i)--?(?:o|out\w*|out-?dir|target-dir|prefix|dest\w*|d|output-\w+)")
#: What of a command of `find` removes what it finds.
_REMOVES: Final = lazy(r"^-delete$|(?:^|[\s;&|])rm(?=\s|$)")
#: A variable, and the path of a file that is its value if nobody sets another one.
_VALUE: Final = lazy(r"\w+=\$\{\w+:?[-=]([\w./-]*/[\w./-]+)\}")
_NO_PATH: Final = lazy(r"[$`;|&(){}<>]|://|^-|^@|^\w+@|^\d+(\.\d+)*$")


def needs(recipes: Iterable[Recipe], trail: Trail) -> Iterator[Need]:
    """What commands read, as far as it is on disk; what a plain command reads also if it is not there yet."""
    for recipe in recipes:
        for call in trail.of(recipe):
            if not call.code and not deletes(call):
                yield from _of(call)


def deletes(call: Call) -> bool:
    """Whether a `find` removes what it finds, perhaps by a shell."""
    return call.words[:1] == ("find",) and any(map(_REMOVES.search, call.words))


def _of(call: Call) -> Iterator[Need]:
    words = [word for word in call.words if word not in ("(", ")", "{", "}", "!", "then", "do", "else")]
    while words and (words[0] in _LAUNCHERS or re.match(r"\w+=", words[0])):
        if value := _VALUE.fullmatch(words.pop(0)):
            yield from _need(call, value[1], "", certain=True)
    if not words:
        return
    name = words[0].rpartition("/")[2]
    for word in catalog.read_by(call.words, call.cwd):
        yield from _need(call, word, name, certain=True)
    if name in REMOVERS:
        words = _inputs(words)
    elif name in WRITERS:
        words = [words[0], *[each for each in _read(words[1:]) if not each.startswith("-")][:-1]]
    else:
        words = [words[0], *_read(words[1:])]
    for at, word in enumerate(words):
        if at == 0 and "/" not in word:
            continue
        plain = "/" not in word and "." not in word
        if plain and name not in TAKE_PATHS:
            continue
        yield from _need(call, word, name, certain=name not in TESTS)


def _inputs(words: list[str]) -> list[str]:
    """The words of a command that only writes, with what it is given to read."""
    return [words[0], *(words[at + 1] for at, each in enumerate(words[:-1]) if each == "<")]


def _read(words: list[str]) -> Iterator[str]:
    """Arguments without what is written, and the values of options."""
    skip = False
    for each in words:
        if skip:
            skip = False
        elif each in (">", ">>", ">|", "&>", ">&", "2>") or (each.startswith("-") and _OUTPUTS.fullmatch(each)):
            skip = True
        elif each[:2] in ("-I", "-L", "-F") and len(each) > 2:
            yield each[2:]
        elif each.startswith("-") and "=" in each:
            option, _, value = each.partition("=")
            if not _OUTPUTS.fullmatch(option):
                yield value
        elif re.fullmatch(r"[\w-]+=\S+", each):
            yield each.partition("=")[2]
        else:
            yield each


def _need(call: Call, word: str, name: str, *, certain: bool) -> Iterator[Need]:
    word = word.strip("\"'")
    if not word or word in (".", "..", "/") or len(word) > 500 or _NO_PATH.search(word):
        return
    place = absolute(call.cwd, word)
    above, _, last = place.rpartition("/")
    if globs.is_wild(word):
        if globs.is_wild(above):
            return
        directory = call.place.at(above or "/")
        found = None if directory is None else posixpath.join(directory, last)
        if found is not None and set(last) <= {"*"}:
            found = directory
    else:
        found = next((at for ending in _ENDINGS if (at := call.place.at(place + ending))), None)
        if found is None and name in ("cp", "mv", "cat", "source", "."):
            found = next(call.place.candidates(place), None)
    if found:
        text = " ".join(call.words)
        reader = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
        yield Need(found, reader, call.file, certain, False, call.line, spoken=True)
