"""What an image gets by an instruction for its owner alone, where somebody else than root is to run the program."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...dockerfile import images
from ...dockerfile.stages import Step
from ...paths import absolute, within
from ...regex import lazy
from ..reading import Reading, listed
from .homes import made_user, name_of_user, owner_of, words_of_start

#: Modes that leave nothing to others.
_LOCKED: Final = lazy(r"0?[0-7]00")
#: Lines on which a way out gives what a COPY or ADD brings to the user.
_GIVEN: Final = lazy(r"--chown=\S+ on lines? ([\d, and]+)")
#: Files of the system that have to belong to root.
_OF_ROOT: Final = ("/etc", "/var", "/root")


def is_closed(step: Step) -> bool:
    """Whether what an instruction brings is for its owner alone: ADD gives the mode 600 to what it fetches."""
    flags = dict(step.flags)
    mode = flags.get("chmod") if "chmod" in flags else "600" if _fetches(step) else ""
    return step.keyword in ("COPY", "ADD") and "chown" not in flags and _LOCKED.fullmatch(mode or "") is not None


def opened(reading: Reading, image: images.Reference | None, way: str) -> str:
    """How the user of a way out gets at that."""
    given = {int(each) for found in _GIVEN.finditer(way) for each in re.findall(r"\d+", found[1])}
    closed = [step for step in _closed(reading) if step.line not in given]
    fetched: dict[str, list[int]] = {}
    out = ""
    for step in closed:
        runs = any(each in words_of_start(reading) for each in _targets(step))
        if _fetches(step) and "chmod" not in dict(step.flags):
            fetched.setdefault("755" if runs else "644", []).append(step.line)
        elif image is None or images.is_bare(image):
            out += f", and --chmod={'755' if runs else '644'} on line {step.line}"
        elif _is_made_below(reading, step):
            out += f", and RUN chown {name_of_user(reading, image)} {step.target}"
        else:
            out += f", and {step.keyword} --chown={owner_of(reading, image)} on line {step.line}"
    for mode, lines in fetched.items():
        out += f", and ADD --chmod={mode} on {listed(lines)}, as it lets root alone read what it fetches"
    return out


def _fetches(step: Step) -> bool:
    return step.keyword == "ADD" and any(each.kind == "http" for each in step.sources)


def _targets(step: Step) -> list[str]:
    """Where the files of an instruction lie."""
    names = (posixpath.basename(each.text.partition("?")[0].rstrip("/")) for each in step.sources)
    return [step.target, *(posixpath.join(step.target, each) for each in names)]


def _closed(reading: Reading) -> Iterator[Step]:
    """The instructions whose files no later step has to do with."""
    steps = reading.shipped
    for at, step in enumerate(steps):
        if not is_closed(step) or (not _fetches(step) and any(within(step.target, each) for each in _OF_ROOT)):
            continue
        names = {posixpath.basename(each) for each in _targets(step)}
        later = [each for each in steps[at + 1 :] if each.keyword == "RUN"]
        named = any(name and name in each.instruction.whole for each in later for name in names)
        given = any(
            one.name in ("chown", "chmod", "rm", "mv", "cp")
            and within(step.target, absolute(one.cwd, word.rstrip("*")))
            for one in reading.all_commands(later)
            for word in one.words
        )
        if not (named or given):
            yield step


def _is_made_below(reading: Reading, step: Step) -> bool:
    """Whether the user is made by a RUN below an instruction, which cannot give anything to that name."""
    name = made_user(reading)
    runs = (each.line for each in reading.shipped if each.keyword == "RUN" and name and name in each.instruction.whole)
    return name is not None and next(runs, 0) > step.line
