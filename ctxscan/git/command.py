"""Git, asked with everything off that could run a program or reach out.

Before `index` and `history`, which ask. A repository may be a stranger's: its configuration can name programs for a
dozen occasions, so hooks, pagers, fsmonitor, filters, signatures, replaced objects and fetching are switched off here,
in one place, and only commands that read are ever given. Nothing else is executed by ctxscan.
"""

from __future__ import annotations

import os
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
    "-c", "log.showRoot=true",
    "-c", "protocol.allow=never",
    "-c", "submodule.recurse=false",
)  # fmt: skip


def command(root: str, place: str, *arguments: str) -> list[str]:
    """The command line that asks the repository at `root`, from `place` in it. Raises `OSError` if there is no git."""
    # The trust that git asks for is about what it would run for that repository: here that is nothing.
    return [system.program("git"), "-C", place, *_LOCKED, "-c", f"safe.directory={root}", *arguments]


def ask(root: str, place: str, *arguments: str, seconds: float) -> bytes | None:
    """What git prints; None: there is no git, no permission, an error, or no answer in time."""
    import subprocess  # only where there is a repository

    try:
        done = subprocess.run(
            command(root, place, *arguments),
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


def repository(context: str | os.PathLike[str]) -> str | None:
    """The directory with the `.git` that git would find from here."""
    place = Path(os.path.realpath(context))
    for above in (place, *place.parents):
        if os.path.lexists(above / ".git"):
            return str(above)
    return None


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
