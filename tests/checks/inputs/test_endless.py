"""Servers that a RUN starts."""

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

MANIFEST = (
    '{"scripts": {"dev": "vite", "start": "NODE_ENV=x next dev -p 80", "build": "vite build", "both": "vite & x"}}'
)


@pytest.mark.parametrize(
    ("run", "told"),
    [
        ("npm run dev", "RUN npm run dev, which calls vite: it serves"),
        ("yarn start", "RUN yarn start, which calls NODE_ENV=x next dev -p 80: it serves"),
        ("npm run build && npx vite", "RUN npx vite: it serves"),
        ("python manage.py runserver 0.0.0.0:80", "RUN python manage.py runserver 0.0.0.0:80: it serves"),
        ("npm run build", ""),
        ("npm run both", ""),
        ("npm run other", ""),
        ("npm run dev & sleep 5", ""),
        ("timeout 9 npm run dev || true", ""),
        ("npx vite build", ""),
        ("uvicorn --version", ""),
    ],
)
def test_a_server_that_a_run_starts(run: str, told: str, tmp_path: Path) -> None:
    """Whether it serves is for its script to say."""
    lines = f"FROM node:22\nWORKDIR /app\nCOPY . .\nRUN {run}\n"
    projects.write(tmp_path, {"package.json": MANIFEST, "Dockerfile": lines})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "late-failure"]
    assert [each.message[: len(told)] for each in found] == [told] * bool(told)
