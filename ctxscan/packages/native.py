"""C, C++ and the tools that build anything: Make, CMake, Meson, just, Task, Bazel."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..regex import lazy
from . import make
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, words
from .maker import ANY_BUILD, maker
from .manifest import Named, Surveyed, named
from .workplace import Runner, reading

#: Directories by the variable of a loop, such loops, and lists of words.
_ADDED: Final = lazy(r"(?i)add_subdirectory\s*\(\s*\"?(?:\$\{\w+_SOURCE_DIR\}/)?\$\{(\w+)\}")
_LOOP: Final = lazy(r"(?i)\bforeach\s*\(\s*(\w+)")
_LIST: Final = lazy(r"(?i)\b(?:foreach|set|list)\s*\(\s*([^)]*)\)")
_CONFIGURED: Final = lazy(r"\b(?:AC_CONFIG_FILES|AC_OUTPUT)\(\s*\[?([^\])]*)")


def _listed(survey: Surveyed, path: str, text: str) -> list[str]:
    """The directories of a project of CMake that a loop adds, which are in a list of the file."""
    added = set(_ADDED.findall(text))
    if not any(each[1] in added for each in _LOOP.finditer(text)):
        return []
    above = posixpath.dirname(path)
    said = {word for found in _LIST.finditer(text) for word in found[1].split()}
    there = (name for name in survey.tree.names(above) if name in said)
    return [each for each in there if "CMakeLists.txt" in survey.tree.names(posixpath.join(above, each))]


def _autoconf(survey: Surveyed) -> Iterator[Named]:
    """What a configure script makes files of; it ends where one is missing."""
    for path in survey.named("configure.ac", "configure.in"):
        for found in _CONFIGURED.finditer(survey.tree.text(path)):
            made = [each.split(":")[-1] if ":" in each else f"{each}.in" for each in found[1].split()]
            yield from named(path, [each for each in made if "$" not in each], "configure makes a file of it")


def _cmake(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("CMakeLists.txt"):
        found = re.findall(
            r"(?i)(?:add_subdirectory|configure_file|include)\s*\(\s*[\"']?([\w./${}-]+)", survey.tree.text(path)
        )
        yield from named(path, [re.sub(r"\$\{[^}]*\}/?", "", each) for each in found], "named by CMakeLists.txt")
        if "foreach" in (text := survey.tree.text(path)).lower():
            yield from named(path, _listed(survey, path, text), "named by CMakeLists.txt")


def _meson(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("meson.build"):
        found = re.findall(r"subdir\(\s*'([^'\n]+)'", survey.tree.text(path))
        yield from named(path, found, "named by meson.build")


MANAGERS: Final[tuple[Manager, ...]] = ()
PROGRAMS: Final[tuple[Program, ...]] = ()
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=(
        *make.MAKEFILES,
        *make.JUSTFILES,
        *make.TASKFILES,
        *words("CMakeLists.txt meson.build conanfile.py BUILD BUILD.bazel MODULE.bazel WORKSPACE dune .bazelrc"),
        *words("Makefile.in configure.in SConstruct SConscript"),
    ),
    endings=words(".mk .cmake .am .ac .pro .pri"),
    runners={
        **dict.fromkeys((*make.MAKEFILES, ".mk"), "make"),
        **dict.fromkeys(make.JUSTFILES, "just"),
        **dict.fromkeys(make.TASKFILES, "task"),
    },
)
READERS: Final[tuple[Reader, ...]] = (_cmake, _meson, _autoconf)
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "cmake": maker(
        r"\bcmake\b|\bmeson\b|\bninja\b|\bconfigure\b|\bscons\b|\bbazel\b|\bgcc\b|\bg\+\+|\bclang\b|\bcargo\b|"
        rf"\bgo build\b|\bpip\b|\bcc\b|{ANY_BUILD}"
    ),
    "compiler": maker(
        r"\b(?:go|dart|nim|nimble|crystal|shards|zig|cargo)\s+\S|\bcmake\b|\bmeson\b|\bninja\b|\bgcc\b|\bg\+\+|"
        rf"\bclang|\bcc\b|\bconfigure\b|{ANY_BUILD}"
    ),
    "bazel": maker(r"bazel|buck|pants|plz|shards|crystal|build"),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = (
    *make.RUNNERS,
    Runner(words("cmake meson configure ninja"), reading("CMakeLists.txt", "*.cmake", "meson.build", up=True)),
    Runner(words("autoreconf autoconf aclocal automake"), reading("*.ac", "*.am")),
    Runner(words("qmake qmake6"), reading("*.pro", "*.pri")),
    Runner(("dune",), reading("dune")),
    Runner(words("bazel bazelisk"), reading(".bazelrc")),
)
HISTORY: Final = History()
