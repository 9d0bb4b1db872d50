"""A build as somebody orders it, before any of its files is looked at; and what an address has to look like to lie
elsewhere.

What `compose`, `bake` and `everywhere` find, and what `Build`s are made of. It touches no disk.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NamedTuple

from ..regex import lazy
from .written import Written

#: What `docker build` takes as context beside a directory; ignore rules do not apply to these alike.
_REMOTE: Final = lazy(r"(?i)^(https?://|git://|git@|ssh://|github\.com/|oci-layout://|docker-image://)|\.git(#.*)?$")
#: What compose files and bake files take for no path.
_ADDRESS: Final = lazy(r"(?i)^(github\.com/|git@|service:|target:)|://")

#: The context of a build that is given none: standard input has the Dockerfile, or an archive.
STDIN: Final = "-"


class Order(NamedTuple):
    """A build under its `name`. `context` and `dockerfile` are paths as seen from here (None: the Dockerfile in the
    context), unless `text` holds the Dockerfile, called `label`. `place` is where it is ordered; `guessed`: nobody
    orders it there, it may be so; not `known`: there is no directory in which it could be built. `written` is what is
    shown instead of the values of variables; `cloned` as in `Mention`, `below` and `cached` as in `Build`. `loose`:
    where it is run decides where the Dockerfile is, as variables give its path. `alone`: that takes nothing of a
    context."""

    name: str
    context: str
    dockerfile: str | None
    text: bytes | None
    label: str | None
    target: str | None
    arguments: Mapping[str, str | None]
    contexts: Mapping[str, str]
    place: str
    guessed: bool = False
    known: bool = True
    written: Written = Written()
    cloned: bool = False
    below: str = ""
    loose: bool = False
    cached: bool = False
    alone: bool = False

    @property
    def shown_context(self) -> str:
        """The context as it is shown."""
        return self.written.context or self.context


class Orders(NamedTuple):
    """The builds of a file or a tree, by name, and what is to be said of those that were left out."""

    orders: tuple[Order, ...]
    remarks: tuple[str, ...]


def here(found: Orders) -> Orders:
    """Those whose files are here; of each other one, what is elsewhere is reported."""
    made, remarks = [], list(found.remarks)
    for each in found.orders:
        if each.context == STDIN and each.alone and each.dockerfile is not None:
            # It is the same in any directory.
            made.append(each._replace(context=os.path.dirname(each.dockerfile) or ".", guessed=True))  # noqa: PTH120
            continue
        if each.context == STDIN:
            remarks.append(f"{each.name} is skipped: its context is standard input, not a directory ({each.place})")
            continue
        away = is_address(each.context), each.dockerfile is not None and is_address(each.dockerfile)
        if any(away):
            dockerfile = each.written.dockerfile or each.dockerfile
            what = f"context {each.shown_context}" if away[0] else f"Dockerfile {dockerfile}"
            remarks.append(f"{each.name} is skipped: its {what} is not here ({each.place})")
        else:
            made.append(each)
    return Orders(tuple(made), tuple(remarks))


def is_remote(context: str) -> bool:
    """Whether a context on a command line is an address, unless a directory has that name."""
    return _REMOTE.search(context) is not None


def is_address(value: str) -> bool:
    """Whether a context in a compose file or bake file is no path."""
    return _ADDRESS.search(value) is not None


def joined(base: str, path: str) -> str:
    """`path` in the directory `base`, with POSIX separators; `~` is the home directory."""
    return os.path.normpath(os.path.join(base, os.path.expanduser(path))).replace(os.sep, "/")  # noqa: PTH111, PTH118
