"""What a replay found, for the page: how often each step was done again, and the newest commits."""

from __future__ import annotations

from typing import Any, Final

from ...printable import shown
from ...replay.summary import Count, Replay, ReplayedCommit, Total

#: Commits that are listed, and names of files beside each.
COMMITS: Final = 200
NAMES: Final = 4


def replayed(replay: Replay) -> dict[str, Any]:
    """Counts are pairs: done again, and unknown."""
    return {
        "of": replay.summary[0].of if replay.summary else 0,
        "steps": [_step(each) for each in replay.summary],
        "remarks": [shown(each) for each in replay.remarks],
        "commits": [_commit(each) for each in replay.commits[::-1][:COMMITS]],
        "more": max(0, len(replay.commits) - COMMITS),
    }


def _step(each: Total) -> dict[str, Any]:
    because = each.spared_because if each.spared else each.because
    return {
        "text": shown(each.text),
        "line": each.line,
        "there": each.there,
        "counts": [_count(each.was), _count(each.today), _count(each.after), _count(each.reordered)],
        "spared": each.spared,
        "because": [shown(path) for path, _ in because[:NAMES]],
        "others": max(0, len(because) - NAMES),
    }


def _count(count: Count | None) -> list[int] | None:
    return None if count is None else [count.reran, count.unknown]


def _commit(each: ReplayedCommit) -> dict[str, Any]:
    again = [step for step in each.steps if step.cached is not True]
    because = again[0].because if again else ()
    return {
        "commit": each.commit[:8],
        "subject": shown(each.subject),
        "failed": None if each.failed is None else shown(each.failed),
        "steps": [len(again), len(each.steps)],
        "because": [shown(path) for path in because[:NAMES]],
        "others": max(0, len(because) - NAMES),
    }
