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
from random import Random

import pytest
from support import projects
from support.engine import BUSYBOX, Builder, Built, Engine, need
from support.filesystems import flat

from ctxscan import Scan, scan
from ctxscan.explain import reach
from ctxscan.image.layers import Dir

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="builds with engines for Linux"),
]

RANDOM = range(50)
APPLETS = ("sh", "cp", "mv", "rm", "cat", "mkdir", "find", "sort", "xargs", "sed", "tar")


def tree(root: Path) -> Path:
    """Files whose content is their path, so that a copy is known wherever it lies; links of every kind beside them."""
    paths = (
        "a.txt", "b.txt", "c.md", "app/main.py", "app/util.py", "app/data/x.csv", "app/data/y.csv", "conf/a.yml",
        "conf/prod/b.yml", "docs/guide.md", "docs/img/logo.svg", "src/lib/one.js", "src/lib/two.js", "src/index.js",
    )  # fmt: skip
    projects.write(root, {path: f"{path} {Random(path).getrandbits(200)}\n" for path in paths})
    for path, target in (("link", "app"), ("src/up", "../a.txt"), ("docs/abs", "/conf/a.yml"), ("chain", "link/data")):
        (root / path).symlink_to(target)
    return root


SOURCES = (
    "a.txt", "b.txt", "./c.md", "app", "app/", "app/data", "app/*.py", "*.txt", "conf/*", "conf/prod/b.yml", "docs", "/src",
    "src/lib/*.js", "link", "link/main.py", "src/up", "docs/abs", "chain/x.csv", "*/data", "app/../b.txt", "d*", "[ab].txt",
    "conf/?.yml", ".", "nothing*", "$DIR", "${DIR}/main.py", "${NONE:-a.txt}", "src/lib",
)  # fmt: skip
#: No rule that empties a directory of which something is asked: the older BuildKit sends it all the same.
RULES = ("", "", "docs\n", "**/*.md\n", "app/data\n!app/data/x.csv\n", "*\n!app\n!src\n", "conf/prod\n")


def random_dockerfile(number: int) -> tuple[str, str]:
    """Up to three stages that copy from the context and from each other, and an ignore file."""
    random = Random(f"dockerfile {number}")
    lines = ["ARG GLOBAL=app"] if random.random() < 0.3 else []
    stages = random.randint(1, 3)
    places: list[list[str]] = []
    for stage in range(stages):
        base = f"s{random.randrange(stage)}" if stage and random.random() < 0.3 else "scratch"
        lines.append(f"FROM {base} AS s{stage}")
        lines.append("ARG DIR=app")
        made: list[str] = []
        if random.random() < 0.3:
            lines.append(f"WORKDIR /w{stage}")
        for step in range(random.randint(1, 3)):
            if stage and random.random() < 0.5:
                origin = random.randrange(stage)
                source = random.choice(places[origin] or ["/"])
                lines.append(f"COPY --from=s{origin} {source} /from{stage}{step}/")
                made.append(f"/from{stage}{step}")
            else:
                chosen = random.sample(SOURCES, random.choice((1, 1, 1, 2)))
                keyword = random.choice(("COPY", "COPY", "ADD"))
                lines.append(f"{keyword} {' '.join(chosen)} /o{stage}{step}/")
                made.append(f"/o{stage}{step}")
        places.append(made)
    if random.random() < 0.2 and stages > 1:
        lines.append("FROM scratch")
        lines.append(f"COPY --from={stages - 1} / /")
    return "\n".join(lines) + "\n", random.choice(RULES)


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


#: Stages with commands: what each is about, and the Dockerfile behind the stage `base`, which has the commands.
STAGES = {
    "copy-one": "FROM base AS b\nCOPY . /w\nRUN cp /w/app/main.py /out.py\nFROM scratch\nCOPY --from=b /out.py /\n",
    "copy-directory": "FROM base AS b\nCOPY . /w\nRUN cp -r /w/conf /out\nFROM scratch\nCOPY --from=b /out /\n",
    "move": "FROM base AS b\nCOPY src /s\nRUN mv /s/lib /moved\nFROM scratch\nCOPY --from=b /moved /\n",
    "concatenate": "FROM base AS b\nCOPY src /s\nRUN cat /s/lib/*.js > /all.js\nFROM scratch\nCOPY --from=b /all.js /\n",
    "concatenate-found": (
        "FROM base AS b\nCOPY app /a\nCOPY a.txt /\nRUN find /a -type f | sort | xargs cat > /all\n"
        "FROM scratch\nCOPY --from=b /all /\n"
    ),
    "archive": "FROM base AS b\nCOPY . /w\nRUN tar cf /o.tar -C /w docs\nFROM scratch\nCOPY --from=b /o.tar /\n",
    "delete-in-image": "FROM base\nCOPY conf /c\nRUN rm -rf /c\n",
    "delete-in-builder": "FROM base AS b\nCOPY conf /c\nRUN rm /c/a.yml\nFROM scratch\nCOPY --from=b /c /c\n",
    "unused-by-command": "FROM base AS b\nCOPY . /w\nRUN mkdir /out\nFROM scratch\nCOPY --from=b /w/app /app\n",
    "working-directory": "FROM base AS b\nWORKDIR /w\nCOPY app app\nRUN cp app/util.py ..\nFROM scratch\nCOPY --from=b /util.py /\n",
    "two-steps": (
        "FROM base AS b\nCOPY docs /d\nRUN cp /d/guide.md /g && cat /g > /h\nFROM scratch\nCOPY --from=b /h /\n"
    ),
    "nothing-of-it": "FROM base AS b\nCOPY . /w\nRUN mkdir -p /out\nFROM scratch\nCOPY --from=b /out /\nCOPY a.txt /\n",
    "bind-and-copy": "FROM base\nRUN --mount=type=bind,source=app,target=/m cp /m/main.py /kept.py\n",
    "bind-and-read": "FROM base\nRUN --mount=type=bind,source=app,target=/m cat /m/main.py > /dev/null\n",
    "bind-of-a-stage": (
        "FROM scratch AS d\nCOPY docs /docs\nFROM base\nRUN --mount=type=bind,from=d,source=/docs,target=/m cp /m/guide.md /g\n"
    ),
    "chain-of-bases": "FROM base AS one\nCOPY a.txt /x/\nFROM one AS two\nCOPY b.txt /x/\nRUN rm /x/a.txt\nFROM two\nCOPY c.md /\n",
    "overwritten-below": "FROM base AS one\nCOPY a.txt /f\nFROM one\nCOPY b.txt /f\n",
    "overwritten-in-builder": "FROM scratch AS b\nCOPY a.txt /f\nCOPY b.txt /f\nFROM scratch\nCOPY --from=b /f /\n",
    "sed": "FROM base AS b\nCOPY conf /c\nRUN sed s/a/a/ /c/a.yml > /o\nFROM scratch\nCOPY --from=b /o /\n",
    "copied-on-twice": (
        "FROM base AS b\nCOPY src /s\nRUN cp -r /s/lib /l\nFROM base AS c\nCOPY --from=b /l /k\nRUN cp /k/one.js /z.js\n"
        "FROM scratch\nCOPY --from=c /z.js /\n"
    ),
}  # fmt: skip
#: Where our answer may be cautious: a command takes away what COPY brought.
CAUTIOUS = {"delete-in-builder": {"conf/a.yml"}}


@pytest.mark.parametrize("name", STAGES)
def test_stages_with_commands_end_where_we_say(name: str, engine: Engine, tmp_path: Path) -> None:
    """A file is in the image if its content is in any layer; what a command decides is never said to be safe."""
    need(engine, "buildkit", busybox=True)
    context = tree(tmp_path / "context")
    shutil.copy(BUSYBOX, context / "busybox")
    base = "FROM scratch AS base\n" + "".join(f"COPY busybox /bin/{applet}\n" for applet in APPLETS)
    projects.write(context, {"Dockerfile": base + STAGES[name], ".dockerignore": "Dockerfile\n.dockerignore\n"})
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
            assert answer.reach == "image" and not baked
        else:
            assert (answer.reach == "image") == baked, (name, path, answer)


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
        [sys.executable, "-m", "ctxscan", "--fix", "."], cwd=tmp_path, capture_output=True, check=True
    )
    assert b"written to .dockerignore" in done.stderr
    builders: tuple[Builder, ...] = ("classic", "buildkit")
    for builder in builders:
        told, real = printed(builder)
        assert told == real
        assert in_bytes(real) < 10_000
    before = (tmp_path / ".dockerignore").read_bytes()
    subprocess.run([sys.executable, "-m", "ctxscan", "--fix", "."], cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / ".dockerignore").read_bytes() == before
