"""YAML files of pipelines and platforms: read leniently, and asked by path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final

from ...errors import CtxscanError
from ..documents import MAX_BYTES, YamlNode, documents

#: Keys under which variables are given to what runs.
_VARIABLES: Final = frozenset(("env", "variables", "environment", "vars", "environment_variables", "substitutions"))


def documents_of(text: str, path: str) -> tuple[YamlNode, ...]:
    """The documents of a file up to the first that cannot be read. They are cached, since many workflows use the same
    action."""
    return _known(text, path)


@lru_cache(maxsize=128)
def _known(text: str, path: str) -> tuple[YamlNode, ...]:
    found: list[YamlNode] = []
    with suppress(CtxscanError, RecursionError):
        found.extend(documents(text.encode(errors="replace")[:MAX_BYTES], path))
    return tuple(found)


def text_at(node: YamlNode | None, *path: str) -> str | None:
    """The text at a path in mappings of mappings."""
    found = node.get(*path) if node is not None else None
    return found.text if found is not None else None


def line_of(node: YamlNode) -> int:
    """The line of a node."""
    return int(node.place.rpartition(":")[2])


def scalars(node: YamlNode) -> Iterator[YamlNode]:
    """Every text in a document, in its order."""
    todo = [node]
    while todo:
        each = todo.pop()
        if each.text is not None:
            yield each
        todo.extend(reversed((*each.mapping.values(), *each.items)))


def mappings(node: YamlNode) -> Iterator[YamlNode]:
    """Every mapping in a document, in its order."""
    todo = [node]
    while todo:
        each = todo.pop()
        if each.mapping:
            yield each
        todo.extend(reversed((*each.mapping.values(), *each.items)))


def variables(node: YamlNode) -> dict[str, list[str]]:
    """The values that variables are given anywhere in a document."""
    found: dict[str, list[str]] = {}
    for each in mappings(node):
        for key, value in each.mapping.items():
            if key not in _VARIABLES:
                continue
            for name, one in value.mapping.items():
                text = one.text if one.text is not None else text_at(one, "value")
                if text is not None:
                    found.setdefault(name, []).append(text)
            for one in value.items:
                name, equals, text = (one.text or "").partition("=")
                if equals:
                    found.setdefault(name, []).append(text)
                elif (own := text_at(one, "name")) and (held := text_at(one, "value")) is not None:
                    found.setdefault(own, []).append(held)
    return found


def block_start(node: YamlNode, source: str) -> int:
    """The line on which the text of a node begins: that of its key, or the one below it for a block."""
    line = line_of(node)
    lines = source.split("\n", line)
    key = lines[line - 1].rstrip() if line <= len(lines) else ""
    return line + 1 if key.endswith(("|", "|-", "|+", ">", ">-", ">+")) else line
