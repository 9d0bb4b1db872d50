"""Lay out the trees that the recorded cases and the tests describe. The format: testdata/conformance/README.md."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

TESTDATA = Path(__file__).parent.parent.parent / "testdata"
#: The time that every entry of a recorded tree has, unless it says otherwise.
TIME = 1_700_000_000 * 10**9
#: Gives the context of a case of a file of recorded ones: what the fixture `laid_out` does.
LaidOut: TypeAlias = Callable[[str, Mapping[str, Any]], Path]
#: Larger contents are holes: only their length was recorded.
SPARSE_FROM = 10_000_000


def cases(name: str) -> list[dict[str, Any]]:
    """The recorded cases of one file."""
    with (TESTDATA / "conformance" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def lay_out(root: Path, case: Mapping[str, Any]) -> Path:
    """Write a case below `root` and return its context directory. Needs root's rights for devices and owners."""
    # Command lines that were recorded call it by this name.
    context = root / ("ctx" if "args" in case else "context")
    context.mkdir(parents=True)
    entries = list(_entries(case))
    for entry in entries:
        _make(os.fsencode(context), entry)
    time = case["mtime0"] * 10**9 if "mtime0" in case else TIME
    if "owner" in case:
        _give(context, case["owner"])
    _set_times_and_modes(root, os.fsencode(context), entries, time)
    return context


def _give(context: Path, owner: int) -> None:
    for above, directories, files in os.walk(os.fsencode(context)):
        for name in (b".", *directories, *files):
            os.lchown(above + b"/" + name, owner, -1)


def is_as_described(context: Path, case: Mapping[str, Any]) -> bool:
    """Whether the file system could keep the times that the case asks for."""
    return all(
        os.lstat(_path(os.fsencode(context), entry)).st_mtime_ns == entry["mtime_ns"]
        for entry in case["tree"]
        if "mtime_ns" in entry
    )


def dockerfile(context: Path, case: Mapping[str, Any]) -> Path:
    return Path(os.path.normpath(context / (case.get("dockerfile_path") or "Dockerfile")))


def _entries(case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in case["tree"]:
        if "range" in entry:
            for number in range(*entry["range"]):
                yield {**entry, "path": entry["path"] % number}
        else:
            yield entry
    if case.get("dockerignore") is not None:
        yield {"path": ".dockerignore", "content": case["dockerignore"]}
    if case.get("dockerignore_hex") is not None:
        yield {"path": ".dockerignore", "content_hex": case["dockerignore_hex"]}
    for path, text in (case.get("ignore_files") or {}).items():
        yield {"path": path, "content": text}
    if case.get("dockerfile") is not None and not case.get("dockerfile_stdin") and not case.get("dockerfile_in_tree"):
        yield {"path": case.get("dockerfile_path") or "Dockerfile", "content": case["dockerfile"]}


def _path(context: bytes, entry: Mapping[str, Any]) -> bytes:
    return context + b"/" + (bytes.fromhex(entry["path_hex"]) if "path_hex" in entry else entry["path"].encode())


def _make(context: bytes, entry: Mapping[str, Any]) -> None:
    path = _path(context, entry)
    Path(os.fsdecode(path)).parent.mkdir(parents=True, exist_ok=True)
    match entry.get("type", "file"):
        case "dir":
            Path(os.fsdecode(path)).mkdir(parents=True, exist_ok=True)
        case "symlink":
            os.symlink(entry["target"], path)
        case "hardlink":
            os.link(context + b"/" + entry["target"].encode(), path)
        case "fifo":
            os.mkfifo(path)
        case "socket":
            _bind(path)
        case "chardev":
            os.mknod(path, stat.S_IFCHR | 0o644, os.makedev(1, 3))
        case "blockdev":
            os.mknod(path, stat.S_IFBLK | 0o644, os.makedev(7, 300))
        case _:
            _write(path, entry)
    for name, value in (entry.get("xattrs") or {}).items():
        os.setxattr(path, name, value.encode(), follow_symlinks=False)


def _bind(path: bytes) -> None:
    # From its own directory: the address of a socket may be no longer than some hundred bytes.
    here = Path.cwd()
    os.chdir(Path(os.fsdecode(path)).parent)
    try:
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(os.path.basename(path))
    finally:
        os.chdir(here)


def _write(path: bytes, entry: Mapping[str, Any]) -> None:
    with open(path, "wb") as file:
        if "content" in entry:
            file.write(entry["content"].encode(errors="surrogateescape"))
        elif "content_hex" in entry:
            file.write(bytes.fromhex(entry["content_hex"]))
        elif entry.get("size", 0) >= SPARSE_FROM:
            file.truncate(entry["size"])
        else:
            file.write(b"x" * entry.get("size", 0))


def _set_times_and_modes(root: Path, context: bytes, entries: list[dict[str, Any]], time: int) -> None:
    for above, directories, files in os.walk(os.fsencode(root)):
        for name in files:
            os.utime(above + b"/" + name, ns=(time, time), follow_symlinks=False)
        for name in directories:
            path = above + b"/" + name
            if not os.path.islink(path):
                os.chmod(path, 0o755)
            os.utime(path, ns=(time, time), follow_symlinks=False)
    for entry in entries:
        path, kind = _path(context, entry), entry.get("type", "file")
        if "uid" in entry or "gid" in entry:
            os.lchown(path, entry.get("uid", -1), entry.get("gid", -1))
        if kind not in ("symlink", "hardlink"):
            os.chmod(path, int(entry.get("mode", "0755" if kind == "dir" else "0644"), 8))
        if "mtime_ns" in entry:
            os.utime(path, ns=(entry["mtime_ns"],) * 2, follow_symlinks=False)
