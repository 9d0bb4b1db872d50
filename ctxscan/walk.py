"""A directory under a matcher: what is kept, in wire order, with exact kinds and sizes.

After `matcher`, before `transfer`. One depth-first walk, the entries of a directory in byte order of their names, which
is the order in which every builder sends them. Symlinks are never followed, nothing but directories is opened, and what
vanishes meanwhile is passed over; what would end the build ends the walk, in the builder's words.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from .dialects import Dialect
from .errors import CtxscanError
from .matcher import BadPattern, Matcher, State, Verdict

Kind: TypeAlias = Literal["file", "dir", "symlink", "hardlink", "fifo", "socket", "device"]

#: Directory descriptors held at once; deeper ones are opened again on the way back.
MAX_OPEN: Final = 128
_BY_DESCRIPTOR: Final = os.scandir in os.supports_fd and os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
_KINDS: Final[dict[int, Kind]] = {
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
    kind: Kind
    size: int
    target: str | None
    sent: bool
    empty: bool
    status: os.stat_result
    attributes: tuple[tuple[str, int], ...] = ()


class Broken(Exception):
    """The classic builder's archive breaks off in `entry`, which cannot be read; nothing after it is sent."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.path)
        self.entry = entry


def walk(
    root: str,
    rules: Matcher,
    *,
    wanted: Matcher | None,
    attributes: bool,
    fail: Callable[[BadPattern, Matcher], CtxscanError],
) -> Iterator[Entry]:
    """Every kept entry of `root` in wire order, and the excluded directories that are sent as parents.

    `wanted` holds the paths that the builder asks for as patterns; None: all that is kept. An entry that is kept and
    not sent comes where it lies; a directory of which only the inside is sent, right before the first entry that is.
    `attributes`: read extended attributes too. `fail` makes the error of a rule that cannot be compared. Raises
    `CtxscanError` where the builder fails, `Broken` where its archive breaks off.
    """
    yield from _Walk(root, rules, wanted, attributes, fail).run()


class _Frame:
    """A directory that is being walked. `entry` is its own entry while it is still owed."""

    __slots__ = ("checked", "directory", "entry", "names", "prefix", "rules", "subdirectories", "wanted")

    def __init__(
        self,
        prefix: str,
        directory: _Directory,
        rules: State,
        wanted: State | None,
        entry: Entry | None,
        checked: bool,
        names: Iterator[str],
        subdirectories: frozenset[str],
    ) -> None:
        self.prefix = prefix
        self.directory = directory
        self.rules = rules
        self.wanted = wanted
        self.entry = entry
        self.checked = checked  # the classic builder's check beforehand comes here
        self.names = names
        self.subdirectories = subdirectories


class _Walk:
    def __init__(
        self,
        root: str,
        rules: Matcher,
        wanted: Matcher | None,
        attributes: bool,
        fail: Callable[[BadPattern, Matcher], CtxscanError],
    ) -> None:
        self.root = root
        self.rules = rules
        self.dialect: Dialect = rules.dialect
        self.wanted = wanted
        self.attributes = attributes and hasattr(os, "listxattr")
        self.fail = fail
        self.first_kept: dict[tuple[int, int], str] = {}
        self.first_sent: dict[tuple[int, int], str] = {}

    def run(self) -> Iterator[Entry]:
        stack: list[_Frame] = []
        try:
            wanted = None if self.wanted is None else self.wanted.root
            stack.append(self._open(_Directory.open(self.root), "", self.rules.root, wanted, None, True))
            while stack:
                frame = stack[-1]
                name = next(frame.names, None)
                if name is None:
                    stack.pop().directory.close()
                    if frame.entry is not None and frame.entry.kind == "dir" and not self._excluded(frame):
                        yield frame.entry  # kept, and nothing in it is sent
                    continue
                if name in frame.subdirectories:
                    below = self._directory(frame, name, stack)
                    if below is not None:
                        entry, child = below
                        if entry is not None and entry.sent:
                            yield from self._owed(stack)
                            yield entry
                            entry = None
                        if child is not None:
                            child.entry = entry
                            stack.append(child)
                        elif entry is not None:
                            yield entry
                    continue
                found = self._file(frame, name)
                if found is None:
                    continue
                if found.sent:
                    yield from self._owed(stack)
                yield found
                if found.empty and self.dialect.checks_first:
                    raise Broken(found)
        finally:
            for frame in stack:
                frame.directory.close()

    def _excluded(self, frame: _Frame) -> bool:
        return frame.rules.excluded

    def _owed(self, stack: list[_Frame]) -> Iterator[Entry]:
        """The directories above, not sent for their own sake, right before their first entry that is."""
        for frame in stack:
            if frame.entry is not None:
                if self.dialect.sends_parents or not frame.rules.excluded:
                    yield frame.entry._replace(sent=True)
                frame.entry = None

    def _open(
        self,
        directory: _Directory,
        prefix: str,
        rules: State,
        wanted: State | None,
        entry: Entry | None,
        checked: bool,
    ) -> _Frame:
        names, subdirectories = directory.names()
        if not all(map(str.isascii, names)):
            names.sort(key=os.fsencode)
        else:
            names.sort()
        return _Frame(prefix, directory, rules, wanted, entry, checked, iter(names), frozenset(subdirectories))

    def _decide(self, state: State, name: str, matcher: Matcher) -> Verdict:
        try:
            return state.decide(name)
        except BadPattern as bad:
            raise self.fail(bad, matcher) from None

    def _is_wanted(self, frame: _Frame, name: str) -> bool:
        if frame.wanted is None or self.wanted is None:
            return True
        return self._decide(frame.wanted, name, self.wanted).excluded

    def _directory(self, frame: _Frame, name: str, stack: list[_Frame]) -> tuple[Entry | None, _Frame | None] | None:
        path = frame.prefix + name
        verdict = self._decide(frame.rules, name, self.rules)
        wanted = self._is_wanted(frame, name)
        walked = not verdict.excluded or self.rules.walks(path)
        rules = frame.rules.enter(name) if walked else None
        checked = frame.checked and not verdict.second_look
        if rules is None or (verdict.excluded and rules.settled and not self._may_fail(frame, name, path)):
            if self.dialect.checks_first and frame.checked and not self._readable(frame, name):
                raise CtxscanError(f"checking context: can't stat '{_shown(path)}'")
            return None
        status = self._status(frame, name, path)
        if status is None:
            return None
        entry = self._entry(frame, name, path, "dir", status, 0, None, wanted and not verdict.excluded, False)
        try:
            directory = frame.directory.enter(name, self.root, frame.prefix)
            if len(stack) >= MAX_OPEN:
                stack[len(stack) - MAX_OPEN].directory.close()
            child = self._open(
                directory,
                path + "/",
                rules,
                frame.wanted and frame.wanted.enter(name),
                None,
                checked,
            )
        except PermissionError:
            if self.dialect.checks_first:
                if frame.checked:
                    raise CtxscanError(f"checking context: can't stat '{_shown(path)}'") from None
            elif self._comes_here(frame, name, wanted):
                raise CtxscanError(
                    f"failed to solve: error from sender: open {_shown(path)}: permission denied", place=_shown(path)
                ) from None
            return entry, None
        except (FileNotFoundError, NotADirectoryError):
            return None
        return entry, child

    def _may_fail(self, frame: _Frame, name: str, path: str) -> bool:
        """Whether an excluded directory that nothing can bring back may still end the build: the builder walks it, and
        would not get in."""
        return not _privileged() and (self.dialect.on_demand or frame.checked)

    def _comes_here(self, frame: _Frame, name: str, wanted: bool) -> bool:
        """Whether a builder that sends on demand walks this directory for what it wants."""
        if wanted or self.wanted is None or frame.wanted is None:
            return True
        texts = [pattern.text.removesuffix("/**").removesuffix("/*") for pattern in self.wanted.patterns]
        path = frame.prefix + name
        return any(set(text) & set("*[]?^\\") or (text + "/").startswith(path + "/") for text in texts)

    def _file(self, frame: _Frame, name: str) -> Entry | None:
        verdict = self._decide(frame.rules, name, self.rules)
        if verdict.excluded:
            return None
        path = frame.prefix + name
        status = self._status(frame, name, path)
        if status is None:
            return None
        sent = self._is_wanted(frame, name)
        kind = _KINDS.get(stat.S_IFMT(status.st_mode))
        if kind is None or (kind == "socket" and not self.dialect.sends_sockets):
            return None
        size, target, empty = 0, None, False
        if kind == "symlink":
            try:
                target = frame.directory.read_link(name)
            except FileNotFoundError:
                return None
        elif kind == "file":
            size = status.st_size
            empty = size > 0 and self._empty(frame, name, path, status, verdict)
            if status.st_nlink > 1 and sys.platform != "win32":
                key = (status.st_dev, status.st_ino)
                first = self.first_kept.setdefault(key, path)
                if sent:
                    first = self.first_sent.setdefault(key, path)
                if first != path:
                    kind, target, empty = "hardlink", first, False
        elif kind == "socket":
            empty = True
        return self._entry(frame, name, path, kind, status, size, target, sent, empty)

    def _empty(self, frame: _Frame, name: str, path: str, status: os.stat_result, verdict: Verdict) -> bool:
        """Whether a kept file arrives without its bytes. The classic builder has looked beforehand, where it came."""
        if self.dialect.on_demand and verdict.withheld:
            return True
        if self._can_read(frame, name, status):
            return False
        if self.dialect.checks_first and frame.checked and not verdict.second_look:
            raise CtxscanError(f"checking context: no permission to read from '{_shown(path)}'")
        return self.dialect.on_demand or self.dialect.checks_first

    def _can_read(self, frame: _Frame, name: str, status: os.stat_result) -> bool:
        mode = status.st_mode
        if mode & 0o444 == 0o444 or _privileged() or (status.st_uid == os.geteuid() and mode & 0o400):
            return True
        return frame.directory.access(name)

    def _entry(
        self,
        frame: _Frame,
        name: str,
        path: str,
        kind: Kind,
        status: os.stat_result,
        size: int,
        target: str | None,
        sent: bool,
        empty: bool,
    ) -> Entry:
        if sent and self.dialect.utf8_names and not path.isascii():
            try:
                path.encode()
            except UnicodeEncodeError:
                raise CtxscanError(
                    "failed to solve: error from sender: string field contains invalid UTF-8", place=_shown(path)
                ) from None
        attributes = frame.directory.attributes(name) if self.attributes else ()
        return Entry(path, kind, size, target, sent, empty, status, attributes)

    def _status(self, frame: _Frame, name: str, path: str) -> os.stat_result | None:
        try:
            return frame.directory.status(name)
        except FileNotFoundError:
            return None
        except PermissionError:
            if self.dialect.checks_first:
                raise CtxscanError(f"checking context: can't stat '{_shown(path)}'") from None
            raise CtxscanError(
                f"failed to solve: error from sender: lstat {_shown(path)}: permission denied", place=_shown(path)
            ) from None

    def _readable(self, frame: _Frame, name: str) -> bool:
        try:
            return _privileged() or frame.directory.access(name)
        except OSError:
            return True


class _Directory:
    """An open directory: by descriptor where the system can, so that no link is followed and no path grows too long."""

    __slots__ = ("fd", "path", "relative", "root")

    def __init__(self, path: str, fd: int, root: str, relative: str) -> None:
        self.path = path
        self.fd = fd
        self.root = root
        self.relative = relative

    @classmethod
    def open(cls, root: str) -> _Directory:
        try:
            fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) if _BY_DESCRIPTOR else -1
        except OSError as error:
            words = (error.strerror or str(error)).lower()
            raise CtxscanError(f"cannot read the context: {words}", place=root) from None
        return cls(root, fd, root, "")

    def names(self) -> tuple[list[str], list[str]]:
        names, directories = [], []
        with os.scandir(self.fd if _BY_DESCRIPTOR else self.path) as entries:
            for entry in entries:
                names.append(entry.name)
                if entry.is_dir(follow_symlinks=False):
                    directories.append(entry.name)
        return names, directories

    def enter(self, name: str, root: str, prefix: str) -> _Directory:
        relative = prefix + name
        if not _BY_DESCRIPTOR:
            return _Directory(os.path.join(self.path, name), -1, root, relative)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return _Directory("", os.open(name, flags, dir_fd=self._descriptor()), root, relative)

    def _descriptor(self) -> int:
        """This directory's descriptor, opened again from the root if it was given back meanwhile."""
        if self.fd < 0:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            for name in self.relative.split("/") if self.relative else ():
                above, fd = fd, -1
                try:
                    fd = os.open(name, flags, dir_fd=above)
                finally:
                    os.close(above)
            self.fd = fd
        return self.fd

    def status(self, name: str) -> os.stat_result:
        if not _BY_DESCRIPTOR:
            return os.lstat(os.path.join(self.path, name))
        return os.stat(name, dir_fd=self._descriptor(), follow_symlinks=False)

    def read_link(self, name: str) -> str:
        if not _BY_DESCRIPTOR:
            return os.readlink(os.path.join(self.path, name))
        return os.readlink(name, dir_fd=self._descriptor())

    def access(self, name: str) -> bool:
        if not _BY_DESCRIPTOR:
            return os.access(os.path.join(self.path, name), os.R_OK)
        return os.access(name, os.R_OK, dir_fd=self._descriptor(), effective_ids=os.access in os.supports_effective_ids)

    def attributes(self, name: str) -> tuple[tuple[str, int], ...]:
        """The extended attributes and the lengths of their values; what macOS keeps for itself is not sent."""
        path = f"/proc/self/fd/{self._descriptor()}/{name}"
        try:
            names = os.listxattr(path, follow_symlinks=False)  # type: ignore[attr-defined,unused-ignore]
            return tuple(
                (each, len(os.getxattr(path, each, follow_symlinks=False)))  # type: ignore[attr-defined,unused-ignore]
                for each in names
                if not each.startswith("com.apple.")
            )
        except OSError:
            return ()

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _privileged() -> bool:
    """Whether permissions do not keep this process out."""
    return not hasattr(os, "geteuid") or os.geteuid() == 0


def _shown(path: str) -> str:
    """A path as it may stand in a message: control characters and stray bytes escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in path)
