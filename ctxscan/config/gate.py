"""What of the command line decides which findings count, and the words by which it lets go what git tracks. It imports
nothing, as every run has one."""

from typing import Final, NamedTuple


class Gate(NamedTuple):
    """The codes that `--select` names (empty: all) and those that `--ignore` names. `guarded`: what lies in the tree
    may not hide secrets by itself, unless `trusted`, a commit, has it too."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    guarded: bool = False
    trusted: str | None = None


OPEN: Final = Gate()
#: Kinds of files that nobody leaves out unasked.
CONSENTS: Final = ("tests", "docs", "samples")
