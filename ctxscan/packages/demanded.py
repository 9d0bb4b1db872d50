"""Installs that end at once where the runtime of their image is not the one that the manifest of the project demands.

So does Bundler with another Ruby than `ruby "…"` of the Gemfile, pip with another Python than `requires-python` of what
it is to build, Composer with another PHP than the lock file was made for, and Yarn 1 with another Node than the project
has in `engines`. Others only warn.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from ..dockerfile.commands import Command
from ..regex import lazy
from . import python_needs
from .catalog import MANAGERS
from .manifest import Files, get, table
from .runtimes import has

#: A tag with a version that is out, and its numbers.
_RELEASE: Final = lazy(r"v?(\d+(?:\.\d+){0,2})(?:-(?!rc|preview|alpha|beta|nightly)[a-z][\w.-]*)?")
_RUBY: Final = lazy(r"(?m)^ruby[ \t(]+((?:[\"'][^\"'\n]+[\"'](?:,[ \t]*)?)+)\)?[ \t]*(?:#.*)?$")
_RUBY_FILE: Final = lazy(r"(?m)^ruby[ \t(]+(?:file:|:file\s*=>)[ \t]*[\"']([^\"'\n]+)[\"']\)?[ \t]*(?:#.*)?$")
_ANY_RUBY: Final = lazy(r"(?m)^[ \t]*ruby\b")
_PLAIN: Final = lazy(r"(?:ruby-)?(\d+\.\d+\.\d+)")
#: What brings another version of the runtime than the image has, or changes what the project demands.
_OTHERS: Final = lazy(
    r"\b(?:rbenv|rvm|ruby-build|ruby-install|chruby|asdf|mise|nvm|fnm|volta|n\s+(?:lts|\d)|pyenv|conda|mamba|deadsnakes|"
    r"uv|corepack|phpbrew|phpenv)\b|"
    r"\bsed\b[^\n]*(?:Gemfile|composer|package\.json|pyproject)|\byarn\s+set\b|\bnpm\s[^\n]*\b(?:yarn|n)(?:@|\s|$)"
)
#: Packages of the system that bring one.
_SYSTEM: Final = {"ruby": ("ruby",), "php": ("composer", "php"), "node": ("nodejs", "npm", "yarn")}


class Demand(NamedTuple):
    """A version that a file demands, with the line, and what the install says of another one."""

    file: str
    line: int
    version: str
    says: str


#: The path in the context of what lies at an absolute one in the stage.
Brought = Callable[[str], "str | None"]


def demands(
    command: Command, runtime: str, tree: Files, brought: Brought, settings: Mapping[str, str]
) -> Iterator[Demand]:
    """What an install demands of a runtime, one of those that images are called for."""
    if runtime == "ruby":
        yield from _by_bundler(command, tree, brought, settings)
    elif runtime == "python":
        yield from _by_pip(command, tree, brought)
    elif runtime == "php":
        yield from _by_composer(command, tree, brought, settings)
    elif runtime == "node":
        yield from _by_yarn(command, tree, brought, settings)


def brings_another(text: str, runtime: str) -> bool:
    """Whether a RUN may bring another version of a runtime, or change what the project demands."""
    if _OTHERS.search(text):
        return True
    names = "|".join(_SYSTEM.get(runtime, ()))
    return bool(names) and re.search(rf"\b(?:apk|apt|apt-get)\b[\s\S]*?\s(?:{names})[\d.]*(?=\s|$)", text) is not None


def release(tag: str) -> str | None:
    """The numbers with which a tag begins; None: it has none, or is there to try what is not out."""
    found = _RELEASE.fullmatch(tag)
    return found[1] if found is not None else None


def is_met(demand: Demand, release: str) -> bool:
    """Whether a release may be what is demanded, as far as its numbers tell."""
    return has(demand.version, release)


def _by_bundler(command: Command, tree: Files, brought: Brought, settings: Mapping[str, str]) -> Iterator[Demand]:
    if command.name != "bundle" or (command.words[:1] or ["install"]) != ["install"]:
        return
    path = brought(posixpath.join(command.cwd, "Gemfile"))
    if path is None or "BUNDLE_GEMFILE" in settings or command.setting("BUNDLE_GEMFILE"):
        return
    text = tree.text(path)
    if len(_ANY_RUBY.findall(text)) != 1 or "--gemfile" in command.text:
        return
    found, named = _RUBY.search(text), _RUBY_FILE.search(text)
    version = re.sub("[\"']", "", found[1]).strip().rstrip(",") if found is not None else ""
    place = found or named
    if named is not None:
        other = brought(posixpath.join(command.cwd, named[1]))
        plain = _PLAIN.fullmatch(tree.text(other).strip()) if other is not None else None
        version = plain[1] if plain is not None else ""
    if version and place is not None:
        line = text.count("\n", 0, place.start()) + 1
        yield Demand(path, line, version, f"your Gemfile specified {version}")


def _by_pip(command: Command, tree: Files, brought: Brought) -> Iterator[Demand]:
    if command.name not in ("pip", "pip3", "python", "python3") or "--ignore-requires-python" in command.arguments:
        return
    for place in python_needs.built(command):
        path = brought(posixpath.join(place, "pyproject.toml"))
        version = get(tree.toml(path), "project", "requires-python") if path is not None else None
        if path is not None and isinstance(version, str):
            yield Demand(path, _line(tree.text(path), "requires-python"), version, "requires a different Python")


def _by_composer(command: Command, tree: Files, brought: Brought, settings: Mapping[str, str]) -> Iterator[Demand]:
    options = [each for each in command.arguments if each.startswith(("--ignore-platform", "-d", "--working-dir"))]
    if command.name != "composer" or command.words[:1] != ["install"] or options:
        return
    if any(each.startswith("COMPOSER_IGNORE_PLATFORM") or each == "COMPOSER" for each in settings):
        return
    path = brought(posixpath.join(command.cwd, "composer.json"))
    lock = brought(posixpath.join(command.cwd, MANAGERS["composer"].locks[0]))
    if path is None or lock is None or get(tree.json(path), "config", "platform", "php") is not None:
        return
    version = table(tree.json(lock), "platform").get("php")
    if isinstance(version, str) and "platform-overrides" not in tree.json(lock):
        says = "your lock file does not contain a compatible set of packages"
        yield Demand(lock, 0, version, says)


def _by_yarn(command: Command, tree: Files, brought: Brought, settings: Mapping[str, str]) -> Iterator[Demand]:
    if command.name != "yarn" or (command.words[:1] or ["install"]) != ["install"]:
        return
    if any(each.startswith(("--ignore-engines", "--cwd", "--version")) for each in command.arguments):
        return
    path, lock = (brought(posixpath.join(command.cwd, name)) for name in ("package.json", MANAGERS["yarn"].locks[0]))
    if path is None or lock is None or "# yarn lockfile v1" not in tree.text(lock):
        return
    others = (brought(posixpath.join(command.cwd, name)) for name in (".yarnrc", ".yarnrc.yml", ".npmrc"))
    if any(others) or "YARN_IGNORE_ENGINES" in settings or "packageManager" in tree.json(path):
        return
    version = table(tree.json(path), "engines").get("node")
    if isinstance(version, str):
        yield Demand(path, _line(tree.text(path), '"node"'), version, 'The engine "node" is incompatible')


def _line(text: str, word: str) -> int:
    """The line in which a word stands; 0: in none, or in several."""
    return text.count("\n", 0, text.index(word)) + 1 if text.count(word) == 1 else 0
