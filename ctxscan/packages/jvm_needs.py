"""What a build with Maven or Gradle fails without: its modules, and what the wrappers of these tools start."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential, named_by
from .manifest import Files, beside

_MODULES: Final = lazy(r"<module>\s*([^<>\s]+)\s*</module>")


def maven_built(command: Command) -> Iterator[str]:
    """The directory of the project that Maven builds."""
    flags = {each.partition("=")[0] for each in command.arguments}
    if command.name in ("mvn", "mvnw") and command.words and not flags & {"-N", "--non-recursive", "-f", "--file"}:
        yield command.cwd


def maven_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The modules that a `pom.xml` names outside of its profiles: Maven reads each before it does anything."""
    text = re.sub(
        r"(?s)<!--.*?-->|<profiles>.*?</profiles>", lambda found: "\n" * found[0].count("\n"), tree.text(manifest)
    )
    for each in named_by(_MODULES, text, manifest, "a module of the build"):
        yield each if each.path.endswith(".xml") else each._replace(path=f"{each.path}/pom.xml")


def wrapper_built(command: Command) -> Iterator[str]:
    """The directory in which the wrapper of a build tool runs."""
    if command.name in ("gradlew", "mvnw"):
        yield command.cwd


def wrapper_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """What a wrapper starts, and where it says which version to fetch."""
    if posixpath.basename(manifest) != command.name:
        return
    gradle = ("gradle/wrapper/gradle-wrapper.jar", "gradle/wrapper/gradle-wrapper.properties")
    for path in beside(
        manifest, *(gradle if command.name == "gradlew" else (".mvn/wrapper/maven-wrapper.properties",))
    ):
        yield Essential(path, command.name, manifest)
