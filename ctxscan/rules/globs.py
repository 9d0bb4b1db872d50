"""Wild cards as COPY and ADD have them: Go's `filepath.Match` on one name.

Smaller and stricter than the grammars of ignore files, which are in `grammars`. `*`, `?` and `[^a-z]` are
all there is, a backslash takes the meaning from what follows, and `**` is `*`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def is_wild(text: str) -> bool:
    """Whether `text` holds a wild card that no backslash disarms."""
    if "\\" not in text:
        return "*" in text or "?" in text or "[" in text
    at = 0
    while at < len(text):
        if text[at] in "*?[":
            return True
        at += 2 if text[at] == "\\" else 1
    return False


def literal(text: str) -> str:
    """A text without wild cards as the name that it stands for."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text


def matches(glob: str, name: str) -> bool:
    """Whether `glob` matches the whole `name`. A malformed one matches nothing."""
    if "\\" not in glob and not is_wild(glob):
        return glob == name
    found = glob_expression(glob)
    return found is not None and found.fullmatch(name) is not None


def matching(glob: str, names: Iterable[str]) -> list[str]:
    """Those of the `names` that `glob` matches as a whole."""
    found = glob_expression(glob)
    return [] if found is None else list(filter(found.fullmatch, names))


@lru_cache(maxsize=1024)
def glob_expression(glob: str) -> re.Pattern[str] | None:
    """`glob` as an expression that takes linear time, or None where Go calls it a bad pattern."""
    pieces = [""]
    at = 0
    while at < len(glob):
        c = glob[at]
        at += 1
        if c == "*":
            pieces.append("")
        elif c == "?":
            pieces[-1] += "[^/]"
        elif c == "[":
            members, at = _class(glob, at)
            if members is None:
                return None
            pieces[-1] += members
        elif c == "\\":
            if at == len(glob):
                return None
            pieces[-1] += re.escape(glob[at])
            at += 1
        else:
            pieces[-1] += re.escape(c)
    first, *middle = pieces
    if not middle:
        return re.compile(first, re.DOTALL)
    *middle, last = middle
    # Between two stars the leftmost place is as good as any other, so what was found is never tried again.
    inner = "".join(f"(?>[^/]*?{piece})" for piece in middle if piece)
    return re.compile(f"{first}{inner}[^/]*{last}", re.DOTALL)


def _class(glob: str, at: int) -> tuple[str | None, int]:
    """The class whose `[` ends at `at`, as an expression, and where it ends; None: malformed."""
    negated = glob.startswith("^", at)
    at += negated
    start, members = at, ""
    while at == start or not glob.startswith("]", at):
        low, at = _member(glob, at)
        high = low
        if low and glob.startswith("-", at):
            high, at = _member(glob, at + 1)
        if not low or not high:
            return None, at
        if low <= high:  # the wrong way round it is no error, it holds nothing
            members += f"{re.escape(low)}-{re.escape(high)}"
    if not members:
        return "." if negated else "(?!)", at + 1
    return f"[{'^' * negated}{members}]", at + 1


def _member(glob: str, at: int) -> tuple[str, int]:
    """One character of a class and what follows it; empty: none may stand here."""
    if at >= len(glob) or glob[at] in "-]":
        return "", at
    at += glob[at] == "\\"
    if at >= len(glob) - 1:  # something has to close the class
        return "", at
    return glob[at], at + 1
