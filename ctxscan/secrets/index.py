"""The table of names, by what can be looked up: which rows speak of a file.

Most names are only asked how they begin and end; what that lets pass is held against globs, as plain text. No glob is
compiled but the few that are more than text and `*`, and those when a name comes near them.
"""

import re
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from ..regex import compiled
from .names import ROWS
from .row import SecretRow

#: A glob, and the number of its row.
SuffixGlob: TypeAlias = tuple[str, int]

#: So much of the start of a name is looked up, or of its end where a glob says less of the start.
HEAD: Final = 4
TAIL: Final = 3


class Group(NamedTuple):
    """Globs of names that end alike, or begin alike. What ends in one of `ends` fits; what begins with one of `starts`
    may fit one of `begun`; the other globs stand behind a part of the name that they want, in `parts`."""

    globs: tuple[SuffixGlob, ...]
    ends: tuple[str, ...]
    starts: tuple[str, ...]
    begun: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]


class Folder(NamedTuple):
    """Where any name may fit: an expression for the path of the directory, and the glob for that of a file."""

    path: str
    glob: SuffixGlob


class NameIndex(NamedTuple):
    """Globs by what is looked up: in `exact` the whole name, in `tails` and `heads` its end and its start, in `folders`
    a word that is in the path of each such directory. `vague` are the tails that have more than `ends`."""

    exact: dict[str, list[SuffixGlob]]
    tails: dict[str, Group]
    vague: frozenset[str]
    heads: dict[str, Group]
    folders: dict[str, list[Folder]]


@cache
def index() -> NameIndex:
    """The whole table."""
    exact: dict[str, list[SuffixGlob]] = {}
    tails: dict[str, list[SuffixGlob]] = {}
    heads: dict[str, list[SuffixGlob]] = {}
    folders: dict[str, list[Folder]] = {}
    for number, row in enumerate(ROWS):
        for glob in row.globs.split():
            above, slash, last = glob.rpartition("/")
            if not _is_wild(last):
                exact.setdefault(last, []).append((glob, number))
            elif slash:
                path = f"/{translated(above)}/" + ("" if last == "**" else r"\Z")
                word = [word for word in words(above) if not _is_wild(word)][-1]
                folders.setdefault(word, []).append(Folder(path, (glob, number)))
            elif len(start := _start(glob)) >= HEAD:
                heads.setdefault(start[:HEAD], []).append((glob, number))
            else:
                end = _end(glob)
                tails.setdefault(end[-TAIL:], []).append((glob, number))
                if glob == f"*{end}" and end.rfind(".") == 0:  # some are called by their ending alone: `env`, `key`
                    exact.setdefault(end[1:], []).append((end[1:], number))
    groups = {tail: _group(globs) for tail, globs in tails.items()}
    vague = frozenset(tail for tail, group in groups.items() if group.begun or group.parts)
    return NameIndex(exact, groups, vague, {head: _group(globs) for head, globs in heads.items()}, folders)


def _group(globs: list[SuffixGlob]) -> Group:
    ends, begun, parts = [], [], []
    for glob, _ in globs:
        if _start(glob):
            begun.append(glob)
        elif not _is_wild(glob[1:]):
            ends.append(glob[1:])
        else:
            parts.append((_start(glob[1:]), glob))
    return Group(tuple(globs), tuple(ends), tuple(map(_start, begun)), tuple(begun), tuple(parts))


def words(folder: str) -> list[str]:
    """What the names in a path consist of."""
    return folder.replace(".", "/").split("/")


def is_in(group: Group, name: str) -> bool:
    """Whether a name in lower case fits a glob of a group."""
    if name.endswith(group.ends):
        return True
    if name.startswith(group.starts) and any(fits(glob, name) for glob in group.begun):
        return True
    for part, glob in group.parts:  # noqa: SIM110  (half of all names with an end come here)
        if part in name and fits(glob, name):
            return True
    return False


def folders_of(path: str) -> tuple[SuffixGlob, ...]:
    """The globs that count in a directory, by its path in lower case with a slash at the end."""
    folders = index().folders
    near = [folder for word in folders.keys() & set(words(path)) for folder in folders[word]]
    if any(compiled(folder.path).search(f"/{path}") for folder in near):
        return tuple(folder.glob for folder in near)
    return ()


def rows_of(path: str, inside: tuple[SuffixGlob, ...]) -> tuple[SecretRow, ...]:
    """The rows for a path in lower case, in the order of the table; `inside` are the globs of its directory."""
    name = path[path.rfind("/") + 1 :]
    exact, tails, _, heads, _ = index()
    globs = [*exact.get(name, ()), *inside]
    for group in (tails.get(name[-TAIL:]), heads.get(name[:HEAD])):
        if group is not None and is_in(group, name):
            globs += group.globs
    if not globs:
        return ()
    return tuple(ROWS[number] for number in sorted({number for glob, number in globs if fits(glob, path)}))


# ---- globs ---------------------------------------------------------------------------------------------------------


def fits(glob: str, path: str) -> bool:
    """Whether a path in lower case ends as a glob says."""
    if "**" in glob or "[" in glob or "?" in glob:
        return _path(glob).search(f"/{path}") is not None
    depth = glob.count("/")
    if not depth:
        return _fits(glob, path[path.rfind("/") + 1 :])
    parts = path.rsplit("/", depth + 1)[-depth - 1 :]
    return len(parts) > depth and all(map(_fits, glob.split("/"), parts))


def _fits(glob: str, name: str) -> bool:
    """Whether a name is what a glob says in which nothing but `*` is special."""
    first, *others = glob.split("*")
    if not others:
        return name == glob
    last = others.pop()
    if not (name.startswith(first) and name.endswith(last)):
        return False
    at, end = len(first), len(name) - len(last)
    for part in others:
        if (found := name.find(part, at, end)) < 0:
            return False
        at = found + len(part)
    return at <= end


@cache
def _path(glob: str) -> re.Pattern[str]:
    """A path that ends as a glob says, with a slash in front."""
    return compiled(f"/{translated(glob)}\\Z")


def translated(glob: str) -> str:
    """A glob of the table as a regular expression: `**/` is any directories or none, `*` stays within a component."""
    out = ""
    at = 0
    while at < len(glob):
        if glob.startswith("**/", at):
            out, at = out + "(?:[^/]*/)*", at + 3
        elif glob.startswith("**", at):
            out, at = out + ".+", at + 2
        elif glob[at] == "[":
            end = glob.index("]", at)
            out, at = out + glob[at : end + 1], end + 1
        else:
            out += {"*": "[^/]*", "?": "[^/]"}.get(glob[at], re.escape(glob[at]))
            at += 1
    return out


def _is_wild(glob: str) -> bool:
    return not {"*", "?", "["}.isdisjoint(glob)


def _start(glob: str) -> str:
    """What comes before anything wild."""
    return glob.partition("*")[0].partition("?")[0].partition("[")[0]


def _end(glob: str) -> str:
    """What comes after it."""
    return glob.rpartition("*")[2].rpartition("?")[2].rpartition("]")[2]
