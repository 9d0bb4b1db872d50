"""Keys in text armour: every label of the file is read, and what it wraps has to be a key.

A label alone proves nothing: code and manuals are full of them. One private key among any number of certificates makes
the file a secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ..regex import compiled
from . import containers
from .case import Case
from .checksums import unbase64
from .judgement import Strength

_BEGIN: Final = r"---(?:--|- )BEGIN ([A-Z0-9 ]{1,48}?)(?:-----| ----|\r?\n)"
#: No key is longer.
_LONGEST: Final = 32768
#: Escapes, quotes, joins and indentation of the languages and formats in which people keep keys.
_WRAPPING: Final = (
    r"(?m)^[ \t]*+[#*>|]++"  # a comment or a quotation
    r"|[\"'`][ \t]*+[+.&]?[ \t]*+(?>(?:\\?[\r\n])*)[ \t]*+[+.&]?[ \t]*+[bfur]?[\"'`]"  # one literal joined to the next
    r"|\\[nrt\r\n]|[\s\"'`,;\\]"
)
_HEADER: Final = r"(?m)^[ \t\"'#*]*+[A-Za-z][\w-]{1,30}: .*$"
_HEX: Final = r"[0-9a-fA-F]{256,}+"

#: Keys that everybody has, by the SHA-256 of all their bytes; where the modulus begins like that, it is worth asking.
PUBLISHED: Final = {
    "56fb5326a1d72a4080d4870034ecac85b4ae1159f84b9bc458d46327083921e0": "the key that Vagrant publishes",
}
_PUBLISHED_START: Final = "6NF8iallvQVp22WDkTkyrtvp9eWW6A8Y"
#: Those that are copied with parts left out and headers changed: what of their numbers no other key has. The clients of
#: a game have the public half of its key built in.
_WELL_KNOWN: Final = (
    (bytes.fromhex("bb5494d4b7d52cf1c2a333311f6328e2580e11e3"), "the RSA key that jwt.io shows to everybody"),
    (bytes.fromhex("7af6732f581d005afcf216f6385ff6371029242c"), "the EC key that jwt.io shows to everybody"),
    (bytes.fromhex("9b646903b45b07ac956568d87353bd7165139dd7"), "the RSA key of every server of OpenTibia"),
    (bytes.fromhex("2901c3ea6e32231823b1ecba3e7cb8e9a7195c44"), "the DSA key that Aspera gives to every client"),
)


class Block(NamedTuple):
    """What a label says and where, and what follows it up to the next label."""

    label: str
    at: int
    body: str


def blocks(text: str) -> Iterator[Block]:
    """Every armoured block, in order; one that is cut off too."""
    for begin in compiled(_BEGIN).finditer(text):
        end = text.find("---", begin.end(), begin.end() + _LONGEST)
        yield Block(begin[1].strip(), begin.start(), text[begin.end() : end if end >= 0 else begin.end() + _LONGEST])


def judge_armour(
    case: Case, text: str, *, at: int | None = None, kind: str | None = None, template: bool = False
) -> bool:
    """Confirm every private key in `text`; True if it holds any armour.

    `at`: the one place to tell, where `text` is not the text of the file but was found encoded in it. `kind`: what to
    call a key, None: what its label says. `template`: the file is there to be copied, with a key to begin with, more
    often than not.
    """
    public = []
    empty = ""
    for block in blocks(text):
        if not is_private(block.label):
            public.append(block.label.lower())
            continue
        if (key := _key_in(block)) is None:
            empty = empty or f"{block.label.lower()}: a label without a key"
            continue
        data, strength, what = key
        if strength is None:
            case.clear("private-key", what, at=block.at if at is None else at, length=1)
        else:
            if template:
                strength = Strength.MEDIUM if strength is Strength.CRITICAL else Strength.LOW
            case.confirm(kind or _kind(block.label), strength, data, block.at if at is None else at, what)
            if at is None:
                case.spend(block.at, block.at + len(block.body))
    if not case.found:
        if empty:
            case.clear("private-key", empty)
        elif public:
            case.clear("public-key", f"public only: {', '.join(sorted(set(public)))}")
    return bool(public or empty) or case.found


def is_private(label: str) -> bool:
    """Whether a label announces something to be kept secret."""
    return "PRIVATE KEY" in label


def _kind(label: str) -> str:
    if label.startswith("PGP "):
        return "openpgp-private-key"
    return "ssh-private-key" if "SSH" in label else "private-key"


def _key_in(block: Block) -> tuple[bytes, Strength | None, str] | None:
    """The key's bytes, how bad it is (None: everybody has it) and what it is; None: there is no key."""
    body = block.body.replace("\\r", "").replace("\\n", "\n") if "\\n" in block.body[:200] else block.body
    locked = "ENCRYPTED" in body[:256] or "ENCRYPTED" in block.label
    bare = compiled(_WRAPPING).sub("", compiled(_HEADER).sub("", body))
    if block.label.startswith("PGP "):
        bare = compiled(r"=[\w+/]{4}$").sub("", bare)
    if len(bare.rstrip("=")) < 64 - 2:
        return None
    if (data := unbase64(bare)) is None and (data := unbase64(_last_words(body))) is None:
        return None
    if (published := _published(bare, data)) is not None:
        return b"", None, published
    if block.label.startswith("PGP "):
        if containers.openpgp_tag(data) not in containers.SECRET_TAGS:
            return None
        return data, Strength.CRITICAL, "OpenPGP private key"
    if data.startswith(b"openssh-key-v1\0"):
        open_ = data[15:23] == b"\0\0\0\4none"
        return data, Strength.CRITICAL if open_ else Strength.MEDIUM, _told("OpenSSH private key", not open_)
    if "SSH2" in block.label:
        return data, Strength.MEDIUM, _told("SSH private key", True)
    if locked and "PRIVATE KEY" in block.label:
        return data, Strength.MEDIUM, _told("private key", True)
    if containers.der_length(data) is None:
        return None
    return data, Strength.CRITICAL, _told("private key", False)


def _last_words(body: str) -> str:
    """What is last on each line: what a log puts in front of them is left out, as on the line of the label at the
    end."""
    lines = body.replace("\\r", "").splitlines()
    if body.endswith((" ", "\t")):
        lines = lines[:-1]
    return "".join(line.split()[-1].strip("\"'\\,") for line in lines if line.strip())


#: How a private key in base64 begins that has no armour, and the lines that it goes on in. With its letter in front the
#: search skips to the next one.
_BARE: Final = (
    r"M(?<![A-Za-z0-9+/_=-]M)(?:I[A-Za-z0-9]|HcC|C4C|EcC)"
    r"(?>(?:[A-Za-z0-9+/]{10,120}+\\?\s{1,40}+(?=[A-Za-z0-9+/]{10})){0,120})[A-Za-z0-9+/]{10,16384}+={0,2}"
)
_SPACES: Final = r"[\s\\]+"


def judge_bare(case: Case) -> None:
    """Confirm private keys in base64 that have no armour, by what their bytes are."""
    for match in compiled(_BARE).finditer(case.text):
        data = unbase64(compiled(_SPACES).sub("", match[0]))
        if data is None or (what := containers.private_kind(data)) is None:
            continue
        if (published := _published("", data)) is not None:
            case.clear("private-key", published, at=match.start(), length=len(match[0]))
        else:
            case.confirm("private-key", Strength.CRITICAL, match[0], match.start(), f"{what} in base64, not encrypted")


def _published(bare: str, data: bytes) -> str | None:
    """What a key is that everybody has, by its base64 and its bytes; None: it is somebody's own."""
    for number, what in _WELL_KNOWN:
        if number in data[:80]:
            return what
    if _PUBLISHED_START not in bare[:200]:
        return None
    from hashlib import sha256  # hardly ever

    return PUBLISHED.get(sha256(data).hexdigest())


def _told(what: str, locked: bool) -> str:
    return f"{what}, {'protected by a pass phrase' if locked else 'not encrypted'}"


def judge_static_key(case: Case) -> None:
    """OpenVPN's shared key: 2048 bits in hexadecimal between its own labels."""
    at = case.text.find("BEGIN OpenVPN Static key V1")
    if at < 0:
        return
    bare = compiled(r"\s").sub("", case.text[at + 27 : at + 2048])
    if (key := compiled(_HEX).search(bare)) is not None and len(set(key[0])) > 8:
        case.confirm("openvpn", Strength.HIGH, key[0], at, "OpenVPN static key")
