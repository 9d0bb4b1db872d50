"""`--all`: every Dockerfile of a tree, in the contexts that compose files, workflows, Makefiles and scripts name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import run, told

from ctxscan.builds import everywhere
from ctxscan.builds.mentions import Mention, is_source, mentions

ALL = "FROM scratch\nCOPY . /\n"


def rows(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str | None]]:
    monkeypatch.chdir(root)
    return [(each.name, each.context, each.target) for each in everywhere.orders(".").orders]


def said(path: str, text: str) -> list[tuple[str, str | None, str | None, dict[str, str], tuple[str, ...]]]:
    found = mentions(path, text.encode())
    return [(each.context, each.dockerfile, each.target, dict(each.arguments), each.bases) for each in found]


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
        ("docker build --build-arg A=1 --build-arg B=$B --build-arg C .", (".", None, None, {"A": "1"})),
        ("docker build app && docker push x", ("app", None, None, {})),
        ("docker build app > log 2>&1", ("app", None, None, {})),
        ("docker build app # the app", ("app", None, None, {})),
        ("docker build -t 'a b' \"app\"", ("app", None, None, {})),
        ("docker build \\\n  -f D \\\n  app", ("app", "D", None, {})),
        ('docker build "$PWD/app"', ("./app", None, None, {})),
        ("docker build $(pwd)", (".", None, None, {})),
        ('docker build -f "$CI_PROJECT_DIR/D" "${CI_PROJECT_DIR}"', (".", "./D", None, {})),
        ("sudo docker build app", ("app", None, None, {})),
        ("if docker build app; then echo; fi", ("app", None, None, {})),
        ("docker build $APP", None),
        ("docker build -f $FILE app", None),
        ("docker build -", None),
        ("docker build - < D", None),
        ("docker build -f - app", None),
        ("docker build https://example.com/x.git", None),
        ("docker build 'app", None),
        ("docker build", None),
        ("# docker build app", None),
        ("echo docker build app", None),
        ("docker builder prune app", None),
        ("docker compose build app", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_lines(line: str, expected: Any) -> None:
    """The context, Dockerfile, target and arguments of a command; None where something decides that is not there."""
    found = [each[:4] for each in said("build.sh", line + "\n")]
    assert found == ([] if expected is None else [expected])


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
def test_where_a_line_is_run(path: str, bases: tuple[str, ...]) -> None:
    """A Makefile is run where it lies, a script from the root or where it lies."""
    assert is_source(path)
    assert said(path, "\tdocker build app\n") == [("app", None, None, {}, bases)]


def test_a_line_that_changes_the_directory() -> None:
    """`cd app &&` counts for what follows on the line."""
    assert said("build.sh", "cd app && docker build .\n") == [(".", None, None, {}, ("app",))]
    assert said("build.sh", "cd $APP && docker build .\n") == []


def test_scripts_of_a_package() -> None:
    """Those of a package.json, without the quotes of JSON."""
    text = '{"scripts": {"image": "docker build -t \\"x\\" -f D ."}, "name": "docker build nowhere"}'
    assert said("web/package.json", text) == [(".", "D", None, {}, ("web",))]
    assert said("package.json", "[") == []


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


def test_workflows() -> None:
    """The steps of docker/build-push-action, whose file is relative to the checkout, and the lines of the others."""
    assert said(".github/workflows/ci.yml", WORKFLOW) == [
        ("app", "docker/D", "prod", {"A": "1"}, ("",)),
        (".", None, None, {}, ("",)),
        ("web", None, None, {}, ("",)),
        ("./ml", None, None, {}, ("",)),
        (".", "D", None, {}, ("tools",)),
        (".", None, None, {}, ("other",)),
    ]
    places = [each.place.rpartition(":")[2] for each in mentions(".github/workflows/ci.yml", WORKFLOW.encode())]
    lines = WORKFLOW.splitlines()
    assert [lines[int(number) - 1].split()[0:2] for number in places[4:]] == [["docker", "build"], ["-", "run:"]]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"jobs: [", b"jobs:\n  a: b\n", b"docker build \x00 .\n", b"docker build " * 20_000]
)
@pytest.mark.parametrize("path", [".github/workflows/x.yml", "Makefile", "package.json"])
def test_any_file_can_be_read(path: str, data: bytes) -> None:
    """What is no workflow or script mentions nothing, or something, and stops nothing."""
    assert all(isinstance(each, Mention) for each in mentions(path, data))


# --- which Dockerfiles, and where -----------------------------------------------------------------------------------

TREE: dict[str, str | int] = {
    "Dockerfile": ALL,
    "app/Dockerfile": ALL,
    "docker/api.Dockerfile": ALL,
    "docker/lint.Dockerfile": ALL,
    "docker/lone.Dockerfile": ALL,
    "docker/make.Dockerfile": ALL,
    "docker/notes.md": "docker build -f docker/lone.Dockerfile .\n",
    "ml/Containerfile": ALL,
    "compose.yaml": (
        "services:\n  api: {build: {context: ., dockerfile: docker/api.Dockerfile}}\n"
        "  app: {build: app, profiles: [x]}\n  out: {build: ..}\n"
    ),
    ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: docker build -f docker/lint.Dockerfile .\n",
    "Makefile": "image:\n\tdocker build -f docker/make.Dockerfile app\n",
    "node_modules/x/Dockerfile": ALL,
}
EXPECTED = [
    ("Dockerfile", ".", None),
    ("app/Dockerfile", "app", None),
    ("docker/api.Dockerfile", ".", None),
    ("docker/lint.Dockerfile", ".", None),
    ("docker/lone.Dockerfile", "docker", None),
    ("docker/make.Dockerfile", "app", None),
    ("ml/Containerfile", "ml", None),
]


def test_without_git_what_lies_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each Dockerfile in the context that is named for it, else in its own directory; installed packages apart."""
    assert rows(projects.write(tmp_path, TREE), monkeypatch) == EXPECTED


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def test_with_git_what_it_tracks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not tracked counts neither as a Dockerfile nor as somebody who names a context."""
    git(projects.write(tmp_path, TREE), "init", "-q")
    git(tmp_path, "add", "Dockerfile", "docker", "compose.yaml", "Makefile", "node_modules")
    assert rows(tmp_path, monkeypatch) == [
        ("Dockerfile", ".", None),
        ("docker/api.Dockerfile", ".", None),
        ("docker/lint.Dockerfile", "docker", None),
        ("docker/lone.Dockerfile", "docker", None),
        ("docker/make.Dockerfile", "app", None),
        ("node_modules/x/Dockerfile", "node_modules/x", None),
    ]


def test_several_contexts_and_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Dockerfile is built once for each context and target that is named, and called after both."""
    files: dict[str, str | int] = {
        "docker/D.Dockerfile": "FROM scratch AS a\nCOPY . /\n",
        "x/f": 1,
        "y/f": 1,
        "build.sh": (
            "docker build -f docker/D.Dockerfile x\ndocker build -f docker/D.Dockerfile --target a x\n"
            "docker build -f docker/D.Dockerfile y\ndocker build -f docker/D.Dockerfile y\n"
            "docker build -f docker/D.Dockerfile nowhere\n"
        ),
    }
    assert rows(projects.write(tmp_path, files), monkeypatch) == [
        ("docker/D.Dockerfile (in x, target last)", "x", None),
        ("docker/D.Dockerfile (in x, target a)", "x", "a"),
        ("docker/D.Dockerfile (in y, target last)", "y", None),
    ]


def test_nothing_outside_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names it: a context above, a Dockerfile beside, a link out."""
    files: dict[str, str | int] = {
        "outside/Dockerfile": ALL,
        "root/a/Dockerfile": ALL,
        "root/compose.yaml": (
            "services:\n  a: {build: ../outside}\n  b: {build: {context: .., dockerfile: root/a/Dockerfile}}\n"
        ),
        "root/build.sh": "docker build -f a/Dockerfile ..\ndocker build ../outside\n",
    }
    root = projects.write(tmp_path, files) / "root"
    if sys.platform != "win32":
        (root / "link.Dockerfile").symlink_to("../outside/Dockerfile")
        (root / "inside.Dockerfile").symlink_to("a/Dockerfile")
    inside = [] if sys.platform == "win32" else [("inside.Dockerfile", ".", None)]
    assert rows(root, monkeypatch) == [("a/Dockerfile", "a", None), *inside]


def test_the_environment_is_not_asked(tmp_path: Path) -> None:
    """What a compose file or script of the tree calls by the name of a variable is not told in any message."""
    files: dict[str, str | int] = {
        "Dockerfile": ALL,
        "compose.yaml": 'services:\n  a: {build: "${TOKEN}"}\n  b: {build: "a\\0b"}\n  c: {build: "$TOKEN/\\u202e"}\n',
        "build.sh": "docker build $TOKEN\ndocker build a\0b\n",
    }
    done = run("--all", "--format", "json", cwd=projects.write(tmp_path, files), TOKEN="sesame")
    assert done.returncode == 0, done.stderr
    assert "sesame" not in done.stdout + done.stderr
    assert [each["name"] for each in json.loads(done.stdout)["builds"]] == ["Dockerfile"]
    done = run("compose.yaml", cwd=tmp_path, TOKEN="sesame")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_what_no_builder_reads_is_passed_over(tmp_path: Path) -> None:
    """A Dockerfile that is none, or a compose file, is told in one line, and the others are scanned."""
    files: dict[str, str | int] = {
        "Dockerfile": ALL,
        "t/bad.Dockerfile": "this is no Dockerfile\n",
        "t/compose.yaml": "services: [\n",
    }
    root = projects.write(tmp_path, files)
    done = run("--all", "--facts", "--format", "json", cwd=root)
    assert [each["name"] for each in told("--all", "--facts", cwd=root)] == ["Dockerfile"]
    assert [line.rpartition(": ")[0] for line in done.stderr.splitlines()] == [
        "ctxscan: note: passed over: t/compose.yaml:2: not valid YAML",
        "ctxscan: note: passed over: t/bad.Dockerfile: bad.Dockerfile:1: dockerfile parse error on "
        "line 1: unknown instruction",
    ]


def test_a_directory_elsewhere(tmp_path: Path) -> None:
    """Names are relative to the directory, contexts to where the command runs; arguments are those of CI."""
    files: dict[str, str | int] = {
        "repo/docker/Dockerfile": "FROM scratch\nARG D\nCOPY $D /\n",
        "repo/a": 1,
        "repo/Makefile": "x:\n\tdocker build --build-arg D=a -f docker/Dockerfile .\n",
    }
    (build,) = told("--all", "--list", "repo", cwd=projects.write(tmp_path, files))
    assert (build["name"], build["context"], build["dockerfile"]) == ("docker/Dockerfile", "repo", "docker/Dockerfile")
    assert [each["path"] for each in build["entries"]] == ["a"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifo that is called like a Dockerfile, a compose file or a script is passed by."""
    projects.write(tmp_path, {"Dockerfile": ALL})
    for name in ("a.Dockerfile", "compose.yaml", "build.sh"):
        os.mkfifo(tmp_path / name)
    assert rows(tmp_path, monkeypatch) == [("Dockerfile", ".", None)]
