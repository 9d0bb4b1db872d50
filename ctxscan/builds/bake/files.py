"""Which files make up a bake definition, what each of them is, and the services of Compose files among them."""

from __future__ import annotations

import json
import os
import posixpath
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Final, NamedTuple

from ...errors import CtxscanError
from ...regex import lazy
from ..documents import MAX_BYTES, YamlNode
from ..names import BAKE_FILES
from ..order import is_address, joined
from ..services import ComposeProject, Model, defined, read_file, services_of
from . import jsonform, native
from .syntax import Body
from .targets import Path, Target

_SERVICES: Final = lazy(r"^(services|include|name|version|x-[\w-]+)[ \t]*:", re.MULTILINE)
_BLOCK: Final = lazy(r"^(target|group|variable|function)[ \t]+\"?[\w-]+\"?[ \t]*\{", re.MULTILINE)
_HERE: Final = "cwd://"


class Content(NamedTuple):
    """A file that has been read, and what it is: `compose`, `json` or `native`."""

    label: str
    data: bytes
    kind: str


def defaults(directory: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The files that bake would read in `directory`. Raises `CtxscanError` if there is none."""
    if named := environment.get("BUILDX_BAKE_FILE"):
        separator = environment.get("BUILDX_BAKE_PATH_SEPARATOR") or os.pathsep
        return tuple(joined(directory, each.strip()) for each in named.split(separator) if each.strip())
    found = [joined(directory, name) for name in BAKE_FILES]
    there = tuple(each for each in found if FilePath(each).is_file())
    if not there:
        raise CtxscanError(f"no bake file: {', '.join(BAKE_FILES[4:])}", place=directory)
    return there


def overrides_of(file: str) -> tuple[str, ...]:
    """The overrides that bake would also read if `file`, a default one, had not been named."""
    directory, name = posixpath.split(file)
    if name not in BAKE_FILES[4:6]:
        return ()
    places = [joined(directory, each) for each in BAKE_FILES[6:]]
    return tuple(each for each in places if FilePath(each).is_file())


def read(file: str) -> Content:
    """A file, or standard input (`-`), and its kind. Raises `CtxscanError` if it cannot be read."""
    label = file.removeprefix(_HERE)
    if is_address(label):
        raise CtxscanError("a remote definition: only files here are read", place=label)
    if label == "-":
        data, label = sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"
    else:
        data = read_file(label)
    if len(data) > MAX_BYTES:
        raise CtxscanError(f"more than {MAX_BYTES} bytes are no bake file", place=label)
    return Content(label, data, _kind(label, data))


def _kind(label: str, data: bytes) -> str:
    ending = posixpath.splitext(label)[1].lower()
    known = {".yml": "compose", ".yaml": "compose", ".hcl": "native", ".json": "json"}.get(ending)
    if known is not None:
        return known
    if data.lstrip().startswith(b"{"):
        return "json"
    return "compose" if _SERVICES.search(data.decode(errors="replace")) else "native"


def is_bake(content: Content) -> bool:
    """Whether a file whose name is not that of a Compose file defines anything for bake."""
    if content.kind != "json":
        named = content.label.lower().endswith(".hcl")
        return content.kind == "native" and (named or _BLOCK.search(content.data.decode(errors="replace")) is not None)
    try:
        document = json.loads(content.data)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and not document.keys().isdisjoint(("target", "group", "variable", "function"))


def bodies(contents: Sequence[Content]) -> Iterator[Body]:
    """The contents of the files that are not Compose files, in order. Raises `CtxscanError` with the line."""
    for each in contents:
        if each.kind == "compose":
            continue
        text = each.data.decode("utf-8-sig", errors="replace")
        yield jsonform.body(text, each.label) if each.kind == "json" else native.body(text, each.label)


# --- Compose files in the mix ---------------------------------------------------------------------------------------


def services(
    contents: Sequence[Content],
    given: Mapping[str, str],
    environment: Mapping[str, str],
    used: dict[str, str],
    *,
    relative: bool,
) -> dict[str, Target] | None:
    """The services that Compose files among these build, as targets; None: there is no Compose file.

    `given` are the variables of the command line. Paths are relative to where bake is run, or to the first file.
    """
    labels = [each.label for each in contents if each.kind == "compose"]
    if not labels:
        return None
    directory = posixpath.dirname(labels[0]) or "." if relative else "."
    variables = {**defined((), ".", environment, ComposeProject(None)), **environment, **given}
    model = Model(ComposeProject(None, used=used), directory, variables, ())
    found = {}
    for name, service in services_of(model, labels).items():
        build = service.get("build")
        if build is not None:
            found[name.replace(".", "_")] = _target(build, variables, used)
    return found


def _target(build: YamlNode, variables: Mapping[str, str], used: dict[str, str]) -> Target:
    context = build.text_of("context")
    contexts = {key: _context(each) for key, each in build.entries("additional_contexts")}
    extra = build.get("x-bake", "contexts")
    for key, each in extra.mapping.items() if extra else ():
        contexts.setdefault(key, _context(each))
    arguments = {}
    for key, each in build.entries("args"):
        value = variables.get(key) if each.value is None else each.text
        if value is not None:
            arguments[key] = value
        if value is not None and each.value is None:
            used[value] = key
    return Target(
        place=build.place,
        context=Path(context, "", build.place) if context else None,
        contexts=contexts,
        dockerfile=build.text_of("dockerfile") or None,
        inline=build.text_of("dockerfile_inline") or None,
        stage=build.text_of("target") or None,
        arguments=arguments,
    )


def _context(node: YamlNode) -> Path:
    text = node.text or ""
    named = text.startswith("service:")
    return Path("target:" + text.removeprefix("service:").replace(".", "_") if named else text, "", node.place)
