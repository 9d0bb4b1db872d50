"""Recorded bake files: the same targets, contexts, Dockerfiles and arguments as `docker buildx bake --print`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.baking import cases, expressions, printed, read, told, unescaped, valued, write
from support.command import run

from ctxscan.builds.bake import files, orders
from ctxscan.errors import CtxscanError

HOME = {"HOME": "/home/nobody"}


def _asked(arguments: list[str]) -> tuple[list[str], list[str], list[str], dict[str, str]]:
    named: list[str] = []
    names: list[str] = []
    overrides: list[str] = []
    variables: dict[str, str] = {}
    todo = iter(arguments)
    for each in todo:
        if each == "-f":
            named.append(next(todo))
        elif each == "--set":
            overrides.append(next(todo))
        elif each == "--var":
            name, _, value = next(todo).partition("=")
            variables[name] = value
        else:
            names.append(each)
    return named, names, overrides, variables


@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case["id"])
def test_cases(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, those that bake refuses too: the error tells its place, in one line."""
    write(tmp_path, case["files"])
    monkeypatch.chdir(tmp_path / case.get("cwd", ""))
    environment = {**HOME, **case.get("env", {})}
    named, names, overrides, variables = _asked(case.get("args", []))
    wish = orders.Wish(tuple(names), tuple(overrides), variables, environment, "linux/amd64")

    def bake() -> dict[str, Any]:
        paths = named or files.defaults(".", environment)
        found = orders.orders([files.read(each) for each in paths], wish)
        return {each.name: told(each) for each in found.orders}

    if case["expect"] is None:
        with pytest.raises(CtxscanError) as caught:
            bake()
        assert "\n" not in str(caught.value)
        place, _, rest = case["error"].partition(",")
        if ":" in place and rest:  # bake tells a place: the same file
            assert str(caught.value).startswith(place.partition(":")[0])
    else:
        assert bake() == {name: printed(each) for name, each in case["expect"].items()}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", list(expressions()), ids=lambda case: case["expr"])
def test_expressions(case: dict[str, Any]) -> None:
    """Each as the value of a build argument."""
    if case["fails"]:
        with pytest.raises(CtxscanError, match=r"^docker-bake\.hcl:[2-5]: "):
            valued(case["expr"], environment=HOME)
    else:
        expected = case["value"]
        assert valued(case["expr"], environment=HOME) == (None if expected is None else unescaped(expected))


@pytest.mark.parametrize(
    "case", [each for each in cases() if "-f" not in each.get("args", ())][::4], ids=lambda case: case["id"]
)
def test_cases_on_the_command_line(case: dict[str, Any], tmp_path: Path) -> None:
    """`--builds` with `--bake .` tells the same, and exits with 2 where bake fails."""
    write(tmp_path, case["files"])
    _, names, overrides, variables = _asked(case.get("args", []))
    words = [word for name in names for word in ("--service", name)]
    words += [word for each in overrides for word in ("--set", each)]
    words += [word for each in variables.items() for word in ("--var", "=".join(each))]
    asked = ("--builds", "--format", "json", "--bake", ".", *words)
    done = run(*asked, cwd=tmp_path / case.get("cwd", ""), **case.get("env", {}))
    if case["expect"] is None:
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        return
    assert done.returncode == 0
    keys = ("context", "dockerfile", "target", "args", "contexts")
    builds = {each["name"]: [each[key] for key in keys] for each in json.loads(done.stdout)["builds"]}
    expected = {name: printed(each) for name, each in case["expect"].items()}
    assert builds == {name: [each[key] for key in keys] for name, each in expected.items()}


TEXTS = [(name, text) for case in cases() for name, text in case["files"].items() if name.endswith((".hcl", ".json"))]
PIECES = [
    "${",
    "%{",
    "}",
    '"',
    "(",
    ")",
    "[",
    "\n",
    "<<EOT\n",
    "~",
    "...",
    "*",
    "?",
    ":",
    "null",
    "1e9",
    "{",
    "for x in ",
    "\\",
    "/*",
    "#",
]


@given(st.sampled_from(TEXTS), st.integers(0, 10_000), st.integers(0, 4), st.sampled_from(PIECES))
@example(("docker-bake.hcl", 'target "app" {\n  inherits = ["base"]\n}\n'), 30, 0, "\\n")
@settings(max_examples=300, deadline=None)
def test_what_is_broken_is_one_line(file: tuple[str, str], at: int, gone: int, piece: str) -> None:
    """A recorded file with something put in or taken out is read, or an error in one line."""
    name, text = file
    start = at % (len(text) + 1)
    broken = text[:start] + piece + text[start + gone :]
    try:
        orders.orders((read(broken, name),), orders.Wish(("*",), environment={}, platform="linux/amd64"))
    except CtxscanError as error:
        assert "\n" not in str(error)
