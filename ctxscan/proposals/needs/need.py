"""The shape of a need, and whether a rule or a path touches it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...rules import globs


class Need(NamedTuple):
    """Something in the context without which a build fails or gives something else.

    `path` may hold the wild cards of COPY. `why` says who needs it, with its place. `certain`: it forbids; else it
    makes a caution. `whole`: all that lies below is needed too. `loose`: a variable stands for any name, and nobody
    passes the name of a cache: what is never source is not touched by it.
    """

    path: str
    why: str
    certain: bool = True
    whole: bool = False
    loose: bool = False

    def touches(self, path: str) -> bool:
        """Whether without `path`, and what is below it, something would be missing."""
        wanted, given = self.path.split("/"), path.split("/")
        if wanted[0] != given[0] and not globs.is_wild(wanted[0]):
            return False
        if len(given) > len(wanted) and not self.whole:
            return False
        return all(_same(glob, name) for glob, name in zip(wanted, given, strict=False))

    def touched_by(self, glob: str) -> bool:
        """Whether a rule for `glob` at any depth could hide it, now or later."""
        # A star alone stands for members and the like, and none of them has such a name.
        return any(overlap(glob, part) for part in self.path.split("/") if set(part) != {"*"})


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
