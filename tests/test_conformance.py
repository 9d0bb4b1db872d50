"""Every recorded answer of a real builder, compared with ours.

The cases live in testdata/conformance/, one JSON object a line; its README tells what was recorded and how. A case is
left out of a comparison only for a reason listed in `LEFT_OUT` or because that builder was not asked.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest
from support.comparing import compare
from support.recorded import COMPARED, LEFT_OUT, RECORDED, expected, needs_root
from support.trees import LaidOut, cases

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="recorded on Linux: devices, modes, owners"),
    pytest.mark.usefixtures("system"),
]

PLAIN_IS_SLOW = True

#: Random cases by the hundred, which are left to CI; the others are those that somebody thought of.
MANY = ("fuzz", "fuzz-follow")
#: Cases per file with extended attributes, which are compared where the system reads them.
ATTRIBUTES = {"size": 2}


def has_attributes(case: dict[str, Any]) -> bool:
    """Whether figures depend on extended attributes, which the plain path does not see."""
    return any(entry.get("xattrs") for entry in case["tree"])


@pytest.mark.parametrize("builder", RECORDED)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in MANY else name for name in COMPARED]
)
def test_agrees_with_the_recorded_builder(name: str, builder: str, system: str, laid_out: LaidOut) -> None:
    """Entries, their order, what arrives empty, figures and errors are those of the real builder."""
    compared, beyond, unseen, wrong = 0, 0, 0, []
    for case in cases(name):
        want = expected(case, builder)
        if want is None or case["id"] in LEFT_OUT:
            continue
        if os.geteuid() != 0 and needs_root(case):
            beyond += 1
            continue
        if system == "plain" and has_attributes(case):
            unseen += 1
            continue
        context = laid_out(name, case)
        compared += 1
        difference = compare(case, builder, want, context)
        if difference:
            wrong.append(f"{case['id']}: {difference}")
    print(f"{name} {builder}: {compared} compared, {beyond} that only root can lay out, {unseen} with attributes")
    assert not wrong, "\n".join(wrong[:10])
    assert compared + beyond + unseen >= COMPARED[name].get(builder, 0)
    assert unseen <= ATTRIBUTES.get(name, 0)
