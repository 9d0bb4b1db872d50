"""What leaves with a path, and the numbers once rules are in: from the totals of the scan as far as they go.

The tree is walked a second time only where the first walk does not know enough: content has several names, or a rule
changes what an instruction takes of the rest.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ..builds.build import rules as rules_of
from ..builds.requested import comparable, named_contexts
from ..context.narrowing import Asked
from ..context.totals import IMAGE, MAYBE
from ..context.transfer import Context, Sent
from ..facts import Scan, Size, Sizes, scan_build, trace_usage
from ..rules.ignorefile import IgnoreFile
from ..rules.matcher import Matcher, State
from .proof import Proof

if TYPE_CHECKING:
    from ..context.tree import Tree
    from ..image.marks import DirectoryReach
    from ..image.reach import Usage


class Leaving(NamedTuple):
    """What leaves: of the context, the transfer, the image, and what is possibly in the image. `odd`: something is
    neither a file nor a link."""

    files: int
    bytes: int
    files_sent: int
    bytes_sent: int
    files_image: int
    bytes_image: int
    files_possible: int
    bytes_possible: int
    odd: bool


_NOTHING: Final = Leaving(0, 0, 0, 0, 0, 0, 0, 0, False)


class Kept:
    """The bytes that rules keep in each path, whatever is asked for: one answer for all builds that have them."""

    def __init__(self, tree: Tree, rules: Matcher) -> None:
        self.tree = tree
        self.rules = rules
        self._counted: dict[str, int] = {}

    def bytes(self, path: str) -> int:
        if path not in self._counted:
            above = path.rpartition("/")[0]
            looked_into = not above or not self.rules.gone(above) or self.rules.walks(above)
            place = _Place(self.rules.at(above), None, None) if looked_into else None
            self._counted[path] = _count(self.tree, self.rules, path, place).bytes
        return self._counted[path]


class Savings:
    """What leaves with each path of a context."""

    def __init__(self, scan: Scan, proof: Proof, kept: Kept) -> None:
        self.scan = scan
        self.proof = proof
        self.kept = kept
        self.tree = proof.looked.tree
        # The totals of directories tell only what is surely in the image.
        known = () if scan.image_unsure.files else scan.directories.walk()
        self._counted = {each.path: Leaving(*each[1:7], 0, 0, odd=False) for each in known}
        self._places: dict[str, _Place | None] = {}

    def of(self, path: str) -> Leaving:
        found = self._counted.get(path)
        if found is None:
            place = self._place(path.rpartition("/")[0])
            found = self._counted[path] = _count(self.tree, self.scan.rules, path, place)
        return found

    def size(self, path: str) -> int:
        """The bytes of `of`, for which nothing has to be known of where they end."""
        found = self._counted.get(path)
        return self.kept.bytes(path) if found is None else found.bytes

    def _place(self, path: str) -> _Place | None:
        """What is known of a directory; None: the builder does not look into it."""
        if path not in self._places:
            rules, narrowing, usage = self.scan.rules, self.scan.narrowing, self.scan.usage
            self._places[path] = None
            if not path or not rules.gone(path) or rules.walks(path):
                asked = None if narrowing is None else narrowing.at(path)
                self._places[path] = _Place(rules.at(path), asked, None if usage is None else usage.root.inside(path))
        return self._places[path]


class _Place(NamedTuple):
    """A directory: the state of the rules, of what is asked for (None: everything), and where its files end."""

    rules: State
    asked: Asked | None
    reach: DirectoryReach | None

    def enter(self, name: str) -> _Place:
        return _Place(
            self.rules.enter(name), self.asked and self.asked.enter(name), self.reach and self.reach.enter(name)
        )


def _count(tree: Tree, rules: Matcher, path: str, place: _Place | None) -> Leaving:
    """What leaves with `path`, which lies in `place`; None: nobody looks into that."""
    if place is None:
        return _NOTHING
    name = path.rpartition("/")[2]
    excluded = place.rules.decide(name).excluded
    if tree.kind(path) != "dir":
        return _NOTHING if excluded else _file(tree.status(path), name, place)
    sums = _NOTHING
    todo = [(path, place.enter(name))] if not excluded or rules.walks(path) else []
    while todo:
        here, place = todo.pop()
        listing = tree.peek(here)
        for name in listing.names:
            below = f"{here}/{name}"
            excluded = place.rules.decide(name).excluded
            if name in listing.directories:
                if not excluded or rules.walks(below):
                    todo.append((below, place.enter(name)))
            elif not excluded:
                sums = _plus(sums, _file(tree.status(below), name, place))
    return sums


def _file(status: os.stat_result | None, name: str, place: _Place) -> Leaving:
    if status is None:
        return _NOTHING
    regular = stat.S_ISREG(status.st_mode)
    size = status.st_size if regular else 0
    sent = place.asked is None or place.asked.asks_for(name)
    mask = place.reach.decide(name) if sent and place.reach is not None else 0
    odd = not (regular or stat.S_ISLNK(status.st_mode))
    return _leaving(1, size, sent, mask, odd=odd)


def _leaving(files: int, size: int, sent: bool, mask: int, *, odd: bool) -> Leaving:
    """These files, as far as the bits of `mask` say that they get."""
    image = sent and bool(mask & IMAGE)
    possible = sent and not image and bool(mask & MAYBE)
    return Leaving(
        files, size, files * sent, size * sent, files * image, size * image, files * possible, size * possible, odd
    )


def _plus(one: Leaving, other: Leaving) -> Leaving:
    return Leaving(
        one.files + other.files,
        one.bytes + other.bytes,
        one.files_sent + other.files_sent,
        one.bytes_sent + other.bytes_sent,
        one.files_image + other.files_image,
        one.bytes_image + other.bytes_image,
        one.files_possible + other.files_possible,
        one.bytes_possible + other.bytes_possible,
        one.odd or other.odd,
    )


class After(NamedTuple):
    """A build with another ignore file: its numbers, that file, and the rules as the builder has them."""

    sizes: Sizes
    ignored: IgnoreFile
    rules: Matcher


def after(scan: Scan, savings: Savings, new: IgnoreFile) -> After:
    """The build with `new` instead of its ignore file, which counts with its new size."""
    rules = comparable(rules_of(scan.build, new)[1])
    return After(_sizes_with(scan, savings, new, rules), new, rules)


def _sizes_with(scan: Scan, savings: Savings, new: IgnoreFile, rules: Matcher) -> Sizes:
    own = _inside(new.path, scan.build.context)
    disk = Context(scan.disk.root)
    if own is not None:
        disk.add(own)
    usage = None
    if scan.plan is not None:
        there = Sent(disk, rules, scan.narrowing)
        usage = trace_usage(scan.build, scan.plan, there, named_contexts(scan.build, scan.plan))
    sizes = _less(scan, savings, rules, usage)
    if sizes is None:
        sizes = scan_build(scan.build, ignored=new, screened=False).sizes
    if own is None or rules.gone(own):
        return sizes
    asked = scan.asks_for(own)
    mask = usage.root.at(own) if usage is not None else 0
    files = int(not savings.tree.exists(own))
    size = len(new.data) - savings.tree.size(own)
    return _sizes(scan, sizes, _leaving(files, size, asked, mask, odd=False), 1)


def _less(scan: Scan, savings: Savings, rules: Matcher, usage: Usage | None) -> Sizes | None:
    """The numbers without what leaves; None: that takes another walk."""
    measure = scan.measure
    if measure.shared or measure.broken or measure.empty:
        return None
    if scan.usage is not None and usage is not None and not scan.usage.root.agrees(usage.root, rules.gone):
        return None
    less = _NOTHING
    for path, leaves in savings.proof.moves(scan.rules, rules):
        if not leaves:
            return None
        less = _plus(less, savings.of(path))
    return None if less.odd else _sizes(scan, scan.sizes, less, -1)


def _sizes(scan: Scan, sizes: Sizes, sums: Leaving, sign: int) -> Sizes:
    counted = sign * (scan.build.builder.figure is not None)
    return Sizes(
        _size(sizes.context, sums.files, sums.bytes, sign),
        _size(sizes.transfer, sums.files_sent, sums.bytes_sent, counted),
        _size(sizes.image, sums.files_image, sums.bytes_image, sign),
        _size(sizes.possible, sums.files_possible, sums.bytes_possible, sign),
    )


def _size(size: Size, files: int, total: int, sign: int) -> Size:
    return Size(size.files + sign * files, size.bytes + sign * total)


def _inside(path: Path, context: Path) -> str | None:
    """The path of the file that is written, in the context; None: it lies elsewhere."""
    real, root = Path(os.path.realpath(path)), Path(os.path.realpath(context))
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else None
