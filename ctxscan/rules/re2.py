"""RE2 syntax, as Go's `regexp` reads it.

The builders turn a pattern that is more than plain text into a Go regular expression, and half of Go's syntax leaks
through (`\\d`, `{2}`, `[[:alpha:]]`, `|`, `\\Q`). Python's `re` differs in syntax and backtracks, so an expression from
a stranger's file is neither passed to it nor trusted to it: `parse_expression` gives a small tree, which `automaton`
runs.

It knows nothing about paths: `grammars` and `parts` do.

Source: the syntax page of Go's `regexp/syntax` (Perl flags, as `regexp.Compile` sets them), checked against recorded
builds. Names of scripts (`\\p{Greek}`) are the one thing left out: the standard library has no such table.
"""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

MAX_CODE: Final = 0x10FFFF
#: Go refuses to repeat anything more than this often, nested repetitions multiplied.
MAX_REPEAT: Final = 1000
#: Go refuses deeper nesting, and programs above this many instructions.
MAX_DEPTH: Final = 1000
MAX_PROGRAM: Final = 3_355_443

Ranges: TypeAlias = tuple[tuple[int, int], ...]


class SyntaxProblem(ValueError):
    """Go would not compile this expression."""


class Chars(NamedTuple):
    """One character: in `ranges`, or of a Unicode category in `categories` (a negated one where its flag is set)."""

    ranges: Ranges
    categories: tuple[tuple[str, bool], ...] = ()
    negated: bool = False

    def holds(self, code: int) -> bool:
        return self._member(code) is not self.negated

    def _member(self, code: int) -> bool:
        if any(low <= code <= high for low, high in self.ranges):
            return True
        if self.categories:
            # A lone surrogate stands for a byte that is not UTF-8, which Go sees as U+FFFD.
            category = unicodedata.category("\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code))
            return any(category.startswith(name) is not flipped for name, flipped in self.categories)
        return False

    @property
    def literal(self) -> str | None:
        """The one character that this stands for, if it is a plain one."""
        plain = len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1]
        return chr(self.ranges[0][0]) if plain and not self.negated and not self.categories else None


class Cat(NamedTuple):
    items: "tuple[Syntax, ...]"


class Alt(NamedTuple):
    items: "tuple[Syntax, ...]"


class Repeat(NamedTuple):
    """`low` to `high` times; `high` None: without end."""

    node: "Syntax"
    low: int
    high: int | None


class Assert(NamedTuple):
    """`kind`: `begin`, `end`, `word` (a boundary) or `inside` (none)."""

    kind: str


Syntax: TypeAlias = Chars | Cat | Alt | Repeat | Assert

ANY: Final = Chars(((0, MAX_CODE),))
NOT_NEWLINE: Final = Chars(((10, 10),), negated=True)
NOT_SLASH: Final = Chars(((47, 47),), negated=True)
_DIGIT: Final = ((48, 57),)
_SPACE: Final = ((9, 10), (12, 13), (32, 32))
WORD: Final = ((48, 57), (65, 90), (95, 95), (97, 122))
_PERL: Final = {"d": _DIGIT, "s": _SPACE, "w": WORD}
POSIX: Final = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_CONTROL: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_CATEGORIES: Final = frozenset(
    "C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs".split()
)


def char(code: int) -> Chars:
    return Chars(((code, code),))


def parse_expression(text: str) -> Syntax:
    """The tree of `text`. Raises `SyntaxProblem` where `regexp.Compile` fails."""
    node = _Parser(text).parse()
    if _size(node) > MAX_PROGRAM:
        raise SyntaxProblem("expression too large")
    return node


class _Parser:
    """One pass with an explicit stack, so that a thousand brackets cost no recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def parse(self) -> Syntax:
        text, size = self.text, len(self.text)
        branches: list[Syntax] = []
        items: list[Syntax] = []
        stack: list[tuple[list[Syntax], list[Syntax]]] = []
        repeated = -1  # where the last repetition ended: another one right behind it is an error
        while self.at < size:
            c = text[self.at]
            bounds = self._bounds() if c == "{" else None
            if c == "(":
                if text.startswith("(?", self.at):
                    raise SyntaxProblem("group flags cannot come from a pattern")  # `?` never reaches Go as itself
                stack.append((branches, items))
                if len(stack) > MAX_DEPTH:
                    raise SyntaxProblem("expression nests too deeply")
                branches, items = [], []
                self.at += 1
            elif c == ")":
                if not stack:
                    raise SyntaxProblem("unexpected )")
                group = _alternatives(branches, items)
                branches, items = stack.pop()
                items.append(group)
                self.at += 1
            elif c == "|":
                branches.append(_sequence(items))
                items = []
                self.at += 1
            elif c in "*+?" or bounds:
                if not items:
                    raise SyntaxProblem("missing argument to repetition operator")
                if repeated == self.at:
                    raise SyntaxProblem("invalid nested repetition operator")
                if bounds:
                    low, high, end = bounds
                else:
                    low, high, end = (1 if c == "+" else 0), (1 if c == "?" else None), self.at + 1
                if end < size and text[end] == "?":
                    end += 1  # not greedy: the same matches
                repetition = Repeat(items.pop(), low, high)
                if bounds and _repeats(repetition) > MAX_REPEAT:
                    raise SyntaxProblem("invalid repeat count")
                items.append(repetition)
                self.at = repeated = end
            else:
                items.extend(self._atom(c))
        if stack:
            raise SyntaxProblem("missing closing )")
        return _alternatives(branches, items)

    def _bounds(self) -> tuple[int, int | None, int] | None:
        """`{n}`, `{n,}` or `{n,m}` here, and where it ends; None: the brace is an ordinary character."""
        end = self.text.find("}", self.at)
        inside = self.text[self.at + 1 : end] if end >= 0 else ""
        low, comma, high = inside.partition(",")
        if not _is_count(low) or (high and not _is_count(high)):
            return None
        least = int(low)
        most = least if not comma else int(high) if high else None
        if least > MAX_REPEAT or (most is not None and (most > MAX_REPEAT or least > most)):
            raise SyntaxProblem("invalid repeat count")
        return least, most, end + 1

    def _atom(self, c: str) -> Iterable[Syntax]:
        self.at += 1
        if c == ".":
            return (NOT_NEWLINE,)
        if c == "^":
            return (Assert("begin"),)
        if c == "$":
            return (Assert("end"),)
        if c == "[":
            return (self._class(),)
        if c != "\\":
            return (char(code_of(c)),)
        letter = self.text[self.at : self.at + 1]
        if letter in ("A", "z", "b", "B"):
            self.at += 1
            return (Assert({"A": "begin", "z": "end", "b": "word", "B": "inside"}[letter]),)
        if letter == "Q":
            quoted, _, rest = self.text[self.at + 1 :].partition("\\E")
            self.at = len(self.text) - len(rest)
            return tuple(char(code_of(each)) for each in quoted)
        return (self._perl_class() or char(self._escape()),)

    def _perl_class(self) -> Chars | None:
        """`\\d`, `\\W`, `\\pL`, `\\p{^Lu}`, standing behind the backslash; None: an escape of one character."""
        letter = self.text[self.at : self.at + 1]
        if letter and letter in "dswDSW":
            self.at += 1
            return Chars(_PERL[letter.lower()], negated=letter.isupper())
        if letter not in ("p", "P"):
            return None
        self.at += 1
        if self.text.startswith("{", self.at):
            end = self.text.find("}", self.at)
            if end < 0:
                raise SyntaxProblem("invalid character class range")
            name = self.text[self.at + 1 : end]
            self.at = end + 1
        else:
            name = self.text[self.at : self.at + 1]
            self.at += 1
        flipped = (letter == "P") is not name.startswith("^")
        name = name.removeprefix("^")
        if name == "Any":
            return Chars(ANY.ranges, negated=flipped)
        if name not in _CATEGORIES:
            raise SyntaxProblem("invalid character class range")
        return Chars((), ((name, False),), flipped)

    def _escape(self) -> int:
        """The code point of an escape, standing behind the backslash."""
        c = self.text[self.at : self.at + 1]
        self.at += 1
        if c in _CONTROL:
            return _CONTROL[c]
        if c == "x":
            return self._hexadecimal()
        if c and c in "01234567":
            follow = self.text[self.at : self.at + 1]
            if c != "0" and not (follow and follow in "01234567"):
                raise SyntaxProblem("invalid escape sequence")  # a back reference, which Go does not have
            digits = c
            while len(digits) < 3 and (digit := self.text[self.at : self.at + 1]) and digit in "01234567":
                digits += digit
                self.at += 1
            return int(digits, 8)
        if c and ord(c) < 128 and not c.isalnum():
            return ord(c)
        raise SyntaxProblem("invalid escape sequence" if c else "trailing backslash at end of expression")

    def _hexadecimal(self) -> int:
        if self.text.startswith("{", self.at):
            end = self.text.find("}", self.at)
            digits = self.text[self.at + 1 : end] if end >= 0 else ""
            self.at = end + 1
        else:
            digits = self.text[self.at : self.at + 2]
            self.at += 2
            if len(digits) < 2:
                digits = ""
        if not digits or any(digit not in "0123456789abcdefABCDEF" for digit in digits) or len(digits) > 4300:
            raise SyntaxProblem("invalid escape sequence")
        if (code := int(digits, 16)) > MAX_CODE:
            raise SyntaxProblem("invalid escape sequence")
        return code

    def _class(self) -> Chars:
        text = self.text
        negated = text.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        categories: list[tuple[str, bool]] = []
        first = True
        while first or not text.startswith("]", self.at):
            first = False
            if self.at >= len(text):
                raise SyntaxProblem("missing closing ]")
            if text.startswith("[:", self.at) and (end := text.find(":]", self.at + 2)) >= 0:
                name = text[self.at + 2 : end]
                if name.removeprefix("^") not in POSIX:
                    raise SyntaxProblem("invalid character class range")
                part = Chars(POSIX[name.removeprefix("^")], negated=name.startswith("^"))
                self.at = end + 2
            elif text.startswith("\\", self.at) and text[self.at + 1 : self.at + 2] in tuple("dswDSWpP"):
                self.at += 1
                part = self._perl_class() or EMPTY_CLASS
            else:
                part = self._range()
            if part.categories:
                categories += [(name, flipped is not part.negated) for name, flipped in part.categories]
            else:
                ranges += _complement(part.ranges) if part.negated else part.ranges
        self.at += 1
        return Chars(_merged(ranges), tuple(categories), negated)

    def _range(self) -> Chars:
        low = high = self._class_char()
        if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
            self.at += 1
            high = self._class_char()
            if high < low:
                raise SyntaxProblem("invalid character class range")
        return Chars(((low, high),))

    def _class_char(self) -> int:
        if self.at >= len(self.text):
            raise SyntaxProblem("missing closing ]")
        c = self.text[self.at]
        self.at += 1
        return self._escape() if c == "\\" else code_of(c)


EMPTY_CLASS: Final = Chars(())


def code_of(c: str) -> int:
    """Go decodes a byte that is not UTF-8 (a lone surrogate here) as U+FFFD."""
    return 0xFFFD if 0xD800 <= ord(c) <= 0xDFFF else ord(c)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0")) and len(text) < 4300


def _sequence(items: list[Syntax]) -> Syntax:
    return items[0] if len(items) == 1 else Cat(tuple(items))


def _alternatives(branches: list[Syntax], items: list[Syntax]) -> Syntax:
    return Alt((*branches, _sequence(items))) if branches else _sequence(items)


def _complement(ranges: Ranges) -> Ranges:
    out, start = [], 0
    for low, high in _merged(ranges):
        if start < low:
            out.append((start, low - 1))
        start = high + 1
    if start <= MAX_CODE:
        out.append((start, MAX_CODE))
    return tuple(out)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def _fold(node: Syntax, of: Callable[[Syntax, list[int]], int]) -> int:
    """A figure worked out from the leaves up, without recursion."""
    todo: list[tuple[Syntax, bool]] = [(node, False)]
    values: list[int] = []
    while todo:
        each, ready = todo.pop()
        parts: tuple[Syntax, ...] = ()
        if isinstance(each, Cat | Alt):
            parts = each.items
        elif isinstance(each, Repeat):
            parts = (each.node,)
        if parts and not ready:
            todo.append((each, True))
            todo.extend((part, False) for part in parts)
            continue
        below = [values.pop() for _ in parts]
        values.append(of(each, below))
    return values[0]


def _repeats(node: Syntax) -> int:
    """How often the innermost part is repeated by counts."""

    def of(each: Syntax, below: list[int]) -> int:
        most = max(below, default=1)
        if isinstance(each, Repeat) and each[1:] not in ((0, None), (1, None), (0, 1)):
            return most * max(1, each.low if each.high is None else each.high)
        return most

    return _fold(node, of)


def _size(node: Syntax) -> int:
    def of(each: Syntax, below: list[int]) -> int:
        total = sum(below) + 1
        return total * max(1, each.high or each.low) if isinstance(each, Repeat) else total

    return _fold(node, of)


# --- parts of an expression, for readers of a larger grammar ---------------------------------------------------------


def atom(text: str, at: int) -> tuple[tuple[Syntax, ...], int]:
    """What the escape, class or plain character at `at` stands for, and where it ends. Raises `SyntaxProblem`."""
    parser = _Parser(text)
    parser.at = at
    return tuple(parser._atom(text[at])), parser.at


def bounds(text: str, at: int) -> tuple[int, int | None, int] | None:
    """The counts of a `{n,m}` at `at`, and where it ends; None: the brace is an ordinary character. Raises
    `SyntaxProblem`."""
    parser = _Parser(text)
    parser.at = at
    return parser._bounds()
