"""Private files that a tool reads by itself while it installs or builds: a registry's login, settings of a front end.

They are not excluded silently, although they hold secrets: they should be mounted instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...packages import catalog
from ...paths import join
from ...regex import lazy
from ..survey import Survey
from .recipe import Recipe

#: How files of keys are called.
_ENDING: Final = r"\.(?:key|pem|p12|pfx|jks|keystore|ppk|kdbx)"
_OF_SSH: Final = "id_(?:rsa|dsa|ecdsa|ed25519)"
KEYS: Final = lazy(rf".+{_ENDING}|{_OF_SSH}")
_KEY: Final = rf"([\w.-]+{_ENDING}|\b{_OF_SSH})\b".encode()
#: What a program or its settings are written in.
_WRITTEN: Final = tuple(
    ".js .mjs .cjs .ts .py .rb .php .go .rs .java .kt .scala .cs .ex .exs .c .cc .cpp .lua .sh .conf .cfg .cnf .ini "
    ".properties .yml .yaml .toml .json .xml .template .tmpl .j2 .env .config".split()
)
_MOST_FILES: Final = 10_000
_MOST_BYTES: Final = 1 << 18
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


def keys(survey: Survey) -> Iterator[tuple[str, str]]:
    """Names of files of keys, and of the directories in which some lie, that sources and settings have in them, each
    with a place that has it."""
    homes = {each.rpartition("/")[2] for each in survey.kept if any(map(KEYS.fullmatch, survey.tree.names(each)))}
    parts = [_KEY, *(rb"[\"'`/](" + re.escape(each).encode() + rb")[\"'`/]" for each in sorted(homes) if each)]
    pattern = re.compile(b"|".join(parts))
    left = _MOST_FILES
    for directory in survey.kept:
        for name in survey.tree.names(directory):
            if not name.endswith(_WRITTEN):
                continue
            path = join(directory, name)
            data = (survey.tree.read(path) or b"")[:_MOST_BYTES]
            for found in pattern.finditer(data):
                line = 1 + data.count(b"\n", 0, found.start())
                yield found[found.lastindex or 0].decode(errors="replace"), f"{path}:{line}"
            left -= 1
            if left < 0:
                return


def _is_public(text: str) -> bool:
    names = _ENV.findall(text)
    return bool(names) and all(name.startswith(catalog.PUBLIC) for name in names)
