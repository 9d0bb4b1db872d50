"""Bake plans: every target as `docker buildx bake` would build it, and what is no plan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import projects

from ctxscan.builds import bake, sources
from ctxscan.errors import CtxscanError

HERE: dict[str, str] = {}


def planned(targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"group": {"default": {"targets": sorted(targets)}}, "target": targets, **more}


@pytest.mark.parametrize(
    ("target", "context", "dockerfile"),
    [
        ({}, ".", None),
        ({"context": "app", "dockerfile": "Dockerfile"}, "app", "app/Dockerfile"),
        ({"context": "./app/", "dockerfile": "../docker/D"}, "app", "docker/D"),
        ({"context": "cwd://app"}, "app", None),
        ({"context": "app", "dockerfile": "cwd://docker/D"}, "app", "docker/D"),
        ({"context": "/srv/app", "dockerfile": "/srv/docker/D"}, "/srv/app", "/srv/docker/D"),
    ],
)  # fmt: skip
def test_paths(target: dict[str, Any], context: str, dockerfile: str | None) -> None:
    """A context is relative to where bake runs, a Dockerfile to its context, unless it says otherwise."""
    (order,) = bake.orders(planned({"a": target}), "plan.json").orders
    assert (order.context, order.dockerfile, order.text) == (context, dockerfile, None)


def test_everything_that_concerns_a_build() -> None:
    """Target, arguments but for those without a value, named contexts, and the text of a Dockerfile."""
    target = {
        "context": "app",
        "target": "prod",
        "args": {"A": "1", "B": None, "C": "", "D": "$${X} $X %%{y}"},
        "contexts": {"base": "target:base", "shared": "../common-files", "image": "docker-image://example"},
        "dockerfile-inline": "FROM scratch\nCOPY $${X} /\n",
        "tags": ["x"],
        "platforms": ["linux/arm64"],
        "output": [{"type": "docker"}],
    }
    (order,) = bake.orders(planned({"a": target}), "plan.json").orders
    assert order.target == "prod"
    assert order.arguments == {"A": "1", "C": "", "D": "${X} $X %{y}"}
    assert order.contexts == {"base": "target:base", "shared": "../common-files", "image": "docker-image://example"}
    assert (order.text, order.label, order.dockerfile) == (b"FROM scratch\nCOPY ${X} /\n", "dockerfile-inline", None)


def test_a_remote_context_is_left_to_others() -> None:
    """It is told, and the other targets are built."""
    found = bake.orders(planned({"a": {"context": "https://example.com/x.git"}, "b": {}}), "plan.json")
    assert [each.name for each in found.orders] == ["b"]
    assert found.remarks == ("a is skipped: its context https://example.com/x.git is no directory here",)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (planned({"a": {"inherits": ["b"]}}), "plan.json: a: the target has inherits: docker buildx bake --print"),
        (planned({"a": {"matrix": {"x": ["y"]}}}), "plan.json: a: the target has matrix"),
        (planned({"a": {}}, variable={"X": {"default": "1"}}), "plan.json: the file has variable"),
        (planned({"a": []}), "plan.json: a: a target has to be an object"),
        (planned({"a": {"context": 1}}), "plan.json: a: context has to be a text"),
        (planned({"a": {"args": ["A=1"]}}), "plan.json: a: args has to be an object"),
        (planned({"a": {"args": {"A": 1}}}), "plan.json: a: args: A has to be a text"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused(document: dict[str, Any], words: str) -> None:
    """With the target, and what would make a plan of it."""
    with pytest.raises(CtxscanError) as caught:
        bake.orders(document, "plan.json")
    assert str(caught.value).startswith(words)


def test_a_plan_is_known_by_what_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON with targets is a plan, JSON with services a compose file, HCL neither."""
    monkeypatch.chdir(tmp_path)
    projects.write(
        tmp_path,
        {"plan.json": json.dumps(planned({"a": {}, "b": {}})), "compose.json": '{"services": {"c": {"build": "."}}}', "x.hcl": "target a {}"},
    )  # fmt: skip

    def names(file: str, **options: Any) -> list[str]:
        given: dict[str, Any] = {"profiles": (), "services": (), **options}
        return [each.name for each in sources.of_file(file, HERE, **given).orders]

    assert names("plan.json") == ["a", "b"]
    assert names("plan.json", services=["b"]) == ["b"]
    assert names("compose.json") == ["c"]
    with pytest.raises(CtxscanError, match=r"no such target: x \(a, b\)"):
        names("plan.json", services=["x"])
    with pytest.raises(CtxscanError, match="a bake plan has no profiles"):
        names("plan.json", profiles=["x"])
    with pytest.raises(CtxscanError, match="docker buildx bake --print makes a plan of it"):
        names("x.hcl")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_plan_comes_through_a_pipe(tmp_path: Path) -> None:
    """`ctxscan <(docker buildx bake --print)` reads what is printed."""
    projects.write(tmp_path, {"app/Dockerfile": "FROM scratch\nCOPY a /\n", "app/a": 10})
    os.mkfifo(tmp_path / "pipe")
    process = subprocess.Popen(
        [sys.executable, "-m", "ctxscan", "--facts", "--format", "json", "pipe"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    (tmp_path / "pipe").write_text(json.dumps(planned({"a": {"context": "app"}})))
    printed, _ = process.communicate(timeout=60)
    assert [(each["name"], each["context"]) for each in json.loads(printed)["builds"]] == [("a", "app")]
