"""Whether a secret that has the fingerprint of another one is the same: a fingerprint says nothing of the value, so
what stands in the files of both has to be compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..findings import Finding

if TYPE_CHECKING:
    from ..builds.build import Build

#: Larger files are compared by nobody, so that a secret in one is another.
MOST_BYTES: Final = 64 << 20
#: Lines from the one of a finding on that are compared where the first alone says nothing of a key.
_LINES: Final = 3
_HEADER: Final = b"-----BEGIN"


class _File:
    """The content of a file, its lines, and which lines there are."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.lines = data.splitlines()
        self.known = frozenset(self.lines)


class Secrets:
    """Tells whether secrets of two trees are the same; each file is read once."""

    def __init__(self) -> None:
        self._files: dict[Path, _File | None] = {}

    def are_same(self, finding: Finding, now: Build, then: Build) -> bool:
        """Whether the place of a finding in one build held the same in another one: the file as it is, or the same line
        somewhere in it; of a Dockerfile the same instruction."""
        if finding.path == now.label and finding.context is None:
            return _instruction(now, finding.line) is not None and _instruction(now, finding.line) in _instructions(
                then
            )
        one, other = (self._file(build, finding) for build in (now, then))
        if one is None or other is None:
            return False
        if one.data == other.data:
            return True
        at = (finding.line or 0) - 1
        if not 0 <= at < len(one.lines) or one.lines[at] not in other.known or not one.lines[at].strip():
            return False
        if _HEADER not in one.lines[at]:
            return True
        wanted = one.lines[at : at + _LINES]
        return all(each in other.known for each in wanted)

    def _file(self, build: Build, finding: Finding) -> _File | None:
        place = _place(build, finding)
        if place is None:
            return None
        if place not in self._files:
            data = _content(place)
            self._files[place] = None if data is None else _File(data)
        return self._files[place]


def _place(build: Build, finding: Finding) -> Path | None:
    root: Path | None = build.context
    path = finding.path or ""
    if finding.context is not None:
        root = build.contexts.get(finding.context)
        path = path[len(finding.context) + 1 :]
    return None if root is None or not path else root / path


def _content(place: Path) -> bytes | None:
    """The bytes of a file; None: they cannot be read."""
    try:
        if place.is_symlink() or not place.is_file():
            return None
        with place.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= MOST_BYTES else None


def _instruction(build: Build, line: int | None) -> str | None:
    """The instruction in which a line of the Dockerfile stands, with its heredocs."""
    return next((text for first, last, text in _all(build) if line is not None and first <= line <= last), None)


def _instructions(build: Build) -> set[str]:
    return {text for _, _, text in _all(build)}


def _all(build: Build) -> list[tuple[int, int, str]]:
    parsed = build.parsed
    if parsed is None:
        return []
    every = [*parsed.arguments, *(each for stage in parsed.sections for each in (stage.start, *stage.instructions))]
    return [(each.line, each.end_line, "\0".join((each.text, *(one.text for one in each.heredocs)))) for each in every]
