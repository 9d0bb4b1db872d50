"""What keeps a build from being judged: a context that nobody knows, a base without a name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..builds.build import Build
from ..builds.names import is_compose
from ..findings import Finding
from ..paths import join
from ..regex import lazy
from .reading import Reading
from .registry import Evidence, finding, finds

#: What passes an argument to a build: on a command line, or through a library.
_BUILD_ARGUMENT: Final = lazy(r"--build-arg\b|(?i:\bbuild_?args\b)")


@finds("note")
def unknown_context(case: Evidence) -> Iterator[Finding]:
    """No file of the repository names the context of this Dockerfile, and no directory has all that it copies; or the
    one that a file names is made before the build, and is not here.

    The facts are those of the directory it is in. Nothing is judged that rests on the context, no rule is proposed, and
    no ignore file is written. Name the context on the command line, as in `ctxscan -f docker/Dockerfile .`, or in a
    Compose file, a bake file or a script of the repository.
    """
    build = case.scan.build
    if not build.known:
        lost = next((one.input for one in case.scan.inputs if one.input.missing), None)
        where = "here" if build.below in (None, "", ".") else f"in {build.below}"
        said = f" ({lost.instruction} {lost.written}, line {lost.line}, finds nothing {where})" if lost else ""
        why = "nothing names it, and no directory has all that the Dockerfile copies" + said
        if build.source is not None:
            why = f"{build.source} builds in a directory that is made first, and is not here"
        yield finding(
            unknown_context,
            f"the context is not known: {why}",
            path=build.label,
            remedy=f"name it: ctxscan -f {build.dockerfile or build.label} CONTEXT",
        )


@finds("error")
def blank_base(case: Evidence) -> Iterator[Finding]:
    """FROM names a variable without a value: the builder refuses the Dockerfile before it reads the context.

    Give the variable a default (`ARG BASE=alpine:3.20` before the first FROM), or a value with `--build-arg`. The sizes
    in the report do not depend on the base. A workflow or script of the repository that passes the variable with a
    value that is only known when it runs counts as one that gives it, and so does a program of the repository, in
    whatever language, that names the variable and `--build-arg`. A note where no file says how the Dockerfile
    is built, and where a Compose file passes a variable that is not set here: it may be set for the build, as a script
    or a Makefile that exports it does. An ARG below a FROM belongs to that stage, and no value reaches a FROM from
    there: that is an error whoever builds.
    """
    plan, build = case.scan.plan, case.scan.build
    for written, line, said in plan.blank if plan is not None else ():
        names = re.findall(r"\$\{?(\w+)", written)
        within = _within_stages(build, names)
        if not within:
            if build.source is not None and any(build.arguments.get(name, "") is None for name in names):
                continue
            if names and case.reading is not None and _is_given(case.reading, names):
                continue
        mild = names and not within and (build.guessed or _may_be_set(case.reading, build, names))
        setter = _setter(case.reading, names) if mild and case.reading is not None else ""
        yield finding(
            blank_base,
            said + "".join(f": ARG {name} on line {at} belongs to a stage" for name, at in within.items()),
            severity="note" if mild else None,
            path=build.label,
            line=line,
            remedy=_way_out(build, names, within) + (setter and f", as {setter} does"),
            key=written,
        )


def _within_stages(build: Build, names: list[str]) -> dict[str, int]:
    """Those of the names that an ARG declares in a stage and none above the first FROM, each with its line."""
    parsed = build.parsed
    if parsed is None:
        return {}
    from ..dockerfile.stages import PREDEFINED  # only where a base has no name

    above = PREDEFINED | {word.partition("=")[0] for each in parsed.arguments for word in each.words}
    inside = [each for section in parsed.sections for each in section.instructions if each.keyword == "ARG"]
    found = ((word.partition("=")[0], each.line) for each in reversed(inside) for word in each.words)
    return {name: line for name, line in found if name in names and name not in above}


def _way_out(build: Build, names: list[str], within: dict[str, int]) -> str:
    """What gives these names a value, of which an ARG has some only within a stage."""
    if not names:
        return "name an image, or scratch"
    from ..dockerfile.stages import declared  # only where a base has no name

    nowhere = [name for name in names if build.parsed is not None and name not in declared(build.parsed)]
    if lost := [*within, *nowhere]:
        return f"declare it above the first FROM, with a default: {', '.join(f'ARG {name}=…' for name in lost)}"
    return f"give it: {' '.join(f'--build-arg {name}=…' for name in names)}"


def _may_be_set(reading: Reading | None, build: Build, names: list[str]) -> bool:
    """Whether a compose file passes one of these on from what is set where it is built, as `V: $V` or as `- V`."""
    if "" in map(build.arguments.get, names):
        return True
    if reading is None:
        return False
    any_of = "|".join(map(re.escape, names))
    passed = re.compile(rf"\b({any_of})\s*[:=]\s*[\"']?\$\{{?\1\b")
    bare = re.compile(rf"(?m)^[ \t]*(?:-[ \t]+[\"']?(?:{any_of})[\"']?|(?:{any_of}):)[ \t]*$")
    return any(
        passed.search(text) or (is_compose(posixpath.basename(path)) and bare.search(text))
        for path, text in _orders(reading)
    )


def _setter(reading: Reading, names: list[str]) -> str:
    """The file and the line where a variable is set for those who build; empty: nowhere."""
    sets = re.compile(rf"(?m)^[ \t]*(?:export[ \t]+)(?:{'|'.join(map(re.escape, names))})[ \t]*:?=")
    for path, text in _orders(reading):
        found = sets.search(text)
        if found is not None:
            return f"{path}:{text.count(chr(10), 0, found.start()) + 1}"
    return ""


def _orders(reading: Reading) -> Iterator[tuple[str, str]]:
    """The files that order builds, in the context and in the repository, by their paths as seen from its root."""
    from .project.earlier import around  # only where a base has no name
    from .project.ordering import orders

    places = around(reading.tree)
    inside = places[-1][1]
    for tree, above in places:
        yield from ((path if above else join(inside, path), text) for path, text in orders(tree))


def _is_given(reading: Reading, names: list[str]) -> bool:
    """Whether a program of the repository passes all these arguments to a build."""
    from .project.earlier import around  # only where a base has no name
    from .project.ordering import program_texts

    passed = [re.compile(rf"[\"'`\s:.]{re.escape(name)}(?=[\"'`=:\s])") for name in names]
    return any(
        _BUILD_ARGUMENT.search(text) is not None and all(one.search(text) for one in passed)
        for text in program_texts(around(reading.tree)[-1][0])
    )
