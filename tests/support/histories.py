"""Real repositories, with the same names of commits everywhere: from the recorded histories, or from a few words.

write(root, {"Dockerfile": ..., "src/a": "1"}, {"src/a": "2"})      two commits, and the second one checked out
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from support.trees import TESTDATA

RECORDED = sorted((TESTDATA / "conformance" / "replay").glob("*.json"))


class Odd(NamedTuple):
    """What is no plain file: an executable, a link, a submodule (`data` is the name of its commit)."""

    mode: str
    data: str


#: What a commit changes: texts by path, None for what goes.
Changes: TypeAlias = Mapping[str, "str | Odd | None"]


def executable(text: str) -> Odd:
    return Odd("100755", text)


def link(target: str) -> Odd:
    return Odd("120000", target)


def submodule(commit: str) -> Odd:
    return Odd("160000", commit * 40)


def git(root: Path, *arguments: str, data: bytes | None = None) -> str:
    """What git prints, with nobody's settings, one author and one time."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org", f"GIT_{who}_DATE": "1700000000 +0000"}
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], input=data, env=settings, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode(errors="surrogateescape").strip()


def write(root: Path, *commits: Changes, below: str = "", subjects: tuple[str, ...] = ()) -> Path:
    """A repository at `root` with these commits, the last one checked out; the directory `below` of it."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    prefix = f"{below}/" if below else ""
    stream = []
    for number, changes in enumerate(commits):
        subject = subjects[number] if subjects else f"commit {number}"
        stream += [b"commit refs/heads/main", b"committer A <a@example.org> 1700000000 +0000", _data(subject)]
        for path, content in changes.items():
            stream += _change(_quoted(prefix + path), content)
        stream.append(b"")
    git(root, "fast-import", "--quiet", data=b"\n".join(stream))
    git(root, "reset", "--quiet", "--hard", "main")
    return root / below


def recorded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def write_recorded(root: Path, history: Mapping[str, Any]) -> Path:
    """The commits of a recorded history. In a directory of the repository: the recorded trees have no `.git`."""
    commits: list[dict[str, str | Odd | None]] = []
    state: dict[str, str] = {}
    modes: dict[str, str] = {}
    for commit in history["commits"]:
        modes |= commit.get("modes") or {}
        for path, text in commit["changes"].items():
            if text is None:
                modes.pop(path, None)
                del state[path]
            else:
                state[path] = text
        changed = {*commit["changes"], *(commit.get("modes") or {})}
        commits.append(
            {
                path: None
                if path not in state
                else executable(state[path])
                if modes.get(path) == "755"
                else state[path]
                for path in sorted(changed)
            }
        )
    return write(root, *commits, below="app", subjects=tuple(each["message"] for each in history["commits"]))


def _change(path: bytes, content: str | Odd | None) -> list[bytes]:
    if content is None:
        return [b"D " + path]
    mode, data = content if isinstance(content, Odd) else ("100644", content)
    if mode == "160000":
        return [b"M 160000 %s %s" % (data.encode(), path)]
    return [b"M %s inline %s" % (mode.encode(), path), _data(data)]


def _data(text: str) -> bytes:
    raw = text.encode(errors="surrogateescape")
    return b"data %d\n%s" % (len(raw), raw)


def _quoted(path: str) -> bytes:
    """A path as fast-import reads it, whatever is in it."""
    raw = path.encode(errors="surrogateescape")
    return b'"%s"' % b"".join(bytes((c,)) if 32 < c < 127 and c not in b'"\\' else b"\\%03o" % c for c in raw)
