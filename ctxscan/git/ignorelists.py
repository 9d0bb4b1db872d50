"""What git ignores: the `.gitignore` files of a repository and its `info/exclude`.

They are read and compared here, so that they count without git too. A context may lie deep in its repository, so the
lists above it are read as well, which is all that is read outside a context on its behalf. The excludes file of a user
is not the repository's and does not count.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .. import system
from ..rules.builders import CLASSIC
from ..rules.matcher import Matcher
from .command import repository

if TYPE_CHECKING:
    from ..rules.gitignore import GitignorePattern

#: Where the list lies that is no `.gitignore`, from the root of the repository.
EXCLUDE: Final = ".git/info/exclude"
#: Somewhat more than a list may have.
MOST_BYTES: Final = (1 << 20) + 1
#: The name of a file that no list has.
_ANYTHING: Final = "\u2026"
#: Each line is compared with each path, and the last that matches wins. Git never looks into what it ignores.
_GIT: Final = CLASSIC._replace(name="git", carries="none", checks_first=False, sends_own_files=False)


class IgnoreLists:
    """The ignore lists that count for the directory `prefix` of a repository, read as they are asked for. `read` gives
    the bytes of a path of the repository, None if there is no such file."""

    def __init__(self, read: Callable[[str], bytes | None], prefix: str = "") -> None:
        self._read = read
        self._prefix = prefix
        self._data: dict[str, bytes] = {}
        self._lists: dict[tuple[str, bool], Matcher | None] = {}
        self._directories: dict[str, bool] = {}

    def ignores(self, path: str, *, directory: bool) -> bool:
        """Whether git would ignore `path`, relative to `prefix`, if it is not tracked. The empty path is `prefix`."""
        path = "/".join(filter(None, (self._prefix, path)))
        if directory:
            return self._ignores_directory(path)
        # Once a directory is ignored nothing in it can be brought back.
        return self._ignores_directory(path.rpartition("/")[0]) or self._decided(path, False)

    def ignores_all_in(self, path: str) -> bool:
        """Whether git would ignore whatever lies in a directory."""
        return self.ignores(f"{path}/{_ANYTHING}", directory=False)

    @property
    def exist(self) -> bool:
        """Whether there is a `.gitignore` in `prefix` or above it."""
        above = self._prefix.split("/") if self._prefix else []
        return any(
            self._read("/".join((*above[:size], ".gitignore"))) is not None for size in range(len(above), -1, -1)
        )

    def _ignores_directory(self, path: str) -> bool:
        if not path:
            return False
        known = self._directories.get(path)
        if known is None:
            known = self._ignores_directory(path.rpartition("/")[0]) or self._decided(path, True)
            self._directories[path] = known
        return known

    def _decided(self, path: str, directory: bool) -> bool:
        """The nearest list with a word on `path` decides."""
        above = path
        while above:
            above = above.rpartition("/")[0]
            rules = self._list(f"{above}/.gitignore" if above else ".gitignore", directory)
            if rules is None:
                continue
            verdict = rules.decide(_as_bytes(path[len(above) + 1 :] if above else path))
            if verdict.rule >= 0:
                return verdict.excluded
        exclude = self._list(EXCLUDE, directory)
        return exclude is not None and exclude.decide(_as_bytes(path)).excluded

    def _list(self, file: str, directory: bool) -> Matcher | None:
        """The rules of a list for directories, or for everything else."""
        if (file, directory) not in self._lists:
            if file not in self._data:
                self._data[file] = self._read(file) or b""
            self._lists[file, directory] = _rules_of(self._data[file], directory)
        return self._lists[file, directory]


def ignore_lists(context: str, read: Callable[[str], bytes | None]) -> IgnoreLists:
    """The lists that count for a context; `read` gives the bytes of a path in it.

    Where git ignores the whole context, by a list above, that says nothing of the paths in it: then those above do not
    count.
    """
    root = repository(context)
    own = IgnoreLists(read)
    if root is None:
        return own
    prefix = os.path.relpath(os.path.realpath(context), root).replace(os.sep, "/")
    start = "" if prefix == "." else prefix + "/"

    def read_any(path: str) -> bytes | None:
        if path == EXCLUDE:
            return _bytes(_git_directory(Path(root)) / "info/exclude")
        if path.startswith(start):
            return read(path.removeprefix(start))
        return _bytes(Path(root, path))

    lists = IgnoreLists(read_any, start.removesuffix("/"))
    return own if lists.ignores("", directory=True) else lists


@lru_cache(64)
def _rules_of(data: bytes, directory: bool) -> Matcher | None:
    """The rules of a list for directories, or for everything else. The contexts of a repository have the lists above
    them in common."""
    chosen = [each for each in _read_list(data) if directory or not each.only_directories]
    return Matcher(chosen, _GIT) if chosen else None


@lru_cache(64)
def _read_list(data: bytes) -> tuple[GitignorePattern, ...]:
    if not data.strip():
        return ()
    from ..rules.gitignore import patterns  # imports pathspec, so not before there is a line to read

    return patterns(data)


def _as_bytes(path: str) -> str:
    """A path with a character for each byte, as git compares it."""
    return path if path.isascii() else os.fsencode(path).decode("latin-1")


def _git_directory(root: Path) -> Path:
    """Where the repository at `root` keeps what all its working trees share."""
    place = root / ".git"
    text = _bytes(place)
    if text is not None and text.startswith(b"gitdir:"):
        place = root / os.fsdecode(text.removeprefix(b"gitdir:").strip())
    common = _bytes(place / "commondir")
    return place if common is None else place / os.fsdecode(common.strip())


def _bytes(path: Path) -> bytes | None:
    """The beginning of a regular file, long enough for a list; None: there is none that can be read. No link is
    followed, as git follows none to a `.gitignore`."""
    try:
        with os.fdopen(os.open(path, system.OPEN_FILE), "rb") as file:
            return file.read(MOST_BYTES) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except (OSError, ValueError):
        return None
