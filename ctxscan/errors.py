"""The one expected failure: bad input, said in one line.

Everything that is the user's to mend (a context that is not there, a Dockerfile the builder rejects, a pattern it
cannot read) is raised as `CtxscanError` and caught once, in `cli`, which prints it and exits 2. What concerns a single
file, or what a builder would survive, is a finding and never an exception; a bug keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable


class CtxscanError(Exception):
    """Bad input. `message` is lower-case, without full stop; `place` is `path` or `path:line`, if there is one.
    `closed` is the path in the context that could not be opened, if that is the reason."""

    def __init__(self, message: str, *, place: str | None = None, closed: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.closed = closed

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that was probably meant; None: there is none. `cutoff` is how alike it has to be, up to 1."""
    from difflib import get_close_matches  # where something went wrong

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)
