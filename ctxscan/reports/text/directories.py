"""The largest directories as a tree with bars.

`rows` decides what is worth a line, and knows no colour: the largest come first, chains of single children are one
line, what a proposal takes out as a whole is not looked into, and what is left over is summed up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from itertools import count as counter
from typing import Final, NamedTuple

from rich.console import Console
from rich.text import Text

from ...context.largest import DirectoryTotals
from ...opinions import Review
from ...rules import ignorefile
from ...rules.matcher import Matcher
from ..formats import Look
from .drawing import amount_cell, bar, bar_width, count, cut, files_cell, grid, heading, name, shortened, signs

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
    """What is worth a line of its own in a directory."""
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


def print_directories(console: Console, review: Review, look: Look) -> None:
    scan = review.scan
    some = list(rows(scan.directories, _leaving(review), lines=LINES[look.verbose], share=SHARE[look.verbose]))
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
    labels = [_label(each, room, look, with_files=with_files) for each in some]
    room -= max(label.cell_len for label in labels) + 2
    with_reasons = room >= 12 and any(each.leaving for each in some)
    if with_reasons:
        table.add_column(style="dim", no_wrap=True)
    for each, size, number, label in zip(some, sizes, files, labels, strict=True):
        share = each.bytes / scan.context_size.bytes if scan.context_size.bytes else 0
        reasons = [Text(cut(name(each.leaving or "", look), room, look))] if with_reasons else []
        numbers = [number] if with_files else []
        table.add_row(size, *numbers, f"{share:.0%}", bar(share, width, look), label, *reasons)
    console.print(table)


def _label(row: DirectoryRow, room: int, look: Look, *, with_files: bool) -> Text:
    indent = "  " * min(row.depth, room // 6)
    if row.label is None:
        what = "others" if with_files else count(row.files, "more file")
        return Text(cut(f"{indent}{signs(look).more} {what}", room, look), "dim")
    return Text(f"{indent}{shortened(name(row.label, look), room - len(indent) - 1, look)}/")


def _leaving(review: Review) -> Leaving:
    """By the rules as they would be with the proposals: the one that takes a directory out is one of them."""
    proposed, builder = review.proposed, review.scan.build.builder
    if proposed is None or not proposed.changes:
        return lambda path: None
    reasons = {each.pattern: each.reasons[0] for each in proposed.applied if each.reasons}
    new = ignorefile.parse_rules(proposed.text, builder, path=proposed.path, label=proposed.label).rules
    matcher = Matcher([rule.pattern for rule in new], builder)

    def leaving(path: str) -> str | None:
        verdict = matcher.decide(path)
        return reasons.get(new[verdict.rule].text) if verdict.excluded and verdict.rule >= 0 else None

    return leaving
