"""The builders' pattern grammars.

A line of an ignore file becomes a pattern that knows its *parts*: what each component of a path has to be, so that
`matcher` can decide while it descends and never looks at a path twice. Two grammars exist: `dockerignore` (the
patternmatcher of BuildKit and of new Docker clients) and `containerignore` (buildah).

It does not read files (`ignorefile`) and does not give verdicts (`matcher`). For those who match with pathspec it has
the same grammars in `patterns`; here pathspec is not imported, since that takes as long as to start Python.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Final, Literal, NamedTuple, TypeAlias

from ..printable import WHITE_SPACE
from .re2 import NOT_NEWLINE, NOT_SLASH, Alt, Assert, Automaton, Cat, Chars, Node, Repeat, SyntaxProblem, char, parse

SYNTAX_ERROR: Final = "syntax error in pattern"


class PatternProblem(ValueError):
    """The builder rejects this pattern; the text is its own."""


class Part(NamedTuple):
    """What one component of a path has to be.

    `literal`, `prefix` and `suffix` compare with `text`, `glob` is a regular expression for a whole name, `any` is any
    name; `dirs` is any number of components, none too, and `rest` at least one and all that follow. What a `glob`
    matches begins with one of `heads` and ends with one of `tails`, each all of one length, 0 if nothing is known.
    """

    kind: Literal["literal", "prefix", "suffix", "glob", "any", "dirs", "rest"]
    text: str = ""
    heads: tuple[str, ...] = ("",)
    tails: tuple[str, ...] = ("",)


#: How a pattern is compared: with the whole text, its beginning, its end, or as an expression.
Kind: TypeAlias = Literal["exact", "prefix", "suffix", "regex"]

_ANY: Final = Part("any")
_DIRS: Final = Part("dirs")
_REST: Final = Part("rest")
_SLASH: Final = char(47)
_STAR: Final = Repeat(NOT_SLASH, 0, None)
_LINE: Final = Repeat(NOT_NEWLINE, 0, None)
_ANY_DIRS: Final = Repeat(Cat((_LINE, _SLASH)), 0, 1)
_WILD: Final[dict[str, Node]] = {"*": _STAR, "?": NOT_SLASH}
_BEGIN: Final = Assert("begin")
_END: Final = Assert("end")


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


def check(text: str) -> None:
    """Raise `PatternProblem` for a malformed glob, which every builder refuses as soon as the list is loaded."""
    at, size = 0, len(text)
    while at < size:
        c = text[at]
        at += 1
        if c == "\\":
            if at == size:
                raise PatternProblem(SYNTAX_ERROR)
            at += 1
        elif c == "[":
            at += text.startswith("^", at)
            at = _check_member(text, at)
            while not text.startswith("]", at):
                at = _check_member(text, at)
            at += 1


def _check_member(text: str, at: int) -> int:
    """The end of a member of a class, `x` or `x-y`; neither may be a bare `-` or `]`, and something has to follow."""
    while True:
        if at >= len(text) or text[at] in "-]":
            raise PatternProblem(SYNTAX_ERROR)
        at += text[at] == "\\"
        if at >= len(text) - 1 or "\ud800" <= text[at] <= "\udfff":
            raise PatternProblem(SYNTAX_ERROR)
        at += 1
        if not text.startswith("-", at):
            return at
        at += 1
        if at >= len(text) or text[at] in "-]":
            raise PatternProblem(SYNTAX_ERROR)
        at += text[at] == "\\"
        if at >= len(text) - 1 or "\ud800" <= text[at] <= "\udfff":
            raise PatternProblem(SYNTAX_ERROR)
        return at + 1


class IgnorePattern:
    """One rule. `text` is what is compared, `include` False for a negated rule (as pathspec has it).

    Made from a line of an ignore file, `IgnorePattern("/a/ ")`, or from a pattern as a builder's client hands it on,
    `IgnorePattern.loaded("a")`. Raises `PatternProblem` where the builder refuses to load it.
    """

    # No __slots__: a few values are worked out when they are first asked for.
    name: ClassVar[str]
    #: Characters beside the wild cards that mean something in an expression.
    operators: ClassVar[frozenset[str]]
    text: str
    #: What it was made from, as it goes over the wire.
    line: str

    def __init__(self, line: str) -> None:
        rule = self.read(line)
        self._load(rule, line)

    @classmethod
    @lru_cache(maxsize=4096)
    def loaded(cls, rule: str) -> IgnorePattern:
        """The same pattern each time: a file is read as several builders read it, with and without additions."""
        self = cls.__new__(cls)
        self._load(rule, rule)
        return self

    def _load(self, rule: str | None, line: str) -> None:
        self.line = line
        self.text = ""
        self.include = None
        if rule is not None and (look := self.look(rule)) is not None:
            self.include, self.text = look
            check(self.text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IgnorePattern):
            return NotImplemented
        return (type(self), self.include, self.text) == (type(other), other.include, other.text)

    def __hash__(self) -> int:
        return hash((type(self), self.include, self.text))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.include, self.text, self.line)

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
    def translate(cls, text: str) -> tuple[Kind, str]:
        """How `text` is compared, and the expression that it is in Go's syntax."""
        raise NotImplementedError

    @property
    def negated(self) -> bool:
        return self.include is False

    @cached_property
    def kind(self) -> Kind:
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
    def tree(self) -> Node:
        """The expression, also for what is compared as plain text."""
        kind, expression = self.translate(self.text)
        if kind == "regex":
            return parse(f"^{expression}$")
        if kind == "exact":
            return Cat((_BEGIN, *map(char, map(ord, self.text)), _END))
        if kind == "prefix":
            return Cat((_BEGIN, *map(char, map(ord, self.text[:-2]))))
        if self.text.startswith("**/"):
            start = Alt((_BEGIN, _SLASH))
            return Cat((start, *map(char, map(ord, self.text[3:])), _END))
        return Cat((*map(char, map(ord, self.text[2:])), _END))

    @cached_property
    def automaton(self) -> Automaton:
        """Matches a whole path, in time linear in it."""
        return Automaton(self.tree)

    @cached_property
    def parts(self) -> tuple[Part, ...] | None:
        """What the components of a path have to be, or None where the expression does not come apart at slashes."""
        text = self.text
        if self.kind == "exact":
            return tuple(Part("literal", name) for name in text.split("/"))
        if self.kind == "prefix":
            *names, last = text[:-2].split("/")
            return (*(Part("literal", name) for name in names), Part("prefix", last) if last else _ANY)
        if self.kind == "suffix":
            first, *names = text[2:].split("/")
            if not first and names:
                first, *names = names
                head = Part("literal", first)
            else:
                head = Part("suffix", first) if first else _ANY
            return (_DIRS, head, *(Part("literal", name) for name in names))
        return self.simple or (None if self.problem else _components(self.tree))

    @cached_property
    def simple(self) -> tuple[Part, ...] | None:
        """The parts of a pattern of `*`, `?`, whole `**` and plain characters, which most are, without its tree."""
        if not self.text.isascii() or not self.operators.isdisjoint(self.text):
            return None
        parts: list[Part] = []
        names = self.text.split("/")
        for at, name in enumerate(names, 1):
            if name == "**":
                parts.append(_DIRS if at < len(names) else _REST)
            elif not name or "**" in name:
                return None
            else:
                parts.append(_name_part([_WILD[c] if c in _WILD else char(ord(c)) for c in name]))
        return tuple(parts)

    @cached_property
    def single_line(self) -> bool:
        """Whether `**` stops at a line end in a name, as `.*` does in an expression."""
        return self.kind == "regex"

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
    def translate(cls, text: str) -> tuple[Kind, str]:
        out: list[str] = []
        kind: Kind = "exact"
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
        text = clean(look[1])
        return look[0], text.removeprefix("/") if len(text) > 1 else text

    @classmethod
    def translate(cls, text: str) -> tuple[Kind, str]:
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
    self.include, self.text, self.line = include, text, line
    return self


GRAMMARS: Final[dict[str, type[IgnorePattern]]] = {each.name: each for each in (DockerPattern, BuildahPattern)}


# --- from an expression to parts ------------------------------------------------------------------------------------


def _components(tree: Node) -> tuple[Part, ...] | None:
    if not isinstance(tree, Cat) or tree.items[0] != _BEGIN or tree.items[-1] != _END:
        return None
    items = tree.items[1:-1]
    parts: list[Part] = []
    name: list[Node] = []
    for at, item in enumerate(items):
        if item == _SLASH:
            if not name:
                return None
            parts.append(_name_part(name))
            name = []
        elif item == _ANY_DIRS and not name:
            parts.append(_DIRS)
        elif item == _LINE and not name and at == len(items) - 1:
            return (*parts, _REST)
        elif item == _STAR or (isinstance(item, Chars) and not item.holds(47) and not item.categories):
            name.append(item)
        else:
            return None
    return (*parts, _name_part(name)) if name else None


def _name_part(items: list[Node]) -> Part:
    texts = [item.literal if isinstance(item, Chars) else None for item in items]
    stars = [item == _STAR for item in items]
    if all(stars):
        return _ANY
    if None not in texts:
        return Part("literal", "".join(filter(None, texts)))
    if stars[0] and None not in texts[1:]:
        return Part("suffix", "".join(filter(None, texts[1:])))
    if stars[-1] and None not in texts[:-1]:
        return Part("prefix", "".join(filter(None, texts[:-1])))
    # Between two stars the leftmost place is as good as any other, so what was found is never tried again: linear.
    pieces = [""]
    for item, star in zip(items, stars, strict=True):
        if star:
            pieces.append("")
        elif isinstance(item, Chars):
            pieces[-1] += python_class(item)
    first, *middle, last = (*pieces, "") if len(pieces) == 1 else pieces
    if len(pieces) > 1:
        first += "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + f"[^/]*{last}"
    tails = tuple(text[::-1] for text in _beginnings(items[::-1]))
    return Part("glob", first, _beginnings(items), tails)


def _beginnings(items: list[Node]) -> tuple[str, ...]:
    """The few texts with which all that `items` match begins."""
    found = [""]
    for item in items[:3]:
        if not isinstance(item, Chars) or item.negated or item.categories:
            break
        letters = [chr(code) for low, high in item.ranges for code in range(low, min(high, low + 16) + 1)]
        if len(found) * len(letters) > 16:
            break
        found = [text + letter for text in found for letter in letters]
    return tuple(found)


def python_class(chars: Chars) -> str:
    """One character of `chars`, in the syntax of `re`."""
    if (literal := chars.literal) is not None:
        return re.escape(literal)
    if chars == NOT_SLASH:
        return "[^/]"
    ranges = chars.ranges
    if chars.categories:
        ranges = tuple((code, code) for code in range(0x110000) if chars._replace(negated=False).holds(code))
    if not ranges:
        return r"[^\x00-\U0010ffff]" if not chars.negated else r"[\x00-\U0010ffff]"
    text = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return f"[{'^' * chars.negated}{text}]"
