"""`--all`: every Dockerfile of a tree, in the contexts that compose files, workflows, Makefiles and scripts name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import projects
from support.command import run, told
from support.trees import TESTDATA

from ctxscan.builds import everywhere

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

ALL = "FROM scratch\nCOPY . /\n"


def rows(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str | None]]:
    monkeypatch.chdir(root)
    return [(each.name, each.context, each.target) for each in everywhere.orders(".").orders]


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
    "ml/DockerfileGPU": ALL,
    "ml/GPU_Dockerfile": ALL,
    "ml/tpu-Dockerfile": ALL,
    "ml/binary.dockerfile": "FROM\0",
    "ml/dockerfile-0.3.wasm": "FROM",
    "ml/template-Dockerfile": ALL,
    "ml/DockerfileTemplate": ALL,
    "ml/DockerfileParser.java": "class DockerfileParser {}\n",
    "ml/dockerfiles": "",
    "ml/train.py": 1,
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
    ("docker/lone.Dockerfile", ".", None),
    ("docker/make.Dockerfile", "app", None),
    ("ml/Containerfile", "ml", None),
    ("ml/DockerfileGPU", "ml", None),
    ("ml/GPU_Dockerfile", "ml", None),
    ("ml/tpu-Dockerfile", "ml", None),
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
        ("docker/lint.Dockerfile", ".", None),
        ("docker/lone.Dockerfile", ".", None),
        ("docker/make.Dockerfile", "app", None),
    ]


def test_a_dockerfile_in_a_compose_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no path: the service is its name, with the place where two have the same."""
    inline = "services:\n  app:\n    build:\n      context: {}\n      dockerfile_inline: |\n        FROM scratch\n"
    projects.write(tmp_path, {"compose.yaml": inline.format("."), "sub/a": 1})
    assert rows(tmp_path, monkeypatch) == [("app", ".", None)]
    projects.write(tmp_path, {"sub/compose.yaml": inline.format("."), "away/compose.yaml": inline.format("../..")})
    assert rows(tmp_path, monkeypatch) == [
        ("app (compose.yaml:3)", ".", None),
        ("app (sub/compose.yaml:3)", "sub", None),
    ]


def test_a_secret_of_a_context_among_tests_is_a_note(tmp_path: Path) -> None:
    """By its path below the directory that is asked for: what lies above that tells nothing. By itself it is any."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    compose = "services:\n  app: {build: app}\n  test: {build: test/e2e}\n"
    root = projects.write(tmp_path / "test", {"compose.yaml": compose})
    for place in ("app", "test/e2e"):
        projects.write(root, {f"{place}/Dockerfile": ALL, f"{place}/.env": f"API_SECRET={value}\n"})
    found = {
        each["context"]: [one["severity"] for one in each["findings"] if one["code"] == "secret-file"]
        for each in told("--all", cwd=root)
    }
    assert found == {"app": ["error"], "test/e2e": ["note"]}
    (alone,) = told("test/e2e", cwd=root)
    assert "error" in [one["severity"] for one in alone["findings"] if one["code"] == "secret-file"]


def test_what_ci_starts_and_what_an_example_shows_are_notes(tmp_path: Path) -> None:
    """By the whole path, as where the context is the project: a key in it, and what the Dockerfile itself gives away."""
    key = Made(5).pem("PRIVATE KEY")
    text = "FROM alpine:3\nRUN echo 'ada:Kx7mPq2zL' | chpasswd\nCOPY server.key /etc/server.key\n"
    root = projects.write(tmp_path, {})
    for place in ("app", ".ci/app", "examples/hub"):
        projects.write(root, {f"{place}/Dockerfile": text, f"{place}/server.key": key})
    found = {
        each["context"]: {one["code"]: one["severity"] for one in each["findings"] if one["code"].startswith("secret")}
        for each in told("--all", cwd=root)
    }
    assert found["app"] == {"secret-file": "error", "secret-in-dockerfile": "error"}
    assert found[".ci/app"]["secret-file"] == "note"
    assert found["examples/hub"] == {"secret-file": "note", "secret-in-dockerfile": "note"}


def test_a_secret_of_a_context_among_examples_is_a_note(tmp_path: Path) -> None:
    """What a service has given out is a warning there."""
    value = "".join(("vQ8mTz", "47xKpLw", "9sRb2c"))
    live = "sk_" + "live_" + value + "aQ4z"
    compose = "services:\n  app: {build: app}\n  shown: {build: tutorials/shop}\n"
    root = projects.write(tmp_path, {"compose.yaml": compose})
    for place in ("app", "tutorials/shop"):
        projects.write(root, {f"{place}/Dockerfile": ALL, f"{place}/.env": f"API_SECRET={value}\n"})
        projects.write(root, {f"{place}/pay.py": f'KEY = "{live}"\n'})
    found = {
        each["context"]: [one["severity"] for one in each["findings"] if one["code"] == "secret-file"]
        for each in told("--all", cwd=root)
    }
    assert found == {"app": ["error", "error"], "tutorials/shop": ["warning", "note"]}


def test_a_password_in_a_dockerfile_of_tests_is_a_note(tmp_path: Path) -> None:
    """Its image is tried and never ships."""
    text = "FROM alpine:3.20\nRUN echo 'root:kQ7vb9Wn4x' | chpasswd\nCMD [\"sh\"]\n"
    root = projects.write(tmp_path, {"app/Dockerfile": text, "Shop.Tests/sshd.Dockerfile": text})
    found = {
        each["name"]: [one["severity"] for one in each["findings"] if one["code"] == "secret-in-dockerfile"]
        for each in told("--all", cwd=root)
    }
    assert found == {"app/Dockerfile": ["error"], "Shop.Tests/sshd.Dockerfile": ["note"]}


@pytest.mark.parametrize(
    ("dockerfile", "compose", "targets"),
    [
        ("FROM a AS dev\nFROM a AS prod\n", "target: dev", ["dev", None]),
        ("FROM a AS dev\nFROM a\n", "target: dev", ["dev", None]),
        ("FROM a AS prod\nFROM a AS dev\n", "target: dev", ["dev"]),
        ("FROM a AS dev\nFROM a AS test\n", "target: dev", ["dev"]),
        ("FROM a AS api\nFROM a AS web\n", "target: api", ["api"]),
        ("FROM a AS web\n", "target: dev", ["dev"]),
    ],
)
def test_what_only_developers_build(
    dockerfile: str, compose: str, targets: list[str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ships is the last stage, though nobody says who builds it."""
    file = f"services:\n  a:\n    build:\n      context: .\n      {compose}\n"
    projects.write(tmp_path, {"Dockerfile": dockerfile, "compose.yaml": file})
    monkeypatch.chdir(tmp_path)
    found = everywhere.orders(".").orders
    assert [each.target for each in found] == targets
    assert [each.guessed for each in found] == [False, True][: len(targets)]


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


@pytest.mark.parametrize(
    ("step", "named"),
    [
        ("uses: docker/build-push-action@v6\n        with: {context: ., file: web/Dockerfile}", True),
        (
            "uses: docker/build-push-action@v6\n        with: {context: '${{ vars.PLACE }}', file: web/Dockerfile}",
            False,
        ),
        ("run: docker build -f web/Dockerfile .", False),
    ],
    ids=["an action", "a variable", "a script"],
)
def test_a_context_that_an_action_is_given(
    step: str, named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is built there, or fails, whatever another caller does; what a script says may be long out of use."""
    files: dict[str, str | int] = {
        "web/Dockerfile": "FROM scratch\nCOPY app.conf /\n",
        "web/app.conf": 1,
        "compose.yaml": "services:\n  web:\n    build: web\n",
        ".github/workflows/release.yml": f"jobs:\n  a:\n    steps:\n      - {step}\n",
    }
    found = [each[1] for each in rows(projects.write(tmp_path, files), monkeypatch)]
    assert found == (["web", "."] if named else ["web"])


def test_nothing_outside_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names it: a context above, a Dockerfile beside, a link out."""
    files: dict[str, str | int] = {
        "outside/Dockerfile": ALL,
        "root/a/Dockerfile": ALL,
        "root/a/main.py": 1,
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


@pytest.mark.parametrize(("line", "status"), [("<<<<<<< HEAD", 2), ("this is no Dockerfile", 0)])
def test_a_merge_that_was_left_open(line: str, status: int, tmp_path: Path) -> None:
    """No template looks like that: the build fails."""
    root = projects.write(tmp_path, {"a/Dockerfile": "FROM scratch\n", "b/Dockerfile": f"FROM scratch\n{line}\n"})
    assert run("--all", "--check", cwd=root).returncode == status


@pytest.mark.parametrize(("syntax", "status"), [("acme/shared", 0), ("docker/dockerfile:1", 2)])
def test_a_dockerfile_for_another_frontend(syntax: str, status: int, tmp_path: Path) -> None:
    """The build need not fail, whoever orders it."""
    service = "services:\n  api:\n    build: api\n"
    files = {"compose.yaml": service, "api/Dockerfile": f"# syntax={syntax}\nINCLUDE base\n"}
    done = run("--all", "--check", cwd=projects.write(tmp_path, {**files, "b/Dockerfile": "FROM scratch\n"}))
    assert done.returncode == status
    assert ("INCLUDE is for acme/shared, a frontend that is not known here" in done.stderr) is (not status)


@pytest.mark.parametrize("written", ["{context: api, dockerfile: Dockerfile}", "api"])
def test_a_dockerfile_in_lower_case(written: str, tmp_path: Path) -> None:
    """The builder takes it where the other one is named and is not there; what its service says of it counts."""
    service = f"services:\n  api:\n    build: {written}\n    user: '1000'\n"
    files: dict[str, str | int] = {"compose.yaml": service, "api/dockerfile": ALL + 'CMD ["/a"]\n', "api/a": ""}
    done = run("--all", "--format", "json", cwd=projects.write(tmp_path, files))
    assert done.stderr == ""
    (build,) = json.loads(done.stdout)["builds"]
    assert (build["source"], build["guessed"]) == ("compose.yaml:3", False)
    assert "root-user" not in {each["code"] for each in build["findings"] if each["severity"] == "warning"}


@pytest.mark.parametrize(
    ("context", "place", "up"), [("", "deploy/prod/", "../../"), ("web/", "deploy/prod/", "../../"), ("web/", "", "./")]
)
def test_a_directory_of_the_host_is_named_as_seen_from_the_root(
    context: str, place: str, up: str, tmp_path: Path
) -> None:
    """Not from the compose file, nor from a context below it."""
    service = f"services:\n  a:\n    build:\n      context: {up}{context}\n    volumes:\n      - {up}{context}logs:/srv/logs\n"
    dockerfile = 'FROM python:3.12\nWORKDIR /srv\nCOPY a.py .\nCMD ["python", "a.py"]\n'
    tree = {f"{context}Dockerfile": dockerfile, f"{context}a.py": 9, f"{place}compose.yaml": service}
    root = projects.write(tmp_path, {".git/HEAD": "ref: refs/heads/main\n", **tree})
    (build,) = json.loads(run("--all", "--format", "json", cwd=root).stdout)["builds"]
    (found,) = [each for each in build["findings"] if each["code"] == "root-user"]
    assert found["remedy"].endswith(f", and chown -R 10001 ./{context}logs on the host, which is mounted there")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("api/Dockerfile", ": the path is one from the context, write Dockerfile"),
        ("docker/api.Dockerfile", ": the path is one from the context, write ../docker/api.Dockerfile"),
        ("docker/none.Dockerfile", ""),
    ],
)
def test_a_dockerfile_as_seen_from_above_the_context(written: str, says: str, tmp_path: Path) -> None:
    """A Compose file has its path as seen from the context."""
    files: dict[str, str | int] = {
        "compose.yaml": f"services:\n  api: {{build: {{context: ./api, dockerfile: {written}}}}}\n",
        "api/Dockerfile": ALL,
        "docker/api.Dockerfile": ALL,
    }
    done = run("--all", cwd=projects.write(tmp_path, files))
    assert f"compose.yaml:2: api: there is no api/{written}{says}\n" in done.stderr


@pytest.mark.parametrize(
    ("others", "meant"),
    [
        (["Dockerfile.backend"], "Dockerfile.backend?"),
        (["Dockerfile.web", "Dockerfile.wep"], ""),
        (["docker.Dockerfile", "web.Dockerfile"], ""),
        (["README.md"], ""),
    ],
)
def test_a_dockerfile_that_is_not_there(others: list[str], meant: str, tmp_path: Path) -> None:
    """The only one beside it is likely to be meant; named alone, the file cannot be built, and nobody says that it has
    nothing to build."""
    files: dict[str, str | int] = {"compose.yaml": "services:\n  api: {build: .}\n", **dict.fromkeys(others, ALL)}
    root = projects.write(tmp_path, files)
    says = f"; did you mean {meant}" if meant else ""
    assert f"compose.yaml:2: api: there is no Dockerfile{says}\n" in run("--all", cwd=root).stderr
    done = run("compose.yaml", cwd=root)
    assert done.returncode == 2
    assert done.stderr.endswith(f"open ./Dockerfile: no such file or directory{says}\n")
    assert run("--check", ".", cwd=root).stderr.endswith("error: .: none of its builds can be read: see the notes\n")


def test_a_dockerfile_of_nearly_that_name(tmp_path: Path) -> None:
    """Of several, the one that differs in a letter or two."""
    service = "services:\n  api: {build: {context: ., dockerfile: Dockerfile.wbe}}\n"
    files: dict[str, str | int] = {"compose.yaml": service, "Dockerfile.web": ALL, "Dockerfile.other": ALL}
    done = run("compose.yaml", cwd=projects.write(tmp_path, files))
    assert done.stderr.endswith("open Dockerfile.wbe: no such file or directory; did you mean Dockerfile.web?\n")


@pytest.mark.parametrize("directory", [".docker", ".images"])
@pytest.mark.parametrize("git", [True, False])
def test_a_hidden_directory_that_a_compose_file_names(directory: str, git: bool, tmp_path: Path) -> None:
    """With git or without."""
    files: dict[str, str | int] = {
        "compose.yaml": f"services:\n  api:\n    build:\n      context: {directory}\n",
        f"{directory}/Dockerfile": ALL,
        f"{directory}/a": 9,
    }
    root = projects.write(tmp_path, files)
    if git:
        subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
        subprocess.run(["git", "-C", str(root), "add", "--all"], check=True)
    (build,) = json.loads(run("--all", "--format", "json", cwd=root).stdout)["builds"]
    assert (build["dockerfile"], build["source"]) == ("Dockerfile", "compose.yaml:3")


def test_a_dockerfile_outside_of_its_context_as_seen_from_the_root(tmp_path: Path) -> None:
    """Wherever ctxscan runs, as that of any other build."""
    files: dict[str, str | int] = {
        "shop/compose.yaml": "services:\n  api: {build: {context: app, dockerfile: ../docker/Dockerfile}}\n",
        "shop/docker/Dockerfile": "FROM scratch\nCOPY none /\n",
        "shop/app/a": 9,
    }
    root = projects.write(tmp_path, files)
    for place in (str(root / "shop"), "."):
        (build,) = json.loads(
            run("--all", "--format", "json", place, cwd=root / "shop" / "app" if place != "." else root / "shop").stdout
        )["builds"]
        assert build["dockerfile"] == "docker/Dockerfile"
        assert {each["path"] for each in build["findings"] if each["code"] == "missing-input"} == {"docker/Dockerfile"}


@pytest.mark.parametrize(
    ("comment", "context"),
    [
        ("# Call it from the root of the repository", "."),
        ("# run from shop repo root with", "."),
        ("# docker build -f docker/base.Dockerfile .", "."),
        ("# The root of the repository has a readme", "docker"),
        ("FROM scratch AS a\n# run from the repo root", "docker"),
        ("# docker build -f docker/own.Dockerfile docker\n# docker build -f docker/base.Dockerfile .", "docker"),
    ],
)
def test_what_a_dockerfile_says_of_itself(
    comment: str, context: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment above its first instruction outranks a guess, also where the command is that of the one beside it."""
    files: dict[str, str | int] = {
        "docker/own.Dockerfile": f"{comment}\n{ALL}",
        "docker/base.Dockerfile": "FROM scratch\n",
        "docker/a.c": "",
    }
    found = {name: where for name, where, _ in rows(projects.write(tmp_path, files), monkeypatch)}
    assert found["docker/own.Dockerfile"] == context


def test_the_directory_that_a_shell_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`$PWD` is that of the compose file, where people run it, and not where ctxscan is run."""
    service = "services:\n  a: {build: {context: ./web, dockerfile: $PWD/docker/Dockerfile}}\n"
    files: dict[str, str | int] = {"shop/compose.yaml": service, "shop/docker/Dockerfile": ALL, "shop/web/a": 1}
    assert rows(projects.write(tmp_path, files), monkeypatch) == [("shop/docker/Dockerfile", "shop/web", None)]
    done = run("--all", cwd=tmp_path)
    assert done.stderr == "" and str(tmp_path) not in done.stdout


@pytest.mark.parametrize(
    ("path", "text", "more", "told"),
    [
        ("rules/Dockerfile", "FROM alpine\n# ruleid: root\nUSER root\n", {}, False),
        ("cli/tests/e2e/targets/a/Dockerfile", "FROM alpine\n", {}, False),
        ("cli/tests/e2e/targets/a/Dockerfile", "FROM alpine\nCOPY a /\n", {"cli/tests/e2e/targets/a/a": 1}, True),
        (
            "cli/tests/e2e/targets/a/Dockerfile",
            "FROM alpine\n",
            {"b.sh": "docker build cli/tests/e2e/targets/a\n"},
            True,
        ),
        ("targets/a/Dockerfile", "FROM alpine\n", {}, True),
        ("targets/tests/Dockerfile", "FROM alpine\n", {}, True),
    ],
)
def test_what_tests_aim_at(
    path: str, text: str, more: dict[str, str | int], told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a fixture unless something builds it, or it takes what is there to build it."""
    found = rows(projects.write(tmp_path, {path: text, **more}), monkeypatch)
    assert [name for name, _, _ in found] == ([path] if told else [])


@pytest.mark.parametrize(("copies", "status"), [("", 0), ("COPY a /\n", 2)])
def test_a_dockerfile_on_standard_input(copies: str, status: int, tmp_path: Path) -> None:
    """It is examined if it takes nothing: any context is the same."""
    files: dict[str, str | int] = {"b.sh": "docker build -t acme/a - < Dockerfile\n", "a": 1}
    root = projects.write(tmp_path, {"Dockerfile": f'FROM alpine\n{copies}CMD ["/a"]\n', **files})
    done = run("--all", "--format", "json", cwd=root)
    assert done.returncode == status, done.stderr
    assert ("unpinned-base" in done.stdout) is (not status)


@pytest.mark.parametrize(("path", "named"), [("${{ matrix.arch }}", True), ("elsewhere", False)])
def test_a_context_that_a_workflow_fetches(path: str, named: bool, tmp_path: Path) -> None:
    """The workflow names it all the same."""
    workflow = (
        "jobs:\n  a:\n    strategy: {matrix: {arch: [amd64, arm64]}}\n    steps:\n"
        f"      - uses: actions/download-artifact@v8\n        with: {{name: a, path: '{path}'}}\n"
        "      - uses: docker/build-push-action@v7\n"
        "        with: {context: '${{ matrix.arch }}', file: docker/Dockerfile, push: true}\n"
    )
    files: dict[str, str | int] = {"docker/Dockerfile": "FROM scratch\nCOPY a /\n", ".github/workflows/a.yml": workflow}
    (build,) = told("--all", cwd=projects.write(tmp_path, files))
    assert [each["code"] for each in build["findings"]] == ["unknown-context"]
    assert build["source"] == (".github/workflows/a.yml:7" if named else None)


def test_a_named_context_that_is_made_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it holds is not known; the rest of the build is."""
    text = "FROM alpine:3.20 AS a\nCOPY --from=made /x /\nCOPY a /\n"
    files: dict[str, str | int] = {
        "Dockerfile": text,
        "a": 1,
        "b.sh": "mkdir out\ndocker build --build-context made=out .\n",
    }
    projects.write(tmp_path, files)
    assert rows(tmp_path, monkeypatch) == [("Dockerfile", ".", None)]
    done = run("--all", cwd=tmp_path)
    assert "passed over" not in done.stderr and "missing-input" not in done.stdout


def test_a_context_that_is_made_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git ignores it: what the Dockerfile says is judged, and nothing that it takes."""
    files: dict[str, str | int] = {
        "Dockerfile": "FROM alpine\nCOPY shop /bin/\n",
        ".gitignore": "target\n",
        "b.sh": "make\ndocker build -f Dockerfile target/release\n",
    }
    projects.write(tmp_path, files)
    assert rows(tmp_path, monkeypatch) == [("Dockerfile", ".", None)]
    done = run("--all", cwd=tmp_path)
    assert done.returncode == 0 and "unknown-context" in done.stdout and "missing-input" not in done.stdout


def test_contexts_that_are_made_first(tmp_path: Path) -> None:
    """One for each of what git ignores, with a name that only a run tells; what is there is taken for what it is."""
    files: dict[str, str | int] = {
        "dev/Dockerfile": "FROM alpine\nCOPY shop /bin/\n",
        "web/Dockerfile": "FROM alpine\nCOPY shop /bin/\n",
        ".gitignore": "/shop\nbin/\n",
        ".dockerignore": "shop\n",
        "web/a": "",
        "Tiltfile": "docker_build(n, 'bin/' + n, dockerfile='dev/Dockerfile')\n"
        "docker_build(n, 'web/' + n, dockerfile='web/Dockerfile')\n",
    }
    projects.write(tmp_path, files)
    made, guessed = told("--all", cwd=tmp_path)
    assert [each["code"] for each in made["findings"]] == ["unknown-context"]
    assert "missing-input" in [each["code"] for each in guessed["findings"]]


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


INSTALLS = "FROM node:22\nWORKDIR /src\nCOPY . /src\nRUN npm install && npx ng build\n"


@pytest.mark.parametrize(
    ("name", "files", "dockerfile", "context"),
    [
        ("Dockerfile.shop", {"web/package.json": "{}"}, INSTALLS, "web"),
        ("Dockerfile.shop", {"web/package.json": "{}"}, INSTALLS.replace("RUN", "RUN A=1\nRUN"), "web"),
        ("Dockerfile.web", {"web/package.json": "{}", "web/part/package.json": "{}"}, INSTALLS, "web"),
        ("Dockerfile.web", {"web/package.json": "{}", "api/package.json": "{}"}, INSTALLS, "web"),
        ("Dockerfile.shop", {"web/package.json": "{}", "api/package.json": "{}"}, INSTALLS, None),
        ("Dockerfile.web", {"web/package.json": "{}", "package.json": "{}"}, INSTALLS, "."),
        ("Dockerfile.web", {"web/package.json": "{}"}, INSTALLS.replace("RUN", "WORKDIR web\nRUN"), "."),
        ("Dockerfile.web", {"web/package.json": "{}"}, INSTALLS.replace("npm install", "npm init -y && npm install"), "."),
        ("Dockerfile.web", {"web/package.json": "{}"}, INSTALLS.replace("install", "install --prefix web"), "."),
    ],
)  # fmt: skip
def test_a_context_below_what_is_guessed(
    name: str, files: dict[str, str | int], dockerfile: str, context: str | None, tmp_path: Path
) -> None:
    """An install asks for a manifest that the root does not have: the one directory with it is meant."""
    projects.write(tmp_path, {f"docker/{name}": dockerfile, "a.txt": "", "tests/a/x": "", **files})
    (build,) = json.loads(run("--all", "--format", "json", cwd=tmp_path).stdout)["builds"]
    codes = [each["code"] for each in build["findings"]]
    assert ("unknown-context" in codes) is (context is None), codes
    assert context is None or build["context"] == context
