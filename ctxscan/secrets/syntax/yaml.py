"""YAML as configuration uses it: nested names, lists, quoted and block scalars, braces on one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...regex import compiled
from .field import Field
from .json import LABELS, VALUES
from .lines import unquoted

#: A tag that makes something else of the value: `!vault |`, `!Ref Name`, `!reset`. `!!str` does not.
_TAG: Final = r"![A-Za-z][\w:/.-]*[ \t]|![A-Za-z][a-z]{0,12}\Z"
_DECORATION: Final = r"(?:&\S+|!!\S+)[ \t]*+"
_FLOW: Final = (
    r"(?<![\w.-])(\"[^\"\n]*+\"|'[^'\n]*+'|[\w.-]++)[ \t]*+:[ \t]+(\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'|[^,{}\[\]\n]++)"
)
_ASSIGNED: Final = r"(?s)([A-Za-z_][\w.-]*+)=(.*)"
_QUOTED_NAME: Final = r"(\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+:(?=[ \t]|\Z)"
_DEEPEST: Final = 64


def yaml(text: str) -> Iterator[Field]:
    """Every scalar by its name. `- NAME=value` goes by NAME; `value:` after `name:` in one item by what that says."""
    stack: list[tuple[int, str]] = []
    block: _Block | None = None
    document = 0
    label = (-1, "")  # indentation and value of the last `name:`
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        bare = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if block is not None:
            if not bare or indent > block.indent:
                block.add(bare, start + indent)
                continue
            yield from block.fields()
            block = None
        if not bare or bare[0] in "#%":
            continue
        if bare == "---" or bare.startswith("--- "):
            document, stack, label = document + 1, [], (-1, "")
            continue
        while bare.startswith("- "):
            rest = bare[2:].lstrip()
            indent += len(bare) - len(rest)
            bare = rest
            label = (-1, "")
        offset = start + line.find(bare, indent)
        name, value = _split(bare)
        while stack and stack[-1][0] >= indent:
            stack.pop()
        parents = tuple(each for _, each in stack)
        offset += len(bare) - len(value)
        if decorated := compiled(_DECORATION).match(value):
            offset, value = offset + decorated.end(), value[decorated.end() :]
        if name and not value:
            if len(stack) < _DEEPEST:
                stack.append((indent, name))
            continue
        if value[:1] in ("|", ">") and len(value) <= 4 + value.count(" "):
            block = _Block(name, indent, parents, document)
            continue
        if value[:1] == "#":
            continue  # a comment behind nothing
        if compiled(_TAG).match(value) or value[:1] == "*":
            block = _Block("", indent, parents, document) if value.endswith(("|", ">", "|-", ">-")) else None
            continue
        if value[:1] in "{[" and not value.startswith(("{{", "{%")):
            for flow in compiled(_FLOW).finditer(value):
                literal, quoted = unquoted(flow[2])
                yield Field(
                    flow[1].strip("\"'"), literal, offset + flow.start(2) + quoted, (*parents, name), quoted, document
                )
            continue
        literal, quoted = unquoted(value)
        offset += quoted
        if name in LABELS:
            label = (indent, literal)
        elif name in VALUES and label[0] == indent:
            name = label[1]
        if not name and (assigned := compiled(_ASSIGNED).match(literal)):
            name = assigned[1]
            inner, inner_quoted = unquoted(assigned[2])
            offset, literal = offset + assigned.start(2) + inner_quoted, inner
        yield Field(name, literal, offset, parents, quoted, document)
    if block is not None:
        yield from block.fields()


def _split(bare: str) -> tuple[str, str]:
    """Name and value of a line; a line that has no name is all value."""
    if bare[0] in "\"'":
        if (quoted := compiled(_QUOTED_NAME).match(bare)) is not None:
            return quoted[1][1:-1], bare[quoted.end() :].lstrip()
        return "", bare
    if bare[0] in "{[":
        return "", bare
    if bare.endswith(":") and ": " not in bare:
        return bare[:-1].rstrip(), ""
    name, colon, value = bare.partition(": ")
    return (name.rstrip(), value.lstrip()) if colon else ("", bare)


class _Block:
    """A scalar over several lines, as it comes in."""

    __slots__ = ("document", "indent", "lines", "name", "parents", "start")

    def __init__(self, name: str, indent: int, parents: tuple[str, ...], document: int) -> None:
        self.name = name
        self.indent = indent
        self.parents = parents
        self.document = document
        self.lines: list[str] = []
        self.start = -1

    def add(self, bare: str, at: int) -> None:
        if self.start < 0 and bare:
            self.start = at
        self.lines.append(bare)

    def fields(self) -> Iterator[Field]:
        if self.name and self.start >= 0:
            yield Field(self.name, "\n".join(self.lines).strip("\n"), self.start, self.parents, True, self.document)
