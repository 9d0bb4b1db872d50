"""Standard functions of bake files that are about numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

from . import numbers
from .numbers import Number, NumberProblem
from .signatures import MAX_TEXT, Library, standard
from .values import Unfit, Value

ARITHMETIC: Final[Library] = {}


@standard(ARITHMETIC, "text number")
def parseint(text: str, base: Number) -> Value:
    radix = _whole(base)
    if not 2 <= radix <= 62:
        raise Unfit("argument 2 must be from 2 to 62")
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    body = (text if radix > 36 else text.lower()).removeprefix("-").removeprefix("+")
    total = 0
    for c in body[:MAX_TEXT]:
        at = digits.find(c)
        if not 0 <= at < radix or len(body) > 4000:
            raise Unfit(f"cannot parse it as a base {radix} integer")
        total = total * radix + at
    if not body:
        raise Unfit(f"cannot parse it as a base {radix} integer")
    return Fraction(-total if text.startswith("-") else total)


@standard(ARITHMETIC, "number")
def absolute(number: Number) -> Value:
    return -number if number < 0 else number


@standard(ARITHMETIC, "number")
def negate(number: Number) -> Value:
    return -number


@standard(ARITHMETIC, "number")
def ceil(number: Number) -> Value:
    return number if isinstance(number, float) else Fraction(math.ceil(number))


@standard(ARITHMETIC, "number")
def floor(number: Number) -> Value:
    return number if isinstance(number, float) else Fraction(math.floor(number))


@standard(ARITHMETIC, "number")
def _int(number: Number) -> Value:
    return number if isinstance(number, float) else Fraction(math.trunc(number))


@standard(ARITHMETIC, "number")
def signum(number: Number) -> Value:
    return Fraction((number > 0) - (number < 0))


@standard(ARITHMETIC, "number number")
def add(left: Number, right: Number) -> Value:
    return numbers.add(left, right)


@standard(ARITHMETIC, "number number")
def subtract(left: Number, right: Number) -> Value:
    return numbers.add(left, -right)


@standard(ARITHMETIC, "number number")
def multiply(left: Number, right: Number) -> Value:
    return numbers.multiply(left, right)


@standard(ARITHMETIC, "number number")
def divide(left: Number, right: Number) -> Value:
    return numbers.divide(left, right)


@standard(ARITHMETIC, "number number")
def modulo(left: Number, right: Number) -> Value:
    return numbers.modulo(left, right)


@standard(ARITHMETIC, "number number")
def _pow(base: Number, exponent: Number) -> Value:
    return numbers.power(base, exponent)


@standard(ARITHMETIC, "number number")
def log(number: Number, base: Number) -> Value:
    return numbers.logarithm(number, base)


@standard(ARITHMETIC, "number*")
def _max(*given: Number) -> Value:
    if not given:
        raise Unfit("must pass at least one number")
    return max(given)


@standard(ARITHMETIC, "number*")
def _min(*given: Number) -> Value:
    if not given:
        raise Unfit("must pass at least one number")
    return min(given)


@standard(ARITHMETIC, "number number")
def lessthan(left: Number, right: Number) -> Value:
    return left < right


@standard(ARITHMETIC, "number number")
def lessthanorequalto(left: Number, right: Number) -> Value:
    return left <= right


@standard(ARITHMETIC, "number number")
def greaterthan(left: Number, right: Number) -> Value:
    return left > right


@standard(ARITHMETIC, "number number")
def greaterthanorequalto(left: Number, right: Number) -> Value:
    return left >= right


def _whole(number: Number) -> int:
    try:
        return numbers.whole(number)
    except NumberProblem as problem:
        raise Unfit(str(problem)) from None
