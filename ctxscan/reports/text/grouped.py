"""Several builds at a glance: their findings by cause, as much of each as fits, and the rules to write."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ..digest.causes import Cause, Group, causes, counts, groups, named
from ..digest.digest import Digest, summary
from ..digest.figures import count
from ..digest.outcome import none_found
from ..digest.pages import page_of
from ..digest.told import Told
from ..formats import Look
from .drawing import (
    STYLES,
    amount,
    amount_cell,
    console_for,
    cut,
    fix,
    grid,
    heading,
    indented,
    middle,
    more,
    name,
    prose,
    shortened,
    signs,
)

if TYPE_CHECKING:
    from ...proposals.propose import Proposals

#: Lines that the findings of several builds take, if they can: with the table of twenty builds that is two screens.
LINES: Final = 44
#: What of each group is shown, from much to little: causes of errors, warnings and notes, and whether what mends them.
_DETAIL: Final = (
    *((5, 2, 1, True), (3, 1, 1, True), (2, 1, 0, True)),
    *((1, 1, 0, False), (1, 0, 0, False), (0, 0, 0, False)),
)
#: The same where findings are all there is.
_ALONE: Final = ((20, 20, 20, True),)
#: Names of builds in a line, and columns of a message, of a remedy, and of a path in one that is longer.
_NAMES: Final = 6
_MESSAGE: Final = 180
_REMEDY: Final = 120
_LONGEST_REMEDY: Final = 320
_PATH: Final = 30
#: Ignore files for which the rules are counted.
_FILES: Final = 4
#: What one of those is worth that a person has to decide on, in bytes.
_LARGE: Final = 1_000_000
#: Rules that are named where they save nothing yet.
_PATTERNS: Final = 3


class _Detail(NamedTuple):
    error: int
    warning: int
    note: int
    remedies: bool


def print_causes(console: Console, digests: Sequence[Digest], look: Look, *, alone: bool) -> None:
    """The findings of all builds; `alone`: nothing else is shown."""
    found = causes(digests)
    if not found:
        console.print(heading(none_found(digests)))
        return
    console.print(heading("Findings", summary(counts(found))))
    every = groups(found)
    lines = ""
    for detail in map(_Detail._make, _ALONE if alone else _DETAIL):
        lines = _drawn(console, every, look, detail)
        if lines.count("\n") <= LINES:
            break
    console.file.write(lines)


def _drawn(console: Console, every: Sequence[Group], look: Look, detail: _Detail) -> str:
    """The groups as a console like this one draws them."""
    out = StringIO()
    to = console_for(out, console.width, look)
    for group in every:
        _print_group(to, group, look, getattr(detail, group.severity), remedies=detail.remedies)
    return out.getvalue()


def _print_group(console: Console, group: Group, look: Look, left: int, *, remedies: bool) -> None:
    sign, word = STYLES[group.severity]
    title = count(len(group.causes), group.severity) if len(group.causes) > 1 else group.severity
    code = Text(group.code, f"link {page_of(group.code)}" if look.links else "")
    what = Text.assemble((getattr(signs(look), group.severity), sign), " ", (title, word), "  ", code, "  ")
    what.append(_where(group.builds, look, look.width - what.cell_len), "dim")
    console.print(what)
    if not left:
        return
    shown = group.alike[:left]
    remedy = _remedy(shown)
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for alike in shown:
        text = _message(alike, group, look)
        if remedies and remedy is None and alike[0].worst.remedy:
            text.append("\n").append_text(_fix(alike[0].worst, look))
        place = _place(alike[0], look)
        if place:
            table.add_row(Text(place), text)
        else:
            console.print(indented(text))
    if table.rows:
        console.print(indented(table))
    if hidden := len(group.causes) - sum(map(len, shown)):
        console.print(indented(more(hidden, look)))
    if remedies and remedy is not None:
        console.print(indented(_fix(shown[0][0].worst, look)))


def _fix(told: Told, look: Look) -> Text:
    """What mends it; of a long one the path is shortened first, as it stands beside it, and then the end is left out:
    what is to be written comes first."""
    remedy, path = told.remedy or "", told.finding.path
    if path is not None and cell_len(remedy) > _REMEDY:
        remedy = remedy.replace(path, shortened(path, _PATH, look))
    return fix(cut(remedy, _LONGEST_REMEDY, look), look)


def _message(alike: Sequence[Cause], group: Group, look: Look) -> Text:
    first = alike[0]
    text = Text(prose(middle(first.worst.message, _MESSAGE, look), look))
    if len(alike) > 1:
        text.append(f" (and {len(alike) - 1} more like it)", "dim")
    elif 1 < len(first.builds) != len(group.builds):
        text.append(f" ({_where(first.builds, look, look.width // 2)})", "dim")
    return text


def _remedy(shown: Sequence[Sequence[Cause]]) -> str | None:
    """What mends all that is shown, where that is the same for several."""
    said = {alike[0].worst.remedy for alike in shown}
    return said.pop() if len(shown) > 1 and len(said) == 1 else None


def _where(builds: Sequence[str], look: Look, room: int) -> str:
    """The builds that have something, with as many names as there is room for."""
    names = [name(each, look) for each in builds]
    said = (prose(named(names, most), look) for most in range(min(len(names), _NAMES), 0, -1))
    return next((each for each in said if cell_len(each) <= room), count(len(names), "build"))


def _place(cause: Cause, look: Look) -> str:
    told = cause.worst
    path = "" if told.place.path is None else name(told.place.path, look)
    line = "" if told.line is None else f":{told.line}"
    return shortened(path, look.width // 3 - len(line), look) + line


def print_savings(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """The proven rules, by the ignore file they are for: how many, and what the largest build saves by them."""
    rows: dict[str, tuple[int, Digest]] = {}
    for each in digests:
        saving, proposed = each.saving, each.review.proposed
        if saving is None or proposed is None:
            continue
        place = _place_of_rules(each, proposed)
        known = rows.get(place)
        if known is None or known[1].saving is None or saving.before - saving.after > _saved(known[1]):
            rows[place] = (len(each.proposed), each)
    if not rows:
        return
    console.print()
    console.print(heading("Proposals", "proven not to break any of the builds"))
    largest = sorted(rows.items(), key=lambda row: (-_saved(row[1][1]), row[0]))
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for place, (number, each) in largest[:_FILES]:
        saving = each.saving
        if saving is not None:
            sizes = f"{amount(saving.before, look)} {signs(look).arrow} {amount(saving.after, look)}"
            gain = f"{saving.name} {sizes}, {saving.words(exact=look.verbose)}"
            if saving.after >= saving.before:
                # What is not there yet, as a rule.
                gain = ", ".join(name(one.pattern, look) for one in each.proposed[:_PATTERNS])
                gain += f", {signs(look).more} {number - _PATTERNS} more" if number > _PATTERNS else ""
            table.add_row(
                Text(shortened(name(place, look), look.width // 2, look)), Text(count(number, "rule")), Text(gain)
            )
    console.print(indented(table))
    if len(largest) > _FILES:
        console.print(indented(more(len(largest) - _FILES, look)))


def print_choices(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """The large rules that are for a person to decide on, of the build in which each ignore file has most of them."""
    from .proposals import CHOICES, rows_of

    most: dict[str, tuple[tuple[int, int], Digest]] = {}
    for each in digests:
        proposed = each.review.proposed
        if proposed is not None and each.cautions:
            size = sum(one.transfer_bytes for one in each.cautions), sum(one.bytes for one in each.cautions)
            place = _place_of_rules(each, proposed)
            if place not in most or size > most[place][0]:
                most[place] = size, each
    found = [(place, row) for place, (_, each) in most.items() for row in rows_of(list(each.cautions), look)]
    large = sorted((each for each in found if each[1].bytes >= _LARGE), key=lambda each: -each[1].bytes)
    if not large:
        return
    console.print()
    console.print(heading("For you to decide", CHOICES))
    table = grid()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    for place, row in large[:_FILES]:
        others = f" (and {row.others:,} more)" if row.others else ""
        where = row.pattern if len(most) == 1 else f"{place.rpartition('/')[0]}{row.pattern}"
        path = shortened(name(where, look), max(16, look.width // 3), look)
        table.add_row(amount_cell(row.bytes, look), Text(path), Text(prose(row.why, look) + others))
    console.print(indented(table))
    if len(large) > _FILES:
        console.print(indented(more(len(large) - _FILES, look)))


def _place_of_rules(digest: Digest, proposed: Proposals) -> str:
    """The ignore file for which rules are proposed, as seen from here."""
    return f"{digest.context}/{proposed.label}".removeprefix("./")


def _saved(digest: Digest) -> int:
    return 0 if digest.saving is None else digest.saving.before - digest.saving.after


def print_suppressed(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """What does not count in any of the builds, summed up."""
    numbers: dict[tuple[str, str], int] = {}
    for each in digests:
        for code, by, number in each.suppressed:
            numbers[code, by] = numbers.get((code, by), 0) + number
    if numbers:
        listed = ", ".join(f"{number} {code} ({by})" for (code, by), number in sorted(numbers.items()))
        console.print()
        console.print(Text(f"Suppressed: {listed}", "dim"))
