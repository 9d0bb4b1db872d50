"""The builds of a project's Compose files: those that somebody uses together, then those that Compose would take, then
every other one alone."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import CtxscanError
from ..paths import is_fixture
from . import compose
from .mentions.mention import Together, seen
from .names import is_compose, is_vendored
from .order import Order
from .project import Project

#: Compose files that are named in one project.
MAX_GROUPS: Final = 400


class Group(NamedTuple):
    """Compose files laid over one another, and the directory to which what they say is relative (None: that of the
    first). `named`: somebody uses them so; `complete`: only what names a context itself counts."""

    files: tuple[str, ...]
    directory: str | None
    named: bool
    complete: bool = False


def orders(project: Project, together: Iterable[Together], remarks: list[str]) -> Iterator[Order]:
    """The builds of all groups, each service of each file once."""
    told: set[tuple[str, str, str | None]] = set()
    places: set[str] = set()
    failed: set[str] = set()
    within = Path(project.root).resolve()
    for group in dict.fromkeys(groups(project, together)):
        try:
            found = compose.orders(
                [project.place(each) for each in group.files],
                {},
                profiles=(compose.ALL,),
                within=within,
                directory=None if group.directory is None else project.place(group.directory),
                lenient=True,
                complete=group.complete,
            )
        except CtxscanError as error:
            if not group.named and str(error) not in failed:
                failed.add(str(error))
                remarks.append(f"passed over: {error}")
            continue
        remarks += [each for each in found.remarks if each.startswith("passed over: ") and each not in remarks]
        for order in found.orders:
            key = order.place, order.context, order.dockerfile
            if key not in told and (group.named or order.place not in places):
                told.add(key)
                yield order
        places.update(each.place for each in found.orders)


def groups(project: Project, together: Iterable[Together]) -> Iterator[Group]:
    """The files to read, those first that somebody names: what they say together is what is built."""
    count = 0
    for each in together:
        if each.kind != "compose" or not each.files or count == MAX_GROUPS:
            continue
        found = _located(project, each)
        if found is not None:
            count += 1
            yield found
    files = [file for file in project.files if is_compose(file.rpartition("/")[2])]
    for directory in sorted({posixpath.dirname(file) for file in files}):
        there = {file for file in files if posixpath.dirname(file) == directory}
        if is_fixture(directory + "/x") or is_vendored(directory + "/x"):
            continue
        named = [posixpath.join(directory, name) for name in compose.DEFAULTS]
        default = next((file for file in named if file in there), None)
        over = [file for name in compose.OVERRIDES if (file := posixpath.join(directory, name)) in there]
        if default is not None:
            yield Group((default, *over[:1]), None, named=False)
        for file in sorted(there.difference((default or "", *over))):
            # Alone, and over the default one, where a service leaves it to that where it is built.
            yield Group((file,), None, named=False, complete=default is not None)
            if default is not None:
                yield Group((default, file), None, named=False)


def _located(project: Project, each: Together) -> Group | None:
    for base in each.bases:
        paths = [posixpath.normpath(seen(base, file, "")) for file in each.files]
        there = [path for path in paths if not path.startswith("../") and project.has(path)]
        if there and there[0] == paths[0]:
            directory = None if each.directory is None else posixpath.normpath(seen(base, each.directory, ""))
            if directory is not None and not project.is_directory("" if directory == "." else directory):
                directory = None
            return Group(tuple(there), directory, named=True)
    return None


def of_root(root: str, files: Sequence[str]) -> Iterator[Order]:
    """The builds that the Compose files at these paths have of `root` itself."""
    for file in files:
        try:
            found = compose.orders(
                [os.path.normpath(os.path.join(root, file))],  # noqa: PTH118
                {},
                profiles=(compose.ALL,),
                within=Path(root).resolve(),
                lenient=True,
            )
        except CtxscanError:
            continue
        yield from found.orders
