"""The shape of what a file of the project says of a build, and what a family of such files has to offer.

A *hole* is the part of a path that nothing here decides: a variable that is set elsewhere, a value of a matrix that is
computed. It is kept with its name, so that `images/$X/Dockerfile` built in `images/$X` names a context for each
Dockerfile that it fits.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from ..project import Project

#: What a hole begins and ends with.
HOLE: Final = "\x00"
#: What stands for the root of the project, and for the directory of the file that is read, at the start of a path.
ROOT: Final = "\x01"
OWN: Final = "\x02"
#: What stands for a directory that was made for this, at the start of a path.
TEMPORARY: Final = "\x05"
#: The context of a build that has none on disk: standard input.
NOWHERE: Final = "-"
#: That of a build whose directory is made while a tool runs.
UNKNOWN: Final = "?"


def speaks_of(text: str, words: tuple[str, ...]) -> bool:
    """Whether any of the words, in lower case, occurs in a text, in upper or lower case. Every script of a project is
    asked; an expression that ignores the case takes fifty times as long."""
    low = text.lower()
    return any(word in low for word in words)


class Mention(NamedTuple):
    """A build that is mentioned.

    `context` and `dockerfile` (None: the one in the context) are relative to the first of `bases`, directories of the
    project, in which there is such a build; `beside`: the Dockerfile is relative to the context. `place` is
    `file:line`. `cloned`: the context is a fresh clone of the project, not the directory. `ordered`: a step that does
    nothing but build is given it so, and builds that or fails.
    """

    context: str
    dockerfile: str | None
    target: str | None
    arguments: Mapping[str, str | None]
    contexts: Mapping[str, str]
    bases: tuple[str, ...]
    place: str
    beside: bool = False
    cloned: bool = False
    ordered: bool = False


class Together(NamedTuple):
    """Files that a command line or a setting names: Compose files, or bake files, laid over one another.

    They are relative to the first of `bases` in which they are; so is `directory`, to which what they say is relative
    (None: to that of the first file with Compose, to the base with bake). `targets` are those of bake that are asked
    for.
    """

    kind: str
    files: tuple[str, ...]
    directory: str | None
    bases: tuple[str, ...]
    place: str


class Family(Protocol):
    """A family of files that name contexts; each module of this package is one.

    `reads` tells by its path whether a file is of the family. `mentions` gives what the file says, and raises nothing:
    what cannot be read says nothing. It may look at other files of the project, within the bounds of that.
    """

    def reads(self, path: str) -> bool: ...
    def mentions(self, path: str, text: str, project: Project) -> Iterator[Mention | Together]: ...


def seen(base: str, path: str, own: str) -> str:
    """`path`, which may begin with the root or the directory of the file, as seen from the root."""
    if path.startswith(ROOT):
        return posixpath.normpath(path[1:].lstrip("/") or ".")
    if path.startswith(OWN):
        return posixpath.normpath(posixpath.join(own, path[1:].lstrip("/")) or ".")
    return posixpath.normpath(posixpath.join(base, path) or ".")


def rooted(path: str, own: str) -> str:
    """A path that begins with the directory of the file, as one that begins with the root."""
    return ROOT + "/" + seen("", path, own) if path.startswith(OWN) else path
