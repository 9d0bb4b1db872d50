"""The builders' pattern grammars.

A line of an ignore file becomes a pattern that knows its *parts*: what each component of a path has to be, so that
`matcher` can decide while it descends and never looks at a path twice. Two grammars exist: `dockerignore` (the
patternmatcher of BuildKit and of new Docker clients) and `containerignore` (buildah).

Each is a pattern class of pathspec and registered there by its name: `PathSpec.from_lines("dockerignore", lines)` works
once this module is imported. In pathspec the last pattern that matches wins, which is not quite how builders decide:
verdicts are given by `matcher`, and files read by `ignorefile`. Importing pathspec takes as long as starting Python, so
whoever may have no rule to read imports this module with the first one.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self, TypeAlias

from pathspec.pattern import Pattern, RegexPattern
from pathspec.util import register_pattern

from ..printable import WHITE_SPACE
from .parts import ANY_NAME, BEGIN, DIRS, END, REST, SLASH, STAR, Part, components, name_part, python_expression
from .re2 import NOT_SLASH, Alt, Cat, Syntax, SyntaxProblem, char, parse_expression

if TYPE_CHECKING:
    from .automaton import Automaton

SYNTAX_ERROR: Final = "syntax error in pattern"


class PatternProblem(ValueError):
    """The builder rejects this pattern; the text is its own."""


#: How a pattern is compared: with the whole text, its beginning, its end, or as an expression of Go's;
#: `glob`: as git compares.
PartKind: TypeAlias = Literal["exact", "prefix", "suffix", "regex", "glob"]

_WILD: Final[dict[str, Syntax]] = {"*": STAR, "?": NOT_SLASH}


def clean(path: str) -> str:
    """The shortest equal path, by its text alone, as Go's `path.Clean` has it: wild cards are ordinary text here."""
    rooted = path.startswith("/")
    out: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and out and out[-1] != "..":
            out.pop()
        elif part != ".." or not rooted:
            out.append(part)
    return "/" * rooted + "/".join(out) or "."


def check_glob(text: str) -> None:
    """Raise `PatternProblem` for a malformed glob, which every builder refuses as soon as the list is loaded.

    That is Go's `filepath.Match` of the pattern with `.`, which reads no further than the first chunk between stars
    that does not match: `a*[` is loaded, and refused by whatever compares it.
    """
    name, rest = ".", text
    while rest:
        chunk = rest.lstrip("*")
        end = _chunk_end(chunk)
        chunk, rest, star = chunk[:end], chunk[end:], chunk != rest
        if star and not chunk:
            return
        left = _after_chunk(chunk, name)
        if left is None or (left and not rest):
            return
        name = left


def _chunk_end(text: str) -> int:
    """Where the next star is that stands for any text."""
    at, in_class = 0, False
    while at < len(text) and (in_class or text[at] != "*"):
        if text[at] in "[]":
            in_class = text[at] == "["
        at += 2 if text[at] == "\\" else 1
    return min(at, len(text))


def _after_chunk(chunk: str, name: str) -> str | None:
    """What is left of `name` behind what the chunk, which has no star, matches; None: it does not match."""
    failed = False
    at = 0
    while at < len(chunk):
        c = chunk[at]
        at += 1
        failed = failed or not name
        if c == "[":
            at, fits = _class(chunk, at, "\0" if failed else name[0])
        elif c == "?":
            fits = name != "/"
        else:
            if c == "\\":
                if at == len(chunk):
                    raise PatternProblem(SYNTAX_ERROR)
                c = chunk[at]
                at += 1
            fits = name.startswith(c)
        failed = failed or not fits
        name = name[1:]
    return None if failed else name


def _class(text: str, at: int, c: str) -> tuple[int, bool]:
    """The end of the class whose inside begins at `at`, and whether `c` belongs to it."""
    negated = text.startswith("^", at)
    at += negated
    found = some = False
    while not (some and text.startswith("]", at)):
        low, at = _member(text, at)
        high = low
        if text[at] == "-":
            high, at = _member(text, at + 1)
        found, some = found or low <= c <= high, True
    return at + 1, found is not negated


def _member(text: str, at: int) -> tuple[str, int]:
    """A character of a class and its end; neither a bare `-` nor `]` is one, and something has to follow."""
    if at >= len(text) or text[at] in "-]":
        raise PatternProblem(SYNTAX_ERROR)
    at += text[at] == "\\"
    if at >= len(text) - 1 or "\ud800" <= text[at] <= "\udfff":
        raise PatternProblem(SYNTAX_ERROR)
    return text[at], at + 1


class IgnorePattern(RegexPattern):
    """One rule. `text` is what is compared, `include` False for a negated rule and None where there is none to compare.

    Made from a line of an ignore file, `IgnorePattern("/a/ ")`, or from a pattern as a builder's client hands it on,
    `IgnorePattern.loaded("a")`. Raises `PatternProblem` where the builder refuses to load it.
    """

    # No __slots__: a few values are worked out when they are first asked for.
    name: ClassVar[str]
    #: Characters beside the wild cards that mean something in an expression.
    operators: ClassVar[frozenset[str]]
    text: str

    def __init__(self, line: str) -> None:
        rule = self.read(line)
        self._load(rule, line)

    @classmethod
    @lru_cache(maxsize=4096)
    def loaded(cls, rule: str) -> Self:
        """The same pattern each time: a file is read as several builders read it, with and without additions."""
        self = cls.__new__(cls)
        self._load(rule, rule)
        return self

    def _load(self, rule: str | None, line: str) -> None:
        look = None if rule is None else self.look(rule)
        include, self.text = look or (None, "")
        # Not `RegexPattern.__init__`, which compiles an expression at once that hardly anybody asks for.
        Pattern.__init__(self, include)
        self.pattern = line
        if look is not None:
            self.check()

    def check(self) -> None:
        """Raise `PatternProblem` for what is refused as soon as it is loaded."""
        check_glob(self.text)

    @property
    def line(self) -> str:
        """What it was made from, as it goes over the wire."""
        return str(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IgnorePattern):
            return NotImplemented
        return (type(self), self.include, self.text) == (type(other), other.include, other.text)

    def __hash__(self) -> int:
        return hash((type(self), self.include, self.text))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.include, self.text, self.pattern)

    def __copy__(self) -> IgnorePattern:
        return self

    @classmethod
    def read(cls, line: str) -> str | None:
        """The pattern that the builder's client reads from a line (no line end); None: no pattern on it."""
        raise NotImplementedError

    @classmethod
    def look(cls, rule: str) -> tuple[bool, str] | None:
        """Whether the pattern excludes, and its text; None: nothing to compare. The sign is recognised only here."""
        rule = rule.strip(WHITE_SPACE)
        if not rule:
            return None
        rule = clean(rule)
        if not rule.startswith("!"):
            return True, rule
        if rule == "!":
            raise PatternProblem('illegal exclusion pattern: "!"')
        return False, rule[1:]

    @classmethod
    def translate(cls, text: str) -> tuple[PartKind, str]:
        """How `text` is compared, and the expression that it is in Go's syntax."""
        raise NotImplementedError

    @property
    def negated(self) -> bool:
        return self.include is False

    @cached_property
    def kind(self) -> PartKind:
        return self.translate(self.text)[0]

    @cached_property
    def problem(self) -> str | None:
        """The builder's words when it first compares this pattern with a path and cannot."""
        if self.kind == "regex" and self.simple is None:
            try:
                _ = self.tree
            except SyntaxProblem:
                return SYNTAX_ERROR
        return None

    @cached_property
    def tree(self) -> Syntax:
        """The expression, also for what is compared as plain text."""
        kind, expression = self.translate(self.text)
        if kind == "regex":
            return parse_expression(f"^{expression}$")
        if kind == "exact":
            return Cat((BEGIN, *map(char, map(ord, self.text)), END))
        if kind == "prefix":
            return Cat((BEGIN, *map(char, map(ord, self.text[:-2]))))
        if self.text.startswith("**/"):
            start = Alt((BEGIN, SLASH))
            return Cat((start, *map(char, map(ord, self.text[3:])), END))
        return Cat((*map(char, map(ord, self.text[2:])), END))

    @cached_property
    def automaton(self) -> Automaton:
        """Matches a whole path, in time linear in it."""
        from .automaton import Automaton  # most rules come apart at slashes

        return Automaton(self.tree)

    @cached_property
    def parts(self) -> tuple[Part, ...] | None:
        """What the components of a path have to be, or None where the expression does not come apart at slashes."""
        text = self.text
        if self.kind == "exact":
            return tuple(Part("literal", name) for name in text.split("/"))
        if self.kind == "prefix":
            *names, last = text[:-2].split("/")
            return (*(Part("literal", name) for name in names), Part("prefix", last) if last else ANY_NAME)
        if self.kind == "suffix":
            first, *names = text[2:].split("/")
            if not first and names:
                first, *names = names
                head = Part("literal", first)
            else:
                head = Part("suffix", first) if first else ANY_NAME
            return (DIRS, head, *(Part("literal", name) for name in names))
        return self.simple or (None if self.problem else components(self.tree))

    @cached_property
    def simple(self) -> tuple[Part, ...] | None:
        """The parts of a pattern of `*`, `?`, whole `**` and plain characters, which most are, without its tree."""
        if not self.text.isascii() or not self.operators.isdisjoint(self.text):
            return None
        parts: list[Part] = []
        names = self.text.split("/")
        for at, name in enumerate(names, 1):
            if name == "**":
                parts.append(DIRS if at < len(names) else REST)
            elif not name or "**" in name:
                return None
            else:
                parts.append(name_part([_WILD[c] if c in _WILD else char(ord(c)) for c in name]))
        return tuple(parts)

    @classmethod
    def pattern_to_regex(cls, pattern: str) -> tuple[str | None, bool | None]:  # type: ignore[override]
        """The expression of a line in Python's syntax, and whether it excludes, as pathspec asks for them."""
        self = cls(pattern)
        return (self.regex.pattern, self.include) if self.regex is not None else (None, None)

    @cached_property
    def regex(self) -> re.Pattern[str] | None:  # type: ignore[override]
        """The expression in Python's syntax, for others to look at. Nothing here matches with it: `re` backtracks."""
        if self.include is None or self.problem:
            return None
        return re.compile(python_expression(self.tree), re.DOTALL)

    def match_file(self, file: str) -> bool | None:
        """True if `file`, a path with slashes, or a directory above it matches; else None. Takes linear time."""
        if self.include is None or self.problem:
            return None
        state = self.automaton.start
        for at, name in enumerate(file.split("/")):
            state = self.automaton.advance(state, "/" + name if at else name)
            if state.accepts:
                return True
        return None

    @cached_property
    def sticky(self) -> bool:
        """Whether whatever lies below a match matches, by the text alone."""
        return self.kind == "prefix"


class DockerPattern(IgnorePattern):
    """A pattern of BuildKit and of the classic builder of new Docker clients."""

    name = "dockerignore"
    operators = frozenset("\\[]{}|^")

    @classmethod
    def read(cls, line: str) -> str | None:
        if line.startswith("#"):
            return None  # only in the first byte: an indented # is a pattern
        line = line.strip(WHITE_SPACE)
        negated = line.startswith("!")
        if negated:
            line = line[1:].strip(WHITE_SPACE)
        if line:
            line = clean(line)
            if len(line) > 1:
                line = line.removeprefix("/")
        return "!" * negated + line or None

    @classmethod
    def translate(cls, text: str) -> tuple[PartKind, str]:
        out: list[str] = []
        kind: PartKind = "exact"
        at, size = 0, len(text)
        while at < size:
            c = text[at]
            at += 1
            if c == "*" and text.startswith("*", at):
                first = at == 1
                at += 1
                at += text.startswith("/", at)
                if at == size and kind == "exact":
                    kind = "prefix"
                else:
                    kind = "regex"
                    out.append(".*" if at == size else "(.*/)?")
                if first:
                    kind = "suffix"
            elif c in "*?":
                out.append("[^/]*" if c == "*" else "[^/]")
                kind = "regex"
            elif c in ".+()$":
                out.append("\\" + c)
            elif c == "\\":
                out.append(text[at - 1 : at + 1])
                at += 1
                kind = "regex"
            elif c in "[]":
                out.append(c)
                kind = "regex"
            elif c != "\ufeff" or at > 1:  # the reader of the expression drops a leading byte order mark
                out.append(c)
        return kind, "".join(out)


class BuildahPattern(IgnorePattern):
    """A pattern of buildah and podman: always an expression, and nearly nothing in it is escaped."""

    name = "containerignore"
    operators = frozenset("\\[]{}|^+()")

    @classmethod
    def read(cls, line: str) -> str | None:
        if line.startswith("#"):
            return None
        return line.strip("/").strip(WHITE_SPACE) or None

    @classmethod
    def look(cls, rule: str) -> tuple[bool, str] | None:
        look = super().look(rule)
        if look is None:
            return None
        excludes, text = look
        if not excludes:
            # Only here: a slash behind blanks stays, and then the pattern matches nothing.
            text = clean(text)
            text = text.removeprefix("/") if len(text) > 1 else text
        return excludes, text

    @classmethod
    def translate(cls, text: str) -> tuple[PartKind, str]:
        out: list[str] = []
        at, size = 0, len(text)
        while at < size:
            c = text[at]
            at += 1
            if c == "*" and text.startswith("*", at):
                at += 1
                at += text.startswith("/", at)
                out.append(".*" if at == size else "(.*/)?")
            elif c in "*?":
                out.append("[^/]*" if c == "*" else "[^/]")
            elif c in ".$":
                out.append("\\" + c)
            elif c == "\\":
                out.append(text[at - 1 : at + 1])
                at += 1
            elif c != "\ufeff" or at > 1:
                out.append(c)
        return "regex", "".join(out)


def _again(cls: type[IgnorePattern], include: bool | None, text: str, line: str) -> IgnorePattern:
    self = cls.__new__(cls)
    self.include, self.text, self.pattern = include, text, line
    return self


GRAMMARS: Final[dict[str, type[IgnorePattern]]] = {each.name: each for each in (DockerPattern, BuildahPattern)}
for _name, _grammar in GRAMMARS.items():
    register_pattern(_name, _grammar)
