"""Which findings count: what the configuration and the command line set apart, and what is said of it.

It knows no clock: the day is passed in.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from ..errors import CtxscanError
from ..findings import Finding, worst_first
from .allow import Allow, Lookup, quoted
from .gate import Gate
from .inline import Comments, Inline
from .settings import CODES, Allowed, Config

#: What a configuration found in the tree may not hide by itself.
GUARDED: Final = "secret-"


class SetAside(NamedTuple):
    """A finding that something beside the configuration keeps from counting, and why. `by` is the option (`select`,
    `ignore`, `baseline`, `since`), or `inline` for a comment beside the line."""

    finding: Finding
    by: str
    reason: str


def chosen(findings: Iterable[Finding], gate: Gate) -> tuple[list[Finding], list[SetAside]]:
    """The findings that the command line asks for, and the others."""
    kept: list[Finding] = []
    aside: list[SetAside] = []
    for each in findings:
        if each.code in gate.ignore:
            aside.append(SetAside(each, "ignore", "--ignore"))
        elif gate.select and each.code not in gate.select:
            aside.append(SetAside(each, "select", "not in --select"))
        else:
            kept.append(each)
    return kept, aside


class Beside(NamedTuple):
    """The findings that no comment beside their line ignores, the others, and the comments that cover any."""

    kept: list[Finding]
    aside: list[SetAside]
    used: set[Inline]


def beside(findings: Iterable[Finding], inlines: Sequence[Inline], counts: Callable[[Inline], bool]) -> Beside:
    """The findings, parted by the comments beside their lines; `counts` tells whether one may hide secrets."""
    made = Beside([], [], set())
    comments = Comments(inlines)
    for each in findings:
        covering = comments.covering(each)
        made.used.update(covering)
        honest = [one for one in covering if not each.code.startswith(GUARDED) or counts(one)]
        if honest:
            made.aside.append(SetAside(each, "inline", honest[0].reason))
        elif covering:
            told = f"line {covering[0].line} ignores it, which the check takes only from a trusted file (--trusted)"
            made.kept.append(each._replace(message=f"{each.message}; {told}"))
        else:
            made.kept.append(each)
    return made


class Split(NamedTuple):
    """The findings that count, those that an entry allows, and those of codes that are disabled, each in order."""

    standing: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    disabled: tuple[Finding, ...]


def set_apart(findings: Iterable[Finding], config: Config, *, today: date, asked: Collection[str] = ()) -> Split:
    """The findings, parted by what the configuration says today. Codes in `asked` were asked for by an option, which
    beats it; a secret that an untrusted configuration hides counts, and says so."""
    lookup = _lookup(config, (each for each in config.allow if not _is_past(each, today)))
    standing: list[Finding] = []
    allowed: list[Allowed] = []
    disabled: list[Finding] = []
    for finding in findings:
        guarded = finding.code.startswith(GUARDED) and not config.trusted
        entry = lookup.first(finding)
        if finding.code in asked:
            standing.append(finding)
        elif finding.code in config.disable:
            if guarded:
                standing.append(_overruled(finding, config, "disables this code"))
            else:
                disabled.append(finding)
        elif entry is not None:
            if guarded and not entry.names(finding):
                standing.append(_overruled(finding, config, f"allows it by {quoted(entry.path or '')}"))
            else:
                allowed.append(Allowed(finding, entry))
        else:
            standing.append(finding)
    return Split(tuple(standing), tuple(allowed), tuple(disabled))


def _overruled(finding: Finding, config: Config, does: str) -> Finding:
    told = f"{config.file} {does}, which the check takes only from a trusted configuration (--config or --trusted)"
    return finding._replace(message=f"{finding.message}; {told}")


def refused(config: Config, *, builder: bool) -> tuple[Finding, ...]:
    """What an untrusted configuration asks for in vain; `builder`: the builder would be for it to choose."""
    if config.trusted or config.builder is None or not builder:
        return ()
    code = "untrusted-configuration"
    message = f"builder = {config.builder!r} is not taken from a configuration that the check does not trust"
    remedy = f"--builder {config.builder}, or name a trusted configuration with --config or --trusted"
    return (Finding(code, CODES[code][0], message, None, config.file, None, 0, None, None, remedy, "builder"),)


def leftover(config: Config, used: Sequence[Finding], *, today: date) -> tuple[Finding, ...]:
    """What there is to say about the entries once all builds are judged; `used` are findings of any of them that an
    entry covers, whether it was taken or not."""
    out = []
    unused = _lookup(config, config.allow).unused(used)
    for entry in config.allow:
        place = entry.path or entry.fingerprint or "the build"
        key = "\0".join((entry.code, entry.path or "", entry.fingerprint or "", entry.kind or ""))
        if _is_past(entry, today):
            code, remedy = "expired-allow", "take the entry out, or give it a later date"
            message = f"the entry that allows {entry.code} for {place} expired on {entry.expires}: {entry.reason}"
        elif entry.code in config.disable or entry.meaning not in unused:
            continue
        else:
            code, remedy = "unused-allow", "take the entry out"
            message = f"no finding {entry.code} for {place}, which an entry allows: {entry.reason}"
        if code not in config.disable:
            severity = CODES[code][0]
            out.append(Finding(code, severity, message, None, config.file, entry.line, 0, None, None, remedy, key))
    return worst_first(out)


def _lookup(config: Config, entries: Iterable[Allow]) -> Lookup:
    try:
        return Lookup(entries)
    except CtxscanError as error:
        raise CtxscanError(str(error), place=config.file) from None


def _is_past(entry: Allow, today: date) -> bool:
    return entry.expires is not None and today > entry.expires
