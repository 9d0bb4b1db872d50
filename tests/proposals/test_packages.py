"""Directories of packages that git tracks, or that are not there yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty
from support.repositories import git

LIST = '{"packages": {"node_modules/a": {}, "node_modules/@b/c": {}}}'
TRACKED = {
    "package.json": '{"dependencies": {"a": "1"}}',
    "server.js": "1",
    "node_modules/.package-lock.json": LIST,
    "node_modules/a/package.json": "{}",
    "node_modules/@b/c/package.json": "{}",
}
BEFORE = "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nCOPY . .\n"
CASES: dict[str, tuple[str, dict[str, str], bool]] = {
    "over what an install made": (BEFORE, {}, True),
    "under what an install makes": ("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install\n", {}, True),
    # --- they stay
    "no install": ("FROM node:22\nWORKDIR /app\nCOPY . .\n", {}, False),
    "an install of a part": (BEFORE.replace("install", "install --omit=dev"), {}, False),
    "an install of a part by a variable": (BEFORE.replace("RUN", "ENV NODE_ENV=production\nRUN"), {}, False),
    "an install of one package": (BEFORE.replace("install", "install a"), {}, False),
    "an install elsewhere": (BEFORE.replace("RUN", "RUN mkdir /x && cd /x &&"), {}, False),
    "a package by hand": (BEFORE, {"node_modules/own/index.js": "1"}, False),
    "no list": (BEFORE, {"node_modules/.package-lock.json": ""}, False),
    "another Dockerfile": (BEFORE, {"plain.Dockerfile": "FROM node:22\nCOPY . /app\n"}, False),
}


@pytest.mark.parametrize("case", CASES)
def test_packages_that_git_tracks(case: str, tmp_path: Path) -> None:
    """They go where the image installs all of them itself, whether before or after the COPY that takes them."""
    dockerfile, more, goes = CASES[case]
    dirty.write(tmp_path, {"Dockerfile": dockerfile, **TRACKED, **more})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--all", "--force")
    found = dirty.proposed(tmp_path)
    assert (found.after is not None and dirty.gone(found.after.rules, "node_modules/a/package.json")) is goes
    found.write(tmp_path)
    assert not dirty.proposed(tmp_path).changes


@pytest.mark.parametrize(
    ("source", "ignored", "expected"), [("prisma", "", True), ("prisma", "prisma\n", False), ("dist", "", False)]
)
def test_packages_beside_a_directory_that_is_not_there(
    source: str, ignored: str, expected: bool, tmp_path: Path
) -> None:
    """What something makes first may come with packages of its own; what is only missing will not."""
    text = f"FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nCOPY {source} ./{source}/\nRUN npm install\nCOPY . .\n"
    dirty.write(tmp_path, {"Dockerfile": text, "package.json": "{}", "README.md": "x" * 999, ".gitignore": ignored})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--all")
    assert ("**/node_modules" in [each.pattern for each in dirty.proposed(tmp_path).applied]) is expected
