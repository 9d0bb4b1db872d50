"""What the builder asks of a context: the paths that the reachable instructions name, with links followed.

BuildKit reads the Dockerfile first and then asks its client for the sources of every stage that the target needs; the
client follows the symlinks among them on its own disk, whatever the rules say, and what comes out are patterns of their
own that an entry has to match to be sent (sections 6.2 to 6.5 of `docs/semantics.md`). It does not apply ignore rules
(`walk` does) and does not know where a file ends (`image.reach`).
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from .. import system
from ..errors import CtxscanError
from ..rules import globs
from ..rules.matcher import Matcher, State
from .narrowing import Asked, Narrowing

if TYPE_CHECKING:
    from typing import Protocol

    from ..dockerfile.stages import Origin, Plan, Step

    #: A path that a step asks for, empty for all; None: what asks is no step.
    _Asked = tuple[Step | None, str]

    class Files(Protocol):
        """A directory tree that can be read by path: a context on disk or in a history, or what was sent of one.

        `kind` is None where there is nothing or a link on the way, `names` are in byte order, `link` is the text of a
        link.
        """

        def kind(self, path: str) -> EntryKind | None: ...
        def names(self, path: str) -> tuple[str, ...]: ...
        def link(self, path: str) -> str | None: ...


#: The context itself, where a build has contexts with names too.
MAIN: Final = ""

EntryKind: TypeAlias = Literal["file", "dir", "symlink", "other"]


class Request(NamedTuple):
    """What one transfer asks of the context `name` (`MAIN`, or that of a `--build-context`).

    `paths` are the sources as the builder hands them to its client, sorted; None: no source narrows it, all is sent.
    `whole_because` are then the steps that ask for everything.
    """

    name: str
    paths: tuple[str, ...] | None
    whole_because: tuple[Step, ...]


def requests(plan: Plan) -> tuple[Request, ...]:
    """The transfers that a build makes: at most one of the context, and of a named context one for each set of paths
    that is asked of it."""
    used = _used(plan)
    out = []
    steps = [step for stage in plan.stages for step in stage.steps]
    asked: list[_Asked] = [(step, source) for step in steps for source in context_sources(step)]
    if any(list(context_sources(step)) for step in _steps(plan, used)):
        # A tmpfs mount counts as a source, and its source is everything: a known trap. Alone it asks for nothing.
        asked += [(step, "") for step in steps for mount in step.mounts if mount.kind == "tmpfs" and not mount.origin]
        out.append(_request(MAIN, asked))
    found: dict[tuple[str, tuple[str, ...] | None], Request] = {}
    for request in _named_requests(plan, used):
        known = found.get(request[:2])
        because = dict.fromkeys((*(known.whole_because if known else ()), *request.whole_because))
        found[request[:2]] = request._replace(whole_because=tuple(because))
    return (*out, *found.values())


def _used(plan: Plan) -> set[int]:
    """The stages that are run, and not only looked at since a mount names them that begins empty."""
    stages = {stage.index: stage for stage in plan.stages}
    used: set[int] = set()
    todo = [plan.target.index]
    while todo:
        index = todo.pop()
        if index not in used:
            used.add(index)
            origins = [stages[index].origin]
            for step in stages[index].steps:
                origins += [origin for origin, _ in _reads(step)]
            todo += [origin.stage for origin in origins if origin.stage is not None]
    return used


def _steps(plan: Plan, used: set[int]) -> Iterator[Step]:
    return (step for stage in plan.stages if stage.index in used for step in stage.steps)


def _reads(step: Step) -> Iterator[tuple[Origin, str]]:
    """What a step takes from elsewhere than the context, with the cleaned paths."""
    if step.origin is not None:
        yield from ((step.origin, cleaned(each.text)) for each in step.sources if each.kind == "path")
    for mount in step.mounts:
        if mount.origin is not None and mount.kind in ("bind", "cache"):
            yield mount.origin, cleaned(mount.source)


def _named_requests(plan: Plan, used: set[int]) -> Iterator[Request]:
    # What is asked of a stage is asked of what it is built on. The target, and what has a RUN, need all of that.
    roots = _roots(plan)
    asked: dict[int, list[_Asked]] = {index: [] for index in roots.values()}
    asked[roots[plan.target.index]].append((None, ""))
    for stage in plan.stages:
        for step in stage.steps:
            if step.keyword == "RUN":
                asked[roots[stage.index]].append((step, ""))
            for origin, path in _reads(step):
                if origin.stage is not None:
                    asked[roots[origin.stage]].append((step, path))
    for stage in plan.stages:
        if stage.index in used and stage.origin.kind == "context" and roots[stage.index] == stage.index:
            yield _request(stage.origin.name, asked[stage.index])
    for step in _steps(plan, used):
        mine = [(origin, path) for origin, path in _reads(step) if origin.kind == "context" and origin.stage is None]
        if step.origin is not None and mine:
            yield _request(step.origin.name, [(step, path) for _, path in mine])
        else:
            yield from (_request(origin.name, [(step, path)]) for origin, path in mine)


def _roots(plan: Plan) -> dict[int, int]:
    """For every stage, the one at the beginning of the chain of those that it is built on."""
    roots: dict[int, int] = {}
    for stage in plan.stages:
        above = stage.origin.stage
        roots[stage.index] = stage.index if above is None else roots[above]
    return roots


def context_sources(step: Step) -> Iterator[str]:
    """What a step reads from the context, as cleaned paths; empty: all of it."""
    if step.origin is None:
        for source in step.sources:
            # A git address of the kind that is no URL is asked for as a path, too, and not found.
            if source.kind == "path" or (source.kind == "git" and not source.text.startswith(("http:", "https:"))):
                yield cleaned(source.text)
    yield from (cleaned(mount.source) for mount in step.mounts if mount.kind == "bind" and mount.origin is None)


def cleaned(source: str) -> str:
    """A source as the builder sees it: below the context whatever it says. `a`, `./a/`, `/a` and `../a` are one."""
    # `--parents` marks with `/./` where the kept directories begin; to the transfer that is nothing.
    return posixpath.normpath("/" + source.replace("//", "/")).lstrip("/")


def _request(name: str, asked: list[_Asked]) -> Request:
    paths = sorted({source for _, source in asked})
    whole = tuple(dict.fromkeys(step for step, source in asked if step is not None and not source))
    return Request(name, tuple(paths) if all(paths) and paths else None, whole)


def narrowed(paths: Iterable[str], context: Files) -> Narrowing | None:
    """What `paths` make the client send; None: everything."""
    paths = tuple(paths)
    if all(path.isascii() for path in paths) and any(c < " " or c == "\x7f" for path in paths for c in path):
        # As with rules: all of it is encoded as soon as something is not ASCII.
        words = 'header key "followpaths" contains value with non-printable ASCII characters'
        raise CtxscanError(f"failed to solve: {words}")
    followed = follow(paths, context)
    return None if followed is None else narrowed_to(followed)


def narrowed_to(followed: tuple[str, ...]) -> Narrowing:
    """The same where it is known what `follow` finds."""
    from ..rules.grammars import DockerPattern, PatternProblem

    patterns = []
    try:
        for each in followed:
            pattern = DockerPattern.loaded(each)
            if pattern.include is not None:
                patterns.append(pattern)
            if pattern.problem:
                raise PatternProblem(pattern.problem)
    except PatternProblem as problem:
        raise CtxscanError(f"failed to solve: invalid includepatterns: [{' '.join(followed)}]: {problem}") from None
    return Narrowing(patterns)


def follow(paths: Iterable[str], context: Files) -> tuple[str, ...] | None:
    """The paths with all links on the way and at their end, sorted; None: one of them leads to the root.

    A wild card that matches a link stands for all that it matches from then on, so what would have been narrowed by the
    components after it is sent whole.
    """
    found: set[str] = set()
    todo = list(paths)[::-1]
    while todo:
        path = posixpath.normpath("/" + todo.pop()).lstrip("/")
        parts = path.split("/") if path else []
        here = ""
        for at, part in enumerate(parts):
            here = f"{here}/{part}" if here else part
            targets = list(_targets(here, context))
            if targets and here not in found:
                found.add(here)
                todo += [posixpath.join(target, *parts[at + 1 :]) for target in reversed(targets)]
            if targets:
                break
        else:
            found.add(path)
    return _without_nested(found)


def link_on(path: str, context: Files) -> str | None:
    """The first link on the way of `path` or at its end."""
    here = ""
    for part in path.split("/"):
        above, here = here, f"{here}/{part}" if here else part
        names = globs.matching(part, context.names(above)) if globs.is_wild(part) else [part]
        for name in names:
            each = f"{above}/{name}" if above else name
            if context.kind(each) == "symlink":
                return each
    return None


def _targets(path: str, context: Files) -> Iterator[str]:
    """Where the links lead that `path`, with a wild card in its last component perhaps, names."""
    above, _, name = path.rpartition("/")
    wild = globs.is_wild(name)
    for each in globs.matching(name, context.names(above)) if wild else [name]:
        link = context.link(f"{above}/{each}" if above else each)
        if link is not None:
            yield posixpath.normpath(posixpath.join("/", above, link))


def _without_nested(paths: set[str]) -> tuple[str, ...] | None:
    kept: list[str] = []
    for path in sorted(paths, key=os.fsencode):
        if not path:
            return None
        if not kept or not path.startswith(kept[-1] + "/"):
            kept.append(path)
    return tuple(kept)


class Context:
    """A context directory on disk, looked at path by path. No link in it is ever followed; what cannot be read is not
    there."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = os.fspath(root)
        self._kinds: dict[str, EntryKind | None] = {"": "dir"}
        self._names: dict[str, tuple[str, ...]] = {}

    def add(self, path: str) -> None:
        """Take it that a file lies at `path`, as it will."""
        above, _, name = path.rpartition("/")
        if self.kind(above) == "dir" and self.kind(path) is None:
            self._names[above] = tuple(sorted((*self.names(above), name), key=os.fsencode))
            self._kinds[path] = "file"

    def kind(self, path: str) -> EntryKind | None:
        """What lies at `path`; None: nothing, or it lies behind a link."""
        kinds = self._kinds
        if path not in kinds:
            end = -1
            while end < len(path):
                above, end = path[: max(end, 0)], path.find("/", end + 1)
                end = len(path) if end < 0 else end
                if path[:end] not in kinds:
                    kinds[path[:end]] = self._look(path[:end]) if kinds[above] == "dir" else None
        return kinds[path]

    def names(self, path: str) -> tuple[str, ...]:
        """The entries of a directory in byte order."""
        if path not in self._names:
            try:
                found = os.listdir(self._place(path)) if self.kind(path) == "dir" else []
            except OSError:
                found = []
            self._names[path] = tuple(sorted(found, key=os.fsencode))
        return self._names[path]

    def link(self, path: str) -> str | None:
        """The text of the link at `path`, or None if there is no link."""
        if self.kind(path) != "symlink":
            return None
        try:
            return system.with_slashes(os.readlink(self._place(path)))
        except OSError:
            return None

    def size(self, path: str) -> int | None:
        """The bytes of the file at `path`, or None if there is no file."""
        if self.kind(path) != "file":
            return None
        try:
            return os.lstat(self._place(path)).st_size
        except OSError:
            return None

    def _place(self, path: str) -> str:
        return system.located(self.root, path)

    def _look(self, path: str) -> EntryKind | None:
        try:
            mode = os.lstat(self._place(path)).st_mode
        except (OSError, ValueError):
            return None
        if stat.S_ISDIR(mode):
            return "dir"
        if stat.S_ISREG(mode):
            return "file"
        return "symlink" if stat.S_ISLNK(mode) else "other"


class Sent:
    """The part of a context that was sent, path by path: what the rules keep of what is asked for, with the directories
    above it."""

    def __init__(self, context: Files, rules: Matcher, narrowing: Narrowing | None) -> None:
        self.context = context
        self.rules = rules
        self.narrowing = narrowing
        asked = None if narrowing is None else narrowing.root
        self._states: dict[str, Descent] = {"": Descent(rules.root, asked, True)}
        self._kinds: dict[str, EntryKind | None] = {"": "dir"}

    def kind(self, path: str) -> EntryKind | None:
        """What was sent as `path`; None: nothing."""
        if path not in self._kinds:
            self._decide(path)
        return self._kinds[path]

    def names(self, path: str) -> tuple[str, ...]:
        """The entries of a directory that were sent, in byte order."""
        above = path + "/" if path else ""
        return tuple(name for name in self.context.names(path) if self.kind(above + name))

    def link(self, path: str) -> str | None:
        return self.context.link(path) if self.kind(path) == "symlink" else None

    def _decide(self, path: str) -> None:
        """Decide on a path, and below it on as much as that depends on, however deep it lies."""
        kinds = self._kinds
        todo = [(path, self._hopes(path))]
        while todo:
            here, hopes = todo[-1]
            while hopes and hopes[-1] in kinds and kinds[hopes[-1]] is None:
                hopes.pop()
            if hopes and hopes[-1] not in kinds:
                todo.append((hopes[-1], self._hopes(hopes[-1])))
                continue
            if here not in kinds:
                kinds[here] = "dir" if hopes else None
            todo.pop()

    def _hopes(self, path: str) -> list[str]:
        """Decide on a path by itself if that can be; if not, it is a directory that is sent as the parent of any of
        these, the first of them last."""
        kind = None if path in self.rules.removed else self.context.kind(path)
        above, _, name = path.rpartition("/")
        here = self.descent(above)
        if kind is None or not here.walked:
            self._kinds[path] = None
        elif not here.rules.decide(name).excluded and here.asks_for(name):
            self._kinds[path] = kind
        elif kind != "dir" or self.descent(path).hopeless:
            self._kinds[path] = None
        else:
            return [f"{path}/{each}" for each in reversed(self.context.names(path))]
        return []

    def descent(self, path: str) -> Descent:
        """What is known of the directory `path`."""
        states = self._states
        if path not in states:
            missing = [path]
            while (above := missing[-1].rpartition("/")[0]) not in states:
                missing.append(above)
            for each in reversed(missing):
                above, _, name = each.rpartition("/")
                states[each] = states[above].enter(name, each)
        return states[path]


class Descent(NamedTuple):
    """What is known of a directory on the way down; `walked`: the builder looks into it at all."""

    rules: State
    asked: Asked | None
    walked: bool

    def asks_for(self, name: str) -> bool:
        return self.asked is None or self.asked.asks_for(name)

    @property
    def hopeless(self) -> bool:
        """Nothing below is sent."""
        kept = not self.rules.excluded or not self.rules.settled
        return not (self.walked and kept) or (self.asked is not None and self.asked.nothing)

    @property
    def everything(self) -> bool:
        """All below is sent."""
        rules = self.rules
        return self.walked and rules.settled and not rules.excluded and (self.asked is None or self.asked.everything)

    def enter(self, name: str, path: str) -> Descent:
        walked = self.walked and (not self.rules.decide(name).excluded or self.rules.matcher.walks(path))
        return Descent(self.rules.enter(name), self.asked and self.asked.enter(name), walked)
