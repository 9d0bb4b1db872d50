"""Functions of make: what `$(call name,…)` stands for, its arguments in the text that `define` or a variable holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ...regex import lazy
from .values import CONTINUED, joined_lines

#: Calls that are looked at in one file, how deep they lie in one another, and how much of a text.
MAX_CALLS: Final = 200
MAX_DEPTH: Final = 3
LONGEST: Final = 20_000
_DEFINE: Final = lazy(r"(?m)^[ \t]*define[ \t]+([\w.-]+)[ \t]*(?::?=)?[ \t]*\n((?:.*\n)*?)[ \t]*endef\b")
_HELD: Final = lazy(r"(?m)^([\w.-]+)[ \t]*=[ \t]*(.*\$[({]?[1-9].*)$")
_CALL: Final = lazy(r"\$([({])call[ \t]+([\w.-]+)[ \t]*(?=[,)}])")
_ARGUMENT: Final = lazy(r"(?<!\$)\$(?:\(([1-9])\)|\{([1-9])\}|([1-9]))")


def functions(texts: Iterable[str]) -> dict[str, str]:
    """The texts with arguments in them that Makefiles hold, by their names."""
    found: dict[str, str] = {}
    for text in texts:
        for each in _DEFINE.findall(text) if "define" in text else ():
            found.setdefault(each[0], each[1][:LONGEST])
        for each in _HELD.findall(joined_lines(text).replace(CONTINUED, " ")):
            found.setdefault(each[0], each[1][:LONGEST])
    return found


def called(text: str, known: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """What the calls in a Makefile stand for, a line at a time, each with the number of the line that calls."""
    left = MAX_CALLS
    for match in _CALL.finditer(text):
        left -= 1
        if left < 0:
            return
        number = text.count("\n", 0, match.start()) + 1
        for line in _lines(text, match, known, 0):
            yield number, line


def _lines(text: str, match: re.Match[str], known: Mapping[str, str], depth: int) -> Iterator[str]:
    body, arguments = known.get(match[2]), _arguments(text, match)
    if body is None or arguments is None:
        return

    def given(found: re.Match[str]) -> str:
        at = int(found[1] or found[2] or found[3]) - 1
        return arguments[at] if at < len(arguments) else ""

    made = _ARGUMENT.sub(given, body)[:LONGEST]
    for line in joined_lines(made).replace(CONTINUED, " ").split("\n"):
        yield line
        for inner in _CALL.finditer(line) if depth < MAX_DEPTH else ():
            yield from _lines(line, inner, known, depth + 1)


def _arguments(text: str, match: re.Match[str]) -> list[str] | None:
    """The arguments of a call; None: it does not end on its line."""
    found, depth, start = list[str](), 0, match.end() + 1
    for at in range(match.end(), min(len(text), match.end() + LONGEST)):
        letter = text[at]
        if letter == "\n" and text[at - 1] != "\\":
            return None
        if letter in "({":
            depth += 1
        elif letter in ")}" and depth:
            depth -= 1
        elif letter in ")}," and not depth:
            found += [text[start:at].strip()] if at >= start else []
            start = at + 1
            if letter != ",":
                return found
    return None
