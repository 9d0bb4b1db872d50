"""A directory under a matcher: what is kept, in wire order, with exact kinds and sizes.

One depth-first walk, the entries of a directory in byte order of their names, which is the order in which every builder
sends them. Symlinks are never followed, nothing but directories is opened, and what vanishes meanwhile is passed over;
what would end the build ends the walk, in the builder's words. `Gate` decides on single entries, here and for the
totals of `measure`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Set
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from .. import system
from ..errors import CtxscanError
from ..printable import shown
from ..rules.matcher import NO_NAMES, BadPattern, Matcher, State, Verdict
from .directory import GONE, MAX_OPEN, Directory
from .narrowing import Asked, Narrowing

if TYPE_CHECKING:
    from ..rules.builders import Builder
    from .records import RecordsBelow

EntryKind: TypeAlias = Literal["file", "dir", "symlink", "hardlink", "fifo", "socket", "device"]
#: Makes the error of a rule that cannot be compared.
Fail: TypeAlias = Callable[[BadPattern, Matcher], CtxscanError]

_KINDS: Final[dict[int, EntryKind]] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "dir",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


class Entry(NamedTuple):
    """One entry of the context.

    `path` is POSIX and relative to the context; bytes that are not UTF-8 are surrogate escapes. `size` is the content
    of a file or hard link in bytes, else 0. `target` is a link's text, or the path that a hard link repeats. `sent`: it
    is part of the transfer; `empty`: and arrives without its content. `status` is its `lstat`, `attributes` the names
    of its extended attributes and the lengths of their values, both for the figures that builders print.
    """

    path: str
    kind: EntryKind
    size: int
    target: str | None
    sent: bool
    empty: bool
    status: os.stat_result
    attributes: tuple[tuple[str, int], ...] = ()


class Broken(Exception):
    """The classic builder's archive breaks off in `entry`, which cannot be read, or between two (None), where a rule
    cannot be compared; nothing after it is sent."""

    def __init__(self, entry: Entry | None) -> None:
        super().__init__(entry and entry.path)
        self.entry = entry


def walk(root: str, rules: Matcher, *, narrowing: Narrowing | None, attributes: bool, fail: Fail) -> Iterator[Entry]:
    """Every kept entry of `root` in wire order, and the excluded directories that are sent as parents.

    `narrowing` is what the builder asks for; None: all that is kept. An entry that is kept and not sent comes where it
    lies; a directory of which only the inside is sent, right before the first entry that is.
    `attributes`: read extended attributes too. `fail` makes the error of a rule that cannot be compared. Raises
    `CtxscanError` where the builder fails, `Broken` where its archive breaks off.
    """
    return entries(Gate(root, rules, narrowing, attributes=attributes, fail=fail))


def entries(gate: Gate) -> Iterator[Entry]:
    """The same, and the gate knows afterwards which rules decided."""
    return _Walk(gate).run()


class Decided:
    """A directory whose entries are decided. `prefix` is its path with a slash, ``""`` for the context; `checked`:
    it is one that the classic builder looks into first."""

    __slots__ = ("asked", "checked", "directory", "prefix", "rules")

    def __init__(self, directory: Directory, prefix: str, rules: State, asked: Asked | None, checked: bool) -> None:
        self.directory = directory
        self.prefix = prefix
        self.rules = rules
        self.asked = asked
        self.checked = checked


class Gate:
    """What a builder does with single entries: the one place that knows, for whoever walks."""

    def __init__(
        self,
        root: str,
        rules: Matcher,
        narrowing: Narrowing | None,
        *,
        attributes: bool,
        fail: Fail,
        records: RecordsBelow | None = None,
    ) -> None:
        self.root = root
        self.records = records
        self.rules = rules
        self.narrowing = narrowing
        self.builder: Builder = rules.builder
        self.attributes = attributes and system.ATTRIBUTES
        self.fail = fail
        self.user = system.user()
        #: Permissions do not keep this process out.
        self.privileged = system.reads_everything()
        #: By rule, -1 for none: the entries whose fate it decided and no directory above had.
        self.decided = [0] * (len(rules.patterns) + 1)
        #: Directories that may not be opened, where that did not end this build.
        self.passed = 0

    def top(self) -> Decided:
        asked = None if self.narrowing is None else self.narrowing.root
        return Decided(Directory.top(self.root, self.records), "", self.rules.root, asked, True)

    def verdict(self, place: Decided, name: str) -> Verdict:
        try:
            if not self.builder.checks_first:
                return place.rules.decide(name)
            if place.checked:
                place.rules.check(name)
        except BadPattern as bad:
            raise self.fail(bad, self.rules) from None
        try:
            return place.rules.decide(name)
        except BadPattern:
            raise Broken(None) from None

    def asks_for(self, place: Decided, name: str) -> bool:
        if place.asked is None or self.narrowing is None:
            return True
        try:
            return place.asked.asks_for(name)
        except BadPattern as bad:
            raise self.fail(bad, self.narrowing.matcher) from None

    def inside(self, place: Decided, name: str, verdict: Verdict) -> State | None:
        """The state of what the directory `name` holds; None: nobody looks into it."""
        if not verdict.excluded:
            return place.rules.enter(name)
        if not self.rules.walks(place.prefix + name):
            return None
        rules = place.rules.enter(name)
        # What nothing can bring back may still end the build: the builder walks it, and would not get in.
        may_fail = not self.privileged and (self.builder.on_demand or place.checked)
        return None if rules.settled and not may_fail else rules

    def may_walk(self, checked: bool) -> bool:
        """Whether anybody looks into any excluded directory."""
        return self.rules.walks_any or (self.builder.checks_first and checked and not self.privileged)

    def directory(
        self, place: Decided, name: str, verdict: Verdict, asked: bool
    ) -> tuple[Entry, Decided | None] | None:
        """The directory `name` in `place`, and what it is to its entries unless it cannot be opened; None: pruned."""
        path = place.prefix + name
        rules = self.inside(place, name, verdict)
        if rules is None:
            if self.builder.checks_first and place.checked and not self._can_list(place, name):
                raise CtxscanError(f"checking context: can't stat '{shown(path)}'", closed=path)
            return None
        status = self._status(place, name)
        if status is None:
            return None
        entry = self._entry(place, name, "dir", status, 0, None, asked and not verdict.excluded, False)
        try:
            directory = place.directory.enter(name)
        except PermissionError:
            self._closed(place, name, asked)
            return entry, None
        except OSError as error:
            if error.errno in GONE:
                return None
            raise failed("open", path, error) from None
        below = Decided(
            directory,
            path + "/",
            rules,
            place.asked and place.asked.enter(name),
            place.checked and not verdict.second_look,
        )
        return entry, below

    def file(self, place: Decided, name: str, verdict: Verdict, asked: bool) -> Entry | None:
        """What is no directory, as it is by itself: the first name of what has several."""
        if verdict.excluded:
            return None
        status = self._status(place, name)
        if status is None:
            return None
        kind = _KINDS.get(stat.S_IFMT(status.st_mode))
        if kind is None or (kind == "socket" and not self.builder.sends_sockets):
            return None
        size, target, empty = 0, None, False
        if kind == "symlink":
            try:
                target = place.directory.read_link(name)
            except OSError:
                return None
        elif kind == "file":
            size = status.st_size
            empty = size > 0 and self._arrives_empty(place, name, status, verdict)
        elif kind == "socket":
            empty = True
        return self._entry(place, name, kind, status, size, target, asked, empty)

    def _closed(self, place: Decided, name: str, asked: bool) -> None:
        """A directory may not be opened."""
        path = place.prefix + name
        if self.builder.checks_first:
            if place.checked:
                raise CtxscanError(f"checking context: can't stat '{shown(path)}'", closed=path) from None
        elif asked or self._hopes_for(place, name):
            message = f"failed to solve: error from sender: open {shown(path)}: permission denied"
            raise CtxscanError(message, place=shown(path), closed=path) from None
        self.passed += 1

    def _hopes_for(self, place: Decided, name: str) -> bool:
        """Whether a builder that sends on demand walks this directory for what it wants."""
        return self.narrowing is None or place.asked is None or self.narrowing.hopes_for(place.prefix + name)

    def _arrives_empty(self, place: Decided, name: str, status: os.stat_result, verdict: Verdict) -> bool:
        """Whether a kept file arrives without its bytes. The classic builder has looked before, where it came."""
        if self.builder.on_demand and verdict.withheld:
            return True
        if self._can_read(place, name, status):
            return False
        if self.builder.checks_first and place.checked and not verdict.second_look:
            path = place.prefix + name
            raise CtxscanError(f"checking context: no permission to read from '{shown(path)}'", closed=path)
        return self.builder.on_demand or self.builder.checks_first

    def _can_read(self, place: Decided, name: str, status: os.stat_result) -> bool:
        mode = status.st_mode
        if mode & 0o444 == 0o444 or self.privileged or (status.st_uid == self.user and mode & 0o400):
            return True
        return place.directory.access(name)

    def _can_list(self, place: Decided, name: str) -> bool:
        try:
            return self.privileged or place.directory.access(name)
        except OSError:
            return True

    def _entry(
        self,
        place: Decided,
        name: str,
        kind: EntryKind,
        status: os.stat_result,
        size: int,
        target: str | None,
        sent: bool,
        empty: bool,
    ) -> Entry:
        path = place.prefix + name
        if sent and self.builder.utf8_names and not is_utf8(path):
            words = "failed to solve: error from sender: string field contains invalid UTF-8"
            raise CtxscanError(words, place=shown(path))
        attributes = place.directory.attributes(name) if self.attributes and (sent or kind == "dir") else ()
        return Entry(path, kind, size, target, sent, empty, status, attributes)

    def _status(self, place: Decided, name: str) -> os.stat_result | None:
        try:
            return place.directory.status(name)
        except OSError as error:
            if error.errno in GONE:
                return None
            path = place.prefix + name
            if self.builder.checks_first:
                raise CtxscanError(f"checking context: can't stat '{shown(path)}'") from None
            raise failed("lstat", path, error) from None


class _Frame:
    """A directory that is being walked. `entry` is its own entry while it is still owed; names that are not `special`
    share the verdict `default`."""

    __slots__ = ("default", "directories", "entry", "names", "place", "special")

    def __init__(self, place: Decided, entry: Entry | None) -> None:
        try:
            names, self.directories = place.directory.names()
        except OSError as error:
            if error.errno not in GONE or not place.directory.relative:
                raise failed("open", place.directory.relative, error) from None
            names, self.directories = [], set()
        self.place = place
        self.entry = entry
        self.names = iter(names)
        self.special: Set[str] = NO_NAMES if place.rules.settled else place.rules.special(names)
        self.default = place.rules.default if len(self.special) < len(names) else None


class _Walk:
    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.builder = gate.builder
        self.first_kept: dict[tuple[int, int], str] = {}
        self.first_sent: dict[tuple[int, int], str] = {}

    def run(self) -> Iterator[Entry]:
        gate = self.gate
        stack: list[_Frame] = []
        try:
            stack.append(_Frame(gate.top(), None))
            while stack:
                frame = stack[-1]
                place = frame.place
                name = next(frame.names, None)
                if name is None:
                    stack.pop()
                    if stack:
                        stack[-1].place.directory.take_back(place.directory)
                    place.directory.close()
                    if frame.entry is not None and not place.rules.excluded:
                        yield frame.entry  # kept, and nothing in it is sent
                    continue
                verdict = frame.default
                if verdict is None or name in frame.special:
                    verdict = gate.verdict(place, name)
                if verdict.rule != place.rules.rule:
                    gate.decided[verdict.rule] += 1
                if name in frame.directories:
                    yield from self._directory(stack, name, verdict)
                    continue
                if verdict.excluded:
                    continue
                entry = gate.file(place, name, verdict, place.asked is None or gate.asks_for(place, name))
                if entry is None:
                    continue
                if entry.kind == "file" and entry.status.st_nlink > 1:
                    entry = self._linked(entry)
                if entry.sent:
                    yield from self._owed(stack)
                yield entry
                if entry.empty and self.builder.checks_first:
                    raise Broken(entry)
        finally:
            for frame in stack:
                frame.place.directory.close()

    def _directory(self, stack: list[_Frame], name: str, verdict: Verdict) -> Iterator[Entry]:
        place = stack[-1].place
        found = self.gate.directory(place, name, verdict, self.gate.asks_for(place, name))
        if found is None:
            return
        entry, below = found
        owed = None if entry.sent else entry
        try:
            if entry.sent:
                yield from self._owed(stack)
                yield entry
            elif below is None and not verdict.excluded:
                yield entry
        except GeneratorExit:
            if below is not None:
                below.directory.close()
            raise
        if below is None:
            return
        if len(stack) >= MAX_OPEN:
            stack[-MAX_OPEN].place.directory.lend()
        stack.append(_Frame(below, owed))

    def _owed(self, stack: list[_Frame]) -> Iterator[Entry]:
        """The directories above, not sent for their own sake, right before their first entry that is."""
        for frame in stack:
            if frame.entry is not None:
                if self.builder.sends_parents or not frame.place.rules.excluded:
                    yield frame.entry._replace(sent=True)
                frame.entry = None

    def _linked(self, entry: Entry) -> Entry:
        """A file with several names: the first carries the content, the others repeat that one."""
        if not system.HARD_LINKS:
            return entry
        key = (entry.status.st_dev, entry.status.st_ino)
        first = self.first_kept.setdefault(key, entry.path)
        if entry.sent:
            first = self.first_sent.setdefault(key, entry.path)
        return entry if first == entry.path else entry._replace(kind="hardlink", target=first, empty=False)


def failed(what: str, path: str, error: OSError) -> CtxscanError:
    words = (error.strerror or str(error)).lower()
    return CtxscanError(f"failed to solve: error from sender: {what} {shown(path)}: {words}", place=shown(path))


def is_utf8(path: str) -> bool:
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
