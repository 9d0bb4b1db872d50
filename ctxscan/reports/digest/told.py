"""A finding as reports show it: texts and place as seen from where the command was run."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ...facts import Scan
from ...findings import Finding, Severity
from .figures import readable
from .frames import Frame, frame
from .places import Place, place, seen_from_here


class Told(NamedTuple):
    """`finding` is the opinion itself, whose fields count for programs; the texts are those to show. `place` is its
    file, `line` the line there, `frame` that line itself where it explains an error."""

    finding: Finding
    code: str
    severity: Severity
    message: str
    why: str | None
    remedy: str | None
    place: Place
    line: int | None
    bytes: int
    reach: str | None
    frame: Frame | None = None

    @property
    def where(self) -> str | None:
        """`path:line` for people."""
        return _at(self.place.path, self.line)


def told(scan: Scan, findings: Iterable[Finding]) -> tuple[Told, ...]:
    """The findings of a build, in the order given."""
    paths = seen_from_here(scan)

    def seen(text: str) -> str:
        return readable(paths(text))

    return tuple(_told(scan, each, seen) for each in findings)


def _told(scan: Scan, each: Finding, seen: Callable[[str], str]) -> Told:
    return Told(
        each,
        each.code,
        each.severity,
        seen(each.message),
        each.why and seen(each.why),
        each.remedy and seen(each.remedy),
        place(scan, each),
        each.line,
        each.bytes,
        each.reach,
        frame(scan, each),
    )


def _at(path: str | None, line: int | None) -> str | None:
    return path if path is None or line is None else f"{path}:{line}"
