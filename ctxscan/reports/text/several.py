"""Several builds in one report: which are the same, what each is called, and all of them side by side at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...builds.build import same
from ..digest.digest import Digest, summary
from ..formats import Look
from .drawing import amount_cell, name, shortened

#: Columns that a name should have.
_NAME: Final = 16
#: The figures, those first that matter most, and in the order shown.
_COLUMNS: Final = ("transfer", "context", "image", "possible")
_SHOWN: Final = ("context", "transfer", "image", "possible")


def distinct(digests: Sequence[Digest], *, explained: bool) -> Iterator[tuple[list[str], Digest]]:
    """The builds to print with their names: what is the same build under another name is printed once, and if paths are
    explained only the builds that have one."""
    listed: list[tuple[list[str], Digest]] = []
    for digest in digests:
        own = [] if digest.name is None else [digest.name]
        build = digest.review.scan.build
        known = next((names for names, each in listed if own and same(each.review.scan.build, build)), None)
        if known is not None:
            known += own
        elif digest.review.explanations or not explained:
            listed.append((own, digest))
    yield from listed


def print_title(console: Console, names: Sequence[str], digest: Digest, look: Look) -> None:
    """The line above what concerns one build, where there is no head."""
    where = name(digest.context, look)
    console.print(Text.assemble(("Build ", "dim"), (together(names, look), "bold"), (f" in {where}", "dim")))


def together(names: Sequence[str], look: Look) -> str:
    return ", ".join(name(each, look) for each in names)


def print_summary(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """The builds side by side, without the figures that there is no room for."""
    columns = {title: [_figure(each, title, look) for each in digests] for title in _COLUMNS}
    columns = {title: cells for title, cells in columns.items() if any(cells)}
    judged = any(each.findings is not None for each in digests)
    findings = {"findings": [summary(each.counts) or "none" for each in digests]} if judged else {}

    def room() -> int:
        shown = {**columns, **findings}
        return look.width - sum(2 + max(map(cell_len, (title, *cells))) for title, cells in shown.items())

    while columns and room() < _NAME:
        columns.popitem()
    names = [shortened(name(each.name or "", look), max(8, room()), look) for each in digests]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Builds", no_wrap=True)
    left = {title: columns[title] for title in _SHOWN if title in columns}
    for title in left:
        table.add_column(title, justify="right", no_wrap=True)
    if judged:
        table.add_column("findings", overflow="fold")
    for row in zip(map(Text, names), *left.values(), *findings.values(), strict=True):
        table.add_row(*row)
    console.print()
    console.print(table)


def _figure(digest: Digest, title: str, look: Look) -> str:
    figure = digest.figure(title)
    return "" if figure is None else amount_cell(figure.now.bytes, look)
