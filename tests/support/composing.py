"""Compose files of our own, laid out, and the real Docker Compose to ask about them.

A case is a directory of `testdata/compose/`: its files, with `env` for `.env`, and `case.json`, whose `builds` are what
Docker Compose 2.40.3 said (`CTXSCAN_RECORD=1 pytest -m engine tests/engine/test_engine_compose.py` asks it again).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from support.trees import TESTDATA

from ctxscan.builds.order import Order

CASES = TESTDATA / "compose"
NAMES = sorted(each.name for each in CASES.iterdir() if (each / "case.json").is_file())
#: What Compose refuses and we do not, since it concerns no build.
LENIENT = frozenset(("unrelated-variable",))


def case(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CASES / name / "case.json").read_text(encoding="utf-8"))
    return loaded


#: Those of which Compose makes a plan.
BUILT = [name for name in NAMES if name not in LENIENT and "error" not in case(name)]


def lay_out(name: str, root: Path) -> Path:
    """The files of a case, as a project has them."""
    shutil.copytree(CASES / name, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("case.json"))
    for path in sorted(root.rglob("env")):
        path.rename(path.with_name(".env"))
    return root


def told(order: Order) -> dict[str, Any]:
    """An order in the words of a case."""
    dockerfile = order.dockerfile or f"{order.context}/Dockerfile".removeprefix("./")
    return {
        "context": order.context,
        "dockerfile": None if order.text is not None else dockerfile,
        "text": None if order.text is None else order.text.decode(),
        "target": order.target,
        "args": dict(order.arguments),
        "contexts": dict(order.contexts),
    }


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the machine but what a program needs to run."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **given}


def command() -> list[str] | None:
    """Docker Compose, version 2 or newer: that of `CTXSCAN_COMPOSE`, of this environment, or of the docker client."""
    beside = str(Path(sys.executable).parent)
    found = os.environ.get("CTXSCAN_COMPOSE") or shutil.which("docker-compose", path=beside)
    for each in ([found] if found else [], ["docker", "compose"], ["docker-compose"]):
        if each and shutil.which(each[0]):
            done = subprocess.run([*each, "version", "--short"], capture_output=True, text=True, check=False)
            if done.returncode == 0 and done.stdout.strip().removeprefix("v")[:2] not in ("", "1."):
                return each
    return None


def asked(
    compose: Sequence[str], root: Path, *, files: Sequence[str], profiles: Sequence[str], given: Mapping[str, str]
) -> dict[str, Any] | str:
    """What Docker Compose makes of files: for each service that it would build from a directory what `told` gives of
    an order; or what it complains of."""
    done = _run(compose, root, files, profiles, given, "config", "--format", "json")
    if done.returncode or not done.stdout:
        return done.stderr.strip() or "it says nothing"
    out = {}
    for name, service in json.loads(done.stdout)["services"].items():
        build = _single(service.get("build"))
        if build and not _elsewhere(build["context"]):
            inline = build.get("dockerfile_inline")
            dockerfile = os.path.join(build["context"], build.get("dockerfile", "Dockerfile"))
            contexts = build.get("additional_contexts") or {}
            out[name] = {
                "context": relative(build["context"], root),
                "dockerfile": None if inline else relative(dockerfile, root),
                "text": inline,
                "target": build.get("target"),
                "args": build.get("args") or {},
                "contexts": {key: relative(value, root) for key, value in contexts.items()},
            }
    return out


def plan(compose: Sequence[str], root: Path, case: Mapping[str, Any]) -> dict[str, Any]:
    """The bake plan that Docker Compose makes of a case."""
    files, profiles = case.get("files", ["."]), case.get("profiles", ())
    done = _run(compose, root, files, profiles, case.get("environment", {}), "build", "--print")
    assert done.stdout, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def _run(
    compose: Sequence[str],
    root: Path,
    files: Sequence[str],
    profiles: Sequence[str],
    given: Mapping[str, str],
    *command: str,
) -> subprocess.CompletedProcess[str]:
    options = [word for file in files for word in ("-f", file)] if list(files) != ["."] else []
    options += [word for profile in profiles for word in ("--profile", profile)]
    return subprocess.run(
        [*compose, *options, *command],
        cwd=root,
        env=environment(given),
        capture_output=True,
        text=True,
        check=False,
    )


def _single(value: Any) -> Any:
    """Compose prints every dollar twice."""
    if isinstance(value, dict):
        return {key: _single(each) for key, each in value.items()}
    return value.replace("$$", "$") if isinstance(value, str) else value


def _elsewhere(context: str) -> bool:
    return "://" in context or context.startswith("git@")


def relative(path: str, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix() if os.path.isabs(path) else path
