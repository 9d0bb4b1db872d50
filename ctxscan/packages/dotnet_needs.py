"""What a build with .NET fails without: the projects that a project refers to, and what it takes from the directories
above it."""

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
ENDINGS: Final = tuple(each[1:] for each in NAMES)
_VERBS: Final = frozenset("publish build restore test run pack".split())
#: Options whose value is no project.
_VALUED: Final = frozenset(
    "-c --configuration -o --output -r --runtime -a --arch -f --framework -v --verbosity --configfile --os -s --source "
    "--version-suffix".split()
)
_REFERENCE: Final = lazy(r'<ProjectReference\s+Include="([^"\n$*]{1,300})"(?![^>]{0,400}Condition)')
_CONDITIONAL: Final = lazy(r"(?s)<!--.*?(?:-->|\Z)|<ItemGroup[^>]{0,400}\bCondition=.*?(?:</ItemGroup>|\Z)")
#: How solutions are called, and the projects that one names.
SOLUTIONS: Final = ("*.sln", "*.slnx")
_OF_SOLUTION: Final = lazy(
    r'(?m)^Project\("\{[^}\n]{1,50}\}"\)\s*=\s*"[^"\n]{0,300}",\s*"([^"\n$]{1,300}\.(?:cs|fs|vb|dc)proj)"|'
    r'<Project\s+(?:[^>]{0,200}\s)?Path="([^"\n$]{1,300}\.(?:cs|fs|vb|dc)proj)"'
)
#: A package without a version, which a file above has for all projects; what says so; and what a project is built for.
_VERSIONLESS: Final = lazy(
    r"""<PackageReference\s+Include="[^"\n]{1,300}"\s*(?:(?!Version)\w+="[^"\n]{0,300}"\s*){0,9}/>"""
)
_CENTRAL, _SHARED = "Directory.Packages.props", "Directory.Build.props"
_CENTRALLY: Final = lazy(r"(?i)<ManagePackageVersionsCentrally>\s*true")
_BUILT_FOR: Final = lazy(r"<TargetFrameworks?>")
#: Projects that are followed from one.
_MOST: Final = 200


def built(command: Command) -> Iterator[str]:
    """The directory of the project that a command builds."""
    found = _project(command)
    if command.name == "dotnet" and command.words[:1] and command.words[0] in _VERBS and found is not None:
        place = posixpath.dirname(found) if found.endswith(ENDINGS) else found
        yield posixpath.normpath(posixpath.join(command.cwd, place))


def _project(command: Command) -> str | None:
    """What a command names, "" for the directory where it runs; None: a solution, or more than one."""
    named = _named(command)
    return None if named is None or named.endswith((".sln", ".slnx", ".slnf")) else named


def _named(command: Command) -> str | None:
    """What a command names, "" for the directory where it runs; None: more than one thing."""
    named: list[str] = []
    skip = False
    for each in command.arguments[1:]:
        if skip or each.startswith("-"):
            skip = not skip and each in _VALUED
            continue
        named.append(each)
    first = named[0].replace("\\", "/") if named else ""
    return None if len(named) > 1 else first


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The projects that a project refers to, and those that they refer to."""
    named = _project(command) or ""
    if named.endswith(ENDINGS) and posixpath.basename(named) != posixpath.basename(manifest):
        return
    todo, seen = [manifest], {manifest}
    while todo and len(seen) < _MOST:
        here = todo.pop()
        text = _CONDITIONAL.sub(lambda found: "\n" * found[0].count("\n"), tree.text(here))
        if "--no-restore" not in command.arguments:
            yield from _from_above(tree, here, text)
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
                elif path not in seen:
                    seen.add(path)
                    yield Essential(path, "a referenced project", here, line)


def referred(tree: Files, project: str) -> set[str] | None:
    """A project, those that it refers to, and those that they refer to; None: one is named by a variable."""
    todo, seen = [project], {project}
    while todo and len(seen) < _MOST:
        here = todo.pop()
        text = tree.text(here)
        named = _ANY_REFERENCE.findall(text)
        if len(named) != text.count("<ProjectReference ") or any({*each} & {*"$*"} for each in named):
            return None
        for path in (path for each in named for path in reaching(here, each)):
            if path not in seen and tree.exists(path):
                seen.add(path)
                todo.append(path)
    return seen


_ANY_REFERENCE: Final = lazy(r'<ProjectReference\s[^>]{0,400}?\bInclude="([^"\n]{1,300})"')


def _from_above(tree: Files, project: str, text: str) -> Iterator[Essential]:
    """What a project takes from the nearest file of its kind above it, without which restoring ends: the versions of
    its packages, and what it is built for."""
    shared = _nearest(tree, project, _SHARED)
    central = _nearest(tree, project, _CENTRAL)
    found = _VERSIONLESS.search(text) if central is not None else None
    settings = [tree.text(each) for each in (central, shared) if each is not None]
    if central is not None and found is not None and any(map(_CENTRALLY.search, settings)):
        line = text.count("\n", 0, found.start()) + 1
        yield Essential(central, "a package without a version", project, line, upward=True)
    plain = "<Project Sdk=" in text and "<Import" not in text and not _BUILT_FOR.search(text)
    if plain and shared is not None and _BUILT_FOR.search(tree.text(shared)):
        yield Essential(shared, "a project without a TargetFramework", project, upward=True)


def _nearest(tree: Files, project: str, name: str) -> str | None:
    """The first file of a name in the directories above a project."""
    above = posixpath.dirname(project)
    while True:
        path = posixpath.join(above, name)
        if tree.exists(path):
            return path
        if not above:
            return None
        above = posixpath.dirname(above)


def solution_built(command: Command) -> Iterator[str]:
    """The directory of the solution that a command restores or builds."""
    found = _named(command)
    if command.name == "dotnet" and command.words[:1] and command.words[0] in _VERBS and found is not None:
        place = posixpath.dirname(found) if found.endswith((".sln", ".slnx")) else found
        if not found.endswith((".slnf", *ENDINGS)):
            yield posixpath.normpath(posixpath.join(command.cwd, place))


def solution_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The projects that a solution names: restoring and building end where one of them is missing."""
    named = _named(command) or ""
    if named.endswith((".sln", ".slnx")) and posixpath.basename(named) != posixpath.basename(manifest):
        return
    text = tree.text(manifest)
    for found in _OF_SOLUTION.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        for path in reaching(manifest, found[1] or found[2]):
            if not path.startswith("../"):
                yield Essential(path, "the solution", manifest, line, joined=manifest, ends=True)
