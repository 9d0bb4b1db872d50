"""A configuration that comes with what is checked cannot switch the check off, and what it hides is told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import histories, projects
from support.command import run
from support.trees import TESTDATA

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

PASSWORD = Made(5).password("14")
FILES: dict[str, str | int] = {
    "Dockerfile": "FROM scratch\nCOPY . /\n",
    ".dockerignore": ".ctxscan.toml\npyproject.toml\n.git\n",
    ".env": f"DB_PASSWORD={PASSWORD}\n",
    "certs/dev.env": f"DB_PASSWORD={PASSWORD[::-1]}\n",
}


def gate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(*arguments, ".", cwd=root)


def commit(root: Path) -> None:
    histories.git(root, "add", "--all")
    histories.git(root, "commit", "-qm", "made")


ALLOW = '[[allow]]\ncode = "secret-file"\nreason = "fine"\n'
#: What a pull request may bring along to hide two secrets.
HOSTILE = {
    "disable": 'disable = ["secret-file", "secret-opaque", "secret-in-dockerfile"]\n',
    "allow all": ALLOW + 'path = "**"\n',
    "allow by a star": ALLOW + 'path = "*"\n',
    "allow by a class": ALLOW + 'path = "[.a-z]*"\n',
    "allow names": "".join(ALLOW + f'path = "{glob}"\n' for glob in (".e?v", "certs/*.env")),
    "allow directories": ALLOW + 'path = ".env"\n' + ALLOW + 'path = "certs"\n',
    "another builder": 'builder = "buildah"\n',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_configuration_of_the_tree_does_not_hide_secrets(text: str, tmp_path: Path) -> None:
    """The check fails, and says why it does not listen."""
    projects.write(tmp_path, {**FILES, ".ctxscan.toml": text})
    done = gate(tmp_path, "--check")
    assert done.returncode == 1
    assert re.search(r"trusted\s+configuration|does\s+not\s+trust", done.stdout)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_one_that_is_named_does(text: str, tmp_path: Path) -> None:
    """Whoever names it answers for it. With buildah nothing is sent, and all of it is in the image."""
    projects.write(tmp_path / "tree", FILES)
    (tmp_path / "own.toml").write_text(text)
    assert gate(tmp_path / "tree", "--check", "--config", "../own.toml").returncode == ("builder" in text)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", [".ctxscan.toml", "pyproject.toml"])
def test_one_that_is_the_same_in_the_trusted_commit_does(name: str, tmp_path: Path) -> None:
    """Its settings count, not its bytes; a changed one, a new one nearer by, a link and an unknown commit do not."""
    head = "[tool.ctxscan]\n" if name == "pyproject.toml" else ""
    settings = f'{head}disable = ["secret-file"]\n'
    projects.write(tmp_path, {**FILES, name: settings})
    histories.git(tmp_path, "init", "-q")
    commit(tmp_path)
    assert gate(tmp_path, "--check", "--trusted", "HEAD").returncode == 0
    assert gate(tmp_path, "--check").returncode == 1
    assert gate(tmp_path, "--check", "--trusted", "no-such-commit").returncode == 1
    assert gate(tmp_path, "--check", "--trusted=--help").returncode == 1
    (tmp_path / name).write_text(f"# a remark\n{settings}")
    assert gate(tmp_path, "--check", "--trusted", "HEAD").returncode == 0
    (tmp_path / name).write_text(settings + 'fail-on = "error"\n')
    assert gate(tmp_path, "--check", "--trusted", "HEAD").returncode == 1
    (tmp_path / "old.toml").write_text(settings)
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("old.toml")
    commit(tmp_path)
    assert gate(tmp_path, "--check", "--trusted", "HEAD").returncode == 1


def test_an_entry_that_names_its_file_counts(tmp_path: Path) -> None:
    """It can be read in the pull request, and is told."""
    entries = "".join(ALLOW + f'path = "{path}"\n' for path in (".env", "/certs/dev.env"))
    projects.write(tmp_path, {**FILES, ".ctxscan.toml": entries})
    done = gate(tmp_path, "--check")
    assert done.returncode == 0
    assert "Suppressed: 2 secret-file (allow)" in done.stdout


def test_an_option_beats_the_configuration(tmp_path: Path) -> None:
    """A budget that is given holds, whatever is disabled or allowed."""
    text = 'disable = ["context-too-large"]\nbuilder = "classic"\n'
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 5_000, ".ctxscan.toml": text})
    assert gate(tmp_path, "--check", "--max-size", "1kB").returncode == 1
    assert gate(tmp_path, "--check").returncode == 0
    assert gate(tmp_path, "--check", "--builder", "classic").returncode == 0


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "markdown", "html"])
def test_what_is_suppressed_is_told(form: str, tmp_path: Path) -> None:
    """With codes and counts, in every format."""
    text = 'disable = ["no-ignore-file", "secret-file"]\n'
    projects.write(tmp_path, {**FILES, ".ctxscan.toml": text})
    out = gate(tmp_path, "--format", form).stdout
    if form == "json":
        assert json.loads(out)["builds"][0]["suppressed"] == [{"code": "secret-file", "by": "disable", "count": 2}]
    elif form == "sarif":
        results = json.loads(out)["runs"][0]["results"]
        assert len([each for each in results if each["ruleId"] == "secret-file" and each["suppressions"]]) == 2
    else:
        assert "2 secret-file (disable)" in out
