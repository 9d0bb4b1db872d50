"""The commits of a repository, read without running anything that it names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.histories import Changes, executable, git, link, submodule, write

from ctxscan import CtxscanError
from ctxscan.git.command import environment, locked_down
from ctxscan.git.history import History, Snapshot, history

pytestmark = pytest.mark.usefixtures("system")


def changes(found: History) -> list[tuple[str, ...]]:
    return [each.changes for each in found.commits]


def paths(found: History, at: int = -1) -> dict[str, tuple[str | None, str | None]]:
    """Everything in the tree of a commit, with its kind and where it leads."""
    with found.objects() as objects:
        look = Snapshot(objects, found.commits[at].tree)
        todo, out = [""], {}
        while todo:
            above = todo.pop()
            for name in look.names(above):
                path = f"{above}/{name}" if above else name
                out[path] = look.kind(path), look.link(path)
                todo.append(path)
    return out


def test_commits(tmp_path: Path) -> None:
    """The oldest first, each with its subject and what it changed; only the first one has none before it."""
    write(tmp_path, {"a": "1", "d/b": "1"}, {"d/b": "2"}, {"a": None}, subjects=("one", "two :x\tü", "three"))
    found = history(tmp_path, 10)
    assert [each.subject for each in found.commits] == ["one", "two :x\tü", "three"]
    assert changes(found) == [("a", "d/b"), ("d/b",), ("a",)]
    assert [each.first for each in found.commits] == [True, False, False]
    assert found.commits[-1].id == git(tmp_path, "rev-parse", "HEAD")
    assert (found.before, found.prefix, found.shallow) == (None, "", False)


def test_the_one_before(tmp_path: Path) -> None:
    """What lies before the last N is there too, by itself."""
    write(tmp_path, *({"a": text} for text in "1234"))
    found = history(tmp_path, 2)
    assert [each.subject for each in found.commits] == ["commit 2", "commit 3"]
    assert found.before is not None and found.before.subject == "commit 1"


def test_a_rename_goes_and_comes(tmp_path: Path) -> None:
    """Whatever the settings of the repository say."""
    write(tmp_path, {"a": "1\n" * 99}, {"a": None, "b": "1\n" * 99})
    git(tmp_path, "config", "diff.renames", "copies")
    assert changes(history(tmp_path, 9))[1] == ("a", "b")


def test_a_file_for_a_directory(tmp_path: Path) -> None:
    """Both names are changed."""
    write(tmp_path, {"a/b": "1"}, {"a/b": None, "a": "1"}, {"a": None, "a/b": "2"})
    assert changes(history(tmp_path, 9))[1:] == [("a", "a/b")] * 2


def test_a_merge_is_what_it_brings(tmp_path: Path) -> None:
    """Along the first parents, a merge has all that the other side changed."""
    write(tmp_path, {"a": "1"})
    git(tmp_path, "checkout", "--quiet", "-b", "side")
    for name in "xy":
        (tmp_path / name).write_text(name)
        git(tmp_path, "add", name)
        git(tmp_path, "commit", "--quiet", "-m", name)
    git(tmp_path, "checkout", "--quiet", "main")
    git(tmp_path, "merge", "--quiet", "--no-ff", "-m", "merge", "side")
    found = history(tmp_path, 9)
    assert [(each.subject, each.changes) for each in found.commits] == [("commit 0", ("a",)), ("merge", ("x", "y"))]


def test_what_lies_in_a_tree(tmp_path: Path) -> None:
    """Files, links, directories and submodules, each by its kind; nothing lies behind a link or in a submodule."""
    write(tmp_path, {"a": executable("1"), "d/b": "1", "d/l": link("../a"), "l": link("d"), "m/s": submodule("c")})
    assert paths(history(tmp_path, 9)) == {
        "a": ("file", None),
        "d": ("dir", None),
        "d/b": ("file", None),
        "d/l": ("symlink", "../a"),
        "l": ("symlink", "d"),
        "m": ("dir", None),
        "m/s": ("dir", None),
    }


def test_files_are_read_through_links(tmp_path: Path) -> None:
    """As if the directory were the root; a circle, a directory and what is not there are no file."""
    tree: Changes = {
        "d/f": "text", "l": link("d"), "d/up": link("../../d/f"), "abs": link("/l/f"), "o": link("o"), "no": link("x"),
    }  # fmt: skip
    write(tmp_path, tree)
    found = history(tmp_path, 9)
    with found.objects() as objects:
        look = Snapshot(objects, found.commits[0].tree)
        assert [look.read(path) for path in ("d/f", "l/f", "d/up", "abs")] == [b"text"] * 4
        assert [look.read(path) for path in ("o", "no", "d", "x", "d/f/x")] == [None] * 5


NAMES = ("a\nb", 'q"uote', "back\\slash", "tab\t", "\x01\x02", ":100644 100644 x", "\udcff\udcfe", "ü", " ")


@pytest.mark.skipif(sys.platform == "win32", reason="no such names")
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names(name: str, tmp_path: Path) -> None:
    """Any name is told as it is."""
    write(tmp_path, {f"d/{name}": "1"}, {f"d/{name}": "2"})
    found = history(tmp_path, 9)
    assert changes(found) == [(f"d/{name}",)] * 2
    assert paths(found) == {"d": ("dir", None), f"d/{name}": ("file", None)}


@pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")
def test_nothing_of_a_repository_is_run(tmp_path: Path) -> None:
    """Hooks, fsmonitor, pagers, external diffs, text conversion, filters, signatures, aliases, replaced objects."""
    root = tmp_path / "r"
    write(root, {"a": "1", ".gitattributes": "* diff=x filter=x\n"}, {"a": "2"})
    want = [(each.id, each.changes) for each in history(root, 9).commits]
    trap, mark = tmp_path / "trap", tmp_path / "mark"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    trap.chmod(0o755)
    for name in (
        "core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "core.askPass", "pager.log", "diff.external",
        "diff.x.textconv", "diff.x.command", "filter.x.clean", "filter.x.smudge", "filter.x.process", "gpg.program",
        "gpg.ssh.program", "credential.helper", "uploadpack.packObjectsHook", "remote.origin.uploadpack",
    ):  # fmt: skip
        git(root, "config", name, str(trap))
    for name, value in (
        ("log.showSignature", "true"), ("alias.log", f"!{trap}"), ("alias.cat-file", f"!{trap}"), ("log.decorate", "full"),
        ("diff.renames", "copies"), ("diff.ignoreSubmodules", "all"), ("diff.relative", "true"), ("color.ui", "always"),
        ("diff.orderFile", str(trap)), ("log.showRoot", "false"), ("format.pretty", "%GG"), ("log.follow", "true"),
        ("remote.origin.url", f"ext::{trap}"), ("remote.origin.promisor", "true"), ("core.abbrev", "4"),
        ("core.quotePath", "true"), ("i18n.logOutputEncoding", "UTF-16"), ("log.diffMerges", "off"),
    ):  # fmt: skip
        git(root, "config", name, value)
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"):
        (hooks / name).write_text(trap.read_text())
        (hooks / name).chmod(0o755)
    found = history(root, 9)
    assert [(each.id, each.changes) for each in found.commits] == want
    assert set(paths(found)) == {"a", ".gitattributes"}
    assert not mark.exists()
    git(root, "-c", "alias.log=", "diff", "HEAD~1")
    assert mark.exists()  # the trap is one


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_what_is_missing_is_not_fetched(tmp_path: Path) -> None:
    """A clone that promises to fetch objects by a command of its own does not get to run it, with an older git too."""
    root = tmp_path / "r"
    write(root, {"a": "1"})
    trap, mark = tmp_path / "trap", tmp_path / "mark"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\n")
    trap.chmod(0o755)
    for name, value in (
        ("core.repositoryFormatVersion", "1"), ("extensions.partialClone", "origin"), ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::{trap}"), ("protocol.ext.allow", "always"),
    ):  # fmt: skip
        git(root, "config", name, value)
    found = history(root, 9)
    with found.objects() as objects:
        assert objects.blob(b"x" * 20) is None
    older = {name: value for name, value in environment().items() if name != "GIT_NO_LAZY_FETCH"}
    asked = locked_down(str(root), str(root), "cat-file", "-p", "78" * 20)
    assert subprocess.run(asked, env=older, capture_output=True, check=False).returncode
    assert not mark.exists()


def test_the_environment_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that point git at another repository do not count."""
    write(tmp_path / "a", {"a": "1"}, subjects=("right",))
    write(tmp_path / "b", {"a": "1"}, subjects=("wrong",))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "b" / ".git"))
    assert [each.subject for each in history(tmp_path / "a", 9).commits] == ["right"]


def test_a_huge_file_is_not_held(tmp_path: Path) -> None:
    """It is no file that anybody reads here, and what is read after it is right."""
    write(tmp_path, {"big": "x" * 3_000_000, "small": "y"})
    found = history(tmp_path, 9)
    with found.objects() as objects:
        look = Snapshot(objects, found.commits[0].tree)
        assert (look.read("big"), look.read("small")) == (None, b"y")


def test_a_shallow_clone(tmp_path: Path) -> None:
    """It goes back as far as it does, and says so."""
    write(tmp_path / "r", *({"a": text} for text in "1234"))
    git(tmp_path, "clone", "--quiet", "--depth=2", (tmp_path / "r").as_uri(), "c")
    found = history(tmp_path / "c", 9)
    assert [(each.subject, each.first) for each in found.commits] == [("commit 2", True), ("commit 3", False)]
    assert found.shallow


def test_a_detached_head(tmp_path: Path) -> None:
    """What is checked out counts."""
    write(tmp_path, *({"a": text} for text in "123"))
    git(tmp_path, "checkout", "--quiet", "--detach", "HEAD~1")
    assert [each.subject for each in history(tmp_path, 9).commits] == ["commit 0", "commit 1"]


def test_a_worktree_of_a_bare_repository(tmp_path: Path) -> None:
    """Its `.git` is a file that leads there."""
    write(tmp_path / "r", {"d/a": "1"}, {"d/a": "2"})
    git(tmp_path, "clone", "--quiet", "--bare", "r", "bare")
    git(tmp_path / "bare", "worktree", "add", "--quiet", "--detach", str(tmp_path / "w"))
    found = history(tmp_path / "w" / "d", 9)
    assert (len(found.commits), found.prefix) == (2, "d/")


def test_longer_names(tmp_path: Path) -> None:
    """A repository with SHA-256 reads alike."""
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    git(tmp_path, "add", "d")
    git(tmp_path, "commit", "--quiet", "-m", "x")
    found = history(tmp_path, 9)
    assert len(found.commits[0].tree) == 32
    assert paths(found) == {"d": ("dir", None), "d/a": ("file", None)}


def test_a_missing_object_is_told(tmp_path: Path) -> None:
    """A clone without its trees ends in one line."""
    write(tmp_path, {"d/a": "1"}, {"d/a": "2"})
    found = history(tmp_path, 9)
    with found.objects() as objects, pytest.raises(CtxscanError, match="is the clone complete"):
        Snapshot(objects, bytes(20)).names("")


@pytest.mark.parametrize("kind", ["no repository", "an empty directory", "no commit"])
def test_no_history(kind: str, tmp_path: Path) -> None:
    """Each is said in one line that names the context."""
    if kind == "an empty directory":
        (tmp_path / ".git").mkdir()
    elif kind == "no commit":
        git(tmp_path, "init", "--quiet")
    with pytest.raises(CtxscanError, match="history") as raised:
        history(tmp_path, 5)
    assert raised.value.place == str(tmp_path)


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the program there is no history either."""
    write(tmp_path, {"a": "1"})
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(CtxscanError, match="git shows no history"):
        history(tmp_path, 5)
