"""The opinions: one function for each finding code, whose docstring is its documentation.

A check takes the evidence and yields findings; it reads no disk and knows no format. A finding has to be worth a user's
time: on a clean project all of these are silent.

A folder holds the checks of one subject, with what only they need:

    inputs/       what the build reads, and does not get        ignorefile/   the ignore file itself
    installs/     dependencies: when, from which lock, which    layers/       what layers hold, and COPY puts there
    running/      the container: its user, start and end        secrecy/      secrets

`project/` is what the repository says around a build, which all of them ask; a check that is alone with its subject is
a module beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from ..builds.build import Build
from ..context.transfer import cleaned
from ..facts import Scan
from ..findings import Finding, worst_first
from ..secrets.redaction import SAID_BY_ALL, hidden, restored
from . import bases, built, contexts, frontends  # noqa: F401
from .ignorefile import inactive, lines, rules  # noqa: F401
from .inputs import empty, failures, sources, unmet  # noqa: F401
from .installs import locking, order, shipping  # noqa: F401
from .layers import cleanup, copies, layering, ownership, separate, sizes  # noqa: F401
from .reading import Reading
from .registry import CHECKS, Evidence
from .running import mounting, signals, starting, user  # noqa: F401
from .secrecy import secrets  # noqa: F401

__all__ = ["CHECKS", "is_given_up", "run_checks", "told_of_all"]

#: What can be said of a Dockerfile whose context is not known.
ALONE: Final = (
    "unknown-context",
    "unknown-stage",
    "missing-input",
    "blank-base",
    "copied-secret",
    "secret-in-dockerfile",
    "unpinned-base",
    "root-user",
    "shell-form-command",
    "missing-healthcheck",
    "split-cleanup",
    "leftover-cache",
)


#: What ends a build.
_ENDINGS: Final = frozenset(("blank-base", "missing-input", "late-failure", "unmet-need"))


def is_given_up(build: Build, found: Iterable[Finding]) -> bool:
    """Whether nothing in the repository builds a Dockerfile, and its build fails for certain: there is no image to
    learn from, and the error says all."""
    return build.guessed and any(each.severity == "error" and each.code in _ENDINGS for each in found)


def told_of_all(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those findings that are told of every build."""
    return tuple(each for each in found if CHECKS[each.code].scope == "any" or each.code == "copied-secret")


def run_checks(case: Evidence, *, late: bool = False) -> tuple[Finding, ...]:
    """Every finding about one build, worst first: of the checks that know of no proposals, or of the `late` ones."""
    known = case.scan.build.known
    checks = [
        each
        for each in CHECKS.values()
        if each.late is late and (known or each.code in ALONE) and each.scope in case.scopes
    ]
    found = [finding for each in checks for finding in each.run(case)]
    if case.reading is not None and {"late-failure", "copy-before-install"} <= {each.code for each in found}:
        found = _of_steps_that_succeed(case.reading, found)
    shown, said = _named_by_order(case), _said(case.scan)
    return worst_first([_as_written(each, case.scan, shown, said) for each in found])


def _of_steps_that_succeed(reading: Reading, found: Sequence[Finding]) -> list[Finding]:
    """Those findings, without what is said of the cache of a command whose RUN cannot succeed."""
    failing = {each.line for each in found if each.code == "late-failure" and each.severity == "error"}
    steps = [step for stage in reading.plan.stages for step in stage.steps if step.line in failing]
    vain = {" ".join(text.split()) for one in reading.all_commands(steps) for text in (one.said, one.text)}
    return [each for each in found if each.code != "copy-before-install" or each.key.rpartition("\0")[2] not in vain]


def _named_by_order(case: Evidence) -> frozenset[str]:
    """Images, and tags of them, that FROM gets from the very text of the file that names the build."""
    plan, reading = case.scan.plan, case.reading
    ends = [f":{stage.base}" for stage in plan.stages if stage.outside] if plan is not None else []
    if plan is None or reading is None or not ends or reading.scan.build.source is None:
        return frozenset()
    from .project.callers import argument_of  # few bases are given

    named = {
        value: name for value, name in plan.outside.values.items() if any(each.endswith(f":{value}") for each in ends)
    }
    return frozenset(value for value, name in named.items() if argument_of(reading, name) is not None)


def _said(scan: Scan) -> frozenset[str]:
    """The words of the Dockerfile, where build arguments gave any."""
    if scan.plan is None or not scan.plan.outside.values:
        return frozenset()
    return frozenset(re.findall(r"[\w.-]+", (scan.build.text or b"").decode("utf-8", "replace")))


def _as_written(found: Finding, scan: Scan, shown: frozenset[str], said: frozenset[str]) -> Finding:
    """The finding without what build arguments gave, but for what is `shown`: of an instruction that takes one up no
    word, elsewhere nothing that is long enough to be a secret, no path here and no word that the Dockerfile `said`.
    What its line says itself stays."""
    outside = scan.plan.outside if scan.plan is not None else None
    values = outside.values.items() if outside is not None else ()
    given = {each: name for each, name in values if each not in SAID_BY_ALL and each not in shown}
    if outside is None or not given:
        return found
    if found.line in outside.lines and found.path == scan.build.label:
        fit = partial(restored, values=given)
    else:
        own = _line(found, scan)
        kept = {
            each: name for each, name in given.items() if each not in said and scan.disk.kind(cleaned(each)) is None
        }
        fit = partial(_beside, values={each: name for each, name in kept.items() if each not in own}, own=own)
    return found._replace(
        message=fit(found.message),
        why=None if found.why is None else fit(found.why),
        remedy=None if found.remedy is None else fit(found.remedy),
        key=fit(found.key),
    )


def _beside(text: str, values: Mapping[str, str], own: str) -> str:
    """`hidden`, but for the paths of an instruction, of which a value may have a piece."""
    paths = [each.rstrip("/") for each in own.split() if "/" in each]
    for at, path in enumerate(paths):
        text = re.sub(rf"(?<!\S){re.escape(path)}(?=/?(?:[\s,]|\Z))", f"\0{at}\0", text) if path in text else text
    text = hidden(text, values)
    return re.sub(r"\0(\d+)\0", lambda found: paths[int(found[1])], text) if "\0" in text else text


def _line(found: Finding, scan: Scan) -> str:
    """The line of the Dockerfile that a finding is about: what stands there nobody has to hide; empty: it has none."""
    if found.path != scan.build.label or not found.line or scan.build.written.text:
        return ""
    written = (scan.build.text or b"").decode("utf-8", "replace").splitlines()
    return written[found.line - 1] if found.line <= len(written) else ""
