"""Tables as text: the names of the columns on the first line, a row on every other one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...regex import compiled
from .field import Field

#: A cell with the separator in front of it: in quotes, or up to the next separator.
_CELL: Final = r"(?:\A|[,;\t|])(?:\"((?:[^\"]|\"\")*+)\"|([^,;\t|\n]*+))"
#: A file with more columns is no list of accounts.
_COLUMNS: Final = 100


def table(text: str) -> Iterator[Field]:
    """Every cell goes by the name of its column."""
    head, newline, _ = text.partition("\n")
    names = [(cell[1] or cell[2] or "").strip() for cell in compiled(_CELL).finditer(head.rstrip("\r"))]
    if not 1 < len(names) <= _COLUMNS:
        return
    at = len(head) + len(newline)
    for line in text[at:].split("\n"):
        start, at = at, at + len(line) + 1
        for name, cell in zip(names, compiled(_CELL).finditer(line.rstrip("\r")), strict=False):
            group = 1 if cell[1] is not None else 2
            if value := cell[group].strip():
                yield Field(name, value, start + cell.start(group) + cell[group].index(value), (), True)
