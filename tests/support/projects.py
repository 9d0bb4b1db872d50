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
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            with path.open("wb") as file:
                file.truncate(content)
    settle(root)
    return root


def settle(root: Path) -> None:
    """Give everything the same time and the usual mode."""
    for above, directories, files in os.walk(root):
        for name in files:
            if not os.path.islink(os.path.join(above, name)):
                os.chmod(os.path.join(above, name), 0o644)
            os.utime(os.path.join(above, name), ns=(TIME, TIME), follow_symlinks=False)
        for name in directories:
            os.chmod(os.path.join(above, name), 0o755)
            os.utime(os.path.join(above, name), ns=(TIME, TIME), follow_symlinks=False)


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
