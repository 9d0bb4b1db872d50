"""Comments that let a finding stand where it is: `# ctxscan: ignore[code] reason`.

Such a comment is a separate line, directly above the instruction or rule that it is about, with other comments
between them at most, or inside an instruction that goes over several lines. What is in a heredoc is no comment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ..findings import Finding
from ..regex import lazy
from ..secrets.redaction import redacted
from .settings import CODES

if TYPE_CHECKING:
    from ..builds.build import Build
    from ..dockerfile.instructions import Instruction
    from ..dockerfile.stages import Dockerfile
    from ..rules.ignorefile import IgnoreFile

_COMMENT: Final = lazy(r"[ \t]*#[ \t]*ctxscan:[ \t]*ignore(?![\w-])[ \t]*(?:\[([^\]]*)\])?[ \t]*(.*)")
_MARK: Final = "ctxscan:"


class Inline(NamedTuple):
    """One comment, at `line` of the file called `label`. It is about what stands from line `first` to line `last`,
    which is `text`; None: about nothing. `where` is the stage of it in a Dockerfile."""

    label: str
    line: int
    codes: tuple[str, ...]
    reason: str
    text: str | None
    first: int
    last: int
    where: int | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is about that, and of one of the codes. Without a reason there is none that it covers."""
        if finding.code not in self.codes or not self.reason or finding.line is None or finding.context is not None:
            return False
        return finding.path == self.label and self.text is not None and self.first <= finding.line <= self.last

    @property
    def meaning(self) -> tuple[frozenset[str], str | None]:
        """What of it decides what it covers, wherever it stands in the file."""
        return frozenset(self.codes), self.text


def comments_of(build: Build, ignored: IgnoreFile | None) -> tuple[Inline, ...]:
    """The comments of the Dockerfile of a build, and of the ignore file in use."""
    parsed = build.parsed if _MARK.encode() in (build.text or b"") else None
    own = () if parsed is None else of_dockerfile(parsed)
    return own if ignored is None else (*own, *of_ignore_file(ignored))


def of_dockerfile(parsed: Dockerfile) -> tuple[Inline, ...]:
    """The comments of a Dockerfile."""
    if _MARK not in parsed.text:
        return ()
    instructions: list[tuple[int | None, Instruction]] = [(None, each) for each in parsed.arguments]
    for at, stage in enumerate(parsed.sections):
        instructions += [(at, each) for each in (stage.start, *stage.instructions)]
    ends = [each.end_line for _, each in instructions]
    lines = parsed.text.split("\n")
    below = _below(lines)

    def found() -> Iterator[Inline]:
        for number, codes, reason in _comments(lines):
            at = bisect_left(ends, number)
            stage, about = instructions[at] if at < len(ends) else (None, None)
            if about is None or number < about.line != below[number]:
                yield Inline(parsed.label, number, codes, reason, None, 0, 0)
            elif not _in_heredoc(about, number):
                yield Inline(parsed.label, number, codes, reason, about.text, about.line, about.end_line, stage)

    return tuple(found())


def of_ignore_file(ignored: IgnoreFile) -> tuple[Inline, ...]:
    """The comments of an ignore file."""
    if ignored.foreign or _MARK.encode() not in ignored.data:
        return ()
    lines = ignored.data.decode("utf-8-sig", errors="replace").split("\n")
    numbers = [rule.line for rule in ignored.rules]
    below = _below(lines)

    def found() -> Iterator[Inline]:
        for number, codes, reason in _comments(lines):
            at = bisect_left(numbers, number)
            rule = ignored.rules[at] if at < len(numbers) and not lines[number - 1].startswith((" ", "\t")) else None
            if rule is None or rule.line != below[number]:
                yield Inline(ignored.label, number, codes, reason, None, 0, 0)
            else:
                yield Inline(ignored.label, number, codes, reason, rule.text, rule.line, rule.line)

    return tuple(found())


def _comments(lines: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...], str]]:
    for number, line in enumerate(lines, 1):
        match = _COMMENT.fullmatch(line.rstrip("\r")) if _MARK in line else None
        if match is not None:
            codes = tuple(each.strip() for each in (match[1] or "").split(",") if each.strip())
            yield number, codes, redacted(match[2].strip())


def _below(lines: Sequence[str]) -> list[int]:
    """For each line, by its number, the number of the next one below it that is no comment."""
    out = [len(lines) + 1] * (len(lines) + 1)
    for number in range(len(lines) - 1, 0, -1):
        is_comment = lines[number].lstrip(" \t").startswith("#")
        out[number] = out[number + 1] if is_comment else number + 1
    return out


def _in_heredoc(about: Instruction, number: int) -> bool:
    return any(each.line <= number <= each.line + each.text.count("\n") for each in about.heredocs)


class Comments:
    """Comments by what they are about, so that few are asked about each finding."""

    def __init__(self, inlines: Iterable[Inline]) -> None:
        self._about: dict[str, dict[int, list[Inline]]] = {}
        for each in inlines:
            if each.text is not None:
                self._about.setdefault(each.label, {}).setdefault(each.last, []).append(each)
        self._lasts = {label: sorted(about) for label, about in self._about.items()}

    def covering(self, finding: Finding) -> list[Inline]:
        """Those that cover the finding."""
        lasts = self._lasts.get(finding.path or "", [])
        at = bisect_left(lasts, finding.line or 0)
        if at == len(lasts):
            return []
        return [each for each in self._about[finding.path or ""][lasts[at]] if each.covers(finding)]


def unused(
    inlines: Iterable[Inline], used: Collection[Inline], *, codes: Collection[str], stages: Collection[int]
) -> Iterator[Finding]:
    """What is to be said of the comments that are not `used`; what stands in a stage that is not one of `stages` is
    passed over."""
    for each in inlines:
        unknown = [code for code in each.codes if code not in codes]
        note = False
        if not each.codes:
            message, remedy = "an ignore comment names no code", "name it: # ctxscan: ignore[code] reason"
        elif unknown:
            message, remedy = f"an ignore comment names an unknown code: {', '.join(unknown)}", "correct the code"
        elif not each.reason:
            message, remedy = "an ignore comment gives no reason, so it does not count", "write why behind the bracket"
        elif each.text is None:
            message, remedy = "an ignore comment is beside nothing", "put it directly above what it is about"
        elif each in used or (each.where is not None and each.where not in stages):
            continue
        else:
            note, remedy = True, "take the comment out"
            what = " or ".join(each.codes)
            message = f"no finding {what} on line {each.first}, which a comment ignores: {each.reason}"
        yield _finding(each, message, remedy, note=note)


def _finding(each: Inline, message: str, remedy: str, *, note: bool) -> Finding:
    code = "unused-ignore"
    severity = "note" if note else CODES[code][0]
    key = "\0".join((*each.codes, each.text or ""))
    return Finding(code, severity, message, None, each.label, each.line, 0, None, None, remedy, key)
