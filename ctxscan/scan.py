"""All facts of one build: the page to read first.

    where things are  ->  the rules in use  ->  what the builder asks for  ->  the walk  ->  the figures

Facts never judge (`checks` does) and nothing here prints.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from . import dialects, ignorefile
from .dialects import Dialect
from .errors import CtxscanError
from .ignorefile import IgnoreFile, Rule
from .matcher import BadPattern, Matcher
from .numbers import RewrittenTarCount, StreamCount, TarCount, stream_text, tar_text
from .tree import Directory, Tree
from .walk import Broken, Entry, walk

#: What `progress` is told: how many files so far, and their bytes.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Size:
    """`files` that are not directories, and the `bytes` of their content."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the builder is sent. `stream_bytes` is the builder's own count and `shown` what it prints; None where it
    prints none, or where it cannot be told. `whole_context`: nothing of the context stays behind."""

    files: int
    bytes: int
    stream_bytes: int | None
    shown: str | None
    whole_context: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """The facts of one build. Paths are POSIX and relative to the context."""

    builder: str
    context: str
    dockerfile: str | None
    ignore_file: str | None
    rules: tuple[Rule, ...]
    context_size: Size
    transfer: Transfer
    directories: Directory
    entries: tuple[Entry, ...]


def scan(
    context: str | os.PathLike[str] = ".",
    *,
    dockerfile: str | os.PathLike[str] | None = None,
    dockerfile_text: bytes | None = None,
    builder: str = "buildkit",
    ignore_file: str | os.PathLike[str] | None = None,
    keep_entries: bool = False,
    progress: Progress | None = None,
) -> Scan:
    """What a build of `context` would send.

    `dockerfile` is a path as for `docker build -f` (default: the one in the context, if any), `dockerfile_text` its
    content where it comes from standard input. `ignore_file` is evaluated in place of the one the builder would take.
    With `keep_entries` the result lists everything that is sent, in wire order. Raises `CtxscanError` where the builder
    would refuse to work.
    """
    dialect = dialects.dialect(builder)
    place = _locate(Path(context), dialect, dockerfile, dockerfile_text)
    ignored = _ignore_file(place, dialect, ignore_file)
    matcher = _matcher(place, dialect, ignored)
    total = _Total(place, dialect, keep_entries, progress)
    try:
        for entry in walk(os.fspath(context), matcher, wanted=None, attributes=True, fail=_failure(ignored, dialect)):
            total.add(entry)
    except Broken as broken:
        total.break_off(broken.entry)
    return total.result(ignored)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a build's files are. `dockerfile` None: there is none, or it came from standard input as `text`."""

    context: Path
    dockerfile: Path | None
    label: str | None
    text: bytes | None


def _locate(context: Path, dialect: Dialect, dockerfile: str | os.PathLike[str] | None, text: bytes | None) -> _Place:
    if not context.is_dir():
        problem = "not a directory" if context.exists() else "no such directory"
        raise CtxscanError(f"the context is {problem}", place=str(context))
    if text is not None:
        return _Place(context, None, "-", text)
    if dockerfile is None:
        # The name as it is on disk counts, also where the file system does not tell cases apart.
        names = {path.name for path in context.iterdir()} if os.access(context, os.R_OK) else set()
        name = next((name for name in dialect.dockerfiles if name in names and (context / name).is_file()), None)
        return _Place(context, context / name if name else None, name, None)
    path = Path(os.path.normpath(dockerfile))
    if not path.is_file():
        problem = "is not a file" if path.exists() else "no such file or directory"
        raise CtxscanError(f"failed to read dockerfile: open {path}: {problem}")
    root, real = _absolute(context), _absolute(path)
    label = real.relative_to(root).as_posix() if real.is_relative_to(root) else str(path)
    return _Place(context, path, label, None)


def _ignore_file(place: _Place, dialect: Dialect, given: str | os.PathLike[str] | None) -> IgnoreFile | None:
    if given is not None:
        path = Path(given)
        if not path.is_file():
            raise CtxscanError("no such ignore file", place=str(path))
        return ignorefile.load(path, dialect, context=place.context)
    path_found = ignorefile.find(place.context, dialect, dockerfile=place.dockerfile)
    return None if path_found is None else ignorefile.load(path_found, dialect, context=place.context)


def _matcher(place: _Place, dialect: Dialect, ignored: IgnoreFile | None) -> Matcher:
    patterns = [rule.pattern for rule in ignored.rules] if ignored else []
    if dialect.sends_own_files:
        # Found with an older way of looking: of the directories above, only the one as deep as the pattern counts.
        older = Matcher(patterns, replace(dialect, carries="depth"))
        own = [".dockerignore", *([place.label] if place.label and _inside(place.label) else [])]
        patterns += [dialect.pattern.loaded("!" + name) for name in own if _excludes(older, name)]
    return Matcher(patterns, dialect)


def _absolute(path: Path) -> Path:
    """Without following links: a Dockerfile that is a link lies where the link lies."""
    return Path(os.path.normpath(Path.cwd() / path))


def _inside(label: str) -> bool:
    return label != "-" and not Path(label).is_absolute() and not label.startswith("..")


def _elsewhere(place: _Place) -> bytes | None:
    """The Dockerfile's text where it does not lie in the context."""
    if place.dockerfile is not None and place.label and not _inside(place.label):
        return place.dockerfile.read_bytes()
    return place.text


def _excludes(matcher: Matcher, path: str) -> bool:
    try:
        return matcher.decide(path).excluded
    except BadPattern:
        return False  # it will fail where it counts


def _failure(ignored: IgnoreFile | None, dialect: Dialect) -> Callable[[BadPattern, Matcher], CtxscanError]:
    def fail(bad: BadPattern, matcher: Matcher) -> CtxscanError:
        place = f"{ignored.label}:{ignored.rules[bad.index].line}" if ignored else None
        return CtxscanError(f"{dialect.error_comparing}{bad}", place=place)

    return fail


class _Total:
    """Adds up the walk."""

    def __init__(self, place: _Place, dialect: Dialect, keep_entries: bool, progress: Progress | None) -> None:
        self.place = place
        self.dialect = dialect
        self.progress = progress
        self.keep_entries = keep_entries
        self.entries: list[Entry] = []
        self.tree = Tree()
        self.files = self.bytes = 0
        self.files_sent = self.bytes_sent = 0
        self.stream = StreamCount()
        text = _elsewhere(place)
        self.tar = TarCount() if text is None else RewrittenTarCount(len(text))

    def add(self, entry: Entry) -> None:
        if entry.kind != "dir":
            size = entry.size if entry.kind == "file" else 0
            self.tree.add(entry.path, size)
            self.files += 1
            self.bytes += size
            if self.progress and self.files % 1024 == 0:
                self.progress(self.files, self.bytes)
            if entry.sent:
                self.files_sent += 1
                self.bytes_sent += size
        if entry.sent:
            self.stream.add(entry)
            self.tar.add(entry)
            if self.keep_entries:
                self.entries.append(entry)

    def break_off(self, entry: Entry) -> None:
        self.tar.break_off(entry)

    def result(self, ignored: IgnoreFile | None) -> Scan:
        place, dialect = self.place, self.dialect
        return Scan(
            builder=dialect.name,
            context=str(place.context),
            dockerfile=place.label,
            ignore_file=ignored.label if ignored else None,
            rules=ignored.rules if ignored else (),
            context_size=Size(self.files, self.bytes),
            transfer=self._transfer(),
            directories=self.tree.root(),
            entries=tuple(self.entries),
        )

    def _transfer(self) -> Transfer:
        whole = (self.files_sent, self.bytes_sent) == (self.files, self.bytes)
        figure = self._figure() if self.place.label else None
        shown = None
        if figure is not None:
            shown = stream_text(figure) if self.dialect.figure == "stream" else tar_text(figure)
        return Transfer(self.files_sent, self.bytes_sent, figure, shown, whole)

    def _figure(self) -> int | None:
        """The builder's own count of bytes; None where it tells none."""
        if self.dialect.figure == "stream":
            return self.stream.total
        return self.tar.total if self.dialect.figure == "tar" else None
