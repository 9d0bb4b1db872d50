"""Patterns made ready to be matched component by component, and which of many say anything to a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:  # without rules nobody needs the modules that they come from
    from .automaton import AutomatonState, Effort
    from .grammars import IgnorePattern
    from .parts import Part

#: How far a path has matched a pattern: a set of its parts as bits, or a state of its automaton.
Advance: TypeAlias = "int | AutomatonState"
#: Which parts of which rules a name fits.
Hits: TypeAlias = tuple[tuple[int, int], ...]
#: As many parts of patterns are compared with a name at once.
_TOGETHER: Final = 64
#: Parts of a pattern that any name fits.
_ANY_NAME: Final = frozenset(("any", "dirs", "rest"))


class Program:
    """A pattern made ready to be matched component by component."""

    __slots__ = (
        "_closure", "_effort", "_globs", "components", "expression", "last", "negated", "parts", "pattern", "start",
        "sticky", "telling",
    )  # fmt: skip

    def __init__(self, pattern: IgnorePattern, effort: Effort | None) -> None:
        self.pattern = pattern
        self._effort = effort
        self.negated = pattern.negated
        self.components = pattern.text.count("/") + 1
        self.expression = pattern.kind == "regex"
        self.sticky = pattern.sticky
        self.parts = pattern.parts
        self._globs: dict[int, re.Pattern[str]] = {}
        #: The parts that tell one name from another, as bits.
        self.telling = sum(1 << at for at, part in enumerate(self.parts or ()) if part.kind not in _ANY_NAME)
        self.start: Advance
        if pattern.problem:
            self.start = -1
        elif self.parts is None:
            self.start = pattern.automaton.start
        else:
            # Behind a `**` the part after it can begin at once.
            size = len(self.parts)
            closure = [1 << at for at in range(size + 1)]
            for at in range(size - 1, -1, -1):
                if self.parts[at].kind == "dirs":
                    closure[at] |= closure[at + 1]
            self._closure = closure
            self.last = 1 << size
            self.start = closure[0]

    def fits(self, at: int, name: str) -> bool:
        """Whether `name` is what this part of the pattern asks for, and other names are not."""
        assert self.parts is not None
        part = self.parts[at]
        if part.kind == "literal":
            return name == part.text
        if part.kind == "suffix":
            return name.endswith(part.text)
        if part.kind == "prefix":
            return name.startswith(part.text)
        glob = self._globs.get(at)
        if glob is None:
            glob = self._globs[at] = re.compile(part.text, re.DOTALL)
        return glob.fullmatch(name) is not None

    def hits(self, names: Sequence[str]) -> list[bool]:
        """Of a path and each directory above it, from the top: whether it matches by itself."""
        out = []
        progress: Advance | None = self.start
        for name in names:
            hit, progress = self.move(progress, name) if progress is not None else (False, None)
            out.append(hit)
        return out

    def move(self, progress: Advance, name: str | None) -> tuple[bool, Advance | None]:
        """Whether the entry `name` of a directory this far along matches, and how far along its entries are (None: no
        further match). Without a name: any name that no part of the pattern tells from others."""
        if not isinstance(progress, int):
            if name is None:
                return False, progress
            automaton = self.pattern.automaton
            here = automaton.advance(progress, name, self._effort)
            below = automaton.advance(here, "/", self._effort)
            return here.accepts, None if below.settled and not below.accepts else below
        assert self.parts is not None
        matched = False
        below_bits = 0
        if self.expression and name is not None and not name.isascii():
            name = "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c for c in name)
        # In an expression `**` is `.*`, which does not go past a line end.
        goes_on = not (self.expression and name is not None and "\n" in name)
        bits = progress
        while bits:
            bit = bits & -bits
            bits ^= bit
            if bit == self.last:
                matched = True
                below_bits |= bit
                continue
            at = bit.bit_length() - 1
            kind = self.parts[at].kind
            if kind == "dirs":
                if goes_on:
                    below_bits |= self._closure[at]
                continue
            if kind == "rest":
                if goes_on:
                    matched = True
                    below_bits |= bit
                continue
            if kind == "any" or (name is not None and self.fits(at, name)):
                after = self._closure[at + 1]
                if after & self.last:
                    matched = True
                    after ^= 0 if self.sticky else self.last
                below_bits |= after
        return matched, below_bits or None


class Index:
    """Tells what the rules of a state say to a name without going through them all, and finds among the names of a
    directory those to which they say anything: in one pass, however many rules there are."""

    __slots__ = (
        "_ends",
        "_every",
        "_expressions",
        "_heads",
        "_literals",
        "_loose",
        "_others",
        "_suffixes",
        "_tails",
        "_together",
    )

    def __init__(self, rules: Iterable[tuple[int, Program, Advance]], *, every: bool = False) -> None:
        self._every = every  # some rule does not come apart at slashes, or cannot be compared at all
        self._expressions = False
        self._literals: dict[str, Hits] = {}
        self._suffixes: dict[str, Hits] = {}  # of one dot and what follows it
        others: dict[Part, list[tuple[Program, int, Hits]]] = {}
        for index, program, progress in rules:
            if not isinstance(progress, int) or progress == -1:
                self._every = True
                continue
            self._expressions |= program.expression
            bits = progress & program.telling
            while bits:
                at = (bits & -bits).bit_length() - 1
                bits &= bits - 1
                hits = ((index, at),)
                assert program.parts is not None
                part = program.parts[at]
                if part.kind == "literal":
                    self._literals[part.text] = self._literals.get(part.text, ()) + hits
                elif part.kind == "suffix" and part.text.rfind(".") == 0:
                    self._suffixes[part.text] = self._suffixes.get(part.text, ()) + hits
                else:
                    others.setdefault(part, []).append((program, at, hits))
        # What several rules ask for is compared once.
        alike = [(each[0][0], each[0][1], sum((hits for *_, hits in each), ())) for each in others.values()]
        self._others = [alike[at : at + _TOGETHER] for at in range(0, len(alike), _TOGETHER)]
        self._together: list[re.Pattern[str] | None] = [None] * len(self._others)
        edges = [_edges(part) for part in others]
        self._loose = any(not heads and not tails for heads, tails in edges)
        self._heads = Cut([head for heads, _ in edges for head in heads], ends=False)
        self._tails = Cut([tail for heads, tails in edges if not heads for tail in tails], ends=True)
        self._ends = Cut([*self._suffixes, *self._tails.texts], ends=True)

    def hits(self, name: str) -> Hits | None:
        """Which parts of which rules `name` fits, if that is all that tells it from other names."""
        if self._every or (self._expressions and (not name.isascii() or "\n" in name)):
            return None
        hits = self._literals.get(name, ()) + self._suffixes.get(name[name.rfind(".") :], ())
        if (
            self._loose
            or name[: self._heads.size] in self._heads.texts
            or name[-self._tails.size :] in self._tails.texts
        ):
            for number, some in enumerate(self._others):
                if len(some) > 1 and not self._any_of(number).fullmatch(name):
                    continue
                for program, at, hit in some:
                    if program.fits(at, name):
                        hits += hit
        return hits

    def _any_of(self, number: int) -> re.Pattern[str]:
        """Matches what any of some parts fit: most names fit none, which is found out at once."""
        found = self._together[number]
        if found is None:
            texts = "|".join(_expression(program, at) for program, at, _ in self._others[number])
            found = self._together[number] = re.compile(texts, re.DOTALL)
        return found

    def among(self, names: Sequence[str]) -> dict[str, Hits | None]:
        """The names that fit anything, and those that only a full comparison can tell, with their hits."""
        if self._every:
            return dict.fromkeys(names)
        literals = self._literals
        first, heads = self._heads.size, self._heads.texts
        last, ends = -self._ends.size, self._ends.texts
        # What passes these is looked at closely; nothing that fits anything fails them.
        if self._loose:
            found = names
        elif heads and ends:
            found = [name for name in names if name[last:] in ends or name in literals or name[:first] in heads]
        elif ends:
            found = [name for name in names if name[last:] in ends or name in literals]
        elif heads:
            found = [name for name in names if name[:first] in heads or name in literals]
        else:
            found = [name for name in names if name in literals]
        special: dict[str, Hits | None] = {}
        suffixes, tails, tail = self._suffixes, self._tails.texts, -self._tails.size
        for name in found:
            hits: Hits | None = literals.get(name, ()) + suffixes.get(name[name.rfind(".") :], ())
            if self._loose or name[:first] in heads or name[tail:] in tails:
                hits = self.hits(name)
            if hits:
                special[name] = hits
        if self._expressions:
            text = "".join(names)
            if not text.isascii() or "\n" in text:
                special |= {name: None for name in names if not name.isascii() or "\n" in name}
        return special


class Cut:
    """Texts cut to one length, for a quick first look at the beginning or the end of a name."""

    __slots__ = ("size", "texts")

    def __init__(self, texts: list[str], *, ends: bool) -> None:
        self.size = min(map(len, texts), default=0)
        self.texts = frozenset(text[-self.size :] if ends else text[: self.size] for text in texts)


def _edges(part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """With what a name begins that fits this part of a pattern, and with what it ends, as far as that is known."""
    heads = (part.text,) if part.kind == "prefix" else part.heads
    tails = (part.text,) if part.kind == "suffix" else part.tails
    return tuple(filter(None, heads)), tuple(filter(None, tails))


def _expression(program: Program, at: int) -> str:
    """The names that fit this part of a pattern, in the syntax of `re`."""
    assert program.parts is not None
    part = program.parts[at]
    match part.kind:
        case "suffix":
            return f".*{re.escape(part.text)}"
        case "prefix":
            return f"{re.escape(part.text)}.*"
        case "literal":
            return re.escape(part.text)
        case _:
            return f"(?:{part.text})"
