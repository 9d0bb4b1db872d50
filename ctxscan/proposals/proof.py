"""The proof that rules take out what they should and nothing else.

The patched text is read and evaluated as every builder would, by the one matching primitive, over all that is kept now:
every input and everything that an exception names is still found, only what was meant leaves, and what was flagged is
gone whoever builds. A rule that fails is rewritten, moved, or dropped.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import Final, NamedTuple

from ..context.tree import Tree
from ..errors import CtxscanError
from ..facts import Scan
from ..paths import join, parents
from ..rules import globs, ignorefile
from ..rules.builders import BUILDERS, CLASSIC
from ..rules.ignorefile import IgnoreFile
from ..rules.matcher import BadPattern, Matcher, State
from ..rules.meaning import meaning
from . import patch
from .junk.content import holds
from .junk.row import PRIVATE
from .needs.find import MOST_INPUTS, Needs, places
from .phrasing import NewRule
from .survey import Survey
from .targets import Needed

#: Entries of a directory that are looked at where an exception may bring some of them back.
_MOST_INSIDE: Final = 20_000
#: A rule for more paths than this is not taken apart.
_MOST_APART: Final = 200
#: After so many rounds what still fails is given up at once.
_ROUNDS: Final = 8
_BACK: Final = "an exception of the ignore file brings back "


class _Attempt(NamedTuple):
    """Rules for one thing, and other ways to write them."""

    rules: tuple[NewRule, ...]
    forms: tuple[tuple[NewRule, ...], ...]


class Proof:
    """Evaluates patched texts as every builder would."""

    def __init__(self, scan: Scan, looked: Survey, needs: Needs) -> None:
        self.ignored = scan.ignored
        self.looked = looked
        self._read: dict[bytes, dict[str, Matcher]] = {}
        self._moves: dict[object, tuple[tuple[str, bool], ...]] = {}
        self._failures: dict[tuple[bytes | None, tuple[NewRule, ...]], dict[int, str]] = {}
        self.before = self._readings(scan.ignored.data if scan.ignored else b"")
        inputs = list(dict.fromkeys(_inputs(looked.tree, needs)))
        named = list(dict.fromkeys(_named(looked.tree, needs)))
        #: By builder, what has to stay and why.
        self.stays = {
            name: [(path, f"an instruction takes {path}", self._arrives(matcher, path)) for path in inputs]
            + [(path, _BACK + path, self._arrives(matcher, path)) for path in named]
            for name, matcher in self.before.items()
        }
        #: Directories of which a wild card takes what lies in them.
        self.filled = list(dict.fromkeys(_filled(looked.tree, needs)))
        self.named = frozenset(named)
        self.exceptions = [
            (rule.line, Matcher([type(rule.pattern).loaded(rule.pattern.text)], CLASSIC))
            for rule in (scan.ignored.rules if scan.ignored and named else ())
            if rule.pattern.negated
        ]

    def gone_everywhere(self, path: str) -> bool:
        return all(matcher.gone(path) for matcher in self.before.values())

    def proven(self, rules: Iterable[NewRule]) -> tuple[list[NewRule], list[Needed]]:
        """The rules as they hold, and what had to be given up."""
        given_up: list[Needed] = []
        attempts = [_Attempt((rule,), tuple(self._forms(rule))) for rule in rules]
        rounds = 0
        while attempts:
            flat = [(at, rule) for at, attempt in enumerate(attempts) for rule in attempt.rules]
            failures = self.failures([rule for _, rule in flat])
            if not failures:
                break
            rounds += 1
            failed = {flat[index][0]: why for index, why in reversed(failures.items())}
            again: list[_Attempt] = []
            for at, attempt in enumerate(attempts):
                if at not in failed:
                    again.append(attempt)
                elif attempt.forms and rounds < _ROUNDS:
                    again += self._rewritten(attempt)
                elif attempt.rules[0].paths:
                    given_up.append(Needed(attempt.rules[0].paths[0], failed[at]))
            attempts = again
        return [rule for attempt in attempts for rule in attempt.rules], given_up

    def failures(self, rules: Sequence[NewRule], proven: IgnoreFile | None = None) -> dict[int, str]:
        """Which of these rules do not do what they should, by their index, and why. `proven` is the file that they are
        added to, if that has other rules already that hold. Each such question is answered once: builds that share
        their ignore file are mostly proposed the same rules."""
        if not rules:
            return {}
        key = (None if proven is None else proven.data, tuple(rules))
        if key not in self._failures:
            self._failures[key] = self._look_for_failures(rules, proven)
        return self._failures[key]

    def _look_for_failures(self, rules: Sequence[NewRule], proven: IgnoreFile | None) -> dict[int, str]:
        ignored, readings = self.ignored, self.before
        if proven is not None:
            ignored, readings = proven, self._readings(proven.data)
        after = self._readings(patch.patched(ignored, [rule.addition for rule in rules]))
        found: dict[int, str] = {}
        for name, before in readings.items():
            try:
                if name not in after:
                    raise BadPattern(0, "")
                self._judge(name, before, after[name], rules, found)
            except BadPattern:
                return dict.fromkeys(range(len(rules)), f"{name} would refuse the file")
        return found

    def _readings(self, text: bytes) -> dict[str, Matcher]:
        """The rules as every builder has them that does not refuse the file."""
        if text not in self._read:
            self._read[text] = dict(_readings(text))
        return self._read[text]

    def moves(self, before: Matcher, after: Matcher) -> tuple[tuple[str, bool], ...]:
        """`differences` of two readings of the rules, looked for once."""
        key: object = meaning(before, after) if self.looked.tree.plain else None
        if key is None:
            key = tuple((each.builder.name, _texts(each)) for each in (before, after))
        if key not in self._moves:
            self._moves[key] = tuple(moved(self.looked.tree, before, after))
        return self._moves[key]

    def _judge(
        self, name: str, before: Matcher, after: Matcher, rules: Sequence[NewRule], found: dict[int, str]
    ) -> None:
        blame = _Blame(after, rules)
        for path, why, arrives in self.stays[name]:
            if arrives is not None and self._arrives(after, path) is None:
                found.setdefault(blame.of(arrives), why)
        for directory in self.filled:
            self._keep_one(directory, before, after, blame, found)
        meant = {path for rule in rules for path in rule.paths}
        out: set[str] = set()
        for path, leaves in self.moves(before, after):
            if not leaves:
                found.setdefault(blame.moved(), f"{name} would bring back {path}")
                continue
            out.add(path)
            if path not in meant and not any(above in meant for above in parents(path)):
                index = blame.of(path)
                if not self._harmless(rules[index], path):
                    found.setdefault(index, f"it would take out {path}")
        negated = any(program.negated for program in after.programs)
        for index, rule in enumerate(rules):
            for path in rule.paths if index not in found else ():
                if path not in out and not after.gone(path):
                    found[index] = _BACK + path
                elif negated and (left := self._left(after, path)) is not None:
                    found[index] = _BACK + left

    def _keep_one(
        self, directory: str, before: Matcher, after: Matcher, blame: "_Blame", found: dict[int, str]
    ) -> None:
        """A wild card that matches nothing ends the build with some builders: one of what it takes stays, rather than
        a secret what is only of no use."""
        frontend = before.builder.frontend
        if not (frontend.needs_a_match or frontend.looks_at_excluded):
            return
        at_fault: list[int] = []
        for name in self.looked.tree.names(directory):
            path = join(directory, name)
            if self._arrives(after, path) is not None:
                return
            if self._arrives(before, path) is not None:
                at_fault.append(blame.of(path))
        if at_fault:
            index = next((each for each in at_fault if blame.rules[each].group != PRIVATE), at_fault[-1])
            found.setdefault(index, f"nothing else is left for a wild card over {directory or 'the context'}")

    def _harmless(self, rule: NewRule, path: str) -> bool:
        """Whether something that nobody has looked at, below a directory that stays, is what the rule is for."""
        row = rule.targets[0].row
        if row is None or row.level != "a" or not row.everywhere or path.rpartition("/")[0] in self.looked.kept:
            return False
        return not row.content or holds(row.content, self.looked.tree, path)

    def _left(self, matcher: Matcher, path: str) -> str | None:
        """Something below an excluded directory that is kept all the same, and that no exception names."""
        return self._kept_below(matcher, path, self.named)

    def _arrives(self, matcher: Matcher, path: str) -> str | None:
        """`path` if the builder gets it; of a directory that is excluded, what is kept below it and brings it along."""
        if not matcher.gone(path):
            return path
        pruned = any(matcher.decide(above).excluded and not matcher.walks(above) for above in parents(path))
        return None if pruned else self._kept_below(matcher, path, ())

    def _kept_below(self, matcher: Matcher, path: str, besides: Collection[str]) -> str | None:
        """A path that is kept below an excluded directory, none of those `besides`; the directory in which the search
        was given up."""
        if self.looked.tree.kind(path) != "dir" or not matcher.walks(path):
            return None
        state = matcher.at(path)
        if not any(matcher.programs[live.rule].negated for live in state.live):
            return None
        seen = 0
        todo: list[tuple[str, State]] = [(path, state)]
        while todo:
            here, state = todo.pop()
            listing = self.looked.tree.listing(here)
            for name in listing.names:
                below = f"{here}/{name}"
                seen += 1
                if below in besides:
                    continue
                excluded = state.decide(name).excluded
                if name in listing.directories:
                    if not excluded or matcher.walks(below):
                        todo.append((below, state.enter(name)))
                elif not excluded:
                    return below
            if seen > _MOST_INSIDE:
                return here
        return None

    def _forms(self, rule: NewRule) -> Iterator[tuple[NewRule, ...]]:
        """Other ways to write a rule, plainest first."""
        line = self._line(rule)
        if line is not None:
            yield (rule._replace(before=line),)
        if rule.wild and 0 < len(rule.paths) <= _MOST_APART:
            by_path = {target.path: target for target in rule.targets}
            yield tuple(
                NewRule(patch.literal(path), (by_path.get(path, rule.targets[0]),), (path,)) for path in rule.paths
            )
        if rule.targets[0].directory and rule.paths:
            # What was decided on the way down does not count again: a rule for the entries themselves does.
            inside = rule._replace(pattern=f"{rule.pattern}/**")
            yield (inside,)
            yield (rule, inside._replace(paths=()))

    def _rewritten(self, attempt: _Attempt) -> list[_Attempt]:
        first, *rest = attempt.forms
        if len(first) > 1 and all(rule.paths for rule in first):
            return [_Attempt((rule,), tuple(self._forms(rule))) for rule in first]
        return [_Attempt(first, tuple(rest))]

    def _line(self, rule: NewRule) -> int | None:
        """The first line that has the last word on something that the rule would take out and an exception names."""
        inside = [path for path in self.named if _covers(rule, path)]
        lines = []
        for path in inside:
            hitting = [line for line, matcher in self.exceptions if matcher.gone(path)]
            lines += hitting[-1:]
        return min(lines, default=None)


def _covers(rule: NewRule, path: str) -> bool:
    if rule.pattern.startswith("**/"):
        glob = rule.targets[0].glob
        return any(globs.matches(glob, part) if globs.is_wild(glob) else part == glob for part in path.split("/"))
    return any(above in rule.paths for above in (path, *parents(path)))


class _Blame:
    """Finds the rule to which a fate comes down."""

    def __init__(self, matcher: Matcher, rules: Sequence[NewRule]) -> None:
        self.matcher = matcher
        self.rules = rules
        self.by_text: dict[str, int] = {}
        grammar = matcher.builder.pattern
        for index, rule in enumerate(rules):
            read = grammar.read(rule.pattern)
            if read is not None:
                self.by_text.setdefault(grammar.loaded(read).text, index)

    def of(self, path: str) -> int:
        """The rule that takes out `path`."""
        for here in (path, *parents(path)):
            decided = self.matcher.decide(here).rule
            index = self.by_text.get(self.matcher.patterns[decided].text) if decided >= 0 else None
            if index is not None:
                return index
        return 0

    def moved(self) -> int:
        """A rule that stands before others, so that they may have another effect."""
        return next((index for index, rule in enumerate(self.rules) if rule.before is not None), 0)


def moved(tree: Tree, before: Matcher, after: Matcher) -> Iterator[tuple[str, bool]]:
    """The topmost paths of which the fate is another: True, it leaves with all below it; False, it comes back."""
    more = _More(before, after)
    added = more.rules(before.root, after.root)
    todo: list[tuple[str, State | None, State | None, State | None]] = [("", before.root, after.root, added)]
    while todo:
        here, old, new, added = todo.pop()
        if _same(old, new) if added is None else added.settled:
            continue
        names, directories, *_ = tree.listing(here)
        prefix = f"{here}/" if here else ""
        if added is not None:
            told: Set[str] = added.special(names)
            # A rule that ends in `/*` hits every name.
            others_gone = added.default.excluded
            some: Iterable[str] = names if others_gone else told if added.inside.settled else directories | told
        else:
            told = _special(old, names) | _special(new, names)
            some = names if _fate(old, None) != _fate(new, None) else directories | told
        for name in some:
            was = _fate(old, name)
            if added is None:
                now = _fate(new, name)
            else:
                now = was or (added.decide(name).excluded if name in told else others_gone)
            path = prefix + name
            if name not in directories:
                if was != now:
                    yield path, now
                continue
            below_old = old.enter(name) if old is not None and (not was or before.walks(path)) else None
            if added is not None and not now:
                # No new rule has hit anything so far: all rules together say below what these two say.
                todo.append((path, below_old, None, added.enter(name)))
                continue
            below_new = None
            if not now or after.walks(path):
                below_new = after.at(path) if added is not None else new and new.enter(name)
            if now and not was and _out(below_new) and not _out(below_old):
                yield path, True
            else:
                todo.append((path, below_old, below_new, more.rules(below_old, below_new)))


class _More:
    """Where rules were only written below others, what is new of them in a state: an entry to which these say nothing
    has the fate that it had, and what they hit is out. So the rest need not be asked again."""

    def __init__(self, before: Matcher, after: Matcher) -> None:
        self.after = after
        self.old = len(before.programs)
        own, new = _texts(before), _texts(after)
        self.only = new[: self.old] == own and not any(negated for _, negated in new[self.old :])
        self.known: dict[tuple[State, State], State | None] = {}

    def rules(self, old: State | None, new: State | None) -> State | None:
        """A state of the new rules alone; None: the two differ in more than these."""
        if old is None or new is None or not self.only:
            return None
        key = (old, new)
        if key not in self.known:
            at = next((at for at, live in enumerate(new.live) if live.rule >= self.old), len(new.live))
            alike = old.excluded == new.excluded and old.live == new.live[:at]
            # As if nothing were excluded: then each of them may have a say.
            self.known[key] = self.after.state(False, -1, new.live[at:]) if alike else None
        return self.known[key]


def _texts(matcher: Matcher) -> tuple[tuple[str, bool], ...]:
    return tuple((each.text, each.negated) for each in matcher.patterns)


def _fate(state: State | None, name: str | None) -> bool:
    """Whether an entry is excluded; without a name: one that no rule tells from others."""
    if state is None:
        return True
    return state.default.excluded if name is None else state.decide(name).excluded


def _special(state: State | None, names: Sequence[str]) -> frozenset[str]:
    return frozenset() if state is None or state.settled else frozenset(state.special(names))


def _out(state: State | None) -> bool:
    """Whether nothing below can be kept."""
    return state is None or (state.settled and state.excluded)


def _same(old: State | None, new: State | None) -> bool:
    if old is None or new is None or not (old.settled and new.settled):
        return _out(old) and _out(new)
    return old.excluded == new.excluded


def _readings(text: bytes) -> Iterator[tuple[str, Matcher]]:
    for name, builder in BUILDERS.items():
        try:
            read = ignorefile.parse_rules(text, builder, path=Path("ignore"), label="ignore")
            matcher = Matcher([rule.pattern for rule in read.rules], builder)
            matcher.decide("x")
        except (CtxscanError, BadPattern):
            continue  # this builder refuses the file as it is
        yield name, matcher


# --- what has to stay


def _inputs(tree: Tree, needs: Needs) -> Iterator[str]:
    """The paths that any Dockerfile takes from the context by name, as they are now."""
    left = MOST_INPUTS
    for recipe in needs.recipes:
        for source in recipe.taken:
            for path in filter(None, places(tree, source.path)):
                yield path
                left -= 1
                if left <= 0:
                    return


def _filled(tree: Tree, needs: Needs) -> Iterator[str]:
    """The directories of which a wild card takes all that lies in them, whatever that is called."""
    for recipe in needs.recipes:
        for source in recipe.taken:
            if source.inside:
                yield from places(tree, source.path)


def _named(tree: Tree, needs: Needs) -> Iterator[str]:
    """What exceptions of the ignore file bring back by name, also where it is not there yet."""
    for need in needs.exceptions:
        yield from filter(None, places(tree, need.path))
        yield globs.literal(need.path.replace("*", "x").replace("?", "x"))  # what may come
