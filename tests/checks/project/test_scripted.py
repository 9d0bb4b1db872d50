"""Where the installs of a script run that a RUN calls."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan import scan
from ctxscan.opinions import review

DOCKERFILE = """\
FROM node:22.1-slim
WORKDIR /app
COPY web/package.json web/
COPY tools tools
RUN tools/deps.sh
CMD ["node", "web/a.js"]
"""
FILES = {"Dockerfile": DOCKERFILE, "web/package.json": "{}", "web/package-lock.json": "{}"}


@pytest.mark.parametrize(
    ("way", "speaks"),
    [
        ("cd web", True),
        ('cd "$(dirname "$0")/../web"', False),
        ('HERE=$(cd "$(dirname "$0")" && pwd)\ncd "$HERE/../web" || exit 1', True),
        ('ROOT="$(dirname "$(dirname "${BASH_SOURCE[0]}")")"\ncd "$ROOT/web"', True),
        ('if [ -n "$WEB" ]; then cd "$WEB"; fi\ncd web', True),
        ('cd "$WEB"', False),
        ("cd tools", False),
    ],
)
def test_a_script_goes_where_it_says(way: str, speaks: bool, tmp_path: Path) -> None:
    """What goes by something unknown, or by a longer way, is left alone."""
    script = f"#!/bin/bash\nset -e\n# npm install\n{way}\nnpm install\n"
    found = review(scan(projects.write(tmp_path, {**FILES, "tools/deps.sh": script}))).findings or ()
    assert [each.line for each in found if each.code == "unlocked-install"] == [5] * speaks
