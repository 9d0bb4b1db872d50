"""Names and values out of configuration, whatever it is written in.

One module a notation, each with one function from text to fields. They are lenient: text may be cut off, wrong or
hostile, and every reader takes it in one pass, without recursion, in time linear in its length. They judge nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Final, TypeAlias

from .field import Field

NotationReader: TypeAlias = Callable[[str], Iterator[Field]]

#: Each is read by the function of this name in the module of this name.
READ: Final = ("code", "dockerfile", "json", "lines", "table", "xml", "yaml")


@cache
def reader(name: str) -> NotationReader:
    """What reads a notation; its module is loaded with the first text that is written so."""
    found: NotationReader = getattr(import_module(f".{name}", __package__), name)
    return found


#: How configuration is written, by the ending of its name. What is missing here is no configuration.
NOTATIONS: Final = {
    ending: notation
    for notation, endings in {
        "lines": "cfg cnf conf env hcl htaccess inc ini properties service tf tfvars toml",
        "json": "har json jsonc tfstate webmanifest",
        "code": "json5",  # whose names need no quotes
        "table": "csv tsv",
        "yaml": "yaml yml",
        "xml": "config csproj plist props pubxml targets user xml",
    }.items()
    for ending in endings.split()
}


def notation(name: str) -> str | None:
    """How the file of this name (in lower case) is written, None if it is no configuration."""
    if name.startswith(("dockerfile", "containerfile")) or name.endswith((".dockerfile", ".containerfile")):
        return "dockerfile"
    if name.startswith(".env"):
        return "lines"
    return NOTATIONS.get(name[name.rfind(".") + 1 :]) if "." in name else None


def sniffed(text: str) -> str:
    """How a text without a telling name seems to be written."""
    start = text[:256].lstrip()
    if start.startswith("<"):
        return "xml"
    if start.startswith("{") and not start.startswith(("{%", "{{")):
        return "json"
    return "lines"
