"""Reading manifests: what of a working tree a reader may ask for, and the few tools that readers share.

Readers are tolerant and linear: what they do not understand names nothing. No manifest is trusted further than to
name a file of the context that it lies in.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

from ..regex import lazy

QUOTED: Final = lazy(r"""["']([^"'\n]{1,300})["']""")
#: How files are called that a package shows or takes its version from.
FILE_NAME: Final = lazy(
    r"[\w./-]+\.(?:md|rst|txt|toml|json|cfg|in|py|yml|yaml)|(?:[\w./-]*/)?(?:README|LICENSE|LICENCE|VERSION|NOTICE|"
    r"AUTHORS|CHANGELOG|CHANGES|HISTORY)\w*"
)


class Files(Protocol):
    """The files of a context, by paths relative to it. What is not there, or is no such text, is empty."""

    def exists(self, path: str) -> bool: ...
    def names(self, path: str) -> tuple[str, ...]: ...
    def read(self, path: str) -> bytes | None: ...
    def text(self, path: str) -> str: ...
    def json(self, path: str) -> dict[str, Any]: ...
    def toml(self, path: str) -> dict[str, Any]: ...


class Suspected(Protocol):
    """A path that looks as if no build needed it."""

    @property
    def path(self) -> str: ...


class Surveyed(Protocol):
    """A working tree whose manifests are known: `named` and `ending` give their paths, shallow ones first. `kept` are
    the directories that the rules keep, `excluded` those of them in which a rule takes something out, `candidates` the
    paths in them that may go."""

    @property
    def tree(self) -> Files: ...
    @property
    def kept(self) -> Iterable[str]: ...
    @property
    def excluded(self) -> Iterable[str]: ...
    @property
    def candidates(self) -> Sequence[Suspected]: ...
    def named(self, *names: str) -> Iterator[str]: ...
    def ending(self, *endings: str) -> Iterator[str]: ...


#: What a package is to another one that takes it from a directory.
BY_PATH: Final = "a dependency by path"


class Named(NamedTuple):
    """A path of the context that a manifest or a source names, perhaps with the wild cards of COPY. `reader` says what
    it is there, `file` and `line` where (line 0: not known). `certain`: without it the build fails or produces
    something else; `whole`: everything below it counts too. `packed`: only whoever makes a package of the project reads
    it."""

    path: str
    reader: str
    file: str
    certain: bool = True
    whole: bool = False
    line: int = 0
    packed: bool = False


def get(table: Any, *keys: str) -> Any:
    """A value deep in tables; None if there is none."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def table(value: Any, *keys: str) -> dict[str, Any]:
    """A table deep in others; empty if there is none."""
    found = get(value, *keys)
    return found if isinstance(found, dict) else {}


def texts(value: Any) -> list[str]:
    """The strings of a string or a list; of the rest nothing."""
    return [value] if isinstance(value, str) else listed(value)


def listed(value: Any) -> list[str]:
    """The strings of a list; of the rest nothing."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def items(value: Any) -> list[Any]:
    """The elements of a list; of the rest nothing."""
    return value if isinstance(value, list) else []


def strings(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in tables and lists, but for what they leave out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < 20:
        for key, each in value.items():
            if not str(key).startswith(("exclude", "omit")):
                yield from strings(each, depth + 1)
    elif isinstance(value, list) and depth < 20:
        for each in value:
            yield from strings(each, depth + 1)


def beside(manifest: str, *paths: str) -> Iterator[str]:
    """Paths relative to a manifest as paths of the context; those that leave it are dropped."""
    above = posixpath.dirname(manifest)
    for each in paths:
        path = posixpath.normpath(posixpath.join(above, each.replace("\\", "/")))
        if path not in (".", "") and not path.startswith(("../", "/")) and path != ".." and "\0" not in path:
            yield path


def reaching(manifest: str, *paths: str) -> Iterator[str]:
    """The same, with those that leave the context: these begin with `../`."""
    above = posixpath.dirname(manifest)
    for each in paths:
        path = posixpath.normpath(posixpath.join(above, each.replace("\\", "/")))
        if path not in (".", "", "..") and not path.startswith("/") and "\0" not in path:
            yield path


def named(
    manifest: str, paths: Iterable[str], reader: str, *, certain: bool = True, whole: bool = False, packed: bool = False
) -> Iterator[Named]:
    """What a manifest names by paths relative to itself."""
    for path in beside(manifest, *paths):
        yield Named(path.rstrip("/"), reader, manifest, certain, whole, packed=packed)


def yaml_list(text: str, key: str) -> Iterator[str]:
    """The items of a list of plain texts, which is all that such a file has."""
    inside = False
    for line in text.splitlines():
        if re.match(rf"{key}\s*:", line):
            inside = True
            yield from QUOTED.findall(line) or re.findall(r"[\[,]\s*([^\s,\]\"']+)", line)
        elif inside and (found := re.match(r"\s*-\s*[\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", line)):
            yield found[1]
        elif line.strip() and not line.startswith((" ", "#", "-")):
            inside = False
