"""The plain command in a directory without a Dockerfile, and a Dockerfile as context."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import projects, repositories
from support.command import run

ALL = "FROM scratch\nCOPY a /\n"
SHOP: dict[str, str | int] = {"api/Dockerfile": ALL, "api/a": 10, "web/Dockerfile": ALL, "web/a": 20}
COMPOSE = "services:\n  api: {build: api}\n  web: {build: web}\n  db: {image: postgres}\n"
BAKE = 'target "api" { context = "api" }\ngroup "default" { targets = ["api"] }\n'


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"compose.yaml": COMPOSE}, "compose.yaml has 2 builds: `ctxscan compose.yaml`"),
        ({"docker-bake.hcl": BAKE}, "docker-bake.hcl has 1 build: `ctxscan docker-bake.hcl`"),
        ({}, "the Dockerfiles below have 2 builds: `ctxscan --all`"),
        ({"compose.yaml": "services: ["}, "the Dockerfiles below have 2 builds: `ctxscan --all`"),
    ],
    ids=["compose", "bake", "below", "broken"],
)
def test_a_root_without_a_dockerfile(files: dict[str, str | int], sentence: str, tmp_path: Path) -> None:
    """It says so first, and shows the builds side by side: none of them is on the root."""
    root = projects.write(tmp_path, {**SHOP, **files})
    done = run("--no-config", cwd=root, COLUMNS="100")
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[0]) == (0, f"no Dockerfile here; {sentence}")
    assert lines[2].split() == ["Build", "Context", "transfer", "image", "worst", "finding"]
    assert "10 B" in lines[3] and "api" in lines[3]
    told = json.loads(run("--format", "json", cwd=root).stdout)["builds"]
    assert [each["context"] for each in told][:1] == ["api"]


def test_a_root_with_nothing_to_build(tmp_path: Path) -> None:
    """The context alone, as ever."""
    done = run(cwd=projects.write(tmp_path, {"a": 1}))
    assert "No Dockerfile: this covers the context alone" in done.stdout


@pytest.mark.parametrize("where", [".", "docker"])
def test_a_dockerfile_as_context(where: str, tmp_path: Path) -> None:
    """Built where the project builds it, with paths as seen from here; or where everything is that it copies."""
    files: dict[str, str | int] = {
        "docker/Dockerfile": "FROM scratch\nCOPY src /\n",
        "docker/other.Dockerfile": "FROM scratch\nCOPY src /\n",
        "src/a": 5,
        "build.sh": "docker build -f docker/Dockerfile .\n",
    }
    root = projects.write(tmp_path, files)
    repositories.git(root, "init", "-q")
    repositories.git(root, "add", ".")
    up = "" if where == "." else "../"
    own = "docker/" if where == "." else ""
    (build,) = json.loads(run("--builds", f"{own}Dockerfile", "--format", "json", cwd=root / where).stdout)["builds"]
    told = (build["context"], build["dockerfile"], build["source"], build["guessed"])
    assert told == (up.rstrip("/") or ".", f"{own}Dockerfile", f"{up}build.sh:1", False)
    (build,) = json.loads(run("--format", "json", f"{own}other.Dockerfile", cwd=root / where).stdout)["builds"]
    assert (build["source"], build["guessed"], build["sizes"]["transfer"]["bytes"]) == (None, True, 5)


def test_one_bad_service_hides_no_other(tmp_path: Path) -> None:
    """The others are reported, the bad one is an error all the same; the plain command only says that it is passed
    over."""
    compose = "services:\n  api: {build: api}\n  bad: {build: nowhere}\n  web: {build: web}\n"
    root = projects.write(tmp_path, {**SHOP, "compose.yaml": compose})
    done = run("compose.yaml", "--format", "json", cwd=root)
    assert done.returncode == 2
    assert [each["name"] for each in json.loads(done.stdout)["builds"]] == ["api", "web"]
    words = "compose.yaml:3: bad: nowhere: the context is no such directory"
    assert done.stderr.splitlines() == [f"ctxscan: error: {words}"]
    done = run(cwd=root)
    assert (done.returncode, done.stderr) == (0, f"ctxscan: note: passed over: {words}\n")


def test_a_service_without_its_dockerfile(tmp_path: Path) -> None:
    """What a Compose file builds from a Dockerfile that is not there is told, and not what lies elsewhere."""
    compose = "services:\n  api: {build: api}\n  bad: {build: {context: ., dockerfile: /no/such/Dockerfile}}\n"
    compose += (
        "  far: {build: {context: ., dockerfile: ../Dockerfile}}\n  gone: {build: ./Api}\n  out: {build: ../no}\n"
    )
    root = projects.write(tmp_path / "shop", {**SHOP, "compose.yaml": compose})
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\n"})
    done = run("--all", "--check", cwd=root)
    told = ("3: bad: there is no /no/such/Dockerfile", "5: gone: there is no directory Api")
    assert done.returncode == 0
    assert done.stderr == "".join(f"ctxscan: note: passed over: compose.yaml:{each}\n" for each in told)


#: Why the status is 2, at the end.
UNDONE = "ctxscan: failed: 1 build cannot be done: see above\n"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        pytest.param(("--all", "--check"), 2, "error: ", id="an error for a check"),
        pytest.param(("--all",), 0, "note: passed over: ", id="a note for a look"),
    ],
)
def test_a_service_of_no_stage(words: tuple[str, ...], status: int, said: str, tmp_path: Path) -> None:
    """A Compose file that builds a stage which is not there fails for a check, and hides no other build."""
    compose = "services:\n  api: {build: api}\n  web: {build: {context: web, target: production}}\n"
    root = projects.write(tmp_path, {**SHOP, "compose.yaml": compose})
    done = run(*words, "--format", "json", cwd=root)
    problem = 'web/Dockerfile: target stage "production" could not be found'
    assert (done.returncode, done.stderr) == (status, f"ctxscan: {said}{problem}\n{UNDONE * (status == 2)}")
    assert [each["name"] for each in json.loads(done.stdout)["builds"]] == ["api/Dockerfile"]


REFUSED = "failed to solve: invalid includepatterns: [out[]: syntax error in pattern"


def test_a_build_that_is_refused_hides_no_other(tmp_path: Path) -> None:
    """What a builder would not begin is an error; the others are reported, and their rules are shown and written. No
    ignore file that the refused build may read is touched."""
    bad = {
        "a/Dockerfile": "FROM alpine\nCOPY out[ /app\n",
        "a/debug.log": 2_000_000,
        "a/good.Dockerfile": "FROM a\nCOPY . /\n",
    }
    root = projects.write(tmp_path, {**bad, **SHOP, "web/debug.log": 2_000_000})
    done = run("--all", "--check", "--format", "json", cwd=root)
    assert (done.returncode, done.stderr) == (2, f"ctxscan: error: a/Dockerfile: {REFUSED}\n{UNDONE}")
    names = [each["name"] for each in json.loads(done.stdout)["builds"]]
    assert "a/Dockerfile" not in names
    assert {"api/Dockerfile", "web/Dockerfile"} <= {*names}
    done = run("--all", "--diff", cwd=root)
    assert done.returncode == 2
    assert [line for line in done.stdout.splitlines() if line.startswith("+++")] == ["+++ b/web/.dockerignore"]
    assert run("--all", "--fix", cwd=root).returncode == 2
    assert [each.parent.name for each in root.rglob(".dockerignore")] == ["web"]


def test_a_build_for_windows(tmp_path: Path) -> None:
    """A backslash separates directories there."""
    windows = "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY .\\out C:/app\n"
    root = projects.write(tmp_path, {"Dockerfile": windows, "out/x": 700, "other": 900})
    done = run("--all", "--check", "--format", "json", cwd=root)
    (build,) = json.loads(done.stdout)["builds"]
    assert (done.returncode, done.stderr, build["sizes"]["transfer"]["bytes"]) == (0, "", 700)


@pytest.mark.parametrize("filtering", [True, False])
def test_templates_of_maven(tmp_path: Path, filtering: bool) -> None:
    """They are told in one line, with where to find what is made of them."""
    pom = f"<resource><directory>docker</directory><filtering>{str(filtering).lower()}</filtering></resource>"
    files = {
        f"{part}/{name}": text
        for part in "ab"
        for name, text in (("pom.xml", pom), ("docker/Dockerfile", "FROM ${a.b}\n"))
    }
    done = run("--all", "--format", "json", cwd=projects.write(tmp_path, {**SHOP, **files}))
    said = "passed over: 2 Dockerfiles that are templates (a/docker/Dockerfile), which Maven fills: build what it puts"
    assert (said in done.stderr) is filtering
    assert done.stderr.count("unsupported modifier") == (0 if filtering else 2)


def test_one_bad_include_hides_no_other(tmp_path: Path) -> None:
    """Of a whole tree: what it includes and cannot be read is passed over, and said."""
    files: dict[str, str | int] = {
        "compose.yaml": "include: [parts/bad.yaml, parts/good.yaml]\nservices:\n  api: {build: api}\n",
        "parts/bad.yaml": "services: [\n",
        "parts/good.yaml": "services:\n  web:\n    build: {context: ../web, dockerfile: ../web/Dockerfile}\n",
    }
    done = run("--builds", "--all", "--format", "json", cwd=projects.write(tmp_path, {**SHOP, **files}))
    builds = json.loads(done.stdout)["builds"]
    assert [each["source"] for each in builds] == ["compose.yaml:3", "parts/good.yaml:3"]
    assert "passed over: parts/bad.yaml" in done.stderr
