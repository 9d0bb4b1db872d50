"""What installs and builds fail without where a manifest names other files of the project: lists that a list includes,
modules by path, modules of a build, wrappers, and scripts that run with an install."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from ..dockerfile.commands import Command
from ..regex import lazy
from .essential import Essential
from .manifest import Files, beside, get, items, table, texts

# --- lists of Python packages

#: Lists in the directory of a command, as they are usually called.
LISTS: Final = tuple(
    "requirements.txt requirements-prod.txt requirements_prod.txt requirements/prod.txt requirements/production.txt "
    "requirements/requirements.txt requirements/dev.txt requirements-dev.txt requirements/local.txt".split()
)
_INCLUDES: Final = lazy(r"(?m)^[ \t]*(?:-r|--requirement|-c|--constraint)[ \t=]*([^\s#]+)")


def lists_built(command: Command) -> Iterator[str]:
    """Where `pip install` is told to read a list."""
    pip = re.fullmatch(r"pip3?(?:\.\d+)?", command.name) or (command.name == "uv" and command.words[:1] == ["pip"])
    if pip and _lists(command):
        yield command.cwd


def _lists(command: Command) -> set[str]:
    named = {two for one, two in pairwise(command.arguments) if one in ("-r", "--requirement")}
    named |= {each[2:] for each in command.arguments if each.startswith("-r") and len(each) > 2}
    return {posixpath.normpath(each) for each in named | {each.partition("=")[2] for each in command.arguments}}


def lists_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The lists that a list includes."""
    if not any(f"/{manifest}".endswith(f"/{each}") for each in _lists(command)):
        return
    text = tree.text(manifest)
    for found in _INCLUDES.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if "://" not in found[1] and "$" not in found[1]:
            yield from (Essential(path, "pip", manifest, line) for path in beside(manifest, found[1]))


# --- Go

_GO_VERBS: Final = frozenset("build install test run vet list generate".split())
_REPLACES: Final = lazy(
    r"(?m)^(?:replace)?[ \t]*[^\s/(][^\s(]*(?:[ \t]+v\S+)?[ \t]*=>[ \t]*(\.\.?/[^\s]*)[ \t]*(?://.*)?$"
)


def go_built(command: Command) -> Iterator[str]:
    """The directory in which Go looks for the module of a command, there and above."""
    words = command.words
    verb = words[0] if words else ""
    loads = verb in _GO_VERBS or (verb == "mod" and words[1:2] in (["download"], ["verify"], ["vendor"], ["tidy"]))
    remote = verb in ("install", "run") and any("@" in each for each in words[1:])
    if command.name == "go" and loads and not remote and "-C" not in command.arguments:
        yield command.cwd


def go_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The modules by path that a `go.mod` puts in the place of others."""
    above = posixpath.dirname(manifest)
    if tree.exists(posixpath.join(above, "vendor", "modules.txt")):
        return
    text = tree.text(manifest)
    for found in _REPLACES.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield from (
            Essential(f"{path}/go.mod", "a module that replaces another", manifest, line)
            for path in beside(manifest, found[1])
        )


# --- Maven and Gradle

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
    for found in _MODULES.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        for path in beside(manifest, found[1]):
            pom = path if path.endswith(".xml") else f"{path}/pom.xml"
            yield Essential(pom, "a module of the build", manifest, line)


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


# --- Ruby

_RUBY_FILE: Final = lazy(r"(?m)^\s*ruby\b[^#\n]*?(?:file:\s*|:file\s*=>\s*|File\.read\(\s*)[\"']([^\"'\n]+)[\"']")
_GEM_PATH: Final = lazy(r"(?m)^\s*gem\s[^#\n]*?(?:\bpath:|:path\s*=>)\s*[\"']([^\"'\n]+)[\"']")
_EVALUATES: Final = lazy(r"(?m)^\s*eval_gemfile\s*\(?\s*[\"']([^\"'\n#]+)[\"']")


def bundle_built(command: Command) -> Iterator[str]:
    """The directory whose Gemfile Bundler reads."""
    if (
        command.name == "bundle"
        and (command.words[:1] or ["install"]) == ["install"]
        and not command.setting("BUNDLE_GEMFILE")
    ):
        yield command.cwd


def bundle_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """What a Gemfile reads while it is evaluated, and the gems that it takes from the project."""
    text = tree.text(manifest)
    for pattern, reader in ((_RUBY_FILE, "bundle"), (_EVALUATES, "bundle"), (_GEM_PATH, "a gem by path")):
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            for path in beside(manifest, found[1]):
                yield Essential(path, reader, manifest, line)


# --- Composer

_RUNS: Final = ("pre-install-cmd", "post-install-cmd", "pre-autoload-dump", "post-autoload-dump")
_PROGRAM: Final = lazy(r"^(?:@php|php)\s+(?:-\S+\s+)*((?:bin/)?[\w-]+(?:/[\w.-]+)*(?:\.php)?)(?=\s|$)")


def composer_built(command: Command) -> Iterator[str]:
    """The directory whose dependencies Composer installs."""
    flags = {each.partition("=")[0] for each in command.arguments}
    if command.name == "composer" and command.words[:1] == ["install"] and not flags & {"-d", "--working-dir"}:
        yield command.cwd


def composer_needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The programs of the project that run with an install, and the packages that are taken from it."""
    data = tree.json(manifest)
    flags = set(command.arguments)
    for each in items(data.get("repositories")) + list(table(data, "repositories").values()):
        url = get(each, "url")
        if get(each, "type") == "path" and isinstance(url, str) and not set(url) & set("*?["):
            yield from (Essential(path, "a package by path", manifest) for path in beside(manifest, url))
    if "--no-scripts" in flags:
        return
    for event in _RUNS:
        if event.endswith("dump") and "--no-autoloader" in flags:
            continue
        for path in beside(manifest, *_programs(data, event)):
            yield Essential(path, f"the script {event}", manifest)


def _programs(data: dict[str, Any], event: str) -> Iterator[str]:
    for text in texts(get(data, "scripts", event)):
        found = _PROGRAM.match(text.strip())
        if found is not None:
            yield found[1]
