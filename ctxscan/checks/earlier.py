"""What an earlier step may have made: a source that is not there may be no mistake, but come from another job.

Git ignores it, or a script, Makefile or workflow of the context speaks of it. Files of the context are read, and the
lists of what git ignores above it.
"""

from __future__ import annotations

import posixpath
import re
from typing import Final

from ..context.tree import Tree
from ..git.ignorelists import ignore_lists
from ..rules import globs
from .ordering import ordering_texts

#: What lies in a directory of its own, made by a step of a build. Other directories are named for what is in them.
_WORDS: Final = 3


def made_earlier(tree: Tree, path: str) -> bool:
    """Whether an earlier step may make what lies at `path`, which is not there."""
    return _is_ignored(tree, path) or _is_mentioned(tree, path)


def _is_ignored(tree: Tree, path: str) -> bool:
    lists = ignore_lists(tree.root, tree.read)
    fixed = path.split("/")
    at = next((number for number, part in enumerate(fixed) if globs.is_wild(part)), None)
    if at is not None and lists.ignores(_filled(path), directory=False):
        return True
    # What a wild card stands for is anywhere below what is written before it.
    plain = path if at is None else "/".join(fixed[:at])
    if not plain:
        return False
    return lists.ignores(plain, directory=True) or (at is None and lists.ignores(plain, directory=False))


def _filled(path: str) -> str:
    """A path that the wild cards match."""
    return re.sub(r"\[[^\]]*\]|[*?]", "x", path)


def _is_mentioned(tree: Tree, path: str) -> bool:
    name = posixpath.basename(path.rstrip("/"))
    if globs.is_wild(name) or len(name) < _WORDS:
        return False
    # As the output of something: behind an option or a redirection, or as a target.
    made = re.compile(
        rf"(?:-o[ =]?|--output[ =]|--out[ =]|--outdir[ =]|--outDir[ =]|>\s*|\btee\s+|\bcp\s[^\n]*\s|\bmv\s[^\n]*\s|"
        rf"\bmkdir\s+(?:-p\s+)?|\bcurl\s[^\n]*-o\s*|\bpath:\s*)[\"']?(?:\./)?(?:[\w.${{}}()/-]*/)?{re.escape(name)}(?![\w-])"
        rf"|^(?:[\w./-]*/)?{re.escape(name)}\s*:(?!=)"
        # Or it is brought here from elsewhere.
        rf"|\b(?:cp|mv|ln)\s[^\n]*/{re.escape(name)}/?\s+\./?(?=\s|$)",
        re.MULTILINE,
    )
    return any(made.search(text) for text in ordering_texts(tree))
