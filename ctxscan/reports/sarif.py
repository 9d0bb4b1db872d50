"""SARIF 2.1.0, for code scanning and every tool that reads it.

One run for all builds, since code hosts take one run of a tool at a time: findings that builds have in common appear
once. A rule is a code, its help is the page about it. What the configuration allows is there as a suppressed
result. Names are made visible in messages; in a URI the bytes of a path are encoded as they are on disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import count
from typing import Any, Final
from urllib.parse import quote

from .. import __version__
from ..checks.handbook import Page, codes, page
from ..explain import farthest
from ..facts import Scan
from ..findings import Finding, Severity
from ..printable import raw, shown
from .digest.digest import Digest
from .digest.pages import page_of
from .digest.places import fallback
from .digest.told import Told
from .formats import Look

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: The key of our fingerprints; another way of making them gets another one.
FINGERPRINT: Final = "ctxscan/v1"
#: What GitHub ranks security findings by.
_SECURITY: Final[Mapping[Severity, str]] = {"error": "8.5", "warning": "5.5", "note": "2.0"}


def render(digests: Sequence[Digest], look: Look) -> str:
    """All builds as one run: the findings that count, then the others, each in the order of its review."""
    listed = list(_listed(digests))
    rules = _rules([each.finding for _, each, _ in listed])
    index = {rule["id"]: at for at, rule in enumerate(rules)}
    results: dict[str, dict[str, Any]] = {}
    fingerprints: set[str] = set()
    for scan, each, reason in listed:
        result = _result(scan, each, reason, index)
        text = json.dumps(result)
        if text not in results:
            own = next(one for one in _fingerprints(scan, each.finding) if one not in fingerprints)
            fingerprints.add(own)
            results[text] = {**result, "partialFingerprints": {FINGERPRINT: own}}
    run = {
        "tool": {"driver": {"name": "ctxscan", "version": __version__, "semanticVersion": __version__, "rules": rules}},
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "Where ctxscan was run, or the context"}}},
        "columnKind": "unicodeCodePoints",
        "results": list(results.values()),
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    printed = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    # `##[` and `##vso[` are commands to CI runners, wherever in a line they stand.
    return printed.replace("##", r"\u0023#")


def _listed(digests: Sequence[Digest]) -> Iterator[tuple[Scan, Told, str | None]]:
    """Every finding with its scan, and the reason why it is suppressed, if it is."""
    for digest in digests:
        yield from ((digest.review.scan, each, None) for each in digest.findings or ())
    for digest in digests:
        yield from ((digest.review.scan, each, reason) for each, _, reason in digest.apart)


def _result(scan: Scan, finding: Told, reason: str | None, index: Mapping[str, int]) -> dict[str, Any]:
    said = [shown(finding.message)]
    said += [f"why: {shown(finding.why)}"] if finding.why else []
    said += [f"fix: {shown(finding.remedy)}"] if finding.remedy else []
    out: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": finding.severity,
        "message": {"text": _plain("\n".join(said))},
    }
    own = finding.place.hosted
    path = own or fallback(scan)
    if path is not None:
        # The standard would leave the region out for a file as a whole, but code hosts ask for a line.
        region = {"startLine": (finding.line or 1) if own else 1}
        out["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}]
    facts = {
        "bytes": finding.bytes or None,
        "reach": farthest(finding.reach),
        "certain": False if finding.reach == "possible" else None,
        "kind": finding.finding.kind,
    }
    if known := {key: value for key, value in facts.items() if value is not None}:
        out["properties"] = known
    if reason is not None:
        out["suppressions"] = [{"kind": "external", "status": "accepted", "justification": shown(reason)}]
    return out


def _fingerprints(scan: Scan, finding: Finding) -> Iterator[str]:
    """The fingerprint of a finding in a run of several builds, and what to take if another result has it: the same file
    of two contexts is two files, and two builds may say different things of one."""
    context = scan.build.context
    known = finding.fingerprint if context.is_absolute() else f"{finding.fingerprint}\0{context.as_posix()}"
    yield finding.fingerprint if context.as_posix() == "." or context.is_absolute() else _digest(known)
    for number in count():
        yield _digest(f"{known}\0{scan.build.name}\0{number}")


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]


def _plain(text: str) -> str:
    """A message whose brackets stay brackets: `[text](target)` would be a link."""
    return re.sub(r"([\\\[\]])", r"\\\1", text) if "](" in text else text


def _artifact(path: str) -> dict[str, str]:
    encoded = quote(raw(path), safe="/")
    if path.startswith("/"):
        return {"uri": f"file://{encoded}"}
    return {"uri": encoded, "uriBaseId": "%SRCROOT%"}


# --- rules ----------------------------------------------------------------------------------------------------------


def _rules(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Every code there is, in alphabetical order: what found nothing was looked for all the same."""
    known = {code: page(code) for code in codes()}
    known |= {each.code: _unknown(each) for each in findings if each.code not in known}
    return [_rule(known[code]) for code in sorted(known)]


def _unknown(finding: Finding) -> Page:
    return Page(finding.code, finding.severity, finding.code.replace("-", " "), (), "")


def _rule(each: Page) -> dict[str, Any]:
    text = "\n\n".join((each.summary, *each.details))
    properties: dict[str, Any] = {"tags": ["docker", "build-context"]}
    if each.code.startswith("secret"):
        properties = {"tags": [*properties["tags"], "security"], "security-severity": _SECURITY[each.severity]}
    return {
        "id": each.code,
        "name": "".join(word.capitalize() for word in each.code.split("-")),
        "shortDescription": {"text": each.summary},
        "fullDescription": {"text": text},
        "helpUri": page_of(each.code),
        "help": {"text": text, "markdown": each.markdown},
        "defaultConfiguration": {"level": each.severity},
        "properties": properties,
    }
