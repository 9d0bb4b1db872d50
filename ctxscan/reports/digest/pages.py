"""Where the page about a finding is: one for each code, in `docs/rules`."""

from __future__ import annotations

from typing import Final

#: What a page's address begins with.
PAGES: Final = "https://github.com/ctxscan/ctxscan/blob/main/docs/rules"


def page_of(code: str) -> str:
    """The address of the page about findings of this code."""
    return f"{PAGES}/{code}.md"
