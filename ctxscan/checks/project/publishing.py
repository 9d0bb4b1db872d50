"""Which sources of a solution are those of the program that an image starts."""

import posixpath
from collections.abc import Sequence
from typing import Final

from ...packages import dotnet_needs
from ...paths import join, within
from ..reading import Reading

#: Directories of a context that are looked into for projects, and those that are for something else.
_MOST: Final = 500
_ASIDE: Final = frozenset("bin obj node_modules .git wwwroot".split())


def not_published(reading: Reading, start: Sequence[str]) -> list[str]:
    """The directories of projects that the one which is started does not refer to, directly or by others; none where
    that is not known."""
    program = next((each for each in start if each.endswith(".dll")), start[0] if start else "")
    name = posixpath.basename(program).removesuffix(".dll")
    projects = _projects(reading)
    own = [each for each in projects if posixpath.splitext(posixpath.basename(each))[0] == name]
    used = dotnet_needs.referred(reading.tree, own[0]) if len(own) == 1 else None
    if used is None:
        return []
    kept = [posixpath.dirname(each) for each in used]
    others = [posixpath.dirname(each) for each in projects if each not in used]
    return [each for each in others if each and not any(within(one, each) or within(each, one) for one in kept)]


def _projects(reading: Reading) -> list[str]:
    todo, found = [""], list[str]()
    for above in todo:
        for each in reading.tree.names(above):
            path = join(above, each)
            if each.endswith(dotnet_needs.ENDINGS):
                found.append(path)
            elif "." not in each[:1] and each not in _ASIDE and len(todo) < _MOST and reading.tree.kind(path) == "dir":
                todo.append(path)
    return found
