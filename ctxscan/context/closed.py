"""A way out where the builder may not open something in the context: which rule helps, if one does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..errors import CtxscanError
from ..paths import join, parents
from ..printable import shown
from ..rules.ignorefile import IgnoreFile
from ..rules.matcher import Matcher
from ..rules.writing import literal

_IGNORE_FILES: Final = (".dockerignore", ".containerignore")


@contextmanager
def advising(root: Path, ignored: IgnoreFile | None, rules: Matcher) -> Iterator[None]:
    """An error inside about something that may not be opened is raised again with what to do about it."""
    try:
        yield
    except CtxscanError as error:
        if error.closed is None:
            raise
        message = f"{error.message}: {_advice(root, error.closed, ignored, rules)}"
        raise CtxscanError(message, place=error.place, closed=error.closed) from None


def _advice(root: Path, path: str, ignored: IgnoreFile | None, rules: Matcher) -> str:
    builder = rules.builder
    label = ignored.label if ignored else builder.root_files[-1]
    rule = shown(literal(path))
    directory = (root / path).is_dir()
    if builder.checks_first and directory:
        above = path.rpartition("/")[0]
        said = f"a rule for it does not help, since the {builder.name} builder opens it first"
        way = f"exclude {shown(literal(above))} in {label}, " if above else ""
        return f"{said}: {way}make it readable, move it out of the context, or build with BuildKit and a rule for it"
    if rules.decide(path).excluded:
        return (
            f"{label} excludes it, but an exception there may bring back something inside: "
            "write the exceptions without wild cards, or make it readable"
        )
    nested = _unread(root, path)
    note = f" ({shown(nested)} is not read: only {label} counts)" if nested is not None and nested != label else ""
    return f"add {rule} to {label}, or make it readable{note}"


def _unread(root: Path, path: str) -> str | None:
    """An ignore file on the way to a path, which no builder reads for this context."""
    for above in parents(path):
        for name in _IGNORE_FILES:
            if (root / above / name).is_file():
                return join(above, name)
    return None
