"""Regular expressions, compiled when they are first used.

Before everything else in the package. There are hundreds of them, most runs need a few, and importing compiles none.
"""

from __future__ import annotations

import re
from functools import cache


@cache
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern for text."""
    return re.compile(pattern, flags)


@cache
def compiled_bytes(pattern: bytes) -> re.Pattern[bytes]:
    """The pattern for raw content."""
    return re.compile(pattern)
