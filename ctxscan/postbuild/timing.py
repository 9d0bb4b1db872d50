"""The steps of a Dockerfile with what a log, or several, tell about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Final, NamedTuple

from ..dockerfile.stages import Plan, Stage, Step
from ..secrets.redaction import redacted
from .log import BuildLog, StepName, Vertex, step_name
from .origins import MAKERS, shortened

#: How many names that fit no instruction are listed.
MOST_UNMATCHED: Final = 50


class StepTime(NamedTuple):
    """A step of the Dockerfile: the seconds of each run that a log has of it, in how many logs it was cached, and in
    how many it failed."""

    stage: str | int
    line: int
    instruction: str
    text: str
    runs: tuple[float, ...]
    cached: int
    failed: int

    @property
    def seconds(self) -> float | None:
        """The median of its runs; None: it was never run, or not to its end."""
        return float(median(self.runs)) if self.runs else None

    @property
    def seen(self) -> bool:
        return bool(self.runs or self.cached or self.failed)


class LogFacts(NamedTuple):
    """What `logs` logs tell of one build. `unmatched` are names of steps in them that fit no instruction, with secrets
    masked; `transferred` is what each says was sent of the context, and `foretold` what was foretold of that."""

    logs: int
    steps: tuple[StepTime, ...]
    unmatched: tuple[str, ...]
    transferred: tuple[str | None, ...]
    foretold: str | None

    def of(self, stage: str | int, line: int) -> StepTime | None:
        """The step of a stage that begins in this line."""
        return next((each for each in self.steps if (each.stage, each.line) == (stage, line)), None)

    def fitted(self, fit: Callable[[str], str]) -> LogFacts:
        """The same with every text made fit to be shown by `fit`."""
        steps = tuple(each._replace(text=fit(each.text)) for each in self.steps)
        return self._replace(steps=steps, unmatched=tuple(map(fit, self.unmatched)))

    @property
    def cached(self) -> int:
        """The steps that every log has as cached, of those that are in one."""
        return sum(each.cached > 0 and not each.runs and not each.failed for each in self.steps)

    @property
    def total(self) -> float:
        """Seconds of one build that runs every step that is known."""
        return sum(each.seconds or 0.0 for each in self.steps)


def timed(logs: Sequence[BuildLog], plan: Plan, foretold: str | None) -> LogFacts:
    """What the logs tell of the steps of a plan."""
    runs: dict[tuple[int, int], list[float]] = {}
    cached: dict[tuple[int, int], int] = {}
    failed: dict[tuple[int, int], int] = {}
    unmatched: dict[str, None] = {}
    for log in logs:
        done: set[tuple[int, int]] = set()
        for vertex in log.vertices:
            name = step_name(vertex.name)
            if name is None:
                continue
            key = _matching(name, plan)
            if key is None:
                unmatched[redacted(vertex.name)] = None
            elif key not in done:
                # Of several platforms the first counts.
                done.add(key)
                _count(vertex, key, runs, cached, failed)
    steps = [
        StepTime(
            stage=stage.name or stage.index,
            line=step.line,
            instruction=step.keyword,
            text=shortened(redacted(" ".join(step.instruction.text.split()))),
            runs=tuple(runs.get((stage.index, at), ())),
            cached=cached.get((stage.index, at), 0),
            failed=failed.get((stage.index, at), 0),
        )
        for stage in plan.stages
        for at, step in enumerate(_makers(stage))
    ]
    told = tuple(shortened(each) for each in unmatched)[:MOST_UNMATCHED]
    return LogFacts(len(logs), tuple(steps), told, tuple(each.transferred for each in logs), foretold)


def _count(
    vertex: Vertex,
    key: tuple[int, int],
    runs: dict[tuple[int, int], list[float]],
    cached: dict[tuple[int, int], int],
    failed: dict[tuple[int, int], int],
) -> None:
    if vertex.state == "cached":
        cached[key] = cached.get(key, 0) + 1
    elif vertex.state == "failed":
        failed[key] = failed.get(key, 0) + 1
    elif vertex.state == "done" and vertex.seconds is not None:
        runs.setdefault(key, []).append(vertex.seconds)


def _makers(stage: Stage) -> list[Step]:
    return [step for step in stage.steps if step.keyword in MAKERS]


def _matching(name: StepName, plan: Plan) -> tuple[int, int] | None:
    """Stage and place of the step that a name is of: by stage and text, and by its number where the text occurs twice,
    or has the values of variables in it."""
    for stage in _named(name, plan):
        steps = _makers(stage)
        # FROM counts where it gets an image.
        first = 1 + (stage.origin.kind == "image" or (stage.origin.kind == "context" and stage.replaced is None))
        same = [at for at, step in enumerate(steps) if _is_same(step, name.text)]
        at = name.position - first
        if at in same or (len(same) > 1 and 0 <= at < len(steps)):
            return stage.index, at if at in same else same[0]
        if len(same) == 1:
            return stage.index, same[0]
        fits = name.of == len(steps) + first - 1 and 0 <= at < len(steps)
        if fits and steps[at].keyword == name.text.partition(" ")[0]:
            return stage.index, at
    return None


def _named(name: StepName, plan: Plan) -> Iterator[Stage]:
    """The stages that a name may be of: BuildKit calls one without a name after its number, and the only one of a
    Dockerfile not at all; bake puts the target before it."""
    stage = name.words[-1].lower() if name.words else ""
    found = [each for each in plan.stages if stage in (each.name, f"stage-{each.index}")]
    if found:
        yield from found
    elif len(plan.stages) + len(plan.unreached) == 1 or len(name.words) <= 1:
        yield from (each for each in plan.stages if len(plan.stages) == 1 or not name.words)


def _is_same(step: Step, text: str) -> bool:
    own = " ".join(step.instruction.text.split())
    own = own.replace(own.partition(" ")[0], step.keyword, 1)
    # Some settings cut names off.
    return own == text or (text.endswith("...") and len(text) > 20 and own.startswith(text[:-3]))
