"""`--explain` gives the cause: of a transfer that nothing asks for, and of a rule that is not proposed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import run

from ctxscan.explain import Endings, reach
from ctxscan.facts import scan
from ctxscan.rules.matcher import State

TMPFS = "FROM alpine:3.20\nCOPY a /\nRUN --mount=type=tmpfs,target=/t true\n"
SHIPPED = 'FROM scratch\nCOPY node_modules /n\nCMD ["/n"]\n'


@pytest.mark.parametrize(
    ("dockerfile", "path", "words"),
    [
        (TMPFS, "b", "sent to the builder, not in the image: the whole context is sent because of RUN --mount=type=tmpfs"),
        (TMPFS, "a", "in the image"),
        (SHIPPED, "b", "kept, but not sent"),
    ],
)  # fmt: skip
def test_why_it_is_sent(dockerfile: str, path: str, words: str, tmp_path: Path) -> None:
    """The instruction that sends everything is named where no instruction takes the path."""
    root = projects.write(tmp_path, {"Dockerfile": dockerfile, "a": 1, "b": 2, "node_modules/x/i.js": 3})
    assert f"reach: {words}" in " ".join(run("--explain", path, ".", cwd=root).stdout.split())
    (explained,) = json.loads(run("--explain", path, "--format", "json", ".", cwd=root).stdout)["builds"][0][
        "explanations"
    ]
    assert explained["ends"].startswith(words)


def test_why_no_rule_is_proposed(tmp_path: Path) -> None:
    """The reason that the report gives, of the directory and of what is in it."""
    dockerfile = "FROM alpine:3.20\nWORKDIR /s\nCOPY . .\nRUN git describe --tags > version\n"
    files: dict[str, str | int] = {"Dockerfile": dockerfile, "a": 1, ".git/HEAD": "ref: x\n", ".git/objects/a": 5000}
    root = projects.write(tmp_path, files)
    for path in (".git", ".git/objects/a"):
        said = run("--explain", path, ".", cwd=root).stdout
        assert "no rule is proposed: " in said and "Dockerfile:4" in said, said


def test_what_is_known_of_a_directory_is_worked_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files in it are asked about, and with the same answer as for each alone."""
    ignored = "**/*.log\nsrc/b/*\n!src/b/1*\n"
    files: dict[str, str | int] = {"Dockerfile": "FROM alpine\nCOPY src /app\n", ".dockerignore": ignored}
    paths = [
        f"{above}/{number}{end}" for above in ("src/a", "src/b", "doc") for number in range(9) for end in ("", ".log")
    ]
    made = scan(projects.write(tmp_path, {**files, **dict.fromkeys(paths, 1)}))
    alone = {path: reach(made, path) for path in paths}
    assert {each.reach for each in alone.values()} == {"excluded", "context", "image"}
    entered: list[str] = []
    enter = State.enter

    def counted(self: State, name: str) -> Any:
        entered.append(name)
        return enter(self, name)

    monkeypatch.setattr(State, "enter", counted)
    endings = Endings(made)
    assert {path: endings.of(path) for path in paths} == alone
    assert (
        sorted(set(entered)) == ["a", "b", "doc", "src"] and len(entered) <= 8
    )  # of the rules, and of what is asked for
