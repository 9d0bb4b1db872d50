"""ENV and ARG without the sign between a name and its value."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ...dockerfile.stages import Step
from ...regex import lazy

_NAME: Final = lazy(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
#: What no default is for.
_SECRET: Final = lazy(r"PASS|SECRET|TOKEN|KEY")


class Declared(NamedTuple):
    """What an instruction declares, and what to write instead."""

    said: str
    why: str
    remedy: str


def declared(step: Step) -> Declared | None:
    """What ENV or ARG says that nobody means; None: nothing, or it is not sure."""
    words = step.instruction.text.split()[1:]
    if len(words) < 2 or any("=" in each for each in words) or step.instruction.heredocs:
        return None
    return _of_names(step, words) if step.keyword == "ENV" else _of_default(words)


def _of_names(step: Step, words: list[str]) -> Declared | None:
    """A continued list of names: ENV sets the first of them, to all the others."""
    first, *others = words
    if len(others) < 2 or step.instruction.end_line == step.line or not all(map(_NAME.fullmatch, words)):
        return None
    return Declared(
        f"ENV sets {first} alone, to the names of the others: {others[0]} and {len(others) - 1} more are not set",
        "without = it takes one name, and all the rest for its value",
        "write ENV NAME=value for each that has a default, and give the others to the container (docker run --env)",
    )


def is_default_without_sign(words: list[str]) -> bool:
    """Whether the words of an ARG are a name, and what can be no other one by the usual way to write them."""
    plain = len(words) == 2 and _NAME.fullmatch(words[0]) is not None and len(words[0]) > 1
    return plain and not _NAME.fullmatch(words[1]) and not re.search(r"[=$#]", words[1])


def _of_default(words: list[str]) -> Declared | None:
    if not is_default_without_sign(words):
        return None
    name, value = words
    return Declared(
        f"ARG {name} {value} declares two arguments and no default: {name} is empty",
        "it takes several names, each with its value behind =",
        f"take the value out, and give {name} to the container (docker run --env-file)"
        if _SECRET.search(name)
        else f"write ARG {name}={value}",
    )
