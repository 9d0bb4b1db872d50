"""Whether the rules of an ignore file that is not read would do something in a directory: for what is there, or for
what the tools of its projects make."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ...context.tree import Tree
from ...facts import Scan
from ...git.ignorelists import ignore_lists
from ...paths import join
from ...rules.ignorefile import Rule
from ...rules.matcher import Matcher

#: Entries of a directory that are looked at.
_MOST: Final = 5000
#: Files of the builder, and what is in every repository.
_NO_LOSS: Final = ("dockerfile", "containerfile", ".dockerignore", ".containerignore", ".git", "readme", "license")
_NODE: Final = (
    "node_modules dist build out .next .nuxt .output .angular .svelte-kit .turbo .cache coverage npm-debug.log"
)
_PYTHON: Final = "__pycache__ __pycache__/a.pyc .venv venv dist build .pytest_cache .mypy_cache a.egg-info"
_DOTNET: Final = "bin obj .vs TestResults"
_GRADLE: Final = "build .gradle"
#: What tools make, by the manifest or the ending of one.
_MADE: Final = {
    "package.json": _NODE,
    "requirements.txt": _PYTHON, "pyproject.toml": _PYTHON, "setup.py": _PYTHON, "Pipfile": _PYTHON,
    "Cargo.toml": "target", "pom.xml": "target", "build.sbt": "target project/target",
    "build.gradle": _GRADLE, "build.gradle.kts": _GRADLE, ".csproj": _DOTNET, ".fsproj": _DOTNET, ".vbproj": _DOTNET,
    "composer.json": "vendor", "Gemfile": "vendor/bundle .bundle log tmp", "mix.exs": "_build deps",
    "pubspec.yaml": "build .dart_tool", "Package.swift": ".build", "stack.yaml": ".stack-work dist-newstyle",
    ".env.example": ".env", ".env.sample": ".env", ".env.dist": ".env",
}  # fmt: skip


#: What a build or a test makes where somebody runs it, and what it leaves there is small beside what is installed.
_OUTPUTS: Final = frozenset(_NODE.split()) - {"node_modules"}


def matters(scan: Scan, above: str, rules: tuple[Rule, ...], prefix: str = "") -> bool:
    """Whether rules name anything in the directory `above` of the context that the file which is read keeps, but for
    what nobody would miss there. They are written as seen from there; with a `prefix` from above it. Where that file
    excludes the rest of what they name, an output that is not there is nothing."""
    paths = [*named(scan, above, rules, prefix)]
    left = [each for each in paths if not scan.rules.gone(each)]
    if len(left) == len(paths):
        return bool(left)
    return any(posixpath.basename(each) not in _OUTPUTS or scan.disk.kind(each) is not None for each in left)


def named(scan: Scan, above: str, rules: tuple[Rule, ...], prefix: str = "") -> Iterator[str]:
    """What these rules name there, in either way."""
    matcher = _matcher(scan, rules, prefix)
    if matcher.gone(".env"):
        lists = ignore_lists(scan.disk.root, Tree(scan.disk.root).read)
        if lists.ignores(join(above, ".env"), directory=False):
            yield join(above, ".env")
    for here in _directories(scan, above, matcher):
        names = scan.disk.names(join(above, here))
        made = (one for name in names for one in _MADE.get(name, _MADE.get(Path(name).suffix, "")).split())
        there = (each for each in names if not each.lower().startswith(_NO_LOSS))
        yield from (join(above, join(here, each)) for each in (*made, *there) if matcher.gone(join(here, each)))


def saves(scan: Scan, above: str, rules: tuple[Rule, ...], least: int) -> bool:
    """Whether they exclude as many bytes there as `least`, or a file that is there to hold secrets."""
    from ..secrecy.secrets import is_private  # only where such a file lies

    matcher, size = _matcher(scan, rules, ""), 0
    todo, left = [""], _MOST
    while todo and left > 0:
        here = todo.pop()
        for name in scan.disk.names(join(above, here)):
            left -= 1
            path = join(here, name)
            place = join(above, path)
            if scan.disk.kind(place) == "dir":
                todo.append(path)
            elif matcher.gone(path) and not scan.rules.gone(place):
                size += Path(scan.disk.root, place).lstat().st_size
                if size >= least or is_private(name):
                    return True
    return left <= 0


def _matcher(scan: Scan, rules: tuple[Rule, ...], prefix: str) -> Matcher:
    """The rules, without the prefix of those that have it."""
    from ...rules.grammars import PatternProblem  # which only rules need

    builder, patterns = scan.build.builder, []
    for each in rules:
        negated = "!" * each.text.startswith("!")
        plain = each.text.lstrip("!/")
        if prefix and plain.startswith(f"{prefix}/"):
            try:
                patterns.append(builder.pattern.loaded(negated + plain[len(prefix) + 1 :]))
            except PatternProblem:
                continue
        else:
            patterns.append(each.pattern)
    return Matcher(patterns, builder)


def _directories(scan: Scan, above: str, matcher: Matcher) -> Iterator[str]:
    """The directories below one, itself first, that the rules keep."""
    todo, left = [""], _MOST
    while todo and left > 0:
        here = todo.pop(0)
        yield here
        for name in scan.disk.names(join(above, here)):
            left -= 1
            path = join(here, name)
            if name != ".git" and scan.disk.kind(join(above, path)) == "dir" and not matcher.gone(path):
                todo.append(path)
