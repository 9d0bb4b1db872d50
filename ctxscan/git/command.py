"""Git, asked with everything off that could run a program or reach out.

A repository may be a stranger's: its configuration can name programs for a dozen occasions, so hooks, pagers,
fsmonitor, filters, signatures, replaced objects and fetching are switched off here, in one place, and only commands
that read are ever given. ctxscan executes nothing else.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from .. import system

#: What of a repository's configuration could run a program, or write, or change what is printed.
_LOCKED: Final = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "core.pager=cat",
    "-c", "core.untrackedCache=false",
    "-c", "diff.external=",
    "-c", "diff.orderFile=/dev/null",
    "-c", "log.showSignature=false",
    "-c", "log.mailmap=false",
    "-c", "mailmap.file=/dev/null",
    "-c", "mailmap.blob=",
    "-c", "log.showRoot=true",
    "-c", "protocol.allow=never",
    "-c", "submodule.recurse=false",
)  # fmt: skip


#: A `.git` that is a file says where the repository is; it is one line.
_POINTER_BYTES: Final = 4096


def locked_down(root: str, place: str, *arguments: str) -> list[str] | None:
    """The command line that asks the repository at `root`, from `place` in it; None: there is no git."""
    git = system.program("git", root, place)
    if git is None:
        return None
    # The trust that git asks for is about what it would run for that repository: here that is nothing.
    return [git, "-C", place, *_LOCKED, "-c", f"safe.directory={root}", *arguments]


def ask(root: str, place: str, *arguments: str, seconds: float) -> bytes | None:
    """What git prints; None: there is no git, no permission, an error, or no answer in time."""
    import subprocess  # only where there is a repository

    words = locked_down(root, place, *arguments)
    if words is None:
        return None
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            timeout=seconds,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def blob(root: str, revision: str, path: str, *, seconds: float) -> bytes | None:
    """The bytes of the file `path` in a commit; None: it has none, or git cannot tell."""
    if revision.startswith("-") or ":" in revision or not revision.isprintable():
        return None
    return ask(root, root, "cat-file", "blob", f"{revision}:{path}", seconds=seconds)


def repository(context: str | os.PathLike[str]) -> str | None:
    """The directory with the `.git` that git would find from here; None: there is none, or it leads elsewhere.

    A `.git` may be a file that names the repository. That of a worktree or submodule names the directory back; any
    other would have git tell of a repository that has nothing to do with the context.
    """
    place = Path(os.path.realpath(context))
    for above in (place, *place.parents):
        if os.path.lexists(above / ".git"):
            return str(above) if _is_own(above / ".git") else None
    return None


def _is_own(git: Path) -> bool:
    try:
        mode = git.lstat().st_mode
        if stat.S_ISDIR(mode):
            # A pipe in the place of what git reads first would keep it waiting.
            return all(_is_plain(git / name) for name in ("HEAD", "config", "index", "commondir", "packed-refs"))
        if not stat.S_ISREG(mode):
            return False
        target = _line(git).removeprefix("gitdir:").strip()
        inside = Path(os.path.normpath(git.parent / target))
        if not _is_plain(inside / "gitdir") or not _is_plain(inside / "config"):
            return False
        if (inside / "gitdir").is_file():
            return Path(os.path.realpath(inside / _line(inside / "gitdir").strip())) == Path(os.path.realpath(git))
        worktrees = [each.partition("=")[2].strip() for each in _lines(inside / "config") if "worktree" in each]
        return any(Path(os.path.realpath(inside / each)) == git.parent for each in worktrees)
    except (OSError, ValueError):
        return False


def _is_plain(path: Path) -> bool:
    """Whether a path is a regular file, or nothing."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _line(path: Path) -> str:
    return _lines(path)[0]


def _lines(path: Path) -> list[str]:
    with path.open("rb") as stream:
        return stream.read(_POINTER_BYTES).decode(errors="surrogateescape").split("\n")


def environment() -> dict[str, str]:
    """Nothing that points git elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        # For a git that does not know that one: whatever the repository allows.
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        "GIT_EXTERNAL_DIFF": "",
        "LC_ALL": "C",
    }
