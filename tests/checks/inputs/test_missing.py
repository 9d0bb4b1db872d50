"""Missing inputs: the cause that is named, and the way out, which is followed and has to help."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support import projects
from support.command import run, told
from support.repositories import git

from ctxscan import scan
from ctxscan.checks.inputs.misspelling import nearest
from ctxscan.findings import Finding
from ctxscan.opinions import review

#: The way out where nothing tells what is meant.
PLAIN = "put it there, or take it out of the Dockerfile"
PARENT = "FROM scratch\nCOPY ../common /s\n"


class Case(NamedTuple):
    """A tree, how it is built, what one finding says and advises, and the edit that follows the advice: a file with
    the text that is replaced and the text that replaces it ("" appends). None: the advice is about the command line."""

    tree: dict[str, str | int]
    says: str
    advises: str
    edit: tuple[str, str, str] | None
    options: dict[str, Any] = {}  # noqa: RUF012


def dockerfile(*lines: str) -> dict[str, str | int]:
    return {"Dockerfile": "\n".join(("FROM scratch", *lines, ""))}


CASES = {
    "rule": Case(
        {**dockerfile("COPY target/*.jar /"), ".dockerignore": "target/\n", "target/a.jar": 1},
        "target: excluded by .dockerignore:1 target/",
        "add !target/*.jar at the end of .dockerignore",
        (".dockerignore", "", "!target/*.jar\n"),
    ),
    "mode-at-the-end": Case(
        {**dockerfile("COPY a /etc/a 644"), "a": 1},
        "644 is read as the destination, and what is before it as a source",
        "write COPY --chmod=644 a /etc/a",
        ("Dockerfile", "a /etc/a 644", "--chmod=644 a /etc/a"),
    ),
    "spaces": Case(
        {**dockerfile("COPY my file.txt /a/"), "my file.txt": 1},
        "COPY: a space ends a source, and my file.txt is there",
        'write COPY ["my file.txt", "/a/"]',
        ("Dockerfile", "my file.txt /a/", '["my file.txt", "/a/"]'),
    ),
    "another-project": Case(
        {**dockerfile("COPY a/Old.Shop.csproj /"), "a/Shop.csproj": 1, "a/b.json": 1},
        "a/Old.Shop.csproj: not found in the context: the nearest name is a/Shop.csproj",
        "write COPY a/Shop.csproj, if that is meant",
        ("Dockerfile", "Old.Shop", "Shop"),
    ),
    "most-of-the-words": Case(
        {**dockerfile("COPY acme-web-client.tgz /"), "acme-web-app-client.tgz": 1, "other.tgz": 1},
        "acme-web-client.tgz: not found in the context: the nearest name is acme-web-app-client.tgz",
        "write COPY acme-web-app-client.tgz, if that is meant",
        ("Dockerfile", "acme-web-client", "acme-web-app-client"),
    ),
    "lock-of-another-manager": Case(
        {**dockerfile("COPY package.json yarn.lock /"), "package.json": "{}", "package-lock.json": "{}"},
        "yarn.lock: not found in the context: package-lock.json is there, the lock file of npm",
        "write COPY package-lock.json, and install with npm",
        ("Dockerfile", "yarn.lock", "package-lock.json"),
    ),
    "values-for-one-machine": Case(
        {**dockerfile("COPY .env a /"), "a": 1, ".env": "A=1\n", ".dockerignore": ".env\n"},
        ".env: excluded by .dockerignore:1 .env",
        "take it out of COPY, and hand .env to the container when it starts",
        ("Dockerfile", ".env a", "a"),
    ),
    "wild-card": Case(
        {**dockerfile("COPY target/*.jar /"), "target/a.war": 1}, "target: nothing there matches *.jar", "", None
    ),
    "rule-of-all-that-matches": Case(
        {**dockerfile("COPY target/*.jar /"), ".dockerignore": "**/*.jar\n", "target/a.jar": 1, "target/a.war": 1},
        "target: excluded by .dockerignore:1 **/*.jar",
        "add !target/*.jar at the end of .dockerignore",
        (".dockerignore", "", "!target/*.jar\n"),
    ),
    "rule-of-a-link": Case(
        {**dockerfile("COPY l /"), ".dockerignore": "data\n", "data/x": 1, "l": "-> data/x"},
        "a link to data/x, which is excluded by .dockerignore:1 data",
        "add !data/x at the end of .dockerignore",
        (".dockerignore", "", "!data/x\n"),
    ),
    "link-out": Case(
        {**dockerfile("COPY l /"), "l": "-> ../elsewhere"}, "a link that leads out of the context (../elsewhere)", "copy", None
    ),
    "link-to-nothing": Case({**dockerfile("COPY l /"), "l": "-> gone"}, "a link to gone, which does not exist", "", None),
    "other-case": Case(
        {**dockerfile("COPY Files/a /"), "files/a": 1},
        "it is there in other letters: files/a",
        "write COPY files/a",
        ("Dockerfile", "Files/a", "files/a"),
    ),
    "misspelled": Case(
        {**dockerfile("COPY requirments.txt /"), "requirements.txt": 1},
        "it is there under a similar name: requirements.txt",
        "write COPY requirements.txt",
        ("Dockerfile", "requirments.txt", "requirements.txt"),
    ),
    "misspelled-directory": Case(
        {**dockerfile("COPY scr/main.c /"), "src/main.c": 1},
        "under a similar name: src/main.c",
        "write COPY src/main.c",
        ("Dockerfile", "scr/", "src/"),
    ),
    "other-directory": Case(
        {**dockerfile("COPY nginx.conf /"), "deploy/nginx.conf": 1},
        "nginx.conf is in another directory (deploy/nginx.conf)",
        "write COPY deploy/nginx.conf",
        ("Dockerfile", "nginx.conf", "deploy/nginx.conf"),
    ),
    "other-directory-and-one-of-tests": Case(
        {**dockerfile("COPY nginx.conf /"), "deploy/nginx.conf": 1, "spec/support/nginx.conf": 1},
        "nginx.conf is in another directory (deploy/nginx.conf)",
        "write COPY deploy/nginx.conf",
        ("Dockerfile", "nginx.conf", "deploy/nginx.conf"),
    ),
    "the-dockerfile-itself": Case(
        {"shop": "FROM scratch\nCOPY out/shop /app\n"},
        "out/shop: not found in the context",
        "",
        None,
        {"dockerfile": "shop"},
    ),
    "a-file-for-a-directory": Case(
        {**dockerfile("COPY out/shop/ /app"), "bin/shop": 1}, "shop/: not found in the context", "", None
    ),
    "directory-of-tests-alone": Case(
        {**dockerfile("COPY nginx.conf /"), "tests/stubs/nginx.conf": 1}, "nginx.conf: not found in the context", "", None
    ),
    "directory-of-tests-that-is-meant": Case(
        {**dockerfile("COPY tests/nginx.conf /"), "tests/stubs/nginx.conf": 1},
        "nginx.conf is in another directory (tests/stubs/nginx.conf)",
        "write COPY tests/stubs/nginx.conf",
        ("Dockerfile", "tests/nginx.conf", "tests/stubs/nginx.conf"),
    ),
    "beside-the-dockerfile": Case(
        {"docker/Dockerfile": "FROM scratch\nCOPY run.sh /\n", "docker/run.sh": 1, "other/run.sh": 1},
        "sources are relative to it, not to docker/Dockerfile",
        "write COPY docker/run.sh",
        ("docker/Dockerfile", "run.sh", "docker/run.sh"),
        {"dockerfile": "docker/Dockerfile"},
    ),
    "windows": Case(
        {**dockerfile(r"COPY src\main.c /"), "src/main.c": 1},
        "src\\main.c: a backslash escapes what follows it",
        "write src/main.c",
        ("Dockerfile", "src\\main.c", "src/main.c"),
    ),
    "for-windows": Case(
        {"Dockerfile": '# escape=`\nFROM scratch\nCOPY ["src\\\\data.c", "C:\\\\"]\n', "src/data.c": 1},
        "only a builder on Windows separates directories with a backslash",
        "write src/data.c",
        ("Dockerfile", r"src\\data.c", "src/data.c"),
    ),
    "comment": Case(
        {**dockerfile("COPY a /x/ # the program"), "a": 1},
        "a comment takes a separate line",
        "move the comment above line 2",
        ("Dockerfile", " # the program", ""),
    ),
    "shell": Case(
        {**dockerfile("COPY a b /x/ 2>/dev/null || true"), "a": 1, "b": 1},
        "no shell runs COPY: 2>/dev/null || true is read as paths",
        "take that out",
        ("Dockerfile", " 2>/dev/null || true", ""),
    ),
    "home": Case({**dockerfile("COPY ~/.npmrc /")}, "a path of this machine", "--build-context", None),
    "drive": Case({**dockerfile("COPY C:/app/x /")}, "a path of this machine", "--build-context", None),
    "declared-before-from": Case(
        {"Dockerfile": "ARG OUT=dist\nFROM scratch\nCOPY ${OUT}/a /\n", "dist/a": 1},
        "OUT is declared before FROM, which counts for FROM alone",
        "repeat ARG OUT in this stage, after FROM",
        ("Dockerfile", "FROM scratch\n", "FROM scratch\nARG OUT\n"),
    ),
    "declared-below": Case(
        {**dockerfile("COPY ${OUT}/a /", "ARG OUT=dist"), "dist/a": 1},
        "ARG OUT is declared below it, on line 3",
        "move ARG OUT above line 2",
        ("Dockerfile", "FROM scratch\n", "FROM scratch\nARG OUT=dist\n"),
    ),
    "declared-in-another-stage": Case(
        {"Dockerfile": "FROM scratch AS a\nARG OUT=dist\nFROM scratch\nCOPY --from=a / /\nCOPY ${OUT}/a /\n", "dist/a": 1},
        "it is declared in the stage a alone",
        "declare ARG OUT in this stage, too",
        ("Dockerfile", "COPY ${", "ARG OUT=dist\nCOPY ${"),
    ),
    "declared-without-a-value": Case(
        {**dockerfile("ARG OUT", "COPY ${OUT}/a /"), "dist/a": 1},
        "ARG OUT has no default",
        "pass --build-arg OUT=…, or give ARG OUT a default",
        ("Dockerfile", "ARG OUT", "ARG OUT=dist"),
    ),
    "never-declared": Case(
        {**dockerfile("COPY ${OUT}/a /"), "dist/a": 1},
        "no ARG or ENV declares it",
        "declare ARG OUT above line 2",
        ("Dockerfile", "FROM scratch\n", "FROM scratch\nARG OUT=dist\n"),
    ),
    "made-in-a-stage": Case(
        {
            "Dockerfile": "FROM node:22 AS build\nWORKDIR /app\nCOPY a .\nRUN npm run build\nFROM scratch\nCOPY dist /\n",
            "a": 1,
        },
        "it is probably meant from the stage build",
        "write COPY --from=build /app/dist",
        ("Dockerfile", "COPY dist", "COPY --from=build /app/dist"),
    ),
    "in-no-stage-that-only-makes-users": Case(
        {
            "Dockerfile": "FROM golang:1.27 AS build\nRUN groupadd a && \\\n  useradd -g a a && \\\n  mkdir -p /var/lib/a\n"
            "FROM scratch\nCOPY dist/a /\n",
        },
        "not found in the context",
        PLAIN,
        None,
    ),
    "absolute-in-a-stage": Case(
        {"Dockerfile": "FROM maven:3.9 AS b\nCOPY a /home/app/src\nRUN mvn package\nFROM scratch\nCOPY /home/app/t/*.jar /\n", "a": 1},
        "it is probably meant from the stage b",
        "write COPY --from=b /home/app/t/*.jar",
        ("Dockerfile", "COPY /home", "COPY --from=b /home"),
    ),
    "relative-to-the-workdir-of-a-stage": Case(
        {"Dockerfile": "FROM scratch AS b\nWORKDIR /app\nCOPY a .\nFROM scratch\nCOPY --from=b a /\n", "a": 1},
        "nothing puts that into b",
        "write COPY --from=b /app/a",
        ("Dockerfile", "--from=b a", "--from=b /app/a"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("base", "severity"), [("acme/base:1", "note"), ("scratch", "error"), ("acme/base:1\nENV MAJOR=9", "error")]
)
def test_a_variable_of_the_base_may_name_what_a_stage_has(base: str, severity: str, tmp_path: Path) -> None:
    """What an image has in its environment is not known here."""
    text = f"FROM scratch AS t\nCOPY a.18.yml /\nFROM {base}\nCOPY --from=t /a.${{MAJOR}}.yml /b\n"
    lay(tmp_path, {"Dockerfile": text, "a.18.yml": 1})
    assert [each.severity for each in missing(tmp_path)] == [severity]


def lay(root: Path, tree: dict[str, str | int]) -> None:
    """Files as `projects.write` has them, and links: a text that begins with an arrow."""
    links = {name: text[3:] for name, text in tree.items() if isinstance(text, str) and text.startswith("-> ")}
    projects.write(root, {name: content for name, content in tree.items() if name not in links})
    for name, target in links.items():
        (root / name).symlink_to(target)


def missing(root: Path, **options: Any) -> list[Finding]:
    found = review(scan(root, **options)).findings or ()
    return [each for each in found if each.code == "missing-input"]


CASE_MATTERS = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the disk does not tell letters apart")
LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links")
MARKS = {"other-case": CASE_MATTERS, "rule-of-a-link": LINKS, "link-out": LINKS, "link-to-nothing": LINKS}


@pytest.mark.parametrize("name", [pytest.param(each, marks=MARKS.get(each, ())) for each in CASES])
def test_the_cause_is_named_and_its_remedy_helps(name: str, tmp_path: Path) -> None:
    """One finding, with the cause and a way out; once that is followed there is none."""
    case = CASES[name]
    lay(tmp_path, case.tree)
    options = {key: tmp_path / value for key, value in case.options.items()}
    (finding,) = missing(tmp_path, **options)
    assert case.says in finding.message
    assert case.advises in (finding.remedy or "")
    if case.edit is not None:
        file, old, new = case.edit
        text = (tmp_path / file).read_text()
        (tmp_path / file).write_text(text.replace(old, new, 1) if old else text + new)
        assert not missing(tmp_path, **options)


@pytest.mark.parametrize("name", ["made-in-a-stage", "other-directory", "misspelled"])
def test_an_exception_is_advised_only_if_it_helps(name: str, tmp_path: Path) -> None:
    """What is not there is not brought back by any exception."""
    projects.write(tmp_path, {**CASES[name].tree, ".dockerignore": "nothing\n"})
    (finding,) = missing(tmp_path)
    assert "!" not in (finding.remedy or "")


@pytest.mark.parametrize(
    ("lines", "arguments", "severity"),
    [
        ("ARG v=\nENV V=$v\n", {}, "note"),
        ("ARG v=1\nENV V=$v\n", {}, "error"),
        ("ARG v=1\nENV V=$v\n", {"v": "2"}, "error"),
        ("ARG v=\nENV V=$v\n", {"v": "2"}, "error"),
        ("ENV V=1\n", {}, "error"),
        ("ARG TARGETARCH\nENV V=$TARGETARCH\n", {}, "error"),
        ("ARG v\nENV V=${v:-1}\n", {}, "error"),
    ],
)
def test_a_name_that_whoever_builds_completes(
    lines: str, arguments: dict[str, str], severity: str, tmp_path: Path
) -> None:
    """Nothing here tells what is meant, so it may be made before the build."""
    projects.write(tmp_path, {"Dockerfile": f"FROM scratch\n{lines}COPY shop-server-${{V}} /s\n"})
    assert [each.severity for each in missing(tmp_path, build_args=arguments)] == [severity]


def test_a_variable_of_the_base_image_may_put_it_right(tmp_path: Path) -> None:
    """Nobody here knows what an image sets, so it is a warning."""
    projects.write(tmp_path, {"Dockerfile": "FROM node:22\nCOPY ${OUT}/a /\n"})
    assert [each.severity for each in missing(tmp_path)] == ["warning"]


@pytest.mark.parametrize(
    ("tree", "says", "advises"),
    [
        pytest.param(
            {"svc/Dockerfile": PARENT, "common/lib.py": 1},
            "../common lies outside the context",
            "build from .. with -f svc/Dockerfile, or pass --build-context common=../common and write COPY --from=common .",
            id="directory",
        ),
        pytest.param(
            {"svc/Dockerfile": "FROM scratch\nCOPY ../go.mod /\n", "go.mod": 1},
            "../go.mod lies outside the context",
            "build from .. with -f svc/Dockerfile, or pass --build-context parent=.. and write COPY --from=parent go.mod",
            id="file",
        ),
        pytest.param(
            {"svc/Dockerfile": PARENT}, "there is no common in the project", "take it out, or name what is meant", id="gone"
        ),
        pytest.param(
            {"svc/Dockerfile": "FROM scratch\nCOPY ../lib/Shop.csproj /\n", "lib/Shop.Core.csproj": 1},
            "there is no lib/Shop.csproj in the project",
            "lib/Shop.Core.csproj is nearest, outside the context as well: if that is meant, build from .. with "
            "-f svc/Dockerfile, and write every source as seen from there",
            id="gone-and-another-is-there",
        ),
        pytest.param(
            {"svc/Dockerfile": PARENT, ".gitignore": "/common\n"},
            "../common lies outside the context",
            "build from a directory that holds it",
            id="made-first",
        ),
        pytest.param(
            {"svc/Dockerfile": "FROM scratch\nCOPY pnpm-lock.yaml /\n", "pnpm-lock.yaml": 1},
            "it is there as seen from ..",
            "build from .. with -f svc/Dockerfile",
            id="as-seen-from-above",
        ),
        pytest.param(
            {"svc/Dockerfile": "FROM scratch\nCOPY . /\nCOPY nginx.conf /\n", "nginx.conf": 1, "svc/main.py": 1},
            "it is there as seen from ..",
            "build from .. with -f svc/Dockerfile, and write every source as seen from there",
            id="beside-all-of-the-context",
        ),
        pytest.param(
            {"svc/Dockerfile": "FROM scratch\nCOPY *.py /\nCOPY ../nginx.conf /\n", "nginx.conf": 1, "svc/main.py": 1},
            "../nginx.conf lies outside the context",
            "build from .. with -f svc/Dockerfile, and write every source as seen from there, or pass",
            id="beside-a-wild-card",
        ),
        pytest.param(
            {"svc/Dockerfile": "FROM scratch\nCOPY svc/main.py /\n", "svc/main.py": 1},
            "it is there as seen from ..",
            "build from .. with -f svc/Dockerfile, or write COPY main.py",
            id="with-the-name-of-the-context",
        ),
        pytest.param(
            {"svc/Dockerfile": "FROM scratch\nCOPY svc/main.py /\n", "svc/main.py": 1, "package.json": "{}", "x.lock": 1},
            "it is there as seen from ..",
            "build from .. with -f svc/Dockerfile, or write COPY main.py",
            id="below-a-project-of-another-kind",
        ),
    ],
)  # fmt: skip
def test_above_the_context(
    tree: dict[str, str | int], says: str, advises: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies above is looked for as far as the repository, or the directory of the command, goes."""
    projects.write(tmp_path, tree)
    monkeypatch.chdir(tmp_path)
    (finding,) = missing(Path("svc"))
    assert says in finding.message
    assert advises in (finding.remedy or "")


@pytest.mark.parametrize(
    ("run", "tree"),
    [
        ("true", {"pnpm-workspace.yaml": "packages: [svc]\n"}),
        ("true", {"package.json": '{"workspaces": ["svc"]}'}),
        ("true", {"Cargo.toml": '[workspace]\nmembers = ["svc"]\n'}),
        ("true", {"package-lock.json": "{}", "svc/package.json": "{}"}),
        ("pnpm dlx turbo@2 prune web --docker", {}),
        ("pnpm --filter web build", {}),
    ],
)
def test_a_part_of_a_workspace_is_built_from_its_top(
    run: str, tree: dict[str, str | int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock file is there, too: what names one source otherwise ends in the next step."""
    text = f"FROM node:22\nCOPY svc/main.js /\nRUN {run}\n"
    projects.write(tmp_path, {"svc/Dockerfile": text, "svc/main.js": 1, **tree})
    monkeypatch.chdir(tmp_path)
    (finding,) = missing(Path("svc"))
    assert finding.remedy == "build from .. with -f svc/Dockerfile"


@pytest.mark.parametrize(("source", "sources"), [("src", "src/a.py"), ("../src", "src/a.py")], ids=["plain", "above"])
def test_the_way_out_is_that_of_the_compose_file(source: str, sources: str, tmp_path: Path) -> None:
    """Who builds with Compose writes the context there, relative to the file."""
    compose = "services:\n  a:\n    build: ./docker\n"
    projects.write(
        tmp_path,
        {"docker/Dockerfile": f"FROM scratch\nCOPY {source} /\n", "deploy/x": 1, sources: 1, "compose.yaml": compose},
    )
    (build,) = told("compose.yaml", cwd=tmp_path)
    (found,) = [each for each in build["findings"] if each["code"] == "missing-input"]
    assert found["remedy"] == "write context: . and dockerfile: docker/Dockerfile in compose.yaml, line 3"


#: Files beside `svc/Dockerfile`, what it copies, and the end of what is said of it, with its weight.
WRITTEN = {
    "copied-by-a-script-anywhere": ({".github/scripts/sync/a.sh": "x\ncp -f ~/.ssh/id.pub svc/id.pub\n"}, "id.pub /k", "not found in the context: .github/scripts/sync/a.sh:2 makes it", "note"),
    "built-by-a-readme": ({"svc/README.md": "go build -o svc/app ./app\n", "app/main.go": "x"}, "app /usr/bin/app", "svc/README.md:1 makes it", "note"),
    "redirected": ({"a/b.mk": "x:\n\techo 1 > svc/id.pub\n"}, "id.pub /k", "a/b.mk:2 makes it", "note"),
    "in-a-directory-of-that-name": ({"a/b.sh": "cp x other/svc/id.pub\n"}, "id.pub /k", "not found in the context", "error"),
    "copied-from-there": ({"a/b.sh": "cp svc/id.pub /etc/keys\n"}, "id.pub /k", "not found in the context", "error"),
    "a-directory-of-sources-above": ({"app/main.go": "x"}, "app /usr/bin/app", "not found in the context", "error"),
    "sources-above": ({"app/main.go": "x"}, "app /src", "not found in the context: it is there as seen from ..", "error"),
    "a-key-of-yaml": ({"compose.yaml": "services:\n  a:\n    build: svc\n"}, "services/ /etc/a/services/", "not found in the context", "error"),
    "a-target-of-make": ({"svc/Makefile": "services:\n\ttouch $@\n"}, "services/ /etc/a/services/", "made by an earlier step?", "note"),
    "of-another-system": ({"svc/debian/releases/a": "x"}, "suse/releases /a", "not found in the context", "error"),
    "of-no-system": ({"svc/old/releases/a": "x"}, "new/releases /a", "releases is in another directory (old/releases)", "error"),
    "other-words": ({"svc/demo-mount-rdma.sh": "x"}, "test-rdma-mount.sh /a", "not found in the context", "error"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_line_of_the_project_makes(name: str, tmp_path: Path) -> None:
    """A command that writes it by its place in the repository; what is only called alike is not meant."""
    files, source, says, severity = WRITTEN[name]
    compose = {"compose.yaml": "services:\n  a:\n    build: svc\n"}
    git(
        projects.write(tmp_path, {**compose, "svc/Dockerfile": f"FROM scratch\nCOPY {source}\n", **files}), "init", "-q"
    )
    (build,) = told("compose.yaml", cwd=tmp_path)
    (found,) = [each for each in build["findings"] if each["code"] == "missing-input"]
    assert (found["severity"], found["message"].endswith(says)) == (severity, True), found["message"]


@pytest.mark.parametrize(
    ("script", "says"), [("pkg/try.sh", "pkg/try.sh:2 makes it"), ("old/try.sh", "not found in the context")]
)
def test_a_script_above_moves_it_to_a_name_of_variables(script: str, says: str, tmp_path: Path) -> None:
    """One in another directory means another file."""
    files = {script: 'x\ncp "$DEB" "$DIR/shop.${KIND}"\n', "pkg/deb/Dockerfile": "FROM scratch\nCOPY shop.deb /\n"}
    compose = "services:\n  a:\n    build: pkg/deb\n"
    git(projects.write(tmp_path, {"compose.yaml": compose, **files}), "init", "-q")
    (build,) = told("compose.yaml", cwd=tmp_path)
    (found,) = [each for each in build["findings"] if each["code"] == "missing-input"]
    assert found["message"].endswith(says)


CLOUD = "steps:\n- name: gcr.io/cloud-builders/gcloud\n  args:\n  - kms\n  - decrypt\n  - --plaintext-file=./tls.pem\n"
BUILDS = "- name: gcr.io/cloud-builders/docker\n  args: [build, -f, ops/Dockerfile, .]\n"
JOB = "jobs:\n  image:\n    steps:\n    - uses: actions/checkout@v4\n"
#: A pipeline that builds `ops/Dockerfile`, the source, and the line that is said to make it, if any.
STEPS = {
    "decrypted": ({"ops/cloudbuild.yaml": CLOUD + BUILDS}, "tls.pem", "ops/cloudbuild.yaml:6"),
    "fetched": ({".github/workflows/a.yml": f"{JOB}    - run: dvc pull models/b.onnx\n    - run: docker build -f ops/Dockerfile .\n"}, "models/b.onnx", ".github/workflows/a.yml:5"),
    "of-an-earlier-job": ({".gitlab-ci.yml": "a:\n  script: [gradle x]\n  artifacts:\n    paths:\n      - libs/a.jar\nb:\n  script:\n    - docker build -f ops/Dockerfile .\n"}, "libs/a.jar", ".gitlab-ci.yml:5"),
    "unpacked-by-a-script": ({"ops/image.sh": "unpack --to=data/words.bin\ndocker build -f ops/Dockerfile .\n"}, "data/words.bin", "ops/image.sh:1"),
    # --- silent
    "said-in-the-dockerfile-itself": ({"ops/Dockerfile": "FROM scratch\nCOPY data/words.bin /\n# docker build -f ops/Dockerfile .\n"}, "data/words.bin", ""),
    "after-the-build": ({"ops/cloudbuild.yaml": "steps:\n" + BUILDS + CLOUD.removeprefix("steps:\n")}, "tls.pem", ""),
    "what-starts-it": ({".github/workflows/a.yml": f"on:\n  push:\n    paths:\n    - models/b.onnx\n{JOB}    - run: docker build -f ops/Dockerfile .\n"}, "models/b.onnx", ""),
    "key-of-a-cache": ({".github/workflows/a.yml": f"{JOB}    - uses: actions/cache@v4\n      with:\n        key: ${{{{ hashFiles('web/yarn.lock') }}}}\n    - run: docker build -f ops/Dockerfile .\n"}, "web/yarn.lock", ""),
    "of-another-name": ({"ops/cloudbuild.yaml": CLOUD.replace("tls", "old/tls") + BUILDS}, "tls.pem", ""),
    "a-plain-word": ({".github/workflows/a.yml": f"{JOB}    - run: npm run assets\n    - run: docker build -f ops/Dockerfile .\n"}, "assets", ""),
    "of-a-pipeline-for-another": ({"ops/cloudbuild.yaml": "steps:\n" + BUILDS, "x/cloudbuild.yaml": CLOUD + BUILDS.replace("ops", "x"), "x/Dockerfile": "FROM scratch\n"}, "tls.pem", ""),
    "from-a-clone": ({".github/workflows/a.yml": f"{JOB}    - run: unpack --to=data/words.bin\n    - uses: docker/build-push-action@v6\n      with: {{file: ops/Dockerfile}}\n"}, "data/words.bin", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_what_an_earlier_step_of_the_pipeline_names(name: str, tmp_path: Path) -> None:
    """It is made there, or that step fails; what is named elsewhere may be a slip like any other."""
    files, source, line = STEPS[name]
    git(projects.write(tmp_path, {"ops/Dockerfile": f"FROM scratch\nCOPY {source} /\n", **files}), "init", "-q")
    found = [
        each
        for build in told("--all", cwd=tmp_path)
        for each in build["findings"]
        if each["code"] == "missing-input" and build["dockerfile"] == "ops/Dockerfile"
    ]
    assert [each["severity"] == "note" for each in found] == [bool(line)], found
    assert found[0]["message"].endswith(f"; made by an earlier step ({line})?") is bool(line), found


def test_a_stage_that_only_installs_packages_made_nothing(tmp_path: Path) -> None:
    """Neither a program of the project nor a directory called `release` comes from there; and ADD takes nothing."""
    text = "FROM alpine:3 AS certs\nRUN apk add -U --no-cache ca-certificates{more}\nFROM alpine:3\nADD release/app /bin/\n"
    projects.write(tmp_path, {"Dockerfile": text.format(more="")})
    assert missing(tmp_path)[0].remedy == PLAIN
    projects.write(tmp_path, {"Dockerfile": text.format(more=" && make")})
    assert missing(tmp_path)[0].remedy == "write COPY --from=certs /release/app"


def test_every_service_of_that_context(tmp_path: Path) -> None:
    """Each line has to be mended; one with a Dockerfile of its own is another build."""
    service = "build: {context: ., target: one}"
    compose = f"services:\n  a: {{{service}}}\n  b: {{build: .}}\n  c: {{build: {{context: ., dockerfile: x}}}}\n"
    root = projects.write(
        tmp_path, {"d/Dockerfile": "FROM scratch AS one\nCOPY src /\n", "src/a": 1, "d/compose.yaml": compose}
    )
    found = [each for build in told("--all", cwd=root) for each in build["findings"] if each["code"] == "missing-input"]
    assert {each["remedy"] for each in found} == {
        "write context: .. and dockerfile: d/Dockerfile in d/compose.yaml, lines 2 and 3"
    }
    assert "these" not in run("--all", "-v", cwd=root).stdout


@pytest.mark.parametrize("set_by", ["", "ENV APP=$ROOT/app\n"])
def test_a_variable_of_several_sources(set_by: str, tmp_path: Path) -> None:
    """That it has no value is one cause, also where another one is made of it: names of the same kind mean nothing."""
    path = "$APP" if set_by else "$ROOT/app"
    text = f"FROM scratch\n{set_by}COPY {path}/list.txt /\nCOPY {path}/web/a.js {path}/other /web/\n"
    projects.write(tmp_path, {"Dockerfile": text, "list.txt": 1, "a/web/a.js": 1})
    (found,) = missing(tmp_path)
    assert found.message.endswith(
        "and 2 more sources: not found in the context ($ROOT has no value): no ARG or ENV declares it"
    )
    assert found.remedy == "declare ARG ROOT above line 2"
    declared = text.replace("scratch\n", "scratch\nARG ROOT=x\n")
    projects.write(tmp_path, {"Dockerfile": declared, "x/app/list.txt": 1, "x/app/web/a.js": 1, "x/app/other": 1})
    assert not missing(tmp_path)


def test_a_file_in_the_root_of_the_repository(tmp_path: Path) -> None:
    """It is named as that, since the context may have a directory of that name."""
    projects.write(tmp_path, {"web/Dockerfile": "FROM scratch\nCOPY web/list.txt /\n", "list.txt": 1, ".git/HEAD": "x"})
    (found,) = missing(tmp_path / "web")
    assert found.message.endswith("not found in the context: the repository's root has list.txt")
    assert found.remedy.startswith("copy list.txt to web/web/list.txt, if that is meant, or pass --build-context ")
    projects.write(tmp_path, {"web/web/list.txt": 1})
    assert not missing(tmp_path / "web")


@pytest.mark.parametrize(
    ("other", "advises"),
    [
        ("shop", "write COPY list.txt"),
        ("web/shop", "build from .. with -f web/Dockerfile, or write COPY list.txt"),
        ("web/shop/*.js", "build from .. with -f web/Dockerfile, or write COPY list.txt"),
        ("*.js", "write COPY list.txt"),
    ],
)
def test_another_source_that_is_another_one_above(other: str, advises: str, tmp_path: Path) -> None:
    """What a source takes in the context is not what has that name in the directory above."""
    text = f"FROM scratch\nCOPY web/list.txt /\nCOPY {other} /s/\n"
    files: dict[str, str | int] = {
        "web/Dockerfile": text,
        "web/list.txt": 1,
        "web/shop/a.js": 1,
        "shop/b": 1,
        "web/a.js": 1,
    }
    projects.write(tmp_path, {**files, ".git/HEAD": "x"})
    found = missing(tmp_path / "web")
    assert found[0].remedy == advises
    if other == "shop":
        projects.write(tmp_path, {"web/Dockerfile": text.replace("web/", "")})
        assert not missing(tmp_path / "web")


def test_a_guess_by_the_shape_of_the_sources(tmp_path: Path) -> None:
    """A source in a directory that is called like that of the Dockerfile is seen from above, though it is gone."""
    files: dict[str, str | int] = {
        "web/Dockerfile": "FROM scratch\nCOPY web/Old.csproj /\nCOPY . /\n",
        "web/New.csproj": 1,
    }
    (build,) = told("--all", cwd=projects.write(tmp_path, files))
    (found,) = [each for each in build["findings"] if each["code"] == "missing-input"]
    assert (build["context"], found["remedy"]) == (".", "write COPY web/New.csproj, if that is meant")
    assert (
        "The context is guessed: no directory has all that the Dockerfile copies\n" in run("--all", cwd=tmp_path).stdout
    )


@pytest.mark.parametrize(
    ("source", "more", "meant"),
    [
        ("packages/svc/form", {}, "svc/form"),
        ("svc/form/serve.js", {}, "svc/form/server.js"),
        ("other/thing", {}, None),
        ("packages/svc/form", {".gitignore": "packages\n"}, None),
        ("packages/svc/form", {"build.sh": "mkdir -p packages\n"}, None),
        ("packages/svc/form", {".gitmodules": '[submodule "p"]\n\tpath = p\n'}, None),
        ("packages/$A/form", {}, None),
    ],
)
def test_what_no_context_has(source: str, more: dict[str, str | int], meant: str | None, tmp_path: Path) -> None:
    """Nothing names the context: the build fails in any, unless the sources are made first, or of another project."""
    files: dict[str, str | int] = {
        "svc/form/Dockerfile": f'FROM node:22\nARG A\nCOPY {source} /\nCOPY ../.env /a/\nCMD ["/a/b"]\n',
        "svc/form/server.js": 1,
        ".gitignore": ".env\n",
    }
    files[".gitignore"] = f"{files['.gitignore']}{more.pop('.gitignore', '')}"
    (build,) = told("--all", cwd=projects.write(tmp_path, {**files, **more}))
    found = {each["code"]: each for each in build["findings"]}
    assert found.get("missing-input", {}).get("remedy") == (
        f"name what is meant: {meant} is nearest" if meant else PLAIN if "missing-input" in found else None
    )
    # What the instruction says alone does not depend on the context.
    assert found["copied-secret"]["severity"] == "warning"


@pytest.mark.parametrize(
    ("rules", "remedy"),
    [
        ("bin\n", "add !bin/tool at the end of .dockerignore, and put it there before the build"),
        ("*\n!src\n", "add !bin/tool at the end of .dockerignore, and put it there before the build"),
        ("docs\n", None),
        ("*\n!bin\n", None),
        ("*\n!bin/t*/x\n", None),
        ("*\n!**/tool\n", None),
    ],
)
def test_what_is_made_later_would_be_excluded_as_well(rules: str, remedy: str | None, tmp_path: Path) -> None:
    """It is not there yet, and would not reach the builder if it were: the exception is tried."""
    projects.write(tmp_path, {**dockerfile("COPY bin/tool /"), ".dockerignore": rules, "src/a.go": 1})
    (finding,) = missing(tmp_path)
    rule = rules.split()[0]
    says = f", and .dockerignore:1 {rule} would exclude it" if remedy else ""
    assert (finding.message, finding.remedy) == (f"COPY bin/tool: not found in the context{says}", remedy or PLAIN)


@pytest.mark.parametrize(
    ("wanted", "example", "told"),
    [
        (".env", ".env.example", True),
        ("conf/app.yml", "conf/app.yml.dist", True),
        ("app.json", "app.example.json", True),
        ("app.json", "other.json.example", False),
    ],
)
def test_what_is_made_from_an_example(wanted: str, example: str, told: bool, tmp_path: Path) -> None:
    """The command that makes it."""
    projects.write(tmp_path, {**dockerfile(f"COPY {wanted} /"), example: 1})
    (finding,) = missing(tmp_path)
    assert finding.remedy == (f"cp {example} {wanted} before the build" if told else PLAIN)


def test_a_directory_comes_back_without_what_is_in_it(tmp_path: Path) -> None:
    """By the file that keeps it in the history."""
    projects.write(
        tmp_path, {**dockerfile("COPY keys /"), ".dockerignore": "keys\n", "keys/.gitkeep": 1, "keys/a.pem": 1}
    )
    (finding,) = missing(tmp_path)
    assert finding.remedy == "add !keys/.gitkeep at the end of .dockerignore"


def test_a_context_that_is_too_narrow_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is there as seen from one directory above has one cause."""
    text = "FROM scratch\nCOPY svc/a svc/b /\nCOPY lib /lib\nCOPY gone /\n"
    projects.write(tmp_path, {"svc/Dockerfile": text, "svc/a": 1, "svc/b": 1, "lib/x": 1})
    monkeypatch.chdir(tmp_path)
    assert [each.message for each in missing(Path("svc"))] == [
        "COPY svc/a and 2 more sources: not found in the context: it is there as seen from ..",
        "COPY gone: not found in the context",
    ]


def test_nothing_is_looked_for_above_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Dockerfile does not learn what this machine has."""
    projects.write(tmp_path, {"here/svc/Dockerfile": "FROM scratch\nCOPY private /\n", "private": 1})
    monkeypatch.chdir(tmp_path / "here")
    (finding,) = missing(Path("svc"))
    assert (finding.message, finding.remedy) == ("COPY private: not found in the context", PLAIN)


def test_an_absolute_path_of_the_context(tmp_path: Path) -> None:
    """The part below the context is what to write."""
    projects.write(tmp_path, {"Dockerfile": f"FROM scratch\nCOPY {tmp_path.as_posix()}/src/a /\n", "src/a": 1})
    (finding,) = missing(tmp_path)
    assert finding.remedy == "write src/a"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("FROM scratch AS build\nCOPY a /\nFROM scratch\nCOPY --from=biuld /a /\n", "the nearest is build"),
        ("FROM scratch AS build\nCOPY a /\nFROM scratch\nCOPY --from=builder /a /\n", "the nearest is build"),
        ("FROM scratch AS build\nCOPY a /\nFROM scratch\nCOPY --from=build-stage /a /\n", "the nearest is build"),
        ("FROM scratch\nCOPY --from=late /a /\nFROM scratch AS late\nCOPY a /\n", None),
        ("FROM scratch AS compose\nCOPY a /\nFROM scratch\nCOPY --from=busybox /a /\n", None),
        ("FROM scratch AS nginx\nCOPY a /\nFROM scratch\nCOPY --from=nginx:1 /a /\n", None),
        ("FROM scratch AS builder\nCOPY a /\nFROM buidler\nCOPY a /b\n", "the nearest is builder"),
        ("FROM ndoe:22-alpine\nCOPY a /\n", "the nearest is node"),
        ("FROM pyhton\nCOPY a /\n", "the nearest is python"),
        ("FROM ngnix:1.27\nCOPY a /\n", "the nearest is nginx"),
        ("FROM postgress:16\nCOPY a /\n", "the nearest is postgres"),
        ("FROM ubunto:24.04\nCOPY a /\n", "the nearest is ubuntu"),
        ("FROM nodejs:22\nCOPY a /\n", "the nearest is node"),
        # What somebody may well have built, and images of others.
        ("FROM base:1\nCOPY a /\n", None),
        ("FROM mongos:7\nCOPY a /\n", None),
        ("FROM redis6\nCOPY a /\n", None),
        ("FROM acme/ndoe:22\nCOPY a /\n", None),
        ("FROM localhost:5000/ndoe:22\nCOPY a /\n", None),
        ("FROM node:22 AS ndoe\nFROM ndoe\nCOPY a /\n", None),
    ],
)
def test_a_stage_that_is_not_there(lines: str, says: str | None, tmp_path: Path) -> None:
    """A name that is nearly that of a stage is a misspelling; one of an image is left alone."""
    projects.write(tmp_path, {"Dockerfile": lines, "a": 1})
    found = [each.message for each in review(scan(tmp_path)).findings or () if each.code == "unknown-stage"]
    assert (says is not None) is bool(found)
    assert says is None or says in found[0]


def test_an_image_that_the_project_builds_is_no_misspelling(tmp_path: Path) -> None:
    """A name like that of a known image is its own where a file of the project gives it to a build."""
    projects.write(
        tmp_path, {"Dockerfile": "FROM pythons:1\n", "app/Dockerfile": "FROM pythn:1\nCOPY a /\n", "app/a": 1}
    )
    codes = [each.code for each in review(scan(tmp_path / "app")).findings or ()]
    assert "unknown-stage" in codes
    projects.write(tmp_path, {"app/Makefile": "base:\n\tdocker build -t pythn:1 base\n"})
    codes = [each.code for each in review(scan(tmp_path / "app")).findings or ()]
    assert "unknown-stage" not in codes


def test_a_search_asks_nothing_of_each_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in other directories is told from their listings."""
    files = {f"d{at}/{name}.json": 1 for at in range(4) for name in "abcdef"}
    projects.write(tmp_path, {**dockerfile("COPY settings.json /"), **files, "d1/deep/settings.json": 1})
    made = scan(tmp_path)
    asked: list[str] = []
    lstat = os.lstat

    def counting(path: Any, **options: Any) -> os.stat_result:
        asked.append(os.fspath(path))
        return lstat(path, **options)

    monkeypatch.setattr(os, "lstat", counting)
    found = [each.message for each in review(made).findings or () if each.code == "missing-input"]
    assert "settings.json is in another directory (d1/deep/settings.json)" in found[0]
    assert not [path for path in asked if path.endswith(".json") and not path.endswith("settings.json")]


@pytest.mark.parametrize(
    ("name", "names", "found"),
    [
        ("scr", ["src", "sea"], "src"),
        ("Src", ["src"], "src"),
        ("a", ["b"], None),
        ("lib", ["docs"], None),
        ("licence", ["license"], "license"),
        ("requirements.txt", ["requirements-dev.txt"], None),
        ("pakcage.jsn", ["package.json"], "package.json"),
    ],
)
def test_names_that_are_alike(name: str, names: list[str], found: str | None) -> None:
    """A typing error or two, by the length of the name."""
    assert nearest(name, names) == found


#: A workflow that makes `dist` and then builds, with a context (`{}`) or without.
WORKFLOW = """\
on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci && npm run build
      - uses: docker/build-push-action@v6
        with:
          push: true
{}"""


@pytest.mark.parametrize("present", [True, False], ids=["made", "not made"])
@pytest.mark.parametrize("context", ["", "          context: .\n"], ids=["clone", "directory"])
def test_what_is_not_in_the_clone_of_a_workflow(context: str, present: bool, tmp_path: Path) -> None:
    """Without a context the action has the builder clone the project, and what earlier steps made is not there."""
    projects.write(
        tmp_path,
        {
            "Dockerfile": "FROM nginx:1\nCOPY dist conf /srv/\n",
            ".github/workflows/image.yml": WORKFLOW.format(context),
            ".gitignore": "dist\n",
            "conf/a": 1,
            **({"dist/a": 1} if present else {}),
        },
    )
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    found = [each for each in told("--all", cwd=tmp_path)[0]["findings"] if each["code"] == "missing-input"]
    warned = [each for each in found if each["severity"] == "warning"]
    assert [each["message"].split(":")[0] for each in warned] == ([] if context else ["COPY dist"])
    assert all("write context: . in that step" in each["remedy"] for each in warned)
    assert len(found) - len(warned) == (0 if present or not context else 1)


def test_the_sources_of_what_a_build_makes_are_not_meant(tmp_path: Path) -> None:
    """Git ignores the program, and the directory of that name is what it is made of."""
    files = {
        "Dockerfile": "FROM scratch\nCOPY out/shop /\n",
        ".gitignore": "/out\n",
        "cmd/shop/main.go": "package main\n",
    }
    projects.write(tmp_path, files)
    (found,) = missing(tmp_path)
    assert "cmd/shop" not in f"{found.message} {found.remedy}"


@pytest.mark.parametrize(
    ("tree", "says", "remedy"),
    [
        ({"package-lock.json": "{}"}, "and nowhere above it: the project has ../../package-lock.json, the lock file of npm", "install with npm, from a context that has package-lock.json"),
        ({"Cargo.lock": ""}, "not found in the context", None),
        ({"package-lock.json": "{}", "web/yarn.lock": ""}, "it is there as seen from ..", "build from .."),
    ],
)  # fmt: skip
def test_the_lock_file_of_the_whole_project(
    tree: dict[str, str], says: str, remedy: str | None, tmp_path: Path
) -> None:
    """A part of a project that is installed with another manager than the Dockerfile has no lock file for that."""
    part = {"web/shop/Dockerfile": "FROM scratch\nCOPY package.json yarn.lock /\n", "web/shop/package.json": "{}"}
    projects.write(tmp_path, {**part, **tree})
    git(tmp_path, "init", "-q")
    (found,) = (each for each in review(scan(tmp_path / "web" / "shop")).findings or () if each.code == "missing-input")
    assert says in found.message
    assert (found.remedy or "").startswith(remedy or "run yarn install beside package.json, and commit yarn.lock")


GO = "FROM golang:1.23\nWORKDIR /a\nCOPY go.mod go.sum ./\nRUN go build .\n"
NPM = "FROM node:22\nWORKDIR /a\nCOPY p/package-lock.json ./\nRUN npm ci\n"


@pytest.mark.parametrize(
    ("text", "files", "advises"),
    [
        (GO, {"go.mod": "module a\n\nrequire b v1\n"}, "run go mod tidy beside go.mod, and commit go.sum"),
        # Nothing is asked for, and no command writes one.
        (GO, {"go.mod": "module a\n"}, PLAIN),
        (GO, {"go.mod": "module a\n\nrequire b v1\n", ".gitignore": "go.sum\n"}, "run go mod tidy beside go.mod before the build"),
        (NPM, {"p/package.json": "{}"}, "run npm install --package-lock-only beside p/package.json, and commit package-lock.json"),
        (NPM, {"p/a": 1}, "put it there"),
        (NPM.replace("npm ci", "npm install"), {"p/a": 1}, PLAIN),
        ("FROM rust:1.80\nCOPY Cargo.toml Cargo.lock /a/\n", {"Cargo.toml": "[package]\n"}, "run cargo generate-lockfile beside Cargo.toml, and commit Cargo.lock"),
        ("FROM python:3.12\nCOPY uv.lock /a/\n", {"pyproject.toml": "[project]\n"}, "run uv lock beside pyproject.toml, and commit uv.lock"),
        ("FROM python:3.12\nCOPY poetry.lock /a/\n", {"pyproject.toml": "[tool.poetry]\n"}, "run poetry lock beside pyproject.toml, and commit poetry.lock"),
        ("FROM ruby:3.3\nCOPY Gemfile.lock /a/\n", {"Gemfile": "gem 'a'\n"}, "run bundle lock beside Gemfile, and commit Gemfile.lock"),
        ("FROM composer:2\nCOPY composer.lock /a/\n", {"composer.json": "{}"}, "run composer update beside composer.json, and commit composer.lock"),
    ],
)  # fmt: skip
def test_a_lock_file_has_a_command_that_makes_it(
    text: str, files: dict[str, str | int], advises: str, tmp_path: Path
) -> None:
    """The install or build that comes next may not do without it."""
    projects.write(tmp_path, {"Dockerfile": text, **files})
    git(tmp_path, "init", "-q")
    assert [each.remedy for each in missing(tmp_path)] == [advises]


@pytest.mark.parametrize(
    ("tree", "left"),
    [
        ({"docker/Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci && \\\n  npx turbo build --filter=@acme/shop...\n"}, True),
        ({"Dockerfile": "FROM node:22\nCOPY . /src\nWORKDIR /src/web/shop\nRUN npm ci\n"}, True),
        # One that takes a manifest of the workspace builds another part of it.
        ({"Dockerfile": "FROM node:22\nCOPY web/shop/package.json web/shop/\nWORKDIR /src/web/mail\nRUN npm ci\n"}, False),
        ({"Dockerfile": "FROM node:22\nWORKDIR /src/web/shop-admin\nRUN npm ci\n"}, False),
        ({"Dockerfile": "FROM node:22\nWORKDIR /src/web/shop\n", "ci.sh": "docker build -f Dockerfile.yarn web/shop\n"}, False),
        ({"Dockerfile": "FROM node:22\nWORKDIR /src/web/shop\n", "web/README.md": "docker build -f Dockerfile.yarn shop\n"}, False),
        ({"Dockerfile": "FROM node:22\nWORKDIR /src/web/shop\nCOPY yarn.lock .\n"}, False),
        ({}, False),
    ],
)  # fmt: skip
def test_a_dockerfile_that_is_left_over(tree: dict[str, str], left: bool, tmp_path: Path) -> None:
    """For a manager that the project does not use: nobody names it, and another one builds the same."""
    part = {
        "web/shop/Dockerfile.yarn": "FROM node:22\nCOPY package.json yarn.lock /\nRUN yarn && yarn build\n",
        "web/shop/package.json": '{\n  "name": "@acme/shop"\n}\n',
        "package-lock.json": "{}",
    }
    projects.write(tmp_path, {**part, **tree})
    git(tmp_path, "init", "-q")
    context = tmp_path / "web" / "shop"
    found = review(scan(context, dockerfile=context / "Dockerfile.yarn")).findings or ()
    (remedy,) = (each.remedy or "" for each in found if each.code == "missing-input")
    other = next((each for each in tree if each.endswith("Dockerfile")), "")
    way = f"delete Dockerfile.yarn, unless somebody uses it by hand: {other} builds this"
    assert remedy == (way if left else "install with npm, from a context that has package-lock.json")


@pytest.mark.parametrize(
    ("tree", "context", "says"),
    [
        ({"scripts/tests/a.R": 1}, "tests/gpu", "scripts/tests/a.R has that name"),
        ({"lib/a.R": 1, "old/a.R": 1}, "gpu", "lib/a.R and old/a.R have that name"),
        # A program means no file that is there for tests, and a name that many files have tells nothing.
        ({"scripts/tests/a.R": 1}, "gpu", None),
        ({f"{each}/a.R": 1 for each in "abcd"}, "gpu", None),
        ({"lib/b.R": 1}, "gpu", None),
    ],
)
def test_a_file_of_that_name_outside_the_context(
    tree: dict[str, str | int], context: str, says: str | None, tmp_path: Path
) -> None:
    """It is named as seen from the root of the repository, and its directory as seen from the context."""
    projects.write(tmp_path, {f"{context}/Dockerfile": "FROM scratch\nCOPY a.R /\n", **tree})
    git(tmp_path, "init", "-q")
    (found,) = missing(tmp_path / context)
    assert found.message == "COPY a.R: not found in the context" + (f": {says}" if says else "")
    assert (found.remedy == PLAIN) is (says is None)
    if found.remedy != PLAIN:
        home = (found.remedy or "").partition("--build-context ")[2].partition(" ")[0].partition("=")[2]
        assert (tmp_path / context / home / "a.R").is_file()


@pytest.mark.parametrize(
    ("kept", "says", "way"),
    [
        ("", "tracked by git, but not in the work tree", "git restore data/a.bin"),
        ("data/a.bin\n", "not found in the context", PLAIN),
    ],
)
def test_what_git_has_and_the_work_tree_has_no_more(kept: str, says: str, way: str, tmp_path: Path) -> None:
    """It is not to be made, but to be brought back."""
    git(tmp_path, "init", "-q")
    projects.write(tmp_path, {**dockerfile("COPY data/a.bin /"), "data/a.bin": 9, "data/b": 1})
    git(tmp_path, "add", *(["data/b", "Dockerfile"] if kept else ["."]))
    (tmp_path / "data/a.bin").unlink()
    (found,) = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert (found.severity, found.message, found.remedy) == ("error", f"COPY data/a.bin: {says}", way)


@pytest.mark.parametrize(
    ("more", "speaks"),
    [
        ({}, True),
        ({"compose.yaml": "services:\n  a:\n    image: b\n    volumes: [./shop-ui:/a]\n"}, False),
        ({".gitignore": "/shop-ui/node_modules\n"}, False),
        ({"api.Dockerfile": "FROM a\nCOPY shop-api .\n"}, False),
    ],
)
def test_a_name_that_is_another_one(more: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    """A directory that is named elsewhere in the repository, or has a use of its own, is no misspelling."""
    files = {"Dockerfile": "FROM a\nCOPY shop-ui .\n", "shop-api/a.py": "", **more}
    git(projects.write(tmp_path, files), "init", "-q")
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "missing-input"]
    assert ["under a similar name" in each.message for each in found] == [speaks]


@pytest.mark.parametrize(("pattern", "speaks"), [("*.key", True), ("id_rsa", True), ("*.crt", False)])
def test_keys_that_a_pattern_copies(pattern: str, speaks: bool, tmp_path: Path) -> None:
    """Wherever there is one, the image has it; a certificate is for everybody."""
    files = {"Dockerfile": f"FROM a\nCOPY tls/{pattern} /etc/ssl/\n", "tls/README": "", ".gitignore": f"{pattern}\n"}
    git(projects.write(tmp_path, files), "init", "-q")
    assert ("copied-secret" in [each.code for each in review(scan(tmp_path)).findings or ()]) is speaks
