"""A review as the page takes it: plain values, every name made fit to be shown.

Used by the page alone, so it may change with it; whoever wants data takes the JSON report. Nothing is computed here but
which row of the atlas a finding is about.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from ...dockerfile.stages import Step
from ...explain import Explanation
from ...facts import InputSize, Scan, Size
from ...findings import Finding
from ...opinions import Review, flagged
from ...printable import shown
from ...proposals.propose import Proposal
from ...rules.ignorefile import IgnoreFile, Rule
from ...secrets.redaction import redacted
from ...treemap import Atlas, Mark


def build(review: Review, asked: Sequence[str] = ()) -> dict[str, Any]:
    """One build. Sizes are pairs of files and bytes. `asked` are the words that ask for all builds of several."""
    scan = review.scan
    places = review.atlas.places() if review.atlas else {}
    return {
        "name": _shown(scan.build.name),
        "project": shown(scan.build.context.resolve().name),
        "context": shown(str(scan.build.context)),
        "dockerfile": _shown(scan.build.label),
        "target": _shown(scan.build.target),
        "builder": scan.build.builder.name,
        "ignoreFile": None if scan.ignored is None else shown(scan.ignored.label),
        "rules": len(scan.ignored.rules) if scan.ignored else 0,
        "numbers": list(_numbers(review)),
        "printed": _printed(scan),
        "remarks": list(_remarks(scan)),
        "explanations": [_explanation(each, scan) for each in review.explanations],
        "findings": None if review.findings is None else [_finding(each, places) for each in review.findings],
        "allowed": [
            *({**_finding(each.finding, places), "reason": shown(each.reason)} for each in review.allowed),
            *({**_finding(each, places), "reason": "disabled"} for each in review.disabled),
        ],
        "suppressed": [f"{count} {code} ({key})" for code, key, count in review.suppressed],
        "proposals": [_proposal(each) for each in review.proposals],
        "replay": _replay(review),
        "next": _next(review, asked),
        "map": None if review.atlas is None else _map(review.atlas, review, places),
    }


def _replay(review: Review) -> dict[str, Any] | None:
    if review.replay is None:
        return None
    from .replayed import replayed  # only with --replay

    return replayed(review.replay)


def _shown(text: str | None) -> str | None:
    return None if text is None else shown(text)


# --- the head


def _numbers(review: Review) -> Iterator[dict[str, Any]]:
    scan, now, after = review.scan, review.scan.sizes, review.after
    yield _number("Context", "kept by the rules", now.context, after.context if after else None)
    if scan.plan is not None and scan.build.builder.figure is not None:
        yield _number("Transfer", "sent to the builder", now.transfer, after.transfer if after else None)
    if scan.plan is not None:
        number = _number("Image", "in a layer of the image", now.image, after.image if after else None)
        yield {**number, "unsure": [scan.image_unsure.files, scan.image_unsure.bytes]}


def _number(name: str, what: str, now: Size, after: Size | None) -> dict[str, Any]:
    then = None if after is None else [after.files, after.bytes]
    return {"name": name, "what": what, "now": [now.files, now.bytes], "after": then}


def _printed(scan: Scan) -> str | None:
    """The line of the builder, to the blank."""
    if scan.transfer.shown is None:
        return None
    if scan.build.builder.figure == "tar":
        return f"Sending build context to Docker daemon {scan.transfer.shown:>8}"
    return f"transferring context: {scan.transfer.shown}"


def _remarks(scan: Scan) -> Iterator[str]:
    """What the numbers do not say."""
    if scan.plan is None:
        yield "There is no Dockerfile: this covers the context alone"
    if scan.transfer.whole_context and scan.transfer.whole_because:
        link = scan.transfer.whole_link
        meets = "" if link is None else f", which meets the link {shown(link)}"
        yield f"The whole context is sent because of {_step(scan.transfer.whole_because[0], scan)}{meets}"
    if scan.build.builder.figure is None:
        yield "Nothing is transferred: buildah reads the context in place"
    if scan.image_unsure.files and scan.usage and scan.usage.unsure:
        steps = ", ".join(_step(step, scan) for step in scan.usage.unsure[:2])
        yield f"Whether more is in the image is decided by {steps}"
    for name, transfer in scan.contexts:
        what = "read in place" if transfer.shown is None else f"sent: {transfer.shown}"
        yield f"Of the context {shown(name)}, {transfer.files} files are {what}"


def _step(step: Step, scan: Scan) -> str:
    text = shown(redacted(" ".join(step.instruction.text.split())))
    return f"{text if len(text) <= 80 else text[:79] + '…'} ({shown(scan.build.label or '')}:{step.line})"


def _next(review: Review, asked: Sequence[str]) -> dict[str, str]:
    """The command to run now, and what it does."""
    build = review.scan.build
    words = ["ctxscan"]
    if not asked and build.dockerfile is not None and build.label not in build.builder.dockerfiles:
        words += ["-f", build.dockerfile.as_posix()]
    if not asked and build.target:
        words += ["--target", build.target]
    if build.builder.name != "buildkit":
        words += ["--builder", build.builder.name]
    if review.findings is None:
        what = "tells what of this is secret, what is waste, and what to write in the ignore file"
    elif review.after is not None:
        words.append("--fix")
        what = "writes the proposed rules to the ignore file; --diff shows them and writes nothing"
    elif review.fails("error"):
        words.append("-v")
        what = "tells all of the findings; --check fails a CI job as long as an error stands"
    else:
        words.append("--check")
        what = "keeps it so: in CI it fails as soon as an error stands"
    context = build.context.as_posix()
    words += asked or ([] if context == "." else [context])
    return {"command": shown(shlex.join(words)), "what": what}


# --- opinions


def _finding(each: Finding, places: dict[str, int]) -> dict[str, Any]:
    return {
        "severity": each.severity,
        "code": each.code,
        "message": shown(each.message),
        "why": _shown(each.why),
        "remedy": _shown(each.remedy),
        "path": _shown(each.path),
        "line": each.line,
        "bytes": each.bytes,
        "row": places.get(each.path) if each.path else None,
    }


def _proposal(each: Proposal) -> dict[str, Any]:
    return {
        "pattern": shown(each.pattern),
        "reasons": [shown(reason) for reason in each.reasons],
        "size": [each.files, each.bytes],
        "sent": [each.transfer_files, each.transfer_bytes],
        "caution": _shown(each.caution),
        "applied": each.applied,
    }


def _explanation(each: Explanation, scan: Scan) -> dict[str, Any]:
    scan = scan.of(each.context)
    return {
        "path": shown(each.path),
        "fate": each.fate,
        "reach": each.answer.reach,
        "certain": each.answer.certain,
        "empty": each.empty_in_build,
        "taken": [_input(one, scan) for one in each.inputs],
        "trail": [
            {
                "name": shown(level.path.rpartition("/")[2]) + "/" * (depth < len(each.trail)),
                "excluded": level.excluded,
                "rule": None if level.rule is None else _said(level.rule, scan.ignored),
                "inherited": level.inherited,
                "passed": [_said(rule, scan.ignored) for rule in level.passed_over],
            }
            for depth, level in enumerate(each.trail, 1)
        ],
    }


# --- the map


def _map(atlas: Atlas, review: Review, places: dict[str, int]) -> dict[str, Any]:
    """The atlas by columns. `marks` are fates in words, `inputs` what they are taken by."""
    scan = review.scan
    rows = atlas.rows
    return {
        "name": [shown(row.name) for row in rows],
        "above": [row.above for row in rows],
        "kind": [row.kind for row in rows],
        "mark": [row.mark for row in rows],
        "files": [row.files for row in rows],
        "bytes": [row.bytes for row in rows],
        "partly": [at for at, row in enumerate(rows) if row.partly],
        "secret": sorted(places[path] for path in flagged(review.findings or ()) if path in places),
        "paths": [[shown(each.directory), _lines(each.names), each.bytes, _alike(each.marks)] for each in atlas.listed],
        "unlisted": atlas.unlisted,
        "marks": [_mark(each, review) for each in atlas.marks],
        "inputs": [_input(each, scan) for each in scan.inputs],
    }


def _lines(names: Sequence[str]) -> str:
    """Names as one text, which is shorter than a list: no name that is shown has a line end in it."""
    return "\n".join(map(shown, names))


def _alike(marks: Sequence[int]) -> int | Sequence[int]:
    """One mark for all files of a directory, where it is the same."""
    return marks[0] if len(set(marks)) == 1 else marks


def _mark(mark: Mark, review: Review) -> dict[str, Any]:
    scan = review.scan
    after = review.proposed.after if review.proposed else None
    return {
        "reach": mark.reach,
        "certain": mark.certain,
        "rule": _rule(scan.ignored, mark.rule),
        "taken": [at for at, each in enumerate(scan.inputs) if mark.taken & each.input.mask],
        "leaves": None if after is None or mark.leaves is None else _rule(after.ignored, mark.leaves),
        "empty": mark.empty,
    }


def _rule(ignored: IgnoreFile | None, index: int | None) -> list[str] | None:
    """Place and text of a rule; the builder's own exceptions behind those of the file have none."""
    if ignored is None or index is None or index >= len(ignored.rules):
        return None
    return _said(ignored.rules[index], ignored)


def _said(rule: Rule, ignored: IgnoreFile | None) -> list[str]:
    return [f"{shown(ignored.label if ignored else '')}:{rule.line}", shown(rule.text)]


def _input(each: InputSize, scan: Scan) -> str:
    one = each.input
    stage = f" in stage {shown(one.stage)}" if isinstance(one.stage, str) else ""
    return f"{one.instruction} {shown(one.source)} ({shown(scan.build.label or '')}:{one.line}){stage}"
