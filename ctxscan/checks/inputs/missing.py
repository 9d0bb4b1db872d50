"""Why a source is not there, and the way out: where its reader would look next."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...context.transfer import cleaned
from ...facts import Scan
from ...paths import within
from ...regex import lazy
from ...rules import globs
from . import elsewhere
from .causes import Cause
from .excluded import blamed, way_back, would_keep

if TYPE_CHECKING:
    from ...context.tree import Tree
    from ...dockerfile.stages import Section, Step
    from ...image.reach import Input

#: What a build makes, by the name of the directory: a later stage has it from an earlier one.
_MADE: Final = frozenset("dist build out target public .next .output publish bin release node_modules".split())
#: What is meant for permissions.
_MODE: Final = lazy(r"0?[0-7]{3}")
#: Words that a shell would read, and COPY takes for paths.
_SHELL: Final = lazy(r"(?:\d?>|<|>>|\|\||&&|;|\|).*|true")
#: A RUN that does no more than install packages of the system, make users and directories, and tidy up.
_ONLY_INSTALLS: Final = lazy(
    r"(?:RUN\s+)?(?:(?:apk|apt|apt-get|yum|dnf|microdnf|tdnf|zypper|update-ca-certificates|rm|set|mkdir|chown|chmod|"
    r"useradd|usermod|adduser|groupadd|addgroup)\b[^;&|]*(?:&&|;|$)\s*)+"
)


def cause(scan: Scan, tree: Tree, each: Input, path: str) -> Cause:
    """The first cause that explains why `path`, which the source `each` needs, is not found in the context, which
    `tree` lists."""
    if each.outside and not each.empty:
        # What a build argument gave decides, and is not shown: neither is what resembles it.
        known = scan.disk.kind(path) is not None
        said = _kept_back(scan, each, path).said if known else "not found in the context with the value that is given"
        return Cause(said, None)
    step = step_of(scan, each)
    for found in _causes(scan, tree, each, step, path):
        return found
    return Cause("not found in the context", None)


def _causes(scan: Scan, tree: Tree, each: Input, step: Step | None, path: str) -> Iterator[Cause]:
    if scan.disk.kind(path) is not None:
        yield _kept_back(scan, each, path)
        return
    if each.empty:
        yield no_value(scan, each, "not found in the context")._replace(joint=True)
    if step is not None:
        yield from _misread(scan, step, each, path)
    yield from elsewhere.behind_link(scan, each, path)
    yield from elsewhere.outside(scan, each)
    yield from elsewhere.beside_dockerfile(scan, each, path)
    yield from _in_stage(scan, step, each)
    yield from elsewhere.above_context(scan, step, each, path)
    yield from elsewhere.other_lock(scan, each, path)
    yield from elsewhere.from_example(scan, path)
    yield from elsewhere.alike(scan, each, path)
    yield from elsewhere.in_other_directories(scan, tree, each, path)
    yield from elsewhere.lock_of_the_whole(scan, tree, path)
    yield from elsewhere.of_its_kind(scan, each, path)
    yield from elsewhere.in_the_repository(scan, each, path)
    yield from _excluded_as_well(scan, path)


def _excluded_as_well(scan: Scan, path: str) -> Iterator[Cause]:
    """What is made before the build would not reach it either: no exception is meant for it, or for what is in it."""
    rule = None if globs.is_wild(path) else blamed(scan, path)
    parts = path.split("/")
    exceptions = [each.pattern.text for each in scan.ignored.rules if each.pattern.negated] if scan.ignored else []
    meant = any("**" in each or all(map(globs.matches, each.lstrip("/").split("/"), parts)) for each in exceptions)
    if rule is not None and scan.ignored is not None and not meant:
        label = scan.ignored.label
        back = f"add !{path} at the end of {label}" if would_keep(scan, path) else f"take {rule.text} out of {label}"
        said = f"not found in the context, and {label}:{rule.line} {rule.text} would exclude it"
        yield Cause(said, f"{back}, and put it there before the build")


def step_of(scan: Scan, each: Input) -> Step | None:
    """The step that takes an input."""
    for stage in scan.plan.stages if scan.plan else ():
        for step in stage.steps if each.stage in (stage.name, stage.index) else ():
            reads = (*(one.text for one in step.sources), *(one.source or "." for one in step.mounts))
            if step.line == each.line and each.source in reads:
                return step
    return None


# --- variables


def no_value(scan: Scan, each: Input, said: str) -> Cause:
    """Why a variable in a source has no value; `said` begins the sentence."""
    name = each.empty[0]
    said = f"{said} (${name} has no value)"
    parsed = scan.build.parsed
    if parsed is None:
        return Cause(said, None)
    declared = {word.partition("=")[0] for one in parsed.arguments for word in one.words}
    stage = next((one for one in parsed.sections if each.stage in (one.name, one.index)), None)
    here = (
        [one.line for one in stage.instructions if one.keyword == "ARG" and _declares(one.words, name)] if stage else []
    )
    if any(line > each.line for line in here) and not any(line < each.line for line in here):
        line = min(line for line in here if line > each.line)
        return Cause(
            f"{said}: ARG {name} is declared below it, on line {line}", f"move ARG {name} above line {each.line}"
        )
    if here:
        return Cause(
            f"{said}: ARG {name} has no default", f"pass --build-arg {name}=…, or give ARG {name} a default", given=True
        )
    if name in declared:
        why = f"{name} is declared before FROM, which counts for FROM alone"
        return Cause(f"{said}: {why}", f"repeat ARG {name} in this stage, after FROM")
    others = [
        one.name or str(one.index)
        for one in parsed.sections
        if one is not stage
        and any(each.keyword in ("ARG", "ENV") and _declares(each.words, name) for each in one.instructions)
    ]
    if others:
        return Cause(f"{said}: it is declared in the stage {others[0]} alone", f"declare ARG {name} in this stage, too")
    # A base image may bring it along.
    known = _is_whole(scan, each)
    return Cause(f"{said}: no ARG or ENV declares it", f"declare ARG {name} above line {each.line}", certain=known)


def _declares(words: tuple[str, ...], name: str) -> bool:
    return any(word.partition("=")[0] == name for word in words)


def _is_whole(scan: Scan, each: Input) -> bool:
    """Whether all that the stage is built on is in the Dockerfile."""
    plan = scan.plan
    stage = next((one for one in plan.stages if each.stage in (one.name, one.index)), None) if plan else None
    return stage is not None and plan is not None and plan.chain(stage)[0].origin.kind == "scratch"


# --- words that are no paths


def _misread(scan: Scan, step: Step, each: Input, path: str) -> Iterator[Cause]:
    words = step.instruction.words
    if step.keyword in ("COPY", "ADD"):
        start = next((at for at, word in enumerate(words) if word.startswith("#")), None)
        if start is not None and each.source in words[max(start - 1, 0) :]:
            yield Cause(
                "a comment takes a separate line: `#` and what follows are read as sources",
                f"move the comment above line {each.line}",
                whole=True,
            )
        if len(words) > 2 and _MODE.fullmatch(words[-1]) and each.source == words[-2]:
            yield Cause(
                f"{words[-1]} is read as the destination, and what is before it as a source",
                f"write {step.keyword} --chmod={words[-1]} {' '.join(words[:-1])}",
            )
        shell = [word for word in words if _SHELL.fullmatch(word)]
        if shell and shell != ["true"]:
            yield Cause(
                f"no shell runs {step.keyword}: {' '.join(shell)} is read as paths",
                "take that out; a source that may be absent is written as a wild card, like name*",
                whole=True,
            )
    spaced = _spaced(scan, step, each)
    if spaced is not None:
        *sources, destination = words
        rest = [one for one in sources if one not in spaced.split()]
        written = ", ".join(f'"{one}"' for one in (spaced, *rest, destination))
        yield Cause(f"a space ends a source, and {spaced} is there", f"write {step.keyword} [{written}]", whole=True)
    raw = _with_back_slashes(step, each.source)
    if raw is not None:
        plain = cleaned(raw.replace("\\", "/"))
        hint = f"write {plain}" if scan.disk.kind(plain) is not None else "separate directories with /"
        # Whoever writes for Windows has another sign escape.
        if scan.build.parsed is not None and scan.build.parsed.escape == "`":
            yield Cause(f"{raw}: only a builder on Windows separates directories with a backslash", hint, given=True)
        else:
            yield Cause(f"{raw}: a backslash escapes what follows it and separates nothing", hint)
    if re.match(r"~/|[A-Za-z]:[\\/]", each.source):
        yield Cause(
            "a path of this machine: sources are relative to the context",
            "move it into the context, or pass its directory with --build-context",
        )
    inside = _below_root(scan, each.source)
    if inside is not None:
        yield Cause("a path of this machine: sources are relative to the context", f"write {inside or '.'}")


def _spaced(scan: Scan, step: Step, each: Input) -> str | None:
    """A path of the context with spaces in it, of which a source is one of the words."""
    words = step.instruction.words[:-1]
    if step.instruction.json or step.keyword not in ("COPY", "ADD"):
        return None
    for start in range(len(words)):
        for end in range(start + 2, min(start + 6, len(words)) + 1):
            path = " ".join(words[start:end])
            if each.source in words[start:end] and scan.disk.kind(cleaned(path)) is not None:
                return path
    return None


def _with_back_slashes(step: Step, source: str) -> str | None:
    """The source as it was written with back slashes that separate nothing; None: it was not."""
    text = step.instruction.text
    for word in text.split():
        bare = word.strip("\"',[]")
        if "\\" in bare and bare.replace("\\", "") == source.replace("\\", "") and re.search(r"\\[\w.]", bare):
            return bare
    return None


def _below_root(scan: Scan, source: str) -> str | None:
    """The path in the context of an absolute path of this machine."""
    root = os.path.realpath(scan.build.context)
    if not source.startswith("/") or root == "/" or not within(posixpath.normpath(source), Path(root).as_posix()):
        return None
    inside = posixpath.relpath(posixpath.normpath(source), Path(root).as_posix())
    return "" if inside == "." else inside


# --- excluded


def _kept_back(scan: Scan, each: Input, path: str) -> Cause:
    """Why what is there does not arrive: a rule, or a link."""
    rule = blamed(scan, path)
    if rule is not None:
        label = scan.ignored.label if scan.ignored else ""
        return Cause(f"excluded by {label}:{rule.line} {rule.text}", way_back(scan, cleaned(each.source), path, rule))
    link = scan.disk.link(path)
    if link is None:
        return _unmatched(scan, each, path) or Cause("leads to something that is not sent", None)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    if link.startswith("/") or target.split("/")[0] == "..":
        return Cause(
            f"a link that leads out of the context ({link}), which no builder follows",
            "put a copy in the place of the link, or pass the directory behind it with --build-context",
        )
    rule = blamed(scan, target) if scan.disk.kind(target) is not None else None
    if rule is not None:
        label = scan.ignored.label if scan.ignored else ""
        return Cause(
            f"a link to {target}, which is excluded by {label}:{rule.line} {rule.text}",
            way_back(scan, target, target, rule),
        )
    gone = "which does not exist" if scan.disk.kind(target) is None else "which is not sent"
    return Cause(f"a link to {target}, {gone}", None)


def _unmatched(scan: Scan, each: Input, path: str) -> Cause | None:
    """Why a wild card in the directory `path` finds nothing there, so that the directory is not sent either."""
    pattern = below_wildly(each, path)
    if pattern is None:
        return None
    first = pattern.partition("/")[0]
    for name in scan.disk.names(path):
        rule = blamed(scan, f"{path}/{name}") if globs.matches(first, name) else None
        if rule is not None:
            label = scan.ignored.label if scan.ignored else ""
            way = way_back(scan, cleaned(each.source), f"{path}/{name}", rule)
            return Cause(f"excluded by {label}:{rule.line} {rule.text}", way)
    return Cause(f"nothing there matches {pattern}", None)


def below_wildly(each: Input, path: str) -> str | None:
    """What a source has below the directory `path`, if there is a wild card in it."""
    source = cleaned(each.source)
    below = source[len(path) + 1 :] if within(source, path) else ""
    return below if globs.is_wild(below) else None


# --- stages


def _in_stage(scan: Scan, step: Step | None, each: Input) -> Iterator[Cause]:
    """What an earlier stage has, or is likely to have made; also one that nothing takes from yet."""
    parsed = scan.build.parsed
    if step is None or scan.plan is None or parsed is None or step.keyword not in ("COPY", "ADD"):
        return
    own = next(one for one in scan.plan.stages if step in one.steps)
    chain = {one.index for one in scan.plan.chain(own)}
    for section in reversed(parsed.sections[: own.index]):
        place = None if section.index in chain else _place_in(section, each.source)
        if place is not None:
            name = section.name or str(section.index)
            yield Cause(
                f"not found in the context: it is probably meant from the stage {name}",
                f"write COPY --from={name} {place}",
            )
            return


def _place_in(section: Section, source: str) -> str | None:
    """Where a stage has, or has made, what is called `source`."""
    workdir, homes = "/", []
    for one in section.instructions:
        if one.keyword == "WORKDIR" and one.words:
            workdir = posixpath.normpath(posixpath.join(workdir, one.words[0]))
            homes.append(workdir)
        elif one.keyword in ("COPY", "ADD") and one.words:
            homes.append(posixpath.normpath(posixpath.join(workdir, one.words[-1])))
    runs = [one.text for one in section.instructions if one.keyword == "RUN" and not _ONLY_INSTALLS.fullmatch(one.text)]
    if source.startswith("/"):
        plain = posixpath.normpath(source)
        # What is directly in the root of the stage tells nothing: `/a` may as well be meant in the context.
        held = any(above != "/" and within(plain, above) for home in homes for above in (home, posixpath.dirname(home)))
        return source if held or any(plain in run for run in runs) else None
    plain = cleaned(source)
    named = re.compile(rf"[ /=]{re.escape(plain)}(?![\w.-])")
    if runs and "$" not in workdir and (plain.split("/")[0] in _MADE or any(named.search(run) for run in runs)):
        return posixpath.join(workdir, cleaned(source))
    return None
