"""The files of a project, as those who look for its builds see them: listed once, read within bounds.

Git tells what belongs to the project; without it the disk does. Nothing is opened that does not lie below the root,
links followed, and of each file only the beginning is read.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import Final

from ..git.ignorelists import IgnoreLists, ignore_lists
from ..git.index import tracked
from ..paths import INSTALLED, join
from .order import joined

#: More files than this are no project.
MAX_FILES: Final = 1_000_000
#: How many files are read to find out who builds what, how much of each, and of all together.
MAX_READ: Final = 4000
MAX_BYTES: Final = 1 << 18
MAX_TOTAL: Final = 1 << 26
#: How often workflows may use one another, all together.
MAX_USES: Final = 2000


class Project:
    """The files below `root`, a path as seen from here. All paths are relative to it, with slashes."""

    def __init__(self, root: str) -> None:
        self.root = root
        # In order, and nothing beside: large projects have hundreds of thousands.
        known = tracked(root)
        #: Whether git tells which files these are.
        self.by_git = known.known
        self.files = sorted(known.within("", MAX_FILES) or () if known.known else _paths(root))
        self._real = Path(root).resolve()
        self._texts: dict[str, str | None] = {}
        self._read = self._bytes = self._uses = 0
        self._inside: dict[str, bool] = {}
        self._names: dict[str, list[str]] = {}
        self._files_in: dict[str, tuple[str, ...]] = {}

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory with a file of the project in it, at any depth; the root is empty."""
        found = {""}
        for path in self.files:
            while (path := path.rpartition("/")[0]) not in found:
                found.add(path)
        return frozenset(found)

    def owns(self, path: str) -> bool:
        """Whether a path is that of a file of the project."""
        at = bisect_left(self.files, path)
        return at < len(self.files) and self.files[at] == path

    def below(self, directory: str) -> Iterator[str]:
        """The files in a directory, at any depth; all of them for the root."""
        start = directory and directory + "/"
        for at in range(bisect_left(self.files, start), len(self.files)):
            if not self.files[at].startswith(start):
                return
            yield self.files[at]

    def files_in(self, directory: str) -> tuple[str, ...]:
        """The names of the files that lie directly in a directory."""
        if directory not in self._files_in:
            cut = len(directory) + bool(directory)
            names = (path[cut:] for path in self.below(directory))
            self._files_in[directory] = tuple(name for name in names if "/" not in name)
        return self._files_in[directory]

    @cached_property
    def ignored(self) -> IgnoreLists:
        """What git would ignore."""
        # Nothing in it refers to the project, which is freed with the last who asks.
        return ignore_lists(self.root, partial(_beginning, self.root))

    def place(self, path: str) -> str:
        """A path of the project as seen from here."""
        return joined(self.root, path)

    def has(self, path: str) -> bool:
        """Whether a path leads to a file below the root."""
        return self._is_file(path) and self.is_inside(path)

    def is_directory(self, path: str) -> bool:
        return path in self.directories or (self.is_inside(path) and Path(self.root, path).is_dir())

    def exists(self, path: str) -> bool:
        """Whether there is something at a path: of the project, or on the disk beside it."""
        if self.owns(path) or path in self.directories:
            return True
        try:
            return os.path.lexists(os.path.join(self.root, path))  # noqa: PTH118
        except ValueError:
            return False

    def could(self, path: str) -> bool:
        """Whether git ignores a path, as a file or a directory, or all in it: something makes it before the build."""
        return (
            self.ignored.ignores(path, directory=False)
            or self.ignored.ignores(path, directory=True)
            or self.ignored.ignores_all_in(path)
        )

    def names(self, directory: str) -> list[str]:
        """What lies in a directory on disk."""
        if directory not in self._names:
            try:
                self._names[directory] = os.listdir(Path(self.root, directory))  # noqa: PTH208
            except (OSError, ValueError):
                self._names[directory] = []
        return self._names[directory]

    def is_inside(self, path: str) -> bool:
        """Whether a path lies below the root, links followed."""
        known = self._inside.get(path)
        if known is None:
            try:
                known = self._is_plain(path) or Path(self.root, path).resolve().is_relative_to(self._real)
            except (OSError, ValueError):
                known = False
            self._inside[path] = known
        return known

    def _is_plain(self, path: str) -> bool:
        """Whether a file of the project lies in a directory below the root and is no link, which takes one look for all
        files of a directory."""
        above = path.rpartition("/")[0]
        place = os.path.join(self.root, path)  # noqa: PTH118
        return self.owns(path) and not os.path.islink(place) and (not above or self.is_inside(above))  # noqa: PTH114

    def text(self, path: str) -> str | None:
        """The beginning of a file of the project; None: it cannot be read, or enough has been read."""
        if path not in self._texts:
            may = self._read < MAX_READ and self._bytes < MAX_TOTAL and self.has(path)
            data = _beginning(self.root, path) if may else None
            self._read += 1
            self._bytes += len(data or b"")
            self._texts[path] = None if data is None else data.decode(errors="replace").removeprefix("\ufeff")
        return self._texts[path]

    def may_use(self) -> bool:
        """Whether one file may be read on behalf of another once more; each time counts."""
        self._uses += 1
        return self._uses <= MAX_USES

    def _is_file(self, path: str) -> bool:
        return os.path.isfile(os.path.join(self.root, path))  # noqa: PTH113, PTH118


def _beginning(root: str, path: str) -> bytes | None:
    """What a file begins with; None: there is none, or it cannot be read."""
    try:
        place = os.path.join(root, path)  # noqa: PTH118
        if not os.path.isfile(place):  # noqa: PTH113
            return None
        with open(place, "rb") as stream:  # noqa: PTH123
            return stream.read(MAX_BYTES)
    except (OSError, ValueError):
        return None


def _paths(root: str) -> Iterator[str]:
    count = 0
    for above, directories, files in os.walk(root):
        directories[:] = sorted(each for each in directories if each in SEEN or not _is_foreign(each))
        start = above[len(root) :].replace(os.sep, "/").strip("/")
        yield from (join(start, each) for each in sorted(files))
        count += len(files)
        if count > MAX_FILES:
            return


#: Hidden directories in which builds are described.
SEEN: Final = frozenset(
    ".github .forgejo .gitea .gitlab .circleci .devcontainer .cursor .buildkite .woodpecker .do .azure .ci "
    ".docker".split()
)


def _is_foreign(name: str) -> bool:
    return name.startswith(".") or name in INSTALLED
