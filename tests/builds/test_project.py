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
