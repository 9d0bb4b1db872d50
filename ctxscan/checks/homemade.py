"""Which images the project builds itself: a tag that one of its own files gives needs no pin.

Only files of the context are read, those in which builds are asked for: compose files, bake files, Makefiles, scripts.
"""

from __future__ import annotations

import re

from ..context.tree import Tree
from ..dockerfile.images import Reference
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
    return any(tagged.search(text) or _is_service(text, name + end) for text in ordering_texts(tree))


def _is_service(text: str, name: str) -> bool:
    """Whether a service of a compose file is built under this name."""
    return "build:" in text and re.search(rf"^\s*image:\s*[\"']?{name}", text, re.MULTILINE) is not None
