"""The log of a build: each step with its seconds, what was cached, and how the forecast of the transfer held."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from ...facts import Scan
from ...postbuild.timing import LogFacts
from ...replay.summary import Price
from ..digest import built
from ..formats import Look
from .drawing import bar, bar_width, grid, heading, indented, middle, more, name

#: Names without an instruction that are shown without `-v`.
NAMES: Final = 5


def print_log(console: Console, log: LogFacts, scan: Scan, look: Look) -> None:
    console.print()
    console.print(heading("Build", built.log_title(log)))
    most = max((each.seconds or 0.0 for each in log.steps), default=0.0)
    width = bar_width(look) // 2
    table = grid()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="cyan", width=width, no_wrap=True)
    table.add_column(no_wrap=True)
    for each in log.steps:
        place = f" ({name(scan.build.label or '', look)}:{each.line})"
        room = max(20, look.width - 20 - width - len(place))
        drawn = bar((each.seconds or 0.0) / most if most else 0, width, look)
        table.add_row(built.step_state(each, log), drawn, Text(middle(name(each.text, look), room, look) + place))
    console.print(indented(table))
    for told in built.transfers(log):
        console.print(Text.assemble(("Transfer  ", "bold"), name(told, look)))
    for text in log.unmatched if look.verbose else log.unmatched[:NAMES]:
        told = middle(name(text, look), look.width - 42, look)
        console.print(Text(f"no such instruction in the Dockerfile: {told}", "yellow"))
    if len(log.unmatched) > NAMES and not look.verbose:
        console.print(indented(more(len(log.unmatched) - NAMES, look)))


def print_price(console: Console, price: Price, look: Look) -> None:
    """What the commits of a replay cost in time."""
    for text, told in built.price_lines(price):
        console.print(Text(f"{middle(name(text, look), 40, look)}: {told}"))
    console.print(Text.assemble(("Time  ", "bold"), built.price_total(price)))
    for remark in built.price_remarks(price):
        console.print(Text(remark))
