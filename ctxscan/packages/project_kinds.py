"""What a build of a project fails without, or a program when it starts: files that its manifest or its sources name.

Narrower than what `Manifests` and readers tell: these keep a file from being proposed as waste, where a possibility is
enough. Here it is sure, as far as the files of the project tell, and each row says which command reads it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from .essential import Essential, Version
from .manifest import Files

__all__ = ["Essential", "ProjectKind", "Version", "kinds_of"]


class ProjectKind(NamedTuple):
    """A kind of project. `manifest` is the file in its directory, perhaps with wild cards; with `upward` it is also
    looked for in the directories above. `built` gives the directories of the projects that a command builds, `needs`
    what the project of a manifest fails without if the command, which tells what of it is built, runs in a directory of
    it. `version` tells what makes the version of a project from its history, if anything does."""

    manifest: tuple[str, ...]
    upward: bool
    built: Callable[[Command], Iterator[str]]
    needs: Callable[[Files, str, str, Command], Iterator[Essential]]
    version: Callable[[Files, str], Version | None] | None = None


def _python() -> tuple[ProjectKind, ...]:
    from . import python_lists as lists
    from . import python_needs as project

    return (
        ProjectKind(("pyproject.toml", "setup.py"), False, project.built, project.needs, project.version),
        ProjectKind(("pyproject.toml",), False, project.installed, project.sources),
        ProjectKind(lists.NAMES, False, lists.built, lists.needs),
    )


def _rust() -> tuple[ProjectKind, ...]:
    from . import rust_includes, rust_modules, rust_needs

    return (
        ProjectKind(("Cargo.toml",), True, rust_needs.built, rust_needs.needs),
        ProjectKind(("Cargo.toml",), True, rust_needs.built, rust_includes.needs),
        ProjectKind(("Cargo.toml",), True, rust_needs.built, rust_modules.needs),
    )


def _go() -> tuple[ProjectKind, ...]:
    from . import go_embeds, go_needs

    return (
        ProjectKind(("go.mod",), True, go_embeds.built, go_embeds.needs),
        ProjectKind(("go.mod",), True, go_needs.built, go_needs.needs),
        ProjectKind(("go.work",), True, go_needs.built, go_needs.workspace_needs),
    )


def _node() -> tuple[ProjectKind, ...]:
    from . import node_builds, node_needs

    return (
        ProjectKind(("package.json",), False, node_needs.built, node_needs.needs),
        ProjectKind(("package.json",), False, node_builds.built, node_builds.needs),
        ProjectKind((".yarnrc.yml",), False, node_needs.built, node_needs.yarn_needs),
    )


def _jvm() -> tuple[ProjectKind, ...]:
    from . import jvm_needs as jvm

    return (
        ProjectKind(("pom.xml",), False, jvm.maven_built, jvm.maven_needs),
        ProjectKind(("settings.gradle", "settings.gradle.kts"), False, jvm.gradle_built, jvm.gradle_needs),
        ProjectKind(("build.gradle", "build.gradle.kts"), False, jvm.gradle_built, jvm.script_needs),
        ProjectKind(("gradlew", "mvnw"), False, jvm.wrapper_built, jvm.wrapper_needs),
    )


def _dotnet() -> tuple[ProjectKind, ...]:
    from . import dotnet_needs as dotnet

    return (
        ProjectKind(dotnet.NAMES, False, dotnet.built, dotnet.needs),
        ProjectKind(dotnet.SOLUTIONS, False, dotnet.solution_built, dotnet.solution_needs),
    )


def _cmake() -> tuple[ProjectKind, ...]:
    from . import native_needs as native

    return (ProjectKind((native.LISTS,), False, native.cmake_built, native.cmake_needs),)


def _swift() -> tuple[ProjectKind, ...]:
    from . import native_needs as native

    return (ProjectKind((native.SWIFT,), False, native.swift_built, native.swift_needs),)


def _ruby() -> tuple[ProjectKind, ...]:
    from . import ruby_needs as ruby

    return (ProjectKind(("Gemfile",), False, ruby.built, ruby.needs),)


def _php() -> tuple[ProjectKind, ...]:
    from . import php_needs as php

    return (ProjectKind(("composer.json",), False, php.built, php.needs),)


def _dart() -> tuple[ProjectKind, ...]:
    from . import dart_needs as dart

    return (ProjectKind(("pubspec.yaml",), False, dart.built, dart.needs),)


def _sites() -> tuple[ProjectKind, ...]:
    from . import site_needs as sites

    return (ProjectKind(sites.NAMES, False, sites.built, sites.needs),)


#: Who knows the projects of a program, by its name without a version.
_BY_PROGRAM: Final = {
    program: kinds
    for kinds, programs in {
        _python: "pip uv poetry pdm hatch flit build",
        _rust: "cargo",
        _go: "go",
        _jvm: "mvn mvnw gradle gradlew",
        _dotnet: "dotnet",
        _ruby: "bundle",
        _php: "composer",
        _sites: "mkdocs mdbook",
        _cmake: "cmake",
        _swift: "swift",
        _dart: "dart flutter",
    }.items()
    for program in programs.split()
}


@cache
def kinds_of(program: str) -> tuple[ProjectKind, ...]:
    """The kinds of project that a program may build: what knows them is loaded with the first command of it. For Node,
    programs of any other name build."""
    if program.startswith("python"):
        return _python()
    return _BY_PROGRAM.get(program.rstrip("0123456789."), _node)()
