"""What a build works off: the stages that the target needs, and each of their steps with its variables replaced.

Last in the package. The order is the builder's: global arguments, bases, what every step reads from, circles, what is
reached (ONBUILD steps may add to that), and only then the steps of the stages that are reached.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from ..errors import CtxscanError
from ..regex import lazy
from ..rules.builders import BUILDKIT, Frontend
from . import linting
from .arguments import check_arguments
from .images import is_windows
from .instructions import Instruction, read_instructions
from .mounts import mount_fields
from .references import familiar
from .stages import Dockerfile, Origin, Outside, Plan, Section, Stage, Step
from .steps import Evaluator, Resolved, Settings, Walk
from .values import normal_platform, platform_problem
from .words import Expansion, WordProblem, quoted

#: How many steps the stages may have that ONBUILD adds to: a thousand in each of a thousand stages would be a million.
MAX_STEPS: Final = 100_000

#: A variable in the name of a base.
_VARIABLE: Final = lazy(r"\$\{?(\w+)")


def resolve(
    dockerfile: Dockerfile,
    *,
    target: str | None,
    build_args: Mapping[str, str | None],
    contexts: Collection[str] = (),
    platform: str | None = None,
    lints: bool = True,
    frontend: Frontend = BUILDKIT.frontend,
    blank_bases: bool = False,
) -> Plan:
    """What a build of `target` (None: the last stage) works off.

    A build argument without a value counts as not given. `contexts` are the names of additional contexts, `platform`
    the one to build for (None: this machine's); `lints`: the builder checks the Dockerfile if that asks for it. Raises
    `CtxscanError` where the builder refuses; with `blank_bases`, not for a base whose name is empty, which the result
    names.
    """
    given = {name: value for name, value in build_args.items() if value is not None}
    own = platform or _own_platform()
    resolver = _Resolver(dockerfile, target or None, given, contexts, own, lints=lints, frontend=frontend)
    resolver.blank = [] if blank_bases else None
    return resolver.plan()


class _Node:
    """A stage on its way. `parent` is the stage that FROM names, `replaced` the context that takes its own place."""

    __slots__ = ("base", "commands", "origin", "parent", "platform", "replaced", "section", "state")

    def __init__(
        self,
        section: Section,
        base: Expansion,
        platform: str | None,
        parent: int | None,
        replaced: str | None,
        origin: Origin,
    ) -> None:
        self.section = section
        self.base = base
        self.platform = platform
        self.parent = parent
        self.replaced = replaced
        self.origin = origin
        self.commands: list[Resolved] = []
        self.state: Settings | None = None

    @property
    def title(self) -> str:
        return self.section.name or f"stage-{self.section.index}"

    def needs(self) -> Iterator[int]:
        for command in self.commands:
            yield from command.needs


class _Resolver:
    def __init__(
        self,
        dockerfile: Dockerfile,
        target: str | None,
        build_args: Mapping[str, str],
        contexts: Collection[str],
        platform: str,
        *,
        lints: bool,
        frontend: Frontend,
    ) -> None:
        self.dockerfile = dockerfile
        self.lints = lints
        self.frontend = frontend
        self.target = target
        self.evaluator = Evaluator(
            dockerfile.label,
            dockerfile.escape,
            build_args,
            stock=not dockerfile.syntax,
            frontend=frontend,
            windows=dockerfile.escape == "`" and any(is_windows(each.start.text) for each in dockerfile.sections),
        )
        self.platform = platform
        self.contexts = {_context_name(name): name for name in contexts}
        #: What cannot be the name of an image, and where: reported only once all stages are known.
        self.bad_names: list[tuple[str, int]] = []
        #: The bases without a name; None: those are refused.
        self.blank: list[tuple[str, int, str]] | None = None
        self.globals = self._default_arguments(platform, build_args)
        self.nodes: list[_Node] = []
        self.names: dict[str, int] = {}
        # What ONBUILD says in each line, which is read once, however many stages begin with it.
        self.triggers: dict[tuple[int, str], Instruction] = {}

    def plan(self) -> Plan:
        asked = linting.options(self.dockerfile, self.evaluator.build_args) if self.lints else linting.LintOptions()
        before = dict(self.globals)
        for instruction in self.dockerfile.arguments:
            for name, value in self.evaluator.declare(Resolved(instruction, (), None), self.globals, {}):
                self.globals[name] = value
        self._refuse_epoch()
        for section in self.dockerfile.sections:
            self._add(section)
        target = self._target()
        for node in self.nodes:
            node.commands = [self._command(instruction) for instruction in node.section.instructions]
        if not self.frontend.copies_from_later:
            self._refuse_circles()
        self._refuse_names()
        reached = self._reach(target)
        self._refuse_names()
        stages = [self._stage(node, built=index in reached) for index, node in enumerate(self.nodes)]
        plan = Plan(
            stages[target],
            tuple(stage for stage in stages if stage.index in reached),
            tuple(stage for stage in stages if stage.index not in reached),
            tuple(self.blank or ()),
            Outside(self.evaluator.used, frozenset(self.evaluator.lines)),
        )
        if asked.error:
            linting.refuse_lints(self.dockerfile, plan, asked, self._known(before))
        return plan

    def _known(self, before: dict[str, str]) -> linting.Known:
        """The arguments that FROM knows, and as they were if none were given."""
        bare = Evaluator(self.dockerfile.label, self.dockerfile.escape, {}, stock=True, frontend=self.frontend)
        defaults = dict(before)
        declared: set[str] = set()
        for instruction in self.dockerfile.arguments:
            declared.update(word.partition("=")[0] for word in instruction.words)
            for name, value in bare.declare(Resolved(instruction, (), None), defaults, {}):
                defaults[name] = value
        return linting.Known(self.globals, defaults, declared, self.platform)

    def _default_arguments(self, platform: str, build_args: Mapping[str, str]) -> dict[str, str]:
        """The arguments that nobody has to declare before FROM. Those that would be empty are not there."""
        values: dict[str, str] = {}
        for side, value in (("BUILD", _own_platform()), ("TARGET", platform)):
            system, architecture, variant = (*value.split("/", 2), "", "")[:3]
            parts = {"PLATFORM": value, "OS": system, "ARCH": architecture, "VARIANT": variant}
            values |= {side + name: part for name, part in parts.items()}
        values["TARGETSTAGE"] = self.target or self.dockerfile.sections[-1].name or "default"
        return {name: given for name, value in values.items() if (given := build_args.get(name, value))}

    # --- stages

    def _add(self, section: Section) -> None:
        line = section.start.line
        written = section.start.words[0]
        expansion = self.evaluator.expand(written, self.globals, line)
        base = expansion.text
        if not base:
            if self.blank is None:
                self.evaluator.fail(f"base name ({written}) should not be blank", line)
            self.blank.append((written, line, f"base name ({written}) should not be blank"))
        elif self.blank is not None and (problem := self._without_value(written, base)):
            self.blank.append((written, line, f"failed to parse stage name {quoted(base)}: {problem}"))
            base = ""
        # FROM does not change case: where names are kept in lower case, `FROM Build` is never a stage.
        parent = self.names.get(base)
        platform = self._platform(section)
        replaced = self._context(section.name, line, platform) if section.name else None
        if replaced is not None:
            parent, origin = None, Origin("context", replaced, None)
        elif parent is not None:
            context = self.nodes[parent].replaced
            origin = Origin("stage", base, parent) if context is None else Origin("context", context, parent)
        else:
            said = written if expansion.outside else None
            origin = self._external(base, line, platform, said=said) if base else Origin("image", written, None)
        self.nodes.append(_Node(section, expansion, platform, parent, replaced, origin))
        if section.name:
            self.names[self._folded(section.start.words[2])] = section.index

    def _without_value(self, written: str, base: str) -> str:
        """Why a base is no name, if a variable in it has no value; empty: it is one, or all have values."""
        if "$" not in written or all(self.globals.get(name) for name in _VARIABLE.findall(written)):
            return ""
        try:
            familiar(base)
        except WordProblem as problem:
            return str(problem)
        return ""

    def _platform(self, section: Section) -> str | None:
        for written in section.start.given("platform"):
            expansion = self.evaluator.expand(written, self.globals, section.start.line)
            platform = expansion.text
            if not platform:
                self.evaluator.fail(f"empty platform value from expression {written}", section.start.line)
            if problem := platform_problem(platform):
                problem = "invalid argument" if expansion.outside else problem
                self.evaluator.fail(f"failed to parse platform {written}: {problem}", section.start.line)
            return platform
        return None

    def _target(self) -> int:
        if self.target is None:
            return len(self.nodes) - 1
        index = self.names.get(self._folded(self.target))
        if index is None and self.frontend.numbered_targets:
            numbers = [str(section.index) for section in self.dockerfile.sections if not section.name]
            index = int(self.target) if self.target in numbers else None
        if index is None:
            message = f"target stage {quoted(self.target)} could not be found"
            raise CtxscanError(message, place=self.dockerfile.label)
        return index

    def _folded(self, name: str) -> str:
        return name.lower() if self.frontend.folds_names else name

    def _external(self, name: str, line: int, platform: str | None = None, *, said: str | None = None) -> Origin:
        """What a name is that no stage has; `said` is shown in its place, if it is not to be shown."""
        if name == "scratch":
            return Origin("scratch", name, None)
        try:
            context = self._named_context(familiar(name), platform)
        except WordProblem as problem:
            words = str(problem) if said is None else "invalid reference format"
            self.bad_names.append((f"failed to parse stage name {quoted(said or name)}: {words}", line))
            context = None
        return Origin("image", name, None) if context is None else Origin("context", context, None)

    def _context(self, name: str, line: int, platform: str | None) -> str | None:
        """The additional context that takes the place of a stage of this name, as it was given."""
        try:
            return self._named_context(familiar(name), platform)
        except WordProblem as problem:
            self.evaluator.fail(f"invalid context name {name}: {problem}", line)

    def _named_context(self, name: str, platform: str | None) -> str | None:
        if name in ("scratch", "context"):
            return None
        exact = f"{name}::{normal_platform(platform or self.platform, self.platform)}"
        return self.contexts.get(exact, self.contexts.get(name))

    def _refuse_names(self) -> None:
        for message, line in self.bad_names:
            self.evaluator.fail(message, line)

    def _refuse_epoch(self) -> None:
        """The time for which to build: seconds, the name of a context, or of a stage."""
        given = "SOURCE_DATE_EPOCH" in self.evaluator.outside
        epoch = self.evaluator.build_args.get("SOURCE_DATE_EPOCH", self.globals.get("SOURCE_DATE_EPOCH"))
        if not epoch or epoch == "context" or re.fullmatch("[+-]?[0-9]+", epoch):
            return
        try:
            if familiar(epoch) in self.contexts:
                return
        except WordProblem as problem:
            said = "invalid context name" + ("" if given else f" {epoch}: {problem}")
            raise CtxscanError(f"{said} in SOURCE_DATE_EPOCH" if given else said, place=self.dockerfile.label) from None
        if epoch.lower() not in [section.name for section in self.dockerfile.sections]:
            said = "invalid SOURCE_DATE_EPOCH" + ("" if given else f": {epoch}")
            raise CtxscanError(said, place=self.dockerfile.label)

    # --- what steps read from

    def _command(self, instruction: Instruction, onbuild: int | None = None) -> Resolved:
        line = instruction.line if onbuild is None else onbuild
        origins: Iterable[Origin | None] = ()
        scratch = None
        if instruction.keyword == "COPY":
            origins = (self._copy_origin(name, line) for name in instruction.given("from") if name)
        elif instruction.keyword == "RUN":
            origins = [self._mount_origin(mount, line) for mount in instruction.given("mount")]
            if None in origins and (index := self.names.get("scratch")) is not None:
                scratch = self._stage_origin("scratch", index)
        return Resolved(instruction, tuple(origins), onbuild, scratch)

    def _copy_origin(self, name: str, line: int) -> Origin:
        if self.evaluator.expand(name, {}, line).text != name:
            workaround = "define a new stage with FROM using ARG from global scope as a workaround"
            self.evaluator.fail(f"variable expansion is not supported for --from, {workaround}", line)
        if not re.fullmatch("[+-]?[0-9]+", name):
            return self._named(name, line)
        index = int(name[:20])
        if not 0 <= index < len(self.nodes):
            self.evaluator.fail(f"invalid stage index {index}", line)
        return self._stage_origin(name, index)

    def _mount_origin(self, mount: str, line: int) -> Origin | None:
        """By name only: a number is the name of an image here."""
        for text in reversed(mount_fields(mount) or ()):
            key, _, name = text.partition("=")
            if key.lower() == "from" and name:
                return self._named(name, line)
        return None

    def _named(self, name: str, line: int) -> Origin:
        index = self.names.get(self._folded(name))
        return self._external(name, line) if index is None else self._stage_origin(name, index)

    def _stage_origin(self, name: str, index: int) -> Origin:
        context = self.nodes[index].replaced
        return Origin("stage", name, index) if context is None else Origin("context", context, index)

    def _refuse_circles(self) -> None:
        """In what COPY and RUN read from, also in stages that are not built."""
        done: set[int] = set()
        for root, node in enumerate(self.nodes):
            # The way down from the root, each stage with those it has still to look into.
            path = {root: node.needs()}
            while path:
                current = next(reversed(path))
                index = next(path[current], None)
                if index is None:
                    done.add(current)
                    del path[current]
                elif index in path:
                    message = f"circular dependency detected on stage: {node.title}"
                    self.evaluator.fail(message, self._reader(current, index))
                elif index not in done:
                    path[index] = self.nodes[index].needs()

    def _reader(self, index: int, needed: int) -> int:
        """The line in stage `index` that reads from stage `needed`."""
        commands = self.nodes[index].commands
        return next(command.instruction.line for command in commands if needed in command.needs)

    def _reach(self, target: int) -> set[int]:
        reached: set[int] = set()
        added = 0
        pending = [*range(target), target] if self.frontend.builds_unneeded else [target]
        while pending:
            index = pending.pop()
            if index in reached:
                continue
            reached.add(index)
            node = self.nodes[index]
            if node.parent is not None and node.replaced is None:
                node.commands[:0] = self._triggers(node.parent)
                added += len(node.commands)
                if added > MAX_STEPS:
                    self.evaluator.fail(f"ONBUILD adds up to more than {MAX_STEPS} steps", node.section.start.line)
                pending.append(node.parent)
            pending += node.needs()
        return reached

    def _triggers(self, parent: int) -> Iterator[Resolved]:
        """What ONBUILD of the parent stage adds; read anew, and with the default escape."""
        for instruction in self.nodes[parent].section.instructions:
            if instruction.keyword == "ONBUILD" and self.frontend.runs_triggers:
                yield self._trigger(instruction.words[0], instruction.line)

    def _trigger(self, text: str, line: int) -> Resolved:
        instruction = self.triggers.get((line, text))
        if instruction is None:
            instruction = self.triggers[line, text] = self._read_trigger(text, line)
        return self._command(instruction, line)

    def _read_trigger(self, text: str, line: int) -> Instruction:
        try:
            instructions = read_instructions(text, label=self.dockerfile.label).instructions
            if len(instructions) != 1:
                self.evaluator.fail("onbuild trigger should be a single expression", line)
            check_arguments(instructions[0], label=self.dockerfile.label)
        except CtxscanError as problem:
            self.evaluator.fail(re.sub("^dockerfile parse error on line [0-9]+: ", "", problem.message), line)
        return instructions[0]

    # --- steps

    def _stage(self, node: _Node, *, built: bool) -> Stage:
        steps: tuple[Step, ...] = ()
        if built and node.replaced is None:
            parent = self.nodes[node.parent].state if node.parent is not None else None
            node.state = Settings.after(parent, inside=node.origin.kind in ("context", "image"))
            walk = Walk(self.evaluator, node.state, node.section.index, node.title, self.globals)
            steps = tuple(walk.step(command) for command in node.commands)
        start = node.section.start
        index, name = node.section.index, node.section.name
        base, written = node.base, node.base.shown(start.words[0])
        origin, platform = node.origin, node.platform
        return Stage(index, name, start.line, base.text, origin, platform, node.replaced, steps, written, base.outside)


def _context_name(name: str) -> str:
    """The name by which a context is found; one for a platform alone (`name::linux/arm64`) keeps that."""
    name, colons, platform = name.partition("::")
    try:
        return familiar(name) + colons + platform
    except WordProblem as problem:
        raise CtxscanError(f"invalid context name {name}: {problem}") from None


def platform_named(text: str) -> str:
    """What `--platform` names, as the builder writes it. Raises `CtxscanError` for what is no platform."""
    if problem := platform_problem(text):
        raise CtxscanError(f"--platform: {problem}")
    return _own_platform() if text == "local" else normal_platform(text, _own_platform())


def _own_platform() -> str:
    import platform

    machine = platform.machine().lower()
    return f"linux/{_ARCHITECTURES.get(machine, machine)}"


_ARCHITECTURES: Final = {
    "aarch64": "arm64",
    "armv6l": "arm/v6",
    "armv7l": "arm/v7",
    "i386": "386",
    "i686": "386",
    "x86_64": "amd64",
}
