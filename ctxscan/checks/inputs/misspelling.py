"""Which of several names a misspelled one was meant to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ...regex import lazy

#: What people add to the name of a stage to say what it is, and the end of a verb: `build` for `builder`.
_WHAT: Final = lazy(r"[-_](?:stage|image|step)$|(?<=[a-z]{4})(?:er|ing)$")


def nearest_stage(name: str, stages: Iterable[str]) -> str | None:
    """The stage that `name` is a misspelling of; None: it is far from all of them."""
    known = [each for each in stages if each]
    bare = {_WHAT.sub("", each): each for each in known}
    return bare.get(_WHAT.sub("", name.lower())) or nearest(name.lower(), known)


def nearest(name: str, names: Sequence[str]) -> str | None:
    """The one of `names` that `name` is a misspelling of: in other letters, or a typing error or two away."""
    for each in names:
        if each.casefold() == name.casefold():
            return each
    most = 0 if len(name) < 3 else 1 if len(name) < 6 else 2
    found = [(_distance(name, each, most), each) for each in names if abs(len(each) - len(name)) <= most]
    distance, best = min(found, default=(most + 1, ""))
    return best if distance <= most else None


def spelled(names: Callable[[str], Sequence[str]], path: str) -> str | None:
    """A path as its directories have it, if only the case of letters is another one; None: there is none, or several.
    `names` gives the entries of a directory."""
    here = ""
    for part in path.split("/"):
        found = [each for each in names(here) if each.casefold() == part.casefold()]
        if part in found:
            found = [part]
        if len(found) != 1:
            return None
        here = f"{here}/{found[0]}" if here else found[0]
    return here if here != path else None


def _distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbor; more than `most` is not counted."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]
