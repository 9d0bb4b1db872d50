"""Which builds a command line means: those of a compose file, of bake files, of a whole tree.

After the readers of each. It finds out what a file is; a directory without more is no business of this module.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from ..errors import CtxscanError
from . import compose
from .bake import files, orders
from .bake.orders import Wish
from .order import Orders

#: What a compose file or a bake file ends in, if it is to be taken for one without being called so.
_ENDINGS: Final = (".yaml", ".yml", ".json", ".hcl")


def of_file(file: str, wish: Wish, *, profiles: Collection[str]) -> Orders:
    """The builds of a compose file or a bake file that is given as context; a bake plan is a bake file, too."""
    content = files.read(file)
    if not files.is_bake(content):
        if not file.lower().endswith(_ENDINGS):
            raise CtxscanError("the context is not a directory, nor a compose file or bake file", place=file)
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
