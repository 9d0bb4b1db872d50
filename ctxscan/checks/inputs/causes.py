"""What is said of a source that is missing."""

from __future__ import annotations

from typing import NamedTuple


class Cause(NamedTuple):
    """Why a source is missing, as the end of a sentence, and what to write.

    `certain` is False where something that is not known here, like a variable of the base image, may put it right;
    `given`: a build argument would. `whole`: it is about the instruction, so that one finding says it for all of its
    sources; `wide`: about the context, for those of all instructions, and `joint`: about a variable, for all that have
    it.
    """

    said: str
    remedy: str | None
    certain: bool = True
    whole: bool = False
    wide: bool = False
    given: bool = False
    joint: bool = False
