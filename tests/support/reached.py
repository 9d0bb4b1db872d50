"""The recorded cases about where files end, laid out and scanned. The format: testdata/conformance/README.md."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from support.trees import cases

from ctxscan.facts import Scan, scan

CASES = cases("reach")


def lay_out(root: Path, case: dict[str, Any]) -> Path:
    place = case.get("dockerfile_path") or "Dockerfile"
    texts = {place: case["dockerfile"], **(case.get("ignore_files") or {})}
    if case["dockerignore"] is not None:
        texts[".dockerignore"] = case["dockerignore"]
    for path, text, *how in [*case["tree"], *texts.items()]:
        where = root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        if how == ["symlink"]:
            where.symlink_to(text)
        else:
            where.write_bytes(base64.b64decode(text) if how == ["base64"] else text.encode())
    return root / place


def scanned(tmp_path: Path, case: dict[str, Any], **options: Any) -> Scan:
    dockerfile = lay_out(tmp_path, case)
    return scan(tmp_path, dockerfile=dockerfile, target=case["target"], build_args=case["build_args"], **options)
