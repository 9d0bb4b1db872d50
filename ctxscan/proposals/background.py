"""What opinions rest on besides the figures.

It needs only the rules, so it is worked out while other processes walk, or afterwards.

Each context is listed once, and every answer is cached.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..builds.build import Build
    from ..context.differences import Difference
    from ..context.records import Records
    from ..context.tree import Tree
    from ..facts import Scan
    from ..git.index import Index
    from ..rules.ignorefile import IgnoreFile
    from ..rules.matcher import Matcher
    from .needs.find import Needs
    from .proof import Proof
    from .savings import Kept
    from .survey import Survey
    from .targets import Weighed


class Ahead:
    """Trees by their roots, and answers by the rules, of which every build has its own. What is on disk should not
    change while they are used."""

    def __init__(self) -> None:
        self._trees: dict[str, Tree] = {}
        self._records: Records | None = None
        self._surveys: dict[Matcher, Survey] = {}
        self._differences: dict[Matcher, tuple[Difference, ...]] = {}
        self._index: Index | None = None
        self._needs: dict[tuple[Matcher, frozenset[int]], Needs] = {}
        self._proofs: dict[int, Proof] = {}
        self._kept: dict[Matcher, Kept] = {}
        self._weighed: dict[int, dict[object, Weighed]] = {}

    def share(self, records: Records | None) -> None:
        """Ask `records` first for what is in a directory."""
        self._records = records

    def tree(self, root: str) -> Tree:
        from ..context.tree import Tree

        if root not in self._trees:
            known = None if self._records is None else self._records.below(root)
            self._trees[root] = Tree(root, known)
        return self._trees[root]

    def survey(self, root: str, rules: Matcher) -> Survey:
        if rules not in self._surveys:
            from ..git.index import Index
            from .survey import survey

            self._index = self._index or Index()
            self._surveys[rules] = survey(self.tree(root), rules, self._index.of(root))
        return self._surveys[rules]

    def needs(
        self, root: str, build: Build, ignored: IgnoreFile | None, rules: Matcher, others: Sequence[Build] = ()
    ) -> Needs:
        """Who needs which path: the same for all builds that share their rules."""
        key = (rules, frozenset(map(id, (build, *others))))
        if key not in self._needs:
            from .needs.find import find_needs

            self._needs[key] = find_needs(build, self.survey(root, rules), ignored, others)
        return self._needs[key]

    def proof(self, scan: Scan, needs: Needs) -> Proof:
        """What evaluates new rules for builds that share `needs`, which come from here, and so their ignore file."""
        if id(needs) not in self._proofs:
            from .proof import Proof

            self._proofs[id(needs)] = Proof(scan, self.survey(scan.disk.root, scan.rules), needs)
        return self._proofs[id(needs)]

    def kept(self, root: str, rules: Matcher) -> Kept:
        """The sizes of what `rules` keep."""
        if rules not in self._kept:
            from .savings import Kept

            self._kept[rules] = Kept(self.tree(root), rules)
        return self._kept[rules]

    def weighed(self, needs: Needs) -> dict[object, Weighed]:
        """What was weighed for builds that share `needs`, to be added to."""
        return self._weighed.setdefault(id(needs), {})

    def differences(self, root: str, ignored: IgnoreFile | None, rules: Matcher) -> tuple[Difference, ...]:
        if rules not in self._differences:
            from ..rules.meaning import may_differ

            self.survey(root, rules)  # which lists what is there
            found: tuple[Difference, ...] = ()
            if ignored is not None and not ignored.foreign and may_differ(rules):
                from ..context.differences import differences

                found = differences(self.tree(root), ignored, rules)
            self._differences[rules] = found
        return self._differences[rules]
