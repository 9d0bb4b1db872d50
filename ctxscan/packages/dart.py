"""Dart and Flutter: pub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader
from .maker import ANY_BUILD, maker
from .manifest import Named, Surveyed, named, yaml_list
from .workplace import Runner

_MANIFEST: Final = "pubspec.yaml"


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named(_MANIFEST):
        text = survey.tree.text(path)
        local = re.findall(r"(?m)^[ \t]+path:\s*[\"']?([^\"'#\n]+?)[\"']?\s*$", text)
        yield from named(path, local, "a dependency by path")
        assets = yaml_list(re.sub(r"(?m)^  (?=\S)", "", text), "assets")
        yield from named(path, assets, "an asset", certain=False)


MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final[tuple[Program, ...]] = ()
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(names=(_MANIFEST,))
READERS: Final[tuple[Reader, ...]] = (_named,)
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "dart": maker(rf"\b(?:dart|flutter)\b[^\n;&|]*\b(?:compile|build|pub|run|test)\b|{ANY_BUILD}"),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = ()
HISTORY: Final = History()
