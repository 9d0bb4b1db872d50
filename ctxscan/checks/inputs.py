"""What the build needs and does not get."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..context.transfer import cleaned, link_on
from ..explain import reach
from ..facts import Scan
from ..findings import Finding
from ..rules.ignorefile import Rule, resolved
from ..rules.matcher import Matcher
from .registry import Evidence, finding, finds

if TYPE_CHECKING:
    from ..image.reach import Input


@finds("error")
def missing_input(case: Evidence) -> Iterator[Finding]:
    """A COPY, ADD or bind mount names something that is excluded or not there: the build will fail.

    The finding names the rule to blame. The context is transferred before the build fails, so everything else in the
    report still holds.
    """
    scan = case.scan
    for each in (one.input for one in scan.inputs):
        for path in each.missing:
            message, remedy = _missing(scan, each, path)
            yield finding(
                missing_input,
                message,
                path=scan.build.label,
                line=each.line,
                remedy=remedy,
                key=f"{each.source}\0{path}",
            )
    for step, path in scan.usage.lost if scan.usage else ():
        mounts = (each.origin for each in step.mounts if each.origin is not None and cleaned(each.source) == path)
        found = step.origin or next(mounts, None)
        origin = found.name if found else ""
        asked = f"--from={origin}" if step.origin else f"--mount=from={origin}"
        message = f"{step.keyword} {asked} /{path}: nothing puts that into {origin}"
        yield finding(missing_input, message, path=scan.build.label, line=step.line, key=f"{origin}\0{path}")


def _missing(scan: Scan, each: Input, path: str) -> tuple[str, str | None]:
    said = f"{each.instruction} {each.source}"
    if path != cleaned(each.source):
        said += f": {path}"
    disk = scan.disk
    if disk.kind(path) is None:
        behind = _behind(scan, path)
        if behind is not None:
            link, real = behind
            once = f"it lies behind the link {link}, which is followed once in a build, for the first that asks"
            return f"{said}: {once}", f"write {each.instruction} {real}"
        empty = f" (${each.empty[0]} has no value)" if each.empty else ""
        return f"{said}: not found in the context{empty}", None
    rule = _blamed(scan, path)
    if rule is None:
        return f"{said}: leads to something that is not sent", None
    label = scan.ignored.label if scan.ignored else ""
    return f"{said}: excluded by {label}:{rule.line} {rule.text}", f"write !{path} below it, or take the rule out"


def _behind(scan: Scan, path: str) -> tuple[str, str] | None:
    """The link behind which a missing path lies, and where it really is; None: it is not there, or is not kept."""
    link = link_on(path, scan.disk)
    found = None if link is None else resolved(Path(scan.disk.root), path)
    if link is None or found is None:
        return None
    real = found.relative_to(scan.disk.root).as_posix()
    return None if scan.disk.kind(real) is None or scan.rules.gone(real) else (link, real)


def _blamed(scan: Scan, path: str) -> Rule | None:
    rules = scan.rules
    if path in rules.removed and scan.ignored:  # the exception is the builder's own, and does not help
        rules = Matcher([rule.pattern for rule in scan.ignored.rules], rules.builder)
    index = rules.decide(path).rule
    return scan.ignored.rules[index] if scan.ignored and 0 <= index < len(scan.ignored.rules) else None


@finds("error")
def late_failure(case: Evidence) -> Iterator[Finding]:
    """The build fails once everything is sent, for a reason that the Dockerfile shows.

    `--chown` with a name where there are no users (`FROM scratch` without an `/etc/passwd`), or a named context that
    takes the place of the stage that the image is built on: a directory has no configuration to build an image with.
    """
    for line, words in case.scan.usage.failures if case.scan.usage else ():
        yield finding(late_failure, words, path=case.scan.build.label, line=line, key=words)


@finds("note")
def link_outside(case: Evidence) -> Iterator[Finding]:
    """A link that is copied leads out of the context: it arrives as a link, and nothing that it leads to does.

    Builders never follow a link that lies in a directory they copy. What is needed behind it has to be in the context,
    or in one of its own (`--build-context`).
    """
    scan = case.scan
    for path in case.examined.links:
        target = scan.disk.link(path)
        if target is None or target.startswith("/") or not scan.usage:
            continue
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        reached = reach(scan, path).reach
        if leads.split("/")[0] == ".." and reached == "image":
            yield finding(
                link_outside,
                f"a link that leads out of the context ({target}): it is copied as a link, and nothing behind it",
                path=path,
                reached=reached,
                remedy=f"copy what {path} leads to, or give it with --build-context",
            )


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
