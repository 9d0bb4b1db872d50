"""`format` and `formatlist`: verbs, flags and widths, as go-cty reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from ...regex import lazy
from . import numbers
from .values import List, Map, Object, Set, Tuple, Unfit, Value, as_bool, as_number, as_text

#: `%`, flags, width, precision, which argument, and the verb; or a percent sign.
_VERB: Final = lazy(r"%(?:%|([-+ 0#]*)(\d*)(?:\.(\d*))?(?:\[(\d+)\])?([a-zA-Z]))", re.ASCII)
_BASES: Final = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}
#: Wider than this is no text that somebody wants.
MAX_WIDTH: Final = 1000


def formatted(form: str, arguments: Sequence[Value]) -> str:
    """`form` with its verbs replaced. Raises `Unfit`."""
    out: list[str] = []
    at = used = highest = 0
    for found in _VERB.finditer(form):
        _refuse_bare(form[at : found.start()])
        out.append(form[at : found.start()])
        at = found.end()
        if found[0] == "%%":
            out.append("%")
            continue
        flags, width, precision, which, verb = found.groups()
        used = int(which[:6]) if which else used + 1
        if used < 1 or used > len(arguments):
            raise Unfit(f"not enough arguments for {found[0]}: there are {len(arguments)}")
        highest = max(highest, used)
        size = int(width[:6] or 0)
        digits = None if precision is None else int(precision[:6] or 0)
        if max(size, digits or 0) > MAX_WIDTH:
            raise Unfit(f"{found[0]} is wider than {MAX_WIDTH}")
        try:
            text = _one(verb, flags, digits, arguments[used - 1])
        except Unfit as problem:
            raise Unfit(f"unsupported value for {found[0]}: {problem}") from None
        out.append(_padded(text, flags, size, verb))
    _refuse_bare(form[at:])
    out.append(form[at:])
    if highest < len(arguments):
        raise Unfit(f"too many arguments: the format uses {highest}")
    return "".join(out)


def _refuse_bare(text: str) -> None:
    if "%" in text:
        raise Unfit("a percent sign that begins no verb; %% is a percent sign")


def _one(verb: str, flags: str, precision: int | None, value: Value) -> str:
    if verb == "v":
        return _plain(value) if "#" not in flags else encoded(value)
    if value is None:
        raise Unfit("null cannot be formatted")
    if verb in "sq":
        text = as_text(value)
        text = text if precision is None else text[:precision]
        return encoded(text) if verb == "q" else text
    if verb == "t":
        return "true" if as_bool(value) else "false"
    if verb in _BASES:
        return _integer(verb, flags, value)
    if verb in "eEfgG":
        return _signed(_floating(verb, precision, value), flags)
    raise Unfit("no such verb")


def _plain(value: Value) -> str:
    return as_text(value) if isinstance(value, str | bool | Fraction | float) else encoded(value)


def _integer(verb: str, flags: str, value: Value) -> str:
    try:
        number = numbers.whole(as_number(value))
    except numbers.NumberProblem:
        raise Unfit("an integer is required") from None
    if number.bit_length() > 4096:
        raise Unfit("the number is out of bounds")
    prefix = {"x": "0x", "X": "0X", "o": "0"}.get(verb, "") if "#" in flags else ""
    text = f"{'-' if number < 0 else ''}{prefix}{abs(number):{_BASES[verb]}}"
    return _signed(text, flags)


def _signed(text: str, flags: str) -> str:
    if text.startswith(("-", "+")):
        return text
    return f"+{text}" if "+" in flags else f" {text}" if " " in flags else text


def _floating(verb: str, precision: int | None, value: Value) -> str:
    number = as_number(value)
    if isinstance(number, float):
        return numbers.text(number)
    if verb == "f":
        return _fixed(number, 6 if precision is None else precision)
    if verb in "eE":
        return _scientific(number, 6 if precision is None else precision).replace("e", verb)
    plain = numbers.text(number)
    digits = plain.lstrip("-").replace(".", "").strip("0") or "0"
    many = len(digits) if precision is None else max(1, precision)
    text = _scientific(number, many - 1)
    exponent = int(text.partition("e")[2])
    limit = 6 if precision is None else many
    if precision is None and len(digits) > limit and exponent < len(digits):
        limit = 21 if exponent < 6 else limit
    if exponent < -4 or exponent >= limit:
        return _trimmed(text).replace("e", "E" if verb == "G" else "e")
    return plain if precision is None else _trimmed(_fixed(number, max(0, many - 1 - exponent)))


def _trimmed(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + e + exponent


def _fixed(number: Fraction, digits: int) -> str:
    scaled = round(abs(number) * 10**digits)
    text = str(scaled).rjust(digits + 1, "0")
    whole = text[: len(text) - digits]
    return f"{'-' if number < 0 else ''}{whole}{'.' + text[len(whole) :] if digits else ''}"


def _scientific(number: Fraction, digits: int) -> str:
    above, exponent = abs(number), 0
    if above:
        exponent = len(str(int(above))) - 1 if above >= 1 else -len(str(int(1 / above)))
        while above >= Fraction(10) ** (exponent + 1):
            exponent += 1
        while above < Fraction(10) ** exponent:
            exponent -= 1
    scaled = round(above * Fraction(10) ** (digits - exponent))
    if scaled >= 10 ** (digits + 1):
        scaled, exponent = scaled // 10, exponent + 1
    text = str(scaled).rjust(digits + 1, "0")
    mantissa = text[0] + ("." + text[1:] if digits else "")
    return f"{'-' if number < 0 else ''}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def _padded(text: str, flags: str, width: int, verb: str) -> str:
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags:
        sign = text[0] if text[:1] in ("-", "+", " ") and verb not in "sqvt" else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def in_step(form: str, arguments: Sequence[Value]) -> list[str]:
    """`form` for each of the elements of the lists among `arguments`, which count together. Raises `Unfit`."""
    length: int | None = None
    for at, each in enumerate(arguments, start=1):
        if isinstance(each, Tuple | List | Set):
            if length is not None and length != len(each.items):
                raise Unfit(f"argument {at} has length {len(each.items)}, and one before it {length}")
            length = len(each.items)
    out, size = [], 0
    for at in range(1 if length is None else length):
        row = [each.items[at] if isinstance(each, Tuple | List | Set) else each for each in arguments]
        out.append(formatted(form, row))
        size += len(out[-1])
        if size > 1 << 22:
            raise Unfit("the texts are too long")
    return out


def encoded(value: Value) -> str:
    """A value as JSON, as Go writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            text = json.dumps(value, ensure_ascii=False)
            for c in "<>&\u2028\u2029\x7f"[:5]:
                text = text.replace(c, f"\\u{ord(c):04x}")
            return text
        case Tuple() | List() | Set():
            return f"[{','.join(map(encoded, value.items))}]"
        case Object() | Map():
            pairs = (f"{encoded(key)}:{encoded(each)}" for key, each in sorted(value.entries.items()))
            return f"{{{','.join(pairs)}}}"
        case _:
            if isinstance(value, float):
                raise Unfit("an infinite number is no JSON")
            return numbers.text(value)
