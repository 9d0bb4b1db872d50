"""The context looked at by name: what is told of a directory, and what is never opened."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ctxscan.context import tree as module
from ctxscan.context.tree import Tree

pytestmark = pytest.mark.usefixtures("system")


def test_a_listing_tells_kinds(tmp_path: Path) -> None:
    """Names come sorted, with directories and links told apart; no link is followed."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b/inside").write_text("x")
    (tmp_path / "a").write_text("abc")
    (tmp_path / "link").symlink_to("b")
    tree = Tree(str(tmp_path))
    assert tree.listing("") == (("a", "b", "link"), {"b"}, {"link"}, frozenset())
    assert [tree.kind(path) for path in ("a", "b", "link", "b/inside", "link/inside", "none", "a/x")] == [
        "file", "dir", "symlink", "file", None, None, None,
    ]  # fmt: skip
    assert tree.names("link") == ()
    assert (tree.size("a"), tree.size("b"), tree.size("link")) == (3, 0, 0)


@pytest.mark.parametrize("most", [0, 1, 3, 4, 5, 100])
def test_as_much_is_read_as_was_asked_for(tmp_path: Path, most: int) -> None:
    """The start of a file comes with the size of the whole."""
    (tmp_path / "a").write_bytes(b"abcd")
    assert Tree(str(tmp_path)).start("a", most) == (b"abcd"[:most], 4)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """`largest` is a limit of the file, not of what is read."""
    (tmp_path / "a").write_bytes(b"abcd")
    tree = Tree(str(tmp_path))
    assert tree.start("a", 2, largest=4) == (b"ab", 4)
    assert tree.start("a", 2, largest=3) is None


def test_texts_are_kept_as_long_as_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept is not read again, and the sources of a large tree do not fill the memory."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"old")
    monkeypatch.setattr(module, "KEPT_BYTES", 7)
    tree = Tree(str(tmp_path))
    for name in ("a", "b", "c"):
        assert tree.read(name) == b"old"
        (tmp_path / name).write_bytes(b"new")
    assert [tree.read(name) for name in ("a", "b", "c", "none")] == [b"old", b"old", b"new", None]


def test_a_name_that_is_in_many_directories_is_there_once(tmp_path: Path) -> None:
    """Of the memory of a large tree, names are the most."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.js").write_text("")
    tree = Tree(str(tmp_path))
    assert tree.names("a")[0] is tree.names("b")[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no fifos here")
def test_a_fifo_is_not_opened(tmp_path: Path) -> None:
    """A fifo with the name of a manifest is no file: whoever waits at its other end waits on."""
    os.mkfifo(tmp_path / "package.json")
    opened = threading.Event()

    def wait() -> None:
        os.close(os.open(tmp_path / "package.json", os.O_WRONLY))
        opened.set()

    threading.Thread(target=wait, daemon=True).start()
    tree = Tree(str(tmp_path))
    assert tree.kind("package.json") == "other"
    assert tree.read("package.json") is None
    assert not opened.wait(0.2)
    os.close(os.open(tmp_path / "package.json", os.O_RDONLY | os.O_NONBLOCK))
    assert opened.wait(10)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_what_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    """A directory without permission has no entries, and a file no content."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d/x").write_text("x")
    (tmp_path / "f").write_text("x")
    (tmp_path / "d").chmod(0)
    (tmp_path / "f").chmod(0)
    tree = Tree(str(tmp_path))
    try:
        assert tree.names("d") == ()
        assert tree.read("f") is None
    finally:
        (tmp_path / "d").chmod(0o755)
