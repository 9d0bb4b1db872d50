"""COPY and ADD that do not copy what they seem to: files that replace one another or what the image has, filters that
look at one level."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from ...archive.endings import UNPACKED
from ...context.transfer import cleaned
from ...dockerfile.stages import Step
from ...findings import Finding
from ...paths import join
from ...regex import compiled
from ...rules import globs
from ..installs.overlays import overwritten
from ..installs.reorder import flags_of
from ..installs.snippet import shortened
from ..reading import Reading
from ..registry import Evidence, finding, finds

#: Directories of the root that images come with.
_IN_IMAGES: Final = frozenset(
    "bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var".split()
)
#: Entries that are looked at for one step.
MOST_ENTRIES: Final = 20_000


@finds("warning")
def lost_copy(case: Evidence) -> Iterator[Finding]:
    """One COPY puts several files of the same name into one directory: each replaces the one before, and only the last
    is left.

    `COPY packages/*/package.json ./packages/` keeps no directories. `--parents` does. In BuildKit the same happens to
    `COPY a b /app` where `/app` is no directory yet: a slash at the end makes it one. Also reported: a destination that
    begins with `~`, which no shell replaces here, or has a `*`, which is no wildcard there.
    """
    reading = case.reading
    yield from _to_no_such_name(case)
    for step in _copies(reading) if reading is not None else ():
        if reading is None or _has(step, "parents") or "*" in step.destination:
            continue
        sources = [cleaned(source.text) for source in step.sources if source.kind == "path"]
        copied = [path for source in sources for path in _matches(reading, source)]
        files = [path for path in copied if reading.sent.kind(path) == "file"]
        by_name: defaultdict[str, list[str]] = defaultdict(list)
        for path in files:
            by_name[path.rpartition("/")[2]].append(path)
        if len(files) > 1 and files == copied and _is_one(case, reading, step):
            *words, destination = step.instruction.text.split()
            yield finding(
                lost_copy,
                f"{_said(step)}: {len(files)} files replace one another at {step.target}, which is no directory, and "
                f"only {files[-1]} is left",
                path=case.scan.build.label,
                line=step.line,
                remedy=f"write {' '.join((*words, destination))}/",
                key=step.instruction.text,
            )
            continue
        lost = {name: list(dict.fromkeys(paths)) for name, paths in by_name.items()}
        lost = {name: paths for name, paths in lost.items() if len(paths) > 1}
        if not lost or (step.keyword == "ADD" and any(name.endswith(UNPACKED) for name in lost)):
            continue
        name, paths = max(lost.items(), key=lambda each: (len(each[1]), each[0]))
        target = posixpath.join(step.destination, name)
        others = f", and so do {len(lost) - 1} more names" if len(lost) > 1 else ""
        yield finding(
            lost_copy,
            f"{_said(step)}: {len(paths)} files called {name} replace one another at {target}{others}, and only "
            f"{paths[-1]} is left",
            path=case.scan.build.label,
            line=step.line,
            remedy=_with_parents(case, step),
            key=step.instruction.text,
        )


def _to_no_such_name(case: Evidence) -> Iterator[Finding]:
    """Copies to a directory that is called `~`, or has a `*` in its name."""
    plan = case.scan.plan
    for step in (step for stage in plan.stages for step in stage.steps) if plan is not None else ():
        wild = "*" in step.destination
        if step.keyword not in ("COPY", "ADD") or not (wild or step.destination.startswith("~")):
            continue
        why = "* is no wildcard in a destination" if wild else "no shell reads it"
        way = (
            _without_a_star(case, step) if wild else f"write the directory itself, such as /root{step.destination[1:]}"
        )
        yield finding(
            lost_copy,
            f"{_said(step)}: {why}, and what is copied is at {step.target}",
            path=case.scan.build.label,
            line=step.line,
            remedy=way,
            key=step.instruction.text,
        )


def _without_a_star(case: Evidence, step: Step) -> str:
    """What is written instead of a copy to a place with a `*` in its name."""
    sources = [source.text for source in step.sources]
    if any(globs.is_wild(posixpath.dirname(each)) for each in sources) and not _has(step, "parents"):
        return _with_parents(case, step)
    if not any(map(globs.is_wild, sources)):
        return "write the name of one directory, in a COPY for each"
    # All that is in a directory keeps its own directories only where that is copied itself.
    sources = [f"{posixpath.dirname(each) or '.'}/" if posixpath.basename(each) == "*" else each for each in sources]
    return f"write {step.keyword} {flags_of(step.instruction.flags)}{' '.join(sources)} {_above_a_star(step)}"


def _above_a_star(step: Step) -> str:
    """The destination, as far as it names a directory."""
    above, wild, _ = step.destination.partition("*")
    if not wild:
        return step.destination
    return f"{posixpath.dirname(above).rstrip('/')}/" if "/" in above else "./"


def _is_one(case: Evidence, reading: Reading, step: Step) -> bool:
    """Whether files become one, since what they are copied to is no directory as far as the Dockerfile tells."""
    from ...image.copies import names_directory  # only where there is a Dockerfile

    replaced = case.scan.build.builder.frontend.several_to_one == "replaced"
    if not replaced or len(step.sources) < 2 or names_directory(step):
        return False
    stage = next(stage for stage in reading.plan.stages if any(each is step for each in stage.steps))
    before = [each for each in reading.history(stage) if each.line < step.line or each not in stage.steps]
    lowest = reading.plan.chain(stage)[0]
    top = step.target.split("/")[1]
    if (lowest.origin.kind != "scratch" and top in _IN_IMAGES) or step.workdir.startswith(step.target):
        return False
    return not any(step.target in each.instruction.text or each.target.startswith(step.target) for each in before)


def _with_parents(case: Evidence, step: Step) -> str:
    """The same with the directories kept, which are not in the destination as well then: that of files below
    `packages/` is what is above it."""
    sources, place = [source.text for source in step.sources], _above_a_star(step)
    kept = [posixpath.dirname(cleaned(each)).split("/") for each in sources]
    parts = posixpath.normpath(place).split("/")
    again = (count for count in range(len(parts), 0, -1) if all(each[:count] == parts[-count:] for each in kept))
    count = next(again, 0)
    if count:
        place = f"{'/'.join(parts[:-count])}/" if len(parts) > count else "./"
    elif "*" in step.destination:
        # What is above the first wildcard gives way to what the destination names.
        sources = [compiled(r"^([^*?\[]*)/(?=[^/]*[*?\[])").sub(r"\1/./", each) for each in sources]
    return _keeping(case, step, sources, place, "keeps their directories")


def _keeping(case: Evidence, step: Step, sources: Sequence[str], place: str, what: str) -> str:
    """A COPY with `--parents`, and what that needs."""
    from ..frontends import keeps  # only where files are lost

    needed = keeps("parents", case.scan.build.text or b"", case.scan.build.builder)
    if needed is None:
        return "write a COPY for each directory"
    first = f"{needed}, and " if needed else ""
    return f"write {first}COPY {flags_of(step.instruction.flags)}--parents {' '.join(sources)} {place}, which {what}"


@finds("note")
def shallow_exclude(case: Evidence) -> Iterator[Finding]:
    """`--exclude` of a COPY or ADD matches from the directory that is copied, not at every level: `*.md` leaves
    `docs/a.md` in.
    """
    reading = case.reading
    for step in _copies(reading) if reading is not None else ():
        for flag, pattern in step.flags:
            if reading is None or flag != "exclude" or not pattern or "/" in pattern or "**" in pattern:
                continue
            deeper = next(_deeper(reading, step, pattern), None)
            if deeper is not None:
                yield finding(
                    shallow_exclude,
                    f"--exclude={pattern} leaves out what lies directly in the source, and {deeper} is copied",
                    path=case.scan.build.label,
                    line=step.line,
                    remedy=f"write --exclude=**/{pattern}",
                    key=f"{step.instruction.text}\0{pattern}",
                )


@finds("warning")
def shallow_glob(case: Evidence) -> Iterator[Finding]:
    """`**` in a source of COPY or ADD means one directory, as `*` does: files further down, or further up, are not
    copied.

    With `--parents` it means any number of directories.
    """
    reading = case.reading
    for step in _copies(reading) if reading is not None else ():
        if reading is None or _has(step, "parents"):
            continue
        for source in step.sources:
            text = cleaned(source.text)
            before, deep, name = text.partition("**/")
            if source.kind != "path" or not deep or "/" in name or (before and not before.endswith("/")):
                continue
            copied = frozenset(_matches(reading, text))
            missed = [path for path in _below(reading, before.rstrip("/"), name) if path not in copied]
            if missed:
                more = f" and {len(missed) - 1} more are" if len(missed) > 1 else " is"
                yield finding(
                    shallow_glob,
                    f"{_said(step)}: ** means one directory, and {missed[0]}{more} not copied",
                    path=case.scan.build.label,
                    line=step.line,
                    remedy=_keeping(
                        case, step, [source.text], step.destination, "takes all levels and keeps their directories"
                    ),
                    key=source.text,
                )


def _below(reading: Reading, above: str, name: str) -> Iterator[str]:
    """The files that are sent from a directory and those below it, by a pattern of their names."""
    left, todo = MOST_ENTRIES, [above]
    while todo and left > 0:
        here = todo.pop(0)
        names = reading.tree.names(here)
        left -= len(names)
        for each in names:
            path = join(here, each)
            kind = reading.tree.kind(path)
            if kind == "dir":
                todo.append(path)
            elif globs.matches(name, each) and reading.sent.kind(path) == "file":
                yield path


@finds("warning", scope="own", late=True)
def overwritten_output(case: Evidence) -> Iterator[Finding]:
    """A COPY lays what this machine has over what an earlier step of the stage installed, or took from another stage:
    packages of another system, or an old build.

    Only what git does not track: a clone has none of it, and gives another image. Silent where a later step installs
    or makes it again, or removes it, where a COPY names it, and where it is reported as a large directory.
    """
    from .sizes import is_told

    for each in overwritten(case):
        if case.reading is not None and not is_told(case, each.path):
            yield finding(
                overwritten_output,
                f"{_said(each.step)} lays {each.path} of this machine over {each.made}",
                path=case.scan.build.label,
                line=each.step.line,
                size=case.reading.size(each.path),
                remedy=f"exclude {case.proven.pattern_for(each.path) if case.proven else each.path}",
                key=each.path,
            )


@finds("note")
def copied_dockerfile(case: Evidence) -> Iterator[Finding]:
    """COPY of everything above an install takes the Dockerfile along: each edit of it, even of its last line, installs
    everything again.

    Builders read the Dockerfile by themselves, so that it can be excluded.
    """
    reading, name = case.reading, case.scan.build.own_name
    if reading is None or name is None or reading.sent.kind(name) != "file" or case.missed(name)[1] is not None:
        return
    if case.compares and reading.sent.kind(".git") is not None and case.tracked.file(name):
        return  # without it, the version would be that of a modified tree
    for stage in reading.plan.stages:
        for at, step in enumerate(stage.steps):
            if step.keyword != "COPY" or step.origin is not None:
                continue
            taken = [cleaned(source.text) for source in step.sources if source.kind == "path"]
            if not any(not each or name.startswith(f"{each}/") for each in taken):
                continue
            below = [each for each in stage.steps[at + 1 :] if next(reading.installs([each]), None) is not None]
            if below:
                more = f" and {len(below) - 1} more install{'s' * (len(below) > 2)}" if len(below) > 1 else ""
                yield finding(
                    copied_dockerfile,
                    f"{_said(step)} takes {name} along: each edit of it re-runs {_said(below[0])} "
                    f"(line {below[0].line}){more}",
                    path=case.scan.build.label,
                    line=step.line,
                    remedy=f"exclude {name}",
                    key=step.instruction.text,
                )
                return


def _copies(reading: Reading) -> Iterator[Step]:
    """The steps that copy from the context."""
    for stage in reading.plan.stages:
        for step in stage.steps:
            if step.keyword in ("COPY", "ADD") and step.origin is None:
                yield step


def _has(step: Step, flag: str) -> bool:
    return any(name == flag and value != "false" for name, value in step.flags)


def _said(step: Step) -> str:
    text = " ".join(step.instruction.text.split())
    return shortened(text if text.startswith(step.keyword) else f"{step.keyword} {text}")


def _matches(reading: Reading, source: str) -> Iterator[str]:
    """The paths in the context that a source stands for, in the order in which they are copied."""
    level, left = [""], MOST_ENTRIES
    for part in source.split("/"):
        if not globs.is_wild(part):
            level = [join(above, globs.literal(part)) for above in level]
            continue
        below = []
        for above in level:
            names = reading.tree.names(above)
            left -= len(names)
            below += [join(above, name) for name in globs.matching(part, names)] if left > 0 else []
        level = below
    yield from level


def _deeper(reading: Reading, step: Step, pattern: str) -> Iterator[str]:
    """The files below the first level of what is copied that a pattern of `--exclude` means and does not reach."""
    left = MOST_ENTRIES
    sources = [cleaned(source.text) for source in step.sources if source.kind == "path"]
    from ...image.copies import excluded  # only where there is a Dockerfile

    todo = [(root, 0, excluded(step)) for source in sources for root in _matches(reading, source)]
    while todo:
        here, depth, filters = todo.pop(0)
        for name in reading.tree.names(here):
            left -= 1
            if left < 0:
                return
            path = join(here, name)
            kind = reading.sent.kind(path)
            if not all(each.passes(name, kind == "dir") for each in filters):
                continue
            if depth and kind == "file" and globs.matches(pattern, name):
                yield path
            elif kind == "dir":
                todo.append((path, depth + 1, tuple(each.enter(name) for each in filters)))
