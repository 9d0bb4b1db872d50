"""RE2 syntax, as Go's `regexp` reads it, matched in time linear in the path.

The builders turn a pattern that is more than plain text into a Go regular expression, and half of Go's syntax leaks
through (`\\d`, `{2}`, `[[:alpha:]]`, `|`, `\\Q`). Python's `re` differs in syntax and backtracks, so an expression from
a stranger's file is neither passed to it nor trusted to it: `parse_expression` gives a small tree, `Automaton` runs the
tree as a DFA built one state at a time.

It knows nothing about paths: `grammars` and `parts` do.

Source: the syntax page of Go's `regexp/syntax` (Perl flags, as `regexp.Compile` sets them), checked against recorded
builds. Names of scripts (`\\p{Greek}`) are the one thing left out: the standard library has no such table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

from ..errors import CtxscanError

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
    items: tuple[Syntax, ...]


class Alt(NamedTuple):
    items: tuple[Syntax, ...]


class Repeat(NamedTuple):
    """`low` to `high` times; `high` None: without end."""

    node: Syntax
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
_WORD: Final = ((48, 57), (65, 90), (95, 95), (97, 122))
_PERL: Final = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
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
    "word": _WORD,
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
            return (char(_code(c)),)
        letter = self.text[self.at : self.at + 1]
        if letter in ("A", "z", "b", "B"):
            self.at += 1
            return (Assert({"A": "begin", "z": "end", "b": "word", "B": "inside"}[letter]),)
        if letter == "Q":
            quoted, _, rest = self.text[self.at + 1 :].partition("\\E")
            self.at = len(self.text) - len(rest)
            return tuple(char(_code(each)) for each in quoted)
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
        return self._escape() if c == "\\" else _code(c)


EMPTY_CLASS: Final = Chars(())


def _code(c: str) -> int:
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


# --- matching -------------------------------------------------------------------------------------------------------

# A continuation is what is still to be read: (node, continuation), or None for "matched". Continuations are shared, so
# that a set of them is a state of the automaton, and a counted repetition unrolls only as far as a path drives it.
_Rest: TypeAlias = "tuple[Syntax, _Rest] | None"

#: Beyond this many parts in its states the memory of an automaton is dropped and built again: no pattern can make it
#: grow.
MAX_MEMORY: Final = 50_000
#: How many parts of expressions are looked at for all names of a context and all rules of an ignore file. A builder
#: needs the same steps, and minutes for as many of them.
MAX_EFFORT: Final = 10_000_000


class Effort:
    """Counts the parts of expressions that are looked at. `done` is how many that were."""

    __slots__ = ("done", "limit")

    def __init__(self, limit: int = MAX_EFFORT) -> None:
        self.done = 0
        self.limit = limit

    def spend(self, parts: int) -> None:
        """Count `parts`. Raises `CtxscanError` once there were too many."""
        self.done += parts
        if self.done > self.limit:
            raise CtxscanError(f"the rules take more than {self.limit} steps to compare: write them without counts")


class AutomatonState:
    """What an automaton knows after some text. `accepts`: the text matches as a whole; `settled`: whatever follows
    cannot change that."""

    __slots__ = ("accepts", "following", "rests", "settled", "word")

    def __init__(self, rests: frozenset[_Rest], word: bool) -> None:
        self.rests = rests
        self.word = word
        self.following: dict[str, AutomatonState] = {}
        self.accepts = False
        self.settled = False


class Automaton:
    """Whether an expression is found in a text, as `regexp.MatchString` tells: unanchored but for `^` and `$`."""

    def __init__(self, node: Syntax) -> None:
        self._conses: dict[tuple[int, int], tuple[Syntax, _Rest]] = {}
        self._nodes: dict[Syntax, Syntax] = {}
        self._states: dict[tuple[frozenset[int], bool], AutomatonState] = {}
        self._held = 0
        self._effort = Effort()
        begin: list[_Rest] = []
        for branch in node.items if isinstance(node, Alt) else (node,):
            # What begins with `^` is tried at the beginning only, and can then be seen to have failed for good.
            anchored = isinstance(branch, Cat) and branch.items[:1] == (Assert("begin"),)
            begin.append(self._cons(branch if anchored else Cat((Repeat(ANY, 0, None), branch)), None))
        self.start = self._state(self._closed(begin, begin=True), word=False)

    def advance(self, state: AutomatonState, text: str, effort: Effort | None = None) -> AutomatonState:
        """The state after `text`, read from `state`. Raises `CtxscanError` where `effort` ends."""
        self._effort = effort or Effort()
        for c in text:
            if state.settled:
                break
            state = state.following.get(c) or self._step(state, c)
        return state

    def matches(self, text: str) -> bool:
        return self.advance(self.start, text).accepts

    def _cons(self, node: Syntax, rest: _Rest) -> tuple[Syntax, _Rest]:
        node = self._nodes.setdefault(node, node)
        return self._conses.setdefault((id(node), id(rest)), (node, rest))

    def _closed(
        self, rests: Iterable[_Rest], *, begin: bool = False, boundary: bool | None = None, end: bool = False
    ) -> set[_Rest]:
        """Everything reachable without reading. What waits for the next character (`$`, `\\b`) stays, unless told."""
        seen: set[int] = set()
        out: dict[int, _Rest] = {}
        todo = list(rests)
        while todo:
            self._effort.spend(1)
            rest = todo.pop()
            if id(rest) in seen:
                continue
            seen.add(id(rest))
            if rest is None:
                out[id(rest)] = rest
                continue
            node, after = rest
            if isinstance(node, Chars):
                out[id(rest)] = rest
            elif isinstance(node, Cat):
                for each in reversed(node.items):
                    after = self._cons(each, after)
                todo.append(after)
            elif isinstance(node, Alt):
                todo.extend(self._cons(each, after) for each in node.items)
            elif isinstance(node, Repeat):
                if node.low == 0:
                    todo.append(after)
                if node.high != 0:
                    again = Repeat(node.node, max(0, node.low - 1), None if node.high is None else node.high - 1)
                    todo.append(self._cons(node.node, self._cons(again, after)))
            elif node.kind == "begin":
                if begin:
                    todo.append(after)
            elif node.kind == "end":
                if end:
                    todo.append(after)
                elif boundary is None:
                    out[id(rest)] = rest
            elif boundary is None:
                out[id(rest)] = rest
            elif (node.kind == "word") is boundary:
                todo.append(after)
        return set(out.values())

    def _state(self, rests: set[_Rest], *, word: bool) -> AutomatonState:
        key = frozenset(map(id, rests)), word
        state = self._states.get(key)
        if state is None:
            self._held += len(rests) + 1
            if self._held > MAX_MEMORY:
                for each in self._states.values():
                    each.following.clear()
                self._states.clear()
                self._held = len(rests) + 1
            state = self._states[key] = AutomatonState(frozenset(rests), word)
            state.settled = None in rests or not rests
            state.accepts = None in rests or None in self._closed(rests, boundary=word, end=True, begin=False)
        return state

    def _step(self, state: AutomatonState, c: str) -> AutomatonState:
        code = _code(c)
        self._effort.spend(1 + len(state.rests))
        word = any(low <= code <= high for low, high in _WORD)
        rests: Iterable[_Rest] = state.rests
        if any(rest is not None and isinstance(rest[0], Assert) for rest in state.rests):
            rests = self._closed(rests, boundary=state.word is not word)
        read = [rest[1] for rest in rests if rest is not None and isinstance(rest[0], Chars) and rest[0].holds(code)]
        following = self._state(self._closed(read), word=word)
        if None in rests:  # a boundary was the last thing to find
            following = self._state({None}, word=word)
        if len(state.following) > 512:
            state.following.clear()
        state.following[c] = following
        return following


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
