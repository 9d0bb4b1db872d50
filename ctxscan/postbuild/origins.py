"""What made each layer: the lines of the history, and the instructions of the Dockerfile that they are of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ..archive.documents import History, Image
from ..dockerfile.stages import Plan, Step
from ..secrets.redaction import redacted

#: Instructions that change files.
MAKERS: Final = frozenset(("COPY", "ADD", "RUN", "WORKDIR"))
_NOP: Final = re.compile(r"(?:/bin/sh|cmd /S /C|powershell\b[^#]*?)? ?(?:-c )?#\(nop\)\s+")
_KEYWORD: Final = re.compile(r"([A-Z]+)(?:\s|\Z)")
_KEYWORDS: Final = frozenset(
    """
    ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME
    WORKDIR
    """.split()
)
#: The shell that BuildKit and others write before a command.
_SHELL: Final = re.compile(r"(?:RUN )?(?:/bin/(?:ba)?sh -c )?")
_ARGUMENTS: Final = re.compile(r"(RUN )?\|(\d{1,3}) ")
_LONGEST: Final = 200
#: Characters of an instruction that are shown.
_SHOWN: Final = 60


class Maker(NamedTuple):
    """What made a layer. `text` is the instruction as it may be shown, `step` the one of the Dockerfile, None: it is of
    the base image, or not known. `squashed`: several instructions made the layer, and `text` is the last of them."""

    text: str
    keyword: str
    step: Step | None
    squashed: bool

    def shown(self, label: str | None) -> str:
        """The instruction as it is written in the Dockerfile, with its line, or what the history has of it."""
        prefix = "up to " if self.squashed else ""
        if self.step is None:
            return prefix + shortened(self.text)
        text = redacted(" ".join(self.step.instruction.text.split()))
        return f"{prefix}{shortened(text)} ({label}:{self.step.line})"


def shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def makers(image: Image, plan: Plan | None) -> tuple[Maker, ...]:
    """One for each layer, from the lowest up; fewer where the history tells of fewer."""
    steps = _matched(image.history, plan)
    out: list[Maker] = []
    group: list[int] = []
    for at, each in enumerate(image.history):
        group.append(at)
        if each.empty:
            continue
        making = [one for one in group if keyword(image.history[one].created_by) in MAKERS]
        squashed = keyword(each.created_by) not in MAKERS and len(making) > 1
        last = making[-1] if making and keyword(each.created_by) not in MAKERS else at
        text = image.history[last].created_by
        out.append(Maker(readable(text), keyword(text), steps.get(last), squashed))
        group = []
    return tuple(out)


def _matched(history: Sequence[History], plan: Plan | None) -> dict[int, Step]:
    """The steps of the stages that the image is made of, for the lines of the history that tell of them: both are gone
    through from the end, since the base image comes first."""
    if plan is None:
        return {}
    steps = [step for stage in plan.chain() for step in stage.steps if step.keyword in MAKERS]
    lines = [at for at, each in enumerate(history) if keyword(each.created_by) in MAKERS]
    found: dict[int, Step] = {}
    for at, step in zip(reversed(lines), reversed(steps), strict=False):
        if keyword(history[at].created_by) != step.keyword:
            return {}  # the image was built from another Dockerfile
        found[at] = step
    return found if len(lines) >= len(steps) else {}


def keyword(created_by: str) -> str:
    """The instruction that a line of the history is of."""
    text = _NOP.sub("", created_by, count=1) if "#(nop)" in created_by else created_by
    found = _KEYWORD.match(text.lstrip())
    return found[1] if found and found[1] in _KEYWORDS else "RUN"


def readable(created_by: str) -> str:
    """A line of the history as one would write it, without the values of build arguments, secrets masked."""
    what = keyword(created_by)
    text = created_by.removesuffix(" # buildkit")
    text = _NOP.sub("", text, count=1) if "#(nop)" in text else text
    if what == "RUN":
        text = "RUN " + _SHELL.sub("", _without_arguments(text), count=1)
    return redacted(" ".join(text.split())[:_LONGEST])


def _without_arguments(text: str) -> str:
    """What a RUN runs; `|2 A=b C=d /bin/sh -c make` tells the arguments first, and their values may hold blanks."""
    match = _ARGUMENTS.match(text)
    if match is None:
        return text
    _, found, command = text.partition(" /bin/sh -c ")
    return f"/bin/sh -c {command}" if found else "…"
