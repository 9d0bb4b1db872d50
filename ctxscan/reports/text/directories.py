"""The largest directories as a tree with bars.

`rows` decides what is worth a line: the largest come first, chains of single children are one line, what a proposal
takes out as a whole is not looked into, and what is left over is summed up.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import count as counter
from typing import Final, NamedTuple

from rich.console import Console
from rich.text import Text

from ...context.largest import DirectoryTotals
from ...rules import ignorefile
from ...rules.matcher import Matcher
from ..digest.digest import Digest
from ..digest.figures import count
from ..digest.figures import share as share_of
from ..formats import Look
from .drawing import amount_cell, bar, bar_width, cut, files_cell, grid, heading, name, shortened, signs

#: Directories that are shown, and from which share of the context on; with -v.
LINES: Final = 10, 40
SHARE: Final = 0.01, 0.005
#: How much more it takes for what is left over in a directory.
LEFT_OVER: Final = 3
#: A directory in another one that holds so much of it stands for it.
NEARLY_ALL: Final = 0.8

#: Why a directory leaves with the proposals; None: it does not, or not all of it.
Leaving = Callable[[str], str | None]


class DirectoryRow(NamedTuple):
    """`label` is the path below the row that it belongs to, None for what is left over there."""

    depth: int
    label: str | None
    bytes: int
    files: int
    leaving: str | None


def rows(root: DirectoryTotals, leaving: Leaving, *, lines: int, share: float) -> Iterator[DirectoryRow]:
    chosen = _chosen(root, leaving, lines=lines, least=max(1, share * root.bytes))
    yield from _below(root, "", 0, chosen, leaving, share * root.bytes)


def _chosen(root: DirectoryTotals, leaving: Leaving, *, lines: int, least: float) -> dict[str, list[DirectoryTotals]]:
    """The largest directories, each in the one that is shown above it."""
    chosen: dict[str, list[DirectoryTotals]] = {}
    order = counter()
    todo = [(-each.bytes, next(order), "", each) for each in _inside(root, leaving)]
    heapify(todo)
    while todo and lines:
        _, _, above, each = heappop(todo)
        if each.bytes < least:
            break
        chosen.setdefault(above, []).append(each)
        lines -= 1
        for below in _inside(each, leaving):
            heappush(todo, (-below.bytes, next(order), each.path, below))
    return chosen


def _inside(directory: DirectoryTotals, leaving: Leaving) -> Iterator[DirectoryTotals]:
    """What is worth a separate line in a directory."""
    if directory.path and leaving(directory.path):
        return
    for each in directory.directories:
        while each.directories and each.directories[0].bytes >= NEARLY_ALL * each.bytes and not leaving(each.path):
            each = each.directories[0]
        yield each


def _below(
    directory: DirectoryTotals,
    above: str,
    depth: int,
    chosen: dict[str, list[DirectoryTotals]],
    leaving: Leaving,
    least: float,
) -> Iterator[DirectoryRow]:
    inside = chosen.get(directory.path, [])
    for each in inside:
        yield DirectoryRow(depth, each.path.removeprefix(above), each.bytes, each.files, leaving(each.path))
        yield from _below(each, each.path + "/", depth + 1, chosen, leaving, least)
    files = directory.files - sum(each.files for each in inside)
    left = directory.bytes - sum(each.bytes for each in inside)
    # Of the context as a whole in any case: the rows add up to it.
    if inside and files and (left >= LEFT_OVER * least or not depth):
        yield DirectoryRow(depth, None, left, files, None)


def within_depth(some: Sequence[DirectoryRow], depth: int) -> list[DirectoryRow]:
    """The rows that are at most so many levels deep, the first of which is 1."""
    return [each for each in some if each.depth < depth]


def branches(some: Sequence[DirectoryRow], look: Look) -> Iterator[str]:
    """What stands in front of each label: the lines of a tree below the rows of the first level."""
    used = signs(look)
    for at, each in enumerate(some):
        drawn = []
        for level in range(1, each.depth + 1):
            # Another one follows on that level before the tree goes back above it.
            after = next((other.depth for other in some[at + 1 :] if other.depth <= level), 0)
            own = level == each.depth
            drawn.append((used.branch if own else used.trunk) if after == level else (used.last if own else "   "))
        yield "".join(drawn)


def print_directories(console: Console, digest: Digest, look: Look) -> None:
    scan = digest.review.scan
    lines = look.top or LINES[look.verbose]
    least = 0 if look.top else SHARE[look.verbose]
    some = list(rows(scan.directories, leaving(digest), lines=lines, share=least))
    some = some if look.depth is None else within_depth(some, look.depth)
    if not some:
        return
    console.print()
    console.print(heading("Largest directories"))
    width = bar_width(look)
    with_files = look.width >= 76
    table = grid()
    for _ in range(2 + with_files):
        table.add_column(justify="right", no_wrap=True)
    table.add_column(style="cyan", width=width, no_wrap=True)
    table.add_column(no_wrap=True)
    sizes = [amount_cell(each.bytes, look) for each in some]
    files = [files_cell(each.files) for each in some]
    # What is left for the names, and for the reasons beside them.
    room = look.width - max(map(len, sizes)) - 4 - width - 6 - (max(map(len, files)) + 2 if with_files else 0)
    drawn = branches(some, look) if room >= 24 else ("" for _ in some)
    labels = [_label(each, tree, room, look, with_files=with_files) for each, tree in zip(some, drawn, strict=True)]
    room -= max(label.cell_len for label in labels) + 2
    with_reasons = room >= 12 and any(each.leaving for each in some)
    if with_reasons:
        table.add_column(style="dim", no_wrap=True)
    whole = scan.context_size.bytes
    for each, size, number, label in zip(some, sizes, files, labels, strict=True):
        reasons = [Text(cut(name(each.leaving or "", look), room, look))] if with_reasons else []
        numbers = [number] if with_files else []
        drawn_bar = bar(each.bytes / whole if whole else 0, width, look)
        table.add_row(size, *numbers, share_of(each.bytes, whole), drawn_bar, label, *reasons)
    console.print(table)


def _label(row: DirectoryRow, tree: str, room: int, look: Look, *, with_files: bool) -> Text:
    tree = tree[-(room // 2) :] if tree else ""
    if row.label is None:
        what = "other files" if with_files else count(row.files, "other file")
        return Text(cut(f"{tree}{signs(look).more} {what}", room, look), "dim")
    label = shortened(name(row.label, look), room - len(tree) - 1, look)
    return Text.assemble((tree, "dim"), f"{label}/")


def leaving(digest: Digest) -> Leaving:
    """By the rules as they would be with the proposals: the one that takes a directory out is one of them."""
    review = digest.review
    proposed, builder = review.proposed, review.scan.build.builder
    if proposed is None or not proposed.changes:
        return lambda path: None
    reasons = {each.pattern: each.reasons[0] for each in proposed.applied if each.reasons}
    new = ignorefile.parse_rules(proposed.text, builder, path=proposed.path, label=proposed.label).rules
    matcher = Matcher([rule.pattern for rule in new], builder)

    def leaves(path: str) -> str | None:
        verdict = matcher.decide(path)
        return reasons.get(new[verdict.rule].text) if verdict.excluded and verdict.rule >= 0 else None

    return leaves
