"""Which versions of a language a project asks for, in its manifests and in the files of version managers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..regex import lazy
from .manifest import Files, get, texts

#: Files with nothing but a version, and the keys of TOML and JSON that have one.
_FILES: Final = {
    "node": (".nvmrc", ".node-version"),
    "python": (".python-version", "runtime.txt"),
    "ruby": (".ruby-version",),
}
_KEYS: Final = {
    "node": (("package.json", ("engines", "node")),),
    "php": (("composer.json", ("require", "php")), ("composer.json", ("config", "platform", "php"))),
    "python": (
        ("pyproject.toml", ("project", "requires-python")),
        ("pyproject.toml", ("tool", "poetry", "dependencies", "python")),
        ("Pipfile", ("requires", "python_version")),
        ("Pipfile", ("requires", "python_full_version")),
    ),
}
#: What other manifests say in their own language.
_TEXTS: Final = {
    "python": (
        ("setup.py", lazy(r"(?m)^[^#\n]*\bpython_requires\s*=\s*[\"']([^\"'\n]+)")),
        ("setup.cfg", lazy(r"(?m)^python_requires\s*=\s*(.+)$")),
    ),
    "ruby": (("Gemfile", lazy(r"(?m)^[ \t]*ruby[ \t(]+((?:[\"'][^\"'\n]+[\"'](?:,[ \t]*)?)+)")),),
}
_OF_ASDF: Final = {"node": "nodejs"}
_CONSTRAINT: Final = lazy(r"(===?|=|~>|~=|~|\^|>=|<=|!=|>|<|)\s*(?:[a-z]+-|v)?(\d+(?:\.\d+)*)(?:\.[*xX])*(?:[-+p]\S*)?")
_SPAN: Final = lazy(r"(\S+)\s+-\s+(\S+)")


def wanted(tree: Files, place: str, runtime: str, releases: Iterable[str]) -> str | None:
    """The file in a directory that asks for a version which none of these releases of a runtime has; None: none."""
    for name, said in _said(tree, place, runtime):
        if not any(has(said, each) for each in releases):
            return name
    return None


def _said(tree: Files, place: str, runtime: str) -> Iterator[tuple[str, str]]:
    """The files that say which versions they want, with what they say."""

    def path(name: str) -> str:
        return posixpath.join(place, name)

    for name in _FILES.get(runtime, ()):
        if said := tree.text(path(name)).strip().partition("\n")[0].strip():
            yield path(name), said
    for line in tree.text(path(".tool-versions")).splitlines():
        if line.split()[:1] == [_OF_ASDF.get(runtime, runtime)] and len(line.split()) == 2:
            yield path(".tool-versions"), line.split()[1]
    for name, keys in _KEYS.get(runtime, ()):
        data = tree.json(path(name)) if name.endswith(".json") else tree.toml(path(name))
        yield from ((path(name), each) for each in texts(get(data, *keys)))
    for name, pattern in _TEXTS.get(runtime, ()):
        found = pattern.search(tree.text(path(name)))
        if found is not None:
            yield path(name), re.sub("[\"']", "", found[1]).strip().rstrip(",")


def has(said: str, release: str) -> bool:
    """Whether a release, such as `3.6`, may have a version that is asked for; what is not understood asks for any."""
    return any(_fits(each.strip(), release) for each in said.split("|") if each.strip()) or not said.strip("| ")


def _fits(said: str, release: str) -> bool:
    own = tuple(map(int, release.split(".")))
    rest = _SPAN.sub(r">=\1 <=\2", said)
    while rest:
        found = _CONSTRAINT.match(rest)
        if found is None:
            return True
        asked = tuple(map(int, found[2].split(".")))
        if not _is_within(found[1], asked, own):
            return False
        rest = rest[found.end() :].lstrip(", ")
    return True


def _is_within(operator: str, asked: tuple[int, ...], own: tuple[int, ...]) -> bool:
    start = asked[: len(own)]
    if operator in ("", "=", "==", "==="):
        return own[: len(start)] == start
    if operator in ("^", "~", "~>", "~="):
        # With one number less than it says, or with the first alone.
        same = asked[:1] if operator == "^" or len(asked) == 1 else asked[:-1]
        return own[: len(same)] == same[: len(own)] and own >= start
    if operator in (">=", ">"):
        return own >= start
    return operator == "!=" or own < asked or (operator == "<=" and own <= asked)
