"""The files of a context in which people and machines order builds: Makefiles, scripts, workflows, compose files.

Only names in a handful of directories are looked at, and a bounded number of files is read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from ...builds.names import is_bake, is_compose
from ...context.tree import Tree
from ...paths import ENVIRONMENTS, LIBRARIES, VENDORED, join
from ...regex import lazy

_PLACES: Final = (
    "", ".github/workflows", ".circleci", ".buildkite", ".buildkite/hooks", ".gitlab", "scripts", "script", "build",
    "ci", ".ci", "hack", "tools", "bin", "docker", "deploy", "deployment", "deployments", "infra",
)  # fmt: skip
#: Steps that workflows of the project share.
_ACTIONS: Final = ".github/actions"
_MOST_FILES: Final = 100
_ORDERS: Final = lazy(
    r"[Mm]akefile(?:\..+)?|GNUmakefile|[Jj]ustfile|Jenkinsfile|Taskfile\.ya?ml|package\.json|.+\.(?:sh|bash|mk|ps1)"
    r"|\.gitlab-ci\.ya?ml|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.(?:travis|drone|woodpecker|goreleaser)\.ya?ml"
    r"|goreleaser\.ya?ml|skaffold\.ya?ml|Tiltfile|config\.yml|magefile\.go"
)
#: A target of a Makefile, and the lines of its recipe.
RECIPE: Final = lazy(r"(?m)^([\w.-]+)[ \t]*:(?!=).*\n((?:\t.*(?:\n|$))+)")


def ordering_texts(tree: Tree) -> tuple[str, ...]:
    """The text of each of those files."""
    return tuple(text for _, text in orders(tree))


@lru_cache(4)
def orders(tree: Tree) -> tuple[tuple[str, str], ...]:
    """Each of those files by its path, with its text, kept for the next source that is missed in the same tree."""
    return tuple(_orders(tree))


def _orders(tree: Tree) -> Iterator[tuple[str, str]]:
    left = _MOST_FILES
    actions = [f"{_ACTIONS}/{name}" for name in tree.names(_ACTIONS)] if tree.kind(_ACTIONS) == "dir" else []
    for place in (*_PLACES, *actions):
        for name in tree.names(place) if not place or tree.kind(place) == "dir" else ():
            path = posixpath.join(place, name)
            workflow = place == ".buildkite/hooks" or (place[:1] == "." and name.endswith((".yml", ".yaml")))
            known = workflow or is_compose(name) or is_bake(name) or _ORDERS.fullmatch(name) is not None
            if tree.kind(path) == "file" and (known or _is_script(tree, path)):
                left -= 1
                if left < 0:
                    return
                yield path, tree.text(path)


#: Scripts in which whoever builds is told what is made first, wherever they lie.
_TELLING: Final = lazy(r"(?i)(?:readme[^/]*|[^/]+\.(?:sh|bash|mk|ps1)|makefile|gnumakefile|justfile)")
_MOST_TELLING: Final = 500


@lru_cache(4)
def telling(tree: Tree) -> tuple[tuple[str, str], ...]:
    """The orders, and the pipelines, scripts and readmes in any other directory, each with its path and its text."""
    from ...builds.mentions import pipelines  # only where something is missed

    found = dict(orders(tree))
    named = (path for path in _files(tree) if _TELLING.fullmatch(posixpath.basename(path)) or pipelines.reads(path))
    for path in islice(named, _MOST_TELLING):
        found.setdefault(path, tree.text(path))
    return tuple(found.items())


def readmes(tree: Tree) -> Iterator[str]:
    """The text of each readme at the top of the tree, with the commands that it has for people."""
    return (tree.text(name) for name in tree.names("") if name.lower().startswith("readme"))


#: Pages of a manual that are read.
_MOST_PAGES: Final = 200


def manual(tree: Tree) -> Iterator[str]:
    """The pages that say how to run a program."""
    left, todo = _MOST_PAGES, ["docs"]
    while todo and left:
        here = todo.pop()
        for path in (join(here, name) for name in tree.names(here)):
            if tree.kind(path) == "dir":
                todo.append(path)
            elif path.endswith((".md", ".mdx")) and left:
                left -= 1
                yield tree.text(path)


#: Programs that may build images, in whatever language: their places have one of these words in them.
_PROGRAMS: Final = lazy(
    r"(?i)[^.]*(?:build|docker|image|container|release|publish|deploy|script|tool|task|make|pipeline|(?<![a-z])ci(?![a-z]))"
    r".*\.(?:go|py|rb|js|mjs|cjs|ts|mts|rs|java|kt|kts|groovy|gradle|scala|sbt|php|pl|cs|fs|fsx|ex|exs|clj|swift|lua|nu|bzl)"
)
_MOST_PROGRAMS: Final = 300
_MOST_ENTRIES: Final = 20_000
_ASIDE: Final = LIBRARIES | VENDORED | ENVIRONMENTS | {".git"}


def program_texts(tree: Tree) -> Iterator[str]:
    """The text of each program in the tree that may build images, as far as its place tells."""
    for path in islice(filter(_PROGRAMS.fullmatch, _files(tree)), _MOST_PROGRAMS):
        yield (tree.read(path) or b"").decode(errors="replace")


def _files(tree: Tree) -> Iterator[str]:
    """The files of a tree by their paths, but for what others have written or a tool has made."""
    left, todo = _MOST_ENTRIES, [""]
    while todo and left > 0:
        here = todo.pop()
        listed = tree.peek(here)
        left -= len(listed.names)
        todo += [join(here, each) for each in listed.directories if each not in _ASIDE]
        yield from (join(here, each) for each in listed.names if each not in listed.directories)


@lru_cache(4)
def dockerfiles(tree: Tree) -> tuple[tuple[str, str], ...]:
    """The Dockerfiles of a tree, by their names, each with its path and its text."""
    paths = (path for path in _files(tree) if "dockerfile" in posixpath.basename(path).lower())
    return tuple((path, tree.text(path)) for path in islice(paths, _MOST_FILES))


#: Units of systemd, and scripts of OpenRC, by their names or by the directory that has them.
_UNIT: Final = lazy(r"(?:[^/]+/)*(?:[^/]+(?:\.service(?:\.\w+)?|\.openrc|\.initd)|(?:openrc|init\.d)/[^/]+)")


@lru_cache(4)
def units(tree: Tree) -> tuple[str, ...]:
    """The texts of what has a machine run a program as a service."""
    return tuple(map(tree.text, islice(filter(_UNIT.fullmatch, _files(tree)), _MOST_FILES)))


def _is_script(tree: Tree, path: str) -> bool:
    """Whether a file without an ending says on its first line what runs it."""
    if "." in posixpath.basename(path):
        return False
    start = tree.start(path, 2)
    return start is not None and start[0] == b"#!"
