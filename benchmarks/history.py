"""How long does a replay take? A repository of many commits, made once, and the time for the last N of them.

    python benchmarks/history.py [--work DIR] [--commits N] [--files N] [--seed N]

The service has two stages, an install above the copy of everything, and rules; each commit edits one to five files, now
and then the README or the lock file, and every 700th the Dockerfile, so that commits are built both as they were and
with the files of today.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

WORK = Path(__file__).parent / ".work"
DOCKERFILE = """\
FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM node:22-slim
WORKDIR /app
COPY --from=build /app/dist ./dist
COPY docs ./docs
USER node
CMD ["node", "dist/server.js"]
"""
RULES = ".git\n**/node_modules\n**/*.log\n*.md\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    root = given.work / f"history-{given.commits}-{given.files}-{given.seed}"
    if not root.exists():
        make(root, given.commits, given.files, random.Random(given.seed))
    for count in (50, 1_000, given.commits):
        start = time.perf_counter()
        command = [sys.executable, "-m", "ctxscan", f"--replay={count}", "--no-progress", "--format", "json", "."]
        subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL, check=True)
        print(f"{count:>7,} commits  {time.perf_counter() - start:6.2f} s")
    # Of the largest child, which was the last one.
    print(f"peak  {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB")


def make(root: Path, commits: int, files: int, chance: random.Random) -> None:
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", root], check=True)
    stream = subprocess.Popen(["git", "-C", root, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert stream.stdin is not None
    paths = [path(number, chance) for number in range(files)]
    paths += [
        "package.json",
        "package-lock.json",
        "README.md",
        "CHANGELOG.md",
        ".github/workflows/ci.yml",
        "tsconfig.json",
    ]
    for number in range(commits):
        stream.stdin.write(b"commit refs/heads/main\ncommitter A <a@example.org> %d +0000\n" % (1_700_000_000 + number))
        stream.stdin.write(data(f"commit {number}"))
        for name, text in changes(number, paths, chance):
            stream.stdin.write(b"M 100644 inline %s\n%s" % (name.encode(), data(text)))
    stream.stdin.close()
    if stream.wait():
        raise SystemExit("git fast-import failed")
    subprocess.run(["git", "-C", root, "reset", "--quiet", "--hard", "main"], check=True)


def path(number: int, chance: random.Random) -> str:
    top = chance.choices(("src", "tests", "docs"), (70, 15, 15))[0]
    return f"{top}/pkg{number % 40:02}/mod{number // 40 % 12:02}/f{number}.ts"


def changes(number: int, paths: list[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    if number == 0:
        yield from ((name, f"{name}\n") for name in paths)
        yield from (("Dockerfile", DOCKERFILE), (".dockerignore", RULES))
        return
    edited = set(chance.sample(paths, chance.randint(1, 5)))
    edited |= {"README.md"} if chance.random() < 0.03 else set()
    edited |= {"package-lock.json"} if chance.random() < 0.02 else set()
    yield from ((name, f"{name} {number}\n") for name in sorted(edited))
    if number % 700 == 0:
        yield "Dockerfile", f"{DOCKERFILE}# {number}\n"


def data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


if __name__ == "__main__":
    main()
