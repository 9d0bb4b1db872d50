"""The programs of Go in a tree, and the packages that they consist of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from ..paths import join
from ..regex import lazy, lazy_bytes
from .manifest import Files, Surveyed

_PROGRAM: Final = lazy_bytes(rb"(?m)^package main\b|^//go:build ignore\b")
#: What a `go.mod` calls its module.
MODULE: Final = lazy(r"(?m)^module\s+\"?([^\s\"]+)")


class GoPrograms:
    """What is built of the Go in a tree. `is_built` says of a directory with a program whether a command builds it."""

    def __init__(self, survey: Surveyed, is_built: Callable[[str], bool]) -> None:
        self._survey = survey
        self._is_built = is_built

    def leaves_out(self, directory: str, data: bytes) -> bool:
        """Whether the source `data` in a directory is of a program that is not built."""
        return _is_program(data) and not self.is_compiled(directory)

    def is_compiled(self, directory: str) -> bool:
        """Whether a package of Go is a part of what is built, as far as commands tell."""
        return self._packages is None or directory in self._packages

    @cached_property
    def _packages(self) -> frozenset[str] | None:
        """The packages of Go that the programs consist of which are built; None: nobody knows which are."""
        todo = [
            each
            for each in self._survey.kept
            if self._has_some(each) and self._is_built(each) and any(map(_is_program, self._sources(each)))
        ]
        if not todo or not self.modules:
            return None
        modules = sorted(self.modules, key=lambda each: -len(each[0]))
        pattern = re.compile("|".join(rf'"({re.escape(name)}(?:/[^"\n]*)?)"' for name, _ in modules).encode())
        found = set(todo)
        while todo:
            for data in self._sources(todo.pop()):
                for match in pattern.finditer(data):
                    text = match[match.lastindex or 0].decode(errors="replace")
                    module, home = next(each for each in modules if text == each[0] or text.startswith(f"{each[0]}/"))
                    path = posixpath.join(home, text[len(module) + 1 :]).rstrip("/")
                    if path not in found:
                        found.add(path)
                        todo.append(path)
        return frozenset(found)

    def _has_some(self, directory: str) -> bool:
        """Whether there is a source in a directory: to ask all commands about each takes longer."""
        return any(name.endswith(".go") for name in self._survey.tree.names(directory))

    def _sources(self, directory: str) -> Iterator[bytes]:
        tree = self._survey.tree
        return (tree.read(each) or b"" for each in sources(tree, directory))

    @cached_property
    def modules(self) -> list[tuple[str, str]]:
        """The modules of Go by their names."""
        texts = ((path, self._survey.tree.text(path)) for path in self._survey.named("go.mod"))
        found = ((MODULE.search(text), posixpath.dirname(path)) for path, text in texts)
        return [(match[1], home) for match, home in found if match]


def sources(tree: Files, directory: str) -> Iterator[str]:
    """The paths of the sources of a package, without its tests."""
    for name in tree.names(directory):
        if name.endswith(".go") and not name.endswith("_test.go"):
            yield join(directory, name)


def _is_program(data: bytes) -> bool:
    """Whether a source of Go is one of a program. Most of a large tree have not even the words."""
    return (b"package main" in data or b"//go:build ignore" in data) and _PROGRAM.search(data) is not None
