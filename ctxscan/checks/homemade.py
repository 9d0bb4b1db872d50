"""Which images the project builds itself: a tag that one of its own files gives needs no pin.

Only files of the context are read, those in which builds are asked for: compose files, bake files, Makefiles, scripts.
So is built what is called like a directory with a Dockerfile.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..context.tree import Tree
from ..dockerfile.images import Reference
from ..git.command import repository
from .ordering import ordering_texts


def builds_image(tree: Tree, image: Reference) -> bool:
    """Whether a file of the project tags a build with this name, whatever the version."""
    name = re.escape(image.repository)
    end = r"(?=[\s\"'`:@,\])}]|$)"
    # As an option, in a list of tags, or kept in a variable.
    before = (
        r"(?<![\w-])(?:-t|--tag)[\s=]+",
        r"\b[A-Z_]*IMAGE[A-Z_]*\s*[:=]\s*",
        r"\btags?\s*[=:]\s*\[?\s*",
        r"^\s*-\s+",
    )
    tagged = re.compile(rf"(?:{'|'.join(before)})[\"']?{name}{end}", re.MULTILINE)
    if any(tagged.search(text) or _is_service(text, name + end) for text in ordering_texts(tree)):
        return True
    return _has_directory(tree, image.repository.rpartition("/")[2]) if "/" in image.repository else False


def _has_directory(tree: Tree, name: str) -> bool:
    """Whether there is a Dockerfile in a directory of that name, in the context or beside it."""
    if tree.kind(f"{name}/Dockerfile") == "file":
        return True
    top, here = repository(tree.root), Path(os.path.realpath(tree.root))
    if top is None or os.path.realpath(top) == str(here):
        return False
    # What lies in a directory called like its own base is made of that, and is not it.
    return here.name != name and (here.parent / name / "Dockerfile").is_file()


def _is_service(text: str, name: str) -> bool:
    """Whether a service of a compose file is built under this name."""
    return "build:" in text and re.search(rf"^\s*image:\s*[\"']?{name}", text, re.MULTILINE) is not None
