"""What files of a project say of its builds: lines of shell, workflows, scripts of a package."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from ctxscan.builds.mentions.families import FAMILIES, family_of
from ctxscan.builds.mentions.mention import Mention, Together
from ctxscan.builds.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One without a file."""
    return Project(str(tmp_path))


def found(path: str, text: str, project: Project) -> list[Mention | Together]:
    rank = family_of(path)
    return [] if rank is None else list(FAMILIES[rank].mentions(path, text, project))


def said(path: str, text: str, project: Project) -> list[tuple[Any, ...]]:
    mentions = [each for each in found(path, text, project) if isinstance(each, Mention)]
    return [(each.context, each.dockerfile, each.target, dict(each.arguments), each.bases) for each in mentions]


# --- what a line means ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("docker build .", (".", None, None, {})),
        ("docker build -t a:b -f docker/D app", ("app", "docker/D", None, {})),
        ("docker build --file=docker/D --target=prod app", ("app", "docker/D", "prod", {})),
        ("docker buildx build --push --platform linux/amd64 -t x .", (".", None, None, {})),
        ("docker image build app", ("app", None, None, {})),
        ("podman build -f D .", (".", "D", None, {})),
        ("buildah bud --layers -f D app", ("app", "D", None, {})),
        ("docker build --build-arg A=1 --build-arg B=$B --build-arg C .", (".", None, None, {"A": "1", "B": None, "C": None})),
        ("docker build app && docker push x", ("app", None, None, {})),
        ("docker build app > log 2>&1", ("app", None, None, {})),
        ("docker build app # the app", ("app", None, None, {})),
        ("docker build -t 'a b' \"app\"", ("app", None, None, {})),
        ("docker build \\\n  -f D \\\n  app", ("app", "D", None, {})),
        ('docker build "$PWD/app"', ("./app", None, None, {})),
        ("docker build $(pwd)", (".", None, None, {})),
        ('docker build -f "$CI_PROJECT_DIR/D" "${CI_PROJECT_DIR}"', ("\x01", "\x01/D", None, {})),
        ("sudo docker build app", ("app", None, None, {})),
        ("if docker build app; then echo; fi", ("app", None, None, {})),
        ("docker build $APP", ("\0APP\0", None, None, {})),
        ("docker build -", None),
        ("docker build - < D", ("-", "D", None, {})),
        ("cat docker/D | docker build -t x -", ("-", "docker/D", None, {})),
        ("docker build -f D $(dirname $0)/app", ("\x01/app", "D", None, {})),
        ("docker build -f images/$X/D images/$X", ("images/\0X\0", "images/\0X\0/D", None, {})),
        ("${DOCKER:-docker} build app", ("app", None, None, {})),
        ("$(DOCKER) build app", ("app", None, None, {})),
        ("$CONTAINER_ENGINE build app", ("app", None, None, {})),
        ("/usr/bin/docker build app", ("app", None, None, {})),
        ("nerdctl -n k8s.io build app", ("app", None, None, {})),
        ("docker --context x buildx --builder y build app", ("app", None, None, {})),
        ("DOCKER_BUILDKIT=1 docker build app", ("app", None, None, {})),
        ("docker build $EXTRA -f D . --push", (".", "D", None, {})),
        ("/kaniko/executor --context . --dockerfile docker/D --destination x", (".", "docker/D", None, {})),
        ("docker build -f - app", None),
        ("docker build https://example.com/x.git", None),
        ("docker build 'app", None),
        ("docker build -t x $EXTRA -- app", ("app", None, None, {})),
        ("echo \"building\"; docker build app", ("app", None, None, {})),
        ("echo 'docker build app; docker build .'", None),
        ('log "it\'s done" && docker build app', ("app", None, None, {})),
        ("IMAGE_CMD=docker build app", ("app", None, None, {})),
        ("T=$(mktemp -d)\ndocker build -f $T/Dockerfile.copy $T", ("?", "Dockerfile.copy", None, {})),
        ("T=$(mktemp -d)\ndocker build $T", None),
        ("docker build", None),
        ("# docker build app", None),
        ("echo docker build app", None),
        ("docker builder prune app", None),
        ("docker compose build app", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_lines(line: str, expected: Any, project: Project) -> None:
    """The context, Dockerfile, target and arguments of a command; None where there is none. What nothing here decides
    is a hole."""
    made = [each[:4] for each in said("build.sh", line + "\n", project)]
    assert made == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("path", "bases"),
    [
        ("Makefile", ("",)),
        ("app/Makefile", ("app", "")),
        ("scripts/build.sh", ("", "scripts")),
        (".gitlab-ci.yml", ("",)),
        ("Jenkinsfile", ("",)),
        ("justfile", ("",)),
        (".circleci/config.yml", ("", ".circleci")),
    ],
)
def test_where_a_line_is_run(path: str, bases: tuple[str, ...], project: Project) -> None:
    """A Makefile is run where it lies, a script from the root or where it lies."""
    assert said(path, "\tdocker build app\n", project) == [("app", None, None, {}, bases)]


def test_a_line_that_changes_the_directory(project: Project) -> None:
    """`cd app &&` counts for what follows on the line, `cd app` alone for the lines after it; a directory that is not
    known is passed over."""
    assert said("build.sh", "cd app && docker build .\n", project) == [(".", None, None, {}, ("app", ""))]
    assert said("build.sh", "cd app\nmake\ndocker build .\n", project) == [(".", None, None, {}, ("app", ""))]
    assert said("build.sh", "(\n  cd app\n)\ndocker build .\n", project) == [(".", None, None, {}, ("",))]
    assert said("Makefile", "x:\n\tcd app\n\tdocker build .\n", project) == [(".", None, None, {}, ("",))]
    assert said("build.sh", "cd $APP && docker build .\n", project) == [(".", None, None, {}, ("",))]


def test_variables_of_a_file(project: Project) -> None:
    """What a script or Makefile sets is known; a loop, and two assignments, are several builds."""
    text = "FILE ?= docker/D\nDIR := app\nall:\n\tdocker build -f $(FILE) $(DIR)\n"
    assert said("Makefile", text, project) == [("app", "docker/D", None, {}, ("",))]
    loop = "for each in a b; do\n  docker build -f $each/D $each\ndone\n"
    assert [each[:2] for each in said("x.sh", loop, project)] == [("a", "a/D"), ("b", "b/D")]
    assert [each[:2] for each in said("x.sh", "D=a\nD=b\ndocker build ${D}\n", project)] == [("a", None), ("b", None)]


def test_scripts_of_a_package(project: Project) -> None:
    """Those of a package.json, without the quotes of JSON."""
    text = '{"scripts": {"image": "docker build -t \\"x\\" -f D ."}, "name": "docker build nowhere"}'
    assert said("web/package.json", text, project) == [(".", "D", None, {}, ("web",))]
    assert said("package.json", "[", project) == []


WORKFLOW = """\
on: push
jobs:
  a:
    defaults:
      run:
        working-directory: tools
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: app
          file: docker/D
          target: prod
          build-args: |
            A=1
            B=${{ github.sha }}
            "C=c ""d"", e"
            "E=${{ github.ref_name }}"
      - uses: docker/build-push-action@v6
      - uses: docker/build-push-action@v6
        with: {context: "{{defaultContext}}:web"}
      - uses: docker/build-push-action@v6
        with: {context: "${{ matrix.app }}"}
      - uses: docker/build-push-action@v6
        with: {context: "${{ github.workspace }}/ml"}
      - run: |
          echo hello
          docker build -t x \\
            -f D .
      - run: docker build .
        working-directory: other
"""


def test_workflows(project: Project) -> None:
    """The steps of docker/build-push-action, whose file is relative to the checkout, and the lines of the others. One
    without a context builds the repository itself."""
    path = ".github/workflows/ci.yml"
    assert said(path, WORKFLOW, project) == [
        ("app", "docker/D", "prod", {"A": "1", "B": None, "C": 'c "d", e', "E": None}, ("",)),
        (".", None, None, {}, ("",)),
        ("web", None, None, {}, ("",)),
        ("\0matrix.app\0", None, None, {}, ("",)),
        ("ml", None, None, {}, ("",)),
        (".", "D", None, {}, ("tools",)),
        (".", None, None, {}, ("other",)),
    ]
    places = [each.place.rpartition(":")[2] for each in found(path, WORKFLOW, project)]
    lines = WORKFLOW.splitlines()
    assert [lines[int(number) - 1].split()[0:2] for number in places[5:]] == [["docker", "build"], ["-", "run:"]]


def test_a_value_that_an_action_fills_in(project: Project) -> None:
    """`{tag}` is no value; braces in quotes may be one."""
    step = "jobs: {a: {steps: [{uses: a/docker-publish-action@v1, with: {context: docker, build-args: '%s'}}]}}\n"
    for value, expected in (("V={tag}", None), ('V={"a": 1}', '{"a": 1}'), ("V=1", "1")):
        (found,) = said(".github/workflows/ci.yml", step % value, project)
        assert found[3] == {"V": expected}


HEREDOC = "cat <<EOF >> Dockerfile\nFROM debian:12\nEOF\n"


@pytest.mark.parametrize(
    ("run", "builds"),
    [
        (HEREDOC, []),
        (HEREDOC.replace(">>", ">").replace("FROM debian:12", "RUN x"), []),
        (HEREDOC.replace("cat <<EOF >> Dockerfile", "tee Dockerfile <<'EOF'"), []),
        (HEREDOC.replace("FROM debian:12", "RUN x"), ["."]),
        (HEREDOC.replace("Dockerfile", "other/Dockerfile"), ["."]),
        ("cat Dockerfile\n", ["."]),
    ],
    ids=["appends a whole one", "writes one", "by tee", "appends to the one that is there", "elsewhere", "reads it"],
)
def test_a_dockerfile_that_a_step_writes(run: str, builds: list[str], project: Project) -> None:
    """It is not the one of the project, whether an action or a command builds it."""
    text = textwrap.indent(run, " " * 10)
    step = f"jobs:\n  a:\n    steps:\n      - run: |\n{text}      - %s\n"
    for build in ("uses: docker/build-push-action@v6\n        with: {context: .}", "run: docker build ."):
        found = said(".github/workflows/ci.yml", step % build, project)
        assert [each[0] for each in found] == builds
    assert [each[0] for each in said("build.sh", f"{run}docker build .\n", project)] == builds


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "data", ["", "\ufffd\ufffd", "jobs: [", "jobs:\n  a: b\n", "docker build \x00 .\n", "docker build " * 20_000]
)
@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/x.yml", "Makefile", "package.json", ".gitlab-ci.yml", "Jenkinsfile", "skaffold.yaml", "x.sh",
        ".devcontainer/devcontainer.json", "Tiltfile", "fly.toml", "noxfile.py", "README.md", "render.yaml", "project.json",
    ],
)  # fmt: skip
def test_any_file_can_be_read(path: str, data: str, project: Project) -> None:
    """What is no workflow or script mentions nothing, or something, and stops nothing."""
    assert all(isinstance(each, Mention | Together) for each in found(path, data, project))
