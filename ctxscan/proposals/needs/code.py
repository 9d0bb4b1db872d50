"""What sources embed: files that a compiler reads, and nobody copies by name.

Only sources that can reach a candidate are read: an embed of Go lies at or above what it names, a Rust macro is
looked for in the crates alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final

from ...regex import compiled_bytes
from ..survey import Survey
from .metadata import beside
from .need import Need

#: Sources and bytes of them that are read for one kind of macro.
_MOST_FILES: Final = 4000
_MOST_BYTES: Final = 64 << 20
_EMBED: Final = rb"(?m)^[ \t]*//go:embed[ \t]+([^\n]+)"
_INCLUDE: Final = (
    rb"""(?:include_str|include_bytes|include_dir|include|embed_migrations|migrate|query_file\w*|include_flate|embed_asset|include_image)!\s*\(\s*(?:concat!\s*\(\s*env!\s*\(\s*"CARGO_MANIFEST_DIR"\s*\)\s*,\s*)?r?#*"([^"\n]{1,300})"|"""
    rb"""\b(?:folder|path|template)\s*=\s*r?#*"([^"\n]{1,300})\""""
)


def needs(survey: Survey, paths: Iterable[str]) -> Iterator[Need]:
    """Embeds that may name something of `paths`, the candidates."""
    if any(survey.named("go.mod")):
        yield from _go(survey, paths)
    if any(survey.named("Cargo.toml")):
        yield from _rust(survey)
    yield from _javascript(survey)


def _go(survey: Survey, paths: Iterable[str]) -> Iterator[Need]:
    directories = {above for path in paths for above in _above(path)}
    budget = [_MOST_FILES, _MOST_BYTES]
    for directory in sorted(directories):
        for name in survey.tree.names(directory):
            if name.endswith(".go"):
                path = f"{directory}/{name}" if directory else name
                for found in compiled_bytes(_EMBED).finditer(_source(survey, path, budget)):
                    yield from _embedded(path, found[1].decode(errors="replace"))


def _above(path: str) -> Iterator[str]:
    while path:
        path = posixpath.dirname(path)
        yield path


def _embedded(path: str, text: str) -> Iterator[Need]:
    for quoted, raw, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)', text):
        name = (quoted or raw or plain).removeprefix("all:")
        for each in beside(path, name):
            yield Need(each, f"go:embed ({path})", True, True)


def _rust(survey: Survey) -> Iterator[Need]:
    budget = [_MOST_FILES, _MOST_BYTES]
    crates = {posixpath.dirname(path) for path in survey.named("Cargo.toml")}
    for directory in sorted(survey.kept):
        if not any(directory == crate or directory.startswith(crate + "/") or not crate for crate in crates):
            continue
        crate = max(
            (each for each in crates if directory == each or directory.startswith(each + "/") or not each), key=len
        )
        for name in survey.tree.names(directory):
            if not name.endswith(".rs"):
                continue
            path = f"{directory}/{name}" if directory else name
            for found in compiled_bytes(_INCLUDE).finditer(_source(survey, path, budget)):
                text = (found[1] or found[2]).decode(errors="replace")
                # Some macros start at the file, others at the crate: keep what either may mean.
                crate_file = posixpath.join(crate, "Cargo.toml")
                for each in {
                    *beside(path, text.lstrip("/")),
                    *beside(crate_file, text.replace("$CARGO_MANIFEST_DIR/", "").lstrip("/")),
                }:
                    if survey.tree.exists(each):
                        yield Need(each, f"included ({path})", True, True)
            if b"embed_migrations!()" in (text_ := _source(survey, path, budget)) or b"migrate!()" in text_:
                yield from (
                    Need(each, f"included ({path})", True, True)
                    for each in beside(posixpath.join(crate, "Cargo.toml"), "migrations")
                )
        if posixpath.basename(directory) == "templates":
            yield Need(directory, "templates of a crate", False, True)


def _javascript(survey: Survey) -> Iterator[Need]:
    """Configurations of bundlers that read from a directory of output."""
    for path in survey.named("tsconfig.json"):
        for each in re.findall(r'"path"\s*:\s*"([^"\n]+)"', survey.tree.text(path)):
            yield from (Need(one, f"a referenced project ({path})") for one in beside(path, each))


def _source(survey: Survey, path: str, budget: list[int]) -> bytes:
    if budget[0] <= 0 or budget[1] <= 0:
        return b""
    data = survey.tree.read(path) or b""
    budget[0] -= 1
    budget[1] -= len(data)
    return data
