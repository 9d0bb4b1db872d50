"""The shape of something that a build fails without."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .manifest import beside, reaching


class Version(NamedTuple):
    """A `tool` that makes a version from the history, as `file` says. Without the history the build fails, or it is
    another version: `fallback`, or one that nobody knows; with `ends` it is certain that it fails, but for the programs
    that are `lenient`. `given` finds the settings that give it instead; `remedy` is one of these."""

    tool: str
    file: str
    given: re.Pattern[str]
    remedy: str
    fallback: str = ""
    ends: bool = False
    lenient: tuple[str, ...] = ()


class Essential(NamedTuple):
    """A file or directory of the context, or one outside of it (`path` begins with `../`). `reader` says who reads it
    ("setup.py", "go:embed"), `file` and `line` where that is written (line 0: the file as a whole; no file: the
    Dockerfile). `alternatives` are paths of which any one will do, besides, and `instead` is a way out without it.

    `held`: it is only missed where a rule takes it out, since it may as well come later; `tracked`: only if git tracks
    it; `private`: what is in it is better not sent; `given`: the variables that are set in it, any of which the
    Dockerfile may declare instead; `joined`: what is told with others that the same file names. `ends`: the command
    ends there in any case, even if nobody has the file, or only if it has what is `beside` as well. `around`: what lies
    beside it is read with it, so that a rule which takes the directory is told as that. `upward`: what is read is the
    nearest file of that name above `file`, wherever that lies in the image. `lenient` finds, in a Dockerfile, an older
    release of what reads it, which goes on without it and asks for nothing more of the project."""

    path: str
    reader: str
    file: str
    line: int = 0
    alternatives: tuple[str, ...] = ()
    instead: str = ""
    held: bool = False
    tracked: bool = False
    private: bool = False
    given: tuple[str, ...] = ()
    joined: str = ""
    ends: bool = False
    beside: str = ""
    around: bool = False
    upward: bool = False
    lenient: re.Pattern[str] | None = None


def named_by(
    pattern: re.Pattern[str], text: str, manifest: str, reader: str, *, outside: bool = False
) -> Iterator[Essential]:
    """The paths that the group of a pattern finds in the text of a manifest, as seen from there; with `outside` also
    those that leave the context."""
    place = reaching if outside else beside
    for found in pattern.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield from (Essential(path, reader, manifest, line) for path in place(manifest, found[1]))
