"""Random trees, Dockerfiles, ignore files, compose files, configurations and options, through the whole command.

Whatever comes in: no traceback, no exit status but 0, 1 and 2, JSON that fits its schema, figures that text and JSON
share, the same answer from one and from two processes, every format, and no more work than a limit. `CTXSCAN_FUZZ=5000
pytest tests/fuzz` tries as many inputs; without it a few are tried. `CTXSCAN_FUZZ_FIRST` is the number of the first, and
`CTXSCAN_FUZZ_MINUTES=10 pytest -m slow tests/fuzz -k minutes` goes on from there as long as that.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.schemas import REPORT

from ctxscan.cli import run as command
from ctxscan.context import measure
from ctxscan.image.layers import Work
from ctxscan.rules.automaton import Effort

FIRST = int(os.environ.get("CTXSCAN_FUZZ_FIRST", "0"))
MINUTES = float(os.environ.get("CTXSCAN_FUZZ_MINUTES", "0.5"))
#: What such small projects may cost at most, in entries that stages copy and in parts of expressions.
MOST_WORK = 20_000
FORMATS = ("sarif", "markdown", "github", "html")
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
    "# ctxscan: ignore[dead-rule] because",
    "*",
    "!a",
    "**/b.txt",
    "node_modules",
    "[",
    "src/",
    "!src/b.txt",
    "a*[ab]*b",
    "*a[ab]{2,30}*b",
    "!src/*/*",
    "*.txt|a",
    "# x",
    "\\",
    "x/../y",
    "!",
    "**",
    "*.pem",
)
INSTRUCTIONS = (
    "# ctxscan: ignore[root-user, large-file] because", "# ctxscan: ignore",
    "COPY . /", "COPY a /x/", "COPY src/ b.txt /y/", "COPY *.txt /z/", "COPY --from=0 / /l/", "RUN make $V", "ENV V=${W:-x} W=1",
    "ARG T=1", "ARG V", "WORKDIR /w", "RUN --mount=type=bind,source=src,target=/s x", "USER 1", "ADD a /t/", "COPY $V /v", 'CMD ["x"]',
    "COPY <<E /h\nA=$V\nE", "RUN <<E\necho x\nE", "ONBUILD COPY a /o", "LABEL a=b", "EXPOSE 80", "COPY --exclude=*.md . /e/", "# note",
    "COPY --from=s{below} / /l/\nCOPY --from=s{below} / /r/", "COPY --from=s{below} --chown=1 / /", "RUN cp -r /l /r && mv /x /l/",
    "RUN --mount=from=s{below},target=/m cat /m/* > /t", "COPY --parents src/* /p/", "ONBUILD COPY --from=s0 / /b/",
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
    ["--ignore", "root-user,large-file"], ["--check", "--select", "secret-file"], ["--platform", "linux/arm64"], ["-t", "a", "--push"],
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
    for stage in range(draw.randrange(1, draw.choice((2, 4, 4, 12)))):
        below = f"s{draw.randrange(stage)}" if stage else "b"
        lines.append(f"FROM {draw.choice(('scratch', 'a:1', 'b', below))} AS s{stage}")
        chosen = [draw.choice(INSTRUCTIONS) for _ in range(draw.randrange(0, 6))]
        lines += [each.replace("{below}", str(stage - 1)) for each in chosen if stage or "from=" not in each]
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
                'services: {a: {build: {context: ., dockerfile_inline: "FROM a\\nCOPY . /"}}}\n',
                "services: [\n",
                "x: 1\n",
            )
        )
        if not {"--target", "--list"} & set(words):
            words.append("compose.yaml")
    elif draw.random() < 0.1:
        made["plan.json"] = draw.choice(
            (
                '{"target": {"a": {"context": ".", "dockerfile": "Dockerfile", "args": {"V": "a"}}}}',
                '{"group": {"default": {"targets": ["a"]}}, "target": {"a": {}, "b": {"target": "s0"}}}',
                '{"target": []}',
            )
        )
        if not {"--target", "--list"} & set(words):
            words.append("plan.json")
    projects.write(root, made)
    return words


def ran(words: list[str], capfdbinary: pytest.CaptureFixture[bytes]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        command.run("ctxscan", words)
    out, err = capfdbinary.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.decode(errors="surrogateescape"), err.decode(errors="surrogateescape")


class Counters:
    """All the work of one run: what the constructors of the counters are given away to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.made: list[Work | Effort] = []
        for kind in (Work, Effort):
            patch.setattr(kind, "__init__", self._remembering(kind.__init__))

    def _remembering(self, begin: Any) -> Any:
        def remember(counter: Work | Effort, limit: int = MOST_WORK) -> None:
            begin(counter, limit)
            self.made.append(counter)

        return remember


def tried(seed: int, root: Path, capfdbinary: pytest.CaptureFixture[bytes], patch: pytest.MonkeyPatch) -> bool:
    """Whether the command took what comes of a seed; it is checked what it made of it."""
    draw = random.Random(seed)
    root.mkdir()
    words = lay_out(draw, root)
    patch.chdir(root)
    with pytest.MonkeyPatch.context() as counting:
        counters = Counters(counting)
        status, out, err = ran(words, capfdbinary)
    told = f"seed {seed}: {words}: {status}\n{err}"
    assert status in (0, 1, 2), told
    assert "Traceback" not in err, told
    # A limit that was met is an error, which half of the inputs may be.
    assert "entries from one another" not in err and "steps to compare" not in err, told
    assert all(each.done <= MOST_WORK for each in counters.made), told
    with pytest.MonkeyPatch.context() as two:
        for name, value in (("LARGE_ENOUGH", 0), ("FINE_ENOUGH", 1e9)):
            two.setattr(measure, name, value)
        two.setenv("CTXSCAN_PROCESSES", "2")
        assert ran(words, capfdbinary) == (status, out, err), told
    if status == 2:
        assert re.search(r"^ctxscan: error: .+$", err, re.MULTILINE), told
        return False
    if "--diff" in words or "--list" in words:
        return True
    other, text, err = ran([*words, "--format", "json"], capfdbinary)
    assert other == status, told
    document = json.loads(text)
    REPORT.validate(document)
    for build in document["builds"] if "--explain" not in words and "--check" not in words else ():
        shown = build["sizes"]["transfer"]["shown"]
        assert shown is None or len(document["builds"]) > 1 or shown in out, told
    other, _, err = ran([*words, "--format", draw.choice(FORMATS)], capfdbinary)
    # Some formats say that an option is not for them.
    assert other in (status, 2) and "Traceback" not in err, told + err
    return True


@pytest.mark.parametrize(
    "batch", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, CASES // BATCH))]
)
def test_whatever_comes_in(
    batch: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the inputs at least are ones that a builder takes: a fuzzer that only sees errors sees nothing."""
    seeds = range(FIRST + batch * BATCH, FIRST + (batch + 1) * BATCH)
    accepted = [tried(seed, tmp_path / str(seed), capfdbinary, monkeypatch) for seed in seeds]
    assert sum(accepted) * 2 >= BATCH


@pytest.mark.slow
def test_for_minutes(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it is asked for, from the seed that it is asked to begin with."""
    begin, seed, accepted = time.monotonic(), FIRST, 0
    while time.monotonic() - begin < MINUTES * 60:
        root = tmp_path / str(seed)
        accepted += tried(seed, root, capfdbinary, monkeypatch)
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(root)
        seed += 1
    with capfdbinary.disabled():
        print(f"{seed - FIRST} inputs, {accepted} accepted")
    assert accepted * 2 >= seed - FIRST
