"""Runs of characters in which letters and digits mix, or small letters and capitals: what most secrets are, few words.

The text is masked, every character to one byte for its kind, so that a literal search finds all of them, ten times as
fast as an expression that looks at the text itself.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ..regex import compiled_bytes


def _mask(sign: str = "") -> bytes:
    """Digits become `0`, small letters `a`, capitals `A`, quotes of any kind `"`, and these signs `!`."""
    kinds = {**dict.fromkeys("\"'`", '"'), **dict.fromkeys(sign, "!")}
    plain = map(chr, range(128))
    masked = ("0" if c.isdigit() else "a" if c.islower() else "A" if c.isupper() else kinds.get(c, c) for c in plain)
    return "".join(masked).encode() + bytes(range(128, 256))


_MASK: Final = _mask()
#: The same, with the signs that passwords have.
_SIGNED: Final = _mask("!@#$%^&*?()[]{}<>;|")
#: The rest of a run: whatever else is in it has been found with it.
_REST: Final = rb"[aA0_+/=.~-]{0,4094}+"
#: A digit, a letter, and after no more than 40 letters another digit.
_MIXED: Final = rb"0[aA](?=[aA_-]{0,40}0)(?=[aA0_+/=.~-]{6})" + _REST
#: A small letter between capitals, twice: names have one such place, seldom two.
_SWITCHED: Final = rb"AaA(?=[aA0]{0,30}AaA)" + _REST
#: A whole string of letters and digits that is no name, in whatever case: it may have one digit, or none. Or one that
#: is padded as base64 is.
_QUOTED: Final = (
    rb'"(?=[aA0]{16,64}\\?")(?!A?a+(?:A+a+)*0*\\?"|A+\\?"|a+\\?"|0+\\?")'
    rb'|"(?=[aA0]*+[+/])(?=[aA0+/]{18,88}={1,2}\\?")'
)
#: A whole string with a digit, and with a sign or letters of both kinds, or with letters on both sides of the digit:
#: shorter than a run, or no run for its signs. Or sixteen small letters, also in four groups.
_MADE_UP: Final = (
    rb'"(?=[aA0!_=+.~ -]{8})(?:(?=[aA0_=+.~-]*+!)(?=[aA!_=+.~-]*+0)[aA0!_=+.~-]{8,64}(?=\\?")'
    rb'|(?!A?a*+(?:A++a*+)*0*+\\?")(?=[aA_=+.~-]*+0)(?=[a0_=+.~-]*+A)(?=[A0_=+.~-]*+a)[aA0_=+.~-]{8,64}(?=\\?")'
    rb'|(?=a*+0++a|A*+0++A)(?:[a0]{8,32}|[A0]{8,32})(?=\\?")|a{4}(?: ?a{4}){3}(?=\\?"))'
)
#: What a run consists of, and what of it may stand before the place that was found.
_RUN: Final = rb"[\w+/=.~-]{1,4096}+"
_PARTS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+/=.~-"
_FARTHEST: Final = 300
#: No run that is shorter counts.
LEAST: Final = 16
#: In one text, no more are looked at.
MOST_RUNS: Final = 16384


class Run(NamedTuple):
    """Where in the bytes of a text a run begins and ends."""

    start: int
    end: int


def runs(data: bytes) -> Iterator[Run]:
    """Every mixed run of at least `LEAST` characters, in order, up to `MOST_RUNS`. A quick look."""
    masked = data.translate(_MASK)
    places = [match.start() for match in compiled_bytes(_MIXED).finditer(masked)]
    switched = [match.start() for match in compiled_bytes(_SWITCHED).finditer(masked)]
    switched += [match.start() + 1 for match in compiled_bytes(_QUOTED).finditer(masked)]
    if switched:
        places = sorted((*places, *switched))
    at = count = 0
    for middle in places:
        if middle < at:
            continue
        least = max(at, middle - _FARTHEST)
        start = least + len(data[least:middle].rstrip(_PARTS))
        after = compiled_bytes(_RUN).match(data, middle)
        at = after.end() if after is not None else middle + 1
        if at - start >= LEAST:
            count += 1
            yield Run(start, at)
            if count >= MOST_RUNS:
                return


def made_up(data: bytes) -> Iterator[Run]:
    """Every string that looks made up, without its quotes, in order, up to `MOST_RUNS`: too short for a run, or no run
    for the signs in it. A quick look."""
    for count, match in enumerate(compiled_bytes(_MADE_UP).finditer(data.translate(_SIGNED))):
        if count >= MOST_RUNS:
            return
        yield Run(match.start() + 1, match.end())
