"""How one definition of a service is laid over another, by the rules of Compose.

Used by `compose`, for several files and for `extends` alike. Mappings are merged, lists are joined, anything else is
replaced; `!override` replaces what is below and `!reset` removes it. Short forms have become long ones before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..errors import CtxscanError
from .documents import OVERRIDE, RESET, YamlNode


def merged(below: YamlNode | None, above: YamlNode) -> YamlNode:
    """`above` laid over `below`. What is removed leaves a mark there until `settled`."""
    if below is None or below.tag == RESET or above.tag in (RESET, OVERRIDE):
        return above
    if below.mapping and isinstance(above.value, Mapping):
        entries = dict(below.mapping)
        for name, value in above.mapping.items():
            entries[name] = merged(entries.get(name), value)
        return replace(above, value=entries)
    if below.items and isinstance(above.value, tuple):
        return replace(above, value=(*below.items, *above.items))
    if isinstance(below.value, Mapping) is not isinstance(above.value, Mapping) and above.value is not None:
        raise CtxscanError(f"cannot be merged with the value at {below.place}", place=above.place)
    return above


def settled(node: YamlNode) -> YamlNode:
    """The definition without what `!reset` removed."""
    if isinstance(node.value, Mapping):
        kept = {name: settled(each) for name, each in node.value.items() if each.tag != RESET}
        return replace(node, value=kept)
    return node
