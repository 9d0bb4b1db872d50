"""The line that an error is about, with the part of it that is meant: as compilers show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ...facts import Scan

if TYPE_CHECKING:
    from ...findings import Finding

#: Columns of a line that is still shown: longer ones are data.
LONGEST = 300


class Frame(NamedTuple):
    """Line `number` of a file, its `text` without the blanks around it, and the `length` characters from `start` on
    that an error is about."""

    number: int
    text: str
    start: int
    length: int


def frame(scan: Scan, finding: Finding) -> Frame | None:
    """The source of an error in the Dockerfile or the ignore file; None for all else, and for whatever may show a
    secret or is not for quoting."""
    if finding.severity != "error" or finding.line is None or finding.code.startswith("secret-"):
        return None
    text = _line(scan, finding)
    if text is None or not text or len(text) > LONGEST:
        return None
    from ...secrets.redaction import redacted

    if redacted(text) != text:
        return None
    start, length = _meant(text, finding.message)
    return Frame(finding.line, text, start, length)


def _line(scan: Scan, finding: Finding) -> str | None:
    from ...builds.build import is_quotable

    build, ignored = scan.build, scan.ignored
    if finding.path == build.label and build.text is not None:
        data = build.text if is_quotable(build) else b""
    elif ignored is not None and finding.path == ignored.label:
        data = b"" if ignored.foreign else ignored.data
    else:
        return None
    lines = data.decode(errors="replace").splitlines()
    number = finding.line or 0
    return lines[number - 1].strip() if 0 < number <= len(lines) else None


def _meant(text: str, message: str) -> tuple[int, int]:
    """The first word of the line, behind the instruction, that the message names; else the whole line."""
    said = set(re.findall(r"[^\s:,;()'\"]+", message))
    for match in re.finditer(r"[^\s\[\]\",]+", text):
        word = match[0]
        if match.start() and not word.isupper() and (word in said or word.strip("/") in said):
            return match.start(), len(word)
    return 0, len(text)
