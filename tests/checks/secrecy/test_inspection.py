"""Files opened and judged: which, how many, and by how many processes."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from pathlib import Path
from time import sleep

import pytest
from support import projects

from ctxscan import scan
from ctxscan.checks.secrecy import inspection
from ctxscan.checks.secrecy.inspection import MOST_FILES, WORTH_SHARING
from ctxscan.context.tree import Tree
from ctxscan.processes import VARIABLE

#: Made up, and put together here so that no file of this repository holds it.
LINE = "production:\n  password: " + "".join(("vQ8", "mTz", "47x", "KpLw")) + "\n"
SECRET = {f"src/{number:04}.yml" for number in range(7, 1000, 83)}


def examined(root: Path) -> inspection.Examined:
    with inspection.examining(scan(root), Tree(str(root))) as finish:
        return finish()


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_several_processes_find_the_same(processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every planted file is found, in the order of the paths, however many share the reading."""
    names = [f"src/{number:04}.yml" for number in range(1000)]
    assert len(names) > WORTH_SHARING
    projects.write(tmp_path, {name: LINE if name in SECRET else "x: 1\n" for name in names})
    monkeypatch.setenv(VARIABLE, str(processes))
    assert threading.active_count() == 1, "with threads nothing is shared out, and this would test nothing"
    found = examined(tmp_path)
    assert [each.path for each in found.suspects] == sorted(SECRET)
    assert all(each.judgements and each.size == len(LINE) for each in found.suspects)
    assert not found.unread


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_others_read_until_they_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done meanwhile changes nothing; who does not ask, or fails, leaves no process and no descriptor behind."""
    projects.write(tmp_path, {f"src/{at:04}.yml": LINE if at % 83 == 7 else "x: 1\n" for at in range(1000)})
    monkeypatch.setenv(VARIABLE, "3")
    facts, tree = scan(tmp_path), Tree(str(tmp_path))
    before = len(os.listdir("/dev/fd"))
    with inspection.examining(facts, tree) as finish:
        assert tree.names("src")
        sleep(0.2)
        found = finish()
    assert [each.path for each in found.suspects] == sorted(SECRET)
    with inspection.examining(facts, tree):
        pass
    with pytest.raises(ZeroDivisionError), inspection.examining(facts, tree):
        raise ZeroDivisionError
    assert len(os.listdir("/dev/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.slow
def test_there_is_a_limit_and_it_is_told(tmp_path: Path) -> None:
    """Beyond the limit files that no name nominates are left, and the result says so."""
    projects.write(tmp_path, {f"d{number // 100}/{number}.yml": "x: 1\n" for number in range(MOST_FILES + 1)})
    assert examined(tmp_path).unread
    (tmp_path / "d0/0.yml").unlink()
    assert not examined(tmp_path).unread


@pytest.mark.parametrize("above", ["target/debug", "node_modules/a", "vendor/b"])
def test_what_is_not_read_does_not_count(above: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Directories in which nothing is read leave the limit to the project's own files."""
    projects.write(tmp_path, {**{f"{above}/{at}.yml": "x: 1\n" for at in range(30)}, "web/late.yml": LINE})
    monkeypatch.setattr(inspection, "MOST_ENTRIES", 20)
    found = examined(tmp_path)
    assert [each.path for each in found.suspects] == ["web/late.yml"]
    assert not found.unread


def packed(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.yml", text)
    return out.getvalue()


def test_archives_that_leave_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those that stay, nor those of others; what is beyond the limit is told, the largest first."""
    for above in ("sent", "stays", "sent/node_modules/a"):
        (tmp_path / above).mkdir(parents=True)
        (tmp_path / above / "x.zip").write_bytes(packed(a=LINE))
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY sent /\n"})
    found = examined(tmp_path)
    assert [(each.path, each.reach) for each in found.suspects] == [("sent/x.zip", "image")]
    assert found.suspects[0].judgements[0].reason.endswith("in a.yml:2")
    assert not found.unread
    (tmp_path / "sent/y.zip").write_bytes(packed(a=LINE, b="x: 1\n"))
    monkeypatch.setattr(inspection, "MOST_ARCHIVES", 1)
    found = examined(tmp_path)
    assert [each.path for each in found.suspects] == ["sent/x.zip"]
    assert [(each.number, each.largest, each.told) for each in found.unread] == [(1, "sent/y.zip", False)]


@pytest.mark.parametrize(("name", "matters"), [("package-lock.json", False), ("settings.json", True)])
def test_a_large_file_that_an_instruction_names(name: str, matters: bool, tmp_path: Path) -> None:
    """What was read in part is worth a warning, unless a package manager has written it."""
    projects.write(tmp_path, {"Dockerfile": f"FROM scratch\nCOPY {name} /\n", name: '{"a": "b"}\n' * 200_000})
    assert [each.told for each in examined(tmp_path).unread] == [matters]
