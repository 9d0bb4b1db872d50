"""The recorded cases about where files end, as images: what the builder put in which layer, held against the forecast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.archives import layer, saved
from support.reached import CASES, scanned

from ctxscan.opinions import image_reader


def _is_archive(case: dict[str, Any], path: str) -> bool:
    """Raw bytes in a case are an archive, whose members ADD unpacks."""
    return any(each[0] == path and each[2:] == ["base64"] for each in case["tree"])


@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_forecast_is_judged_as_the_builder_decided(case: dict[str, Any], tmp_path: Path) -> None:
    """Each possible file is told as there or not there; what is certain is there; nothing else is."""
    context = tmp_path / "context"
    ours = scanned(context, case)
    contents = {path: (context / path).read_bytes() for path in case["expect"]}
    layers = [[path for path in each if not _is_archive(case, path)] for each in case["layers"]]
    archive = tmp_path / "image.tar"
    archive.write_bytes(saved([layer([(f"at/{path}", contents[path]) for path in each]) for each in layers]))
    told = image_reader(str(archive))(ours, ()).images[0].forecast
    in_image = {path for path, reach in case["expect"].items() if reach == "image" and contents[path]}
    assert set(told.arrived) == in_image & set(told.possible)
    assert {each.path for each in told.missing if not _is_archive(case, each.path)} == set()
    assert (told.surprising, told.alike) == ((), 0)
    assert told.there >= len({path for path in in_image - set(told.possible) if not _is_archive(case, path)})


def test_commands_decide_about_enough_files() -> None:
    """Among the recorded answers there are files that are in the image because of a command."""
    decided = [case["expect"][path] for case in CASES for path in case.get("run_dependent", ())]
    assert decided.count("image") >= 8
