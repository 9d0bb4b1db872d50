"""Where a project keeps its configuration: the files that may hold one.

Separate from `settings`, which reads them, so that a project without one pays for nothing but the look.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..git import command

OWN_FILE: Final = ".ctxscan.toml"
PROJECT_FILE: Final = "pyproject.toml"


def repository(context: str | os.PathLike[str]) -> Path:
    """The root of the repository that `context` lies in, or `context` itself: without a repository nobody vouches for
    what lies above."""
    return Path(command.repository(context) or Path(context).resolve())


def candidates(context: str | os.PathLike[str]) -> Iterator[Path]:
    """The regular files that may configure builds of `context`, nearest first, up to the root of its repository."""
    start, root = Path(context).resolve(), repository(context)
    directories = [start, *start.parents]
    for directory in directories[: directories.index(root) + 1]:
        for path in (directory / OWN_FILE, directory / PROJECT_FILE):
            mode = _mode(path)
            if mode is not None and stat.S_ISREG(mode):
                yield path


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None
