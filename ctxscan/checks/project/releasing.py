"""Under which names whoever builds a Dockerfile sends the image to a registry."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...regex import lazy
from ..reading import Reading
from .earlier import around
from .ordering import ordering_texts

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
