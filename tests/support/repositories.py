"""Repositories with ignore lists, and what git itself says of their paths."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def make(root: Path, files: Iterable[str | tuple[str, bytes]]) -> None:
    """A repository at `root` with these files, empty or with these bytes."""
    root.mkdir(exist_ok=True)
    git(root, "init", "-q")
    write(root, files)


def write(root: Path, files: Iterable[str | tuple[str, bytes]]) -> None:
    for each in files:
        path, data = (each, b"") if isinstance(each, str) else each
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def git(root: Path, *arguments: str, given: bytes = b"", good: tuple[int, ...] = (0,)) -> bytes:
    command = ["git", "-c", "core.excludesFile=", "-c", "core.ignoreCase=false", *arguments]
    done = subprocess.run(command, cwd=root, input=given, capture_output=True, check=False, env=ENVIRONMENT)
    assert done.returncode in good, done.stderr
    return done.stdout


def below(root: Path) -> list[str]:
    """Every path in `root`, without git's own."""
    found = []
    for above, directories, files in os.walk(root):
        directories[:] = [name for name in directories if name != ".git"]
        found += [os.path.relpath(os.path.join(above, name), root) for name in (*directories, *files)]
    return [path.replace(os.sep, "/") for path in found]


def ignored_by_git(context: Path, paths: Iterable[str]) -> set[str]:
    """Those of the paths in `context` that `git check-ignore` names; 1 is its status where it names none."""
    given = b"\0".join(map(os.fsencode, paths))
    said = git(context, "check-ignore", "--no-index", "-z", "--stdin", given=given, good=(0, 1))
    return {os.fsdecode(path) for path in said.split(b"\0") if path}
