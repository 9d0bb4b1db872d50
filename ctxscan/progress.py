"""How far a long scan is: one line on standard error, if that is a terminal that somebody watches.

Before `cli`. It is written when the walk tells how far it is, and not by a thread: with threads nothing can be forked,
and the walk would go on alone. In the log of a CI job there is none of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, TextIO

from .numbers import tar_text
from .scan import Progress

#: Seconds before anything is shown, and between two looks at it.
PATIENCE: Final = 0.5
PAUSE: Final = 0.1


@contextmanager
def progressing(stream: TextIO, clock: Callable[[], float] = monotonic) -> Iterator[Progress | None]:
    """Shows what it is told; the line is gone at the end. None: nobody would see it."""
    if not stream.isatty() or os.environ.get("TERM") == "dumb" or os.environ.get("CI"):
        yield None
        return
    due = clock() + PATIENCE
    width = 0

    def show(files: int, size: int) -> None:
        nonlocal due, width
        now = clock()
        if now >= due:
            due = now + PAUSE
            line = f"{files:,} files, {tar_text(size)}"
            stream.write(f"\r{line:<{width}}")
            stream.flush()
            width = max(width, len(line))

    try:
        yield show
    finally:
        if width:
            stream.write(f"\r{'':<{width}}\r")
            stream.flush()
