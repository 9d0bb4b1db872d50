"""Directories that reach the build without the files that they are there for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ...context.transfer import cleaned
from ...explain import reach
from ...facts import Scan
from ...findings import Finding
from ..reading import Reading
from ..registry import Evidence, finding, finds

if TYPE_CHECKING:
    pass


@finds("error")
def empty_in_build(case: Evidence) -> Iterator[Finding]:
    """BuildKit announces this file and then delivers it without its content, and says nothing.

    Two causes: rules whose two evaluations disagree (a rule that was passed over at a directory, and counts when the
    bytes are asked for), or a file that cannot be read by whoever runs the client.
    """
    named: list[tuple[str | None, Scan]] = [(None, case.scan), *case.scan.named]
    for context, scan in named:
        for path in scan.measure.empty:
            verdict = scan.rules.decide(path)
            if verdict.withheld:
                why = "the rules keep it while walking and exclude it when its bytes are asked for"
                remedy = f"exclude {path}, or end the file with !{path}"
            else:
                why, remedy = "it cannot be read", f"make {path} readable, or exclude it"
            yield finding(
                empty_in_build,
                "arrives in the build as an empty file",
                why=why,
                path=path,
                reached=reach(scan, path).reach,
                remedy=remedy,
                context=context,
            )


@finds("warning")
def empty_source(case: Evidence) -> Iterator[Finding]:
    """A source is nothing but variables without a value, so that the instruction takes all of the context instead of
    one directory. Or it is a directory of which rules exclude every file: it arrives empty, and nothing fails.
    """
    scan = case.scan
    if case.reading is not None and scan.ignored is not None:
        yield from _emptied(case, case.reading, scan.ignored.label)
    for each in (one.input for one in scan.inputs):
        if not each.empty or cleaned(each.source) or each.source.strip("/") == "." or each.missing:
            continue
        from .missing import no_value

        found = no_value(scan, each, "this source is empty")
        if found.certain and not found.given:
            yield finding(
                empty_source,
                f"{each.instruction} takes the whole context: {found.said}",
                path=scan.build.label,
                line=each.line,
                remedy=found.remedy,
                key="\0".join(each.empty),
            )


#: Files that are there to keep a directory.
_KEEPERS: Final = frozenset(".gitkeep .keep .gitignore .dockerignore .empty README.md README".split())


def _emptied(case: Evidence, reading: Reading, label: str) -> Iterator[Finding]:
    """The directories that an instruction names, of which everything that git tracks is excluded."""
    scan = case.scan
    steps = (step for stage in reading.plan.stages for step in stage.steps if step.keyword in ("COPY", "ADD"))
    for step in steps:
        for source in step.sources if step.origin is None else ():
            path = cleaned(source.text)
            if source.kind != "path" or not path or reading.sent.kind(path) != "dir" or _has_files(reading, path):
                continue
            tracked = case.tracked.within(path, _MOST_TRACKED) if case.tracked.known else [*_files(reading, path)]
            lost = [each for each in tracked or () if posixpath.basename(each) not in _KEEPERS]
            from .excluded import blamed, brings_back  # only where something is lost

            rule = blamed(scan, lost[0]) if lost else None
            if rule is None:
                continue
            back = next((one for one in (path, f"{path}/**") if brings_back(scan, one, lost[0])), None)
            more = "the file" if len(lost) == 1 else f"all {len(lost)} files"
            instead = f", or add !{back} at its end" if back is not None else ""
            yield finding(
                empty_source,
                f"{step.keyword} {source.text} copies an empty directory: {label}:{rule.line} {rule.text} excludes "
                f"{more} in it",
                path=scan.build.label,
                line=step.line,
                remedy=f"take {rule.text} out of {label}{instead}",
                key=path,
            )


#: Tracked files of a directory that are looked at, and entries of one.
_MOST_TRACKED: Final = 1000


def _has_files(reading: Reading, directory: str) -> bool:
    return next(_files(reading, directory, sent=True), None) is not None


def _files(reading: Reading, directory: str, *, sent: bool = False) -> Iterator[str]:
    """The files below a directory, on disk or as far as they are sent."""
    todo, left = [directory], _MOST_TRACKED
    while todo and left > 0:
        here = todo.pop()
        for name in reading.tree.names(here):
            left -= 1
            path = posixpath.join(here, name)
            if reading.tree.kind(path) == "dir":
                todo.append(path)
            elif not sent or reading.sent.kind(path) is not None:
                yield path
    if left <= 0:
        yield directory  # too much to say that there is nothing
