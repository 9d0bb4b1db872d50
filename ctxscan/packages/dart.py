"""Dart and Flutter: pub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, Strict, phrases, words
from .maker import ANY_BUILD, maker
from .manifest import Named, Surveyed, named, yaml_list
from .project import Project, Reads
from .workplace import Runner

_MANIFEST: Final = "pubspec.yaml"
_LOCK: Final = "pubspec.lock"


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named(_MANIFEST):
        text = survey.tree.text(path)
        local = re.findall(r"(?m)^[ \t]+path:\s*[\"']?([^\"'#\n]+?)[\"']?\s*$", text)
        yield from named(path, local, "a dependency by path")
        assets = yaml_list(re.sub(r"(?m)^  (?=\S)", "", text), "assets")
        yield from named(path, assets, "an asset", certain=False)


def _reads(project: Project) -> Reads | None:
    text = project.text(_MANIFEST)
    # What lies beside: a dependency, or the other packages of a workspace.
    if not text or project.cached or re.search(r"(?m)^\s+path:|^(?:workspace|resolution):", text):
        return None
    return Reads(tuple(project.there(_MANIFEST, _LOCK)))


MANAGERS: Final = (
    Manager(
        "pub",
        words("dart flutter pub"),
        verbs=("pub get", "get"),
        locks=(_LOCK,),
        first=("dart pub get", "pubspec.yaml", ""),
        manifests=(_MANIFEST,),
        strict=Strict(
            "dart pub get --enforce-lockfile",
            options=("--enforce-lockfile",),
            soft=True,
            hits=phrases("dart pub get --enforce-lockfile"),
            misses=phrases("dart pub get"),
        ),
        updates=(),
        reads=_reads,
        homes=(".pub-cache",),
        prepares=words("pub get"),
        hits=phrases("dart pub get,flutter pub get,pub get"),
        misses=phrases("dart compile exe bin/a.dart,dart pub global activate x,flutter build web"),
    ),
)
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
