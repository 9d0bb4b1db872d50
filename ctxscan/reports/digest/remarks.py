"""What the numbers of a build do not say by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...facts import Scan
from .figures import count
from .places import dockerfile

if TYPE_CHECKING:
    from ...dockerfile.stages import Step


class Remark(NamedTuple):
    """A sentence in parts. `value` comes from the build and is shown as it is, `place` is where it is written, and the
    rest is ours. `caution`: it may surprise."""

    before: str
    value: str = ""
    place: str = ""
    after: str = ""
    caution: bool = False


def printed(scan: Scan) -> str | None:
    """The line that the builder itself will print, to the blank; None: it prints none."""
    if scan.transfer.shown is None:
        return None
    if scan.build.builder.figure == "tar":
        return f"Sending build context to Docker daemon {scan.transfer.shown:>8}"
    return f"transferring context: {scan.transfer.shown}"


def remarks(scan: Scan) -> Iterator[Remark]:
    """What is worth a line below the numbers."""
    if scan.plan is None:
        yield Remark("No Dockerfile: this covers the context alone")
    yield from _origin(scan)
    if scan.transfer.whole_context and scan.transfer.whole_because:
        link = scan.transfer.whole_link
        after = "" if link is None else f"through the link {link}"
        yield _step(scan.transfer.whole_because[0], scan, before="The whole context is sent because of", after=after)
    if scan.build.builder.figure is None:
        yield Remark("Nothing is transferred: buildah reads the context in place")
    for each in scan.deciding[:2]:
        yield _step(each, scan, after="decides what else ends up in the image")
    for name in dict.fromkeys(argument for one in scan.inputs for argument in one.input.empty):
        yield Remark("", f"${name}", after="has no value: treated as empty, as the builder does", caution=True)
    for name, transfer in scan.contexts:
        ignored = scan.of(name).ignored
        shown = "read in place" if transfer.shown is None else f"transferring {name}: {transfer.shown}"
        by = f", by the rules of {ignored.label}" if ignored else ""
        yield Remark(f"The context {name}:", f"{count(transfer.files, 'file')}, {shown}{by}")


def _origin(scan: Scan) -> Iterator[Remark]:
    """Who names the context, where the command line does not."""
    build = scan.build
    if not build.known:
        yield Remark("The context is not known: these are the facts of the Dockerfile's own directory", caution=True)
    elif build.guessed and any(scan.disk.kind(path) is None for one in scan.inputs for path in one.input.missing):
        yield Remark("The context is guessed: no directory has all that the Dockerfile copies", caution=True)
    elif build.guessed:
        yield Remark("The context is guessed: the nearest directory that has what the Dockerfile copies", caution=True)
    elif build.source is not None:
        yield Remark("The context is named by", build.source)


def _step(each: Step, scan: Scan, *, before: str = "", after: str = "") -> Remark:
    from ...secrets.redaction import redacted  # where a step is quoted

    text = redacted(" ".join(each.instruction.text.split()))
    return Remark(before, text, f"{dockerfile(scan.build) or ''}:{each.line}", after)
