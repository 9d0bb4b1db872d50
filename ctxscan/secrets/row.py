"""The shape of a row of the name table."""

from typing import NamedTuple

from .judgement import Strength


class SecretRow(NamedTuple):
    """Files that are known by name.

    `globs`: names in lower case, `*` within a component, with four characters before it or three behind; with a slash,
    the end of a path, where `**` is any directory or none. `reader`: which function of `formats` judges the content.
    `keys`: names whose values this format keeps secret, whatever they look like. `notation`: how it is written, where
    the name does not tell. `hits` and `misses` are `path: content`, in which `«name»` stands for a value that only
    tests make.
    """

    kind: str
    severity: Strength
    globs: str
    reader: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    keys: str = ""
    notation: str = ""
