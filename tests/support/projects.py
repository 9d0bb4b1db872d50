"""Sample projects, built where a test wants them: real names and sizes, nothing that a scanner would trip over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from support.trees import TIME

#: The fast Dockerfile of a Node service, with its tests and documents beside it.
NODE_DOCKERFILE = """\
FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:22-slim
WORKDIR /app
COPY --from=build /app/dist ./dist
COPY --from=build /app/package.json ./
USER node
CMD ["node", "dist/server.js"]
"""
#: The ignore file that the README recommends for it.
NODE_RULES = """\
**/node_modules
.git
**/*.log
coverage
docs
Dockerfile
.dockerignore
README.md
"""


def write(root: Path, files: Mapping[str, str | int]) -> Path:
    """Files with a text, or of that many bytes; all with the same time, as some figures depend on it."""
    there: set[str] = set()
    for name, content in files.items():
        path = os.path.join(root, name)
        above = os.path.dirname(path)
        if above not in there:
            os.makedirs(above, exist_ok=True)
            there.add(above)
        with open(path, "wb") as file:
            if isinstance(content, str):
                file.write(content.replace("\n", os.linesep).encode())
            else:
                file.truncate(content)
    settle(root)
    return root


def settle(root: str | Path) -> None:
    """Give everything the same time and the usual mode."""
    with os.scandir(root) as entries:
        for entry in entries:
            inside = entry.is_dir(follow_symlinks=False)
            if inside:
                settle(entry.path)
            if inside or not entry.is_symlink():
                os.chmod(entry.path, 0o755 if inside else 0o644)
            os.utime(entry.path, ns=(TIME, TIME), follow_symlinks=False)


def node(root: Path, *, rules: str | None = None) -> Path:
    """A Node service as it lies on a developer's disk: dependencies, a repository, a coverage report, a log."""
    files: dict[str, str | int] = {
        "Dockerfile": NODE_DOCKERFILE,
        "README.md": "# Orders\n\nTakes orders.\n",
        "package.json": '{"name": "orders", "version": "1.0.0", "scripts": {"build": "tsc"}}\n',
        "package-lock.json": 48_211,
        "tsconfig.json": '{"compilerOptions": {"outDir": "dist"}}\n',
        "npm-debug.log": 12_408,
        "docs/guide.md": 9_120,
        "docs/schema.png": 402_118,
        "coverage/lcov.info": 233_870,
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/index": 20_480,
        ".git/objects/pack/pack-5b1c.pack": 61_337_112,
        ".git/objects/pack/pack-5b1c.idx": 402_336,
        "packages/mail/package.json": '{"name": "mail", "version": "1.0.0"}\n',
        "packages/mail/src/send.ts": 2_218,
        "packages/mail/node_modules/nodemailer/lib/mailer.js": 15_202,
    }
    for number in range(40):
        files[f"src/routes/route{number:02}.ts"] = 1_800 + 37 * number
    for package, count, size in (
        ("typescript/lib", 90, 331_000), ("@esbuild/linux-x64/bin", 1, 9_900_000), ("express/lib", 12, 5_100),
        ("lodash", 640, 2_100), ("prisma/build", 22, 610_000),
    ):  # fmt: skip
        for number in range(count):
            files[f"node_modules/{package}/file{number:03}.js"] = size + number
    if rules is not None:
        files[".dockerignore"] = rules
    return write(root, files)
