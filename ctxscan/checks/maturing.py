"""What will be in a context once somebody has worked in it: what tools make beside sources, and a rule leaves there."""

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from ..rules.ignorefile import Rule
from .reading import Reading

#: What each tool makes, by the endings of the names beside which it does.
_MADE_BESIDE: Final = {
    "node_modules": ("package.json",),
    "__pycache__": (".py",),
    "*.pyc": (".py",),
    "bin": (".csproj", ".fsproj", ".vbproj"),
    "obj": (".csproj", ".fsproj", ".vbproj"),
}
#: What stands for such a file in a name.
_STANDS_FOR: Final = {"*.pyc": "__pycache__/app.cpython.pyc"}
#: Levels of the context and directories that are looked at.
_DEEPEST: Final = 4
_MOST_DIRECTORIES: Final = 200


def coming(reading: Reading, rules: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    """The rules for what tools make that no rule takes out where they make it, each with the first such place."""
    made = dict.fromkeys(("", *_MADE_BESIDE), "")
    wanted = [rule for rule in rules if _kind(rule) is not None]
    for directory, names in _directories(reading) if wanted else ():
        for kind, endings in _MADE_BESIDE.items():
            if not made[kind] and directory and any(name.endswith(endings) for name in names):
                place = posixpath.join(directory, _STANDS_FOR.get(kind, kind))
                if not reading.scan.rules.gone(place) and reading.sent.kind(directory) == "dir":
                    made[kind] = place
    for rule in wanted:
        if place := made[_kind(rule) or ""]:
            yield rule, place


def _kind(rule: Rule) -> str | None:
    """What a rule for one level excludes there; None: it is for something else, or for every level."""
    name = rule.pattern.text
    above, _, last = name.rpartition("/")
    if rule.pattern.negated or rule.text.startswith("/") or above.strip("*/") or "**" in above:
        return None
    return last if last in _MADE_BESIDE else None


def _directories(reading: Reading) -> Iterator[tuple[str, tuple[str, ...]]]:
    todo = [("", 0)]
    for _ in range(_MOST_DIRECTORIES):
        if not todo:
            return
        here, depth = todo.pop(0)
        names = reading.names(here)
        yield here, names
        for name in names if depth < _DEEPEST else ():
            path = posixpath.join(here, name)
            if name not in _MADE_BESIDE and reading.sent.kind(path) == "dir":
                todo.append((path, depth + 1))
