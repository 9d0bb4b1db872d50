"""Names and values out of configuration, whatever it is written in.

One module a notation, each with one function from text to fields. They are lenient: text may be cut off, wrong or
hostile, and every reader takes it in one pass, without recursion, in time linear in its length. They judge nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from .code import code
from .dockerfile import dockerfile
from .field import Field
from .json import json
from .lines import lines
from .table import table
from .xml import xml
from .yaml import yaml

NotationReader: TypeAlias = Callable[[str], Iterator[Field]]

READERS: Final[dict[str, NotationReader]] = {
    "code": code,
    "dockerfile": dockerfile,
    "json": json,
    "lines": lines,
    "table": table,
    "xml": xml,
    "yaml": yaml,
}

#: How configuration is written, by the ending of its name. What is missing here is no configuration.
NOTATIONS: Final = {
    ending: notation
    for notation, endings in {
        "lines": "cfg cnf conf env hcl inc ini properties service tf tfvars toml",
        "json": "har json json5 jsonc tfstate webmanifest",
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


__all__ = [
    "NOTATIONS",
    "READERS",
    "Field",
    "NotationReader",
    "code",
    "dockerfile",
    "json",
    "lines",
    "notation",
    "sniffed",
    "table",
    "xml",
    "yaml",
]
