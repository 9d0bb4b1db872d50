"""What is meant by a path that is nowhere: a name of the same kind in its directory, or a path that ends as it does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ...builds.project import Project
from ...context.transfer import cleaned
from ...context.tree import Tree
from ...paths import join, parents
from ...rules import globs
from ..project.earlier import made_earlier
from .misspelling import nearest

if TYPE_CHECKING:
    from ...facts import Scan
    from ...image.reach import Input

#: Manifests by their ending, of which a directory has one.
_ONE_OF_A_KIND: Final = frozenset("csproj fsproj vbproj sln slnx gemspec cabal nimble podspec rockspec".split())
#: Directories in which git may ignore a path that is nowhere.
_MOST: Final = 500


def kindred(name: str, names: Sequence[str]) -> str | None:
    """The one of `names` that is of the kind of `name`: the one manifest with its ending, or the name that has most of
    its words."""
    ending = name.rpartition(".")[2] if "." in name.lstrip(".") else ""
    alike = [each for each in names if ending and each != name and each.endswith(f".{ending}")]
    if ending in _ONE_OF_A_KIND and len(alike) == 1:
        return alike[0]
    own = _words(name)
    # With words more, or less: other words are another name.
    near = [(each, words) for each in alike if (words := _words(each)) >= own or words <= own]
    shared = sorted(((len(own & words) / len(own | words), each) for each, words in near), reverse=True)
    if not shared or shared[0][0] < 0.5 or (len(shared) > 1 and shared[1][0] == shared[0][0]):
        return None
    return shared[0][1]


def _words(name: str) -> set[str]:
    """The words of a name, without its ending."""
    return set(re.split(r"[._-]+", name.lower().rpartition(".")[0])) - {""}


def above(root: str, path: str) -> str | None:
    """What is meant by `path`, which is not there below `root`: the one file of its name, or a name of its kind in its
    directory; empty: nothing is known. None: somebody makes it first."""
    if made_earlier(Tree(root), path):
        return None
    name, project = posixpath.basename(path), Project(root)
    found = [each for each in project.files if posixpath.basename(each) == name]
    if len(found) == 1:
        return found[0]
    home = posixpath.dirname(path)
    names = project.files_in(home)
    near = nearest(name, names) or kindred(name, names)
    return join(home, near) if near is not None else ""


class Nowhere(NamedTuple):
    """A source that no directory of the repository has, its `path`, and the one that is `meant`."""

    input: Input
    path: str
    meant: str


def nowhere(scan: Scan, root: str, inputs: Iterable[Input]) -> Iterator[Nowhere]:
    """The sources that no path of the repository at `root` ends in, and nobody makes: there is no context that has
    them. Only where a path is there that ends as they do, or nearly: else the sources may be of another project."""
    project = Project(root)
    if any(not project.names(each) for each in _submodules(project)):
        return
    for each in inputs:
        path = cleaned(each.source)
        if each.outside or each.empty or "$" in each.written or globs.is_wild(path) or "/" not in path:
            continue
        if _ends(project, path) or _could(project, path):
            continue
        # What lies in a directory that is nowhere either is made with that.
        absent = next((one for one in (*reversed([*parents(path)]), path) if not project.exists(one)), path)
        meant = _meant(project, path)
        if meant is not None and not any(made_earlier(Tree(place), absent) for place in {root, scan.disk.root}):
            yield Nowhere(each, path, meant)


def _submodules(project: Project) -> Iterator[str]:
    for found in re.finditer(r"(?m)^\s*path\s*=\s*(\S+)", project.text(".gitmodules") or ""):
        yield found[1]


def _ends(project: Project, path: str) -> bool:
    """Whether a path of the project ends in this one."""
    end = f"/{path}"
    if any(each == path or each.endswith(end) for each in (*project.files, *project.directories)):
        return True
    return any(project.exists(join(each, path)) for each in project.directories)


def _could(project: Project, path: str) -> bool:
    """Whether git would ignore it in some directory."""
    places = sorted(project.directories, key=lambda each: each.count("/"))[:_MOST]
    ways = (path, *parents(path))
    return any(project.could(join(place, each)) for place in places for each in ways if not project.exists(each))


def _meant(project: Project, path: str) -> str | None:
    """The path that has most of the end of this one, two parts at least; or one with the last part misspelled."""
    parts = path.split("/")
    for at in range(1, len(parts) - 1):
        end = "/".join(parts[at:])
        found = [each for each in (*project.files, *project.directories) if each == end or each.endswith(f"/{end}")]
        if len(found) == 1:
            return found[0]
        if found:
            return None
    home, name = posixpath.split(path)
    for place in (home, *(each for each in project.directories if each.endswith(f"/{home}"))):
        near = nearest(name, [*project.files_in(place)]) or kindred(name, project.files_in(place))
        if near is not None:
            return join(place, near)
    return None
