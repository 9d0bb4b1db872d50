"""`benchmarks/ecosystem.py` names what a change of the tool, or here of a tree, adds and removes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import projects

SCRIPT = Path(__file__).parent.parent / "benchmarks/ecosystem.py"
WEB = 'FROM node:22-slim\nCOPY a /\nEXPOSE 80\nUSER node\nCMD ["a"]\n'


def printed(*arguments: str | Path, status: int = 0) -> list[str]:
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_changes_are_named(tmp_path: Path) -> None:
    """A finding that is gone, one that is new, a checkout that is new, and an error with its line."""
    root, saved = tmp_path / "checkouts", tmp_path / "saved.json"
    projects.write(root / "web", {"Dockerfile": WEB, ".dockerignore": "b\n", "a": 1, "b": 1})
    first = printed(root, "--save", saved)
    assert first == printed(root, "--against", saved)[: len(first)]
    assert printed(root, "--against", saved)[-1] == "Changes: 0"

    (root / "web/Dockerfile").write_text(WEB.replace("COPY a", "COPY c") + "HEALTHCHECK CMD true\n")
    projects.write(root / "broken", {"Dockerfile": "FROM scratch\nCOPY --from=9 x /\n"})
    lines = printed(root, "--against", saved)
    after = lines[lines.index("Changes: 6") :]
    assert after[1] == "+ broken: the whole checkout"
    assert [line.split(":")[0] for line in after[2:5]] == [
        "! web [plain] status 0 is now 1",
        "- web [plain] note [missing-healthcheck] Dockerfile",
        "+ web [plain] error [missing-input] Dockerfile",
    ]
    assert "broken [plain] 2: ctxscan: error: Dockerfile:2: invalid stage index 9" in lines


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process group")
def test_a_run_is_bounded(tmp_path: Path) -> None:
    """What is not done in time is ended, said, and makes the status 1."""
    projects.write(tmp_path / "web", {"Dockerfile": WEB, "a": 1})
    lines = printed(tmp_path, "--timeout", "0.01", status=1)
    assert lines[-2:] == [f"web [{mode}] timeout: not done within 0.01 s" for mode in ("plain", "all")]
