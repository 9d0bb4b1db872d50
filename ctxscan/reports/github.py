"""Workflow commands: each finding becomes an annotation at its file and line in a pull request.

The runner looks for commands in everything that a step prints, so what is printed is commands and nothing else, and a
name from the tree cannot end one or begin another: line ends, `%`, and in properties `:` and `,`, are encoded as the
runner decodes them, and control characters were made visible before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..printable import shown
from .digest.digest import Digest
from .digest.told import Told
from .formats import Look

_COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}


def render(digests: Sequence[Digest], look: Look) -> str:
    """One line for each finding, worst first in each build, and one that counts what is suppressed."""
    lines = [_command(each) for digest in digests for each in digest.findings or ()]
    lines += [_suppressed(digest) for digest in digests if digest.suppressed]
    # Builds with a context in common have findings in common.
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def _command(finding: Told) -> str:
    where = finding.place.hosted
    properties = {} if where is None else {"file": shown(where)}
    if where is not None and finding.line is not None:
        properties["line"] = str(finding.line)
    properties["title"] = f"ctxscan: {finding.code}"
    said = [shown(finding.message)]
    said += [f"why: {shown(finding.why)}"] if finding.why else []
    said += [f"fix: {shown(finding.remedy)}"] if finding.remedy else []
    pairs = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {pairs}::{_data(chr(10).join(said))}"


def _suppressed(digest: Digest) -> str:
    listed = ", ".join(f"{count} {code} ({key})" for code, key, count in digest.suppressed)
    return f"::notice title=ctxscan%3A suppressed::Suppressed: {listed}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
