"""Generators of sites: MkDocs, Docusaurus, Hugo and the like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..regex import lazy
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, words
from .maker import ANY_BUILD, maker
from .node import TOOLS
from .workplace import Called, Ran, Runner, Workplace, reading

_HUGO: Final = words("hugo.toml hugo.yaml hugo.json")
_DOCUSAURUS: Final = words("docusaurus.config.js docusaurus.config.ts")


#: A source of Antora that is the repository itself: it is read with its history.
_OWN: Final = lazy(r"(?m)^[ \t]*(?:-[ \t]+)?url:[ \t]*[\"']?\.{1,2}/?[\"']?[ \t]*(?:#.*)?$")


def _antora(place: Workplace, called: Called) -> Iterator[Ran]:
    for each in called.words:
        path = place.at(each, called.cwd) if each.endswith((".yml", ".yaml")) else None
        text = place.tree.text(path) if path else ""
        if path and (found := _OWN.search(text)):
            yield Ran("antora .", path, 1 + text.count("\n", 0, found.start()), called.cwd)


MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final[tuple[Program, ...]] = ()
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=("mkdocs.yml", *_DOCUSAURUS, "book.toml", *_HUGO, "conf.py"),
    runners={"mkdocs.yml": "mkdocs", "book.toml": "mdbook", **dict.fromkeys(_HUGO, "hugo")},
)
READERS: Final[tuple[Reader, ...]] = ()
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "site-build": maker(
        r"\b(?:mkdocs|sphinx-build|sphinx|hugo|jekyll|zola|mdbook|eleventy|quarto|make|docusaurus|pelican|antora|"
        r"zensical|lektor|nikola|hexo)\b|"
        rf"\b{TOOLS}\b[^\n;&|]*(?:build|generate|docs)|{ANY_BUILD}"
    ),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = (
    Runner(("mkdocs",), reading("mkdocs.yml")),
    Runner(("sphinx-build",), reading("conf.py")),
    Runner(("mdbook",), reading("book.toml")),
    Runner(("antora",), _antora),
    Runner(("hugo",), reading(*_HUGO, "config.toml", sure=True)),
)
HISTORY: Final = History()
