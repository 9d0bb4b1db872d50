"""The builder's own checks of a Dockerfile, which end a build that asks for it (`# check=error=true`).

Only what follows from the text and from the arguments given is found here: what depends on the configuration of a base
image (its variables, its shell, its platform) is passed over, and so is what the ignore file excludes, which is
reported as a missing input. Source: BuildKit's linter, and where its frontend calls it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ..errors import CtxscanError
from ..printable import WHITE_SPACE
from ..regex import lazy
from .instructions import Instruction, heredoc_name
from .mounts import mount_fields
from .references import familiar
from .stages import Dockerfile, Plan, Section, Stage, Step
from .values import normal_platform, platform_problem
from .words import WordProblem, expand, quoted

#: The build argument that takes the place of the directive.
ARGUMENT: Final = "BUILDKIT_DOCKERFILE_CHECK"
_EXPERIMENTAL: Final = frozenset(("InvalidDefinitionDescription",))
_RESERVED: Final = frozenset(("context", "scratch"))
_DIRECTIVE: Final = lazy(r"([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_SECRET: Final = lazy(
    r"(?i)(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)",
)
_NO_SECRET: Final = lazy(r"(?i)(?:_|^)(?:public|file|version)(?:_|$)")
_TRUE: Final = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE: Final = frozenset(("0", "f", "F", "FALSE", "false", "False"))
_ONCE: Final = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK"))
_EXPANDED: Final = frozenset(("ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"))


class LintOptions(NamedTuple):
    """Which rules are asked for: all but those in `skipped`, and of the experimental ones those that are named. None:
    all of them. `error`: a violation ends the build."""

    skipped: frozenset[str] | None = frozenset()
    experimental: frozenset[str] | None = frozenset()
    error: bool = False

    def asks_for(self, rule: str) -> bool:
        if rule in _EXPERIMENTAL:
            return self.experimental is None or rule in self.experimental
        return self.skipped is not None and rule not in self.skipped

    def merged(self, other: "LintOptions") -> "LintOptions":
        return LintOptions(
            _union(self.skipped, other.skipped), _union(self.experimental, other.experimental), self.error
        )


def _union(some: frozenset[str] | None, others: frozenset[str] | None) -> frozenset[str] | None:
    return None if some is None or others is None else some | others


def options(dockerfile: Dockerfile, build_args: Mapping[str, str]) -> LintOptions:
    """What is asked for. Raises `CtxscanError` for an option that there is not."""
    given = build_args.get(ARGUMENT)
    try:
        return _read(dockerfile.check.partition(" ")[0] if given is None else given)
    except WordProblem as problem:
        # What an argument gives may come from the environment, and is not quoted.
        said = str(problem) if given is None else str(problem).partition(' "')[0]
        what = "check options" if given is None else f"build-arg:{ARGUMENT}"
        raise CtxscanError(f"failed to parse {what}: {said}", place=dockerfile.label) from None


def _read(text: str) -> LintOptions:
    found: dict[str, frozenset[str] | None] = {}
    error = False
    for part in text.strip(WHITE_SPACE).split(";", 2) if text.strip(WHITE_SPACE) else ():
        name, equals, value = part.partition("=")
        name, value = name.strip(WHITE_SPACE), value.strip(WHITE_SPACE)
        if not equals:
            raise WordProblem(f"invalid check option {quoted(part)}")
        if name in ("skip", "experimental"):
            found[name] = None if value == "all" else frozenset(each.strip(WHITE_SPACE) for each in value.split(","))
        elif name != "error":
            raise WordProblem(f"invalid check option {quoted(name)}")
        elif value in _TRUE or value in _FALSE:
            error = value in _TRUE
        else:
            problem = f"strconv.ParseBool: parsing {quoted(value)}: invalid syntax"
            raise WordProblem(f"failed to parse check option {quoted(part)}: {problem}")
    return LintOptions(found.get("skip", frozenset()), found.get("experimental", frozenset()), error)


def refuse_lints(dockerfile: Dockerfile, plan: Plan, asked: LintOptions, known: "Known") -> None:
    """Raise `CtxscanError` if violations end the build, and there are any."""
    if asked.error:
        linter = _Linter(dockerfile, plan, asked, known)
        found = sorted({rule for rule, where in linter.run() if linter.options(where).asks_for(rule)})
        if found:
            raise CtxscanError(f"lint violation found for rules: {', '.join(found)}", place=dockerfile.label)


class Known(NamedTuple):
    """Arguments that are known before the first FROM: as this build has them, as they are when none is given, and the
    names of all that are declared. `platform` is the one to build for."""

    values: Mapping[str, str]
    defaults: Mapping[str, str]
    declared: Collection[str]
    platform: str


#: A violation: the rule, and the instruction whose comments may ask for it not to be reported.
_Found = tuple[str, Instruction | None]


class _Linter:
    def __init__(self, dockerfile: Dockerfile, plan: Plan, asked: LintOptions, known: Known) -> None:
        self.dockerfile = dockerfile
        self.plan = plan
        self.asked = asked
        self.known = known
        self.lines = dockerfile.text.split("\n")
        self.every = [*dockerfile.arguments]
        for section in dockerfile.sections:
            self.every += [section.start, *section.instructions]
        self.comments = dict(self._comments())

    def run(self) -> Iterator[_Found]:
        yield from self._casing()
        for instruction in self.every:
            yield from self._instruction(instruction)
        names = [section.name for section in self.dockerfile.sections if section.name]
        yield from (("ReservedStageName", None) for name in names if name in _RESERVED)
        yield from (("DuplicateStageName", None) for count in Counter(names).values() if count > 1)
        for section in self.dockerfile.sections:
            yield from self._section(section)
        moved: set[int] = set()
        for stage in self.plan.stages:
            yield from self._stage(stage, moved)

    def options(self, instruction: Instruction | None) -> LintOptions:
        """What is asked for where an instruction stands: a comment above it may skip rules."""
        for comment in self.comments.get(id(instruction), ()):
            match = _DIRECTIVE.fullmatch(comment)
            if match is not None and match[1].lower() == "check":
                try:
                    return self.asked.merged(_read(match[2].partition(" ")[0]))
                except WordProblem:
                    break
        return self.asked

    def _comments(self) -> Iterator[tuple[int, list[str]]]:
        """The comments above each instruction, by the identity of that."""
        start = self.dockerfile.directives
        for instruction in self.every:
            comments: list[str] = []
            for line in self.lines[start : instruction.line - 1]:
                text = line.lstrip(WHITE_SPACE)
                if text.startswith("#"):
                    comment = text[1:].strip(WHITE_SPACE)
                    comments = [*comments, comment] if comment else []
            yield id(instruction), comments
            start = instruction.end_line

    # --- what the text shows

    def _casing(self) -> Iterator[_Found]:
        names = [_written(each)[0] for section in self.dockerfile.sections for each in _all(section)]
        lower = sum(name == name.lower() for name in names)
        upper = sum(name == name.upper() != name.lower() for name in names)
        right = str.lower if lower > upper else str.upper
        if any(right(name) != name for name in names):
            yield "ConsistentInstructionCasing", None

    def _instruction(self, each: Instruction) -> Iterator[_Found]:
        if self._has_empty_line(each):
            yield "NoEmptyContinuation", None
        if each.keyword == "MAINTAINER":
            yield "MaintainerDeprecated", each
        described: tuple[str, ...] = ()
        if each.keyword == "FROM" and len(each.words) == 3:
            keyword, name = _written(each)[0], each.words[2]
            if name != name.lower():
                yield "StageNameCasing", each
            if any(
                case(keyword) == keyword and case(each.words[1]) != each.words[1] for case in (str.lower, str.upper)
            ):
                yield "FromAsCasing", each
            described = (name.lower(),)
        elif each.keyword == "ARG":
            described = tuple(word.partition("=")[0] for word in each.words)
        comments = self.comments[id(each)]
        if described and comments and comments[-1].split(" ")[0] not in described:
            yield "InvalidDefinitionDescription", each

    def _has_empty_line(self, each: Instruction) -> bool:
        escape = self.dockerfile.escape
        line = self.lines[each.line - 1].rstrip("\r").lstrip(WHITE_SPACE)
        empty = False
        for following in self.lines[each.line : each.end_line]:
            body = line.rstrip(" \t")
            if not body.endswith(escape) or body.endswith(escape * 2):
                break
            text = following.rstrip("\r").lstrip(WHITE_SPACE)
            if not text:
                empty = True
            elif not text.startswith("#"):
                line = text
        return empty

    # --- FROM

    def _section(self, section: Section) -> Iterator[_Found]:
        start = section.start
        _, missing, _ = self._expand(start.words[0], self.known.values)
        if missing.difference(self.known.declared, self.known.values):
            yield "UndefinedArgInFrom", start
        _, _, default = self._expand(start.words[0], self.known.defaults)
        if default is not None and not _is_reference(default):
            yield "InvalidDefaultArgInFrom", None
        for written in start.given("platform"):
            matched, missing, platform = self._expand(written, self.known.values)
            if missing.difference(self.known.declared, self.known.values):
                yield "UndefinedArgInFrom", start
            if platform is None:
                continue
            if matched == {"TARGETPLATFORM"} and not missing and platform == self.known.values.get("TARGETPLATFORM"):
                yield "RedundantTargetPlatform", start
            if not matched and not missing and not platform_problem(platform):
                parts = normal_platform(platform, self.known.platform).split("/")
                if not any(part in section.name for part in parts[:2]):
                    yield "FromPlatformFlagConstDisallowed", start

    def _expand(self, text: str, values: Mapping[str, str]) -> tuple[set[str], set[str], str | None]:
        """The variables in a text that have a value, those that have none, and the text as it becomes."""
        matched: set[str] = set()
        missing: set[str] = set()

        def value(name: str) -> str | None:
            (matched if name in values else missing).add(name)
            return values.get(name)

        try:
            return matched, missing, expand(text, value, escape=self.dockerfile.escape).text
        except WordProblem:
            return matched, missing, None

    # --- stages that are built

    def _stage(self, stage: Stage, moved: set[int]) -> Iterator[_Found]:
        counts = Counter(step.keyword for step in stage.steps if step.keyword in _ONCE)
        yield from (("MultipleInstructionsDisallowed", None) for count in counts.values() if count > 1)
        if stage.origin.stage in moved:
            moved.add(stage.index)
        bare = self._is_bare(stage)
        declared = {word.partition("=")[0] for step in self._history(stage) for word in _declared(step)}
        shells = any(step.keyword == "SHELL" for step in self._history(stage))
        seen = set[str]()
        for step in stage.steps:
            each = step.instruction
            yield from ((rule, each) for rule in self._step(step))
            if step.keyword == "WORKDIR":
                if stage.index not in moved and not step.words[0].startswith("/"):
                    yield "WorkdirRelativePath", each
                moved.add(stage.index)
            if bare and step.keyword in ("CMD", "ENTRYPOINT") and not each.json and not shells:
                yield "JSONArgsRecommended", each
            shells |= step.keyword == "SHELL"
            if bare and self._unknown(step) - seen - declared:
                yield "UndefinedVar", each
            seen.update(word.partition("=")[0] for word in _declared(step))

    def _is_bare(self, stage: Stage) -> bool:
        """Whether nothing is below a stage that could bring variables or a shell."""
        return self.plan.chain(stage)[0].origin.kind == "scratch"

    def _history(self, stage: Stage) -> Iterator[Step]:
        """The steps of the stages that this one is built on."""
        return (step for below in self.plan.chain(stage)[:-1] for step in below.steps)

    def _step(self, step: Step) -> Iterator[str]:
        each = step.instruction
        if step.keyword in ("ENV", "LABEL") and "=" not in _written(each)[1]:
            yield "LegacyKeyValueFormat"
        keys: Sequence[str] = step.words[::2] if step.keyword == "ENV" else _declared(step)
        if any(_SECRET.search(key.partition("=")[0]) and not _NO_SECRET.search(key.partition("=")[0]) for key in keys):
            yield "SecretsUsedInArgOrEnv"
        if step.keyword == "EXPOSE":
            ports = [port for word in step.words for port in word.split()]
            if any(port.partition("/")[2] != port.partition("/")[2].lower() for port in ports):
                yield "ExposeProtoCasing"
            if any(":" in port for port in ports):
                yield "ExposeInvalidFormat"

    def _unknown(self, step: Step) -> set[str]:
        """The variables that a step uses and that nothing sets."""
        values = {**dict(step.environment), "PATH": "/"}
        missing = set[str]()
        for text in _texts(step):
            missing |= self._expand(text, values)[1]
        return missing


def _all(section: Section) -> Iterator[Instruction]:
    yield section.start
    yield from section.instructions


def _written(each: Instruction) -> tuple[str, str]:
    """The keyword as it is written, and the first word behind it and its flags."""
    words = [word for word in re.split(f"[{WHITE_SPACE}]+", each.text.strip(WHITE_SPACE)) if word]
    return words[0], next((word for word in words[1:] if not word.startswith("--")), "")


def _declared(step: Step) -> tuple[str, ...]:
    return step.words if step.keyword == "ARG" else ()


def _texts(step: Step) -> Iterator[str]:
    """What of an instruction has its variables replaced."""
    each = step.instruction
    if step.keyword in _EXPANDED:
        yield from each.words
    elif step.keyword == "ARG":
        yield from (word.partition("=")[2] for word in each.words)
    elif step.keyword in ("ADD", "COPY"):
        yield from (word for word in each.words if heredoc_name(word) is None)
        yield from (value or "" for name, value in each.flags if name in ("chmod", "chown", "checksum"))
    elif step.keyword == "RUN":
        for mount in each.given("mount"):
            yield from (field.partition("=")[2] for field in mount_fields(mount) or ())


def _is_reference(text: str) -> bool:
    try:
        familiar(text)
    except WordProblem:
        return False
    return True
