"""A build as somebody orders it, before any of its files is looked at; and what an address has to look like to lie
elsewhere.

What `compose`, `bake` and `everywhere` find, and what `Build`s are made of. It touches no disk.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NamedTuple

from ..regex import lazy

#: What `docker build` takes as context beside a directory; ignore rules do not apply to these alike.
_REMOTE: Final = lazy(r"(?i)^(https?://|git://|git@|ssh://|github\.com/|oci-layout://|docker-image://)|\.git(#.*)?$")
#: What compose files and bake plans take for no path.
_ADDRESS: Final = lazy(r"(?i)^(github\.com/|git@|service:|target:)|://")


class Order(NamedTuple):
    """A build under its `name`. `context` and `dockerfile` are paths as seen from here (None: the Dockerfile in the
    context), unless `text` holds the Dockerfile, called `label`. `place` is where it is ordered."""

    name: str
    context: str
    dockerfile: str | None
    text: bytes | None
    label: str | None
    target: str | None
    arguments: Mapping[str, str | None]
    contexts: Mapping[str, str]
    place: str


class Orders(NamedTuple):
    """The builds of a file or a tree, by name, and what is to be said of those that were left out."""

    orders: tuple[Order, ...]
    remarks: tuple[str, ...]


def is_remote(context: str) -> bool:
    """Whether a context on a command line is an address, unless a directory has that name."""
    return _REMOTE.search(context) is not None


def is_address(value: str) -> bool:
    """Whether a context in a compose file or bake plan is no path."""
    return _ADDRESS.search(value) is not None


def joined(base: str, path: str) -> str:
    """`path` in the directory `base`, with POSIX separators; `~` is the home directory."""
    return os.path.normpath(os.path.join(base, os.path.expanduser(path))).replace(os.sep, "/")  # noqa: PTH111, PTH118
