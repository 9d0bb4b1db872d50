"""Existing rules and COPY lines, compared with what the steps and the program of the image read."""

import posixpath
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Final

from ...facts import Scan
from ...findings import Finding, Severity
from ...paths import parents
from ..reading import Reading
from ..registry import Evidence, finding, finds
from .dependencies import builds_without, lacks_of_locks, missing_packages, programs_left_out
from .histories import asking, compared, modified, unanswered
from .lacks import MOST_NAMED, Lack, Shortfall
from .readers import lacks_of_manifests, lacks_of_program, lacks_of_steps
from .stageoutputs import lacks_of_copies, unmade_outputs

#: Findings of one build.
_MOST: Final = 20


@finds("error")
def unmet_need(case: Evidence) -> Iterator[Finding]:
    """A step, or the program of the image, reads a file that is in the project and does not reach it: a rule excludes
    it, or no COPY takes it.

    Manifests of what is installed, readmes and licenses that a package names, the package itself where it is installed,
    members of a workspace, modules, gems and dependencies by path, referenced projects, those of a solution, what CMake
    adds, lock files, patches, files that sources embed, settings with which npm installs what does not fit,
    configurations of the programs that build, variables of a front end, scripts that RUN, CMD and an install start,
    lists that a list includes, modules that the program imports, what it reads or serves by a literal name, what a COPY
    takes from a stage, and the history of which a version is made. The finding names the reader, and the rule with the
    exception that brings the file back. Tracked files that are excluded while a version is made of `.git` are a note:
    the version is that of a modified tree. So is `.git` that is excluded where a script or a build file asks it: most
    go on without an answer.

    Also reported: a dependency by path that lies outside the context, and a script that an install runs although it
    leaves out the program that the script calls, such as `husky` with `npm ci --omit=dev`. So is a build that calls a
    program which no install brings, such as `vite` after `npm ci --omit=dev`, or loads a package of PostCSS that none
    does, `npm ci` where the project has no lock file, git ignores it, or it lacks a dependency of the manifest, and
    `poetry install` where it has no package, which Poetry 2 does not pass over. So is what nobody has: a program that
    `go build` is to build, a script that a RUN calls, what a solution or a workspace names, perhaps in another case,
    and files of which a RUN with `else exit 1` wants one (a note in a template, whose lock file comes later).

    An error where no install gets anywhere: a rule takes its manifest, or there is no lock file that fits it; and where
    a step ends for want of what nothing brings, such as the history without which there is no version. Else a warning,
    also where the project falls back to another version.
    """
    reading = case.reading
    if reading is None:
        return
    # What an instruction names itself and does not get is told once, as that.
    seen = {path for one in case.scan.inputs for path in one.input.missing}
    told = 0
    history = list(_of_history(case, reading))
    yield from history or _of_scripts(case, reading)
    found: list[Lack] = []
    lacks = (
        lacks_of_steps(case, reading),
        lacks_of_manifests(case, reading),
        lacks_of_copies(case, reading),
        lacks_of_program(case, reading),
    )
    for each in chain.from_iterable(lacks):
        if each.path in seen or not seen.isdisjoint(parents(each.path)):
            continue
        if told == _MOST:
            break
        told += 1
        seen.add(each.path)
        found.append(each)
    for each, others in _together(found):
        yield _reported(case.scan, each, others)
    builds = list(builds_without(case, reading))
    shortfalls = (
        (one for _, one in builds),
        # What is installed for them brings what a script of that install calls.
        programs_left_out(case, reading, {step.line for step, _ in builds}),
        unmade_outputs(case, reading),
        lacks_of_locks(case, reading),
        missing_packages(case, reading),
    )
    yield from (_of_shortfall(case.scan, each) for each in chain.from_iterable(shortfalls))
    yield from _of_nothing(case, reading, {(each.line, each.path) for each in found})


def _of_nothing(case: Evidence, reading: Reading, told: set[tuple[int, str]]) -> Iterator[Finding]:
    """Programs that a step is to build, and files that it is to run, which are nowhere."""
    texts = [step.instruction.text for stage in reading.plan.stages for step in stage.steps if step.keyword == "RUN"]
    if not any(word in text for text in texts for word in ("go ", "./", "chmod", "sh ", "python", "node ", "exit ")):
        return
    from .nowhere import dead_ends, files, programs  # what few do

    for each in (*programs(case, reading), *files(case, reading, told), *dead_ends(case, reading)):
        yield finding(
            unmet_need,
            each.said,
            severity=each.severity,
            path=case.scan.build.label,
            line=each.step.line,
            remedy=each.remedy,
            key=each.key,
        )


def _together(found: list[Lack]) -> Iterator[tuple[Lack, list[str]]]:
    """What is missed, and with it what the same reader misses beside it: one COPY that is not there is one cause."""
    groups: dict[tuple[str, int], list[Lack]] = {}
    for each in found:
        up = _above(each.path)
        alone = each.held or bool(each.put or each.instead or each.nowhere or up)
        key = each.path if alone else f"\0{each.reader}{each.ends}"
        if each.joined and not each.held:
            key = f"{each.joined}{up}{bool(each.nowhere)}{bool(each.spelled)}"
        groups.setdefault((key, each.line), []).append(each)
    for group in groups.values():
        first, *others = sorted(group, key=lambda each: not each.ends)
        yield first, [each.path for each in others]


def _above(path: str) -> str:
    """The directory above the context in which a path lies, such as `../..`; empty: in the context."""
    return posixpath.join(*[".."] * path.split("/").count("..")) if path.startswith("../") else ""


def _reported(scan: Scan, each: Lack, others: list[str] | None = None) -> Finding:
    from .elsewhere import build_from  # what leads to the way out, only where one is needed
    from .excluded import blamed, brings_back, is_alone

    other = f", or {each.instead}" if each.instead else ""
    said, key = f"{each.reader} reads {each.path}", f"{each.reader}\0{each.path}"
    weight: Severity = "error" if each.ends else "warning"
    of_step = partial(finding, unmet_need, severity=weight, path=scan.build.label, line=each.line, key=key)
    if each.nowhere:
        return _of_none(scan, each, others or [])
    paths = [each.path, *(others or [])]
    named = ", ".join(paths[:MOST_NAMED]) + ", …" * (len(paths) > MOST_NAMED)
    if up := _above(each.path):
        remedy = f"{build_from(scan, up)}, and write every source as seen from there"
        lie = "which lies" if len(paths) == 1 else "which all lie"
        return of_step(f"{each.reader} reads {named}, {lie} outside the context", remedy=remedy)
    if each.put:
        remedy = each.instead or f"write {each.put} on line {each.line}, or copy {each.path} to where it is looked for"
        return of_step(f"{said}, which is copied to {each.put}", remedy=remedy)
    if not each.held and others:
        remedy = f"copy them before line {each.line}{other}"
        return of_step(f"{each.reader} reads {named}, and no COPY above takes them", remedy=remedy)
    if not each.held:
        remedy = f"copy {each.path} before line {each.line}{other}"
        return of_step(f"{said}, and no COPY above takes it", remedy=remedy)
    rule = blamed(scan, each.path) or next(
        (found for name in scan.disk.names(each.path) if (found := blamed(scan, f"{each.path}/{name}"))), None
    )
    label = scan.ignored.label if scan.ignored else ""
    if rule is None:
        return of_step(f"{said}, which is excluded")
    back = next((one for one in (each.path, f"{each.path}/**") if brings_back(scan, one, each.path)), None)
    taken = f"take {rule.text} out of {label}"
    if back is not None:
        taken = (
            f"{taken}, or add !{back} at its end"
            if is_alone(scan, rule, each.path)
            else f"add !{back} at the end of {label}"
        )
    return finding(
        unmet_need,
        f"{said}, which {label}:{rule.line} {rule.text} excludes"
        + (f": the version is {each.version}" if each.version else ""),
        severity=weight,
        path=label,
        line=rule.line,
        remedy=each.instead if each.private else taken + other,
        key=key,
    )


def _of_shortfall(scan: Scan, each: Shortfall) -> Finding:
    return finding(
        unmet_need,
        each.said,
        severity=each.severity,
        why=each.why,
        path=scan.build.label,
        line=each.step.line,
        remedy=each.remedy,
        key=each.key,
    )


def _of_none(scan: Scan, each: Lack, others: list[str]) -> Finding:
    """What nobody has, under that name."""
    many = f", and {len(others)} other{'s' * (len(others) > 1)} likewise" if others else ""
    if each.spelled:
        said = f"{each.reader} names {each.path}, which is {each.spelled} in the project{many}"
        remedy = f"write {each.spelled} in {each.reader}" + ", and the others as they are in the project" * bool(others)
    else:
        named = ", ".join([each.path, *others][:MOST_NAMED]) + ", …" * (len(others) >= MOST_NAMED)
        said = f"{each.reader} names {named}, and the project has no such file"
        remedy = f"take {'them' if others else 'it'} out of {each.joined or each.reader}, or add what is meant"
    return finding(
        unmet_need,
        f"{said}: {each.nowhere} ends there" if each.ends else said,
        severity="error" if each.ends else "warning",
        path=scan.build.label,
        line=each.line,
        remedy=remedy,
        key=f"{each.reader}\0{each.path}",
    )


# --- the history


def _of_history(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """The history of which a version is made, or that a command asks: excluded, or outside of the context."""
    scan, told = case.scan, set()
    for each in asking(case, reading):
        key = each.reader, each.path
        if key in told:
            continue
        told.add(key)
        if each.state in ("excluded", "absent"):
            held = each.state == "excluded"
            instead = each.remedy or ("" if held else "give the version by a build argument")
            if each.fallback and "shipped" not in case.scopes:
                continue  # whoever develops with it knows which one it is
            lack = Lack(each.reader, each.step.line, each.path, held=held, instead=instead, ends=each.ends)
            yield _reported(scan, lack._replace(version=each.fallback))
        elif (gone := modified(case, each)) is not None:
            yield finding(
                unmet_need,
                f"{each.reader} of .git, and {gone}, count as deleted: the version is that of a modified tree",
                severity="note",
                path=scan.build.label,
                line=each.step.line,
                remedy=f"{each.remedy}, or keep the tracked files",
                key=f"{each.tool}\0modified",
            )
        elif scan.disk.kind(each.path) == "file":
            target = (reading.tree.read(each.path) or b"").decode(errors="replace").partition("gitdir:")[2].strip()
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(each.path), target))
            if target and (target.startswith("/") or inside.split("/")[0] == ".."):
                yield finding(
                    unmet_need,
                    f"{each.reader} reads {each.path}, a file that points outside the context ({_shape(target)}): "
                    "git finds no repository in the build",
                    severity="warning",
                    path=scan.build.label,
                    line=each.step.line,
                    remedy=f"build from a clone{', or ' + each.remedy if each.remedy else ''}",
                    key=f"{each.reader}\0{each.path}",
                )


def _of_scripts(case: Evidence, reading: Reading) -> Iterator[Finding]:
    """The same, asked by a script or a build file that a command runs, most of which can do without."""
    if (found := compared(case)) is not None:
        reader, gone = found
        yield finding(
            unmet_need,
            f"{reader.why} compares the tree with .git, and {gone}, count as deleted",
            severity="note",
            path=case.scan.build.label,
            remedy="give the version by a build argument, or keep the tracked files",
            key="modified",
        )
    elif (asks := unanswered(case, reading)) is not None:
        from .excluded import blamed

        rule = blamed(case.scan, ".git")
        label = case.scan.ignored.label if case.scan.ignored else ""
        if rule is not None:
            yield finding(
                unmet_need,
                f"{asks.why} reads .git, which {label}:{rule.line} {rule.text} excludes: the version stays unknown",
                severity="note",
                path=label,
                line=rule.line,
                remedy=f"give the version by a build argument, or add !.git at the end of {label}",
                key="unanswered",
            )


def _shape(target: str) -> str:
    """A path of this machine without what is only here."""
    return f"…/{'/'.join(target.split('/')[-2:])}" if target.startswith("/") else target
