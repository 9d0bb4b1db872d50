"""Regular expressions, compiled when they are first used.

There are hundreds of them, and a run needs a few: importing a module compiles none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast


@cache
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern for text."""
    return re.compile(pattern, flags)


@cache
def compiled_bytes(pattern: bytes) -> re.Pattern[bytes]:
    """The pattern for raw content."""
    return re.compile(pattern)


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern for text that is not compiled yet, to be kept in a module."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        value = getattr(compiled(*self._source), name)
        setattr(self, name, value)
        return value
