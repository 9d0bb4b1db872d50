"""Findings: worst first, those of one code together, the place before what is wrong with it."""

from __future__ import annotations

from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from ..digest.digest import Digest, summary
from ..digest.figures import count
from ..digest.frames import Frame
from ..digest.outcome import none_found
from ..digest.told import Told
from ..formats import Look
from .directories import Leaving, leaving
from .drawing import LINK, STYLES, cut, fix, grid, heading, indented, middle, more, name, prose, shortened, signs

if TYPE_CHECKING:
    from ...checks.secrecy.inspection import Examined

#: Findings of one code that are shown one by one: in the report, where findings are all there is, and with -v.
SHOWN: Final = {"error": 5, "warning": 3, "note": 2}
SHOWN_ALONE: Final = 20
#: From so many on, findings that say the same are one message and their places.
ALIKE: Final = 3
#: Columns of a message, which may hold names of any length.
_MESSAGE: Final = 400


def print_findings(console: Console, digest: Digest, look: Look) -> None:
    findings = digest.findings or ()
    if not look.compact:
        console.print()
        # Where a rule that is proposed below is the remedy, it is said once.
        leaves = leaving(digest)
        findings = tuple(each._replace(remedy=None) if _is_proposed(each, leaves) else each for each in findings)
    if findings:
        console.print(heading("Findings", summary(digest.counts)))
        for at, (_, group) in enumerate(groupby(findings, key=lambda each: (each.severity, each.code))):
            if at:
                console.print()
            _print_group(console, list(group), look)
    else:
        console.print(heading(none_found([digest])))
    if digest.suppressed:
        listed = ", ".join(f"{number} {code} ({key})" for code, key, number in digest.suppressed)
        if findings:
            console.print()
        console.print(Text(f"Suppressed: {listed}", "dim"))
        for each, by, reason in digest.apart if look.verbose else ():
            what = f"{each.code} {name(each.place.path or '', look)}: {name(reason, look)} ({by})"
            console.print(indented(Text(what, "dim")))
    if digest.review.examined and look.verbose:
        _print_cleared(console, digest.review.examined, look)


def _is_proposed(each: Told, leaves: Leaving) -> bool:
    """Whether all there is to do is a rule that the proposals have."""
    finding, remedy = each.finding, each.remedy or ""
    more = "; " in remedy or ", and " in remedy
    if finding.path is None or finding.context is not None or not remedy.startswith("exclude ") or more:
        return False  # a value in the Git history has to be replaced as well
    return leaves(finding.path) is not None


def _print_group(console: Console, group: list[Told], look: Look) -> None:
    """Those of one code: what they say, and once what mends all of them, where that is the same."""
    first = group[0]
    sign, word = STYLES[first.severity]
    title = count(len(group), first.severity) if len(group) > 1 else first.severity
    code = Text(f"{LINK[0]}{first.code}{LINK[1]}" if look.links else first.code)
    console.print(Text.assemble((getattr(signs(look), first.severity), sign), " ", (title, word), "  ", code))
    left = len(group) if look.verbose else SHOWN_ALONE if look.compact else SHOWN[first.severity]
    few, many = _told_apart(group)
    files = [[each] for each in few] if look.verbose or look.compact else _by_file(few)
    rows = [_first_of(each) for each in files[:left]]
    remedy = _remedy_for_all(group) or (None if many and len(rows) < left else _remedy_for_all(rows))
    _print_rows(console, rows, remedy, look)
    hidden = sum(map(len, files[left:]))
    left -= len(rows)
    for alike in many:
        if left:
            _print_alike(console, alike, left, remedy, look)
        else:
            hidden += len(alike)
        left -= len(alike[:left])
    if hidden:
        console.print(indented(more(hidden, look)))
    if remedy is not None:
        console.print(indented(fix(remedy, look)))
    why = next((each.why for each in group if each.why), None)
    if why:
        console.print(indented(Text(f"why: {prose(why, look)}", "dim")))


def _told_apart(group: list[Told]) -> tuple[list[Told], list[list[Told]]]:
    """Those that say something particular, and those that say the same of many places."""
    by_message: dict[str, list[Told]] = {}
    for each in group:
        by_message.setdefault(each.message, []).append(each)
    few = [each for each in group if len(by_message[each.message]) < ALIKE]
    return few, [same for same in by_message.values() if len(same) >= ALIKE]


def _by_file(group: list[Told]) -> list[list[Told]]:
    """The findings of a file that has many together, so that one file does not hide the rest; the others by
    themselves."""
    of_file: dict[object, list[Told]] = {}
    for each in group:
        of_file.setdefault((each.place.path, each.finding.context) if each.line else id(each), []).append(each)
    return [part for same in of_file.values() for part in ([same] if len(same) >= ALIKE else [[each] for each in same])]


def _first_of(file: list[Told]) -> Told:
    """The first finding of a file, with the number of the others."""
    more_here = f"; {len(file) - 1} more in this file" if len(file) > 1 else ""
    return file[0]._replace(message=f"{file[0].message}{more_here}")


def _print_alike(console: Console, alike: list[Told], shown: int, remedy: str | None, look: Look) -> None:
    """What is said, and below it the places."""
    console.print(indented(_message(alike[0], look)))
    for each in alike[:shown]:
        console.print(indented(Text(_place(each, look.width - 4, look)), 4))
    if len(alike) > shown:
        console.print(indented(more(len(alike) - shown, look), 4))
    own = None if remedy else _remedy_for_all(alike)
    if own:
        console.print(indented(fix(own, look), 4))


def _print_rows(console: Console, group: list[Told], remedy: str | None, look: Look) -> None:
    """Places in a separate column, and beside each what is said; an error with its source one by one. What mends
    several in a row is said once, beside the last."""
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each, following in zip_longest(group, group[1:]):
        text = _message(each, look)
        place = _place(each, look.width - 4 if each.frame else look.width // 3, look)
        again = following is not None and following.remedy == each.remedy
        own = fix(each.remedy, look) if each.remedy and remedy is None and not again else None
        if each.frame is not None:
            console.print(indented(Text.assemble((place, "bold"), "  ", text)))
            for line in _frame(each.frame, look):
                console.print(indented(line, 4))
            if own is not None:
                console.print(indented(own, 4))
            continue
        if own is not None:
            text.append("\n").append_text(own)
        if place:
            table.add_row(Text(place), text)
        else:
            console.print(indented(text))
    if table.rows:
        console.print(indented(table))


def _frame(each: Frame, look: Look) -> list[Text]:
    """The line with its number, and carets below what is meant."""
    number, edge = str(each.number), signs(look).edge
    text, before, meant = (
        name(part, look)
        for part in (each.text, each.text[: each.start], each.text[each.start : each.start + each.length])
    )
    room = look.width - 4 - len(number) - 3
    shown = Text(text).cell_len <= room
    carets = "^" * max(1, min(Text(meant).cell_len, room - Text(before).cell_len))
    below = " " * Text(before).cell_len + carets if Text(before).cell_len < room else ""
    return [
        Text.assemble((f"{number} {edge} ", "dim"), text if shown else cut(text, room, look)),
        Text.assemble((f"{' ' * len(number)} {edge} ", "dim"), (below, "bold red")),
    ]


def _message(each: Told, look: Look) -> Text:
    message = each.message if look.verbose else middle(each.message, _MESSAGE, look)
    return Text(prose(message, look))


def _place(each: Told, width: int, look: Look) -> str:
    path = "" if each.place.path is None else name(each.place.path, look)
    line = "" if each.line is None else f":{each.line}"
    return shortened(path, width - len(line), look) + line


def _remedy_for_all(group: list[Told]) -> str | None:
    """What mends each of them, where that is the same but for the path."""
    said = {_named_these(each.remedy or "", each.finding.path) for each in group}
    remedy = said.pop() if said else ""
    if len(group) < 2 or said or not remedy:
        return None
    return remedy.replace("\0", "these")


def _named_these(remedy: str, path: str | None) -> str:
    """What mends it, without the path as a word; a longer path that ends in it is another."""
    words = remedy.split(" ") if path else []
    return " ".join(each.replace(path or "", "\0") if each.rstrip(",;:") == path else each for each in words) or remedy


def _print_cleared(console: Console, examined: Examined, look: Look) -> None:
    """What could have been a secret by its name, and why it is none."""
    cleared = [
        (suspect.path, each.reason)
        for suspect in examined.suspects
        for each in suspect.judgements
        if each.verdict == "cleared"
    ]
    if cleared:
        console.print()
        console.print(heading("Checked: no secret proven"))
    for path, reason in cleared:
        console.print(indented(Text(f"{name(path, look)}: {prose(reason, look)}")))
