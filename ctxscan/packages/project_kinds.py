"""What a build of a project fails without, or a program when it starts: files that its manifest or its sources name.

Narrower than what `Manifests` and readers tell: these keep a file from being proposed as waste, where a possibility is
enough. Here it is sure, as far as the files of the project tell, and each row says which command reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from . import go_embeds, node_needs, other_needs, python_needs, rust_needs
from .essential import Essential, Version
from .manifest import Files

__all__ = ["PROJECTS", "Essential", "ProjectKind", "Version"]


class ProjectKind(NamedTuple):
    """A kind of project. `manifest` is the file in its directory; with `upward` it is also looked for in the
    directories above. `built` gives the directories of the projects that a command builds, `needs` what the
    project of a manifest fails without if the command, which tells what of it is built, runs in a directory of it.
    `version` tells what makes the version of a project from its history, if anything does."""

    manifest: tuple[str, ...]
    upward: bool
    built: Callable[[Command], Iterator[str]]
    needs: Callable[[Files, str, str, Command], Iterator[Essential]]
    version: Callable[[Files, str], Version | None] | None = None


PROJECTS: Final = (
    ProjectKind(("pyproject.toml", "setup.py"), False, python_needs.built, python_needs.needs, python_needs.version),
    ProjectKind(("Cargo.toml",), True, rust_needs.built, rust_needs.needs),
    ProjectKind(("go.mod",), True, go_embeds.built, go_embeds.needs),
    ProjectKind(("go.mod",), True, other_needs.go_built, other_needs.go_needs),
    ProjectKind(("package.json",), False, node_needs.built, node_needs.needs),
    ProjectKind((".yarnrc.yml",), False, node_needs.built, node_needs.yarn_needs),
    ProjectKind(other_needs.LISTS, False, other_needs.lists_built, other_needs.lists_needs),
    ProjectKind(("pom.xml",), False, other_needs.maven_built, other_needs.maven_needs),
    ProjectKind(("gradlew", "mvnw"), False, other_needs.wrapper_built, other_needs.wrapper_needs),
    ProjectKind(("Gemfile",), False, other_needs.bundle_built, other_needs.bundle_needs),
    ProjectKind(("composer.json",), False, other_needs.composer_built, other_needs.composer_needs),
)
