"""JSON, version 1: a contract, additive changes only. `schema.json` beside this file is its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..explain import ending_words, farthest
from ..printable import raw, text
from .digest.causes import Cause, causes
from .digest.changes import Changes
from .digest.digest import Digest
from .digest.figures import readable
from .digest.outcome import outcome
from .formats import Look

if TYPE_CHECKING:
    from ..context.largest import DirectoryTotals
    from ..context.walk import Entry
    from ..explain import Ending, Explanation, Level
    from ..facts import InputSize, Scan, Size, Sizes, Transfer
    from ..findings import Finding
    from ..proposals.propose import Proposal
    from ..proposals.targets import Needed
    from ..replay.summary import Price, Replay, ReplayedCommit, ReplayedStep, Total
    from ..rules.ignorefile import Rule

#: How many directories are named.
DIRECTORIES = 50


def render(digests: Sequence[Digest], look: Look) -> str:
    """The document, its builds in the order given."""
    document: dict[str, Any] = {"version": 1, "ctxscan": __version__}
    document["builds"] = [_build(each, look) for each in digests]
    if len(digests) > 1 and any(each.findings is not None for each in digests):
        document["causes"] = [_cause(each) for each in causes(digests)]
    if (found := outcome(digests)) is not None:
        below = dict(found.below)
        document["check"] = {"failed": found.failed, "reason": text(found.reason), "below": below}
    # ASCII, and nothing that a CI runner would take for a command: names may hold anything.
    return json.dumps(document, indent=2).replace("##", r"\u0023#") + "\n"


def _since(changes: Changes) -> dict[str, Any]:
    out: dict[str, Any] = {"revision": text(changes.revision), "new": changes.new, "fixed": changes.fixed}
    if changes.sizes is None:
        return {**out, "sizes": None}
    return {**out, "sizes": {each.name: {"before": each.before, "now": each.now} for each in changes.sizes}}


def _cause(each: Cause) -> dict[str, Any]:
    worst = each.worst
    return {
        "code": worst.code,
        "severity": worst.severity,
        "message": text(worst.message),
        "path": _text(worst.place.path),
        "line": worst.line,
        "remedy": _text(worst.remedy),
        "builds": [text(name) for name in each.builds],
    }


def _build(digest: Digest, look: Look) -> dict[str, Any]:
    review = digest.review
    scan = review.scan
    transfer, sizes = scan.transfer, scan.sizes
    build: dict[str, Any] = {
        "name": _text(scan.build.name),
        "context": text(scan.build.written.context or str(scan.build.context)),
        **({} if scan.build.name is None else {"source": _text(scan.build.source), "guessed": scan.build.guessed}),
        "dockerfile": _text(scan.build.label),
        "target": _text(scan.build.shown_target),
        "builder": scan.build.builder.name,
        "ignore_file": _text(scan.ignored.label if scan.ignored else None),
        "sizes": {
            "context": _size(sizes.context),
            "transfer": {
                **_size(sizes.transfer),
                "stream_bytes": transfer.stream_bytes,
                "shown": transfer.shown,
                "whole_context": transfer.whole_context,
            },
            "image": _image(sizes),
        },
    }
    if look.list_entries:
        from ..explain import reach

        build["entries"] = [_entry(entry, reach(scan, entry.path)) for entry in scan.entries]
    if review.replay:
        build["replay"] = _replay(review.replay)
    if review.explanations:
        build["explanations"] = [_explanation(each, scan) for each in review.explanations]
    if review.image:
        from .imagedata import image_data

        build["image_scan"] = image_data(review.image, scan)
    if review.log:
        from .logdata import log_data

        build["build_log"] = log_data(review.log)
    build["directories"] = list(_directories(scan.directories))
    build["inputs"] = [_input(each) for each in scan.inputs]
    if scan.contexts:
        build["contexts"] = [_context(name, each, scan) for name, each in scan.contexts]
    if review.findings is not None:
        build["findings"] = [_finding(each) for each in review.findings]
        build["proposals"] = [_proposal(each) for each in review.proposals]
        if review.after:
            after = review.after
            build["after"] = {
                "context": _size(after.context), "transfer": _size(after.transfer), "image": _image(after)
            }  # fmt: skip
        build["needed"] = [_needed(each) for each in digest.needed]
        build["verdict"] = [text(each) for each in digest.verdict.parts] if digest.verdict else []
        build["allowed"] = [{**_finding(each.finding), "reason": text(each.reason)} for each in review.allowed]
        if digest.changes is not None:
            build["since"] = _since(digest.changes)
        build["suppressed"] = [{"code": code, "by": key, "count": count} for code, key, count in review.suppressed]
    build["next"] = {"command": digest.next.command, "does": digest.next.does}
    return build


def _image(sizes: Sizes) -> dict[str, Any]:
    """What is certainly in the image, and what is possibly in it besides."""
    return {**_size(sizes.image), "uncertain": _size(sizes.possible)}


def _needed(each: Needed) -> dict[str, str]:
    return {"path": text(each.path), "why": text(each.why)}


def _context(name: str, transfer: Transfer, scan: Scan) -> dict[str, Any]:
    own = scan.of(name)
    return {
        "name": text(name),
        "files": transfer.files,
        "bytes": transfer.bytes,
        "stream_bytes": transfer.stream_bytes,
        "ignore_file": _text(own.ignored.label if own.ignored else None),
        "image": {**_size(own.image), "uncertain": _size(own.image_unsure)},
    }


def _named(context: str | None) -> dict[str, str]:
    """The context with a name in which something lies; nothing of the main one."""
    return {} if context is None else {"context": text(context)}


def _text(value: str | None) -> str | None:
    return None if value is None else text(value)


def _size(size: Size) -> dict[str, int]:
    return {"files": size.files, "bytes": size.bytes}


def _entry(entry: Entry, answer: Ending) -> dict[str, Any]:
    out: dict[str, Any] = {
        "path": text(entry.path),
        "kind": entry.kind,
        "size": entry.size,
        "target": _text(entry.target),
        "reach": farthest(answer.reach),
    }
    if answer.reach == "possible":
        out["certain"] = False
    if out["path"] != entry.path:
        out["path_hex"] = raw(entry.path).hex()
    if entry.empty:
        out["empty_in_build"] = True
    return out


def _explanation(each: Explanation, scan: Scan) -> dict[str, Any]:
    ignored = scan.of(each.context).ignored
    label = ignored.label if ignored else ""
    return {
        "path": text(each.path),
        **_named(each.context),
        "fate": each.fate,
        "rule": _rule(each.rule, label),
        "trail": [_level(level, label) for level in each.trail],
        "inputs": [
            {"line": one.input.line, "instruction": one.input.instruction, "stage": one.input.stage}
            for one in each.inputs
        ],
        "reach": farthest(each.answer.reach),
        "certain": each.answer.reach != "possible",
        "ends": text(ending_words(scan.of(each.context), each.answer)),
        **({} if each.stays is None else {"stays": text(each.stays)}),
        "empty_in_build": each.empty_in_build,
    }


def _level(level: Level, label: str) -> dict[str, Any]:
    out: dict[str, Any] = {"path": text(level.path), "rule": _rule(level.rule, label), "excluded": level.excluded}
    if level.passed_over:
        out["passed_over"] = [_rule(rule, label) for rule in level.passed_over]
    return out


def _rule(rule: Rule | None, label: str) -> dict[str, Any] | None:
    return None if rule is None else {"file": text(label), "line": rule.line, "text": text(rule.text)}


def _replay(replay: Replay) -> dict[str, Any]:
    return {
        "commits": [_commit(each) for each in replay.commits],
        "summary": [_total(each) for each in replay.summary],
        "remarks": [text(each) for each in replay.remarks],
        **({} if replay.price is None else {"price": _price(replay.price)}),
    }


def _price(price: Price) -> dict[str, Any]:
    """In seconds."""
    ways = ("was", "today", "after", "reordered")
    return {
        "steps": [
            {
                "stage": each.stage,
                "line": each.line,
                "text": text(each.text),
                "each": each.each,
                **{way: round(value, 3) for way in ways if (value := getattr(each, way)) is not None},
            }
            for each in price.steps
        ],
        **{way: round(value, 3) for way in ways if (value := getattr(price, way)) is not None},
        "unpriced": price.unpriced,
        "newest": {"steps": price.steps_seen, "foretold_cached": price.foretold, "were_cached": price.held},
    }


def _commit(each: ReplayedCommit) -> dict[str, Any]:
    out = {"commit": each.commit, "subject": text(each.subject), "steps": [_step(step) for step in each.steps]}
    return out if each.failed is None else {**out, "failed": text(each.failed)}


def _step(step: ReplayedStep) -> dict[str, Any]:
    out = {
        "stage": step.stage,
        "line": step.line,
        "instruction": step.instruction,
        "text": text(step.text),
        "cached": step.cached,
        "because": [text(path) for path in step.because],
    }
    return out if step.failed is None else {**out, "failed": True}


def _total(each: Total) -> dict[str, Any]:
    out: dict[str, Any] = {
        "stage": each.stage,
        "line": each.line,
        "instruction": each.instruction,
        "text": text(each.text),
        "of": each.of,
        "there": each.there,
    }
    ways = {"": each.was, "_today": each.today, "_after": each.after, "_reordered": each.reordered}
    for way, count in ways.items():
        if count is not None:
            out |= {f"reran{way}": count.reran, f"unknown{way}": count.unknown}
    out["because"] = _blamed(each.because)
    out["spared"] = each.spared
    out["spared_because"] = _blamed(each.spared_because)
    return out


def _blamed(because: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    return [{"path": text(path), "commits": commits} for path, commits in because]


def _directories(root: DirectoryTotals) -> Iterator[dict[str, Any]]:
    largest = sorted(root.walk(), key=lambda each: (-each.bytes, -each.files, each.path))[:DIRECTORIES]
    for each in largest:
        yield {"path": text(each.path) or ".", "files": each.files, "bytes": each.bytes}


def _input(each: InputSize) -> dict[str, Any]:
    return {
        "line": each.input.line,
        "instruction": each.input.instruction,
        "stage": each.input.stage,
        "source": text(each.input.written),
        "files": each.files,
        "bytes": each.bytes,
        "reach": farthest(each.reach),
        **({"certain": False} if each.reach == "possible" else {}),
    }


def _proposal(each: Proposal) -> dict[str, Any]:
    return {
        "pattern": text(each.pattern),
        "reasons": [text(reason) for reason in each.reasons],
        "bytes": each.bytes,
        "files": each.files,
        "transfer_bytes": each.transfer_bytes,
        "transfer_files": each.transfer_files,
        "verified": each.verified,
        "caution": _text(each.caution),
        "applied": each.applied,
        "with": each.consent or None,
    }


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "code": each.code,
        "severity": each.severity,
        "message": text(readable(each.message)),
        "why": _text(each.why),
        "path": _text(each.path),
        **_named(each.context),
        "line": each.line,
        "bytes": each.bytes,
        "reach": farthest(each.reach),
        **({} if each.reach is None else {"certain": each.reach != "possible"}),
        "kind": each.kind,
        "remedy": _text(each.remedy),
        "fingerprint": each.fingerprint,
    }
