"""The rules to write, with what each saves and why; those that only a person can decide on; before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Console
from rich.text import Text

from ..digest.digest import Digest
from ..digest.figures import Saving
from ..formats import Look
from .drawing import amount, amount_cell, files_cell, grid, heading, indented, more, name, prose, shortened, signs

if TYPE_CHECKING:
    from ...proposals.propose import Proposal
    from ...proposals.targets import Needed

#: Rules that are shown without -v, and paths that are kept.
SHOWN: Final = 10
SHOWN_NEEDED: Final = 3
CHOICES: Final = "written only if apply-cautions or --with names them"
#: From so many on, rules for one reason are one row.
ALIKE: Final = 4


def print_proposals(console: Console, digest: Digest, look: Look) -> None:
    applied, cautions = list(digest.proposed), list(digest.cautions)
    if applied:
        console.print()
        console.print(heading("Proposals", "proven not to break the build"))
        _print_rules(console, applied, look)
    if cautions:
        console.print()
        console.print(heading("For you to decide", CHOICES))
        _print_rules(console, cautions, look)
    if digest.needed:
        console.print()
        console.print(heading("Kept", "and why"))
        _print_needed(console, digest.needed, look)
    if digest.result is not None:
        console.print()
        console.print(_change(digest.result, look, narrowed=digest.review.scan.narrowing is not None))


def _change(saving: Saving, look: Look, *, narrowed: bool) -> Text:
    """What the rules change; `narrowed`: the builder asks only for what is copied, whatever the rules say."""
    title, before, after = saving
    head = (f"{title.capitalize()}  ", "bold")
    if after == before and narrowed:
        return Text.assemble(head, f"{amount(after, look)} either way: this builder asks only for what is copied")
    less = (f"{amount(after, look)}, {saving.words(exact=look.verbose)}", "bold green" if after < before else "bold")
    return Text.assemble(head, f"{amount(before, look)} {signs(look).arrow} ", less)


def _print_needed(console: Console, needed: tuple[Needed, ...], look: Look) -> None:
    shown = needed if look.verbose else needed[:SHOWN_NEEDED]
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    for each in shown:
        path = shortened(name(each.path, look), max(16, look.width // 3), look)
        table.add_row(Text(path), Text(prose(each.why, look)))
    console.print(indented(table))
    if len(needed) > len(shown):
        console.print(indented(more(len(needed) - len(shown), look)))


class _Row(NamedTuple):
    pattern: str
    others: int
    bytes: int
    files: int
    why: str


def rows_of(proposals: list[Proposal], look: Look) -> list[_Row]:
    """Secrets first, then what saves most; what is not there yet last. Many for one reason are one row."""
    by_reason: dict[str, list[Proposal]] = {}
    for each in proposals:
        by_reason.setdefault(_why(each), []).append(each)
    rows = []
    for why, group in by_reason.items():
        group.sort(key=lambda each: -each.bytes)
        for some in (
            [group] if (len(group) >= ALIKE or _asked(group)) and not look.verbose else [[each] for each in group]
        ):
            size, files = sum(each.bytes for each in some), sum(each.files for each in some)
            rows.append(_Row(some[0].pattern, len(some) - 1, size, files, why))
    return sorted(rows, key=lambda row: ("secret" not in row.why, -row.bytes, row.files == 0))


def _asked(group: list[Proposal]) -> bool:
    """Whether one word decides on all of them."""
    return bool(group[0].consent) and not group[0].applied


def _print_rules(console: Console, proposals: list[Proposal], look: Look) -> None:
    rows = rows_of(proposals, look)
    shown = rows if look.verbose else rows[:SHOWN]
    table = grid()
    table.add_column(justify="right", no_wrap=True)
    if look.width >= 60:
        table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for each in shown:
        saved = (amount_cell(each.bytes, look), files_cell(each.files)) if each.files else ("", "")
        others = f" (and {each.others:,} more)" if each.others else ""
        pattern = shortened(name(each.pattern, look), max(16, look.width // 3), look)
        table.add_row(*saved[: 1 + (look.width >= 60)], Text(pattern), Text(prose(each.why, look) + others))
    console.print(indented(table))
    if len(rows) > len(shown):
        rest = rows[len(shown) :]
        saves = f", {amount(sum(each.bytes for each in rest), look)}"
        console.print(indented(more(sum(each.others + 1 for each in rest), look, saves)))


def _why(each: Proposal) -> str:
    why = ", ".join(each.reasons) if each.caution is None else each.caution
    if not each.files:
        return f"{why} (not there yet)"
    return why if each.transfer_bytes or not each.bytes else f"{why} (not sent today)"
