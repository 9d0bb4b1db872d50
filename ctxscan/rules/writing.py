"""Rules as they are written: the one for just a given path."""

from __future__ import annotations

from typing import Final

from ..printable import WHITE_SPACE

#: What an expression or a pattern of any builder takes for more than itself.
_SPECIAL: Final = frozenset("*?[]\\+(){}|^")
_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\v": "\\v", "\a": "\\a"}


def literal(path: str) -> str:
    """The rule that means exactly `path`, a path of the context, to every builder.

    A byte that is not UTF-8 has no way to be written that all of them read alike: it becomes `?`, any one character.
    """
    text = "".join(_character(c) for c in path)
    first, last = path[:1], path[-1:]
    if last in WHITE_SPACE:
        text = text[: -len(_character(last))] + f"[{_character(last)}]"
    if len(path) > 1 and (first in WHITE_SPACE or first == "\ufeff"):
        text = f"[{_character(first)}]" + text[len(_character(first)) :]
    if first == "!":
        return "\\" + text  # behind a slash it would be read again, as the sign of an exception
    return text if first in WHITE_SPACE or first == "\ufeff" else "/" + text


def _character(c: str) -> str:
    if c in _SPECIAL:
        return "\\" + c
    if c < " " or c == "\x7f":
        return _NAMED.get(c) or f"\\x{ord(c):02x}"
    return "?" if "\ud800" <= c <= "\udfff" else c
