"""Dockerfiles built by a real BuildKit: what is transferred, what the image holds, where every file ends.

Debian's BuildKit is older than the recorded one; what the two do alike is asked here, with trees and Dockerfiles of our
own. What it answers is the only source of what is expected.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import projects
from support.dockerfiles import BASE, RANDOM, STAGES, random_dockerfile, tree
from support.engine import BUSYBOX, Builder, Built, Engine, need
from support.filesystems import flat

from ctxscan import Scan, scan
from ctxscan.explain import reach
from ctxscan.image.layers import Dir

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="builds with engines for Linux"),
]


def contents(root: Dir, context: Path, above: str = "") -> Iterator[tuple[str, str]]:
    """Every path that the target holds by our account, with what is in it."""
    for name, node in root.entries():
        path = above + name
        if isinstance(node, Dir):
            yield path, "dir"
            yield from contents(node, context, path + "/")
        elif node.link is not None:
            yield path, f"symlink {node.link}"
        elif node.path is not None:
            yield path, hashlib.sha256((context / node.path).read_bytes()).hexdigest()


def built_contents(built: Built) -> set[tuple[str, str]]:
    return {
        (path, file.sha256 if file.sha256 else f"symlink {file.target}" if file.kind == "symlink" else file.kind)
        for path, file in built.files.items()
    }


@pytest.mark.parametrize("number", RANDOM)
def test_dockerfiles_transfer_and_hold_what_we_say(number: int, engine: Engine, tmp_path: Path) -> None:
    """The figure of the transfer, whether the build fails for want of a source, and the image, are ours."""
    need(engine, "buildkit")
    dockerfile, rules = random_dockerfile(number)
    context = tree(tmp_path / "context")
    projects.write(context, {"Dockerfile": dockerfile, ".dockerignore": rules})
    ours = scan(context)
    built = engine.build(context, builder="buildkit")
    assert ours.usage is not None
    missing = [path for each in ours.inputs for path in each.input.missing] + list(ours.usage.lost)
    assert (built.error is not None) == bool(missing), (dockerfile, built.error, missing)
    if built.printed is not None:
        assert ours.transfer.shown == built.printed, dockerfile
    if built.error is None:
        assert set(contents(ours.usage.files, context)) == built_contents(built), dockerfile


#: Where our answer is cautious: a command takes away what COPY brought.
CAUTIOUS = {"delete-in-builder": {"conf/a.yml"}}


@pytest.mark.parametrize("name", STAGES)
def test_stages_with_commands_end_where_we_say(name: str, engine: Engine, tmp_path: Path) -> None:
    """A file is in the image if its content is in any layer; what a command decides is never said to be safe."""
    need(engine, "buildkit", busybox=True)
    context = tree(tmp_path / "context")
    shutil.copy(BUSYBOX, context / "busybox")
    projects.write(context, {"Dockerfile": BASE + STAGES[name], ".dockerignore": "Dockerfile\n.dockerignore\n"})
    (context / "busybox").chmod(0o755)
    ours = scan(context)
    built = engine.build(context, builder="buildkit", result="layers")
    assert built.error is None, built.log
    assert ours.transfer.shown == built.printed
    for path in sorted(each for each, kind in flat(copy_of(ours)) if kind == "file"):
        if path in ("busybox", "Dockerfile", ".dockerignore"):
            continue
        answer = reach(ours, path)
        text = (context / path).read_bytes()
        baked = any(text in layer for layer in built.bytes)
        if path in CAUTIOUS.get(name, ()):
            assert answer.reach == "possible" and not baked
        else:
            assert (answer.reach in ("image", "possible")) == baked, (name, path, answer)


def copy_of(ours: Scan) -> Dir:
    """The context as `COPY . /` would copy it."""
    found = scan(ours.build.context, dockerfile_text=b"FROM scratch\nCOPY . /\n")
    assert found.usage is not None
    return found.usage.files


@pytest.mark.parametrize("builder", ["buildkit", "classic"])
@pytest.mark.parametrize("rules", [None, projects.NODE_RULES], ids=["as it lies", "with rules"])
def test_the_project_of_the_readme(
    builder: Builder,
    rules: str | None,
    engine: Engine,
    tmp_path: Path,
) -> None:
    """The line that the builder prints for the README's project is the one that the README shows."""
    need(engine, builder)
    context = projects.node(tmp_path, rules=rules)
    # From scratch, as no image can be pulled here; what is asked of the context is the same.
    projects.write(context, {"Dockerfile": "FROM scratch\nCOPY . /app/\n"})
    built = engine.build(context, builder=builder)
    assert scan(context, builder=builder).transfer.shown == built.printed


def test_a_file_stands_for_its_content(tmp_path: Path) -> None:
    """The tree gives every file a text of its own, or the searches above would mean nothing."""
    root = tree(tmp_path)
    texts = [path.read_bytes() for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(texts) == len(set(texts)) >= 14


def in_bytes(printed: str | None) -> float:
    """What a builder prints, about."""
    assert printed is not None
    unit = printed.lstrip("0123456789.")
    return float(printed.removesuffix(unit)) * {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]


def test_the_lab(engine: Engine, tmp_path: Path) -> None:
    """A Node project of over 200 MB: after `--fix` the classic builder's own line is under 10 kB, and BuildKit's is ours."""
    need(engine, "classic")
    need(engine, "buildkit")
    files: dict[str, str | int] = {
        "Dockerfile": "FROM scratch\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"src/index.js\"]\n",
        "package.json": '{"name": "lab", "scripts": {"start": "node src/index.js", "test": "jest"}}\n',
        "package-lock.json": '{"name": "lab", "lockfileVersion": 3}\n',
        "src/index.js": "console.log(1)\n",
        "test/index.test.js": "test('x', () => {})\n",
        "docs/guide.md": 30_000,
        "coverage/lcov.info": 400_000,
        "coverage/lcov-report/index.html": 90_000,
        ".env": "DB_PASSWORD=" + "".join(("vQ8", "mTz", "47x", "KpLw")) + "\n",
        "npm-debug.log": 20_000,
        "node_modules/.package-lock.json": '{"name": "lab", "lockfileVersion": 3}\n',
    }  # fmt: skip
    for number in range(220):
        files[f"node_modules/p{number}/package.json"] = f'{{"name": "p{number}"}}\n'
        files[f"node_modules/p{number}/index.js"] = 1_000_000
    projects.write(tmp_path, files)
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("node_modules\ncoverage\n.env\n*.log\n")
    # What is asked of the context is the same without the commands, which need an image that cannot be pulled here.
    bare = tmp_path.parent / "bare.Dockerfile"
    bare.write_text("FROM scratch\nWORKDIR /app\nCOPY package*.json ./\nCOPY . .\n")

    def printed(builder: Builder) -> tuple[str | None, str | None]:
        told = scan(tmp_path, dockerfile=bare, builder=builder).transfer.shown
        return told, engine.build(tmp_path, builder=builder, dockerfile=bare).printed

    told, real = printed("classic")
    assert told == real
    assert in_bytes(real) > 200_000_000
    done = subprocess.run(
        [sys.executable, "-m", "ctxscan", "--fix", "--with", "tests,docs", "."],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert b"written to .dockerignore" in done.stderr
    builders: tuple[Builder, ...] = ("classic", "buildkit")
    for builder in builders:
        told, real = printed(builder)
        assert told == real
        assert in_bytes(real) < 10_000
    before = (tmp_path / ".dockerignore").read_bytes()
    subprocess.run(
        [sys.executable, "-m", "ctxscan", "--fix", "--with", "tests,docs", "."],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert (tmp_path / ".dockerignore").read_bytes() == before
