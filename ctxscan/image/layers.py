"""The file systems of stages, as far as files of a context are in them.

COPY grafts directories of the context into a stage and COPY --from grafts parts of one stage into another; nothing
below such a directory is looked at unless an instruction tells its entries apart. So a stage that copies a million
files is one node here, and where they end is exact to the file all the same. It knows no instructions and never reads a
file.

Stages that copy from one another share their directories: a chain of forty that each copies the one before it twice has
forty directories and a million million paths. What is done to a directory is done once and remembered by it, and
`Work` ends what is too much all the same.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ..errors import CtxscanError
from ..paths import join
from ..rules import globs
from ..rules.matcher import State

if TYPE_CHECKING:
    from ..context.transfer import Files

#: As many links in a row as BuildKit follows.
MAX_LINKS: Final = 255
#: How many entries may be gone through to follow what the stages of one build copy from one another, and how many
#: levels of directories. What is shown of a context does not count.
MAX_WORK: Final = 500_000
MAX_DEPTH: Final = 400


class Work:
    """Counts the entries of directories that are gone through, and knows the directories that were made of others.
    `done` is how many entries there were."""

    __slots__ = ("_known", "done", "limit")

    def __init__(self, limit: int = MAX_WORK) -> None:
        self.done = 0
        self.limit = limit
        self._known: dict[tuple[object, ...], Dir] = {}

    def spend(self, entries: int) -> None:
        """Count `entries`. Raises `CtxscanError` once there were too many."""
        self.done += entries
        if self.done > self.limit:
            raise CtxscanError(
                f"the stages copy more than {self.limit} entries from one another: this is not followed any further"
            )

    def shared(self, made: Dir) -> Dir:
        """The one frozen directory that holds the same as `made`."""
        shown = tuple((id(each.files), *each[1:]) for each in made.shown)
        return self._known.setdefault((*made.names.items(), None, *shown), made.copy())


class Filter(NamedTuple):
    """Patterns of `--exclude` (`keeps` False) or `--parents` (True), at some depth: a name that they hit is left out,
    or is all that is taken."""

    state: State
    keeps: bool

    def passes(self, name: str, directory: bool) -> bool:
        if self.takes(name):
            return True
        if not self.keeps:
            return directory and any(each.negated for each in self.state.matcher.patterns)
        return directory and not self.state.enter(name).settled

    def takes(self, name: str) -> bool:
        """Whether the entry is taken for its own sake, not for what may be below it."""
        return self.state.decide(name).excluded is self.keeps

    def enter(self, name: str) -> Filter:
        return Filter(self.state.enter(name), self.keeps)


class Shown(NamedTuple):
    """A directory of a context that shows through, less what `filters` take out. `by` is the bit of the command that
    put it there, 0: a COPY did. `stamps` are the modes and owners that were given to all in it."""

    files: Files
    path: str
    filters: tuple[Filter, ...] = ()
    by: int = 0
    stamps: tuple[str, ...] = ()

    def kind(self, name: str) -> str | None:
        kind = self._passing(name)
        if kind == "dir" and self._is_thin(name):
            return kind if self.enter(name)._holds() else None
        return kind

    def _passing(self, name: str) -> str | None:
        kind = self.files.kind(join(self.path, name))
        return kind if kind and all(each.passes(name, kind == "dir") for each in self.filters) else None

    def _is_thin(self, name: str) -> bool:
        """Whether a directory is there only for what the filters keep in it."""
        return any(each.keeps and not each.takes(name) for each in self.filters)

    def _holds(self) -> bool:
        """Whether anything in a directory is kept, however deep it lies."""
        todo = [self]
        while todo:
            place = todo.pop()
            for name in place.files.names(place.path):
                kind = place._passing(name)
                if kind == "dir" and place._is_thin(name):
                    todo.append(place.enter(name))
                elif kind:
                    return True
        return False

    def names(self) -> Iterator[str]:
        return (name for name in self.files.names(self.path) if self.kind(name))

    def enter(self, name: str) -> Shown:
        filters = tuple(each.enter(name) for each in self.filters)
        return self._replace(path=join(self.path, name), filters=filters)

    def less(self, filters: tuple[Filter, ...]) -> Shown:
        """The same without what the filters take out."""
        return self._replace(filters=(*self.filters, *(each for each in filters if each not in self.filters)))

    def file(self, name: str) -> File:
        path = join(self.path, name)
        file = File(files=self.files, path=path, link=self.files.link(path), stamps=self.stamps)
        return file.unsure(self.by) if self.by else file


class File:
    """What is no directory. `path`: its place in the context, if it comes from there; `link` its text, if it is one.
    `made_of`: what a command may have put into it, and `by` the bit of that command; `stamps` the modes and owners it
    was given; `text` what is in it, if that is no file of a context."""

    __slots__ = ("by", "files", "link", "made_of", "path", "stamps", "text")

    def __init__(
        self,
        *,
        files: Files | None = None,
        path: str | None = None,
        link: str | None = None,
        made_of: tuple[LayerNode, ...] = (),
        stamps: tuple[str, ...] = (),
        text: str | None = None,
        by: int = 0,
    ) -> None:
        self.files = files
        self.path = path
        self.link = link
        self.made_of = made_of
        self.stamps = stamps
        self.text = text
        self.by = by

    def copy(self) -> File:
        return self

    def stamped(self, stamps: tuple[str, ...], work: Work | None = None, depth: int = 0) -> File:
        """The same with another mode or owner."""
        return File(
            files=self.files,
            path=self.path,
            link=self.link,
            made_of=self.made_of,
            stamps=self.stamps + stamps,
            text=self.text,
            by=self.by,
        )

    def unsure(self, by: int, work: Work | None = None, depth: int = 0) -> File:
        """The same as the command `by` has put it somewhere."""
        return self if self.path is None else File(link=self.link, made_of=(self,), by=by)


class Dir:
    """`names` are entries put here one by one, and hide those of the same name in `shown`, of which the later hide the
    earlier.

    A directory is changed in place as long as it has one place only. `copy` gives one that is `frozen`: it may be put
    in many places and is never changed again, and neither is anything in it.
    """

    __slots__ = ("_copy", "_filtered", "_is_unsure", "_joined", "_stamped", "_unsure", "frozen", "names", "shown")

    def __init__(self, names: dict[str, LayerNode] | None = None, shown: tuple[Shown, ...] = ()) -> None:
        self.names = {} if names is None else names
        self.shown = shown
        self.frozen = False
        self._copy: Dir | None = None
        # What was made of a frozen one, so that it is made once.
        self._joined: dict[Dir, Dir] = {}
        self._stamped: dict[tuple[str, ...], Dir] = {}
        self._filtered: dict[tuple[Filter, ...], Dir] = {}
        self._unsure: dict[int, Dir] = {}
        self._is_unsure = False

    def child(self, name: str) -> LayerNode | None:
        if name in self.names:
            return self.names[name]
        below: list[Shown] = []
        for each in reversed(self.shown):
            kind = each.kind(name)
            if kind == "dir":
                below.insert(0, each.enter(name))
            elif kind is not None and not below:
                return each.file(name)
            elif kind is not None:
                break
        return Dir(shown=tuple(below)) if below else None

    def entries(self) -> list[tuple[str, LayerNode]]:
        """All entries in byte order of their names."""
        names = set(self.names).union(*(each.names() for each in self.shown))
        return [(name, node) for name in sorted(names, key=_raw) if (node := self.child(name)) is not None]

    def matching(self, pattern: str) -> list[tuple[str, LayerNode]]:
        """The entries whose names match, in byte order; nothing is asked of the others."""
        names = set(self.names).union(*(each.files.names(each.path) for each in self.shown))
        fitting = sorted(globs.matching(pattern, names), key=_raw)
        return [(name, node) for name in fitting if (node := self.child(name)) is not None]

    def directory(self, name: str) -> Dir:
        """The directory `name`, made if it is not there; a file in its place gives way."""
        node = self.child(name)
        if not isinstance(node, Dir):
            node = Dir()
        elif node.frozen:
            node = node.changeable()
        self._put(name, node)
        return node

    def put(self, name: str, node: LayerNode, work: Work) -> None:
        """Place `node` as `name`: a file replaces, a directory joins what is there."""
        if isinstance(node, Dir):
            there = self.child(name)
            node = there.copy()._with(node.copy(), work, 1) if isinstance(there, Dir) else node.copy()
        self._put(name, node)

    def replace(self, name: str, node: LayerNode) -> None:
        """Put `node` in the place of whatever is called `name`."""
        self._put(name, node)

    def join(self, other: Dir, work: Work) -> None:
        """Lay the entries of `other` over these."""
        self._join(other.copy(), work, 0)

    def _join(self, other: Dir, work: Work, depth: int) -> None:
        check_depth(depth)
        work.spend(1 + len(other.names) + len(self.names) * len(other.shown))
        for shown in other.shown:
            for name in list(self.names):
                kind = shown.kind(name)
                mine = self.names[name]
                if kind == "dir" and isinstance(mine, Dir):
                    self._put(name, mine.copy()._with(work.shared(Dir(shown=(shown.enter(name),))), work, depth + 1))
                elif kind is not None:
                    del self.names[name]
                    self._copy = None
            # What is laid over itself hides what it has been.
            self.shown = (*(each for each in self.shown if each != shown), shown)
            self._copy = None
        for name, node in other.names.items():
            there = self.child(name) if isinstance(node, Dir) else None
            if isinstance(node, Dir) and isinstance(there, Dir):
                node = there.copy()._with(node.copy(), work, depth + 1)
            self._put(name, node.copy())

    def _with(self, other: Dir, work: Work, depth: int) -> Dir:
        """This one with the entries of `other` over its own; both are frozen."""
        if other is self:
            return self
        found = self._joined.get(other)
        if found is None:
            work.spend(len(self.names))
            found = self.changeable()
            found._join(other, work, depth)
            found = self._joined[other] = work.shared(found)
        return found

    def _put(self, name: str, node: LayerNode) -> None:
        self.names[name] = node
        self._copy = None

    def copy(self) -> Dir:
        """The same, which later changes leave alone."""
        if self.frozen:
            return self
        if self._copy is None:
            self._copy = self.changeable()
            self._copy.frozen = True
        return self._copy

    def changeable(self) -> Dir:
        """The same, to be changed without this one. What is in it has two places from now on."""
        for each in self.names.values():
            if isinstance(each, Dir):
                each.frozen = True
        return Dir(dict(self.names), self.shown)

    def stamped(self, stamps: tuple[str, ...], work: Work, depth: int = 0) -> Dir:
        """The same with another mode or owner of all in it."""
        mine = self.copy()
        found = mine._stamped.get(stamps)
        if found is None:
            check_depth(depth)
            work.spend(1 + len(mine.names))
            found = Dir(shown=tuple(each._replace(stamps=each.stamps + stamps) for each in mine.shown))
            for name, each in mine.names.items():
                found.names[name] = each.stamped(stamps, work, depth + 1)
            found = mine._stamped[stamps] = work.shared(found)
        return found

    def unsure(self, by: int, work: Work, depth: int = 0) -> Dir:
        """The same as the command `by` has put it somewhere; what a command has put elsewhere before keeps its bit."""
        mine = self.copy()
        if mine._is_unsure:
            return mine
        known = mine._unsure.get(by)
        if known is None:
            check_depth(depth)
            work.spend(1 + len(mine.names))
            found = Dir(shown=tuple(each if each.by else each._replace(by=by) for each in mine.shown))
            for name, each in mine.names.items():
                found.names[name] = each.unsure(by, work, depth + 1)
            known = mine._unsure[by] = work.shared(found)
            known._is_unsure = True
        return known

    def filtered(self, filters: tuple[Filter, ...], work: Work, depth: int = 0) -> Dir:
        """The same without what the filters take out."""
        mine = self.copy()
        found = mine._filtered.get(filters)
        if found is None:
            check_depth(depth)
            work.spend(4 * (1 + len(mine.names)))  # it takes so much longer than the others
            found = Dir(shown=tuple(each.less(filters) for each in mine.shown))
            for name, node in mine.names.items():
                if all(each.passes(name, isinstance(node, Dir)) for each in filters):
                    below = tuple(each.enter(name) for each in filters)
                    found.names[name] = node.filtered(below, work, depth + 1) if isinstance(node, Dir) else node
            found = mine._filtered[filters] = work.shared(found)
        return found


def check_depth(depth: int) -> None:
    """Raise `CtxscanError` where directories lie too deep in one another to be followed."""
    if depth > MAX_DEPTH:
        raise CtxscanError(f"the stages copy more than {MAX_DEPTH} levels of directories over one another")


LayerNode: TypeAlias = File | Dir


def lookup(root: Dir, path: str) -> tuple[str, LayerNode] | None:
    """What lies at `path`, links on the way and at its end followed within `root`, and the name it has there."""
    todo = [part for part in path.split("/") if part not in ("", ".")][::-1]
    trail: list[tuple[str, LayerNode]] = [("", root)]
    links = 0
    while todo:
        part = todo.pop()
        if part == "..":
            trail = trail[:-1] or trail
            continue
        here = trail[-1][1]
        node = here.child(part) if isinstance(here, Dir) else None
        if node is None:
            return None
        if isinstance(node, File) and node.link is not None:
            links += 1
            if links > MAX_LINKS:
                return None
            if node.link.startswith("/"):
                trail = trail[:1]
            todo += [each for each in node.link.split("/") if each not in ("", ".")][::-1]
            continue
        trail.append((part, node))
    return trail[-1]


class Selection(NamedTuple):
    """What a source of COPY means: base names and nodes, in the order they are copied, and the paths whose absence
    makes the build fail."""

    found: list[tuple[str, LayerNode]]
    missing: list[str]


def select(root: Dir, source: str, work: Work) -> Selection:
    """What `source` means in `root`. A wild card may match nothing, if there is the directory to look in; a link that
    leads nowhere is missing."""
    parts = posixpath.normpath("/" + source).strip("/").split("/")
    fixed = next((at for at, part in enumerate(parts) if globs.is_wild(part)), len(parts))
    plain = "/".join(map(globs.literal, parts[:fixed]))
    found = lookup(root, plain)
    if fixed == len(parts):
        # A link has the name of the link, whatever it leads to.
        return Selection([(plain.rpartition("/")[2], found[1])] if found else [], [] if found else [plain])
    if found is None:
        return Selection([], [plain])
    level = [(plain, found[1])]
    for part in parts[fixed:]:
        # Links are followed where the match ends, never on the way.
        todo, level = level, []
        for above, node in todo:
            work.spend(1 + len(node.names) if isinstance(node, Dir) else 1)
            level += (
                [(join(above, name), below) for name, below in node.matching(part)] if isinstance(node, Dir) else []
            )
    out = Selection([], [])
    for path, node in level:
        target = lookup(root, path) if isinstance(node, File) and node.link is not None else (path, node)
        if target is None:
            out.missing.append(path)
        else:
            out.found.append((path.rpartition("/")[2], target[1]))
    return out


def _raw(name: str) -> bytes:
    return name.encode(errors="surrogateescape")
