"""Julia, and languages of which no more is known than how their output is made again."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ..dockerfile.commands import Command
from ..paths import absolute
from ..regex import lazy
from . import interpreters
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, phrases, words
from .install import Install
from .maker import ANY_BUILD, maker
from .manifest import items, table
from .project import Project, Reads
from .workplace import Runner, reading

# Pkg is told in Julia what to do. Source: https://pkgdocs.julialang.org/v1/api/ and https://pkgdocs.julialang.org/v1/toml-files/
_PKG: Final = "pkg"
_PROJECTS: Final = words("JuliaProject.toml Project.toml")
_MANIFESTS: Final = words("JuliaManifest.toml Manifest.toml")
_SETTINGS: Final = words("JuliaLocalPreferences.toml LocalPreferences.toml")
#: What makes a project install what it depends on, and what else such a line has in it.
_INSTALLS: Final = lazy(r"\bPkg\s*\.\s*(?:instantiate|resolve|precompile|add)\s*\(")
_EVALUATES: Final = frozenset(("-e", "--eval", "-E", "--print"))
_PKG_ALONE: Final = lazy(
    r"\s*(?:(?:using|import)\s+Pkg(?:\s*:\s*\w+)?|Pkg\.(?:instantiate|resolve|precompile|build|status|gc)\(\s*"
    r"(?:;?\s*\w+\s*=\s*(?:true|false)\s*,?\s*)*\)|Pkg\.activate\(\s*(?:\"[^\"$\\]*\")?\s*\)|"
    r"Pkg\.Registry\.(?:add|update)\((?:\s*\"[\w./:-]+\"\s*)?\)|(?:exit|quit)\(\)|)\s*"
)
_ACTIVATES: Final = lazy(r"Pkg\.activate\(\s*\"([^\"$\\]*)\"\s*\)")


def _pkg(command: Command) -> Install | None:
    """The install that a line of Julia is, in the directory of the project that it is told to work on."""
    code, project = "", command.setting("JULIA_PROJECT")
    todo = iter(command.arguments)
    for each in todo:
        option, sign, value = each.partition("=")
        if each in _EVALUATES:
            code = next(todo, "")
            break
        if option == "--project":
            project = value if sign else "@."
        elif not each.startswith("-"):
            break  # a program
    if not _INSTALLS.search(code):
        return None
    named = _ACTIVATES.search(code)
    project = named[1] if named is not None else project
    if not project or "$" in project or (project[:1] == "@" and project != "@."):
        place = ""  # packages of whoever runs it
    else:
        place = absolute(command.cwd, project.removeprefix("@") or ".")
        place = posixpath.dirname(place) if place.endswith(".toml") else place
    return Install(_PKG, command, "instantiate", place or command.cwd, (), ("--global",) * (not place), (), False)


def _statements(install: Install) -> Iterator[str]:
    arguments = install.command.arguments
    code = next(one for each, one in pairwise(arguments) if each in _EVALUATES)
    for line in code.split("\n"):
        yield from line.partition("#")[0].split(";")


def _reads(project: Project) -> Reads | None:
    """The project and its manifest, where these name nothing that lies beside them: a package is compiled with what it
    depends on."""
    files = project.there(*_PROJECTS)[:1]
    manifests = project.there(*_MANIFESTS, *(each for each in project.names() if _VERSIONED.fullmatch(each)))
    if not files or project.cached or project.install.has("--global"):
        return None
    if not all(map(_PKG_ALONE.fullmatch, _statements(project.install))):
        return None
    data = project.context.tree.toml(files[0])
    local = any("path" in each for each in map(table, table(data, "sources").values()))
    if "name" in data or "workspace" in data or local or not table(data, "deps"):
        return None
    for path in manifests:
        held = project.context.tree.toml(path)
        entries = table(held, "deps") or held
        if any("path" in each for entry in entries.values() for each in items(entry) if isinstance(each, dict)):
            return None
    return Reads((*files, *manifests, *project.there(*_SETTINGS)))


_VERSIONED: Final = lazy(r"(?:Julia)?Manifest-v\d[\d.]*\.toml")
MANAGERS: Final = (
    Manager(
        _PKG,
        ("julia",),
        verbs=("instantiate",),
        called=_pkg,
        locks=tuple(reversed(_MANIFESTS)),
        manifests=tuple(reversed(_PROJECTS)),
        reads=_reads,
        homes=(".julia/packages", ".julia/compiled"),
        hits=(
            "julia --project=. -e 'using Pkg; Pkg.instantiate()'",
            "julia --project -e 'import Pkg; Pkg.activate(\".\"); Pkg.instantiate(); Pkg.precompile()'",
        ),
        misses=phrases("julia main.jl,julia --project=. -e 'println(1)'"),
    ),
)
PROGRAMS: Final[tuple[Program, ...]] = ()
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=words("stack.yaml package.yaml Makefile.PL dist.ini dune-project build.zig"),
    endings=words(".cabal .rockspec"),
)

READERS: Final[tuple[Reader, ...]] = ()
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "julia": maker(r"\bjulia\b[^\n]*make\.jl|\bDocumenter\b"),
    "renv": maker(r"restore|install|Rscript|\bR\b"),
    "perl": maker(r"carton|cpanm|cpm", r"perl|plackup|starman"),
    "luarocks": maker(r"luarocks", r"lua|openresty"),
    "crystal": maker(rf"\bshards\b|{ANY_BUILD}"),
    "haskell": maker(rf"\bstack\b|\bcabal\b|{ANY_BUILD}"),
    "ocaml": maker(rf"\bdune\b|\bopam\b|\besy\b|{ANY_BUILD}"),
    "zig": maker(rf"\bzig\b|\bnim\b|\bnimble\b|{ANY_BUILD}"),
    "solidity": maker(rf"hardhat|forge|truffle|{ANY_BUILD}|\bcompile\b"),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = (*interpreters.RUNNERS, Runner(("zig",), reading("build.zig")))
HISTORY: Final = History()
