"""What a build with Go fails without: the modules of the project that take the place of others."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..paths import join, parents
from ..regex import lazy
from .essential import Essential, named_by
from .go_embeds import compiled
from .go_linking import VALUED
from .manifest import Files, reaching

_VERBS: Final = frozenset("build install test run vet list generate".split())
_REPLACES: Final = lazy(
    r"(?m)^(?:replace)?[ \t]*([^\s/(][^\s(]*)(?:[ \t]+(v\S+))?[ \t]*=>[ \t]*(\.\.?/[^\s]*)[ \t]*(?://.*)?$"
)
#: What `go.mod` requires, in a line or in a block, which has no arrow.
_REQUIRES: Final = lazy(r"(?m)^require[ \t]+(?:\(([^)]*)\)|(\S+[ \t]+v\S+.*)$)")
_REQUIRED: Final = lazy(r"(?m)^[ \t]*(\S+)[ \t]+(v\S+)[ \t]*(//[ \t]*indirect\b)?")
_GO: Final = lazy(r"(?m)^go[ \t]+1\.(1[7-9]|[2-9]\d)\b")


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
    """The modules by path that a `go.mod` puts in the place of others which it requires.

    Since Go 1.17, whose `go.mod` names all modules that are needed, only `go mod download` and its like read each of
    them, and a build those that it imports; before that, every command reads all (tried with Go 1.26).
    """
    text, above = tree.text(manifest), posixpath.dirname(manifest)
    if "=>" not in text or tree.exists(posixpath.join(above, "vendor", "modules.txt")):
        return
    # A workspace may have the module itself.
    alone = not any(tree.exists(join(each, "go.work")) for each in (above, *parents(above), ""))
    required = {found[0]: found for block in _REQUIRES.findall(text) for found in _REQUIRED.findall("".join(block))}
    for found in _REPLACES.finditer(text):
        name, version, path = found.groups()
        wanted = required.get(name.strip('"'))
        if wanted is None or version not in (None, wanted[1]):
            continue
        ends = _is_read(name.strip('"'), tree, manifest, start, command)
        for each in reaching(manifest, path) if ends or wanted[2] else ():
            line = text.count("\n", 0, found.start()) + 1
            yield Essential(f"{each}/go.mod", "replace", manifest, line, joined=manifest, ends=ends and alone)


def _is_read(module: str, tree: Files, manifest: str, start: str, command: Command) -> bool:
    """Whether a command ends without the directory of a module that is required."""
    words = command.words
    if _GO.search(tree.text(manifest)) is None or words[:2] in (["mod", "download"], ["mod", "verify"]):
        return len(words) < 3 or words[0] != "mod"
    if words[0] in ("list", "generate", "mod") and words[:2] not in (["mod", "tidy"], ["mod", "vendor"]):
        return False
    imports = re.compile(rf'"{re.escape(module)}(?:/[^"\n]*)?"')
    return any(imports.search(text) for _, text, _ in compiled(tree, manifest, start, command))


#: Modules in a `go.work`: one in a line, or several in parentheses.
_USES: Final = lazy(r"(?m)^(?:use)?[ \t]*\"?(\.{1,2}(?:/[^\s\"()]*)?)\"?[ \t]*(?://.*)?$")


def workspace_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The modules of a workspace: Go reads the manifest of each before it does anything."""
    if command.setting("GOWORK") == "off":
        return
    for each in named_by(_USES, tree.text(manifest), manifest, "a module of the workspace", outside=True):
        yield each._replace(path=f"{each.path}/go.mod", ends=True)
