"""One build of one commit: stage after stage, what the cache has and what has to be done.

Each stage carries a number for its state and the file system that its copies have made of the context, so that what
another stage takes from it is compared by content; what a command made stands there as one thing that nobody can look
into. Which commits are built is for `replay`, and who is to blame for `blame`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..archive.endings import TAR
from ..context.transfer import Sent, cleaned
from ..dockerfile.stages import Mount, Origin, Plan, Source, Stage, Step
from ..git.history import LINK
from ..image.copies import directory_at, excluded, graft, has, is_unpacked, taken, unpacks
from ..image.layers import Dir, File, Filter, LayerNode, Selection, Shown, Work, lookup
from ..rules.globs import is_wild
from .cache import NOTHING, Cache
from .contents import Contents, snapshot_of
from .operations import keyed_target
from .variants import ReadDockerfile


class Done(NamedTuple):
    """A step that a build had to do or had in its cache. `cached` is None where nobody can tell; `failed` is what was
    missing, if that ended the build here. `operation` is what it does."""

    stage: Stage
    step: Step
    operation: Hashable
    cached: bool | None
    failed: str | None


@dataclass(slots=True)
class Line:
    """A stage on its way. `id` and `loose` are its state in the cache; `unsure`: it follows a step of which nobody can
    tell whether it was done again.

    `root` is what copies have put there, `below` names what lies under that (nothing for `scratch`), `pieces` what was
    put into it that cannot be looked into. `made`: bytes that a command made are in it; `again`: in this build.
    """

    id: int
    loose: int
    unsure: bool = False
    root: Dir = field(default_factory=Dir)
    below: bytes = b""
    pieces: bytes = b""
    made: bool = False
    again: bool = False

    @property
    def known(self) -> bool:
        """Whether there is nothing in it but what copies have put there."""
        return not self.below and not self.pieces

    def follow(self) -> Line:
        """Another stage that begins where this one ends."""
        return Line(
            self.id,
            self.loose,
            self.unsure,
            self.root.copy().changeable(),
            self.below,
            self.pieces,
            self.made,
            self.again,
        )


class Selected(NamedTuple):
    """What a step reads from one source: the `name` of its content, and `loose`, the same with what a command made left
    open. `made`: there is such a thing in it; `unsure`: the command ran in this build, or may have. `nodes` are put
    where the step says, and something that cannot be looked into if it is `closed`."""

    name: bytes
    loose: bytes
    nodes: tuple[tuple[str, LayerNode], ...]
    closed: bool = False
    made: bool = False
    unsure: bool = False


class Missing(Exception):
    """A build ends, for want of a source."""


class Course:
    """The build of one plan from one context. `named` are the contexts with names that lie in the history."""

    def __init__(
        self, recipe: ReadDockerfile, sent: Sent, named: Mapping[str, Sent], cache: Cache, contents: Contents
    ) -> None:
        self.plan = recipe.plan
        self.recipe = recipe
        self.sent = sent
        self.named = named
        self.cache = cache
        self.contents = contents
        self.lines: dict[int, Line] = {}
        self.done: list[Done] = []
        self.work = Work()

    def run(self) -> tuple[Done, ...]:
        """Every step in the order of the Dockerfile. Where a source is missing only what comes before it is done."""
        self.cache.begin()
        try:
            failed = self._stages({stage.index for stage in self.plan.stages})
        except Exception:
            self.cache.undo()
            raise
        if failed is None:
            return tuple(self.done)
        # The other stages may have come far or not: their steps are left open, and nothing of them is known later.
        self.cache.undo()
        self.lines, self.done = {}, []
        self._stages({stage.index for stage in _needed(self.plan, failed)})
        reached = {id(each.step): each for each in self.done}
        return tuple(reached.get(id(step)) or left_open(stage, step, self.recipe) for stage, step in self.recipe.steps)

    def _stages(self, wanted: set[int]) -> Stage | None:
        """Build these stages; the one that fails."""
        for stage in self.plan.stages:
            if stage.index in wanted and not self._stage(stage):
                return stage
        return None

    def _stage(self, stage: Stage) -> bool:
        line = self.lines[stage.index] = self._begin(stage)
        for step in stage.steps:
            does = self.recipe.operations.get(id(step))
            if does is None:
                continue
            try:
                if step.keyword == "RUN":
                    cached = self._run(step, does, line)
                elif step.keyword == "WORKDIR":
                    cached = self._step(line, ("step", does), (), unsure=False)
                    directory_at(line.root, step.destination)
                else:
                    cached = self._copy(step, does, line)
            except Missing as missing:
                self.done.append(Done(stage, step, does, False, str(missing)))
                return False
            self.done.append(Done(stage, step, does, cached, None))
        return True

    def _begin(self, stage: Stage) -> Line:
        origin = stage.origin
        if origin.kind == "stage" and origin.stage is not None:
            return self.lines[origin.stage].follow()
        if origin.kind == "scratch":
            return Line(NOTHING, NOTHING)
        if self._history(origin) is not None:
            root = self._root(origin)
            content = ("from", self.contents.of(root).id)
            found = self.cache.result(content, content, unsure=False)
            return Line(found.id, found.loose, root=root)
        key = ("from", origin.kind, stage.base, stage.platform)
        found = self.cache.result(key, key, unsure=False)
        return Line(found.id, found.loose, below=self.contents.digest(*map(str, key)))

    def _step(self, line: Line, does: Hashable, inputs: tuple[Selected, ...], *, unsure: bool) -> bool | None:
        """Look the next step of a stage up, and go on from there."""
        exact = (does, line.id, tuple(each.name for each in inputs))
        loose = (does, line.loose, tuple(each.loose for each in inputs))
        found = self.cache.result(exact, loose, unsure=line.unsure or unsure or any(each.unsure for each in inputs))
        line.id, line.loose, line.unsure = found.id, found.loose, found.cached is None
        return found.cached

    # --- RUN

    def _run(self, step: Step, does: Hashable, line: Line) -> bool | None:
        inputs = tuple(self._mounted(mount) for mount in step.mounts if mount.kind == "bind")
        cached = self._step(line, ("step", does), inputs, unsure=False)
        line.root, line.pieces = Dir(), b""
        line.below = self.contents.digest("run", str(line.id))
        line.made = True
        line.again = line.again or cached is not True
        return cached

    def _mounted(self, mount: Mount) -> Selected:
        if mount.origin is None or self._history(mount.origin) is not None:
            root = self._root(mount.origin)
            found = lookup(root, cleaned(mount.source))
            if found is None:
                raise Missing(cleaned(mount.source))
            return self._exact((("", found[1]),))
        return self._elsewhere(mount.origin, mount.source, None)

    # --- COPY and ADD

    def _copy(self, step: Step, does: Hashable, line: Line) -> bool | None:
        filters = excluded(step)
        inputs = tuple(self._taken(step, source, filters) for source in step.sources)
        if has(step, "link"):
            layer = Line(NOTHING, NOTHING)
            cached = self._step(layer, ("step", does), inputs, unsure=False)
            self._merge(line, layer)
        else:
            cached = self._step(line, ("step", does), inputs, unsure=False)
        stamps = tuple(f"{name}={value}" for name, value in step.flags if name in ("chmod", "chown"))
        for each, source in zip(inputs, step.sources, strict=True):
            line.made = line.made or each.made
            line.again = line.again or each.unsure
            for name, node in each.nodes:
                marked = node.stamped(stamps, self.work) if stamps else node
                graft(step, (line.root,), name, self._unpacked(step, marked, line), filters, self.work)
            if each.closed:
                self._put_closed(step, source, each, line)
        return cached

    def _merge(self, line: Line, layer: Line) -> None:
        """A separate layer is laid over a stage: what comes next stands on both."""
        if line.id == NOTHING and line.known:
            line.id, line.loose, line.unsure = layer.id, layer.loose, layer.unsure
            return
        unsure = line.unsure or layer.unsure
        found = self.cache.result(("merge", line.id, layer.id), ("merge", line.loose, layer.loose), unsure=unsure)
        line.id, line.loose, line.unsure = found.id, found.loose, unsure and found.cached is None

    def _taken(self, step: Step, source: Source, filters: tuple[Filter, ...]) -> Selected:
        if source.kind == "heredoc":
            return self._exact(((source.text, File(text=source.content or "")),))
        if source.kind != "path":
            # What an address gives is taken to be the same as long as it is.
            name = self.contents.digest(source.kind, source.text)
            return Selected(name, name, (), closed=True)
        if step.origin is not None and self._history(step.origin) is None:
            return self._elsewhere(step.origin, source.text, (step, filters))
        found, missing = taken(step, source.text, self._root(step.origin), filters, self.work)
        if missing:
            raise Missing(missing[0])
        return self._exact(tuple(found), filters=filters, wild=is_wild(source.text))

    def _exact(
        self, found: tuple[tuple[str, LayerNode], ...], *, filters: tuple[Filter, ...] = (), wild: bool = False
    ) -> Selected:
        name = self._names(found, filters, wild=wild)
        return Selected(name, name, found)

    def _names(self, found: tuple[tuple[str, LayerNode], ...], filters: tuple[Filter, ...], *, wild: bool) -> bytes:
        """The name of what was found: names of entries count only where a wild card chose them."""
        parts: list[str | bytes] = []
        for name, node in found:
            left = node.filtered(filters, self.work) if filters and isinstance(node, Dir) else node
            entry = self.contents.of(left)
            parts += [name if wild else "", entry.mode, entry.id]
        return self.contents.digest(*parts)

    def _elsewhere(self, origin: Origin, source: str, selecting: tuple[Step, tuple[Filter, ...]] | None) -> Selected:
        """From a stage, or an image or a context that stays what it is."""
        if origin.kind != "stage" or origin.stage is None:
            name = self.contents.digest(origin.kind, origin.name, cleaned(source))
            return Selected(name, name, (), closed=True)
        line = self.lines[origin.stage]
        filters: tuple[Filter, ...] = ()
        wild = False
        if selecting is None:
            mounted = lookup(line.root, cleaned(source))
            selection = Selection([("", mounted[1])] if mounted else [], [] if mounted else [cleaned(source)])
        else:
            step, filters = selecting
            selection = taken(step, source, line.root, filters, self.work)
            wild = is_wild(source)
        if selection.missing and line.known:
            raise Missing(selection.missing[0])
        found = tuple(selection.found)
        name = self._names(found, filters, wild=wild)
        closed = not line.known and (not found or wild or any(isinstance(node, Dir) for _, node in found))
        if not closed:
            return Selected(name, name, found)
        name = self.contents.digest(line.below, line.pieces, cleaned(source), name)
        if not line.made:
            return Selected(name, name, found, closed=True)
        return Selected(name, b"", found, closed=True, made=True, unsure=line.again or line.unsure)

    def _put_closed(self, step: Step, source: Source, each: Selected, line: Line) -> None:
        """Put something into a stage that cannot be looked into."""
        file = File(text=each.name.hex())
        line.pieces = self.contents.digest(line.pieces, keyed_target(step), each.name)
        name = cleaned(source.text).rpartition("/")[2] or "?"
        graft(step, (line.root,), name, Dir({"?": file}) if each.nodes else file, (), self.work)

    def _unpacked(self, step: Step, node: LayerNode, line: Line) -> LayerNode:
        """An archive that ADD takes apart becomes a directory that cannot be looked into."""
        if not unpacks(step) or not isinstance(node, File) or not isinstance(node.files, Sent) or node.path is None:
            return node
        snapshot = snapshot_of(node.files)
        entry = snapshot.entry(node.path)
        if entry is None or entry.mode == LINK:
            return node
        data = snapshot.objects.blob(entry.id)
        if not (node.path.lower().endswith(TAR) if data is None else is_unpacked(data[:512])):
            return node
        line.pieces = self.contents.digest(line.pieces, keyed_target(step), entry.id)
        return Dir({"?": node})

    # --- contexts

    def _history(self, origin: Origin) -> Sent | None:
        return self.named.get(origin.name) if origin.kind == "context" else None

    def _root(self, origin: Origin | None) -> Dir:
        sent = self.sent if origin is None else self.named[origin.name]
        return Dir(shown=(Shown(sent, ""),))


def left_open(stage: Stage, step: Step, recipe: ReadDockerfile) -> Done:
    """A step of which nobody can say how far it came."""
    return Done(stage, step, recipe.operations[id(step)], None, None)


def _needed(plan: Plan, stage: Stage) -> Iterator[Stage]:
    """A stage and all that it reads from."""
    seen: set[int] = set()
    todo = [stage]
    while todo:
        here = todo.pop()
        if here.index in seen:
            continue
        seen.add(here.index)
        yield here
        origins = [here.origin, *(step.origin for step in here.steps)]
        origins += [mount.origin for step in here.steps for mount in step.mounts]
        todo += [plan.stage(each.stage) for each in origins if each and each.kind == "stage" and each.stage is not None]
