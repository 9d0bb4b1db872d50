"""How many examples a random test tries."""

from __future__ import annotations

import os

#: Of each count, in percent: a few by default, all of them in CI, more for a night's run.
PERCENT = int(os.environ.get("CTXSCAN_EXAMPLES", "2"))


def examples(count: int, *, least: int = 20) -> int:
    """This part of `count`, and some at least."""
    return max(min(count, least), count * PERCENT // 100)
