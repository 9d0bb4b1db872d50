"""Variables of compose files: `$NAME` and `${NAME:-default}` replaced, and `.env` files read.

Used by `compose`. As Compose does it: the environment wins over files, a default may itself hold variables, and
`$$` is a dollar. It reads no file by itself and knows no clock; what it had to take as empty is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from ..errors import CtxscanError
from ..regex import lazy

#: Defaults in defaults: nobody writes as many.
MAX_DEPTH: Final = 20
#: What a text may become.
MAX_LENGTH: Final = 1 << 20
_NAME: Final = lazy(r"[_a-zA-Z][_a-zA-Z0-9]*")
_BRACES: Final = lazy(r"\$\{|\}")
_OPERATOR: Final = lazy(r":?[-?+]")
#: An entry of a `.env` file: a name, and what stands before its value, if it has one.
_ENTRY: Final = lazy(r"\s*(?:export[ \t]+)?([\w.-]+)[ \t]*([=:][ \t]*)?", re.ASCII)
_COMMENT: Final = lazy(r"\s*(?:#[^\n]*|\Z)")
_QUOTED: Final = {quote: lazy(rf"{quote}((?:[^{quote}\\]|\\.)*){quote}", re.DOTALL) for quote in "\"'"}
_ESCAPES: Final = dict(zip('nrtabfv\\"$', (*'\n\r\t\a\b\f\v\\"', "$$"), strict=True))

#: The value of a name, None: it has none.
VariableLookup = Callable[[str], str | None]


class _Invalid(Exception):
    """A variable that cannot be read, or has to have a value and has none."""


def substitute(text: str, lookup: VariableLookup, *, place: str, unset: Callable[[str], None]) -> str:
    """`text` with its variables replaced; `unset` is told the names that are taken as empty. Raises `CtxscanError`."""
    if "$" not in text:
        return text
    try:
        return _substituted(text, lookup, unset, 0)
    except _Invalid as problem:
        raise CtxscanError(str(problem), place=place) from None


def _substituted(text: str, lookup: VariableLookup, unset: Callable[[str], None], depth: int) -> str:
    if depth > MAX_DEPTH:
        raise _Invalid("defaults are nested too deeply")
    out: list[str] = []
    at = length = 0
    while (dollar := text.find("$", at)) >= 0:
        out.append(text[at:dollar])
        at = dollar + 1
        value = "$"
        if text.startswith("$", at):
            at += 1
        elif text.startswith("{", at):
            end = _closing(text, at)
            value = _braced(text[at + 1 : end], lookup, unset, depth)
            at = end + 1
        elif name := _NAME.match(text, at):
            value = _plain(name[0], lookup, unset)
            at = name.end()
        out.append(value)
        length += len(value)
        if length > MAX_LENGTH:
            raise _Invalid(f"with its variables replaced it has more than {MAX_LENGTH} characters")
    return "".join((*out, text[at:]))


def _closing(text: str, at: int) -> int:
    """Where the braces that open at `at` close; only `${` opens others inside."""
    level = 1
    for found in _BRACES.finditer(text, at + 1):
        level += 1 if found[0] == "${" else -1
        if not level:
            return found.start()
    raise _Invalid(f"{text[at - 1 :][:40]} is not closed; $$ is a dollar")


def _braced(inner: str, lookup: VariableLookup, unset: Callable[[str], None], depth: int) -> str:
    name = _NAME.match(inner)
    operator = _OPERATOR.match(inner, name.end()) if name else None
    if name is None or (operator is None and name.end() != len(inner)):
        raise _Invalid(f"${{{inner[:40]}}} is no variable; $$ is a dollar")
    if operator is None:
        return _plain(name[0], lookup, unset)
    other = _substituted(inner[operator.end() :], lookup, unset, depth + 1)
    value = lookup(name[0])
    there = bool(value) if operator[0].startswith(":") else value is not None
    if operator[0].endswith("+"):
        return other if there else ""
    if there:
        return value or ""
    if operator[0].endswith("?"):
        # As written: what variables in the message stand for is nobody's business.
        said = inner[operator.end() :]
        raise _Invalid(f"${name[0]} has to have a value" + (f": {said}" if said else ""))
    return other


def _plain(name: str, lookup: VariableLookup, unset: Callable[[str], None]) -> str:
    value = lookup(name)
    if value is None:
        unset(name)
    return value or ""


def entries(text: str, environment: Mapping[str, str], *, label: str) -> dict[str, str]:
    """What a `.env` file called `label` defines; a name that `environment` has keeps its value there.

    Values without quotes end at the line or before ` #`; in them and in double quotes variables are replaced. Raises
    `CtxscanError`.
    """
    text = text.removeprefix("\ufeff")
    found: dict[str, str] = {}

    def lookup(name: str) -> str | None:
        return environment.get(name, found.get(name))

    at = 0
    while at < len(text):
        if comment := _COMMENT.match(text, at):
            at = max(comment.end(), at + 1)
            continue
        start = at
        try:
            name, value, at = _entry(text, at)
            if value is not None:
                literal, expands = value
                try:
                    expanded = _substituted(literal, lookup, lambda _: None, 0) if expands else literal
                except _Invalid:
                    # What is wrong is a part of the value, which is not quoted.
                    raise _Invalid("the value has a $ with no variable behind it; $$ is a dollar") from None
                found[name] = environment.get(name, expanded)
        except _Invalid as problem:
            line = text.count("\n", 0, start + len(text[start:]) - len(text[start:].lstrip())) + 1
            raise CtxscanError(str(problem), place=f"{label}:{line}") from None
    return found


def _entry(text: str, at: int) -> tuple[str, tuple[str, bool] | None, int]:
    """The name that begins at `at`, its value and whether variables count in it (None: it has none), and the end."""
    entry = _ENTRY.match(text, at)
    if entry is None:
        raise _Invalid("not a line of a .env file: NAME=VALUE")
    if entry[2] is not None:
        return entry[1], *_value(text, entry.end())
    # A name alone: as it is in the environment.
    if text[entry.end() : entry.end() + 1] not in ("", "\n", "\r"):
        raise _Invalid("not a line of a .env file: NAME=VALUE")
    return entry[1], None, entry.end()


def _value(text: str, at: int) -> tuple[tuple[str, bool], int]:
    """The value that begins at `at` and whether variables count in it, and where it ends."""
    quote = text[at : at + 1]
    if quote and quote in _QUOTED:
        quoted = _QUOTED[quote].match(text, at)
        if quoted is None:
            raise _Invalid("the quotes of a value are not closed")
        if quote == "'":
            return (quoted[1].replace("\\'", "'"), False), quoted.end()
        return (re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], each[0]), quoted[1]), True), quoted.end()
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    raw = text[at:end]
    comment = re.search(r"\s#", raw)
    return ((raw[: comment.start()] if comment else raw).rstrip(), True), end
