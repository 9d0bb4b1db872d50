"""The walk: order, kinds, sizes, and trees that are odd, deep, wide or changing."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from ctxscan import CtxscanError, scan
from ctxscan.context.narrowing import Narrowing
from ctxscan.context.walk import Entry, walk
from ctxscan.rules.builders import BUILDKIT, CLASSIC
from ctxscan.rules.grammars import DockerPattern
from ctxscan.rules.matcher import BadPattern, Matcher

pytestmark = pytest.mark.usefixtures("system")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX file kinds and descriptors")


def fail(bad: BadPattern, matcher: Matcher) -> CtxscanError:
    return CtxscanError(str(bad))


def walked(root: Path, *lines: str, builder=BUILDKIT, asked: tuple[str, ...] | None = None) -> list[Entry]:
    rules = Matcher([builder.pattern.loaded(line) for line in lines], builder)
    include = None if asked is None else Narrowing(DockerPattern.loaded(each) for each in asked)
    return list(walk(os.fspath(root), rules, narrowing=include, attributes=False, fail=fail))


def paths(entries: list[Entry]) -> list[str]:
    return [entry.path for entry in entries if entry.sent]


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_text(name)


def test_entries_come_in_byte_order_a_directory_before_what_follows_it(tmp_path: Path) -> None:
    """Depth first, names compared as bytes: `a`, what is in it, then `a.b`."""
    make(tmp_path, "a/z", "a.b", "a-b", "B", "é", "~", "😀", "\uffee")
    assert paths(walked(tmp_path)) == ["B", "a", "a/z", "a-b", "a.b", "~", "é", "\uffee", "😀"]


def test_an_excluded_parent_comes_right_before_its_first_kept_child(tmp_path: Path) -> None:
    """BuildKit sends it, the classic builder does not, and without a kept child nobody does."""
    make(tmp_path, "d/drop", "d/keep", "e/drop", "x")
    assert paths(walked(tmp_path, "d", "!d/keep", "e", "!e/none")) == ["d", "d/keep", "x"]
    assert paths(walked(tmp_path, "d", "!d/keep", builder=CLASSIC)) == ["d/keep", "e", "e/drop", "x"]


def test_a_directory_of_excluded_files_stays_as_an_empty_one(tmp_path: Path) -> None:
    """Only its files are excluded, not itself."""
    make(tmp_path, "d/a.log", "d/b.log")
    assert paths(walked(tmp_path, "d/*.log")) == ["d"]


def test_what_is_asked_for_is_sent_with_the_directories_above_them(tmp_path: Path) -> None:
    """What the builder did not ask for stays, and is kept all the same."""
    make(tmp_path, "a/b/c", "a/b/d", "a/x", "z")
    entries = walked(tmp_path, "z", asked=("a/b/c",))
    assert paths(entries) == ["a", "a/b", "a/b/c"]
    assert [entry.path for entry in entries if not entry.sent] == ["a/b/d", "a/x"]


@posix
def test_kinds_and_sizes(tmp_path: Path) -> None:
    """Hard links repeat the first name that is sent, links have their text, nothing is opened."""
    make(tmp_path, "b", "sub/")
    os.link(tmp_path / "b", tmp_path / "c")
    (tmp_path / "l").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "p")
    kinds = {entry.path: (entry.kind, entry.target) for entry in walked(tmp_path)}
    assert kinds == {
        "b": ("file", None), "c": ("hardlink", "b"), "l": ("symlink", "/etc/passwd"), "p": ("fifo", None), "sub": ("dir", None),
    }  # fmt: skip
    assert {entry.path: entry.kind for entry in walked(tmp_path, "b")}["c"] == "file"


@posix
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    """Bytes travel through: other builders send them, BuildKit fails if they are sent."""
    (tmp_path / os.fsdecode(b"a\xffb")).write_bytes(b"12")
    assert [os.fsencode(entry.path) for entry in walked(tmp_path, builder=CLASSIC)] == [b"a\xffb"]
    with pytest.raises(CtxscanError, match="invalid UTF-8") as caught:
        walked(tmp_path)
    assert caught.value.place == r"a\xffb"
    assert walked(tmp_path, "a?b") == []


@posix
@pytest.mark.slow
@pytest.mark.native  # a plain path may have no more than 4,096 characters on Linux
def test_a_tree_deeper_than_the_recursion_limit(tmp_path: Path) -> None:
    """3,000 levels: longer than any path may be, deeper than Python recurses, with few descriptors open."""
    depth = 3000
    assert depth > sys.getrecursionlimit()
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("z", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    (tmp_path / "d" / "last").write_text("x")
    try:
        seen = walked(tmp_path, "nothing/**/like-this")
        assert len(seen) == depth + 2
        assert seen[-1].path == "d/last"
        assert scan(tmp_path).context_size.files == 2
    finally:
        remove_deep(tmp_path)


@posix
def test_a_path_of_more_than_a_thousand_characters(tmp_path: Path) -> None:
    """By descriptor or by path, with names that are not ASCII on the way: each file is sent with its size."""
    above = "/".join(f"{'d' * 200}{'ü' * (number % 2)}{number}" for number in range(8))
    (tmp_path / above).mkdir(parents=True)
    (tmp_path / above / "z").write_bytes(b"12345")
    (tmp_path / above / "a.log").write_bytes(b"123")
    seen = [(entry.path, entry.size) for entry in walked(tmp_path, "**/*.log") if entry.kind == "file"]
    assert seen == [(f"{above}/z", 5)]
    sizes = scan(tmp_path, ignore_file=None).context_size
    assert (sizes.files, sizes.bytes) == (2, 8)


def remove_deep(root: Path) -> None:
    """Python's own removal recurses; take the tree down from the top, a level at a time."""
    top = root / "d"
    while top.exists():
        for child in list(top.iterdir()):
            if child.is_dir():
                child.rename(root / "next")
            else:
                child.unlink()
        top.rmdir()
        if (root / "next").exists():
            (root / "next").rename(top)


@pytest.mark.native  # takes long, and the plain path lists a directory the same way
@pytest.mark.slow
def test_many_files_in_one_directory(tmp_path: Path) -> None:
    """100,000 names in one directory, with rules that hit some of them."""
    for number in range(100_000):
        with open(tmp_path / f"f{number}", "wb"):
            pass
    found = scan(tmp_path, ignore_file=None)
    assert found.context_size.files == 100_000
    assert len(walked(tmp_path, "*9", "f1*")) == 100_000 - 10_000 - 11_111 + 1_111


@posix
def test_what_vanishes_or_changes_is_passed_over(tmp_path: Path) -> None:
    """Files and directories that come and go during the walk never end it."""
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            for number in range(50):
                path = tmp_path / f"d{number}"
                path.mkdir(exist_ok=True)
                (path / "f").write_text("x")
            for number in range(50):
                (tmp_path / f"d{number}" / "f").unlink()
                (tmp_path / f"d{number}").rmdir()
                (tmp_path / f"d{number}").write_text("a file now")
            for number in range(50):
                (tmp_path / f"d{number}").unlink()

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(100):
            walked(tmp_path, "nothing")
    finally:
        done.set()
        thread.join()


def test_symlinks_are_never_followed(tmp_path: Path) -> None:
    """A link to a directory is one entry, and the walk stays inside."""
    outside = tmp_path / "outside"
    make(outside, "secret")
    context = tmp_path / "context"
    context.mkdir()
    (context / "link").symlink_to(outside, target_is_directory=True)
    assert [(entry.path, entry.kind) for entry in walked(context)] == [("link", "symlink")]


@posix
def test_a_walk_that_is_not_finished_leaves_nothing_open(tmp_path: Path) -> None:
    """Wherever the reader stops."""
    make(tmp_path, "a/b/c", "a/d/e", "f/g")
    before = len(os.listdir("/dev/fd"))
    for stop in range(1, 8):
        entries = walk(os.fspath(tmp_path), Matcher((), BUILDKIT), narrowing=None, attributes=True, fail=fail)
        for _ in range(stop):
            next(entries)
        entries.close()
        assert len(os.listdir("/dev/fd")) == before
