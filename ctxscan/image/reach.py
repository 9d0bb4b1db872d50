"""Which input takes a file, and how far it reaches.

The stages that the target needs are gone through in order, each with the file system that its COPY, ADD and RUN make;
what lies in a layer of the target's own chain is in the image, also if a later instruction hides or deletes it. What
that means for each path is noted in `marks`. It never judges, and it reads nothing but the names in archives that ADD
unpacks.

Source: section 2 of `docs/reach.md`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ..context.totals import IMAGE, MAYBE
from ..context.transfer import MAIN, Context, Sent, cleaned
from ..dockerfile.stages import Mount, Origin, Plan, Source, Stage, Step
from ..dockerfile.steps import leads_out
from ..errors import CtxscanError
from . import commands
from .copies import directory_at, excluded, graft, has, is_unpacked, names_directory, taken, unpacks
from .layers import Dir, File, LayerNode, Shown, Work, lookup, select
from .marks import DirectoryReach, Marks

if TYPE_CHECKING:
    from ..context.transfer import Files

#: The bits of a mask above `IMAGE` and `MAYBE` stand for inputs, and for the commands that decide.
_FIRST_BIT: Final = 2
#: Archives above this size, or with more than this in them, are not read: any of their members may then be anywhere
#: below the target. In bytes.
ADDED_BYTES: Final = 64 << 20
UNPACKED_BYTES: Final = 4 << 30


class Input(NamedTuple):
    """A source that an instruction reads from the context. `bit` is its place in the masks of `DirectoryReach`.
    `missing` are the paths whose absence makes the build fail; `empty` the variables in it that have no value.
    `written` is what reports show of it: its variables as they stand; `outside`: one of them has its value from
    elsewhere than the Dockerfile."""

    line: int
    instruction: str
    stage: str | int
    source: str
    bit: int
    missing: tuple[str, ...]
    empty: tuple[str, ...]
    written: str
    outside: bool = False

    @property
    def mask(self) -> int:
        return 1 << self.bit


class Decider(NamedTuple):
    """A RUN that decides whether files are in the image: those whose masks have `MAYBE` and its `bit`. `removes`: all
    that it does to them is to take some away."""

    bit: int
    step: Step
    removes: bool = False

    @property
    def mask(self) -> int:
        return 1 << self.bit


class Usage(NamedTuple):
    """`root` answers for every path of the context. `deciders` are the steps whose commands decide what `MAYBE` is, in
    the order in which they run. `files` is the file system of the target, as far as it is known; `lost` are the steps
    that take from a stage, or from another context, what surely is not in it, each with the path. `named` says of each
    of the other contexts what `inputs` and `root` say of the main one, `failures` are the lines that are sure to fail
    for another reason, with the builder's words."""

    inputs: tuple[Input, ...]
    root: DirectoryReach
    deciders: tuple[Decider, ...]
    files: Dir
    lost: tuple[tuple[Step, str], ...]
    named: tuple[tuple[str, tuple[Input, ...], DirectoryReach], ...] = ()
    failures: tuple[tuple[int, str], ...] = ()


class _Layers:
    """The file system of a stage while it is built. `loose` is what commands may have put anywhere in it, with the bit
    of the last one that saw it. `whole`: there is nothing in it but what is known."""

    def __init__(self, root: Dir, loose: Mapping[LayerNode, int] | None = None, *, whole: bool = True) -> None:
        self.root = root
        self.loose: dict[LayerNode, int] = {**loose} if loose else {}
        self.whole = whole


def trace(plan: Plan, sent: Sent, named: Mapping[str, Sent]) -> Usage:
    """Where every file of `sent`, the context as it was sent, is taken and ends. `named` are the other contexts."""
    return _Trace(plan, sent, named).usage()


class _Trace:
    def __init__(self, plan: Plan, sent: Sent, named: Mapping[str, Sent]) -> None:
        self.plan = plan
        self.sent = sent
        self.named = named
        #: By the name of the context.
        self.work = Work()
        self.removing: set[int] = set()
        self.marks = {name: Marks(each, self.work, self.removing) for name, each in {MAIN: sent, **named}.items()}
        self.inputs: dict[str, list[Input]] = {name: [] for name in self.marks}
        self._bits = _FIRST_BIT
        self.deciders: list[Decider] = []
        #: What may be anywhere in the image, with the bit of the last command that saw it.
        self.loose: dict[LayerNode, int] = {}
        self.lost: list[tuple[Step, str]] = []
        self.failures: list[tuple[int, str]] = []
        self.stages: dict[int, _Layers] = {}
        self.chain = {stage.index for stage in plan.chain()}
        self.frontend = sent.rules.builder.frontend

    def usage(self) -> Usage:
        for stage in self.plan.stages:
            if stage.index in self.stages:
                continue
            self._stage(stage)
        # The last command that saw something decides: what it marks is not marked again for those before it.
        for node, bit in sorted(self.loose.items(), key=lambda each: -each[1]):
            for marks in self.marks.values():
                marks.add(node, MAYBE | bit, once=True)
        files = self.stages[self.plan.target.index].root
        said = [(name, tuple(self.inputs[name]), DirectoryReach(marks, "", ())) for name, marks in self.marks.items()]
        (_, inputs, root), *named = said
        self._export()
        return Usage(inputs, root, tuple(self.deciders), files, tuple(self.lost), tuple(named), tuple(self.failures))

    def _export(self) -> None:
        """A directory that takes the place of a stage brings no configuration, and without one there is no image."""
        first = self.plan.chain()[0]
        replaced = first.replaced is not None or (first.origin.kind == "context" and first.origin.stage is not None)
        if replaced and first.origin.name in self.named:
            self.failures.append((first.line, "invalid image config for export: missing architecture"))

    def _mark(self, node: LayerNode, mask: int) -> None:
        for marks in self.marks.values():
            marks.add(node, mask)

    def _stage(self, stage: Stage) -> None:
        layers = self.stages[stage.index] = self._base(stage)
        in_image = stage.index in self.chain
        for step in stage.steps:
            if step.keyword in ("COPY", "ADD"):
                layer = self._copy(stage, step, layers)
                if in_image:
                    self._mark(layer, IMAGE)
            elif step.keyword == "RUN":
                layers.whole = False
                mounts = self._mounts(stage, step)
                decider = Decider(self._next_bit(), step)
                outcome = commands.run_commands(step, commands.Seen(layers.root, mounts, self.work, decider.mask))
                self.deciders.append(decider._replace(removes=outcome.removes))
                if outcome.removes:
                    self.removing.add(decider.mask)
                layers.loose |= dict.fromkeys(outcome.read, decider.mask)
                if in_image:
                    self.loose |= dict.fromkeys((*outcome.made, *outcome.read), decider.mask)
            elif step.keyword == "WORKDIR":
                directory_at(layers.root, step.destination)

    def _base(self, stage: Stage) -> _Layers:
        base = self._layers_of(stage.origin)
        if base is None:
            return _Layers(Dir(), whole=False)
        self.work.spend(len(base.root.names) + len(base.loose))
        return _Layers(base.root.changeable(), base.loose, whole=base.whole)

    def _layers_of(self, origin: Origin | None) -> _Layers | None:
        """Where something comes from; None: an image that is not known."""
        if origin is None:
            return _Layers(Dir(shown=(Shown(self.sent, ""),)))
        if origin.kind == "scratch":
            return _Layers(Dir())
        if origin.kind == "stage" and origin.stage is not None:
            if origin.stage not in self.stages:
                self._stage(self.plan.stage(origin.stage))  # a later one
            return self.stages[origin.stage]
        if origin.kind == "context" and origin.name in self.named:
            return _Layers(Dir(shown=(Shown(self.named[origin.name], ""),)))
        return None

    # --- COPY and ADD

    def _copy(self, stage: Stage, step: Step, layers: _Layers) -> Dir:
        """Lay what the step copies over the stage; what it adds to it by itself."""
        layer = Dir()
        roots = (layers.root, layer)
        filters = excluded(step)
        user = dict(step.flags).get("chown") or ""
        nobody = layers.whole and not has(step, "link") and lookup(layers.root, "etc/passwd") is None
        if nobody and user.partition(":")[0].strip("0123456789"):
            written = dict(step.instruction.flags).get("chown")
            self.failures.append((step.line, f"{step.keyword} --chown={written}: no user has a name here"))
        origin = self._layers_of(step.origin)
        any_found = any(source.kind != "path" for source in step.sources)
        last = step.sources[-1] if step.sources else None
        copied = 0
        for source in step.sources:
            if source.kind == "heredoc":
                graft(step, roots, source.text, File(), (), self.work)
            if source.kind != "path" or origin is None:
                layers.whole &= source.kind == "heredoc"
                continue
            found, missing = taken(step, source.text, origin.root, filters, self.work)
            if not self.frontend.keeps_inside and leads_out(source.text):
                found, missing = [], []  # a wild card that is compared with the paths inside
            if step.origin is None and self.frontend.looks_at_excluded and not missing:
                missing += self._in_vain(source.text, bool(found))
            if source is last and not any_found and not found and not missing and self.frontend.needs_a_match:
                missing.append(cleaned(source.text))
            any_found |= bool(found or missing)
            copied += len(found)
            context = _context(step.origin)
            if context is not None:
                self._input(context, stage, step, source, found, missing)
            layers.whole &= origin.whole and not missing  # what follows from that is not reported again
            if step.origin is not None and origin.whole and not has(step, "parents"):
                self.lost += [(step, path) for path in missing]
            for name, node in found:
                graft(step, roots, name, self._unpacked(step, node, layers), filters, self.work)
            if origin.loose and (not found or any(isinstance(node, Dir) for _, node in found)):
                # A command of that stage may have put anything there.
                layers.loose |= origin.loose
                if stage.index in self.chain:
                    self.loose |= origin.loose
        if copied > 1 and self.frontend.several_to_one == "refused" and not names_directory(step):
            self.failures.append((step.line, f"{step.keyword} of several sources: the destination must end with /"))
        return layer

    def _in_vain(self, source: str, found: bool) -> list[str]:
        """What ends the build of a builder that looks at what the rules exclude, too."""
        files = self.sent.context
        chosen = select(Dir(shown=(Shown(files, ""),)), source, self.work)
        if not found and (chosen.found or chosen.missing):
            return [cleaned(source)]
        return [path for path in chosen.missing if _leads_to_itself(files, path)]

    def _next_bit(self) -> int:
        self._bits += 1
        return self._bits - 1

    def _unpacked(self, step: Step, node: LayerNode, layers: _Layers) -> LayerNode:
        """What ADD makes of a local archive: its members."""
        if not unpacks(step) or not isinstance(node, File) or node.path is None or node.link is not None:
            return node
        if not isinstance(node.files, Sent) or not isinstance(node.files.context, Context):
            return node
        if node.files.kind(node.path) != "file":
            return node  # whoever opens a named pipe waits
        members = _members(Path(node.files.context.root, node.path))
        if members is None:
            return node
        root = Dir()
        if members is _UNKNOWN:
            layers.loose[node] = 0
            root.put("?", node, self.work)
        for each in members:
            above, _, name = posixpath.normpath("/" + each).strip("/").rpartition("/")
            if name and len(above) < 4096:
                directory_at(root, above).put(name, node, self.work)
        return root

    # --- inputs

    def _input(
        self,
        context: str,
        stage: Stage,
        step: Step,
        read: Source | Mount,
        found: list[tuple[str, LayerNode]],
        missing: list[str],
    ) -> None:
        inputs = self.inputs[context]
        bit = self._next_bit()
        inputs.append(
            Input(
                line=step.line,
                instruction=step.keyword,
                stage=stage.name or stage.index,
                source=read.text if isinstance(read, Source) else read.source or ".",
                bit=bit,
                missing=tuple(missing),
                empty=step.empty,
                written=read.written or ".",
                outside=read.outside,
            )
        )
        for _, node in found:
            self.marks[context].add(node, 1 << bit)

    def _mounts(self, stage: Stage, step: Step) -> tuple[tuple[str, LayerNode], ...]:
        out: list[tuple[str, LayerNode]] = []
        for mount in step.mounts:
            if mount.kind not in ("bind", "cache") or (mount.kind == "cache" and mount.origin is None):
                continue
            origin = self._layers_of(mount.origin)
            if origin is None:
                continue
            found = lookup(origin.root, cleaned(mount.source))
            missing = [] if found else [cleaned(mount.source)]
            context = _context(mount.origin)
            if context is not None:
                self._input(context, stage, step, mount, [found] if found else [], missing)
            if mount.origin is not None and origin.whole:
                self.lost += [(step, path) for path in missing]
            if found:
                out.append((mount.target, found[1].copy()))
        return tuple(out)


def _context(origin: Origin | None) -> str | None:
    """The context that this is, as it was given; None: it is none."""
    if origin is None:
        return MAIN
    return origin.name if origin.kind == "context" else None


def _leads_to_itself(files: Files, path: str) -> bool:
    """Whether the links from `path` on go round in a circle."""
    seen = set()
    while (link := files.link(path)) is not None:
        if path in seen:
            return True
        seen.add(path)
        path = cleaned(posixpath.join("/", posixpath.dirname(path), link))
    return False


#: The members of an archive that was not read to its end.
_UNKNOWN: Final = ("?",)


def _members(path: Path) -> tuple[str, ...] | None:
    """The names in an archive as ADD would unpack it; None: it is none."""
    from ..archive.compression import compression, inflated  # few builds add an archive
    from ..archive.feed import Feed, pieces_of
    from ..archive.limits import Budget
    from ..archive.tar import BLOCK, is_tar, members

    budget = Budget(UNPACKED_BYTES)
    try:
        with path.open("rb") as file:
            start = file.read(BLOCK)
            file.seek(0)
            if not is_unpacked(start):
                return None
            if path.stat().st_size > ADDED_BYTES:
                return _UNKNOWN
            feed = Feed(budget.spent(inflated(pieces_of(file), compression(start))))
            if not is_tar(feed.peek(BLOCK)):
                return None
            return tuple(each.path for each in members(feed, budget.member))
    except (CtxscanError, OSError):
        return _UNKNOWN
