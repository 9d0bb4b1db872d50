"""Languages of which no more is known than how their output is made again."""

from __future__ import annotations

from typing import Final

from . import interpreters
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, words
from .maker import ANY_BUILD, maker
from .workplace import Runner, reading

MANAGERS: Final[tuple[Manager, ...]] = ()
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
