"""Several builds in one report: which are the same, what each is called, and all of them side by side at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...builds.build import first_alike
from ..digest.digest import Digest, summary
from ..formats import Look
from .drawing import amount_cell, more, name, shortened

#: Builds that are listed without -v.
SHOWN: Final = 24
#: Columns that a name should have.
_NAME: Final = 16
#: The figures, those first that matter most, and in the order shown.
_COLUMNS: Final = ("transfer", "context", "image", "possible")
_SHOWN: Final = ("context", "transfer", "image", "possible")


def distinct(digests: Sequence[Digest], *, explained: bool) -> Iterator[tuple[list[str], Digest]]:
    """The builds to print with their names: what is the same build under another name is printed once, and if paths are
    explained only the builds that have one."""
    listed: dict[int, tuple[list[str], Digest]] = {}
    for digest, first in zip(digests, first_alike([each.review.scan.build for each in digests]), strict=True):
        own = [] if digest.name is None else [digest.name]
        if first in listed:
            listed[first][0].extend(own)
        elif digest.review.explanations or not explained:
            listed[first] = own, digest
    yield from listed.values()


def print_title(console: Console, names: Sequence[str], digest: Digest, look: Look) -> None:
    """The line above what concerns one build, where there is no head."""
    where = name(digest.context, look)
    console.print(Text.assemble(("Build ", "dim"), (together(names, look), "bold"), (f" in {where}", "dim")))


def together(names: Sequence[str], look: Look) -> str:
    return ", ".join(name(each, look) for each in names)


def print_summary(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """The builds one below the other, the worst first, without the figures that there is no room for."""
    from ..digest.causes import sorted_builds

    every = sorted_builds(digests)
    listed = every if look.verbose else every[:SHOWN]
    columns = {title: [_figure(each, title, look) for each in listed] for title in _COLUMNS}
    columns = {title: cells for title, cells in columns.items() if any(cells)}
    judged = any(each.findings is not None for each in digests)
    findings = {"findings": [summary(each.counts) or "none" for each in listed]} if judged else {}

    def room() -> int:
        shown = {**columns, **findings}
        return look.width - sum(2 + max(map(cell_len, (title, *cells))) for title, cells in shown.items())

    while columns and room() < _NAME:
        columns.popitem()
    names = [shortened(name(each.name or "", look), max(8, room()), look) for each in listed]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Builds", no_wrap=True)
    left = {title: columns[title] for title in _SHOWN if title in columns}
    for title in left:
        table.add_column(title, justify="right", no_wrap=True)
    if judged:
        table.add_column("findings", overflow="fold")
    for row in zip(map(Text, names), *left.values(), *findings.values(), strict=True):
        table.add_row(*row)
    console.print(table)
    if len(every) > len(listed):
        console.print(more(len(every) - len(listed), look))


def print_overview(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """The builds side by side: where each is built, what is sent and shipped, and the worst that was found."""
    listed = list(distinct(digests, explained=False))
    judged = any(each.findings is not None for each in digests)
    columns = {title: [_figure(each, title, look) for _, each in listed] for title in ("transfer", "image")}
    if judged:
        columns["worst finding"] = [_worst(each) for _, each in listed]
    taken = sum(2 + max(map(cell_len, (title, *cells))) for title, cells in columns.items())
    names = [together(own, look) for own, _ in listed]
    places = [name(each.context, look) + _UNSURE.get(_sureness(each), "") for _, each in listed]
    room = max(2 * _NAME, look.width - taken - 2)
    # Names get what contexts leave, and at least half.
    half = max(room // 2, room - max(map(cell_len, ("Context", *places))))
    left = min(half, max(map(cell_len, ("Build", *names))))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("Build", "Context"):
        table.add_column(title, no_wrap=True)
    for title in columns:
        table.add_column(title, justify="left" if title == "worst finding" else "right", no_wrap=True)
    for own, where, *cells in zip(names, places, *columns.values(), strict=True):
        table.add_row(Text(shortened(own, left, look)), Text(shortened(where, room - left, look)), *cells)
    console.print()
    console.print(table)


#: What is said beside a context that nothing names.
_UNSURE: Final = {"guessed": " (guessed)", "unknown": " (not known)"}


def _sureness(digest: Digest) -> str:
    build = digest.review.scan.build
    return "guessed" if build.known and build.guessed else "" if build.known else "unknown"


def _worst(digest: Digest) -> str:
    return next((f"{each.severity} {each.code}" for each in digest.findings or ()), "none")


def _figure(digest: Digest, title: str, look: Look) -> str:
    figure = digest.figure(title)
    return "" if figure is None else amount_cell(figure.now.bytes, look)
