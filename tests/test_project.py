"""The project's own files agree with one another: what is installed for what, what is shipped, what CI runs where."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: The sub-commands of `.ci/steps` that are steps.
STEPS = re.findall(r"^#   \.ci/steps ([a-z]+)  ", (ROOT / ".ci/steps").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_extra_and_the_group_of_linters_agree() -> None:
    """`pip install '.[dev]'` and `pip install --group lint` bring the same tools."""
    extra = set(PROJECT["project"]["optional-dependencies"]["dev"])
    assert extra == {"ctxscan[test]", *PROJECT["dependency-groups"]["lint"]}


def test_what_is_shipped_is_there() -> None:
    """Each entry of the source distribution exists, and the documents in the root are all among them."""
    include = set(PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    assert not [path for path in include if not (ROOT / path.lstrip("/")).exists()]
    assert {f"/{path.name}" for path in ROOT.glob("*.md")} <= include


@pytest.mark.parametrize("step", STEPS)
def test_the_workflow_runs_each_step(step: str) -> None:
    """What passes here passes there: `.ci/run` and the workflow have one list."""
    called = re.compile(rf"\.ci/steps {step}\b")
    assert called.search((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    if step != "tests":  # those of the README's command
        assert called.search((ROOT / ".ci/run").read_text(encoding="utf-8"))


def test_the_list_of_steps_is_known() -> None:
    assert STEPS == ["readme", "tests", "style", "workflows", "site", "browser", "engine"]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_an_unknown_step_is_refused() -> None:
    """A step that was renamed in one place only fails there."""
    done = subprocess.run([ROOT / ".ci/steps", "nothing"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.split()[0]) == (2, "usage:")
