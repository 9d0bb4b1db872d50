"""The figures that builders print for a transfer, to the byte.

BuildKit counts every message of its file-sync protocol, the classic builder the bytes of a tar archive; neither depends
on what the files contain, so both can be told from names, sizes and times alone. Source: section 7 of
`docs/semantics.md`, checked against thousands of recorded transfers.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Sequence
from itertools import islice
from typing import Final

from .walk import Entry

#: BuildKit sends file contents in pieces of this many bytes.
CHUNK: Final = 32768
#: A tar archive is made of blocks of this many bytes.
BLOCK: Final = 512

# Go's bits for the kinds of files, beside the nine of the permissions.
_GO_KINDS: Final = {
    stat.S_IFDIR: 1 << 31,
    stat.S_IFLNK: 1 << 27,
    stat.S_IFIFO: 1 << 25,
    stat.S_IFCHR: (1 << 26) | (1 << 21),
    stat.S_IFBLK: 1 << 26,
}


class StreamCount:
    """Adds up `transferring context:` as the entries come, in wire order."""

    def __init__(self) -> None:
        self.entries = 0
        self.total = 2  # the message that ends the transfer

    def add(self, entry: Entry) -> None:
        self.total += stream_entry(entry) + stream_messages(entry) * _field(self.entries)
        self.entries += 1


def stream_entry(entry: Entry) -> int:
    """What an entry adds, but for its number in the messages that carry its content."""
    status = entry.status
    mode = _go_mode(status.st_mode)
    size = len(_bytes(entry.target)) if entry.kind == "symlink" and entry.target else entry.size
    message = _length(len(_bytes(entry.path))) + _field(mode) + _field(size) + _field(status.st_mtime_ns)
    if entry.target:
        message += _length(len(_bytes(entry.target)))
    if entry.kind == "device" and sys.platform != "win32":
        message += _field(_major(status.st_rdev)) + _field(_minor(status.st_rdev))
    for name, value in entry.attributes:
        message += _length(_length(len(_bytes(name))) + _length(value))
    total = _length(message)
    if entry.kind in ("file", "socket"):
        total += 2
        if entry.kind == "file" and not entry.empty:
            whole, rest = divmod(entry.size, CHUNK)
            total += whole * (2 + _length(CHUNK)) + (2 + _length(rest) if rest else 0)
    return total


def stream_messages(entry: Entry) -> int:
    """How many messages carry the content of an entry: one for each piece, and one that closes."""
    if entry.kind not in ("file", "socket"):
        return 0
    return 1 if entry.kind == "socket" or entry.empty else -(-entry.size // CHUNK) + 1


def stream_numbers(messages: Sequence[int]) -> int:
    """What the numbers of the entries add, given how many messages each takes, in wire order: a larger one is
    longer."""
    total = 0
    for first, last, field in ((1, 1 << 7, 2), (1 << 7, 1 << 14, 3), (1 << 14, 1 << 21, 4), (1 << 21, 1 << 28, 5)):
        if len(messages) <= first:
            break
        total += field * sum(islice(messages, first, last))  # a slice would be a copy
    return total


class TarCount:
    """Adds up the bytes of the classic builder's archive."""

    def __init__(self) -> None:
        self.total = 2 * BLOCK  # the end of the archive

    def add(self, entry: Entry) -> None:
        self.total += tar_entry(entry)

    def break_off(self, entry: Entry) -> None:
        """`entry`, added last, cannot be read: the archive ends behind its header."""
        self.total -= _padded(entry.size) + 2 * BLOCK


def tar_entry(entry: Entry) -> int:
    """What an entry adds to the archive."""
    return _tar_header(entry) + (_padded(entry.size) if entry.kind == "file" else 0)


def rewritten(total: int, dockerfile: int, ignore_file: int | None) -> int:
    """The archive's bytes where the Dockerfile, of this many bytes, comes from elsewhere: the client writes it anew.

    The Dockerfile goes in under a random name, which the ignore file (of this many bytes, or None) then mentions, and
    the archive has no end. If there was no ignore file it is random which of the two added files comes last and so goes
    unpadded; here the Dockerfile.
    """
    mention = BLOCK + _padded(47) if ignore_file is None else _padded(ignore_file + 34) - _padded(ignore_file)
    return total - 2 * BLOCK + mention + BLOCK + dockerfile


def stream_text(size: int) -> str:
    """As BuildKit prints a size: `123B`, `40.89kB`."""
    return _text(size, "{:.2f}") if size >= 1000 else f"{size}B"


def tar_text(size: int) -> str:
    """As the classic builder prints a size: four significant digits, `3.072kB`."""
    return _text(size, "{:.4g}")


def _text(size: int, form: str) -> str:
    value, units = float(size), ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    unit = 0
    while value >= 1000 and unit < len(units) - 1:
        value /= 1000
        unit += 1
    return form.format(value) + units[unit]


def _varint(number: int) -> int:
    """The bytes of a protobuf varint; a negative number takes ten."""
    return 10 if number < 0 else max(1, (number.bit_length() + 6) // 7)


def _field(number: int) -> int:
    return 1 + _varint(number) if number else 0


def _length(size: int) -> int:
    return 1 + _varint(size) + size


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _go_mode(mode: int) -> int:
    kind = _GO_KINDS.get(stat.S_IFMT(mode), 0)
    special = bool(mode & stat.S_ISUID) << 23 | bool(mode & stat.S_ISGID) << 22 | bool(mode & stat.S_ISVTX) << 20
    return mode & 0o777 | kind | special


def _major(device: int) -> int:
    return (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)


def _minor(device: int) -> int:
    return (device & 0xFF) | (device >> 12 & ~0xFF)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _tar_header(entry: Entry) -> int:
    """A header block, and the extended header that carries what does not fit into one."""
    name = _bytes(entry.path + "/" * (entry.kind == "dir"))
    records: list[tuple[str, bytes]] = []
    link = _bytes(entry.target or "") if entry.kind in ("symlink", "hardlink") else b""
    seconds = entry.status.st_mtime_ns // 10**9
    if not link.isascii() or len(link) > 100:
        records.append(("linkpath", link))
    if not 0 <= seconds < 8**11:
        records.append(("mtime", str(seconds).encode()))
    if entry.kind == "file" and entry.size >= 8**11:
        records.append(("size", str(entry.size).encode()))
    for key, value in entry.attributes:
        if key == "security.capability":
            records.append(("SCHILY.xattr.security.capability", b"x" * value))
    if not name.isascii() or (len(name) > 100 and (records or not _splits(name))):
        records.append(("path", name))
    extra = sum(_record(key, value) for key, value in records)
    return BLOCK + (BLOCK + _padded(extra) if records else 0)


def _record(key: str, value: bytes) -> int:
    """The length of `LEN key=value\\n`, where LEN counts itself."""
    size = len(key) + len(value) + 3
    total = size + len(str(size))
    return size + len(str(total))


def _splits(name: bytes) -> bool:
    """Whether a long name fits the two fields of a header: at most 155 bytes, a slash, at most 100."""
    head = name[:156]
    if len(name) <= 156 and head.endswith(b"/"):
        head = head[:-1]
    at = head.rfind(b"/")
    return 0 < at <= 155 and 1 <= len(name) - at - 1 <= 100
