"""Dockerfiles, ignore files and options that nobody would write: the command ends with a status and never with a bug.

They are recorded ones, changed at random. A thousand are tried, or as many as CTXSCAN_FUZZ_INPUTS says; a failure prints
the seed with which it comes again.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from support import independent
from support.command import run_bytes
from support.trees import cases

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="lays out named pipes and links")]

#: How many inputs share one tree.
PER_TREE = 100
#: How many are tried; a thousand take a minute.
INPUTS = int(os.environ.get("CTXSCAN_FUZZ_INPUTS", "1000"))
#: A first number for the seeds, to try others.
FIRST = int(os.environ.get("CTXSCAN_FUZZ_SEED", "0"))
NAMES = (
    "a",
    "b",
    "src",
    "lib",
    "x.log",
    "it's",
    "caf\u00e9",
    "a b",
    "-x",
    "*",
    ".env",
    "Dockerfile",
    "app.py",
    "n\nl",
    "\\",
    "[a]",
)
LINES = (
    "COPY . /", "COPY a b /d/", "COPY --from=0 . /", "COPY --parents src/* /d", "ADD a /", "RUN --mount=source=.,target=/m ls",
    "RUN npm ci", "ONBUILD COPY a /", "ARG V=a", "COPY $V /", "COPY ${V-a} /", "WORKDIR $V", "FROM scratch AS s", "FROM s",
    "COPY --from=nc . /", "FROM nc AS t", "COPY <<E /x\nhi\nE", "COPY ../a /", "COPY a* zz* /q/", "COPY --chmod=u+x a /",
    "COPY --exclude=[ a /", "RUN --mount=type=bind,from=nc,target=/x cat /x/a", "USER 1", "# syntax=x", "# check=error=true",
)  # fmt: skip
RULES = (
    "*",
    "!a",
    "**",
    "!**",
    "src",
    "!src/**",
    "[",
    "a\\",
    "**/*",
    "!*/..",
    "\\*",
    "[a-",
    "!",
    "/",
    "  /a",
    "\ufeffa",
    "n?l",
    "a/../b",
    "*[b*",
    "\t#x",
)
#: One of each: options of one kind do not go together.
MODES = (
    [],
    [],
    ["--facts"],
    ["--check"],
    ["--list"],
    ["--explain", "a"],
    ["--explain", "src/x.log"],
    ["--diff"],
    ["--fix"],
)
FORMATS = (
    [],
    [],
    ["-v"],
    ["--format", "json"],
    ["--format", "sarif"],
    ["--format", "markdown"],
    ["--format", "github"],
)
BUILDS = (
    [], [], [], [], ["--target", "s"], ["--target", "0"], ["--build-arg", "V=b"], ["--build-arg", "V="], ["--deep"],
    ["--build-context", "s=../nc"], ["--build-context", "nc=."], ["-f", "Dockerfile"], ["-f", "./src/../Dockerfile"], ["-f", "-"],
)  # fmt: skip


class Given(NamedTuple):
    dockerfile: bytes
    ignore: bytes
    arguments: tuple[str, ...]


def written() -> tuple[list[str], list[str]]:
    """The texts to begin with: Dockerfiles and ignore files."""
    dockerfiles = [text for _, text, error, *_ in independent.mutated() if error is None]
    ignores = []
    for name in ("hand", "b", "c", "e"):
        for case in independent.cases(name):
            if case["expect"]["buildkit"]["error"] is None:
                dockerfiles.append(case.get("dockerfile") or "")
            ignores.append(case.get("dockerignore") or "")
    for name in ("fuzz", "errors", "parse", "negation"):
        ignores += [case["dockerignore"] for case in cases(name) if case.get("dockerignore")]
    return dockerfiles, ignores


def changed(random: Random, text: str, lines: tuple[str, ...], others: list[str]) -> bytes:
    """The text with some lines and characters put in, taken out, doubled or exchanged."""
    rows = text.split("\n")
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        at = random.randrange(len(rows) + 1)
        match random.randrange(5):
            case 0:
                rows.insert(at, random.choice(lines))
            case 1:
                del rows[at : at + 1]
            case 2:
                rows[at:at] = rows[at : at + 2]
            case 3:
                rows.insert(at, random.choice(random.choice(others).split("\n")))
            case 4 if at < len(rows) and rows[at]:
                where = random.randrange(len(rows[at]))
                piece = random.choice(
                    (
                        *"$*\\[]!/'\"#{}?-=<>,.~`^|&;: \t\r\0",
                        "${",
                        "**",
                        "../",
                        "\u2003",
                        "\ufeff",
                        "--from=",
                        random.choice(NAMES),
                    )
                )
                rows[at] = rows[at][:where] + piece + rows[at][where + random.randrange(2) :]
    raw = "\n".join(rows).encode(errors="surrogateescape")
    if not random.randrange(50):
        raw = raw.replace(b"\n", b"\r\n")
    if not random.randrange(50):
        at = random.randrange(len(raw) + 1)
        raw = raw[:at] + random.randbytes(3) + raw[at:]
    return raw


def given(random: Random, dockerfiles: list[str], ignores: list[str]) -> Given:
    arguments = ["--builder", random.choice(("buildkit", "buildkit", "classic", "buildah")), "--no-config"]
    mode = random.choice(MODES)
    arguments += mode
    if mode[:1] not in (["--list"], ["--diff"], ["--fix"]):
        arguments += random.choice(FORMATS)
    for name in ("nc", "base"):
        arguments += random.choice(([], ["--build-context", f"{name}=../nc"]))
    for _ in range(random.randrange(3)):
        arguments += random.choice(BUILDS)
    return Given(
        changed(random, random.choice(dockerfiles), LINES, dockerfiles),
        changed(random, random.choice(ignores), RULES, ignores),
        tuple(arguments),
    )


def grow(random: Random, root: Path, depth: int = 0) -> None:
    """Lay out a small tree with odd names, links and things that are no files."""
    root.mkdir(parents=True, exist_ok=True)
    for name in random.sample(NAMES, random.randrange(3, 9)):
        path = root / name
        match random.randrange(8):
            case 0 | 1 if depth < 3:
                grow(random, path, depth + 1)
            case 2:
                path.symlink_to(random.choice((*NAMES, "..", "../a", "/", "src/x.log", name)))
            case 3:
                os.mkfifo(path)
            case _:
                path.write_bytes(random.choice((b"", b"x", b"KEY=value\n", b"FROM scratch\n", b"x" * 5000)))


def put(path: Path, data: bytes) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.write_bytes(data)


@contextmanager
def limited(seconds: int = 60) -> Iterator[None]:
    """An end to what waits for something, as whoever opens a named pipe does."""

    def end(*_: object) -> None:
        raise TimeoutError(f"still busy after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_no_input_ends_in_a_bug(tmp_path: Path) -> None:
    dockerfiles, ignores = written()
    statuses: Counter[int] = Counter()
    bugs = []
    for tree in range(FIRST, FIRST + max(1, INPUTS // PER_TREE)):
        random = Random(tree)
        root = tmp_path / str(tree)
        grow(random, root / "nc")
        grow(random, root / "context")
        for number in range(PER_TREE):
            each = given(random, dockerfiles, ignores)
            put(root / "context" / "Dockerfile", each.dockerfile)
            put(root / "context" / ".dockerignore", each.ignore)
            try:
                with limited():
                    done = run_bytes(*each.arguments, cwd=root / "context", stdin=each.dockerfile)
            except Exception:
                bugs.append(f"seed {tree}, input {number}: {each}\n{traceback.format_exc()}")
            else:
                statuses[done.returncode] += 1
        shutil.rmtree(root)
    print(dict(statuses), len(bugs))
    assert not bugs, f"{len(bugs)} bugs\n" + "\n".join(bugs[:5])
    assert statuses.keys() <= {0, 1, 2}
    assert statuses[0] > sum(statuses.values()) // 10
