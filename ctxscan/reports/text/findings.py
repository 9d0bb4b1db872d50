"""Findings: worst first, those of one code together, the place before what is wrong with it."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ...examine import Examined
from ...findings import SEVERITIES, Finding
from ...review import Review
from .. import Look
from .drawing import count, grid, heading, indented, name, shortened, signs, some

#: Findings of one code that are shown one by one: in the report, where findings are all there is, and with -v.
SHOWN: Final = {"error": 5, "warning": 3, "note": 2}
SHOWN_ALONE: Final = 20
#: Columns of a message, which may hold names of any length.
_MESSAGE: Final = 400
#: Severity is told by a sign and a word, and only then by colour: yellow and cyan cannot be read on white.
_STYLES: Final = {"error": ("bold red", "bold red"), "warning": ("bold yellow", "bold"), "note": ("bold cyan", "bold")}


def print_findings(console: Console, review: Review, look: Look) -> None:
    findings = review.findings or ()
    if not look.compact:
        console.print()
    if findings:
        counts = [(sum(each.severity == severity for each in findings), severity) for severity in SEVERITIES]
        console.print(heading("Findings", ", ".join(count(number, what) for number, what in counts if number)))
        for _, group in groupby(findings, key=lambda each: (each.severity, each.code)):
            _print_group(console, list(group), look)
    else:
        console.print(heading("No findings"))
    if review.allowed:
        verb = "is" if len(review.allowed) == 1 else "are"
        console.print(Text(f"{len(review.allowed)} more {verb} allowed by the configuration", "dim"))
        for each in review.allowed if look.verbose else ():
            what = f"{each.finding.code} {name(each.finding.path or '', look)}: {name(each.reason, look)}"
            console.print(indented(Text(what, "dim")))
    if review.examined and review.examined.unread:
        console.print(Text("Not every small text file was read for secrets: --deep does", "dim"))
    if review.examined and look.verbose:
        _print_cleared(console, review.examined, look)


def _print_group(console: Console, group: list[Finding], look: Look) -> None:
    first = group[0]
    sign, word = _STYLES[first.severity]
    title = count(len(group), first.severity) if len(group) > 1 else first.severity
    console.print(Text.assemble((getattr(signs(look), first.severity), sign), " ", (title, word), f"  {first.code}"))
    shown = len(group) if look.verbose else SHOWN_ALONE if look.compact else SHOWN[first.severity]
    remedy = _remedy_for_all(group)
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    places = [_place(each, look) for each in group[:shown]]
    beside = all(cell_len(place) <= look.width // 3 for place in places)
    for each, place in zip(group, places, strict=False):
        message = name(each.message, look)
        text = Text(message if look.verbose else shortened(message, _MESSAGE, look))
        if each.remedy and remedy is None:
            text.append_text(Text.assemble("\n", ("fix: ", "green"), name(each.remedy, look)))
        if beside and any(places):
            table.add_row(Text(place), text)
        else:
            console.print(indented(Text.assemble(place, ": " if place else "", text)))
    if table.rows:
        console.print(indented(table))
    for line in some(len(group), shown, look):
        console.print(indented(line))
    if remedy is not None:
        console.print(indented(Text.assemble(("fix: ", "green"), remedy)))
    why = next((each.why for each in group if each.why), None)
    if why:
        console.print(indented(Text(f"why: {name(why, look)}", "dim")))


def _place(each: Finding, look: Look) -> str:
    path = "" if each.path is None else name(each.path, look)
    line = "" if each.line is None else f":{each.line}"
    return shortened(path, look.width // 3 - len(line), look) + line


def _remedy_for_all(group: list[Finding]) -> str | None:
    """What mends each of them, where that is the same but for the path."""
    said = {(each.remedy or "").replace(each.path or "\0", "\0") for each in group}
    remedy = said.pop()
    if len(group) == 1 or said or not remedy:
        return None
    return remedy.replace("\0", "these")


def _print_cleared(console: Console, examined: Examined, look: Look) -> None:
    """What looked like a secret by its name, and why it is none."""
    cleared = [
        (suspect.path, each.reason)
        for suspect in examined.suspects
        for each in suspect.judgements
        if each.verdict == "cleared"
    ]
    if cleared:
        console.print()
        console.print(heading("Looked like secrets and are none"))
    for path, reason in cleared:
        console.print(indented(Text(f"{name(path, look)}: {name(reason, look)}")))
