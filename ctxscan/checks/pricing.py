"""What a lesson costs, by the log of a build: the seconds of what re-runs because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..findings import Finding

if TYPE_CHECKING:
    from ..dockerfile.stages import Plan
    from ..postbuild.timing import LogFacts

#: Lessons about a COPY that makes what comes after it run again, with the words for that.
_AGAIN: Final = {"copy-before-install": "each time one of these files changes"}
#: And those about the very instruction.
_OWN: Final = {"dev-dependencies": "each time it runs", "unlocked-install": "each time it runs"}


def with_price(finding: Finding, log: LogFacts, plan: Plan) -> Finding:
    """The same finding, with the seconds of the step that it is about where the log has them."""
    when = _AGAIN.get(finding.code) or _OWN.get(finding.code)
    if when is None or finding.line is None:
        return finding
    stage = next((each for each in plan.stages if any(step.line == finding.line for step in each.steps)), None)
    if stage is None:
        return finding
    lines = [step.line for step in stage.steps if step.keyword == "RUN" and step.line >= finding.line]
    for line in lines[:1]:
        step = log.of(stage.name or stage.index, line)
        if step is not None and step.seconds:
            return finding._replace(message=f"{finding.message}; {step.seconds:.1f} s {when} (line {line}, by the log)")
    return finding
