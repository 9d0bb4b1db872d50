"""Sizes, counts and shares as people read them: the same in every report.

Sizes are in powers of 1000, as the builders print them. A share is rounded toward what it says the least: what leaves
something behind is never 100%.
"""

from math import floor
from typing import Final, NamedTuple

from ...facts import Scan, Size, Sizes
from ...regex import lazy

_BYTES: Final = lazy(r"(?<![\w.])(\d[\d,]{0,18}) bytes?\b")


def amount(size: int, *, exact: bool = False) -> str:
    """`size` bytes with one digit after the point, or all digits of it."""
    if exact:
        return f"{size:,} B"
    from humanize import naturalsize  # a report of plain data needs none of it

    return naturalsize(size, format="%.1f").replace(" Bytes", " B").replace(" Byte", " B")


def count(number: int, what: str) -> str:
    """`1 file`, `2 files`, `1,000 files`; of `entry|entries` the second where there is not one."""
    one, _, many = what.partition("|")
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def share(part: int, whole: int) -> str:
    """`part` of `whole` in percent: what is there is at least `<1%`, and what is not all of it at most `>99%`."""
    if not whole or not part:
        return "0%"
    percent = round(100 * part / whole)
    return "<1%" if not percent else ">99%" if percent >= 100 and part < whole else f"{percent}%"


def readable(text: str) -> str:
    """A sentence with its sizes as everywhere: `23941 bytes` is `23.9 kB`."""
    return _BYTES.sub(lambda match: amount(int(match[1].replace(",", ""))), text) if " bytes" in text else text


class Figure(NamedTuple):
    """One of the numbers of a build. `name` is `context`, `transfer`, `image` or `possible`; `after` is the size with
    the proven rules in place, None if there are none to add."""

    name: str
    what: str
    now: Size
    after: Size | None


class Saving(NamedTuple):
    """What the proven rules change: the transfer, or the context where nothing is sent. Sizes are in bytes."""

    name: str
    before: int
    after: int

    def words(self, *, exact: bool = False) -> str:
        """How much less it is: `92.3% less`, `58 B more`."""
        less = self.before - self.after
        # Rounded down: what leaves something behind is not 100% less.
        tenths = floor(1000 * less / self.before) if self.before > 0 else 0
        if tenths >= 1:
            return f"{tenths / 10:.1f}% less" if tenths < 1000 else "100% less"
        if less == 0:
            return "the same size"
        return f"{amount(abs(less), exact=exact)} {'less' if less > 0 else 'more'}"


def figures(scan: Scan, after: Sizes | None) -> tuple[Figure, ...]:
    """The numbers that are known: without a Dockerfile the context alone, without a transfer no such number."""
    now = scan.sizes
    rows = [Figure("context", "kept by the rules", now.context, after and after.context)]
    if scan.plan is not None and scan.build.builder.figure is not None:
        rows.append(Figure("transfer", "sent to the builder", now.transfer, after and after.transfer))
    if scan.plan is not None:
        rows.append(Figure("image", "in a layer of the image", now.image, after and after.image))
        if now.possible.files or (after is not None and after.possible.files):
            what = "possibly: depends on a RUN command"
            rows.append(Figure("possible", what, now.possible, after and after.possible))
    return tuple(rows)


def saving(rows: tuple[Figure, ...]) -> Saving | None:
    """What counts of the numbers: what is sent, where anything is. None: there are no rules to add."""
    chosen = next((each for each in rows if each.name == "transfer"), rows[0])
    return None if chosen.after is None else Saving(chosen.name, chosen.now.bytes, chosen.after.bytes)


def duration(seconds: float) -> str:
    """`45.2 s`, `3 min 5 s`, `1 h 47 min`: what one wants to know of it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = int(seconds / 60)
    if minutes < 60:
        rest = int(seconds - 60 * minutes)
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")
