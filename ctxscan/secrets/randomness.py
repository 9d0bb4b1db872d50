"""Whether a value was drawn by a machine or put together from words: a model of characters that follow one another.

In names, words and paths certain letters follow others again and again, and digits come at the end; in a drawn value
every pair is as likely as any other. The table says how much likelier than by chance a pair of letters is in English
and in the names that programs have; pairs of a letter and a digit speak for chance. The mean over all pairs decides.
It is a fixed table: the same value gets the same answer, on every machine.
"""

from __future__ import annotations

from typing import Final

from ..regex import compiled
from . import placeholders

#: A row for each first letter, in it a digit for each second one: 5 plus the binary logarithm of how many times more
#: often the pair stands in running words than in letters drawn at random; counted in the words of programs, once each
#: in a file, and held within 0 and 9.
_PAIRS: Final = (
    "36762452615867161878553452"  # a
    "63435211541622531443611141"
    "72437227516632831547522131"
    "53358322721523621453522131"
    "74786653423768465987354751"  # e
    "62335621711522621534511131"
    "41217234511424421453422112"
    "71227111611222611434311121"
    "55666561323769752677151415"  # i
    "21114111112111311121311111"
    "31226121511313221242213111"
    "72358422712722741365523162"
    "74238111612342671243511131"
    "72777483614435741278552141"
    "45664442414668561866756322"  # o
    "72337323512622661746522151"
    "11111111111111111211611111"
    "73559452714456731767543151"
    "52538335714434662378724251"
    "72549428812543651776634262"
    "55546441511667361667111211"  # u
    "61217111511111311111111111"
    "61225115611214511541112211"
    "42524312411221251125111321"
    "22323211311234351255123122"
    "21115111311111211111111112"  # z
)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
#: What a pair of letters says for words, or against them.
_WEIGHTS: Final = {
    first + second: int(_PAIRS[26 * row + column]) - 5
    for row, first in enumerate(_LETTERS)
    for column, second in enumerate(_LETTERS)
}
#: A letter beside a digit, and a capital after a small letter: words have few of them.
_SWITCH: Final = -1.5
_CAPITAL: Final = -0.5
#: Words lie above 1, drawn values below -1; what is between is left alone.
_LIMIT: Final = -0.35
#: Letters alone have to lie lower, and to be more: one in ten of 24 that were drawn does not, and of 46,000 names in
#: programs a dozen do.
_LETTERS_LIMIT: Final = -0.6
_LEAST_LETTERS: Final = 20
#: Of a longer value, so much tells.
_LONGEST: Final = 256

_HEX: Final = r"(?:[0-9a-f]|(?<=[0-9a-f])-)+|(?:[0-9A-F]|(?<=[0-9A-F])-)+"


def is_drawn(value: str, *, least: int = 16) -> bool:
    """Whether a value of at least so many characters looks drawn at random: letters and digits in no order, or small
    letters and capitals."""
    value = value[:_LONGEST]
    if len(value) < least or not value.isascii() or placeholders.is_placeholder(value):
        return False
    if placeholders.spells_words(value):
        return False
    bare = value.translate(_SIGNS)
    digits = sum(map(str.isdigit, bare))
    if digits == len(bare) or len(bare) < least - 4:
        return False
    if not digits and (len(bare) < _LEAST_LETTERS or bare.islower() or bare.isupper()):
        return False
    if placeholders.is_sequence(bare) or placeholders.entropy(bare) < (2.6 if len(bare) < 24 else 2.9):
        return False
    if compiled(_HEX).fullmatch(value):
        return digits * 8 > len(bare) and (len(bare) - digits) * 16 > len(bare)
    return chance(value) <= (_LIMIT if digits else _LETTERS_LIMIT)


def is_app_password(value: str) -> bool:
    """Whether a value is what Google gives out as the password of one app (Google Account Help, "Sign in with app
    passwords"): 16 small letters at random, often in four groups."""
    bare = value.replace(" ", "")
    if len(bare) != 16 or not (bare.isascii() and bare.isalpha() and bare.islower()):
        return False
    if value not in (bare, " ".join(bare[at : at + 4] for at in range(0, 16, 4))):
        return False
    return chance(bare) <= _APP_LIMIT and placeholders.entropy(bare) >= 2.8 and not placeholders.is_sequence(bare)


#: One in twenty that were drawn lies higher; words lie above 0.
_APP_LIMIT: Final = -0.5


def chance(value: str) -> float:
    """The mean weight of all pairs: above zero for words, below for what was drawn."""
    total, count = 0.0, 0
    low = value.lower()
    for at in range(len(value) - 1):
        first, second = low[at], low[at + 1]
        if (weight := _WEIGHTS.get(first + second)) is not None:
            total += weight if not (value[at].islower() and value[at + 1].isupper()) else _CAPITAL
        elif first.isdigit() and second.isdigit():
            pass
        elif first.isalnum() and second.isalnum():
            total += _SWITCH
        else:
            continue
        count += 1
    return total / count if count else 0.0


_SIGNS: Final = str.maketrans("", "", "-_./+=~!@#$%^&*:,;|?")
