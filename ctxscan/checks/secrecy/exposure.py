"""What a Dockerfile gives away: secrets in any of its instructions, in files that it writes, in its comments.

Every text is read as written, with its variables replaced, and as the file that it becomes. Stages whose history ends
in the image come first, so that a value is reported where it goes furthest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from ...regex import compiled
from ...secrets.commands import written_files
from ...secrets.hosts import is_near
from ...secrets.judgement import Judgement, Strength
from ...secrets.verdict import assignment, judge, spoken

if TYPE_CHECKING:
    from ...dockerfile.instructions import Heredoc, Instruction
    from ...dockerfile.stages import Dockerfile, Plan, Step

#: Where a text ends: in the history of the image, in that of a stage that is only built with, in none (a stage that is
#: not built), only where the Dockerfile itself goes, or in what a builder notes down about a build.
Place: TypeAlias = Literal["history", "cache", "unbuilt", "comment", "provenance"]

#: What variables may add up to: in one text, and in all of them.
LONGEST: Final = 1 << 16
MOST_EXPANDED: Final = 8 << 20
_VARIABLE: Final = r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+=?])((?:[^{}]|\$\{[^{}]*\})*+))?\})"
_SHELL_ASSIGNMENT: Final = r"(?:\A|[\s;&|(])([A-Za-z_]\w*)=(?:\"([^\"\n$`]*)\"|'([^'\n]*)'|([^\s\"'`$;|&<>()]*))"
#: What a shell puts together: quotes that end and begin again, and escapes of nothing special.
_JOINTS: Final = r"[\"']|\\(?=[\w?=&-])"


class Exposure(NamedTuple):
    """A secret at a line of the Dockerfile (None: at none). `name` is that of its variable, None: it has none."""

    line: int | None
    place: Place
    name: str | None
    judgement: Judgement


class Exposed(NamedTuple):
    """`unread`: some texts were left as written, since variables add up to too much."""

    exposures: tuple[Exposure, ...]
    unread: bool


def taken_up(dockerfile: Dockerfile, plan: Plan, name: str) -> tuple[Place, int] | None:
    """Where the value that is given for an argument goes, and the line that declares it; None: nothing declares it."""
    history = chain(plan)
    declared: list[tuple[Place, int]] = [
        ("history" if stage.index in history else "cache", step.line)
        for stage in plan.stages
        for step in stage.steps
        if step.keyword == "ARG" and any(word.partition("=")[0] == name for word in step.instruction.words)
    ]
    declared += [
        ("cache", each.line)
        for each in dockerfile.arguments
        if any(word.partition("=")[0] == name for word in each.words)
    ]
    return max(declared, key=lambda each: (each[0] == "history", -each[1]), default=None)


def exposed(dockerfile: Dockerfile, text: bytes, plan: Plan, *, known: set[str | bytes]) -> Exposed:
    """Every secret in a Dockerfile, in the order of its lines; each value once, where it goes furthest. `known` are the
    values that were reported before."""
    reading = _Reading(dockerfile, text, plan, known)
    found = tuple(reading.exposures())
    return Exposed(tuple(sorted(found, key=lambda each: each.line or 0)), reading.expanded > MOST_EXPANDED)


def chain(plan: Plan) -> frozenset[int]:
    """The stages whose history the image has: the target, and those that it is built FROM."""
    stages = {stage.index: stage for stage in plan.stages}
    found: list[int] = []
    here: int | None = plan.target.index
    while here is not None and here not in found:
        found.append(here)
        stage = stages.get(here)
        origin = stage.origin if stage is not None and stage.replaced is None else None
        here = origin.stage if origin is not None and origin.kind == "stage" else None
    return frozenset(found)


def in_history(plan: Plan, keyword: str) -> Iterator[Step]:
    """The steps of this keyword that are in the history of the image."""
    history = chain(plan)
    steps = (step for stage in plan.stages if stage.index in history for step in stage.steps)
    return (step for step in steps if step.keyword == keyword)


def is_for_service_beside(name: str, pairs: list[tuple[str, str]]) -> bool:
    """Whether the instruction that sets a password names the host that it is for, and only what is started with the
    container goes by that name."""
    service, _, what = name.upper().rpartition("_")
    hosts = [_bare(value) for key, value in pairs if key.upper() == f"{service}_HOST"]
    return what in ("PASSWORD", "PASS", "PWD") and bool(hosts) and all(map(is_near, hosts))


class _Reading:
    def __init__(self, dockerfile: Dockerfile, text: bytes, plan: Plan, known: set[str | bytes]) -> None:
        self.dockerfile = dockerfile
        self.lines = text.decode("utf-8-sig", "replace").split("\n")
        self.plan = plan
        self.known = known
        self.expanded = 0
        words = [word.partition("=") for each in dockerfile.arguments for word in each.words]
        #: Of the arguments before the first FROM, which a stage may take up.
        self.defaults = {name: default for name, _, default in words}
        self.covered: set[int] = set()

    def exposures(self) -> Iterator[Exposure]:
        history = chain(self.plan)
        built = {stage.index: stage for stage in self.plan.stages}
        sections = {section.index: section for section in self.dockerfile.sections}
        places: tuple[tuple[Place, list[int]], ...] = (
            ("history", sorted(history)),
            ("cache", sorted(built.keys() - history)),
            ("unbuilt", sorted(sections.keys() - built.keys())),
        )
        for place, wanted in places:
            for index in wanted:
                yield from self._as_spoken(sections[index].start, place, {})
                steps = built[index].steps if index in built else ()
                for step in steps:
                    yield from self._instruction(step.instruction, place, self._values(step), step)
                for instruction in () if steps else sections[index].instructions:
                    yield from self._instruction(instruction, place, {})
        for instruction in self.dockerfile.arguments:
            yield from self._instruction(instruction, "cache", {})
        yield from self._comments()

    # --- instructions

    def _values(self, step: Step) -> Mapping[str, str]:
        if "$" not in step.instruction.text and not step.instruction.heredocs:
            return {}
        settings = step.settings
        self.expanded += len(settings)
        return dict(settings) if self.expanded <= MOST_EXPANDED else {}

    def _instruction(
        self, instruction: Instruction, place: Place, values: Mapping[str, str], step: Step | None = None
    ) -> Iterator[Exposure]:
        line = instruction.line if step is None else step.line
        yield from self._pairs(instruction, line, place, values, step)
        yield from self._heredocs(instruction, place, values, step)
        if step is None or step.onbuild is None:
            yield from self._as_spoken(instruction, place, values)
        else:
            yield from self._spoken(instruction.text, line, place)

    def _pairs(
        self, instruction: Instruction, line: int, place: Place, values: Mapping[str, str], step: Step | None
    ) -> Iterator[Exposure]:
        """Names with their values, without and with variables replaced, and as the builder makes them."""
        words = instruction.words
        if instruction.keyword in ("ENV", "LABEL"):
            pairs = list(instruction.pairs)
        elif instruction.keyword == "ARG":
            split = (word.partition("=") for word in words)
            pairs = [(name, default if equals else self.defaults.get(name, "")) for name, equals, default in split]
        else:
            return
        made = step.words[1::2] if step is not None and instruction.keyword != "ARG" else ()
        for (name, written), value in zip_longest(pairs, made[: len(pairs)]):
            texts = (_bare(written), _bare(self._filled(written, values)), value or "")
            for value in dict.fromkeys(texts):
                found = assignment(name, value, known=self.known)
                if found is not None:
                    if found.severity is Strength.MEDIUM and is_for_service_beside(name, pairs):
                        found = found._replace(severity=Strength.LOW)
                    yield Exposure(line, place, name, found)

    def _as_spoken(self, instruction: Instruction, place: Place, values: Mapping[str, str]) -> Iterator[Exposure]:
        """The lines of an instruction as a command line; then joined, with variables replaced and quotes taken away."""
        first, last = instruction.line, instruction.end_line
        self.covered.update(range(first, last + 1))
        bodies = {number for each in instruction.heredocs for number in _lines_of(each)}
        lines = ["" if number in bodies else self._line(number) for number in range(first, last + 1)]
        own = [("" if line.lstrip().startswith("#") else line) for line in lines]
        yield from self._spoken("\n".join(own), first, place)
        for text in self._variants(instruction, values):
            yield from self._spoken(text, first, place, lines=False)
        comments = "\n".join(line if line.lstrip().startswith("#") else "" for line in lines)
        yield from self._remarks(comments, first)

    def _variants(self, instruction: Instruction, values: Mapping[str, str]) -> Iterator[str]:
        joined = " ".join(instruction.words) if instruction.json else instruction.text
        local = dict(values)
        for match in compiled(_SHELL_ASSIGNMENT).finditer(joined) if "$" in joined else ():
            local.setdefault(match[1], match[2] or match[3] or match[4] or "")
        texts = dict.fromkeys((joined, self._filled(joined, local)))
        yield from texts
        for text in texts:
            if compiled(_JOINTS).search(text):
                yield compiled(_JOINTS).sub("", text)

    def _spoken(self, text: str, line: int, place: Place, *, lines: bool = True) -> Iterator[Exposure]:
        for each in spoken(text, known=self.known):
            yield Exposure(line + (each.line or 1) - 1 if lines else line, place, None, each)
        for name, content, at in written_files(text):
            start = line + (text.count("\n", 0, at) if lines else 0)
            yield from self._file(name, content, start, place)

    # --- files

    def _heredocs(
        self, instruction: Instruction, place: Place, values: Mapping[str, str], step: Step | None
    ) -> Iterator[Exposure]:
        for heredoc in instruction.heredocs:
            contents = dict.fromkeys((heredoc.content, self._filled(heredoc.content, values)))
            if instruction.keyword in ("COPY", "ADD"):
                end = step.destination if step is not None else instruction.words[-1]
                name = end + heredoc.name if end.endswith("/") else end
                for content in contents:
                    yield from self._file(name, content, heredoc.line, place)
                continue
            target = next((each.name for each in written_files(_opened(instruction, heredoc))), "")
            for content in contents:
                yield from self._spoken(content, heredoc.line, place)
                yield from self._file(target, content, heredoc.line, place)

    def _file(self, name: str, content: str, line: int, place: Place) -> Iterator[Exposure]:
        """A file that the build writes, and its lines as settings whatever it is called."""
        path = name.rpartition(":")[2].lstrip("/~").lstrip("/") or "settings.conf"
        data = content.encode(errors="replace")
        for each in judge(path, data, size=len(data), named=True, known=self.known):
            if each.verdict == "confirmed":
                yield Exposure(line + (each.line or 1) - 1, place, None, each)
        for at, text in enumerate(content.split("\n")):
            variable, equals, value = text.strip().removeprefix("export ").partition("=")
            if equals and variable.isidentifier():
                found = assignment(variable, _bare(value), known=self.known)
                if found is not None:
                    yield Exposure(line + at, place, variable, found)

    # --- comments

    def _comments(self) -> Iterator[Exposure]:
        """What stands outside of instructions."""
        text = "\n".join("" if at in self.covered else line for at, line in enumerate(self.lines, 1))
        yield from self._remarks(text, 1)

    def _remarks(self, text: str, line: int) -> Iterator[Exposure]:
        bare = compiled(r"(?m)^[ \t]*+#+[ \t]*+").sub("", text)
        if bare.strip():
            yield from self._spoken(bare, line, "comment")

    # --- texts

    def _line(self, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        """With variables replaced as far as they are known, and defaults where they are not."""
        if "$" not in text or self.expanded > MOST_EXPANDED:
            return text
        size = 0

        def value(match: re.Match[str]) -> str:
            nonlocal size
            name, operator, word = match[1] or match[2], match[3], match[4] or ""
            known = values.get(name)
            if operator is None:
                out = match[0] if known is None else known
            elif operator.endswith("+"):
                out = word
            else:
                out = known or word or match[0]
            size += len(out)
            return out if size <= LONGEST else ""

        out = compiled(_VARIABLE).sub(value, text)
        self.expanded += size
        return out


def _bare(written: str) -> str:
    return written.strip("\"'") if written[:1] in ("'", '"') else written.replace('"', "").replace("'", "")


def _lines_of(heredoc: Heredoc) -> range:
    return range(heredoc.line, heredoc.line + heredoc.text.count("\n") + 1)


def _opened(instruction: Instruction, heredoc: Heredoc) -> str:
    """The command with an empty heredoc, to see into which file it goes."""
    return f"{instruction.text}\n{heredoc.name}\n"
