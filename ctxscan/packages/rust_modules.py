"""What a build with Cargo fails without: the files of the modules that its sources declare (`mod x;`), in the crates
that are built and those that they depend on by path. And what it silently does without: flags in its settings."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

from ..dockerfile.commands import Command
from ..regex import lazy
from ..rules import globs
from .essential import Essential
from .manifest import Files, beside, get, items, table, texts
from .sources import Sources

_MANIFEST: Final = "Cargo.toml"
_BUILDS: Final = (["build"], ["b"], ["run"], ["r"], ["install"], ["rustc"])
#: A module of a file of its own, where nothing is around it; rustfmt leaves no space before that.
_DECLARED: Final = lazy(r"(?m)^(?:pub(?:\([^)\n]*\))?[ \t]+)?mod[ \t]+(?:r#)?(\w+)[ \t]*;")
_COMMENT: Final = lazy(r"(?s)/\*.*?\*/")
#: What is built besides the library and the program is chosen by name.
_ONE: Final = ("--lib", "--bin", "--example", "--test", "--bench", "--examples", "--tests", "--benches")
_PACKAGES: Final = ("-p", "--package")
#: More crates are not looked at, nor more modules of each.
_MOST_CRATES: Final = 200
_MOST_MODULES: Final = 1000
_SETTINGS: Final = ("config.toml", "config")


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The modules of what a command builds, where it runs beside the manifest."""
    if command.words[:1] not in _BUILDS or start != posixpath.dirname(manifest):
        return
    sources = Sources(tree)
    for crate in _crates(tree, manifest, command):
        for root in _roots(tree, crate, command):
            yield from _modules(tree, sources, root)
    yield from _flags(tree, start, command)


# --- crates


def _crates(tree: Files, manifest: str, command: Command) -> Iterator[str]:
    """The manifests of the crates that are compiled for certain."""
    todo = _built(tree, manifest, command)
    seen = set[str]()
    while todo and len(seen) < _MOST_CRATES:
        crate = todo.pop(0)
        if crate in seen or not tree.exists(crate):
            continue
        seen.add(crate)
        yield crate
        todo += _dependencies(tree, crate)


def _built(tree: Files, manifest: str, command: Command) -> list[str]:
    data = tree.toml(manifest)
    workspace = table(data, "workspace")
    members = [*_members(tree, manifest, workspace.get("members"))]
    own = [manifest] if "package" in data else []
    options = list(zip(command.arguments, (*command.arguments[1:], ""), strict=False))
    options += [(name, value) for each in command.arguments for name, _, value in [each.partition("=")] if value]
    wanted = {value.partition("@")[0] for name, value in options if name in _PACKAGES}
    if wanted:
        return [each for each in (*own, *members) if get(tree.toml(each), "package", "name") in wanted]
    if {"--workspace", "--all"} & set(command.arguments):
        return own + members
    return own or [*_members(tree, manifest, workspace.get("default-members"))] or members


def _members(tree: Files, manifest: str, written: Any) -> Iterator[str]:
    out = set(beside(manifest, *texts(table(tree.toml(manifest), "workspace").get("exclude"))))
    for path in beside(manifest, *texts(written)):
        above, _, last = path.rpartition("/")
        wild = globs.is_wild(path)
        names = tree.names(above) if wild and not globs.is_wild(above) else ()
        found = [posixpath.join(above, each) for each in names if globs.matches(last, each)] if wild else [path]
        yield from (f"{each}/{_MANIFEST}" for each in found if each not in out)


def _dependencies(tree: Files, crate: str) -> Iterator[str]:
    """The manifests of what a crate depends on by a path, whatever features it is built with."""
    data = tree.toml(crate)
    for key in ("dependencies", "build-dependencies"):
        for name, each in table(data, key).items():
            if get(each, "optional"):
                continue
            home, path = crate, get(each, "path")
            if get(each, "workspace") is True:
                home = _workspace(tree, crate)
                path = get(tree.toml(home), "workspace", "dependencies", name, "path") if home else None
            yield from (f"{one}/{_MANIFEST}" for one in beside(home, *texts(path)))


def _workspace(tree: Files, crate: str) -> str:
    """The manifest of the workspace that a crate is in; empty: it is in none."""
    here = posixpath.dirname(crate)
    while True:
        manifest = posixpath.join(here, _MANIFEST)
        if "workspace" in tree.toml(manifest):
            return manifest
        if not here:
            return ""
        here = posixpath.dirname(here)


# --- modules


def _roots(tree: Files, crate: str, command: Command) -> Iterator[str]:
    """The sources that a crate begins with: of the library, and of programs that are always built."""
    data = tree.toml(crate)
    library = [*texts(get(data, "lib", "path"))] or ["src/lib.rs"]
    programs = ["src/main.rs"] if not items(data.get("bin")) else []
    programs += [
        path
        for each in items(data.get("bin"))
        if not get(each, "required-features")
        for path in texts(get(each, "path"))
    ]
    chosen = any(each.partition("=")[0] in _ONE for each in command.arguments)
    for path in beside(crate, *library, *([] if chosen else programs)):
        if tree.exists(path):
            yield path


def _modules(tree: Files, sources: Sources, root: str) -> Iterator[Essential]:
    todo, seen = [(root, posixpath.dirname(root))], {root}
    while todo and len(seen) < _MOST_MODULES:
        path, home = todo.pop()
        text = sources.read(path).decode(errors="replace")
        if "mod " not in text or "#![cfg(" in text:
            continue
        text = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
        for found in _DECLARED.finditer(text):
            if _is_conditional(text[: found.start()]):
                continue
            places = [posixpath.join(home, f"{found[1]}.rs"), posixpath.join(home, found[1], "mod.rs")]
            there = [each for each in places if tree.exists(each)]
            if len(there) != 1:
                continue
            line = text.count("\n", 0, found.start()) + 1
            other = tuple(each for each in places if each not in there)
            yield Essential(
                there[0], posixpath.basename(path), path, line, other, held=True, tracked=True, ends=True, around=True
            )
            if there[0] not in seen:
                seen.add(there[0])
                todo.append((there[0], posixpath.join(home, found[1])))


def _is_conditional(above: str) -> bool:
    """Whether an attribute above a declaration says when it counts, or where its file lies."""
    for line in reversed(above.rstrip("\n").split("\n")[-20:]):
        plain = line.strip()
        if not plain or plain.startswith("#!["):
            return False
        if plain.startswith("//"):
            continue
        if "cfg" in plain or "path" in plain:
            return True
        if not plain.endswith("]"):
            return not plain.endswith((";", "}", "{"))
    return False


# --- settings


def _flags(tree: Files, start: str, command: Command) -> Iterator[Essential]:
    """Settings with flags for the compiler that need nothing of the machine, or with variables for what is built."""
    for path in (posixpath.join(start, ".cargo", each) for each in _SETTINGS):
        data = tree.toml(path)
        flags = " ".join(texts(get(data, "build", "rustflags")))
        # A linker or a processor may not be there in the build.
        plain = flags and "link" not in flags and "target-cpu" not in flags and not command.setting("RUSTFLAGS")
        if plain or table(data, "env"):
            yield Essential(path, f"cargo {command.words[0]}", "", held=True, tracked=True)
            return
