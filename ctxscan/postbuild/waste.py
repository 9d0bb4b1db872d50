"""What nobody needs in an image, by where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ..packages.catalog import CACHES

#: Kinds of waste, in the order in which they are reported.
WASTE: Final = ("version control", "package caches", "test trees")
_HISTORY: Final = frozenset((".git", ".hg", ".svn"))
_TESTS: Final = frozenset(("test", "tests", "__tests__", "spec", "testdata"))
_PLACES: Final = tuple(
    dict.fromkeys((*(each.place.strip("/") + "/" for each in CACHES), "var/lib/apt/lists/", "root/.cache/", "tmp/npm-"))
)


def waste_in(path: str) -> Iterator[str]:
    """What kind of waste a file of the image is."""
    folder = path[: path.rfind("/") + 1]
    return iter(_waste(folder))


@lru_cache(4096)
def _waste(folder: str) -> tuple[str, ...]:
    parts = folder.split("/")
    if not _HISTORY.isdisjoint(parts):
        return ("version control",)
    if folder.startswith(_PLACES):
        return ("package caches",)
    # The system's own directories of that name are no tests.
    if not _TESTS.isdisjoint(parts) and parts[0] not in ("usr", "lib", "bin", "etc", "proc", "sys"):
        return ("test trees",)
    return ()
