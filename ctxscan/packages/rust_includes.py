"""What a build with Cargo fails without: the files that `include_str!` and `include_bytes!` take in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import compiled_bytes
from .essential import Essential
from .manifest import Files
from .sources import Sources

_INCLUDE: Final = rb'^[^/\n]*\binclude_(?:str|bytes)!\s*\(\s*"([^"\n$]{1,300})"\s*\)'
#: What follows is compiled on some systems, with some features, or for tests alone.
_CONDITIONAL: Final = rb"(?m)^[ \t]*#!?\[cfg"
#: Directories of the crate that are gone through.
_MOST: Final = 300


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The files that the sources of a crate include, for sources without a condition in them."""
    if command.words[:1] not in (["build"], ["b"], ["run"], ["r"], ["install"], ["rustc"]):
        return
    sources = Sources(tree)
    todo, left = [posixpath.join(posixpath.dirname(manifest), "src")], _MOST
    while todo and left:
        left -= 1
        here = todo.pop()
        for name in tree.names(here):
            path = posixpath.join(here, name)
            if name.endswith(".rs"):
                yield from _included(tree, sources.read(path), path)
            elif "." not in name and name != "tests" and tree.names(path):
                todo.append(path)


def _included(tree: Files, data: bytes, path: str) -> Iterator[Essential]:
    if b"include_" not in data or compiled_bytes(_CONDITIONAL).search(data):
        return
    for found in compiled_bytes(b"(?m)" + _INCLUDE).finditer(data):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[1].decode(errors="replace")))
        if not target.startswith(("../", "/")) and tree.exists(target):
            yield Essential(target, "include", path, data.count(b"\n", 0, found.start()) + 1)
