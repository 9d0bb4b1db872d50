"""What is said about a file, and how a secret is named without being shown.

A value is masked here, in the call that reports it; nothing that is returned, raised or shown holds more of it, and
nothing is derived from it: whoever reads a report could try weak values against any digest of one.
"""

from enum import IntEnum
from typing import Final, Literal, NamedTuple, TypeAlias

Conclusion: TypeAlias = Literal["confirmed", "opaque", "cleared"]

#: Why not all of a file was read.
CUT: Final = "text files that are searched only at the start and the end"
#: No more of a value is ever shown than this many characters from its start.
SHOWN: Final = 4


class Strength(IntEnum):
    """What somebody who finds the secret can do with it: nothing much, little, a lot, everything at once."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Judgement(NamedTuple):
    """One opinion about one file.

    `confirmed`: its content proves a secret; `opaque`: a store that cannot be opened; `cleared`: looked like one and is
    none. `line` counts from 1, None: the file as a whole. `masked` is empty, and `severity` is None, where the file is
    cleared. `proven`: a sum inside the value fits, which is no accident even where test values are expected.
    """

    verdict: Conclusion
    kind: str
    severity: Strength | None
    line: int | None
    masked: str
    reason: str
    proven: bool = False


def masked(value: str) -> str:
    """The start of a secret, as much of it as gives nothing away: a quarter, four characters at most."""
    start = value[: min(SHOWN, len(value) // 4)]
    return (start if start.isascii() and start.isprintable() else "") + "****"
