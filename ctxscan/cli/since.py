"""The same command line in another commit: `--since`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..builds.order import is_address
from ..errors import CtxscanError
from ..git.command import repository
from ..git.layout import commit_of, lay_out
from .options import Options

if TYPE_CHECKING:
    from ..builds.build import Build
    from ..facts import Scan


class Mirror(NamedTuple):
    """A commit laid out in the directory `there`, as the repository is at `root`, the command line for it, and the
    directory in it that stands for the working directory."""

    asked: Options
    root: Path
    there: Path
    here: Path


@contextmanager
def mirror(asked: Options, revision: str) -> Iterator[Mirror]:
    """The commit, laid out as long as somebody looks at it. Raises `CtxscanError`."""
    given = next(iter((*asked.compose, *asked.bake)), asked.place)
    place = Path(given) if Path(given).is_dir() else Path(given).parent
    found = repository(place)
    if found is None:
        raise CtxscanError("--since needs a repository of git, and there is none", place=str(place))
    commit = commit_of(found, revision)
    if commit is None:
        raise CtxscanError(f"--since: no such commit: {revision}")
    root, here = Path(found), Path(os.path.realpath(Path.cwd()))
    with tempfile.TemporaryDirectory(prefix="ctxscan-") as made:
        base = Path(os.path.realpath(made))
        there = base / (root.relative_to(here) if root != here and root.is_relative_to(here) else "tree")
        there.mkdir(parents=True, exist_ok=True)
        try:
            lay_out(found, commit, there)
        except OSError as error:
            raise CtxscanError(f"--since: cannot write: {(error.strerror or str(error)).lower()}") from None
        beside = there / here.relative_to(root) if here.is_relative_to(root) else base
        yield Mirror(_mirrored(asked, here, root, there), root, there, beside if beside.is_dir() else base)


def _mirrored(asked: Options, here: Path, root: Path, there: Path) -> Options:
    """The command line with its paths in the other tree; what lies outside of the repository stays where it is."""

    def moved(path: str) -> str:
        place = Path(os.path.normpath(here / path))
        return str(there / place.relative_to(root) if place.is_relative_to(root) else place)

    def context(text: str) -> str:
        name, equals, path = text.partition("=")
        return text if is_address(path) else f"{name}{equals}{moved(path)}"

    whole = not asked.compose and not asked.bake
    return asked._replace(
        context=moved(asked.place) if whole else None,
        file=None if asked.file is None else moved(asked.file),
        ignore_file=None if asked.ignore_file is None else moved(asked.ignore_file),
        compose=tuple(map(moved, asked.compose)),
        bake=tuple(map(moved, asked.bake)),
        build_context=tuple(map(context, asked.build_context)),
        quiet=True,
        verbose=False,
        remarks=(),
    )


def builds_of(other: Mirror, build: Callable[[Options], list[Build]]) -> list[Build]:
    """The builds of the other commit, with absolute paths; none where there was nothing like it."""
    with chdir(other.here):  # from there paths in bake files count
        try:
            return [_absolute(each) for each in build(other.asked)]
        except CtxscanError:
            return []


def _absolute(build: Build) -> Build:
    return build._replace(
        context=_normal(build.context),
        dockerfile=build.dockerfile and _normal(build.dockerfile),
        own_rules=build.own_rules and _normal(build.own_rules),
        contexts={name: path and _normal(path) for name, path in build.contexts.items()},
        ignore_file=build.ignore_file and _normal(build.ignore_file),
    )


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def scans_of(builds: Sequence[Build], scan: Callable[[Sequence[Build]], Sequence[Scan]]) -> list[Scan]:
    """The scans of the builds that can be scanned."""
    found: list[Scan] = []
    for build in builds:
        try:
            found += scan([build])
        except CtxscanError:
            continue  # it did not work then, so nothing of it is known
    return found
