"""The report for people, in a terminal or a log.

It opens with the verdict, then the build and its numbers, what takes the most room, findings and proposals, and ends
with the command to run next. Words and signs say everything, color only underlines it; no line is wider than the
terminal, and names cannot do anything to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from typing import Final

from rich.console import Console

from ...regex import lazy
from ..digest.digest import Digest
from ..digest.outcome import failing_part
from ..formats import Look
from .directories import print_directories
from .drawing import GLUE, LINK, console_for, prose
from .facts import print_facts, print_head, print_verdict
from .findings import print_findings
from .following import print_changes, print_following, print_outcome
from .largest import print_files
from .proposals import print_proposals
from .several import distinct, print_overview, print_summary, print_title

_TRAILING: Final = lazy(r"(?:[ ]|\x1b\[[\d;]*m)+$", re.MULTILINE)
_LINKS: Final = lazy(f"{LINK[0]}([a-z-]+){LINK[1]}")


def render(digests: Sequence[Digest], look: Look) -> str:
    """The report, each line ended."""
    out = StringIO()
    console = console_for(out, look.width, look)
    explained = any(each.review.explanations for each in digests)
    whole = explained or look.verbose or bool(look.overview) or any(each.review.replay for each in digests)
    if len(digests) > 1 and not whole:
        _print_at_a_glance(console, digests, look)
    else:
        with console:  # which writes all of it in one go
            _print_each(console, digests, look, explained=explained)
    return _finished(out.getvalue(), look)


def _print_each(console: Console, digests: Sequence[Digest], look: Look, *, explained: bool) -> None:
    if look.overview:
        console.print(prose(look.overview, look))
    shown = () if look.overview else distinct(digests, explained=explained)
    for number, (names, each) in enumerate(shown):
        if number:
            console.print()
        if names and (explained or look.compact):
            print_title(console, names, each, look)
        if explained:
            from .explanations import print_explanation

            for explanation in each.review.explanations:
                print_explanation(console, explanation, each.review.scan, look)
        else:
            _print(console, each, names, look)
    if look.overview:
        print_overview(console, digests, look)
    elif len(digests) > 1 and not explained:
        console.print()
        print_summary(console, digests, look)
    if not explained:
        print_changes(console, digests, look)
        print_following(console, digests, look)
        print_outcome(console, digests, look)


def _finished(text: str, look: Look) -> str:
    if LINK[0] in text:
        from ..digest.pages import page_of

        text = _LINKS.sub(lambda match: f"\x1b]8;;{page_of(match[1])}\x1b\\{match[1]}\x1b]8;;\x1b\\", text)
    text = _TRAILING.sub(lambda match: match[0].replace(" ", ""), text).replace(GLUE, " ")
    return text if look.unicode else text.encode("ascii", "backslashreplace").decode()


def _print_at_a_glance(console: Console, digests: Sequence[Digest], look: Look) -> None:
    """Several builds: the table of them, then what is wrong by cause."""
    from .grouped import print_causes, print_choices, print_savings, print_suppressed

    judged = any(each.findings is not None for each in digests)
    print_summary(console, digests, look)
    if judged:
        console.print()
        print_causes(console, [failing_part(each) for each in digests], look, alone=look.compact)
        if not look.compact:
            print_savings(console, digests, look)
            print_choices(console, digests, look)
        print_suppressed(console, digests, look)
    print_changes(console, digests, look)
    print_following(console, digests, look)
    print_outcome(console, digests, look)


def _print(console: Console, digest: Digest, names: Sequence[str], look: Look) -> None:
    review = digest.review
    if not look.compact:
        print_verdict(console, digest, names, look)
    if review.replay and not look.compact:
        print_head(console, digest, look)
    elif not look.compact:
        print_facts(console, digest, look)
        print_directories(console, digest, look)
        print_files(console, digest, look)
    if review.image and not look.compact:
        from .image import print_image

        print_image(console, review.image, review.scan, look)
    if review.log and not look.compact:
        from .buildlog import print_log

        print_log(console, review.log, review.scan, look)
    if review.findings is not None and (look.compact or not review.replay):
        print_findings(console, digest if look.verbose else failing_part(digest), look)
        if not look.compact:
            print_proposals(console, digest, look)
    if review.replay:
        from .replay import print_replay

        console.print()
        print_replay(console, review.replay, digest.dockerfile or "", look)
        if digest.saving and not look.compact:
            console.print()
