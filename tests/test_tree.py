"""Totals per directory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ctxscan.tree import SHARE, Tree

paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map("/".join)


@given(st.dictionaries(paths.map(lambda path: path + ".f"), st.integers(0, 100)))
def test_totals_are_sums_of_what_lies_below(files: dict[str, int]) -> None:
    """Every directory that is kept has the files and bytes of all below it."""
    tree = Tree()
    for path in sorted(files, key=lambda path: path.split("/")):
        tree.add(path, files[path])
    root = tree.root()
    for directory in root.walk():
        below = [size for path, size in files.items() if not directory.path or path.startswith(directory.path + "/")]
        assert (directory.files, directory.bytes) == (len(below), sum(below))


def test_small_directories_are_forgotten() -> None:
    """Memory does not grow with a tree of many small directories beside a large one."""
    tree = Tree()
    tree.add("a/large", 1_000_000)
    for number in range(5000):
        tree.add(f"b/{number:04}/small", 1)
    root = tree.root()
    assert (root.files, root.bytes) == (5001, 1_005_000)
    assert [each.path for each in root.directories] == ["a", "b"]
    assert sum(1 for _ in root.walk()) < 3 * SHARE
