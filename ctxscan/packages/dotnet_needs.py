"""What a build with .NET fails without: the projects that a project refers to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential
from .manifest import Files, reaching

#: How projects are called.
NAMES: Final = ("*.csproj", "*.fsproj", "*.vbproj")
_ENDINGS: Final = tuple(each[1:] for each in NAMES)
_VERBS: Final = frozenset("publish build restore test run pack".split())
#: Options whose value is no project.
_VALUED: Final = frozenset(
    "-c --configuration -o --output -r --runtime -a --arch -f --framework -v --verbosity --configfile --os -s --source "
    "--version-suffix".split()
)
_REFERENCE: Final = lazy(r'<ProjectReference\s+Include="([^"\n$*]{1,300})"(?![^>]{0,400}Condition)')
_CONDITIONAL: Final = lazy(r"(?s)<!--.*?(?:-->|\Z)|<ItemGroup[^>]{0,400}\bCondition=.*?(?:</ItemGroup>|\Z)")
#: Projects that are followed from one.
_MOST: Final = 200


def built(command: Command) -> Iterator[str]:
    """The directory of the project that a command builds."""
    found = _project(command)
    if command.name == "dotnet" and command.words[:1] and command.words[0] in _VERBS and found is not None:
        place = posixpath.dirname(found) if found.endswith(_ENDINGS) else found
        yield posixpath.normpath(posixpath.join(command.cwd, place))


def _project(command: Command) -> str | None:
    """What a command names, "" for the directory where it runs; None: a solution, or more than one."""
    named: list[str] = []
    skip = False
    for each in command.arguments[1:]:
        if skip or each.startswith("-"):
            skip = not skip and each in _VALUED
            continue
        named.append(each)
    first = named[0].replace("\\", "/") if named else ""
    return None if len(named) > 1 or first.endswith((".sln", ".slnx", ".slnf")) else first


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The projects that a project refers to, and those that they refer to."""
    named = _project(command) or ""
    if named.endswith(_ENDINGS) and posixpath.basename(named) != posixpath.basename(manifest):
        return
    todo, seen = [manifest], {manifest}
    while todo and len(seen) < _MOST:
        here = todo.pop()
        text = _CONDITIONAL.sub(lambda found: "\n" * found[0].count("\n"), tree.text(here))
        for found in _REFERENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            for path in reaching(here, found[1]):
                if path.startswith("../"):
                    yield Essential(path, "a referenced project", here, line)
                elif path not in seen and tree.exists(path):
                    seen.add(path)
                    todo.append(path)
                    # Restoring goes on without it, and another COPY may bring it.
                    yield Essential(path, "a referenced project", here, line, held=True)
