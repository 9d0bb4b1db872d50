"""What keys weigh among the other files of their directory: beside what made them, by whom their certificates name, and
where settings for production replace them.

Loaded where a key was found: most trees have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ..regex import compiled, compiled_bytes
from .case import BASES, KEYS, SHIPPED
from .checksums import unbase64
from .judgement import Judgement, Strength

#: What is left where somebody has made a CA of his own and signed with it, by OpenSSL or cfssl; what makes all of it
#: anew; and what packages of systems call the keys that everybody replaces.
_SIGNED: Final = (
    # What MySQL has among its data, with keys that it makes when it first starts.
    r"ibdata1|auto\.cnf|[\w.-]{1,60}\.srl|[\w.-]{0,60}csr\.json"
    r"|(?:(?:gen|generate|create|make|mk|regen|renew|setup)[\w-]{0,30}?(?:cert|key|ssl|tls|ca|pki)"
    r"|(?:certs?|certificates?|keys?|ssl|tls|pki)[_-](?:gen|generate|create|make))"
    r"[\w-]{0,30}\.(?:sh|bash|bat|cmd|ps1|py|js)"
)
_SNAKE_OIL: Final = r"snake-?oil[\w.-]{0,60}"


def beside(
    path: str,
    names: Iterable[str],
    judgements: tuple[Judgement, ...],
    read: Callable[[str], bytes],
    *,
    named: bool = False,
) -> tuple[Judgement, ...]:
    """What was found in a file, as it weighs among the other files of its directory: keys are worth less where they
    were made on the spot, and the next one is as good, and nothing where their certificate is for nobody, or where what
    runs has another one. `read` gives the start of a file in the directory by its name. `named`: an instruction takes
    the file by its name, so that a key is in use: only whom its certificate is for makes it worth less."""
    low = path.lower()
    if low.endswith(BASES):
        return _without_replaced(judgements, [name for name in names if name in _PRODUCTION], read)
    keys = {each.kind for each in judgements if each.severity is not None} & KEYS
    if not keys or compiled(SHIPPED).search(low):
        return judgements
    own = path.rpartition("/")[2]
    names = list(names)
    others = [name.lower() for name in names]
    certificates = [_bodies(read(name)) for name in (own, *_certificates(own, names))]
    nobody = any(map(_is_certified_for_nobody, certificates))
    blank = not nobody and any(map(_is_left_blank, certificates))
    if named and not nobody and not blank:
        return judgements
    if named or blank:
        most, opaque = Strength.MEDIUM, Strength.LOW
    elif nobody or any(map(compiled(_SNAKE_OIL).match, others)):
        most, opaque = Strength.LOW, Strength.LOW
    elif any(map(compiled(_SIGNED).fullmatch, others)):
        most, opaque = Strength.MEDIUM, Strength.LOW
    else:
        return judgements
    return tuple(
        each._replace(severity=min(each.severity, opaque if each.verdict == "opaque" else most))
        if each.kind in keys and each.severity is not None
        else each
        for each in judgements
    )


#: Settings of Django and Elixir for what runs elsewhere, and how they set a key.
_PRODUCTION: Final = frozenset(
    (
        *(f"{name}.py" for name in ("prod", "production", "live", "staging", "deploy", "docker")),
        "prod.exs",
        "runtime.exs",
    )
)
_SETS: Final = rb"(?m)^[ \t]*(?:([A-Z][A-Z_]{2,40})[ ]*(?::[ ]*\w+[ ]*)?=(?!=)|(\w{0,30}(?:key_base|salt|secret)):[ ])"


def _without_replaced(
    judgements: tuple[Judgement, ...], names: list[str], read: Callable[[str], bytes]
) -> tuple[Judgement, ...]:
    """Settings for all stages, of which those for production set some anew."""
    found = [each for name in names for each in compiled_bytes(_SETS).finditer(read(name))]
    anew = {(each[1] or each[2]).decode() for each in found}
    return tuple(
        each._replace(severity=min(each.severity, Strength.LOW))
        if each.severity is not None and each.reason.rpartition(" ")[2] in anew
        else each
        for each in judgements
    )


#: How a certificate is called, and what a key has behind the name that both have.
_CERTIFIED: Final = (".crt", ".cer", ".cert", ".pem")
_OF_KEY: Final = r"(?i)[._-]?(?:private)?[._-]?key\Z|(?<=.)[._-](?:keystore|private)\Z"


def _certificates(own: str, names: list[str]) -> list[str]:
    """The certificates beside a key that go by the same name, or that are called what they are as the key is."""
    stem = compiled(_OF_KEY).sub("", own.rpartition(".")[0])
    bare = not stem or compiled(r"(?i)(?:priv(?:ate)?[._-]?)?key").fullmatch(own.rpartition(".")[0]) is not None
    stem = stem or own
    stems = (stem, f"{stem}-cert", f"{stem}.cert", f"{stem}_cert", *(("cert", "certificate") if bare else ()))
    found = [name for name in names if name.lower().endswith(_CERTIFIED) and name.rpartition(".")[0] in stems]
    return [name for name in found[:2] if name != own]


#: The name of whom a certificate is for, and other names of his: with the object identifiers 2.5.4.3 and 2.5.29.17.
_COMMON_NAME: Final = rb"\x06\x03\x55\x04\x03[\x0c\x13\x16]([\x01-\x7f])"
_OTHER_NAMES: Final = b"\x06\x03\x55\x1d\x11"
#: A certificate in base64, and its armour in base64.
_CERTIFICATE: Final = r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s\\]{100,20000}?)-----END"
_CODED: Final = r"(?<![A-Za-z0-9+/])LS0tLS1CRUdJTiBDRVJU[A-Za-z0-9+/]{100,20000}={0,2}"
_BLANKS: Final = r"[\s\\]+"
#: So many certificates of a file are looked at.
_MOST_CERTIFICATES: Final = 8
#: Names that no network has: of this machine, and those that are kept for tests (RFC 2606, RFC 6761).
_NOWHERE: Final = (
    r"(?:[\w*-]+\.)*(?:localhost|test|example|invalid|example\.(?:com|org|net))|localhost\.localdomain|127\.0\.0\.1"
)
#: What an authority is called that nobody trusts.
_FOR_TESTS: Final = r"(?i)\b(?:test|testing|fake|dummy|snake[ -]?oil)[ -]?(?:root[ -]?)?(?:ca|authority)\b"


def _is_certified_for_nobody(bodies: list[bytes]) -> bool:
    """Whether all certificates in a file are for this machine, or for names that nobody has; what runs beside it there
    has a name of one word. Nor is anybody let in by those of an authority that says itself that it is for tests."""
    issuers = (compiled_bytes(_COMMON_NAME).search(body) for body in bodies)  # whose name comes first
    if bodies and all(
        found is not None
        and compiled(_FOR_TESTS).search(found.string[found.end() : found.end() + found[1][0]].decode("latin-1"))
        for found in issuers
    ):
        return True
    names, others = _names_in(bodies)
    nowhere = compiled(_NOWHERE).fullmatch
    if not any(map(nowhere, names | others)):
        return False
    near = compiled(r".+\.local|[\w-]+" if any(map(nowhere, names)) else r".+\.local").fullmatch
    return all(nowhere(name) or near(name) for name in names | others)


def _names_in(bodies: list[bytes]) -> tuple[set[str], set[str]]:
    """The names of hosts in the certificates of a file, in small letters: those that they are for, and their others."""
    names: set[str] = set()
    others: set[str] = set()
    for body in bodies:
        found = [(each.end(), body[each.end() - 1], names) for each in compiled_bytes(_COMMON_NAME).finditer(body)]
        at = body.find(_OTHER_NAMES)
        end = at + 400
        while at >= 0 and (at := body.find(b"\x82", at, end)) >= 0 and at + 1 < len(body):
            found.append((at + 2, body[at + 1], others))
            at += 2 + body[at + 1]
        for start, length, known in found[:64]:
            name = body[start : start + length].decode("latin-1").lower()
            # What has a blank is what somebody calls himself, and no host.
            if compiled(r"[\w*.:-]{1,100}").fullmatch(name):
                known.add(name)
    return names, others


#: What OpenSSL takes for the name of a company where nobody gives another one.
_UNANSWERED: Final = b"Internet Widgits Pty Ltd"


#: Names that machines have for each other in one network, which no authority certifies (RFC 6762).
_IN_ONE_NETWORK: Final = r"(?:[\w*-]+\.)+(?:local|lan)|[\w-]*localhost"


def _is_left_blank(bodies: list[bytes]) -> bool:
    """Whether all certificates in a file are for nobody in particular: whoever made them left every question of OpenSSL
    as it was, or they are for names of one network alone."""
    names, others = _names_in(bodies)
    if names and all(map(compiled(_IN_ONE_NETWORK).fullmatch, names | others)):
        return True
    return bool(bodies) and all(
        _UNANSWERED in body and compiled_bytes(_COMMON_NAME).search(body) is None and _OTHER_NAMES not in body
        for body in bodies
    )


def _bodies(data: bytes) -> list[bytes]:
    """The certificates of a file in DER, also where they are encoded once or twice."""
    text = data.decode("latin-1")
    coded = [
        unbase64(each[0]) or b""
        for each, _ in zip(compiled(_CODED).finditer(text), range(_MOST_CERTIFICATES), strict=False)
    ]
    texts = [text, *(each.decode("latin-1") for each in coded)]
    bodies = [
        unbase64(compiled(_BLANKS).sub("", each[1].replace("\\n", "")))
        for one in texts
        for each, _ in zip(compiled(_CERTIFICATE).finditer(one), range(_MOST_CERTIFICATES), strict=False)
    ]
    return list(filter(None, [data if data[:1] in (b"0", b"\xfe", b"\xce") else b"", *bodies]))
