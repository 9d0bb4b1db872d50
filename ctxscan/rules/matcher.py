"""The fate of a path, decided while descending.

The one matching primitive: a directory's `State` and a name give the verdict on that entry (`State.decide`) and, for
a directory, the state of what lies below (`State.enter`). The walk, `--explain`, the proof of proposals and replay all
use it, so they cannot disagree.

A state is what a directory hands down: the fate that a rule gave it, and the rules after that one, each with how much
of it the path has matched so far. Earlier rules can never matter again, since the last hit wins, and a rule that could
not change anything from here on is dropped. Directories with the same future share one state; a state without rules
left is *settled*, and nothing below it need be compared. On top of that, `State.special` finds among all names of a
directory the few that any rule could treat unlike the rest, and names to which the rules say the same share a verdict,
so the cost is flat in the number of rules.

How a builder hands hits down is a field of its `Builder`. This module never looks at a disk.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:  # without rules nobody needs the modules that they come from
    from . import re2
    from .builders import Builder
    from .grammars import IgnorePattern
    from .parts import Part

#: How far a path has matched a pattern: a set of its parts as bits, or a state of its automaton.
Advance: TypeAlias = "int | re2.AutomatonState"

#: Which parts of which rules a name fits.
Hits: TypeAlias = tuple[tuple[int, int], ...]

#: Verdicts, and states of directories, that a state remembers.
REMEMBERED: Final = 4096
NO_NAMES: Final[Set[str]] = frozenset()
_WILD: Final = frozenset("*[]?^\\")
#: How many live rules the states of all directories may have, until they are forgotten and made again.
MAX_HELD: Final = 500_000
#: As many parts of patterns are compared with a name at once.
_TOGETHER: Final = 64
#: Parts of a pattern that any name fits.
_ANY_NAME: Final = frozenset(("any", "dirs", "rest"))


class BadPattern(ValueError):
    """A rule that the builder cannot compare with a path. `index` tells which."""

    def __init__(self, index: int, words: str) -> None:
        super().__init__(words)
        self.index = index


class Verdict(NamedTuple):
    """`rule` is the index of the rule that decided, -1 if none did.

    `second_look` is the fate by another method, in which a rule that hit any directory above counts: BuildKit takes it
    when it is asked for the bytes (what is kept and then found excluded arrives empty), the classic builder when it
    checks first what can be read.
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
    progress: Advance
    passed_over: bool


class Compared(NamedTuple):
    """What comparing a rule with the directories above has told. `counts`: it matched one of them when it was its turn;
    `ever`: it matches one of them, whoever asked."""

    progress: Advance
    counts: bool
    ever: bool


class Said(NamedTuple):
    """What a live rule says to an entry: see `Program.move`. `broken`: it cannot be compared."""

    rule: int
    passed_over: bool
    broken: bool
    matched: bool
    below: Advance | None


class Matcher:
    """The rules of one ignore file for one builder. `root` is the state of the context directory itself. `removed`
    are the paths that are sent whatever the rules say, and that the builder then takes out of what it was sent."""

    def __init__(self, patterns: Sequence[IgnorePattern], builder: Builder, *, removed: Set[str] = frozenset()) -> None:
        self.patterns = tuple(patterns)
        self.removed = removed
        self.builder = builder
        effort = None
        if any(not pattern.problem and pattern.parts is None for pattern in self.patterns):
            from .re2 import Effort  # most rules come apart at slashes

            effort = Effort()
        self.programs = tuple(Program(pattern, effort) for pattern in self.patterns)
        self._states: dict[tuple[object, ...], State] = {}
        self._held = 0
        self._passing: dict[Live, Said | None] = {}
        self._prunes = _reinclusions(self.patterns, builder)
        live = tuple(Live(i, p.start, False) for i, p in enumerate(self.programs))
        # A rule that cannot be compared ends the build when it is its turn, and whose turn it is also the rules tell
        # that can change no fate any more.
        told: tuple[Compared, ...] = ()
        if builder.carries == "compared" and any(each.progress == -1 for each in live):
            told = tuple(Compared(each.progress, False, False) for each in live)
        self.root = self.state(False, -1, live, told)

    def state(self, excluded: bool, rule: int, live: tuple[Live, ...], told: tuple[Compared, ...] = ()) -> State:
        """The one state of this content."""
        # What cannot change the fate before any other rule has changed it never will; to git it matters all the same
        # which rule matched last.
        every = self.builder.carries != "compared"  # compares every rule with every path, so a broken one always tells
        last = 0 if self.builder.carries == "none" else len(live)
        skip = 0
        while skip < last and self.programs[live[skip].rule].negated is not excluded:
            if every and live[skip].progress == -1:
                break
            skip += 1
        live = live[skip:]
        key = (excluded, rule, live, told)
        found = self._states.get(key)
        if found is None:
            self._held += len(live) + len(told)
            if self._held > MAX_HELD:
                for each in self._states.values():
                    each.forget()
                self._states.clear()
                self._passing.clear()
                self._held = len(live) + len(told)
            found = self._states[key] = State(self, excluded, rule, live, told)
        return found

    def compare(self, told: tuple[Compared, ...], name: str, *, ever: bool = False) -> tuple[Compared, ...]:
        """Compare one rule after the other with an entry, as the builder does, and give what that tells below. A rule
        that could not change the fate is not compared; `ever`: of the others, those that match any directory above
        need not be. Raises `BadPattern` where it is the turn of one that cannot be compared."""
        out = []
        excluded = False
        for index, (progress, counts, matched) in enumerate(told):
            program = self.programs[index]
            hit, below = (False, None) if progress in (-1, 0) else program.move(progress, name)
            counts = counts and not ever
            if not counts and program.negated is excluded:
                if progress == -1:
                    raise BadPattern(index, program.pattern.problem or "")
                counts = hit or (ever and matched)
            if counts:
                excluded = not program.negated
            after = progress if progress == -1 else below or 0
            out.append(Compared(after, counts, matched or hit))
        return tuple(out)

    def said(self, live: Live, name: str | None) -> Said:
        """What a rule says to an entry; without a name: to one that no part of it tells from others."""
        rule, progress, passed_over = live
        if progress == -1 or progress == 0:
            return Said(rule, passed_over, progress == -1, False, None)
        return Said(rule, passed_over, False, *self.programs[rule].move(progress, name))

    def passing(self, live: Live) -> Said | None:
        """The same without a name; None: no word on it, nor on what is in it."""
        if live not in self._passing:
            if len(self._passing) >= REMEMBERED:
                self._passing.clear()
            said = self.said(live, None)
            counts = said.broken or said.passed_over or said.matched or said.below is not None
            self._passing[live] = said if counts else None
        return self._passing[live]

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

    def gone(self, path: str) -> bool:
        """Whether a path is out: by a rule, or because the builder does not look into a directory above."""
        state, here = self.root, ""
        *above, last = path.split("/")
        for name in above:
            here = f"{here}/{name}" if here else name
            if state.decide(name).excluded and not self.walks(here):
                return True
            state = state.enter(name)
        return state.decide(last).excluded

    def excludes(self, path: str) -> bool:
        """Whether the classic client takes `path` for excluded when it asks for this one path: a rule that could not
        change the answer is not compared, and of the directories above only one of them with as many components as the
        rule. A rule that cannot be compared ends the question with "no"."""
        names = path.split("/")
        excluded = False
        for program in self.programs:
            if program.negated is excluded:
                if program.start == -1:
                    return False
                hits = program.hits(names)
                depth = program.components
                if hits[-1] or (depth < len(names) and hits[depth - 1]):
                    excluded = not program.negated
        return excluded

    def walks(self, path: str) -> bool:
        """Whether the builder walks into the excluded directory `path`."""
        if self._prunes is None:
            return True
        if self.builder.walks != "prefix":
            path += "/"
        return any(text.startswith(path) for text in self._prunes)

    @property
    def walks_any(self) -> bool:
        """Whether the builder walks into any excluded directory."""
        return self._prunes != ()

    @property
    def prunes(self) -> bool:
        """Whether the builder passes over any excluded directory at all."""
        return self._prunes is not None


def _reinclusions(patterns: Sequence[IgnorePattern], builder: Builder) -> tuple[str, ...] | None:
    """Below what an excluded directory is walked all the same; None: below any."""
    texts = [pattern.text for pattern in patterns if pattern.negated]
    if builder.walks == "wild":
        texts = [text.removesuffix("/**").removesuffix("/*") for text in texts]
        if any(map(_WILD.intersection, texts)):
            return None
    return tuple(text + "/" for text in texts)


class Program:
    """A pattern made ready to be matched component by component."""

    __slots__ = (
        "_closure", "_effort", "_globs", "components", "expression", "last", "negated", "parts", "pattern", "start",
        "sticky", "telling",
    )  # fmt: skip

    def __init__(self, pattern: IgnorePattern, effort: re2.Effort | None) -> None:
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


class State:
    """What a directory hands down to its entries."""

    __slots__ = (
        "_children", "_index", "_passing", "_verdicts", "excluded", "live", "matcher", "passed_over", "rule", "settled",
        "told",
    )  # fmt: skip

    def __init__(
        self, matcher: Matcher, excluded: bool, rule: int, live: tuple[Live, ...], told: tuple[Compared, ...]
    ) -> None:
        self.matcher = matcher
        self.excluded = excluded
        self.rule = rule
        self.live = live
        #: Where some rule cannot be compared: what is known of all of them, also those that are not live.
        self.told = told
        #: Everything below shares this directory's fate.
        self.settled = not live and not told
        self.passed_over = any(each.passed_over for each in live)
        self._index: Index | None = None
        self._passing: dict[int, Said] | None = None
        # By what the rules say to a name (`Index.hits`), so that the many names that they cannot tell apart share one.
        self._verdicts: dict[Hits | None, Verdict] = {}
        self._children: dict[Hits, State] = {}

    def decide(self, name: str) -> Verdict:
        """The verdict on the entry `name`."""
        return self.verdict(name, self.index.hits(name))

    def verdict(self, name: str, hits: Hits | None) -> Verdict:
        """The same where it is known already which rules have a word on the name (`Index.among`)."""
        if hits is None:
            if self.told:
                self.matcher.compare(self.told, name)
            return self._decide(self._said(name, None))
        found = self._verdicts.get(hits)
        if found is None:
            if len(self._verdicts) >= REMEMBERED:
                self._verdicts.clear()
            found = self._verdicts[hits] = self._decide(self._said(name, hits))
        return found

    def enter(self, name: str) -> State:
        """The state of the directory `name` in this one."""
        if self.settled:
            return self
        hits = self.index.hits(name)
        if hits is None:
            return self._enter(self._said(name, None), self.told and self.matcher.compare(self.told, name))
        found = self._children.get(hits)
        if found is None:
            found = self._enter(self._said(name, hits))
            if len(self._children) >= REMEMBERED:
                self._children.clear()
            self._children[hits] = found
        return found

    def forget(self) -> None:
        """Keep nothing of the directories below."""
        self._children.clear()
        self._verdicts.clear()
        self._index = None

    def check(self, name: str) -> None:
        """Raise `BadPattern` where a builder that checks the entry `name` first cannot compare a rule."""
        if self.told:
            self.matcher.compare(self.told, name, ever=True)

    def passed_over_by(self, name: str) -> tuple[int, ...]:
        """The rules that match `name` and do not count, here and below, since they could not change its fate."""
        if self.matcher.builder.carries != "compared":
            return ()
        excluded, passed_over = self.excluded, []
        for index, progress, _ in self.live:
            program = self.matcher.programs[index]
            if progress in (-1, 0) or not program.move(progress, name)[0]:
                continue
            if program.negated is excluded:
                excluded = not excluded
            else:
                passed_over.append(index)
        return tuple(passed_over)

    def special(self, names: Sequence[str]) -> Set[str]:
        """Those of a directory's names that have to be decided one by one: the others share `default` and `inside`."""
        return self.index.among(names).keys()

    def verdicts(self, names: Sequence[str]) -> dict[str, Verdict]:
        """The verdicts on those that `special` gives."""
        known, verdict = self._verdicts.get, self.verdict
        return {name: known(hits) or verdict(name, hits) for name, hits in self.index.among(names).items()}

    def kept(self, names: Sequence[str], verdicts: Mapping[str, Verdict]) -> Sequence[str]:
        """Those of a directory's names that are not excluded; `verdicts` are what the method of that name gives."""
        if self.default.excluded:
            return [name for name in names if name in verdicts and not verdicts[name].excluded]
        gone = {name for name, verdict in verdicts.items() if verdict.excluded}
        return [name for name in names if name not in gone] if gone else names

    @property
    def default(self) -> Verdict:
        """The verdict on every entry that `special` does not give."""
        return self._verdicts.get(()) or self._verdicts.setdefault((), self._decide(self._said(None, ())))

    @property
    def inside(self) -> State:
        """The state of every directory that `special` does not give."""
        return self._children.get(()) or self._children.setdefault((), self._enter(self._said(None, ())))

    @property
    def index(self) -> Index:
        if self._index is None:
            programs = self.matcher.programs
            rules = ((rule, programs[rule], progress) for rule, progress, _ in self.live)
            self._index = Index(rules, every=bool(self.told))
        return self._index

    def _said(self, name: str | None, hits: Hits | None) -> Iterable[Said]:
        """What the rules say to an entry, in their order, without those that have no word on it and what is in it.
        Without a name: to one that they do not tell from others."""
        if hits is None:
            return [self.matcher.said(live, name) for live in self.live]
        if self._passing is None:
            passing = self.matcher.passing
            self._passing = {live.rule: said for live in self.live if (said := passing(live)) is not None}
        if not hits:
            return self._passing.values()
        told = self._passing.copy()
        for rule, _ in hits:
            told[rule] = self.matcher.said(self.live[bisect_left(self.live, (rule,))], name)
        return [told[rule] for rule in sorted(told)]

    def _decide(self, said: Iterable[Said]) -> Verdict:
        compared = self.matcher.builder.carries == "compared"
        programs = self.matcher.programs
        excluded, rule = self.excluded, self.rule
        second = excluded  # the second look: a rule that hit any directory above counts, whoever passed it over
        for index, passed_over, broken, hit, _ in said:
            program = programs[index]
            first_look = not compared or program.negated is excluded
            second_look = self.passed_over and program.negated is second
            if broken and first_look and not self.told:
                raise BadPattern(index, program.pattern.problem or "")
            if hit and first_look:
                excluded, rule = not program.negated, index
            if second_look and (hit or passed_over):
                second = not program.negated
        return Verdict(excluded, rule, second if self.passed_over else excluded)

    def _enter(self, said: Iterable[Said], told: tuple[Compared, ...] = ()) -> State:
        if self.settled:
            return self
        matcher = self.matcher
        carries = matcher.builder.carries
        compared = carries == "compared"
        keeps_passed_over = matcher.builder.on_demand or matcher.builder.checks_first
        excluded, rule = self.excluded, self.rule
        fate = excluded
        live: list[Live] = []
        for index, passed_over, broken, hit, below in said:
            program = matcher.programs[index]
            looks = not compared or program.negated is fate
            if broken:
                if looks and not told:
                    raise BadPattern(index, program.pattern.problem or "")
                live.append(Live(index, -1, passed_over))
                continue
            if hit and looks and compared:
                fate = not program.negated
                excluded, rule = fate, index
                live.clear()
                continue
            if hit and carries == "every":
                excluded, rule = not program.negated, index
                live.clear()
                continue
            passed_over = passed_over or (hit and compared and keeps_passed_over)
            if below is not None or passed_over:
                live.append(Live(index, 0 if below is None else below, passed_over))
        return matcher.state(excluded, rule, tuple(live), told)


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
