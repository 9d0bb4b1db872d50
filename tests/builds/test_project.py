"""The files of a project: what lies where, and that nothing of them stays in memory."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from support import projects

from ctxscan.builds.project import Project

FILES = ("Dockerfile", "a-b/x", "a/Dockerfile", "a/b/c", "a/d", "a0", "z/y")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    projects.write(tmp_path, dict.fromkeys(FILES, 1))
    return Project(str(tmp_path))


@pytest.mark.parametrize(
    ("directory", "below", "inside"),
    [
        ("", FILES, ("Dockerfile", "a0")),
        ("a", ("a/Dockerfile", "a/b/c", "a/d"), ("Dockerfile", "d")),
        ("a/b", ("a/b/c",), ("c",)),
        ("a-b", ("a-b/x",), ("x",)),
        ("b", (), ()),
        ("a/d", (), ()),
    ],
)
def test_what_lies_in_a_directory(
    directory: str, below: tuple[str, ...], inside: tuple[str, ...], project: Project
) -> None:
    """`a-b` and `a0` stand around `a/` in the order of the files, and are not in it."""
    assert tuple(project.below(directory)) == below
    assert project.files_in(directory) == inside


def test_whose_a_path_is(project: Project) -> None:
    assert all(map(project.owns, FILES))
    assert not any(map(project.owns, ("", "a", "a/", "a/b", "zz", "A0")))


def test_links_that_lead_out_are_not_inside(tmp_path: Path) -> None:
    """A file is judged by its directory; a link, or a file behind one, by where it leads."""
    root, beside = tmp_path / "a", tmp_path / "b"
    projects.write(root, {"plain": 1, "d/plain": 1})
    projects.write(beside, {"x": 1})
    for name, target in {
        "out": "../b/x",
        "d/out": "../../b/x",
        "in": "d/plain",
        "over": "../b",
        "nowhere": "../c",
    }.items():
        (root / name).symlink_to(target)
    project = Project(str(root))
    wanted = {
        "plain": True,
        "d/plain": True,
        "in": True,
        "out": False,
        "d/out": False,
        "over/x": False,
        "nowhere": False,
    }
    assert {path: project.is_inside(path) for path in wanted} == wanted
    assert {path for path in wanted if project.text(path) is not None} == {"plain", "d/plain", "in"}


def test_the_way_to_a_directory_is_looked_at_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once for each file in it."""
    resolved: list[str] = []
    resolve = Path.resolve

    def counted(self: Path, strict: bool = False) -> Path:
        resolved.append(str(self))
        return resolve(self, strict)

    monkeypatch.setattr(Path, "resolve", counted)
    assert all(map(project.is_inside, FILES))
    assert len(resolved) == len({path.rpartition("/")[0] for path in FILES if "/" in path})


def test_it_is_freed_with_its_last_user(project: Project, tmp_path: Path) -> None:
    """By counting references alone: a run looks for cycles too rarely for hundreds of thousands of paths to wait."""
    gc.disable()
    try:
        made = Project(str(tmp_path))
        assert made.ignored and made.directories and made.text("a0") is not None and not made.could("a0")
        left = weakref.ref(made)
        del made
        assert left() is None
    finally:
        gc.enable()
