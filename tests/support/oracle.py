"""Slow, literal evaluators: the rules as they are written down, one pattern after the other, nothing shared or skipped.

They know nothing of the package but the texts of patterns. Expressions are handed to Python's `re`, which agrees with
Go's on the constructs that the tests generate; the package itself never does that.
"""

from __future__ import annotations

import re
from functools import cache

_POSIX = {"[:alpha:]": "A-Za-z", "[:digit:]": "0-9", "[:^digit:]": "\\D", "[:upper:]": "A-Z", "[:alnum:]": "0-9A-Za-z"}


class Refused(Exception):
    """The pattern cannot be compared."""


@cache
def compiled(expression: str) -> re.Pattern[str]:
    for name, members in _POSIX.items():
        expression = expression.replace(name, members)
    expression = expression.replace(r"\z", r"\Z")
    expression = re.sub(r"\$$", r"\\Z", expression)
    try:
        return re.compile(expression, re.ASCII)
    except re.error:
        raise Refused(expression) from None


def docker_match(pattern: str, path: str) -> bool:
    """Whether a pattern of BuildKit and new Docker clients matches this very path."""
    expression, kind, rest = "^", "exact", pattern
    while rest:
        first = rest == pattern
        if rest.startswith("**"):
            rest = rest[2:].removeprefix("/")
            if not rest and kind == "exact":
                kind = "prefix"
            elif not rest:
                expression, kind = expression + ".*", "regex"
            else:
                expression, kind = expression + "(.*/)?", "regex"
            if first:
                kind = "suffix"
        elif rest[0] == "*":
            expression, kind, rest = expression + "[^/]*", "regex", rest[1:]
        elif rest[0] == "?":
            expression, kind, rest = expression + "[^/]", "regex", rest[1:]
        elif rest[0] in ".+()$":
            expression, rest = expression + "\\" + rest[0], rest[1:]
        elif rest[0] == "\\":
            expression, kind, rest = expression + rest[:2], "regex", rest[2:]
        elif rest[0] in "[]":
            expression, kind, rest = expression + rest[0], "regex", rest[1:]
        else:
            expression, rest = expression + rest[0], rest[1:]
    if kind == "exact":
        return path == pattern
    if kind == "prefix":
        return path.startswith(pattern[:-2])
    if kind == "suffix":
        end = pattern[2:]
        return path.endswith(end) or (end.startswith("/") and path == end[1:])
    return compiled(expression + "$").search(path) is not None


def buildah_match(pattern: str, path: str) -> bool:
    expression, rest = "^", pattern
    while rest:
        if rest.startswith("**"):
            rest = rest[2:].removeprefix("/")
            expression += "(.*/)?" if rest else ".*"
        elif rest[0] == "*":
            expression, rest = expression + "[^/]*", rest[1:]
        elif rest[0] == "?":
            expression, rest = expression + "[^/]", rest[1:]
        elif rest[0] in ".$":
            expression, rest = expression + "\\" + rest[0], rest[1:]
        elif rest[0] == "\\":
            expression, rest = expression + rest[:2], rest[2:]
        else:
            expression, rest = expression + rest[0], rest[1:]
    return compiled(expression + "$").search(path) is not None


def parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def docker_fate(rules: list[tuple[bool, str]], path: str) -> bool:
    """Whether the walk excludes `path`. `rules` are (negated, pattern) in order."""
    vector = [False] * len(rules)
    for each in [*parents(path), path]:
        excluded, hits = False, []
        for (negated, pattern), inherited in zip(rules, vector, strict=True):
            hit = inherited or (negated == excluded and docker_match(pattern, each))
            if hit:
                excluded = not negated
            hits.append(hit)
        vector = hits
    return excluded


def docker_second_look(rules: list[tuple[bool, str]], path: str) -> bool:
    excluded = False
    for negated, pattern in rules:
        if negated == excluded and any(docker_match(pattern, each) for each in [path, *parents(path)]):
            excluded = not negated
    return excluded


def buildah_fate(rules: list[tuple[bool, str]], path: str) -> bool:
    """The last rule that matches the path or a directory above it."""
    excluded = False
    for negated, pattern in rules:
        hits = [buildah_match(pattern, each) for each in [path, *parents(path)]]  # all, so that a broken one tells
        if any(hits):
            excluded = not negated
    return excluded
