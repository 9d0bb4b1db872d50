"""Random trees, Dockerfiles, ignore files, compose files, configurations and options, through the whole command.

Whatever comes in: no traceback, no exit status but 0, 1 and 2, JSON that fits its schema, figures that text and JSON
share. `CTXSCAN_FUZZ=5000 pytest tests/fuzz` tries as many inputs; without it a few are tried.
"""

from __future__ import annotations

import json
import os
import random
import re
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from support import projects

from ctxscan.cli import run as command

CASES = int(os.environ.get("CTXSCAN_FUZZ", "40"))
#: Cases of one test, so that several processes can share them.
BATCH = 10
NAMES = (
    "a",
    "src",
    "b.txt",
    ".env",
    "node_modules",
    "tests",
    "x y",
    "é",
    "k.pem",
    "[a]",
    "-v",
    "package.json",
    "::error::",
)
RULES = (
    "*",
    "!a",
    "**/b.txt",
    "node_modules",
    "[",
    "src/",
    "!src/b.txt",
    "a*[ab]*b",
    "# x",
    "\\",
    "x/../y",
    "!",
    "**",
    "*.pem",
)
INSTRUCTIONS = (
    "COPY . /", "COPY a /x/", "COPY src/ b.txt /y/", "COPY *.txt /z/", "COPY --from=0 / /l/", "RUN make $V", "ENV V=${W:-x} W=1",
    "ARG T=1", "ARG V", "WORKDIR /w", "RUN --mount=type=bind,source=src,target=/s x", "USER 1", "ADD a /t/", "COPY $V /v", 'CMD ["x"]',
    "COPY <<E /h\nA=$V\nE", "RUN <<E\necho x\nE", "ONBUILD COPY a /o", "LABEL a=b", "EXPOSE 80", "COPY --exclude=*.md . /e/", "# note",
)  # fmt: skip
STRANGE = (
    "FROM",
    "COPY",
    "COPY ${V /x",
    "RUN <<E",
    "\0\0",
    "HEALTHCHECK x",
    "COPY --from=nope a b",
    "FROM $X",
    "ENV x",
    "ADD --x a b",
)
SETTINGS = (
    'builder = "classic"\n', 'disable = ["secret-file"]\n', 'max-size = "1kB"\n', '[[allow]]\ncode = "large-file"\npath = "**"\nreason = "x"\n',
    "nope = 1\n", "= broken\n", 'fail-on = "note"\n',
)  # fmt: skip
OPTIONS = (
    [], ["--check"], ["--facts"], ["--list"], ["--explain", "a"], ["-v"], ["--check", "--fail-on", "note"], ["--deep"], ["--strict", "--check"],
    ["--builder", "classic"], ["--builder", "buildah"], ["--max-size", "1B", "--check"], ["--no-config"], ["--target", "s0"],
    ["--build-arg", "V=a"], ["--diff"], ["--check", "--trusted", "HEAD"],
)  # fmt: skip


def tree(draw: random.Random) -> dict[str, str | int]:
    out: dict[str, str | int] = {}
    for _ in range(draw.randrange(1, 12)):
        parts = [draw.choice(NAMES) for _ in range(draw.randrange(1, 4))]
        path = "/".join(parts)
        if not any(path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in out):
            out[path] = draw.choice((0, 10, 3_000, "A=1\nDB_PASSWORD=x\n", '{"a": ["b"]}', "\ufeffx", "-----BEGIN"))
    return out


def dockerfile(draw: random.Random) -> str:
    lines = []
    for stage in range(draw.randrange(1, 4)):
        lines.append(f"FROM {draw.choice(('scratch', 'a:1', 'b'))} AS s{stage}")
        chosen = [draw.choice(INSTRUCTIONS) for _ in range(draw.randrange(0, 6))]
        lines += [each for each in chosen if stage or "--from=0" not in each]
    if draw.random() < 0.15:
        lines.insert(draw.randrange(len(lines)), draw.choice(STRANGE))
    return "\n".join(lines) + "\n"


def lay_out(draw: random.Random, root: Path) -> list[str]:
    """A made-up project below `root`; the words of a command line for it."""
    made = {path: content for path, content in tree(draw).items() if path.split("/")[0] not in ("Dockerfile",)}
    made["Dockerfile"] = dockerfile(draw)
    if draw.random() < 0.7:
        rules = [draw.choice(RULES) for _ in range(draw.randrange(6))]
        made[".dockerignore"] = "".join(
            f"{rule}\n" for rule in rules if rule not in ("[", "\\", "!") or draw.random() < 0.1
        )
    if draw.random() < 0.3:
        made[".ctxscan.toml"] = draw.choice(SETTINGS if draw.random() < 0.2 else SETTINGS[:4])
    words = list(draw.choice(OPTIONS))
    if draw.random() < 0.2:
        made["compose.yaml"] = draw.choice(
            (
                "services: {a: {build: .}}\n",
                "services:\n  a: {build: {context: ., args: {V: $HOME}}}\n  b: {build: ./src}\n",
                "services: [\n",
                "x: 1\n",
            )
        )
        if not {"--target", "--list"} & set(words):
            words.append("compose.yaml")
    projects.write(root, made)
    return words


def ran(words: list[str], capfdbinary: pytest.CaptureFixture[bytes]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        command.run("ctxscan", words)
    out, err = capfdbinary.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.decode(errors="surrogateescape"), err.decode(errors="surrogateescape")


@pytest.mark.parametrize("batch", range(max(1, CASES // BATCH)))
def test_whatever_comes_in(
    batch: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the inputs at least are ones that a builder takes: a fuzzer that only sees errors sees nothing."""
    schema = jsonschema.Draft202012Validator(
        json.loads((files("ctxscan.reports") / "schema.json").read_text(encoding="utf-8"))
    )
    accepted = 0
    for number in range(BATCH):
        seed = batch * BATCH + number
        root = tmp_path / str(number)
        root.mkdir()
        words = lay_out(random.Random(seed), root)
        monkeypatch.chdir(root)
        status, out, err = ran(words, capfdbinary)
        told = f"seed {seed}: {words}: {status}\n{err}"
        assert status in (0, 1, 2), told
        assert "Traceback" not in err, told
        if status == 2:
            assert re.search(r"^ctxscan: error: .+$", err, re.MULTILINE), told
            continue
        accepted += 1
        if "--diff" in words or "--list" in words:
            continue
        other, text, err = ran([*words, "--format", "json"], capfdbinary)
        assert other == status, told
        document = json.loads(text)
        schema.validate(document)
        for build in document["builds"] if "--explain" not in words and "--check" not in words else ():
            shown = build["sizes"]["transfer"]["shown"]
            assert shown is None or len(document["builds"]) > 1 or shown in out, told
    assert accepted * 2 >= BATCH
