"""The report for people, in a terminal or a log.

The head, the three numbers, what takes the most room, opinions, proposals, and at its end the command to run next. It
is told by words and signs, colour only underlines; no line is wider than the terminal, and names cannot do anything to
it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO

from rich.console import Console

from ...opinions import Review
from ..formats import Look
from .directories import print_directories
from .explanations import print_explanation
from .facts import print_facts, print_head
from .findings import print_findings
from .following import print_following
from .proposals import print_proposals
from .several import distinct, print_summary, print_title

_TRAILING = re.compile(r"(?:[ ]|\x1b\[[\d;]*m)+$", re.MULTILINE)


def render(reviews: Sequence[Review], look: Look) -> str:
    out = StringIO()
    console = Console(
        file=out,
        width=look.width,
        force_terminal=look.color,
        color_system="standard" if look.color else None,
        no_color=not look.color,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        legacy_windows=False,
    )
    explained = any(review.explanations for review in reviews)
    for number, (names, review) in enumerate(distinct(reviews, explained=explained)):
        if number:
            console.print()
        if names and (explained or look.compact):
            print_title(console, names, review.scan, look)
        if explained:
            for each in review.explanations:
                print_explanation(console, each, review.scan, look)
        else:
            _print(console, review, names, look)
    if len(reviews) > 1 and not explained:
        print_summary(console, reviews, look)
    if not explained:
        print_following(console, reviews, look)
    text = _TRAILING.sub(lambda match: match[0].replace(" ", ""), out.getvalue())
    return text if look.unicode else text.encode("ascii", "backslashreplace").decode()


def _print(console: Console, review: Review, names: Sequence[str], look: Look) -> None:
    if review.replay and not look.compact:
        print_head(console, review.scan, names, look)
    elif not look.compact:
        print_facts(console, review.scan, names, look)
        print_directories(console, review, look)
    if review.findings is not None and (look.compact or not review.replay):
        print_findings(console, review, look)
        if not look.compact:
            print_proposals(console, review, look)
    if review.replay:
        from .replay import print_replay

        console.print()
        print_replay(console, review.replay, review.scan.build.label or "", look)
        if review.after and not look.compact:
            console.print()
