"""Private files that a tool reads by itself while it installs or builds: a registry's login, settings of a front end.

They may not be left out without a word, though what is in them is a secret: a mount is what they need.
"""

from __future__ import annotations

import re
from typing import Final

from ...regex import lazy
from ...rules import globs
from ..survey import Survey
from .makers import MAKERS
from .recipes import Recipe

#: Names, and the commands that read such a file.
_READERS: Final = (
    (".npmrc .yarnrc .yarnrc.yml bunfig.toml", MAKERS["node-install"].makes),
    ("auth.json", lazy(r"\bcomposer(?:\.phar)?\b[^\n;&|]*\b(?:install|update|require|create-project)\b")),
    (
        "nuget.config NuGet.Config NuGet.config",
        lazy(r"\bdotnet\b[^\n;&|]*\b(?:restore|publish|build|test)\b|\bnuget\b"),
    ),
    ("gradle.properties key.properties", lazy(r"\bgradlew?\b|\bflutter\s+build\b")),
    ("credentials.toml credentials", lazy(r"\bcargo\b")),
    (".sentryclirc .env.sentry-build-plugin sentry.properties", MAKERS["node-build"].makes),
    ("*.auto.tfvars terraform.tfvars", lazy(r"\bterraform\s+(?:plan|apply|validate)\b|\btofu\s+(?:plan|apply)\b")),
)
_FRONT_END: Final = MAKERS["node-build"].makes
_ENV: Final = lazy(r"(?m)^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=")
#: How variables begin that a front end builds into its pages.
_PUBLIC: Final = (
    "VITE_", "NEXT_PUBLIC_", "REACT_APP_", "VUE_APP_", "NUXT_PUBLIC_", "PUBLIC_", "GATSBY_", "EXPO_PUBLIC_", "NG_APP_",
    "STORYBOOK_", "NODE_ENV", "NODE_OPTIONS",
)  # fmt: skip


def reader(survey: Survey, recipes: tuple[Recipe, ...], path: str) -> str | None:
    """Who reads a private file in a stage that takes it; None: nobody that is known."""
    name = path.rpartition("/")[2]
    found = [commands for names, commands in _READERS if any(globs.matches(each, name) for each in names.split())]
    if name.startswith(".env") and _is_public(survey.tree.text(path)):
        found.append(_FRONT_END)
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
    return bool(names) and all(name.startswith(_PUBLIC) for name in names)
