"""What of a file may be quoted: a link, or a file that names another one, may lead to any file of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import CtxscanError
from ..git.command import repository


def lies_inside(path: Path, directory: Path) -> bool:
    """Whether `path`, wherever links lead, lies in a directory or in the repository that this is in."""
    real, here = (Path(os.path.realpath(each)) for each in (path, directory))
    root = repository(directory)
    return real.is_relative_to(here) or (root is not None and real.is_relative_to(root))


def leads_to(path: Path, place: Path) -> bool:
    """Whether `path`, wherever links lead, is what lies at `place`, and not what a link there leads to."""
    return Path(os.path.realpath(path)) == Path(os.path.realpath(place.parent), place.name)


@contextmanager
def quoting(what: str, allowed: Callable[[], bool], *, place: str | None = None) -> Iterator[None]:
    """Errors inside may quote a file where that is `allowed`. Elsewhere they say only that it is not `what` it should
    be, and where it is: at `place`, or as the error itself has it."""
    try:
        yield
    except CtxscanError as error:
        if allowed():
            raise
        message = f"not {what} (it lies outside the repository, so it is not quoted)"
        raise CtxscanError(message, place=place or error.place) from None
