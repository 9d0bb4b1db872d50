"""Where another builder, or the order of rules as it is documented, would decide otherwise about what is here.

After `scan`, before `checks`. Builders differ in which excluded directories they look into, in which hits a directory
hands down and in what a pattern means; all that is `dialects` and `patterns`, and here their answers are laid side by
side. The search is bounded: it looks for an example of each difference, not for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from .dialects import DIALECTS, Dialect
from .listings import Tree
from .matcher import BadPattern, Matcher, State
from .patterns import PatternProblem
from .scan import Scan

#: Entries that are looked at.
MOST_ENTRIES: Final = 10_000


class Difference(NamedTuple):
    """`path` is kept or excluded (`excluded`) by the builder of the scan and not by `others`. `rule` is the line to
    which it comes down, as an index; `documented`: the documented order, in which the last match wins, is among the
    others."""

    path: str
    rule: int
    excluded: bool
    others: tuple[str, ...]
    documented: bool


def differences(scan: Scan, tree: Tree) -> tuple[Difference, ...]:
    """An example for each rule about which there is no agreement."""
    if scan.ignored is None or not any(map(_may_differ, scan.rules.patterns)):
        return ()
    readings = _readings(scan)
    seen: dict[tuple[int, bool], Difference] = {}
    for each in _compare(tree, readings):
        seen.setdefault((each.rule, each.documented), each)
    return tuple(seen.values())


def _may_differ(pattern: object) -> bool:
    text = str(getattr(pattern, "text", ""))
    return bool(getattr(pattern, "negated", False)) or any(c in text for c in "+(){}|^") or "**" in text


class _Reading(NamedTuple):
    """The rules as one builder reads them; without a name: as documented."""

    name: str
    matcher: Matcher
    sees_all: bool

    def walks(self, path: str) -> bool:
        return self.sees_all or self.matcher.walks(path)


def _readings(scan: Scan) -> list[_Reading]:
    """This builder first, then the documented order, then the others."""
    dialect = scan.build.dialect
    count = len(scan.ignored.rules) if scan.ignored else 0
    own = scan.rules.patterns[:count]
    documented = Matcher(own, dialect._replace(carries="every"))
    out = [_Reading(dialect.name, Matcher(own, dialect), False), _Reading("", documented, True)]
    for other in DIALECTS.values():
        matcher = None if other is dialect else _read_by(scan, other)
        if matcher is not None:
            out.append(_Reading(other.name, matcher, False))
    return out


def _read_by(scan: Scan, dialect: Dialect) -> Matcher | None:
    """The same lines; None: the builder refuses one of them, or reads another number of rules."""
    try:
        patterns = [dialect.pattern(rule.text) for rule in scan.ignored.rules] if scan.ignored else []
    except PatternProblem:
        return None
    return None if any(each.include is None or each.problem for each in patterns) else Matcher(patterns, dialect)


def _compare(tree: Tree, readings: list[_Reading]) -> Iterator[Difference]:
    todo: list[tuple[str, tuple[State | None, ...]]] = [("", tuple(each.matcher.root for each in readings))]
    left = MOST_ENTRIES
    while todo and left > 0:
        above, states = todo.pop()
        listing = tree.listing(above)
        names = listing.names[:left]
        left -= len(names)
        try:
            for name in _telling(names, listing.directories, states):
                path = f"{above}/{name}" if above else name
                fates = [_fate(state, name) for state in states]
                if name not in listing.directories:
                    yield from _told(path, fates, readings)
                    continue
                below = tuple(
                    None if state is None or (fate and not reading.walks(path)) else state.enter(name)
                    for state, (fate, _), reading in zip(states, fates, readings, strict=True)
                )
                if any(state is not None and not state.settled for state in below) or _differ(below):
                    todo.append((path, below))
        except BadPattern:
            return


def _telling(names: tuple[str, ...], directories: frozenset[str], states: tuple[State | None, ...]) -> Iterator[str]:
    """The names about which there may be a difference: of those that no rule tells apart, the first and all
    directories."""
    special: set[str] = set()
    for state in states:
        if state is not None and not state.settled:
            special |= state.special(names)
    plain = True
    for name in names:
        if name in special or name in directories:
            yield name
        elif plain:
            plain = False
            yield name


def _differ(states: tuple[State | None, ...]) -> bool:
    return len({state is None or state.excluded for state in states}) > 1


def _fate(state: State | None, name: str) -> tuple[bool, int]:
    """Fate and rule in one reading; where a builder does not look, all is excluded."""
    if state is None:
        return True, -1
    verdict = state.decide(name)
    return verdict.excluded, verdict.rule


def _told(path: str, fates: list[tuple[bool, int]], readings: list[_Reading]) -> Iterator[Difference]:
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
