"""The fate of a path, decided while descending.

The one matching primitive: a directory's `State` and a name give the verdict on that entry (`State.decide`) and, for
a directory, the state of what lies below (`State.enter`). The walk, `--explain`, the proof of proposals and replay all
use it, so they cannot disagree.

A state is what a directory hands down: the fate that a rule gave it, and the rules after that one, each with how much
of it the path has matched so far. Earlier rules can never matter again, since the last hit wins, and a rule that could
not change anything from here on is dropped. Directories with the same future share one state; a state without rules
left is *settled*, and nothing below it need be compared. On top of that, `State.special` finds among all names of a
directory the few that any rule could treat unlike the rest, so the cost is flat in the number of rules.

How a builder hands hits down is a field of its `Dialect`. This module never looks at a disk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

from . import re2
from .dialects import Dialect
from .patterns import IgnorePattern

#: How far a path has matched a pattern: a set of its parts as bits, or a state of its automaton.
Progress: TypeAlias = "int | re2.State"

_WILD: Final = frozenset("*[]?^\\")


class BadPattern(ValueError):
    """A rule that the builder cannot compare with a path. `index` tells which."""

    def __init__(self, index: int, words: str) -> None:
        super().__init__(words)
        self.index = index


class Verdict(NamedTuple):
    """`rule` is the index of the rule that decided, -1 if none did.

    `second_look` is the fate by another method, in which a rule that hit any directory above counts: BuildKit takes it
    when it is asked for the bytes (what is kept and then found excluded arrives empty), the classic builder when it
    checks beforehand what can be read.
    """

    excluded: bool
    rule: int
    second_look: bool

    @property
    def withheld(self) -> bool:
        return self.second_look and not self.excluded


class Live(NamedTuple):
    """A rule that can still matter below a directory. `passed_over`: it matched a directory above while it could not
    change that one's fate, so the walk has forgotten it, and the second look has not."""

    rule: int
    progress: Progress
    passed_over: bool


class Matcher:
    """The rules of one ignore file under one dialect. `root` is the state of the context directory itself."""

    def __init__(self, patterns: Sequence[IgnorePattern], dialect: Dialect) -> None:
        self.patterns = tuple(patterns)
        self.dialect = dialect
        self.programs = tuple(map(Program, self.patterns))
        self._states: dict[tuple[object, ...], State] = {}
        self._negated = tuple(pattern.text for pattern in self.patterns if pattern.negated)
        self.root = self.state(False, -1, tuple(Live(i, p.start, False) for i, p in enumerate(self.programs)), 0)

    def state(self, excluded: bool, rule: int, live: tuple[Live, ...], depth: int) -> State:
        """The one state of this content."""
        # What cannot change the fate before any other rule has changed it never will.
        every = self.dialect.carries != "compared"  # compares every rule with every path, so a broken one always tells
        skip = 0
        while skip < len(live) and self.programs[live[skip].rule].negated is not excluded:
            if every and live[skip].progress == -1:
                break
            skip += 1
        live = live[skip:]
        if self.dialect.carries != "depth" or not live:
            depth = 0
        key = (excluded, rule, live, depth)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(self, excluded, rule, live, depth)
        return found

    def at(self, path: str) -> State:
        """The state of the directory `path`."""
        state = self.root
        for name in path.split("/") if path else ():
            state = state.enter(name)
        return state

    def decide(self, path: str) -> Verdict:
        """The verdict on one path, by descending to it."""
        above, _, name = path.rpartition("/")
        return self.at(above).decide(name)

    def walks(self, path: str) -> bool:
        """Whether the builder walks into the excluded directory `path`."""
        if not self._negated:
            return False
        how = self.dialect.walks
        if how == "prefix":
            return any((text + "/").startswith(path) for text in self._negated)
        if how == "wild" and not self.prunes:
            return True
        return any((self._bare(text) + "/").startswith(path + "/") for text in self._negated)

    @property
    def prunes(self) -> bool:
        """Whether the builder passes over any excluded directory at all."""
        return self.dialect.walks != "wild" or not any(_WILD.intersection(self._bare(text)) for text in self._negated)

    def _bare(self, text: str) -> str:
        return text.removesuffix("/**").removesuffix("/*") if self.dialect.walks == "wild" else text


class Program:
    """A pattern made ready to be matched component by component."""

    __slots__ = (
        "_closure", "_globs", "components", "expression", "last", "negated", "parts", "pattern", "start", "sticky",
    )  # fmt: skip

    def __init__(self, pattern: IgnorePattern) -> None:
        self.pattern = pattern
        self.negated = pattern.negated
        self.components = pattern.text.count("/") + 1
        self.expression = pattern.kind == "regex"
        self.sticky = pattern.sticky
        self.parts = pattern.parts
        self._globs: dict[int, re.Pattern[str]] = {}
        self.start: Progress
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

    def move(self, progress: Progress, name: str | None) -> tuple[bool, Progress | None]:
        """Whether the entry `name` of a directory this far along matches, and how far along its entries are (None: no
        further match). Without a name: any name that no part of the pattern tells from others."""
        if not isinstance(progress, int):
            if name is None:
                return False, progress
            automaton = self.pattern.automaton
            here = automaton.advance(progress, name)
            below = automaton.advance(here, "/")
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
            kind, text = self.parts[at]
            if kind == "dirs":
                if goes_on:
                    below_bits |= self._closure[at]
                continue
            if kind == "rest":
                if goes_on:
                    matched = True
                    below_bits |= bit
                continue
            if kind == "any":
                hit = True
            elif name is None:
                hit = False
            elif kind == "literal":
                hit = name == text
            elif kind == "suffix":
                hit = name.endswith(text)
            elif kind == "prefix":
                hit = name.startswith(text)
            else:
                glob = self._globs.get(at)
                if glob is None:
                    glob = self._globs[at] = re.compile(text, re.DOTALL)
                hit = glob.fullmatch(name) is not None
            if hit:
                after = self._closure[at + 1]
                if after & self.last:
                    matched = True
                    after ^= 0 if self.sticky else self.last
                below_bits |= after
        return matched, below_bits or None


class State:
    """What a directory hands down to its entries."""

    __slots__ = (
        "_child", "_default", "_special", "depth", "excluded", "live", "matcher", "passed_over", "rule", "settled",
    )  # fmt: skip

    def __init__(self, matcher: Matcher, excluded: bool, rule: int, live: tuple[Live, ...], depth: int) -> None:
        self.matcher = matcher
        self.excluded = excluded
        self.rule = rule
        self.live = live
        self.depth = depth
        #: Everything below shares this directory's fate.
        self.settled = not live
        self.passed_over = any(each.passed_over for each in live)
        self._default: Verdict | None = None
        self._child: State | None = None
        self._special: Special | None = None

    def decide(self, name: str | None) -> Verdict:
        """The verdict on the entry `name`; without a name, on all that `special` does not give."""
        compared = self.matcher.dialect.carries == "compared"
        programs = self.matcher.programs
        excluded, rule = self.excluded, self.rule
        second = excluded  # the second look: a rule that hit any directory above counts, whoever passed it over
        for index, progress, passed_over in self.live:
            program = programs[index]
            first_look = not compared or program.negated is excluded
            second_look = self.passed_over and program.negated is second
            if not (first_look or second_look):
                continue
            if progress == -1 and first_look:
                raise BadPattern(index, program.pattern.problem or "")
            hit = program.move(progress, name)[0] if progress != -1 and progress != 0 else False
            if hit and first_look:
                excluded, rule = not program.negated, index
            if second_look and (hit or passed_over):
                second = not program.negated
        return Verdict(excluded, rule, second if self.passed_over else excluded)

    def enter(self, name: str | None) -> State:
        """The state of the directory `name` in this one; without a name, of all that `special` does not give."""
        matcher = self.matcher
        if self.settled:
            return self
        if name is None and self._child is not None:
            return self._child
        carries = matcher.dialect.carries
        compared = carries == "compared"
        keeps_passed_over = matcher.dialect.on_demand or matcher.dialect.checks_first
        excluded, rule = self.excluded, self.rule
        fate = excluded
        live: list[Live] = []
        for index, progress, passed_over in self.live:
            program = matcher.programs[index]
            looks = not compared or program.negated is fate
            if progress == -1:
                if looks:
                    raise BadPattern(index, program.pattern.problem or "")
                live.append(Live(index, -1, passed_over))
                continue
            hit, below = program.move(progress, name) if progress != 0 else (False, None)
            if hit and looks and compared:
                fate = not program.negated
                excluded, rule = fate, index
                live.clear()
                continue
            if hit and not compared and (carries == "every" or program.components == self.depth + 1):
                excluded, rule = not program.negated, index
                live.clear()
                continue
            passed_over = passed_over or (hit and compared and keeps_passed_over)
            if below is not None or passed_over:
                live.append(Live(index, 0 if below is None else below, passed_over))
        child = matcher.state(excluded, rule, tuple(live), self.depth + 1)
        if name is None:
            self._child = child
        return child

    @property
    def default(self) -> Verdict:
        """The verdict on every entry that `special` does not give."""
        if self._default is None:
            self._default = self.decide(None)
        return self._default

    def special(self, names: Sequence[str]) -> set[str]:
        """Those of a directory's names that have to be decided one by one."""
        if self._special is None:
            self._special = Special(self)
        return self._special.among(names)


class Special:
    """Finds the names that some rule might tell from the rest, in a few passes over a whole directory."""

    __slots__ = ("endings", "every", "expressions", "literals", "residue")

    def __init__(self, state: State) -> None:
        self.every = False
        self.expressions = False
        literals: set[str] = set()
        endings: set[str] = set()
        residue: list[str] = []
        for index, progress, _ in state.live:
            program = state.matcher.programs[index]
            if not isinstance(progress, int) or progress == -1:
                self.every = True
                continue
            self.expressions |= program.expression
            for at, (kind, text) in enumerate(program.parts or ()):
                if not progress >> at & 1:
                    continue
                if kind == "literal":
                    literals.add(text)
                elif kind == "suffix" and text.rfind(".") == 0:
                    endings.add(text)
                elif kind == "suffix":
                    residue.append("[^/]*" + re.escape(text))
                elif kind == "prefix":
                    residue.append(re.escape(text) + "[^/]*")
                elif kind == "glob":
                    residue.append(text)
        self.literals = frozenset(literals)
        self.endings = frozenset(endings)
        self.residue = re.compile(f"(?<=/)(?:{'|'.join(residue)})(?=/)", re.DOTALL) if residue else None

    def among(self, names: Sequence[str]) -> set[str]:
        if self.every:
            return set(names)
        found = set(self.literals.intersection(names))
        if self.endings:
            endings = self.endings
            found.update([name for name in names if name[name.rfind(".") :] in endings])
        if self.residue or self.expressions:
            # Names hold no slash, so it parts them.
            text = f"/{'/'.join(names)}/"
            if self.residue:
                found.update(self.residue.findall(text))
            if self.expressions and ("\n" in text or not text.isascii()):
                found.update([name for name in names if "\n" in name or not name.isascii()])
        return found

