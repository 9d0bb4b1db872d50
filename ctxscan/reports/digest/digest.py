"""The digest of a review: what every report says, so that no two can disagree.

Formats lay it out and escape it; they add up nothing. What only one of them shows (the rows of the tree, the map)
comes from the facts in the review.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...findings import SEVERITIES, Severity
from .figures import Figure, Saving, count, figures, saving
from .following import Next, following, urgency
from .places import context, dockerfile, ignore_file
from .remarks import Remark, printed, remarks
from .told import Told, told
from .verdict import Verdict, verdict

if TYPE_CHECKING:
    from ...opinions import Review
    from ...proposals.propose import Proposal
    from ...proposals.targets import Needed
    from .changes import Changes


class Digest(NamedTuple):
    """One build. `context`, `dockerfile` and `ignore_file` are as seen from here. `findings` is None where only facts
    were asked for, and `verdict` with it; `counts` are those of each severity, `suppressed` what the configuration
    keeps from counting: how many findings, of which code, by which key. `needed` looks like waste and is not
    proposed, with the reason. `after` is what the proven rules save, `changes` how it differs from another commit."""

    review: Review
    name: str | None
    context: str
    dockerfile: str | None
    ignore_file: str | None
    verdict: Verdict | None
    figures: tuple[Figure, ...]
    printed: str | None
    remarks: tuple[Remark, ...]
    findings: tuple[Told, ...] | None
    counts: tuple[tuple[Severity, int], ...]
    apart: tuple[tuple[Told, str, str], ...]
    suppressed: tuple[tuple[str, str, int], ...]
    proposed: tuple[Proposal, ...]
    cautions: tuple[Proposal, ...]
    needed: tuple[Needed, ...]
    saving: Saving | None
    changes: Changes | None
    next: Next

    @property
    def result(self) -> Saving | None:
        """What the rules save, None: nothing, as those for what is not there yet, unless the builder asks for no more
        than is copied, which is worth a word."""
        narrowed = self.review.scan.narrowing is not None
        return self.saving if self.saving and (self.saving.after < self.saving.before or narrowed) else None

    def figure(self, name: str) -> Figure | None:
        """The number of that name; None: it is not known."""
        return next((each for each in self.figures if each.name == name), None)


def digests(
    reviews: Sequence[Review], asked: Sequence[str] = (), program: Sequence[str] = ("ctxscan",)
) -> tuple[Digest, ...]:
    """The builds of one run. `asked` are the words of a command line that ask for all of several, `program` those that
    start this command."""
    return tuple(digest(each, asked, program) for each in reviews)


def digest(review: Review, asked: Sequence[str] = (), program: Sequence[str] = ("ctxscan",)) -> Digest:
    """One build of a run."""
    scan = review.scan
    numbers = figures(scan, review.after)
    saves = saving(numbers)
    found = None if review.findings is None else told(scan, review.findings)
    changed = None
    if review.since is not None:
        from .changes import changes  # only where an earlier commit is compared

        changed = changes(review)
    return Digest(
        review=review,
        name=scan.build.name,
        context=context(scan.build),
        dockerfile=dockerfile(scan.build),
        ignore_file=ignore_file(scan),
        verdict=None if found is None else verdict(found, numbers, saves),
        figures=numbers,
        printed=printed(scan),
        remarks=tuple(remarks(scan)),
        findings=found,
        counts=_counts(found or ()),
        apart=_apart(review),
        suppressed=review.suppressed,
        proposed=tuple(each for each in review.proposals if each.applied),
        cautions=tuple(each for each in review.proposals if not each.applied),
        needed=review.proposed.needed if review.proposed else (),
        saving=saves,
        changes=changed,
        next=following(review, asked, program),
    )


def most_urgent(some: Sequence[Digest]) -> Digest | None:
    """Of several builds the first that most can be done about."""
    return min(some, key=lambda each: urgency(each.review), default=None)


def _counts(findings: Sequence[Told]) -> tuple[tuple[Severity, int], ...]:
    counts = ((each, sum(one.severity == each for one in findings)) for each in SEVERITIES)
    return tuple((severity, number) for severity, number in counts if number)


def _apart(review: Review) -> tuple[tuple[Told, str, str], ...]:
    """Findings that do not count, each with what keeps it from counting, and why."""
    found = list(review.apart)
    listed = told(review.scan, [finding for finding, _, _ in found])
    return tuple((each, by, reason) for each, (_, by, reason) in zip(listed, found, strict=True))


def summary(counts: Sequence[tuple[Severity, int]]) -> str:
    """`2 errors, 1 note`."""
    return ", ".join(count(number, severity) for severity, number in counts)
