"""Where every file ends, against recorded builds. The format: testdata/conformance/README.md and its reach cases."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from support.archives import PACKERS
from support.reached import CASES, scanned

from ctxscan.explain import reach


@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_file_ends_where_the_builder_put_it(case: dict[str, Any], tmp_path: Path) -> None:
    """Exact where COPY and ADD decide; where a command does, what is in the image is never said to be safe."""
    found = scanned(tmp_path, case, keep_entries=True)
    decided_by_commands = set(case.get("run_dependent", ()))
    wrong = {}
    for path, expected in case["expect"].items():
        ours = reach(found, path).reach
        cautious = path in decided_by_commands and expected == "transfer"
        ours = "image" if ours == "possible" else ours
        if ours != expected and not (cautious and ours == "image"):
            wrong[path] = (ours, expected)
    assert wrong == {}
    assert sorted(entry.path for entry in found.entries if entry.kind != "dir") == sorted(case["sent"])


def test_some_answers_are_said_to_be_uncertain(tmp_path: Path) -> None:
    """Whether a command decided is told for the very paths that it read."""
    unsure = 0
    for number, case in enumerate(CASES):
        found = scanned(tmp_path / str(number), case)
        for path in case.get("run_dependent", ()):
            answer = reach(found, path)
            assert answer.reach == "possible", (case["id"], path)
            unsure += 1
    assert unsure >= 8


@pytest.mark.parametrize(
    "case", [each for each in CASES if each["id"].startswith("add-tar")], ids=lambda each: each["id"]
)
@pytest.mark.parametrize("name", PACKERS)
def test_members_count_however_the_archive_is_compressed(case: dict[str, Any], name: str, tmp_path: Path) -> None:
    """ADD tells the compression by the content, so what was recorded of a plain archive holds for any."""
    (_, text, _), *others = case["tree"]
    data = base64.b64encode(PACKERS[name](base64.b64decode(text))).decode()
    found = scanned(tmp_path, {**case, "tree": [["vendor.tar", data, "base64"], *others]})
    assert {path: reach(found, path).reach for path in case["expect"]} == case["expect"]
