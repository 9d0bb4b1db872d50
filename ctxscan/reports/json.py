"""JSON, version 1: a contract, additive changes only. `schema.json` beside this file is its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from .. import __version__
from ..names import raw, text
from ..scan import Scan
from ..tree import Directory
from ..walk import Entry
from . import Look

#: How many directories are named.
DIRECTORIES = 50


def render(scans: Sequence[Scan], look: Look) -> str:
    document = {"version": 1, "ctxscan": __version__, "builds": [_build(scan, look) for scan in scans]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _build(scan: Scan, look: Look) -> dict[str, Any]:
    transfer = scan.transfer
    build: dict[str, Any] = {
        "name": None,
        "context": text(scan.context),
        "dockerfile": scan.dockerfile and text(scan.dockerfile),
        "target": None,
        "builder": scan.builder,
        "ignore_file": scan.ignore_file and text(scan.ignore_file),
        "sizes": {
            "context": {"files": scan.context_size.files, "bytes": scan.context_size.bytes},
            "transfer": {
                "files": transfer.files,
                "bytes": transfer.bytes,
                "stream_bytes": transfer.stream_bytes,
                "shown": transfer.shown,
                "whole_context": transfer.whole_context,
            },
        },
        "directories": list(_directories(scan.directories)),
    }
    if look.list_entries:
        build["entries"] = [_entry(entry) for entry in scan.entries]
    return build


def _entry(entry: Entry) -> dict[str, Any]:
    out: dict[str, Any] = {
        "path": text(entry.path),
        "kind": entry.kind,
        "size": entry.size,
        "target": None if entry.target is None else text(entry.target),
    }
    if out["path"] != entry.path:
        out["path_hex"] = raw(entry.path).hex()
    if entry.empty:
        out["empty_in_build"] = True
    return out


def _directories(root: Directory) -> Iterator[dict[str, Any]]:
    largest = sorted(root.walk(), key=lambda each: (-each.bytes, -each.files, each.path))[:DIRECTORIES]
    for each in largest:
        yield {"path": text(each.path) or ".", "files": each.files, "bytes": each.bytes}
