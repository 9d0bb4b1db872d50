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

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final, NamedTuple

from .lookup import Advance, Hits, Index, Program

if TYPE_CHECKING:  # without rules nobody needs the modules that they come from
    from .builders import Builder
    from .grammars import IgnorePattern

#: Verdicts, and states of directories, that a state remembers.
REMEMBERED: Final = 4096
NO_NAMES: Final[Set[str]] = frozenset()
_WILD: Final = frozenset("*[]?^\\")
#: How many live rules the states of all directories may have, until they are forgotten and made again.
MAX_HELD: Final = 500_000


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
            from .automaton import Effort  # most rules come apart at slashes

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
        if self.settled:
            return self.default
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
