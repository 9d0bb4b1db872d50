"""Which builds a command line means: those of a compose file, of a bake plan, of a whole tree.

After the readers of each. It finds out what a file is; a directory without more is no business of this module.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..errors import CtxscanError
from . import bake, compose
from .documents import MAX_BYTES, whole
from .order import Orders

#: What a compose file or a plan ends in, if it is to be taken for one without being called so.
_ENDINGS: Final = (".yaml", ".yml", ".json")


def of_file(
    file: str,
    environment: Mapping[str, str],
    *,
    profiles: Collection[str],
    services: Collection[str],
    used: dict[str, str] | None = None,
) -> Orders:
    """The builds of a compose file or a bake plan that is given as context. `used` is given the values that variables
    were replaced by, each with the name of its variable."""
    plan = _plan(file)
    if plan is None:
        if not file.lower().endswith(_ENDINGS):
            raise CtxscanError("the context is not a directory, nor a compose file or bake plan", place=file)
        return of_compose((file,), environment, profiles=profiles, services=services, used=used)
    if profiles:
        raise CtxscanError("a bake plan has no profiles", place=file)
    found = bake.orders(plan, file)
    if not services:
        return found
    for name in services:
        if name not in plan["target"]:
            raise CtxscanError(f"no such target: {name} ({', '.join(sorted(plan['target']))})", place=file)
    return Orders(tuple(each for each in found.orders if each.name in services), found.remarks)


def of_compose(
    files: Sequence[str],
    environment: Mapping[str, str],
    *,
    profiles: Collection[str],
    services: Collection[str],
    used: dict[str, str] | None = None,
) -> Orders:
    """The builds of compose files laid over one another; a directory stands for those that Compose would take in it."""
    named = [
        each for file in files for each in (compose.project(file, environment) if Path(file).is_dir() else (file,))
    ]
    found = compose.orders(named, environment, profiles=profiles, services=services, used=used)
    override = compose.override_of(files[0]) if len(files) == 1 else None
    if override is None:
        return found
    where = os.path.dirname(files[0]) or "."  # noqa: PTH120
    return Orders(found.orders, (*found.remarks, f"{override} is not read: --compose {where} takes it along"))


def _plan(file: str) -> dict[str, Any] | None:
    """The bake plan or bake file in `file`; None: it is a compose file, if it is anything."""
    path = Path(file)
    if path.suffix == ".hcl":
        raise CtxscanError("a bake file: docker buildx bake --print makes a plan of it", place=file)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CtxscanError(f"cannot read it: {(error.strerror or str(error)).lower()}", place=file) from None
    if not data.lstrip().startswith(b"{") or len(data) > MAX_BYTES:
        return None
    try:
        document = json.loads(data)
        if b"\\u" in data:
            document = json.loads(whole(json.dumps(document, ensure_ascii=False)))
    except (ValueError, RecursionError):
        return None  # YAML has braces, too
    return document if bake.is_plan(document) else None
