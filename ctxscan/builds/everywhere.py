"""Every Dockerfile below a directory, each as it is built: in the contexts that compose files, bake files and CI files
name for it.

Git tells what belongs to the project; without it the disk does. Nothing that lies outside of the directory is read,
whoever names it, and nothing of the environment of the process: these files are a stranger's. A compose file that
cannot be read is told and passed over.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from ..errors import CtxscanError
from ..git.index import tracked
from . import compose
from .bake import files as bake_files
from .bake import orders as bake_orders
from .mentions import Mention, is_source, mentions
from .names import is_bake, is_compose, is_dockerfile
from .order import Order, Orders, is_address, joined

#: More files than this are no project.
MAX_FILES: Final = 1_000_000
#: Files in which builds are mentioned: how many are read, and how much of each.
MAX_SOURCES: Final = 1000
MAX_BYTES: Final = 1 << 18
#: What is not looked into where git does not tell what belongs to the project.
_FOREIGN: Final = frozenset(("node_modules", "vendor", "venv", "__pycache__", "site-packages"))


def orders(root: str) -> Orders:
    """The builds of every Dockerfile below `root`, in the order of their paths. A file of the project that somebody
    builds is one, whatever it is called."""
    own = frozenset(_paths(root))
    paths = sorted(each for each in own if _is_inside(root, each))
    remarks: list[str] = []
    known = [*_of_compose(root, paths, remarks), *_of_bake(root, paths, remarks), *_of_mentions(root, paths)]
    by_file: dict[str, list[Order]] = {}
    for each in known:
        if each.text is None:
            by_file.setdefault(_dockerfile(each), []).append(each)
    made: list[Order] = []
    named = own.intersection(posixpath.relpath(file, joined(root, "")) for file in by_file)
    for path in sorted(named.union(each for each in paths if is_dockerfile(posixpath.basename(each)))):
        file = joined(root, path)
        found = _distinct(by_file.get(file, ()))
        made += _called(found or [_own(root, path)], path)
    return Orders(tuple(made), tuple(remarks))


def named(root: str, files: Iterable[str]) -> tuple[Order, ...]:
    """The builds that the compose files at these paths in `root` have of `root` itself."""
    found = _of_compose(root, list(files), [])
    return tuple(each for each in found if joined(each.context, "") == joined(root, ""))


def _paths(root: str) -> Iterator[str]:
    """The files that belong to the project, relative to `root`, in order."""
    known = tracked(root)
    if known.known:
        yield from known.within("", MAX_FILES) or ()
        return
    count = 0
    for above, directories, files in os.walk(root):
        directories[:] = sorted(each for each in directories if each == ".github" or not _is_foreign(each))
        start = Path(above).relative_to(root).as_posix()
        yield from (posixpath.normpath(posixpath.join(start, each)) for each in sorted(files))
        count += len(files)
        if count > MAX_FILES:
            return


def _is_foreign(name: str) -> bool:
    return name.startswith(".") or name in _FOREIGN


def _is_inside(root: str, path: str) -> bool:
    """Whether a path below `root` that matters here leads to a file below it, links followed."""
    name = posixpath.basename(path)
    if not (is_dockerfile(name) or is_compose(name) or is_bake(name) or is_source(path)):
        return False
    place = Path(root, path)
    return place.is_file() and place.resolve().is_relative_to(Path(root).resolve())


def _within(root: str, order: Order) -> bool:
    """Whether all that an order names lies below `root`."""
    above = Path(root).resolve()
    try:
        return all(Path(each).resolve().is_relative_to(above) for each in (order.context, _dockerfile(order)))
    except (OSError, ValueError):
        return False


def _dockerfile(order: Order) -> str:
    if order.dockerfile is not None:
        return order.dockerfile
    names = ("Dockerfile", "dockerfile", "Containerfile")
    places = [joined(order.context, name) for name in names]
    return next((each for each in places if Path(each).is_file()), places[0])


# --- who names a context --------------------------------------------------------------------------------------------


def _of_compose(root: str, paths: Sequence[str], remarks: list[str]) -> Iterator[Order]:
    """The builds of all compose files: in each directory those that Compose would take, then every other one alone."""
    files = [each for each in paths if is_compose(posixpath.basename(each))]
    told: set[str] = set()
    projects = []
    for directory in sorted({posixpath.dirname(each) for each in files}):
        there = {each for each in files if posixpath.dirname(each) == directory}
        named = [posixpath.join(directory, name) for name in compose.DEFAULTS]
        default = next((each for each in named if each in there), None)
        over = [each for name in compose.OVERRIDES if (each := posixpath.join(directory, name)) in there]
        if default is not None:
            projects.append([default, *over[:1]])
        projects += [[each] for each in sorted(there - {default, *over})]
    for project in projects:
        try:
            files = [joined(root, each) for each in project]
            found = compose.orders(files, {}, profiles=(compose.ALL,), within=Path(root).resolve())
        except CtxscanError as error:
            remarks.append(f"passed over: {error}")
            continue
        for order in found.orders:
            if _within(root, order) and order.place not in told:
                told.add(order.place)
                yield order


def _of_bake(root: str, paths: Sequence[str], remarks: list[str]) -> Iterator[Order]:
    """The targets of all bake files: in each directory those that bake would take together, then every other one alone.

    Bake counts paths from where it is run: that is the directory of the file or, if none of its targets is there and
    the file is the project's own, the root.
    """
    found = [each for each in paths if is_bake(posixpath.basename(each))]
    projects: list[list[str]] = []
    for directory in sorted({posixpath.dirname(each) for each in found}):
        defaults = [posixpath.join(directory, name) for name in bake_files.DEFAULTS]
        together = [each for each in defaults if each in found]
        projects += [together] if together else []
        projects += [[each] for each in found if posixpath.dirname(each) == directory and each not in together]
    for project in projects:
        try:
            contents = [bake_files.read(joined(root, each)) for each in project]
            orders = bake_orders.every(contents, bake_orders.Wish())
        except CtxscanError as error:
            remarks.append(f"passed over: {error}")
            continue
        remarks += orders.remarks
        own = posixpath.dirname(project[0])
        vendored = any(part in _FOREIGN for part in own.split("/"))
        for base in dict.fromkeys((own,) if vendored else (own, "")):
            placed = [made for each in orders.orders if (made := _based(root, joined(root, base), each))]
            if placed:
                yield from placed
                break


def _based(root: str, base: str, order: Order) -> Order | None:
    """An order of bake as it is run in `base`; None: there is no such build. What is absolute lies elsewhere."""
    paths = (order.context, *([] if order.dockerfile is None else [order.dockerfile]))
    if any(is_address(each) or posixpath.isabs(each) for each in paths):
        return None
    made = order._replace(
        context=joined(base, order.context),
        dockerfile=None if order.dockerfile is None else joined(base, order.dockerfile),
        contexts={key: each if is_address(each) else joined(base, each) for key, each in order.contexts.items()},
    )
    return made if Path(made.context).is_dir() and Path(_dockerfile(made)).is_file() and _within(root, made) else None


def _of_mentions(root: str, paths: Iterable[str]) -> Iterator[Order]:
    for path in [each for each in paths if is_source(each)][:MAX_SOURCES]:
        try:
            with Path(root, path).open("rb") as stream:
                data = stream.read(MAX_BYTES)
        except OSError:
            continue
        for mention in mentions(path, data):
            order = next(filter(None, (_placed(root, base, mention) for base in mention.bases)), None)
            if order is not None:
                yield order


def _placed(root: str, base: str, mention: Mention) -> Order | None:
    """A mention as seen from a base; None: there is no such build."""
    start = joined(root, base)
    context = joined(start, mention.context)
    order = Order(
        name="",
        context=context,
        dockerfile=joined(start, mention.dockerfile) if mention.dockerfile else None,
        text=None,
        label=None,
        target=mention.target,
        arguments=dict(mention.arguments),
        contexts={},
        place=joined(root, mention.place),
    )
    there = Path(context).is_dir() and Path(_dockerfile(order)).is_file()
    return order if there and _within(root, order) else None


def _own(root: str, path: str) -> Order:
    """The build of a Dockerfile of which nobody says anything: in its own directory."""
    file = joined(root, path)
    return Order("", posixpath.dirname(file) or ".", file, None, None, None, {}, {}, file)


# --- names ----------------------------------------------------------------------------------------------------------


def _distinct(orders: Iterable[Order]) -> list[Order]:
    """Each context with each target once: with the arguments that are named first."""
    found: dict[tuple[str, str | None], Order] = {}
    for each in orders:
        found.setdefault((each.context, each.target), each)
    return list(found.values())


def _called(orders: Sequence[Order], path: str) -> Iterator[Order]:
    """Orders of one Dockerfile, each called after it and what sets it apart."""
    contexts, targets = len({each.context for each in orders}), len({each.target for each in orders})
    for each in orders:
        apart = [f"in {each.context}"] if contexts > 1 else []
        apart += [f"target {each.target or 'last'}"] if targets > 1 else []
        name = f"{path} ({', '.join(apart)})" if apart else path
        file = each.dockerfile or joined(each.context, posixpath.basename(path))
        yield each._replace(name=name, dockerfile=file)
