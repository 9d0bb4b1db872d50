"""Which paths of a context git tracks.

What git tracks is source until proved otherwise. Git itself is asked, once; without a repository, or without git,
nothing is known and whoever asks has to be more careful.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from typing import Final

from .command import ask, repository

#: Timeout of git, in seconds.
SECONDS: Final = 20


class Tracked:
    """The paths that git tracks in a context. `known` is False where there is nothing to ask: then all that is asked is
    answered with "no"."""

    def __init__(self, paths: list[bytes] | None) -> None:
        self.known = paths is not None
        self._paths = paths or []

    def file(self, path: str) -> bool:
        """Whether `path` is tracked itself, or lies in a submodule."""
        raw = os.fsencode(path)
        while raw:
            at = bisect_left(self._paths, raw)
            if at < len(self._paths) and self._paths[at] == raw:
                return True
            raw = raw.rpartition(b"/")[0]
        return False

    def below(self, path: str) -> bool:
        """Whether anything in the directory `path` is tracked, or it lies in a submodule."""
        return self._first_below(path) is not None or self.file(path)

    def within(self, path: str, most: int) -> list[str] | None:
        """The tracked paths in the directory `path`; None: more than `most`."""
        at = self._first_below(path)
        found: list[str] = []
        if at is None:
            return found
        start = os.fsencode(path) + b"/" if path else b""
        for raw in self._paths[at : at + most + 1]:
            if not raw.startswith(start):
                break
            found.append(os.fsdecode(raw))
        return found if len(found) <= most else None

    def _first_below(self, path: str) -> int | None:
        start = os.fsencode(path) + b"/" if path else b""
        at = bisect_left(self._paths, start)
        return at if at < len(self._paths) and self._paths[at].startswith(start) else None


def tracked(context: str) -> Tracked:
    """Ask git, once. Unknown where there is no repository, no git, no permission, or no answer in time."""
    root = repository(context)
    return Tracked(None if root is None else _listed(root, context))


class Index:
    """What git tracks in the contexts of one run: of a repository with several it is asked twice, not once for each."""

    def __init__(self) -> None:
        self._single: dict[str, tuple[str, Tracked]] = {}
        self._whole: dict[str, list[bytes] | None] = {}

    def of(self, context: str) -> Tracked:
        """As `tracked`."""
        root = repository(context)
        if root is None:
            return Tracked(None)
        if root not in self._single:
            self._single[root] = context, Tracked(_listed(root, context))
        first, known = self._single[root]
        if first == context or not known.known:
            return known if first == context else tracked(context)
        if root not in self._whole:
            self._whole[root] = _listed(root, root)
        return Tracked(_below(self._whole[root], os.path.relpath(os.path.realpath(context), root)))


def _below(paths: list[bytes] | None, directory: str) -> list[bytes] | None:
    """Those in a directory, relative to it."""
    if paths is None or directory == os.curdir:
        return paths
    start = os.fsencode(directory.replace(os.sep, "/")) + b"/"
    end = start[:-1] + bytes((start[-1] + 1,))
    found = paths[bisect_left(paths, start) : bisect_left(paths, end)]
    return [each[len(start) :] for each in found] or None


def _listed(root: str, context: str) -> list[bytes] | None:
    """Sorted; None where git does not tell. A repository without a commit tells nothing yet; where nothing is checked
    out by git itself, the commit tells it."""
    said = ask(root, context, "ls-files", "-z", "--cached", seconds=SECONDS)
    if said == b"":
        said = ask(root, context, "ls-tree", "-r", "-z", "--name-only", "HEAD", seconds=SECONDS)
    return None if said is None else sorted(set(filter(None, said.split(b"\0")))) or None
