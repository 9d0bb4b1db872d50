"""What a script does for one value of its first argument: the arms of `case "$1"` that others take, left out."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Final

from ..regex import lazy

#: A choice by a parameter, and what else begins or ends one, or an arm.
_CASE: Final = lazy(r"(?m)(?:^|[;&|]|\b(?:then|else|do))[ \t]*case[ \t]+(\S+)[ \t]+in\b")
_PARTS: Final = lazy(r"(?m)(?:^|[;&|]|\b(?:then|else|do))[ \t]*case[ \t][^\n]*?[ \t]in\b|;;&?|;&|(?:^|[;\s])esac\b")
#: The first argument, and perhaps what stands in for it.
_FIRST: Final = lazy(r"\"?\$(?:1|\{1(?::?-([^}]*))?\})\"?")
_NAMED: Final = lazy(r"(?m)^[ \t]*(?:local[ \t]+|export[ \t]+|readonly[ \t]+)?(\w+)=(\"?\$(?:1|\{1[^}]*\})\"?)[ \t]*$")
#: What makes another word the first one.
_MOVES: Final = lazy(r"(?m)^[ \t]*(?:shift\b|set[ \t]+--)")
_LABEL: Final = lazy(r"\s*(?:#[^\n]*\n\s*)*\(?([^()\n]+?)\)")


def taken(script: str, argument: str) -> str:
    """A script without the arms of its choices that it does not take when it is started with this first argument; its
    lines stay where they are. A choice that cannot be followed is left as it is."""
    found = _CASE.search(script)
    while found is not None:
        word = _word(script[: found.start()], found[1], argument)
        end = found.end()
        if word is not None and (arms := _arms(script, end)) is not None:
            kept = next((arm for arm in arms if _takes(script[slice(*arm)], word)), None)
            for start, stop in arms:
                if (start, stop) != kept:
                    blank = re.sub(r"[^\n]", " ", script[start:stop])
                    script = script[:start] + blank + script[stop:]
        found = _CASE.search(script, end)
    return script


def _word(before: str, said: str, argument: str) -> str | None:
    """What a choice goes by, if that is the first argument."""
    if _MOVES.search(before):
        return None
    name = said.strip('"').removeprefix("$").strip("{}")
    said = dict(_NAMED.findall(before)).get(name, said)
    first = _FIRST.fullmatch(said)
    return None if first is None else argument or first[1] or ""


def _arms(script: str, start: int) -> list[tuple[int, int]] | None:
    """Where the arms of a choice begin and end; None: it has no end."""
    depth, arms = 1, list[tuple[int, int]]()
    for found in _PARTS.finditer(script, start):
        if "case" in found[0]:
            depth += 1
        elif "esac" in found[0]:
            depth -= 1
            if not depth:
                return [*arms, (start, found.start())]
        elif depth == 1:
            arms.append((start, found.start()))
            start = found.end()
    return None


def _takes(arm: str, word: str) -> bool:
    label = _LABEL.match(arm)
    patterns = label[1].split("|") if label is not None else []
    return any(fnmatchcase(word, re.sub(r"[\"'\\]", "", each.strip())) for each in patterns)
