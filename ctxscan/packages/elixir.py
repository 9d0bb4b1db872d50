"""Elixir and Erlang: Mix and rebar3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader
from .maker import ANY_BUILD, maker
from .manifest import Named, Surveyed, named
from .workplace import Runner, reading


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("mix.exs"):
        text = survey.tree.text(path)
        found = re.findall(r"""File\.(?:read!?|stream!?|exists\?|open!?)\(\s*["']([^"'\n]+)["']""", text)
        found += re.findall(r"""path:\s*["']([^"'\n]+)["']""", text)
        yield from named(path, found, "read by mix.exs")


MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final[tuple[Program, ...]] = ()
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
    Runner(("rebar3",), reading("rebar.config", "*.src")),
)
HISTORY: Final = History()
