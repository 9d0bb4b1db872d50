"""Who builds an image tells whether it ships, and what in it may be missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects
from support.command import told
from support.repositories import git

from ctxscan import scan
from ctxscan.opinions import review

WORKFLOW = "jobs:\n  a:\n    steps:\n      - run: docker build -f docker/Dockerfile .\n"
APP = 'FROM node\nCOPY a /a\nCMD ["/a"]\n'


def found(root: Path, files: dict[str, str | int]) -> dict[str, dict[str, str]]:
    """The findings of the one build, by code."""
    git(projects.write(root, files), "init", "-q")
    (build,) = told("--all", cwd=root)
    return {each["code"]: each for each in build["findings"]}


@pytest.mark.parametrize(
    ("head", "more", "lessons"),
    [
        ("", {".github/workflows/a.yml": WORKFLOW}, False),
        ("", {".github/workflows/a.yml": WORKFLOW, "README.md": "docker build -t shop -f docker/Dockerfile .\n"}, True),
        ("", {".github/workflows/a.yml": WORKFLOW + "      - run: docker push acme/shop\n"}, True),
        ("", {".github/workflows/a.yml": WORKFLOW, "fly.toml": 'app = "shop"\n'}, True),
        ("", {".github/workflows/a.yml": WORKFLOW + "      - run: podman manifest push shop\n"}, True),
        ("", {".github/workflows/a.yml": WORKFLOW + "      - run: podman manifest inspect shop\n"}, False),
        ("", {"build.sh": "docker build -f docker/Dockerfile .\n"}, True),
        ("# It is used to both document and test building on Arch.\n", {}, False),
        ("# Dockerfile for testing\n", {}, False),
        ("# Tests are run elsewhere.\n", {}, True),
    ],
)
def test_an_image_that_is_only_tried(head: str, more: dict[str, str | int], lessons: bool, tmp_path: Path) -> None:
    """A pipeline builds it without a name, and nobody else does, or its head says so."""
    codes = found(tmp_path, {"docker/Dockerfile": head + APP, "a": 1, **more})
    assert ("unpinned-base" in codes) is lessons


@pytest.mark.parametrize(
    ("push", "lessons"),
    [("docker push acme/shop", True), ("docker push acme/shop:$(TAG)", True), ("docker push acme/shop-base", False)],
)
def test_an_image_that_is_pushed_by_its_name(push: str, lessons: bool, tmp_path: Path) -> None:
    """It ships without a command, too."""
    makefile = f"image:\n\tdocker build \\\n\t\t-t acme/shop:$(TAG) .\npush:\n\t{push}\n"
    codes = found(tmp_path, {"Dockerfile": "FROM alpine\nCOPY a /\n", "a": 1, "Makefile": makefile})
    assert ("unpinned-base" in codes) is lessons


@pytest.mark.parametrize(
    ("output", "more", "lessons"),
    [
        ('["type=cacheonly"]', {}, False),
        ('["type=cacheonly,compression=${level}"]', {}, False),
        ('[{ type = "cacheonly" }]', {}, False),
        ('["type=cacheonly", "type=docker"]', {}, True),
        ('["type=registry"]', {}, True),
        ('["type=cacheonly"]', {"bake.sh": "docker buildx bake --push\n"}, True),
        ('["type=cacheonly"]', {"bake.sh": "docker buildx bake --set '*.output=type=registry'\n"}, True),
        ('["type=cacheonly"]', {"bake.sh": "docker buildx bake\n"}, False),
    ],
)
@pytest.mark.parametrize("broken", ["", "  args = { X = nope() }\n"])
def test_an_image_that_stays_in_the_cache(
    output: str, more: dict[str, str | int], lessons: bool, broken: str, tmp_path: Path
) -> None:
    """Nobody gets it, unless whoever runs bake has another output."""
    bake = f'variable "level" {{}}\ntarget "a" {{\n  context = "."\n{broken}  output = {output}\n}}\n'
    codes = found(tmp_path, {"Dockerfile": APP, "a": 1, "docker-bake.hcl": bake, **more})
    assert ("unpinned-base" in codes) is lessons


RAILS = 'FROM ruby:3.3\nWORKDIR /app\n{}COPY . .\nRUN bundle install\nEXPOSE 3000\nCMD ["bin/rails", "s", "-b", "0.0.0.0"]\n'
LAID = "services:\n  web:\n    build: .\n    volumes:\n      - .:/app\n"
PAGE = {"DOCKER.md": "# Development setup with Docker\n\ndocker compose up\n"}


@pytest.mark.parametrize(
    ("setting", "service", "more", "lessons"),
    [
        ("", LAID, PAGE, False),
        ("", LAID, {}, True),
        ("", LAID, {"DOCKER.md": "# Docker\n"}, True),
        ("ENV RAILS_ENV=production\n", LAID, PAGE, True),
        ("RUN bundle config set without test\nRUN bundle install --without test\n", LAID, PAGE, True),
        ("", LAID.replace(".:/app", "./log:/app/log"), PAGE, True),
        ("", f"{LAID}    restart: always\n", PAGE, True),
        ("", f"{LAID}    image: ghcr.io/acme/shop\n", PAGE, True),
        ("", LAID, {**PAGE, "README.md": "# Shop\n\ndocker build -t shop .\n"}, True),
        ("", LAID, {**PAGE, "deploy.sh": "ssh shop 'git pull && docker compose up -d'\n"}, True),
    ],
)
def test_an_image_that_is_only_developed_with(
    setting: str, service: str, more: dict[str, str], lessons: bool, tmp_path: Path
) -> None:
    """Services lay the sources over it, a page says what for, and nobody else gets it."""
    tree = {"Dockerfile": RAILS.format(setting), "compose.yaml": service, "bin/rails": "", **more}
    projects.write(tmp_path, tree)
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "root-user"]
    assert bool(found) is lessons


SERVICE = "services:\n  a:\n    build: ./web\n    env_file:\n      - %s\n"
PROGRAM = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python", "a.py"]\n'
READS = "from dotenv import load_dotenv\nload_dotenv('conf/.env')\n"


@pytest.mark.parametrize(
    ("file", "dockerfile", "says"),
    [
        ("./web/conf/.env", PROGRAM, "not even conf/.env"),
        ("./conf/.env", PROGRAM, None),
        ("./web/conf/.env", PROGRAM.replace("COPY . .", "COPY a.py ."), None),
        ("./web/conf/.env", PROGRAM.replace("COPY . .", "COPY . .\nRUN . conf/.env && make"), None),
    ],
)
def test_variables_that_a_service_is_given(file: str, dockerfile: str, says: str | None, tmp_path: Path) -> None:
    """The image need not have them as well, though the program would read them there."""
    codes = found(
        tmp_path,
        {"compose.yaml": SERVICE % file, ".gitignore": ".env\n", "web/Dockerfile": dockerfile, "web/a.py": READS},
    )
    message = codes.get("no-ignore-file", {}).get("message", "")
    assert (says in message) if says else not message


def test_an_image_to_build_in(tmp_path: Path) -> None:
    """Nobody gets the history that is in it."""
    files: dict[str, str | int] = {"Dockerfile.build": "FROM golang:1.23\nCOPY . /w\nRUN make\n", "a": 1}
    assert "no-ignore-file" not in found(tmp_path, files)
    (tmp_path / "Dockerfile.build").write_text('FROM golang:1.23\nCOPY . /w\nRUN make\nCMD ["/w/a"]\n')
    (build,) = told("--all", cwd=tmp_path)
    assert "no-ignore-file" in [each["code"] for each in build["findings"]]


PACKER = "FROM rockylinux:9\nRUN dnf install -y rpm-build\nCOPY a.spec /root/\n"
PACKS = "rpm:\n\t@ docker build \\\n\t\t-t shop-rpm \\\n\t\t-f rpm/Dockerfile .\n\t@ docker run --rm \\\n\t\t-v ${PWD}:/out shop-rpm rpmbuild -bb /root/a.spec\n"
IMAGE = "image:\n\tdocker buildx build -t acme/shop --push .\n"


@pytest.mark.parametrize(
    ("dockerfile", "makefile", "more", "lessons"),
    [
        (PACKER, PACKS, {}, False),
        (PACKER, PACKS + IMAGE, {}, False),
        (PACKER + 'CMD ["bash"]\n', PACKS, {}, False),
        (PACKER + 'ENTRYPOINT ["/a"]\n', PACKS, {}, True),
        (PACKER + 'CMD ["/a"]\n', PACKS.replace(" rpmbuild -bb /root/a.spec", ""), {}, True),
        (PACKER + 'EXPOSE 80\nCMD ["/a"]\n', PACKS, {}, True),
        (PACKER + 'CMD ["/a"]\n', PACKS.replace("-v ${PWD}:/out ", ""), {}, True),
        (PACKER + 'CMD ["/a"]\n', PACKS.replace("--rm", "-d"), {}, True),
        (PACKER + 'CMD ["/a"]\n', PACKS + "\tdocker push shop-rpm\n", {}, True),
        (PACKER + 'CMD ["/a"]\n', PACKS + IMAGE.replace("acme/shop", "shop-rpm"), {}, True),
        (PACKER + 'CMD ["/a"]\n', PACKS, {"README.md": "docker run --rm -v .:/out shop-rpm\n"}, True),
    ],
)
def test_an_image_that_is_only_run_to_build(
    dockerfile: str, makefile: str, more: dict[str, str], lessons: bool, tmp_path: Path
) -> None:
    """What it makes goes to a directory of this machine, and nobody gets the image."""
    files = {"Makefile": makefile, "rpm/Dockerfile": dockerfile, "a.spec": "", **more}
    git(projects.write(tmp_path, files), "init", "-q")
    builds = [each for each in told("--all", cwd=tmp_path) if "rpm" in each["dockerfile"]]
    codes = {each["code"] for build in builds for each in build["findings"]}
    assert ("leftover-cache" in codes) is lessons


TOOLS = "FROM acme/deps:1\nCOPY sources.tgz /\nCOPY box /box\nRUN make\nRUN rm -rf /sources.tgz /box\n"
ORDERS = (
    "docker build -t acme/tools:1 -f tools/Dockerfile .\ndocker push acme/tools:1\ndocker build -f app/Dockerfile .\n"
)


@pytest.mark.parametrize(
    ("other", "lessons"),
    [
        ("FROM debian:12\nCOPY --from=acme/tools:1 /out /out\n", []),
        ("FROM debian:12\nCOPY --from=acme/tools-old:1 /out /out\n", ["note", "warning"]),
        ("FROM acme/tools:1\nCOPY --from=acme/tools:1 /out /out\n", ["note", "warning"]),
        ("FROM acme/tools:1 AS tools\n\nFROM debian:12\nCOPY --from=tools /out /out\n", []),
        ("FROM acme/tools:1 AS tools\nRUN make\nFROM debian:12\nCOPY --from=tools /out /out\n", ["note", "warning"]),
        ("FROM acme/tools:1 AS tools\nFROM tools\nCOPY --from=tools /out /out\n", ["note", "warning"]),
        ("FROM acme/tools:1 AS tools\nFROM debian:12\n", ["note", "warning"]),
    ],
)
def test_an_image_that_others_copy_from(other: str, lessons: list[str], tmp_path: Path) -> None:
    """What is removed there too late is in no container. An archive that is not there yet may be small."""
    files = {"tools/Dockerfile": TOOLS, "app/Dockerfile": other, "box/a": 2_000_000, "build.sh": ORDERS}
    git(projects.write(tmp_path, files), "init", "-q")
    builds = told("--all", cwd=tmp_path)
    found = [each["severity"] for build in builds for each in build["findings"] if each["code"] == "split-cleanup"]
    assert sorted(found) == lessons


IN_A_WORKFLOW = """\
jobs:
  a:
    steps:
      - uses: docker/metadata-action@v5
        id: meta
        with:
          images: acme/tools
      - uses: docker/build-push-action@v6
        with:
          context: .
          file: tools/Dockerfile
          push: true
          tags: ${{ steps.meta.outputs.tags }}
"""


@pytest.mark.parametrize(("image", "speaks"), [("acme/tools", False), ("acme/app", True)])
def test_an_image_of_a_workflow_that_others_copy_from(image: str, speaks: bool, tmp_path: Path) -> None:
    """No lesson is for it, whatever the workflow sends where."""
    app = f"FROM {image}:1 AS tools\nFROM debian:12\nCOPY --from=tools /out /out\n"
    tools = "FROM debian:12\nWORKDIR /w\nRUN apt-get update && apt-get install -y make\nCOPY box .\n"
    files = {"tools/Dockerfile": tools, "app/Dockerfile": app, "box/a": "", ".github/workflows/a.yml": IN_A_WORKFLOW}
    git(projects.write(tmp_path, files), "init", "-q")
    codes = {each["code"] for build in told("--all", cwd=tmp_path) for each in build["findings"]}
    assert ("leftover-cache" in codes) is speaks


@pytest.mark.parametrize(("workflows", "speaks"), [(("dev",), False), (("dev", "latest"), True)])
def test_what_some_workflow_gives_out_ships(workflows: tuple[str, ...], speaks: bool, tmp_path: Path) -> None:
    """Whatever the Dockerfile is called, and whatever else is made of it: one of two images is not for developers."""
    files = {
        f".github/workflows/{each}.yml": IN_A_WORKFLOW.replace(
            "acme/tools", f"acme/shop\n          tags: type=raw,value={each}"
        ).replace("tools/Dockerfile", "docker/Dockerfile.go_build")
        for each in workflows
    }
    files["docker/Dockerfile.go_build"] = 'FROM alpine\nCOPY box /box\nENTRYPOINT ["/box"]\n'
    git(projects.write(tmp_path, {**files, "box": ""}), "init", "-q")
    codes = {each["code"] for build in told("--all", cwd=tmp_path) for each in build["findings"]}
    assert ("unpinned-base" in codes) is speaks


BY_A_WORKFLOW = (
    "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: web\n"
    "          push: true\n          build-args: {}\n"
)


@pytest.mark.parametrize(
    ("line", "file", "text", "said", "way"),
    [
        ("FROM $BASE", ".github/workflows/a.yml", BY_A_WORKFLOW.format("BASE=golang:alpine"), "FROM $BASE (BASE=golang:alpine, .github/workflows/a.yml:8): a tag without a version", "BASE=golang:<version>-alpine at .github/workflows/a.yml:8, or a digest"),
        ("FROM golang:${TAG}", "compose.yaml", "services:\n  a:\n    build:\n      context: web\n      args:\n        TAG: alpine\n", "FROM golang:${TAG} (TAG=alpine, compose.yaml:6): a tag without a version", "TAG=<version>-alpine at compose.yaml:6, or a digest"),
        ("FROM $BASE", "compose.yaml", "services:\n  a:\n    build:\n      context: web\n      args:\n        BASE: ${BASE}\n", "FROM $BASE: a tag without a version", "FROM $BASE with a version"),
        ("FROM acme/$NAME:$TAG", "Makefile", "a:\n\tdocker build --build-arg TAG=latest --build-arg NAME=shop -t web web\n", "FROM acme/$NAME:$TAG: the tag latest", "FROM acme/$NAME:$TAG with a version"),
    ],
    ids=["a workflow", "a service", "a file of variables", "two of them"],
)  # fmt: skip
def test_a_base_that_the_order_gives(line: str, file: str, text: str, said: str, way: str, tmp_path: Path) -> None:
    """It is shown with its place if that file has it itself, and it is changed there."""
    files = {file: text, ".env": "BASE=golang:alpine\n", "web/a": ""}
    files["web/Dockerfile"] = f'ARG BASE\nARG NAME\nARG TAG\n{line}\nCOPY a /\nCMD ["/a"]\n'
    base = found(tmp_path, files)["unpinned-base"]
    assert (base["message"], base["remedy"]) == (said, way)


UP = "docker compose -f compose.jit.yml up\n"


@pytest.mark.parametrize(
    ("more", "lessons"),
    [
        ({"scripts/jit_dev_setup.sh": UP, "Makefile": f"jit_dev_stop:\n\t{UP}"}, False),
        ({}, True),
        ({"scripts/jit_dev_setup.sh": UP, "Makefile": f"stop:\n\t{UP}"}, True),
        ({"scripts/setup.sh": UP}, True),
        ({"scripts/jit_dev_setup.sh": UP, "README.md": UP}, True),
        ({"scripts/jit_dev_setup.sh": UP, "compose.yml": "services:\n  a:\n    build: api\n"}, True),
        ({"scripts/jit_dev_setup.sh": UP, "release.sh": "docker build -t acme/a api\ndocker push acme/a\n"}, True),
    ],
)
def test_what_developers_alone_start(more: dict[str, str | int], lessons: bool, tmp_path: Path) -> None:
    """A compose file aside, which nothing names but scripts and targets that are called so."""
    services = "services:\n  a:\n    build: api\n    ports: ['80:80']\n"
    files = {"api/Dockerfile": 'FROM python:3.12\nCOPY a.py /\nCMD ["python", "/a.py"]\n', "api/a.py": ""}
    git(projects.write(tmp_path, {**files, "compose.jit.yml": services, **more}), "init", "-q")
    codes = {each["code"] for build in told("--all", cwd=tmp_path) for each in build["findings"]}
    assert ("root-user" in codes) is lessons
