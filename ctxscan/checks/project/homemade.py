"""Which images the project builds itself: a tag that one of its own files gives needs no pin.

Only files in which builds are asked for are read: compose files, bake files, Makefiles, scripts, and readmes. They are
those of the context, and of the repository for what has an owner in its name. What is called like a directory with a
Dockerfile is built as well.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ...dockerfile.images import Reference, reference
from ...dockerfile.resolver import resolve
from ...dockerfile.stages import parse
from ...errors import CtxscanError
from ...git.command import repository
from ...regex import lazy
from ..reading import Reading, base_image
from .composefiles import compose_files, names_of_project
from .earlier import around
from .ordering import dockerfiles, ordering_texts, orders, readmes
from .releasing import built_by_hand, with_values

#: An entry of a list of tags, or of images that are tagged, up to its name.
_LISTED: Final = (
    r"^[ \t]*(?:-[ \t]+)?(?:tags|images|[A-Z_]*IMAGES?)[ \t]*:[ \t]*(?:[|>][-+]?)?[ \t]*\n"
    r"(?:[ \t]*(?!\w+:(?:[ \t]|\n))\S[^\n]*\n){0,20}?[ \t]*(?:-[ \t]+)?"
)
_REPOSITORY: Final = lazy(r"\$\{\{\s*github\.repository(_owner)?\s*\}\}")
#: So many directories above a context are looked at.
_MOST_ABOVE: Final = 4


def builds_image(reading: Reading, image: Reference, *, anywhere: bool = False) -> bool:
    """Whether a file of the project tags a build with this name, whatever the version. `anywhere`: the name alone tells
    that nobody else built it."""
    tree = reading.tree
    name = re.escape(image.repository)
    host, slash, path = image.repository.partition("/")
    if slash and "." in host and "/" in path:
        name = rf"(?:{re.escape(host)}/)?{re.escape(path)}"  # whoever builds may leave the registry out
    elif slash:
        name = rf"(?:\$[{{(]?\w+[)}}]?/)?{name}"  # or has it in a variable
    end = r"(?=[\s\"'`:@,\])}]|$)"
    # As an option, in a list of tags, or kept in a variable.
    option = r"(?<![\w-])(?:-t|--tag)[\s=]+"
    before = (
        option,
        r"\b[A-Z_]*IMAGE[A-Z_]*\s*[:=]\s*",
        r"\btags?\s*[=:]\s*\[?\s*",
        r"^\s*images:\s*(?:[|>]-?\s*)?",
        rf"{_LISTED}(?=\S*[ \t]*$)",
        rf"{_LISTED}name=",
    )
    tagged = re.compile(rf"(?:{'|'.join(before)})[\"']?{name}{end}", re.MULTILINE)
    own = "/" in image.repository or anywhere
    # What has no owner in its name is rather pulled by what orders builds around the context.
    trees = [each for each, _ in around(tree)] if own else [tree]
    last = image.repository.rpartition("/")[2]
    called = own and last in names_of_project(trees[-1])
    for text in (text for each in trees for text in ordering_texts(each)):
        if called and "github.repository" in text:
            # A workflow calls the project by what GitHub knows of it.
            text = _REPOSITORY.sub(lambda found: (found[1] and path.rpartition("/")[0]) or path, text)
        if last not in text:
            continue
        if tagged.search(text) or _is_service(text, name + end):
            return True
        if "$" in text and tagged.search(with_values(text)):
            return True
    if own and next(_named_by_workflows(reading, image), None) is not None:
        return True
    told = re.compile(rf"\bbuild\b[^\n]*{option}[\"']?{name}{end}")
    if own and any(told.search(text) for each in trees for text in readmes(each)):
        return True
    return own and _has_directory(reading, last)


def _named_by_workflows(reading: Reading, image: Reference) -> Iterator[str]:
    """The Dockerfile of each build to which a workflow gives this name, put together from what a matrix, a variable and
    GitHub say; empty: it is not to be seen."""
    from ...builds.mentions import workflows  # few bases are called like the project

    top = around(reading.tree)[-1][0]
    owner, _, last = image.path.rpartition("/")
    called = (each for each in names_of_project(top) if last == each or last.startswith((f"{each}-", f"{each}_")))
    # The longest is the name of the project, if one is a part of another.
    project = max(called, key=len, default="")
    known = {"github.repository_owner": [owner]} | ({"github.repository": [f"{owner}/{project}"]} if project else {})
    for path, text in orders(top):
        if "${{" in text and workflows.reads(path):
            for name, dockerfile in workflows.names(path, text, known):
                found = reference(name)
                if found is not None and image.path in (found.path, found.repository):
                    yield dockerfile


def image_below(reading: Reading, image: Reference) -> Reference | None:
    """What an image that the project builds is made from, if its Dockerfile sets no user, and starts nothing before
    the command; None: that is not to be seen."""
    path = next(filter(None, _named_by_workflows(reading, image)), None) or _built_by_hand(reading, image)
    data = around(reading.tree)[-1][0].read(path) if path is not None else None
    if data is None or path is None:
        return None
    try:
        chain = resolve(parse(data, label=path), target=None, build_args={}).chain()
    except CtxscanError:
        return None
    quiet = not any(step.keyword in ("USER", "ENTRYPOINT") for stage in chain for step in stage.steps)
    return base_image(chain[0]) if quiet else None


def _built_by_hand(reading: Reading, image: Reference) -> str | None:
    """The Dockerfile from which a script or a service of the project makes the image, or the one in the directory that
    is called like it; None: that is not to be seen."""
    top = around(reading.tree)[-1][0]
    last = posixpath.basename(image.repository)
    for text in (text for text in ordering_texts(top) if last in text):
        for context, file, names in built_by_hand(with_values(text) if "$" in text else text):
            path = posixpath.normpath(file or posixpath.join(context, "Dockerfile"))
            if image.repository in names and top.kind(path) == "file":
                return path
    for _, (built, _, _) in compose_files(top):
        for (context, file), services in built.items():
            given = (service.get("image") for _, _, service in services)
            if any(each is not None and (each.text or "").partition(":")[0] == image.repository for each in given):
                return posixpath.normpath(posixpath.join(context, file))
    own = [path for path, _ in dockerfiles(top) if posixpath.basename(path) == "Dockerfile"]
    called = [path for path in own if posixpath.basename(posixpath.dirname(path)) == last]
    return called[0] if len(called) == 1 and builds_image(reading, image, anywhere=True) else None


def _has_directory(reading: Reading, name: str) -> bool:
    """Whether there is a Dockerfile in a directory of that name: in the context, beside it or a directory
    above it, or beside that of the Dockerfile."""
    tree = reading.tree
    above = posixpath.dirname((reading.scan.build.own_name or "").replace(os.sep, "/"))
    places = {name, posixpath.join(posixpath.dirname(above), name)} - {above}
    if any(tree.kind(f"{each}/Dockerfile") == "file" for each in places):
        return True
    top, here = repository(tree.root), Path(os.path.realpath(tree.root))
    if top is None:
        return False
    above_here = here.relative_to(os.path.realpath(top)).parts[:_MOST_ABOVE]
    # What lies in a directory called like its own base is made of that, and is not it.
    return here.name != name and any(
        (each / name / "Dockerfile").is_file() for each, _ in zip(here.parents, above_here, strict=False)
    )


def _is_service(text: str, name: str) -> bool:
    """Whether a service of a compose file is built under this name."""
    if "build:" not in text:
        return False
    for found in re.finditer(rf"^([ ]*)image:\s*[\"']?{name}", text, re.MULTILINE):
        # The lines of the same service: no further to the left, and none that opens a service beside it.
        beside = rf"(?m)^(?! *(?:#|$))(?!{found[1]})[^\n]*$"
        before = list(re.finditer(beside, text[: found.start()]))
        after = re.search(beside, text[found.end() :])
        start = before[-1].end() if before else 0
        service = text[start : found.end() + after.start() if after else len(text)]
        if re.search(rf"(?m)^{found[1]}build:", service):
            return True
    return False
