"""Commands that make things again: what was built or installed on a host is only waste if the image makes its own."""

import re
from typing import Final, NamedTuple

from ..regex import lazy

#: Commands behind which anything may be built.
ANY_BUILD: Final = (
    r"(?:\bmake\b|\bjust\b|\btask\b|\bninja\b|build\S*\.(?:sh|py|js|ts|mjs)|\bearthly\b|"
    r"\bbazel\b|\bmise\b|\./(?:build|bootstrap|compile|package)\S*)"
)


class Maker(NamedTuple):
    """`makes` is found in a command that makes the thing again, `uses` in one, in a CMD or in the name of a base
    image that has a use for it; without `uses` whoever takes it may use it."""

    makes: re.Pattern[str]
    uses: re.Pattern[str] | None


def maker(makes: str, uses: str | None = None) -> Maker:
    """A maker by the texts of its patterns."""
    return Maker(lazy(makes), None if uses is None else lazy(uses))
