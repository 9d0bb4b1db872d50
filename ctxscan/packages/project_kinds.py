"""What a build of a project fails without, or a program when it starts: files that its manifest or its sources name.

Narrower than what `Manifests` and readers tell: these keep a file from being proposed as waste, where a possibility is
enough. Here it is sure, as far as the files of the project tell, and each row says which command reads it.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from . import (
    dotnet_needs,
    go_embeds,
    go_needs,
    jvm_needs,
    node_builds,
    node_needs,
    php_needs,
    python_lists,
    python_needs,
    ruby_needs,
    rust_includes,
    rust_needs,
)
from .essential import Essential, Version
from .manifest import Files

__all__ = ["PROJECTS", "Essential", "ProjectKind", "Version"]


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


PROJECTS: Final = (
    ProjectKind(("pyproject.toml", "setup.py"), False, python_needs.built, python_needs.needs, python_needs.version),
    ProjectKind(("pyproject.toml",), False, python_needs.installed, python_needs.sources),
    ProjectKind(("Cargo.toml",), True, rust_needs.built, rust_needs.needs),
    ProjectKind(("Cargo.toml",), True, rust_needs.built, rust_includes.needs),
    ProjectKind(("go.mod",), True, go_embeds.built, go_embeds.needs),
    ProjectKind(("go.mod",), True, go_needs.built, go_needs.needs),
    ProjectKind(("go.work",), True, go_needs.built, go_needs.workspace_needs),
    ProjectKind(("package.json",), False, node_needs.built, node_needs.needs),
    ProjectKind(("package.json",), False, node_builds.built, node_builds.needs),
    ProjectKind((".yarnrc.yml",), False, node_needs.built, node_needs.yarn_needs),
    ProjectKind(python_lists.NAMES, False, python_lists.built, python_lists.needs),
    ProjectKind(("pom.xml",), False, jvm_needs.maven_built, jvm_needs.maven_needs),
    ProjectKind(("settings.gradle", "settings.gradle.kts"), False, jvm_needs.gradle_built, jvm_needs.gradle_needs),
    ProjectKind(dotnet_needs.NAMES, False, dotnet_needs.built, dotnet_needs.needs),
    ProjectKind(("gradlew", "mvnw"), False, jvm_needs.wrapper_built, jvm_needs.wrapper_needs),
    ProjectKind(("Gemfile",), False, ruby_needs.built, ruby_needs.needs),
    ProjectKind(("composer.json",), False, php_needs.built, php_needs.needs),
)
