"""The files that may hold secrets, opened and judged.

Names were screened during the walk; here what they nominate is read, once, and beside it small text files of the
project's own. What is excluded is never opened, nor is anything behind a link, and of no file is more than the first
mebibyte read.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from ..context.tree import Tree
from ..explain import reach
from ..facts import Scan
from ..processes import MOST_TASKS, available, shared_out
from ..secrets.judgement import Judgement
from ..secrets.scope import SMALL, is_own, screen, worth_opening
from ..secrets.verdict import judge

#: Of each file so much is read.
READ_BYTES: Final = 1 << 20
#: Small files that no name nominates: so many are read at the most, out of so many entries looked at.
MOST_FILES: Final = 5_000
MOST_ENTRIES: Final = 20_000
#: From so many files on, several processes read them.
WORTH_SHARING: Final = 400


class Suspect(NamedTuple):
    """A file with what was found in it. `reach` is how far it gets, `size` its bytes, `context` the named context in
    which it lies (None: the main one)."""

    path: str
    size: int
    reach: str
    judgements: tuple[Judgement, ...]
    context: str | None = None


class Examined(NamedTuple):
    """Every file about which there is something to say, in the order of their paths. `unread`: some small files were
    not looked at, since there are too many. `links` are those that were met on the way, and that the rules keep."""

    suspects: tuple[Suspect, ...]
    unread: bool
    links: tuple[str, ...] = ()


@contextmanager
def examining(scan: Scan, tree: Tree, *, deep: bool = False) -> Iterator[Callable[[], Examined]]:
    """Open and judge what may hold a secret; the block is given what tells the result. Until it asks, other processes
    read, if there is much. `deep`: every text file that is sent."""
    nominated = _nominated(each.path for each in scan.measure.found if each.kind == "file")
    others = _Others(scan, tree, deep=deep)
    paths = [path for path in sorted(nominated) if tree.kind(path) == "file"]
    paths += [path for path in others.paths() if path not in nominated]

    def judged(path: str) -> tuple[tuple[Judgement, ...], int]:
        largest = None if deep or path in nominated else SMALL
        start = tree.start(path, READ_BYTES, largest=largest)
        if start is None or not (start[1] or path in nominated):
            return (), 0
        return judge(path, start[0], size=start[1], deep=deep), start[1]

    def finish() -> Examined:
        suspects = []
        for path in sorted(sifted()):
            judgements, size = judged(path)
            if judgements:
                suspects.append(Suspect(path, size, reach(scan, path).reach, judgements))
        return Examined(tuple(suspects), others.unread, tuple(sorted(others.links)))

    with _sifting(paths, lambda path: bool(judged(path)[0])) as sifted:
        yield finish


@contextmanager
def _sifting(paths: list[str], guilty: Callable[[str], bool]) -> Iterator[Callable[[], list[str]]]:
    """Find the few of many paths that are guilty, in several processes where that pays."""
    processes = available() if len(paths) >= WORTH_SHARING else 1
    if processes == 1:
        yield lambda: list(filter(guilty, paths))
        return
    found: list[str] = []
    tasks = min(len(paths), MOST_TASKS, 16 * processes)

    def work(number: int) -> None:
        found.extend(filter(guilty, paths[number::tasks]))

    with shared_out(tasks, processes, prepare=lambda _: found.clear(), work=work, result=lambda: found) as finish:
        yield lambda: sum(finish(), found)


def _nominated(paths: Iterable[str]) -> set[str]:
    """Those whose names may be of a secret, among all that were picked out."""
    inside: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        above, slash, name = path.rpartition("/")
        inside[above + slash].append(name)
    return {above + name for above, names in inside.items() for name in screen(names, above[:-1])}


def examine_named(scan: Scan, *, key: bytes, deep: bool = False) -> Examined:
    """What may hold a secret in the named contexts. What lies in the main one too was judged there."""
    suspects: list[Suspect] = []
    unread = False
    seen = {os.path.realpath(scan.build.context)}
    for name, each in scan.named:
        root = os.path.realpath(each.build.context)
        if root not in seen:
            seen.add(root)
            with examining(each, Tree(root), key=key, deep=deep) as finish:
                found = finish()
            suspects += [suspect._replace(context=name) for suspect in found.suspects]
            unread |= found.unread
    return Examined(tuple(suspects), unread)


class _Others:
    """Small text files of the project's own, directory by directory."""

    def __init__(self, scan: Scan, tree: Tree, *, deep: bool) -> None:
        self.scan = scan
        self.tree = tree
        self.deep = deep
        self.unread = False
        self.links: list[str] = []

    def paths(self) -> Iterator[str]:
        left = MOST_FILES
        for path in self._files():
            if self.deep and reach(self.scan, path).reach not in ("transfer", "image"):
                continue
            if left == 0 and not self.deep:
                self.unread = True
                return
            left -= 1
            yield path

    def _files(self) -> Iterator[str]:
        """The files that are kept and may be read, by their names; what others or tools have written is left out."""
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
            verdicts = state.verdicts(names)
            below = []
            for name in sorted(directories):
                path = above + name
                child = state.enter(name)
                excluded = verdicts.get(name, state.default).excluded
                walked = not excluded or (not child.settled and rules.walks(path))
                if walked and (self.deep or is_own(path + "/")):
                    below.append((path + "/", child))
            todo += reversed(below)
            files = [name for name in state.kept(names, verdicts) if name not in directories]
            self.links += [above + name for name in files if name in links]
            if links or others:
                files = [name for name in files if name not in links and name not in others]
            for name in files if self.deep else worth_opening(files, above):
                yield above + name
