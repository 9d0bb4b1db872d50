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


CARGO = "FROM rust:1\nWORKDIR /a\nCOPY . .\nRUN cargo build --release\n"
MAVEN = "FROM maven:3\nWORKDIR /a\nCOPY . .\nRUN mvn package\n"
COMPOSER = "FROM composer:2\nWORKDIR /a\nCOPY . .\nRUN composer install\n"
README = {"README.md": "x" * 999}
#: A Dockerfile, other files, and the rules for what is not there yet.
COMING: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "cargo": (CARGO, {"Cargo.toml": "", ".gitignore": "/target\n"}, ["/target"]),
    "a workspace of cargo": (
        CARGO,
        {"Cargo.toml": "", "a/Cargo.toml": "", "b/Cargo.toml": "", ".gitignore": "target\n"},
        ["**/target"],
    ),
    "a module with sources of that name": (
        MAVEN,
        {"pom.xml": "", "a/pom.xml": "", "a/src/target/A.java": "", ".gitignore": "target/\n!src/target/\n"},
        ["/target"],
    ),
    "members of a workspace that was built": (
        CARGO,
        {"Cargo.toml": "", "a/Cargo.toml": "", "target/.rustc_info.json": "{}", ".gitignore": "target\n"},
        ["/target"],
    ),
    "Maven": (MAVEN, {"pom.xml": "", ".gitignore": "target/\n"}, ["/target"]),
    "composer": (COMPOSER, {"composer.json": "{}", ".gitignore": "/vendor/\n"}, ["/vendor"]),
    "Gradle": (MAVEN.replace("mvn package", "gradle build"), {"build.gradle": "", ".gitignore": "build\n"}, ["/build"]),
    # --- nothing
    "git is told nothing": (CARGO, {"Cargo.toml": "", ".gitignore": "*.o\n"}, []),
    "no manifest": (CARGO, {"a.rs": "", ".gitignore": "/target\n"}, []),
    "the image does not make it": (
        CARGO.replace("RUN cargo build --release", 'CMD ["target/a"]'),
        {"Cargo.toml": "", ".gitignore": "/target\n"},
        [],
    ),
    "no instruction takes it": (CARGO.replace(". .", "src src"), {"Cargo.toml": "", ".gitignore": "/target\n"}, []),
    "an instruction names it": (
        f"{CARGO}COPY target/seed /seed\n",
        {"Cargo.toml": "", ".gitignore": "/target\n"},
        [],
    ),
    "another Dockerfile takes it as it is": (
        CARGO,
        {"Cargo.toml": "", ".gitignore": "/target\n", "plain.Dockerfile": "FROM debian\nCOPY . /a\n"},
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COMING)
def test_outputs_that_are_not_there_yet(case: str, tmp_path: Path) -> None:
    """A clone has none, and who builds here will: a new file excludes what git is told to ignore and the image makes."""
    dockerfile, more, expected = COMING[case]
    dirty.write(tmp_path, {"Dockerfile": dockerfile, **README, **more})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--all")
    found = dirty.proposed(tmp_path)
    names = ("/target", "/vendor", "/build")
    assert [each.pattern for each in found.applied if each.pattern.endswith(names)] == expected
    assert all(each.verified for each in found.applied)
    for each in expected:
        assert found.after is not None
        assert dirty.gone(found.after.rules, f"{each.removeprefix('**').strip('/')}/debug/a")
    assert not any(dirty.gone(found.after.rules, each) for each in more if found.after is not None and "src/" in each)
