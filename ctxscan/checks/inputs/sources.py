"""What the build needs and does not get."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ...context.transfer import cleaned
from ...context.tree import Tree
from ...dockerfile import images
from ...dockerfile.stages import Mount, Source, Step
from ...dockerfile.steps import leads_out
from ...explain import dangling, reach
from ...facts import Scan
from ...findings import Finding
from ...paths import join, within
from ...regex import lazy
from ...rules import globs
from ..project.earlier import (
    around,
    is_built_elsewhere,
    is_ignored_itself,
    is_staged,
    made_earlier,
    maker,
    named_before,
    submodule_of,
)
from ..reading import base_image
from ..registry import Evidence, finding, finds
from .misspelling import nearest_stage

if TYPE_CHECKING:
    from ...dockerfile.stages import Step
    from ...image.reach import Input
    from .causes import Cause


@finds("error")
def missing_input(case: Evidence) -> Iterator[Finding]:
    """A COPY, ADD or bind mount names something that is excluded or not there: the build will fail.

    The finding names the cause: the rule that excludes it, a variable without a value, a path that leads out of the
    context, a misspelled name, a stage that has it. The context is transferred before the build fails, so everything
    else in the report still holds. A note where an earlier step may make it: git ignores it, or a script or workflow of
    the project writes it, or it is in a submodule that is not checked out, or whoever builds gives its name; a warning
    where a workflow has the builder clone the project, so that what earlier steps made is not there.
    """
    scan = case.scan
    if not scan.build.known:
        yield from _in_no_context(scan)
        return
    if lacking := [one.input for one in scan.inputs if one.input.missing]:
        yield from _lacking(case, lacking)
    if scan.build.cloned and case.tracked.known:
        yield from _uncloned(case)
    for step, path in scan.usage.lost if scan.usage else ():
        mounts = (each.origin for each in step.mounts if each.origin is not None and cleaned(each.source) == path)
        taken_from = step.origin or next(mounts, None)
        origin = taken_from.name if taken_from else ""
        asked = f"--from={origin}" if step.origin else f"--mount=from={origin}"
        read: tuple[Source | Mount, ...] = (*step.sources, *step.mounts)
        hidden = next((each.written for each in read if each.outside and cleaned(_text(each)) == path), None)
        said = f"/{path}" if hidden is None else hidden
        message = f"{step.keyword} {asked} {said}: nothing puts that into {origin}"
        remedy = _relative(scan, step, path) if hidden is None else None
        key = f"{origin}\0{path if hidden is None else hidden}"
        # What has no value here may have one by the base image.
        unset = next((name for each in read if cleaned(_text(each)) == path for name in each.empty), None)
        yield finding(
            missing_input,
            message + (f" (${unset} has no value)" if unset else ""),
            severity="note" if unset and _has_base(scan, step) else None,
            path=scan.build.label,
            line=step.line,
            remedy=remedy,
            key=key,
        )


def _in_no_context(scan: Scan) -> Iterator[Finding]:
    """What no directory of the repository has, where nothing says which of them is the context."""
    lacking = [one.input for one in scan.inputs if one.input.missing]
    if scan.build.source is not None or not lacking:
        return  # it is made first
    from .elsewhere import widest
    from .kindred import nowhere

    root = widest(scan)
    for each in nowhere(scan, root, lacking) if root is not None else ():
        yield finding(
            missing_input,
            f"{_said(each.input, each.path)}: not found in any context: no path of the project ends in it",
            path=scan.build.label,
            line=each.input.line,
            remedy=f"name what is meant: {each.meant} is nearest",
            key=f"{each.input.source}\0nowhere",
        )


def _lacking(case: Evidence, inputs: Sequence[Input]) -> Iterator[Finding]:
    from ...builds.fitting import is_written
    from .missing import below_wildly, cause  # much is known there, and most builds lack nothing

    scan = case.scan
    read = case.reading
    tree = read.tree if read is not None and read.tree.root == scan.disk.root else Tree(scan.disk.root)
    groups: dict[tuple[object, ...], list[tuple[Input, str, Cause]]] = {}
    for each in inputs:
        for path in each.missing:
            found = _unfetched(case, path) or _written(case, each, path)
            found = found or _of_no_value(scan, each) or cause(scan, tree, each, path)
            if (found.said, found.remedy) == ("not found in the context", None):
                found = _by_caller(scan, each) or _taken_away(case, path) or found
            same = (
                (found.said,)
                if found.wide or found.joint
                else (found.said, *((each.line,) if found.whole else (each.source, path)))
            )
            groups.setdefault(same, []).append((each, path, found))
    for (each, path, found), *more in groups.values():
        others = len({(one.line, one.source) for one, *_ in more} - {(each.line, each.source)})
        subject = each.instruction if found.whole else _said(each, path)
        if (found.wide or found.joint) and others:
            subject += f" and {others} more source{'s' * (others > 1)}"
        lines = sorted({one.line for one, *_ in more if not (found.wide or found.joint)} - {each.line})
        again = f" (and on line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))})" if lines else ""
        wanted = path if below_wildly(each, path) is None else cleaned(each.source)
        told = found.given and (found.wide or found.remedy is None)
        earlier = not told and is_made_earlier(case, wanted, itself=found.wide)
        cloned = earlier and scan.build.cloned
        doubtful = (earlier and not cloned) or found.given or _is_guess(scan, each)
        # Where nobody names the context, another one may be meant for what something makes first.
        sure = not scan.build.guessed or is_written(path) or leads_out(each.written)
        said = f"; {_of_clone(scan)}" if cloned else f"; {_maker(wanted)}" if earlier else ""
        yield finding(
            missing_input,
            f"{subject}{again}: {found.said}{said}",
            severity="note" if doubtful else None if found.certain and not cloned and sure else "warning",
            path=scan.build.label,
            line=each.line,
            remedy=_OWN_CONTEXT
            if cloned
            else _kept_private(case, each, path)
            or found.remedy
            or _left(case, found, each, path, made=earlier or found.given),
            key=each.written if each.outside else f"{each.source}\0{path}",
        )


def _left(case: Evidence, found: Cause, each: Input, path: str, *, made: bool) -> str | None:
    """What is left to do where nothing tells what is meant. A lock file has a command that makes it, and an install
    that keeps to one does not do without."""
    from ...packages.catalog import first_lock, locks_kept_to  # only where something is missing

    if not found.said.startswith("not found in the context"):
        return None
    name = posixpath.basename(path)
    lock = first_lock(path, case.reading.tree.text) if case.reading is not None else None
    if lock is not None:
        return f"run {lock[0]} beside {lock[1]}{' before the build' if made else f', and commit {name}'}"
    way = "make it before the build" if made else "put it there"
    steps = (step for stage in case.scan.plan.stages for step in stage.steps) if case.scan.plan is not None else ()
    later = (step.instruction.whole for step in steps if step.keyword == "RUN" and step.line > each.line)
    kept = any(name in locks_kept_to(text) for text in later)
    return way if kept else f"{way}, or take it out of the Dockerfile"


def _maker(path: str) -> str:
    """Who makes what is not there, as a question; settings of one place nobody makes by a step."""
    own = posixpath.basename(path) == ".env" or posixpath.basename(path).startswith(".env.")
    return "written by whoever runs it?" if own else "made by an earlier step?"


#: The way out where a step of a workflow has the builder clone the project.
_OWN_CONTEXT: Final = "write context: . in that step, so that the builder gets what is there"


def _of_clone(scan: Scan) -> str:
    return f"{scan.build.source} builds from a fresh clone, which has only what git tracks"


def _uncloned(case: Evidence) -> Iterator[Finding]:
    """What is here, and not in the clone that a workflow builds from."""
    scan = case.scan
    for each in (one.input for one in scan.inputs):
        path = cleaned(each.source)
        if each.missing or each.outside or not path or globs.is_wild(path) or scan.disk.kind(path) is None:
            continue
        if path.split("/")[0] != ".git" and not case.tracked.below(path):
            yield finding(
                missing_input,
                f"{each.instruction} {each.written}: git does not track it, and {_of_clone(scan)}",
                severity="warning",
                path=scan.build.label,
                line=each.line,
                remedy=_OWN_CONTEXT,
                key=f"{each.source}\0clone",
            )


def _kept_private(case: Evidence, each: Input, path: str) -> str | None:
    """The way out where a rule takes a file that is there to hold secrets, and not source: not to bring it back."""
    name = posixpath.basename(path)
    if not case.scan.rules.gone(path) or case.scan.disk.kind(path) != "file" or case.tracked.file(path):
        return None
    from ..secrecy.secrets import handed, is_private

    return f"take it out of {each.instruction}, and {handed(name)}" if is_private(name) else None


def _unfetched(case: Evidence, path: str) -> Cause | None:
    """A submodule of which nothing is checked out."""
    if case.reading is None or case.scan.rules.gone(path):
        return None
    module = submodule_of(case.reading.tree, path)
    if module is None:
        return None
    from .causes import Cause

    said = f"not found in the context: {module} is a git submodule that is not checked out"
    return Cause(said, f"git submodule update --init {module}", wide=True, given=True)


def _written(case: Evidence, each: Input, path: str) -> Cause | None:
    """What a line of the project makes before the build."""
    if case.reading is None or each.outside or each.empty or case.scan.disk.kind(path) is not None:
        return None
    if case.scan.rules.gone(path):
        return None
    from .causes import Cause

    if line := maker(case.reading.tree, path):
        return Cause(f"not found in the context: {line} makes it", None, given=True)
    if case.scan.build.cloned:
        return None  # what other steps made is not in there
    from ..project.releasing import order

    if line := named_before(case.reading.tree, path, order(case.reading), case.scan.build.own_name or ""):
        return Cause(f"not found in the context; made by an earlier step ({line})?", None, given=True)
    return None


#: A variable in a word that has no value there, and none that builders give by themselves, and how deep one may stand
#: for another.
_VARIABLE: Final = lazy(r"\$(?!\{?(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT|OSVERSION)\b)(?:\{(\w+)\}|(\w+))")
_DEEPEST: Final = 4


def _by_caller(scan: Scan, each: Input) -> Cause | None:
    """What has a name of which whoever builds gives a part, so that nothing here tells what it is."""
    parsed = scan.build.parsed
    if parsed is None or "$" not in each.written:
        return None
    said = [*parsed.arguments, *(one for section in parsed.sections for one in section.instructions)]
    values: dict[str, list[str]] = {}
    asked = dict(scan.build.arguments)
    for one in said:
        if one.keyword == "ARG":
            for name, _, value in (word.partition("=") for word in one.words):
                if value.strip("\"'"):
                    values.setdefault(name, []).append(value)
                else:
                    asked.setdefault(name, None)
        elif one.keyword == "ENV":
            for name, value in zip(one.words[::2], one.words[1::2], strict=False):
                values.setdefault(name, []).append(value)
    todo, seen = [each.written], set[str]()
    while todo and len(seen) <= _DEEPEST:
        for name in (first or second for first, second in _VARIABLE.findall(todo.pop())):
            if asked.get(name, "") is None and (name in scan.build.arguments or name not in values):
                return _given_cause(name)
            todo += [] if name in seen else values.get(name, [])
            seen.add(name)
    return None


def _of_no_value(scan: Scan, each: Input) -> Cause | None:
    """What has a name of which a part is made of a variable that nothing declares."""
    parsed = scan.build.parsed
    if parsed is None or "$" not in each.written or each.empty:
        return None
    said = [*parsed.arguments, *(one for section in parsed.sections for one in section.instructions)]
    values = dict.fromkeys(scan.build.arguments, ("", each.line))
    for one in said:
        if one.keyword == "ARG":
            values.update((name, (value, one.line)) for name, _, value in (word.partition("=") for word in one.words))
        elif one.keyword == "ENV":
            for name, value in zip(one.words[::2], one.words[1::2], strict=False):
                values[name] = value, one.line
    todo, seen = [(each.written, each.line)], set[str]()
    while todo and len(seen) <= _DEEPEST:
        text, line = todo.pop()
        for name in (first or second for first, second in _VARIABLE.findall(text)):
            if name not in values:
                from .missing import no_value

                asked = each._replace(empty=(name,), line=line)
                return no_value(scan, asked, "not found in the context")._replace(joint=True)
            todo += [] if name in seen else [values[name]]
            seen.add(name)
    return None


def _given_cause(name: str) -> Cause:
    from .causes import Cause

    return Cause(f"not found in the context: its name comes with --build-arg {name}", None, given=True)


def _taken_away(case: Evidence, path: str) -> Cause | None:
    """What git has, and the work tree has no more."""
    if case.reading is None or case.scan.rules.gone(path) or is_made_earlier(case, path):
        return None
    inside = case.tracked.file(posixpath.dirname(path))  # a repository of its own
    if inside or not (case.tracked.file(path) or case.tracked.within(path, 0) is None):
        return None
    from .causes import Cause

    said = join(around(case.reading.tree)[-1][1], path)
    return Cause("tracked by git, but not in the work tree", f"git restore {said}")


def _has_base(scan: Scan, step: Step) -> bool:
    """Whether the stage of a step is built on an image, which may bring variables along."""
    plan = scan.plan
    stage = next((one for one in plan.stages if any(each is step for each in one.steps)), None) if plan else None
    return stage is not None and plan is not None and plan.chain(stage)[0].origin.kind != "scratch"


def _text(read: Source | Mount) -> str:
    return read.source if isinstance(read, Mount) else read.text


def _is_guess(scan: Scan, each: Input) -> bool:
    """Whether nobody names the context, and a variable decides what is taken from it: it may be another one."""
    if not scan.build.guessed:
        return False
    from .missing import step_of

    step = step_of(scan, each)
    return step is not None and any("$" in word for word in step.instruction.words)


def is_made_earlier(case: Evidence, path: str, *, itself: bool = False) -> bool:
    """Whether something that is missing, and that no rule excludes, may be made before the build; `itself`: only if git
    ignores just that, or a script puts the context together."""
    scan = case.scan
    if case.reading is None or scan.disk.kind(path) is not None:
        return False
    if scan.rules.gone(path) and not _comes_with_what_is_in_it(scan, path):
        return False
    tree = case.reading.tree
    if is_built_elsewhere(tree, posixpath.basename(scan.build.label or "")):
        return True
    return is_ignored_itself(tree, path) or is_staged(tree, path) if itself else made_earlier(tree, path)


def _comes_with_what_is_in_it(scan: Scan, path: str) -> bool:
    """Whether an exception names something in an excluded directory, which is there once that is."""
    parts = path.split("/")
    negated = (
        rule.pattern.text.split("/") for rule in (scan.ignored.rules if scan.ignored else ()) if rule.pattern.negated
    )
    return any(len(each) > len(parts) and all(map(globs.matches, each, parts)) for each in negated)


def _said(each: Input, path: str) -> str:
    said = f"{each.instruction} {'--mount of ' * (each.instruction == 'RUN')}{each.written}"
    return said if each.outside or path == cleaned(each.source) else f"{said}: {path}"


def _relative(scan: Scan, step: Step, path: str) -> str | None:
    """The way out where a source was meant from the directory in which the other stage works."""
    written = {source.text for source in step.sources if cleaned(source.text) == path}
    if step.origin is None or step.origin.stage is None or scan.plan is None or any(one[:1] == "/" for one in written):
        return None
    stage = scan.plan.stage(step.origin.stage)
    workdir = next((one.destination for one in reversed(stage.steps) if one.keyword == "WORKDIR"), "/")
    if workdir == "/" or within("/" + path, workdir):
        return None
    return f"write {step.keyword} --from={step.origin.name} {posixpath.join(workdir, path)}: sources begin at / there"


@finds("warning")
def unknown_stage(case: Evidence) -> Iterator[Finding]:
    """`--from` or FROM names no stage of this Dockerfile but nearly does, or FROM nearly names an image that everybody
    knows: the builder looks for an image of that name.

    Silent for what a file of the project builds under that name.
    """
    scan = case.scan
    parsed = scan.build.parsed
    if scan.plan is None or parsed is None:
        return
    yield from _misspelled_bases(case, [one.name for one in parsed.sections])
    for stage in scan.plan.stages:
        for step in stage.steps:
            origins = [step.origin, *(mount.origin for mount in step.mounts)]
            for name in dict.fromkeys(one.name for one in origins if one is not None and one.kind == "image"):
                if not re.fullmatch(r"[\w-]+", name):
                    continue
                image = images.reference(name)
                near = nearest_stage(name, (one.name for one in parsed.sections))
                if near is None or image is None or not images.is_local(image):
                    continue
                yield finding(
                    unknown_stage,
                    f"no stage is called {name}: the nearest is {near}",
                    why=f"the builder looks for an image called {name}",
                    path=scan.build.label,
                    line=step.line,
                    remedy=f"write --from={near}",
                    key=name,
                )


def _misspelled_bases(case: Evidence, names: Sequence[str]) -> Iterator[Finding]:
    scan, reading = case.scan, case.reading
    for stage in scan.plan.stages if scan.plan is not None else ():
        image = base_image(stage)
        if image is None or reading is None or "/" in image.repository or not images.is_local(image):
            continue
        above = names[: stage.index] if stage.index < len(names) else names
        near = None if image.tag or image.digest else nearest_stage(image.repository, above)
        meant = near or images.meant(image)
        if meant is None:
            continue
        from ..project.homemade import builds_image  # only where a name is like another

        if builds_image(reading, image, anywhere=True):
            continue
        kind = "stage" if near is not None else "image of the library"
        yield finding(
            unknown_stage,
            f"no {kind} is called {image.repository}: the nearest is {meant}",
            why=f"the builder looks for an image called {image.repository}",
            path=scan.build.label,
            line=stage.line,
            remedy=f"write FROM {meant}" + (f":{image.tag}" if image.tag else ""),
            key=image.repository,
        )


@finds("note", scope="own")
def link_outside(case: Evidence) -> Iterator[Finding]:
    """A link that is copied leads out of the context, or to something that does not reach the image: it arrives as a
    link, and nothing that it leads to does.

    Builders never follow a link that lies in a directory they copy. What is needed behind it has to be in the context,
    or in a separate one (`--build-context`).
    """
    scan = case.scan
    for path in case.examined.links:
        target = scan.disk.link(path)
        if target is None or target.startswith("/") or not scan.usage:
            continue
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        reached = reach(scan, path).reach
        why = dangling(scan, path) if reached == "image" and leads.split("/")[0] != ".." else None
        if why is not None:
            yield finding(
                link_outside,
                f"a link to {leads}, {why}: it dangles in the image",
                path=path,
                reached=reached,
                remedy=f"copy {leads}, too, or put a copy in the place of the link",
            )
        if leads.split("/")[0] == ".." and reached in ("image", "possible"):
            yield finding(
                link_outside,
                f"a link that leads out of the context ({target}): it is copied as a link, and nothing behind it",
                path=path,
                reached=reached,
                remedy=f"copy what {path} leads to, or give it with --build-context",
            )
