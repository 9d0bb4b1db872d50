"""Why a path is in or out, what takes it and where it ends: the verdicts on its way down, one by one.

It computes no verdict itself: every line of an explanation is a step of the one matching primitive, or a mask of
`image.reach`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from .context.totals import IMAGE, MAYBE
from .context.transfer import Context
from .errors import CtxscanError
from .facts import InputSize, Scan
from .paths import join
from .rules.ignorefile import Rule
from .secrets.redaction import redacted

if TYPE_CHECKING:
    from .builds.build import Build
    from .context.narrowing import Asked
    from .dockerfile.stages import Step
    from .image.marks import DirectoryReach
    from .image.reach import Input
    from .rules.matcher import State

Reached: TypeAlias = Literal["excluded", "context", "transfer", "possible", "image"]
Fate: TypeAlias = Literal["kept", "excluded", "absent"]


class Ending(NamedTuple):
    """How far a path reaches: it is `possible` where a command of a RUN decides whether it is in the image."""

    reach: Reached
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
    """The whole story of one path, as it was asked for. `fate` is `absent` for what is not there: the rest tells what
    would be. Of a directory, `answer` is the farthest that anything in it gets. `context` is the named context that it
    lies in, None for the main one; `stays` says why no rule is proposed for something that looks like waste."""

    path: str
    fate: Fate
    rule: Rule | None
    trail: tuple[Level, ...]
    inputs: tuple[InputSize, ...]
    answer: Ending
    empty_in_build: bool
    context: str | None = None
    #: What a link that is copied leads to, and why that does not come along.
    dangles: str | None = None
    stays: str | None = None


#: What is sent to the builder, wherever it ends.
SENT: Final = ("transfer", "possible", "image")
#: Entries of a directory that are looked at to tell how far it gets.
MOST_BELOW: Final = 20_000
_ORDER: Final[tuple[Reached, ...]] = ("excluded", "context", "transfer", "possible", "image")


def farthest(reach: str | None) -> str | None:
    """How far something may get: what is possibly in the image as in the image, beside which formats say `certain`."""
    return "image" if reach == "possible" else reach


def reach(scan: Scan, path: str) -> Ending:
    """Where the file `path` of the context ends, or would if it were there; by way of another context, perhaps, that
    is the same directory."""
    return Endings(scan).of(path)


class Endings:
    """`reach` for many files of a build: what is known of a directory is worked out once."""

    def __init__(self, scan: Scan) -> None:
        self._own, *self._others = (_Places(each) for each in (scan, *_again(scan)))

    def of(self, path: str) -> Ending:
        own = self._own.of(path)
        if not self._others:
            return own
        best = max((own, *(each.of(path) for each in self._others)), key=_rank)
        return best._replace(mask=own.mask)


class _Place(NamedTuple):
    """What is known of a directory: the rules, what is asked for (None: everything), where files end (None: nobody
    knows), and whether the builder does not look into it."""

    rules: State
    asked: Asked | None
    usage: DirectoryReach | None
    closed: bool

    def enter(self, name: str, path: str) -> _Place:
        closed = self.closed or (self.rules.decide(name).excluded and not self.rules.matcher.walks(path))
        return _Place(
            self.rules.enter(name), self.asked and self.asked.enter(name), self.usage and self.usage.enter(name), closed
        )


class _Places:
    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        asked = None if scan.narrowing is None else scan.narrowing.root
        usage = None if scan.usage is None else scan.usage.root
        self._known = {"": _Place(scan.rules.root, asked, usage, closed=False)}

    def of(self, path: str) -> Ending:
        above, _, name = path.rpartition("/")
        place = self._known.get(above) or self._enter(above)
        if place.closed or place.rules.decide(name).excluded:
            return Ending("excluded", 0)
        mask = 0 if place.usage is None else place.usage.decide(name)
        return ending(self._scan, mask, asked=place.asked is None or place.asked.asks_for(name))

    def _enter(self, path: str) -> _Place:
        missing = [path]
        while (above := missing[-1].rpartition("/")[0]) not in self._known:
            missing.append(above)
        for each in reversed(missing):
            above, _, name = each.rpartition("/")
            self._known[each] = self._known[above].enter(name, each)
        return self._known[path]


def takers(scan: Scan, path: str) -> list[Input]:
    """The instructions that take a file of the context, those of the final stage before those that it copies from."""
    mask = reach(scan, path).mask
    plan = scan.plan
    kept = {each.name or each.index for each in plan.chain(plan.target)} if plan is not None else {}
    return sorted(
        (each.input for each in scan.inputs if each.input.mask & mask), key=lambda each: each.stage not in kept
    )


def _again(scan: Scan) -> list[Scan]:
    """The named contexts that are the directory of this one."""
    if not scan.named:
        return []
    root = os.path.realpath(scan.build.context)
    return [each for _, each in scan.named if os.path.realpath(each.build.context) == root]


def _rank(answer: Ending) -> int:
    return _ORDER.index(answer.reach)


def ending(scan: Scan, mask: int, *, asked: bool) -> Ending:
    """Where a kept file ends that `usage` gives this mask. `asked`: it is among what the builder asks for."""
    if not asked and scan.plan is not None and scan.build.builder.on_demand:
        return Ending("context", 0)  # what lies around something that is copied carries the same mask
    if mask & (IMAGE | MAYBE):
        return Ending("image" if mask & IMAGE else "possible", mask)
    if scan.plan is None:
        return Ending("context", mask)  # nobody knows what will be asked for
    sent = mask != 0 if scan.build.builder.figure is None else asked  # buildah reads in place
    return Ending("transfer" if sent else "context", mask)


def ending_words(scan: Scan, answer: Ending) -> str:
    """How far a path reaches, in the words of every report; of what is possible, with the command that decides it."""
    if answer.reach == "context" and scan.plan is None:
        return "without a Dockerfile nobody knows what will be asked for"
    if answer.reach == "transfer" and scan.build.builder.figure is None:
        return "read by the builder, not in the image"
    if answer.reach == "transfer" and not answer.mask and scan.transfer.whole_because:
        return (
            f"{_WORDS['transfer']}: the whole context is sent because of {said(scan.transfer.whole_because[0], scan)}"
        )
    return _WORDS[answer.reach] + (f": depends on {_decided(scan, answer)}" if answer.reach == "possible" else "")


_WORDS: Final[dict[Reached, str]] = {
    "excluded": "excluded: it never leaves this machine",
    "context": "kept, but not sent",
    "transfer": "sent to the builder, not in the image",
    "possible": "possibly in the image",
    "image": "in the image",
}


def _decided(scan: Scan, answer: Ending) -> str:
    step = scan.decider(answer.mask)
    return "a RUN command" if step is None else said(step, scan, mounts=False)


def said(step: Step, scan: Scan, *, mounts: bool = True) -> str:
    """A step as a sentence names it, with its place."""
    words = step.instruction.text.split()
    # A mount says nothing of what a RUN does; it may be the reason why all is sent.
    if not mounts:
        words[1:] = dropwhile(lambda word: word.startswith("--mount="), words[1:])
    text = redacted(" ".join(words))
    text = text if len(text) <= MOST_SAID else text[: MOST_SAID - 1] + "…"
    return f"{text} ({scan.build.label}:{step.line})"


#: Characters of an instruction in a sentence.
MOST_SAID: Final = 50


def explain(scan: Scan, path: str) -> Explanation:
    """The story of `path`, relative to the context, or `name:path` in a named one; it need not exist. Raises
    `CtxscanError` for a context that the build does not read."""
    context = context_of(scan.build, path)
    if context is None or Context(scan.build.context).kind(path) is not None:
        return _explain(scan, path)
    if context not in dict(scan.named):
        raise CtxscanError(f"--explain {path}: nothing that is built reads the context {context}")
    inside = posixpath.normpath("/" + path[len(context) + 1 :]).lstrip("/")
    return _explain(scan.of(context), inside)._replace(path=path, context=context)


def context_of(build: Build, path: str) -> str | None:
    """The named context that a path to explain begins with."""
    names = [name for name in build.contexts if path.startswith(name + ":") and len(path) > len(name) + 1]
    return max(names, key=len, default=None)


def _explain(scan: Scan, path: str) -> Explanation:
    kind = Context(scan.build.context).kind(path)
    answer = (_below(scan, path) if kind == "dir" else None) or reach(scan, path)
    inputs = [each for one in (scan, *_again(scan)) for each in _inputs(one, path, within=kind == "dir")]
    trail = tuple(_trail(scan, path))
    excluded = answer.reach == "excluded"
    withheld = kind is not None and kind != "dir" and scan.rules.decide(path).withheld
    return Explanation(
        path=path,
        fate="absent" if kind is None else "excluded" if excluded else "kept",
        rule=trail[-1].rule,
        trail=trail,
        inputs=tuple(inputs),
        answer=answer,
        empty_in_build=withheld and answer.reach in SENT,
        dangles=_dangles(scan, path) if answer.reach == "image" else None,
    )


def _dangles(scan: Scan, path: str) -> str | None:
    why = dangling(scan, path)
    return None if why is None else f"{scan.disk.link(path)}, {why}"


def _inputs(scan: Scan, path: str, *, within: bool) -> list[InputSize]:
    places = _Places(scan)
    mask = places.of(path).mask
    if within:
        for each in _files(scan, path):
            mask |= places.of(each).mask
    return [each for each in scan.inputs if mask & each.input.mask]


def _below(scan: Scan, path: str) -> Ending | None:
    """The farthest that a file in the directory `path` gets; None: there is none."""
    best: Ending | None = None
    endings = Endings(scan)
    settled = scan.usage.root.inside(path).settled if scan.usage else None
    for each in _files(scan, path):
        answer = endings.of(each)
        best = answer if best is None else max(best, answer, key=_rank)
        if best.reach == "image" or (settled and best.mask == settled):
            break
    return best


def _files(scan: Scan, path: str) -> Iterator[str]:
    """What the builder may see in a directory that is no directory itself."""
    left = MOST_BELOW
    todo = [path]
    while todo:
        here = todo.pop()
        for name in scan.disk.names(here):
            left -= 1
            if left < 0:
                return
            below = join(here, name)
            if scan.disk.kind(below) != "dir":
                yield below
            elif not scan.rules.decide(below).excluded or scan.rules.walks(below):
                todo.append(below)


def _trail(scan: Scan, path: str) -> list[Level]:
    rules = scan.ignored.rules if scan.ignored else ()
    state = scan.rules.root
    out: list[Level] = []
    here = ""
    for name in path.split("/"):
        here = join(here, name)
        verdict = state.decide(name)
        # The builder's own exceptions stand behind those of the file and have no line.
        rule = rules[verdict.rule] if 0 <= verdict.rule < len(rules) else None
        skipped = tuple(rules[index] for index in state.passed_over_by(name) if index < len(rules))
        out.append(Level(here, verdict.excluded, rule, verdict.rule == state.rule and rule is not None, skipped))
        state = state.enter(name)
    return out


def dangling(scan: Scan, path: str) -> str | None:
    """Why nothing of what a link of the context leads to is in the image, as the end of a sentence; None: it is no
    link, it leads nowhere in the context, or what it leads to is in the image too."""
    target = scan.disk.link(path)
    if target is None or target.startswith("/"):
        return None
    leads = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    kind = None if leads.split("/")[0] in ("..", ".") else scan.disk.kind(leads)
    if kind is None or kind == "symlink":
        return None
    answer = (_below(scan, leads) if kind == "dir" else None) or reach(scan, leads)
    if answer.reach in ("excluded", "context"):
        return "which is excluded" if answer.reach == "excluded" else "which no instruction copies"
    return "which is in a build stage only" if answer.reach == "transfer" else None
