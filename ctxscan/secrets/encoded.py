"""Text that is carried in base64, perhaps packed or encoded twice: settings in one variable, scripts of a machine's
first start, releases of a chart.

What was decoded is judged as text of its own and goes nowhere. Work is bounded: so many values a file, so many bytes of
each.
"""

from __future__ import annotations

import zlib
from typing import Final

from ..regex import compiled
from . import assignments, checksums, containers, logins, search
from .case import Case
from .commands import judge_commands
from .judgement import Strength
from .runs import Run
from .syntax.notations import reader, sniffed

#: No shorter value carries a name and a secret.
_LEAST: Final = 32
#: In one file, no more values are decoded than that, and of each no more bytes come out.
_MOST: Final = 64
_UNPACKED: Final = 1 << 16
_BASE64: Final = r"[A-Za-z0-9+/]{32,}={0,2}"
_PACKED: Final = b"\x1f\x8b\x08"


def judge_encoded_text(case: Case, found: tuple[Run, ...]) -> None:
    """Confirm every run that is base64 of a text in which there is a secret."""
    decoded = 0
    for start, end in case.spans_of(found):
        if end - start < _LEAST:
            continue
        # What stands before a sign is the name.
        value = case.text[start:end]
        bare = value.rstrip("=")
        cut = bare.rfind("=") + 1
        value = value[cut:]
        if len(value) < _LEAST or not _is_text_inside(value):
            continue
        text = _text(value)
        if text is None:
            continue
        decoded += 1
        if (severity := _weight(text)) is not None:
            reason = "a secret in base64-encoded text"
            case.confirm("assigned-secret", severity, value, start + cut, reason)
        if decoded >= _MOST or case.full:
            return


def _is_text_inside(value: str) -> bool:
    """Whether base64 begins as text does, or as what is packed: a quick look."""
    if compiled(_BASE64).fullmatch(value) is None:
        return False
    head = checksums.unbase64(value[:24])
    return head is not None and (head.startswith(_PACKED) or containers.is_text(head))


def _text(value: str) -> str | None:
    """What base64 says, unpacked, and decoded once more where it is base64 again; None: it is no text."""
    data = checksums.unbase64(value[: len(value) // 4 * 4] if len(value) >= 4096 else value)
    for _ in range(2):
        if data is None:
            return None
        if data.startswith(_PACKED):
            try:
                data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _UNPACKED)
            except zlib.error:
                return None
        bare = data.strip()
        if len(bare) < _LEAST or compiled(_BASE64).fullmatch(bare.decode("latin-1")) is None:
            break
        data = checksums.unbase64(bare.decode("latin-1"))
    if not data or not containers.is_text(data) or b"\0" in data:
        return None
    return data[:_UNPACKED].decode("utf-8", "replace")


def _weight(text: str) -> Strength | None:
    """What the heaviest secret in a text weighs, None: there is none."""
    inner = Case("", text.encode(errors="replace"), size=len(text))
    search.judge_every(inner)
    logins.judge_urls(inner, prose=False)
    for field in reader(sniffed(text))(text):
        assignments.judge_field(inner, field, "assigned-secret", Strength.HIGH)
    if text.startswith("#"):
        judge_commands(inner)
    found = [each.severity for each in inner.judgements(None) if each.verdict == "confirmed" and each.severity]
    return max(found, default=None)
