"""What is said of links: one that sends everything, one that is followed once, one that leads out of the context."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.projects import write

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="symbolic links")


def findings_of(root: Path) -> dict[str, Finding]:
    return {each.code: each for each in review(scan(root)).findings or ()}


def test_a_copied_link_that_leads_out_of_the_context_is_told(tmp_path: Path) -> None:
    root = write(tmp_path / "repo", {"src/main.py": "m", "Dockerfile": "FROM scratch\nCOPY src /app\n"})
    (root / "src/lib").symlink_to("../../lib")
    (root / "src/inside").symlink_to("main.py")
    (root / "src/absolute").symlink_to("/usr/lib")
    (root / "outside").symlink_to("../lib")
    found = [each for each in review(scan(root)).findings or () if each.code == "link-outside"]
    assert [(each.path, each.severity, each.reach) for each in found] == [("src/lib", "note", "image")]
    assert "../../lib" in found[0].message


def test_a_link_is_followed_for_the_first_that_asks(tmp_path: Path) -> None:
    """What lies behind it is there, and the error says where."""
    copies = "COPY via/output/apps /online\nCOPY via/output/lib /online\n"
    root = write(tmp_path, {"output/apps/a": "a", "output/lib/l": "l", "Dockerfile": f"FROM scratch\n{copies}"})
    (root / "via").mkdir()
    (root / "via/output").symlink_to("../output")
    found = findings_of(root)["missing-input"]
    assert found.line == 3
    assert "behind the link via/output" in found.message
    assert found.remedy == "write COPY output/lib"


def test_the_link_that_sends_everything_is_named(tmp_path: Path) -> None:
    files = {"a/package.json": "1", "b/package.json": "2", "big/b": 3000}
    root = write(tmp_path, {**files, "Dockerfile": "FROM scratch\nCOPY */package.json /p/\n"})
    (root / "latest").symlink_to("a")
    transfer = scan(root).transfer
    assert transfer.whole_context
    assert [step.line for step in transfer.whole_because] == [2]
    assert transfer.whole_link == "latest"


@pytest.mark.parametrize(
    ("files", "rules", "target", "says"),
    [
        ({"data/f": "x"}, "x\n", "../data/f", "a link to data/f, which no instruction copies: it dangles in the image"),
        ({"src/f": "x"}, "src/f\n", "f", "a link to src/f, which is excluded: it dangles in the image"),
        ({"data/d/f": "x"}, "x\n", "../data/d", "a link to data/d, which no instruction copies"),
        ({"src/f": "x"}, "x\n", "f", None),
        ({"src/d/f": "x"}, "x\n", "d", None),
        ({"data/f": "x"}, "x\n", "/data/f", None),
        ({"data/f": "x"}, "x\n", "gone", None),
    ],
)
def test_a_link_whose_target_does_not_come_along(
    files: dict[str, str], rules: str, target: str, says: str | None, tmp_path: Path
) -> None:
    """It dangles in the image, and nothing claims that what is behind it is there."""
    from ctxscan.explain import explain

    tree = {**files, "src/a": "a", ".dockerignore": rules, "Dockerfile": "FROM scratch\nCOPY src /app\n"}
    root = write(tmp_path, dict(tree))
    (root / "src/link").symlink_to(target)
    found = findings_of(root).get("link-outside")
    explained = explain(scan(root), "src/link").dangles
    assert (found is None, explained is None) == (says is None, says is None)
    assert says is None or (found is not None and says in found.message and found.severity == "note")


def test_a_link_to_what_another_instruction_copies(tmp_path: Path) -> None:
    """It may lead to the right place, so nothing is said."""
    root = write(
        tmp_path, {"data/f": "x", "src/a": "a", "Dockerfile": "FROM scratch\nCOPY src /src\nCOPY data /data\n"}
    )
    (root / "src/link").symlink_to("../data/f")
    assert "link-outside" not in findings_of(root)
