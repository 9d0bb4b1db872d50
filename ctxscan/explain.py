"""Why a path is in or out, what takes it and where it ends: the verdicts on its way down, told one by one.

It computes no verdict of its own: every line of an explanation is a step of the one matching primitive, or a mask of
`image.reach`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from .context.totals import IMAGE, MAYBE
from .context.transfer import Context
from .facts import InputSize, Scan
from .rules.ignorefile import Rule

Reached: TypeAlias = Literal["excluded", "context", "transfer", "image"]
Fate: TypeAlias = Literal["kept", "excluded", "absent"]


class Answer(NamedTuple):
    """How far a path reaches. `certain` is False where a command of a RUN decides it."""

    reach: Reached
    certain: bool
    mask: int


class Level(NamedTuple):
    """One component of the way down. `rule` decided it, None if none did; `inherited`: on a directory above.
    `passed_over` are the rules that match here without counting, here or below, because they could not change the
    fate."""

    path: str
    excluded: bool
    rule: Rule | None
    inherited: bool
    passed_over: tuple[Rule, ...]


class Explanation(NamedTuple):
    """The whole story of one path. `fate` is `absent` for what is not there: the rest tells what would be."""

    path: str
    fate: Fate
    rule: Rule | None
    trail: tuple[Level, ...]
    inputs: tuple[InputSize, ...]
    answer: Answer
    empty_in_build: bool


def reach(scan: Scan, path: str) -> Answer:
    """Where the file `path` of the context ends, or would if it were there."""
    if scan.rules.gone(path):
        return Answer("excluded", True, 0)
    mask = scan.usage.root.at(path) if scan.usage else 0
    return ending(scan, mask, asked=scan.asks_for(path))


def ending(scan: Scan, mask: int, *, asked: bool) -> Answer:
    """Where a kept file ends that `usage` gives this mask. `asked`: it is among what the builder asks for."""
    if mask & (IMAGE | MAYBE):
        return Answer("image", bool(mask & IMAGE), mask)
    if scan.plan is None:
        return Answer("context", True, mask)  # nobody knows what will be asked for
    sent = mask != 0 if scan.build.builder.figure is None else asked  # buildah reads in place
    return Answer("transfer" if sent else "context", True, mask)


def explain(scan: Scan, path: str) -> Explanation:
    """The story of `path`, relative to the context; it need not exist."""
    answer = reach(scan, path)
    trail = tuple(_trail(scan, path))
    exists = Context(scan.build.context).kind(path) is not None
    fate: Fate = "absent" if not exists else "excluded" if answer.reach == "excluded" else "kept"
    return Explanation(
        path=path,
        fate=fate,
        rule=trail[-1].rule,
        trail=trail,
        inputs=tuple(each for each in scan.inputs if answer.mask & each.input.mask),
        answer=answer,
        empty_in_build=exists and scan.rules.decide(path).withheld and answer.reach in ("transfer", "image"),
    )


def _trail(scan: Scan, path: str) -> list[Level]:
    rules = scan.ignored.rules if scan.ignored else ()
    state = scan.rules.root
    out: list[Level] = []
    here = ""
    for name in path.split("/"):
        here = f"{here}/{name}" if here else name
        verdict = state.decide(name)
        # The builder's own exceptions stand behind those of the file and have no line.
        rule = rules[verdict.rule] if 0 <= verdict.rule < len(rules) else None
        skipped = tuple(rules[index] for index in state.passed_over_by(name) if index < len(rules))
        out.append(Level(here, verdict.excluded, rule, verdict.rule == state.rule and rule is not None, skipped))
        state = state.enter(name)
    return out
