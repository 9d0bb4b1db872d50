"""What whoever builds a Dockerfile calls the image, and under which names it is sent to a registry."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from ...regex import lazy
from ..reading import Reading
from .earlier import around
from .ordering import ordering_texts, telling

#: What sends an image to a registry.
PUSHES: Final = lazy(
    r"\b(?:docker|podman|nerdctl|buildah)\s+(?:(?:image|manifest)\s+)?push\b|--push\b|(?m:^\s*push:\s*(?:true|\$)|^\s*outputs:.*\bpush=true\b)"
)
#: What begins a step of a workflow, and the action that builds.
STEP: Final = lazy(r"(?m)^[ \t]*-[ \t]+(?=[\w-]+:)")
ACTION: Final = "docker/build-push-action"
REMARKS: Final = lazy(r"(?m)^[ \t]*#.*$")
_EXPRESSIONS: Final = lazy(r"\$\{\{[^}]*\}\}")
_BY_EXPRESSION: Final = lazy(r"(?m)^[ \t]*file:[ \t]*[\"']?\$\{\{")
#: What of a command that builds sends the image to a registry.
_SENDS: Final = lazy(r"--push\b|\btype=registry\b|\bpush=true\b")
#: What begins an item of a list, and what has the names of images.
_ITEM: Final = lazy(r"(?m)^[ \t]*-[ \t]+")
_NAMES: Final = lazy(r"(?m)^[ \t-]*(?:tags|images?):[ \t]*(?:\|-?[ \t]*\n[ \t]*)?[\"']?([^\s\"'#]+)")


def naming(path: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\s-f[= ]?|--file[= ]|\b(?:docker)?file:\s*)[\"']?(?:\./)?{re.escape(path)}(?![\w./-])")


def published_as(reading: Reading) -> list[str]:
    """The names, without directories, under which whoever builds a Dockerfile by its path sends that image to a
    registry; none where that is not to be seen."""
    return [name for names in published(reading) for name in names]


def published(reading: Reading) -> Iterator[list[str]]:
    """The same, those of each script or workflow apart."""
    path = path_of(reading)
    texts = ordering_texts(around(reading.tree)[-1][0]) if path is not None else ()
    named = naming(path or "")
    for text in (each for each in texts if path is not None and path in each):
        found = list[str]()
        written = REMARKS.sub("", text)
        plain = _EXPRESSIONS.sub("*", written)
        for command in filter(named.search, (each[1] for each in BUILDS.finditer(plain))):
            tags = TAG.findall(command)
            found += tags if _SENDS.search(command) or any(pushes(plain, each) for each in tags) else []
        steps = [step for step in STEP.split(written) if ACTION in step and PUSHES.search(step)]
        # The path may be one of those in a matrix.
        given = any(named.search(step) or _BY_EXPRESSION.search(step) for step in steps)
        for item in filter(named.search, _ITEM.split(plain) if given else ()):
            names = _NAMES.findall(item)
            found += names if set(names) - {"*"} else _NAMES.findall(plain)
        if names := [posixpath.basename(each) for one in found for each in one.split(",") if each != "*"]:
            yield names


#: A command that builds, up to its end, and the name that it gives.
BUILDS: Final = lazy(r"\b(?:docker|podman|nerdctl)\s+(?:buildx\s+)?(?:image\s+)?build\b((?:[^\n\\]|\\\n?)*)")
TAG: Final = lazy(r"(?:\s-t[ =]?|--tag[ =])[\"']?([^\s\"'@]+)")


def name_of(reading: Reading) -> str | None:
    """The name without a version that whoever names the build gives to the image on a command line; None: none."""
    _, text, line = order(reading)
    if not line:
        return None
    start = sum(len(each) for each in text.splitlines(keepends=True)[: line - 1])
    end = text.find("\n", start)
    command = BUILDS.search(text, start)
    if command is not None and command.start() <= end and (found := TAG.search(command[1])) is not None:
        above, slash, name = found[1].rpartition("/")
        return above + slash + name.partition(":")[0]
    return None


def order(reading: Reading) -> tuple[str, str, int]:
    """The file that names the build, as seen from the root of the repository, its text, and the line on which it does
    (0: there is none)."""
    file, _, line = (reading.scan.build.source or "").rpartition(":")
    if line.isdecimal():
        with suppress(OSError), open(file, "rb") as stream:  # noqa: PTH123 as everywhere here
            text = stream.read(_MOST_BYTES).decode("utf-8", "replace")
            top = os.path.realpath(around(reading.tree)[-1][0].root)
            return os.path.relpath(os.path.realpath(file), top).replace(os.sep, "/"), text, int(line)
    return "", "", 0


_MOST_BYTES: Final = 1 << 18
_SET: Final = lazy(
    r"(?m)^[ \t]*(?:export[ \t]+|readonly[ \t]+|local[ \t]+)*([A-Za-z_]\w*)"
    # A workflow has those of its commands in capitals, behind a colon.
    r"[ \t]*(?:[:?]?=|(?<=[A-Z\d]):(?=[ \t]))[ \t]*[\"']?([^\s\"'#;]+)[\"']?[ \t]*$"
)
_USED: Final = lazy(r"\$(?:\{(\w+)\}|\((\w+)\)|(\w+)|\{\{\s*env\.(\w+)\s*\}\})")
_DEEPEST: Final = 4
_LONGEST: Final = 500_000


def with_values(text: str) -> str:
    """A Makefile, script or workflow in which variables that are set once, to a word, have that value."""
    values: dict[str, str | None] = {}
    for found in _SET.finditer(text):
        values[found[1]] = None if found[1] in values else found[2]
    for _ in range(_DEEPEST):
        changed = _USED.sub(lambda found: values.get(next(filter(None, found.groups()))) or found[0], text)
        if changed == text or len(changed) > _LONGEST:
            break
        text = changed
    return text


#: Options of that command that take no word.
_ALONE: Final = frozenset("--pull --no-cache --push --load --rm --force-rm --quiet --squash --compress -q".split())


def built_by_hand(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """The commands in a script or workflow that build: the context, the Dockerfile (empty: the usual one), and the
    names, without versions."""
    for (said,) in (each.groups() for each in BUILDS.finditer(text)):
        words = re.split(r"[\s\"'\\]+", said)
        file, names, context = "", list[str](), ""
        todo = iter(words)
        for word in todo:
            name, equals, value = word.partition("=")
            if word in ("&&", ";", "|", "||", ">"):
                break
            if name in ("-f", "--file"):
                file = value if equals else next(todo, "")
            elif name in ("-t", "--tag"):
                names.append(value if equals else next(todo, ""))
            elif word.startswith("-") and word != "-":
                _ = equals or word in _ALONE or next(todo, "")
            elif word:
                context = word.rstrip(";")
        yield context, file, [re.sub(r":[^/]*$", "", each) for each in names]


def given_by_hand(reading: Reading, path: str) -> Iterator[tuple[str, str]]:
    """The names that commands of scripts and workflows give the image of a Dockerfile, by its path or by the directory
    it lies in, each with what it is said in, which has the values of its variables."""
    yield from _given(ordering_texts(around(reading.tree)[-1][0]), path)


def told_by_hand(reading: Reading, path: str) -> Iterator[str]:
    """Those names, also of commands in readmes."""
    texts = (text for _, text in telling(around(reading.tree)[-1][0]) if "build" in text)
    # Whatever else a sentence says is no part of the command in it.
    yield from (name for _, name in _given((text.replace("`", "\n") for text in texts), path))


def _given(texts: Iterable[str], path: str) -> Iterator[tuple[str, str]]:
    above = posixpath.dirname(path)
    for text in texts:
        if above not in text or not BUILDS.search(text):
            continue
        said = with_values(text) if "$" in text else text
        for context, file, names in built_by_hand(said):
            if posixpath.normpath(file or posixpath.join(context, "Dockerfile")) == path:
                yield from ((said, name) for name in names)


def named_by_builders(reading: Reading) -> set[str]:
    """What commands and workflows that build the Dockerfile call the image, without directories and versions."""
    path = path_of(reading)
    names = {posixpath.basename(name) for _, name in given_by_hand(reading, path)} if path is not None else set()
    names |= {each.partition(":")[0] for each in (*published_as(reading), posixpath.basename(name_of(reading) or ""))}
    return {each for each in names if each and not {*each} & {*"$*{"}}


def pushes(text: str, tag: str) -> bool:
    """Whether a script pushes an image of this name."""
    pushed = rf"\bpush\b[^\n;&|]*[\s\"']{re.escape(tag)}(?=[:\s\"'@]|$)"
    return "push" in text and tag in text and re.search(pushed, text) is not None


def path_of(reading: Reading) -> str | None:
    """The Dockerfile as seen from the root of its repository; None: it lies elsewhere, or nowhere."""
    file = reading.scan.build.dockerfile
    top = around(reading.tree)[-1][0]
    path = "" if file is None else os.path.relpath(os.path.realpath(file), os.path.realpath(top.root))
    path = path.replace(os.sep, "/")
    return None if not path or path.startswith("../") else path
