"""The first part of the report: the verdict, what was asked, the numbers, and what they do not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ..digest.digest import Digest
from ..digest.figures import count
from ..digest.remarks import Remark
from ..formats import Look
from .drawing import STYLES, amount_cell, bar, bar_width, files_cell, grid, middle, name, prose, signs
from .several import together

#: Columns of an instruction that is quoted.
_QUOTED: Final = 50
_TITLES: Final = {"context": "Context", "transfer": "Transfer", "image": "Image", "possible": ""}


def print_verdict(console: Console, digest: Digest, names: Sequence[str], look: Look) -> None:
    """The outcome in one line, with the names of the builds that are the same."""
    if names:
        console.print(Text.assemble(("Build       ", "bold"), (together(names, look), "bold")))
    if digest.verdict is None:
        return
    severity, parts = digest.verdict
    sign = signs(look).fine if severity is None else getattr(signs(look), severity)
    said = signs(look).between.join(prose(each, look) for each in parts)
    style = "bold green" if severity is None else STYLES[severity][0]
    console.print(Text.assemble((sign, style), " ", (said[:1].upper() + said[1:], "bold")))
    console.print()


def print_facts(console: Console, digest: Digest, look: Look) -> None:
    print_head(console, digest, look)
    console.print()
    _print_numbers(console, digest, look)
    if digest.printed is not None:
        console.print(Text.assemble(("The builder will print  ", "dim"), (digest.printed, "bold")))
    for each in digest.remarks:
        console.print(_remark(each, look))


def print_head(console: Console, digest: Digest, look: Look) -> None:
    """What was asked."""
    scan = digest.review.scan
    dockerfile = name(digest.dockerfile, look) if digest.dockerfile else "none"
    if scan.build.shown_target:
        dockerfile += f" (target {name(scan.build.shown_target, look)})"
    if scan.ignored is None:
        rules = "none: nothing is excluded"
    else:
        number = len(scan.ignored.rules)
        rules = f"{name(digest.ignore_file or '', look)} ({count(number, 'rule') if number else 'no rules'})"
    rows = [
        ("Context", name(digest.context, look)),
        ("Dockerfile", dockerfile),
        ("Builder", scan.build.builder.name),
        ("Ignore file", rules),
    ]
    # Side by side where that takes no more than the width.
    left, right = (max(cell_len(value) for _, value in some) for some in (rows[:2], rows[2:]))
    table = grid()
    if len("Dockerfile") + len("Ignore file") + 3 * 2 + max(left, 20) + right <= look.width:
        for style in ("bold", "", "bold", ""):
            table.add_column(style=style)
        for one, other in zip(rows[:2], rows[2:], strict=True):
            table.add_row(one[0], Text(one[1].ljust(20)), other[0], Text(other[1]))
    else:
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for title, value in rows:
            table.add_row(title, Text(value))
    console.print(table)


def _print_numbers(console: Console, digest: Digest, look: Look) -> None:
    """The sizes with bars that compare them."""
    width = bar_width(look)
    table = grid()
    table.add_column(style="bold", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    if look.width >= 76:
        table.add_column(style="cyan", width=width, no_wrap=True)
    table.add_column(style="dim")
    whole = digest.figures[0].now.bytes
    for each in digest.figures:
        size, title = each.now, _TITLES[each.name]
        share = min(1, size.bytes / whole) if whole else 0
        drawn = [bar(share, width, look, pale=not title)] if look.width >= 76 else []
        table.add_row(title, amount_cell(size.bytes, look), files_cell(size.files), *drawn, each.what)
    console.print(table)


def _remark(each: Remark, look: Look) -> Text:
    """Our words dim, what they are about as it is."""
    value = prose(middle(name(each.value, look), _QUOTED, look), look) if each.value else ""
    place = f" ({name(each.place, look)})" if each.place else ""
    if each.caution:
        return Text(" ".join(filter(None, (each.before, value + place, each.after))), "yellow")
    return Text.assemble(
        (f"{prose(each.before, look)}  " if each.before and value else prose(each.before, look), "dim"),
        value + place,
        (f"  {prose(each.after, look)}" if each.after else "", "dim"),
    )
