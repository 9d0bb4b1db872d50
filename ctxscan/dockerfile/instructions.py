"""The text of a Dockerfile as instructions: lines, comments, continuations, flags, words, heredocs.

Reads as BuildKit's parser does, and refuses what that refuses, in its words; compared with it in the tests. Above
`words`. How an instruction's words part is known here; which instructions and flags there are is for `arguments`.
"""

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from ..errors import CtxscanError
from ..printable import WHITE_SPACE
from ..regex import lazy
from .words import WordProblem, quoted, split_words

#: Name and value of a flag; None: it has no `=`.
Flag: TypeAlias = tuple[str, str | None]
#: Longer lines (without their end) are refused, as by Go's `bufio.Scanner`.
LONGEST_LINE: Final = 65535


class Heredoc(NamedTuple):
    """A text inside the Dockerfile. `text` is as written, before `chomp` (tabs at line starts go) and `expands`
    (variables in it are replaced, unless it goes to a shell); `line` is that of its first line."""

    name: str
    text: str
    expands: bool
    chomp: bool
    line: int

    @property
    def content(self) -> str:
        return _TABS.sub("", self.text) if self.chomp else self.text


class Instruction(NamedTuple):
    """One instruction, by its syntax alone.

    `text` is the logical line: continuations joined, comments in it dropped. `flags` are `("from", "builder")`, a bare
    `--link` is `("link", None)`. `words` are as the builder splits them for this keyword, quotes and variables as they
    stand: the whole command for RUN, name after value after name for ENV and LABEL, the instruction for ONBUILD, its
    heredocs included. `json`: they were given as an array.
    """

    line: int
    end_line: int
    keyword: str
    text: str
    flags: tuple[Flag, ...]
    words: tuple[str, ...]
    json: bool
    heredocs: tuple[Heredoc, ...]

    @property
    def whole(self) -> str:
        """The logical line, and below it what its heredocs hold."""
        return "\n".join((self.text, *(each.content for each in self.heredocs)))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The names of ENV and LABEL, each with its value."""
        return tuple(zip(self.words[::2], self.words[1::2], strict=False))

    def given(self, flag: str) -> tuple[str, ...]:
        """The values of a flag, in order."""
        return tuple(value or "" for name, value in self.flags if name == flag)


class Text(NamedTuple):
    """The instructions of a Dockerfile, none of them checked by itself, its escape character, what its `check`
    directive asks for (empty: nothing), how many of its lines are directives, and the frontend that it names."""

    instructions: tuple[Instruction, ...]
    escape: str
    check: str
    directives: int
    syntax: str


def read_instructions(text: str, *, label: str) -> Text:
    """A Dockerfile by its syntax. Raises `CtxscanError` with `label:line` where the builder's parser fails."""
    lines = _Lines(text.removeprefix("\ufeff"), label)
    escape = "\\"
    instructions: list[Instruction] = []
    directives = _Directives(label)
    while (line := lines.next()) is not None:
        line = line.lstrip(WHITE_SPACE)
        escape = directives.read(line, lines.number) or escape
        if line and not line.startswith("#"):
            instructions.append(_instruction(line, lines, escape))
    lines.check()
    if not instructions:
        raise CtxscanError("file with no instructions", place=label)
    return Text(tuple(instructions), escape, directives.check, directives.lines, directives.syntax)


# --- lines ----------------------------------------------------------------------------------------------------------


class _Lines:
    """The lines, one after the other; `number` is that of the last one given, from 1."""

    def __init__(self, text: str, label: str) -> None:
        self.label = label
        self.number = 0
        self.too_long = False
        self._lines = _LINE.finditer(text)

    def next_raw(self) -> str | None:
        """The next line with its end, None behind the last one or where a line is too long."""
        match = next(self._lines, None)
        if match is None or self.too_long:
            return None
        line = match[0]
        if len(line) > LONGEST_LINE // 4 and len(line.removesuffix("\n").encode()) > LONGEST_LINE:
            self.too_long = True
            return None
        self.number += 1
        return line

    def next(self) -> str | None:
        line = self.next_raw()
        return None if line is None else line.rstrip("\r\n")

    def check(self) -> None:
        """Raise, now that all that could be read was fine, if a line was too long."""
        if self.too_long:
            message = f"dockerfile line greater than max allowed size of {LONGEST_LINE}"
            raise CtxscanError(message, place=f"{self.label}:{self.number + 1}")


class _Directives:
    """Parser directives: comments of a form, before anything else."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.seen: set[str] | None = set()
        self.check = ""
        self.lines = 0
        self.syntax = ""

    def read(self, line: str, number: int) -> str | None:
        """The escape character, if this line sets it."""
        if self.seen is None:
            return None
        name, value = self._split(line)
        if name not in ("syntax", "escape", "check"):
            self.seen = None
            return None
        if name in self.seen:
            raise CtxscanError(f"only one {name} parser directive can be used", place=f"{self.label}:{number}")
        self.seen.add(name)
        self.lines = number
        if name == "syntax":
            self.syntax = value
        if name == "check":
            self.check = value
        if name != "escape":
            return None
        if value not in ("\\", "`"):
            message = f"invalid escape token '{value}' does not match ` or \\"
            raise CtxscanError(message, place=f"{self.label}:{number}")
        return value

    @staticmethod
    def _split(line: str) -> tuple[str, str]:
        match = _DIRECTIVE.fullmatch(line) if line.startswith("#") else None
        if match is None or not match[2]:
            return "", ""
        return match[1].lower(), match[2].strip(_BLANKS) or match[2][-1]


_LINE: Final = lazy(r"[^\n]*\n|[^\n]+")
_TABS: Final = lazy(r"^\t+", re.MULTILINE)
_BLANKS: Final = "\t\n\f\r "
_DIRECTIVE: Final = lazy(rf"#[{WHITE_SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[{_BLANKS}]*=(.*)", re.DOTALL)


def _instruction(line: str, lines: _Lines, escape: str) -> Instruction:
    start = lines.number
    line = _joined(line, lines, escape)
    try:
        keyword, flags, words, is_json = _split(line, escape)
        markers = _markers(line, keyword, words, is_json, escape)
    except WordProblem as problem:
        raise CtxscanError(str(problem), place=f"{lines.label}:{start}") from None
    heredocs = tuple(_body(marker, lines, start) for marker in markers)
    if heredocs and keyword == "ONBUILD":
        words = ("\n".join((*words, *(heredoc.text + heredoc.name for heredoc in heredocs))),)
    return Instruction(start, lines.number, keyword, line, flags, words, is_json, heredocs)


def _joined(line: str, lines: _Lines, escape: str) -> str:
    """The logical line that begins with `line`: comments and empty lines inside it do not count."""
    pieces: list[str] = []
    while True:
        body = line.rstrip(" \t")
        if not body.endswith(escape) or body.endswith(escape * 2):
            return "".join((*pieces, line))
        pieces.append(body[:-1])
        while (following := lines.next()) is not None:
            start = following.lstrip(WHITE_SPACE)
            if start and not start.startswith("#"):
                break
        if following is None:
            return "".join(pieces)
        line = following


# --- words ----------------------------------------------------------------------------------------------------------


def _split(line: str, escape: str) -> tuple[str, tuple[Flag, ...], tuple[str, ...], bool]:
    """Keyword, flags, words, and whether these were given as JSON."""
    keyword, *others = SPACES.split(line.strip(WHITE_SPACE), maxsplit=1)
    flags, rest = _flags(others[0], escape) if others else ((), "")
    words, is_json = _arguments(keyword.upper(), rest.strip(WHITE_SPACE), escape)
    return keyword.upper(), flags, words, is_json


def _flags(rest: str, escape: str) -> tuple[tuple[Flag, ...], str]:
    """The words that begin with two dashes, without quotes and escapes, and what follows them."""
    # The builder looks at bytes as if they were characters: what is not ASCII comes out garbled.
    garbled = rest.encode().decode("latin-1")
    flags: list[Flag] = []
    at = _after_spaces(garbled, 0)
    while garbled.startswith("--", at):
        flag, at = _word(garbled, at, escape, bare=True)
        if flag == "--":
            break
        name, equals, value = flag[2:].partition("=")
        flags.append((name, value if equals else None))
        at = _after_spaces(garbled, at)
    return tuple(flags), garbled[at:].encode("latin-1").decode(errors="replace")


def _arguments(keyword: str, rest: str, escape: str) -> tuple[tuple[str, ...], bool]:
    """The words behind keyword and flags, and whether they were given as JSON."""
    if not rest:
        return (), False
    if keyword in ("ENV", "LABEL"):
        return _pairs(keyword, rest, escape), False
    if keyword == "ARG":
        return tuple(_words(rest, escape)), False
    if keyword == "HEALTHCHECK":
        kind, *command = re.split(r"[\t\n\v\f\r ]+", rest, maxsplit=1)
        words, is_json = _arguments("CMD", command[0] if command else "", escape)
        return (kind, *words), is_json
    if keyword in _TAKES_JSON and (array := _array(rest)) is not None:
        return array, True
    if keyword in ("ADD", "COPY", "EXPOSE", "FROM", "VOLUME"):
        return tuple(SPACES.split(rest)), False
    return (rest,), False


def _pairs(keyword: str, rest: str, escape: str) -> tuple[str, ...]:
    """`a=b c=d` or, if the first word has no `=`, a name and all the rest as its value."""
    words = list(_words(rest, escape))
    if words and "=" not in words[0]:
        pair = tuple(SPACES.split(rest, maxsplit=1))
        if len(pair) < 2:
            raise WordProblem(f"{keyword} must have two arguments")
        return pair
    for word in words:
        if "=" not in word:
            problem = f"can't find = in {quoted(word)}. Must be of the form: name=value"
            raise WordProblem(f"Syntax error - {problem}")
    return tuple(part for word in words for part in word.split("=", 1))


def _words(text: str, escape: str) -> Iterator[str]:
    at = _after_spaces(text, 0)
    while at < len(text):
        word, at = _word(text, at, escape, bare=False)
        if word:
            yield word
        at = _after_spaces(text, at)


def _word(text: str, at: int, escape: str, *, bare: bool) -> tuple[str, int]:
    """The word at `at`, up to white space outside quotes, and its end. `bare`: without its quotes and escapes."""
    pieces: list[str] = []
    quote = ""
    while at < len(text) and (quote or text[at] not in WHITE_SPACE):
        c = text[at]
        at += 1
        if c == escape and (bare or quote != "'"):
            if at < len(text):  # at the very end it is dropped
                pieces.append(text[at] if bare else c + text[at])
            at += 1
            continue
        if c in ("'", '"') and quote in ("", c):
            quote = "" if quote else c
            if bare:
                continue
        pieces.append(c)
    return "".join(pieces), at


def _after_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in WHITE_SPACE:
        at += 1
    return at


def _array(rest: str) -> tuple[str, ...] | None:
    """The words of the JSON form, None if it is none."""
    rest = rest.lstrip(WHITE_SPACE)
    if not rest.startswith("["):
        return None
    try:
        array = json.loads(rest, parse_constant=_no_constant)
    except RecursionError:
        array = [None]  # arrays in arrays
    except ValueError:
        return None
    if not all(isinstance(word, str) for word in array):
        raise WordProblem("when using JSON array syntax, arrays must be comprised of strings only")
    return tuple(word if word.isascii() else _SURROGATE.sub("\ufffd", word) for word in array)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


SPACES: Final = lazy(r"[\t\v\f\r ]+")
_SURROGATE: Final = lazy("[\ud800-\udfff]")
_TAKES_JSON: Final = frozenset(("ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"))


# --- heredocs -------------------------------------------------------------------------------------------------------


class Marker(NamedTuple):
    """What announces a heredoc: `<<EOF`, `<<-EOF`, `3<<"EOF"`."""

    name: str
    expands: bool
    chomp: bool

    @classmethod
    def read(cls, word: str) -> "Marker | None":
        """Raises `WordProblem` where the delimiter has a quote that does not end."""
        match = _MARKER.fullmatch(word) if "<<" in word else None
        if match is None:
            return None
        delimiter = match[2]
        names = split_words(delimiter, quotes="drop", escapes="drop")
        if len(names) != 1:
            return None
        written = split_words(delimiter, quotes="keep", escapes="drop")
        if len(written) != 1:
            raise WordProblem(f"internal lexing of heredoc produced inconsistent results: {delimiter}")
        # Quotes that were taken away quoted something.
        expands = all(names[0].count(quote) == written[0].count(quote) for quote in "'\"")
        return cls(names[0], expands, match[1] == "-")


_MARKER: Final = lazy(r"[0-9]*+<<(-?)[\t\n\f\r ]*+([^<]*)")


def _markers(line: str, keyword: str, words: tuple[str, ...], is_json: bool, escape: str) -> list[Marker]:
    if keyword == "ONBUILD" and words:
        keyword, _, words, is_json = _split(words[0], escape)
    if keyword not in ("ADD", "COPY", "RUN") or is_json or "<<" not in line:
        return []
    try:
        found = split_words(line, quotes="keep", escapes="keep")
    except WordProblem:
        return []
    return [marker for word in found if (marker := Marker.read(word))]


def _body(marker: Marker, lines: _Lines, start: int) -> Heredoc:
    first = lines.number + 1
    body: list[str] = []
    while (line := lines.next_raw()) is not None:
        end = line.rstrip("\r\n")
        if (end.lstrip("\t") if marker.chomp else end) == marker.name:
            return Heredoc(marker.name, "".join(body), marker.expands, marker.chomp, first)
        body.append(line)
    raise CtxscanError("unterminated heredoc", place=f"{lines.label}:{start}")


def heredoc_name(word: str) -> str | None:
    """The delimiter, if this argument of COPY or ADD stands for a heredoc."""
    try:
        marker = Marker.read(word)
    except WordProblem:
        return None
    return marker.name if marker else None
