"""Recorded bake files: what `docker buildx bake --print` made of them, and what ctxscan makes of the same."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ctxscan.builds.bake import files, orders
from ctxscan.builds.order import Order

RECORDED = Path(__file__).parent.parent.parent / "testdata" / "bake"


def cases() -> Iterator[dict[str, Any]]:
    """The cases: files, environment and arguments; `expect` are the targets by name, None: bake fails."""
    yield from map(json.loads, (RECORDED / "cases.jsonl").read_text(encoding="utf-8").splitlines())


def expressions() -> Iterator[dict[str, Any]]:
    """Expressions as the value of a build argument: `value` is what bake makes of it, None: it is dropped."""
    yield from map(json.loads, (RECORDED / "expressions.jsonl").read_text(encoding="utf-8").splitlines())


def read(text: str, label: str = "docker-bake.hcl") -> files.Content:
    return files.Content(label, text.encode(), "json" if label.endswith(".json") else "native")


def baked(*texts: str, names: Sequence[str] = (), **more: Any) -> dict[str, Order]:
    """The builds of native files with these texts, by name."""
    contents = [read(text, f"{at}.hcl" if at else "docker-bake.hcl") for at, text in enumerate(texts)]
    wish = orders.Wish(tuple(names), **{"environment": {}, "platform": "linux/amd64", **more})
    return {each.name: each for each in orders.orders(contents, wish).orders}


def valued(expression: str, **more: Any) -> str | None:
    """What an expression is worth as a build argument; None: it is null."""
    found = baked(f'target "default" {{\n  args = {{\n    X = {expression}\n  }}\n}}\n', **more)
    return found["default"].arguments.get("X")


def unescaped(text: str) -> str:
    """Printed text as it is: what would begin a variable is escaped."""
    return text.replace("$${", "${").replace("%%{", "%{")


def printed(target: Mapping[str, Any]) -> dict[str, Any]:
    """What the record says of a target, in the form of `told`."""
    context, inline = target.get("context", "."), target.get("dockerfile-inline")
    dockerfile = target.get("dockerfile", "Dockerfile")
    if dockerfile.startswith("cwd://"):
        dockerfile = dockerfile.removeprefix("cwd://")
    elif "://" not in context:
        dockerfile = os.path.normpath(f"{context}/{dockerfile}")
    return {
        "context": context,
        "dockerfile": None if inline else dockerfile,
        "inline": inline and unescaped(inline),
        "target": target.get("target"),
        "args": {name: unescaped(each) for name, each in target.get("args", {}).items()},
        "contexts": {name: _cleaned(each) for name, each in target.get("contexts", {}).items()},
    }


def told(order: Order) -> dict[str, Any]:
    return {
        "context": order.context,
        "dockerfile": order.dockerfile,
        "inline": order.text and order.text.decode(),
        "target": order.target,
        "args": dict(order.arguments),
        "contexts": dict(order.contexts),
    }


def _cleaned(text: str) -> str:
    address = text.startswith("target:") or ("://" in text and not text.startswith("cwd://"))
    return text if address else os.path.normpath(text.removeprefix("cwd://"))


def write(root: Path, named: Mapping[str, str]) -> None:
    for name, text in named.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
