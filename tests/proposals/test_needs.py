"""What builds need beyond their inputs: one manifest, source or command at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.context.tree import Tree
from ctxscan.facts import scan
from ctxscan.git.ignorelists import IgnoreLists
from ctxscan.git.index import tracked
from ctxscan.proposals.needs.find import find
from ctxscan.proposals.needs.need import Need, overlap
from ctxscan.proposals.survey import survey
from ctxscan.rules.builders import BUILDKIT
from ctxscan.rules.matcher import Matcher

FROM = "FROM x\nCOPY . .\n"
NAMED = [
    ("Cargo.toml", '[[bench]]\nname="a"\n', "benches/a.rs"),
    ("Cargo.toml", '[workspace]\nmembers=["a", "crates/*"]\n', "crates/*/Cargo.toml"),
    (".cargo/config.toml", '[source.v]\ndirectory="vendor"\n', "vendor"),
    ("go.work", "go 1.22\nuse (\n\t./a\n\t./b // x\n)\n", "b"),
    ("go.mod", "module x\nreplace y => ./third/y\n", "third/y"),
    ("pom.xml", "<modules><module>a</module></modules>", "a/pom.xml"),
    ("settings.gradle", "include 'a:b'\n", "a/b"),
    ("A.sln", 'Project("{X}") = "A", "src\\A\\A.csproj", "{Y}"', "src/A/A.csproj"),
    ("A.slnx", '<Project Path="src/A/A.csproj" />', "src/A/A.csproj"),
    ("package.json", '{"workspaces": {"packages": ["p/*"]}}', "p/*/package.json"),
    ("package.json", '{"dependencies": {"a": "file:./vendor/a"}}', "vendor/a"),
    ("pnpm-workspace.yaml", "packages:\n  - 'p/*'\n", "p/*/package.json"),
    ("pyproject.toml", '[project]\nreadme={file="R.md"}\n', "R.md"),
    ("pyproject.toml", '[tool.hatch.build.targets.wheel.force-include]\n"a/b"="c"\n', "a/b"),
    ("setup.cfg", "[metadata]\nlong_description = file: README.rst, NEWS.md\n", "NEWS.md"),
    ("setup.py", "open('VERSION')\n", "VERSION"),
    ("MANIFEST.in", "recursive-include docs *.md\n", "docs"),
    ("composer.json", '{"autoload": {"files": ["a/b.php"]}}', "a/b.php"),
    ("mix.exs", 'File.read!("VERSION")\n', "VERSION"),
]


def needs_of(root: Path, files: dict[str, str | bytes | int | None]) -> list[Need]:
    dirty.write(root, {"Dockerfile": FROM} | files)
    facts = scan(str(root))
    looked = survey(Tree(str(root)), Matcher((), BUILDKIT), tracked(str(root)))
    return list(find(facts.build, looked, None).found)


@pytest.mark.parametrize(("name", "text", "path"), NAMED, ids=[f"{name}:{path}" for name, _, path in NAMED])
def test_manifest_names(tmp_path: Path, name: str, text: str, path: str) -> None:
    """A manifest names what it needs."""
    assert path in [need.path for need in needs_of(tmp_path, {name: text})]


@pytest.mark.parametrize(
    "text",
    ["{", "[", "\0", "[a]\nb=", "[" * 3000, '{"workspaces": 7}', "a" * 2_000_000],
    ids=["brace", "bracket", "nul", "cut", "deep", "number", "long"],
)
@pytest.mark.parametrize("name", sorted({name for name, _, _ in NAMED}))
def test_broken_manifest_names_nothing(tmp_path: Path, name: str, text: str) -> None:
    """Whatever is in a manifest, it ends nothing."""
    needs_of(tmp_path, {name: text})


def test_nothing_outside_is_named_or_read(tmp_path: Path) -> None:
    """Paths that leave the context are no needs, and manifests behind links are not read."""
    context = tmp_path / "c"
    dirty.write(tmp_path, {"secret.json": '{"workspaces": ["x"]}'})
    found = needs_of(
        context, {"package.json": "-> ../secret.json", "pyproject.toml": '[project]\nreadme="../../R.md"\n'}
    )
    assert found == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("*.log", "*.json", False), ("*.log", "a*", True), ("dist", "d*", True), ("a", "b", False), ("a*b", "*c", False)],
)
def test_overlap(one: str, other: str, expected: bool) -> None:
    """Two globs overlap unless their ends tell otherwise."""
    assert overlap(one, other) is overlap(other, one) is expected


def test_unknown_without_git(tmp_path: Path) -> None:
    """Without a repository nothing is tracked, and that is known."""
    assert not tracked(str(tmp_path)).known


def test_repository_runs_nothing(tmp_path: Path) -> None:
    """A repository's own configuration cannot make git run a program."""
    dirty.write(tmp_path, {"a": "x", "run.sh": "#!/bin/sh\ntouch ran\n"})
    dirty.track(tmp_path, ["a"])
    (tmp_path / "run.sh").chmod(0o755)
    with (tmp_path / ".git/config").open("a") as config:
        config.write(
            f'[core]\n\tfsmonitor = "{tmp_path}/run.sh"\n\thooksPath = "{tmp_path}"\n\tpager = "{tmp_path}/run.sh"\n'
        )
    assert tracked(str(tmp_path)).file("a") and not (tmp_path / "ran").exists()


def test_ignore_lists(tmp_path: Path) -> None:
    """The lists of git are read as git reads them, as far as that goes."""
    texts = {".gitignore": b"dist/\n/a\n*.log\n!keep.log\nb/*\n!b/.keep\n", "c/.gitignore": b"x\n!dist\n"}
    ignores = IgnoreLists(texts.get).ignores
    assert [path for path in ("a", "c/a", "x.log", "keep.log", "b/x", "b/.keep", "c/x", "d/x") if ignores(path, directory=False)] == [
        "a", "x.log", "b/x", "c/x",
    ]  # fmt: skip
    assert (
        ignores("dist", directory=True)
        and not ignores("dist", directory=False)
        and not ignores("c/dist", directory=True)
    )
