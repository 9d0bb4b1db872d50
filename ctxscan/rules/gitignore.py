"""The grammar of a `.gitignore`, and its one reader.

Lists of git use it, and what is written like a line of one: the `path` of an `allow` entry. Its wild cards are git's,
not Go's: `**` counts only as a whole component, a class never holds a slash, and what is malformed matches nothing
instead of being refused.

Source: `gitignore(5)`, and what `git check-ignore` answers where the page is silent.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from pathspec.util import register_pattern

from .grammars import IgnorePattern, PartKind
from .parts import ALL, ALL_DIRS, BEGIN, END, STAR, Part, components
from .re2 import EMPTY_CLASS, NOT_SLASH, POSIX, Cat, Chars, Ranges, Syntax, char

#: What is longer than this was not written by hand, and is not read as a list.
MOST_BYTES: Final = 1 << 20
MOST_LINES: Final = 5000
#: Where git's classes of characters differ from Go's.
_CLASSES: Final = {name: POSIX[name] for name in POSIX if name not in ("ascii", "word")} | {
    "space": ((9, 10), (13, 13), (32, 32))
}


class GitignorePattern(IgnorePattern):
    """A line of a `.gitignore`. `text` is without the sign, and ends with a slash if only directories are meant.

    Git compares bytes. Whoever wants that gives lines and paths with a character for each byte; with text, `?` is a
    character.
    """

    # pathspec's own grammar for `gitignore` makes expressions that backtrack.
    name = "gitignore-linear"
    operators = frozenset("\\[]")

    @classmethod
    def read(cls, line: str) -> str | None:
        if line.startswith("#"):
            return None
        end = at = 0
        while at < len(line):
            if line[at] == " ":
                at += 1
                continue
            at = end = min(at + 1 + (line[at] == "\\"), len(line))  # an escaped space stays
        return line[:end] or None

    @classmethod
    def look(cls, rule: str) -> tuple[bool, str] | None:
        negated = rule.startswith("!")
        return not negated, rule[negated:]

    @classmethod
    def translate(cls, text: str) -> tuple[PartKind, str]:
        return "glob", text

    def check(self) -> None:
        """Git refuses nothing."""

    @property
    def only_directories(self) -> bool:
        return self.text.endswith("/")

    @property
    def malformed(self) -> bool:
        """Whether it can match nothing, since a bracket is not closed or a backslash ends it."""
        return self._nodes is None

    @cached_property
    def tree(self) -> Syntax:
        if self._nodes is None:
            return Cat((BEGIN, EMPTY_CLASS, END))
        anywhere = () if "/" in self.text.removesuffix("/") else (ALL_DIRS,)
        return Cat((BEGIN, *anywhere, *self._nodes, END))

    @cached_property
    def parts(self) -> tuple[Part, ...] | None:
        return components(self.tree)

    def match_file(self, file: str) -> bool | None:
        """True if `file`, a path with slashes, or a directory above it matches; else None. `file` itself counts as a
        directory if it ends with a slash."""
        path = file.rpartition("/")[0] if self.only_directories else file
        return super().match_file(path) if path else None

    @cached_property
    def _nodes(self) -> list[Syntax] | None:
        text = self.text.removesuffix("/")
        anchored = "/" in text
        text = text.removeprefix("/")
        wild = next((at for at, c in enumerate(text) if c in "*?[\\"), len(text))
        nodes: list[Syntax] = []
        at, size = 0, len(text)
        while at < size:
            c, start = text[at], at
            at += 1
            if c == "*":
                while text.startswith("*", at):
                    at += 1
                # Git compares the text before the first wild card apart, so that the rest begins with the `**` to it.
                whole = anchored and at > start + 1 and (start == wild or text[start - 1] == "/")
                if whole and text.startswith("/", at):
                    nodes.append(ALL_DIRS)
                    at += 1
                else:
                    nodes.append(ALL if whole and (at == size or text.startswith("\\/", at)) else STAR)
            elif c == "?":
                nodes.append(NOT_SLASH)
            elif c == "[":
                member, at = _class(text, at)
                if member is None:
                    return None
                nodes.append(member)
            elif c == "\\":
                if at == size:
                    return None
                nodes.append(char(ord(text[at])))
                at += 1
            else:
                nodes.append(char(ord(c)))
        return nodes


def _class(text: str, at: int) -> tuple[Chars | None, int]:
    """The class whose `[` ends at `at`, and where it ends; None: it is not closed, or names what is no class."""
    negated = text.startswith(("!", "^"), at)
    at += negated
    ranges: list[tuple[int, int]] = []
    last: int | None = None  # with which a range may begin
    start = at
    while at == start or not text.startswith("]", at):
        if at >= len(text):
            return None, at
        c = text[at]
        if c == "-" and last is not None and at + 1 < len(text) and text[at + 1] != "]":
            at += 1 + (text[at + 1] == "\\")
            if at >= len(text):
                return None, at
            if last <= ord(text[at]):
                ranges.append((last, ord(text[at])))
            last = None
        elif text.startswith("[:", at) and (end := text.find("]", at + 2)) != at + 2:
            if end < 0:
                return None, at
            if text[end - 1] == ":":
                if (name := text[at + 2 : end - 1]) not in _CLASSES:
                    return None, at
                ranges += _CLASSES[name]
                at, last = end, None
            else:
                last = ord("[")
                ranges.append((last, last))
        else:
            at += c == "\\"
            if at >= len(text):
                return None, at
            last = ord(text[at])
            ranges.append((last, last))
        at += 1
    members = (*ranges, (47, 47)) if negated else _without_slash(ranges)
    return Chars(members, negated=negated), at + 1


def _without_slash(ranges: list[tuple[int, int]]) -> Ranges:
    cut = [piece for low, high in ranges for piece in ((low, min(high, 46)), (max(low, 48), high))]
    return tuple((low, high) for low, high in cut if low <= high)


def patterns(data: bytes) -> tuple[GitignorePattern, ...]:
    """The patterns of a list of git, which compare a character for each byte of a path."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(data) > MOST_BYTES or len(lines) > MOST_LINES:
        return ()
    found = []
    for line in lines:
        # A NUL ends the line to git.
        rule = GitignorePattern.read(line.removesuffix(b"\r").partition(b"\0")[0].decode("latin-1"))
        if rule is not None:
            found.append(GitignorePattern(rule))
    return tuple(each for each in found if not each.malformed)


register_pattern(GitignorePattern.name, GitignorePattern)
