"""Binary files that hold keys, by what is in them: DER, PKCS #12, Java key stores, OpenPGP, password stores, dumps.

Each function looks at bytes that may be cut off or hostile, reads as far as it has to, and never past the end; what
cannot be opened is opaque, what holds only public parts is cleared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..regex import compiled_bytes
from .case import Case
from .judgement import Strength

#: OpenPGP packets: secret key and secret subkey; public ones; what an encrypted or signed message begins with.
SECRET_TAGS: Final = (5, 7)
PUBLIC_TAGS: Final = (6, 14)
MESSAGE_TAGS: Final = (1, 2, 3, 4, 8, 9, 10, 11, 18)

_PKCS12_DATA: Final = bytes.fromhex("06092a864886f70d0107")  # 1.2.840.113549.1.7: data, or signed data
_KEY_BAGS: Final = (bytes.fromhex("060b2a864886f70d010c0a0101"), bytes.fromhex("060b2a864886f70d010c0a0102"))
_CERTIFICATE_BAG: Final = bytes.fromhex("060b2a864886f70d010c0a0103")
_ENCRYPTED_DATA: Final = bytes.fromhex("06092a864886f70d010706")
_PBE: Final = (bytes.fromhex("2a864886f70d0105"), bytes.fromhex("2a864886f70d010c01"))

_JAVA: Final = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_MAGICS: Final = (
    # magic, kind, severity, reason; None: cleared
    (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", "keepass", Strength.HIGH, "KeePass database"),
    (b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", "keepass", Strength.HIGH, "KeePass database"),
    (b"\x03\xd9\xa2\x9a\x66\xfb\x4b\xb5", "keepass", Strength.HIGH, "KeePass database"),
    (b"PWS3", "password-store", Strength.HIGH, "Password Safe database"),
    (b"kych", "password-store", Strength.HIGH, "macOS keychain"),
    (b"GnomeKeyring\n", "password-store", Strength.HIGH, "GNOME keyring"),
    (b"KWALLET\n", "password-store", Strength.HIGH, "KDE wallet"),
    (b"JAVA PROFILE 1.", "memory-dump", Strength.HIGH, "Java heap dump: all that was in memory"),
    (b"MDMP", "memory-dump", Strength.HIGH, "Windows memory dump"),
    (b"PAGEDU", "memory-dump", Strength.HIGH, "Windows kernel memory dump"),
    (b"PGDMP", "database-dump", Strength.HIGH, "PostgreSQL dump"),
    (b"\0GITCRYPTKEY", "git-crypt-key", Strength.CRITICAL, "git-crypt key"),
    (b"\0GITCRYPT\0", "encrypted", None, "encrypted with git-crypt"),
    (b"age-encryption.org/v1", "encrypted", None, "encrypted with age"),
    (b"Salted__", "encrypted", None, "encrypted with OpenSSL"),
    (b"$ANSIBLE_VAULT;", "encrypted", None, "encrypted with Ansible Vault"),
)
SQLITE: Final = b"SQLite format 3\0"
#: How files begin that are no text, however much of it is in them.
BINARY: Final = (SQLITE, *(magic for magic, *_ in _MAGICS), *_JAVA, b"\x7fELF")
#: One look tells whether any of the functions here has something to say; lower-case letters and blanks do not.
FIRST_BYTES: Final = frozenset(magic[0] for magic, *_ in _MAGICS) | {0x30, 0x7F, 0xFE, 0xCE}


def judge_binary(case: Case) -> bool:
    """Judge a file by its first bytes; True if they told what it is."""
    data = case.data
    for magic, kind, severity, reason in _MAGICS:
        if data.startswith(magic):
            if severity is None and not _is_sealed(data, magic):
                return False  # a head alone clears nothing
            if severity is None:
                case.clear(kind, reason)
            elif kind == "git-crypt-key":
                case.confirm(kind, severity, data, None, reason)
            else:
                case.opaque(kind, severity, reason)
            return True
    if data[:4] in _JAVA:
        _judge_java(case)
        return True
    if data[:4] == b"\x7fELF" and len(data) > 18:
        if int.from_bytes(data[16:18], "little" if data[5] == 1 else "big") == 4:
            case.opaque("memory-dump", Strength.HIGH, "core dump: all that was in memory")
            return True
        return False
    return data[:1] == b"0" and _judge_der(case)


_PRINTABLE: Final = bytes((9, 10, 13, *range(32, 127)))


def is_text(data: bytes) -> bool:
    """Whether a piece of data reads as text: nearly all of it can be printed."""
    return len(data) - len(data.translate(None, _PRINTABLE)) > 0.8 * len(data)


def _is_sealed(data: bytes, magic: bytes) -> bool:
    """Whether what follows the head of an encrypted file is ciphertext to the end."""
    if magic == b"$ANSIBLE_VAULT;":
        return compiled_bytes(rb"\$ANSIBLE_VAULT;[^\n]{1,200}\n[0-9a-f\r\n]+\s*").fullmatch(data) is not None
    body = data[len(magic) :]
    if magic.startswith(b"age-"):
        body = body.partition(b"\n--- ")[2].partition(b"\n")[2]
    # No run of text is as long in what is random.
    return bool(body) and compiled_bytes(rb"[\t\n\r -~]{24}").search(body) is None


def der_length(data: bytes) -> int | None:
    """Length of the sequence that is all of `data`, with its head; None: it is no such thing."""
    if len(data) < 4 or data[0] != 0x30:
        return None
    head, length = _head(data, 0)
    return head + length if length and head + length in range(len(data) - 16, len(data) + 1) else None


def _head(data: bytes, at: int) -> tuple[int, int]:
    """Where the value of the element at `at` begins, and how long it is; 0 if that is unreadable."""
    if at + 2 > len(data):
        return at, 0
    first = data[at + 1]
    if first < 0x80:
        return at + 2, first
    count = first & 0x7F
    if not 1 <= count <= 4 or at + 2 + count > len(data):
        return at + 2, 0
    return at + 2 + count, int.from_bytes(data[at + 2 : at + 2 + count], "big")


def _elements(data: bytes, *, most: int) -> Iterator[tuple[int, bytes]]:
    """Tags and values in the outermost sequence."""
    at, length = _head(data, 0)
    end = min(len(data), at + length)
    for _ in range(most):
        if at >= end:
            return
        start, size = _head(data, at)
        yield data[at], data[start : start + min(size, 65536)]
        at = start + size


def _judge_der(case: Case) -> bool:
    data = case.data
    _, length = _head(data, 0)
    if length < 32 or (abs(len(data) - length) > 16 and case.size == len(data)):
        return False  # something is appended
    parts = list(_elements(data, most=4))
    shape = [tag for tag, _ in parts]
    if shape[:2] == [2, 0x30] and parts[0][1] == b"\x03" and parts[1][1].startswith(_PKCS12_DATA):
        _judge_pkcs12(case)
    elif (what := _private_kind(parts)) is not None:
        case.confirm("private-key", Strength.CRITICAL, data, None, f"{what}, not encrypted")
    elif shape == [0x30, 4] and any(parts[0][1][2:].startswith(oid) for oid in _PBE):
        case.confirm("private-key", Strength.MEDIUM, data, None, "private key, protected by a pass phrase")
    elif shape[:2] in ([0x30, 0x30], [0x30, 3]):
        case.clear("public-key", "a certificate or public key")
    else:
        return False
    return True


def private_kind(data: bytes) -> str | None:
    """What kind of private key these bytes are, without a pass phrase; None: they are none."""
    return _private_kind(list(_elements(data, most=4))) if der_length(data) is not None else None


def _private_kind(parts: list[tuple[int, bytes]]) -> str | None:
    shape = [tag for tag, _ in parts]
    if shape[:3] == [2, 0x30, 4] and parts[0][1] in (b"\0", b"\1") and parts[1][1][:1] == b"\x06":
        return "PKCS #8 private key"
    if shape[:4] == [2, 2, 2, 2] and parts[0][1] in (b"\0", b"\1") and len(parts[1][1]) >= 32:
        return "RSA private key"
    if shape[:2] == [2, 4] and parts[0][1] == b"\1" and len(parts[1][1]) >= 16:
        return "EC private key"
    return None


def _judge_pkcs12(case: Case) -> None:
    data = case.data
    if any(bag in data for bag in _KEY_BAGS):
        case.opaque("pkcs12", Strength.HIGH, "PKCS #12 store with a private key")
    elif _CERTIFICATE_BAG in data and _ENCRYPTED_DATA not in data:
        case.clear("pkcs12", "PKCS #12 store with certificates only")
    elif "trust" in case.name:
        # Nobody can tell, and by its name it has certificates of others.
        case.opaque("pkcs12", Strength.LOW, "PKCS #12 store, all of it encrypted, by its name for certificates")
    else:
        case.opaque("pkcs12", Strength.HIGH, "PKCS #12 store, all of it encrypted")


def _judge_java(case: Case) -> None:
    """JKS and JCEKS: the entries one after the other, until one holds a key."""
    data = case.data
    version, count = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
    at = 12
    for _ in range(count):
        tag = int.from_bytes(data[at : at + 4], "big")
        if tag in (1, 3):
            case.opaque("java-key-store", Strength.HIGH, "Java key store with a private key")
            return
        if tag != 2:
            case.opaque("java-key-store", Strength.HIGH, "Java key store, not readable to its end")
            return
        at += 4
        at += 2 + int.from_bytes(data[at : at + 2], "big") + 8  # alias, date
        if version == 2:
            at += 2 + int.from_bytes(data[at : at + 2], "big")  # type of the certificate
        at += 4 + int.from_bytes(data[at : at + 4], "big")
        if at > len(data):
            break
    # After the entries comes a digest of 20 bytes and nothing else.
    if at + 20 != len(data):
        case.opaque("java-key-store", Strength.HIGH, "Java key store, with something after its entries")
        return
    case.clear("java-key-store", "Java key store with trusted certificates only")


def openpgp_tag(data: bytes) -> int | None:
    """The tag of the first OpenPGP packet, None: there is none."""
    if len(data) < 8 or not data[0] & 0x80:
        return None
    if data[0] & 0x40:
        tag = data[0] & 0x3F
        first = data[1]
        at, length = (2, first) if first < 192 else (3, 0) if first < 224 else (6, 0) if first == 255 else (2, 1)
    else:
        tag = data[0] >> 2 & 0xF
        at, length = (
            (2, data[1]) if data[0] & 3 == 0 else (3, 0) if data[0] & 3 == 1 else (5, 0) if data[0] & 3 == 2 else (1, 1)
        )
    if tag not in SECRET_TAGS and _is_unicode(data):
        return None  # a text that begins with a letter of another alphabet
    keys = tag in SECRET_TAGS or tag in PUBLIC_TAGS
    if keys and (data[at] not in (3, 4, 5, 6) or (at == 2 and not length >= 8)):
        return None
    return tag


def _is_unicode(data: bytes) -> bool:
    try:
        data[:4096].decode()
    except UnicodeDecodeError as error:
        return error.start > len(data[:4096]) - 4
    return True


def judge_openpgp(case: Case) -> bool:
    """Judge a file of OpenPGP packets, as key rings and exported keys are; True if it is one."""
    if case.data[8:12] == b"KBXf":
        case.clear("openpgp", "key box with public keys")
        return True
    tag = openpgp_tag(case.data)
    if tag in SECRET_TAGS:
        case.confirm("openpgp-private-key", Strength.CRITICAL, case.data, None, "OpenPGP private key")
    elif tag in PUBLIC_TAGS:
        case.clear("openpgp", "public OpenPGP keys")
    elif tag in MESSAGE_TAGS:
        case.clear("openpgp", "an OpenPGP message or signature")
    else:
        return False
    return True
