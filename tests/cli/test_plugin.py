"""`docker ctxscan`: the plugin as the docker client calls it, and by the client itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import projects

from ctxscan import __version__

PROGRAM = "import sys; from ctxscan.__main__ import plugin; sys.argv = ['docker-ctxscan', *sys.argv[1:]]; plugin()"
SCRIPT = shutil.which("docker-ctxscan", path=str(Path(sys.executable).parent))


def plugin(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY nothere /\n", "ctxscan/Dockerfile": "FROM x\n"})


def test_it_says_what_it_is(tmp_path: Path) -> None:
    """The metadata that a client asks every plugin for: one object, of the only version there is."""
    done = plugin("docker-cli-plugin-metadata", cwd=tmp_path)
    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (said["SchemaVersion"], said["Version"]) == ("0.1.0", __version__)
    assert set(said) == {"SchemaVersion", "Vendor", "Version", "ShortDescription"}
    assert all(isinstance(value, str) and value for value in said.values())


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["ctxscan", "--check", "."], 1, "missing-input"),
        (["ctxscan", "--facts"], 0, "Context "),
        (["--log-level", "error", "ctxscan", "--check", "."], 1, "missing-input"),
        (["ctxscan", "--facts", "ctxscan"], 0, "Context     ctxscan"),
        (["ctxscan", "--version"], 0, f"ctxscan {__version__}"),
        (["ctxscan", "--help"], 0, "Usage: docker ctxscan [OPTIONS] [CONTEXT]"),
        (["help", "ctxscan"], 0, "Usage: docker ctxscan [OPTIONS] [CONTEXT]"),
        (["--check", "."], 1, "missing-input"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_the_client_passes(arguments: list[str], status: int, words: str, project: Path) -> None:
    """What stands behind the first `ctxscan` is for us, and what is before it for the client; alone it works as well."""
    done = plugin(*arguments, cwd=project)
    assert (done.returncode, done.stderr) == (status, "")
    assert words in done.stdout


COMPOSE = "services: {api: {build: api}, web: {build: web}, db: {image: x}}\n"
BAKE = 'group "default" { targets = ["one", "two"] }\ntarget "one" {}\ntarget "two" { context = "sub" }\n'


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([""], [":0"]),
        (["--fail"], ["--fail-on", ":4"]),
        (["--no-"], ["--no-config", "--no-progress", ":4"]),
        (["--fail-on", ""], ["error", "warning", "note", ":4"]),
        (["--color=a"], ["--color=auto", "--color=always", ":4"]),
        (["--target", ""], ["deps", "build", "prod", ":4"]),
        (["--target=p"], ["--target=prod", ":4"]),
        (["-f", "other", "--target", ""], ["only", ":4"]),
        (["--target", "", "--check"], ["--check", ":4"]),
        (["build", "-t", "app", "--target", "b"], ["build", ":4"]),
        (["build", "--no-cache"], ["--no-cache", "--no-cache-filter", ":4"]),
        (["build", "-t", ""], [":0"]),
        (["compose.yaml", "--service", ""], ["api", "web", ":4"]),
        (["--compose", ".", "--service", "w"], ["web", ":4"]),
        (["docker-bake.hcl", "--service", ""], ["one", "two", ":4"]),
        (["--config", ""], [":0"]),
        (["-f", "nothere", "--target", ""], [":4"]),
        (["-f", "broken", "--target", ""], [":4"]),
        (["--explain", ""], [":0"]),
    ],
    ids=lambda value: " ".join(value),
)  # fmt: skip
def test_the_shell_completes(words: list[str], expected: list[str], tmp_path: Path) -> None:
    """Options, what they can be, the stages of the Dockerfile, the services of a file; else files."""
    projects.write(tmp_path, {
        "Dockerfile": "FROM scratch AS deps\nFROM deps AS build\nFROM scratch\nFROM scratch AS prod\n",
        "other": "FROM scratch AS only\n", "broken": "NONSENSE\n", "compose.yaml": COMPOSE, "docker-bake.hcl": BAKE,
    })  # fmt: skip
    done = plugin("__completeNoDesc", "ctxscan", *words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == expected


def test_candidates_are_described(tmp_path: Path) -> None:
    """With a tab before what an option does; control characters of a file are visible."""
    projects.write(tmp_path, {"Dockerfile": "FROM node:22 AS build\n"})
    done = plugin("__complete", "ctxscan", "--target", "", cwd=tmp_path)
    assert done.stdout == "build\tFROM node:22\n:4\n"
    assert "--facts\tShow only what is sent" in plugin("__complete", "ctxscan", "--fac", cwd=tmp_path).stdout


@pytest.mark.slow
def test_commands_to_run_are_those_of_the_plugin(project: Path) -> None:
    """What is to be typed next begins with `docker ctxscan`, in the help as in reports."""
    said = plugin("ctxscan", cwd=project).stdout
    assert "\n  docker ctxscan --check\n" in said
    assert "\n  docker ctxscan build -t app ." in plugin("ctxscan", "--help", cwd=project).stdout
    assert plugin("ctxscan", "build", "-t", "app", "--push", ".", cwd=project).stdout == said


def test_mistakes_are_told_as_ever(project: Path) -> None:
    """One line, status 2."""
    done = plugin("ctxscan", "--nonsense", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ctxscan: error: no such option")


@pytest.mark.engine
@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["ctxscan", "--check", "."], 1, "missing-input"),
        (["--log-level", "error", "ctxscan", "--check", "."], 1, "missing-input"),
        (["ctxscan", "--facts", "--format", "json", "ctxscan"], 0, '"context": "ctxscan"'),
        (["ctxscan", "nowhere"], 2, "ctxscan: error: nowhere: no such directory"),
        (["--help"], 0, "Show what a build would send, and where each file ends up"),
        (["ctxscan", "--help"], 0, "Usage: docker ctxscan [OPTIONS] [CONTEXT]"),
        (["help", "ctxscan"], 0, "Usage: docker ctxscan [OPTIONS] [CONTEXT]"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_the_client_runs_it(arguments: list[str], status: int, words: str, project: Path, tmp_path: Path) -> None:
    """Linked into the plugin folder, `docker ctxscan` does what `ctxscan` does, with its status. No daemon is asked."""
    client = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else shutil.which("docker")
    if client is None or SCRIPT is None:
        assert os.environ.get("CTXSCAN_ENGINE") != "required", (
            "there is no docker client, or the command is not installed"
        )
        pytest.skip("there is no docker client, or the command is not installed")
    folder = tmp_path / "settings" / "cli-plugins"
    folder.mkdir(parents=True)
    (folder / "docker-ctxscan").symlink_to(SCRIPT)
    done = subprocess.run(
        [client, *arguments],
        cwd=project,
        env={**os.environ, "DOCKER_CONFIG": str(folder.parent), "DOCKER_HOST": "unix:///nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert words in done.stdout + done.stderr
