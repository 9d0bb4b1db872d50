"""Read the compact form of the independent cases. The format: testdata/conformance/independent/README.md.

What comes out has the keys of the other recorded cases, so that the same code lays them out and compares them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from support.trees import TESTDATA

PLACE = TESTDATA / "conformance" / "independent"
#: What a recorded tree calls a kind, and how the recordings of what was sent call it.
_SENT_AS = {"socket": "file", "symlink": "symlink", "fifo": "fifo", "chardev": "chardev", "blockdev": "blockdev"}
#: The program that stands in for a shell in base images.
SHELL_BYTES = 8720


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file, unfolded."""
    out: list[dict[str, Any]] = []
    for case in _lines(name):
        case["tree"] = (out[-1]["tree"][: case.pop("as")] if "as" in case else []) + [
            entry(each) for each in case["tree"]
        ]
        described = describe(case)
        for expected in case["expect"].values():
            for holder in (expected, expected.get("context"), *(expected.get("other_contexts") or ())):
                for key in ("entries", "sent", "visible"):
                    if holder and isinstance(holder.get(key), dict):
                        holder[key] = unfold(holder[key], described, sized=key != "visible")
        out.append(case)
    return out


def mutated() -> Iterator[tuple[str, str, str | None, list[int], str | None]]:
    """Id, Dockerfile, the error of the builder's frontend, the line ranges that it names, and the target."""
    lines = [json.loads(line) for line in (PLACE / "mutated-lines.txt").read_text(encoding="utf-8").splitlines()]
    for case in _lines("mutated"):
        text = "\n".join(lines[number] for number in case["dockerfile"])
        yield case["id"], text, case.get("error"), case.get("lines", []), case.get("target")


def _lines(name: str) -> list[dict[str, Any]]:
    with (PLACE / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def entry(short: str | list[Any]) -> dict[str, Any]:
    """An entry of a tree as the other recorded cases have it."""
    path, *rest = [short] if isinstance(short, str) else short
    more: dict[str, Any] = rest.pop() if rest and isinstance(rest[-1], dict) else {}
    out: dict[str, Any] = {"path": path, "type": "file"}
    if path.endswith("/"):
        out = {"path": path[:-1], "type": "dir"}
    elif len(rest) == 2:
        out |= {"type": {"->": "symlink", "=": "hardlink"}[rest[0]], "target": rest[1]}
    elif rest and isinstance(rest[0], int):
        out |= {"size": rest[0], "marked": True}
    elif rest:
        out["content"] = rest[0]
    return out | more


def describe(case: dict[str, Any]) -> dict[str, list[Any]]:
    """Every path that could be sent, in wire order, as the recordings tell what is. A second name of a file is
    `[path, "hardlink", first]`, with the first name in wire order."""
    found: dict[str, list[Any]] = {}
    files: dict[str, str] = {}
    for each in case["tree"]:
        path, kind = each["path"], each["type"]
        if path.startswith("../") or "path_hex" in each:
            continue
        _parents(found, path)
        if kind == "dir":
            found[path] = [path, "dir"]
        elif kind == "hardlink":
            files[path] = files.get(each["target"], each["target"])
            found[path] = [path, "file", found.get(each["target"], [0, 0, 0])[2]]
        elif kind == "symlink":
            found[path] = [path, "symlink", each["target"]]
        elif kind in _SENT_AS:
            found[path] = [path, _SENT_AS[kind], *([0] if kind == "socket" else [])]
        else:
            found[path] = [path, "file", each.get("size", len(each.get("content", "").encode()))]
            files[path] = path
    if case.get("dockerignore") is not None:
        found[".dockerignore"] = [".dockerignore", "file", len(case["dockerignore"].encode())]
    if case.get("dockerfile") is not None and not case.get("dockerfile_in_tree") and not case.get("dockerfile_stdin"):
        path = case.get("dockerfile_path") or "Dockerfile"
        if not path.startswith("../"):
            _parents(found, path)
            found[path] = [path, "file", len(case["dockerfile"].encode())]
    ordered = {path: found[path] for path in sorted(found, key=wire)}
    return {path: [*what, files[path]] if path in files else what for path, what in ordered.items()}


def _parents(found: dict[str, list[Any]], path: str) -> None:
    while path := path.rpartition("/")[0]:
        found.setdefault(path, [path, "dir"])


def wire(path: str) -> list[bytes]:
    """The order in which builders send."""
    return [part.encode(errors="surrogateescape") for part in path.split("/")]


def unfold(short: dict[str, Any], described: dict[str, list[Any]], *, sized: bool) -> list[list[Any]]:
    """What was sent: all but some paths and what is below them, or some; `as` tells what differs from the tree."""
    differs = {each[0]: each for each in short.get("as", ())}
    if "not" in short:
        gone = set(short["not"])
        paths: Iterable[str] = [path for path in described if not gone & set(_prefixes(path))]
    else:
        paths = short["only"]
    first: dict[str, str] = {}
    out: list[list[Any]] = []
    for path in paths:
        what = described.get(path, [path, "?"])
        if len(what) == 4:
            name = first.setdefault(what[3], path)
            what = what[:3] if name == path or not sized else [path, "hardlink", name]
        out.append(differs.get(path) or (what if sized else what[:2]))
    return out


def _prefixes(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]
