"""What `pip install -r` fails without: the lists that a list includes, and projects of the tree that it installs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential, named_by
from .manifest import Files

#: Lists in the directory of a command, as they are usually called.
NAMES: Final = tuple(
    "requirements.txt requirements-prod.txt requirements_prod.txt requirements/prod.txt requirements/production.txt "
    "requirements/requirements.txt requirements/dev.txt requirements-dev.txt requirements/local.txt".split()
)
#: What makes a directory a project that can be installed.
_OF_PROJECT: Final = ("pyproject.toml", "setup.py")
#: No addresses, and no variables.
_INCLUDES: Final = lazy(r"(?m)^[ \t]*(?:-r|--requirement|-c|--constraint)[ \t=]*(?![^\s#]*(?:://|\$))([^\s#]+)")


#: Projects in the tree, as an editable one or plainly: with where they lie as seen from the command.
_PROJECTS: Final = lazy(
    r"(?m)^[ \t]*(?:(?:-e|--editable)[ \t=]*)?(?:file:(?!//))?(\.{1,2}(?:/[\w.-]+)*/?)"
    r"(?:\[[\w, -]*\])?[ \t]*(?:[;#].*)?$"
)


def built(command: Command) -> Iterator[str]:
    """Where `pip install` is told to read a list."""
    pip = re.fullmatch(r"pip3?(?:\.\d+)?", command.name) or (command.name == "uv" and command.words[:1] == ["pip"])
    if pip and _lists(command):
        yield command.cwd


def _lists(command: Command) -> set[str]:
    named = {two for one, two in pairwise(command.arguments) if one in ("-r", "--requirement")}
    named |= {each[2:] for each in command.arguments if each.startswith("-r") and len(each) > 2}
    return {posixpath.normpath(each) for each in named | {each.partition("=")[2] for each in command.arguments}}


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The lists that a list includes, and what makes a project of a directory that it names."""
    if any(f"/{manifest}".endswith(f"/{each}") for each in _lists(command)):
        text = tree.text(manifest)
        yield from named_by(_INCLUDES, text, manifest, "pip")
        for found in _PROJECTS.finditer(text):
            place = posixpath.normpath(posixpath.join(start, found[1]))
            if place != ".." and not place.startswith("../"):
                first, *others = (posixpath.normpath(posixpath.join(place, each)) for each in _OF_PROJECT)
                line = text.count("\n", 0, found.start(1)) + 1
                yield Essential(first, "pip", manifest, line, tuple(others))
