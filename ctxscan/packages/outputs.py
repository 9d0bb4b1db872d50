"""What builds with Cargo and Maven call the programs and archives that they make, as far as a manifest says it plainly.

That Cargo makes a program for each of these, and Maven one archive by the artifact and its version, is in their manuals
("Cargo Targets", "Maven WAR Plugin", "Maven JAR Plugin").
"""

from __future__ import annotations

import posixpath
import re
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..regex import lazy
from .manifest import Files, get, items, table


class Made(NamedTuple):
    """Who says that a build makes `names` in a directory of the project, and nothing else of that kind there."""

    program: str
    directory: str
    names: tuple[str, ...]


#: Manifests, by the program that reads them.
MANIFESTS: Final = {"cargo": "Cargo.toml", "mvn": "pom.xml", "mvnw": "pom.xml"}
#: Parts of a `pom.xml` that have a name and a version of something else.
_INNER: Final = lazy(
    r"(?s)<!--.*?-->|<(parent|dependencies|dependencyManagement|build|profiles|properties|reporting|repositories|"
    r"pluginRepositories|distributionManagement|organization|licenses|developers|scm)>.*?</\1>"
)
_VERSION: Final = lazy(r"[\w.-]+")
#: What has a build make other archives, or call them otherwise.
_OTHERWISE: Final = (
    "finalName",
    "outputFile",
    "outputDirectory",
    "shade",
    "assembly",
    "classifier",
    "jarName",
    "<modules>",
)


def made(tree: Files, manifest: str, command: Command, path: str) -> Made | None:
    """What the build that a command runs makes instead of `path`, as seen from the manifest; None: it may make it."""
    directory, name = posixpath.split(path)
    found = _of_cargo(tree, manifest, command) if command.name == "cargo" else _of_maven(tree, manifest, command)
    if found is None or found.directory != directory or name in found.names:
        return None
    if command.name == "cargo":
        return None if "." in name or name.startswith("lib") else found
    ending = posixpath.splitext(name)[1]
    stem = posixpath.splitext(found.names[0])[0]
    return found if ending in (".jar", ".war") and not name.startswith(stem) else None


def _of_cargo(tree: Files, manifest: str, command: Command) -> Made | None:
    data = tree.toml(manifest)
    package = table(data, "package").get("name")
    known = {"--release", "-r", "--locked", "--frozen", "--offline", "--verbose", "-v", "-q", "--quiet"}
    released = {"--release", "-r"} & set(command.arguments)
    if (
        command.words != ["build"]
        or not isinstance(package, str)
        or "workspace" in data
        or set(command.arguments[1:]) - known
    ):
        return None
    if any(command.setting(each) for each in ("CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "CARGO_BUILD_TARGET_DIR")):
        return None
    above = posixpath.dirname(manifest)
    if any(tree.exists(posixpath.join(above, ".cargo", each)) for each in ("config.toml", "config")):
        return None
    names = [get(each, "name") for each in items(data.get("bin"))]
    if tree.exists(posixpath.join(above, "src/main.rs")):
        names.append(package)
    names += [each.removesuffix(".rs") for each in tree.names(posixpath.join(above, "src/bin"))]
    plain = tuple(dict.fromkeys(each for each in names if isinstance(each, str)))
    return Made("cargo build", f"target/{'release' if released else 'debug'}", plain) if plain else None


def _of_maven(tree: Files, manifest: str, command: Command) -> Made | None:
    text = tree.text(manifest)
    goals = {"package", "install", "verify"} & set(command.words)
    if (
        not goals
        or any(each in text for each in _OTHERWISE)
        or any(each.startswith(("-f", "-pl", "-P", "-Dfinal")) for each in command.arguments)
    ):
        return None
    own = _INNER.sub("", text)
    artifact, version = _text(own, "artifactId"), _text(own, "version")
    ending = _text(own, "packaging") or "jar"
    if not (_VERSION.fullmatch(artifact) and _VERSION.fullmatch(version)) or ending not in ("jar", "war"):
        return None
    return Made(f"{command.name} {min(goals)}", "target", (f"{artifact}-{version}.{ending}",))


def _text(manifest: str, name: str) -> str:
    found = re.search(rf"<{name}>\s*([^<>\s]+)\s*</{name}>", manifest)
    return found[1] if found else ""
