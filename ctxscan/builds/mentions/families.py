"""The families of files that name contexts, in the order of their trust.

Before them come the Compose files and bake files themselves (`composed`, `baked`), and after them the guess
(`fitting`): see `everywhere`.
"""

from __future__ import annotations

from typing import Final

from . import deployments, devcontainers, notes, pipelines, scripts, workflows
from .mention import Family

FAMILIES: Final[tuple[Family, ...]] = (workflows, pipelines, deployments, devcontainers, scripts, notes)
#: What people wrote down counts only where nothing builds.
LAST: Final[Family] = notes


def family_of(path: str) -> int | None:
    """The rank of the family that reads a file; None: none does."""
    for rank, family in enumerate(FAMILIES):  # every file of a project comes here
        if family.reads(path):
            return rank
    return None
