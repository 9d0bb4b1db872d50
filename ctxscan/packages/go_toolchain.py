"""Which release of Go a module wants, and what older ones say of its `go.mod`.

Before 1.21 a compiler tried whatever it was given, but did not know releases with three numbers, nor `toolchain`.
Source: https://go.dev/doc/toolchain. The images of Go set GOTOOLCHAIN=local, so none fetches another.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..regex import lazy
from .make import MAKEFILES, recipes
from .manifest import Files

_GO: Final = lazy(r"(?m)^go[ \t]+(\d+)\.(\d+)(?:\.(\d+))?(?:rc\d+)?[ \t]*(?://.*)?$")
_TOOLCHAIN: Final = lazy(r"(?m)^toolchain[ \t]+\S+")
_RELEASE: Final = lazy(r"(\d+)\.(\d+)(?:\.(\d+))?(?:-.*)?")
#: The first release that reads `toolchain`, and fetches others.
_FIRST: Final = (1, 21)
_VERBS: Final = frozenset("build install run test vet generate get list".split())
#: What a line of a Makefile runs, and where.
_LINE: Final = lazy(
    r"(?:\bcd\s+([\w./-]+)\s*(?:;|&&)\s*)?(?:env\s+)?(?:\w+=\S+\s+)*\bgo\s+(build|install|run|test|vet|mod\s+\w+)\b"
)


class TooOld(NamedTuple):
    """What a release of Go says of a `go.mod`, in which line of it, and the release that reads it."""

    said: str
    line: int
    wanted: str


def runs(command: Command, tree: Files, brought: Callable[[str], str | None]) -> Iterator[str]:
    """The absolute directories in which a command runs Go for a module, through Make as well. `brought` gives the path
    in the context of what lies at an absolute one."""
    if command.name == "go" and "-C" not in command.arguments:
        words = command.words
        if words[:1] and (words[0] in _VERBS or words[:1] == ["mod"]) and not any("@" in each for each in words):
            yield command.cwd
    if command.name == "make" and not any(each[:2] in ("-C", "-f") for each in command.arguments):
        paths = (brought(posixpath.join(command.cwd, name)) for name in MAKEFILES)
        path = next((each for each in paths if each is not None), None)
        targets = [each for each in command.words if "=" not in each and not each.isdecimal()]
        for lines in recipes(tree, path, targets).values() if path is not None else ():
            for found in filter(None, map(_LINE.search, lines)):
                yield posixpath.normpath(posixpath.join(command.cwd, found[1] or "."))


def too_old(text: str, release: str) -> TooOld | None:
    """What is wrong with the text of a `go.mod` for a release of Go, such as `1.20` or `1.22.3-alpine`; None: nothing,
    as far as is known."""
    given = _RELEASE.fullmatch(release)
    asked = _GO.search(text)
    if given is None or asked is None:
        return None
    has = (int(given[1]), int(given[2]))
    wants = (int(asked[1]), int(asked[2]))
    line = text.count("\n", 0, asked.start()) + 1
    wanted = ".".join(map(str, max(wants, _FIRST)))
    if has < _FIRST:
        toolchain = _TOOLCHAIN.search(text)
        if asked[3] is not None:
            return TooOld(f"invalid go version '{asked[0].split()[1]}'", line, wanted)
        if toolchain is not None:
            return TooOld("unknown directive: toolchain", text.count("\n", 0, toolchain.start()) + 1, wanted)
        return None
    fixed = given[3] is not None and has == wants and int(given[3]) < int(asked[3] or 0)
    if has < wants or fixed:
        version = asked[0].split()[1]
        return TooOld(f"it requires go >= {version}", line, version if fixed else wanted)
    return None
