"""From paths that are to leave to the fewest and plainest rules for them.

One rule for everything of a name where nothing else has it, one with a wild card for many alike in one directory or in
many siblings, and the literal path for the rest. Whether the rules do what they should is for `proof` to tell.
"""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ..paths import join, parents
from ..rules import globs
from . import patch
from .junk.row import GROUPS, PERSONAL, JunkRow
from .needs.find import Needs
from .survey import Survey
from .targets import Target, certain, coming, removed, to_come

#: From so many alike on, one rule with a wild card is plainer than all of them.
_ALIKE: Final = 3
#: From so many rules on for things of one name, one for all of them below a directory is plainer.
_MANY: Final = 20


class NewRule(NamedTuple):
    """A pattern and what it is for; `paths` are the targets as they lie there. `before` is the line of the ignore file
    in front of which it has to stand, None: at the end."""

    pattern: str
    targets: tuple[Target, ...]
    paths: tuple[str, ...]
    before: int | None = None

    @property
    def group(self) -> str:
        return self.targets[0].group

    @property
    def wild(self) -> bool:
        return any(self.pattern != patch.literal(path) for path in self.paths)

    @property
    def addition(self) -> patch.Addition:
        return patch.Addition(self.pattern, self.group, self.before)


def written(targets: Iterable[Target], looked: Survey, needs: Needs, others: Sequence[NewRule] = ()) -> list[NewRule]:
    """The plainest rules for these targets, without those that `others` make redundant."""
    rules: list[NewRule] = []
    alike: dict[str, list[Target]] = {}
    targets = tuple(targets)
    leaving = {each.path for each in targets if not each.contents}.union(*(rule.paths for rule in others))
    for each in targets:
        if each.contents:
            for above, glob, paths in each.contents:
                pattern = f"{patch.literal(above)}/{glob}" if glob else patch.literal(above)
                rules.append(NewRule(pattern, (each,), paths))
        elif each.row is not None and each.row.everywhere and "/" not in each.glob:
            alike.setdefault(each.glob, []).append(each)
        else:
            alike.setdefault(f"\0{each.glob}\0{posixpath.dirname(each.path)}", []).append(each)
    for key, group in alike.items():
        rules += _of_group(key, group, looked, needs, leaving)
    rules = _gathered(_collapsed(rules, looked, needs), looked, needs)
    return _without_covered(sorted(rules, key=in_order), others)


def in_order(rule: NewRule) -> tuple[int, str]:
    return GROUPS.index(rule.group), rule.pattern


def of_certain(rules: Sequence[NewRule], looked: Survey, needs: Needs) -> Iterator[NewRule]:
    """Rules for what a marker makes sure to come, as far as `rules` have none for it."""
    yield from _beforehand(certain(looked, needs), rules, looked, needs)
    there = {rule.pattern for rule in rules}
    for row, glob, paths in coming(looked, needs):
        everywhere = len(paths) > 1 and needs.may_be(row, glob) and _only(looked, needs, glob, ())
        # What is built for a whole workspace lies in its root.
        topmost = [
            each for each in paths if not any(above in paths or looked.tree.exists(above) for above in _above(each))
        ]
        literal = topmost if len(topmost) < _MANY else []
        for path in () if f"**/{glob}" in there else [glob] if everywhere else literal:
            pattern = f"**/{glob}" if everywhere else patch.literal(path)
            if pattern not in there:
                there.add(pattern)
                yield NewRule(pattern, (Target(path, True, row, glob, row.why, row.group, None),), ())


def _above(path: str) -> list[str]:
    """Where something of the same name lies in the directories above that of a path, the root included."""
    home, _, name = path.rpartition("/")
    return [join(above, name) for above in (*parents(home), "")] if home else []


def of_private(rules: Sequence[NewRule], looked: Survey, needs: Needs) -> Iterator[NewRule]:
    """The same for private settings that git is told to ignore, and for what a RUN removes of that."""
    yield from _beforehand(to_come(looked, needs), rules, looked, needs)
    there = {rule.pattern for rule in rules}
    for path, each in {each.path: each for each in removed(looked, needs)}.items():
        if patch.literal(path) not in there and f"**/{posixpath.basename(path)}" not in there:
            yield NewRule(patch.literal(path), (each,), ())


def _beforehand(
    found: Iterable[tuple[JunkRow, str]], rules: Sequence[NewRule], looked: Survey, needs: Needs
) -> Iterator[NewRule]:
    there = {rule.pattern for rule in rules}
    rows = {id(target.row) for rule in rules for target in rule.targets}
    for row, glob in found:
        pattern = f"**/{glob}"
        if pattern not in there and id(row) not in rows and _only(looked, needs, glob, ()):
            yield NewRule(pattern, (Target(glob, row.kind == "dir", row, glob, row.why, row.group, None),), ())


def _without_covered(rules: Iterable[NewRule], others: Iterable[NewRule]) -> list[NewRule]:
    """Without rules for what another one takes out as well, each pattern once."""
    merged: dict[str, NewRule] = {}
    for rule in rules:
        one = merged.get(rule.pattern)
        paths = rule.paths if one is None else tuple(dict.fromkeys(one.paths + rule.paths))
        merged[rule.pattern] = rule._replace(paths=paths) if one is None else one._replace(paths=paths)
    covered = {path for rule in others for path in rule.paths}
    kept: set[str] = set()
    for rule in sorted(
        merged.values(), key=lambda rule: (min(path.count("/") for path in rule.paths), -len(rule.paths))
    ):
        if not all(any(above in covered for above in (path, *parents(path))) for path in rule.paths):
            covered.update(rule.paths)
            kept.add(rule.pattern)
    return [rule for rule in merged.values() if rule.pattern in kept]


def _of_group(
    glob: str, group: list[Target], looked: Survey, needs: Needs, leaving: Collection[str]
) -> Iterator[NewRule]:
    """`leaving` is all that goes, for whatever reason."""
    row = group[0].row
    paths = tuple(each.path for each in group)
    if not glob.startswith("\0"):
        assert row is not None
        worth = len(group) > 1 or row.certain or row.group == PERSONAL
        if worth and needs.may_be(row, glob) and _only(looked, needs, glob, paths, leaving=leaving):
            alike = (each for each in sorted(leaving) if globs.matches(glob, posixpath.basename(each)))
            yield NewRule(f"**/{glob}", tuple(group), tuple(dict.fromkeys((*paths, *alike))))
            return
        by_directory: dict[str, list[Target]] = {}
        for top, some in _below(group).items():
            inside = tuple(each.path for each in some)
            if (
                len({posixpath.dirname(each) for each in inside}) >= _ALIKE
                and needs.may_be(row, glob, top)
                and _only(looked, needs, glob, inside, top, leaving=leaving)
            ):
                yield NewRule(f"{patch.literal(top)}/**/{glob}", tuple(some), inside)
                continue
            for each in some:
                by_directory.setdefault(posixpath.dirname(each.path), []).append(each)
        for above, some in by_directory.items():
            yield from _of_directory(above, glob, some, looked, needs)
        return
    _, own, above = glob.split("\0")
    yield from _of_directory(above, own.rpartition("/")[2], group, looked, needs)


def _below(group: Iterable[Target]) -> dict[str, list[Target]]:
    """Targets by the directory of the root in which they lie; "" are those in the root itself."""
    found: dict[str, list[Target]] = {}
    for each in group:
        top, slash, _ = each.path.partition("/")
        found.setdefault(top if slash else "", []).append(each)
    return found


def _of_directory(above: str, glob: str, group: list[Target], looked: Survey, needs: Needs) -> Iterator[NewRule]:
    """Alike in one directory: one rule for many of them, if it is for nothing else."""
    paths = tuple(each.path for each in group)
    if len(group) >= _ALIKE and globs.is_wild(glob) and glob != "*" and group[0].row is not None:
        start = patch.literal(above) if above else ""
        meant = set(paths)
        alike = (posixpath.join(above, name) for name in looked.tree.names(above) if globs.matches(glob, name))
        others = any(path not in meant and not needs.brought_back(path) for path in alike)
        if not others and not needs.meets(join(above, glob)):
            yield NewRule(f"{start}/{glob}", tuple(group), paths)
            return
    for each in group:
        yield NewRule(patch.literal(each.path), (each,), (each.path,))


def _collapsed(rules: list[NewRule], looked: Survey, needs: Needs) -> Iterator[NewRule]:
    """`/packages/*/dist` for the same thing in many siblings."""
    by_shape: dict[tuple[str, str, int], list[NewRule]] = {}
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
            meant = set(paths)
            there = (f"{home}/{each}/{name}" for each in looked.tree.listing(home).directories)
            pattern = f"{patch.literal(home)}/*{patch.literal(name)}"
            if (
                name[0] not in "! \t"
                and not any(path not in meant and looked.tree.exists(path) for path in there)
                and not needs.meets(f"{home}/*/{name}")
            ):
                yield NewRule(pattern, tuple(each for rule in group for each in rule.targets), paths)
                continue
        yield from group


def _gathered(rules: Iterable[NewRule], looked: Survey, needs: Needs) -> list[NewRule]:
    """`/data/**/*.bak` for the same thing in very many places."""
    by_kind: dict[tuple[str, int], list[NewRule]] = {}
    for rule in rules:
        target = rule.targets[0]
        by_kind.setdefault((target.glob, id(target.row)), []).append(rule)
    out: list[NewRule] = []
    for (glob, _), group in by_kind.items():
        row = group[0].targets[0].row
        if len(group) >= _MANY and row is not None and glob not in ("", "*") and "/" not in glob:
            paths = tuple(path for rule in group for path in rule.paths)
            above = posixpath.commonpath([posixpath.dirname(path) for path in paths])
            if needs.may_be(row, glob) and _only(looked, needs, glob, paths, above):
                start = patch.literal(above) + "/" if above else ""
                group = [NewRule(f"{start}**/{glob}", tuple(each for rule in group for each in rule.targets), paths)]
        out += group
    return out


def _only(
    looked: Survey,
    needs: Needs,
    glob: str,
    paths: tuple[str, ...],
    above: str = "",
    *,
    leaving: Collection[str] = (),
) -> bool:
    """Whether all that a rule for every depth below `above` would hit is meant or leaving anyway, or left to an
    exception."""
    wild = globs.is_wild(glob)
    tail = glob[1:] if glob.startswith("*") and not globs.is_wild(glob[1:]) else ""
    meant = set(paths)
    for directory in looked.fitting(glob):
        if above and directory != above and not directory.startswith(above + "/"):
            continue
        if leaving and any(each in leaving for each in (directory, *parents(directory))):
            continue
        listing = looked.tree.listing(directory)
        names: Iterable[str] = (glob,) if looked.tree.has(directory, glob) else ()
        if wild:
            names = [name for name in listing.names if name.endswith(tail) and globs.matches(glob, name)]
        for name in names:
            path = join(directory, name)
            # Excluded already, and looked into for the sake of an exception: another rule would be too much.
            if path in meant or path in leaving or needs.brought_back(path):
                continue
            if path in looked.kept or not looked.kept[directory].decide(name).excluded:
                return False
    return True
