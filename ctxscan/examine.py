"""The files that may hold secrets, opened and judged.

After `scan` and `secrets`, before `checks`. Names were screened during the walk; here what they nominate is read, once,
and beside it small text files of the project's own. What is excluded is never opened, nor is anything behind a link,
and of no file is more than the first mebibyte read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from itertools import chain
from typing import Final, NamedTuple

from . import secrets
from .explain import reach
from .listings import Tree
from .matcher import NO_NAMES
from .scan import Scan
from .secrets import Judgement

#: Of each file so much is read.
READ_BYTES: Final = 1 << 20
#: Small files that no name nominates: so many are read at the most, out of so many entries looked at.
MOST_FILES: Final = 5_000
MOST_ENTRIES: Final = 20_000


class Suspect(NamedTuple):
    """A file with what was found in it. `reach` is how far it gets, `size` its bytes."""

    path: str
    size: int
    reach: str
    judgements: tuple[Judgement, ...]


class Examined(NamedTuple):
    """Every file about which there is something to say, in the order of their paths. `unread`: some small files were
    not looked at, since there are too many."""

    suspects: tuple[Suspect, ...]
    unread: bool


def examine(scan: Scan, tree: Tree, *, key: bytes, deep: bool = False) -> Examined:
    """Open and judge what may hold a secret. `key` makes the fingerprints; `deep`: every text file that is sent."""
    nominated = {each.path for each in scan.measure.found if each.kind == "file" and _nominated(each.path)}
    others = _Others(scan, tree, deep=deep)
    suspects = []
    for path, data, size in chain(_read(tree, nominated), others.read(nominated)):
        judgements = secrets.judge(path, data, size=size, key=key, deep=deep)
        if judgements:
            suspects.append(Suspect(path, size, reach(scan, path).reach, judgements))
    suspects.sort(key=lambda each: each.path)
    return Examined(tuple(suspects), others.unread)


def _nominated(path: str) -> bool:
    above, _, name = path.rpartition("/")
    return bool(secrets.screen([name], above))


def _read(tree: Tree, paths: Iterable[str]) -> Iterator[tuple[str, bytes, int]]:
    for path in paths:
        if tree.kind(path) == "file" and (start := tree.start(path, READ_BYTES)) is not None:
            yield path, *start


class _Others:
    """Small text files of the project's own, directory by directory."""

    def __init__(self, scan: Scan, tree: Tree, *, deep: bool) -> None:
        self.scan = scan
        self.tree = tree
        self.deep = deep
        self.unread = False

    def read(self, known: Set[str]) -> Iterator[tuple[str, bytes, int]]:
        """Path, start and size of each but the `known`."""
        left = MOST_FILES
        for path in self._files():
            if path in known or (self.deep and reach(self.scan, path).reach not in ("transfer", "image")):
                continue
            start = self.tree.start(path, READ_BYTES, largest=None if self.deep else secrets.SMALL)
            if start is None or not start[1]:
                continue
            if left == 0 and not self.deep:
                self.unread = True
                return
            left -= 1
            yield path, *start

    def _files(self) -> Iterator[str]:
        """The files that are kept and may be read, by their names; directories of dependencies are left out."""
        rules = self.scan.rules
        left = MOST_ENTRIES
        todo = [("", rules.root)]
        while todo:
            above, state = todo.pop()
            names, directories, links, others = self.tree.listing(above[:-1])
            left -= len(names)
            if left < 0 and not self.deep:
                self.unread = True
                return
            special = NO_NAMES if state.settled else state.special(names)
            default = state.default.excluded
            below = []
            for name in names:
                excluded = state.decide(name).excluded if name in special else default
                path = above + name
                if name in directories:
                    child = state.enter(name)
                    walked = not excluded or (not child.settled and rules.walks(path))
                    if walked and (self.deep or not secrets.third_party(path + "/")):
                        below.append((path + "/", child))
                elif (
                    not excluded
                    and name not in links
                    and name not in others
                    and (self.deep or secrets.readable(path, 1))
                ):
                    yield path
            todo += reversed(below)
