"""What a build with Go fails without: packages of the module, what is vendored, and the files that they embed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..paths import join
from ..regex import lazy
from ..rules import globs
from .essential import Essential
from .go_programs import MODULE, sources
from .manifest import Files
from .sources import Sources

_VERBS: Final = frozenset("build install run test vet".split())
#: Who reads what is not there.
UNMATCHED: Final = "go:embed of nothing"
#: Packages that are gone through for one command.
_MOST: Final = 1000
_EMBED: Final = lazy(r"(?m)^//go:embed[ \t]+([^\n]+)")
_IMPORT: Final = lazy(r"""(?m)^(?:import\s+|[ \t]+)(?:[\w.]+\s+)?"([^"\n]+)"[ \t]*(?://.*)?$""")
_WORD: Final = lazy(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)')
#: Files that are built on some systems alone.
_CONSTRAINED: Final = lazy(r"(?m)^//\s*\+build\b|^//go:build\b")
_SYSTEM: Final = lazy(r"_(test|windows|darwin|freebsd|netbsd|openbsd|solaris|plan9|js|wasm|ios|android)\.go$")


def built(command: Command) -> Iterator[str]:
    """The directory in which Go looks for a module, there and above."""
    if command.name == "go" and command.words[:1] and command.words[0] in _VERBS and "-C" not in command.arguments:
        yield command.cwd


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The packages that a command builds, those of the module that they import, and the patterns of `go:embed` in
    them. A pattern that matches nothing ends the build (`UNMATCHED`); `alternatives` are the other paths that it
    matches."""
    vendored = posixpath.join(posixpath.dirname(manifest), "vendor", "modules.txt")
    if command.arguments.count("-mod=vendor") and tree.exists(vendored):
        yield Essential(vendored, "go -mod=vendor", "")
    for named in (each for each in command.words[1:] if each.startswith("./") and not each.endswith("...")):
        path = _below(start, named)
        if path and (named.endswith(".go") or any(sources(tree, path))):
            yield Essential(path, command.text, "")
    for path, text, imported in compiled(tree, manifest, start, command):
        yield from _embeds(tree, path, text)
        for below, line in imported:
            if below and any(sources(tree, below)):
                yield Essential(below, "import", path, line)


def compiled(
    tree: Files, manifest: str, start: str, command: Command
) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
    """The sources that a command builds which runs in `start`, each with its text, and with the packages of the module
    that it is the first to import, and in which line."""
    root = posixpath.dirname(manifest)
    module = MODULE.search(tree.text(manifest))
    if module is None:
        return
    texts = Sources(tree)
    todo = list(_packages(tree, start, command))
    seen = set(todo)
    while todo and len(seen) < _MOST:
        directory = todo.pop()
        for name in tree.names(directory):
            if not name.endswith(".go") or _SYSTEM.search(name):
                continue
            path = join(directory, name)
            text = texts.read(path).decode(errors="replace")
            if ("+build" in text or "//go:build" in text) and _CONSTRAINED.search(text):
                continue
            new: list[tuple[str, int]] = []
            for found in _IMPORT.finditer(text) if f'"{module[1]}' in text else ():
                imported = found[1]
                if imported == module[1] or imported.startswith(module[1] + "/"):
                    below = _below(root, imported[len(module[1]) + 1 :])
                    if below not in seen:
                        seen.add(below)
                        todo.append(below)
                        new.append((below, text.count("\n", 0, found.start()) + 1))
            yield path, text, new


def _packages(tree: Files, start: str, command: Command) -> Iterator[str]:
    """The directories in the module that a command names, which runs in `start`."""
    words = [each for each in command.words[1:] if each.startswith(".")] or ["."]
    for word in words:
        if word.endswith("..."):
            yield from _all_below(tree, _below(start, word[:-3]))
        elif not word.endswith(".go"):
            yield _below(start, word)


def _below(directory: str, path: str) -> str:
    found = posixpath.normpath(posixpath.join(directory, path))
    return "" if found == "." else found


def _all_below(tree: Files, directory: str) -> Iterator[str]:
    todo, left = [directory], _MOST
    while todo and left:
        left -= 1
        here = todo.pop()
        yield here
        for name in tree.names(here):
            path = join(here, name)
            if "." not in name and name not in ("vendor", "testdata", "node_modules") and tree.names(path):
                todo.append(path)


def _embeds(tree: Files, path: str, text: str) -> Iterator[Essential]:
    above = posixpath.dirname(path)
    for found in _EMBED.finditer(text) if "//go:embed" in text else ():
        line = text.count("\n", 0, found.start()) + 1
        for quoted, raw, plain in _WORD.findall(found[1]):
            pattern = (quoted or raw or plain).removeprefix("all:")
            if not pattern or pattern.startswith(("/", "..")):
                continue
            there = [posixpath.join(above, each) for each in _matching(tree, above, pattern.split("/"))]
            if there:
                yield Essential(there[0], "go:embed", path, line, tuple(there[1:50]))
            else:  # what a build makes may match, and may be held back
                yield Essential(posixpath.join(above, pattern), UNMATCHED, path, line, held=True)


def _matching(tree: Files, above: str, parts: list[str]) -> Iterator[str]:
    first, *rest = parts
    for name in globs.matching(first, tree.names(above)) if globs.is_wild(first) else [first]:
        if not rest:
            if tree.exists(posixpath.join(above, name)):
                yield name
        else:
            for each in _matching(tree, posixpath.join(above, name), rest):
                yield f"{name}/{each}"
