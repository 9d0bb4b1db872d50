"""The builds that a command line asks for, and the paths of them that are to be explained."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .. import session
from ..builds.build import build_of, directory_build, for_platform, undeclared
from ..errors import CtxscanError
from ..printable import shown
from .asked import argument, named_context, orders_of, refuse_elsewhere
from .output import tell, tell_remarks

if TYPE_CHECKING:
    from ..builds.build import Build
    from ..builds.order import Order, Orders
    from .options import Options
    from .privacy import Privacy


def requested(
    asked: Options,
    configs: session.Configs,
    privacy: Privacy,
    known: Orders | None = None,
    *,
    readable: bool = False,
) -> tuple[list[Build], int]:
    """The builds that are asked for, and how much could not be read, which hides no other; `known` are their orders, if
    they are; `readable`: those of them that can be read, and nothing is said to have failed. Raises
    `CtxscanError` if there is none."""
    given = asked.place
    if not Path(given).exists() or given == "-":
        refuse_elsewhere(given)
    arguments = dict(argument(each) for each in asked.build_arg)
    privacy.add(arguments)
    if not asked.several:
        from_input = asked.file == "-"
        build = directory_build(
            given,
            configs.builder(given, asked.builder),
            dockerfile=None if from_input else asked.file,
            text=sys.stdin.buffer.read() if from_input else None,
            target=asked.target,
            arguments=arguments,
            contexts=dict(named_context(each) for each in asked.build_context),
            ignore_file=asked.ignore_file,
        )
        build = build if asked.platform is None else for_platform(build, asked.platform)
        tell_remarks(asked, [*asked.remarks, *_unused([build], arguments)], privacy)
        return [build], 0
    from ..builds.order import here

    found = here(known or orders_of(asked, privacy))

    def make(order: Order) -> Build:
        if "\0" in order.context:
            raise CtxscanError(f"{order.name}: the context is no such directory", place=order.place)
        order = order._replace(arguments={**order.arguments, **arguments})
        build = build_of(order, configs.builder(order.context, asked.builder))
        return build if asked.platform is None else for_platform(build, asked.platform)

    remarks = found.remarks
    builds: list[Build] = []
    errors: list[CtxscanError] = []
    if asked.all or readable or known is not None:
        checked = asked.all and asked.check
        builds, remarks, failed = session.readable(found.orders, make, found.remarks, checked=checked)
        errors += failed
    else:
        for order in found.orders:
            order, absent = session.without_absent(order)
            if absent is not None and absent.elsewhere:
                remarks = (*remarks, str(absent.error))
            elif absent is not None:
                errors.append(absent.error)
            try:
                builds.append(make(order))
            except CtxscanError as error:
                errors.append(error)
        if errors and not builds:
            raise errors[0]
    tell_remarks(asked, [*asked.remarks, *remarks, *_unused(builds, arguments)], privacy)
    if not builds:
        from ..builds.names import is_bake

        baked = asked.bake or is_bake(Path(given).name)
        nothing = "no target has a Dockerfile" if baked else "no service has a `build` section"
        if found.orders and remarks:
            nothing = "none of its builds can be read: see the notes"
        if asked.all:
            nothing = "no Dockerfile found"
            _tell_errors(errors, privacy)
        if asked.all and (remarks or errors):
            seen = "errors" if errors else "notes"
            nothing = f"no Dockerfile can be built from here: see the {seen}"
        raise CtxscanError(nothing, place=given)
    _tell_errors(errors, privacy)
    return builds, len(errors)


def _tell_errors(errors: Iterable[CtxscanError], privacy: Privacy) -> None:
    """What could not be done, one cause in one line."""
    causes: dict[str, list[str]] = {}
    for each in errors:
        causes.setdefault(each.message, []).append(each.place or "")
    for message, places in causes.items():
        where = ", ".join(dict.fromkeys(filter(None, places)))
        tell(f"error: {shown(privacy.fit(f'{where}: {message}' if where else message))}")


def _unused(builds: Sequence[Build], arguments: Iterable[str]) -> Iterator[str]:
    """What is to be said of the build arguments that none of the builds takes."""
    names = set(arguments)
    for each in builds if names else ():
        names.intersection_update(undeclared(each, names))
    if names and all(each.text is not None for each in builds):
        where = f"in {builds[0].label}" if len(builds) == 1 else "of these builds"
        what = "it" if len(names) == 1 else "them"
        yield f"--build-arg {', '.join(sorted(names))}: not used, since no ARG {where} declares {what}"


def explained(paths: Iterable[str], builds: Sequence[Build]) -> list[list[str]]:
    """The paths to explain for each build: those that lie in its context, which has to be one."""
    found: list[list[str]] = [[] for _ in builds]
    for path in paths:
        inside = [_inside(path, each, only=len(builds) == 1) for each in builds]
        if not any(inside):
            raise CtxscanError(f"--explain {path}: not inside the context")
        for own, one in zip(found, inside, strict=True):
            own += [one] if one else []
    return found


def _inside(path: str, build: Build, *, only: bool) -> str | None:
    """A path to explain, relative to the context: given so if it is the `only` one, or as seen from here, or absolute;
    or `name:path`, in a named context. None: it lies elsewhere."""
    from ..explain import context_of

    if context_of(build, path) is not None:
        return path
    here = Path.cwd()
    root = Path(os.path.normpath(here / build.context))
    for start in (root, here) if only else (here,):
        place = Path(os.path.normpath(start / path))
        if place != root and place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    return None
