"""Elixir and Erlang: Mix and rebar3."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..regex import lazy
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, Strict, phrases, words
from .maker import ANY_BUILD, maker
from .manifest import Named, Surveyed, named
from .project import Project, Reads
from .workplace import Called, Ran, Runner, Workplace, reading


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("mix.exs"):
        text = survey.tree.text(path)
        found = re.findall(r"""File\.(?:read!?|stream!?|exists\?|open!?)\(\s*["']([^"'\n]+)["']""", text)
        found += re.findall(r"""path:\s*["']([^"'\n]+)["']""", text)
        yield from named(path, found, "read by mix.exs")


#: What a module asks another program while it is compiled, for a value that it keeps.
_KEPT: Final = lazy(r"(?m)^[ \t]*@\w+[^\n]*(?:\n[^\n@]*)?System\.cmd\([^\n]*")


def _compiled(place: Workplace, called: Called) -> Iterator[Ran]:
    """What modules ask while they are compiled."""
    for directory in place.survey.kept:
        if "test" in directory.split("/") or place.where(posixpath.join(directory, "x")) is None:
            continue
        for name in place.tree.names(directory):
            path = posixpath.join(directory, name)
            if name.endswith(".ex") and b"System.cmd(" in (place.tree.read(path) or b""):
                text = place.tree.text(path)
                for found in _KEPT.finditer(text):
                    yield Ran(found[0], path, 1 + text.count("\n", 0, found.start()), called.cwd, code=True)


#: What a manifest takes from beside it: dependencies by path, the other projects of an umbrella, files.
_BESIDE: Final = lazy(r"\bpath:|\bin_umbrella\b|\bapps_path\b|\bFile\.|\bCode\.|\bSystem\.cmd\b")


def _reads(project: Project) -> Reads | None:
    text = project.text("mix.exs")
    if not text or project.cached or _BESIDE.search(text):
        return None
    return Reads(tuple(project.there("mix.exs", "mix.lock")))


MANAGERS: Final = (
    Manager(
        "mix",
        ("mix",),
        verbs=("deps.get",),
        locks=("mix.lock",),
        first=("mix deps.get", "mix.exs", ""),
        manifests=("mix.exs",),
        strict=Strict(
            "mix deps.get --check-locked",
            options=("--check-locked",),
            soft=True,
            hits=phrases("mix deps.get --check-locked"),
            misses=phrases("mix deps.get"),
        ),
        reads=_reads,
        packages="deps",
        beside="MIX_DEPS_PATH",
        prepares=words("deps.get"),
        hits=phrases("mix deps.get,mix deps.get --only prod"),
        misses=phrases("mix deps.compile,mix phx.server,mix local.hex --force"),
    ),
)
PROGRAMS: Final = (Program(("mix",), blind=words("local.hex local.rebar")),)
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(names=("mix.exs", "rebar.config"), endings=(".src",))
READERS: Final[tuple[Reader, ...]] = (_named,)
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "mix": maker(rf"\bmix\b|\brebar3\b|{ANY_BUILD}", r"elixir|erlang|\bmix\b|rebar"),
    "mix-assets": maker(r"assets\.(?:deploy|build)|phx\.digest|esbuild|build"),
    "gleam": maker(rf"\bgleam\b|{ANY_BUILD}"),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = (
    Runner(("mix",), reading("mix.exs")),
    Runner(("mix",), _compiled),
    Runner(("rebar3",), reading("rebar.config", "*.src")),
)
HISTORY: Final = History()
