"""Templates of bake files: text with `${…}` and `%{…}` in it, in quotes, in a heredoc, or whole.

Used by the readers of both forms, which say how an expression is read. Escapes count in quotes alone; `$${` and `%%{`
are the text `${` and `%{` everywhere. `~` removes the blanks beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ...regex import lazy
from .cursor import Cursor
from .syntax import Conditional, Expression, Literal, Repeated, Template

#: How an expression is read where the cursor stands.
Reads: TypeAlias = Callable[[Cursor], Expression]
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
#: Text up to what may mean something in quotes, and elsewhere.
_QUOTED: Final = lazy(r'[^"\\$%\r\n]+')
_PLAIN: Final = lazy(r"[^$%\n]+")
_MARKER: Final = lazy(r"<<(-?)([^\W\d][\w-]*)[ \t]*\r?\n")


@dataclass(slots=True)
class _Text:
    """A run of text, in a heredoc at most one line of it."""

    text: str
    place: str


@dataclass(slots=True)
class _Directive:
    """`%{ word … }`: `if`, `else`, `endif`, `for` or `endfor`, with what it says."""

    word: str
    place: str
    key: str | None = None
    item: str = ""
    value: Expression | None = None


_Part: TypeAlias = "_Text | _Directive | Expression"


def quoted(cursor: Cursor, reads: Reads) -> Expression:
    """The template in the quotes that open here."""
    place, start = cursor.place(), cursor.at
    cursor.at += 1
    parts = _parts(cursor, reads, ends='"')
    if not cursor.sees('"'):
        cursor.fail("the quotes are not closed", start)
    cursor.at += 1
    return _tree(parts, place, cursor)


def whole(cursor: Cursor, reads: Reads) -> Expression:
    """All that is left, as a template without quotes."""
    place = cursor.place()
    return _tree(_parts(cursor, reads, ends=""), place, cursor)


def heredoc(cursor: Cursor, reads: Reads) -> Expression:
    """The heredoc that begins here; the end of the line behind its last word is left."""
    opening = _MARKER.match(cursor.text, cursor.at, cursor.end)
    if opening is None:
        cursor.fail("a heredoc begins with <<WORD, alone at the end of a line")
    place, start = cursor.place(), cursor.at
    closing = re.compile(rf"^[ \t]*{re.escape(opening[2])}(?=[ \t]*\r?$)", re.MULTILINE)
    close = closing.search(cursor.text, opening.end(), cursor.end)
    if close is None:
        cursor.fail(f"the heredoc has no end: {opening[2]} alone on a line", start)
    before, cursor.at, cursor.end = cursor.end, opening.end(), close.start()
    parts = _parts(cursor, reads, ends="")
    cursor.at, cursor.end = close.end(), before
    if opening[1]:
        _flush(parts)
    return _tree(parts, place, cursor)


def _parts(cursor: Cursor, reads: Reads, *, ends: str) -> list[_Part]:
    """What a template is made of, up to the character that `ends` it."""
    found: list[_Part] = []
    trims = False
    while cursor.at < cursor.end and not (ends and cursor.sees(ends)):
        place = cursor.place()
        opening = cursor.text[cursor.at : cursor.at + 2]
        if opening in ("${", "%{") and cursor.at + 2 <= cursor.end:
            cursor.at += 2
            if cursor.sees("~"):
                cursor.at += 1
                if found and isinstance(found[-1], _Text):
                    found[-1].text = found[-1].text.rstrip()
            found.append(_inside(cursor, reads, opening, place))
            trims = cursor.takes("~")
            cursor.expect("}", f"at the end of {opening}")
            continue
        text = _run(cursor, quotes=bool(ends))
        found.append(_Text(text.lstrip() if trims else text, place))
        trims = False
    return found


def _inside(cursor: Cursor, reads: Reads, opening: str, place: str) -> _Part:
    loose, cursor.loose = cursor.loose, True
    cursor.deeper()
    found: _Part = reads(cursor) if opening == "${" else _directive(cursor, reads, place)
    cursor.skip()
    cursor.depth -= 1
    cursor.loose = loose
    return found


def _directive(cursor: Cursor, reads: Reads, place: str) -> _Directive:
    word = cursor.name() or ""
    if word in ("else", "endif", "endfor"):
        return _Directive(word, place)
    if word == "if":
        return _Directive(word, place, value=reads(cursor))
    if word != "for":
        cursor.fail(f"no directive of a template: {word or 'nothing'}")
    key, item = for_names(cursor)
    return _Directive(word, place, key, item, reads(cursor))


def for_names(cursor: Cursor) -> tuple[str | None, str]:
    """The names of `for key, item in`, whose first one may be missing."""
    first = cursor.name()
    second = cursor.name() if cursor.takes(",") else None
    if first is None or not cursor.word("in"):
        cursor.fail("for has to be followed by a name and in")
    return (first, second) if second is not None else (None, first)


def _run(cursor: Cursor, *, quotes: bool) -> str:
    """Text up to the next part; outside of quotes up to the end of the line, with it."""
    out: list[str] = []
    while cursor.at < cursor.end:
        if found := (_QUOTED if quotes else _PLAIN).match(cursor.text, cursor.at, cursor.end):
            out.append(found[0])
            cursor.at = found.end()
            continue
        c = cursor.text[cursor.at]
        if c in "$%":
            if cursor.text.startswith(f"{c}{c}{{", cursor.at):
                out.append(f"{c}{{")
                cursor.at += 3
                continue
            if cursor.text.startswith(f"{c}{{", cursor.at):
                break
            out.append(c)
            cursor.at += 1
        elif quotes and c == '"':
            break
        elif quotes and c == "\\":
            out.append(_escape(cursor))
        elif quotes:
            cursor.fail("text in quotes ends on its line; \\n is a line end")
        else:
            out.append(c)
            cursor.at += 1
            break
    return "".join(out)


def _escape(cursor: Cursor) -> str:
    letter = cursor.text[cursor.at + 1 : cursor.at + 2]
    if letter in _ESCAPES:
        cursor.at += 2
        return _ESCAPES[letter]
    length = {"u": 4, "U": 8}.get(letter, 0)
    digits = cursor.text[cursor.at + 2 : cursor.at + 2 + length]
    if not length or len(digits) < length or not re.fullmatch(r"[0-9a-fA-F]+", digits) or int(digits, 16) > 0x10FFFF:
        cursor.fail(f"\\{letter} is no escape" if letter.isprintable() else "a backslash that begins no escape")
    cursor.at += 2 + length
    code = int(digits, 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def _flush(parts: Sequence[_Part]) -> None:
    """Take the smallest indent of all lines away. What `~` has trimmed already ends no line and has no indent, as with
    hclsyntax: it decides which lines count."""
    least: int | None = None
    begins: list[_Text] = []
    fresh = True
    for part in parts:
        if fresh:
            fresh = False
            spaces: int | None = 0
            if isinstance(part, _Text):
                stripped = part.text.lstrip()
                if not stripped and part.text.endswith("\n"):
                    spaces = None
                else:
                    spaces = len(part.text) - len(stripped)
                    begins.append(part)
            if spaces is not None and (least is None or spaces < least):
                least = spaces
        if isinstance(part, _Text) and part.text.endswith("\n"):
            fresh = True
    for part in begins:
        part.text = part.text[least or 0 :]


# --- from parts to a tree -------------------------------------------------------------------------------------------


def _tree(parts: Sequence[_Part], place: str, cursor: Cursor) -> Expression:
    if len(parts) == 1 and not isinstance(parts[0], _Text | _Directive):
        return parts[0]  # the value itself, which need not be text
    todo = iter(parts)
    made, end = _until(todo, (), place, cursor)
    if end is not None:
        cursor.fail(f"{end.word} without its beginning")
    texts = [each for each in made if isinstance(each, Literal) and isinstance(each.value, str)]
    if len(texts) == len(made):
        return Literal("".join(str(each.value) for each in texts), place)
    return Template(tuple(made), place)


def _until(
    todo: Iterator[_Part], ends: tuple[str, ...], place: str, cursor: Cursor
) -> tuple[list[Expression], _Directive | None]:
    """The expressions up to a directive that `ends` them, and that; None: there are no more parts."""
    made: list[Expression] = []
    for part in todo:
        if isinstance(part, _Text):
            made.append(Literal(part.text, part.place))
        elif not isinstance(part, _Directive):
            made.append(part)
        elif part.word in ("else", "endif", "endfor"):
            if part.word not in ends:
                cursor.fail(f"{part.word} without its beginning")
            return made, part
        else:
            cursor.deeper()
            made.append(_repeated(todo, part, cursor) if part.word == "for" else _choice(todo, part, cursor))
            cursor.depth -= 1
    if ends:
        cursor.fail(f"the template has no {ends[-1]}")
    return made, None


def _choice(todo: Iterator[_Part], part: _Directive, cursor: Cursor) -> Expression:
    then, end = _until(todo, ("else", "endif"), part.place, cursor)
    other: list[Expression] = []
    if end is not None and end.word == "else":
        other, _ = _until(todo, ("endif",), part.place, cursor)
    condition = part.value or Literal(True, part.place)
    return Conditional(condition, Template(tuple(then), part.place), Template(tuple(other), part.place), part.place)


def _repeated(todo: Iterator[_Part], part: _Directive, cursor: Cursor) -> Expression:
    body, _ = _until(todo, ("endfor",), part.place, cursor)
    over = part.value or Literal(None, part.place)
    return Repeated(part.key, part.item, over, Template(tuple(body), part.place), part.place)
