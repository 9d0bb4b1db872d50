"""What of the command line decides which findings count. It imports nothing, as every run has one."""

from typing import Final, NamedTuple


class Gate(NamedTuple):
    """The codes that `--select` names (empty: all) and those that `--ignore` names. `guarded`: what lies in the tree
    may not hide secrets by itself, unless `trusted`, a commit, has it too."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    guarded: bool = False
    trusted: str | None = None


OPEN: Final = Gate()
