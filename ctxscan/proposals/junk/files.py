"""The files of a context as tests on their content see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from ...regex import lazy

#: Names of sources, scripts and pages with code in them.
CODE: Final = lazy(
    r".*\.(py|js|ts|jsx|tsx|go|rs|java|kt|cs|rb|php|c|cc|cpp|h|hpp|swift|dart|ex|scala|sh|sql|vue|svelte)"
)


class Files(Protocol):
    """The context as the tests see it: nothing outside it, no link followed."""

    def names(self, path: str) -> tuple[str, ...]: ...
    def kind(self, path: str) -> str | None: ...
    def size(self, path: str) -> int: ...
    def read(self, path: str, most: int) -> bytes | None: ...


#: Whether a test holds of the file or directory at a path.
Test: TypeAlias = Callable[[Files, str], bool]


def beginning(files: Files, path: str, size: int = 512) -> bytes:
    """How a file begins; nothing of what cannot be read."""
    return files.read(path, size) or b""


def split(path: str) -> tuple[str, str]:
    """The directory of a path, and its name."""
    above, _, name = path.rpartition("/")
    return above, name
