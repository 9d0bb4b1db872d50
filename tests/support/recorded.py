"""The recorded answers of real builders, and our answers to the same questions.

The cases live in testdata/conformance/; its README tells what was recorded and how.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from support.trees import dockerfile

from ctxscan import scan
from ctxscan.context.walk import Entry
from ctxscan.explain import reach
from ctxscan.facts import Transfer
from ctxscan.image.layers import Dir

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
    """What is compared. `missing`: what a COPY will not find, after the transfer. `image`: the marked files that end in
    the image, `unsure` those of which a command decides it."""

    entries: tuple[Entry, ...]
    transfer: Transfer
    contexts: tuple[tuple[str, Transfer], ...]
    missing: tuple[str, ...]
    image: frozenset[str]
    unsure: frozenset[str]
    #: What the target holds, as far as that is known.
    files: tuple[tuple[str, str], ...]
    has_dockerfile: bool


def needs_root(case: dict[str, Any]) -> bool:
    """Whether only root can lay the tree out, or become the user who was asked."""
    return bool(case.get("client_uid")) or any(
        entry.get("type") in ("chardev", "blockdev")
        or "uid" in entry
        or "security.capability" in (entry.get("xattrs") or {})
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
    marked = tuple(entry["path"] for entry in case["tree"] if entry.get("marked") and "path_hex" not in entry)
    if "args" in case:
        return as_typed(case, context, options, marked)
    if case.get("client_uid"):
        return as_user(case["client_uid"], context, options, marked)
    return facts(context, options, marked)


def as_typed(case: dict[str, Any], context: Path, options: dict[str, Any], marked: tuple[str, ...]) -> Answer:
    """The answer to a command line, where it was typed."""
    places = {"$C": os.fspath(context), "$R": os.fspath(context.parent)}
    *flags, where = [word.replace("$C", places["$C"]) for word in case["args"]]
    options.pop("dockerfile", None)
    if flags == ["-f", "-"]:
        options["dockerfile_text"] = case["stdin"].encode()
    elif flags:
        options["dockerfile"] = flags[1]
    with contextlib.chdir(places[case["cwd"]]):
        return facts(where, options, marked)


def facts(context: str | os.PathLike[str], options: dict[str, Any], marked: tuple[str, ...]) -> Answer:
    found = scan(context, **options)
    missing = [path for each in found.inputs for path in each.input.missing]
    if found.usage and found.usage.lost:
        missing += [path for _, path in found.usage.lost]
    if found.usage:
        missing += [words for _, words in found.usage.failures]
    ends = {path: reach(found, path) for path in marked}
    image = frozenset(path for path, end in ends.items() if end.reach in ("image", "possible"))
    unsure = frozenset(path for path, end in ends.items() if end.reach == "possible")
    files = tuple(listing(found.usage.files, "")) if found.usage and options["builder"] == "buildah" else ()
    return Answer(
        found.entries, found.transfer, found.contexts, tuple(missing), image, unsure, files, found.plan is not None
    )


def listing(directory: Dir, above: str) -> Iterator[tuple[str, str]]:
    """Everything in a file system, as path and kind."""
    for name, node in directory.entries():
        if isinstance(node, Dir):
            yield above + name, "dir"
            yield from listing(node, f"{above}{name}/")
        else:
            yield above + name, "file" if node.link is None else "symlink"


def as_user(uid: int, context: Path, options: dict[str, Any], marked: tuple[str, ...]) -> Answer:
    """The answer that another user gets, who may not be able to read Python's library."""
    codecs.lookup("unicode_escape")
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
            result: object = facts(context, options, marked)
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
