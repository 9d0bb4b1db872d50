"""What a build with Cargo fails without: members of a workspace, declared targets, crates by path."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

from ..dockerfile.commands import Command
from ..rules import globs
from . import rust
from .essential import Essential
from .manifest import Files, beside, get, items, reaching, table, texts

_MANIFEST: Final = "Cargo.toml"
_LOCKS: Final = tuple(lock for each in rust.MANAGERS for lock in each.locks)
_VERBS: Final = frozenset("build b test t run r check c clippy doc rustc bench install fetch vendor metadata".split())
#: Where targets lie that nothing declares.
_FOUND: Final = ("src/main.rs", "src/lib.rs", "src/bin")
#: Where targets lie that are declared by their names alone.
_HOMES: Final = (("bench", "benches"), ("test", "tests"), ("example", "examples"), ("bin", "src/bin"))


def built(command: Command) -> Iterator[str]:
    """The directory in which Cargo looks for a manifest, there and above."""
    words = [each for each in command.words if not each.startswith("+")]
    loads = bool(words) and (words[0] in _VERBS or words[:2] == ["chef", "prepare"])
    if command.name != "cargo" or not loads:
        return
    options = dict(zip(command.arguments, command.arguments[1:], strict=False))
    options |= dict(each.split("=", 1) for each in command.arguments if each.startswith("--") and "=" in each)
    given = options.get("--manifest-path")
    if words[0] == "install":
        if "--path" in options:
            yield posixpath.normpath(posixpath.join(command.cwd, options["--path"]))
    elif given is not None:
        yield posixpath.dirname(posixpath.normpath(posixpath.join(command.cwd, given)))
    else:
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """What Cargo refuses to load a package without, whatever of it is built."""
    data = tree.toml(manifest)
    above = posixpath.dirname(manifest)
    if {"--locked", "--frozen"} & set(command.arguments):
        yield from (Essential(posixpath.join(above, each), _locked(command), "") for each in _LOCKS)
    if "sqlx" in table(data, "dependencies") and command.setting("DATABASE_URL") is None:
        # The answers of the database to the queries, without which their macros ask it.
        for name in (".sqlx", "sqlx-data.json"):
            yield Essential(posixpath.join(above, name), "sqlx", manifest, held=True)
    yield from _instead_of_the_registry(tree, above)
    workspace = table(data, "workspace")
    out = set(beside(manifest, *texts(workspace.get("exclude"))))
    for path in beside(manifest, *(each for each in texts(workspace.get("members")) if not globs.is_wild(each))):
        if path not in out:
            line = _line(tree, manifest, path, manifest)
            yield Essential(f"{path}/{_MANIFEST}", "the workspace", manifest, line, ends=True)
    # What matches nothing is taken as it is written.
    for each in texts(workspace.get("members")):
        for path in beside(manifest, each[:-2]) if each.endswith("/*") and not globs.is_wild(each[:-2]) else ():
            if any(tree.exists(f"{path}/{name}/{_MANIFEST}") for name in tree.names(path)):
                yield Essential(path, "the workspace", manifest, _line(tree, manifest, f"{path}/*", manifest))
    package = table(data, "package")
    yield from _targets(tree, manifest, data)
    for path in beside(manifest, *texts(package.get("build"))):
        yield Essential(path, "the package's build script", manifest)
    for key in ("dependencies", "build-dependencies", "dev-dependencies"):
        for each in table(data, key).values():
            for path in reaching(manifest, *texts(get(each, "path"))):
                yield Essential(f"{path}/{_MANIFEST}", "a dependency by path", manifest)
    for key, home in _HOMES:
        for each in items(data.get(key)):
            name = get(each, "name")
            if isinstance(name, str) and get(each, "path") is None:
                first, *others = beside(manifest, f"{home}/{name}.rs", f"{home}/{name}/main.rs")
                if key == "bin":
                    others += beside(manifest, "src/main.rs")
                yield Essential(first, f"the declared [[{key}]]", manifest, 0, tuple(others))


def _instead_of_the_registry(tree: Files, above: str) -> Iterator[Essential]:
    """Directories that the settings of Cargo put in the place of a registry."""
    for name in (".cargo/config.toml", ".cargo/config"):
        settings = posixpath.join(above, name)
        sources = table(tree.toml(settings), "source")
        for each in {str(get(one, "replace-with")) for one in sources.values()}:
            for path in beside(posixpath.join(above, _MANIFEST), *texts(table(sources, each).get("directory"))):
                yield Essential(path, "cargo", settings, held=True)


def _targets(tree: Files, manifest: str, data: dict[str, Any]) -> Iterator[Essential]:
    """What Cargo finds by itself in a package that declares no target: without any it refuses the manifest."""
    if "package" not in data or "lib" in data or "bin" in data:
        return
    places = [path for path in beside(manifest, *_FOUND) if tree.exists(path)]
    if places:
        instead = "make an empty one there: RUN mkdir -p src && echo 'fn main() {}' > src/main.rs"
        yield Essential(places[0], "the package", manifest, 0, tuple(beside(manifest, *_FOUND)), instead)


def _locked(command: Command) -> str:
    return " ".join(("cargo", *command.words[:1], *sorted({"--locked", "--frozen"} & set(command.arguments))))


def _line(tree: Files, manifest: str, path: str, above: str) -> int:
    name = posixpath.relpath(path, posixpath.dirname(above) or ".")
    lines = tree.text(manifest).splitlines()
    found = [at for at, line in enumerate(lines, 1) if f'"{name}"' in line]
    return found[0] if len(found) == 1 else 0
