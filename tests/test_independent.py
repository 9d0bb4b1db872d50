"""Every answer of a real builder that was recorded with generators of another hand, compared with ours.

The cases live in testdata/conformance/independent/, in a compact form; its README tells what was recorded and how.
`OPEN` lists each case that is not met yet, under the reason; a listed case that is met fails the test, so the list can
only shrink.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import Any

import pytest
from support.comparing import comes_later, compare_buildkit, compare_classic, difference, same_error, text
from support.comparing import entries as ours_of
from support.independent import cases, mutated
from support.recorded import Answer, answer, needs_root
from support.trees import is_as_described, lay_out

from ctxscan import CtxscanError
from ctxscan.dockerfile.resolver import resolve
from ctxscan.dockerfile.stages import parse

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="recorded on Linux: devices, modes, owners")

#: What the recordings call our builders.
OURS = {"buildkit": "buildkit", "buildx": "buildkit", "classic_newest": "classic", "buildah_new": "buildah"}
#: Cases per file, and how many answers in it are compared at least.
FILES = {
    "found": 11,
    "hand": 248,
    "a": 318,
    "b": 219,
    "c": 111,
    "e": 91,
    "u": 67,
    "d": 64,
    "classic": 190,
    "buildah": 123,
}
#: A Dockerfile with which the image holds what was sent.
WHOLE = "FROM scratch\nCOPY . /\n"
#: What a builder says that fails after the transfer, or on what it has built.
LATE = ("failed to compute cache key", "lstat /", "invalid image config for export")
NOT_COMPARED = "not compared"
BY_HAND = frozenset(case["id"] for case in cases("hand"))
#: What is not met yet, by its reason.
OPEN: dict[str, tuple[str, ...]] = {
    "two errors, of which ours names another one first, or the other line of it": (
        "m-1402",
        "m-3982",
        "m-4773",
        "m-5111",
        "m-5473",
        "m-5848",
        "m-6690",
        "m-8460",
        "m-8728",
    ),
    "the recorder heard no warnings, so that none of them ended a build": ("m-1897",),
    "--parents in buildah with a source that has no directories": ("buildah-c-7161",),
}


#: The largest ones are left to CI.
MANY = 65


@pytest.mark.parametrize(
    "name", [name if count < MANY else pytest.param(name, marks=pytest.mark.slow) for name, count in FILES.items()]
)
def test_agrees_with_the_recorded_builder(name: str, tmp_path: Path) -> None:
    tally: Counter[str] = Counter()
    ran, wrong = set(), {}
    for number, case in enumerate(cases(name)):
        if os.geteuid() != 0 and needs_root(case):
            tally["only root can lay out"] += 1
            continue
        context = lay_out(tmp_path / str(number), case)
        if not is_as_described(context, case):
            tally["times that this file system does not keep"] += 1
            continue
        ran.add(case["id"])
        for recorded, want in case["expect"].items():
            found = compare(case, recorded, want, context)
            tally[NOT_COMPARED if found == NOT_COMPARED else "compared"] += 1
            if found and found != NOT_COMPARED:
                wrong[case["id"]] = found
    print(name, dict(tally))
    check(wrong, ran)
    assert sum(tally.values()) == FILES[name]


def check(wrong: dict[str, str], ran: Set[str]) -> None:
    """What is not met has to be what `OPEN` lists."""
    listed = {id for ids in OPEN.values() for id in ids} & ran
    told = [f"{id}: {what}" for id, what in wrong.items() if id not in listed]
    assert not told, f"{len(told)} not met:\n" + "\n".join(told)
    assert listed == wrong.keys(), f"met, and still listed: {sorted(listed - wrong.keys())}"


def compare(case: dict[str, Any], recorded: str, want: dict[str, Any], context: Path) -> str | None:
    """What differs; `NOT_COMPARED` where the recording does not tell."""
    if recorded == "buildah_new" and "args" not in case:
        case = {"dockerfile_path": "Dockerfile", **case}  # it was named, whatever else lies there
    try:
        got = answer(case, OURS[recorded], context)
    except CtxscanError as error:
        if recorded == "classic_newest" and is_of_dockerfile(case, error):
            return NOT_COMPARED  # the daemon's to refuse, and none was behind the recorded client
        return None if same_error(str(error), want) else f"error {error}, recorded {want['error']}"
    except Exception as bug:  # to be listed beside the others
        return f"bug: {bug!r}"
    if not got.has_dockerfile:
        return None if "no such file or directory" in (want["error"] or "") else "no Dockerfile"
    if recorded == "classic_newest":
        return compare_classic(case, got, want) if want["error"] is None else f"no error, recorded {want['error']}"
    # The builder's cache was kept, so a wild card may have been answered from it: what failed after the transfer in one
    # recording need not in another, and how far a transfer got is no promise. Only the cases by hand saw to that.
    by_hand = recorded != "buildkit" or case["id"] in BY_HAND
    if not by_hand and any(words in (want["error"] or "") for words in LATE):
        return NOT_COMPARED
    if want["error"] is not None and not comes_later(want, got):
        return f"no error, recorded {want['error']}"
    if got.missing and want["error"] is None and by_hand:
        return f"missing {got.missing}, recorded none"
    if recorded == "buildkit":
        return compare_buildkit(got, want) or (image(case, got, want) if want["error"] is None else None)
    shown = difference("shown", got.transfer.shown, text(want["shown_size"])) if recorded == "buildx" else None
    return shown or visible(case, got, want) or image(case, got, want)


def is_of_dockerfile(case: dict[str, Any], error: CtxscanError) -> bool:
    label = os.path.basename(case.get("dockerfile_path") or "Dockerfile")
    return re.match(rf".*{re.escape(label)}(:\d+)?$", error.place or "") is not None


def visible(case: dict[str, Any], got: Answer, want: dict[str, Any]) -> str | None:
    if want.get("visible") is None or case.get("has_run"):
        return None
    recorded = [[path, kind] for path, kind in want["visible"]]
    kinds = {"chardev": "device", "blockdev": "device"}
    if case["dockerfile"].startswith(WHOLE):
        ours = [[path, kinds.get(kind, kind)] for path, kind, *_ in ours_of(got)]
    else:
        ours = [list(each) for each in got.files]
    return difference("visible", sorted(ours), sorted(recorded))


def image(case: dict[str, Any], got: Answer, want: dict[str, Any]) -> str | None:
    """Files whose content was found in the image; what has several names is left out."""
    if want.get("image_files") is None:
        return None
    linked = {entry["target"] for entry in case["tree"] if entry["type"] == "hardlink"}
    marked = {entry["path"] for entry in case["tree"] if entry.get("marked") and entry["path"][:3] != "../"}
    withheld = {entry.path for entry in got.entries if entry.empty}
    marked -= linked | got.unsure | withheld
    return difference("image", sorted(got.image & marked), sorted(marked & set(want["image_files"])))


MUTATED = 1767


def test_refuses_the_dockerfiles_that_the_frontend_refuses() -> None:
    """With the same lines, as far as the frontend names them."""
    wrong = {}
    ran = set()
    for id, dockerfile, error, lines, target in mutated():
        ran.add(id)
        found = refusal(dockerfile, target)
        message, line = found or (None, None)
        if (message is None) != (error is None):
            wrong[id] = f"{found}, recorded {error}"
        elif (
            line is not None
            and lines
            and not any(low <= line <= high for low, high in zip(lines[::2], lines[1::2], strict=True))
        ):
            wrong[id] = f"{found}, recorded {error} in lines {lines}"
    check(wrong, ran)
    assert len(ran) == MUTATED


def refusal(dockerfile: str, target: str | None) -> tuple[str, int | None] | None:
    """The message and the line with which we refuse a Dockerfile."""
    try:
        resolve(parse(dockerfile.encode(errors="surrogateescape"), label="Dockerfile"), target=target, build_args={})
    except CtxscanError as error:
        line = (error.place or "").rpartition(":")[2]
        return error.message, int(line) if line.isdecimal() else None
    return None
