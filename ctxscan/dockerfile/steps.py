"""One instruction after the other, with the variables, directory, user and shell that the ones before it have set."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, NoReturn

from ..errors import CtxscanError
from ..regex import lazy
from ..rules.builders import Frontend
from ..rules.globs import is_wild
from .instructions import Flag, Heredoc, Instruction, heredoc_name
from .mounts import read_mount
from .stages import Mount, Origin, Source, Step, Variables
from .values import digest_problem, mode_problem, port_problem, signal_problem
from .words import Expansion, Lookup, WordProblem, expand, expand_body, expand_words, quoted

#: How much text variables may give in one Dockerfile: far more than any build needs, and an end to `$A$A$A`.
MAX_EXPANDED: Final = 4 << 20
_PLAIN_MODIFIER: Final = lazy(r"(?<!\\)\$\{\w+[-+?][^}]*\}?")
_NAMED: Final = lazy(r"\$\{?([A-Za-z_]\w*)")
DEFAULT_SHELL: Final = ("/bin/sh", "-c")
DEFAULT_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: Instructions all of whose words have their variables replaced; RUN, CMD and ENTRYPOINT leave that to the shell.
_EXPANDED: Final = frozenset(("ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"))
_COPIES: Final = frozenset(("ADD", "COPY"))
_EXPANDED_FLAGS: Final = frozenset(("checksum", "chmod", "chown"))
#: Fields of a mount with values of few forms, and those that name where it is.
_NUMBERED: Final = frozenset(("uid", "gid", "mode", "sharing", "size"))
_TARGETS: Final = frozenset(("target", "dst", "destination"))
#: ARG of these tells the builder what to scan, and sets no variable.
_NO_VARIABLES: Final = frozenset(("BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"))


class Resolved(NamedTuple):
    """An instruction and what it reads from: one origin for COPY --from, one for each mount of RUN. `scratch` is the
    stage of that name, if there is one: a mount without `from` depends on it, and a cache begins as a copy of it."""

    instruction: Instruction
    origins: tuple[Origin | None, ...]
    onbuild: int | None
    scratch: Origin | None = None

    @property
    def line(self) -> int:
        return self.instruction.line if self.onbuild is None else self.onbuild

    @property
    def needs(self) -> tuple[int, ...]:
        """The stages that it needs."""
        every = (*self.origins, self.scratch)
        return tuple(each.stage for each in every if each is not None and each.stage is not None)


class Evaluator:
    """Replaces variables for one build, and says where something is wrong. `stock`: the builder reads the Dockerfile
    itself, and does not leave that to a frontend which the Dockerfile names. `windows`: it is for a builder on Windows,
    to which a backslash in a source is a slash."""

    __slots__ = (
        "build_args",
        "escape",
        "expanded",
        "frontend",
        "label",
        "lines",
        "outside",
        "stock",
        "touched",
        "used",
        "windows",
    )

    def __init__(
        self,
        label: str,
        escape: str,
        build_args: Mapping[str, str],
        *,
        stock: bool,
        frontend: Frontend,
        windows: bool = False,
    ) -> None:
        self.stock = stock
        self.windows = windows
        self.frontend = frontend
        self.label = label
        self.escape = escape
        self.build_args = build_args
        self.expanded = 0
        #: The variables whose values build arguments gave, in whatever stage; those values that were taken up, with
        #: the lines; and whether the last expansion took up one.
        self.outside = set(build_args)
        self.used: dict[str, str] = {}
        self.lines: set[int] = set()
        self.touched = False

    def fail(self, message: str, line: int) -> NoReturn:
        raise CtxscanError(message, place=f"{self.label}:{line}")

    def expand(self, text: str, values: Mapping[str, str], line: int) -> Expansion:
        if not self.frontend.plain_modifiers and (found := _PLAIN_MODIFIER.search(text)):
            self.fail(f"missing ':' in substitution: {found[0]}", line)
        self.touched = False
        try:
            expansion = expand(text, self._lookup(values), escape=self.escape)
        except WordProblem as problem:
            self.fail(self._said(problem, text), line)
        if not self.touched:
            return expansion
        self.lines.add(line)
        return expansion._replace(outside=True)

    def _said(self, problem: WordProblem, text: str) -> str:
        """The builder's words, unless they quote a pattern with a value in it that is not to be shown."""
        if self.touched and "invalid pattern" in str(problem):
            return f"failed to process {quoted(text)}: invalid pattern in substitution"
        return str(problem)

    def expand_words(self, text: str, values: Mapping[str, str], line: int) -> list[str]:
        try:
            return expand_words(text, self._lookup(values), escape=self.escape)
        except WordProblem as problem:
            self.fail(self._said(problem, text), line)

    def expand_body(self, heredoc: Heredoc, values: Mapping[str, str], line: int) -> str:
        if not heredoc.expands:
            return heredoc.content
        try:
            return expand_body(heredoc.content, self._lookup(values))
        except WordProblem as problem:
            self.fail(self._said(problem, heredoc.content), line)

    def declare(
        self, command: Resolved, values: Mapping[str, str], inherited: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """What ARG sets: the value that was given, else the default, else what is `inherited` from before FROM.

        One after the other: who sets it in `values` meanwhile has it replaced in the next default.
        """
        for word in command.instruction.words:
            name, equals, default = word.partition("=")
            value = self.build_args.get(name)
            if value is None and equals:
                expansion = self.expand(default, values, command.line)
                value = expansion.text
                self.derive(name, expansion)
            elif value is None:
                value = inherited.get(name)
            if value is not None:
                yield name, value

    def derive(self, name: str, expansion: Expansion) -> None:
        """Remember that a variable has its value from where another one has it that is not to be shown."""
        if expansion.outside:
            self.outside.add(name)

    def takes_up(self, text: str, values: Mapping[str, str], line: int) -> None:
        """Remember what the shell takes up by itself in a text of RUN."""
        for name in _NAMED.findall(text) if self.outside else ():
            if name in self.outside and values.get(name):
                self.used[values[name]] = name
                self.lines.add(line)

    def _lookup(self, values: Mapping[str, str]) -> Lookup:
        def value(name: str) -> str | None:
            found = values.get(name)
            self.expanded += len(found or "")
            if self.expanded > MAX_EXPANDED:
                raise WordProblem(f"variables expand to more than {MAX_EXPANDED} characters")
            if found and name in self.outside:
                self.touched = True
                self.used[found] = name
            return found

        return value


class Settings:
    """What ENV, ARG, WORKDIR, USER and SHELL have set so far. `inside`: a base image that is not known may have set
    another directory to begin with; `image`: it may have set variables. `outside`: a build argument gave a part of the
    directory."""

    __slots__ = ("image", "inside", "outside", "shell", "user", "values", "variables", "workdir")

    def __init__(
        self, variables: Variables | None, workdir: str, user: str, shell: tuple[str, ...], *, inside: bool
    ) -> None:
        self.variables = variables
        self.workdir = workdir
        self.inside = self.image = inside
        self.outside = False
        self.user = user
        self.shell = shell
        #: The same variables, to look one up.
        self.values = {"PATH": DEFAULT_PATH} | Variables.items(variables)

    @classmethod
    def after(cls, parent: "Settings | None", *, inside: bool) -> "Settings":
        """For a stage that goes on from another one, or begins; `inside` an image, perhaps."""
        if parent is None:
            return cls(None, "/", "", DEFAULT_SHELL, inside=inside)
        found = cls(parent.variables, parent.workdir, parent.user, parent.shell, inside=parent.inside)
        found.image, found.outside = parent.image, parent.outside
        return found

    def put(self, pairs: Iterable[tuple[str, str]]) -> None:
        for name, value in pairs:
            self.variables = Variables(self.variables, name, value)
            self.values[name] = value


class Walk(NamedTuple):
    """Works off the commands of a stage, whose index is `stage` and which the builder calls `title`."""

    evaluator: Evaluator
    state: Settings
    stage: int
    title: str
    #: The arguments declared before the first FROM, and those that nobody has to declare.
    inherited: Mapping[str, str]

    def step(self, command: Resolved) -> Step:
        """The step as it runs; what it sets is in force for the next one."""
        instruction, state = command.instruction, self.state
        words = [self._word(word, command) for word in instruction.words]
        if instruction.keyword == "WORKDIR":
            self.state.outside = words[0].outside or (self.state.outside and not words[0].text.startswith("/"))
        if self.state.outside:
            self.evaluator.lines.add(command.line)
        if instruction.keyword in ("RUN", "CMD", "ENTRYPOINT"):
            self.evaluator.takes_up(instruction.text, state.values, command.line)
        elif instruction.keyword == "ENV":
            for name, value in zip(words[::2], words[1::2], strict=False):
                self.evaluator.derive(name.text, value)
        step = Step(
            instruction=instruction,
            flags=tuple(self._flag(flag, command) for flag in instruction.flags),
            words=tuple(word.text for word in words),
            sources=tuple(self._sources(words[:-1], command)),
            destination=self._destination(words, command),
            origin=self._origin(command),
            mounts=tuple(self._mounts(command)),
            workdir=state.workdir,
            user=state.user,
            shell=state.shell,
            variables=state.variables,
            onbuild=command.onbuild,
        )
        self._refuse(step, command)
        self._take_effect(step, command)
        return step

    def _expand(self, text: str, command: Resolved) -> Expansion:
        return self.evaluator.expand(text, self.state.values, command.line)

    def _word(self, word: str, command: Resolved) -> Expansion:
        keyword = command.instruction.keyword
        if keyword in _EXPANDED or (keyword in _COPIES and heredoc_name(word) is None):
            return self._expand(word, command)
        return Expansion(word, ())

    def _flag(self, flag: Flag, command: Resolved) -> Flag:
        name, value = flag
        if value is None or name not in _EXPANDED_FLAGS:
            return flag
        return name, self._expand(value, command).text

    def _refuse(self, step: Step, command: Resolved) -> None:
        """Fail where the builder does not take a flag or a value."""
        for name, _ in step.flags:
            if name in self.evaluator.frontend.refused_flags.get(step.keyword, ()):
                self.evaluator.fail(f"the --{name} option requires BuildKit", command.line)
        problems: Iterator[str | None] = iter(())
        match step.keyword:
            case "STOPSIGNAL" | "EXPOSE" if self._is_foreign(command.instruction.text):
                pass
            case "STOPSIGNAL":
                problems = iter([signal_problem(step.words[0])])
            case "EXPOSE":
                problems = map(port_problem, self._ports(command))
            case "RUN" if self.evaluator.stock and command.instruction.given("device"):
                problems = iter(["device feature is only supported in Dockerfile frontend 1.14.0-labs or later"])
            case "ADD" | "COPY":
                problems = iter([self._copy_problem(step)])
            case "VOLUME":
                problems = (
                    self._volume_problem(*each) for each in zip(step.words, command.instruction.words, strict=True)
                )
        for problem in problems:
            if problem and command.line in self.evaluator.lines:
                written = " ".join(command.instruction.text.split())
                self.evaluator.fail(f"{step.keyword} does not take the value that is given: {written}", command.line)
            if problem:
                self.evaluator.fail(problem, command.line)

    def _volume_problem(self, word: str, written: str) -> str | None:
        """What is wrong with a volume; a base image may set a variable that nothing here does."""
        return None if word or self._is_foreign(written) else "VOLUME specified can not be an empty string"

    def _is_foreign(self, written: str) -> bool:
        """Whether a text has a variable in it that nothing here sets, and a base image that is not known may."""
        named = _NAMED.findall(written) if self.state.image and "$" in written else ()
        return any(each not in self.state.values for each in named)

    def _ports(self, command: Resolved) -> list[str]:
        words = sorted(command.instruction.words)
        return [each for word in words for each in self.evaluator.expand_words(word, self.state.values, command.line)]

    def _take_effect(self, step: Step, command: Resolved) -> None:
        state, words = self.state, step.words
        match step.keyword:
            case "ARG":
                declared = self.evaluator.declare(command, state.values, self.inherited)
                state.put(pair for pair in declared if pair[0] not in _NO_VARIABLES)
            case "ENV":
                state.put(zip(words[::2], words[1::2], strict=True))
            case "WORKDIR":
                state.workdir = step.destination
                state.inside &= not words[0].startswith("/")
            case "USER":
                state.user = words[0]
            case "SHELL":
                state.shell = words

    def _destination(self, words: list[Expansion], command: Resolved) -> str:
        if command.instruction.keyword == "WORKDIR":
            return self._absolute(words[0].text)
        return words[-1].text if command.instruction.keyword in _COPIES else ""

    def _absolute(self, path: str) -> str:
        return "/" + posixpath.normpath(posixpath.join("/", self.state.workdir, path)).lstrip("/")

    # --- COPY and ADD

    def _sources(self, words: list[Expansion], command: Resolved) -> list[Source]:
        """Files first, then heredocs: the builder's order."""
        if command.instruction.keyword not in _COPIES:
            return []
        files: list[Source] = []
        heredocs: list[Source] = []
        bodies = {heredoc.name: heredoc for heredoc in command.instruction.heredocs}
        for word, written in zip(words, command.instruction.words, strict=False):
            name = heredoc_name(written)
            if name is None:
                text = word.text.replace("\\", "/") if self.evaluator.windows else word.text
                files.append(Source(_kind(text), text, None, word.empty, word.shown(written), word.outside))
            else:
                heredocs.append(Source("heredoc", name, self._content(bodies.get(name), command), (), name))
        return files + heredocs

    def _copy_problem(self, step: Step) -> str | None:
        flags = dict(step.flags)
        frontend = self.evaluator.frontend
        for source in step.sources:
            if (
                source.kind == "path"
                and not frontend.keeps_inside
                and leads_out(source.text)
                and not is_wild(source.text)
            ):
                return f"{step.keyword} failed: forbidden path outside the build context: {source.text}"
        if mode := flags.get("chmod"):
            if not frontend.symbolic_modes and not re.fullmatch("[0-7]+", mode):
                return f"parsing chmod {quoted(mode)}: invalid syntax"
            problem = mode_problem(mode)
            if problem:
                return problem
        files = [each for each in step.sources if each.kind != "heredoc"]
        checksum = flags.get("checksum")
        if checksum and len(files) != 1:
            return "checksum can't be specified for multiple sources"
        if checksum and files[0].kind == "path":
            return "checksum requires HTTP(S) or Git sources"
        for each in files:
            if each.kind != "path" and step.keyword == "COPY":
                return f"source can't be {'a git ref' if each.kind == 'git' else 'a URL'} for COPY: ADD takes one"
            if each.kind == "http" and checksum and (problem := digest_problem(checksum)):
                return problem
        return None

    def _content(self, heredoc: Heredoc | None, command: Resolved) -> str:
        if heredoc is None:
            return ""  # announced inside JSON: there is no body to it
        return self.evaluator.expand_body(heredoc, self.state.values, command.line)

    def _origin(self, command: Resolved) -> Origin | None:
        if command.instruction.keyword != "COPY" or not command.origins:
            return None
        origin = command.origins[0]
        if self._later(origin):
            name = quoted(command.instruction.given("from")[0])
            here = f"it needs to be defined before current stage {quoted(self.title)}"
            self.evaluator.fail(f"cannot copy from stage {name}, {here}", command.line)
        return origin

    def _later(self, origin: Origin | None) -> bool:
        if origin is None or origin.kind != "stage" or self.evaluator.frontend.copies_from_later:
            return False
        return (origin.stage or 0) > self.stage

    # --- RUN

    def _mounts(self, command: Resolved) -> Iterator[Mount]:
        if command.instruction.keyword != "RUN":
            return
        for mount, origin in zip(command.instruction.given("mount"), command.origins, strict=True):
            yield self._mount(mount, origin, command)

    def _mount(self, mount: str, origin: Origin | None, command: Resolved) -> Mount:
        empty: dict[str, None] = {}
        outside: set[str] = set()
        source = ""

        def value(name: str, written: str) -> str | None:
            nonlocal source
            foreign = self._is_foreign(written)
            expansion = self._expand(written, command)
            if name in ("source", "src"):
                empty.update(dict.fromkeys(expansion.empty))
                source = expansion.shown(written)
            if expansion.outside:
                outside.add(name)
            if foreign and name in _NUMBERED:
                return None
            # As it is written: where nobody knows.
            return written if foreign and name in _TARGETS else expansion.text

        try:
            fields = read_mount(mount, value)
        except WordProblem as problem:
            self.evaluator.fail(f"invalid mount: {mount}" if outside else str(problem), command.line)
        if fields.kind == "cache" and not fields.origin:
            origin = command.scratch
        if self._later(origin):
            names = f"{quoted(fields.origin or 'scratch')} to {quoted(mount if outside else fields.target)}"
            here = "stage needs to be defined before current command"
            self.evaluator.fail(f"cannot mount from stage {names}, {here}", command.line)
        target = fields.target
        if fields.kind not in ("secret", "ssh"):
            known = target.startswith("/") or not self.state.inside
            target = self._absolute(target)
            if target == "/" and known:
                self.evaluator.fail('invalid mount target "/"', command.line)
        options = tuple(fields.options)
        writable, hidden = bool(fields.writable), not outside.isdisjoint(("source", "src"))
        return Mount(fields.kind, fields.source, origin, target, writable, options, tuple(empty), source, hidden)


def _kind(text: str) -> Literal["path", "http", "git"]:
    if ":" in text and _GIT.match(text):
        return "git"
    return "http" if text.startswith(("http://", "https://")) else "path"


#: With a scheme of its own, as `user@host:path`, or over http with a path that ends in .git.
_GIT: Final = lazy(r"(?i:git|ssh)://|[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:|(?i:https?)://[^/?#]*/[^?#]*\.git(?:[?#]|\Z)")


def leads_out(source: str) -> bool:
    """Whether a source of COPY leads out of the directory that it is relative to."""
    return posixpath.normpath(source.removeprefix("/").removeprefix("./")).split("/")[0] == ".."
