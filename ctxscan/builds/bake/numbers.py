"""Numbers of bake files: what they are rounded to, and how they are written.

Bake computes with binary floating point of 512 bits. A number is a `Fraction` here, rounded to as many bits after each
operation, or an infinite `float`. Go's `math/big` is the source of the rounding and of the shortest decimal form.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final, TypeAlias

from ...regex import lazy

#: A finite number, or an infinity.
Number: TypeAlias = Fraction | float

_BITS: Final = 512
#: Larger or smaller numbers belong to no build: powers of two, and of ten in a literal.
MAX_EXPONENT: Final = 10_000
_MAX_DECIMALS: Final = 3_000
_LITERAL: Final = lazy(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE]([+-]?\d{1,5}))?", re.ASCII)


class NumberProblem(ValueError):
    """Not a number, or one beyond all bounds."""


def parsed(text: str) -> Number:
    """The decimal number in `text`. Raises `NumberProblem`."""
    found = _LITERAL.fullmatch(text)
    if found is None:
        raise NumberProblem("a number is required")
    if len(text) > _MAX_DECIMALS or abs(int(found[4] or 0)) > _MAX_DECIMALS:
        raise NumberProblem(f"a number with more than {_MAX_DECIMALS} digits")
    return rounded(Fraction(text))


def rounded(value: Fraction) -> Fraction:
    """`value` with a mantissa of 512 bits, ties to even. Raises `NumberProblem` if it is out of bounds."""
    if not value:
        return value
    above, below = abs(value.numerator), value.denominator
    exponent = above.bit_length() - below.bit_length()
    if abs(exponent) > MAX_EXPONENT:
        raise NumberProblem("the number is out of bounds")
    if below == 1 and exponent <= _BITS:
        return value
    if below & (below - 1) == 0 and above.bit_length() <= _BITS:
        return value
    shift = _BITS - exponent
    scaled = value * Fraction(2) ** shift
    while abs(scaled) >= 1 << _BITS:
        scaled, shift = scaled / 2, shift - 1
    while abs(scaled) < 1 << (_BITS - 1):
        scaled, shift = scaled * 2, shift + 1
    return Fraction(round(scaled)) / Fraction(2) ** shift


def text(value: Number) -> str:
    """The number in plain decimal, with the fewest digits that distinguish it from its neighbors."""
    if isinstance(value, float):
        return "+Inf" if value > 0 else "-Inf"
    if value.denominator == 1 and abs(value.numerator) < 1 << _BITS:
        return str(value.numerator)
    sign, above = "-" if value < 0 else "", abs(value)
    digits, power = _shortest(above)
    if power <= 0:
        return f"{sign}0.{'0' * -power}{digits}"
    whole, rest = digits[:power].ljust(power, "0"), digits[power:]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _shortest(value: Fraction) -> tuple[str, int]:
    """Digits `d` and a power `p` with 0.d * 10**p the shortest decimal that rounds to `value`."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if Fraction(2) ** exponent > value:
        exponent -= 1
    half = Fraction(2) ** (exponent - _BITS)
    even = (value / (2 * half)).numerator % 2 == 0  # then the borders count, too
    power = math.floor(exponent * math.log10(2)) - 1
    while Fraction(10) ** power <= value:
        power += 1
    low, high = 1, 160
    while low < high:  # more digits are never further away
        middle = (low + high) // 2
        away = abs(_to_digits(value, power, middle) - value)
        if away < half or (even and away == half):
            high = middle
        else:
            low = middle + 1
    near = _to_digits(value, power, low)
    if near >= Fraction(10) ** power:
        power += 1
    digits = str(int(near * Fraction(10) ** (low - power))).rstrip("0")
    return digits, power


def _to_digits(value: Fraction, power: int, digits: int) -> Fraction:
    scale = Fraction(10) ** (digits - power)
    return Fraction(round(value * scale)) / scale


# --- arithmetic -----------------------------------------------------------------------------------------------------


def add(left: Number, right: Number) -> Number:
    if isinstance(left, float) or isinstance(right, float):
        total = _float(left) + _float(right)
        if math.isnan(total):
            raise NumberProblem("can't compute sum of opposing infinities")
        return total
    return rounded(left + right)


def multiply(left: Number, right: Number) -> Number:
    if isinstance(left, float) or isinstance(right, float):
        if not left or not right:
            raise NumberProblem("can't multiply zero by infinity")
        return math.inf if (left > 0) is (right > 0) else -math.inf
    return rounded(left * right)


def divide(left: Number, right: Number) -> Number:
    """The quotient; that of a number and zero is infinite. Raises `NumberProblem` for 0 / 0."""
    if (not left and not right) or (isinstance(left, float) and isinstance(right, float)):
        raise NumberProblem("can't divide zero by zero or infinity by infinity")
    if isinstance(left, float) or not right:
        return math.inf if (left > 0) is (right >= 0) else -math.inf
    if isinstance(right, float):
        return Fraction(0)
    return rounded(left / right)


def modulo(left: Number, right: Number) -> Number:
    """The remainder of a division towards zero, with the sign of `left`; `left` itself where `right` is zero."""
    if isinstance(left, float) or isinstance(right, float):
        raise NumberProblem("can't use modulo with infinities")
    return left - right * math.trunc(rounded(left / right)) if right else left


def power(base: Number, exponent: Number) -> Number:
    """`base` to the power of `exponent`, as floating point of 64 bits."""
    try:
        return of_float(math.pow(_float(base), _float(exponent)))
    except (OverflowError, ValueError):
        raise NumberProblem("the number is out of bounds") from None


def logarithm(value: Number, base: Number) -> Number:
    try:
        above, below = math.log(_float(value)), math.log(_float(base))
        return of_float(above / below)
    except (OverflowError, ValueError, ZeroDivisionError):
        raise NumberProblem("there is no such logarithm") from None


def of_float(value: float) -> Number:
    """A 64-bit floating-point number. Raises `NumberProblem` for what is not a number."""
    if math.isnan(value):
        raise NumberProblem("not a number")
    return value if math.isinf(value) else Fraction(value)


def whole(value: Number) -> int:
    """The integer that a number is. Raises `NumberProblem` for any other."""
    if isinstance(value, float) or value.denominator != 1:
        raise NumberProblem("a whole number is required")
    return value.numerator


def _float(value: Number) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
