"""How often each step of today's Dockerfile was re-run, and because of what: the shapes of the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..secrets.redaction import redacted
from .variants import Name, ReadDockerfile

if TYPE_CHECKING:
    from .course import Done


@dataclass(frozen=True, slots=True)
class StepPrice:
    """Seconds of one step over all commits: `each` run, as it was, with the files of today, with the proposals, and
    with another Dockerfile if one was given. What nobody can tell counts as cached."""

    stage: str | int
    line: int
    text: str
    each: float
    was: float
    today: float
    after: float
    reordered: float | None


@dataclass(frozen=True, slots=True)
class Price:
    """The steps whose seconds are known, and all of them together. `unpriced` steps ran again, and no log has their
    seconds. `foretold` steps of the newest commit were foretold as cached, of the `steps_seen` that the log has, and
    `held` of them were."""

    steps: tuple[StepPrice, ...]
    was: float
    today: float
    after: float
    reordered: float | None
    unpriced: int
    steps_seen: int
    foretold: int
    held: int


@dataclass(frozen=True, slots=True)
class ReplayedStep:
    """A step of a build. `cached` is None where only bytes that a command made could tell, and where the build had
    ended before; `because` are the files to blame, in the order of git; `failed` is the source that was missing."""

    stage: str | int
    line: int
    instruction: str
    text: str
    cached: bool | None
    because: tuple[str, ...]
    failed: str | None


@dataclass(frozen=True, slots=True)
class ReplayedCommit:
    """A commit, built as it was. `failed` says why its build fails."""

    commit: str
    subject: str
    steps: tuple[ReplayedStep, ...]
    failed: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """In how many commits a step was done again, and in how many nobody can tell."""

    reran: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Total:
    """A step of today's Dockerfile over `of` commits: as it was (`there`: the commits that had it), with today's files,
    after the proposals, and with another Dockerfile if one was given. `because` tells who is to blame in how many of
    them with today's files (paths, all in a directory as one, with a slash). `spared` of them would not have done it
    again with the proposals, because of `spared_because`."""

    stage: str | int
    line: int
    instruction: str
    text: str
    of: int
    there: int
    was: Count
    today: Count
    after: Count
    reordered: Count | None
    because: tuple[tuple[str, int], ...]
    spared: int
    spared_because: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """`commits` are as they were, the newest one last; `summary` has a line for each step of today's Dockerfile.
    `asked` is how many commits there should be; `remarks` are what one has to know to read the figures,
    `price` what it took in time, if a log was given."""

    asked: int
    commits: tuple[ReplayedCommit, ...]
    summary: tuple[Total, ...]
    remarks: tuple[str, ...]
    price: Price | None = None


#: What came of a build: each step with the files to blame, by the name of the step.
Steps: TypeAlias = Mapping[Name, tuple["Done", tuple[str, ...]]]


class Summary:
    """Counts, commit by commit."""

    def __init__(self, recipe: ReadDockerfile) -> None:
        self.recipe = recipe
        self.tallies = {name: _Tally() for name in recipe.names}
        self.of = 0

    def add(self, was: Steps, today: Steps, after: Steps, other: Steps | None) -> None:
        """Another commit: built as it was, with today's files, after the proposals, with another Dockerfile."""
        self.of += 1
        for name, tally in self.tallies.items():
            tally.add([was.get(name), today.get(name), after.get(name), other.get(name) if other else None])

    def totals(self, *, compared: bool) -> tuple[Total, ...]:
        """One line for each step; `compared`: another Dockerfile was given."""
        return tuple(
            Total(
                stage=stage.name or stage.index,
                line=step.line,
                instruction=step.keyword,
                text=redacted(step.instruction.text.strip()),
                of=self.of,
                there=tally.there,
                was=tally.count(0),
                today=tally.count(1),
                after=tally.count(2),
                reordered=tally.count(3) if compared else None,
                because=_most_first(tally.because),
                spared=tally.spared,
                spared_because=_most_first(tally.spared_because),
            )
            for (stage, step), tally in zip(self.recipe.steps, self.tallies.values(), strict=True)
        )


class _Tally:
    """One step of today's Dockerfile, counted for each way of building."""

    def __init__(self) -> None:
        self.there = 0
        self.reran = [0, 0, 0, 0]
        self.unknown = [0, 0, 0, 0]
        self.spared = 0
        self.because: Counter[str] = Counter()
        self.spared_because: Counter[str] = Counter()

    def add(self, results: list[tuple[Done, tuple[str, ...]] | None]) -> None:
        for at, each in enumerate(results):
            if each is not None and each[0].failed is None:
                self.there += at == 0
                self.reran[at] += each[0].cached is False
                self.unknown[at] += each[0].cached is None
        today, after = results[1], results[2]
        if today is None or today[0].cached is not False or today[0].failed is not None:
            return
        names = {path.partition("/")[0] + "/" * ("/" in path) for path in today[1]}
        self.because.update(names)
        if after is not None and after[0].cached is True:
            self.spared += 1
            self.spared_because.update(names)

    def count(self, at: int) -> Count:
        return Count(self.reran[at], self.unknown[at])


def _most_first(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
