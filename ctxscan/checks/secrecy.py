"""Secrets: in files of the context, and in the Dockerfile itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..context.transfer import cleaned
from ..explain import reach
from ..facts import Scan
from ..findings import Finding, Severity
from ..secrets.assignments import bare_argument
from ..secrets.judgement import Judgement, Verdict
from ..secrets.judgement import Severity as Weight
from ..secrets.verdict import assignment
from .inspection import Suspect
from .registry import Evidence, Run, finding, finds

if TYPE_CHECKING:
    from ..dockerfile.instructions import Instruction
    from ..image.reach import Input


@finds("error")
def secret_file(case: Evidence) -> Iterator[Finding]:
    """The content of a file proves a secret, and the file is sent to the builder or baked into the image.

    A warning where it only lies in the context and nothing asks for it; a note for keys among the project's own tests
    and for what is public by design. What the Dockerfile copies by name is needed: it belongs in a secret mount.
    """
    for suspect in case.examined.suspects:
        # The Dockerfile itself has a check of its own.
        if suspect.path != case.scan.build.own_name:
            yield from _secrets(secret_file, case.scan, suspect, "confirmed")


@finds("warning")
def secret_opaque(case: Evidence) -> Iterator[Finding]:
    """A key store or vault that cannot be opened without its password, or something unreadable under a telling name."""
    for suspect in case.examined.suspects:
        yield from _secrets(secret_opaque, case.scan, suspect, "opaque")


def _secrets(code: Run, scan: Scan, suspect: Suspect, verdict: Verdict) -> Iterator[Finding]:
    """A finding for each judgement with this verdict. They are told apart by kind and by their order among equals:
    anything made of a weak value would let a reader of the report try values until one fits."""
    equals: Counter[str] = Counter()
    for each in suspect.judgements:
        if each.verdict == verdict:
            yield _secret(code, scan, suspect, each, key=f"{each.kind}\0{equals[each.kind]}")
            equals[each.kind] += 1


def _secret(code: Run, scan: Scan, suspect: Suspect, judgement: Judgement, *, key: str) -> Finding:
    severity: Severity = "error" if suspect.reach in ("image", "transfer") else "warning"
    if judgement.severity is Weight.LOW:
        severity = "note"
    elif code is secret_opaque:
        severity = "warning"
    kind = judgement.kind.replace("-", " ")
    what = judgement.reason if judgement.reason.lower().startswith(kind) else f"{kind}: {judgement.reason}"
    if judgement.masked.strip("*"):
        what += f" ({judgement.masked})"
    scan = scan.of(suspect.context)
    taken = _takers(scan, suspect.path)
    return finding(
        code,
        f"{what}; {_ends(scan, suspect, taken)}",
        severity=severity,
        path=suspect.path,
        line=judgement.line,
        size=suspect.size,
        reached=suspect.reach,
        kind=judgement.kind,
        remedy=_secret_remedy(suspect, taken),
        key=key,
    )


def _takers(scan: Scan, path: str) -> list[Input]:
    mask = reach(scan, path).mask
    return [each.input for each in scan.inputs if each.input.mask & mask]


def _ends(scan: Scan, suspect: Suspect, taken: list[Input]) -> str:
    by = f" by {taken[0].instruction} {taken[0].source} ({scan.build.label}:{taken[0].line})" if taken else ""
    return {
        "image": f"baked into the image{by}",
        "transfer": f"sent to the builder{by}",
        "context": "in the context, and no instruction asks for it",
    }[suspect.reach]


def _secret_remedy(suspect: Suspect, taken: list[Input]) -> str:
    if any(cleaned(each.source) == suspect.path for each in taken):
        return f"RUN --mount=type=secret instead of copying {suspect.path}: excluding it would break the build"
    return f"exclude {suspect.path}"


@finds("error")
def secret_in_dockerfile(case: Evidence) -> Iterator[Finding]:
    """A literal secret in ENV, in the default of an ARG or in a heredoc: whoever has the image can read it.

    A note for an ARG that is there to be given one: what is given ends in the history of the image.
    """
    scan = case.scan
    for line, name, value in _assignments(scan):
        found = assignment(name, value)
        if found is not None:
            yield finding(
                secret_in_dockerfile,
                f"{name} {found.masked}: {found.reason}; it stays in the image and its history",
                path=scan.build.label,
                line=line,
                kind=found.kind,
                remedy=f"RUN --mount=type=secret,id={name.lower()} where it is needed",
                key=name,
            )
    for line, name in _arguments(scan):
        if bare_argument(name):
            yield finding(
                secret_in_dockerfile,
                f"ARG {name}: what is given for it ends in the history of the image",
                severity="note",
                path=scan.build.label,
                line=line,
                remedy=f"RUN --mount=type=secret,id={name.lower()} where it is needed",
                key=name,
            )


def _instructions(scan: Scan) -> Iterator[Instruction]:
    parsed = scan.build.parsed
    if parsed is not None:
        yield from parsed.arguments
        for section in parsed.sections:
            yield from section.instructions


def _assignments(scan: Scan) -> Iterator[tuple[int, str, str]]:
    """Names and literal values, with the lines they stand on."""
    for each in _instructions(scan):
        if each.keyword in ("ENV", "LABEL"):
            pairs = zip(each.words[::2], each.words[1::2], strict=False)
            yield from ((each.line, name, value.strip("\"'")) for name, value in pairs)
        elif each.keyword == "ARG":
            for word in each.words:
                name, equals, value = word.partition("=")
                if equals:
                    yield each.line, name, value.strip("\"'")
        for heredoc in each.heredocs:
            for number, line in enumerate(heredoc.content.splitlines()):
                name, equals, value = line.strip().removeprefix("export ").partition("=")
                if equals and name.isidentifier():
                    yield heredoc.line + number, name, value.strip("\"'")


def _arguments(scan: Scan) -> Iterator[tuple[int, str]]:
    """Arguments without a default."""
    for each in _instructions(scan):
        if each.keyword == "ARG":
            yield from ((each.line, word) for word in each.words if "=" not in word)
