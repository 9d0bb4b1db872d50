"""Whether an expression is found in a text, in time linear in the text.

`Automaton` runs the tree of an expression, from `re2`, as a DFA that is built one state at a time. How many steps that
may take is bounded by `Effort`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from ..errors import CtxscanError
from .re2 import ANY, WORD, Alt, Assert, Cat, Chars, Repeat, Syntax, code_of

# A continuation is what is still to be read: (node, continuation), or None for "matched". Continuations are shared, so
# that a set of them is a state of the automaton, and a counted repetition unrolls only as far as a path drives it.
_Rest: TypeAlias = "tuple[Syntax, _Rest] | None"

#: Beyond this many parts in its states the memory of an automaton is dropped and built again: no pattern can make it
#: grow.
MAX_MEMORY: Final = 50_000
#: How many parts of expressions are looked at for all names of a context and all rules of an ignore file. A builder
#: needs the same steps, and minutes for as many of them.
MAX_EFFORT: Final = 10_000_000


class Effort:
    """Counts the parts of expressions that are looked at. `done` is how many that were."""

    __slots__ = ("done", "limit")

    def __init__(self, limit: int = MAX_EFFORT) -> None:
        self.done = 0
        self.limit = limit

    def spend(self, parts: int) -> None:
        """Count `parts`. Raises `CtxscanError` once there were too many."""
        self.done += parts
        if self.done > self.limit:
            raise CtxscanError(f"the rules take more than {self.limit} steps to compare: write them without counts")


class AutomatonState:
    """What an automaton knows after some text. `accepts`: the text matches as a whole; `settled`: whatever follows
    cannot change that."""

    __slots__ = ("accepts", "following", "rests", "settled", "word")

    def __init__(self, rests: frozenset[_Rest], word: bool) -> None:
        self.rests = rests
        self.word = word
        self.following: dict[str, AutomatonState] = {}
        self.accepts = False
        self.settled = False


class Automaton:
    """Whether an expression is found in a text, as `regexp.MatchString` tells: unanchored but for `^` and `$`."""

    def __init__(self, node: Syntax) -> None:
        self._conses: dict[tuple[int, int], tuple[Syntax, _Rest]] = {}
        self._nodes: dict[Syntax, Syntax] = {}
        self._states: dict[tuple[frozenset[int], bool], AutomatonState] = {}
        self._held = 0
        self._effort = Effort()
        begin: list[_Rest] = []
        for branch in node.items if isinstance(node, Alt) else (node,):
            # What begins with `^` is tried at the beginning only, and can then be seen to have failed for good.
            anchored = isinstance(branch, Cat) and branch.items[:1] == (Assert("begin"),)
            begin.append(self._cons(branch if anchored else Cat((Repeat(ANY, 0, None), branch)), None))
        self.start = self._state(self._closed(begin, begin=True), word=False)

    def advance(self, state: AutomatonState, text: str, effort: Effort | None = None) -> AutomatonState:
        """The state after `text`, read from `state`. Raises `CtxscanError` where `effort` ends."""
        self._effort = effort or Effort()
        for c in text:
            if state.settled:
                break
            state = state.following.get(c) or self._step(state, c)
        return state

    def matches(self, text: str) -> bool:
        return self.advance(self.start, text).accepts

    def _cons(self, node: Syntax, rest: _Rest) -> tuple[Syntax, _Rest]:
        node = self._nodes.setdefault(node, node)
        return self._conses.setdefault((id(node), id(rest)), (node, rest))

    def _closed(
        self, rests: Iterable[_Rest], *, begin: bool = False, boundary: bool | None = None, end: bool = False
    ) -> set[_Rest]:
        """Everything reachable without reading. What waits for the next character (`$`, `\\b`) stays, unless told."""
        seen: set[int] = set()
        out: dict[int, _Rest] = {}
        todo = list(rests)
        while todo:
            self._effort.spend(1)
            rest = todo.pop()
            if id(rest) in seen:
                continue
            seen.add(id(rest))
            if rest is None:
                out[id(rest)] = rest
                continue
            node, after = rest
            if isinstance(node, Chars):
                out[id(rest)] = rest
            elif isinstance(node, Cat):
                for each in reversed(node.items):
                    after = self._cons(each, after)
                todo.append(after)
            elif isinstance(node, Alt):
                todo.extend(self._cons(each, after) for each in node.items)
            elif isinstance(node, Repeat):
                if node.low == 0:
                    todo.append(after)
                if node.high != 0:
                    again = Repeat(node.node, max(0, node.low - 1), None if node.high is None else node.high - 1)
                    todo.append(self._cons(node.node, self._cons(again, after)))
            elif node.kind == "begin":
                if begin:
                    todo.append(after)
            elif node.kind == "end":
                if end:
                    todo.append(after)
                elif boundary is None:
                    out[id(rest)] = rest
            elif boundary is None:
                out[id(rest)] = rest
            elif (node.kind == "word") is boundary:
                todo.append(after)
        return set(out.values())

    def _state(self, rests: set[_Rest], *, word: bool) -> AutomatonState:
        key = frozenset(map(id, rests)), word
        state = self._states.get(key)
        if state is None:
            self._held += len(rests) + 1
            if self._held > MAX_MEMORY:
                for each in self._states.values():
                    each.following.clear()
                self._states.clear()
                self._held = len(rests) + 1
            state = self._states[key] = AutomatonState(frozenset(rests), word)
            state.settled = None in rests or not rests
            state.accepts = None in rests or None in self._closed(rests, boundary=word, end=True, begin=False)
        return state

    def _step(self, state: AutomatonState, c: str) -> AutomatonState:
        code = code_of(c)
        self._effort.spend(1 + len(state.rests))
        word = any(low <= code <= high for low, high in WORD)
        rests: Iterable[_Rest] = state.rests
        if any(rest is not None and isinstance(rest[0], Assert) for rest in state.rests):
            rests = self._closed(rests, boundary=state.word is not word)
        read = [rest[1] for rest in rests if rest is not None and isinstance(rest[0], Chars) and rest[0].holds(code)]
        following = self._state(self._closed(read), word=word)
        if None in rests:  # a boundary was the last thing to find
            following = self._state({None}, word=word)
        if len(state.following) > 512:
            state.following.clear()
        state.following[c] = following
        return following
