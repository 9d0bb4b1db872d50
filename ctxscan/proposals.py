"""Rules to add, and the proof that they take out what they should and nothing else.

After `targets`, before `review`; `patch` makes text of them. Rules are the fewest and plainest that fit what is
there; then the patched text is read and evaluated as every builder would, by the one matching primitive: every input
finds what it found, only what was meant leaves, what was flagged is gone whoever builds, and the bytes are measured
before and after. A rule that fails is written in another way or not at all.
"""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from . import globs, ignorefile, patch
from .builds import Build
from .dialects import DIALECTS
from .errors import CtxscanError
from .ignorefile import IgnoreFile
from .junk import GROUPS
from .junk.row import PERSONAL
from .listings import Tree
from .matcher import BadPattern, Matcher, State
from .needs import Needs, find
from .scan import Scan, scan_build
from .survey import Survey, survey
from .targets import WORTH_A_WORD, Needed, Target, certain, weigh
from .tracked import tracked
from .tree import Directory

#: From so many alike on, one rule with a wild card is plainer than all of them.
_ALIKE: Final = 3
#: Entries of a directory that are looked at where an exception may bring some of them back.
_MOST_INSIDE: Final = 20_000
#: Of one kind of thing no more than this many get rules of their own.
MOST_ALIKE: Final = 200
#: Concrete paths of all sources that are looked at.
_MOST_INPUTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule. `bytes` and `files` leave the context, `transfer_bytes` and `transfer_files` what the builder is sent:
    none where it would not have asked for them. `verified`: the proof holds; `caution`: what a proof cannot tell, so
    that the rule is shown and not written. `group` is the heading in a new file."""

    pattern: str
    reasons: tuple[str, ...]
    bytes: int
    files: int
    transfer_bytes: int
    transfer_files: int
    verified: bool
    caution: str | None
    group: str
    applied: bool


@dataclass(frozen=True, slots=True)
class Proposals:
    """`proposals` has what is to be written first, then the cautions. `text` is the patched ignore file at `path`,
    called `label`; `ignored` the one that is there. `after` has the facts with that text, None if nothing changes;
    the file itself counts there with the size that it has now. `needed` looks like junk and stays, with the reason."""

    proposals: tuple[Proposal, ...]
    needed: tuple[Needed, ...]
    ignored: IgnoreFile | None
    path: Path
    label: str
    text: bytes
    after: Scan | None

    @property
    def applied(self) -> tuple[Proposal, ...]:
        return tuple(each for each in self.proposals if each.applied)

    @property
    def cautions(self) -> tuple[Proposal, ...]:
        return tuple(each for each in self.proposals if not each.applied)

    @property
    def changes(self) -> bool:
        return self.after is not None

    def diff(self) -> str:
        """The change as a unified diff, "" if there is none."""
        return patch.diff(self.ignored, self.text, label=self.label) if self.changes else ""

    def write(self, context: Path) -> None:
        """Write the change. Raises `CtxscanError` if the file is no longer what it was."""
        if self.changes:
            patch.write(self.path, self.text, expected=self.ignored.data if self.ignored else None, context=context)


class _Rule(NamedTuple):
    """A pattern and what it is for; `paths` are the targets as they lie there."""

    pattern: str
    targets: tuple[Target, ...]
    paths: tuple[str, ...]

    @property
    def group(self) -> str:
        return self.targets[0].group

    @property
    def wild(self) -> bool:
        return any(self.pattern != patch.literal(path) for path in self.paths)


def propose(
    scan: Scan,
    *,
    tree: Tree | None = None,
    flagged: Sequence[str] = (),
    apply_cautions: Collection[str] = (),
    others: Sequence[Build] = (),
) -> Proposals:
    """The rules that would make this context smaller, proven.

    `flagged` are paths of the context that should go whatever they are: secrets that were found in it. A caution whose
    pattern or path is in `apply_cautions` counts as applied. `tree`: the context, if others have looked at it already.
    `others` are builds of the same context that read the same ignore file: nothing that one of them takes leaves.
    Nothing is written.
    """
    ignored = scan.ignored
    tree = tree or Tree(scan.disk.root)
    looked = survey(tree, scan.rules, tracked(tree.root))
    needs = find(scan.build, looked, ignored, others)
    proof = _Proof(scan, looked, needs)
    fresh = ignored is None or not ignored.rules
    weighed = weigh(looked, needs, [path for path in flagged if not proof.gone_everywhere(path)], fresh=fresh)
    sizes = _Sizes(scan, tree)
    targets = [
        each
        for each in weighed.targets
        if each.row is not None or each.reason == "secret" or sizes.of(each.path).bytes >= WORTH_A_WORD
    ]
    wanted = set(apply_cautions)
    sure = [each for each in targets if each.caution is None or _accepted(each, wanted)]
    rules = _most(_without_covered(_written(sure, looked, needs), ()), sizes)
    rules, failed = proof.proven(rules)
    if fresh and rules:
        rules = _with_certain(rules, looked, needs, proof)
    rest = [each for each in targets if each.caution is not None and not _accepted(each, wanted)]
    unsure = _most(_without_covered(_written(rest, looked, needs), rules), sizes)
    shown = [_proposal(each, sizes, applied=True) for each in rules]
    good = {each.pattern for each in proof.proven([*rules, *unsure])[0]} if unsure else set()
    shown += [_proposal(each, sizes, applied=False, verified=each.pattern in good) for each in unsure]
    text = patch.patched(ignored, [patch.Addition(each.pattern, each.group) for each in rules])
    path = _path(scan)
    label = ignored.label if ignored else path.name
    return Proposals(
        proposals=tuple(shown),
        needed=(*weighed.needed, *failed),
        ignored=ignored,
        path=path,
        label=label,
        text=text,
        after=_after(scan, ignored, text, path, label) if rules else None,
    )


def _most(rules: list[_Rule], sizes: _Sizes) -> list[_Rule]:
    """Of very many rules for one kind of thing, those for the largest: nobody would read the rest."""
    by_kind: dict[tuple[str, str], list[_Rule]] = {}
    for rule in rules:
        by_kind.setdefault((rule.group, rule.targets[0].glob), []).append(rule)
    dropped: set[str] = set()
    for group in by_kind.values():
        if len(group) > MOST_ALIKE and group[0].targets[0].row is not None:
            group.sort(key=lambda rule: (-sum(sizes.of(path).bytes for path in rule.paths), rule.pattern))
            dropped.update(rule.pattern for rule in group[MOST_ALIKE:])
    return [rule for rule in rules if rule.pattern not in dropped]


def _path(scan: Scan) -> Path:
    return scan.ignored.path if scan.ignored else scan.build.context / scan.build.dialect.root_files[-1]


def _accepted(target: Target, wanted: set[str]) -> bool:
    return bool(wanted & {target.path, patch.literal(target.path), f"**/{target.glob}", f"/{target.path}"})


def _after(scan: Scan, ignored: IgnoreFile | None, text: bytes, path: Path, label: str) -> Scan:
    """The facts with the patched text in place of the ignore file."""
    with tempfile.TemporaryDirectory(prefix="ctxscan-") as folder:
        file = Path(folder, "ignore")
        file.write_bytes(text)
        after = scan_build(replace(scan.build, ignore_file=file))
    new = ignorefile.parse(text, scan.build.dialect, path=path, label=label)
    return replace(after, build=scan.build, ignored=new)


# --- from targets to rules


def _written(targets: Iterable[Target], looked: Survey, needs: Needs) -> list[_Rule]:
    """The plainest rules for these targets."""
    rules: list[_Rule] = []
    alike: dict[str, list[Target]] = {}
    for each in targets:
        if each.contents:
            for above, glob, paths in each.contents:
                pattern = f"{patch.literal(above)}/{glob}" if glob else patch.literal(above)
                rules.append(_Rule(pattern, (each,), paths))
        elif each.row is not None and each.row.everywhere and "/" not in each.glob:
            alike.setdefault(each.glob, []).append(each)
        else:
            alike.setdefault(f"\0{each.glob}\0{posixpath.dirname(each.path)}", []).append(each)
    for key, group in alike.items():
        rules += _of_group(key, group, looked, needs)
    return sorted(_collapsed(rules, looked, needs), key=lambda rule: (GROUPS.index(rule.group), rule.pattern))


def _without_covered(rules: list[_Rule], others: Iterable[_Rule]) -> list[_Rule]:
    """Without rules for what another one takes out as well, each pattern once."""
    merged: dict[str, _Rule] = {}
    for rule in rules:
        one = merged.get(rule.pattern)
        paths = rule.paths if one is None else tuple(dict.fromkeys(one.paths + rule.paths))
        merged[rule.pattern] = rule._replace(paths=paths) if one is None else one._replace(paths=paths)
    covered = {path for rule in others for path in rule.paths}
    kept: set[str] = set()
    for rule in sorted(
        merged.values(), key=lambda rule: (min(path.count("/") for path in rule.paths), -len(rule.paths))
    ):
        if not all(any(above in covered for above in _upwards(path)) for path in rule.paths):
            covered.update(rule.paths)
            kept.add(rule.pattern)
    return [rule for rule in merged.values() if rule.pattern in kept]


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = posixpath.dirname(path)


def _of_group(glob: str, group: list[Target], looked: Survey, needs: Needs) -> Iterator[_Rule]:
    row = group[0].row
    paths = tuple(each.path for each in group)
    if not glob.startswith("\0"):
        assert row is not None
        worth = len(group) > 1 or row.certain or row.group == PERSONAL
        if worth and needs.may_be(row, glob) and _only(looked, f"**/{glob}", glob, paths):
            yield _Rule(f"**/{glob}", tuple(group), paths)
            return
        by_directory: dict[str, list[Target]] = {}
        for each in group:
            by_directory.setdefault(posixpath.dirname(each.path), []).append(each)
        for above, some in by_directory.items():
            yield from _of_directory(above, glob, some, looked, needs)
        return
    _, own, above = glob.split("\0")
    yield from _of_directory(above, own.rpartition("/")[2], group, looked, needs)


def _of_directory(above: str, glob: str, group: list[Target], looked: Survey, needs: Needs) -> Iterator[_Rule]:
    """Alike in one directory: one rule for many of them, if it is for nothing else."""
    paths = tuple(each.path for each in group)
    if len(group) >= _ALIKE and globs.is_wild(glob) and glob != "*" and group[0].row is not None:
        start = patch.literal(above) if above else ""
        names = {posixpath.basename(path) for path in paths}
        others = [name for name in looked.tree.names(above) if globs.matches(glob, name) and name not in names]
        if not others and not needs.meets(f"{above}/{glob}" if above else glob):
            yield _Rule(f"{start}/{glob}", tuple(group), paths)
            return
    for each in group:
        yield _Rule(patch.literal(each.path), (each,), (each.path,))


def _collapsed(rules: list[_Rule], looked: Survey, needs: Needs) -> Iterator[_Rule]:
    """`/packages/*/dist` for the same thing in many siblings."""
    by_shape: dict[tuple[str, str, int], list[_Rule]] = {}
    for rule in rules:
        path = rule.paths[0]
        above, _, name = path.rpartition("/")
        home = posixpath.dirname(above)
        plain = len(rule.paths) == 1 and not rule.wild and home and rule.targets[0].row is not None
        key = (home, name, id(rule.targets[0].row)) if plain else ("", path, id(rule))
        by_shape.setdefault(key, []).append(rule)
    for (home, name, _), group in by_shape.items():
        paths = tuple(path for rule in group for path in rule.paths)
        if home and len(group) > _ALIKE:
            there = [f"{home}/{each}/{name}" for each in looked.tree.names(home)]
            others = [path for path in there if looked.tree.exists(path) and path not in paths]
            pattern = f"{patch.literal(home)}/*{patch.literal(name)}"
            if not others and name[0] not in "! \t" and not needs.meets(f"{home}/*/{name}"):
                yield _Rule(pattern, tuple(each for rule in group for each in rule.targets), paths)
                continue
        yield from group


def _only(looked: Survey, pattern: str, glob: str, paths: tuple[str, ...]) -> bool:
    """Whether all that a rule for every depth would hit is meant."""
    wild = globs.is_wild(glob)
    meant = set(paths)
    for directory, state in looked.kept.items():
        listing = looked.tree.listing(directory)
        names = (
            [name for name in listing.names if globs.matches(glob, name)]
            if wild
            else [glob]
            if glob in listing.names
            else []
        )
        for name in names:
            path = f"{directory}/{name}" if directory else name
            # Excluded already, and looked into for the sake of an exception: another rule would be too much.
            if path not in meant and (path in looked.kept or not state.decide(name).excluded):
                return False
    return True


def _with_certain(rules: list[_Rule], looked: Survey, needs: Needs, proof: _Proof) -> list[_Rule]:
    """A new file also excludes what is sure to come."""
    more = list(rules)
    there = {rule.pattern for rule in rules}
    for row, glob in certain(looked, needs):
        pattern = f"**/{glob}"
        if (
            pattern not in there
            and not any(target.row is row for rule in rules for target in rule.targets)
            and _only(looked, pattern, glob, ())
        ):
            target = Target(glob, True, row, glob, row.why, row.group, None)
            more.append(_Rule(pattern, (target,), ()))
    if len(more) == len(rules):
        return rules
    more.sort(key=lambda rule: (GROUPS.index(rule.group), rule.pattern))
    proven, failed = proof.proven(more)
    return rules if failed else proven


# --- proof


class _Proof:
    """Evaluates patched texts as every builder would."""

    def __init__(self, scan: Scan, looked: Survey, needs: Needs) -> None:
        self.scan = scan
        self.looked = looked
        self.before = dict(self._matchers(scan.ignored.data if scan.ignored else b""))
        self.inputs = tuple(_inputs(looked.tree, needs))
        self.kept_inputs = {
            name: [path for path in self.inputs if not matcher.gone(path)] for name, matcher in self.before.items()
        }

    def _matchers(self, text: bytes) -> Iterator[tuple[str, Matcher]]:
        for name, dialect in DIALECTS.items():
            try:
                read = ignorefile.parse(text, dialect, path=Path("ignore"), label="ignore")
                matcher = Matcher([rule.pattern for rule in read.rules], dialect)
                matcher.decide("x")
            except (CtxscanError, BadPattern):
                continue  # this builder refuses the file as it is
            yield name, matcher

    def gone_everywhere(self, path: str) -> bool:
        return all(matcher.gone(path) for matcher in self.before.values())

    def proven(self, rules: list[_Rule]) -> tuple[list[_Rule], list[Needed]]:
        """The rules as they hold, and what had to be given up."""
        failed: list[Needed] = []
        tried: dict[str, int] = {}
        for _ in range(4 + 2 * len(rules)):
            bad = self._first_failure(rules)
            if bad is None:
                break
            index, why = bad
            rule = rules[index]
            forms = _forms(rule)
            turn = tried[rule.paths[0] if rule.paths else rule.pattern] = (
                tried.get(rule.paths[0] if rule.paths else rule.pattern, 0) + 1
            )
            if turn <= len(forms):
                rules = [*rules[:index], *forms[turn - 1], *rules[index + 1 :]]
            else:
                failed.append(Needed(rule.paths[0] if rule.paths else rule.pattern, why))
                rules = [*rules[:index], *rules[index + 1 :]]
        else:
            return [], failed
        return rules, failed

    def _first_failure(self, rules: list[_Rule]) -> tuple[int, str] | None:
        if not rules:
            return None
        additions = [patch.Addition(rule.pattern, rule.group) for rule in rules]
        text = patch.patched(self.scan.ignored, additions)
        # A new file is grouped, so rules are found by their text.
        after = dict(self._matchers(text))
        for name, before in self.before.items():
            matcher = after.get(name)
            if matcher is None:
                return 0, f"{name} would refuse the file"
            failure = self._failure(name, before, matcher, rules)
            if failure is not None:
                return failure
        return None

    def _failure(self, name: str, before: Matcher, after: Matcher, rules: list[_Rule]) -> tuple[int, str] | None:
        try:
            for path in self.kept_inputs[name]:
                if after.gone(path):
                    return self._culprit(after, path, rules), f"an instruction takes {path}"
            for index, rule in enumerate(rules):
                for path in rule.paths:
                    if not after.gone(path):
                        return index, f"an exception of the ignore file brings back {path}"
                    left = self._left(after, path)
                    if left is not None:
                        return index, f"an exception of the ignore file brings back {left}"
        except BadPattern:
            return 0, f"{name} would refuse the file"
        return None

    def _culprit(self, matcher: Matcher, path: str, rules: list[_Rule]) -> int:
        """The rule that takes out `path`."""
        while path:
            decided = matcher.decide(path).rule
            if decided >= 0:
                text = matcher.patterns[decided].text
                dialect = matcher.dialect.pattern
                for index, rule in enumerate(rules):
                    read = dialect.read(rule.pattern)
                    if read is not None and dialect.loaded(read).text == text:
                        return index
            path = path.rpartition("/")[0]
        return 0

    def _left(self, matcher: Matcher, path: str) -> str | None:
        """Something below an excluded directory that is kept all the same."""
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
                excluded = state.decide(name).excluded
                if name in listing.directories:
                    if not excluded or matcher.walks(below):
                        todo.append((below, state.enter(name)))
                elif not excluded:
                    return below
            if seen > _MOST_INSIDE:
                return here
        return None


def _forms(rule: _Rule) -> list[list[_Rule]]:
    """Other ways to write a rule, plainest first."""
    forms: list[list[_Rule]] = []
    if rule.wild and len(rule.paths) <= 64:
        by_path = {target.path: target for target in rule.targets}
        forms.append(
            [_Rule(patch.literal(path), (by_path.get(path, rule.targets[0]),), (path,)) for path in rule.paths]
        )
    if rule.targets[0].directory:
        # What was decided on the way down does not count again: a rule for the entries themselves does.
        forms.append([rule._replace(pattern=f"{rule.pattern}/**")])
        forms.append(
            [
                rule._replace(pattern=rule.pattern.removesuffix("/**")),
                _Rule(f"{rule.pattern.removesuffix('/**')}/**", rule.targets, ()),
            ]
        )
    return forms


def _inputs(tree: Tree, needs: Needs) -> Iterator[str]:
    """The paths that any Dockerfile takes from the context by name, as they are now."""
    count = 0
    seen: set[str] = set()
    for recipe in needs.recipes:
        for source in recipe.taken:
            for path in _expanded(tree, source.path):
                if path not in seen and path:
                    seen.add(path)
                    yield path
                    count += 1
                    if count >= _MOST_INPUTS:
                        return


def _expanded(tree: Tree, glob: str) -> list[str]:
    found = [""]
    for part in glob.split("/") if glob else ():
        found = [f"{above}/{name}" if above else name for above in found for name in _fitting(tree, above, part)]
        del found[_MOST_INPUTS:]
    return found


def _fitting(tree: Tree, above: str, part: str) -> list[str]:
    if set(part) <= {"*"}:
        return []  # a star that stands alone takes everything: what of that is needed is told by others
    if globs.is_wild(part):
        return [name for name in tree.names(above) if globs.matches(part, name)]
    name = globs.literal(part)
    return [name] if name in tree.names(above) else []


# --- what it saves


class _Sums(NamedTuple):
    files: int
    bytes: int
    files_sent: int
    bytes_sent: int


class _Sizes:
    """What leaves with a path: from the totals of the scan, or counted where those know nothing of it."""

    def __init__(self, scan: Scan, tree: Tree) -> None:
        self.scan = scan
        self.tree = tree
        self.known: dict[str, Directory] = {each.path: each for each in scan.directories.walk()}
        self.counted: dict[str, _Sums] = {}

    def of(self, path: str) -> _Sums:
        if path not in self.counted:
            each = self.known.get(path)
            self.counted[path] = (
                _Sums(each.files, each.bytes, each.files_sent, each.bytes_sent)
                if each is not None
                else self._count(path)
            )
        return self.counted[path]

    def _count(self, path: str) -> _Sums:
        files = size = files_sent = bytes_sent = 0
        rules, wanted = self.scan.rules, self.scan.wanted
        sends = self.scan.plan is not None and self.scan.build.dialect.figure is not None
        above = path.rpartition("/")[0]
        todo = [(above, rules.at(above), None if wanted is None else wanted.at(above), path.rpartition("/")[2])]
        while todo:
            here, state, asked, only = todo.pop()
            listing = self.tree.listing(here) if only else self.tree.peek(here)
            for name in (only,) if only else listing.names:
                if name not in listing.names:
                    continue
                below = f"{here}/{name}" if here else name
                excluded = state.decide(name).excluded
                if name in listing.directories:
                    if not excluded or rules.walks(below):
                        todo.append((below, state.enter(name), asked and asked.enter(name), ""))
                elif not excluded:
                    length = 0 if name in listing.links else _length(f"{self.tree.root}/{below}")
                    sent = sends and (asked is None or asked.decide(name).excluded)
                    files, size = files + 1, size + length
                    files_sent, bytes_sent = files_sent + sent, bytes_sent + length * sent
        return _Sums(files, size, files_sent, bytes_sent)


def _length(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except (OSError, ValueError):
        return 0


def _proposal(rule: _Rule, sizes: _Sizes, *, applied: bool, verified: bool = True) -> Proposal:
    sums = [sizes.of(path) for path in rule.paths]
    cautions = [each.caution for each in rule.targets if each.caution]
    return Proposal(
        pattern=rule.pattern,
        reasons=tuple(dict.fromkeys(each.reason for each in rule.targets)),
        bytes=sum(each.bytes for each in sums),
        files=sum(each.files for each in sums),
        transfer_bytes=sum(each.bytes_sent for each in sums),
        transfer_files=sum(each.files_sent for each in sums),
        verified=verified,
        caution=cautions[0] if cautions else None,
        group=rule.group,
        applied=applied,
    )
