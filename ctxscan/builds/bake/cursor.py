"""A position in the text of a bake file: what comes next, and what is skipped on the way.

Used by the readers of templates and of HCL. It knows where a line ends and what a comment is, and no grammar.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, NoReturn

from ...errors import CtxscanError
from ...regex import lazy

_BLANKS: Final = lazy(r"(?:[ \t]|/\*.*?\*/)*", re.DOTALL)  # re.DOTALL
_LINES: Final = lazy(r"(?:[ \t\r\n]|/\*.*?\*/|(?:#|//)[^\n]*)*", re.DOTALL)
_COMMENT: Final = lazy(r"(?:#|//)[^\n]*")
_NEWLINE: Final = lazy(r"\r?\n")
_NAME: Final = lazy(r"[^\W\d][\w-]*")
#: How deep parts may lie in one another.
MAX_DEPTH: Final = 60


class Cursor:
    """`at` is where it stands in `text`, which ends at `end`; `loose`: line ends are skipped like blanks."""

    def __init__(self, text: str, label: str) -> None:
        self.text = text
        self.label = label
        self.at = 0
        self.end = len(text)
        self.loose = False
        self.depth = 0
        self._lines = [at for at, c in enumerate(text) if c == "\n"]

    def place(self, at: int | None = None) -> str:
        return f"{self.label}:{bisect_right(self._lines, (self.at if at is None else at) - 1) + 1}"

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        raise CtxscanError(message, place=self.place(at))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nested more than {MAX_DEPTH} deep")

    def skip(self) -> None:
        """Skip blanks and comments, and line ends where it is loose."""
        found = (_LINES if self.loose else _BLANKS).match(self.text, self.at, self.end)
        self.at = found.end() if found else self.at
        if not self.loose and (comment := _COMMENT.match(self.text, self.at, self.end)):
            self.at = comment.end()
        if self.text.startswith("/*", self.at) and self.at < self.end:
            self.fail("the comment is not closed")

    def skip_lines(self) -> None:
        found = _LINES.match(self.text, self.at, self.end)
        self.at = found.end() if found else self.at
        if self.text.startswith("/*", self.at) and self.at < self.end:
            self.fail("the comment is not closed")

    def line_end(self) -> bool:
        """Take the end of the line, if it is next; that of the text is one."""
        self.skip()
        if self.at >= self.end:
            return True
        found = _NEWLINE.match(self.text, self.at, self.end)
        if found:
            self.at = found.end()
        return found is not None

    def sees(self, what: str) -> bool:
        return self.text.startswith(what, self.at) and self.at + len(what) <= self.end

    def next(self, what: str) -> bool:
        """Whether `what` comes next, after blanks."""
        self.skip()
        return self.sees(what)

    def takes(self, what: str) -> bool:
        """Take `what`, if it comes next."""
        found = self.next(what)
        if found:
            self.at += len(what)
        return found

    def expect(self, what: str, whose: str) -> None:
        if not self.takes(what):
            self.fail(f"expected {what} {whose}")

    def name(self) -> str | None:
        """Take a name, if one comes next."""
        self.skip()
        start = self.at
        found = _NAME.match(self.text, self.at, self.end)
        if found is None:
            return None
        self.at = found.end()
        return self.text[start : self.at]

    def word(self, word: str) -> bool:
        """Take `word`, if it comes next as a name."""
        start = self.at
        if self.name() == word:
            return True
        self.at = start
        return False
