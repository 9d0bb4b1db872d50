"""Points in time of bake files: read as RFC 3339, moved, and written as `formatdate` says."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from typing import Final

from ...regex import lazy
from .values import Unfit

_STAMP: Final = lazy(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_MONTHS: Final = "January February March April May June July August September October November December".split()
_DAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DURATION: Final = lazy(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def parsed(text: str) -> datetime:
    """The time that `text` gives. Raises `Unfit`."""
    found = _STAMP.fullmatch(text)
    if found is None:
        raise Unfit("not a valid RFC3339 timestamp")
    zone = UTC
    if found[7] != "Z":
        hours, minutes = int(found[7][1:3]), int(found[7][4:])
        offset = timedelta(hours=hours, minutes=minutes)
        if hours > 23 or minutes > 59:
            raise Unfit("not a valid RFC3339 timestamp")
        zone = timezone(-offset if found[7][0] == "-" else offset)
    try:
        year, month, day, hour, minute, second = (int(found[at]) for at in range(1, 7))
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError as problem:
        raise Unfit(f"not a valid RFC3339 timestamp: {problem}") from None


def of_seconds(seconds: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        raise Unfit("the time is out of bounds") from None


def moved(time: datetime, duration: str) -> datetime:
    """`time` and a duration as Go writes one. Raises `Unfit`."""
    sign, rest = (-1, duration[1:]) if duration.startswith("-") else (1, duration.removeprefix("+"))
    parts = _DURATION.findall(rest)
    if rest != "0" and (not parts or "".join(f"{number}{unit}" for number, unit in parts) != rest):
        raise Unfit("not a duration, as in 1h30m")
    try:
        return time + sign * timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))
    except OverflowError:
        raise Unfit("the time is out of bounds") from None


def text(time: datetime) -> str:
    """The time as RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + _zone(time, colon=True, letter=True)


def written(form: str, time: datetime) -> str:
    """The time as `form` says: runs of letters, text in single quotes. Raises `Unfit`."""
    out = []
    at = 0
    while at < len(form):
        if form[at] == "'":
            quoted = re.compile(r"'((?:[^']|'')*)'").match(form, at)
            if quoted is None:
                raise Unfit("a single quote that is not closed")
            out.append(quoted[1].replace("''", "'"))
            at = quoted.end()
            continue
        run = next("".join(same) for _, same in groupby(form[at:]))
        out.append(_verb(run, time) if run[0].isascii() and run[0].isalpha() else run)
        at += len(run)
    return "".join(out)


def _verb(run: str, time: datetime) -> str:
    known = {
        "YYYY": f"{time.year:04}",
        "YY": f"{time.year % 100:02}",
        "MMMM": _MONTHS[time.month - 1],
        "MMM": _MONTHS[time.month - 1][:3],
        "MM": f"{time.month:02}",
        "M": str(time.month),
        "DD": f"{time.day:02}",
        "D": str(time.day),
        "EEEE": _DAYS[time.weekday()],
        "EEE": _DAYS[time.weekday()][:3],
        "hh": f"{time.hour:02}",
        "h": str(time.hour),
        "HH": f"{(time.hour + 11) % 12 + 1:02}",
        "H": str((time.hour + 11) % 12 + 1),
        "AA": "AM" if time.hour < 12 else "PM",
        "aa": "am" if time.hour < 12 else "pm",
        "mm": f"{time.minute:02}",
        "m": str(time.minute),
        "ss": f"{time.second:02}",
        "s": str(time.second),
        "ZZZZZ": _zone(time, colon=True, letter=False),
        "ZZZZ": _zone(time, colon=False, letter=False),
        "ZZZ": "UTC" if not time.utcoffset() else _zone(time, colon=False, letter=False),
        "Z": _zone(time, colon=True, letter=True),
    }
    if run not in known:
        raise Unfit(f"no part of a date: {run[:20]}")
    return known[run]


def _zone(time: datetime, *, colon: bool, letter: bool) -> str:
    minutes = int((time.utcoffset() or timedelta()).total_seconds()) // 60
    if letter and not minutes:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{':' if colon else ''}{rest:02}"
