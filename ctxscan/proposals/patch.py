"""New text for an ignore file: made, shown as a difference, written.

Rules are nothing but lines to add for it. Every byte that is there stays: order, line ends, byte order mark, the end of
the last line. New rules stand in one block at the end, where the last word is, or in front of an exception that is to
have it. Writing is atomic, keeps the mode, and refuses if the file changed while ctxscan was running or lies outside
the context. It decides nothing about rules.
"""

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from .. import system
from ..errors import CtxscanError
from ..rules.ignorefile import BYTE_ORDER_MARK, IgnoreFile
from ..rules.writing import literal as literal

HEADING: Final = "# Added by ctxscan"
#: As many symlinks in a row as Linux follows.
#: How the names of temporary files begin; the number of the process follows.
_PREFIX: Final = ".ctxscan-"
_MAX_LINKS: Final = 40


class Addition(NamedTuple):
    """A rule to add, and the heading under which it stands in a new file. `before` is the number of the line in front
    of which it goes, None: at the end."""

    pattern: str
    group: str
    before: int | None = None


def patched(ignored: IgnoreFile | None, additions: Iterable[Addition]) -> bytes:
    """The text of the ignore file with rules added; without any, the text as it is."""
    added = list(additions)
    data = ignored.data if ignored else b""
    if not added:
        return data
    end = b"\r\n" if b"\r\n" in data and data.count(b"\r\n") * 2 > data.count(b"\n") else b"\n"
    if not data.removeprefix(BYTE_ORDER_MARK).strip():
        lines = _grouped(added)
        return data + (b"" if not data or data.endswith((b"\n", BYTE_ORDER_MARK)) else end) + _joined(lines, end)
    moved = sorted({each.before for each in added if each.before is not None}, reverse=True)
    for number in moved:
        head, tail = _split(data, number)
        lines = [each.pattern for each in added if each.before == number]
        data = _with(head, lines, end) + tail
    lines = [each.pattern for each in added if each.before is None]
    if not lines:
        return data
    if not _ends_in_block(data):
        lines = ["", HEADING, *lines]
    text = _joined(lines, end)
    if data.endswith(b"\n"):
        return data + text
    # A file without an end to its last line gets none.
    return data + end + text[: -len(end)]


def _split(data: bytes, number: int) -> tuple[bytes, bytes]:
    """The lines in front of a line and of the comment above it, and the rest."""
    lines = data.split(b"\n")
    at = number - 1
    while at > 0 and lines[at - 1].startswith(b"#"):
        at -= 1
    head = b"".join(line + b"\n" for line in lines[:at])
    mark = BYTE_ORDER_MARK if not head and data.startswith(BYTE_ORDER_MARK) else b""
    return head + mark, data[len(head) + len(mark) :]


def _with(head: bytes, patterns: Sequence[str], end: bytes) -> bytes:
    """Lines and a block of rules behind them; in the block that they end in, if they do."""
    if _ends_in_block(head):
        text = head.rstrip(b"\r\n")
        return text + end + _joined(patterns, end) + (head[len(text) :].removeprefix(b"\r").removeprefix(b"\n"))
    blank = not head.removeprefix(BYTE_ORDER_MARK) or head.endswith((b"\n\n", b"\n\r\n"))
    return head + _joined([*([] if blank else [""]), HEADING, *patterns, ""], end)


def _grouped(additions: Sequence[Addition]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for each in additions:
        groups.setdefault(each.group, []).append(each.pattern)
    lines = [HEADING]
    for group, patterns in groups.items():
        lines += ["", f"# {group}", *patterns]
    return lines


def _joined(lines: Iterable[str], end: bytes) -> bytes:
    return b"".join(line.encode(errors="surrogateescape") + end for line in lines)


def _ends_in_block(data: bytes) -> bool:
    """Whether nothing but our own lines follows the heading: then more of them can."""
    lines = [line.rstrip(b"\r") for line in data.split(b"\n")]
    heading = HEADING.encode()
    if heading not in lines:
        return False
    block = lines[len(lines) - lines[::-1].index(heading) :]
    while block and not block[-1]:
        block.pop()
    return not any(not line or line.startswith((b"#", b"!")) for line in block)


def diff(ignored: IgnoreFile | None, text: bytes, *, label: str) -> str:
    """The change as a unified diff, "" if there is none. Bytes that are not UTF-8 are surrogate escapes."""
    import difflib  # most runs show none

    if ignored is not None and ignored.foreign:
        raise CtxscanError(f"{label} is a symlink out of the repository: it is not shown", place=label)
    before = _lines(ignored.data if ignored else b"")
    out = []
    old = f"a/{label}" if ignored else "/dev/null"
    for line in difflib.unified_diff(before, _lines(text), old, f"b/{label}", lineterm="\n"):
        out.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(out)


def _lines(data: bytes) -> list[str]:
    return [line.decode(errors="surrogateescape") + "\n" for line in data.split(b"\n")[:-1]] + (
        [data.rpartition(b"\n")[2].decode(errors="surrogateescape")] if not data.endswith(b"\n") and data else []
    )


def write(path: Path, text: bytes, *, expected: bytes | None, context: Path) -> None:
    """Put `text` into the ignore file at `path`, all of it or nothing.

    `expected` is what the file held when the rules were proven, None if there was none. A symlink is followed to the
    file that the builder reads, as long as that lies in the context. Raises `CtxscanError` where it is not, where the
    content is no longer what was expected, or where it cannot be written.
    """
    label = path.relative_to(context).as_posix() if path.is_relative_to(context) else str(path)
    target = _followed(path, context, label)
    try:
        mode = _check(target, expected, label)
        _replace(target, text, mode, expected, label, context)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise CtxscanError(f"cannot write {label}: {words}", place=label) from None


def behind(path: Path, context: Path) -> str | None:
    """The file behind an ignore file that is a link, as a path of the context; None: it is none, or leads elsewhere."""
    if not path.is_symlink():
        return None
    real, inside = Path(os.path.realpath(path)), Path(os.path.realpath(context))
    return real.relative_to(inside).as_posix() if real.is_relative_to(inside) and real.is_file() else None


def _followed(path: Path, context: Path, label: str) -> Path:
    """The file that is to be written: behind every link, and inside the context if there was one."""
    inside = Path(os.path.realpath(context))
    place = path
    for _ in range(_MAX_LINKS):
        if not place.is_symlink():
            break
        link = place.readlink()
        # Builders differ on what an absolute target means, so none is written through.
        if link.is_absolute():
            raise CtxscanError(f"{label} is a symlink to an absolute path: write to its target yourself", place=label)
        place = place.parent / link
    else:
        raise CtxscanError(f"{label} is a symlink that leads nowhere", place=label)
    real = Path(os.path.realpath(place))
    # What lies outside is not for this tool to write, unless the Dockerfile itself was given from there.
    if path.is_relative_to(context) and not real.is_relative_to(inside):
        raise CtxscanError(f"{label} is a symlink out of the context: write to its target yourself", place=label)
    if place == path:
        return path
    # Without a file behind it the builder reads none.
    if not real.is_file():
        raise CtxscanError(f"{label} is a symlink that leads nowhere", place=label)
    return real


def _check(target: Path, expected: bytes | None, label: str) -> int | None:
    """Refuse if the file is not as expected; its mode, None if there is no file."""
    try:
        status = target.lstat()
    except FileNotFoundError:
        if expected is None:
            return None
        raise CtxscanError(f"{label} was removed while ctxscan was running; nothing was written", place=label) from None
    if expected is None:
        raise CtxscanError(f"{label} was created while ctxscan was running; nothing was written", place=label)
    if not stat.S_ISREG(status.st_mode):
        raise CtxscanError(f"{label} is not a regular file", place=label)
    if status.st_nlink > 1:
        # What is written takes the place of the file: its other names would keep the old content.
        raise CtxscanError(
            f"{label} has other hard links, which a write would separate: apply the output of --diff yourself",
            place=label,
        )
    if target.read_bytes() != expected:
        raise CtxscanError(f"{label} was changed while ctxscan was running; nothing was written", place=label)
    return stat.S_IMODE(status.st_mode)


def _temporary(target: Path, context: Path) -> tuple[int, str]:
    """A new file that can take the place of `target`: outside of the context where that is on the same disk and may be
    written, so that whoever ends this process leaves nothing behind that a build would be sent. What an earlier one
    left is removed first."""
    import tempfile  # most runs write nothing

    root = Path(os.path.realpath(context))
    device = target.parent.stat().st_dev
    start = f"{_PREFIX}{os.getpid()}-"
    for directory in (root.parent, Path(tempfile.gettempdir()), target.parent):
        with suppress(OSError):
            if directory.stat().st_dev == device and (directory == target.parent or not directory.is_relative_to(root)):
                made = tempfile.mkstemp(prefix=start, dir=directory)
                _clear(directory)
                _clear(target.parent)
                return made
    return tempfile.mkstemp(prefix=start, dir=target.parent)


def _clear(directory: Path) -> None:
    """Remove temporary files that earlier processes left behind."""
    for path in directory.glob(f"{_PREFIX}*-*"):
        number = path.name[len(_PREFIX) :].partition("-")[0]
        if number.isdigit() and not system.runs(int(number)):
            with suppress(OSError):
                path.unlink()


def _replace(target: Path, text: bytes, mode: int | None, expected: bytes | None, label: str, context: Path) -> None:
    fd, name = _temporary(target, context)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode if mode is not None else 0o666 & ~_umask())
        if mode is not None:
            with suppress(OSError):
                status = target.stat()
                if system.give(name, status.st_uid, status.st_gid):
                    Path(name).chmod(mode)
            if not system.copy_attributes(target, Path(name)):
                message = f"{label} has extended attributes that cannot be kept: apply --diff yourself"
                raise CtxscanError(message, place=label)
            _check(target, expected, label)  # as late as can be
            Path(name).replace(target)
        else:
            try:
                os.link(name, target)  # fails if somebody was quicker
            except FileExistsError:
                raise CtxscanError(
                    f"{label} was created while ctxscan was running; nothing was written", place=label
                ) from None
            except OSError:
                _check(target, expected, label)
                Path(name).replace(target)
    except (OSError, CtxscanError):
        if mode is not None:
            with suppress(OSError):
                Path(name).chmod(0o600)  # Windows removes nothing that is read-only
        raise
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
