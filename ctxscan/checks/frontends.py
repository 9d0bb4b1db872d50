"""Who reads the Dockerfile, if it is not the builder's own frontend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..findings import Finding
from ..regex import compiled
from ..rules.builders import Builder
from .registry import Evidence, finding, finds

#: What a directive looks like to the builder, which takes other comments than `#`, too.
_DIRECTIVE: Final = r"(?i)[ \t]*(?:#|//)[ \t]*syntax[ \t]*=[ \t]*([^\s]+)"
#: The frontend that everything here is about, in its releases and pre-releases.
_STOCK: Final = r"(?:(?:index\.)?docker\.io/)?docker/dockerfile(?:-upstream)?(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?"
#: The same from a mirror of the registry.
_MIRRORED: Final = rf"[\w-]+(?:\.[\w-]+)+(?::\d+)?/(?:[\w.-]+/)*?{_STOCK}"
_ARGUMENT: Final = "BUILDKIT_SYNTAX"


@finds("warning", scope="own")
def foreign_frontend(case: Evidence) -> Iterator[Finding]:
    """The Dockerfile is handed to another program, named by `# syntax=` or BUILDKIT_SYNTAX, whose rules may differ.

    All that is said here is about the frontend of Docker. Another one is an image that runs in the builder, gets the
    context, and may read the same lines in another way. A note where
    it has the name of Docker's own, in another registry: a mirror, most likely.
    """
    build = case.scan.build
    if build.text is None or not build.builder.frontend.may_be_named:
        return
    given = build.arguments.get(_ARGUMENT)
    for line, name in [(None, given)] if given else named(build.text):
        if compiled(_STOCK).fullmatch(name) is None:
            where = f"the build argument {_ARGUMENT}" if line is None else f"syntax={name}"
            yield finding(
                foreign_frontend,
                f"{where} names another frontend, whose rules may differ from what is said here",
                severity="note" if compiled(_MIRRORED).fullmatch(name) else None,
                path=build.label,
                line=line,
                remedy="use docker/dockerfile, or judge the named frontend by yourself",
                key=where,
            )


def named(text: bytes) -> Iterator[tuple[int | None, str]]:
    """The frontend that the directives at the top name, if they do; each directive is there once."""
    for number, line in enumerate(text[:65536].decode("utf-8-sig", "replace").split("\n"), 1):
        if not line.lstrip().startswith(("#", "//")):
            return
        match = compiled(_DIRECTIVE).fullmatch(line.rstrip())
        if match is not None:
            yield number, match[1]
            return
        if compiled(r"[ \t]*(?:#|//)[ \t]*\w+[ \t]*=.*").fullmatch(line.rstrip()) is None:
            return


#: The release of the stock frontend from which on COPY has a flag, as its end after `1.`; those to try things out have
#: had it before, and the newest of all has it.
_SINCE: Final = {"parents": r"[2-9]\d", "exclude": r"(?:19|[2-9]\d)"}


def keeps(flag: str, text: bytes, builder: Builder) -> str | None:
    """What has to be written for a COPY with this flag besides, or nothing; None: it cannot be written in this
    Dockerfile."""
    if flag in builder.frontend.refused_flags.get("COPY", ()) or not builder.frontend.may_be_named:
        return None
    name = next((name for _, name in named(text)), None)
    if name is None:
        return "# syntax=docker/dockerfile:1 as the first line"
    release = rf"(?:1|latest|[\w.-]*labs|1\.{_SINCE[flag]}(?:\.\d+)?)"
    known = rf".*docker/dockerfile(?:-upstream)?(?::{release})?(?:@.*)?"
    return "" if compiled(known).fullmatch(name) else None
