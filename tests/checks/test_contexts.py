"""What keeps a build from being judged: a context that nobody knows, and a base without a name."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from support import projects, repositories
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


def test_an_address_in_quotes(tmp_path: Path) -> None:
    """The quotes are taken off before it is looked at, so that no file of that name is missed in the context."""
    root = projects.write(
        tmp_path,
        {"docker/Dockerfile": "FROM alpine\nADD \"https://example.com/a?b=1&c=2\" 'https://example.com/d.tar' /x/\n"},
    )
    (build,) = told("--all", cwd=root)
    assert not {"unknown-context", "missing-input"} & set(codes(build))


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


def test_a_base_that_somebody_gives_a_value(tmp_path: Path) -> None:
    """A value that is only known when a workflow or a script runs is one; an argument that nobody passes has none."""
    step = (
        "jobs: {a: {steps: [{uses: docker/build-push-action@v6, with: {file: D/Dockerfile, build-args: 'BASE=%s'}}]}}"
    )
    root = projects.write(
        tmp_path,
        {
            "D/Dockerfile": "ARG BASE\nFROM ${BASE}\n",
            "E/Dockerfile": "ARG BASE\nFROM $BASE\n",
            "F/Dockerfile": "ARG BASE\nARG OTHER\nFROM $BASE AS one\nFROM $OTHER\n",
            ".github/workflows/ci.yml": step % "${{ needs.base.outputs.image }}",
            "Makefile": "e:\n\tdocker build --build-arg BASE=$(FOUND) E\n\tdocker build --build-arg BASE=a F\n",
        },
    )
    found = {build["name"]: codes(build).count("blank-base") for build in told("--all", cwd=root)}
    assert found == {"D/Dockerfile": 0, "E/Dockerfile": 0, "F/Dockerfile": 1}


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ('args = append(args, "--build-arg", "TAG="+tag)\n', 0),
        ('args = append(args, "--build-arg", "OTHER="+tag)\n', 1),
        ('args = append(args, "--tag", "TAG="+tag)\n', 1),
    ],
    ids=["names it", "names another", "passes none"],
)
def test_a_base_that_a_program_gives_a_value(text: str, errors: int, tmp_path: Path) -> None:
    """In whatever language the project has its own build program."""
    root = projects.write(
        tmp_path,
        {
            "Dockerfile": "ARG TAG\nFROM alpine:${TAG}\n",
            "Makefile": "x:\n\tdocker build .\n",
            "cmd/scripts/docker.go": f"package main\n{text}",
        },
    )
    (build,) = told("--all", cwd=root)
    assert codes(build).count("blank-base") == errors


def test_a_base_that_is_no_name_for_want_of_a_value(tmp_path: Path) -> None:
    """The builder refuses it in other words; the facts are told alike. Without a variable it is refused as ever. Where
    nobody says how it is built, somebody may give the value."""
    root = projects.write(
        tmp_path,
        {"a/Dockerfile": "ARG TAG\nFROM alpine:${TAG}\nCOPY a /\n", "a/a": 7, "b/Dockerfile": "FROM alpine:\n"},
    )
    (build,) = told("--all", cwd=root)
    found = next(each for each in build["findings"] if each["code"] == "blank-base")
    assert found["severity"] == "note"
    assert found["message"] == 'failed to parse stage name "alpine:": invalid reference format'
    assert found["remedy"] == "give it: --build-arg TAG=\u2026"
    assert build["sizes"]["transfer"]["bytes"] == 7
    assert 'b/Dockerfile: Dockerfile:1: failed to parse stage name "alpine:"' in run("--all", cwd=root).stderr


def test_an_argument_of_a_stage_alone(tmp_path: Path) -> None:
    """No value reaches FROM, whoever gives it; what no ARG declares at all may be filled in before the build."""
    text = "FROM scratch AS a\nARG BASE\nFROM ${BASE}\nCOPY --from=a / /\n"
    texts = {"a": text, "b": "FROM $BASE\n", "c": text.replace("BASE", "TARGETVARIANT")}
    program = 'package main\nvar a = []string{"--build-arg", "BASE=" + tag}\n'
    root = projects.write(tmp_path, {f"{name}/Dockerfile": each for name, each in texts.items()})
    repositories.git(root, "init", "-q")
    way_out = "declare it above the first FROM, with a default: ARG BASE=\u2026"

    def found() -> dict[str, tuple[str, ...]]:
        each = [(build["name"][0], each) for build in told("--all", cwd=root) for each in build["findings"]]
        return {a: (b["severity"], b["message"], b["remedy"]) for a, b in each if b["code"] == "blank-base"}

    said = "base name (${BASE}) should not be blank: ARG BASE on line 2 belongs to a stage"
    assert found()["a"] == ("error", said, way_out)
    assert found()["b"] == ("note", "base name ($BASE) should not be blank", way_out)
    assert "c" not in found() or "belongs" not in found()["c"][1]
    projects.write(root, {"cmd/scripts/docker.go": program})
    assert found()["a"] == ("error", said, way_out)
    assert "b" not in found()


def test_a_context_that_is_made_first(tmp_path: Path) -> None:
    """A script builds in a directory that git ignores: it is named, and nothing has to be found out."""
    root = projects.write(
        tmp_path,
        {
            "docker/Dockerfile": "FROM alpine:3\nCOPY server /\n",
            "docker/push.sh": "docker build -f docker/Dockerfile dist/\n",
            ".gitignore": "dist\n",
        },
    )
    repositories.git(root, "init", "-q")
    (build,) = told("--all", cwd=root)
    (one,) = [each for each in build["findings"] if each["code"] == "unknown-context"]
    assert "docker/push.sh:1 builds in a directory that is made first, and is not here" in one["message"]


COPIES = '(fs/copy "Dockerfile" out)\n(shell "docker build -t shop" out)\n'


@pytest.mark.parametrize(
    ("name", "program", "made"),
    [
        ("image.clj", COPIES, True),
        ("image.sh", "cp Dockerfile $TMP/\ndocker build -t shop $TMP\n", True),
        ("image.clj", COPIES.replace('shop" out', 'shop" root'), False),
        ("image.clj", COPIES.replace("Dockerfile", "Dockerfile.other"), False),
        ("image.sh", "cp Dockerfile.in Dockerfile && docker build -t shop .\n", False),
        ("image.txt", COPIES, False),
    ],
)
def test_a_dockerfile_that_is_copied_to_its_context(name: str, program: str, made: bool, tmp_path: Path) -> None:
    """A program beside it puts it where it builds: what is here is not what is built."""
    files = {"ops/Dockerfile": "FROM alpine:3\nCOPY src /\n", f"ops/{name}": program, "src/a": ""}
    root = projects.write(tmp_path, files)
    repositories.git(root, "init", "-q")
    (build,) = told("--all", cwd=root)
    said = [each["message"] for each in build["findings"] if each["code"] == "unknown-context"]
    assert any(f"ops/{name}:" in each and "builds in a directory that is made first" in each for each in said) is made


def test_a_tag_from_a_variable_that_is_not_set_here(tmp_path: Path) -> None:
    """`.env` is often left to whoever builds."""
    compose = "services: {a: {build: {context: ., args: {V: '${V}'}}}}\n"
    root = projects.write(tmp_path, {"Dockerfile": "ARG V\nFROM alpine:${V}\n", "compose.yml": compose})
    (build,) = told("--compose", ".", cwd=root)
    assert [each["severity"] for each in build["findings"] if each["code"] == "blank-base"] == ["note"]
    (root / ".env").write_text("V=3\n")
    assert "blank-base" not in codes(told("--compose", ".", cwd=root)[0])


@pytest.mark.parametrize(
    ("value", "severity"),
    [("${V?}", "note"), ("${V:?not set}", "note"), ("${W?}", "error")],
    ids=["own", "why", "other"],
)
def test_a_tag_that_compose_insists_on(value: str, severity: str, tmp_path: Path) -> None:
    """Compose ends without the value, so that whoever builds has given it; a script builds the same image."""
    compose = f"services:\n  a:\n    build:\n      context: a\n      args:\n        V: {value}\n"
    files = {"a/Dockerfile": "ARG V\nFROM alpine:$V\n", "compose.yml": compose, "build.sh": "docker build a\n"}
    root = projects.write(tmp_path, files)
    repositories.git(root, "init", "-q")
    (build,) = told("--all", cwd=root)
    assert [each["severity"] for each in build["findings"] if each["code"] == "blank-base"] == [severity]


@pytest.mark.parametrize(
    ("passed", "recipe", "severity", "setter"),
    [
        ("[V]", "x:\n    export V=$(cat .v)\n    docker compose build\n", "note", ", as docker/justfile:2 does"),
        ("[V]", "x:\n    docker compose build\n", "note", ""),
        ("[W]", "x:\n    export V=$(cat .v)\n    docker compose build\n", "error", ""),
    ],
    ids=["set by a recipe", "set by somebody", "not passed"],
)
def test_a_tag_that_compose_takes_from_where_it_runs(
    passed: str, recipe: str, severity: str, setter: str, tmp_path: Path
) -> None:
    """A name without a value is what the variable is there; a recipe that sets it is named."""
    name = passed.strip("[]")
    compose = f"services:\n  a:\n    build:\n      context: ..\n      args:\n        - {name}\n"
    files = {"Dockerfile": "ARG V\nFROM alpine:$V\n", "docker/compose.yml": compose, "docker/justfile": recipe}
    root = projects.write(tmp_path, files)
    (build,) = told("--all", cwd=root)
    found = next(each for each in build["findings"] if each["code"] == "blank-base")
    assert (found["severity"], found["remedy"]) == (severity, f"give it: --build-arg V=\u2026{setter}")


def test_a_source_that_somebody_names(tmp_path: Path) -> None:
    """A script passes the path in a variable: taken as empty it would be the whole context, with every secret in it."""
    key = "server.env"
    root = projects.write(
        tmp_path,
        {
            "Dockerfile": "FROM scratch\nARG CERTIFICATE\nCOPY ${CERTIFICATE} /certificates/\n",
            key: f"API_TOKEN={hashlib.sha256(b'key').hexdigest()}\n",
            "build.sh": 'docker build --build-arg CERTIFICATE="$CERTIFICATE" .\n',
        },
    )
    (build,) = told("--all", cwd=root)
    assert [(each["severity"], each["path"]) for each in build["findings"] if each["code"] == "secret-file"] == [
        ("warning", key)
    ]
    (root / "build.sh").write_text("docker build .\n")
    (build,) = told("--all", cwd=root)
    assert [each["severity"] for each in build["findings"] if each["code"] == "secret-file"] == ["error"]


def test_a_tag_that_somebody_gives(tmp_path: Path) -> None:
    """Nothing is known of it, so that it is not called missing. Tilt gives arguments, too."""
    root = projects.write(
        tmp_path,
        {
            "a/Dockerfile": "ARG V\nFROM golang:${V}-alpine\n",
            "b/Dockerfile": "ARG REPO\nARG NAME=base\nFROM ${REPO}/${NAME}\n",
            "c/Dockerfile": "ARG KIND=musl\nARG DIGEST\nFROM ghcr.io/acme/${KIND}@${DIGEST}\n",
            "Makefile": "a:\n\tdocker build --build-arg V=$(FOUND) a\nc:\n\tdocker build --build-arg DIGEST=$(D) c\n",
            "Tiltfile": "repo = 'r'\ndocker_build(repo + '/b', 'b', build_args={'REPO': repo, 'NAME': 'a:1'})\n",
        },
    )
    assert {
        build["name"]: {"blank-base", "unpinned-base"} & set(codes(build)) for build in told("--all", cwd=root)
    } == {
        "a/Dockerfile": set(),
        "b/Dockerfile": set(),
        "c/Dockerfile": set(),
    }


def test_what_rests_on_a_guess(tmp_path: Path) -> None:
    """What a variable decides may lie elsewhere where nobody names the context, and so may what git ignores: neither is
    an error. Where the context is named, the first is one."""
    files = {
        "app/Dockerfile": "FROM scratch\nARG TARGETARCH\nCOPY ${TARGETARCH:-amd64}/server /\n",
        "web/Dockerfile": "FROM scratch\nCOPY dist /\nCOPY manifests /\n",
        "web/.gitignore": "dist/*\n",
        ".gitignore": "web/manifests/\n",
        "manifests/a": "",
    }
    root = projects.write(tmp_path, files)
    repositories.git(root, "init", "-q")
    repositories.git(root, "add", "--all")
    assert run("--all", "--check", cwd=root).returncode == 0
    projects.write(root, {"Makefile": "app:\n\tdocker build app\n"})
    repositories.git(root, "add", "--all")
    done = run("--all", "--check", cwd=root)
    assert (done.returncode, "failed: 1 error (missing-input) in app/Dockerfile" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("VITE_API: a, VITE_KEY: b", "compose.yaml:3 passes VITE_KEY, and no ARG takes it"),
        ("VITE_API: a, VITE_KEY: b, VITE_MODE: c", "compose.yaml:3 passes VITE_KEY, VITE_MODE, and no ARG takes them"),
        ("VITE_API: a", None),
        ("VITE_API: a, NODE_ENV: production, VERSION: 1", None),
        ("REACT_APP_KEY: b", None),
    ],
)
def test_a_variable_of_a_front_end_that_nothing_takes(arguments: str, says: str | None, tmp_path: Path) -> None:
    """Beside others that an ARG takes; of another front end it may be for another service."""
    text = "FROM node:22 AS b\nARG VITE_API\nCOPY . .\nRUN npx vite build\nFROM nginx:1.27\nCOPY --from=b /dist /srv\n"
    service = f"services:\n  web:\n    build:\n      context: .\n      args: {{{arguments}}}\n"
    (build,) = told("--all", cwd=projects.write(tmp_path, {"Dockerfile": text, "compose.yaml": service, "a.js": "1"}))
    found = [each for each in build["findings"] if each["code"] == "lost-setting"]
    assert [each["message"].startswith(says) for each in found] == [True] * (says is not None)
    assert all(each["remedy"].startswith("write ARG VITE_KEY") and each["line"] == 2 for each in found)


#: What else there is beside a Dockerfile in `box` that takes `COPY . .` and this, and what is said of it.
NOWHERE: dict[str, tuple[str, dict[str, str | int], list[tuple[str, str]]]] = {
    "a lock file": (
        "COPY package.json yarn.lock ./",
        {"box/package.json": "{}"},
        [("error", "COPY yarn.lock: not found in the context")],
    ),
    "a lock file, twice": (
        "COPY package.json yarn.lock ./\nRUN a\nCOPY yarn.lock ./b/",
        {"box/package.json": "{}"},
        [("error", "COPY yarn.lock (and on line 5): not found in the context")],
    ),
    "one of many": (
        "COPY a b ./\nCOPY c ./",
        {"a/x": "", "b/x": ""},
        [("warning", "COPY c: not found in the context")],
    ),
    "one that another directory has, as the others": (
        "COPY a b yarn.lock ./",
        {"a/x": "", "b/x": "", "app/a/x": "", "app/b/x": "", "app/yarn.lock": ""},
        [("note", "(COPY a, line 3, finds nothing in box)")],
    ),
    "most of them": ("COPY a b ./", {"a/x": ""}, [("note", "(COPY a, line 3, finds nothing in box)")]),
    "what a build makes": ("COPY server ./", {}, [("note", "(COPY server, line 3, finds nothing in box)")]),
    "settings that git ignores": (
        "COPY .env ./",
        {".gitignore": ".env\n"},
        [("note", "COPY .env: not found in the context; written by whoever runs it?")],
    ),
    "what git ignores": ("COPY yarn.lock ./", {".gitignore": "yarn.lock\n"}, []),
}


@pytest.mark.parametrize("case", NOWHERE)
def test_a_source_that_is_nowhere(tmp_path: Path, case: str) -> None:
    """The build fails in any directory, where no step before it makes the file; else the note says what is missed."""
    lines, files, expected = NOWHERE[case]
    root = projects.write(tmp_path, {"box/Dockerfile": f"FROM a\nCOPY . .\n{lines}\n", **files})
    (build,) = told("--all", cwd=root)
    found = [each for each in build["findings"] if each["code"] in ("unknown-context", "missing-input")]
    wanted = [each for each in found if "made by an earlier step" not in each["message"]]
    assert [each["severity"] for each in wanted] == [severity for severity, _ in expected]
    assert all(words in each["message"] for each, (_, words) in zip(wanted, expected, strict=True))
