"""The shape of a need, whether a rule or a path touches it, and that of what instructions copy."""

import re
from collections.abc import Callable
from typing import NamedTuple

from ...rules import globs


class Need(NamedTuple):
    """Something in the context without which a build fails or gives something else.

    `path` may hold the wild cards of COPY. `reader` says who reads it, or what it is to the reader ("the package's
    readme"), and `file` and `line` where that is written (line 0: not known; `file` empty: nowhere in particular).
    `certain`: it forbids; else it makes a caution. `whole`: everything below is needed too. `loose`: a variable stands
    for any name, and nobody passes the name of a cache: what is never source is not touched by it; or no reader is
    known, only what it would read with. `spoken`: a command names it, so that whoever makes it again has his own.
    `clean`: of the history, whether every file that git tracks is there counts, too.
    """

    path: str
    reader: str
    file: str
    certain: bool = True
    whole: bool = False
    line: int = 0
    loose: bool = False
    spoken: bool = False
    clean: bool = False

    @property
    def place(self) -> str:
        """Where the need is written, as `file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def why(self) -> str:
        """The reader with its place, as text for a report."""
        return f"{self.reader} ({self.place})" if self.file else self.reader

    def touches(self, path: str) -> bool:
        """Whether without `path`, and what is below it, something would be missing."""
        wanted, given = self.path.split("/"), path.split("/")
        if wanted[0] != given[0] and not globs.is_wild(wanted[0]):
            return False
        if len(given) > len(wanted) and not self.whole:
            return False
        return all(_same(glob, name) for glob, name in zip(wanted, given, strict=False))

    def lies_below(self, path: str) -> bool:
        """Whether what is needed lies in `path`, if that is touched."""
        return self.path.count("/") > path.count("/")

    def touched_by(self, glob: str) -> bool:
        """Whether a rule for `glob` at any depth could hide it, now or later."""
        # A star alone stands for members and the like, and none of them has such a name.
        return any(overlap(glob, part) for part in self.path.split("/") if set(part) != {"*"})


class Copied(NamedTuple):
    """What instructions take of the context: `files` by their names, `over` the directories that lie over that of the
    image, `places` where it comes to lie, and the names of the `programs` that commands run; `settings` are the
    variables of the images."""

    files: frozenset[str]
    over: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    programs: Callable[[], frozenset[str]]
    settings: tuple[str, ...] = ()


def _same(glob: str, name: str) -> bool:
    return glob == name or (globs.is_wild(glob) and globs.matches(glob, name))


def overlap(one: str, other: str) -> bool:
    """Whether some name fits both globs; says yes where it takes more than a look."""
    if not globs.is_wild(one):
        return _same(other, globs.literal(one))
    if not globs.is_wild(other):
        return globs.matches(one, globs.literal(other))
    (head, tail), (head2, tail2) = _edges(one), _edges(other)
    return (head.startswith(head2) or head2.startswith(head)) and (tail.endswith(tail2) or tail2.endswith(tail))


def _edges(glob: str) -> tuple[str, str]:
    return re.split(r"[*?\[\\]", glob)[0], re.split(r"[*?\]]", glob)[-1]
