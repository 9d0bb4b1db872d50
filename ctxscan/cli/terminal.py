"""What the terminal allows, and what is shown on it while one waits.

Used by `cli` alone. It prints nothing but how far a long walk is: one line on standard error, written when the walk
tells it and not by a thread, since with threads nothing can be forked and the walk would go on alone.
"""

from __future__ import annotations

import os
import re
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
    """Columns to fill: those of the terminal (80 if it claims to have none), or of COLUMNS, or 100."""
    if _shows(output):
        return max(40, os.get_terminal_size(sys.stdout.fileno()).columns or 80)
    return int(columns) if (columns := os.environ.get("COLUMNS", "")).isdigit() and int(columns) >= 40 else 100


def colored(color: str, output: str | None) -> bool:
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _shows(output) and os.environ.get("TERM") != "dumb"


def follows_links(output: str | None) -> bool:
    """Whether the report goes to a terminal that is known to follow links (OSC 8)."""
    if os.environ.get("FORCE_HYPERLINK"):
        return os.environ["FORCE_HYPERLINK"] != "0"
    if not _shows(output) or os.environ.get("TERM") == "dumb":
        return False
    program, vte = os.environ.get("TERM_PROGRAM", ""), os.environ.get("VTE_VERSION", "")
    known = any(name in os.environ for name in ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"))
    return (
        known
        or program in ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper")
        or (vte.isdigit() and int(vte) >= 5000)
    )


def painted(diff: str) -> str:
    """A unified diff in the colors that git gives it."""
    return "".join(map(_painted, diff.splitlines(keepends=True)))


def painted_page(markdown: str) -> str:
    """A page in Markdown with its headings in bold."""
    return re.sub(r"^(#+ .*)$", "\x1b[1m\\1\x1b[0m", markdown, flags=re.MULTILINE)


def _painted(line: str) -> str:
    text = line.rstrip("\n")
    if line.startswith(("--- ", "+++ ")):
        code = "1"
    elif line.startswith("@@"):
        code = "36"
    elif line.startswith("+"):
        code = "32"
    elif line.startswith("-"):
        code = "31"
    else:
        return line
    return f"\x1b[{code}m{text}\x1b[0m{line[len(text) :]}"


def tells_unicode(output: str | None) -> bool:
    """Whether what reads the report takes it for UTF-8: a file is, a terminal says so."""
    import codecs

    return output is not None or codecs.lookup(getattr(sys.stdout, "encoding", None) or "ascii").name == "utf-8"


class Progressing:
    """What is being done, on standard error if that is a terminal, once half a second has passed: files and bytes so
    far while the context is read, then the name of each phase. In a CI job there is none of it, and at the end it is
    gone."""

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
            self._write(f"reading the context: {files:,} files, {tar_text(size)}")

    def phase(self, words: str) -> None:
        """Say what comes next, if it took a while to get there: whatever follows a long walk takes long as well."""
        if self.enabled and self.clock() >= self.due:
            self._write(f"{words} ...")

    def _write(self, line: str) -> None:
        self.stream.write(f"\r{line:<{self.width}}")
        self.stream.flush()
        self.width = max(self.width, len(line))

    def __exit__(self, *_: object) -> None:
        if self.width:
            self.stream.write(f"\r{'':<{self.width}}\r")
            self.stream.flush()
