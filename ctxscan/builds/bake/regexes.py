"""Regular expressions of bake files: what matches, and its groups, in time linear in the text.

Go's `regexp` finds the match that begins first and, among those, the one that a backtracking matcher would prefer, but
it does not backtrack; neither does this: all ways are followed at once, in the order of preference. Characters and
classes are those of `rules.re2`, and groups, flags and lazy repetition come on top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from ...regex import lazy
from ...rules.re2 import ANY, Assert, Chars, Syntax, SyntaxProblem, atom, bounds
from .values import Unfit

#: Instructions of one expression, and steps of one search.
MAX_PROGRAM: Final = 5_000
MAX_STEPS: Final = 3_000_000
MAX_DEPTH: Final = 60
_GROUP: Final = lazy(r"\((?:\?(?:P?<(\w+)>|([imsU]*)(?:-([imsU]*))?([:)])))?", re.ASCII)


class _Char(NamedTuple):
    chars: Chars
    folded: bool


class _Look(NamedTuple):
    kind: str


class _Save(NamedTuple):
    slot: int


class _Split(NamedTuple):
    """Go on at both places; the first one is preferred."""

    first: int
    second: int


_Instruction: TypeAlias = _Char | _Look | _Save | _Split
#: Instructions whose jumps are relative to their own position.
_Code: TypeAlias = list[_Instruction]


class Match(NamedTuple):
    """Where it begins and ends, and the same of each group; None: the group took no part."""

    start: int
    end: int
    groups: tuple[tuple[int, int] | None, ...]


class Regex:
    """One expression, compiled. Raises `Unfit` where Go does not take it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.flags = frozenset[str]()
        self.names: list[str | None] = []
        self.depth = 0
        try:
            code = self._alternatives()
        except SyntaxProblem as problem:
            raise Unfit(f"invalid regexp pattern: {problem}") from None
        if self.at < len(text):
            raise Unfit("invalid regexp pattern: unexpected )")
        self.program = tuple(code)
        self.steps = 0

    # --- reading ---

    def _alternatives(self) -> _Code:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unfit(f"regexp pattern with more than {MAX_DEPTH} groups in one another")
        before = self.flags
        code = self._branches()
        self.flags = before
        self.depth -= 1
        return self._bounded(code)

    def _branches(self) -> _Code:
        branches = [self._sequence()]
        while self.text.startswith("|", self.at):
            self.at += 1
            branches.append(self._sequence())
        code = branches.pop()
        while branches:
            first = branches.pop()
            code = self._bounded([_Split(1, len(first) + 2), *first, _Split(len(code) + 1, len(code) + 1), *code])
        return code

    def _sequence(self) -> _Code:
        code: _Code = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            start = self.at
            part = self._part()
            if part is None:
                continue
            while (count := self._count()) is not None:
                part = self._repeated(part, *count)
                if self._count_follows():
                    raise SyntaxProblem("invalid nested repetition operator")
            code += part
            if self.at == start:
                raise SyntaxProblem("unexpected end")
            self._bounded(code)
        return code

    def _part(self) -> _Code | None:
        """The next part; None: it only set flags."""
        c = self.text[self.at]
        if c == "(":
            return self._group()
        if c in "*+?":
            raise SyntaxProblem("missing argument to repetition operator")
        nodes, end = atom(self.text, self.at)
        dot = c == "." and "s" in self.flags
        self.at = end
        # A quoted run is many characters, of which a repetition takes the last.
        return [self._instruction(ANY if dot else node, c) for node in nodes]

    def _instruction(self, node: Syntax, c: str) -> _Instruction:
        if isinstance(node, Assert):
            lines = "m" in self.flags and c in "^$"
            return _Look(f"line-{node.kind}" if lines else node.kind)
        if not isinstance(node, Chars):
            raise SyntaxProblem("invalid character class")
        return _Char(node, "i" in self.flags)

    def _group(self) -> _Code | None:
        opening = _GROUP.match(self.text, self.at)
        if opening is None or (opening[0] == "(" and self.text.startswith("(?", self.at)):
            raise SyntaxProblem("invalid or unsupported Perl syntax")
        self.at = opening.end()
        name, on, off, end = opening.groups()
        before = self.flags
        if end is not None:
            self.flags = (self.flags | frozenset(on)) - frozenset(off or "")
            if end == ")":
                return None
        slot = None
        if end is None:
            if name is not None and name in self.names:
                raise SyntaxProblem("duplicate capture group name")
            self.names.append(name)
            slot = 2 * len(self.names)
        code = self._alternatives()
        if not self.text.startswith(")", self.at):
            raise SyntaxProblem("missing closing )")
        self.at += 1
        self.flags = before
        return code if slot is None else [_Save(slot), *code, _Save(slot + 1)]

    def _count(self) -> tuple[int, int | None, bool] | None:
        """How often the part before is repeated, and whether as rarely as possible."""
        c = self.text[self.at : self.at + 1]
        if c and c in "*+?":
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[c]
            self.at += 1
        elif c == "{" and (found := bounds(self.text, self.at)):
            low, high, self.at = found
        else:
            return None
        rarely = self.text.startswith("?", self.at)
        self.at += rarely
        return low, high, rarely is not ("U" in self.flags)

    def _count_follows(self) -> bool:
        c = self.text[self.at : self.at + 1]
        return c != "" and (c in "*+?" or (c == "{" and bounds(self.text, self.at) is not None))

    def _repeated(self, code: _Code, low: int, high: int | None, rarely: bool) -> _Code:
        def split(first: int, second: int) -> _Split:
            return _Split(second, first) if rarely else _Split(first, second)

        size = len(code)
        if (low + (high or 1)) * (size + 2) > MAX_PROGRAM:
            raise Unfit("the regexp pattern is too large")
        if high is None:
            # As Go has it: `x*` is `(x+)?`, so that a part which prefers to be empty is left at once.
            again = split(-size, 1)
            return [*(code * low), again] if low else [split(1, size + 2), *code, again]
        out = code * low
        tail: _Code = []
        for _ in range(high - low):
            tail = [split(1, size + len(tail) + 1), *code, *tail]
        return out + tail

    def _bounded(self, code: _Code) -> _Code:
        if len(code) > MAX_PROGRAM:
            raise Unfit("the regexp pattern is too large")
        return code

    # --- matching ---

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match that begins at `start` or later. Raises `Unfit` if it takes too many steps."""
        best: Match | None = None
        size = 2 * len(self.names) + 2
        threads: list[tuple[int, tuple[int, ...]]] = []
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            following: list[tuple[int, tuple[int, ...]]] = []
            if best is None:
                threads.append((0, (at, *(-1,) * (size - 1))))
            elif not threads:
                break
            c = text[at] if at < len(text) else ""
            for place, saved in threads:
                done = self._follow(place, saved, text, at, c, seen, following)
                if done is not None:
                    best = _match(done, at)
                    break  # what comes after is preferred less
            threads = following
        return best

    def _follow(
        self,
        place: int,
        saved: tuple[int, ...],
        text: str,
        at: int,
        c: str,
        seen: set[int],
        following: list[tuple[int, tuple[int, ...]]],
    ) -> tuple[int, ...] | None:
        """Go on without reading from `place`, and read `c`; the groups, if the end is reached."""
        todo = [(place, saved)]
        while todo:
            place, saved = todo.pop()
            if place in seen:
                continue
            seen.add(place)
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise Unfit(f"the regexp takes more than {MAX_STEPS} steps")
            if place >= len(self.program):
                return saved
            step = self.program[place]
            if isinstance(step, _Split):
                todo.append((place + step.second, saved))
                todo.append((place + step.first, saved))
            elif isinstance(step, _Save):
                todo.append((place + 1, (*saved[: step.slot], at, *saved[step.slot + 1 :])))
            elif isinstance(step, _Look):
                if _holds(step.kind, text, at):
                    todo.append((place + 1, saved))
            elif c and _takes(step, c):
                following.append((place + 1, saved))
        return None

    def all(self, text: str) -> Iterator[Match]:
        """All matches, none of which begins in another; an empty one right behind another does not count."""
        at, last = 0, -1
        while at <= len(text) and (found := self.search(text, at)) is not None:
            if found.end > found.start or found.start != last:
                yield found
                last = found.end
            at = found.end if found.end > found.start else found.end + 1


def _match(saved: tuple[int, ...], end: int) -> Match:
    pairs = [(saved[at], saved[at + 1]) for at in range(2, len(saved), 2)]
    return Match(saved[0], end, tuple(None if low < 0 or high < 0 else (low, high) for low, high in pairs))


def _takes(step: _Char, c: str) -> bool:
    if step.chars.holds(ord(c)):
        return True
    return step.folded and any(len(each) == 1 and step.chars.holds(ord(each)) for each in (c.lower(), c.upper()))


def _holds(kind: str, text: str, at: int) -> bool:
    if kind in ("begin", "line-begin"):
        return at == 0 or (kind != "begin" and text[at - 1] == "\n")
    if kind in ("end", "line-end"):
        return at == len(text) or (kind != "end" and text[at] == "\n")
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    return (_is_word(before) is not _is_word(after)) is (kind == "word")


def _is_word(c: str) -> bool:
    return c != "" and c.isascii() and (c.isalnum() or c == "_")


_REFERENCE: Final = lazy(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


def replaced(regex: Regex, text: str, by: str, limit: int) -> str:
    """`text` with all matches replaced; `$1` and `${name}` in `by` are groups. Raises `Unfit` beyond `limit`."""
    numbers: Mapping[str, int] = {name: at for at, name in enumerate(regex.names, start=1) if name}
    out, last, size = [], 0, 0
    for found in regex.all(text):

        def group(each: re.Match[str], found: Match = found) -> str:
            name = each[1] or each[2]
            if name is None:
                return "$"
            at = int(name) if name.isdigit() and len(name) < 6 else numbers.get(name, -1)
            span = (
                (found.start, found.end) if at == 0 else found.groups[at - 1] if 0 < at <= len(found.groups) else None
            )
            return text[span[0] : span[1]] if span else ""

        out += [text[last : found.start], _REFERENCE.sub(group, by)]
        size += len(out[-1])
        if size > limit:
            raise Unfit("the text is too long")
        last = found.end
    return "".join((*out, text[last:]))
