"""The trees and ignore files that the benchmarks read, the same for the same seed.

    python benchmarks/trees.py [--work DIR] [--seed N] [TREE ...]

Each is made once, under `benchmarks/.work` or `--work`, and made again only if this file or the seed changes. Big files
are sparse: a tree needs inodes and little space. Only sources and the `text` tree hold real text.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log
from pathlib import Path

WORK = Path(__file__).parent / ".work"

#: In every tree, as `probe.Dockerfile`: it asks for the whole context and then stops at once, since what a builder does
#: with the context once it has it is not measured.
PROBE = b"FROM scratch\nCOPY missing-on-purpose /\nCOPY . /srv\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """What packages of one language look like: files at the top of each, then stems, endings and directory names.
    Sizes are log-normal around `size` bytes."""

    top: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    directories: tuple[str, ...]
    size: int


STEMS = tuple(
    (
        "adapter args ast base buffer cache chunk client codec color compile config context cookie core cursor date "
        "decode diff element emit encode entry error event export fetch file filter find flags format graph group hash "
        "header hook http import index input iterator keys layout lexer limit line list loader locale log map match "
        "merge meta module mount node number options output pack page parse patch path pipe plugin pool print promise "
        "proxy query queue range read reduce render request resolve response route rule scan schema scope select serve "
        "session set shape sort source split stack state store stream string style sync table tag task template text "
        "theme timer token trace transform tree tuple type unit update url value vector version view visit walk watch "
        "worker write zone"
    ).split()
)
JAVASCRIPT = Kind(
    ("package.json", "README.md", "LICENSE", "index.js", "index.d.ts"),
    STEMS,
    (".js", ".js", ".js", ".js", ".d.ts", ".js.map", ".mjs", ".cjs", ".ts", ".json", ".css", ".md"),
    tuple("lib dist src cjs esm es umd types internal bin test fixtures locale docs modules icons".split()),
    900,
)
PYTHON = Kind(
    ("__init__.py", "py.typed", "_version.py"),
    STEMS,
    (".py", ".py", ".py", ".cpython-311.pyc", ".cpython-311.pyc", ".pyi", ".so", ".txt"),
    tuple("core utils tests backends contrib io internals locale migrations templates static data".split()),
    2500,
)
RUST = Kind(
    ("invoked.timestamp", "output", "root-output"),
    tuple(
        f"lib{stem}-{code:08x}" for stem, code in zip(STEMS, range(0x1B3A77D0, 0x7FFFFFFF, 0x00D1F0A3), strict=False)
    ),
    (".rlib", ".rmeta", ".d", ".o", ".o", ".o", ".bin", ""),
    tuple("build out incremental deps examples".split()),
    9000,
)
DATA = Kind(
    ("manifest.json",), STEMS, (".json", ".csv", ".png", ".parquet"), tuple("raw clean train test part".split()), 3000
)

#: What editors, systems and tools leave behind: the rules below hit these, one file in some eighty.
LITTER = (".DS_Store", "Thumbs.db", "npm-debug.log", "debug.log", ".eslintcache", "tsconfig.tsbuildinfo", ".main.swp")
LITTER_ENDINGS = (".orig", ".rej", ".bak", ".tmp")

#: The first 50 rules, as projects write them. None prunes a big directory.
RULES = """
**/.DS_Store
**/*.log
**/*.swp
**/*.orig
.idea
.vscode
coverage
**/Thumbs.db
*.tmp
docs/*.bak
**/*.rej
**/.eslintcache
**/*.tsbuildinfo
npm-debug.log*
yarn-error.log*
.env.*.local
**/*.bak
.nyc_output
**/.pytest_cache
**/.mypy_cache
.github
*.md.tmp
docker-compose*.yml
**/*.iml
.editorconfig
Makefile.local
**/.terraform
**/*.tfstate
*.pem
secrets/*.key
**/__snapshots__/*.snap.new
tmp/*
logs/**
**/.cache/*.pack
report.[0-9]*.json
**/*~
.gitlab-ci.yml
.husky
storybook-static
**/.turbo
**/.parcel-cache
cypress/videos
cypress/screenshots
**/[Tt]humbs.db
**/*.py[od]x
test-results
playwright-report
**/*.stackdump
services/*/tmp
services/**/*.pid
""".split()

#: Every fifth rule of the n files is one of these, in turn.
NEGATED = ("!**/keep{}.log", "!docs/keep{}.bak", "!**/important{}.*", "!services/api/keep{}")


class Tree:
    """Writes a tree and counts what it has written."""

    def __init__(self, root: Path, seed: str) -> None:
        self.root = str(root)
        self.random = random.Random(seed)
        self.files = 0
        self.directories = 0
        self.bytes = 0

    def directory(self, path: str, files: Iterable[tuple[str, int | bytes]]) -> None:
        """Makes `path` and what is missing above it, with files of that size (sparse) or content in it."""
        full = f"{self.root}/{path}"
        self._make(full)
        above = os.open(full, os.O_RDONLY | os.O_DIRECTORY)
        for name, content in files:
            fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=above)
            if isinstance(content, bytes):
                os.write(fd, content)
                self.bytes += len(content)
            elif content:
                os.ftruncate(fd, content)
                self.bytes += content
            os.close(fd)
            self.files += 1
        os.close(above)

    def link(self, path: str, target: str) -> None:
        os.symlink(target, f"{self.root}/{path}")
        self.files += 1

    def size(self, around: int) -> int:
        return min(int(self.random.lognormvariate(log(around), 1.6)), 8_000_000)

    def _make(self, full: str) -> None:
        try:
            os.mkdir(full)
        except FileExistsError:
            return
        except FileNotFoundError:
            self._make(full.rpartition("/")[0])
            os.mkdir(full)
        self.directories += 1


#: A package: its directories, parents first, each with the names and sizes of its files.
Shape = list[tuple[str, list[tuple[str, int | bytes]]]]


def shape(tree: Tree, kind: Kind, per_directory: float) -> Shape:
    """A package of a likely form, with about `per_directory` files in each of its directories."""
    rng = tree.random
    left = max(2, min(900, int(rng.lognormvariate(log(14), 1.2))))
    top: list[tuple[str, int | bytes]] = [(name, tree.size(kind.size)) for name in kind.top[: min(left, len(kind.top))]]
    directories: Shape = [("", top)]
    left -= len(top)
    while left > 0:
        above = rng.choice(directories)[0]
        if above.count("/") > 5:
            continue
        count = min(left, max(1, int(rng.lognormvariate(log(per_directory * 0.8), 0.8))))
        names = {
            rng.choice(kind.stems) + (f"-{i}" if i % 3 == 2 else "") + rng.choice(kind.endings) for i in range(count)
        }
        if rng.random() < count / 80:
            names.add(rng.choice(LITTER) if rng.random() < 0.6 else rng.choice(kind.stems) + rng.choice(LITTER_ENDINGS))
        name = f"{above}/{rng.choice(kind.directories)}"
        if name in {path for path, _ in directories}:
            name += f"-{len(directories)}"
        directories.append((name, [(each, tree.size(kind.size)) for each in sorted(names)]))
        left -= len(names)
    return directories


def forest(tree: Tree, path: str, count: int, kind: Kind, per_directory: float) -> None:
    """`count` files in packages below `path`: some in scopes, some nested, for JavaScript with a `.bin` of links."""
    rng = tree.random
    shapes = [shape(tree, kind, per_directory) for _ in range(200)]
    end = tree.files + count
    javascript = kind is JAVASCRIPT
    above, package, number = path, path, 0
    while tree.files < end:
        number += 1
        name = f"{rng.choice(STEMS)}-{rng.choice(STEMS)}{number if number % 4 else ''}-{number:x}"
        if javascript and number % 6 == 0:
            name = f"@{STEMS[number % 37]}/{name}"
        above = f"{package}/node_modules" if javascript and number % 25 == 0 and package != path else path
        package = f"{above}/{name}"
        for below, files in rng.choice(shapes):
            tree.directory(package + below, files[: end - tree.files])
            if tree.files >= end:
                break
        if javascript and number % 12 == 0 and tree.files < end:
            tree.directory(f"{path}/.bin", ())
            tree.link(f"{path}/.bin/{name.rpartition('/')[2]}", f"../{name}/index.js")


def prose(rng: random.Random, size: int, *, planted: bytes = b"") -> bytes:
    """Source-like text of about `size` bytes, with `planted` in the middle."""
    words = [*STEMS, "const", "return", "function", "=>", "{", "}", "await", "import", "from", "="]
    lines = [" ".join(rng.choices(words, k=9)).encode() + b";\n" for _ in range(max(1, size // 62))]
    lines.insert(len(lines) // 2, planted)
    return b"".join(lines)


def sources(tree: Tree, path: str, count: int) -> None:
    """`count` files of real text, twelve to a directory."""
    rng = tree.random
    for start in range(0, count, 12):
        names = [f"{rng.choice(STEMS)}{n}{rng.choice(('.ts', '.tsx', '.js', '.css', '.json'))}" for n in range(12)]
        files = [(name, prose(rng, tree.size(1500) % 60_000)) for name in names[: count - start]]
        tree.directory(f"{path}/{rng.choice(STEMS)}-{start // 12}", files)


def git(tree: Tree, count: int) -> None:
    """A `.git` with `count` loose objects."""
    rng = tree.random
    tree.directory(
        ".git", [("HEAD", b"ref: refs/heads/main\n"), ("config", 260), ("index", 30_000), ("description", 73)]
    )
    tree.directory(
        ".git/hooks", [(f"{name}.sample", 900) for name in ("commit-msg", "pre-commit", "pre-push", "update")]
    )
    tree.directory(".git/refs/heads", [("main", 41)])
    tree.directory(".git/objects/pack", [("pack-1.pack", 9_000_000), ("pack-1.idx", 400_000)])
    for number in range(count):
        name = f"{rng.getrandbits(160):040x}"
        tree.directory(f".git/objects/{name[:2]}", [(name[2:] + (f"{number:x}"), tree.size(400))])


def project(tree: Tree) -> None:
    """The files at the top of a project, and the small directories that the rules exclude."""
    text = prose(tree.random, 900)
    tree.directory("", [("package.json", text), ("README.md", text), ("tsconfig.json", text), ("old.tmp", text)])
    tree.directory(".vscode", [("settings.json", text), ("launch.json", text)])
    tree.directory("coverage", [("lcov.info", 4000), ("index.html", text)])
    tree.directory("logs", [("debug.log", 90_000)])
    tree.directory("docs", [("intro.md", text), ("intro.md.bak", text)])


def small(tree: Tree) -> None:
    project(tree)
    sources(tree, "src", 300)
    git(tree, 700)
    forest(tree, "node_modules", 31_000 - tree.files, JAVASCRIPT, 16)


def medium(tree: Tree) -> None:
    project(tree)
    git(tree, 3_000)
    for service in ("web", "admin", "api", "engine"):
        sources(tree, f"services/{service}/src", 500)
    forest(tree, "node_modules", 30_000, JAVASCRIPT, 16)
    forest(tree, "services/admin/node_modules", 58_000, JAVASCRIPT, 11)
    forest(tree, "services/api/.venv/lib/python3.11/site-packages", 42_000, PYTHON, 14)
    forest(tree, "services/engine/target/debug", 150_000 - tree.files, RUST, 20)


def large(tree: Tree) -> None:
    project(tree)
    git(tree, 9_000)
    for number in range(20):
        sources(tree, f"apps/app{number}/src", 400)
        forest(tree, f"apps/app{number}/node_modules", 44_000, JAVASCRIPT, 4.7)
    forest(tree, "data", 1_000_000 - tree.files, DATA, 40)


def wide(tree: Tree) -> None:
    rng = tree.random
    names = (f"frame{number:06d}{rng.choice(('.png', '.json', '.txt', '.bak'))}" for number in range(100_000))
    tree.directory("data", [(name, tree.size(900)) for name in names])


def deep(tree: Tree) -> None:
    for depth in range(1, 201):
        path = "/".join(f"level{level}" for level in range(1, depth + 1))
        tree.directory(path, [(f"{STEMS[n]}.txt", 10) for n in range(4)] + [("debug.log", 10)])


def text(tree: Tree) -> None:
    """20,000 text files, 80 MB. One in 500 holds something shaped like a credential, put together here."""
    rng = tree.random
    shaped = (
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE" + "A" * 60 + "\n-----END RSA " + "PRIVATE KEY-----\n").encode(),
        ("key = 'AK" + "IA" + "Q7" * 8 + "'\n").encode(),
        ("token: gh" + "p_" + "a1B2" * 9 + "\n").encode(),
    )
    for number in range(0, 20_000, 50):
        files = []
        for each in range(number, number + 50):
            planted = shaped[each // 500 % 3] if each % 500 == 7 else b""
            size = min(60_000, int(rng.lognormvariate(log(2_320), 1.15)))
            files.append(
                (f"{rng.choice(STEMS)}{each}{rng.choice(JAVASCRIPT.endings)}", prose(rng, size, planted=planted))
            )
        tree.directory(f"src/{rng.choice(STEMS)}/part{number // 50}", files)


def node(tree: Tree) -> None:
    """As `small`, with the ignore file that such projects have: little is left to send."""
    small(tree)
    tree.directory("", [(".dockerignore", b".git\nnode_modules\n**/*.log\n")])


def services(tree: Tree) -> None:
    """Forty services, each with a Dockerfile that is built in the root, as a Compose file says."""
    tree.directory("", [("package.json", b"{}\n"), (".dockerignore", b"**/node_modules\n.git\n**/*.log\n")])
    names = [f"service{number:02}" for number in range(40)]
    for name in names:
        recipe = f'FROM node:22\nWORKDIR /app\nCOPY {name} .\nRUN npm ci\nUSER node\nCMD ["node", "src"]\n'
        tree.directory(
            name, [("Dockerfile", recipe.encode()), ("package.json", b"{}\n"), ("package-lock.json", b"{}\n")]
        )
        sources(tree, f"{name}/src", 150)
        sources(tree, f"{name}/tests", 50)
    builds = "".join(f"  {each}: {{build: {{context: ., dockerfile: {each}/Dockerfile}}}}\n" for each in names)
    tree.directory("", [("compose.yaml", f"services:\n{builds}".encode())])


#: How small configuration is written: the ending, and a line with a name and a value.
NOTATIONS = ((".yaml", "{}: {}\n"), (".properties", "{}={}\n"), (".toml", '{} = "{}"\n'), (".json", '"{}": "{}",\n'))


def settings(tree: Tree) -> None:
    """2,000 small files of configuration, and 20 recordings of a browser (HAR) of 1 MB. Nothing in them is a secret,
    though one name in ten sounds like one."""
    rng = tree.random

    def name() -> str:
        last = rng.choice(("key", "token", "secret", "password")) if rng.random() < 0.1 else rng.choice(STEMS)
        return f"{rng.choice(STEMS)}_{last}"

    def value() -> str:
        return rng.choice((rng.choice(STEMS), str(rng.randrange(10_000)), f"${{{name().upper()}}}", f"{name()}.local"))

    for start in range(0, 2_000, 50):
        files: list[tuple[str, int | bytes]] = []
        for number in range(start, start + 50):
            ending, line = NOTATIONS[number % len(NOTATIONS)]
            body = "".join(line.format(name(), value()) for _ in range(40))
            files.append(
                (f"{rng.choice(STEMS)}{number}{ending}", (f"{{{body}}}" if ending == ".json" else body).encode())
            )
        tree.directory(f"config/part{start // 50}", files)
    tree.directory("recordings", [(f"session{number}.har", recording(rng, 1_000_000)) for number in range(20)])


def recording(rng: random.Random, size: int) -> bytes:
    """What a browser records of its requests, as JSON of about `size` bytes: headers, scripts and pictures."""
    headers = ("Accept", "Cache-Control", "Content-Type", "Date", "ETag", "User-Agent", "Vary", "X-Request-Id")
    entries: list[object] = []
    length = 0
    while length < size:
        picture = len(entries) % 3 == 0
        text = b64encode(rng.randbytes(9_000)).decode() if picture else prose(rng, 12_000).decode()
        told = [[{"name": each, "value": f"{rng.getrandbits(64):x}"} for each in headers] for _ in range(2)]
        entries.append(
            {
                "request": {"method": "GET", "url": f"https://{rng.choice(STEMS)}.local/", "headers": told[0]},
                "response": {"status": 200, "headers": told[1], "content": {"size": len(text), "text": text}},
            }
        )
        length += len(text) + 1_600
    return json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=1).encode()


def ten(tree: Tree) -> None:
    tree.directory("src", [(f"{STEMS[n]}.py", prose(tree.random, 2000)) for n in range(8)])


TREES: dict[str, Callable[[Tree], None]] = {
    "small": small,
    "medium": medium,
    "large": large,
    "wide": wide,
    "deep": deep,
    "text": text,
    "node": node,
    "services": services,
    "settings": settings,
    "ten": ten,
}


def make_tree(name: str, *, work: Path, seed: int) -> Path:
    """The directory of the tree `name`, made if it is not there yet."""
    root, stamp = work / "trees" / name, work / "trees" / f"{name}.json"
    made_by = f"{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]} {seed}"
    if stamp.exists() and json.loads(stamp.read_text())["made_by"] == made_by:
        return root
    stamp.unlink(missing_ok=True)
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    start = time.monotonic()
    tree = Tree(root, f"{name} {seed}")
    tree.directory("", [("probe.Dockerfile", PROBE)])
    TREES[name](tree)
    counts = {"files": tree.files, "directories": tree.directories, "bytes": tree.bytes}
    stamp.write_text(json.dumps({"made_by": made_by, **counts}) + "\n")
    print(
        f"made {name}: {tree.files:,} files, {tree.directories:,} directories, {tree.bytes / 1e6:,.1f} MB "
        f"in {time.monotonic() - start:.0f} s",
        file=sys.stderr,
    )
    return root


def rules(name: str) -> list[str]:
    """The lines of an ignore file: `p` and a number of rules, or `n`, with one in five negated."""
    count = int(name[1:])
    lines = list(RULES)
    forms = ("services/s{}/tmp", "**/*.gen{}", "build{}/out", "**/cache{}.db", "pkg{}/**/*.o", "tmp{}*", "**/[Tt]mp{}?")
    lines += [forms[number % len(forms)].format(number) for number in range(count - len(lines))]
    lines = lines[:count]
    if name.startswith("n"):
        for number in range(4, count, 5):
            lines[number] = NEGATED[number // 5 % len(NEGATED)].format(number)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the trees that the benchmarks read.")
    parser.add_argument("trees", nargs="*", metavar="TREE", help=f"which: {', '.join(TREES)} (default: all)")
    parser.add_argument("--work", type=Path, default=WORK, help="where to make them (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if unknown := set(options.trees) - set(TREES):
        parser.error(f"no such tree: {', '.join(sorted(unknown))}; there are {', '.join(TREES)}")
    for name in options.trees or TREES:
        print(make_tree(name, work=options.work, seed=options.seed))


if __name__ == "__main__":
    main()
