"""The automatic variables of make: what `$@`, `$<`, `$*` and their directories stand for in the recipe of a rule."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import Final

from ...paths import is_fixture
from ...regex import lazy
from ..names import is_vendored
from ..project import Project
from .mention import HOLE

#: The files that the stem of one pattern rule may stand for.
MAX_STEMS: Final = 64
_RULE: Final = lazy(r"^([^\s#:=][^#:=]*?)[ \t]*::?(?!=)[ \t]*([^=\n]*)$")
_AUTOMATIC: Final = lazy(r"\$([@<*])|\$\(([@<*])([DF]?)\)|\$\{([@<*])([DF]?)\}")


def with_automatic(text: str, own: str, project: Project, values: dict[str, list[str]]) -> str:
    """A Makefile that is run in `own`, with as many lines, and in its recipes what the rule says in place of automatic
    variables. The stems of pattern rules are variables, whose values are added to `values`."""
    if _AUTOMATIC.search(text) is None:
        return text
    lines: list[str] = []
    bound: dict[str, str] = {}
    for line in text.split("\n"):
        if line.startswith("\t"):
            lines.append(_AUTOMATIC.sub(partial(_value, bound=bound), line))
            continue
        lines.append(line)
        match = _RULE.match(line)
        if match is not None:
            bound = _bound(match[1], match[2].rstrip("\\").partition("|")[0], own, project, values)
    return "\n".join(lines)


def _bound(target: str, needed: str, own: str, project: Project, values: dict[str, list[str]]) -> dict[str, str]:
    """What `@`, `<` and `*` are in the recipe of a rule."""
    words = needed.split()
    if len(target.split()) != 1 or target.count("(") != target.count(")"):
        return {}
    stem = ""
    if "%" in target:
        stem = f"{HOLE}stem{HOLE}"
        stems = _stems(words, own, project)
        if stems:
            name = f"make.stem.{len(values)}"
            values[name] = stems
            stem = f"$({name})"
    first = words[0] if words and words[0].count("(") == words[0].count(")") else ""
    found = {"@": target.replace("%", stem), "<": first.replace("%", stem), "*": stem}
    return {name: value for name, value in found.items() if value}


def _stems(words: list[str], own: str, project: Project) -> list[str]:
    """The stems for which there is a file that a pattern rule needs."""
    for word in words:
        if word.count("%") != 1 or "$" in word:
            continue
        before, after = (re.escape(part) for part in posixpath.join(own, word).split("%"))
        expression = re.compile(f"{before}(.+){after}")
        found = [
            match[1]
            for path in project.files
            if (match := expression.fullmatch(path)) and not is_vendored(path) and not is_fixture(path)
        ]
        if found:
            return found[:MAX_STEMS]
    return []


def _value(match: re.Match[str], bound: dict[str, str]) -> str:
    name = match[1] or match[2] or match[4]
    part = match[3] or match[5] or ""
    value = bound.get(name)
    if value is None:
        return match[0]
    if part == "D":
        return posixpath.dirname(value) or "."
    return posixpath.basename(value) if part == "F" else value
