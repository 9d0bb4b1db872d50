"""The cases of `testdata/compose/` and random projects, put to the real Docker Compose."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from support import composing, projects
from support.examples import examples

from ctxscan.builds import sources
from ctxscan.builds.bake import files, orders
from ctxscan.builds.order import here

pytestmark = pytest.mark.engine
RECORD = bool(os.environ.get("CTXSCAN_RECORD"))


@pytest.fixture(scope="module")
def compose() -> list[str]:
    found = composing.command()
    if found is None:
        assert os.environ.get("CTXSCAN_ENGINE") != "required", "there is no Docker Compose 2"
        pytest.skip("there is no Docker Compose 2")
    return found


@pytest.mark.parametrize("name", composing.NAMES)
def test_compose_says_the_same(name: str, compose: list[str], tmp_path: Path) -> None:
    """What is recorded is what `docker compose config` says, and what is an error here is one there."""
    root = composing.lay_out(name, tmp_path)
    case = composing.case(name)
    said = composing.asked(
        compose,
        root,
        files=case.get("files", ["."]),
        profiles=case.get("profiles", ()),
        given=case.get("environment", {}),
    )
    if name in composing.LENIENT or "error" in case:
        assert isinstance(said, str)
        return
    assert not isinstance(said, str), said
    if RECORD:
        case["builds"] = said
        text = json.dumps(case, indent=2, ensure_ascii=False) + "\n"
        (composing.CASES / name / "case.json").write_text(text, encoding="utf-8")
    assert said == case["builds"]


@pytest.mark.parametrize("name", composing.BUILT)
def test_the_plan_of_compose_is_the_same_builds(
    name: str, compose: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`docker compose build --print` hands its builds to bake as a plan: read as one, they are those of the file."""
    case = composing.case(name)
    monkeypatch.chdir(composing.lay_out(name, tmp_path))
    plan = composing.plan(compose, Path.cwd(), case)
    content = files.Content("plan.json", json.dumps(plan).encode(), "json")
    found = here(orders.orders((content,), orders.Wish(("*",)))).orders
    for order in found:
        expected = case["builds"][order.name]
        contexts = {key: value.replace("service:", "target:") for key, value in expected["contexts"].items()}
        assert {
            "context": composing.relative(order.context, Path.cwd()),
            "dockerfile": order.dockerfile and composing.relative(order.dockerfile, Path.cwd()),
            "text": order.text and order.text.decode(),
            "target": order.target,
            "args": order.arguments,
            "contexts": {key: composing.relative(value, Path.cwd()) for key, value in order.contexts.items()},
        } == {**expected, "contexts": contexts}
    assert {each.name for each in found} == set(case["builds"])


# --- random projects ------------------------------------------------------------------------------------------------

VALUES = ("1", "x", "'${A}'", "'${B:-d}'", "$A-$B", "'${C-${A}}'", "20.10", "true", "''", "'${A:+y}'", "$$A")
QUOTE = "'"
CONTEXTS = ("app", "./web", "..", "sub/dir", '"${A:-a}/x"', ".")


def build(random: Random) -> str:
    """A build section in its short or long form, behind its key."""
    if random.random() < 0.25:
        return f" {random.choice(CONTEXTS)}\n"
    parts = []
    for key, values in (
        ("context", CONTEXTS),
        ("dockerfile", ("D", "../D", "docker/D")),
        ("target", ("t", '"${B:-t}"')),
    ):
        if random.random() < 0.6:
            parts.append(f"{key}: {random.choice(values)}")
    pairs = [(name, random.choice(VALUES)) for name in random.sample("ABCDE", random.randint(1, 3))]
    if random.random() < 0.5:
        parts.append("args: {" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}")
    elif random.random() < 0.5:
        parts.append("args: [" + ", ".join(f'"{name}={value.strip(QUOTE)}"' for name, value in pairs) + ", F]")
    if random.random() < 0.3:
        parts.append(
            f"additional_contexts: [{random.choice('pq')}=./x, r={random.choice(('docker-image://i', '../y'))}]"
        )
    return " {}\n" if not parts else "\n" + "".join(f"      {part}\n" for part in parts)


def services(random: Random, names: Sequence[str], files: Sequence[str]) -> str:
    text = "services:\n"
    for name in names:
        text += f"  {name}:\n    image: i\n"
        if random.random() < 0.85:
            text += f"    build:{build(random)}"
        if files and random.random() < 0.2:
            text += f"    extends: {{file: {random.choice(files)}, service: {random.choice('ab')}}}\n"
        elif name != names[0] and random.random() < 0.2:
            text += f"    extends: {names[0]}\n"
        if random.random() < 0.15:
            text += f"    profiles: [{random.choice('xy')}]\n"
    return text


def project(random: Random) -> dict[str, str | int]:
    """Files that extend, include and are laid over one another, with variables."""
    include = random.choice(("", "", "include: [inc/compose.yaml]\n", "include: [{path: [inc/compose.yaml]}]\n"))
    files: dict[str, str | int] = {
        "common/base.yaml": services(random, "ab", ["deep/base.yaml"]),
        "common/deep/base.yaml": services(random, "ab", []),
        "inc/compose.yaml": services(random, "ef", ["../common/base.yaml"]),
        "compose.yaml": include + services(random, random.sample("abcd", 3), ["common/base.yaml"]),
        "more.yaml": services(random, random.sample("abcdef", 2), ["common/deep/base.yaml"]),
    }
    if random.random() < 0.5:
        files["inc/.env"] = "A=inc\nC=inc\n"
    if random.random() < 0.5:
        files[".env"] = "A=env\nB=${A}b\n"
    return files


@pytest.mark.parametrize("seed", range(examples(60)))
def test_random_projects(seed: int, compose: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every service is the build that Docker Compose makes of it."""
    random = Random(seed)
    monkeypatch.chdir(projects.write(tmp_path, project(random)))
    case = {
        "files": ["compose.yaml", "more.yaml"][: random.randint(1, 2)],
        "profiles": random.choice([[], ["x"], ["*"]]),
    }
    said = composing.asked(compose, Path.cwd(), **case, given={"C": "c"} if seed % 2 else {})
    assert not isinstance(said, str), said
    ours = sources.of_compose(
        case["files"], composing.environment({"C": "c"} if seed % 2 else {}), profiles=case["profiles"], services=()
    )
    assert {each.name: composing.told(each) for each in ours.orders} == said
