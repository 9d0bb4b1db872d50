"""What a build with Go fails without: the modules of the project that take the place of others."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential, named_by
from .go_linking import VALUED
from .manifest import Files

_VERBS: Final = frozenset("build install test run vet list generate".split())
_REPLACES: Final = lazy(
    r"(?m)^(?:replace)?[ \t]*[^\s/(][^\s(]*(?:[ \t]+v\S+)?[ \t]*=>[ \t]*(\.\.?/[^\s]*)[ \t]*(?://.*)?$"
)


def built(command: Command) -> Iterator[str]:
    """The directory in which Go looks for the module of a command, there and above."""
    words = command.words
    verb = words[0] if words else ""
    loads = verb in _VERBS or (verb == "mod" and words[1:2] in (["download"], ["verify"], ["vendor"], ["tidy"]))
    remote = verb in ("install", "run") and any("@" in each for each in words[1:])
    if command.name == "go" and loads and not remote and "-C" not in command.arguments:
        yield command.cwd


def programs(command: Command) -> Iterator[str]:
    """The packages and files that a command is to build or run, as absolute paths."""
    verb, *rest = command.arguments or ("",)
    if command.name != "go" or verb not in ("build", "install", "run") or "-C" in rest:
        return
    todo = iter(rest)
    for each in todo:
        if each in VALUED:
            next(todo, None)
        elif each.startswith(("./", "../")) and "..." not in each and not set(each) & set("$*?[{`<>"):
            yield posixpath.normpath(posixpath.join(command.cwd, each))
        if verb == "run" and not each.startswith("-"):
            return  # what follows is for the program


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The modules by path that a `go.mod` puts in the place of others."""
    above = posixpath.dirname(manifest)
    if tree.exists(posixpath.join(above, "vendor", "modules.txt")):
        return
    for each in named_by(_REPLACES, tree.text(manifest), manifest, "a module that replaces another", outside=True):
        yield each._replace(path=f"{each.path}/go.mod")


#: Modules in a `go.work`: one in a line, or several in parentheses.
_USES: Final = lazy(r"(?m)^(?:use)?[ \t]*\"?(\.{1,2}(?:/[^\s\"()]*)?)\"?[ \t]*(?://.*)?$")


def workspace_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The modules of a workspace: Go reads the manifest of each before it does anything."""
    if command.setting("GOWORK") == "off":
        return
    for each in named_by(_USES, tree.text(manifest), manifest, "a module of the workspace", outside=True):
        yield each._replace(path=f"{each.path}/go.mod", ends=True)
