"""The lab: one Node service with the slow Dockerfile of the lesson, the same with the fast one and its ignore file.

`python testdata/lab/lab.py DIRECTORY` writes `slow/`, `ignored/` (the slow one with the ignore file) and `fast/`
there, to look at by hand; `tests/checks/test_exemplary.py` builds them where it needs them.
"""

from __future__ import annotations

import sys
from pathlib import Path

_SECRET = "_".join(("sk", "live", "51Hb2Qv9ZtXwLr8KmYpN4dGc"))
SLOW = f"""\
FROM node:latest
WORKDIR /app
ENV PAYMENT_KEY={_SECRET}
COPY . .
RUN apt-get update && apt-get install -y build-essential
RUN npm install
RUN npm run build
RUN rm -rf /var/lib/apt/lists/*
EXPOSE 3000
CMD npm start
"""
FAST = """\
# syntax=docker/dockerfile:1
FROM node:22.11-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src src/
RUN npm run build

FROM node:22.11-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npm_token npm ci --omit=dev
COPY --from=build /app/dist dist/
USER node
EXPOSE 3000
HEALTHCHECK CMD ["node", "dist/probe.js"]
CMD ["node", "dist/server.js"]
"""
IGNORE = """\
.git
.gitignore
.dockerignore
Dockerfile
README.md
docs
coverage
**/node_modules
**/*.log
**/.env*
"""
_PACKAGE = """\
{
  "name": "orders",
  "version": "1.0.0",
  "scripts": {"build": "tsc", "start": "node dist/server.js"},
  "dependencies": {"express": "4.21.1"},
  "devDependencies": {"typescript": "5.6.3", "@types/express": "4.17.21"}
}
"""
_LOCK = '{"name": "orders", "lockfileVersion": 3, "packages": {"": {"name": "orders"}}}\n'


def files(dockerfile: str, ignore: str | None) -> dict[str, str | int]:
    """The service with one of the Dockerfiles: texts, or so many bytes."""
    tree: dict[str, str | int] = {
        "Dockerfile": dockerfile,
        "package.json": _PACKAGE,
        "package-lock.json": _LOCK,
        "tsconfig.json": '{"compilerOptions": {"outDir": "dist"}, "include": ["src"]}\n',
        "README.md": "# Orders\n\nTakes orders.\n",
        "docs/guide.md": 9_120,
        "coverage/lcov.info": 233_870,
        "npm-debug.log": 12_408,
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/index": 20_480,
        ".gitignore": "node_modules\ncoverage\n*.log\n",
        "node_modules/express/index.js": 224,
        "node_modules/typescript/lib/tsc.js": 6_100_000,
        "src/server.ts": 'import express from "express";\n\nexpress().listen(3000);\n',
        "src/probe.ts": 'fetch("http://localhost:3000").catch(() => process.exit(1));\n',
    }
    if ignore is not None:
        tree[".dockerignore"] = ignore
    return tree


SLOW_TREE = files(SLOW, None)
IGNORED_TREE = files(SLOW, IGNORE)
FAST_TREE = files(FAST, IGNORE)


def write(root: Path, tree: dict[str, str | int]) -> None:
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else bytes(content))


if __name__ == "__main__":
    where = Path(sys.argv[1])
    for name, tree in (("slow", SLOW_TREE), ("ignored", IGNORED_TREE), ("fast", FAST_TREE)):
        write(where / name, tree)
