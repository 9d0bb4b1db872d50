"""What came of a check, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ...findings import SEVERITIES, Severity
from .figures import count

if TYPE_CHECKING:
    from .causes import Cause
    from .digest import Digest

#: Names of builds, and codes, that a reason holds.
_NAMES: Final = 5
_CODES: Final = 8
#: Findings that say what a check does not listen to: they are shown whatever the threshold is.
_ABOUT_THE_CHECK: Final = frozenset(("expired-allow", "untrusted-configuration"))


class Outcome(NamedTuple):
    """`failing` are the causes at or above the threshold of their build, `below` how many others there are of each
    severity, and `threshold` the lowest one."""

    failing: tuple[Cause, ...]
    below: tuple[tuple[Severity, int], ...]
    threshold: Severity

    @property
    def failed(self) -> bool:
        return bool(self.failing)

    @property
    def reason(self) -> str:
        """`failed: 2 errors (secret-file, missing-input) in api, web`, or `passed`; of a single build without a name
        no name."""
        if not self.failing:
            return "passed"
        from .causes import counts

        numbers = ", ".join(count(number, severity) for severity, number in counts(self.failing))
        codes = list(dict.fromkeys(each.worst.code for each in self.failing))
        builds = list(dict.fromkeys(name for each in self.failing for name in each.builds))
        where = f" in {_some(builds, _NAMES)}" if builds else ""
        return f"failed: {numbers} ({_some(codes, _CODES)}){where}"

    @property
    def rest(self) -> str | None:
        """`below the threshold: 3 warnings, 1 note`; None: there is nothing."""
        if not self.below:
            return None
        return f"below the threshold: {', '.join(count(number, severity) for severity, number in self.below)}"


def outcome(digests: Sequence[Digest]) -> Outcome | None:
    """What came of a check of these builds; None: nobody asked for one."""
    checked = [each for each in digests if each.review.threshold is not None]
    if not checked:
        return None
    from .causes import causes, counts

    failing = causes([_part(each, failing=True) for each in checked])
    if len(digests) == 1 and digests[0].name is None:
        failing = tuple(each._replace(builds=()) for each in failing)
    others = causes([_part(each, failing=False) for each in checked])
    thresholds = [each.review.threshold for each in checked if each.review.threshold is not None]
    return Outcome(failing, counts(others), max(thresholds, key=SEVERITIES.index))


def none_found(digests: Sequence[Digest]) -> str:
    """What is said where no finding is shown: there is none, or none that a check asks for."""
    thresholds = {each.review.threshold for each in digests if each.review.findings}
    lowest = next((each for each in reversed(SEVERITIES) if each in thresholds), None)
    return {"error": "No errors", "warning": "No errors or warnings"}.get(lowest or "", "No findings")


def failing_part(digest: Digest) -> Digest:
    """The build with the findings that make a check fail, and those about the check itself; all of it without a
    check."""
    return digest if digest.review.threshold is None else _part(digest, failing=True, always=_ABOUT_THE_CHECK)


def _part(digest: Digest, *, failing: bool, always: Collection[str] = ()) -> Digest:
    worst = SEVERITIES.index(digest.review.threshold or SEVERITIES[-1])
    found = [
        each
        for each in digest.findings or ()
        if (SEVERITIES.index(each.severity) <= worst) is failing or each.code in always
    ]
    numbers = ((each, sum(one.severity == each for one in found)) for each in SEVERITIES)
    return digest._replace(findings=tuple(found), counts=tuple(each for each in numbers if each[1]))


def _some(names: Sequence[str], most: int) -> str:
    shown = names if len(names) <= most else names[: most - 1]
    return ", ".join(shown) + (f" … {len(names) - len(shown)} more" if len(shown) < len(names) else "")
