"""RUN instructions that clean up what another one leaves, and how they become one, if they can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ...dockerfile.stages import Step
from ...packages.ecosystem import Cache
from ...paths import absolute, within
from ..installs.early import broad
from ..reading import Reading, is_among, listed

#: Instructions after which a RUN would be another one: by another user, with another shell.
_OTHERWISE: Final = frozenset(("USER", "SHELL"))


def merged(reading: Reading, steps: Sequence[Step], made: Step, last: Step, what: str) -> str | None:
    """How all RUNs from one step of the image to another become one; None: each would have other files, another
    directory or other variables there, or all of them would run again for an edit of the sources."""
    if not may_be_one(reading, steps, made, last, what):
        return None
    between = steps[_at(steps, made) + 1 : _at(steps, last)]
    copies = [each.line for each in between if each.keyword in ("COPY", "ADD")]
    moves = [each.destination for each in between if each.keyword == "WORKDIR"]
    way = f"merge the RUN instructions of lines {made.line} to {last.line} into one that removes it at its end"
    way += f", with cd {moves[0]} for WORKDIR" if moves else ""
    return f"{way}, below line {copies[-1]}" if copies else way


def may_be_one(reading: Reading, steps: Sequence[Step], made: Step, last: Step, what: str = "") -> bool:
    """Whether nothing stands between two steps that one RUN for both would have to be above and below."""
    own = next(stage for stage in reading.chain if any(each is last for each in stage.steps))
    if not any(each is made for each in own.steps):
        return False
    between = steps[_at(steps, made) + 1 : _at(steps, last)]
    later = "\n".join(each.instruction.whole for each in (*between, last) if each.keyword == "RUN")
    moves = [each for each in between if each.keyword == "WORKDIR"]
    if len(moves) > 1 or any(not _goes_too(each, what) for each in moves):
        return False
    return not any(
        each.keyword in _OTHERWISE or _decides(each, later) or next(broad(reading, each), None) is not None
        for each in between
    )


def _at(steps: Sequence[Step], one: Step) -> int:
    return next(at for at, each in enumerate(steps) if each is one)


def _goes_too(step: Step, what: str) -> bool:
    """Whether a WORKDIR lies in what is removed, so that nothing below it stays there."""
    return what.startswith("/") and within(absolute(step.workdir, step.destination), what)


def _decides(step: Step, later: str) -> bool:
    """Whether a variable is set that commands below it go by."""
    if step.keyword not in ("ENV", "ARG"):
        return False
    names = step.words[::2] if step.keyword == "ENV" else [word.partition("=")[0] for word in step.words]
    return any(name == "PATH" or re.search(rf"\$\{{?{re.escape(name)}\b", later) for name in names)


def renewed(reading: Reading, cache: Cache, left: Sequence[Step], users: Sequence[Step]) -> str:
    """How steps that live on the lists of others fetch their own, and none leaves any."""
    anew = f"{cache.renews} && before the install on {listed(each.line for each in users)}"
    fills = cache.left.fills if cache.left is not None else ()
    bare = [each for each in left if all(is_among(one, fills) for one in reading.commands(each))]
    filled = [each.line for each in left if each not in bare]
    ways = [f"remove it in the same RUN, on {listed(filled)}"] if filled else []
    ways.append(f"write {anew}")
    # What does nothing but fetch them is of no use any more.
    ways += [f"remove {listed(each.line for each in bare)}"] if bare else []
    return ", and ".join(ways) if len(ways) < 3 else f"{ways[0]}, {ways[1]}, and {ways[2]}"
