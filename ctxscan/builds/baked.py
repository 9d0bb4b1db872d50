"""The targets of a project's bake files: those that somebody runs together, then those that bake would take.

Bake counts paths from where it is run: where the command line is, or else the directory of the file or, if none of its
targets is there, the root.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CtxscanError
from ..paths import is_fixture
from .mentions.mention import HOLE, UNKNOWN, Mention, Together, seen
from .names import BAKE_FILES, is_bake, is_vendored
from .order import Order, is_address, joined
from .project import Project

if TYPE_CHECKING:
    from .bake.orders import Every, Sketch


def orders(
    project: Project, together: Iterable[Together], remarks: list[str], sketched: list[tuple[Mention, bool]]
) -> Iterator[Order]:
    """The builds of all groups of files, each in the first base in which there is one of them. What is written of
    targets that cannot be evaluated goes to `sketched`, each with whether its outputs stay in the cache."""
    done: set[tuple[tuple[str, ...], str]] = set()
    told: set[str] = set()
    read: dict[tuple[str, ...], Every] = {}
    for files, bases, named in _groups(project, together):
        # Most projects have none, and the language of bake is a large thing to load.
        from .bake import files as bake_files
        from .bake import orders as bake_orders

        try:
            if files not in read:
                contents = [bake_files.read(project.place(each)) for each in files]
                read[files] = bake_orders.every(contents, bake_orders.Wish())
            found = read[files]
        except CtxscanError as error:
            if not named:
                remarks.append(f"passed over: {error}")
            continue
        if not named:
            remarks += found.remarks
        sketched += ((_mention(each, bases), each.cached) for each in found.sketches)
        for base in bases:
            if (files, base) in done:
                break
            placed = [made for each in found.orders if (made := _based(project, project.place(base), each))]
            if placed:
                done.add((files, base))
                if not named and told.issuperset(files):
                    break  # it is known where these are run
                told.update(files)
                yield from placed
                break


def _mention(sketch: Sketch, bases: tuple[str, ...]) -> Mention:
    """A target that cannot be evaluated as a build that is mentioned, with holes where variables give the path."""
    path = "".join(f"{HOLE}{at}{HOLE}" if each is None else each for at, each in enumerate(sketch.dockerfile))
    context = UNKNOWN if sketch.context is None else sketch.context
    return Mention(context, path, sketch.stage, {}, {}, bases, sketch.place, beside=True)


def _groups(project: Project, together: Iterable[Together]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], bool]]:
    for each in together:
        if each.kind != "bake":
            continue
        for base in each.bases:
            names = each.files or BAKE_FILES[4:]
            paths = [posixpath.normpath(seen(base, name, "")) for name in names]
            there = tuple(path for path in paths if not path.startswith("../") and project.has(path))
            if there:
                yield there, (base,), True
                break
    found = [each for each in project.files if is_bake(each.rpartition("/")[2])]
    for directory in sorted({posixpath.dirname(each) for each in found}):
        if is_fixture(directory + "/x") or is_vendored(directory + "/x"):
            continue
        defaults = [posixpath.join(directory, name) for name in BAKE_FILES]
        together_here = tuple(each for each in defaults if each in found)
        alone = [(each,) for each in found if posixpath.dirname(each) == directory and each not in together_here]
        bases = tuple(dict.fromkeys((directory, "")))
        for files in (*([together_here] if together_here else []), *alone):
            yield files, bases, False


def _based(project: Project, base: str, order: Order) -> Order | None:
    """An order of bake as it is run in `base`; None: there is no such build. What is absolute lies elsewhere."""
    paths = (order.context, *([] if order.dockerfile is None else [order.dockerfile]))
    if any(is_address(each) or posixpath.isabs(each) for each in paths):
        return None
    made = order._replace(
        context=joined(base, order.context),
        dockerfile=None if order.dockerfile is None else joined(base, order.dockerfile),
        contexts={key: each if is_address(each) else joined(base, each) for key, each in order.contexts.items()},
    )
    there = Path(made.context).is_dir() and (made.dockerfile is None or Path(made.dockerfile).is_file())
    return made if there and _within(project, made) else None


def _within(project: Project, order: Order) -> bool:
    above = Path(project.root).resolve()
    try:
        return all(Path(each).resolve().is_relative_to(above) for each in (order.context, order.dockerfile or "."))
    except (OSError, ValueError):
        return False
