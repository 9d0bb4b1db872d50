"""Where another builder, or the order of rules as it is documented, would decide otherwise about what is here.

Builders differ in which excluded directories they look into, in which hits a directory hands down and in what a pattern
means; all that is `builders` and `grammars`, and here their answers are laid side by side. The search is bounded: it
looks for an example of each difference, not for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple, TypeAlias

from ..rules.builders import BUILDERS, Builder
from ..rules.ignorefile import IgnoreFile
from ..rules.lookup import Hits, Index
from ..rules.matcher import REMEMBERED, BadPattern, Matcher, State
from ..rules.meaning import meaning
from .tree import Tree

#: Entries that are looked at.
MOST_ENTRIES: Final = 10_000

#: Of each reading; None: that builder does not look into the directory.
_States: TypeAlias = "tuple[State | None, ...]"


class Difference(NamedTuple):
    """`path` is kept or excluded (`excluded`) by the builder of the scan and not by `others`. `rule` is the line to
    which it comes down, as an index; `documented`: the documented order, in which the last match wins, is among the
    others."""

    path: str
    rule: int
    excluded: bool
    others: tuple[str, ...]
    documented: bool


def differences(tree: Tree, ignored: IgnoreFile, rules: Matcher) -> tuple[Difference, ...]:
    """An example for each rule about which there is no agreement; `rules` are those of the ignore file as this builder
    has them. Where only odd names can tell readings apart, those count that somebody has listed in `tree` before."""
    readings = _readings(ignored, rules)
    meanings = meaning(*(each.matcher for each in readings))
    if meanings is not None and len(set(meanings)) == 1 and tree.plain:
        return ()
    seen: dict[tuple[int, bool], Difference] = {}
    for each in _compare(tree, readings):
        seen.setdefault((each.rule, each.documented), each)
    return tuple(seen.values())


class _Reading(NamedTuple):
    """The rules as one builder reads them; without a name: as documented."""

    name: str
    matcher: Matcher
    sees_all: bool

    def walks(self, path: str) -> bool:
        return self.sees_all or self.matcher.walks(path)


def _readings(ignored: IgnoreFile, rules: Matcher) -> list[_Reading]:
    """This builder first, then the documented order, then the others."""
    builder = rules.builder
    own = rules.patterns[: len(ignored.rules)]
    documented = Matcher(own, builder._replace(carries="every"))
    out = [_Reading(builder.name, Matcher(own, builder), False), _Reading("", documented, True)]
    for other in BUILDERS.values():
        matcher = None if other is builder else _read_by(ignored, other)
        if matcher is not None:
            out.append(_Reading(other.name, matcher, False))
    return out


def _read_by(ignored: IgnoreFile, builder: Builder) -> Matcher | None:
    """The same lines; None: the builder refuses one of them, or reads another number of rules."""
    from ..rules.grammars import PatternProblem

    try:
        read = [builder.pattern.read(rule.text) for rule in ignored.rules]
        patterns = [builder.pattern.loaded(rule) for rule in read if rule is not None]
    except PatternProblem:
        return None
    refused = len(patterns) < len(read) or any(each.include is None or each.problem for each in patterns)
    return None if refused else Matcher(patterns, builder)


class _Answer(NamedTuple):
    """What each reading says to a name: fate and rule. `below`: what it hands down to a directory of that name; None:
    some reading excludes it, and whether it looks into it depends on its path."""

    fates: tuple[tuple[bool, int], ...]
    differ: bool
    below: _States | None


class _Board:
    """The states of all readings in a directory as one: names to which the rules of none say anything, or those of all
    the same, share an answer."""

    def __init__(self, states: _States) -> None:
        self.states = states
        live = ((each.matcher.programs, each.live) for each in states if each is not None)
        rules = [(programs[rule], progress) for programs, some in live for rule, progress, _ in some]
        self.index = Index((number, *rule) for number, rule in enumerate(rules))
        self.answers: dict[Hits, _Answer] = {}

    def answer(self, name: str, hits: Hits | None) -> _Answer:
        found = self.answers.get(hits) if hits is not None else None
        if found is None:
            fates = tuple(_fate(state, name) for state in self.states)
            kept = not any(fate for fate, _ in fates)
            below = tuple(state and state.enter(name) for state in self.states) if kept else None
            found = _Answer(fates, len({fate for fate, _ in fates}) > 1, below)
            if hits is not None and len(self.answers) < REMEMBERED:
                self.answers[hits] = found
        return found


def _compare(tree: Tree, readings: list[_Reading]) -> Iterator[Difference]:
    boards: dict[_States, _Board] = {}
    todo: list[tuple[str, _States]] = [("", tuple(each.matcher.root for each in readings))]
    left = MOST_ENTRIES
    while todo and left > 0:
        above, states = todo.pop()
        board = boards.get(states) or boards.setdefault(states, _Board(states))
        listing = tree.listing(above)
        names = listing.names[:left]
        left -= len(names)
        try:
            special = board.index.among(names)
            for name in _telling(names, listing.directories, special):
                answer = board.answer(name, special.get(name, ()))
                directory = name in listing.directories
                if not (directory or answer.differ):
                    continue
                path = f"{above}/{name}" if above else name
                if not directory:
                    yield from _told(path, answer.fates, readings)
                    continue
                below = answer.below or tuple(
                    None if state is None or (fate and not reading.walks(path)) else state.enter(name)
                    for state, (fate, _), reading in zip(states, answer.fates, readings, strict=True)
                )
                if any(state is not None and not state.settled for state in below) or _differ(below):
                    todo.append((path, below))
        except BadPattern:
            return


def _telling(names: tuple[str, ...], directories: frozenset[str], special: Collection[str]) -> Iterator[str]:
    """The names about which there may be a difference: of those that no rule tells apart, the first and all
    directories."""
    plain = True
    for name in names:
        if name in special or name in directories:
            yield name
        elif plain:
            plain = False
            yield name


def _differ(states: _States) -> bool:
    return len({state is None or state.excluded for state in states}) > 1


def _fate(state: State | None, name: str) -> tuple[bool, int]:
    """Fate and rule in one reading; where a builder does not look, all is excluded."""
    if state is None:
        return True, -1
    verdict = state.decide(name)
    return verdict.excluded, verdict.rule


def _told(path: str, fates: tuple[tuple[bool, int], ...], readings: list[_Reading]) -> Iterator[Difference]:
    (excluded, rule), *others = fates
    against = [
        (reading.name, one) for reading, (fate, one) in zip(readings[1:], others, strict=True) if fate != excluded
    ]
    for documented in (True, False):
        names = tuple(name for name, _ in against if (name == "") is documented)
        if names:
            # What decided here, or else the line that would have.
            blame = next((one for name, one in against if (name == "") is documented and one >= 0), -1)
            chosen = blame if documented or rule < 0 else rule
            if chosen >= 0:
                yield Difference(path, chosen, excluded, names, documented)
