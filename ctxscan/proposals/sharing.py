"""Which ignore file counts in which build: what several builds of one run have in common."""

import os
from pathlib import Path
from typing import NamedTuple

from ..facts import Scan


class RulesInUse(NamedTuple):
    """Which rules count where in a build, wherever links lead: the ignore file in use (or the one that it would get),
    the context, and the directories that are named contexts."""

    file: Path
    context: Path
    named: frozenset[Path]

    def shares(self, other: "RulesInUse") -> bool:
        """Whether two builds of one directory read the same ignore file."""
        return (self.file, self.context) == (other.file, other.context)

    def is_touched_by(self, other: "RulesInUse") -> bool:
        """Whether a rule in the ignore file of another build takes something from this one."""
        named = other.context in self.named and other.file.parent == other.context
        return named or self.shares(other)


def rules_in_use(scan: Scan) -> RulesInUse:
    """The rules that count in a build."""
    build = scan.build
    file = scan.ignored.path if scan.ignored else build.context / build.builder.root_files[-1]
    named = frozenset(real(path) for path in build.contexts.values() if path is not None)
    return RulesInUse(real(file), real(build.context), named)


def real(path: Path) -> Path:
    """Where a path leads, as far as it does: `resolve` raises for a circle of links."""
    return Path(os.path.realpath(path))
