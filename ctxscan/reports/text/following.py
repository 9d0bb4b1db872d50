"""The end of the report: the command to run next, as it is to be typed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from ..digest.digest import Digest, most_urgent
from ..digest.outcome import outcome
from ..formats import Look
from .drawing import more, name, prose

#: Builds whose changes are shown without -v.
CHANGED: Final = 6


def print_following(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """Of several builds the first that something can be done about counts."""
    digest = most_urgent(digests)
    if digest is None or (look.compact and (not digest.findings or "--check" in digest.next.words)):
        return  # a gate that is open, or the command that was just run
    if look.compact or digest.result is None or len(digests) > 1:
        console.print()  # else it belongs to what the rules save
    console.print(Text.assemble(("Next      ", "bold"), digest.next.does))
    said = " ".join(shlex.quote(name(word, look)) for word in digest.next.words)
    console.print(Text(f"  {said}", "bold"))


def print_changes(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """How the builds have changed since another commit: each that has, and how many have not."""
    found = [(each, each.changes) for each in digests if each.changes is not None]
    moved = [(each, one) for each, one in found if one.sizes is None or one.sizes or one.new or one.fixed]
    if not found:
        return
    console.print()
    shown = (moved or found[:1]) if len(found) > 1 else found
    shown = shown if look.verbose else shown[:CHANGED]
    for each, one in shown:
        build = f"{name(each.name, look)}: " if len(found) > 1 and moved and each.name is not None else ""
        console.print(Text.assemble(("Since     ", "bold"), prose(f"{build}{one.words}", look)))
    if len(moved) > len(shown):
        console.print(more(len(moved) - len(shown), look))


def print_outcome(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """What came of a check, as its last line; before it, how much there is that it does not ask for."""
    found = outcome(digests)
    if found is None or not (found.failed or found.rest):
        return
    console.print()
    if found.rest and not look.verbose:
        console.print(Text(found.rest, "dim"))
    if found.failed:
        console.print(Text(prose(found.reason, look), "bold red"))
