"""Words of a Dockerfile: quotes, escapes and variables, as BuildKit's own small shell reads them.

`expand` gives the text with all variables replaced, `split_words` those of a line as they are looked at for heredocs.
Lowest in the package; knows nothing about instructions, nor where a value comes from.

A Dockerfile may be a stranger's: patterns are matched by an automaton in one pass, nesting is bounded, and whoever
supplies the values bounds how much text they give.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from ..printable import WHITE_SPACE, shown
from ..regex import lazy

#: The value of a variable, None if it has none.
Lookup = Callable[[str], str | None]

#: BuildKit sets no limit; nobody nests more than three deep.
MAX_DEPTH: Final = 100
#: What a single `${name//pattern/text}` may grow to.
MAX_REPLACED: Final = 1 << 20
#: The builder's reader drops it at the beginning of a word.
_MARK: Final = "\ufeff"
_SPECIAL: Final = "@*#?-$!0"


class WordProblem(ValueError):
    """The builder cannot make sense of a word; the text is its own."""


class Expansion(NamedTuple):
    """A text with its variables replaced. `empty`: those that had no value and were taken as empty. `outside`: one of
    the values is from elsewhere than the Dockerfile, so that the text is not to be shown."""

    text: str
    empty: tuple[str, ...]
    outside: bool = False

    def shown(self, written: str) -> str:
        """What reports show of it: its variables as they stand, in the text as it is `written`."""
        return written if "$" in written else self.text


def expand(text: str, values: Lookup, *, escape: str) -> Expansion:
    """Replace variables, and take quotes and escapes away. Raises `WordProblem`."""
    if not any(c in text for c in ("$", "'", '"', escape)):
        return Expansion(text.removeprefix(_MARK), ())
    return _expanded(_Lexer(text, escape, values))


def expand_words(text: str, values: Lookup, *, escape: str) -> list[str]:
    """The words of a text with its variables replaced: none, if all of them are empty. Raises `WordProblem`."""
    lexer = _Lexer(text, escape, values)
    try:
        return lexer.read().words()
    except WordProblem as problem:
        raise WordProblem(f"failed to process {quoted(text)}: {problem}") from None


def expand_body(text: str, values: Lookup) -> str:
    """Replace variables in the body of a heredoc: quotes are part of it, and the escape is always a backslash."""
    return _expanded(_Lexer(text, "\\", values, quotes="plain")).text


def _expanded(lexer: "_Lexer") -> Expansion:
    try:
        return Expansion(lexer.read().text, tuple(lexer.empty))
    except WordProblem as problem:
        raise WordProblem(f"failed to process {quoted(lexer.text)}: {problem}") from None


def split_words(text: str, *, quotes: Literal["drop", "keep"], escapes: Literal["drop", "keep"]) -> list[str]:
    """The words of a line, with variables as they stand. Raises `WordProblem`."""
    lexer = _Lexer(text, "\\", lambda name: None, quotes=quotes, raw=escapes == "keep", verbatim=True)
    return lexer.read().words()


def quoted(text: str) -> str:
    """As Go prints a string in a message."""
    return '"' + shown(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


class _Output:
    """What was read, piece by piece, each with whether white space in it parts words (not where it was quoted)."""

    __slots__ = ("pieces",)

    def __init__(self) -> None:
        self.pieces: list[tuple[str, bool]] = []

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)

    def words(self) -> list[str]:
        words: list[str] = []
        word: list[str] = []
        for piece, parts in self.pieces:
            # Most have no blank at all, and Python knows more of them than Go does.
            whole = not parts or piece.split(maxsplit=1) == [piece]
            first, *others = [piece] if whole else _BLANK.split(piece)
            word.append(first)
            for other in others:
                words.append("".join(word))
                word = [other]
        return [word for word in (*words, "".join(word)) if word]


_BLANK: Final = lazy(f"[{WHITE_SPACE}]")
#: Nothing that could mean something, in any mode.
_PLAIN: Final = lazy(r"""[^$<'"\\`}/]+""")


class _Lexer:
    """`quotes` are taken away, kept, or characters like any other; with `raw` escapes stay in the text, and with
    `verbatim` a variable stays as it is written."""

    __slots__ = ("at", "depth", "empty", "escape", "quotes", "raw", "text", "values", "verbatim")

    def __init__(
        self,
        text: str,
        escape: str,
        values: Lookup,
        *,
        quotes: Literal["drop", "keep", "plain"] = "drop",
        raw: bool = False,
        verbatim: bool = False,
    ) -> None:
        self.text = text.removeprefix(_MARK)
        self.escape = escape
        self.values = values
        self.quotes = quotes
        self.raw = raw
        self.verbatim = verbatim
        self.at = 0
        self.depth = 0
        #: Variables taken as empty; a dict, for the order.
        self.empty: dict[str, None] = {}

    def read(self) -> _Output:
        out = _Output()
        while c := self._peek():
            out.pieces.append(self._piece(c))
        return out

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        c = self._peek()
        self.at += 1
        return c

    def _until(self, stop: str, *, raw: bool) -> str:
        """All up to `stop`, which is taken too."""
        pieces: list[str] = []
        before, self.raw = self.raw, raw
        try:
            while (c := self._peek()) != stop:
                if not c:
                    raise WordProblem("end of text")
                pieces.append(self._piece(c)[0])
        except WordProblem:
            if self._peek():
                raise
            # Whatever else is wrong: this is what the builder says at the end of the text.
            raise WordProblem(f"syntax error: missing '{stop}'{' in ${}' * (stop == '/')}") from None
        self.at += 1
        self.raw = before
        return "".join(pieces)

    def _piece(self, c: str) -> tuple[str, bool]:
        """The next piece, which begins with `c`, and whether white space in it parts words."""
        if plain := _PLAIN.match(self.text, self.at):
            self.at = plain.end()
            return plain[0], True
        if c == "$":
            return self._dollar(), True
        if c == "<":
            return self._possible_heredoc(), False
        if c in ("'", '"') and self.quotes != "plain":
            return self._single() if c == "'" else self._double(), False
        self.at += 1
        if c == self.escape:
            return c * self.raw + self._next(), False
        return c, True

    def _possible_heredoc(self) -> str:
        """`<`, or `<<` with the blanks behind it, so that they do not part it from its delimiter."""
        start = self.at
        self.at += 1
        if self._peek() == "<":
            self.at += 1
            while self._peek() in ("\t", "\r", " "):
                self.at += 1
        return self.text[start : self.at]

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self.at = len(self.text)
            raise WordProblem("unexpected end of statement while looking for matching single-quote")
        inner = self.text[self.at + 1 : end]
        self.at = end + 1
        return f"'{inner}'" if self.quotes == "keep" else inner

    def _double(self) -> str:
        self.at += 1
        pieces: list[str] = []
        while (c := self._peek()) != '"':
            if not c:
                raise WordProblem("unexpected end of statement while looking for matching double-quote")
            pieces.append(self._dollar() if c == "$" else self._quoted_one())
        self.at += 1
        inner = "".join(pieces)
        return f'"{inner}"' if self.quotes == "keep" else inner

    def _quoted_one(self) -> str:
        """One character between double quotes, where only `"`, `$` and the escape itself can be escaped."""
        c = self._next()
        if c != self.escape or not self._peek():
            return c
        kept = c if self.raw else ""
        return kept + (self._next() if self._peek() in ('"', "$", self.escape) else c)

    def _dollar(self) -> str:
        self.at += 1
        if self._peek() == "{":
            self.at += 1
            return self._braced()
        name = self._name()
        return self._plain(name, f"${name}") if name else "$"

    def _name(self) -> str:
        start = self.at
        if self._peek().isdecimal():
            while self._peek().isdecimal():
                self.at += 1
        elif (c := self._peek()) and c in _SPECIAL:
            self.at += 1
        else:
            while (c := self._peek()).isalpha() or c.isdecimal() or c == "_":
                self.at += 1
        return self.text[start : self.at]

    def _plain(self, name: str, written: str) -> str:
        value = self.values(name)
        if value is None:
            if self.verbatim:
                return written
            self.empty[name] = None
        return value or ""

    def _braced(self) -> str:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise WordProblem(f"substitutions nested more than {MAX_DEPTH} deep")
        if self._peek() and self._peek() in "{}:":
            raise WordProblem("syntax error: bad substitution")
        name = self._name()
        result = self._operation(name, self._next())
        self.depth -= 1
        return result

    def _operation(self, name: str, operator: str) -> str:
        if operator == ":":
            operator += self._next()
        if operator in ("", ":"):
            raise WordProblem("syntax error: missing '}'")
        if operator == "}":
            return self._plain(name, f"${{{name}}}")
        if operator == "/":
            return self._replaced(name)
        if operator[0] not in "-+?#%:" or operator in (":#", ":%"):
            raise WordProblem(f"unsupported modifier ({operator}) in substitution")
        start = self.at
        word = self._until("}", raw=operator in ("#", "%"))
        if operator[-1] == "?" and "$" in (written := self.text[start : self.at - 1]):
            word = written  # only ever said, and then as it is written
        if self.verbatim:
            return f"${{{name}{operator}{word}}}"
        if operator in ("#", "%"):
            return _trimmed(self._plain(name, ""), word, operator)
        return self._conditional(name, operator, word)

    def _conditional(self, name: str, operator: str, word: str) -> str:
        value = self.values(name)
        given = value if value or operator[0] != ":" else None
        match operator[-1]:
            case "-":
                return word if given is None else given
            case "+":
                return "" if given is None else word
            case "?" if given is not None:
                return given
            case "?":
                problem = "is not allowed to be unset" if value is None else "is not allowed to be empty"
                raise WordProblem(f"{name}: {word or problem}")
        raise WordProblem(f"unsupported modifier ({operator}) in substitution")

    def _replaced(self, name: str) -> str:
        every = self._peek() == "/"
        self.at += every
        pattern = self._until("/", raw=True)
        text = self._until("}", raw=True)
        if self.verbatim:
            return f"${{{name}/{pattern}/{text}}}"
        found = _Pattern.read(pattern)
        return _replace(self._plain(name, ""), found, text, every=every)


# --- patterns -------------------------------------------------------------------------------------------------------


class _Pattern(NamedTuple):
    """A shell pattern: `?` is a character, `*` any number of them, none of them a line end.

    State i stands for "the first i atoms are matched", a set of states is an integer with bit i for state i.
    """

    #: The characters in order, None for `?`.
    atoms: tuple[str | None, ...]
    #: The states in which a star takes whatever comes.
    stars: int

    @classmethod
    def read(cls, pattern: str) -> "_Pattern":
        atoms: list[str | None] = []
        stars = 0
        characters = iter(pattern)
        for c in characters:
            if c == "*":
                stars |= 1 << len(atoms)
            elif c == "?":
                atoms.append(None)
            elif c == "\\":
                atoms += cls._escaped(pattern, next(characters, "\ufffd"))
            else:
                atoms.append(c)
        return cls(tuple(atoms), stars)

    @staticmethod
    def _escaped(pattern: str, c: str) -> str:
        # } and / have to be escaped inside ${}, the others to stand for themselves.
        if c not in "*?\\}/":
            problem = f"invalid escape '\\{c}'"
            raise WordProblem(f"invalid pattern ({pattern}) in substitution: {problem}")
        return c

    def reversed(self) -> "_Pattern":
        size = len(self.atoms)
        stars = sum(1 << size - at for at in range(size + 1) if self.stars >> at & 1)
        return _Pattern(self.atoms[::-1], stars)

    def ends(self, text: str, start: int, *, anywhere: bool = False) -> Iterator[int]:
        """Where a match may end that begins at `start` (or, with `anywhere`, at it or later), in order."""
        takes: dict[str, int] = {}
        for at, atom in enumerate(self.atoms):
            if atom is not None:
                takes[atom] = takes.get(atom, 0) | 1 << at
        any_one = sum(1 << at for at, atom in enumerate(self.atoms) if atom is None)
        states, accepting = 1, 1 << len(self.atoms)
        for at in range(start, len(text) + 1):
            if states & accepting:
                yield at
            if at == len(text) or not states:
                return
            c = text[at]
            wild, stay = (any_one, self.stars) if c != "\n" else (0, 0)
            states = (states & (takes.get(c, 0) | wild)) << 1 | states & stay | anywhere

    def longest(self, text: str, start: int) -> int:
        return max(self.ends(text, start))

    def starts(self, text: str) -> list[int]:
        """Where a match may begin, in order."""
        return [len(text) - end for end in self.reversed().ends(text[::-1], 0, anywhere=True)][::-1]


def _trimmed(value: str, word: str, operator: str) -> str:
    """`value` without what matches at its beginning (`#`) or end (`%`): as little as possible, doubled as much."""
    greedy = word.startswith(operator)
    word = word[1:] if greedy else word
    if operator == "%":
        word, value = _backwards(word), value[::-1]
    ends = list(_Pattern.read(word).ends(value, 0)) or [0]
    rest = value[ends[-1 if greedy else 0] :]
    return rest[::-1] if operator == "%" else rest


def _backwards(pattern: str) -> str:
    """The pattern from its end, with escapes before what they escape; one at the very end comes first, as it does in
    the builder."""
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join(reversed(pieces))


def _replace(value: str, pattern: _Pattern, text: str, *, every: bool) -> str:
    """`value` with `text` for the first or for every match, each of them as long as possible."""
    pieces: list[str] = []
    size = done = 0
    for start in pattern.starts(value):
        if start < done:
            continue
        end = pattern.longest(value, start)
        new = _filled_in(text, value[start:end]) if every else text
        pieces.append(value[done:start])
        if end > done or not start:  # an empty match right behind another one does not count
            pieces.append(new)
            size += len(new)
        if size > MAX_REPLACED:
            raise WordProblem(f"a substitution grows to more than {MAX_REPLACED} characters")
        done = end
        if not every:
            break
    return "".join((*pieces, value[done:]))


def _filled_in(text: str, match: str) -> str:
    """What is put in for every match is a template in Go: `$0` is the match, `$$` a dollar, other names are empty."""
    if "$" not in text:
        return text
    return _TEMPLATE.sub(lambda m: "$" if m[0] == "$$" else match if m[1] == "0" or m[2] == "0" else "", text)


_TEMPLATE: Final = lazy(r"\$(?:\$|(\w+)|\{(\w+)\})")
