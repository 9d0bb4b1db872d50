"""YAML as Compose reads it: documents as trees whose every part knows its file and line.

Used by `compose` and `mentions`. Events are put together here, not by PyYAML's constructors, for three reasons: a
scalar has the text that Go makes of it (`20.10` is `20.1`), what aliases expand to is bounded, and the tags of Compose
(`!reset`, `!override`) are kept. What a document means is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, TypeAlias

from ..errors import CtxscanError
from ..regex import lazy, lazy_bytes

#: A larger file is none that somebody wrote.
MAX_BYTES: Final = 1 << 19
#: Of a file of more bytes the documents are not kept, and of one of more than are usual only those of the last few.
_REMEMBERED: Final = 1 << 17
_USUAL: Final = 1 << 14
#: Parts of a document once its aliases are expanded, and how deep they may lie in one another.
MAX_PARTS: Final = 200_000
MAX_DEPTH: Final = 64
#: Tags that say how a value is merged into what is there.
RESET: Final = "!reset"
OVERRIDE: Final = "!override"
_MERGE: Final = "<<"
#: What libyaml reads in another way than PyYAML does by itself, or finds on another line: tabs, directives, line ends
#: but `\n`, what is not printed, an item with nothing behind its dash, and a block that says how far it is indented.
_APART: Final = lazy_bytes(
    rb"[\t\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?m:^%|(?:^|[ ])-[ ]*(?:#.*)?$)|[|>][+-]?[0-9]|\xc2[\x80-\x9f]"
    rb"|\xe2\x80[\xa8\xa9]|\xed[\xa0-\xbf]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]"
)
_INTEGER: Final = lazy(r"[-+]?(0[xX]_?[0-9a-fA-F](_?[0-9a-fA-F])*|0[bB]_?[01](_?[01])*|0[oO]?_?[0-7](_?[0-7])*)")
_DECIMAL: Final = lazy(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT: Final = lazy(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS: Final = frozenset(word for each in ("true", "false") for word in (each, each.title(), each.upper()))


@dataclass(frozen=True, slots=True)
class YamlNode:
    """A part of a document: a text, None, a mapping or a list. `place` is `file:line`, `tag` one of Compose or "".
    `written` is a text as the file has it, where a variable gave a part of its value; None: there is nothing to hide.
    """

    value: Value
    place: str
    tag: str = ""
    written: str | None = None

    @property
    def shown(self) -> str | None:
        """The text as it may be shown."""
        return self.text if self.written is None else self.written

    @property
    def mapping(self) -> Mapping[str, YamlNode]:
        """The entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def items(self) -> Sequence[YamlNode]:
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    def get(self, *path: str) -> YamlNode | None:
        """What lies at `path` in mappings of mappings; None if nothing does, or null."""
        here: YamlNode | None = self
        for name in path:
            here = here.mapping.get(name) if here else None
        return None if here is None or here.value is None else here

    def entries(self, key: str) -> Iterable[tuple[str, YamlNode]]:
        """The entries of the mapping `key`; none if there is none."""
        found = self.get(key)
        return found.mapping.items() if found else ()

    def text_of(self, key: str) -> str | None:
        """The text `key`, None if there is none. Raises `CtxscanError` where it is something else."""
        found = self.get(key)
        if found is not None and found.text is None:
            raise CtxscanError(f"{key} has to be a text", place=found.place)
        return found.text if found else None


Value: TypeAlias = "str | Mapping[str, YamlNode] | tuple[YamlNode, ...] | None"


def documents(data: bytes, label: str) -> Iterator[YamlNode]:
    """The documents of a YAML file called `label`. Raises `CtxscanError` with the line.

    Those of a small file are cached: several callers in one run read the same Compose file.
    """
    if len(data) > _REMEMBERED:
        yield from _parsed(data, label)
        return
    found, error = (_known if len(data) <= _USUAL else _known_large)(data, label)
    yield from found
    if error is not None:
        raise CtxscanError(error.message, place=error.place)


def _read(data: bytes, label: str) -> tuple[tuple[YamlNode, ...], CtxscanError | None]:
    """The documents up to the first error, and that error."""
    found: list[YamlNode] = []
    try:
        found.extend(_parsed(data, label))
    except CtxscanError as error:
        return tuple(found), error.with_traceback(None)
    return tuple(found), None


_known: Final = lru_cache(256)(_read)
_known_large: Final = lru_cache(16)(_read)


def _parsed(data: bytes, label: str) -> Iterator[YamlNode]:
    if len(data) > MAX_BYTES:
        raise CtxscanError(f"more than {MAX_BYTES} bytes are no compose file", place=label)
    import yaml  # only where there is such a file

    quick = getattr(yaml, "CSafeLoader", None)  # as PyYAML is built for most systems
    if quick is not None and not _APART.search(data):
        try:
            found = tuple(_Reader(_alike(yaml.parse(data, Loader=quick)), label).documents())
        except (CtxscanError, yaml.YAMLError, UnicodeError, ValueError):
            pass  # what is wrong is told in the words of the other, and after what comes before it
        else:
            yield from found
            return
    try:
        events = yaml.parse(data, Loader=yaml.SafeLoader)
        yield from _Reader(events, label).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{label}:{mark.line + 1}" if mark else label
        raise CtxscanError(f"not valid YAML: {error.problem or error.context}", place=place) from None
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        raise CtxscanError(f"not valid YAML: {str(error).splitlines()[0]}", place=label) from None


def _alike(events: Iterable[Any]) -> Iterator[Any]:
    """What libyaml tells of a text, as long as PyYAML by itself would tell the same. Raises `ValueError` at a question
    mark, which may end a plain text in brackets, and at a text of nothing that has an anchor, a tag, or a document to
    itself, which is on another line there."""
    before = ""
    for event in events:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            apart = "?" in event.value if event.value else event.anchor or event.tag or before == "DocumentStartEvent"
            if apart and (event.implicit[0] or not event.value):
                raise ValueError
        before = kind
        yield event


class _Reader:
    """Puts events together; `anchors` have the number of parts that each stands for."""

    def __init__(self, events: Iterable[Any], label: str) -> None:
        self.events = iter(events)
        self.label = label
        self.parts = 0
        self.anchors: dict[str, tuple[YamlNode, int]] = {}

    def documents(self) -> Iterator[YamlNode]:
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                self.anchors = {}
                yield self._node(next(self.events), 0)

    def _node(self, event: Any, depth: int) -> YamlNode:
        place = self._place(event)
        before = self.parts
        self._count(1, place)
        kind = type(event).__name__
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                raise CtxscanError(f"there is no anchor &{event.anchor} before this alias", place=place)
            node, parts = self.anchors[event.anchor]
            self._count(parts, place)
            return node
        if depth > MAX_DEPTH:
            raise CtxscanError("nested too deeply", place=place)
        value: Value
        if kind == "ScalarEvent":
            plain = event.implicit[0] and event.tag is None
            value = _scalar(event.value) if plain else whole(event.value)
        elif kind == "SequenceStartEvent":
            value = tuple(self._items(depth))
        else:
            value = self._mapping(depth)
        tag = event.tag if event.tag in (RESET, OVERRIDE) else ""
        node = YamlNode(value, place, tag)
        if event.anchor is not None:
            self.anchors[event.anchor] = node, self.parts - before
        return node

    def _items(self, depth: int) -> Iterator[YamlNode]:
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            yield self._node(event, depth + 1)

    def _mapping(self, depth: int) -> Mapping[str, YamlNode]:
        entries: dict[str, YamlNode] = {}
        merged: list[YamlNode] = []
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            place = self._place(event)
            plain = type(event).__name__ == "ScalarEvent" and event.implicit[0]
            key = whole(event.value) if plain else self._node(event, depth + 1).text
            # A value is where its key stands, also where it begins on a later line or is an alias.
            value = replace(self._node(next(self.events), depth + 1), place=place)
            if key is None:
                raise CtxscanError("keys must be strings", place=place)
            if key == _MERGE and plain:
                merged += value.items or (value,)
            elif key in entries:
                raise CtxscanError(f"the key {key} is there twice", place=place)
            else:
                entries[key] = value
        # What is written here counts, then what is merged in first.
        for each in merged:
            if not isinstance(each.value, Mapping):
                raise CtxscanError("<< merges mappings", place=each.place)
            self._count(len(each.value), each.place)
            for name, value in each.value.items():
                entries.setdefault(name, value)
        return entries

    def _count(self, parts: int, place: str) -> None:
        self.parts += parts
        if self.parts > MAX_PARTS:
            raise CtxscanError(f"with its aliases expanded it has more than {MAX_PARTS} parts", place=place)

    def _place(self, event: Any) -> str:
        return f"{self.label}:{event.start_mark.line + 1}"


def _scalar(text: str) -> str | None:
    """A plain scalar as Go prints what it was taken for."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return text.lower()
    if len(text) > 400:
        return whole(text)
    bare = text.replace("_", "") if text[0] in "+-.0123456789" else text
    if _DECIMAL.fullmatch(bare):
        number = int(bare)
        return str(number) if -(1 << 63) <= number < 1 << 64 else _float(float(number))
    if _INTEGER.fullmatch(text) or _INTEGER.fullmatch(bare):
        sign, digits = ("-", bare[1:]) if bare[0] == "-" else ("", bare.removeprefix("+"))
        octal = digits[:1] == "0" and digits[1:2] not in ("x", "X", "b", "B", "o", "O")
        number = int(digits, 8 if octal else 0)
        return f"{sign if number else ''}{number}"
    return _float(float(bare)) if _FLOAT.fullmatch(bare) else whole(text)


def whole(text: str) -> str:
    """With the halves of characters, as JSON escapes them, put together, and U+FFFD for one that stands alone."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _float(number: float) -> str:
    """The shortest digits that mean the number, with an exponent from a million on, as Go's `%g` has it."""
    if number in (float("inf"), float("-inf")):
        return "+Inf" if number > 0 else "-Inf"
    digits = next(each for each in (f"{number:.{size}e}" for size in range(18)) if float(each) == number)
    mantissa, _, exponent = digits.partition("e")
    power = int(exponent)
    if power < -4 or power >= 6:
        return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"
    return f"{number:.{max(0, len(mantissa.lstrip('-').replace('.', '')) - 1 - power)}f}"
