"""Several builds in one report: which are the same, what each is called, and all of them side by side at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...builds.build import same
from ...facts import Scan
from ...findings import SEVERITIES
from ...opinions import Review
from ..formats import Look
from .drawing import amount_cell, count, name, shortened

#: Columns that a name should have.
_NAME: Final = 16


def distinct(reviews: Sequence[Review], *, explained: bool) -> Iterator[tuple[list[str], Review]]:
    """The builds to print with their names: what is the same build under another name is printed once, and if paths are
    explained only the builds that have one."""
    told: list[tuple[list[str], Review]] = []
    for review in reviews:
        own = [] if review.scan.build.name is None else [review.scan.build.name]
        known = next((names for names, each in told if own and same(each.scan.build, review.scan.build)), None)
        if known is not None:
            known += own
        elif review.explanations or not explained:
            told.append((own, review))
    yield from told


def print_title(console: Console, names: Sequence[str], scan: Scan, look: Look) -> None:
    """The line above what concerns one build, where there is no head."""
    where = name(scan.build.context.as_posix(), look)
    console.print(Text.assemble(("Build ", "dim"), (together(names, look), "bold"), (f" in {where}", "dim")))


def together(names: Sequence[str], look: Look) -> str:
    return ", ".join(name(each, look) for each in names)


def print_summary(console: Console, reviews: Sequence[Review], look: Look) -> None:
    """The builds side by side, without the figures that there is no room for."""
    now = [review.scan.sizes for review in reviews]
    columns = {
        "transfer": [amount_cell(each.transfer.bytes, look) for each in now],
        "context": [amount_cell(each.context.bytes, look) for each in now],
        "image": [amount_cell(each.image.bytes, look) for each in now],
    }
    judged = any(review.findings is not None for review in reviews)
    findings = {"findings": [_findings(review) for review in reviews]} if judged else {}

    def room() -> int:
        shown = {**columns, **findings}
        return look.width - sum(2 + max(map(cell_len, (title, *cells))) for title, cells in shown.items())

    while columns and room() < _NAME:
        columns.popitem()
    names = [shortened(name(each.scan.build.name or "", look), max(8, room()), look) for each in reviews]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Builds", no_wrap=True)
    left = {title: columns[title] for title in ("context", "transfer", "image") if title in columns}
    for title in left:
        table.add_column(title, justify="right", no_wrap=True)
    if judged:
        table.add_column("findings", overflow="fold")
    for row in zip(map(Text, names), *left.values(), *findings.values(), strict=True):
        table.add_row(*row)
    console.print()
    console.print(table)


def _findings(review: Review) -> str:
    found = review.findings or ()
    counts = [(sum(each.severity == severity for each in found), severity) for severity in SEVERITIES]
    return ", ".join(count(number, what) for number, what in counts if number) or "none"
