"""XML by its tags: text of elements, and attributes. No entities, no declarations, nothing is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...regex import compiled
from .field import Field

_NAME: Final = r"[\w:.-]++"
_ATTRIBUTE: Final = r"(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)')"
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_DEEPEST: Final = 64


def xml(text: str) -> Iterator[Field]:
    """The text of an element goes by its name, an attribute by its own, with its element as last parent.

    Where there is an attribute `name` or `key`, the text and the attribute `value` go by what that says; so does the
    text after a plist's `<key>`, and that of a `<value>` or `<defaultValue>` after a `<name>` beside it, and
    of a servlet's `<param-value>`.
    """
    parents: list[str] = []
    at = 0
    pending = ""
    beside = (-1, "")  # depth and text of the last `name`
    while (start := text.find("<", at)) >= 0:
        if parents and (value := text[at:start].strip()):
            begin = at + text[at:start].index(value[0])
            if parents[-1] == "key":
                pending = value
            else:
                name = pending or parents[-1]
                if name in ("value", "defaultValue", "param-value") and beside[0] == len(parents):
                    name = beside[1]
                elif name in ("name", "param-name"):
                    beside = (len(parents), value)
                yield Field(name, _plain(value), begin, tuple(parents[:-1]), True)
                pending = ""
        if text.startswith("<!--", start):
            end = text.find("-->", start)
            at = end + 3 if end >= 0 else len(text)
            continue
        if text.startswith("<![CDATA[", start):
            end = text.find("]]>", start)
            end = end if end >= 0 else len(text)
            if parents and (value := text[start + 9 : end].strip()):
                yield Field(parents[-1], value, start + 9, tuple(parents[:-1]), True)
            at = end + 3
            continue
        end = text.find(">", start)
        if end < 0:
            return
        tag, at = text[start + 1 : end], end + 1
        if tag[:1] in ("?", "!"):
            continue
        if tag.startswith("/"):
            if parents:
                beside = beside if len(parents) >= beside[0] else (-1, "")
                parents.pop()
            continue
        if (tagged := compiled(_NAME).match(tag)) is None:
            continue
        label = ""
        for field in _attributes(tag, start + 1, (*parents, tagged[0])):
            if field.name in ("name", "key"):
                label = field.value
            yield field
        if not tag.endswith("/") and len(parents) < _DEEPEST:
            parents.append(label or tagged[0])


def _attributes(tag: str, offset: int, parents: tuple[str, ...]) -> Iterator[Field]:
    label = ""
    for found in compiled(_ATTRIBUTE).finditer(tag):
        value = found[2] if found[2] is not None else found[3]
        name = found[1].lower()
        if name in ("key", "name"):
            label = value
        shown = label if label and name == "value" else found[1]
        yield Field(shown, _plain(value), offset + found.start(2 if found[2] is not None else 3), parents, True)


def _plain(text: str) -> str:
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    return text
