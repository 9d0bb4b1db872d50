"""What takes a file and where it ends: the file systems that the stages make."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from support.filesystems import flat
from support.recorded import needs_root
from support.trees import LaidOut, cases, dockerfile

from ctxscan import CtxscanError, scan


def visible(case: dict[str, Any], context: Path) -> set[tuple[str, str]]:
    options: dict[str, Any] = {"target": case.get("target"), "build_args": case.get("build_args")}
    if case.get("contexts"):
        options["build_contexts"] = {name: os.fspath(context / path) for name, path in case["contexts"].items()}
    found = scan(context, dockerfile=dockerfile(context, case), **options)
    assert found.usage is not None
    return set(flat(found.usage.files))


@pytest.mark.skipif(sys.platform != "linux", reason="recorded on Linux")
@pytest.mark.parametrize(
    ("name", "least"),
    [("follow", 94), pytest.param("fuzz-follow", 117, marks=pytest.mark.slow), ("match-basic", 74), ("kinds", 27)],
)
def test_the_image_holds_what_the_recorded_one_holds(name: str, least: int, laid_out: LaidOut) -> None:
    """The file system of the target is the recorded one, path by path."""
    compared, wrong = 0, []
    for case in cases(name):
        want = case["expect"].get("buildkit") or {}
        if want.get("error") or not isinstance(want.get("visible"), list) or case.get("client_uid"):
            continue
        if os.geteuid() != 0 and needs_root(case):
            least -= 1
            continue
        context = laid_out(name, case)
        try:
            ours = visible(case, context)
        except CtxscanError as error:
            wrong.append(f"{case['id']}: {error}")
            continue
        theirs = {
            (path, "file" if kind in ("hardlink", "fifo", "chardev", "socket") else kind)
            for path, kind, *_ in want["visible"]
        }
        compared += 1
        if ours != theirs:
            wrong.append(
                f"{case['id']}: {case['dockerfile']!r} ours {sorted(ours - theirs)} theirs {sorted(theirs - ours)}"
            )
    assert not wrong, "\n".join(wrong[:12])
    assert compared >= least
