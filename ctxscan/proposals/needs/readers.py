"""Private files that a tool reads by itself while it installs or builds: a registry's login, settings of a front end.

They are not excluded silently, although they hold secrets: they should be mounted instead.
"""

from __future__ import annotations

import re
from typing import Final

from ...packages import catalog
from ...regex import lazy
from ..survey import Survey
from .recipe import Recipe

_ENV: Final = lazy(r"(?m)^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=")


def reader(survey: Survey, recipes: tuple[Recipe, ...], path: str) -> str | None:
    """Who reads a private file in a stage that takes it; None: no known reader."""
    name = path.rpartition("/")[2]
    found = catalog.private(name)
    if name.startswith(".env") and _is_public(survey.tree.text(path)):
        found.append(catalog.FRONT_END)
    for recipe in recipes if found else ():
        for taken in recipe.taking(path):
            for line, text in recipe.commands_after(taken):
                for commands in found:
                    if match := commands.search(text):
                        words = re.sub(r"\s+", " ", match[0]).strip()[:40]
                        return f"{words} may read it ({recipe.label}:{line})"
    return None


def _is_public(text: str) -> bool:
    names = _ENV.findall(text)
    return bool(names) and all(name.startswith(catalog.PUBLIC) for name in names)
