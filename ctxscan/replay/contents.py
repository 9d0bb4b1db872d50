"""One name for everything that a source takes: the name that git would give to what is left of it.

A directory of which nothing is left out has its name in the repository, at no cost; of another one the entries that
were sent and selected are named anew, once for each version. Equal names mean equal kinds, modes, link targets and
bytes, which is what a builder compares. It decides no fate: the states of the matchers do.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final, TypeAlias

from ..context.transfer import Descent, Sent
from ..git.history import DIRECTORY, FILE, PINNED, GitEntry, GitTree, Snapshot, digest, named
from ..image.layers import Dir, File, Filter, LayerNode, Shown, check_depth
from ..paths import join

#: What a commit changes in a `.git`, whatever it changes.
_CHANGING: Final = ("index", "logs/HEAD", "objects/00/00", "refs/heads/main", "COMMIT_EDITMSG")

#: The directories whose names are remembered.
_REMEMBERED: Final = 10_000

Key: TypeAlias = tuple[object, ...]


class Contents:
    """The names of what lies in one repository; `like` is any name in it."""

    def __init__(self, like: bytes) -> None:
        self.like = like
        self._nothing = GitEntry(DIRECTORY, named([], like=like))
        self._empty = digest(b"blob 0\0", like=like)
        self._known: dict[Key, GitEntry] = {}
        # Of each directory as it was seen last: its entries, and what was left of each. Most are the same next time.
        self._last: dict[Key, tuple[GitTree, dict[str, GitEntry | None]]] = {}
        self._made: dict[Dir, GitEntry] = {}
        #: The submodules that were met.
        self.pinned: set[str] = set()

    def digest(self, *parts: str | bytes) -> bytes:
        """A name for what is made of these parts."""
        raw = [os.fsencode(each) for each in parts]
        return digest(b"".join(b"%d:%s" % (len(each), each) for each in raw), like=self.like)

    def text(self, text: str) -> GitEntry:
        """The name of a file with this text."""
        data = text.encode(errors="surrogateescape")
        return GitEntry(FILE, digest(b"blob %d\0%s" % (len(data), data), like=self.like))

    def of(self, node: LayerNode, depth: int = 0) -> GitEntry:
        """The name of what lies in a file system of a build."""
        check_depth(depth)
        if isinstance(node, File):
            return self._file(node)
        if not node.names and len(node.shown) == 1:
            return self._shown(node.shown[0])
        # Stages share directories, and what one of them is called is worked out once.
        node = node.copy()
        if node not in self._made:
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            entries = [(name, self.of(each, depth + 1)) for name, each in node.entries()]
            self._made[node] = GitEntry(DIRECTORY, self._named(entries))
        return self._made[node]

    def _named(self, entries: Iterable[tuple[str, GitEntry]]) -> bytes:
        return named(sorted(entries, key=_git_order), like=self.like)

    def _file(self, file: File) -> GitEntry:
        if file.text is not None:
            entry = self.text(file.text)
        else:
            assert isinstance(file.files, Sent) and file.path is not None
            snapshot = snapshot_of(file.files)
            found = snapshot.entry(file.path)
            assert found is not None
            entry = _plain(found)
            above, _, name = file.path.rpartition("/")
            if file.files.descent(above).rules.decide(name).withheld:
                entry = GitEntry(entry.mode, self._empty)
        return _stamped(entry, file.stamps)

    def _shown(self, shown: Shown) -> GitEntry:
        assert isinstance(shown.files, Sent)
        snapshot = snapshot_of(shown.files)
        entry = snapshot.entry(shown.path)
        if entry is None or entry.mode != DIRECTORY:
            return entry or self._nothing
        descent = shown.files.descent(shown.path)
        return self._directory(snapshot, shown.path, entry.id, descent, shown.filters, shown.stamps)

    def _directory(
        self,
        snapshot: Snapshot,
        path: str,
        tree: bytes,
        descent: Descent,
        filters: tuple[Filter, ...],
        stamps: tuple[str, ...],
    ) -> GitEntry:
        if descent.hopeless:
            return self._nothing
        own = snapshot.repository if not path else None
        if own is None and not filters and not stamps and descent.everything:
            return GitEntry(DIRECTORY, tree)
        place = (path, descent, filters, stamps)
        # Where a directory lies matters only if the rules look for something below it by its whole path.
        matcher = descent.rules.matcher
        named_path = path if matcher.prunes and (not path or matcher.walks(path)) else None
        key = (named_path, tree, own, *place[1:])
        found = self._known.get(key)
        if found is None:
            entries = snapshot.entries(path, tree)
            before, kept = self._last.get(place, ({}, {}))
            left = {
                name: kept[name]
                if before.get(name) == entry
                else self._left(snapshot, path, name, entry, descent, filters, stamps)
                for name, entry in entries.items()
            }
            self._last[place] = entries, left
            some = ((name, entry) for name, entry in left.items() if entry is not None)
            found = GitEntry(DIRECTORY, self._named(some) if own else named(some, like=self.like))
            self._known[key] = found
        return found

    def _left(
        self,
        snapshot: Snapshot,
        path: str,
        name: str,
        entry: GitEntry,
        descent: Descent,
        filters: tuple[Filter, ...],
        stamps: tuple[str, ...],
    ) -> GitEntry | None:
        """What is left of an entry of a directory; None: it was not sent, or is left out."""
        verdict = descent.rules.decide(name)
        sent = not verdict.excluded and descent.asks_for(name)
        inner = entry.mode in (DIRECTORY, PINNED)
        if not (sent or inner) or not all(each.passes(name, inner) for each in filters):
            return None
        if not inner:
            return _stamped(GitEntry(entry.mode, self._empty) if verdict.withheld else _plain(entry), stamps)
        below = join(path, name)
        deeper = descent.enter(name, below)
        if entry.mode == PINNED:
            own = name == ".git" and not path
            if not sent or (own and not _changes(deeper)):
                return None
            self.pinned.update([] if own else [below])
            return entry
        inside = self._directory(snapshot, below, entry.id, deeper, tuple(each.enter(name) for each in filters), stamps)
        # For the sake of what is in it, or for its own.
        itself = sent and all(not each.keeps or each.takes(name) for each in filters)
        return inside if itself or inside.id != self._nothing.id else None


def _changes(repository: Descent) -> bool:
    """Whether the rules keep anything of a `.git` that is another one after each commit."""
    for path in _CHANGING:
        *above, name = path.split("/")
        here, place = repository, ".git"
        for each in above:
            place = f"{place}/{each}"
            here = here.enter(each, place)
        if here.walked and not here.rules.decide(name).excluded:
            return True
    return False


def snapshot_of(sent: Sent) -> Snapshot:
    assert isinstance(sent.context, Snapshot)
    return sent.context


def _plain(entry: GitEntry) -> GitEntry:
    """Old repositories have modes that a checkout does not make."""
    return GitEntry(FILE, entry.id) if entry.mode == b"100664" else entry


def _stamped(entry: GitEntry, stamps: tuple[str, ...]) -> GitEntry:
    return GitEntry(b" ".join((entry.mode, *map(os.fsencode, stamps))), entry.id) if stamps else entry


def _git_order(item: tuple[str, GitEntry]) -> bytes:
    name, entry = item
    return name.encode(errors="surrogateescape") + (b"/" if entry.mode == DIRECTORY else b"")
