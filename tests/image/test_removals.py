"""What a command removes from a stage of its own: it is not said to be in the image any more, nor to be gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.explain import reach

TREE = {"conf/a.yml": "a", "conf/b.yml": "b", "conf/sub/c.yml": "c"}
END = "FROM scratch\nCOPY --from=b /c /c\n"


@pytest.mark.parametrize(
    ("run", "possible"),
    [
        ("rm /c/a.yml", {"conf/a.yml"}),
        ("rm -rf /c/sub", {"conf/sub/c.yml"}),
        ("cd /c && rm -f a.yml none.yml", {"conf/a.yml"}),
        ("rm /c/*.yml", {"conf/a.yml", "conf/b.yml"}),
        ("test -f /x && rm /c/a.yml || true", {"conf/a.yml"}),
        ("find /c/sub -name '*.yml' -delete", {"conf/sub/c.yml"}),
        ("unlink /c/b.yml", {"conf/b.yml"}),
        ("rm -rf /nowhere/a.yml", set()),
        ("rm -rf /c", set(TREE)),
    ],
)
def test_what_a_stage_removes_may_be_gone(run: str, possible: set[str], tmp_path: Path) -> None:
    """All the rest is copied on for certain."""
    projects.write(tmp_path, {"Dockerfile": f"FROM busybox:1 AS b\nCOPY conf /c\nRUN {run}\n{END}", **TREE})
    found = scan(tmp_path)
    assert {path for path in TREE if reach(found, path).reach == "possible"} == possible
    assert {path for path in TREE if reach(found, path).reach == "image"} == set(TREE) - possible


def test_what_the_image_itself_removes_stays_in_its_layer(tmp_path: Path) -> None:
    """The layer of the COPY has it."""
    projects.write(tmp_path, {"Dockerfile": "FROM busybox:1\nCOPY conf /c\nRUN rm -r /c\n", **TREE})
    found = scan(tmp_path)
    assert {reach(found, path).reach for path in TREE} == {"image"}


def test_what_comes_back_is_there(tmp_path: Path) -> None:
    """A COPY below the removal brings it for certain."""
    dockerfile = f"FROM busybox:1 AS b\nCOPY conf /c\nRUN rm /c/a.yml\nCOPY conf/a.yml /c/\n{END}"
    projects.write(tmp_path, {"Dockerfile": dockerfile, **TREE})
    assert reach(scan(tmp_path), "conf/a.yml").reach == "image"
