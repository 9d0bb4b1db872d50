"""What is large, and what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..context.largest import DirectoryTotals
from ..context.transfer import cleaned
from ..context.watchlist import EVERYWHERE
from ..explain import reach
from ..facts import Scan
from ..findings import Finding
from .registry import Evidence, finding, finds

MEGABYTE: Final = 1_000_000
#: A directory or file is large from this many bytes on, and this share of the context.
LARGE_BYTES: Final = 10 * MEGABYTE
LARGE_SHARE: Final = 0.1
#: Less than this that nobody reads is not worth a word.
UNREAD_BYTES: Final = MEGABYTE


@finds("warning", scope="own")
def large_directory(case: Evidence) -> Iterator[Finding]:
    """A directory of over 10 MB and over a tenth of the context (or over `large-directory` of the configuration) that
    is sent, and that no instruction names.

    The deepest directory that still holds nearly all of it is reported.
    """
    scan = case.scan
    named = _named_sources(scan)
    todo = list(scan.directories.directories)
    while todo:
        each = todo.pop()
        if not _is_large(case, each.bytes_sent) or each.path in named:
            continue
        deeper = [below for below in each.directories if below.bytes_sent > 0.8 * each.bytes_sent]
        if deeper and not _is_third_party(each):
            todo += deeper
            continue
        yield finding(
            large_directory,
            f"{_share(scan, each.bytes_sent)} of the context, and no instruction names it",
            path=each.path,
            size=each.bytes_sent,
            remedy=f"exclude {each.path} if not needed",
        )


def _is_third_party(each: DirectoryTotals) -> bool:
    return each.path.rpartition("/")[2] in EVERYWHERE


@finds("warning", scope="own")
def large_file(case: Evidence) -> Iterator[Finding]:
    """A file of over 10 MB and over a tenth of the context that is sent, and that no instruction names.

    One in a directory that is reported as large is not reported by itself.
    """
    scan = case.scan
    # In a directory that is reported, or that an instruction names.
    told = tuple(f"{each.path}/" for each in large_directory(case))
    told += tuple(f"{source}/" for source in _named_sources(scan))
    for each in scan.measure.largest:
        if _is_large(case, each.bytes_sent) and not f"{each.path}/".startswith(told):
            yield finding(
                large_file,
                f"{_share(scan, each.bytes_sent)} of the context, and no instruction names it",
                path=each.path,
                size=each.bytes_sent,
                reached=reach(scan, each.path).reach,
                remedy=f"exclude {each.path} if not needed",
            )


def _named_sources(scan: Scan) -> set[str]:
    """What an instruction takes by its name, and not because it takes everything."""
    return {cleaned(each.input.source) for each in scan.inputs} - {""}


def _share(scan: Scan, size: int) -> str:
    return f"{size / scan.context_size.bytes:.0%}"


def _is_large(case: Evidence, size: int) -> bool:
    if case.large_directory is not None:
        return size > case.large_directory
    return size > LARGE_BYTES and size > LARGE_SHARE * case.scan.context_size.bytes


@finds("error")
def context_too_large(case: Evidence) -> Iterator[Finding]:
    """The transfer is over the budget that `--max-size` or the configuration gives it."""
    scan = case.scan
    size = scan.sizes.transfer.bytes if scan.build.builder.figure else scan.sizes.context.bytes
    if case.budget is not None and size > case.budget:
        yield finding(
            context_too_large, f"{size} bytes are sent, {size - case.budget} more than allowed", size=size - case.budget
        )


@finds("note", scope="own")
def never_copied(case: Evidence) -> Iterator[Finding]:
    """More than 1 MB of the context that no instruction reads: the classic builder sends it all the same."""
    scan = case.scan
    if scan.plan is None:
        return
    read = scan.taken
    files, size = scan.context_size.files - read.files, scan.context_size.bytes - read.bytes
    if size > UNREAD_BYTES:
        effect = "sent all the same" if scan.takes_everything else "not sent by buildkit, but by the classic builder"
        kept, them = ("1 file is", "it") if files == 1 else (f"{files} files are", "them")
        yield finding(never_copied, f"{kept} kept and no instruction reads {them}: {effect}", size=size)
