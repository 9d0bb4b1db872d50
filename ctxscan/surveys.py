"""The surveys of one run, each made when it is first asked for: while a walk goes on, or after it.

After `survey`, which is imported with the first of them, before `proposals`. Every context is listed once, whoever
asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .listings import Tree
    from .matcher import Matcher
    from .survey import Survey


class Surveys:
    """Trees by their roots, and surveys by the rules, of which every build has its own. What is on disk should not
    change while they are used."""

    def __init__(self) -> None:
        self._trees: dict[str, Tree] = {}
        self._made: dict[Matcher, Survey] = {}

    def tree(self, root: str) -> Tree:
        from .listings import Tree

        return self._trees.get(root) or self._trees.setdefault(root, Tree(root))

    def of(self, root: str, rules: Matcher) -> Survey:
        if rules not in self._made:
            from .survey import survey
            from .tracked import tracked

            self._made[rules] = survey(self.tree(root), rules, tracked(root))
        return self._made[rules]
