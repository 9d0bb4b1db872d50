"""The grammars as pathspec patterns: `PathSpec.from_lines("dockerignore", lines)` works once this is imported.

After `grammars`. There, as in pathspec everywhere, each pattern stands for itself and for what lies below it, and the
last one that matches wins. No builder decides quite like that: `matcher` does, and nothing here imports this.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pathspec.pattern import RegexPattern
from pathspec.util import register_pattern

from .grammars import BuildahPattern, DockerPattern, IgnorePattern, python_class
from .re2 import Alt, Cat, Chars, Node, Repeat


class _Pattern(RegexPattern):
    """What pathspec and those who look into its patterns want to know of `rule`."""

    grammar: ClassVar[type[IgnorePattern]]
    rule: IgnorePattern

    def __init__(self, line: str) -> None:
        self.rule = self.grammar(line)
        self.pattern = line
        self.include = self.rule.include

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pattern) and self.rule == other.rule

    def __hash__(self) -> int:
        return hash(self.rule)

    def __copy__(self) -> _Pattern:
        return self

    @property
    def regex(self) -> re.Pattern[str] | None:  # type: ignore[override]
        """The same in Python's syntax; nothing matches with it, since `re` is not linear."""
        if self.include is None or self.rule.problem:
            return None
        return re.compile(_python(self.rule.tree), re.DOTALL)

    def match_file(self, file: str) -> Any:
        """True if `file`, a path with slashes, or a directory above it matches; else None."""
        if self.include is None or self.rule.problem:
            return None
        state = self.rule.automaton.start
        for at, name in enumerate(file.split("/")):
            state = self.rule.automaton.advance(state, "/" + name if at else name)
            if state.accepts:
                return True
        return None


class DockerignorePattern(_Pattern):
    """As BuildKit and the classic builder of new Docker clients read a line of a `.dockerignore`."""

    grammar = DockerPattern


class ContainerignorePattern(_Pattern):
    """As buildah and podman do."""

    grammar = BuildahPattern


for _pattern in (DockerignorePattern, ContainerignorePattern):
    register_pattern(_pattern.grammar.name, _pattern)


def _python(node: Node) -> str:
    if isinstance(node, Chars):
        return python_class(node)
    if isinstance(node, Cat):
        return "".join(map(_python, node.items))
    if isinstance(node, Alt):
        return "(?:" + "|".join(map(_python, node.items)) + ")"
    if isinstance(node, Repeat):
        return f"(?:{_python(node.node)}){{{node.low},{'' if node.high is None else node.high}}}"
    return {"begin": r"\A", "end": r"\Z", "word": r"(?a:\b)", "inside": r"(?a:\B)"}[node.kind]
