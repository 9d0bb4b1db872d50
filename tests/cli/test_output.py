"""What a report looks like and where it goes: its format by the name of a file, how much of a tree is shown, pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support import projects
from support.command import run

from ctxscan.checks.handbook import page


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Four directories and a chain below one of them, and files of a size each."""
    files: dict[str, str | int] = {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": "x\n"}
    for number in range(1, 5):
        files |= {f"d{number}/a/b/f": 1000 * number, f"d{number}/g": 600 * number}
    return projects.write(tmp_path, files)


@pytest.mark.parametrize(
    ("file", "begins"),
    [("r.html", "<!doctype html>"), ("r.json", "{"), ("r.sarif", '{\n  "$schema"'), ("r.md", "## ctxscan"), ("r.txt", "✓ ")],
)  # fmt: skip
def test_a_file_has_the_format_of_its_name(file: str, begins: str, project: Path) -> None:
    """And where it went is told; nothing is on standard output."""
    done = run("-o", file, cwd=project)
    form = {"html": "html", "json": "json", "sarif": "sarif", "md": "markdown", "txt": "text"}[file.partition(".")[2]]
    assert (done.stdout, done.stderr) == ("", f"ctxscan: {form} report written to {file}\n")
    assert (project / file).read_text(encoding="utf-8").startswith(begins)


def test_an_option_comes_before_a_name(project: Path) -> None:
    """`--format` decides; a diff has a form of its own; -q tells nothing but writes nothing either."""
    assert run("--format", "json", "-o", "r.html", cwd=project).returncode == 0
    assert json.loads((project / "r.html").read_text(encoding="utf-8"))["version"] == 1
    assert run("--diff", "-o", "r.json", cwd=project).returncode in (0, 1)
    assert run("--list", "-o", "l.txt", cwd=project).stderr == "ctxscan: list written to l.txt\n"
    assert "d1/g\n" in (project / "l.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("top", [1, 2, 3])
def test_so_many_are_shown(top: int, project: Path) -> None:
    """Directories, and files with them, largest first."""
    seen = run("--top", str(top), cwd=project).stdout
    directories, files = (seen.split(f"\nLargest {what}\n")[1].split("\n\n")[0] for what in ("directories", "files"))
    named = re.findall(r"(\S+)/$", directories, re.MULTILINE)
    assert len(named) == top
    assert named[0] == "d4"
    assert re.findall(r"(\S+)$", files, re.MULTILINE) == ["d4/a/b/f", "d3/a/b/f", "d4/g"][:top]


def test_so_deep_is_looked(project: Path) -> None:
    """A level of one is the directories of the context alone; the next hangs below them on branches."""
    one, two = (run("--top", "8", "--depth", depth, cwd=project).stdout for depth in ("1", "2"))
    assert not re.search("[├└]─", one)
    assert re.search(r"[├└]─ a/b/$", two, re.MULTILINE)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--top", "0"), "--top needs a number of 1 or more"),
        (("--depth", "-1"), "--depth needs a number of 1 or more"),
        (("--top", "3", "--format", "json"), "--top cannot be combined with --format json"),
        (("--depth", "3", "-o", "x.html"), "--depth cannot be combined with --format html"),
    ],
)
def test_what_makes_no_sense_is_refused(options: tuple[str, ...], error: str, project: Path) -> None:
    """In one line."""
    done = run(*options, cwd=project)
    assert (done.returncode, done.stderr) == (2, f"ctxscan: error: {error}\n")


def test_a_page_is_printed(project: Path) -> None:
    """What a code means; in color with bold headings, and otherwise the same."""
    done = run("--rule", "secret-file", cwd=project)
    assert (done.returncode, done.stdout) == (0, page("secret-file").markdown)
    painted = run("--rule", "secret-file", "--color", "always", cwd=project).stdout
    assert "\x1b[1m## Fix\x1b[0m\n" in painted
    assert re.sub(r"\x1b\[\d*m", "", painted) == done.stdout


def test_a_page_that_is_not_there(project: Path) -> None:
    """With the nearest."""
    done = run("--rule", "secret-fiel", cwd=project)
    assert done.returncode == 2
    assert done.stderr == "ctxscan: error: no finding has the code 'secret-fiel'; did you mean secret-file?\n"
