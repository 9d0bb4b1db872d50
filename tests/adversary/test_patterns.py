"""Expressions that projects, scripts and sources are searched with take time linear in them.

Each text is 100 kB of what an expression goes over again and again if it is not: then a case takes minutes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support import projects

from ctxscan.checks.project import earlier, services
from ctxscan.context.tree import Tree
from ctxscan.packages import dotnet_needs, jvm_needs, node_builds, rust_includes
from ctxscan.regex import compiled, compiled_bytes
from ctxscan.secrets.commands import TELLING
from ctxscan.secrets.verdict import judge

SIZE = 100_000


@pytest.mark.parametrize("piece", ["--a", " -q", "-a.", "vault ", "\n"])
def test_command_lines(piece: str) -> None:
    text = piece * (SIZE // len(piece))
    assert not any(compiled(each).search(text) for each in TELLING.values())


@pytest.mark.parametrize(
    ("found", "piece"),
    [
        (lambda text: earlier._DOWNLOADS.findall(text), "uses: actions/download-artifact "),
        (lambda text: services._RUN_WITH_SOCKET.findall(text), "-v="),
        (lambda text: dotnet_needs._REFERENCE.findall(dotnet_needs._CONDITIONAL.sub("", text)), "<!--\n"),
        (lambda text: dotnet_needs._REFERENCE.findall(dotnet_needs._CONDITIONAL.sub("", text)), "<ItemGroup \n"),
        (lambda text: jvm_needs._DEPENDS.findall(text), "project( "),
        (lambda text: node_builds._SETS.findall(text), "\n"),
        (lambda text: compiled_bytes(rust_includes._CONDITIONAL).findall(text.encode()), "\n"),
    ],
    ids=["downloads", "sockets", "comments", "groups", "projects", "variables", "attributes"],
)
def test_files_of_projects(found: object, piece: str) -> None:
    assert callable(found)
    assert found(piece * (SIZE // len(piece))) == []


def test_names_that_variables_make(tmp_path: Path) -> None:
    """Where a variable ends and letters begin can be told in one way."""
    projects.write(tmp_path, {"build.sh": "cp a " + "$aaaaaaaaaa" * 100 + "!\n" + "cp " * 600 + "\n"})
    assert not earlier.made_earlier(Tree(str(tmp_path)), "missing-file.txt")


@pytest.mark.parametrize("path", ["a.cfg", "a.env", "a.py", "a.toml"])
def test_one_value_under_any_number_of_names(path: str) -> None:
    """A value is reported once, so that what ends the work is not the number of findings."""
    value = "kM4vR8" + "!tq2Zx"
    text = "".join(f'api_key_{number}_password = "{value}"\n' for number in range(SIZE // 40))
    data = text.encode()
    assert len(judge(path, data, size=len(data))) == 1
