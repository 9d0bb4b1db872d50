"""Findings that are known already: a baseline, a file that `--write-baseline` writes and `--baseline` reads.

It holds no more than what tells findings apart: code, path, fingerprint (see `Finding.fingerprint`: no line number and
nothing of a value), the severity that is known, and which build had it. Paths are relative to the file, so that it says
the same wherever the command runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from ..errors import CtxscanError
from ..findings import SEVERITIES, Finding, Severity
from .settings import CODES
from .suppression import GUARDED, SetAside

VERSION: Final = 1
#: A larger file is no baseline.
MAX_BYTES: Final = 64 << 20
#: What is said about a configuration or a baseline is not for a baseline to know.
_UNKNOWN: Final = frozenset(("unused-baseline",))


class Place(NamedTuple):
    """Which build: its context and Dockerfile, relative to the directory of the baseline, and its target."""

    context: str
    dockerfile: str | None
    target: str | None


class Known(NamedTuple):
    """A finding that a baseline knows, as severe as it was."""

    place: Place
    code: str
    severity: Severity
    path: str | None
    fingerprint: str

    @property
    def key(self) -> _Key:
        return self.place.context, self.code, self.fingerprint


#: What two findings have in common that are the same: context, code and fingerprint.
_Key: TypeAlias = tuple[str, str, str]


class Baseline(NamedTuple):
    """What a baseline knows. `trusted` is what of it may hide secrets; None: all of it."""

    known: tuple[Known, ...]
    trusted: tuple[Known, ...] | None = None


class Judged(NamedTuple):
    """The findings of one build, and where it is."""

    place: Place
    findings: Sequence[Finding]


class Compared(NamedTuple):
    """The findings of one build that count, and those that were known."""

    kept: tuple[Finding, ...]
    aside: tuple[SetAside, ...]


def place_of(root: Path, context: Path, dockerfile: Path | None, target: str | None) -> Place:
    """Where a build is, as seen from the directory `root`. A Dockerfile that is no file has no path."""
    return Place(_relative(root, context), None if dockerfile is None else _relative(root, dockerfile), target)


def _relative(root: Path, path: Path) -> str:
    try:
        return os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.as_posix()


def compare(
    builds: Sequence[Judged], baseline: Baseline, *, by: str, reason: str
) -> tuple[list[Compared], list[Known]]:
    """What is new in each build, and what of the baseline is gone.

    A finding is known if the baseline has it for the same context, as often as the build has it, and was as severe.
    What the baseline has of builds that are not among these is not asked for.
    """
    here = {build.place for build in builds}
    met: set[int] = set()
    compared = [_compared(build, baseline, met, by=by, reason=reason) for build in builds]
    gone = [each for at, each in enumerate(baseline.known) if at not in met and each.place in here]
    return compared, gone


def _compared(build: Judged, baseline: Baseline, met: set[int], *, by: str, reason: str) -> Compared:
    left = _by_key(build.place, baseline.known)
    honest = None if baseline.trusted is None else _by_key(build.place, baseline.trusted)
    kept: list[Finding] = []
    aside: list[SetAside] = []
    for finding in build.findings:
        key = (build.place.context, finding.code, finding.fingerprint)
        at = _taken(left, key, finding.severity)
        if at is None:
            kept.append(finding)
            continue
        met.add(at)
        if honest is not None and finding.code.startswith(GUARDED) and _taken(honest, key, finding.severity) is None:
            told = f"{reason} knows it, which the check takes only from a trusted file (--trusted)"
            kept.append(finding._replace(message=f"{finding.message}; {told}"))
        else:
            aside.append(SetAside(finding, by, reason))
    return Compared(tuple(kept), tuple(aside))


def _by_key(place: Place, known: Iterable[Known]) -> dict[_Key, list[tuple[int, int]]]:
    """The entries for a context, with their severity as a number and their position, the worst last."""
    out: dict[_Key, list[tuple[int, int]]] = {}
    for at, each in enumerate(known):
        if each.place.context == place.context:
            out.setdefault(each.key, []).append((SEVERITIES.index(each.severity), at))
    for there in out.values():
        there.sort(reverse=True)
    return out


def _taken(left: Mapping[_Key, list[tuple[int, int]]], key: _Key, severity: Severity) -> int | None:
    """The position of an entry for a finding, which is gone then: the least severe one that is severe enough."""
    there = left.get(key, [])
    for at, (known, position) in enumerate(there):
        if known <= SEVERITIES.index(severity):
            del there[at]
            return position
    return None


def known_of(builds: Iterable[Judged]) -> tuple[Known, ...]:
    """What a baseline of these builds knows: what several of one context have is there once, as often as one has it."""
    out: dict[tuple[_Key, int], Known] = {}
    for build in builds:
        seen: dict[_Key, int] = {}
        for finding in build.findings:
            if finding.code in _UNKNOWN:
                continue
            entry = Known(build.place, finding.code, finding.severity, finding.path, finding.fingerprint)
            number = seen[entry.key] = seen.get(entry.key, 0) + 1
            before = out.get((entry.key, number))
            if before is None or SEVERITIES.index(entry.severity) < SEVERITIES.index(before.severity):
                out[entry.key, number] = entry if before is None else before._replace(severity=entry.severity)
    return tuple(sorted(out.values(), key=_order))


def _order(each: Known) -> tuple[str, ...]:
    place = (each.place.context, each.place.dockerfile or "", each.place.target or "")
    return (*place, each.code, each.path or "", each.fingerprint, each.severity)


def unused(gone: Sequence[Known], label: str) -> tuple[Finding, ...]:
    """What is to be said of entries that nothing is found for, at the baseline, which `label` names."""
    code = "unused-baseline"
    out = []
    for each in gone:
        where = "" if each.path is None else f" at {each.path}"
        message = f"{each.code}{where} is gone, and the baseline knows it"
        remedy = "write the baseline again with --write-baseline"
        key = "\0".join((each.code, each.path or "", each.fingerprint))
        out.append(Finding(code, CODES[code][0], message, None, label, None, 0, None, None, remedy, key))
    return tuple(out)


# --- the file -------------------------------------------------------------------------------------------------------


def written(known: Sequence[Known]) -> str:
    """The text of a baseline."""
    return json.dumps({"version": VERSION, "findings": [_entry(each) for each in known]}, indent=2) + "\n"


def _entry(each: Known) -> dict[str, Any]:
    out: dict[str, Any] = {"code": each.code, "severity": each.severity, "context": each.place.context}
    out |= {"dockerfile": each.place.dockerfile} if each.place.dockerfile is not None else {}
    out |= {"target": each.place.target} if each.place.target is not None else {}
    out |= {"path": each.path} if each.path is not None else {}
    return {**out, "fingerprint": each.fingerprint}


def load(file: str) -> tuple[Known, ...]:
    """What the baseline in a file knows. Raises `CtxscanError`."""
    try:
        if not Path(file).is_file():
            problem = "not a file" if Path(file).exists() else "no such file: --write-baseline writes one"
            raise CtxscanError(f"the baseline is {problem}", place=file)
        with Path(file).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CtxscanError(f"cannot read it: {(error.strerror or str(error)).lower()}", place=file) from None
    if len(data) > MAX_BYTES:
        raise CtxscanError(f"the baseline has more than {MAX_BYTES} bytes", place=file)
    try:
        return known_in(data)
    except ValueError as error:
        raise CtxscanError(f"not a baseline: {error}", place=file) from None


def known_in(data: bytes) -> tuple[Known, ...]:
    """What is known in the content of a baseline. Raises `ValueError`."""
    try:
        document = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ValueError(f"version {VERSION} is expected")
    entries = document.get("findings")
    if not isinstance(entries, list):
        raise ValueError("findings is not a list")
    return tuple(_known(each, at) for at, each in enumerate(entries, 1))


def _known(entry: object, at: int) -> Known:
    if not isinstance(entry, dict):
        raise ValueError(f"finding {at} is not an object")

    def text(key: str, *, needed: bool = True) -> str | None:
        value = entry.get(key)
        if isinstance(value, str) or (value is None and not needed):
            return value
        raise ValueError(f"finding {at} has no {key}")

    severity = text("severity")
    if severity not in SEVERITIES:
        raise ValueError(f"finding {at} has an unknown severity")
    place = Place(text("context") or "", text("dockerfile", needed=False), text("target", needed=False))
    path, code = text("path", needed=False), text("code") or ""
    return Known(place, code, severity, path, text("fingerprint") or "")
