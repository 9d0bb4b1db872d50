"""What is known of each path of a context: the inputs that take it, and whether it is in the image.

Files are marked one by one, directories as wholes. The answer for any path is a `DirectoryReach`, found while
descending like a verdict of `matcher`: directories that share one fate are settled at once.
"""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, TypeVar

from ..context.totals import IMAGE, MAYBE
from ..context.transfer import Sent
from .layers import File, Filter, LayerNode, Shown, Work


class Cover(NamedTuple):
    """Everything below a directory but what `filters` take out carries `mask`."""

    filters: tuple[Filter, ...]
    mask: int


class Marks:
    """What is known of the paths of one context: masks of files, covers of directories."""

    __slots__ = ("_added", "_decided", "_removing", "_work", "above", "covers", "files", "sent")

    def __init__(self, sent: Sent, work: Work, removing: Collection[int]) -> None:
        self.sent = sent
        self._work = work
        #: The bits of commands that remove something, in the order of the commands: a later one does not see it.
        self._removing = removing
        # What was added of each node that never changes, and the nodes whose deciding command is known.
        self._added: dict[LayerNode, int] = {}
        self._decided: set[LayerNode] = set()
        self.files: dict[str, int] = {}
        self.covers: dict[str, list[Cover]] = {}
        self.above: set[str] = set()
        for path in sent.rules.removed:
            self._note(path)

    def add(self, node: LayerNode, mask: int, *, once: bool = False) -> None:
        """Mark `node` and all in it; with `once` only what was not marked so before."""
        todo: list[tuple[LayerNode, int]] = [(node.copy(), mask)]
        while todo:
            node, mask = todo.pop()
            if isinstance(node, File) or node.frozen:
                self._work.spend(1)
                added = self._added.get(node, 0)
                if added | mask == added or (once and node in self._decided):
                    continue
                if once:
                    self._decided.add(node)
                self._added[node] = added | mask
            if isinstance(node, File):
                if node.path is not None and node.files is self.sent:
                    self.files[node.path] = self.files.get(node.path, 0) | mask
                    self._note(node.path)
                todo += [(each, self._unsure(mask, node.by)) for each in node.made_of]
            elif len(node.shown) == 1 and not any(node.shown[0].kind(name) for name in node.names):
                self._cover(node.shown[0], mask)
                todo += [(each, mask) for each in node.names.values()]
            else:
                todo += [(each, mask) for _, each in node.entries()]

    def _cover(self, shown: Shown, mask: int) -> None:
        mask = self._unsure(mask, shown.by) if shown.by else mask
        if shown.files is self.sent:
            covers = self.covers.setdefault(shown.path, [])
            for at, each in enumerate(covers):
                if each.filters == shown.filters:
                    covers[at] = Cover(each.filters, each.mask | mask)
                    break
            else:
                covers.append(Cover(shown.filters, mask))
            self._note(shown.path)

    def _note(self, path: str) -> None:
        while path and (path := path.rpartition("/")[0]) not in self.above:
            self.above.add(path)

    def _unsure(self, mask: int, by: int) -> int:
        """What the command `by` has put somewhere counts there, without certainty; what it has removed depends on it,
        whichever command comes after it."""
        if mask & MAYBE and not mask & IMAGE and by in self._removing:
            return MAYBE | by
        return mask & ~IMAGE | (MAYBE | by if mask & IMAGE else 0)


class DirectoryReach:
    """What is known of everything in one directory. `settled` is the mask of all below it, or None if they differ."""

    __slots__ = ("_covers", "_marks", "path", "settled")

    def __init__(self, marks: Marks, path: str, covers: tuple[Cover, ...]) -> None:
        self._marks = marks
        self.path = path
        self._covers = covers + tuple(marks.covers.get(path, ()))
        self.settled: int | None = None
        if path not in marks.above and not any(each.filters for each in self._covers):
            self.settled = 0
            for each in self._covers:
                self.settled |= each.mask

    def decide(self, name: str) -> int:
        """The mask of the entry `name`, if it is no directory."""
        if self.settled is not None:
            return self.settled
        path = f"{self.path}/{name}" if self.path else name
        if path in self._marks.sent.rules.removed:
            return 0
        mask = self._marks.files.get(path, 0)
        for each in self._covers:
            if all(one.passes(name, False) for one in each.filters):
                mask |= each.mask
        return mask

    def enter(self, name: str) -> "DirectoryReach":
        """What is known of the directory `name`."""
        if self.settled is not None:
            return self
        covers = tuple(
            Cover(tuple(one.enter(name) for one in each.filters), each.mask)
            for each in self._covers
            if all(one.passes(name, True) for one in each.filters)
        )
        return DirectoryReach(self._marks, f"{self.path}/{name}" if self.path else name, covers)

    def at(self, path: str) -> int:
        """The mask of the file `path`, by descending to it."""
        above, _, name = path.rpartition("/")
        return self.inside(above).decide(name)

    def inside(self, path: str) -> "DirectoryReach":
        """What is known of the directory `path`."""
        reach = self
        for each in path.split("/") if path else ():
            reach = reach.enter(each)
        return reach

    def agrees(self, other: "DirectoryReach", gone: Callable[[str], bool]) -> bool:
        """Whether `other`, of a build in which some paths are `gone`, says the same of the rest. That is told from the
        marks themselves, so "no" may also mean that they are put down in another way."""
        mine, theirs = self._marks, other._marks
        if mine.sent.rules.removed != theirs.sent.rules.removed:
            return False  # what the builder takes away itself is sent all the same
        return _agree(mine.files, theirs.files, gone) and _agree(mine.covers, theirs.covers, gone)


_Mark = TypeVar("_Mark")


def _agree(mine: Mapping[str, _Mark], theirs: Mapping[str, _Mark], gone: Callable[[str], bool]) -> bool:
    if any(mine.get(path) != mark for path, mark in theirs.items()):
        return False
    return all(path in theirs or (path != "" and gone(path)) for path in mine)
