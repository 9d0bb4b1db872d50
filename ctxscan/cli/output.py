"""What goes to the screen or to a file: reports, paths, and what is said beside them on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..errors import CtxscanError
from ..printable import raw, shown

if TYPE_CHECKING:
    from ..facts import Scan
    from ..opinions import Review
    from ..session import Fixed
    from .options import Options
    from .privacy import Privacy


def tell(message: str) -> None:
    """One line on standard error."""
    print(f"ctxscan: {message}", file=sys.stderr)


def tell_remarks(asked: Options, remarks: Iterable[str], privacy: Privacy) -> None:
    """A line for each remark, without what may not be printed."""
    for remark in () if asked.quiet else remarks:
        tell(f"note: {shown(privacy.fit(remark))}")


def tell_written(asked: Options, what: str) -> None:
    """Where a report went that is not on the screen."""
    if asked.output not in (None, "-") and not asked.quiet:
        tell(f"{what} written to {shown(asked.output or '')}")


def tell_fix(before: Sequence[Review], done: Fixed) -> None:
    """What was written and what it brings, on standard error."""
    from ..reports.digest.figures import amount, count

    if not done.wrote:
        errors = sum(each.severity == "error" for review in done.reviews for each in review.findings or ())
        tell(f"no rule to write; {count(errors, 'error')} that no rule can fix" if errors else "nothing to fix")
    for at in done.wrote:
        proposed = before[at].proposed
        if proposed is None:
            continue
        rules = len(proposed.applied)
        then, now = before[at].scan.sizes, done.reviews[at].scan.sizes
        place = proposed.label
        if len(before) > 1 or not before[at].scan.build.context.is_absolute():
            place = os.path.normpath(before[at].scan.build.context / proposed.label)
        through = f", through the link {shown(proposed.link)}" if proposed.link else ""
        tell(f"{count(rules, 'rule')} written to {shown(place)}{through}")
        for name, old, new in (("context", then.context, now.context), ("transfer", then.transfer, now.transfer)):
            if old.bytes != new.bytes:
                tell(f"{name} {amount(old.bytes)} -> {amount(new.bytes)}")
    for at in done.refused:
        name = shown(done.reviews[at].scan.build.name or "")
        tell(f"note: {name}: its ignore file counts for other contexts too: not written")


def listed_paths(scan: Scan, *, zero: bool) -> bytes:
    """The paths as they are on disk; a name with a line end in it is escaped, or ends in a zero byte like all."""
    if zero:
        return b"".join(raw(entry.path) + b"\0" for entry in scan.entries)
    return b"".join(shown(entry.path).encode() + b"\n" for entry in scan.entries)


def write(data: bytes, output: str | None) -> None:
    """Write a report to the file `output`, or to standard output. Raises `CtxscanError` where that fails."""
    if output is None or output == "-":
        if sys.stdout is None:
            raise CtxscanError("cannot write the report: standard output is closed")
        stream: BinaryIO = sys.stdout.buffer
        try:
            stream.write(data)
            stream.flush()
        except BrokenPipeError:
            # The reader has gone: nothing is left to say, not even at exit. It is no failure, as click would have it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            raise _unwritten(error, "standard output") from None
        return
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise _unwritten(error, output) from None


def _unwritten(error: OSError, place: str) -> CtxscanError:
    return CtxscanError(f"cannot write the report: {(error.strerror or str(error)).lower()}", place=place)
