"""Bake plans, which are bake files that `--print` wrote: every target as `docker buildx bake` would build it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import projects

from ctxscan.builds import sources
from ctxscan.builds.bake import files, orders
from ctxscan.builds.bake.orders import Wish
from ctxscan.builds.order import Order, Orders, here
from ctxscan.errors import CtxscanError


def planned(targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"group": {"default": {"targets": sorted(targets)}}, "target": targets, **more}


def planned_orders(plan: dict[str, Any]) -> tuple[Order, ...]:
    content = files.Content("plan.json", json.dumps(plan).encode(), "json")
    return orders.orders((content,), Wish()).orders


@pytest.mark.parametrize(
    ("target", "context", "dockerfile"),
    [
        ({}, ".", "Dockerfile"),
        ({"context": "app", "dockerfile": "Dockerfile"}, "app", "app/Dockerfile"),
        ({"context": "./app/", "dockerfile": "../docker/D"}, "app", "docker/D"),
        ({"context": "cwd://app"}, "app", "app/Dockerfile"),
        ({"context": "app", "dockerfile": "cwd://docker/D"}, "app", "docker/D"),
        ({"context": "/srv/app", "dockerfile": "/srv/docker/D"}, "/srv/app", "/srv/docker/D"),
    ],
)  # fmt: skip
def test_paths(target: dict[str, Any], context: str, dockerfile: str | None) -> None:
    """A context is relative to where bake runs, a Dockerfile to its context, unless it says otherwise."""
    (order,) = planned_orders(planned({"a": target}))
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
    order, _ = planned_orders(planned({"a": target, "base": {}}))
    assert order.target == "prod"
    assert order.arguments == {"A": "1", "C": "", "D": "${X} $X %{y}"}
    assert order.contexts == {"base": "target:base", "shared": "../common-files", "image": "docker-image://example"}
    assert (order.text, order.label, order.dockerfile) == (b"FROM scratch\nCOPY ${X} /\n", "dockerfile-inline", None)


def test_a_remote_context_is_left_to_others() -> None:
    """It is told, and the other targets are built."""
    found = planned_orders(planned({"a": {"context": "https://example.com/x.git"}, "b": {}}))
    left = here(Orders(found, ()))
    assert [each.name for each in left.orders] == ["b"]
    assert left.remarks == ("a is skipped: its context https://example.com/x.git is not here (plan.json:1)",)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (planned({"a": []}), "no such target: a"),
        (planned({"a": 1}), "a has to be an object"),
        (planned({"a": {"context": ["x"]}}), "context: string required, but have tuple"),
        (planned({"a": {"args": ["A=1"]}}), "args has to be a map"),
        (planned({"a": {"args": {"A": []}}}), "args: A: string required, but have tuple"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused(document: dict[str, Any], words: str) -> None:
    """With the line."""
    with pytest.raises(CtxscanError) as caught:
        planned_orders(document)
    assert words in str(caught.value)


def test_a_file_is_known_by_what_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON with targets is bake's, JSON with services a compose file, HCL bake's, anything else neither."""
    monkeypatch.chdir(tmp_path)
    projects.write(
        tmp_path,
        {
            "plan.json": json.dumps(planned({"a": {}, "b": {}})),
            "compose.json": '{"services": {"c": {"build": "."}}}',
            "x.hcl": 'group "default" {\n  targets = ["d"]\n}\ntarget "d" {}\n',
            "notes.txt": "services: none\n",
        },
    )

    def names(file: str, *wanted: str, profiles: tuple[str, ...] = ()) -> list[str]:
        return [each.name for each in sources.of_file(file, Wish(wanted), profiles=profiles).orders]

    assert (names("plan.json"), names("plan.json", "b"), names("compose.json")) == (["a", "b"], ["b"], ["c"])
    assert names("x.hcl") == ["d"]
    with pytest.raises(CtxscanError, match=r"plan.json: no such target: x \(a, b, default\)"):
        names("plan.json", "x")
    with pytest.raises(CtxscanError, match="a bake file has no profiles"):
        names("plan.json", profiles=("x",))
    with pytest.raises(CtxscanError, match="nor a compose file or bake file"):
        names("notes.txt")


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs pipes that have a path")
def test_a_plan_comes_through_a_pipe(tmp_path: Path) -> None:
    """`ctxscan <(docker buildx bake --print)` reads what is printed."""
    projects.write(tmp_path, {"app/Dockerfile": "FROM scratch\nCOPY a /\n", "app/a": 10})
    end, start = os.pipe()
    os.write(start, json.dumps(planned({"a": {"context": "app"}})).encode())
    os.close(start)
    run = [sys.executable, "-m", "ctxscan", "--facts", "--format", "json", f"/dev/fd/{end}"]
    printed = subprocess.run(run, cwd=tmp_path, pass_fds=[end], stdout=subprocess.PIPE, timeout=60, check=True).stdout
    os.close(end)
    assert [(each["name"], each["context"]) for each in json.loads(printed)["builds"]] == [("a", "app")]
