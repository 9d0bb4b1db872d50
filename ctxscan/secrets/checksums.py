"""Whether a token is what it looks like: sums, encodings and signatures that a made-up value does not have.

Pure functions from a token to what is inside it, or to yes or no; they know no file and no rule.
"""

import binascii
from typing import Any, Final, NamedTuple

from ..regex import compiled

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

#: A URL, or a host with a port.
_ADDRESS: Final = r"[a-z][a-z0-9+.-]*://(\[[0-9a-fA-F:]+\]|[\w.-]+)|([\w.-]+):\d{2,5}\Z"

#: Tokens signed with one of these come from a manual, or from a server that was set up to try it: whoever guesses the
#: secret makes others, so that a token is worth nothing.
_GUESSED: Final = tuple(
    b"""
    your-256-bit-secret your-384-bit-secret your-512-bit-secret a-string-secret-at-least-256-bits-long your-secret
    your_secret_key your_jwt_secret secret secretkey secret_key secret-key mysecret my_secret_key my-secret topsecret
    supersecret super-secret secret123 jwtsecret jwt_secret shhhh shhhhh password password123 key token test testing
    test123 testsecret test-secret dev dev-secret example changeme change-me changethis default foo bar hello admin
    abc123 1234 12345 123456 12345678 123456789 1234567890
    """.split()
)


def unbase64(text: str) -> bytes | None:
    """The bytes of standard or URL-safe base64, with or without padding; None: it is none."""
    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    if len(text) % 4 == 1 or not text.isascii():
        return None
    try:
        return binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
    except ValueError:
        return None


def fits_base62_crc(token: str, *, prefix: int) -> bool:
    """GitHub and npm: the last six characters are the CRC-32 of what is between them and the prefix, in base 62."""
    body, tail = token[prefix:-6], token[-6:]
    rest, digits = binascii.crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        digits = _BASE62[digit] + digits
    return tail == digits


def fits_grafana_crc(token: str) -> bool:
    """Grafana: after the last underscore, the CRC-32 of all before it, least byte first."""
    body, _, tail = token.rpartition("_")
    return binascii.crc32(body.encode()).to_bytes(4, "little").hex() == tail.lower()


def fits_bech32(text: str) -> bool:
    """age: BIP 173's checksum over the part before the last `1` and the part after it."""
    head, mark, tail = text.lower().rpartition("1")
    if not mark or not all(c in _BECH32 for c in tail):
        return False
    total = 1
    for value in (
        *(ord(c) >> 5 for c in head),
        0,
        *(ord(c) & 31 for c in head),
        *(_BECH32.index(c) for c in tail),
    ):
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> bit & 1:
                total ^= generator
    return total == 1


def fits_nkey(seed: str) -> bool:
    """NATS: the last two bytes are the CRC-16 of the others, least byte first; all of it in base 32."""
    if len(seed) != 58 or not all(c in _BASE32 for c in seed):
        return False
    number = 0
    for c in seed:
        number = number << 5 | _BASE32.index(c)
    data = (number >> 2).to_bytes(36, "big")
    return binascii.crc_hqx(data[:-2], 0) == int.from_bytes(data[-2:], "little")


def has_account(access_key: str) -> bool:
    """AWS: the characters after the prefix hold an account number of at most twelve digits, in base 32."""
    bits = 0
    for c in access_key[4:]:
        if c not in _BASE32:
            return False
        bits = bits << 5 | _BASE32.index(c)
    first = bits >> 32  # 80 bits in all; the account is in the first 48, after one bit and before seven
    return 0 < (first & 0x7FFFFFFFFF80) >> 7 <= 999_999_999_999


def macaroon_location(token: str) -> str | None:
    """PyPI: where the macaroon (second format) after the first `-` says that it is good, None if it is none."""
    data = unbase64(token.partition("-")[2])
    if data is None or data[:2] != b"\x02\x01" or len(data) < 3 + data[2]:
        return None
    return data[3 : 3 + data[2]].decode("ascii", "replace")


def login(encoded: str) -> tuple[str, str] | None:
    """User and password of an HTTP basic authorisation, None if it is none."""
    data = unbase64(encoded)
    if data is None:
        return None
    try:
        user, colon, password = data.decode().removesuffix("\n").partition(":")
    except UnicodeDecodeError:
        return None
    return (user, password) if colon and user.isprintable() and password.isprintable() else None


class WebToken(NamedTuple):
    """A JWT, taken apart. `guessed`: its signature was made with a secret that anybody would try."""

    header: dict[str, Any]
    claims: dict[str, Any]
    guessed: bool


def web_token(token: str) -> WebToken | None:
    """What is inside a JWT, None if it is none."""
    signed, _, signature = token.rpartition(".")
    head, _, body = signed.partition(".")
    header, claims = _object(head), _object(body)
    raw = unbase64(signature)
    if header is None or claims is None or raw is None or not isinstance(header.get("alg"), str):
        return None
    return WebToken(header, claims, _is_guessed(header["alg"], signed, raw))


def addresses(claims: dict[str, Any]) -> list[str]:
    """The hosts that are named in a JWT: in URLs, and with a port."""
    said = [text for each in claims.values() for text in (each if isinstance(each, list) else [each])]
    found = (compiled(_ADDRESS).match(text) for text in said if isinstance(text, str))
    return [match[1] or match[2] for match in found if match is not None]


def _object(encoded: str) -> dict[str, Any] | None:
    import json

    data = unbase64(encoded)
    if data is None or len(data) > 65536:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_guessed(algorithm: str, signed: str, signature: bytes) -> bool:
    import hmac

    name = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}.get(algorithm)
    return name is not None and any(hmac.digest(key, signed.encode(), name) == signature for key in _GUESSED)
