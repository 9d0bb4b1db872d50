"""One module per format, each a pure function from digests to text.

A format adds up nothing: it lays out what `digest` has worked out, with the escapes that it needs, since names come
from strangers. `FORMATS` is the one list of them.
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
#: The format of a file by the ending of its name.
ENDINGS: Final = {
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".md": "markdown",
    ".sarif": "sarif",
    ".txt": "text",
}
#: Those that draw the atlas.
CHARTED: Final = frozenset({"html"})


#: What starts this command, unless it is a plugin of another one.
PROGRAM: Final = ("ctxscan",)


class Look(NamedTuple):
    """How a report looks, where its format leaves a choice: `width` in columns, color, exact numbers (`verbose`), every
    path that is sent, findings alone (`compact`), whether more than ASCII can be shown (`unicode`), and the words of a
    command line that ask for the same builds, where they are several (`asked`). `top` and `depth` limit the tree and
    the largest files; None: as many as fit. `links`: the terminal follows links. `program` are the words that start
    this command. `overview`: what to say first, and then to show the builds side by side alone."""

    width: int
    color: bool
    verbose: bool
    list_entries: bool
    compact: bool = False
    unicode: bool = True
    asked: tuple[str, ...] = ()
    top: int | None = None
    depth: int | None = None
    links: bool = False
    program: tuple[str, ...] = PROGRAM
    overview: str = ""


def load_format(form: str) -> ModuleType:
    """The module of a format, imported if it is not yet."""
    return import_module(f".{FORMATS[form]}", __package__)


def format_of(file: str) -> str | None:
    """The format that the name of a file asks for; None: the name does not say."""
    name = file.rpartition("/")[2].lower()
    if name.endswith(".sarif.json"):
        return "sarif"
    return next((form for ending, form in ENDINGS.items() if name.endswith(ending)), None)


def render(reviews: Sequence[Review], form: str, look: Look) -> str:
    """The report on these builds in a format."""
    from .digest.digest import digests

    text: str = load_format(form).render(digests(reviews, look.asked, look.program), look)
    return text
