"""What COPY and ADD do to a file system: what a source takes, and where it is put.

No file is read here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..context.transfer import cleaned
from ..dockerfile.stages import Step
from ..errors import CtxscanError
from ..rules.builders import BUILDKIT
from ..rules.globs import is_wild
from ..rules.matcher import Matcher
from .layers import Dir, File, Filter, LayerNode, Selection, Work, lookup, select


def excluded(step: Step) -> tuple[Filter, ...]:
    """What `--exclude` takes out. Raises `CtxscanError` where the builder refuses a pattern."""
    texts = [text for name, text in step.flags if name == "exclude" and text]
    if not texts:
        return ()
    from ..rules.grammars import DockerPattern, PatternProblem

    try:
        for text in texts:
            DockerPattern.loaded(text)
    except PatternProblem as problem:
        message = f"failed to compute cache key: invalid excludepatterns: [{' '.join(texts)}]: {problem}"
        raise CtxscanError(f"failed to solve: {step.keyword} on line {step.line}: {message}") from None
    matcher = _matcher(texts)
    return (Filter(matcher.root, False),) if matcher else ()


def taken(step: Step, source: str, root: Dir, filters: tuple[Filter, ...], work: Work) -> Selection:
    """What `source` means in `root`."""
    chosen = _with_parents(root, source, work) if has(step, "parents") else select(root, source, work)
    if filters and not cleaned(source):
        chosen.missing.extend(_followed_in_vain(root.filtered(filters, work)))
    return chosen


def graft(
    step: Step, roots: tuple[Dir, ...], name: str, node: LayerNode, filters: tuple[Filter, ...], work: Work
) -> None:
    """Lay what a source gave over each of `roots`; what the first of them holds decides where that is."""
    into = names_directory(step)
    path = step.target
    if isinstance(node, Dir):
        node = node.filtered(filters, work) if filters else node.copy()
        above, _, name = posixpath.normpath("/" + path).rpartition("/")
        for root in roots:
            if name:
                directory_at(root, above).put(name, node, work)
            else:
                root.join(node, work)
        return
    if has(step, "parents"):
        above, _, name = name.rpartition("/")
        path = posixpath.join(path, above)
        into = True
    # A separate layer does not see what is there already.
    base = Dir() if has(step, "link") else roots[0]
    if not into and isinstance((lookup(base, path) or ("", None))[1], Dir) and path != "/":
        into = True
    above, name = (path, name) if into or path == "/" else posixpath.split(path)
    for root in roots:
        directory_at(root, above).put(name, node, work)


def names_directory(step: Step) -> bool:
    """Whether the destination is a directory as it is written."""
    return step.destination in ("", ".") or step.destination.endswith(("/", "/."))


def unpacks(step: Step) -> bool:
    """Whether a local archive is taken apart."""
    return has(step, "unpack", default=step.keyword == "ADD")


def is_unpacked(start: bytes) -> bool:
    """Whether ADD unpacks a file that begins so, with 512 bytes if it has as many."""
    from ..archive.compression import compression  # few builds add an archive
    from ..archive.tar import starts_tar

    return compression(start) != "none" or starts_tar(start)


def has(step: Step, flag: str, *, default: bool = False) -> bool:
    """Whether a flag that is on or off is on."""
    for name, value in step.flags:
        if name == flag:
            return not value or value.lower() in ("true", "1", "t")
    return default


def directory_at(root: Dir, path: str) -> Dir:
    """The directory at `path`, made with those above it if it is not there."""
    for part in path.split("/"):
        if part not in ("", "."):
            root = root.directory(part)
    return root


def _with_parents(root: Dir, source: str, work: Work) -> Selection:
    # The directories after the pivot, or all, are kept: the source is a pattern over what lies below it.
    pivot, dot, pattern = source.partition("/./")
    if not dot:
        pivot, pattern = "", source
    if not cleaned(pattern):
        return Selection([], [])  # a pattern of nothing, which matches nothing
    matcher = _matcher([cleaned(pattern)])
    above = select(root, pivot, work)
    chosen = Selection([], [])
    for _, node in above.found:
        if isinstance(node, Dir) and matcher is not None:
            kept = node.filtered((Filter(matcher.root, True),), work)
            if _has_leaf(kept, work) or _lies(node, cleaned(pattern)):
                chosen.found.append(("", kept))
    if not chosen.found and not is_wild(pivot) and not is_wild(pattern):
        chosen.missing.append(cleaned(source))
    return chosen


def _lies(node: LayerNode | None, path: str) -> bool:
    """Whether there is something at a plain `path`, no link on the way."""
    for name in path.split("/") if path else ():
        node = node.child(name) if isinstance(node, Dir) else None
    return node is not None


def _followed_in_vain(root: Dir) -> Iterator[str]:
    """With `--exclude` the links directly in the root of what is copied are followed, and one that leads nowhere
    fails."""
    for name, node in root.entries():
        if isinstance(node, File) and node.link is not None and lookup(root, name) is None:
            yield name


def _has_leaf(root: Dir, work: Work) -> bool:
    """Whether there is anything in it but directories."""
    todo: list[LayerNode] = [root]
    seen: set[LayerNode] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, File):
            return True
        if node not in seen:
            seen.add(node)
            work.spend(1)
            todo += [each for _, each in node.entries()]
    return False


def _matcher(texts: list[str]) -> Matcher | None:
    if not texts:
        return None
    from ..rules.grammars import DockerPattern, PatternProblem

    patterns = []
    for text in texts:
        try:
            pattern = DockerPattern.loaded(text)
        except PatternProblem:
            continue
        if pattern.include is not None and not pattern.problem:
            patterns.append(pattern)
    return Matcher(patterns, BUILDKIT) if patterns else None
