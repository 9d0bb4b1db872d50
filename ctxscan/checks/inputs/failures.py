"""Steps that end the build in any case, and what is read of them before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ...findings import Finding
from ..installs.snippet import shortened
from ..reading import Reading, listed
from ..registry import Evidence, finding, finds

if TYPE_CHECKING:
    pass


@finds("error")
def late_failure(case: Evidence) -> Iterator[Finding]:
    """The build fails once everything is sent, for a reason that the Dockerfile shows.

    `--chown` with a name where there are no users (`FROM scratch` without an `/etc/passwd`); several sources for a
    destination that does not end with a slash, which the classic builder wants; or a named context that takes the place
    of the stage that the image is built on: a directory has no configuration to build an image with. Or a RUN that, as
    a USER that is not root, changes the mode or the owner of what COPY gave to root, or installs packages of the
    system; a warning where the base has that USER. Or a RUN that calls what its image does not have: a shell in
    `scratch` and distroless images, the package manager of another system, `bash` in Alpine, `adduser` in Debian 13;
    one that makes a user or a group which its image has, by its name or its number, such as 1000 in `node`; one whose
    next command is read as packages to install, for want of `&&`; or one that serves, and does not end (`npm run dev`).
    Or one that makes a directory without `-p` which WORKDIR or the image has made; that asks for packages of a release
    whose servers are gone (`debian:buster`, `centos:7`); that has pip install into the Python of a system which keeps
    it to its own packages (`debian:12`, `ubuntu:24.04`); that installs for a project which demands another version of
    the runtime than the image has; or that compiles a module of Go with a release that cannot read its `go.mod`, or
    which embeds what is not there; a note where somebody may make that before the build.
    """
    for line, words in case.scan.usage.failures if case.scan.usage else ():
        yield finding(late_failure, words, path=case.scan.build.label, line=line, key=words)
    if case.reading is not None:
        yield from _called_in_vain(case, case.reading)
        yield from _not_allowed(case, case.reading)
        yield from _made_again(case, case.reading)
        yield from _never_ending(case, case.reading)
        yield from _doomed(case, case.reading)


#: One of these words is in a RUN that calls a shell or a package manager, or does what only root may.
_OF_A_SYSTEM: Final = ("apt", "apk", "bash", "dpkg", "adduser", "addgroup")
_FOR_ROOT: Final = ("chmod", "chown", "chgrp", "apt", "apk", "yum", "dnf", "zypper")
_OF_SERVERS: Final = (" dev", " start", "serve", "watch", "vite", "nodemon", "flask run", "uvicorn")
_OF_OTHER_TIMES: Final = (
    "mkdir ",
    " update",
    "yum",
    "dnf",
    "go ",
    "make",
    "pip ",
    "pip3 ",
    "bundle",
    "composer ",
    " yarn",
)
_OF_ACCOUNTS: Final = ("useradd", "groupadd", "adduser", "addgroup")


def _called_in_vain(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """What a RUN calls and its image does not have."""
    bare = any(stage.origin.kind == "scratch" or "distroless" in stage.base for stage in reading.plan.stages)
    if not bare and not _says(reading, _OF_A_SYSTEM):
        return
    from .lacking import lacking  # most Dockerfiles do none of it

    for each in lacking(reading):
        yield finding(
            late_failure,
            f"{shortened(' '.join(each.step.instruction.text.split()))}: {each.said}",
            path=case.scan.build.label,
            line=each.step.line,
            remedy=each.remedy,
            key=each.step.instruction.text,
        )


def _not_allowed(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """What a RUN does as a user who may not."""
    if not _says(reading, _FOR_ROOT):
        return
    from ..running.accounts import refused  # nor any of this

    for each in refused(reading):
        several = f"the RUNs on {listed(each.lines)}" if each.brought is None and len(each.lines) > 1 else ""
        if not each.written:
            remedy = f"USER root above {several or 'it'}, and USER {each.user} below"
        elif each.brought is None:
            remedy = f"move {several or 'it'} above USER"
        else:
            remedy = f"write {each.brought.keyword} --chown={each.user} on line {each.brought.line}"
        yield finding(
            late_failure,
            f"{shortened(each.step.instruction.text)} runs as {each.user}, and {each.said}",
            why="only the owner and root may: operation not permitted" if each.brought else "permission denied",
            severity=None if each.written else "warning",
            path=case.scan.build.label,
            line=each.step.line,
            remedy=remedy,
            key=each.step.instruction.text,
        )


def _made_again(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A user or a group that a RUN makes, and the image has."""
    if not _says(reading, _OF_ACCOUNTS):
        return
    from ..running.accounts import taken  # nor that

    for each in taken(reading):
        yield finding(
            late_failure,
            f"{shortened(each.step.instruction.text)}: {each.said}",
            why="it ends with an error where there is one",
            path=case.scan.build.label,
            line=each.step.line,
            remedy=f"take it out, and use {each.user}"
            if each.said.endswith("already")
            else f"another number, or none: or use {each.user}, who is there for this",
            key=each.step.instruction.text,
        )


def _never_ending(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """A server that a RUN starts."""
    if not _says(reading, _OF_SERVERS):
        return
    from .endless import endless  # what few do

    for each in endless(reading):
        calls = f", which calls {shortened(each.called)}" if each.called != each.command else ""
        yield finding(
            late_failure,
            f"RUN {shortened(each.command)}{calls}: it serves until somebody ends it, and the build never ends",
            path=case.scan.build.label,
            line=each.step.line,
            remedy=f"write CMD for RUN: {shortened(each.command)} is for the container",
            key=each.step.instruction.text,
        )


def _doomed(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """What ends with an error in any case."""
    if not _says(reading, _OF_OTHER_TIMES):
        return
    from .doomed import doomed  # nor that

    for each in doomed(reading, case.tracked):
        yield finding(
            late_failure,
            f"{each.said}: made by an earlier step?" if each.maybe else each.said,
            why=each.why,
            severity="note" if each.maybe else None,
            path=case.scan.build.label,
            line=each.step.line,
            remedy=each.remedy,
            key=each.step.instruction.text,
        )


def _says(reading: Reading, words: tuple[str, ...]) -> bool:
    """Whether a RUN has one of these words in it."""
    runs = (step for stage in reading.plan.stages for step in stage.steps if step.keyword == "RUN")
    return any(word in step.instruction.text for step in runs for word in words)
