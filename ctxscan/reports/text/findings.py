"""Findings: worst first, those of one code together, the place before what is wrong with it."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from rich.console import Console
from rich.text import Text

from ...checks.inspection import Examined
from ...findings import SEVERITIES, Finding
from ...opinions import Review
from ..formats import Look
from .drawing import count, grid, heading, indented, middle, more, name, shortened, signs

#: Findings of one code that are shown one by one: in the report, where findings are all there is, and with -v.
SHOWN: Final = {"error": 5, "warning": 3, "note": 2}
SHOWN_ALONE: Final = 20
#: From so many on, findings that say the same are one message and their places.
ALIKE: Final = 3
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
    if review.suppressed:
        told = ", ".join(f"{number} {code} ({key})" for code, key, number in review.suppressed)
        console.print(Text(f"Suppressed by the configuration: {told}", "dim"))
        for each in review.allowed if look.verbose else ():
            what = f"{each.finding.code} {name(each.finding.path or '', look)}: {name(each.reason, look)}"
            console.print(indented(Text(what, "dim")))
    if review.examined and look.verbose:
        _print_cleared(console, review.examined, look)


def _print_group(console: Console, group: list[Finding], look: Look) -> None:
    """Those of one code: what they say, and once what mends all of them, where that is the same."""
    first = group[0]
    sign, word = _STYLES[first.severity]
    title = count(len(group), first.severity) if len(group) > 1 else first.severity
    console.print(Text.assemble((getattr(signs(look), first.severity), sign), " ", (title, word), f"  {first.code}"))
    left = len(group) if look.verbose else SHOWN_ALONE if look.compact else SHOWN[first.severity]
    remedy = _remedy_for_all(group)
    few, many = _told_apart(group)
    _print_rows(console, few[:left], remedy, look)
    hidden = len(few[left:])
    left -= len(few[:left])
    for alike in many:
        if left:
            _print_alike(console, alike, left, remedy, look)
        else:
            hidden += len(alike)
        left -= len(alike[:left])
    if hidden:
        console.print(indented(more(hidden, look)))
    if remedy is not None:
        console.print(indented(_fix(remedy, look)))
    why = next((each.why for each in group if each.why), None)
    if why:
        console.print(indented(Text(f"why: {name(why, look)}", "dim")))


def _told_apart(group: list[Finding]) -> tuple[list[Finding], list[list[Finding]]]:
    """Those that say something of their own, and those that say the same of many places."""
    by_message: dict[str, list[Finding]] = {}
    for each in group:
        by_message.setdefault(each.message, []).append(each)
    few = [each for each in group if len(by_message[each.message]) < ALIKE]
    return few, [same for same in by_message.values() if len(same) >= ALIKE]


def _print_alike(console: Console, alike: list[Finding], shown: int, remedy: str | None, look: Look) -> None:
    """What is said, and below it the places."""
    console.print(indented(_message(alike[0], look)))
    for each in alike[:shown]:
        console.print(indented(Text(_place(each, look.width - 4, look)), 4))
    if len(alike) > shown:
        console.print(indented(more(len(alike) - shown, look), 4))
    own = None if remedy else _remedy_for_all(alike)
    if own:
        console.print(indented(_fix(own, look), 4))


def _print_rows(console: Console, group: list[Finding], remedy: str | None, look: Look) -> None:
    """Places in a column of their own, and beside each what is said."""
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in group:
        text = _message(each, look)
        if each.remedy and remedy is None:
            text.append("\n").append_text(_fix(each.remedy, look))
        place = _place(each, look.width // 3, look)
        if place:
            table.add_row(Text(place), text)
        else:
            console.print(indented(text))
    if table.rows:
        console.print(indented(table))


def _message(each: Finding, look: Look) -> Text:
    message = name(each.message, look)
    return Text(message if look.verbose else middle(message, _MESSAGE, look))


def _fix(remedy: str, look: Look) -> Text:
    return Text.assemble(("fix: ", "green"), name(remedy, look))


def _place(each: Finding, width: int, look: Look) -> str:
    path = "" if each.path is None else name(each.path, look)
    line = "" if each.line is None else f":{each.line}"
    return shortened(path, width - len(line), look) + line


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
