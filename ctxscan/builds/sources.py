"""Which builds a command line means: those of a compose file, of bake files, of a Dockerfile.

It finds out what a file is, and hands it to its reader. A plain directory is not its concern.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from ..errors import CtxscanError
from ..git.command import repository
from ..regex import lazy
from . import compose
from .bake import files, orders
from .bake.orders import Wish
from .names import is_dockerfile
from .order import Orders

#: What a compose file or a bake file ends in, if it is to be taken for one without being called so.
_ENDINGS: Final = (".yaml", ".yml", ".json", ".hcl")
#: How a Dockerfile begins, and how much is looked at to see it.
_FROM: Final = lazy(r"(?im)\A(?:[ \t]*(?:#[^\n]*)?\n|[ \t]*ARG[ \t][^\n]*\n)*[ \t]*FROM[ \t]+\S")
MAX_SNIFFED: Final = 1 << 14


def of_file(file: str, wish: Wish, *, profiles: Collection[str]) -> Orders:
    """The builds of a compose file, a bake file or a Dockerfile that is given as context; a bake plan is a bake file,
    too."""
    content = files.read(file)
    if _is_dockerfile(file, content):
        return _of_dockerfile(file, wish, profiles)
    if not files.is_bake(content):
        if not file.lower().endswith(_ENDINGS):
            raise CtxscanError(
                "the context is not a directory, nor a compose file or bake file, nor a Dockerfile", place=file
            )
        for option, given in (("--set", wish.overrides), ("--var", wish.variables)):
            if given:
                raise CtxscanError(f"a compose file knows no {option}", place=file)
        return of_compose((file,), wish.environment, profiles=profiles, services=wish.names, used=wish.used)
    if profiles:
        raise CtxscanError("a bake file has no profiles", place=file)
    beside = files.overrides_of(file)
    where = os.path.dirname(file) or "."  # noqa: PTH120
    remark = f"{', '.join(beside)} is not read: --bake {where} takes it along"
    try:
        found = orders.orders((content,), wish)
    except CtxscanError as error:
        message = f"{error.message} ({remark})" if beside else error.message
        raise CtxscanError(message, place=error.place or file) from None
    return Orders(found.orders, (*found.remarks, remark)) if beside else found


def _is_dockerfile(file: str, content: files.Content) -> bool:
    """Whether a file is a Dockerfile by its name, or by what it says where its name says nothing."""
    if is_dockerfile(posixpath.basename(file.replace(os.sep, "/"))):
        return True
    return (
        not file.lower().endswith(_ENDINGS)
        and _FROM.search(content.data[:MAX_SNIFFED].decode(errors="replace")) is not None
    )


def _of_dockerfile(file: str, wish: Wish, profiles: Collection[str]) -> Orders:
    """The builds that the project of a Dockerfile has of it."""
    for option, given in (
        ("--profile", profiles),
        ("--service", wish.names),
        ("--set", wish.overrides),
        ("--var", wish.variables),
    ):
        if given:
            raise CtxscanError(f"a Dockerfile knows no {option}", place=file)
    from . import everywhere  # only where it is asked for

    directory = os.path.dirname(file) or "."  # noqa: PTH120
    here = Path.cwd()
    above = repository(directory) or (here if Path(file).resolve().is_relative_to(here.resolve()) else directory)
    try:
        root = os.path.relpath(os.path.realpath(above))
    except ValueError:  # on another drive
        root = str(above)
    return everywhere.orders_of(file, root.replace(os.sep, "/"))


def of_bake(named: Sequence[str], wish: Wish) -> Orders:
    """The builds of bake files laid over one another; a directory stands for those that bake would take in it."""
    paths = [
        each for file in named for each in (files.defaults(file, wish.environment) if Path(file).is_dir() else (file,))
    ]
    return orders.orders([files.read(each) for each in paths], wish)


def of_compose(
    named: Sequence[str],
    environment: Mapping[str, str],
    *,
    profiles: Collection[str],
    services: Collection[str],
    used: dict[str, str] | None = None,
) -> Orders:
    """The builds of compose files laid over one another; a directory stands for those that Compose would take in it.
    `used` is given the values that variables were replaced by, each with the name of its variable."""
    paths = [
        each for file in named for each in (compose.project(file, environment) if Path(file).is_dir() else (file,))
    ]
    found = compose.orders(paths, environment, profiles=profiles, services=services, used=used)
    override = compose.override_of(named[0]) if len(named) == 1 else None
    if override is None:
        return found
    where = os.path.dirname(named[0]) or "."  # noqa: PTH120
    return Orders(found.orders, (*found.remarks, f"{override} is not read: --compose {where} takes it along"))
