"""Reviews made of given findings and rules, and the reports on them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from ctxscan.config.settings import Allow, Allowed
from ctxscan.facts import Scan, Size
from ctxscan.findings import Finding, Severity
from ctxscan.opinions import Review, Sizes
from ctxscan.proposals.propose import Proposal, Proposals
from ctxscan.proposals.savings import After
from ctxscan.reports import github, markdown, sarif
from ctxscan.reports import json as json_report
from ctxscan.reports.digest.digest import digests
from ctxscan.reports.formats import Look
from ctxscan.reports.html import render as html_report
from ctxscan.reports.text import render as text_report
from ctxscan.rules import ignorefile

LOOK = Look(100, False, False, False)
VERBOSE = Look(100, False, True, False)
LISTED = Look(100, False, False, True)
FORMATS = {
    "text": text_report, "json": json_report, "sarif": sarif, "github": github, "markdown": markdown, "html": html_report,
}  # fmt: skip


def proposal(
    pattern: str, reasons: tuple[str, ...], size: int, files: int, verified: bool, caution: str | None, applied: bool
) -> Proposal:
    return Proposal(pattern, reasons, size, files, size, files, verified, caution, "group", applied)


def reviewed(
    made: Scan,
    *,
    findings: tuple[Finding, ...] | None = None,
    allowed: tuple[Allowed, ...] = (),
    rules: tuple[Proposal, ...] = (),
    then: Sizes | None = None,
) -> Review:
    """A review of these values, with these rules and numbers put into its mouth, and of nothing else."""
    path = made.build.context / ".dockerignore"
    ignored = ignorefile.parse_rules(b"", made.build.builder, path=path, label=path.name)
    after = None if then is None else After(then, ignored, made.rules)
    proposed = Proposals(rules, (), None, path, path.name, b"", after)
    return Review(made, (), findings, allowed, None, proposed, None, None)


def finding(
    path: str | None,
    *,
    code: str = "secret-file",
    severity: Severity = "error",
    message: str = "a private key",
    line: int | None = None,
    why: str | None = None,
    remedy: str | None = None,
    size: int = 0,
    key: str = "",
) -> Finding:
    return Finding(code, severity, message, why, path, line, size, "image", "pem", remedy, key)


def path_of(name: str) -> str:
    """The name as it comes back from a disk."""
    return re.sub("/+", "/", name)


def spoken(name: str) -> Finding:
    """A finding that says the name everywhere."""
    return finding(
        path_of(name), message=f"key in {name}: {name}", line=3, why=f"{name} is sent", remedy=f"exclude {name}", size=5
    )


def rendered(form: str, *reviews: Any, look: Look = LOOK) -> str:
    return str(FORMATS[form].render(digests(reviews, look.asked), look))  # type: ignore[attr-defined]


def full(made: Scan, name: str) -> Review:
    """A review with a name in every place."""
    allow = Allow("secret-file", "*", f"because {name}", date(2030, 1, 1), None, None, 1)
    return reviewed(
        made,
        findings=(spoken(name),),
        allowed=(Allowed(finding(f"allowed/{name}"), allow),),
        rules=(
            proposal(name, (f"why {name}",), 10, 1, True, None, True),
            proposal(name, (f"why {name}",), 10, 1, False, f"but {name}", False),
        ),
        then=Sizes(Size(1, 50), Size(1, 50), Size(0, 0)),
    )
