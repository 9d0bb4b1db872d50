"""What git knows of the context: which paths it tracks, and which it ignores.

Beside `junk`, after `git` and `matcher`. What git tracks is source until proved otherwise; what it ignores was made by
a tool or is private. Git itself is asked for the first, once; without a repository, or without git, nothing is known
and whoever asks has to be more careful. The ignore lists are read here, by the one matching primitive, so that they
count without git too. No file outside the context is read here.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable
from typing import Final

from ..rules.builders import CLASSIC
from ..rules.grammars import DockerPattern, IgnorePattern, PatternProblem
from ..rules.matcher import Matcher
from .command import ask, repository

#: Longer than this git may not take.
SECONDS: Final = 20
#: Ignore lists are short; what is longer is none.
MOST_BYTES: Final = 1 << 20
#: A file above counts for what lies below, unlike in the rules of a build: the last match wins at every level.
_LAST_MATCH: Final = CLASSIC._replace(carries="every", checks_first=False, sends_own_files=False)


class Tracked:
    """The paths that git tracks in a context. `known` is False where there is nothing to ask: then all that is asked is
    answered with "no"."""

    def __init__(self, paths: list[bytes] | None) -> None:
        self.known = paths is not None
        self._paths = paths or []

    def file(self, path: str) -> bool:
        """Whether `path` is tracked itself, or lies in a submodule."""
        raw = os.fsencode(path)
        while raw:
            at = bisect_left(self._paths, raw)
            if at < len(self._paths) and self._paths[at] == raw:
                return True
            raw = raw.rpartition(b"/")[0]
        return False

    def below(self, path: str) -> bool:
        """Whether anything in the directory `path` is tracked, or it lies in a submodule."""
        return self._first_below(path) is not None or self.file(path)

    def within(self, path: str, most: int) -> list[str] | None:
        """The tracked paths in the directory `path`; None: more than `most`."""
        at = self._first_below(path)
        found: list[str] = []
        if at is None:
            return found
        start = os.fsencode(path) + b"/" if path else b""
        for raw in self._paths[at : at + most + 1]:
            if not raw.startswith(start):
                break
            found.append(os.fsdecode(raw))
        return found if len(found) <= most else None

    def _first_below(self, path: str) -> int | None:
        start = os.fsencode(path) + b"/" if path else b""
        at = bisect_left(self._paths, start)
        return at if at < len(self._paths) and self._paths[at].startswith(start) else None


def tracked(context: str) -> Tracked:
    """Ask git, once. Unknown where there is no repository, no git, no permission, or no answer in time."""
    root = repository(context)
    if root is None:
        return Tracked(None)
    said = ask(root, context, "ls-files", "-z", "--cached", seconds=SECONDS)
    if said is None:
        return Tracked(None)
    # A repository without a commit tells nothing yet.
    return Tracked(sorted(set(filter(None, said.split(b"\0")))) or None)


class Ignored:
    """The `.gitignore` files of a context, read as they are asked for. `read` gives the bytes of a path of the context,
    None if there is no such file."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._lists: dict[str, Matcher | None] = {}
        self._directories: dict[str, bool] = {}

    def __call__(self, path: str, *, directory: bool) -> bool:
        """Whether git would ignore `path` if it is not tracked."""
        if directory:
            return self._directory(path)
        above = path.rpartition("/")[0]
        # Once a directory is ignored nothing in it can be brought back.
        return (bool(above) and self._directory(above)) or self._decided(path, False)

    def _directory(self, path: str) -> bool:
        known = self._directories.get(path)
        if known is None:
            above = path.rpartition("/")[0]
            known = (bool(above) and self._directory(above)) or self._decided(path, True)
            self._directories[path] = known
        return known

    def _decided(self, path: str, directory: bool) -> bool:
        """The nearest list with a word on `path` decides."""
        above = path
        while above:
            above = above.rpartition("/")[0]
            rules = self._list(above, directory)
            if rules is None:
                continue
            verdict = rules.decide(path[len(above) + 1 :] if above else path)
            if verdict.rule >= 0:
                return verdict.excluded
        exclude = self._list(".git/info", directory)
        return exclude is not None and exclude.decide(path).excluded

    def _list(self, above: str, directory: bool) -> Matcher | None:
        key = f"{above}:{directory}"
        if key not in self._lists:
            name = "exclude" if above == ".git/info" else ".gitignore"
            data = self._read(f"{above}/{name}" if above else name)
            patterns = _patterns(data[:MOST_BYTES], directory) if data else ()
            self._lists[key] = Matcher(patterns, _LAST_MATCH) if patterns else None
        return self._lists[key]


def _patterns(data: bytes, directory: bool) -> tuple[IgnorePattern, ...]:
    """The lines of a `.gitignore` in the grammar of ignore files; those for directories alone only if `directory`."""
    out = []
    for raw in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:5000]:
        line = raw.rstrip(b"\r").decode(errors="surrogateescape")
        if line.startswith("#"):
            continue
        line = line.rstrip(" ") if not line.endswith("\\ ") else line
        negated = line.startswith("!")
        text = line[negated:].removeprefix("\\") if line[negated:].startswith(("\\#", "\\!")) else line[negated:]
        if text.endswith("/") and not directory:
            continue
        text = text.rstrip("/").replace("[!", "[^")
        if not text:
            continue
        anchored = "/" in text
        text = text.lstrip("/") if anchored else f"**/{text}"
        try:
            pattern = DockerPattern.loaded("!" * negated + text)
        except PatternProblem:
            continue
        if pattern.include is not None and not pattern.problem:
            out.append(pattern)
    return tuple(out)
