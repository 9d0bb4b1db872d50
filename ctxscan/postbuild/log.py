"""The log of a build: each step with its seconds, and whether it was cached.

Reads what BuildKit prints with `--progress=plain`, as terminals and CI systems keep it (with time stamps, names of jobs
and colors in front of each line), in the form of every release so far, and `--progress=rawjson`. What commands print is
passed over: nothing of it is kept, since logs hold secrets.

Source: `util/progress/progressui` of BuildKit, releases 0.5 to 0.26.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final, Literal, NamedTuple, TypeAlias

from ..errors import CtxscanError

State: TypeAlias = Literal["cached", "done", "failed", "canceled", "open"]

#: More of a log, of a line, or of steps is not read.
MOST_BYTES: Final = 256 << 20
LONGEST_LINE: Final = 64 << 10
MOST_VERTICES: Final = 20_000

#: What may stand before a line of BuildKit, each once and in any order: colors and other terminal codes, time stamps
#: (those of GitLab with the stream and its number behind), the name of a job or service, a bracketed time.
_CODES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\].*?(?:\x07|\x1b\\)|\ufeff|\r(?=.)")
_SECTION: Final = re.compile(r"section_(?:start|end):\d+:[\w.-]+(?:\[[^\]]*\])?")
_PREFIX: Final = re.compile(
    r"\s*(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?: \d\d[OE][ +]?)?"
    r"|\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?|\[\d{4}-[^\]]{4,40}\]|[^|#\n]{1,120}\||[\w./-]{1,80}\t[^\t\n]{1,80}\t)\s?"
)
_LINE: Final = re.compile(r"#(\d{1,6}) (.*)")
_DONE: Final = re.compile(r"DONE(?: (\d+(?:\.\d+)?)s)?")
#: Releases before 0.6 print a table of what they know about a step.
_OLD: Final = re.compile(r" *(name|duration|cached|error): (.*)")
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|µs|us|ns|s))?")
_SECONDS: Final = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "ns": 1e-9}
_TRANSFER: Final = re.compile(r"transferring context: (\d+(?:\.\d+)?[kMGT]?B)\b")
#: What a command printed: seconds since it began, and the text.
_OUTPUT: Final = re.compile(r"\d+\.\d+ ?")
_CONTEXT: Final = "load build context"
_STEP: Final = re.compile(r"\[([^\]]*?)(\d+)/(\d+)\] (.*)", re.DOTALL)


class Vertex(NamedTuple):
    """One piece of work of a build, by the name it was given. `seconds` is None where the log does not tell."""

    name: str
    state: State
    seconds: float | None


class BuildLog(NamedTuple):
    """The vertices in the order in which they came, and what was transferred of the context, as it was printed."""

    vertices: tuple[Vertex, ...]
    transferred: str | None


class StepName(NamedTuple):
    """The name of a vertex that is a step: `[linux/amd64 build 3/5] RUN npm ci`. `words` are those before the number:
    platform, target and stage, as far as they are there."""

    words: tuple[str, ...]
    position: int
    of: int
    text: str


def step_name(name: str) -> StepName | None:
    """The parts of a name; None: it is no step, or the one that gets a base image."""
    found = _STEP.fullmatch(name)
    if found is None or found[4].startswith("FROM "):
        return None
    words = tuple(each for each in found[1].split() if "/" not in each)
    keyword, _, rest = " ".join(found[4].split()).partition(" ")
    return StepName(words, int(found[2]), int(found[3]), f"{keyword.upper()} {rest}".rstrip())


def read_log(file: BinaryIO, place: str) -> BuildLog:
    """Read a log of either form. Raises `CtxscanError` where nothing in it is of BuildKit."""
    lines = _lines(file)
    first: list[str] = []
    for line in lines:
        first.append(line)
        if line.strip():
            break
    is_json = bool(first) and _bare(first[-1]).startswith("{")
    everything = _chained(first, lines)
    found = _raw(everything) if is_json else _plain(everything)
    if not found.vertices:
        raise CtxscanError("no log of BuildKit: docker build --progress=plain writes one", place=place)
    return found


def _chained(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


def _lines(file: BinaryIO) -> Iterator[str]:
    """The lines, in whatever encoding; a Windows shell writes UTF-16."""
    left = MOST_BYTES
    encoding = "utf-8"
    start = file.read(1 << 16)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield from (start + file.read(MOST_BYTES)).decode("utf-16", "replace").splitlines()
        return
    held = b""
    while start and left > 0:
        left -= len(start)
        *lines, held = (held + start).split(b"\n")
        yield from (each[:LONGEST_LINE].decode(encoding, "replace") for each in lines)
        held = held[:LONGEST_LINE]
        start = file.read(1 << 16)
    yield held.decode(encoding, "replace")


def _bare(line: str) -> str:
    """A line without what a terminal or a CI system put before it."""
    line = _SECTION.sub("", _CODES.sub("", line)).strip("\r")
    for _ in range(4):
        text = line.lstrip()
        if text.startswith(("#", "{")):
            return text
        match = _PREFIX.match(line)
        if match is None:
            return text
        line = line[match.end() :]
    return line.lstrip()


# --- plain


class _Open:
    """A vertex while its lines are read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state: State = "open"
        self.seconds: float | None = None


def _plain(lines: Iterable[str]) -> BuildLog:
    known: dict[int, _Open] = {}
    transferred: str | None = None
    for line in lines:
        match = _LINE.match(_bare(line))
        if match is None or not match[2].strip():
            continue
        number, text = int(match[1]), match[2].rstrip()
        vertex = known.get(number)
        if vertex is None:
            # The first line of each is its name.
            if len(known) < MOST_VERTICES and not _OUTPUT.match(text) and text != "...":
                known[number] = _Open(text)
        elif not _OUTPUT.match(text):
            _note(vertex, text)
            if _CONTEXT in vertex.name and (sent := _TRANSFER.search(text)):
                transferred = sent[1]
    return BuildLog(tuple(Vertex(each.name, each.state, each.seconds) for each in known.values()), transferred)


def _note(vertex: _Open, text: str) -> None:
    """What a line says of a vertex."""
    if text == "CACHED":
        vertex.state = "cached"
    elif text == "CANCELED":
        vertex.state = "canceled"
    elif text.startswith("ERROR: ") or text == "ERROR":
        vertex.state = "failed"
    elif done := _DONE.fullmatch(text):
        # It may be started again, and is then reported again.
        vertex.state = "done"
        vertex.seconds = float(done[1]) if done[1] else vertex.seconds
    elif old := _OLD.fullmatch(text):
        _note_old(vertex, old[1], old[2])


def _note_old(vertex: _Open, key: str, value: str) -> None:
    if key == "cached" and value == "true":
        vertex.state = "cached"
    elif key == "error":
        vertex.state = "failed"
    elif key == "duration" and (match := _DURATION.fullmatch(value)) and value:
        hours, minutes, number, unit = match.groups()
        seconds = float(number) * _SECONDS[unit] if number else 0.0
        vertex.seconds = int(hours or 0) * 3600 + int(minutes or 0) * 60 + seconds
        vertex.state = "done" if vertex.state == "open" else vertex.state


# --- rawjson


class _Raw:
    """A vertex while its events are read: when it was at work, by the moment at which it began."""

    def __init__(self) -> None:
        self.name = ""
        self.cached = False
        self.error = ""
        self.spans: dict[float, float | None] = {}

    def vertex(self) -> Vertex:
        ends = [end for end in self.spans.values() if end is not None]
        seconds = sum(end - start for start, end in self.spans.items() if end is not None) if ends else None
        if self.cached:
            return Vertex(self.name, "cached", None)
        if self.error:
            return Vertex(self.name, "canceled" if self.error.endswith("context canceled") else "failed", seconds)
        return Vertex(self.name, "done" if ends else "open", seconds)


def _raw(lines: Iterable[str]) -> BuildLog:
    known: dict[str, _Raw] = {}
    sent = 0
    contexts: set[str] = set()
    for event in _events(lines):
        for each in _tables(event.get("vertexes")):
            digest, name = each.get("digest"), each.get("name")
            if not isinstance(digest, str) or (digest not in known and len(known) >= MOST_VERTICES):
                continue
            own = known.setdefault(digest, _Raw())
            if isinstance(name, str):
                own.name = name.encode(errors="replace").decode()  # half a character cannot be printed
            own.cached = own.cached or each.get("cached") is True
            own.error = each["error"] if isinstance(each.get("error"), str) else own.error
            started, completed = _moment(each.get("started")), _moment(each.get("completed"))
            if started is not None:
                own.spans[started] = completed
            if _CONTEXT in own.name:
                contexts.add(digest)
        for each in _tables(event.get("statuses")):
            current = each.get("current")
            told = str(each.get("id") or each.get("ID") or "").startswith("transferring context")
            if told and each.get("vertex") in contexts and isinstance(current, int):
                sent = max(sent, current)
    return BuildLog(tuple(each.vertex() for each in known.values() if each.name), _units(sent) if sent else None)


def _units(size: int) -> str:
    """As BuildKit prints bytes: two digits, without zeros at the end, in powers of 1000."""
    from ..context.wire import stream_text

    return stream_text(size)


def _events(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Objects one after the other, on one line each or on many."""
    decoder = json.JSONDecoder()
    held = ""
    for line in lines:
        held += _bare(line) + "\n"
        if len(held) > 1 << 22:
            held = ""  # no event is as large
        while held.strip():
            try:
                event, end = decoder.raw_decode(held.lstrip())
            except (ValueError, RecursionError):
                if not held.lstrip().startswith("{"):
                    held = ""
                break
            held = held.lstrip()[end:]
            if isinstance(event, dict):
                yield event


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())


def _moment(value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).timestamp()
    except (ValueError, OverflowError):
        return None
