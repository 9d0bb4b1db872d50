"""The report for people, in a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from humanize import intcomma, naturalsize
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..names import shown
from ..scan import Scan
from ..tree import Directory
from . import Look

#: A directory is shown from this share of the context on.
SHOWN_SHARE: Final = 0.01
#: Lines of the tree of directories.
TREE_LINES: Final = 14
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


def render(scans: Sequence[Scan], look: Look) -> str:
    out = StringIO()
    console = Console(
        file=out,
        width=look.width,
        force_terminal=look.color,
        color_system="standard" if look.color else None,
        no_color=not look.color,
        highlight=False,
        soft_wrap=False,
        legacy_windows=False,
    )
    for number, scan in enumerate(scans):
        if number:
            console.print()
        _print(console, scan, look)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _print(console: Console, scan: Scan, look: Look) -> None:
    console.print(_head(scan))
    console.print()
    console.print(_numbers(scan, look))
    printed = _builders_line(scan)
    if printed:
        console.print()
        console.print(printed)
    rows = list(_tree_rows(scan.directories))
    if rows:
        console.print()
        console.print(Text("Largest directories", style="bold"))
        console.print(_tree(rows, scan, look))


def _head(scan: Scan) -> Table:
    table = _grid()
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("Context", shown(scan.context))
    table.add_row("Dockerfile", shown(scan.dockerfile) if scan.dockerfile else "none: this covers the context alone")
    table.add_row("Builder", scan.builder)
    if scan.ignore_file is None:
        rules = "none: nothing is excluded"
    else:
        count = len(scan.rules)
        rules = f"{shown(scan.ignore_file)} ({count or 'no'} rule{'s' * (count != 1)})"
    table.add_row("Ignore file", rules)
    return table


def _numbers(scan: Scan, look: Look) -> Table:
    table = _grid()
    table.add_column(style="bold")
    table.add_column(justify="right", style="cyan")
    table.add_column(justify="right")
    table.add_column(style="dim")
    rows = (
        ("Context", scan.context_size, "kept by the rules"),
        ("Transfer", scan.transfer, "sent to the builder"),
    )
    for name, size, what in rows:
        table.add_row(name, _bytes(size.bytes, look), _files(size.files), what)
    return table


def _builders_line(scan: Scan) -> Text | None:
    if scan.transfer.shown is None:
        return None
    if scan.builder == "classic":
        line = f"Sending build context to Docker daemon  {scan.transfer.shown}"
    else:
        line = f"transferring context: {scan.transfer.shown}"
    return Text.assemble(("The builder will print  ", "dim"), (line, "green"))


def _tree_rows(root: Directory) -> Iterator[tuple[int, Directory]]:
    """The directories worth showing with their depths: chains of single children folded, largest first."""
    least = root.bytes * SHOWN_SHARE
    chosen = {id(each) for each in sorted(root.walk(), key=lambda each: -each.bytes)[1 : TREE_LINES + 1]}
    todo = [(0, each) for each in reversed(root.directories)]
    while todo:
        depth, each = todo.pop()
        if each.bytes < least or each.bytes == 0 or id(each) not in chosen:
            continue
        while len(each.directories) == 1 and each.directories[0].files == each.files:
            each = each.directories[0]
        yield depth, each
        todo.extend((depth + 1, below) for below in reversed(each.directories))


def _tree(rows: list[tuple[int, Directory]], scan: Scan, look: Look) -> Table:
    table = _grid()
    table.add_column(justify="right", style="cyan")
    table.add_column(justify="right")
    table.add_column(style="blue", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", style="dim")
    width = 20 if look.width >= 100 else 12
    above: list[str] = []
    for depth, each in rows:
        del above[depth:]
        name = each.path.removeprefix(above[-1] + "/") if above else each.path
        above.append(each.path)
        share = each.bytes / scan.context_size.bytes
        table.add_row(
            _bytes(each.bytes, look),
            f"{share:.0%}",
            _bar(share, width),
            "  " * depth + _middle(shown(name), max(12, look.width - 44 - width - 2 * depth)) + "/",
            _files(each.files),
        )
    return table


def _grid() -> Table:
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))


def _bytes(size: int, look: Look) -> str:
    return f"{intcomma(size)} B" if look.verbose else naturalsize(size, format="%.1f").replace(" Bytes", " B").replace(
        " Byte", " B"
    )


def _files(count: int) -> str:
    return f"{intcomma(count)} file{'s' * (count != 1)}"


def _bar(share: float, width: int) -> str:
    """A bar of eighths of a column."""
    eighths = max(1, round(share * width * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _middle(text: str, width: int) -> str:
    """`text` shortened in the middle, where a path says least."""
    if len(text) <= width:
        return text
    left = (width - 1) // 2
    return f"{text[:left]}…{text[len(text) - (width - 1 - left) :]}"
