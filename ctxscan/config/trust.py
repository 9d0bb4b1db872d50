"""Whether a configuration is the one that a trusted commit has.

What a pull request brings along must not decide whether it passes. The settings are compared, not the file: a
`pyproject.toml` may change elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..git.command import blob, repository
from .settings import Config, table_of

#: Git has this long to answer.
_SECONDS = 10.0


def is_unchanged(context: str, config: Config, revision: str) -> bool:
    """Whether the settings that `config` comes from are the same in the commit `revision`; False also where git, the
    commit or the file is missing."""
    root = repository(context)
    if root is None or config.file is None:
        return False
    # Where the name leads is not asked: a link that somebody turns leads to another file that is old.
    path = Path(os.path.normpath(Path(context).resolve() / config.file))
    if not path.is_relative_to(root):
        return False
    try:
        now = path.read_bytes()
    except OSError:
        return False
    before = blob(root, revision, path.relative_to(root).as_posix(), seconds=_SECONDS)
    return before is not None and table_of(path.name, before) == table_of(path.name, now)
