"""Lay out dirty working trees with git, and judge an ignore file by the labels of a tree. The format of the labelled trees:
testdata/proposals/README.md."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ctxscan.facts import scan
from ctxscan.proposals.propose import Proposals, explore, propose
from ctxscan.rules import ignorefile
from ctxscan.rules.builders import BUILDERS
from ctxscan.rules.matcher import Matcher

CASES = Path(__file__).parent.parent.parent / "testdata" / "proposals" / "cases.json"
#: Endings of source files, where a label is about these alone.
CODE = (".py", ".js", ".ts", ".tsx", ".jsx", ".go", ".rs", ".java", ".kt", ".rb", ".php", ".ex", ".exs", ".cs", ".c", ".cc",
        ".cpp", ".h", ".hpp", ".swift", ".dart", ".scala", ".sh", ".sql", ".vue", ".svelte", ".tf")  # fmt: skip
_GIT = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull, "HOME": os.devnull,
}  # fmt: skip
#: Nothing is tidied up behind a command, or kept safe from a loss of power.
_QUICK = ("-c", "maintenance.auto=false", "-c", "gc.auto=0", "-c", "core.fsync=none")


def labelled() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return cases


def write(root: Path, files: Mapping[str, str | bytes | int | None]) -> Path:
    """Files by path: text, bytes, a length (a hole), None for a directory, `-> target` for a link."""
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            place.mkdir(exist_ok=True)
        elif isinstance(content, str) and content.startswith("-> "):
            place.symlink_to(content[3:])
        elif isinstance(content, int):
            with place.open("wb") as file:
                file.truncate(content)
        else:
            place.write_bytes(content.encode(errors="surrogateescape") if isinstance(content, str) else content)
    return root


def track(root: Path, paths: Sequence[str]) -> None:
    """Make a repository of `root` that tracks these paths."""
    environment = {**os.environ, **_GIT}
    for command in (
        ["init", "-q", "--template="],
        ["add", "-f", "--pathspec-from-file=-", "--pathspec-file-nul"],
        ["commit", "-q", "-m", "x"],
    ):
        text = "\0".join(f":(literal){path}" for path in paths).encode() if command[0] == "add" else None
        if command[0] == "add" and not paths:
            continue
        empty = ["--allow-empty"] if command[0] == "commit" else []
        subprocess.run(
            ["git", "-C", str(root), *_QUICK, *command, *empty],
            input=text,
            env=environment,
            check=True,
            capture_output=True,
        )


def lay_out(root: Path, case: Mapping[str, Any]) -> Path:
    """A labelled tree; its context directory."""
    files: dict[str, str | bytes | int | None] = {}
    for path, content in case["tree"]:
        if "text" in content:
            files[path] = content["text"]
        elif "base64" in content:
            files[path] = base64.b64decode(content["base64"])
        elif "size" in content:
            files[path] = content["size"]
        elif "link" in content:
            files[path] = f"-> {content['link']}"
        else:
            files[path] = None
    write(root, files)
    if case["tracked"] is not None:
        track(root, case["tracked"])
    return root / case["context"]


def secrets(case: Mapping[str, Any]) -> list[str]:
    """What a search for secrets would have flagged, by the labels."""
    return [each["path"] for each in case["must_go"] if "secret" in each["why"] or "key" in each["why"].split()]


class Verdict(NamedTuple):
    """`lost` had to stay, `left` had to go; of these the ones of class `safe`."""

    lost: list[str]
    left: list[str]


def judge(context: Path, case: Mapping[str, Any], text: bytes, builder: str = "buildkit") -> Verdict:
    rules = matcher(text, builder)
    before = matcher(original(context, case), builder)
    labels = [(each["path"], "go", each) for each in case["must_go"]] + [
        (each["path"], "stay", each) for each in case["must_stay"]
    ]
    may = matcher(
        "\n".join(each if isinstance(each, str) else each["path"] for each in case["may"]).encode(), "buildkit"
    )
    lost, left = [], []
    for path in every_file(context):
        kept, was = not gone(rules, path), not gone(before, path)
        fitting = [each for each in labels if path == each[0] or path.startswith(each[0] + "/")]
        label = max(fitting, key=lambda each: (len(each[0]), each[1] == "stay"), default=None)
        if label is None or (label[1] == "stay" and label[2].get("only") == "code" and not path.endswith(CODE)):
            continue
        if (
            label[1] == "stay"
            and was
            and not kept
            and not (may.decide(path).excluded and len(label[0]) < len(path) - 0 and _may_wins(may, path, label[0]))
        ):
            lost.append(path)
        if label[1] == "go" and kept and label[2]["class"] == "safe":
            left.append(path)
    for each in case["must_stay"]:
        if each.get("exists") is False and gone(rules, each["path"]) and not gone(before, each["path"]):
            lost.append(each["path"])
        if each.get("entry") == "dir" and gone(rules, each["path"]):
            lost.append(each["path"])
    return Verdict(lost, left)


def _may_wins(may: Matcher, path: str, label: str) -> bool:
    """Whether the `may` that covers `path` is longer than the label that says it has to stay."""
    parts = path.split("/")
    for size in range(1, len(parts) + 1):
        here = "/".join(parts[:size])
        if may.decide(here).excluded:
            return len(here) > len(label)
    return False


def original(context: Path, case: Mapping[str, Any]) -> bytes:
    return (context / case["ignore_file"]).read_bytes() if case["ignore_file"] else b""


def matcher(text: bytes, builder: str) -> Matcher:
    read = ignorefile.parse_rules(text, BUILDERS[builder], path=Path("i"), label="i")
    return Matcher([rule.pattern for rule in read.rules], BUILDERS[builder])


def gone(rules: Matcher, path: str) -> bool:
    """Whether a path is out, as the walk of the builder has it."""
    *above, last = path.split("/")
    state, here = rules.root, ""
    for name in above:
        here = f"{here}/{name}" if here else name
        if state.decide(name).excluded and not rules.walks(here):
            return True
        state = state.enter(name)
    return state.decide(last).excluded


def every_file(context: Path) -> Iterator[str]:
    for above, directories, files in os.walk(context):
        links = [name for name in directories if os.path.islink(os.path.join(above, name))]
        for name in (*files, *links):
            yield os.path.relpath(os.path.join(above, name), context).replace(os.sep, "/")


def proposed(
    context: Path,
    *,
    flagged: Sequence[str] = (),
    dockerfile: str | None = None,
    builder: str = "buildkit",
    consents: Sequence[str] = (),
) -> Proposals:
    path = str(context / dockerfile) if dockerfile else None
    return propose(explore(scan(str(context), dockerfile=path, builder=builder)), flagged=flagged, consents=consents)


def traps() -> list[dict[str, Any]]:
    with CASES.with_name("traps.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def lay_out_trap(root: Path, case: Mapping[str, Any]) -> None:
    """A tree with one trap: what is tracked, and what git ignores since it is dirt."""
    tracked = dict(case["tracked"]) | {"Dockerfile": case["dockerfile"]}
    if case.get("git", True):
        dirt = {_topmost(path, tracked) for path in case["dirty"]}
        lines = "".join("/" + "".join("\\" + c if c in "*?[\\!# " else c for c in path) + "\n" for path in sorted(dirt))
        tracked[".gitignore"] = tracked.get(".gitignore", "") + lines
    write(root, tracked)
    write(root, case["dirty"])
    if case.get("git", True):
        track(root, list(tracked))


def _topmost(path: str, tracked: Mapping[str, Any]) -> str:
    """The directory above `path` in which nothing is tracked, or `path` itself."""
    parts = path.split("/")
    for size in range(1, len(parts)):
        above = "/".join(parts[:size])
        if not any(each.startswith(above + "/") for each in tracked):
            return above
    return path


def trap_failures(root: Path, case: Mapping[str, Any], found: Proposals) -> list[str]:
    """What the proposed text does wrong, for BuildKit and the others that know the file."""
    out = []
    before = (root / ".dockerignore").read_bytes() if (root / ".dockerignore").exists() else b""
    for name in BUILDERS:
        old, new = matcher(before, name), matcher(found.text, name)
        out += [f"{name}: {path} is gone" for path in case["stay"] if gone(new, path) and not gone(old, path)]
        out += [f"{name}: {path} would be gone" for path in case["absent"] if gone(new, path) and not gone(old, path)]
        if name == "buildkit":
            out += [f"{name}: {path} is still there" for path in case["go"] if not gone(new, path)]
    if case.get("same") and found.changes:
        out.append("it changes")
    return out
