"""The opinions: one function for each finding code, whose docstring is its documentation.

After `examine`, `portability` and `findings`. A check takes the evidence and yields findings; it reads no disk and
knows no format. A finding has to be worth a user's time: on a clean project all of these are silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from . import secrets
from .dockerfile import Instruction
from .examine import Examined, Suspect
from .explain import reach
from .findings import Finding, Severity, ordered
from .ignorefile import Rule
from .matcher import Matcher
from .portability import Difference
from .scan import Scan
from .screening import EVERYWHERE, is_for_everywhere
from .transfer import cleaned
from .tree import Directory
from .usage import Input

_IGNORE_FILES: Final = (".dockerignore", ".containerignore")
MEGABYTE: Final = 1_000_000
#: A directory or file is large from this many bytes on, and this share of the context.
LARGE_BYTES: Final = 10 * MEGABYTE
LARGE_SHARE: Final = 0.1
#: Less than this that nobody reads is not worth a word.
UNREAD_BYTES: Final = MEGABYTE


@dataclass(frozen=True, slots=True)
class Evidence:
    """What opinions rest on: the facts of a build, what was found in its files, where builders differ. `key` makes
    fingerprints;
    `large_directory` is the size in bytes from which a directory or file is large, None: the usual one. `budget` is
    what the transfer may take."""

    scan: Scan
    examined: Examined
    differences: tuple[Difference, ...]
    key: bytes
    large_directory: int | None
    budget: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """`severity` is the worst that its findings have."""

    code: str
    severity: Severity
    doc: str
    run: _Run


_Run: TypeAlias = Callable[[Evidence], Iterator[Finding]]
CHECKS: dict[str, Check] = {}


def check(case: Evidence) -> tuple[Finding, ...]:
    """Every finding about one build, worst first."""
    return ordered([finding for each in CHECKS.values() for finding in each.run(case)])


def _checks(severity: Severity) -> Callable[[_Run], _Run]:
    def register(function: _Run) -> _Run:
        code = function.__name__.replace("_", "-")
        CHECKS[code] = Check(code, severity, function.__doc__ or "", function)
        return function

    return register


def _finding(
    code: _Run,
    message: str,
    *,
    severity: Severity | None = None,
    why: str | None = None,
    path: str | None = None,
    line: int | None = None,
    size: int = 0,
    reached: str | None = None,
    kind: str | None = None,
    remedy: str | None = None,
    key: str = "",
) -> Finding:
    made_by = CHECKS[code.__name__.replace("_", "-")]
    return Finding(
        made_by.code, severity or made_by.severity, message, why, path, line, size, reached, kind, remedy, key
    )


# --- what the build needs -------------------------------------------------------------------------------------------


@_checks("error")
def missing_input(case: Evidence) -> Iterator[Finding]:
    """A COPY, ADD or bind mount names something that is excluded or not there: the build will fail.

    The finding names the rule to blame. The context is transferred before the build fails, so everything else in the
    report still holds.
    """
    scan = case.scan
    for each in (one.input for one in scan.inputs):
        for path in each.missing:
            message, remedy = _missing(scan, each, path)
            yield _finding(
                missing_input,
                message,
                path=scan.build.label,
                line=each.line,
                remedy=remedy,
                key=f"{each.source}\0{path}",
            )
    for step, path in scan.usage.lost if scan.usage else ():
        origin = step.origin.name if step.origin else ""
        message = f"{step.keyword} --from={origin} /{path}: nothing puts that into {origin}"
        yield _finding(missing_input, message, path=scan.build.label, line=step.line, key=f"{origin}\0{path}")


def _missing(scan: Scan, each: Input, path: str) -> tuple[str, str | None]:
    said = f"{each.instruction} {each.source}"
    if path != cleaned(each.source):
        said += f": {path}"
    disk = scan.disk
    if disk.kind(path) is None:
        empty = f" (${each.empty[0]} has no value)" if each.empty else ""
        return f"{said}: not found in the context{empty}", None
    rule = _blamed(scan, path)
    if rule is None:
        return f"{said}: leads to something that is not sent", None
    label = scan.ignored.label if scan.ignored else ""
    return f"{said}: excluded by {label}:{rule.line} {rule.text}", f"write !{path} below it, or take the rule out"


def _blamed(scan: Scan, path: str) -> Rule | None:
    index = scan.rules.decide(path).rule
    return scan.ignored.rules[index] if scan.ignored and 0 <= index < len(scan.ignored.rules) else None


@_checks("error")
def empty_in_build(case: Evidence) -> Iterator[Finding]:
    """BuildKit announces this file and then delivers it without its content, and says nothing.

    Two causes: rules whose two evaluations disagree (a rule that was passed over at a directory, and counts when the
    bytes are asked for), or a file that cannot be read by whoever runs the client.
    """
    scan = case.scan
    for path in scan.measure.empty:
        verdict = scan.rules.decide(path)
        if verdict.withheld:
            why = "the rules keep it while walking and exclude it when its bytes are asked for"
            remedy = f"exclude {path}, or end the file with !{path}"
        else:
            why, remedy = "it cannot be read", f"make {path} readable, or exclude it"
        yield _finding(
            empty_in_build,
            "arrives in the build as an empty file",
            why=why,
            path=path,
            reached=reach(scan, path).reach,
            remedy=remedy,
        )


# --- secrets --------------------------------------------------------------------------------------------------------


@_checks("error")
def secret_file(case: Evidence) -> Iterator[Finding]:
    """The content of a file proves a secret, and the file is sent to the builder or baked into the image.

    A warning where it only lies in the context and nothing asks for it; a note for keys among the project's own tests
    and for what is public by design. What the Dockerfile copies by name is needed: it belongs in a secret mount.
    """
    for suspect in case.examined.suspects:
        for each in suspect.judgements:
            # The Dockerfile itself has a check of its own.
            if each.verdict == "confirmed" and suspect.path != case.scan.build.own_name:
                yield _secret(secret_file, case.scan, suspect, each)


@_checks("warning")
def secret_opaque(case: Evidence) -> Iterator[Finding]:
    """A key store or vault that cannot be opened without its password, or something unreadable under a telling name."""
    for suspect in case.examined.suspects:
        for each in suspect.judgements:
            if each.verdict == "opaque":
                yield _secret(secret_opaque, case.scan, suspect, each)


def _secret(code: _Run, scan: Scan, suspect: Suspect, judgement: secrets.Judgement) -> Finding:
    severity: Severity = "error" if suspect.reach in ("image", "transfer") else "warning"
    if judgement.severity is secrets.Severity.LOW:
        severity = "note"
    elif code is secret_opaque:
        severity = "warning"
    kind = judgement.kind.replace("-", " ")
    what = judgement.reason if judgement.reason.lower().startswith(kind) else f"{kind}: {judgement.reason}"
    if judgement.masked.strip("*"):
        what += f" ({judgement.masked})"
    taken = _takers(scan, suspect.path)
    return _finding(
        code,
        f"{what}; {_ends(scan, suspect, taken)}",
        severity=severity,
        path=suspect.path,
        line=judgement.line,
        size=suspect.size,
        reached=suspect.reach,
        kind=judgement.kind,
        remedy=_secret_remedy(suspect, taken),
        key=f"{judgement.kind}\0{judgement.fingerprint}",
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


@_checks("error")
def secret_in_dockerfile(case: Evidence) -> Iterator[Finding]:
    """A literal secret in ENV, in the default of an ARG or in a heredoc: whoever has the image can read it.

    A note for an ARG that is there to be given one: what is given ends in the history of the image.
    """
    scan = case.scan
    for line, name, value in _assignments(scan):
        found = secrets.assignment(name, value, key=case.key)
        if found is not None:
            yield _finding(
                secret_in_dockerfile,
                f"{name} {found.masked}: {found.reason}; it stays in the image and its history",
                path=scan.build.label,
                line=line,
                kind=found.kind,
                remedy=f"RUN --mount=type=secret,id={name.lower()} where it is needed",
                key=f"{name}\0{found.fingerprint}",
            )
    for line, name in _arguments(scan):
        if secrets.bare_argument(name):
            yield _finding(
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


# --- the ignore file ------------------------------------------------------------------------------------------------


@_checks("warning")
def no_ignore_file(case: Evidence) -> Iterator[Finding]:
    """There is no ignore file, so nothing is excluded, and the build takes all of the context.

    Where BuildKit is only asked for a few paths the rest stays where it is, and nothing is reported.
    """
    scan = case.scan
    if scan.ignored is None and scan.takes_everything:
        yield _finding(
            no_ignore_file, "no ignore file: nothing is excluded, not even .git or .env", size=scan.transfer.bytes
        )


@_checks("error")
def bad_pattern(case: Evidence) -> Iterator[Finding]:
    """A line that the builder rejects as soon as it compares it with a path.

    One that is compared already, or that no builder can load, ends the build and is an error of exit code 2.
    """
    scan = case.scan
    for rule in _rules(scan):
        if rule.pattern.problem:
            yield _rule_finding(bad_pattern, scan, rule, f"{rule.text}: {rule.pattern.problem}, once it is compared")


@_checks("note")
def dead_rule(case: Evidence) -> Iterator[Finding]:
    """A rule that decides nothing and cannot: it is covered by others, or no path can match it."""
    scan = case.scan
    rules = _rules(scan)
    for at, rule in enumerate(rules):
        text = rule.pattern.text
        reason = None
        if text in (".", "/") or text == ".." or text.startswith("../"):
            reason = "matches no path: it does not stand for the context or for what is outside"
        elif rule.pattern.negated and all(each.pattern.negated for each in rules[:at]):
            reason = "brings nothing back: no rule before it excludes anything"
        else:
            other = next((each for each in _same_sign_before(rules, at) if _covers(each, rule)), None)
            if other is not None:
                reason = f"changes nothing: line {other.line} {other.text} matches all of it"
        if reason:
            yield _rule_finding(dead_rule, scan, rule, f"{rule.text} {reason}", remedy="take it out")


def _same_sign_before(rules: tuple[Rule, ...], at: int) -> Iterator[Rule]:
    """The rules right before one, up to the first of the other sign."""
    for each in reversed(rules[:at]):
        if each.pattern.negated is not rules[at].pattern.negated:
            return
        yield each


def _covers(one: Rule, other: Rule) -> bool:
    """Whether `one` hits whatever `other` hits, told by their parts."""
    if one.pattern.text == other.pattern.text:
        return True
    mine, theirs = one.pattern.parts, other.pattern.parts
    if mine is None or theirs is None:
        return False
    if [part.kind for part in mine] == ["dirs", "literal"]:
        # Any component of that name, wherever it is sure to come.
        return mine[1] in theirs
    return all(part.kind == "literal" for part in mine) and theirs[: len(mine)] == mine


@_checks("warning")
def root_only_rule(case: Evidence) -> Iterator[Finding]:
    """A rule that excludes something in the root of the context only, while the same thing lies deeper and is kept.

    In a .gitignore `node_modules` means every one; here it means the one in the root.
    """
    scan = case.scan
    for rule in _rules(scan):
        if not is_for_everywhere(rule):
            continue
        matcher = Matcher([rule.pattern], scan.build.dialect)
        nested = [
            each for each in scan.measure.found
            if "/" in each.path and matcher.decide(each.path.rpartition("/")[2]).excluded and each.files
        ]  # fmt: skip
        if nested:
            largest = max(nested, key=lambda each: (each.bytes, each.path))
            kept = f" and {len(nested) - 1} more are kept" if len(nested) > 1 else " is kept"
            size = sum(each.bytes for each in nested)
            yield _rule_finding(
                root_only_rule,
                scan,
                rule,
                f"{rule.text} excludes the one in the root, and {largest.path}{kept}",
                size=size,
                remedy=f"write **/{rule.pattern.text}",
            )


@_checks("warning")
def rule_order(case: Evidence) -> Iterator[Finding]:
    """A rule or exception that does not do what the documented order says, because of what was decided above.

    The documentation says that the last match wins. BuildKit and new clients compare a rule with a directory only if it
    could change its fate, and what was not compared there does not count below.
    """
    scan = case.scan
    for each in case.differences:
        if each.documented and scan.ignored:
            rule = scan.ignored.rules[each.rule]
            does = "does not exclude" if not each.excluded else "does not bring back"
            remedy = f"write {'!' if each.excluded else ''}{each.path} below it"
            yield _rule_finding(rule_order, scan, rule, f"{rule.text} {does} {each.path}", remedy=remedy)


@_checks("note")
def not_portable(case: Evidence) -> Iterator[Finding]:
    """Builders disagree on this rule, for a path that exists here."""
    scan = case.scan
    told = {each.path for each in case.differences if each.documented}  # by `rule-order`
    for each in case.differences:
        if not each.documented and each.path not in told and scan.ignored:
            rule = scan.ignored.rules[each.rule]
            mine, theirs = ("excluded", "kept") if each.excluded else ("kept", "excluded")
            others = " and ".join(each.others)
            yield _rule_finding(
                not_portable,
                scan,
                rule,
                f"{rule.text}: {each.path} is {mine} by {scan.build.dialect.name}, {theirs} by {others}",
            )


@_checks("warning")
def inactive_ignore_file(case: Evidence) -> Iterator[Finding]:
    """An ignore file that no builder reads for this build: in a directory below, of another Dockerfile, shadowed, or
    under a name that this builder does not know.

    A directory with a Dockerfile of its own may be a context of its own, and is left alone.
    """
    scan = case.scan
    in_use = scan.ignored.label if scan.ignored else None
    dockerfiles = {each.path for each in scan.measure.found if _is_dockerfile(each.path.rpartition("/")[2])}
    for path in (each.path for each in scan.measure.found if each.path.endswith(_IGNORE_FILES)):
        above, _, name = path.rpartition("/")
        if path == in_use or (above and _own_context(above, dockerfiles)):
            continue
        if not above and name in scan.build.dialect.root_files and scan.ignored:
            reason = f"is not read: {in_use} takes its place"
        elif name.endswith(scan.build.dialect.own_endings or ("\0",)) and name not in (
            ".dockerignore",
            ".containerignore",
        ):
            own = name.removesuffix(".dockerignore").removesuffix(".containerignore")
            if f"{above}/{own}".lstrip("/") in dockerfiles or scan.disk.kind(f"{above}/{own}".lstrip("/")):
                continue  # that of another Dockerfile
            reason = f"belongs to {own}, which is not beside it"
        elif above:
            reason = "is never read: only the one in the root of the context counts"
        else:
            reason = f"is not read by {scan.build.dialect.name}"
        yield _finding(inactive_ignore_file, reason, path=path)


def _is_dockerfile(name: str) -> bool:
    return name.lower() in ("dockerfile", "containerfile") or name.lower().endswith(".dockerfile")


def _own_context(above: str, dockerfiles: Iterable[str]) -> bool:
    return any(each.rpartition("/")[0] == above for each in dockerfiles)


# --- size -----------------------------------------------------------------------------------------------------------


@_checks("warning")
def large_directory(case: Evidence) -> Iterator[Finding]:
    """A directory of over 10 MB and over a tenth of the context (or over `large-directory` of the configuration) that
    is sent, and that no instruction names.

    The deepest directory that still holds nearly all of it is reported.
    """
    scan = case.scan
    named = _named_sources(scan)
    todo = list(scan.directories.directories)
    while todo:
        each = todo.pop()
        if not _is_large(case, each.bytes_sent) or each.path in named:
            continue
        deeper = [below for below in each.directories if below.bytes_sent > 0.8 * each.bytes_sent]
        if deeper and not _is_third_party(each):
            todo += deeper
            continue
        yield _finding(
            large_directory,
            f"{_share(scan, each.bytes_sent)} of the context, and no instruction names it",
            path=each.path,
            size=each.bytes_sent,
            remedy=f"exclude {each.path} if not needed",
        )


def _is_third_party(each: Directory) -> bool:
    return each.path.rpartition("/")[2] in EVERYWHERE


@_checks("warning")
def large_file(case: Evidence) -> Iterator[Finding]:
    """A file of over 10 MB and over a tenth of the context that is sent, and that no instruction names.

    One in a directory that is reported as large is not reported by itself.
    """
    scan = case.scan
    # In a directory that is reported, or that an instruction names.
    told = tuple(f"{each.path}/" for each in large_directory(case))
    told += tuple(f"{source}/" for source in _named_sources(scan))
    for each in scan.measure.largest:
        if _is_large(case, each.bytes_sent) and not f"{each.path}/".startswith(told):
            yield _finding(
                large_file,
                f"{_share(scan, each.bytes_sent)} of the context, and no instruction names it",
                path=each.path,
                size=each.bytes_sent,
                reached=reach(scan, each.path).reach,
                remedy=f"exclude {each.path} if not needed",
            )


def _named_sources(scan: Scan) -> set[str]:
    """What an instruction takes by its name, and not because it takes everything."""
    return {cleaned(each.input.source) for each in scan.inputs} - {""}


def _share(scan: Scan, size: int) -> str:
    return f"{size / scan.context_size.bytes:.0%}"


def _is_large(case: Evidence, size: int) -> bool:
    if case.large_directory is not None:
        return size > case.large_directory
    return size > LARGE_BYTES and size > LARGE_SHARE * case.scan.context_size.bytes


@_checks("error")
def context_too_large(case: Evidence) -> Iterator[Finding]:
    """The transfer is over the budget that `--max-size` or the configuration gives it."""
    scan = case.scan
    size = scan.transfer.bytes if scan.build.dialect.figure else scan.context_size.bytes
    if case.budget is not None and size > case.budget:
        yield _finding(
            context_too_large, f"{size} bytes are sent, {size - case.budget} more than allowed", size=size - case.budget
        )


@_checks("note")
def never_copied(case: Evidence) -> Iterator[Finding]:
    """More than 1 MB of the context that no instruction reads: the classic builder sends it all the same."""
    scan = case.scan
    if scan.plan is None:
        return
    read = scan.taken
    files, size = scan.context_size.files - read.files, scan.context_size.bytes - read.bytes
    if size > UNREAD_BYTES:
        effect = "sent all the same" if scan.takes_everything else "not sent by buildkit, but by the classic builder"
        yield _finding(never_copied, f"{files} files are kept and no instruction reads them: {effect}", size=size)


# --- rules ----------------------------------------------------------------------------------------------------------


def _rules(scan: Scan) -> tuple[Rule, ...]:
    return scan.ignored.rules if scan.ignored else ()


def _rule_finding(
    code: _Run,
    scan: Scan,
    rule: Rule,
    message: str,
    *,
    size: int = 0,
    remedy: str | None = None,
) -> Finding:
    label = scan.ignored.label if scan.ignored else None
    return _finding(code, message, path=label, line=rule.line, size=size, remedy=remedy, key=rule.text)
