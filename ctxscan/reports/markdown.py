"""Markdown, for job summaries and pull-request comments.

Whatever is not a plain word stands in a code span: there it is no link, no mention, no HTML and no markup, on any host.
The length is bounded, as comments are cut off by force where hosts find them too long; what was left out is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from humanize import intcomma

from ..facts import Scan
from ..findings import SEVERITIES, Finding
from ..opinions import Review
from ..printable import shown
from .figures import amount
from .formats import Look

if TYPE_CHECKING:
    from ..replay.summary import Count, Replay

#: Bytes of a whole report. GitHub takes 65,536 for a comment.
LIMIT: Final = 60_000
#: Characters of one name, and of one message.
NAME: Final = 160
MESSAGE: Final = 400
#: Room that the head of a build and the lines on what was cut are sure to fit in.
_HEAD: Final = 3_000
#: Words that no Markdown and no host makes anything of: letters, hyphens and apostrophes, or a short number.
_WORD: Final = re.compile(r"\(?(?:[A-Za-z]+(?:['-][A-Za-z]+)*|\d{1,6}(?:\.\d{1,3})?%?)[,;:.)]{0,2}", re.ASCII)
_MARKS: Final = {"error": "🔴 error", "warning": "🟡 warning", "note": "🔵 note"}


def render(reviews: Sequence[Review], look: Look) -> str:
    """A section for each build: its numbers, findings, proposals and what is allowed."""
    parts: list[str] = []
    left = LIMIT - 200
    for at, review in enumerate(reviews):
        if left < _HEAD:
            count = len(reviews) - at
            parts.append(f"… and {_count(count, 'build')} more, left out for length.\n")
            break
        part = "\n".join(_build(review, look, left // (len(reviews) - at)))
        parts.append(part)
        left -= _length(part) + 1
    return "\n".join(parts)


def _build(review: Review, look: Look, room: int) -> Iterator[str]:
    scan = review.scan
    head = [*_head(scan), *_numbers(review, look), *_remarks(scan)]
    yield from head
    room -= _length("\n".join(head)) + 600
    tables = [each for each in _tables(review, look) if each.rows]
    for at, each in enumerate(tables, 1):
        # Each may take half of what there is, and leaves the rest to those after it.
        lines = list(_lines(each, room if at == len(tables) else room // 2))
        yield from lines
        room -= _length("\n".join(lines))
    if review.findings is not None and not review.findings:
        yield from ("No findings.", "")


class _Table(NamedTuple):
    title: str
    columns: tuple[str, ...]
    rows: list[str]


def _tables(review: Review, look: Look) -> Iterator[_Table]:
    findings = review.findings or ()
    rows = [_finding(each, look) for each in findings]
    yield _Table(f"Findings: {_summary(findings)}", ("", "code", "what", "where", "size"), rows)
    safe, unsure = [], []
    for each in review.proposals or ():
        saves = f"{_bytes(each.bytes, look)}, {_count(each.files, 'file')}"
        why = "; ".join(_prose(reason) for reason in each.reasons)
        if each.applied:
            safe.append(_row(_code(each.pattern), saves, why))
        else:
            unsure.append(_row(_code(each.pattern), saves, why, _prose(each.caution or "not proven to break nothing")))
    yield _Table("Rules to add: `ctxscan --fix` writes them", ("rule", "saves", "why"), safe)
    yield _Table("Rules to look at", ("rule", "would save", "why", "why not"), unsure)
    if review.replay:
        yield _replay(review.replay)
    rows = [_row(_code(each.finding.code), _place(each.finding), _prose(each.reason)) for each in review.allowed]
    disabled = ((code, count) for code, key, count in review.suppressed if key == "disable")
    rows += [_row(_code(code), "", f"disabled: {_count(count, 'finding')}") for code, count in disabled]
    counts = ", ".join(f"{count} {code} ({key})" for code, key, count in review.suppressed)
    yield _Table(f"Suppressed by the configuration: {counts}", ("code", "where", "reason"), rows)


def _replay(replay: Replay) -> _Table:
    def counted(count: Count) -> str:
        return f"{count.reran} (+{count.unknown}?)" if count.unknown else str(count.reran)

    rows = []
    for each in replay.summary:
        names = ", ".join(_code(path) for path, _ in each.spared_because[:4])
        counts = map(counted, (each.was, each.today, each.after))
        rows.append(_row(_code(each.text), *counts, f"{each.spared}: {names}" if names else ""))
    columns = ("step", "as it was", "with the files of today", "with the proposals", "spared by the proposals")
    of = replay.summary[0].of if replay.summary else 0
    return _Table(f"Steps done again in the last {_count(of, 'commit')}", columns, rows)


def _lines(table: _Table, room: int) -> Iterator[str]:
    """A table as far as there is room for it, and how much of it there was not."""
    head = (f"### {table.title}", "", f"| {' | '.join(table.columns)} |", f"|{' --- |' * len(table.columns)}")
    fitting = list(_fitting(table.rows, room - _length("\n".join(head)) - 100))
    yield from (*head, *fitting, "") if fitting else head[:2]
    cut = len(table.rows) - len(fitting)
    if cut:
        yield from (f"… and {intcomma(cut)} more, left out for length: `ctxscan -v` shows all.", "")


def _fitting(rows: Sequence[str], room: int) -> Iterator[str]:
    for row in rows:
        room -= _length(row) + 1
        if room < 0:
            return
        yield row


# --- the head -------------------------------------------------------------------------------------------------------


def _head(scan: Scan) -> Iterator[str]:
    build = scan.build
    name = (
        _code(build.context.as_posix())
        if build.name is None
        else f"{_code(build.name)} in {_code(build.context.as_posix())}"
    )
    dockerfile = f", {_code(build.label)}" if build.label else ", no Dockerfile"
    target = f", target {_code(build.target)}" if build.target else ""
    yield from (f"## ctxscan: {name}{dockerfile}{target}", "")


def _numbers(review: Review, look: Look) -> Iterator[str]:
    """Context, transfer and image, and what is left of each once the proposals are in."""
    scan = review.scan
    rows: list[tuple[str, int, int, int, int]] = []
    after = review.after
    now = [("context", *scan.sizes.context)]
    if scan.plan is not None and scan.build.builder.figure is not None:
        now.append(("transfer", *scan.sizes.transfer))
    if scan.plan is not None:
        now.append(("image", scan.image.files, scan.image.bytes))
    for name, files, size in now:
        left = (
            None
            if after is None
            else {"context": after.context, "transfer": after.transfer, "image": after.image}[name]
        )
        rows.append((name, files, size, *((files, size) if left is None else (left.files, left.bytes))))
    if after is None:
        yield from ("| | size | files |", "| --- | ---: | ---: |")
        yield from (_row(name, _bytes(size, look), intcomma(files)) for name, files, size, _, _ in rows)
    else:
        yield from (
            "| | size | files | with the rules below | files | saves |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        )
        for name, files, size, fewer, less in rows:
            saved = f"{(size - less) / size:.0%}" if size else "0%"
            yield _row(name, _bytes(size, look), intcomma(files), _bytes(less, look), intcomma(fewer), saved)
    yield ""


def _remarks(scan: Scan) -> Iterator[str]:
    said = []
    if scan.transfer.shown is not None:
        what = (
            "transferring context: {}"
            if scan.build.builder.figure == "stream"
            else "Sending build context to Docker daemon {:>8}"
        )
        said.append(f"The builder will print {_code(what.format(scan.transfer.shown))}")
    if scan.image_unsure.files:
        said.append(f"{_count(scan.image_unsure.files, 'more file')} may be in the image: a command decides")
    if scan.ignored is None:
        said.append("there is no ignore file")
    if said:
        yield from (". ".join(each[0].upper() + each[1:] for each in said) + ".", "")


# --- rows -----------------------------------------------------------------------------------------------------------


def _finding(each: Finding, look: Look) -> str:
    what = _prose(each.message)
    if each.remedy:
        what += f" **Fix:** {_prose(each.remedy)}"
    return _row(
        _MARKS[each.severity], _code(each.code), what, _place(each), _bytes(each.bytes, look) if each.bytes else ""
    )


def _place(each: Finding) -> str:
    if each.path is None:
        return ""
    line = "" if each.line is None else f":{each.line}"
    return _code(_middle(shown(each.path), NAME) + line)


def _summary(findings: Sequence[Finding]) -> str:
    counts = [(sum(each.severity == severity for each in findings), severity) for severity in SEVERITIES]
    return ", ".join(_count(count, severity) for count, severity in counts if count)


def _row(*cells: str) -> str:
    """A line of a table.

    A bar ends a cell also in a code span, but not behind a backslash, which then goes away: all renderers agree on it,
    whatever stands before the backslash.
    """
    return "| " + " | ".join(each.replace("|", r"\|") for each in cells) + " |"


# --- text that renders as itself ------------------------------------------------------------------------------------


def _prose(text: str) -> str:
    """A message: its plain words as they are, and what is between them in code spans."""
    out: list[str] = []
    names: list[str] = []
    for word in _words(_middle(shown(text), MESSAGE)):
        plain = not word or _WORD.fullmatch(word)
        before, name, after = ("", "", "") if plain else _peeled(word)
        if names and (plain or before):
            out.append(_code(" ".join(names)))
            names = []
        if name:
            names.append(name)
            if before or after:
                out.append(f"{before}{_code(' '.join(names))}{after}")
                names = []
        elif word:
            out.append(word)
    return " ".join([*out, _code(" ".join(names))] if names else out)


def _words(text: str) -> Iterator[str]:
    """What blanks part, with an array (`["npm", "start"]`) as one."""
    words = text.split(" ")
    while words:
        count = 1
        if words[0].startswith("["):
            count = next((at for at, word in enumerate(words, 1) if "]" in word), 1)
        yield " ".join(words[:count])
        del words[:count]


def _peeled(word: str) -> tuple[str, str, str]:
    """The punctuation of a sentence around a name: brackets, or what ends a part of it."""
    match = re.fullmatch(r"(\()(.*[^)])(\)[,;:.]?)|()(.*[^,;:])([,;:])", word)
    if match is None:
        return "", word, ""
    before, name, after = match[1] or "", match[2] or match[5], match[3] or match[6]
    return before, name, after


def _code(text: str) -> str:
    """A code span that shows `text`, but for `##`, with which commands to CI runners begin, wherever it stands."""
    text = _middle(shown(text).replace("##", r"#\x23"), NAME) or " "
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    # One blank at each end goes away, if there is more between them than blanks.
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _middle(text: str, width: int) -> str:
    """`text` shortened in the middle, where a path says least."""
    if len(text) <= width:
        return text
    left = (width - 1) // 2
    return f"{text[:left]}…{text[len(text) - (width - 1 - left) :]}"


def _bytes(size: int, look: Look) -> str:
    return amount(size, exact=look.verbose)


def _count(count: int, what: str) -> str:
    return f"{intcomma(count)} {what}{'s' * (count != 1)}"


def _length(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
