"""Whether a configuration is the one that a trusted commit has.

What a pull request brings along must not decide whether it passes. The settings are compared, not the file: a
`pyproject.toml` may change elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..dockerfile.stages import parse
from ..errors import CtxscanError
from ..git.command import blob, repository
from ..rules.ignorefile import IgnoreFile, parse_rules
from .inline import Inline, of_dockerfile, of_ignore_file
from .settings import Config, table_of

if TYPE_CHECKING:
    from ..builds.build import Build

#: Git has this long to answer.
_SECONDS: Final = 10.0


def is_unchanged(context: str, config: Config, revision: str) -> bool:
    """Whether the settings that `config` comes from are the same in the commit `revision`; False also where git, the
    commit or the file is missing."""
    if config.file is None:
        return False
    path = Path(os.path.normpath(Path(context).resolve() / config.file))
    try:
        now = path.read_bytes()
    except OSError:
        return False
    before = content_at(path, revision)
    return before is not None and table_of(path.name, before) == table_of(path.name, now)


def is_comment_unchanged(comment: Inline, build: Build, ignored: IgnoreFile | None, revision: str | None) -> bool:
    """Whether the commit `revision` has the comment in the same file, beside the same line."""
    in_rules = ignored is not None and comment.label == ignored.label
    path = ignored.path if ignored is not None and in_rules else build.dockerfile
    if revision is None or path is None:
        return False
    path = Path(os.path.normpath(Path.cwd() / path))
    before = content_at(path, revision)
    if before is None:
        return False
    try:
        if in_rules:
            known = of_ignore_file(parse_rules(before, build.builder, path=path, label=comment.label))
        else:
            known = of_dockerfile(parse(before, label=comment.label))
    except CtxscanError:
        return False
    return comment.meaning in {each.meaning for each in known}


def content_at(path: Path, revision: str) -> bytes | None:
    """What a file of a repository, given by its absolute path, has in the commit `revision`; None: nothing, or git
    cannot tell."""
    root = repository(path.parent)
    # Where the name leads is not asked: a link that somebody turns leads to another file that is old.
    if root is None or not path.is_relative_to(root):
        return None
    return blob(root, revision, path.relative_to(root).as_posix(), seconds=_SECONDS)
