"""What an earlier step may have made: a source that is not there may be no mistake, but come from another job.

Git ignores it, a script, Makefile or workflow speaks of it, or it is in a submodule that is not checked out. Files of
the context are read, and of the repository around it the lists of what git ignores, and those in which builds are
ordered.
"""

from __future__ import annotations

import os
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from ..context.tree import Tree
from ..git.command import repository
from ..git.ignorelists import IgnoreLists, ignore_lists
from ..paths import join, parents, within
from ..regex import lazy
from ..rules import globs
from .ordering import ordering_texts

#: What lies in a separate directory, made by a step of a build. Other directories are named for what is in them.
_WORDS: Final = 3


#: Files that are copied by a wild card, and where to.
_COPIES: Final = lazy(r"\b(?:cp|mv|install)\s[^\n;&|]*?(?<=\s)([\w./-]*/)?([\w.-]*\*[\w.*-]*)\s+([^\s;&|]+)")
_SUBMODULE: Final = lazy(r"^\s*path\s*=\s*(\S.*?)\s*$", re.MULTILINE)


def made_earlier(tree: Tree, path: str) -> bool:
    """Whether an earlier step may make what lies at `path`, which is not there, or the directory that it is in."""
    lists, around = ignore_lists(tree.root, tree.read), _around(tree)
    absent = [path, *(above for above in parents(path) if not tree.exists(above))]
    return any(
        _is_ignored(lists, each)
        or any(_is_mentioned(texts, each) or _is_copied(texts, join(inside, each)) for texts, inside in around)
        for each in absent
    )


def submodule_of(tree: Tree, path: str) -> str | None:
    """The submodule, as a path from the root of the repository, in which `path` lies, if it is not checked out; also of
    what git keeps of it below `.git/modules`. None: it lies in none."""
    for place, inside in _around(tree):
        wanted = join(inside, path)
        for found in _SUBMODULE.finditer(place.text(".gitmodules")):
            module = posixpath.normpath(found[1].strip('"'))
            if any(within(wanted, each) and not place.names(each) for each in (module, f".git/modules/{module}")):
                return module
    return None


@lru_cache(4)
def _around(tree: Tree) -> tuple[tuple[Tree, str], ...]:
    """The context, and the repository that it is in, each with the path of the context in it. They are kept, with what
    was read of them, for the other sources that are missed in the context."""
    top, here = repository(tree.root), os.path.realpath(tree.root)
    if top is None or os.path.realpath(top) == here:
        return ((tree, ""),)
    return (tree, ""), (Tree(top), Path(here).relative_to(os.path.realpath(top)).as_posix())


def is_ignored_itself(tree: Tree, path: str) -> bool:
    """Whether git ignores what lies at `path`, or all that would lie in it."""
    return _is_ignored(ignore_lists(tree.root, tree.read), path)


def _is_ignored(lists: IgnoreLists, path: str) -> bool:
    fixed = path.split("/")
    at = next((number for number, part in enumerate(fixed) if globs.is_wild(part)), None)
    if at is not None and lists.ignores(_filled(path), directory=False):
        return True
    # What a wild card stands for is anywhere below what is written before it.
    plain = path if at is None else "/".join(fixed[:at])
    if not plain:
        return False
    if lists.ignores(plain, directory=True) or (at is None and lists.ignores(plain, directory=False)):
        return True
    return lists.ignores_all_in(plain)


def _filled(path: str) -> str:
    """A path that the wild cards match."""
    return re.sub(r"\[[^\]]*\]|[*?]", "x", path)


def _is_copied(tree: Tree, path: str) -> bool:
    """Whether a script copies the file with others to the directory that it is missed in, or to one in a variable."""
    above, _, name = path.rpartition("/")
    for text in ordering_texts(tree):
        for source, pattern, target in _COPIES.findall(text):
            place = posixpath.normpath(target.strip("\"'"))
            held = posixpath.normpath(source or ".")
            here = "$" in place or place == (above or ".")
            if here and globs.matches(pattern, name) and name in tree.names("" if held == "." else held):
                return True
    return False


def _is_mentioned(tree: Tree, path: str) -> bool:
    name = posixpath.basename(path.rstrip("/"))
    if globs.is_wild(name) or not name:
        return False
    if len(name) < _WORDS:
        # So short a name is part of much else: it has to be made by itself, or be what something is copied into.
        alone = re.compile(
            rf"\bmkdir\s+(?:-p\s+)?(?:\./)?{re.escape(name)}/?(?=\s|$)|\bcp\s[^\n]*\s(?:\./)?{re.escape(name)}/(?=\s|$)"
        )
        return any(alone.search(text) for text in ordering_texts(tree))
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
