"""The page about each finding: what it says, why it matters, an example, the fix, and when to allow it.

What a finding says is the docstring of its check; the rest is `pages/CODE.md` beside this module. The documentation,
`--rule`, and the help in SARIF show both as one page.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Final, NamedTuple

from ..config.settings import CODES
from ..errors import CtxscanError, nearest
from ..findings import Severity
from .catalog import CHECKS

_PAGES: Final = Path(__file__).parent / "pages"


class Page(NamedTuple):
    """`summary` is one paragraph, `details` none or some, `sections` the rest as Markdown, headings of level two. All
    three are without line breaks inside a paragraph but for the sections."""

    code: str
    severity: Severity
    summary: str
    details: tuple[str, ...]
    sections: str

    @property
    def markdown(self) -> str:
        """The whole page."""
        parts = (f"# {self.code}", f"**{self.severity}**: {self.summary}", *self.details, self.sections.strip())
        return "\n\n".join(part for part in parts if part) + "\n"


def codes() -> tuple[str, ...]:
    """Those of all findings there are, in alphabetical order."""
    return tuple(sorted({*CHECKS, *CODES}))


def page(code: str) -> Page:
    """The page about findings of this code. Raises `CtxscanError` if there is no such code."""
    if code in CHECKS:
        severity, doc = CHECKS[code].severity, CHECKS[code].doc
    elif code in CODES:
        severity, doc = CODES[code]
    else:
        raise CtxscanError(_unknown(code))
    paragraphs = [" ".join(each.split()) for each in re.split(r"\n\s*\n", inspect.cleandoc(doc)) if each.strip()]
    file = _PAGES / f"{code}.md"
    sections = file.read_text(encoding="utf-8") if file.is_file() else ""
    return Page(code, severity, paragraphs[0] if paragraphs else code, tuple(paragraphs[1:]), sections)


def _unknown(code: str) -> str:
    near = nearest(code, codes())
    return f"no finding has the code {code!r}" + (f"; did you mean {near}?" if near else f": {', '.join(codes())}")
