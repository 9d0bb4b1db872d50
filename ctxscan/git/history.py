"""The last commits of a repository: what each changed, and the context as it was then, without a checkout.

Beside `index`, after `git`, used by `replay`. One `git log` along the first parents tells what changed (a rename is
what went and what came), one `git cat-file` gives the trees and the few files that have to be read. Objects are named
by their content, so what has not changed is never looked at twice. It knows no rules and no builds.

Not in a history: what git does not track, empty directories, owners, times, and of modes all but the executable bit.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Final, Literal, NamedTuple

from ..errors import CtxscanError
from ..paths import join
from .command import ask, environment, locked_down, repository

#: Timeout of git for the list of commits, in seconds.
SECONDS: Final = 60
#: All that a replay reads of objects may take so long.
READING_SECONDS: Final = 300
#: No Dockerfile, ignore file or link is longer; what is counts as not there.
MOST_BYTES: Final = 1 << 20
#: As many symlinks in a row as Linux follows.
MAX_LINKS: Final = 40
#: Trees that are kept at hand, and asked for at once: no more than a pipe surely takes while nobody reads the other.
REMEMBERED: Final = 20_000
AT_ONCE: Final = 200
#: Files that are kept at hand: the same few are read for every commit.
FEW: Final = 64

#: The changes against the first parent, as git stores them and nobody dresses them up.
_LOG: Final = (
    "--first-parent", "-m", "--root", "--raw", "-t", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-color",
    "--no-ext-diff", "--no-textconv", "--no-show-signature", "--ignore-submodules=none", "--encoding=UTF-8",
    "--format=%x01%H %T %P%x02%s",
)  # fmt: skip

DIRECTORY: Final = b"40000"
LINK: Final = b"120000"
#: A directory that is known by one name for all that is in it: a submodule by its commit.
PINNED: Final = b"160000"
FILE: Final = b"100644"


class GitEntry(NamedTuple):
    """A mode and the name of a content, as git has them."""

    mode: bytes
    id: bytes


GitTree = Mapping[str, GitEntry]


@dataclass(frozen=True, slots=True)
class Commit:
    """`tree` names the root directory, `changes` are the paths that differ from the first parent, relative to the root
    of the repository, and `trees` the directories that are others for it. `first`: there is no commit before it, as far
    as this clone knows."""

    id: str
    subject: str
    tree: bytes
    first: bool
    changes: tuple[str, ...]
    trees: tuple[bytes, ...]


class Objects:
    """The objects of a repository, read one after the other."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests = requests
        self._answers = answers
        self._trees: dict[bytes, GitTree] = {}
        self._blobs: dict[bytes, bytes | None] = {}

    def tree(self, name: bytes) -> GitTree:
        """The entries of a directory. Raises `CtxscanError` if this clone does not have it."""
        if name not in self._trees:
            self.fetch([name])
        if name not in self._trees:
            raise CtxscanError(f"the repository lacks the tree {name.hex()}: is the clone complete?")
        return self._trees[name]

    def fetch(self, names: Iterable[bytes]) -> None:
        """Have these directories at hand: it costs less to ask for many at once."""
        missing = [name for name in dict.fromkeys(names) if name not in self._trees]
        if len(self._trees) >= REMEMBERED:
            self._trees.clear()
        for at in range(0, len(missing), AT_ONCE):
            some = missing[at : at + AT_ONCE]
            self._ask(some)
            for name in some:
                data = self._answer("tree", most=None)
                if data is not None:
                    self._trees[name] = {
                        each.decode(errors="surrogateescape"): GitEntry(mode, id)
                        for mode, each, id in _ENTRIES[len(name)].findall(data)
                    }

    def blob(self, name: bytes) -> bytes | None:
        """The bytes of a file; None: this clone does not have it, or it is too long to be worth it."""
        if name not in self._blobs:
            if len(self._blobs) >= FEW:
                self._blobs.clear()
            self._ask([name])
            self._blobs[name] = self._answer("blob", most=MOST_BYTES)
        return self._blobs[name]

    def _ask(self, names: list[bytes]) -> None:
        # If git has ended there is no answer either.
        with suppress(OSError):
            self._requests.write(b"".join(name.hex().encode() + b"\n" for name in names))
            self._requests.flush()

    def _answer(self, kind: str, *, most: int | None) -> bytes | None:
        try:
            said = self._answers.readline().split()
            if len(said) != 3:
                return None
            size = int(said[2])
            fits = said[1] == kind.encode() and (most is None or size <= most)
            data = self._answers.read(size) if fits else None
            if data is not None and len(data) < size:
                return None  # it has ended in the middle
            left = size + 1 if data is None else 1
            while left > 0 and (passed := self._answers.read(min(left, 1 << 20))):
                left -= len(passed)
        except OSError:
            return None
        return data


_ENTRIES: Final = {size: re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % size, re.DOTALL) for size in (20, 32)}


class Snapshot:
    """A directory of a commit, looked at path by path, like a `transfer.Context` on disk.

    `repository` is what stands for a `.git` in it, which is no part of any commit.
    """

    def __init__(self, objects: Objects, tree: bytes, *, repository: GitEntry | None = None) -> None:
        self.objects = objects
        self.repository = repository
        self.tree = tree
        self._entries: dict[str, GitEntry | None] = {"": GitEntry(DIRECTORY, tree)}
        self._top: GitTree | None = None

    def entry(self, path: str) -> GitEntry | None:
        """What lies at `path`; None: nothing, or it lies behind a link."""
        entries = self._entries
        if path not in entries:
            above, _, name = path.rpartition("/")
            here = self.entry(above)
            entries[path] = None
            if here is not None and here.mode == PINNED:
                entries[path] = GitEntry(FILE, digest(here.id + path.encode(errors="surrogateescape"), like=here.id))
            elif here is not None and here.mode == DIRECTORY:
                entries[path] = self.entries(above, here.id).get(name)
        return entries[path]

    def entries(self, path: str, tree: bytes) -> GitTree:
        """What is in the directory `path`, which is `tree`."""
        if path or self.repository is None:
            return self.objects.tree(tree)
        if self._top is None:
            self._top = {**self.objects.tree(tree), ".git": self.repository}
        return self._top

    def kind(self, path: str) -> Literal["file", "dir", "symlink"] | None:
        entry = self.entry(path)
        if entry is None:
            return None
        return "dir" if entry.mode in (DIRECTORY, PINNED) else "symlink" if entry.mode == LINK else "file"

    def names(self, path: str) -> tuple[str, ...]:
        """The entries of a directory in byte order; none of a submodule."""
        entry = self.entry(path)
        if entry is None or entry.mode != DIRECTORY:
            return ()
        return tuple(sorted(self.entries(path, entry.id), key=os.fsencode))

    def link(self, path: str) -> str | None:
        entry = self.entry(path)
        if entry is None or entry.mode != LINK:
            return None
        text = self.objects.blob(entry.id)
        return None if text is None else text.decode(errors="surrogateescape")

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, links followed as if this directory were the root; None: there is no such file."""
        todo = path.split("/")[::-1]
        here = ""
        links = 0
        while todo:
            part = todo.pop()
            if part in ("", "."):
                continue
            if part == "..":
                here = posixpath.dirname(here)
                continue
            below = join(here, part)
            link = self.link(below)
            if link is None:
                here = below
                continue
            links += 1
            if links > MAX_LINKS:
                return None
            here = "" if link.startswith("/") else here
            todo += link.split("/")[::-1]
        entry = self.entry(here)
        return self.objects.blob(entry.id) if entry is not None and self.kind(here) == "file" else None


@dataclass(frozen=True, slots=True)
class History:
    """The last commits, oldest first. `before` is the one before them, None if there is none. `root` is the directory
    of the repository, `prefix` where the context lies in it (empty, or with a slash at its end), `shallow`: the clone
    has not all."""

    root: str
    prefix: str
    before: Commit | None
    commits: tuple[Commit, ...]
    shallow: bool

    @contextmanager
    def objects(self) -> Iterator[Objects]:
        words = locked_down(self.root, self.root, "cat-file", "--batch")
        if words is None:
            raise CtxscanError("git is not installed", place=self.root)
        with subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        ) as process:
            assert process.stdin is not None and process.stdout is not None
            # What it cannot read (a pipe in the place of an object) must not keep it waiting for good.
            limit = threading.Timer(READING_SECONDS, process.kill)
            limit.start()
            try:
                yield Objects(process.stdin, process.stdout)
            finally:
                limit.cancel()
                process.kill()


def history(context: str | os.PathLike[str], count: int) -> History:
    """The last `count` commits of the repository that `context` lies in. Raises `CtxscanError` if there are none."""
    root = repository(context)
    if root is None:
        raise CtxscanError("no git repository: there is no history to replay", place=str(context))
    said = ask(root, root, "log", f"--max-count={count + 1}", *_LOG, "HEAD", "--", seconds=SECONDS)
    if not said:
        raise CtxscanError(
            "git shows no history: there is no commit yet, or git cannot read the repository", place=str(context)
        )
    commits = list(_commits(said))[::-1]
    shallow = ask(root, root, "rev-parse", "--is-shallow-repository", seconds=SECONDS) == b"true\n"
    inside = os.path.relpath(os.path.realpath(context), root).replace(os.sep, "/")
    before = commits.pop(0) if len(commits) > count else None
    return History(root, "" if inside == "." else inside + "/", before, tuple(commits), shallow)


def _commits(log: bytes) -> Iterator[Commit]:
    tokens = iter(log.split(b"\0"))
    head: list[str] = []
    changes: list[str] = []
    trees: list[bytes] = []
    for token in tokens:
        token = token.removeprefix(b"\n")
        if token.startswith(b":"):
            path = next(tokens).decode(errors="surrogateescape")
            before, after, _, name, _ = token[1:].decode().split(" ")
            if after == "040000":
                trees.append(bytes.fromhex(name))
            if "040000" not in (before, after) or not {before, after} <= {"040000", "000000"}:
                changes.append(path)
        elif token:
            if head:
                yield _commit(head, changes, trees)
            names, _, subject = token.decode(errors="replace").removeprefix("\x01").partition("\x02")
            head, changes, trees = [subject, *names.split()], [], []
    if head:
        yield _commit(head, changes, trees)


def _commit(head: list[str], changes: list[str], trees: list[bytes]) -> Commit:
    subject, name, tree, *parents = head
    return Commit(name, subject, bytes.fromhex(tree), not parents, tuple(changes), tuple(trees))


def digest(data: bytes, *, like: bytes) -> bytes:
    """A name for `data` of the kind that the repository has."""
    made = hashlib.sha1(data, usedforsecurity=False) if len(like) == 20 else hashlib.sha256(data)
    return made.digest()


def named(entries: Iterable[tuple[str, GitEntry]], *, like: bytes) -> bytes:
    """The name that git would give to a directory with these entries, in git's order."""
    data = b"".join(b"%s %s\0%s" % (mode, name.encode(errors="surrogateescape"), id) for name, (mode, id) in entries)
    return digest(b"tree %d\0%s" % (len(data), data), like=like)
