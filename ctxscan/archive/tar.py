"""Members of a tar archive, one after the other, as they pass by.

Reads what Go's, GNU's and Python's writers make: ustar, GNU long names and sparse files, and PAX headers. Python's own
`tarfile` keeps every member and reads an extended header whole, whatever size it claims; an archive from a stranger is
read here in bounded memory instead.

Source: POSIX.1-2024, pax, "ustar Interchange Format"; the GNU tar manual, "Basic Tar Format" and "Storing Sparse
Files".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from ..errors import CtxscanError
from .feed import Feed
from .limits import MAX_HEADER, MAX_NAME

MemberKind: TypeAlias = Literal["file", "dir", "symlink", "hardlink", "other"]

BLOCK: Final = 512
_ZEROS: Final = bytes(BLOCK)
_KINDS: Final[dict[bytes, MemberKind]] = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"S": "file",
    b"1": "hardlink",
    b"2": "symlink",
    b"5": "dir",
    b"D": "dir",
}
#: What stands before a member and belongs to it: GNU's long names, PAX headers of one and of all.
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", (b"x", b"X"), b"g"
#: Of a sparse file, so many pieces are known.
_MOST_PIECES: Final = 100_000


class Member(NamedTuple):
    """`path` and `link` as they stand in the archive, stray bytes as surrogates; `size` are the bytes of content that
    follow, `start` where they begin in the stream. `full` is the size of the file: more where it is sparse, and then
    `data` has the offset and length of each piece that is there."""

    path: str
    kind: MemberKind
    size: int
    link: str
    start: int
    full: int
    data: tuple[tuple[int, int], ...] | None


def is_tar(start: bytes) -> bool:
    """Whether something with this first block is a tar archive; an empty one is nothing but zeros."""
    return start[:BLOCK] == _ZEROS or starts_tar(start)


def starts_tar(start: bytes) -> bool:
    """Whether something begins with the header of a member, as its sum tells: the oldest have no magic."""
    return len(start) >= BLOCK and _sum_fits(start[:BLOCK])


def members(feed: Feed, count: Callable[[], object]) -> Iterator[Member]:
    """Every member. Whoever asks for the next one has taken as much of the content as it wanted from `feed`. `count` is
    called for each header. Raises `CtxscanError` for what is damaged."""
    extended: dict[str, bytes] = {}
    always: dict[str, bytes] = {}
    while True:
        if not feed.peek(1):
            if extended:
                raise CtxscanError("damaged: it ends too early")
            return
        header = feed.take(BLOCK)
        if header == _ZEROS:
            for _ in feed.rest():
                pass
            return
        if not _sum_fits(header):
            raise CtxscanError(f"damaged: no tar header at byte {feed.offset - BLOCK}")
        count()
        flag, size = header[156:157], _number(header[124:136])
        if flag in (_LONG_NAME, _LONG_LINK):
            name = "path" if flag == _LONG_NAME else "linkpath"
            extended[name] = _content(feed, size, MAX_NAME).partition(b"\0")[0]
            continue
        if flag in _PAX or flag == _PAX_GLOBAL:
            records = _records(_content(feed, size, MAX_HEADER))
            (always if flag == _PAX_GLOBAL else extended).update(records)
            continue
        member = _member(header, flag, {**always, **extended} if extended or always else extended, feed)
        extended = {}
        yield member
        _finish(feed, member)


def _finish(feed: Feed, member: Member) -> None:
    """To the end of the block in which the content ends."""
    left = member.start + member.size - feed.offset
    if left < 0:
        raise CtxscanError("damaged: a member is longer than it says")
    feed.skip(left + -member.size % BLOCK)


def _member(header: bytes, flag: bytes, extended: dict[str, bytes], feed: Feed) -> Member:
    path, link = _text(header[:100]), _text(header[157:257])
    # Only POSIX's own form has a prefix: GNU's keeps times and pieces there.
    if header[257:263] == b"ustar\0" and (prefix := _text(header[345:500])):
        path = prefix + b"/" + path
    path = extended.get("path", path)
    link = extended.get("linkpath", link)
    size = _decimal(extended["size"]) if "size" in extended else _number(header[124:136])
    kind = _KINDS.get(flag, "other")
    if kind == "file" and path.endswith(b"/") and flag != b"S":
        kind = "dir"
    # These have no content, whatever they say.
    size = size if kind in ("file", "other") else 0
    full, data = size, None
    if flag == b"S":
        data, full = _gnu_pieces(header, feed), _number(header[483:495])
    elif kind == "file" and any(each.startswith("GNU.sparse.") for each in extended):
        return _pax_sparse(path, size, extended, feed)
    if len(path) > MAX_NAME or len(link) > MAX_NAME:
        raise CtxscanError("damaged: a name is too long")
    return Member(_name(path), kind, size, _name(link), feed.offset, full, data)


def _gnu_pieces(header: bytes, feed: Feed) -> tuple[tuple[int, int], ...]:
    """Four pieces in the header, and twenty-one in each block that follows."""
    pieces = _pairs(header[386:482])
    more = header[482:483] != b"\0"
    while more:
        block = feed.take(BLOCK)
        pieces += _pairs(block[:504])
        more = block[504:505] != b"\0"
        if len(pieces) > _MOST_PIECES:
            raise CtxscanError("damaged: a sparse file has too many pieces")
    return tuple(pieces)


def _pairs(data: bytes) -> list[tuple[int, int]]:
    pairs = [(data[at : at + 12], data[at + 12 : at + 24]) for at in range(0, len(data), 24)]
    return [(_number(offset), _number(length)) for offset, length in pairs if offset[:1] != b"\0"]


def _pax_sparse(path: bytes, size: int, extended: dict[str, bytes], feed: Feed) -> Member:
    """A sparse file in one of the forms that GNU tar has had in PAX headers."""
    path = extended.get("GNU.sparse.name", path)
    start = feed.offset
    full = _decimal(extended.get("GNU.sparse.realsize", extended.get("GNU.sparse.size", b"0")))
    if extended.get("GNU.sparse.major") == b"1":
        # The map is at the start of the content, in lines, up to the end of a block.
        numbers: list[int] = []
        count = _line(feed)
        if count > _MOST_PIECES:
            raise CtxscanError("damaged: a sparse file has too many pieces")
        numbers = [_line(feed) for _ in range(2 * count)]
        feed.skip(-(feed.offset - start) % BLOCK)
        size -= feed.offset - start
        if size < 0:
            raise CtxscanError("damaged: a member is longer than it says")
    else:
        numbers = [_decimal(each) for each in extended.get("GNU.sparse.map", b"").split(b",") if each]
    data = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    return Member(_name(path), "file", size, "", feed.offset, full, data)


def _line(feed: Feed) -> int:
    digits = b""
    while (each := feed.take(1)) != b"\n":
        digits += each
        if len(digits) > 20:
            raise CtxscanError("damaged: a sparse file has no map")
    return _decimal(digits)


def _content(feed: Feed, size: int, most: int) -> bytes:
    if size > most:
        raise CtxscanError("damaged: a header is too long")
    data = feed.take(size)
    feed.skip(-size % BLOCK)
    return data


def _records(data: bytes) -> dict[str, bytes]:
    """`LENGTH KEY=VALUE` in lines; a value may hold anything."""
    found: dict[str, bytes] = {}
    at = 0
    while at < len(data) and data[at] != 0:
        blank = data.find(b" ", at, at + 20)
        length = _decimal(data[at:blank]) if blank > at else 0
        key, equals, value = data[blank + 1 : at + length - 1].partition(b"=")
        if at + length > len(data) or blank + 1 >= at + length or not equals or data[at + length - 1] != 10:
            raise CtxscanError("damaged: an extended header cannot be read")
        name = key.decode(errors="replace")
        if name in ("GNU.sparse.offset", "GNU.sparse.numbytes"):  # the first form: one pair of records a piece
            name, value = "GNU.sparse.map", found.get("GNU.sparse.map", b"") + value + b","
        found[name] = value
        at += length
    return found


def _sum_fits(header: bytes) -> bool:
    try:
        told = _number(header[148:156])
    except CtxscanError:
        return False
    rest = header[:148] + header[156:]
    plain = sum(rest) + 8 * 32
    # Some old writers took bytes for signed.
    return told == plain or told == plain - 256 * sum(each > 127 for each in rest)


def _number(field: bytes) -> int:
    """Octal digits, or the bytes of a number after a mark."""
    if field[0] & 0x80:
        value = int.from_bytes(field, "big", signed=field[0] == 0xFF)
        value = value if field[0] == 0xFF else value & ~(0x80 << 8 * (len(field) - 1))
    else:
        digits = field.strip(b" \0").partition(b"\0")[0].strip()
        if digits.strip(b"01234567"):
            raise CtxscanError("damaged: a tar header holds no number where one belongs")
        value = int(digits or b"0", 8)
    if not 0 <= value < 1 << 63:
        raise CtxscanError("damaged: a tar header holds a number that cannot be")
    return value


def _decimal(field: bytes) -> int:
    if not field.isdigit() or len(field) > 19:
        raise CtxscanError("damaged: an extended header holds no number where one belongs")
    return int(field)


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _name(path: bytes) -> str:
    return path.decode(errors="surrogateescape")
