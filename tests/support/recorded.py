"""The recorded answers of real builders, and our answers to the same questions.

The cases live in testdata/conformance/; its README tells what was recorded and how.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any, NamedTuple

from support.trees import dockerfile

from ctxscan import scan
from ctxscan.context.walk import Entry
from ctxscan.facts import Transfer

#: What the recordings call our builders.
RECORDED = {"buildkit": "buildkit", "classic": "classic_newest", "buildah": "buildah_new"}
#: Cases per file and builder that are compared; a smaller number fails.
COMPARED = {
    "match-basic": {"buildkit": 74, "classic": 74, "buildah": 74},
    "doublestar": {"buildkit": 49, "classic": 49, "buildah": 49},
    "parse": {"buildkit": 72, "classic": 72, "buildah": 72},
    "negation": {"buildkit": 58, "classic": 58, "buildah": 58},
    "kinds": {"buildkit": 36, "classic": 36, "buildah": 27},
    "choice": {"buildkit": 34, "classic": 34, "buildah": 35},
    "errors": {"buildkit": 36, "classic": 36, "buildah": 36},
    "size": {"buildkit": 101, "classic": 101},
    "fuzz": {"buildkit": 700, "classic": 700},
    "follow": {"buildkit": 132},
    "fuzz-follow": {"buildkit": 198},
}
#: Cases that are not compared, and why.
LEFT_OUT = {
    # A wild card in a directory that is not sent fails (`lstat /c: no such file or directory`), as six others show;
    # here an earlier build of the recording with the same base name and target had filled the cache.
    "fuzzfollow/0077": "answered from the recorder's build cache",
    "fuzzfollow/0117": "answered from the recorder's build cache",
}


class Answer(NamedTuple):
    """What is compared. `missing`: what a COPY will not find, after the transfer."""

    entries: tuple[Entry, ...]
    transfer: Transfer
    contexts: tuple[tuple[str, Transfer], ...]
    missing: tuple[str, ...]


def needs_root(case: dict[str, Any]) -> bool:
    """Whether only root can lay the tree out, or become the user who was asked."""
    return bool(case.get("client_uid")) or any(
        entry.get("type") == "chardev" or "uid" in entry or "security.capability" in (entry.get("xattrs") or {})
        for entry in case["tree"]
    )


def expected(case: dict[str, Any], builder: str) -> dict[str, Any] | None:
    return case["expect"].get(RECORDED[builder])


def answer(case: dict[str, Any], builder: str, context: Path) -> Answer:
    given = case.get("buildah_ignorefile") if builder == "buildah" else None
    options: dict[str, Any] = {
        "builder": builder,
        "ignore_file": os.path.normpath(context / given) if given else None,
        "target": case.get("target"),
        "build_args": case.get("build_args"),
        "build_contexts": {name: os.fspath(context / path) for name, path in (case.get("contexts") or {}).items()},
        "keep_entries": True,
    }
    if case.get("dockerfile_stdin"):
        options["dockerfile_text"] = case["dockerfile"].encode()
    elif case.get("dockerfile_path"):
        options["dockerfile"] = dockerfile(context, case)
    if case.get("client_uid"):
        return as_user(case["client_uid"], context, options)
    return facts(context, options)


def facts(context: Path, options: dict[str, Any]) -> Answer:
    found = scan(context, **options)
    missing = tuple(path for each in found.inputs for path in each.input.missing)
    return Answer(found.entries, found.transfer, found.contexts, missing)


def as_user(uid: int, context: Path, options: dict[str, Any]) -> Answer:
    """The answer that another user gets."""
    for directory in context.parents:
        if directory.stat().st_uid == os.getuid() and directory != Path("/"):
            directory.chmod(directory.stat().st_mode | 0o111)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        try:
            result: object = facts(context, options)
        except BaseException as error:
            result = error
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(result, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        result = pickle.load(pipe)
    os.waitpid(child, 0)
    if isinstance(result, BaseException):
        raise result
    assert isinstance(result, Answer)
    return result
