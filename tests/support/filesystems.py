"""The file systems that stages make, flattened."""

from __future__ import annotations

from collections.abc import Iterator

from ctxscan.image.layers import Dir, File


def flat(root: Dir, above: str = "") -> Iterator[tuple[str, str]]:
    """Every path with its kind, as the recordings write them."""
    for name, node in root.entries():
        path = f"{above}{name}"
        if isinstance(node, File):
            yield path, "symlink" if node.link is not None else "file"
        else:
            yield path, "dir"
            yield from flat(node, path + "/")
