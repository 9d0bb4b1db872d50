"""What builds need beyond their inputs: how needs are compared, and what a repository says of its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.facts import scan
from ctxscan.git.ignorelists import IgnoreLists
from ctxscan.git.index import tracked
from ctxscan.proposals.needs.need import overlap
from ctxscan.proposals.propose import explore


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("*.log", "*.json", False), ("*.log", "a*", True), ("dist", "d*", True), ("a", "b", False), ("a*b", "*c", False)],
)
def test_overlap(one: str, other: str, expected: bool) -> None:
    """Two globs overlap unless their ends tell otherwise."""
    assert overlap(one, other) is overlap(other, one) is expected


def test_unknown_without_git(tmp_path: Path) -> None:
    """Without a repository nothing is tracked, and that is known."""
    assert not tracked(str(tmp_path)).known


def test_repository_runs_nothing(tmp_path: Path) -> None:
    """A repository's own configuration cannot make git run a program."""
    dirty.write(tmp_path, {"a": "x", "run.sh": "#!/bin/sh\ntouch ran\n"})
    dirty.track(tmp_path, ["a"])
    (tmp_path / "run.sh").chmod(0o755)
    with (tmp_path / ".git/config").open("a") as config:
        config.write(
            f'[core]\n\tfsmonitor = "{tmp_path}/run.sh"\n\thooksPath = "{tmp_path}"\n\tpager = "{tmp_path}/run.sh"\n'
        )
    assert tracked(str(tmp_path)).file("a") and not (tmp_path / "ran").exists()


def test_ignore_lists(tmp_path: Path) -> None:
    """The lists of git are read as git reads them, as far as that goes."""
    texts = {".gitignore": b"dist/\n/a\n*.log\n!keep.log\nb/*\n!b/.keep\n", "c/.gitignore": b"x\n!dist\n"}
    ignores = IgnoreLists(texts.get).ignores
    assert [path for path in ("a", "c/a", "x.log", "keep.log", "b/x", "b/.keep", "c/x", "d/x") if ignores(path, directory=False)] == [
        "a", "x.log", "b/x", "c/x",
    ]  # fmt: skip
    assert (
        ignores("dist", directory=True)
        and not ignores("dist", directory=False)
        and not ignores("c/dist", directory=True)
    )


#: A tree, and what a rule in use keeps from its reader: path, reader, and where that is written.
WITHHELD = {
    "readme": (
        {
            ".dockerignore": "*.md\n",
            "pyproject.toml": '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nreadme = "README.md"\n',
            "README.md": "x",
        },
        ("README.md", "the package's readme", "pyproject.toml", 0),
    ),
    "source": (
        {".dockerignore": "dist\n", "Dockerfile": "FROM scratch\n\nCOPY dist /x\n", "dist/a": "x"},
        ("dist", "COPY dist /x", "Dockerfile", 3),
    ),
    "embedded": (
        {".dockerignore": "web/dist\n", "go.mod": "module x\n", "web/w.go": "//go:embed dist/*\n", "web/dist/a": "x"},
        ("web/dist", "go:embed", "web/w.go", 0),
    ),
}


@pytest.mark.parametrize("case", WITHHELD)
def test_withheld(tmp_path: Path, case: str) -> None:
    """What a rule in use takes out and somebody reads is told with the reader and its place; what is not on disk, or
    excluded by nothing, is not."""
    files, (path, *read) = WITHHELD[case]
    dirty.write(tmp_path, files)
    found = [(at, need) for need, at in explore(scan(str(tmp_path))).needs.withheld()]
    assert [at for at, _ in found] == [path]
    assert [found[0][1].reader, found[0][1].file, found[0][1].line] == read
    (tmp_path / ".dockerignore").write_bytes(b"x\n")
    assert not list(explore(scan(str(tmp_path))).needs.withheld())
