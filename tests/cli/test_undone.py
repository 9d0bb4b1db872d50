"""Builds that cannot be done, beside others that can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import projects
from support.command import run

COPY = "FROM scratch\nCOPY a /\n"


def test_a_stage_that_several_ask_for(tmp_path: Path) -> None:
    """One cause is one line, which names each file once, and the last line says why the status is 2."""
    service = "{{build: {{context: ., dockerfile: {0}/Dockerfile, target: dev}}}}"
    compose = "services:\n" + "".join(f"  {each}: {service.format(each)}\n" for each in ("api", "web"))
    files = {f"{each}/Dockerfile": COPY for each in ("api", "web", "own")}
    projects.write(tmp_path, {**files, "own/a": 1, "a": 1, "compose.yaml": compose})
    done = run("--all", "--check", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        'ctxscan: error: api/Dockerfile, web/Dockerfile: target stage "dev" could not be found',
        "ctxscan: failed: 2 builds cannot be done: see above",
    ]


@pytest.mark.parametrize("words", [("--all",), ("compose.yaml",)])
def test_a_context_of_another_machine(words: tuple[str, ...], tmp_path: Path) -> None:
    """Somebody else has it: a note, and the rest of that build is examined."""
    build = "{context: ., additional_contexts: {sdk: /opt/no-such-sdk}}"
    projects.write(
        tmp_path,
        {
            "Dockerfile": f"{COPY}COPY --from=sdk / /\n",
            "a": 1,
            "compose.yaml": f"services:\n  a:\n    build: {build}\n",
        },
    )
    done = run(*words, "--check", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "note: " in done.stderr
    assert "/opt/no-such-sdk: the build context 'sdk' is not here: what comes of that is not examined" in done.stderr
    (tmp_path / "a").unlink()
    assert run(*words, "--check", cwd=tmp_path).returncode == 1


def test_a_context_that_the_project_lacks(tmp_path: Path) -> None:
    """The build cannot be done, and what else it lacks is said as well."""
    plan = 'target "default" {\n  contexts = {\n    one = "one"\n    two = "./two"\n  }\n}\n'
    projects.write(tmp_path, {"Dockerfile": COPY, "docker-bake.hcl": plan})
    done = run("--all", "--check", "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "ctxscan: error: docker-bake.hcl:1: Dockerfile: one, two: the build contexts 'one' and 'two' are no such directories",
        "ctxscan: failed: 1 build cannot be done: see above",
    ]
    assert "missing-input" in [each["code"] for each in json.loads(done.stdout)["builds"][0]["findings"]]


def test_nothing_that_can_be_built(tmp_path: Path) -> None:
    """There is a Dockerfile, and why nothing comes of it is said."""
    projects.write(
        tmp_path, {"Dockerfile": COPY, "compose.yaml": "services:\n  a:\n    build: {context: ., target: dev}\n"}
    )
    done = run("--all", "--check", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        'ctxscan: error: Dockerfile: target stage "dev" could not be found',
        "ctxscan: error: .: no Dockerfile can be built from here: see the errors",
    ]
