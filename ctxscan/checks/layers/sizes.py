"""What is large, and what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...explain import reach
from ...facts import Scan
from ...findings import Finding
from ..installs.overlays import overwritten
from ..registry import Evidence, finding, finds

MEGABYTE: Final = 1_000_000
#: A directory or file is large from this many bytes on, and this share of the context.
LARGE_BYTES: Final = 10 * MEGABYTE
LARGE_SHARE: Final = 0.1
#: Less than this that nobody reads is not worth a word: where it is sent all the same, and where it is not.
UNREAD_BYTES: Final = MEGABYTE
UNSENT_BYTES: Final = 10 * MEGABYTE


@finds("warning", scope="own", late=True)
def large_directory(case: Evidence) -> Iterator[Finding]:
    """A directory of over 10 MB and over a tenth of the context (or over `large-directory` of the configuration) that
    is sent, and that no step needs.

    That no step needs it is proven: a proposed rule takes it out, and everything that the build reads is still there.
    Source of what is built is not reported, however large. Where a COPY lays it over what
    the image installed, that is said.
    """
    scan, proven = case.scan, case.proven
    todo = list(scan.directories.directories) if proven else []
    while todo and proven:
        each = todo.pop()
        if not _is_large(case, each.bytes_sent):
            continue
        if not proven.rules.decide(each.path).excluded:
            todo += each.directories
            continue
        baked = each.path == ".git" and reach(scan, ".git/HEAD").reach == "image"
        what = f"{_share(scan, each.bytes_sent)} of the context" + (", baked into the image" if baked else "")
        over = next((one.made for one in overwritten(case) if one.path == each.path), None)
        yield finding(
            large_directory,
            f"{what}, " + ("and no step needs it" if over is None else f"laid over {over}"),
            path=each.path,
            size=each.bytes_sent,
            remedy=f"exclude {proven.pattern_for(each.path)}",
        )


def is_told(case: Evidence, path: str) -> bool:
    """Whether a directory is reported as large."""
    return any(each.path == path for each in large_directory(case))


@finds("warning", scope="own", late=True)
def large_file(case: Evidence) -> Iterator[Finding]:
    """A file of over 10 MB and over a tenth of the context that is sent, and that no step needs.

    One in a directory that is reported as large is not reported by itself.
    """
    scan, proven = case.scan, case.proven
    told = tuple(f"{each.path}/" for each in large_directory(case))
    for each in scan.measure.largest if proven else ():
        large = _is_large(case, each.bytes_sent) and not each.path.startswith(told)
        if large and proven is not None and proven.rules.gone(each.path):
            yield finding(
                large_file,
                f"{_share(scan, each.bytes_sent)} of the context, and no step needs it",
                path=each.path,
                size=each.bytes_sent,
                reached=reach(scan, each.path).reach,
                remedy=f"exclude {proven.pattern_for(each.path)}",
            )


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
    """More of the context than 1 MB that is sent without being read by any instruction, or than 10 MB where BuildKit
    leaves it and the classic builder would send it."""
    scan = case.scan
    if scan.plan is None:
        return
    read = scan.taken
    files, size = scan.context_size.files - read.files, scan.context_size.bytes - read.bytes
    if size > (UNREAD_BYTES if scan.takes_everything else UNSENT_BYTES):
        effect = "sent all the same" if scan.takes_everything else "not sent by buildkit, but by the classic builder"
        kept, them = ("1 file is", "it") if files == 1 else (f"{files} files are", "them")
        yield finding(never_copied, f"{kept} kept and no instruction reads {them}: {effect}", size=size)
