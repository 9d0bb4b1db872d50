"""What a build with CMake or the package manager of Swift fails without, or makes something else of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential
from .manifest import Files, beside

# --- CMake ----------------------------------------------------------------------------------------------------------

LISTS: Final = "CMakeLists.txt"
#: Options of cmake whose value is a word of its own, and no directory with sources.
_VALUED: Final = frozenset("-G -B -D -T -A -C -U -W --preset --toolchain --install-prefix --log-level".split())
#: With these nothing is configured.
_OTHER_WORK: Final = frozenset("--build --install -E -P --open --version --help --find-package --workflow".split())
_COMMENT: Final = lazy(r"#\[\[.*?\]\]|#[^\n]*", re.DOTALL)
#: What opens a block that may not be run, or more than once, what closes it, and what names directories and sources.
_CALL: Final = lazy(
    r"(?i)(?<![\w.])(if|endif|foreach|endforeach|while|endwhile|function|endfunction|macro|endmacro|"
    r"add_subdirectory|add_executable|add_library)\s*\(([^()]*)"
)
_SOURCES: Final = (".c", ".cc", ".cpp", ".cxx", ".c++", ".h", ".hpp", ".hxx", ".cu", ".m", ".mm")
#: Directories that are followed from one.
_MOST: Final = 200


def cmake_built(command: Command) -> Iterator[str]:
    """The directory with the sources that cmake configures."""
    if command.name not in ("cmake", "cmake3") or not _OTHER_WORK.isdisjoint(command.arguments):
        return
    place, before = "", ""
    for each in command.arguments:
        if before == "-S" or (before not in _VALUED and not each.startswith("-")):
            place = each
        elif each.startswith("-S"):
            place = each[2:]
        before = "" if before == "-S" or before in _VALUED else each
    if "$" not in place:
        yield posixpath.normpath(posixpath.join(command.cwd, place or "."))


def cmake_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The directories and sources that it adds whatever is asked for, and those that these add."""
    todo, seen = [manifest], {manifest}
    while todo and len(seen) < _MOST:
        here = todo.pop()
        text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), tree.text(here))
        depth = 0
        for found in _CALL.finditer(text):
            name, words = found[1].lower(), found[2].replace('"', " ").split()
            if name.startswith("end"):
                depth -= 1
            elif not name.startswith("add_"):
                depth += 1
            elif depth <= 0 and words:
                line = text.count("\n", 0, found.start()) + 1
                for path, below in _named(here, name, words):
                    if tree.exists(path) and path not in seen:
                        seen.add(path)
                        yield Essential(path, name, here, line, joined=manifest)
                        todo += [path] if below else []


def _named(here: str, name: str, words: list[str]) -> Iterator[tuple[str, bool]]:
    """The files that a call names, and whether there is more in one."""
    if name == "add_subdirectory":
        inside = words[0].removeprefix("${CMAKE_CURRENT_SOURCE_DIR}/").removeprefix("${CMAKE_SOURCE_DIR}/")
        plain = words[0] == inside or "/" not in here
        if plain and "$" not in inside:
            yield from ((f"{path}/{LISTS}", True) for path in beside(here, inside))
        return
    for word in words[1:]:
        if word.endswith(_SOURCES) and not set(word) & set("$<>*"):
            yield from ((path, False) for path in beside(here, word))


# --- Swift ----------------------------------------------------------------------------------------------------------

SWIFT: Final = "Package.swift"
_SWIFT_VERBS: Final = frozenset("build run test package".split())
_RESOLVED: Final = "Package.resolved"


def swift_built(command: Command) -> Iterator[str]:
    """The directory of the package that a command builds, or resolves the dependencies of."""
    options = dict(zip(command.arguments, command.arguments[1:], strict=False))
    if command.name == "swift" and command.words[:1] and command.words[0] in _SWIFT_VERBS:
        yield posixpath.normpath(posixpath.join(command.cwd, options.get("--package-path", "")))


def swift_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The versions that the project has settled on: without them the build takes whatever is newest."""
    if ".package(" in tree.text(manifest):
        path = posixpath.join(posixpath.dirname(manifest), _RESOLVED)
        yield Essential(path, "Swift's package manager", manifest)
