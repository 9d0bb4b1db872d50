"""The README is true: its transcripts are what the command prints, its tables what the code holds.

`CTXSCAN_UPDATE=1 pytest tests/test_docs.py` writes the transcripts and tables anew; look at the difference.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import projects
import pytest

from ctxscan.checks import CHECKS

README = Path(__file__).parent.parent / "README.md"
UPDATE = bool(os.environ.get("CTXSCAN_UPDATE"))
#: Transcripts of a tree of their own: what lies in it, by the remark behind the command.
TREES: dict[str, dict[str, str | int]] = {
    "passed over": {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": "d/x\n!d\n", "d/x": 10},
    "empty": {
        "Dockerfile": "FROM scratch\nCOPY . /\n",
        ".dockerignore": "*\n!src/**/*.ts\n**/__tests__\n",
        "src/__tests__/b.ts": 10,
    },
}
BLOCK = re.compile(r"<!-- transcript: (?P<command>[^\n]*) -->\n```console\n(?P<text>.*?)```\n", re.DOTALL)
TABLE = re.compile(r"<!-- table: findings -->\n(?:\|[^\n]*\n)*")


def transcript(command: str, where: Path) -> str:
    """What a user sees: the command behind a prompt, and what it prints on 100 columns without colour."""
    said, _, remark = command.partition(" # ")
    if remark in TREES:
        root = projects.write(where, TREES[remark])
    else:
        root = projects.node(where, rules=projects.NODE_RULES if "--explain" in said else None)
        if remark == "after --fix":
            printed(root, "--fix")
            projects.settle(root)
    return f"$ {said}\n{printed(root, *said.split()[1:])}"


def printed(root: Path, *arguments: str) -> str:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "ctxscan", *arguments]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    assert done.returncode == ("--diff" in arguments), done.stderr
    return done.stdout.decode()


def table() -> str:
    rows = ["| code | severity | says |", "| --- | --- | --- |"]
    for each in sorted(CHECKS.values(), key=lambda each: each.code):
        first = re.split(r"\n\s*\n", each.doc.strip())[0]
        rows.append(f"| `{each.code}` | {each.severity} | {' '.join(first.split())} |")
    return "<!-- table: findings -->\n" + "\n".join(rows) + "\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the figures depend on POSIX modes")
def test_transcripts_are_what_is_printed(tmp_path: Path) -> None:
    """Every console block is the output of its command."""
    text = README.read_text(encoding="utf-8")
    commands = [match["command"] for match in BLOCK.finditer(text)]
    assert len(commands) >= 6
    made = {each: transcript(each, tmp_path / str(number)) for number, each in enumerate(commands)}
    true = BLOCK.sub(
        lambda match: f"<!-- transcript: {match['command']} -->\n```console\n{made[match['command']]}```\n", text
    )
    if UPDATE:
        README.write_text(true, encoding="utf-8")
    assert true == text or UPDATE


def test_every_finding_is_in_the_table() -> None:
    """The table of findings has each code with its severity and the first paragraph of its documentation."""
    text = README.read_text(encoding="utf-8")
    assert TABLE.search(text)
    true = TABLE.sub(lambda match: table(), text)
    if UPDATE:
        README.write_text(true, encoding="utf-8")
    assert true == text or UPDATE


def test_the_library_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python block works in a project with such a target."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch AS prod\nCOPY a /\n", "a": 12})
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    exec(compile(block[1], "README.md", "exec"), {})
