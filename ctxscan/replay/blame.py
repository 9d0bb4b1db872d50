"""Which of the files that a commit changed made its build do steps again.

A step is done again because of what it reads, or because one before it was: then the files of that one are named. What
changed comes from the history; whether a step takes it is decided by the rules, before or after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ..context.transfer import context_sources, follow
from ..dockerfile.stages import Origin, Step
from ..image.copies import excluded, has
from ..image.layers import Filter
from ..rules.globs import is_wild, literal, matches
from ..rules.matcher import BadPattern, Matcher
from .course import Done

if TYPE_CHECKING:
    from ..context.transfer import Files

#: The components of a source: whether each is wild, and its text.
GlobParts: TypeAlias = tuple[tuple[bool, str], ...]


class Changed(NamedTuple):
    """What a commit changed in its context, and how it is built: `paths` in the order of git, `rules` before and after,
    `files` the context, and the labels of the Dockerfile and the ignore file if they are others now (else empty).
    `operations` are those of the build before."""

    paths: Sequence[str]
    rules: tuple[Matcher, ...]
    files: Files
    dockerfile: str
    ignore_file: str
    operations: frozenset[object]


@dataclass(slots=True)
class _Line:
    """What is known of a stage so far: the files to blame for its first step that was done again, and the steps before
    it, which were in the cache."""

    cause: tuple[str, ...] | None = None
    cached: list[Step] = field(default_factory=list)


def blame(done: Iterable[Done], changed: Changed) -> Iterator[tuple[str, ...]]:
    """The files to blame for each step, in the order of git; none where a step was in the cache."""
    lines: dict[int, _Line] = {}
    for each in done:
        stage = each.stage
        line = lines.get(stage.index)
        if line is None:
            line = lines[stage.index] = _begin(stage.origin, lines)
        if each.failed is not None:
            yield (each.failed,)
            continue
        if each.cached is True:
            line.cached.append(each.step)
            yield ()
            continue
        if line.cause is None:
            line.cause = _united(_reasons(each, line, lines, changed))
        elif has(each.step, "link"):
            line.cause = _united([*line.cause, *_own(each.step, changed)])
        yield line.cause


def _begin(origin: Origin, lines: dict[int, _Line]) -> _Line:
    base = lines.get(origin.stage) if origin.kind == "stage" and origin.stage is not None else None
    return _Line() if base is None else _Line(base.cause, list(base.cached))


def _reasons(each: Done, line: _Line, lines: dict[int, _Line], changed: Changed) -> list[str]:
    """Why the first step of a stage was done again; the later reasons only where there is no earlier one."""
    found = _own(each.step, changed)
    for origin in (each.step.origin, *(mount.origin for mount in each.step.mounts)):
        if origin is not None and origin.kind == "stage" and origin.stage in lines:
            found += lines[origin.stage].cause or ()
    if changed.dockerfile and (each.operation not in changed.operations or not found):
        found.append(changed.dockerfile)
    # Nothing that it takes has changed: another choice of it, or a new combination of what was there before.
    if not found and changed.ignore_file:
        found.append(changed.ignore_file)
    return found or [path for step in line.cached for path in _own(step, changed)]


def _own(step: Step, changed: Changed) -> list[str]:
    """The changed files that a step reads from the context."""
    if not changed.paths:
        return []
    sources = list(context_sources(step))
    if not sources:
        return []
    followed = follow(sources, changed.files)
    globs = ((),) if followed is None else tuple(map(_parts, followed))
    filters = excluded(step)
    return [path for path in changed.paths if _taken(path.split("/"), globs, filters) and _kept(path, changed.rules)]


@lru_cache(maxsize=1024)
def _parts(glob: str) -> GlobParts:
    return tuple((is_wild(part), part if is_wild(part) else literal(part)) for part in glob.split("/"))


def _kept(path: str, rules: tuple[Matcher, ...]) -> bool:
    try:
        return any(not each.gone(path) for each in rules)
    except BadPattern:
        return False


def _taken(parts: list[str], globs: tuple[GlobParts, ...], filters: tuple[Filter, ...]) -> bool:
    return any(_below(glob, parts) and _passes(parts[len(glob) :], filters) for glob in globs)


def _below(glob: GlobParts, parts: list[str]) -> bool:
    """Whether a path is what a source names, or below it, or a link on the way there."""
    pairs = zip(glob, parts, strict=False)
    return all(matches(text, name) if wild else text == name for (wild, text), name in pairs)


def _passes(parts: list[str], filters: tuple[Filter, ...]) -> bool:
    for each in filters:
        for name in parts[:-1]:
            if not each.passes(name, True):
                return False
            each = each.enter(name)
        if parts and not each.passes(parts[-1], False):
            return False
    return True


def _united(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(paths), key=lambda path: path.encode(errors="surrogateescape")))
