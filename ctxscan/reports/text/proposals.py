"""The rules to write, with what each saves and why; those that only a person can decide on; before and after."""

from __future__ import annotations

from typing import Final, NamedTuple

from humanize import intcomma
from rich.console import Console
from rich.text import Text

from ...opinions import Review
from ...proposals.propose import Proposal
from ..formats import Look
from .drawing import amount, amount_cell, files_cell, grid, heading, indented, more, name, shortened, signs

#: Rules that are shown without -v.
SHOWN: Final = 10
#: From so many on, rules for one reason are one row.
ALIKE: Final = 4


def print_proposals(console: Console, review: Review, look: Look) -> None:
    applied = [each for each in review.proposals if each.applied]
    cautions = [each for each in review.proposals if not each.applied]
    if applied:
        console.print()
        console.print(heading("Proposals", "proven not to break the build"))
        _print_rules(console, applied, look)
    if cautions:
        console.print()
        console.print(heading("To look at", "not written unless apply-cautions names them"))
        _print_rules(console, cautions, look)
    if review.after:
        # What the builder is sent, where it is sent anything.
        counted = review.scan.plan is not None and review.scan.build.builder.figure is not None
        now = review.scan.sizes
        before, after = (now.transfer, review.after.transfer) if counted else (now.context, review.after.context)
        what = "Transfer" if counted else "Context"
        console.print()
        console.print(
            Text.assemble(
                (f"{what}  ", "bold"),
                f"{amount(before.bytes, look)} {signs(look).arrow} ",
                (f"{amount(after.bytes, look)}, {_less(before.bytes, after.bytes, look)}", "bold green"),
            )
        )


def _less(before: int, after: int, look: Look) -> str:
    share = (before - after) / before if before else 0
    return f"{share:.1%} less" if share >= 0.001 else f"{amount(before - after, look)} less"


class _Row(NamedTuple):
    pattern: str
    others: int
    bytes: int
    files: int
    why: str


def _rows(proposals: list[Proposal], look: Look) -> list[_Row]:
    """Secrets first, then what saves most; what is not there yet last. Many for one reason are one row."""
    by_reason: dict[str, list[Proposal]] = {}
    for each in proposals:
        by_reason.setdefault(_why(each), []).append(each)
    rows = []
    for why, group in by_reason.items():
        group.sort(key=lambda each: -each.bytes)
        for some in [group] if len(group) >= ALIKE and not look.verbose else [[each] for each in group]:
            size, files = sum(each.bytes for each in some), sum(each.files for each in some)
            rows.append(_Row(some[0].pattern, len(some) - 1, size, files, why))
    return sorted(rows, key=lambda row: ("secret" not in row.why, -row.bytes, row.files == 0))


def _print_rules(console: Console, proposals: list[Proposal], look: Look) -> None:
    rows = _rows(proposals, look)
    shown = rows if look.verbose else rows[:SHOWN]
    table = grid()
    table.add_column(justify="right", no_wrap=True)
    if look.width >= 60:
        table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for each in shown:
        saved = (amount_cell(each.bytes, look), files_cell(each.files)) if each.files else ("", "")
        others = f" (and {intcomma(each.others)} more)" if each.others else ""
        pattern = shortened(name(each.pattern, look), max(16, look.width // 3), look)
        table.add_row(*saved[: 1 + (look.width >= 60)], Text(pattern), Text(name(each.why, look) + others))
    console.print(indented(table))
    if len(rows) > len(shown):
        rest = rows[len(shown) :]
        saves = f", {amount(sum(each.bytes for each in rest), look)}"
        console.print(indented(more(sum(each.others + 1 for each in rest), look, saves)))


def _why(each: Proposal) -> str:
    why = ", ".join(each.reasons) if each.caution is None else each.caution
    if not each.files:
        return f"{why} (once there is any)"
    return why if each.transfer_bytes or not each.bytes else f"{why} (not in the transfer as it is)"
