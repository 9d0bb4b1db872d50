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
    """No file of the repository names the context of this Dockerfile, and no directory has all that it copies.

    The facts are those of the directory it is in. Nothing is judged that rests on the context, no rule is proposed, and
    no ignore file is written. Name the context on the command line, as in `ctxscan -f docker/Dockerfile .`, or in a
    Compose file, a bake file or a script of the repository.
    """
    build = case.scan.build
    if not build.known:
        lost = next((one.input for one in case.scan.inputs if one.input.missing), None)
        where = "here" if build.below in (None, "", ".") else f"in {build.below}"
        said = f" ({lost.instruction} {lost.written}, line {lost.line}, finds nothing {where})" if lost else ""
        yield finding(
            unknown_context,
            f"the context is not known: nothing names it, and no directory has all that the Dockerfile copies{said}",
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
    or a Makefile that exports it does.
    """
    plan, build = case.scan.plan, case.scan.build
    for written, line, said in plan.blank if plan is not None else ():
        names = re.findall(r"\$\{?(\w+)", written)
        if build.source is not None and any(build.arguments.get(name, "") is None for name in names):
            continue
        if names and case.reading is not None and _is_given(case.reading, names):
            continue
        values = " ".join(f"--build-arg {name}=…" for name in names)
        mild = names and (build.guessed or _may_be_set(case.reading, build, names))
        setter = _setter(case.reading, names) if mild and case.reading is not None else ""
        yield finding(
            blank_base,
            said,
            severity="note" if mild else None,
            path=build.label,
            line=line,
            remedy=f"give it: {values}{setter and f', as {setter} does'}" if names else "name an image, or scratch",
            key=written,
        )


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
    from .earlier import around  # only where a base has no name
    from .ordering import orders

    places = around(reading.tree)
    inside = places[-1][1]
    for tree, above in places:
        yield from ((path if above else join(inside, path), text) for path, text in orders(tree))


def _is_given(reading: Reading, names: list[str]) -> bool:
    """Whether a program of the repository passes all these arguments to a build."""
    from .earlier import around  # only where a base has no name
    from .ordering import program_texts

    passed = [re.compile(rf"[\"'`\s:.]{re.escape(name)}(?=[\"'`=:\s])") for name in names]
    return any(
        _BUILD_ARGUMENT.search(text) is not None and all(one.search(text) for one in passed)
        for text in program_texts(around(reading.tree)[-1][0])
    )
