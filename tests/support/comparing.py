"""Compare what a real builder was recorded to do with what we say. The format: testdata/conformance/README.md."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from support.recorded import Answer, answer

from ctxscan import CtxscanError

#: Words of errors that come once everything is sent.
LATE = (
    "not found",
    "no such file",
    "too many links",
    "too many levels",
    "invalid image config for export",
    "invalid user index",
)


def compare(case: dict[str, Any], builder: str, want: dict[str, Any], context: Path) -> str | None:
    try:
        got = answer(case, builder, context)
    except CtxscanError as error:
        return None if same_error(str(error), want) else f"error {error}, recorded {want['error']}"
    if want["error"] is not None and not comes_later(want, got):
        return f"no error, recorded {want['error']}"
    if got.missing and want["error"] is None and builder != "classic":  # whose client alone was asked
        return f"missing {got.missing}, recorded none"
    if builder == "buildkit":
        return compare_buildkit(got, want)
    if builder == "classic":
        return compare_classic(case, got, want)
    return difference("visible", sorted(map(str, entries(got))), sorted(map(str, brief(want["visible"]))))


def comes_later(want: dict[str, Any], got: Answer) -> bool:
    """Whether the build fails after the transfer: by what it does itself, which is not ours, or for want of a
    source."""
    if any(words in want["error"] for words in ("did not complete", "cannot replace", "cannot copy to non-directory")):
        return not got.missing
    return bool(got.missing) and any(words in want["error"] for words in LATE)


def compare_buildkit(got: Answer, want: dict[str, Any]) -> str | None:
    others = [[each["mount"], each["size"]] for each in want.get("other_contexts") or []]
    named = [[name, transfer.stream_bytes] for name, transfer in got.contexts]
    wrong = difference("other contexts", sorted(named), sorted(others))
    context = want["context"]
    if context is None:
        return wrong or difference("transfer", got.transfer.stream_bytes, None) or difference("sent", got.entries, ())
    withheld = [entry.path for entry in got.entries if entry.empty and entry.kind == "file"]
    return (
        wrong
        or difference("entries", entries(got), brief(context["entries"]))
        or difference("no_data", sorted(withheld), sorted(context.get("no_data", [])))
        or difference("size", got.transfer.stream_bytes, context["size"])
        or difference("shown", got.transfer.shown, text(want["shown_size"]))
    )


def compare_classic(case: dict[str, Any], got: Answer, want: dict[str, Any]) -> str | None:
    # A Dockerfile from elsewhere is added under a random name, which the ignore file then mentions.
    sent = [entry for entry in brief(want["sent"]) if "$RANDOM" not in entry[0]]
    ours = entries(got)
    if rewritten(case) or want.get("dockerfile_param") == "$RANDOM_DOCKERFILE":
        sent, ours = ([entry[:2] for entry in each if entry[0] != ".dockerignore"] for each in (sent, ours))
        if case.get("dockerignore") is None and [".dockerignore", "file", 47] in brief(want["sent"]):
            # Which of the two added files comes last, and so goes unpadded, is random.
            padding = {-(-47 // 512) * 512 - 47, -len(case["dockerfile"]) % 512}
            whole = {want["bytes"] + each for each in padding} & {got.transfer.stream_bytes + each for each in padding}
            return difference("entries", ours, sent) or (None if whole else f"bytes: {got.transfer}, {want['bytes']}")
    return (
        difference("entries", ours, sent)
        or difference("bytes", got.transfer.stream_bytes, want["bytes"])
        or difference("printed", got.transfer.shown, want["printed"])
    )


def rewritten(case: dict[str, Any]) -> bool:
    return case.get("dockerfile_stdin", False) or (case.get("dockerfile_path") or "").startswith("..")


def difference(what: str, got: object, want: object) -> str | None:
    return None if got == want else f"{what}: {got}\n  recorded: {want}"


def entries(got: Answer) -> list[list[Any]]:
    """What is sent, as the recordings write it."""
    out: list[list[Any]] = []
    for entry in got.entries:
        path = os.fsencode(entry.path).decode(errors="replace")
        if entry.kind == "file":
            out.append([path, "file", entry.size])
        elif entry.kind == "socket":
            out.append([path, "file", 0])
        elif entry.kind in ("symlink", "hardlink"):
            out.append([path, entry.kind, entry.target])
        else:
            device = "blockdev" if stat.S_ISBLK(entry.status.st_mode) else "chardev"
            out.append([path, device if entry.kind == "device" else entry.kind])
    return out


def brief(recorded: Any) -> list[list[Any]]:
    return [entry[:3] for entry in recorded] if isinstance(recorded, list) else []


def text(size: int | None) -> str | None:
    """Below 1000 as it is, else two decimals in powers of 1000."""
    if size is None or size < 1000:
        return None if size is None else f"{size}B"
    return f"{size / 1000:.2f}kB" if size < 1_000_000 else f"{size / 1_000_000:.2f}MB"


#: Words by which kinds of errors are told apart, whatever the builder says around them.
KINDS = (
    "syntax error in pattern",
    "illegal exclusion pattern",
    "token too long",
    "non-printable",
    "invalid UTF-8",
    "is a directory",
    "permission denied",
    "no permission to read",
    "can't stat",
    "could not be found",
    "includepatterns",
)


def same_error(ours: str, want: dict[str, Any]) -> bool:
    recorded = want["error"]
    return recorded is not None and [kind in ours for kind in KINDS] == [kind in kind_text(recorded) for kind in KINDS]


def kind_text(recorded: str) -> str:
    # buildah prints where it was when it failed; what failed is at the end.
    if "was not found in the provided Dockerfile" in recorded:
        return "the target could not be found"  # in buildah's words
    return recorded.rpartition("processing excludes")[2] if "processing excludes" in recorded else recorded
