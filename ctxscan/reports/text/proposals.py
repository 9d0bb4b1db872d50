"""The rules to write, with what each saves and why; those that only a person can decide on; before and after."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from ...proposals import Proposal
from ...review import Review, sizes
from .. import Look
from .drawing import amount, amount_cell, files_cell, grid, heading, indented, name, shortened, signs, some

#: Rules that are shown without -v.
SHOWN: Final = 10


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
        counted = review.scan.plan is not None and review.scan.build.dialect.figure is not None
        now = sizes(review.scan)
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


def _print_rules(console: Console, proposals: list[Proposal], look: Look) -> None:
    """Secrets first, then what saves most; what is not there yet last."""
    proposals = sorted(proposals, key=lambda each: ("secret" not in each.reasons, -each.bytes))
    shown = len(proposals) if look.verbose else SHOWN
    table = grid()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    for each in proposals[:shown]:
        saved = (amount_cell(each.bytes, look), files_cell(each.files)) if each.files else ("", "")
        pattern = shortened(name(each.pattern, look), max(16, look.width // 3), look)
        table.add_row(*saved, Text(pattern), Text(name(_why(each), look)))
    console.print(indented(table))
    rest = sum(each.bytes for each in proposals[shown:])
    for line in some(len(proposals), shown, look, f", {amount(rest, look)}"):
        console.print(indented(line))


def _why(each: Proposal) -> str:
    why = ", ".join(each.reasons) if each.caution is None else each.caution
    if not each.files:
        return f"{why} (once there is any)"
    return why if each.transfer_bytes or not each.bytes else f"{why} (not in the transfer as it is)"
