"""What a builder that sends on demand asks for: the paths that the patterns of a request match, and all below them.

The matcher is the one that applies ignore rules, whose "excluded" means "matched". Only here is that turned round, so
that whoever has a question about a request asks `asks_for`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rules.builders import BUILDKIT
from ..rules.matcher import Matcher, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from ..rules.grammars import IgnorePattern


class Narrowing:
    """What is asked for of one context, as patterns in the grammar of BuildKit. Without patterns that is nothing."""

    __slots__ = ("_hopes", "matcher", "root")

    def __init__(self, patterns: Iterable[IgnorePattern] = ()) -> None:
        self.matcher = Matcher(tuple(patterns), BUILDKIT)
        #: What is asked for of the context directory itself.
        self.root = Asked(self.matcher.root)
        # Where what is asked for may lie, by the text of the patterns; None: anywhere.
        texts = [each.text.removesuffix("/**").removesuffix("/*") for each in self.matcher.patterns]
        self._hopes = tuple(None if set(text) & set("*[]?^\\") else text + "/" for text in texts)

    @property
    def texts(self) -> list[str]:
        """The patterns."""
        return [each.text for each in self.matcher.patterns]

    def at(self, path: str) -> Asked:
        """What is asked for of the directory `path`."""
        return Asked(self.matcher.at(path))

    def asks_for(self, path: str) -> bool:
        return self.matcher.decide(path).excluded

    def hopes_for(self, path: str) -> bool:
        """Whether the builder walks the directory `path` for the sake of what may be in it."""
        path += "/"
        return any(text is None or text.startswith(path) for text in self._hopes)


class Asked:
    """What is asked for of one directory."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def asks_for(self, name: str) -> bool:
        return self._state.decide(name).excluded

    def enter(self, name: str) -> Asked:
        """What is asked for of the directory `name` in this one."""
        return self if self._state.settled else Asked(self._state.enter(name))

    def may_ask_for(self, names: Sequence[str]) -> Set[str]:
        """Those of `names` that may be asked for themselves, or that may hold something that is."""
        inside = self._state.inside
        if self._state.default.excluded or inside.excluded or not inside.settled:
            return frozenset(names)
        return frozenset() if self._state.settled else frozenset(self._state.special(names))

    @property
    def inside(self) -> Asked:
        """The same for a directory whose name no pattern tells from others."""
        return self if self._state.settled else Asked(self._state.inside)

    @property
    def settled(self) -> bool:
        """Whether it is everything below, or nothing."""
        return self._state.settled

    @property
    def everything(self) -> bool:
        return self._state.settled and self._state.excluded

    @property
    def nothing(self) -> bool:
        return self._state.settled and not self._state.excluded
