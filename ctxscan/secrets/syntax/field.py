"""A name and its value, and where they stand."""

from typing import NamedTuple


class Field(NamedTuple):
    """`at` is the place in the text where `value` begins; `parents` are the names around it, outermost first;
    `document` counts the documents of a YAML stream, from 0. `quoted`: it was written as a string."""

    name: str
    value: str
    at: int
    parents: tuple[str, ...] = ()
    quoted: bool = False
    document: int = 0
