"""What keeps a build from being judged: a context that nobody knows, and a base without a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import projects
from support.command import run, told

from ctxscan.checks.catalog import ALONE, CHECKS


def codes(build: dict[str, Any]) -> list[str]:
    return [each["code"] for each in build["findings"]]


def test_what_can_be_said_alone() -> None:
    """Each is a check."""
    assert set(ALONE) <= CHECKS.keys()


def test_a_context_that_nobody_knows(tmp_path: Path) -> None:
    """The facts of its own directory, one note, what the Dockerfile says by itself, and no proposal."""
    root = projects.write(
        tmp_path,
        {
            "docker/Dockerfile": "FROM alpine\nCOPY made /\nCOPY *.whl /\n",
            "docker/node_modules/a/index.js": 20_000_000,
            "docker/package.json": "{}",
        },
    )
    (build,) = told("--all", cwd=root)
    assert (build["context"], build["sizes"]["context"]["files"]) == ("docker", 3)
    assert [each for each in codes(build) if each in ("unknown-context", "missing-input", "no-ignore-file")] == [
        "unknown-context"
    ]
    assert build["proposals"] == []
    assert run("--all", "--fix", cwd=root).returncode == 0
    assert not list(root.rglob(".dockerignore"))
    assert run("--all", "--check", cwd=root).returncode == 0


def test_a_base_without_a_name(tmp_path: Path) -> None:
    """The builder refuses it; the facts are told all the same, with the way out."""
    root = projects.write(
        tmp_path, {"Dockerfile": "ARG FROM\nFROM ${FROM}\nCOPY a /\n", "a": 7, ".dockerignore": "b\n"}
    )
    (build,) = told(cwd=root)
    found = next(each for each in build["findings"] if each["code"] == "blank-base")
    assert (found["severity"], found["line"], found["message"]) == (
        "error",
        2,
        "base name (${FROM}) should not be blank",
    )
    assert found["remedy"] == "give it: --build-arg FROM=\u2026"
    assert build["sizes"]["transfer"]["bytes"] == 7
    assert "blank-base" not in codes(told("--build-arg", "FROM=alpine:3", cwd=root)[0])
    assert run("--check", cwd=root).returncode == 1
