"""The largest files that are sent, beside the largest directories: those that no proposal takes out."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from ...context.totals import Found
from ..digest.digest import Digest
from ..digest.figures import share
from ..formats import Look
from .directories import leaving
from .drawing import amount_cell, grid, heading, name, shortened

#: Files that are shown, and from which share of the context and which size on; with -v.
LINES: Final = 5, 20
SHARE: Final = 0.02, 0.001
LEAST: Final = 100_000, 1


def print_files(console: Console, digest: Digest, look: Look) -> None:
    some = _files(digest, look)
    if not some:
        return
    whole = digest.figures[0].now.bytes
    table = grid()
    for _ in range(2):
        table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    sizes = [amount_cell(each.bytes, look) for each in some]
    room = look.width - max(map(len, sizes)) - 2 - 5 - 2
    for each, size in zip(some, sizes, strict=True):
        table.add_row(size, share(each.bytes, whole), Text(shortened(name(each.path, look), room, look)))
    console.print()
    console.print(heading("Largest files"))
    console.print(table)


def _files(digest: Digest, look: Look) -> list[Found]:
    """What is worth a line: asked for by number, or large and not about to leave."""
    measure = digest.review.scan.measure
    if look.top is not None:
        return list(measure.largest[: look.top])
    leaves = leaving(digest)
    least = max(LEAST[look.verbose], SHARE[look.verbose] * digest.figures[0].now.bytes)
    large = (each for each in measure.largest if each.bytes >= least and leaves(each.path) is None)
    return list(large)[: LINES[look.verbose]]
