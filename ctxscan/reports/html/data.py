"""A digest as the page takes it: plain values, every name made fit to be shown.

Used by the page alone, so it may change with it; whoever wants data takes the JSON report. Nothing is computed here but
which row of the map a finding is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ...explain import Explanation, ending_words
from ...facts import InputSize, Scan
from ...opinions import Review, flagged
from ...printable import shown
from ...proposals.propose import Proposal
from ...rules.ignorefile import IgnoreFile, Rule
from ...treemap import Atlas, Mark
from ..digest.digest import Digest
from ..digest.figures import Figure
from ..digest.places import dockerfile, rules_file
from ..digest.remarks import Remark
from ..digest.told import Told

#: What the page calls the figures.
_TITLES: Final = {
    "context": "Context",
    "transfer": "Transfer",
    "image": "Image",
    "possible": "Possibly in the image",
}
#: Characters of an instruction that is quoted.
QUOTED: Final = 80


def build(digest: Digest) -> dict[str, Any]:
    """One build. Sizes are pairs of files and bytes."""
    review = digest.review
    scan = review.scan
    places = review.atlas.places() if review.atlas else {}
    return {
        "name": _shown(scan.build.name),
        "project": shown(scan.build.written.context or scan.build.context.resolve().name),
        "context": shown(digest.context),
        "dockerfile": _shown(digest.dockerfile),
        "target": _shown(scan.build.shown_target),
        "builder": scan.build.builder.name,
        "ignoreFile": _shown(digest.ignore_file),
        "rules": len(scan.ignored.rules) if scan.ignored else 0,
        "verdict": None if digest.verdict is None else [shown(each) for each in digest.verdict.parts],
        "numbers": [_number(each) for each in digest.figures],
        "printed": digest.printed,
        "remarks": [_remark(each) for each in digest.remarks],
        "explanations": [_explanation(each, scan) for each in review.explanations],
        "findings": None if digest.findings is None else [_finding(each, places) for each in digest.findings],
        "allowed": [{**_finding(each, places), "reason": shown(reason)} for each, _, reason in digest.apart],
        "suppressed": [f"{count} {code} ({key})" for code, key, count in digest.suppressed],
        "proposals": [_proposal(each) for each in (*digest.proposed, *digest.cautions)],
        "needed": [[shown(each.path), shown(each.why)] for each in digest.needed],
        "images": _images(review),
        "log": _log(review),
        "replay": _replay(review),
        "next": {"command": digest.next.command, "what": digest.next.does},
        "map": None if review.atlas is None else _map(review.atlas, review, places),
    }


def _replay(review: Review) -> dict[str, Any] | None:
    if review.replay is None:
        return None
    from .replayed import replayed  # only with --replay

    return replayed(review.replay)


def _images(review: Review) -> list[dict[str, Any]]:
    if review.image is None:
        return []
    from .built import images  # only with --image

    return images(review.image, review.scan)


def _log(review: Review) -> dict[str, Any] | None:
    if review.log is None:
        return None
    from .built import log  # only with --log

    return log(review.log, review.scan)


def _shown(text: str | None) -> str | None:
    return None if text is None else shown(text)


# --- the head


def _number(each: Figure) -> dict[str, Any]:
    then = None if each.after is None else [each.after.files, each.after.bytes]
    return {"name": _TITLES[each.name], "what": each.what, "now": [each.now.files, each.now.bytes], "after": then}


def _remark(each: Remark) -> str:
    value = shown(each.value)
    value = value if len(value) <= QUOTED else f"{value[: QUOTED - 1]}…"
    place = f"({shown(each.place)})" if each.place else ""
    return " ".join(part for part in (shown(each.before), value, place, shown(each.after)) if part)


# --- opinions


def _finding(each: Told, places: dict[str, int]) -> dict[str, Any]:
    path = each.finding.path
    return {
        "severity": each.severity,
        "code": each.code,
        "message": shown(each.message),
        "why": _shown(each.why),
        "remedy": _shown(each.remedy),
        "path": _shown(each.place.path),
        "line": each.line,
        "bytes": each.bytes,
        "row": places.get(path) if path else None,
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
        "ends": shown(ending_words(scan, each.answer)),
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
    return [f"{shown(rules_file(ignored) if ignored else '')}:{rule.line}", shown(rule.text)]


def _input(each: InputSize, scan: Scan) -> str:
    one = each.input
    stage = f" in stage {shown(one.stage)}" if isinstance(one.stage, str) else ""
    return f"{one.instruction} {shown(one.written)} ({shown(dockerfile(scan.build) or '')}:{one.line}){stage}"
