"""What is scanned runs nothing: no program, no module, and git only where it is the system's and the repository is ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import histories, projects

from ctxscan import system
from ctxscan.git import command
from ctxscan.git.index import tracked

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")


def test_no_module_of_the_working_directory_is_imported(tmp_path: Path) -> None:
    """`python -m ctxscan` in a tree that has modules called like ours and like Python's own."""
    names = "__future__ click rich pathspec yaml json gc enum humanize tomllib subprocess".split()
    files = {f"{name}.py": f"open('ran-{name}', 'w')\n" for name in names}
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", **files})
    done = subprocess.run([sys.executable, "-m", "ctxscan", "."], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.glob("ran-*")] == []


def git_in(directory: Path) -> Path:
    """A program called git that leaves a mark."""
    directory.mkdir(parents=True, exist_ok=True)
    program = directory / ("git.exe" if os.name == "nt" else "git")
    program.write_text(f"#!/bin/sh\ntouch {directory}/ran\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("place", ["tree", "tree/bin", "work"])
def test_git_is_not_taken_from_the_tree(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor from the working directory, whatever PATH says; a relative entry does not count at all."""
    (tmp_path / "work").mkdir()
    histories.git(projects.write(tmp_path / "tree", {"a": 1}), "init", "-q")
    program = git_in(tmp_path / place)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PATH", os.pathsep.join((str(program.parent), ".", "", "bin", os.environ["PATH"])))
    found = system.program("git", str(tmp_path / "tree"))
    assert found is not None and Path(found) != program and Path(found).is_absolute()
    tracked(str(tmp_path / "tree"))
    assert not (program.parent / "ran").exists()


def test_without_git_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No error where there is none."""
    histories.git(projects.write(tmp_path, {"a": 1}), "init", "-q")
    monkeypatch.setenv("PATH", "")
    assert system.program("git", str(tmp_path)) is None
    assert not tracked(str(tmp_path)).known


def private(root: Path) -> Path:
    histories.git(projects.write(root, {"private-name": 1}), "init", "-q")
    histories.git(root, "add", "--all")
    histories.git(root, "commit", "-qm", "made")
    return root


def test_a_git_file_that_leads_elsewhere_is_no_repository(tmp_path: Path) -> None:
    """It would tell what another repository tracks."""
    other = private(tmp_path / "other")
    tree = projects.write(tmp_path / "tree", {"a": 1})
    (tree / ".git").write_text(f"gitdir: {other / '.git'}\n")
    assert command.repository(tree) is None
    assert not tracked(str(tree)).known


def test_a_worktree_is_a_repository(tmp_path: Path) -> None:
    """Its `.git` file and its repository name one another."""
    other = private(tmp_path / "other")
    histories.git(other, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert command.repository(tmp_path / "tree") == str(tmp_path / "tree")
    assert tracked(str(tmp_path / "tree")).file("private-name")


@posix
@pytest.mark.parametrize("name", [".git", ".git/HEAD", ".git/config", ".git/index", ".git/commondir"])
def test_a_pipe_in_a_repository_keeps_nobody_waiting(name: str, tmp_path: Path) -> None:
    """Git would open it and wait for a writer."""
    tree = private(tmp_path)
    path = tree / name
    if path.is_dir():
        path.rename(tree / "elsewhere")
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert command.repository(tree) is None
    assert not tracked(str(tree)).known


@posix
def test_a_pipe_called_mailmap_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Git reads it for the names of authors, which nobody asks for."""
    tree = private(tmp_path)
    os.mkfifo(tree / ".mailmap")
    assert command.ask(str(tree), str(tree), "log", "--format=%an", seconds=20) == b"A\n"
