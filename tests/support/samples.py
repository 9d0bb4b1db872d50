"""Five projects for the reports to show: an ordinary one, a clean one, a large one, one of odd names, one without a Dockerfile.

Secrets are made up, and put together here so that no file of this repository holds one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from support import projects

_PASSWORD = "".join(("vQ8", "mTz", "47x", "KpLw"))
_DOTENV = f"NODE_ENV=production\nDB_PASSWORD={_PASSWORD}\n"

#: Names that could do something to a terminal, a log or a table, and names of wide and of combining characters.
ODD_NAMES = (
    "\x1b[31mred\x1b[0m", "line\nend", "::error::x", "tab\there", "right\u202eleft", "[bold]no markup[/bold]", "$(touch x)",
    "文書管理システム", "데이터", "🚀🚀🚀", "e\u0301\u0301t\u0301e\u0301", "\uff46\uff55\uff4c\uff4c", "a" * 200, "漢" * 60, "\u200bzero", "-v", "it's",
)  # fmt: skip


class Sample(NamedTuple):
    """How a project is laid out, and with what it is scanned, from within it."""

    lay_out: Callable[[Path], Path]
    options: Mapping[str, Any]


def _node(root: Path) -> Path:
    projects.node(root)
    return projects.write(root, {".env": _DOTENV})


def _python(root: Path) -> Path:
    files: dict[str, str | int] = {
        "Dockerfile": "FROM python:3.13-slim\nWORKDIR /app\nCOPY pyproject.toml ./\nCOPY src src\n"
        'USER 1000\nHEALTHCHECK CMD true\nCMD ["python", "-m", "mail"]\n',
        ".dockerignore": "*\n!pyproject.toml\n!src\n**/__pycache__\n",
        "pyproject.toml": "[project]\nname = 'mail'\nversion = '1'\n",
        "README.md": 2_000,
    }
    files |= {f"src/mail/part{number:02}.py": 900 + 50 * number for number in range(24)}
    files |= {f"tests/test_part{number:02}.py": 700 for number in range(24)}
    return projects.write(root, files)


def _monorepo(root: Path) -> Path:
    files: dict[str, str | int] = {
        "docker/api.Dockerfile": "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n"
        "FROM node:22-slim AS prod\nCOPY --from=build /app/dist /app\nCOPY assets/logo.svg deploy/start.sh /app/\n"
        "FROM prod AS debug\nCOPY tools /tools\n",
        ".dockerignore": "node_modules\n*.log\nassets\n!assets/logo.png\nbuild/\nbuild/\n",
        "package.json": '{"name": "all", "private": true, "workspaces": ["services/*"]}\n',
        "assets/logo.svg": 8_000,
        "assets/logo.png": 30_000,
        "node_modules/.package-lock.json": 100,
        "node_modules/typescript/lib/tsc.js": 6_000_000,
        "data/dumps/2026/01/orders.sql": 48_000_000,
        "data/notes/readme.txt": 4_000,
        "tools/very-long-directory-name-of-a-vendor/another-long-one/and-still-another-one/trace.bin": 3_300_000,
    }
    for number in range(12):
        service = f"services/s{number:02}"
        files |= {
            f"{service}/package.json": f'{{"name": "s{number:02}", "version": "1.0.0"}}\n',
            f"{service}/.env": _DOTENV,
            f"{service}/server.log": 20_000,
            f"{service}/src/index.ts": 3_000 + 100 * number,
            f"{service}/node_modules/.package-lock.json": 100,
            f"{service}/node_modules/left-pad/index.js": 400_000 - 10_000 * number,
        }
    return projects.write(root, files)


def _odd(root: Path) -> Path:
    files: dict[str, str | int] = {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": "nothing\n"}
    for number, name in enumerate(ODD_NAMES):
        files[f"{name}/{name}.bin"] = 1_000_000 - 10_000 * number
        files[f"{name}/.env"] = _DOTENV
        files[f"{name}/node_modules/.package-lock.json"] = 300_000 - number
    return projects.write(root, files)


def _bare(root: Path) -> Path:
    return projects.write(root, {"index.html": 5_000, "img/a.png": 70_000, "img/b.png": 1, "empty/none": 0})


SAMPLES = {
    "node": Sample(_node, {}),
    "python": Sample(_python, {}),
    "monorepo": Sample(_monorepo, {"dockerfile": "docker/api.Dockerfile", "target": "prod"}),
    "odd-names": Sample(_odd, {}),
    "no-dockerfile": Sample(_bare, {"builder": "classic"}),
}
