"""What git tracks and nobody leaves out unasked: the words with which somebody consents to it."""

from __future__ import annotations

from typing import Final

CONSENTS: Final = ("tests", "docs", "samples")
