"""The common files of one directory, added up: regular, readable by all, with one name and nothing odd about them.

`meter` sees to everything else. Nearly all the time of a scan is spent in these loops, so they do nothing
that can be put off, and the arithmetic of the figures stands in them as a few additions; `wire` has it in full, and
the tests compare the two.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from .walk import is_utf8
from .wire import BLOCK, CHUNK

#: Entries of a directory as `os.scandir` gives them.
Entries: TypeAlias = Iterable[os.DirEntry[str]]
#: Common but for having several names.
Linked: TypeAlias = tuple[str, os.stat_result]
#: Names of extended attributes: `os.listxattr`.
ListAttributes: TypeAlias = Callable[..., "list[str]"]

#: Larger than any file.
NEVER: Final = 1 << 62

# By bits of the mode: the kind, and that all may read it.
_COMMON: Final = 0o100444
_COMMON_BITS: Final = 0o170444
#: The same, and no special bits, which would make the mode a longer number.
_PLAIN_BITS: Final = 0o177444
_DIRECTORY: Final = 0o040000
_KIND_BITS: Final = 0o170000

# Times in nanoseconds that take nine bytes: from 1972 to 2262.
_FROM: Final = 1 << 56
_TO: Final = 1 << 63
# The bytes of a size field, by the bits of the size.
_FIELD: Final = tuple((bits + 6) // 7 + 1 if bits else 0 for bits in range(65))
#: What a whole piece of content takes beside its bytes.
_AROUND: Final = 2 + 1 + 3
#: With paths of more bytes than this, messages might be longer than is reckoned with.
_LONG: Final = 16000
#: What the fields of a tar header hold.
_NAME: Final = 100
_NUMBER: Final = 8**11


def tally(
    entries: Entries,
    directories: list[str],
    odd: list[str],
    linked: list[Linked],
    large: list[tuple[int, str]],
    floor: int,
) -> tuple[int, int]:
    """Count common files and their bytes, and name the others: `directories`, what is `linked` or otherwise `odd`, and
    the common files of at least `floor` bytes with their size."""
    files = total = 0
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                directories.append(entry.name)
                continue
            status = entry.stat(follow_symlinks=False)
        except OSError:
            odd.append(entry.name)
            continue
        if status.st_mode & _COMMON_BITS != _COMMON or not (entry.name.isascii() or is_utf8(entry.name)):
            odd.append(entry.name)
        elif status.st_nlink < 2:
            size = status.st_size
            files += 1
            total += size
            if size >= floor:
                large.append((size, entry.name))
        else:
            linked.append((entry.name, status))
    return files, total


def tally_stream(
    entries: Entries,
    directories: dict[str, int],
    odd: list[str],
    linked: list[Linked],
    large: list[tuple[int, str]],
    floor: int,
    *,
    length: int,
    path: str,
    list_attributes: ListAttributes,
    names: list[str],
    messages: dict[str, int],
) -> tuple[int, int, int]:
    """The same, and what they add to BuildKit's count, without the numbers of the entries.

    `length` is that of the path in front of the names, in bytes, `path` what to put in front to find them.
    `directories` tells what the entry of each adds, `names` are those of the files, in any order, and `messages` how
    many the content of one takes if it is not two.
    """
    # Beside a path of p bytes and a size field of f, the message about a file has 15 bytes, and one more each where it
    # takes two to tell p or the whole; around it are two or three. The content adds the size, and f + 2 for each piece,
    # and every file two bytes for the message that closes it.
    files = total = figure = 0
    limit = 113 - length
    for entry in entries:
        name = entry.name
        try:
            status = entry.stat(follow_symlinks=False)
            mode = status.st_mode
            # Neither is a link that might be followed here.
            if mode & _PLAIN_BITS == _COMMON or mode & _KIND_BITS == _DIRECTORY:
                plain = not list_attributes(path + name)
            else:
                plain = False
        except OSError:
            plain = False
        if not (plain and _FROM <= status.st_mtime_ns < _TO and name.isascii() and length <= _LONG):
            odd.append(name)
        elif mode & _KIND_BITS == _DIRECTORY:
            told = length + len(name)
            told += 18 if told < 128 else 19
            directories[name] = told + (2 if told < 128 else 3)
        elif status.st_nlink < 2:
            size = status.st_size
            files += 1
            total += size
            names.append(name)
            field = _FIELD[size.bit_length()]
            told = len(name) + field
            figure += told
            if told >= limit:
                figure += 1 if length + len(name) < 128 else 2
            if 0 < size <= CHUNK:
                figure += field + 2
            elif size:
                whole, rest = divmod(size, CHUNK)
                figure += whole * _AROUND + (_FIELD[rest.bit_length()] + 2 if rest else 0)
                messages[name] = whole + (rest > 0) + 1
            else:
                messages[name] = 1
            if size >= floor:
                large.append((size, name))
        else:
            linked.append((name, status))
    return files, total, figure + total + files * (length + 19)


def tally_tar(
    entries: Entries,
    directories: dict[str, int],
    odd: list[str],
    linked: list[Linked],
    large: list[tuple[int, str]],
    floor: int,
    *,
    length: int,
    path: str,
    list_attributes: ListAttributes,
) -> tuple[int, int, int]:
    """The same for the classic builder's archive: a block for the header of each, and whole blocks for the content."""
    files = total = blocks = 0
    longest = _NAME - length
    for entry in entries:
        name = entry.name
        try:
            status = entry.stat(follow_symlinks=False)
            mode = status.st_mode
            if mode & _COMMON_BITS == _COMMON or mode & _KIND_BITS == _DIRECTORY:
                plain = not list_attributes(path + name)
            else:
                plain = False
        except OSError:
            plain = False
        # The eighth field: the whole seconds.
        if not (plain and 0 <= status[8] < _NUMBER and name.isascii() and len(name) <= longest):
            odd.append(name)
        elif mode & _KIND_BITS == _DIRECTORY and len(name) < longest:
            directories[name] = BLOCK
        elif mode & _COMMON_BITS != _COMMON or status.st_size >= _NUMBER:
            odd.append(name)
        elif status.st_nlink < 2:
            size = status.st_size
            files += 1
            total += size
            blocks += (size + BLOCK - 1) // BLOCK
            if size >= floor:
                large.append((size, name))
        else:
            linked.append((name, status))
    return files, total, (files + blocks) * BLOCK
