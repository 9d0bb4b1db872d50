"""What a build cache knows: every operation on every parent with every input that some build has done.

Section 1 of `docs/cache.md` in its smallest form. A combination gets a number when it is first seen; who has the
number already has the result. It knows no instructions and no files.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

#: The parent of what stands on nothing.
NOTHING = 0


class Result(NamedTuple):
    """`id` is the number of the combination, `loose` that of the same with whatever a command may have made left open;
    `cached` is None where only bytes that a command made could tell."""

    id: int
    loose: int
    cached: bool | None


class Cache:
    """One daemon with its cache, over any number of builds."""

    def __init__(self) -> None:
        self._ids: dict[Hashable, int] = {"nothing": NOTHING}
        self._loose: dict[Hashable, int] = {"nothing": NOTHING}
        self._before = (1, 1)

    def begin(self) -> None:
        """A build begins: what is known now is what it can have from the cache."""
        self._before = len(self._ids), len(self._loose)

    def undo(self) -> None:
        """Forget what was seen since the build began."""
        for known, size in zip((self._ids, self._loose), self._before, strict=True):
            while len(known) > size:
                known.popitem()

    def result(self, exact: Hashable, loose: Hashable, *, unsure: bool) -> Result:
        """Look a combination up. `unsure`: the bytes in it are not known, so that it may be one that is known."""
        number = self._ids.setdefault(exact, len(self._ids))
        like = self._loose.setdefault(loose, len(self._loose))
        if number < self._before[0]:
            return Result(number, like, True)
        # As nothing like it was ever done, no bytes could make it known.
        return Result(number, like, None if unsure and like < self._before[1] else False)
