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
    passed = {"-N", "--non-recursive", "-f", "--file", "-fn", "--fail-never"}
    if command.name in ("mvn", "mvnw") and command.words and not flags & passed:
        yield command.cwd


def maven_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The modules that a `pom.xml` names outside of its profiles: Maven reads each before it does anything."""
    text = re.sub(
        r"(?s)<!--.*?-->|<profiles>.*?</profiles>", lambda found: "\n" * found[0].count("\n"), tree.text(manifest)
    )
    for each in named_by(_MODULES, text, manifest, "a module of the build"):
        path = each.path if each.path.endswith(".xml") else f"{each.path}/pom.xml"
        yield each._replace(path=path, joined=manifest, ends=True)


#: Projects of a build with Gradle, as its settings include them: `:lib:core` lies in `lib/core`.
_INCLUDES: Final = lazy(r"(?m)^[ \t]*include[ \t(]+((?:[^\n]*,[ \t]*\n)*[^\n]*)")
_QUOTED: Final = lazy(r"[\"']:?([\w.:-]+)[\"']")
_DEPENDS: Final = lazy(r"project\(\s*(?:path\s*[:=]\s*)?[\"']:([\w.:-]+)[\"']")
#: Projects of one build that are looked at.
_MOST: Final = 1000


def gradle_built(command: Command) -> Iterator[str]:
    """The directory of the build that Gradle runs."""
    flags = {each.partition("=")[0] for each in command.arguments}
    if command.name in ("gradle", "gradlew") and command.words and not flags & {"-p", "--project-dir", "-c"}:
        yield command.cwd


def gradle_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The included projects that another of them depends on. One that nothing depends on may be away."""
    text = tree.text(manifest)
    if "projectDir" in text:
        return  # they lie elsewhere
    found = [each for line in _INCLUDES.findall(text) for each in _QUOTED.findall(line)][:_MOST]
    above = posixpath.dirname(manifest)
    builds = [posixpath.join(above, each.replace(":", "/"), name) for each in ("", *found) for name in _BUILD_FILES]
    wanted = {name for each in builds if tree.exists(each) for name in _DEPENDS.findall(tree.text(each))}
    for each in found:
        if each in wanted:
            line = next((at for at, one in enumerate(text.splitlines(), 1) if each in one), 0)
            for path in beside(manifest, each.replace(":", "/")):
                yield Essential(path, "a project of the build", manifest, line, held=True)


#: A script that another one takes in, as seen from the project; one from elsewhere has a variable or an address.
_APPLIES: Final = lazy(r"(?m)^[ \t]*apply[ \t(]+from\s*[:=]\s*[\"']([\w./-]+)[\"']")


def script_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The scripts that the script of a build takes in."""
    yield from named_by(_APPLIES, tree.text(manifest), manifest, "apply from")


_BUILD_FILES: Final = ("build.gradle", "build.gradle.kts")


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
