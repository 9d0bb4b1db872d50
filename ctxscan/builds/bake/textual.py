"""Standard functions of bake files that are about text, times and addresses."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import math
import posixpath
import re
import unicodedata
import uuid
from fractions import Fraction
from typing import Final
from urllib.parse import quote_plus

from . import dates, formatting, numbers, regexes, versions
from .numbers import Number, NumberProblem
from .signatures import MAX_ITEMS, MAX_TEXT, Library, Surroundings, standard
from .values import STRING, List, Object, Tuple, Unfit, Value, as_text

TEXTUAL: Final[Library] = {}


# --- text -----------------------------------------------------------------------------------------------------------


@standard(TEXTUAL, "text")
def upper(text: str) -> Value:
    return "".join(each if len(each.upper()) != 1 else each.upper() for each in text)


@standard(TEXTUAL, "text")
def lower(text: str) -> Value:
    return "".join(each if len(each.lower()) != 1 else each.lower() for each in text)


@standard(TEXTUAL, "text")
def title(text: str) -> Value:
    """With a capital at the beginning of each word; other letters stay."""
    out, inside = [], False
    for c in text:
        out.append(c if inside or len(c.title()) != 1 else c.title())
        inside = c.isalnum() or c == "_" if c.isascii() else not c.isspace()
    return "".join(out)


@standard(TEXTUAL, "text text")
def trim(text: str, characters: str) -> Value:
    return text.strip(characters) if characters else text


@standard(TEXTUAL, "text text")
def trimprefix(text: str, prefix: str) -> Value:
    return text.removeprefix(prefix)


@standard(TEXTUAL, "text text")
def trimsuffix(text: str, suffix: str) -> Value:
    return text.removesuffix(suffix)


@standard(TEXTUAL, "text")
def trimspace(text: str) -> Value:
    return text.strip()


@standard(TEXTUAL, "text")
def chomp(text: str) -> Value:
    return text.rstrip("\r\n")


@standard(TEXTUAL, "number text")
def indent(spaces: Number, text: str) -> Value:
    count = _whole(spaces)
    if not 0 <= count <= MAX_TEXT or text.count("\n") * count > MAX_TEXT:
        raise Unfit("argument 1 is out of bounds")
    return text.replace("\n", "\n" + " " * count)


@standard(TEXTUAL, "text text text")
def replace(text: str, old: str, new: str) -> Value:
    if (text.count(old) if old else len(text) + 1) * len(new) > MAX_TEXT:
        raise Unfit("the text is too long")
    return text.replace(old, new)


@standard(TEXTUAL, "text text")
def split(separator: str, text: str) -> Value:
    parts = text.split(separator, MAX_ITEMS) if separator else list(text)
    return List(tuple(parts), STRING)


@standard(TEXTUAL, "text texts*")
def join(separator: str, *lists: List) -> Value:
    if not lists:
        raise Unfit("at least one list is required")
    items = [each for found in lists for each in found.items]
    if None in items:
        raise Unfit(f"element {items.index(None)} is null; null values cannot be joined")
    texts = list(map(as_text, items))
    if len(separator) * len(texts) + sum(map(len, texts)) > MAX_TEXT:
        raise Unfit("the text is too long")
    return separator.join(texts)


@standard(TEXTUAL, "text")
def strlen(text: str) -> Value:
    return Fraction(len(_characters(text)))


@standard(TEXTUAL, "text number number")
def substr(text: str, offset: Number, length: Number) -> Value:
    """A part of the text; an offset below zero counts from its end, a length below zero takes the rest."""
    found = _characters(text)
    start, size = _whole(offset), _whole(length)
    start = start + len(found) if start < 0 else start
    return "".join(found[max(0, start) :] if size < 0 else found[max(0, start) : max(0, start) + size])


@standard(TEXTUAL, "text")
def reverse(text: str) -> Value:
    return "".join(reversed(_characters(text)))


def _characters(text: str) -> list[str]:
    """The characters as a reader counts them: combining marks belong to the letter before them."""
    found: list[str] = []
    for c in unicodedata.normalize("NFC", text):
        joins = found and (
            unicodedata.category(c) in ("Mn", "Me", "Mc")
            or c == "\u200d"
            or found[-1].endswith("\u200d")
            or (c == "\n" and found[-1] == "\r")
            or 0x1F3FB <= ord(c) <= 0x1F3FF
            or (0x1F1E6 <= ord(c) <= 0x1F1FF and len(found[-1]) == 1 and 0x1F1E6 <= ord(found[-1]) <= 0x1F1FF)
        )
        if joins:
            found[-1] += c
        else:
            found.append(c)
    return found


@standard(TEXTUAL, "text")
def sanitize(text: str) -> Value:
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)


@standard(TEXTUAL, "text")
def basename(text: str) -> Value:
    return posixpath.basename(text.rstrip("/")) or ("/" if text else ".")


@standard(TEXTUAL, "text")
def dirname(text: str) -> Value:
    above = posixpath.normpath(text[: text.rfind("/") + 1] or ".")
    return "/" if above.startswith("//") else above


@standard(TEXTUAL, "text any?*")
def _format(form: str, *given: Value) -> Value:
    return formatting.formatted(form, given)


@standard(TEXTUAL, "text any?*")
def formatlist(form: str, *given: Value) -> Value:
    return List(tuple(formatting.in_step(form, given)), STRING)


# --- regular expressions --------------------------------------------------------------------------------------------


@standard(TEXTUAL, "text text")
def regex(pattern: str, text: str) -> Value:
    """The first match: a text, or its groups as a list or, if they have names, an object."""
    compiled = regexes.Regex(pattern)
    found = compiled.search(text)
    if found is None:
        raise Unfit("pattern did not match any part of the given string")
    return _captured(compiled, text, found)


@standard(TEXTUAL, "text text")
def regexall(pattern: str, text: str) -> Value:
    compiled = regexes.Regex(pattern)
    made = [_captured(compiled, text, found) for found in compiled.all(text)]
    return List(tuple(made), STRING)


@standard(TEXTUAL, "text text text")
def regex_replace(text: str, pattern: str, by: str) -> Value:
    return regexes.replaced(regexes.Regex(pattern), text, by, MAX_TEXT)


def _captured(compiled: regexes.Regex, text: str, found: regexes.Match) -> Value:
    groups: list[Value] = [None if each is None else text[each[0] : each[1]] for each in found.groups]
    if not groups:
        return text[found.start : found.end]
    names = [name for name in compiled.names if name is not None]
    if names and len(names) != len(groups):
        raise Unfit("a regexp pattern cannot have both groups with names and groups without")
    return Object(dict(zip(names, groups, strict=True))) if names else Tuple(tuple(groups))


# --- codes and sums -------------------------------------------------------------------------------------------------


@standard(TEXTUAL, "text")
def md5(text: str) -> Value:
    return hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest()


@standard(TEXTUAL, "text")
def sha1(text: str) -> Value:
    return hashlib.sha1(_bytes(text), usedforsecurity=False).hexdigest()


@standard(TEXTUAL, "text")
def sha256(text: str) -> Value:
    return hashlib.sha256(_bytes(text)).hexdigest()


@standard(TEXTUAL, "text")
def sha512(text: str) -> Value:
    return hashlib.sha512(_bytes(text)).hexdigest()


@standard(TEXTUAL, "text")
def base64encode(text: str) -> Value:
    return base64.b64encode(_bytes(text)).decode()


@standard(TEXTUAL, "text")
def base64decode(text: str) -> Value:
    try:
        return base64.b64decode(_bytes(text), validate=True).decode()
    except ValueError:
        raise Unfit("not base64 of a text") from None


@standard(TEXTUAL, "text")
def urlencode(text: str) -> Value:
    return quote_plus(text, safe="", errors="surrogateescape")


@standard(TEXTUAL, "text text")
def uuidv5(space: str, name: str) -> Value:
    known = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    try:
        return str(uuid.uuid5(known.get(space) or uuid.UUID(space), name))
    except ValueError:
        raise Unfit("argument 1 is no UUID and no namespace") from None


@standard(TEXTUAL, "any?*", "uuidv4", "bcrypt", "rsadecrypt", "byteslen", "bytesslice")
def _refused(*_: Value) -> Value:
    raise Unfit("ctxscan does not evaluate this function: what it returns is random, secret or no text")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


@standard(TEXTUAL, "text text")
def semvercmp(version: str, constraint: str) -> Value:
    return versions.satisfies(version, constraint)


# --- times ----------------------------------------------------------------------------------------------------------


@standard(TEXTUAL, "", surrounded=True)
def timestamp(surroundings: Surroundings) -> Value:
    return dates.text(surroundings.now)


@standard(TEXTUAL, "", surrounded=True)
def homedir(surroundings: Surroundings) -> Value:
    if surroundings.home is None:
        raise Unfit("there is no home directory")
    return surroundings.home


@standard(TEXTUAL, "text text")
def formatdate(form: str, stamp: str) -> Value:
    return dates.written(form, dates.parsed(stamp))


@standard(TEXTUAL, "text any")
def formattimestamp(form: str, stamp: Value) -> Value:
    """A time in RFC 3339 or in seconds; `X` writes it in seconds."""
    if isinstance(stamp, str):
        time = dates.parsed(stamp)
    elif isinstance(stamp, Fraction):
        time = dates.of_seconds(_whole(stamp))
    else:
        raise Unfit("argument 2 must be a string timestamp or a unix timestamp number")
    return str(math.floor(time.timestamp())) if form == "X" else dates.written(form, time)


@standard(TEXTUAL, "text text")
def timeadd(stamp: str, duration: str) -> Value:
    return dates.text(dates.moved(dates.parsed(stamp), duration))


@standard(TEXTUAL, "number")
def unixtimestampparse(seconds: Number) -> Value:
    time = dates.of_seconds(_whole(seconds))
    year, week, day = time.isocalendar()
    figures = {
        "year": time.year, "year_day": time.timetuple().tm_yday, "day": time.day, "month": time.month,
        "weekday": day % 7, "hour": time.hour, "minute": time.minute, "second": time.second,
        "iso_year": year, "iso_week": week,
    }  # fmt: skip
    names = {"month_name": dates.written("MMMM", time), "weekday_name": dates.written("EEEE", time)}
    return Object({**{key: Fraction(each) for key, each in figures.items()}, **names, "rfc3339": dates.text(time)})


# --- addresses ------------------------------------------------------------------------------------------------------


def _network(prefix: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(prefix, strict=False)
    except ValueError:
        raise Unfit("argument 1 is no address in CIDR notation") from None


@standard(TEXTUAL, "text number")
def cidrhost(prefix: str, number: Number) -> Value:
    network, at = _network(prefix), _whole(number)
    if not -network.num_addresses <= at < network.num_addresses:
        raise Unfit("the network has no such host")
    return str(network[at])


@standard(TEXTUAL, "text")
def cidrnetmask(prefix: str) -> Value:
    return str(_network(prefix).netmask)


@standard(TEXTUAL, "text number number")
def cidrsubnet(prefix: str, bits: Number, number: Number) -> Value:
    network, more, at = _network(prefix), _whole(bits), _whole(number)
    length = network.prefixlen + more
    if more < 0 or length > network.max_prefixlen or not 0 <= at < 1 << more:
        raise Unfit("the network has no such subnet")
    start = int(network.network_address) + (at << (network.max_prefixlen - length))
    return f"{type(network.network_address)(start)}/{length}"


@standard(TEXTUAL, "text number*")
def cidrsubnets(prefix: str, *bits: Number) -> Value:
    network, made = _network(prefix), []
    start = int(network.network_address)
    for each in bits:
        length = network.prefixlen + _whole(each)
        if not network.prefixlen < length <= network.max_prefixlen:
            raise Unfit("the network has no such subnet")
        size = 1 << (network.max_prefixlen - length)
        start = -(-start // size) * size
        if start + size > int(network.network_address) + network.num_addresses:
            raise Unfit("the network is too small")
        made.append(f"{type(network.network_address)(start)}/{length}")
        start += size
    return List(tuple(made), STRING)


def _whole(number: Number) -> int:
    try:
        return numbers.whole(number)
    except NumberProblem as problem:
        raise Unfit(str(problem)) from None
