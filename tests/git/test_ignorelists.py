"""Which lists of a repository count for a context: git itself is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import dirty, repositories

from ctxscan.context.tree import Tree
from ctxscan.facts import scan
from ctxscan.git.ignorelists import IgnoreLists, ignore_lists
from ctxscan.proposals.background import Ahead

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="asks git"),
    pytest.mark.usefixtures("system"),
]

FILES = (
    "web/dist/a",
    "web/src/dist/a",
    "web/src/a.log",
    "web/keep.log",
    "web/x",
    "web/node/x",
    "dist/a",
    "web/sub/web/x",
)


def lists(context: Path) -> IgnoreLists:
    return ignore_lists(str(context), Tree(str(context)).read)


@pytest.mark.parametrize(
    "texts",
    [
        {".gitignore": "dist/\n"},
        {".gitignore": "/dist\n"},
        {".gitignore": "/web/dist\n"},
        {".gitignore": "web/x\n"},
        {".gitignore": "*.log\n", "web/.gitignore": "!keep.log\n"},
        {".gitignore": "*.log\n!keep.log\n", "web/.gitignore": "*.log\n"},
        {"web/.gitignore": "dist\n", "web/src/.gitignore": "!dist\n"},
        {"web/.gitignore": "/x\n/node\n"},
        {".git/info/exclude": "x\n/web/dist/\n"},
        {".git/info/exclude": "x\n", ".gitignore": "!x\n"},
        {".git/info/exclude": "!x\n", ".gitignore": "x\n"},
        {".gitignore": "web/*\n!web/src\n"},
        {".gitignore": "**/web/x\nnode/\n", "web/.gitignore": "!/x\n!node/\n"},
        {".gitignore": "x\n", "web/.gitignore": "!node/\n"},
        {},
    ],
    ids=str,
)
def test_lists_above_the_context_count(tmp_path: Path, texts: Mapping[str, str]) -> None:
    """From the root of the repository down, and `info/exclude` before all."""
    repositories.make(tmp_path, [*FILES, *((path, text.encode()) for path, text in texts.items())])
    web = tmp_path / "web"
    paths = repositories.below(web)
    known = lists(web)
    ours = {path for path in paths if known.ignores(path, directory=(web / path).is_dir())}
    assert ours == repositories.ignored_by_git(web, paths)


def test_a_linked_working_tree_shares_the_exclude_file(tmp_path: Path) -> None:
    """Its `.git` is a file, and `info/exclude` is that of the repository."""
    main, linked = tmp_path / "main", tmp_path / "linked"
    repositories.make(main, ["a", (".git/info/exclude", b"dist\n")])
    repositories.git(main, "add", "a")
    repositories.git(main, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a")
    repositories.git(main, "worktree", "add", "-q", str(linked))
    repositories.write(linked, ["web/dist/a", "web/b"])
    assert repositories.ignored_by_git(linked / "web", ["dist", "b"]) == {"dist"}
    known = lists(linked / "web")
    assert known.ignores("dist", directory=True) and not known.ignores("b", directory=False)


def test_a_context_that_is_ignored_as_a_whole(tmp_path: Path) -> None:
    """Then a list above says nothing of what is in it, and its own lists count."""
    repositories.make(tmp_path, ["out/a", "out/b", (".gitignore", b"out\na\n"), ("out/.gitignore", b"b\n")])
    known = lists(tmp_path / "out")
    assert [known.ignores(path, directory=False) for path in ("a", "b")] == [False, True]


@pytest.mark.skipif(sys.platform == "win32", reason="fifos and links")
def test_what_is_no_file_is_no_list(tmp_path: Path) -> None:
    """Neither a fifo nor a link to a list, which git does not follow, and a repository that points nowhere."""
    repositories.make(tmp_path, ["web/dist/a", ("list", b"dist\n")])
    os.mkfifo(tmp_path / ".gitignore")
    assert not lists(tmp_path / "web").ignores("dist", directory=True)
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".gitignore").symlink_to("list")
    assert not lists(tmp_path / "web").ignores("dist", directory=True)
    shutil.rmtree(tmp_path / ".git")
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    assert not lists(tmp_path / "web").ignores("dist", directory=True)


def test_a_list_above_makes_a_proposal_sure(tmp_path: Path) -> None:
    """What the list in the root names is as suspicious in `web` as if the list lay there."""
    repositories.make(tmp_path, ["web/kept", "web/unknown/a.js", ("web/Dockerfile", b"FROM scratch\nCOPY . /\n")])
    dirty.track(tmp_path, ["web/kept", "web/Dockerfile"])
    found = scan(str(tmp_path / "web"))
    assert [each.path for each in Ahead().survey(found.disk.root, found.rules).candidates] == ["Dockerfile"]
    (tmp_path / ".gitignore").write_text("unknown/\n")
    assert [each.path for each in Ahead().survey(found.disk.root, found.rules).candidates] == ["Dockerfile", "unknown"]


def test_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists count without git."""
    repositories.make(tmp_path, ["web/dist/a", (".gitignore", b"dist/\n")])
    monkeypatch.setattr(subprocess, "Popen", None)
    assert lists(tmp_path / "web").ignores("dist", directory=True)
