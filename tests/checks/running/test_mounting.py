"""Directories that Compose mounts over what a build installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects, repositories

from ctxscan import scan
from ctxscan.opinions import review

DOCKERFILE = "FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
TREE = {"package.json": '{"name": "x"}', "package-lock.json": "{}", "server.js": "", ".dockerignore": "node_modules\n"}


@pytest.mark.parametrize(
    ("service", "line"),
    [
        pytest.param("build: .\n    volumes:\n      - .:/app\n", 5, id="all of it"),
        pytest.param("build:\n      context: .\n    volumes: ['./:/app:cached']\n", 5, id="with a mode"),
        pytest.param("build: .\n    volumes:\n      - D:/work:/app\n", 5, id="on a drive of Windows"),
        pytest.param("build: .\n    volumes:\n      - 'd:\\work:/app:rw'\n", 5, id="on a drive with backslashes"),
        pytest.param("build: .\n    volumes:\n      - {type: bind, source: ., target: /app}\n", 5, id="long"),
        pytest.param(
            "build: .\n    volumes:\n      - .:/app\n      - /app/node_modules\n", None, id="a volume over it"
        ),
        pytest.param(
            "build: .\n    volumes:\n      - .:/app\n      - deps:/app/node_modules\n", None, id="a named one"
        ),
        pytest.param("build: .\n    volumes:\n      - ./src:/app/src\n", None, id="beside it"),
        pytest.param("build: .\n    volumes:\n      - data:/app\n", None, id="no directory of this machine"),
        pytest.param("image: x\n    volumes:\n      - .:/app\n", None, id="not built"),
        pytest.param("build: ./other\n    volumes:\n      - .:/app\n", None, id="another context"),
        pytest.param("build: {context: ., dockerfile: Other}\n    volumes:\n      - .:/app\n", None, id="another file"),
        pytest.param("build: [\n", None, id="no YAML"),
    ],
)
def test_packages_below_a_mount(service: str, line: int | None, tmp_path: Path) -> None:
    """The finding names the service, and stands at the line of the mount."""
    projects.write(tmp_path, {"Dockerfile": DOCKERFILE, "compose.yml": f"services:\n  web:\n    {service}", **TREE})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "hidden-install"]
    assert [(each.path, each.line) for each in found] == ([] if line is None else [("compose.yml", line)])
    assert all("/app/node_modules" in each.message and "web" in each.message for each in found)


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        pytest.param("yarn install", "--modules-folder /node_modules\n", id="settings"),
        pytest.param("yarn install --modules-folder=/node_modules", "", id="option"),
    ],
)
def test_packages_that_are_put_elsewhere(command: str, settings: str, tmp_path: Path) -> None:
    """What lies outside the mount is not hidden by it."""
    dockerfile = f"FROM node:22-slim\nWORKDIR /app\nCOPY package.json yarn.lock .yarnrc ./\nRUN {command}\nCOPY . .\n"
    compose = "services:\n  web:\n    build: .\n    volumes:\n      - .:/app\n"
    tree = {"package.json": '{"name": "x"}', "yarn.lock": "", ".yarnrc": settings, "compose.yml": compose}
    projects.write(tmp_path, {"Dockerfile": dockerfile, **tree})
    assert "hidden-install" not in {each.code for each in review(scan(tmp_path)).findings or ()}


@pytest.mark.parametrize(("tag", "says"), [("latest-gpu", True), ("latest", False), ("1.2-gpu-slim", True)])
def test_a_mount_of_an_image_with_a_tag(tag: str, says: bool, tmp_path: Path) -> None:
    """The image is the project's own, and its tag says which Dockerfile makes it."""
    repositories.make(tmp_path, [])
    compose = f"services:\n  a:\n    image: acme/shop:{tag}\n    volumes:\n      - ${{DATA}}/kept:/root/.shop\n"
    order = "      tags: acme/shop:${{ env.TAG }}-gpu\n"
    tree = {"package.json": '{\n  "name": "shop"\n}', "compose.gpu.yml": compose, ".github/workflows/a.yml": order}
    server = 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n'
    projects.write(tmp_path, {**tree, "docker/gpu.Dockerfile": server})
    found = review(scan(tmp_path, dockerfile=tmp_path / "docker/gpu.Dockerfile")).findings or ()
    (remedy,) = [each.remedy or "" for each in found if each.code == "root-user"]
    assert ("for the mount at /root/.shop" in remedy) is says
