"""How a build has changed since another commit, as a line for a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from .figures import amount, count

if TYPE_CHECKING:
    from ...opinions import Review


#: The numbers that are compared, in the order shown: of the first two the one that the build has.
NAMES: Final = ("transfer", "context", "image")


_ID: Final = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


class Change(NamedTuple):
    """One of the numbers of a build, in bytes, in the other commit and now."""

    name: str
    before: int
    now: int

    @property
    def words(self) -> str:
        """`transfer +3.2 MB`."""
        more = self.now - self.before
        return f"{self.name} {'+' if more > 0 else '-'}{amount(abs(more))}"


class Changes(NamedTuple):
    """What is different from the commit `revision`. `sizes` are the numbers that changed; None: it had no such build.
    `new` findings are there now, and `fixed` ones are not any more."""

    revision: str
    sizes: tuple[Change, ...] | None
    new: int
    fixed: int

    @property
    def words(self) -> str:
        """`transfer +3.2 MB against main (1.0 MB, now 4.2 MB), image +1.0 MB; 1 new finding, 2 fixed`."""
        if self.sizes is None:
            said = f"a new build against {self.revision}"
        elif not self.sizes:
            said = f"no change in size against {self.revision}"
        else:
            first, *others = self.sizes
            said = f"{first.words} against {self.revision} ({amount(first.before)}, now {amount(first.now)})"
            said = ", ".join((said, *(each.words for each in others)))
        return f"{said}; {count(self.new, 'new finding')}, {self.fixed} fixed"


def changes(review: Review) -> Changes | None:
    """What has changed in a build; None: nobody asked."""
    since = review.since
    if since is None:
        return None
    sizes: tuple[Change, ...] | None = None
    if since.before is not None:
        names = [each for each in NAMES if each != ("context" if review.scan.plan is not None else "transfer")]
        pairs = ((name, getattr(since.before, name).bytes, getattr(since.now, name).bytes) for name in names)
        sizes = tuple(Change(name, then, now) for name, then, now in pairs if then != now)
    name = since.revision[:12] if _ID.fullmatch(since.revision) else since.revision
    return Changes(name, sizes, len(review.findings or ()), since.fixed)
