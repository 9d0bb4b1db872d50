"""What the terminal allows, and what is shown on it while one waits.

Used by `cli` alone. It prints nothing but how far a long walk is: one line on standard error, written when the walk
tells it and not by a thread, since with threads nothing can be forked and the walk would go on alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import monotonic
from typing import Final, TextIO

from ..context.totals import Progress
from ..context.wire import tar_text

#: Seconds before anything is shown, and between two looks at it.
PATIENCE: Final = 0.5
PAUSE: Final = 0.1


def _shows(output: str | None) -> bool:
    """Whether the report goes to a terminal. Standard output may be closed."""
    return output is None and sys.stdout is not None and sys.stdout.isatty()


def width(output: str | None) -> int:
    if _shows(output):
        return max(40, os.get_terminal_size(sys.stdout.fileno()).columns)
    return int(columns) if (columns := os.environ.get("COLUMNS", "")).isdigit() and int(columns) >= 40 else 100


def colored(color: str, output: str | None) -> bool:
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _shows(output) and os.environ.get("TERM") != "dumb"


def tells_unicode(output: str | None) -> bool:
    """Whether what reads the report takes it for UTF-8: a file is, a terminal says so."""
    import codecs

    return output is not None or codecs.lookup(getattr(sys.stdout, "encoding", None) or "ascii").name == "utf-8"


class Progressing:
    """Files and bytes so far, on standard error if that is a terminal, once half a second has passed. In a CI job there
    is none of it, and at the end it is gone."""

    def __init__(self, *, enabled: bool, stream: TextIO | None = None, clock: Callable[[], float] = monotonic) -> None:
        self.stream = stream or sys.stderr
        self.clock = clock
        in_a_log = os.environ.get("TERM") == "dumb" or bool(os.environ.get("CI"))
        self.enabled = enabled and not in_a_log and self.stream.isatty()
        self.due = 0.0
        self.width = 0

    def __enter__(self) -> Progress | None:
        self.due = self.clock() + PATIENCE
        return self.show if self.enabled else None

    def show(self, files: int, size: int) -> None:
        now = self.clock()
        if now >= self.due:
            self.due = now + PAUSE
            line = f"{files:,} files, {tar_text(size)}"
            self.stream.write(f"\r{line:<{self.width}}")
            self.stream.flush()
            self.width = max(self.width, len(line))

    def __exit__(self, *_: object) -> None:
        if self.width:
            self.stream.write(f"\r{'':<{self.width}}\r")
            self.stream.flush()
