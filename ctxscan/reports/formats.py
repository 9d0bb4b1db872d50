"""One module per format, each a pure function from reviews to text.

Last in the pipeline but for `cli`. A report computes nothing: it says what the facts say, each with the escapes that
its format needs, since names come from strangers. `FORMATS` is the one list of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from ..opinions import Review

#: Format name -> module, imported when it is asked for.
FORMATS: Final = {
    "text": "text.render",
    "json": "json",
    "html": "html.render",
    "sarif": "sarif",
    "github": "github",
    "markdown": "markdown",
}
#: Those that draw the atlas.
CHARTED: Final = frozenset({"html"})


class Look(NamedTuple):
    """How a report is to look, where its format leaves a choice: `width` in columns, colour, exact numbers (`verbose`),
    every path that is sent, findings alone (`compact`), whether more than ASCII can be shown (`unicode`), and the words
    of a command line that ask for the same builds, where they are several (`asked`)."""

    width: int
    color: bool
    verbose: bool
    list_entries: bool
    compact: bool = False
    unicode: bool = True
    asked: tuple[str, ...] = ()


def load_format(form: str) -> ModuleType:
    """The module of a format, imported if it is not yet."""
    return import_module(f".{FORMATS[form]}", __package__)


def render(reviews: Sequence[Review], form: str, look: Look) -> str:
    text: str = load_format(form).render(reviews, look)
    return text
