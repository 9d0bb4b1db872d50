"""What the commits of a replay cost in time, by the seconds that the logs of builds tell."""

from __future__ import annotations

from dataclasses import replace

from ..postbuild.timing import LogFacts
from .summary import Price, Replay, StepPrice


def priced(replay: Replay, log: LogFacts) -> Replay:
    """The same with its price."""
    steps: list[StepPrice] = []
    unpriced = 0
    for total in replay.summary:
        known = log.of(total.stage, total.line)
        seconds = known.seconds if known else None
        counts = [total.was, total.today, total.after, *([total.reordered] if total.reordered else [])]
        if seconds is None:
            unpriced += any(each.reran for each in counts)
            continue
        was, today, after, *other = [round(seconds * each.reran, 3) for each in counts]
        steps.append(
            StepPrice(total.stage, total.line, total.text, seconds, was, today, after, other[0] if other else None)
        )
    compared = any(each.reordered is not None for each in steps)
    newest = replay.commits[-1].steps if replay.commits else ()
    seen = [(each, known) for each in newest if (known := log.of(each.stage, each.line)) is not None and known.seen]
    foretold = [known for each, known in seen if each.cached is True]
    price = Price(
        steps=tuple(steps),
        was=sum(each.was for each in steps),
        today=sum(each.today for each in steps),
        after=sum(each.after for each in steps),
        reordered=sum(each.reordered or 0.0 for each in steps) if compared else None,
        unpriced=unpriced,
        steps_seen=len(seen),
        foretold=len(foretold),
        held=sum(known.cached > 0 for known in foretold),
    )
    return replace(replay, price=price)
