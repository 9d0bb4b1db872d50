"""The log of a build: each step with its seconds, what was cached, and how the forecast of the transfer held."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from ...facts import Scan
from ...postbuild.timing import LogFacts, StepTime
from ...replay.summary import Price
from ..digest.figures import count, duration
from ..formats import Look
from .drawing import bar, bar_width, grid, heading, indented, middle, more, name

#: Names without an instruction that are shown without `-v`.
NAMES: Final = 5


def print_log(console: Console, log: LogFacts, scan: Scan, look: Look) -> None:
    console.print()
    what = "the median of " + count(log.logs, "log") if log.logs > 1 else "by its log"
    console.print(heading("Build", f"{duration(log.total)} in the steps that ran, {what}"))
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
        table.add_row(_state(each, log), drawn, Text(middle(name(each.text, look), room, look) + place))
    console.print(indented(table))
    for sent in dict.fromkeys(each for each in log.transferred if each is not None):
        held = sent == log.foretold
        told = f"foretold {log.foretold or 'nothing'}, the log has {sent}"
        console.print(Text.assemble(("Transfer  ", "bold"), told + ("" if held else _TRANSFER)))
    for text in log.unmatched if look.verbose else log.unmatched[:NAMES]:
        console.print(
            Text(f"no such instruction in the Dockerfile: {middle(name(text, look), look.width - 42, look)}", "yellow")
        )
    if len(log.unmatched) > NAMES and not look.verbose:
        console.print(indented(more(len(log.unmatched) - NAMES, look)))


#: Why the two may differ.
_TRANSFER: Final = ": a builder that has some of the files asks for the others only"


def _state(each: StepTime, log: LogFacts) -> str:
    if not each.seen:
        return "not in the log" if log.logs == 1 else "in no log"
    if each.failed and not each.runs:
        return "failed"
    if each.seconds is None:
        return "CACHED"
    times = f", CACHED in {each.cached} of {log.logs}" if each.cached else ""
    return duration(each.seconds) + times


def print_price(console: Console, price: Price, look: Look) -> None:
    """What the commits of a replay cost in time."""
    for each in sorted(price.steps, key=lambda step: -step.today):
        if not each.today and not each.was:
            continue
        told = f"{middle(name(each.text, look), 40, look)}: {duration(each.each)} a time: {duration(each.today)}"
        told += f"; with the proposals {duration(each.after)}" if each.after != each.today else ""
        if each.reordered is not None and each.reordered != each.today:
            told += f"; reordered {duration(each.reordered)}"
        console.print(Text(told))
    total = f"in all {duration(price.was)} as it was, {duration(price.today)} with the files of today"
    total += f", {duration(price.after)} with the proposals"
    total += f", {duration(price.reordered)} reordered" if price.reordered is not None else ""
    console.print(Text.assemble(("Time  ", "bold"), total))
    if price.unpriced:
        console.print(Text(f"{count(price.unpriced, 'step')} ran again, and no log has the seconds", "yellow"))
    if price.steps_seen:
        console.print(
            Text(
                f"The newest commit: foretold cached {price.foretold} of {price.steps_seen}, "
                f"and {price.held} of them were"
            )
        )
