"""The files that may hold secrets, opened and judged.

After `scan` and `secrets`, before `checks`. Names were screened during the walk; here what they nominate is read, once,
and beside it small text files of the project's own. What is excluded is never opened, nor is anything behind a link,
and of no file is more than the first mebibyte read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from . import secrets
from .explain import reach
from .scan import Scan
from .secrets import Judgement

#: Of each file so much is read.
READ_BYTES: Final = 1 << 20
#: Small files that no name nominates: so many are read at the most, out of so many entries looked at.
MOST_FILES: Final = 5_000
MOST_ENTRIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Suspect:
    """A file with what was found in it. `reach` is how far it gets, `size` its bytes."""

    path: str
    size: int
    reach: str
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """Every file about which there is something to say, in the order of their paths. `unread`: some small files were
    not looked at, since there are too many."""

    suspects: tuple[Suspect, ...]
    unread: bool


def examine(scan: Scan, *, key: bytes, deep: bool = False) -> Examined:
    """Open and judge what may hold a secret. `key` makes the fingerprints; `deep`: every text file that is sent."""
    nominated = {each.path for each in scan.measure.found if each.kind == "file" and _nominated(each.path)}
    others = _Others(scan, deep=deep)
    paths = sorted(nominated.union(others.paths()))
    suspects = []
    for path in paths:
        read = _read(scan, path)
        if read is None:
            continue
        data, size = read
        judgements = secrets.judge(path, data, size=size, key=key, deep=deep)
        if judgements:
            suspects.append(Suspect(path, size, reach(scan, path).reach, judgements))
    return Examined(tuple(suspects), others.unread)


def _nominated(path: str) -> bool:
    above, _, name = path.rpartition("/")
    return bool(secrets.screen([name], above))


class _Others:
    """Small text files of the project's own, directory by directory."""

    def __init__(self, scan: Scan, *, deep: bool) -> None:
        self.scan = scan
        self.deep = deep
        self.unread = False

    def paths(self) -> Iterator[str]:
        left = MOST_FILES
        for path in self._files():
            size = self.scan.disk.size(path)
            if not size or not (self.deep or secrets.readable(path, size)):
                continue
            if self.deep and reach(self.scan, path).reach not in ("transfer", "image"):
                continue
            if left == 0 and not self.deep:
                self.unread = True
                return
            left -= 1
            yield path

    def _files(self) -> Iterator[str]:
        """The files that are kept and may be read, by their names; directories of dependencies are left out."""
        rules = self.scan.rules
        left = MOST_ENTRIES
        todo = [("", rules.root)]
        while todo:
            above, state = todo.pop()
            names, directories = self._listed(above)
            left -= len(names) + len(directories)
            if left < 0 and not self.deep:
                self.unread = True
                return
            special = set() if state.settled else state.special(names + directories)
            for name in names:
                verdict = state.decide(name) if name in special else state.default
                if not verdict.excluded:
                    path = above + name
                    if self.deep or secrets.readable(path, 1):
                        yield path
            for name in reversed(directories):
                path = above + name
                child = state.enter(name)
                verdict = state.decide(name) if name in special else state.default
                walked = not verdict.excluded or (not child.settled and rules.walks(path))
                if walked and (self.deep or not secrets.third_party(path + "/")):
                    todo.append((path + "/", child))

    def _listed(self, above: str) -> tuple[list[str], list[str]]:
        """Files and directories in a directory of the context, sorted; none where it cannot be read."""
        names, directories = [], []
        try:
            with os.scandir(os.path.join(self.scan.disk.root, above)) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        names.append(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        directories.append(entry.name)
        except OSError:
            return [], []
        return sorted(names), sorted(directories)


def _read(scan: Scan, path: str) -> tuple[bytes, int] | None:
    """The start of a file and its size; None: it is no file any more, or cannot be read."""
    if scan.disk.kind(path) != "file":
        return None
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = os.open(os.path.join(scan.disk.root, path), flags | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return None
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            return None
        data = bytearray()
        while len(data) < READ_BYTES and (piece := os.read(file, READ_BYTES - len(data))):
            data += piece
        return bytes(data), status.st_size
    except OSError:
        return None
    finally:
        os.close(file)
