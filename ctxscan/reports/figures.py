"""Sizes as people read them, in the units of the builders: the same in every report."""

from __future__ import annotations

from humanize import intcomma, naturalsize


def amount(size: int, *, exact: bool = False) -> str:
    """`size` bytes in powers of 1000, or all digits of it."""
    if exact:
        return f"{intcomma(size)} B"
    return naturalsize(size, format="%.1f").replace(" Bytes", " B").replace(" Byte", " B")
