"""Made-up values that look real: checksums add up, DER parses, base64 decodes. None of them opens anything.

`Made(seed).fill(text)` puts a fresh value where `«name»` or `«name:argument»` stands, and gives bytes. Everything comes
from a generator with a fixed seed or is put together from parts, so that a scanner which reads the repository finds
nothing, and the same seed gives the same bytes. Standard library only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import random
import re
import string
import struct
import zlib
from collections.abc import Callable
from functools import cached_property
from urllib.parse import quote

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
HEX = "0123456789abcdef"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BEGIN, END = "-----BEGIN ", "-----END "

_MARK = re.compile("«([a-z0-9-]+)(?::([^»]*))?»")


class Made:
    """`planted` collects every value that `fill` put in, for tests that search outputs for them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.planted: list[str] = []

    def fill(self, text: str) -> bytes:
        """The text as bytes, with its marks replaced. Characters up to U+00FF beside a binary value stand for bytes."""
        parts: list[bytes] = []
        at = 0
        for mark in _MARK.finditer(text):
            parts.append(_raw(text[at : mark.start()]))
            value = self.value(mark[1], mark[2] or "")
            parts.append(value if isinstance(value, bytes) else value.encode())
            if isinstance(value, str):
                self.planted.append(value)
            at = mark.end()
        return b"".join([*parts, _raw(text[at:])])

    def value(self, name: str, argument: str = "") -> str | bytes:
        maker: Callable[..., str | bytes] = getattr(self, name.replace("-", "_"))
        return maker(argument) if argument else maker()

    # ---- words -----------------------------------------------------------------------------------------------------

    def draw(self, alphabet: str, count: int) -> str:
        return "".join(self.random.choice(alphabet) for _ in range(count))

    def some(self, count: int) -> bytes:
        return self.random.randbytes(count)

    def word(self, count: str = "32") -> str:
        return self.draw(BASE62, int(count))

    badsum = word

    def letters(self, count: str) -> str:
        return self.draw(string.ascii_letters, int(count))

    def upper(self, count: str) -> str:
        return self.draw(string.digits + string.ascii_uppercase, int(count))

    def digits(self, count: str) -> str:
        return self.random.choice("23456789") + self.draw("0192837465", int(count) - 1)

    def hex(self, count: str) -> str:
        return self.draw(HEX, int(count))

    def upper_hex(self, count: str) -> str:
        return self.draw(HEX.upper(), int(count))

    def password(self, count: str = "20") -> str:
        """Letters with a digit among them, a sign in the middle."""
        half = int(count) // 2
        return self.draw(BASE62, half - 1) + "7" + self.random.choice("-_.!") + self.draw(BASE62, int(count) - half - 1)

    def uuid(self) -> str:
        return "-".join(self.draw(HEX, count) for count in (8, 4, 4, 4, 12))

    def prose(self, count: str) -> str:
        return ("a line of words, no more; " * (int(count) // 26 + 1))[: int(count)]

    def base64(self, count: str) -> str:
        return base64.b64encode(self.some(int(count))).decode()

    def urlbase64(self, count: str) -> str:
        return quote(self.base64(count).rstrip("="), safe="")

    def basic(self) -> str:
        return base64.b64encode(f"ana:{self.password()}".encode()).decode()

    def base64_password(self) -> str:
        return base64.b64encode(self.password().encode()).decode()

    def binary(self, count: str) -> bytes:
        """No text, and the start of nothing known: a zero byte among the first."""
        return b"\x01\0\x02" + self.some(int(count))

    def begin(self, label: str) -> str:
        return f"{BEGIN}{label}-----"

    def end(self, label: str) -> str:
        return f"{END}{label}-----"

    # ---- tokens ----------------------------------------------------------------------------------------------------

    def _summed(self, prefix: str) -> str:
        body, rest, digits = self.draw(BASE62, 30), 0, ""
        rest = zlib.crc32(body.encode())
        for _ in range(6):
            rest, digit = divmod(rest, 62)
            digits = BASE62[digit] + digits
        return prefix + body + digits

    def github(self, kind: str = "p") -> str:
        return self._summed(f"gh{kind}_")

    def github_badsum(self) -> str:
        token = self.github()
        return token[:-1] + ("A" if token[-1] != "A" else "B")

    def github_fine(self) -> str:
        return "github" + f"_pat_{self.draw(BASE62, 22)}_{self.draw(BASE62, 59)}"

    def npm(self) -> str:
        return self._summed("npm" + "_")

    def nkey(self) -> str:
        """The seed of a user: two bytes of kind, 32 at random, and a CRC-16."""
        data = bytes((18 << 3 | 20 << 3 >> 5, (20 << 3 & 31) << 3)) + self.some(32)
        data += struct.pack("<H", binascii.crc_hqx(data, 0))
        return base64.b32encode(data).decode().rstrip("=")

    def jira(self) -> str:
        """A number, a colon, 20 bytes that are no text, in base 64."""
        return base64.b64encode(self.digits("12").encode() + b":" + b"\xff" + self.some(19)).decode().rstrip("=")

    def discord(self) -> str:
        """The number of a bot in base 64, a moment, a signature."""
        number = base64.urlsafe_b64encode(self.digits("18").encode()).decode()
        return f"{number}.{self.draw(BASE62, 6)}.{self.draw(BASE62, 38)}"

    def grafana(self) -> str:
        body = "gl" + "sa_" + self.draw(BASE62, 32)
        return f"{body}_{struct.pack('<I', zlib.crc32(body.encode())).hex()}"

    def aws_id(self, prefix: str = "AK" + "IA") -> str:
        # In base 32 after the prefix: a bit, an account number of twelve digits, and what is left.
        account = self.random.randrange(10**11, 10**12)
        bits = account << 39 | self.random.getrandbits(39)
        digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        return prefix + "".join(digits[bits >> shift & 31] for shift in range(75, -1, -5))

    def aws_secret(self) -> str:
        return self.draw(BASE62 + "+/", 37) + "/7a"

    def aws_example_id(self) -> str:
        return "AK" + "IAIOSFODNN7" + "EXAM" + "PLE"

    def aws_example_secret(self) -> str:
        return "wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCY" + "EXAM" + "PLEKEY"

    def azurite(self) -> str:
        return "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6" + "IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    def pypi(self) -> str:
        where, what = b"pypi.org", self.uuid().encode()
        caveat = b"[0, 1700000000, 1800000000]"
        body = b"\2\1" + bytes([len(where)]) + where + b"\2" + bytes([len(what)]) + what + b"\0"
        body += b"\2" + bytes([len(caveat)]) + caveat + b"\0\0\6\x20" + self.some(32)
        return "py" + "pi-" + _url64(body)

    def jwt(self, kind: str = "") -> str:
        header: dict[str, str] = {"alg": "HS256", "typ": "JWT"}
        claims: dict[str, object] = {"iss": "shop", "sub": self.draw(HEX, 8), "iat": 1_700_000_000}
        key = self.some(32)
        match kind:
            case "expired":
                claims["exp"] = 1_600_000_000
            case "none" | "unsigned":
                header["alg"] = "none"
            case "john":
                claims = {"sub": "1234567890", "name": "John " + "Doe", "iat": 1516239022}
            case "taught":
                key = b"your-256-bit-" + b"secret"
            case "guessed":
                key = b"12345"
            case "licence":
                claims["license_type"] = "all"
            case "vague":
                claims = {"description": "of a garden"}
            case "here":
                claims = {"iss": "http://localhost:8080", "aud": ["127.0.0.1:9000"], "sub": "a"}
            case "half":
                claims = {"iss": "http://localhost:8080", "aud": "https://api.garden.net", "sub": "a"}
            case "project":
                claims = {"role": "service_role", "ref": self.draw(HEX, 20)}
            case "service_role":
                claims = {"role": kind}
            case "anon":
                claims["role"] = kind
        parts = [_url64(json.dumps(each, separators=(",", ":")).encode()) for each in (header, claims)]
        signature = b"" if kind == "unsigned" else hmac.digest(key, ".".join(parts).encode(), "sha256")
        return ".".join([*parts, _url64(signature)])

    def age(self) -> str:
        return _bech32("age-secret-key-", self.some(32)).upper()

    # ---- keys ------------------------------------------------------------------------------------------------------

    @cached_property
    def rsa(self) -> Rsa:
        return Rsa(self.random, 1024)

    def pem(self, label: str) -> str:
        return _armour(label, self._inside(label))

    def crlf_pem(self, label: str) -> str:
        return self.pem(label).replace("\n", "\r\n")

    def json_pem(self, label: str) -> str:
        return json.dumps(self.pem(label))[1:-1]

    def base64_pem(self, label: str) -> str:
        return base64.b64encode(self.pem(label).encode()).decode()

    def der(self, kind: str) -> bytes:
        return self._inside(
            {
                "pkcs8": "PRIVATE KEY",
                "pkcs1": "RSA PRIVATE KEY",
                "encrypted": "ENCRYPTED PRIVATE KEY",
                "certificate": "CERTIFICATE",
                "spki": "PUBLIC KEY",
                "profile": "PKCS7",
            }[kind]
        )

    def base64_der(self, kind: str) -> str:
        """What `der` makes, in lines of base64 without armour."""
        text = base64.b64encode(self.der(kind)).decode()
        return "\n".join(text[at : at + 64] for at in range(0, len(text), 64))

    def _inside(self, label: str) -> bytes:
        """What a block of this label wraps."""
        rsa_id = _seq(_oid("1.2.840.113549.1.1.1"), _tlv(5, b""))
        spki = _seq(rsa_id, _tlv(3, b"\0" + _seq(_num(self.rsa.n), _num(65537))))
        match label.replace("PRIVATE " + "KEY", "PRIVATE KEY"):
            case "PRIVATE KEY":
                return _seq(_num(0), rsa_id, _tlv(4, self.rsa.pkcs1()))
            case "RSA PRIVATE KEY":
                return self.rsa.pkcs1()
            case "DSA PRIVATE KEY":
                return _seq(_num(0), *(_num(self.random.getrandbits(160)) for _ in range(5)))
            case "EC PRIVATE KEY":
                return _seq(_num(1), _tlv(4, self.some(32)), _tlv(0xA0, _oid("1.2.840.10045.3.1.7")))
            case "ENCRYPTED PRIVATE KEY":
                return _seq(_seq(_oid("1.2.840.113549.1.5.13"), _tlv(0x30, self.some(60))), _tlv(4, self.some(320)))
            case "PUBLIC KEY":
                return spki
            case "CERTIFICATE":
                name = _seq(_tlv(0x31, _seq(_oid("2.5.4.3"), _tlv(0x0C, b"shop.internal"))))
                signed = _oid("1.2.840.113549.1.1.11")
                body = _seq(_tlv(0xA0, _num(2)), _num(self.random.getrandbits(60)), _seq(signed), name, name, spki)
                return _seq(body, _seq(signed, _tlv(5, b"")), _tlv(3, b"\0" + self.some(128)))
            case "PKCS7":
                return _seq(_oid("1.2.840.113549.1.7.2"), _tlv(0xA0, b"<plist><key>TeamName</key></plist>" * 4))
            case _:
                return _seq(_num(0), spki, _tlv(3, b"\0" + self.some(128)))

    def vagrant_key(self) -> str:
        body = "MIIEogIBAAKCAQEA" + "6NF8iallvQVp22WDkTky" + "rtvp9eWW6A8Y" + self.base64("1154")
        return f"{BEGIN}RSA PRIVATE KEY-----\n{body}\n{END}RSA PRIVATE KEY-----\n"

    def _ssh_public_blob(self) -> bytes:
        return _ssh("ssh-ed25519") + _ssh(self.some(32))

    def ssh_public(self) -> str:
        return f"ssh-ed25519 {base64.b64encode(self._ssh_public_blob()).decode()} ana@laptop\n"

    def openssh(self, cipher: str = "none") -> str:
        if cipher == "none":
            head, secret = _ssh("none") + _ssh("none") + _ssh(""), self.some(8) + _ssh("ssh-ed25519") + self.some(128)
        else:
            salt = _ssh(self.some(16)) + struct.pack(">I", 24)
            head, secret = _ssh(cipher) + _ssh("bcrypt") + _ssh(salt), self.some(160)
        body = b"openssh-key-v1\0" + head + struct.pack(">I", 1) + _ssh(self._ssh_public_blob()) + _ssh(secret)
        return _armour("OPENSSH PRIVATE " + "KEY", body)

    def putty(self, cipher: str = "none") -> str:
        public, private = self.base64("100"), self.base64("48")
        return (
            f"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: {cipher}\nComment: ana\nPublic-Lines: 3\n"
            + "\n".join(public[at : at + 64] for at in range(0, len(public), 64))
            + f"\nPrivate-Lines: 1\n{private}\nPrivate-MAC: {self.hex('64')}\n"
        )

    def openvpn_static(self) -> str:
        lines = "\n".join(self.hex("32") for _ in range(16))
        return f"{BEGIN}OpenVPN Static key V1-----\n{lines}\n{END}OpenVPN Static key V1-----\n"

    # ---- stores ----------------------------------------------------------------------------------------------------

    def openpgp(self, tag: str) -> bytes:
        body = b"\4" + struct.pack(">I", 1_700_000_000) + b"\x16" + self.some(51)
        return bytes([0x80 | int(tag) << 2, len(body)]) + body

    def openpgp_new(self, tag: str) -> bytes:
        body = b"\4" + struct.pack(">I", 1_700_000_000) + b"\x16" + self.some(51)
        return bytes([0xC0 | int(tag), len(body)]) + body

    def openpgp_message(self) -> bytes:
        return bytes([0x85, 1, 12, 3]) + self.some(268)

    def pgp_public(self) -> str:
        return _armour("PGP PUBLIC KEY BLOCK", self.openpgp("6") + self.some(200), "\n")

    def pgp_private(self) -> str:
        text = _armour("PGP PRIVATE KEY BLOCK", self.openpgp("5") + self.some(200), "Comment: ana\n\n")
        return text.replace(f"\n{END}", f"\n={self.base64('3')}\n{END}")

    def pkcs12(self, kind: str = "key") -> bytes:
        data = "1.2.840.113549.1.7.1"
        match kind:
            case "key":
                inside = _seq(_oid("1.2.840.113549.1.12.10.1.1"), _tlv(0xA0, self.der("pkcs8")))
            case "certificates":
                inside = _seq(_oid("1.2.840.113549.1.12.10.1.3"), _tlv(0xA0, self.der("certificate")))
            case _:
                inside = _seq(_oid("1.2.840.113549.1.7.6"), _tlv(0xA0, self.some(300)))
        return _seq(_num(3), _seq(_oid(data), _tlv(0xA0, _tlv(4, _seq(inside)))))

    def jks(self, tag: str, magic: int = 0xFEEDFEED) -> bytes:
        body = struct.pack(">III", magic, 2, 2) + self._java_entry(2) + self._java_entry(int(tag))
        return body + hashlib.sha1(body).digest()

    def jceks(self, tag: str) -> bytes:
        return self.jks(tag, 0xCECECECE)

    def _java_entry(self, tag: int) -> bytes:
        certificate = self.der("certificate")
        chain = _utf("X.509") + struct.pack(">I", len(certificate)) + certificate
        head = struct.pack(">I", tag) + _utf("main") + struct.pack(">Q", 1_700_000_000_000)
        return head + (chain if tag == 2 else struct.pack(">I", 640) + self.some(640) + struct.pack(">I", 1) + chain)

    def keepass(self, version: str = "2") -> bytes:
        return bytes.fromhex("03d9a29a" + ("67fb4bb5" if version == "2" else "65fb4bb5")) + self.some(200)

    def sqlite(self) -> bytes:
        return b"SQLite format 3\0" + self.some(4080)

    def tar(self) -> bytes:
        return b"site/dump".ljust(257, b"\0") + b"ustar\00000" + bytes(247)

    def elf(self, kind: str) -> bytes:
        return b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<H", int(kind)) + self.some(100)


class Rsa:
    """A key of two random primes."""

    def __init__(self, source: random.Random, bits: int) -> None:
        self.p, self.q = _prime(source, bits // 2), _prime(source, bits // 2)
        self.n = self.p * self.q

    def pkcs1(self) -> bytes:
        d = pow(65537, -1, (self.p - 1) * (self.q - 1))
        parts = (0, self.n, 65537, d, self.p, self.q, d % (self.p - 1), d % (self.q - 1), pow(self.q, -1, self.p))
        return _seq(*map(_num, parts))


def _prime(source: random.Random, bits: int) -> int:
    while True:
        number = source.getrandbits(bits) | 3 << (bits - 2) | 1
        if number % 65537 != 1 and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)):
            return number


def _raw(text: str) -> bytes:
    """Text as UTF-8; bytes that are none are written as the characters of the same number."""
    return text.encode("latin-1") if any("\x7f" < c <= "\xff" for c in text) else text.encode()


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _armour(label: str, data: bytes, headers: str = "") -> str:
    text = base64.b64encode(data).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"{BEGIN}{label}-----\n{headers}{lines}\n{END}{label}-----\n"


def _tlv(tag: int, value: bytes) -> bytes:
    if len(value) < 128:
        return bytes([tag, len(value)]) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + value


def _seq(*parts: bytes) -> bytes:
    return _tlv(0x30, b"".join(parts))


def _num(number: int) -> bytes:
    return _tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    out = bytearray([first * 40 + second])
    for number in others:
        digits = [number & 127]
        while number := number >> 7:
            digits.append(number & 127 | 128)
        out += bytes(reversed(digits))
    return _tlv(6, bytes(out))


def _ssh(value: str | bytes) -> bytes:
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">I", len(data)) + data


def _utf(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def _bech32(head: str, data: bytes) -> str:
    bits, values = int.from_bytes(data, "big") << (-len(data) * 8 % 5), []
    for shift in range(-(-len(data) * 8 // 5) * 5 - 5, -1, -5):
        values.append(bits >> shift & 31)
    total = 1
    for value in [*(ord(c) >> 5 for c in head), 0, *(ord(c) & 31 for c in head), *values, *[0] * 6]:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            total ^= generator if top >> bit & 1 else 0
    total ^= 1
    return head + "1" + "".join(BECH32[value] for value in [*values, *(total >> 5 * (5 - at) & 31 for at in range(6))])
