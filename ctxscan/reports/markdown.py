"""Markdown, for job summaries and pull-request comments.

Whatever is not a plain word stands in a code span: there it is no link, no mention, no HTML and no markup, on any host.
The length is bounded, as comments are cut off by force where hosts find them too long; what was left out is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ..printable import shown
from .digest import built
from .digest.causes import Cause, causes, counts, sorted_builds
from .digest.changes import Changes
from .digest.digest import Digest, summary
from .digest.figures import amount, count, share
from .digest.outcome import outcome
from .digest.pages import page_of
from .digest.told import Told
from .formats import Look

if TYPE_CHECKING:
    from ..facts import Scan
    from ..postbuild.image import ImageScan
    from ..postbuild.timing import LogFacts
    from ..proposals.propose import Proposal
    from ..replay.summary import Count, Price, Replay

#: Bytes of a whole report. GitHub takes 65,536 for a comment.
LIMIT: Final = 60_000
#: Characters of one name, and of one message.
NAME: Final = 160
#: Builds that are named for a finding.
_NAMES: Final = 8
MESSAGE: Final = 400
#: Room that the head of a build and the lines on what was cut are sure to fit in.
_HEAD: Final = 3_000
#: Words that no Markdown and no host makes anything of: letters, hyphens and apostrophes, or a short number.
_WORD: Final = re.compile(r"\(?(?:[A-Za-z]+(?:['-][A-Za-z]+)*|\d{1,6}(?:\.\d{1,3})?%?)[,;:.)]{0,2}", re.ASCII)
_TITLES: Final = {"context": "context", "transfer": "transfer", "image": "image", "possible": "possibly in the image"}
_MARKS: Final = {"error": "🔴 error", "warning": "🟡 warning", "note": "🔵 note"}


def render(digests: Sequence[Digest], look: Look) -> str:
    """A section for each build: its numbers, findings, proposals and what is suppressed. Several builds are one section
    with what is wrong by cause, and have one each with `-v`."""
    parts: list[str] = []
    left = LIMIT - 200
    if len(digests) > 1 and any(each.findings is not None for each in digests):
        parts.append("\n".join(_several(digests, look, left)))
        left -= _length(parts[0]) + 1
        digests = digests if look.verbose else ()
    elif said := _outcome(digests):
        parts.append("\n".join((*said, "")))
        left -= _length(parts[0]) + 1
    for at, digest in enumerate(digests):
        if left < _HEAD:
            parts.append(f"… and {count(len(digests) - at, 'more build')}, left out for length.\n")
            break
        part = "\n".join(_build(digest, look, left // (len(digests) - at)))
        parts.append(part)
        left -= _length(part) + 1
    return "\n".join(parts)


def _outcome(digests: Sequence[Digest]) -> tuple[str, ...]:
    """What came of a check, if anybody asked for one."""
    found = outcome(digests)
    if found is None:
        return ()
    rest = f"; {found.rest}" if found.rest else ""
    return (f"**{_prose(found.reason)}**{_prose(rest)}",)


def _several(digests: Sequence[Digest], look: Look, room: int) -> Iterator[str]:
    """All builds in one table, and what is wrong in any of them."""
    found = causes(digests)
    head = [f"## ctxscan: {count(len(digests), 'build')}", "", *_outcome(digests)]
    yield from (*head, *[""] * (len(head) > 2))
    names = [each for each in ("context", "transfer", "image") if any(one.figure(each) for one in digests)]
    rows = []
    for each in sorted_builds(digests):
        numbers = [each.figure(name) for name in names]
        sizes = [_bytes(number.now.bytes, look) if number else "" for number in numbers]
        rows.append(_row(_code(each.name or each.context), *sizes, summary(each.counts) or "none"))
    listed = [_cause(each) for each in found]
    tables = [
        _Table("Builds", ("build", *names, "findings"), rows),
        _Table(f"Findings: {summary(counts(found))}", ("", "code", "what", "where", "builds"), listed),
        _Table("Rules to add", ("ignore file", "rules", "saves"), _rules(digests, look)),
        _Table("Suppressed", ("code", "by", "findings"), _suppressed(digests)),
    ]
    for at, table in enumerate(one for one in tables if one.rows):
        lines = list(_lines(table, room if at > 1 else room // 2, look))
        yield from lines
        room -= _length("\n".join(lines))
    if not found:
        yield from ("No findings.", "")
    changed = [(each, each.changes) for each in digests if each.changes is not None]
    moved = [(each, one) for each, one in changed if one.sizes is None or one.sizes or one.new or one.fixed]
    for each, one in moved[:_NAMES]:
        yield f"* {_code(each.name or each.context)}: {_changed(one)}"
    if len(moved) > _NAMES:
        yield f"* … and {count(len(moved) - _NAMES, 'more build')}"
    elif changed and not moved:
        yield _changed(changed[0][1])
    yield from [""] * bool(changed)


def _changed(changes: Changes) -> str:
    """How a build differs from another commit."""
    return _prose(changes.words)


def _cause(each: Cause) -> str:
    builds = ", ".join(map(_code, each.builds[:_NAMES]))
    more = f" and {len(each.builds) - _NAMES} more" if len(each.builds) > _NAMES else ""
    worst = each.worst
    what = _prose(worst.message) + (f" **Fix:** {_prose(worst.remedy)}" if worst.remedy else "")
    return _row(_MARKS[worst.severity], _code(worst.code), what, _place(worst), builds + more)


def _rules(digests: Sequence[Digest], look: Look) -> list[str]:
    rows: dict[str, str] = {}
    for each in digests:
        if each.saving is not None and each.review.proposed is not None:
            place = f"{each.context}/{each.review.proposed.label}".removeprefix("./")
            sizes = f"{_bytes(each.saving.before, look)} → {_bytes(each.saving.after, look)}"
            rows.setdefault(place, _row(_code(place), str(len(each.proposed)), f"{each.saving.name} {sizes}"))
    return list(rows.values())


def _suppressed(digests: Sequence[Digest]) -> list[str]:
    numbers = Counter[tuple[str, str]]()
    for each in digests:
        for code, by, number in each.suppressed:
            numbers[code, by] += number
    return [_row(_code(code), by, str(number)) for (code, by), number in sorted(numbers.items())]


def _build(digest: Digest, look: Look, room: int) -> Iterator[str]:
    head = [*_head(digest), *_numbers(digest, look), *_remarks(digest)]
    yield from head
    room -= _length("\n".join(head)) + 600
    tables = [each for each in _tables(digest, look) if each.rows]
    for at, each in enumerate(tables, 1):
        # Each may take half of what there is, and leaves the rest to those after it.
        lines = list(_lines(each, room if at == len(tables) else room // 2, look))
        yield from lines
        room -= _length("\n".join(lines))
    if digest.findings == ():
        yield from ("No findings.", "")
    if digest.changes is not None:
        yield from (_changed(digest.changes), "")


class _Table(NamedTuple):
    title: str
    columns: tuple[str, ...]
    rows: list[str]


def _tables(digest: Digest, look: Look) -> Iterator[_Table]:
    rows = [_finding(each, look) for each in digest.findings or ()]
    yield _Table(f"Findings: {summary(digest.counts)}", ("", "code", "what", "where", "size"), rows)
    safe = [_row(_code(each.pattern), _saves(each, look), _why(each)) for each in digest.proposed]
    unsure = [
        _row(_code(each.pattern), _saves(each, look), _why(each), _prose(each.caution or "not proven"))
        for each in digest.cautions
    ]
    yield _Table(f"Rules to add: {_command(look, '--fix')} writes them", ("rule", "saves", "why"), safe)
    yield _Table("Rules to decide on", ("rule", "would save", "why", "why not"), unsure)
    rows = [_row(_code(each.path), _prose(each.why)) for each in digest.needed]
    yield _Table("Kept: the build needs them", ("path", "why"), rows)
    if digest.review.image:
        yield from _images(digest.review.image, digest.review.scan, look)
    if digest.review.log:
        yield _log(digest.review.log)
    if digest.review.replay:
        yield _replay(digest.review.replay)
        if digest.review.replay.price:
            yield _price(digest.review.replay.price)
    reasoned = [(each, reason) for each, by, reason in digest.apart if by in ("allow", "inline")]
    rows = [_row(_code(each.code), _place(each), _prose(reason)) for each, reason in reasoned]
    others = [each for each in digest.suppressed if each[1] not in ("allow", "inline")]
    rows += [_row(_code(code), "", f"{by}: {count(number, 'finding')}") for code, by, number in others]
    numbers = ", ".join(f"{number} {code} ({key})" for code, key, number in digest.suppressed)
    yield _Table(f"Suppressed: {numbers}", ("code", "where", "reason"), rows)


def _saves(each: Proposal, look: Look) -> str:
    return f"{_bytes(each.bytes, look)}, {count(each.files, 'file')}"


def _why(each: Proposal) -> str:
    return "; ".join(_prose(reason) for reason in each.reasons)


def _replay(replay: Replay) -> _Table:
    def counted(each: Count) -> str:
        return f"{each.reran} (+{each.unknown}?)" if each.unknown else str(each.reran)

    rows = []
    for each in replay.summary:
        names = ", ".join(_code(path) for path, _ in each.spared_because[:4])
        numbers = map(counted, (each.was, each.today, each.after))
        rows.append(_row(_code(each.text), *numbers, f"{each.spared}: {names}" if names else ""))
    columns = ("step", "as it was", "with today's files", "with the proposals", "spared by the proposals")
    of = replay.summary[0].of if replay.summary else 0
    return _Table(f"Steps that re-ran in the last {count(of, 'commit')}", columns, rows)


def _images(found: ImageScan, scan: Scan, look: Look) -> Iterator[_Table]:
    for image in found.images:
        what = ", ".join(_prose(each) for each in built.title(image, found, exact=look.verbose))
        rows = [_row("forecast", ", ".join(built.forecast(image)))]
        rows += [_row("", _prose(remark)) for remark, _ in built.forecast_remarks(image)]
        rows += [_row("secret", _prose(each)) for each in built.secrets(image)]
        arrived = set(image.forecast.arrived)
        rows += [
            _row("possible", f"{_code(path)}: {'there' if path in arrived else 'not there'}")
            for path in image.forecast.possible
        ]
        rows += [_row("waste", _prose(each)) for each in built.waste(image, exact=look.verbose)]
        yield _Table(f"What was built: {what}", ("", "what"), rows)
        layers = [
            _row(
                str(each.number),
                _bytes(each.bytes, look),
                f"{each.files:,}",
                _code(built.made(each, scan, exact=False)),
            )
            for each in image.layers
        ]
        yield _Table("Layers", ("layer", "size", "files", "made by"), [] if image.flat else layers)


def _log(log: LogFacts) -> _Table:
    rows = [_row(_code(each.text), str(each.line), built.step_state(each, log)) for each in log.steps]
    rows += [_row("transfer", "", _prose(each)) for each in built.transfers(log)]
    rows += [_row(_code(each), "", "no such instruction in the Dockerfile") for each in log.unmatched]
    return _Table(f"The build: {_prose(built.log_title(log))}", ("step", "line", "time"), rows)


def _price(price: Price) -> _Table:
    rows = [_row(_code(step), _prose(told)) for step, told in built.price_lines(price)]
    rows += [_row("all", _prose(built.price_total(price)))]
    rows += [_row("", _prose(each)) for each in built.price_remarks(price)]
    return _Table("What they took", ("step", "time"), rows)


def _command(look: Look, option: str) -> str:
    return _code(" ".join((*look.program, option)))


def _lines(table: _Table, room: int, look: Look) -> Iterator[str]:
    """A table as far as there is room for it, and how much of it there was not."""
    head = (f"### {table.title}", "", f"| {' | '.join(table.columns)} |", f"|{' --- |' * len(table.columns)}")
    fitting = list(_fitting(table.rows, room - _length("\n".join(head)) - 100))
    yield from (*head, *fitting, "") if fitting else head[:2]
    cut = len(table.rows) - len(fitting)
    if cut:
        yield from (f"… and {cut:,} more, left out for length: {_command(look, '-v')} shows all.", "")


def _fitting(rows: Sequence[str], room: int) -> Iterator[str]:
    for row in rows:
        room -= _length(row) + 1
        if room < 0:
            return
        yield row


# --- the head -------------------------------------------------------------------------------------------------------


def _head(digest: Digest) -> Iterator[str]:
    name = _code(digest.context) if digest.name is None else f"{_code(digest.name)} in {_code(digest.context)}"
    dockerfile = f", {_code(digest.dockerfile)}" if digest.dockerfile else ", no Dockerfile"
    target = digest.review.scan.build.shown_target
    yield from (f"## ctxscan: {name}{dockerfile}{f', target {_code(target)}' if target else ''}", "")
    if digest.verdict is not None:
        said = " · ".join(_prose(each) for each in digest.verdict.parts)
        yield from (f"**{said[0].upper()}{said[1:]}**", "")


def _numbers(digest: Digest, look: Look) -> Iterator[str]:
    """The figures, and what is left of each with the rules in place."""
    rows = [(_TITLES[each.name], each.now, each.after) for each in digest.figures]
    if all(after is None for _, _, after in rows):
        yield from ("| | size | files |", "| --- | ---: | ---: |")
        yield from (_row(title, _bytes(now.bytes, look), f"{now.files:,}") for title, now, _ in rows)
    else:
        yield from (
            "| | size | files | with the rules below | files | saves |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        )
        for title, now, after in rows:
            left = after or now
            saved = share(now.bytes - left.bytes, now.bytes) if left.bytes <= now.bytes else ""
            sizes = (_bytes(now.bytes, look), f"{now.files:,}", _bytes(left.bytes, look), f"{left.files:,}")
            yield _row(title, *sizes, saved)
    yield ""


def _remarks(digest: Digest) -> Iterator[str]:
    said = [f"The builder will print {_code(digest.printed)}"] if digest.printed is not None else []
    for each in digest.remarks:
        place = f"({_code(each.place)})" if each.place else ""
        value = _code(each.value) if each.value else ""
        said.append(" ".join(part for part in (_prose(each.before), value, place, _prose(each.after)) if part))
    if digest.ignore_file is None:
        said.append("There is no ignore file")
    if said:
        yield from (". ".join(said) + ".", "")


# --- rows -----------------------------------------------------------------------------------------------------------


def _finding(each: Told, look: Look) -> str:
    what = _prose(each.message)
    if each.remedy:
        what += f" **Fix:** {_prose(each.remedy)}"
    code = f"[{_code(each.code)}]({page_of(each.code)})"
    size = _bytes(each.bytes, look) if each.bytes else ""
    return _row(_MARKS[each.severity], code, what, _place(each), size)


def _place(each: Told) -> str:
    if each.place.path is None:
        return ""
    line = "" if each.line is None else f":{each.line}"
    return _code(_middle(shown(each.place.path), NAME) + line)


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


def _length(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
