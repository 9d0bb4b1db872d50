"""The file systems of stages, as far as files of a context are in them.

COPY grafts directories of the context into a stage and COPY --from grafts parts of one stage into another; nothing
below such a directory is looked at unless an instruction tells its entries apart. So a stage that copies a million
files is one node here, and where they end is exact to the file all the same. It knows no instructions and never reads a
file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ..errors import CtxscanError
from ..rules import globs
from ..rules.matcher import State

if TYPE_CHECKING:
    from ..context.transfer import Files

#: As many links in a row as BuildKit follows.
MAX_LINKS: Final = 255
#: Entries that stages may copy from one another, and how deep they may lie: a chain of two COPY --from in each stage
#: doubles them, and no disk would hold what forty stages of that make.
MOST_ENTRIES: Final = 1_000_000
MOST_LEVELS: Final = 200


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
    """A directory of a context that shows through, less what `filters` take out. `sure`: by COPY, not by a command.
    `stamps` are the modes and owners that were given to all in it."""

    files: Files
    path: str
    filters: tuple[Filter, ...] = ()
    sure: bool = True
    stamps: tuple[str, ...] = ()

    def kind(self, name: str) -> str | None:
        kind = self.files.kind(_join(self.path, name))
        if kind is None or not all(each.passes(name, kind == "dir") for each in self.filters):
            return None
        if kind == "dir" and any(each.keeps and not each.takes(name) for each in self.filters):
            return kind if next(self.enter(name).names(), None) else None
        return kind

    def names(self) -> Iterator[str]:
        return (name for name in self.files.names(self.path) if self.kind(name))

    def enter(self, name: str) -> Shown:
        filters = tuple(each.enter(name) for each in self.filters)
        return self._replace(path=_join(self.path, name), filters=filters)

    def file(self, name: str) -> File:
        path = _join(self.path, name)
        file = File(files=self.files, path=path, link=self.files.link(path), stamps=self.stamps)
        return file if self.sure else file.unsure()


class File:
    """What is no directory. `path`: its place in the context, if it comes from there; `link` its text, if it is one.
    `made_of`: what a command may have put into it; `stamps` the modes and owners it was given; `text` what is in it, if
    that is no file of a context."""

    __slots__ = ("files", "link", "made_of", "path", "stamps", "text")

    def __init__(
        self,
        *,
        files: Files | None = None,
        path: str | None = None,
        link: str | None = None,
        made_of: tuple[Node, ...] = (),
        stamps: tuple[str, ...] = (),
        text: str | None = None,
    ) -> None:
        self.files = files
        self.path = path
        self.link = link
        self.made_of = made_of
        self.stamps = stamps
        self.text = text

    def copy(self) -> File:
        return self

    def stamped(self, stamps: tuple[str, ...]) -> File:
        """The same with another mode or owner."""
        return File(
            files=self.files,
            path=self.path,
            link=self.link,
            made_of=self.made_of,
            stamps=self.stamps + stamps,
            text=self.text,
        )

    def unsure(self) -> File:
        """The same as a command has put it somewhere."""
        return self if self.path is None else File(link=self.link, made_of=(self,))


class Dir:
    """`names` are entries put here one by one, and hide those of the same name in `shown`, of which the later hide the
    earlier."""

    __slots__ = ("names", "shown")

    def __init__(self, names: dict[str, Node] | None = None, shown: tuple[Shown, ...] = ()) -> None:
        self.names = {} if names is None else names
        self.shown = shown

    def child(self, name: str) -> Node | None:
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

    def entries(self) -> list[tuple[str, Node]]:
        """All entries in byte order of their names."""
        names = set(self.names).union(*(each.names() for each in self.shown))
        return [(name, node) for name in sorted(names, key=_raw) if (node := self.child(name)) is not None]

    def directory(self, name: str) -> Dir:
        """The directory `name`, made if it is not there; a file in its place gives way."""
        node = self.child(name)
        if not isinstance(node, Dir):
            node = Dir()
        self.names[name] = node
        return node

    def put(self, name: str, node: Node) -> None:
        """Place `node` as `name`: a file replaces, a directory joins what is there."""
        if isinstance(node, Dir):
            self.directory(name).join(node)
        else:
            self.names[name] = node

    def join(self, other: Dir) -> None:
        """Lay the entries of `other` over these."""
        for shown in other.shown:
            for name in list(self.names):
                kind = shown.kind(name)
                mine = self.names[name]
                if kind == "dir" and isinstance(mine, Dir):
                    mine.join(Dir(shown=(shown.enter(name),)))
                elif kind is not None:
                    del self.names[name]
            self.shown = (*self.shown, shown)
        for name, node in other.names.items():
            self.put(name, node)

    def copy(self) -> Dir:
        """The same, which later changes leave alone."""
        return Dir({name: each.copy() for name, each in self.names.items()}, self.shown)

    def stamped(self, stamps: tuple[str, ...]) -> Dir:
        """The same with another mode or owner of all in it."""
        names: dict[str, Node] = {name: each.stamped(stamps) for name, each in self.names.items()}
        return Dir(names, tuple(each._replace(stamps=each.stamps + stamps) for each in self.shown))

    def unsure(self) -> Dir:
        """The same as a command has put it somewhere."""
        names = {name: each.unsure() for name, each in self.names.items()}
        return Dir(dict(names), tuple(each._replace(sure=False) for each in self.shown))

    def filtered(self, filters: tuple[Filter, ...]) -> Dir:
        """The same without what the filters take out."""
        names = {}
        for name, node in self.names.items():
            if all(each.passes(name, isinstance(node, Dir)) for each in filters):
                below = tuple(each.enter(name) for each in filters)
                names[name] = node.filtered(below) if isinstance(node, Dir) else node
        return Dir(names, tuple(each._replace(filters=each.filters + filters) for each in self.shown))


Node: TypeAlias = File | Dir


def weigh(node: Node, most: int) -> int:
    """How many entries were put into a node one by one, counted no further than `most`, so that it costs no more. What
    a directory shows of a context counts as one. Raises `CtxscanError` where they lie too deep."""
    count = 0
    todo = [(node, 0)]
    while todo and count <= most:
        here, level = todo.pop()
        count += 1
        if level > MOST_LEVELS:
            raise CtxscanError(f"stages copy into more than {MOST_LEVELS} levels of directories")
        if isinstance(here, Dir):
            todo += [(each, level + 1) for each in here.names.values()]
    return count


def find(root: Dir, path: str) -> tuple[str, Node] | None:
    """What lies at `path`, links on the way and at its end followed within `root`, and the name it has there."""
    todo = [part for part in path.split("/") if part not in ("", ".")][::-1]
    trail: list[tuple[str, Node]] = [("", root)]
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

    found: list[tuple[str, Node]]
    missing: list[str]


def select(root: Dir, source: str) -> Selection:
    """What `source` means in `root`. A wild card may match nothing, if there is the directory to look in; a link that
    leads nowhere is missing."""
    parts = posixpath.normpath("/" + source).strip("/").split("/")
    fixed = next((at for at, part in enumerate(parts) if globs.is_wild(part)), len(parts))
    plain = "/".join(map(globs.literal, parts[:fixed]))
    found = find(root, plain)
    if fixed == len(parts):
        # A link has the name of the link, whatever it leads to.
        return Selection([(plain.rpartition("/")[2], found[1])] if found else [], [] if found else [plain])
    if found is None:
        return Selection([], [plain])
    level = [(plain, found[1])]
    for part in parts[fixed:]:
        # Links are followed where the match ends, never on the way.
        level = [
            (_join(above, name), below)
            for above, node in level
            if isinstance(node, Dir)
            for name, below in node.entries()
            if globs.matches(part, name)
        ]
    out = Selection([], [])
    for path, node in level:
        target = find(root, path) if isinstance(node, File) and node.link is not None else (path, node)
        if target is None:
            out.missing.append(path)
        else:
            out.found.append((path.rpartition("/")[2], target[1]))
    return out


def _join(above: str, name: str) -> str:
    return f"{above}/{name}" if above else name


def _raw(name: str) -> bytes:
    return name.encode(errors="surrogateescape")
