"""What a warm cache has: the recorded histories, the rule in single steps, who is to blame, and what is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support import command as commandline
from support.histories import RECORDED, Changes, Odd, executable, git, link, recorded, submodule, write, write_recorded
from support.imports import loaded
from support.schemas import REPORT

from ctxscan import CtxscanError, scan
from ctxscan.replay.replay import replay
from ctxscan.replay.summary import Replay, ReplayedCommit

MARKS = {True: "C", False: "r", None: "?"}


def replayed(context: Path, count: int = 100, **options: Any) -> Replay:
    return replay(scan(context), count, **options)


def marks(commit: ReplayedCommit) -> str:
    """The steps of a commit in a word: `C` cached, `r` done again, `?` nobody can tell."""
    return " ".join(MARKS[each.cached] for each in commit.steps)


def history(where: Path, *commits: Changes, **options: Any) -> list[str]:
    """The marks of every commit of a history, whose `.git` lies outside of the context."""
    return [marks(each) for each in replayed(write(where, *commits, below="app"), **options).commits]


# --- the recorded histories -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_history(path: Path, tmp_path: Path) -> None:
    """Every step of which the inputs decide is as it was recorded; of the others none is told wrong."""
    history = recorded(path)
    got = replayed(write_recorded(tmp_path, history)).commits
    assert len(got) == len(history["commits"]) > 30
    compared = 0
    for want, commit in zip(history["commits"], got, strict=True):
        if want.get("worktree_only"):
            continue  # git does not keep it
        assert [(each.stage, each.line, each.instruction) for each in commit.steps] == [
            (each["stage"], each["line"], each["instruction"]) for each in want["steps"]
        ]
        assert (commit.failed is None) == (want["error"] is None)
        for theirs, ours in zip(want["steps"], commit.steps, strict=True):
            place = f"commit {want['n']} ({want['message']}), {theirs['text']}"
            if theirs.get("output_dependent"):
                assert ours.cached in (None, theirs["cached"]), place
            else:
                assert ours.cached == theirs["cached"], place
                compared += 1
    assert compared > 100


def test_only_outputs_leave_something_open(tmp_path: Path) -> None:
    """Without a RUN nothing is unknown, and what is unknown follows a RUN of another stage."""
    for path in RECORDED:
        history = recorded(path)
        got = replayed(write_recorded(tmp_path / path.stem, history)).commits
        for want, commit in zip(history["commits"], got, strict=True):
            for theirs, ours in zip(want["steps"], commit.steps, strict=True):
                if ours.cached is None and not want.get("worktree_only"):
                    assert theirs.get("output_dependent") or theirs["cached"] is None


# --- the rule -------------------------------------------------------------------------------------------------------

DIRECTORY: Changes = {"d/a": "1", "d/s/b": "2"}
COPY = "FROM scratch\nCOPY d /x\n"


def run(*flags: str) -> str:
    return f"FROM node\nRUN {' '.join(flags)} make\n"


#: What is there first, what the second commit changes, and what it does again: the micro tests of the recorded truth,
#: but for times, owners, attributes, empty directories and modes of directories, of which git knows nothing.
ROWS: dict[str, tuple[Changes, Changes, str]] = {
    "executable bit": ({"Dockerfile": COPY, **DIRECTORY}, {"d/a": executable("1")}, "r"),
    "file edited": ({"Dockerfile": COPY, **DIRECTORY}, {"d/s/b": "3"}, "r"),
    "file beside the source": ({"Dockerfile": COPY, **DIRECTORY}, {"e": "3"}, "C"),
    "file added": ({"Dockerfile": COPY, **DIRECTORY}, {"d/c": "3"}, "r"),
    "file renamed": ({"Dockerfile": COPY, **DIRECTORY}, {"d/a": None, "d/c": "1"}, "r"),
    "excluded file": ({"Dockerfile": COPY, **DIRECTORY, ".dockerignore": "**/b"}, {"d/s/b": "3"}, "C"),
    "directory left empty by the rules": (
        {"Dockerfile": COPY, **DIRECTORY, ".dockerignore": "**/b"}, {"d/t/b": "3"}, "r",
    ),
    "rules that change nothing of it": ({"Dockerfile": COPY, **DIRECTORY}, {".dockerignore": "# rules\nd/x\n"}, "C"),
    "rules that take something": ({"Dockerfile": COPY, **DIRECTORY}, {".dockerignore": "d/a\n"}, "r"),
    "symlink added": ({"Dockerfile": COPY, **DIRECTORY}, {"d/l": link("a")}, "r"),
    "symlink retargeted": ({"Dockerfile": COPY, "d/a": "1", "d/l": link("a")}, {"d/l": link("b")}, "r"),
    "behind a link in a directory": ({"Dockerfile": COPY, "d/l": link("../e"), "e": "1"}, {"e": "2"}, "C"),
    "symlink to the same content": (
        {"Dockerfile": "FROM scratch\nCOPY f /x\n", "f": "1", "g": "1"}, {"f": link("g")}, "C",
    ),
    "behind a link as source": (
        {"Dockerfile": "FROM scratch\nCOPY f /x\n", "f": link("g"), "g": "1"}, {"g": "2"}, "r",
    ),
    "COPY to ADD": ({"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nADD d /x\n"}, "r"),
    "before a linked copy": (
        {"Dockerfile": "FROM scratch\nCOPY a /a\nCOPY --link b /b\n", "a": "1", "b": "1"}, {"a": "2"}, "r C",
    ),
    "after a linked copy": (
        {"Dockerfile": "FROM scratch\nCOPY a /a\nCOPY --link b /b\nCOPY c /c\n", "a": "1", "b": "1", "c": "1"},
        {"b": "2"},
        "C r r",
    ),
    "before a linked copy and a copy": (
        {"Dockerfile": "FROM scratch\nCOPY a /a\nCOPY --link b /b\nCOPY c /c\n", "a": "1", "b": "1", "c": "1"},
        {"a": "2"},
        "r C r",
    ),
    "two linked copies": (
        {"Dockerfile": "FROM node\nCOPY --link a /a\nCOPY --link b /b\n", "a": "1", "b": "1"}, {"a": "2"}, "r C",
    ),
    "bind mount, file beside": ({"Dockerfile": run("--mount=type=bind,source=d,target=/d"), **DIRECTORY}, {"e": ""}, "C"),
    "bind mount, source": ({"Dockerfile": run("--mount=type=bind,source=d,target=/d"), **DIRECTORY}, {"d/a": "3"}, "r"),
    "writable bind mount, file beside": (
        {"Dockerfile": run("--mount=type=bind,rw,source=d,target=/d"), **DIRECTORY}, {"e": ""}, "C",
    ),
    "bind mount, source moved": (
        {"Dockerfile": run("--mount=type=bind,source=d,target=/d"), **DIRECTORY},
        {"Dockerfile": run("--mount=type=bind,source=e,target=/d"), "d/a": None, "d/s/b": None, "e/a": "1", "e/s/b": "2"},
        "C",
    ),
    "bind mount of everything": ({"Dockerfile": run("--mount=target=/d")}, {"Dockerfile": run("--mount=target=/d") + "#"}, "r"),
    "bind mount, other target": (
        {"Dockerfile": run("--mount=source=d,target=/d"), **DIRECTORY},
        {"Dockerfile": run("--mount=source=d,target=/e")},
        "r",
    ),
    "cache mount": ({"Dockerfile": run("--mount=type=cache,target=/c")}, {"e": ""}, "C"),
    "blanks in a RUN": ({"Dockerfile": "FROM node\nRUN a  b\n"}, {"Dockerfile": "FROM node\nRUN a b\n"}, "r"),
    "blanks around a RUN": ({"Dockerfile": "FROM node\nRUN   a b  \n"}, {"Dockerfile": "FROM node\nRUN a b\n"}, "C"),
    "comment in a continued RUN": (
        {"Dockerfile": "FROM node\nRUN a && \\\n# one\n b\n"}, {"Dockerfile": "FROM node\nRUN a && \\\n# two\n b\n"}, "C",
    ),
    "continuation joined": (
        {"Dockerfile": "FROM node\nRUN a && \\\n b\n"}, {"Dockerfile": "FROM node\nRUN a &&  b\n"}, "C",
    ),
    "exec form": ({"Dockerfile": "FROM node\nRUN a b\n"}, {"Dockerfile": 'FROM node\nRUN ["a", "b"]\n'}, "r"),
    "case of the keyword": ({"Dockerfile": "FROM node\nRUN a\n"}, {"Dockerfile": "from node\nrun a\n"}, "C"),
    "unused ARG with a value": (
        {"Dockerfile": "FROM node\nARG Q=1\nRUN a\n"}, {"Dockerfile": "FROM node\nARG Q=2\nRUN a\n"}, "r",
    ),
    "ARG without a value": ({"Dockerfile": "FROM node\nRUN a\n"}, {"Dockerfile": "FROM node\nARG Q\nRUN a\n"}, "C"),
    "ENV before RUN": ({"Dockerfile": "FROM node\nRUN a\n"}, {"Dockerfile": "FROM node\nENV Q=1\nRUN a\n"}, "r"),
    "ENV before COPY": (
        {"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nENV Q=1\nCOPY d /x\n"}, "C",
    ),
    "ENV for the same destination": (
        {"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nENV X=/x\nCOPY d $X\n"}, "C",
    ),
    "WORKDIR before RUN": (
        {"Dockerfile": "FROM node\nWORKDIR /a\nRUN a\n"}, {"Dockerfile": "FROM node\nWORKDIR /b\nRUN a\n"}, "r r",
    ),
    "USER before RUN": ({"Dockerfile": "FROM node\nRUN a\n"}, {"Dockerfile": "FROM node\nUSER u\nRUN a\n"}, "r"),
    "SHELL before RUN": ({"Dockerfile": "FROM node\nRUN a\n"}, {"Dockerfile": 'FROM node\nSHELL ["x"]\nRUN a\n'}, "r"),
    **{
        f"{text.split()[0]} before RUN": ({"Dockerfile": "FROM node\nRUN a\n"}, {"Dockerfile": f"FROM node\n{text}\nRUN a\n"}, "C")
        for text in (
            "LABEL a=b", "EXPOSE 80", 'CMD ["a"]', 'ENTRYPOINT ["a"]', "VOLUME /v", "STOPSIGNAL 9", "HEALTHCHECK NONE",
        )
    },
    "same base name": (
        {"Dockerfile": "FROM scratch\nCOPY a/f /x\n", "a/f": "1", "b/f": "1"},
        {"Dockerfile": "FROM scratch\nCOPY b/f /x\n"},
        "C",
    ),
    "other base name": (
        {"Dockerfile": "FROM scratch\nCOPY f /x\n", "f": "1", "g": "1"}, {"Dockerfile": "FROM scratch\nCOPY g /x\n"}, "r",
    ),
    "directory moved": (
        {"Dockerfile": COPY, **DIRECTORY},
        {"Dockerfile": "FROM scratch\nCOPY e/d /x\n", "d/a": None, "d/s/b": None, "e/d/a": "1", "e/d/s/b": "2"},
        "C",
    ),
    "glob, file beside": ({"Dockerfile": "FROM scratch\nCOPY d/* /x/\n", "d/a": "1"}, {"e": "2"}, "C"),
    "glob, what it does not match": ({"Dockerfile": "FROM scratch\nCOPY d/*.c /x/\n", "d/a.c": "1"}, {"d/b.h": ""}, "C"),
    "glob, one more": ({"Dockerfile": "FROM scratch\nCOPY d/*.c /x/\n", "d/a.c": "1"}, {"d/b.c": ""}, "r"),
    "glob, renamed": ({"Dockerfile": "FROM scratch\nCOPY d/*.c /x/\n", "d/a.c": "1"}, {"d/a.c": None, "d/b.c": "1"}, "r"),
    "slash of the destination": ({"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nCOPY d /x/\n"}, "r"),
    "slash of the source": ({"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nCOPY d/ /x\n"}, "C"),
    "source from here": ({"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nCOPY ./d /x\n"}, "C"),
    "exclude that hits nothing": (
        {"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nCOPY --exclude=z d /x\n"}, "r",
    ),
    "excluded file edited": (
        {"Dockerfile": "FROM scratch\nCOPY --exclude=a d /x\n", **DIRECTORY}, {"d/a": "3"}, "C",
    ),
    "file beside the excluded one": (
        {"Dockerfile": "FROM scratch\nCOPY --exclude=a d /x\n", **DIRECTORY}, {"d/s/b": "3"}, "r",
    ),
    "link added": ({"Dockerfile": "FROM node\nCOPY d /x\n", **DIRECTORY}, {"Dockerfile": "FROM node\nCOPY --link d /x\n"}, "r"),
    "chmod added": ({"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nCOPY --chmod=644 d /x\n"}, "r"),
    "chown added": ({"Dockerfile": COPY, **DIRECTORY}, {"Dockerfile": "FROM scratch\nCOPY --chown=0:0 d /x\n"}, "r"),
    "heredoc of a COPY": (
        {"Dockerfile": "FROM node\nCOPY <<A /a\n1\nA\nRUN a\n"}, {"Dockerfile": "FROM node\nCOPY <<A /a\n2\nA\nRUN a\n"}, "r r",
    ),
    "heredoc of a RUN": (
        {"Dockerfile": "FROM node\nRUN <<A\n1\nA\n"}, {"Dockerfile": "FROM node\nRUN <<A\n2\nA\n"}, "r",
    ),
    "sources swapped": (
        {"Dockerfile": "FROM scratch\nCOPY a b /x/\n", "a": "1", "b": "2"},
        {"Dockerfile": "FROM scratch\nCOPY b a /x/\n"},
        "r",
    ),
    "COPY split": (
        {"Dockerfile": "FROM scratch\nCOPY a b /x/\n", "a": "1", "b": "2"},
        {"Dockerfile": "FROM scratch\nCOPY a /x/\nCOPY b /x/\n"},
        "r r",
    ),
    "glob instead of names": (
        {"Dockerfile": "FROM scratch\nCOPY a /x/\n", "a": "1"}, {"Dockerfile": "FROM scratch\nCOPY [a] /x/\n"}, "r",
    ),
    "Dockerfile in the context": (
        {"Dockerfile": "FROM scratch\nCOPY . /x\n"}, {"Dockerfile": "FROM scratch\nCOPY . /x\n# a\n"}, "r",
    ),
    "Dockerfile excluded": (
        {"Dockerfile": "FROM scratch\nCOPY . /x\n", ".dockerignore": "Dockerfile"},
        {"Dockerfile": "FROM scratch\nCOPY . /x\n# a\n"},
        "C",
    ),
    "stage renamed": (
        {"Dockerfile": "FROM node AS a\nRUN x\nFROM scratch\nCOPY --from=a /x /x\n"},
        {"Dockerfile": "FROM node AS b\nRUN x\nFROM scratch\nCOPY --from=b /x /x\n"},
        "C C",
    ),
    "stage that nobody needs": (
        {"Dockerfile": "FROM node\nRUN x\n"}, {"Dockerfile": "FROM node AS a\nRUN y\nFROM node\nRUN x\n"}, "C",
    ),
    "another base": ({"Dockerfile": "FROM node:1\nRUN x\n"}, {"Dockerfile": "FROM node:2\nRUN x\n"}, "r"),
    "comment and blank lines": ({"Dockerfile": "FROM node\nRUN x\n"}, {"Dockerfile": "# a\n\nFROM node\n\nRUN x\n"}, "C"),
    "stage, beside what is taken": (
        {"Dockerfile": "FROM scratch AS a\nCOPY . /\nFROM scratch\nCOPY --from=a /d /d\n", **DIRECTORY}, {"e": "1"}, "r C",
    ),
    "stage, what is taken": (
        {"Dockerfile": "FROM scratch AS a\nCOPY . /\nFROM scratch\nCOPY --from=a /d /d\n", **DIRECTORY}, {"d/a": "3"}, "r r",
    ),
    "stage, another way to the same": (
        {"Dockerfile": "FROM scratch AS a\nCOPY d /d\nFROM scratch\nCOPY --from=a /d /d\n", **DIRECTORY},
        {"Dockerfile": "FROM scratch AS a\nCOPY d/s /d/s\nCOPY d/a /d/\nFROM scratch\nCOPY --from=a /d /d\n"},
        "r r C",
    ),
    "stage, owner of the same": (
        {"Dockerfile": "FROM scratch AS a\nCOPY d /d\nFROM scratch\nCOPY --from=a /d /d\n", **DIRECTORY},
        {"Dockerfile": "FROM scratch AS a\nCOPY --chown=1 d /d\nFROM scratch\nCOPY --from=a /d /d\n"},
        "r r",
    ),
    "stage, under a command": (
        {"Dockerfile": "FROM node AS a\nRUN x\nCOPY d /d\nFROM scratch\nCOPY --from=a /usr /usr\n", **DIRECTORY},
        {"d/a": "3"},
        "C r C",
    ),
    "stage, a file put after a command": (
        {"Dockerfile": "FROM node AS a\nCOPY e /e\nRUN x\nCOPY d /d\nFROM scratch\nCOPY --from=a /d/a /\n", **DIRECTORY, "e": ""},
        {"e": "1"},
        "r r r C",
    ),
    "stage, what a command made": (
        {"Dockerfile": "FROM node AS a\nCOPY e /e\nRUN x\nFROM node\nCOPY --from=a /o /o\nRUN y\n", "e": ""},
        {"e": "1"},
        "r r ? ?",
    ),
    "bind mount, what a command made": (
        {"Dockerfile": "FROM node AS a\nCOPY e /e\nRUN x\nFROM node\nRUN --mount=from=a,source=/o,target=/o y\n", "e": ""},
        {"e": "1"},
        "r r ?",
    ),
    "after the unknown, something new": (
        {
            "Dockerfile": "FROM node AS a\nCOPY e /e\nRUN x\nFROM node\nCOPY --from=a /o /o\nCOPY f /f\nRUN y\n",
            "e": "",
            "f": "",
        },
        {"e": "1", "f": "1"},
        "r r ? r r",
    ),
    "FROM a stage": (
        {"Dockerfile": "FROM node AS a\nCOPY e /e\nFROM a\nRUN x\n", "e": ""}, {"e": "1"}, "r r",
    ),
    "image beside": (
        {"Dockerfile": "FROM scratch\nCOPY --from=busybox /bin/sh /sh\nCOPY e /e\n", "e": ""}, {"e": "1"}, "C r",
    ),
    "source missing": ({"Dockerfile": "FROM node\nRUN x\nCOPY e /e\nRUN y\n", "e": ""}, {"e": None}, "C r ?"),
    "parents, pattern": (
        {"Dockerfile": "FROM scratch\nCOPY --parents d/./**/b /x\n", **DIRECTORY}, {"d/a": "3"}, "C",
    ),
    "parents, file": (
        {"Dockerfile": "FROM scratch\nCOPY --parents d/./**/b /x\n", **DIRECTORY}, {"d/s/b": "3"}, "r",
    ),
    "submodule": ({"Dockerfile": COPY, "d/m": submodule("a")}, {"d/m": submodule("b")}, "r"),
}  # fmt: skip


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("first", "second", "want"), ROWS.values(), ids=ROWS)
def test_the_rule(first: Changes, second: Changes, want: str, tmp_path: Path) -> None:
    """Of the second build the cache has what is recorded of it; of the first nothing."""
    got = history(tmp_path, first, second)
    assert set(got[0].split()) == {"r"}
    assert got[1] == want


def test_any_earlier_build_counts(tmp_path: Path) -> None:
    """A state that was there is all cached; a new combination of what was there is not."""
    first = {"Dockerfile": "FROM scratch\nCOPY a /a\nCOPY b /b\n", "a": "1", "b": "1"}
    got = history(tmp_path, first, {"a": "2"}, {"a": "1", "b": "2"}, {"a": "2"}, {"b": "1"})
    assert got == ["r r", "r r", "C r", "C r", "C C"]


def test_what_a_failed_build_did_is_known(tmp_path: Path) -> None:
    """The steps before the missing source, and no other."""
    text = "FROM node\nCOPY a /a\nCOPY b /b\nRUN x\n"
    got = history(tmp_path, {"Dockerfile": text, "a": "1", "b": "1"}, {"a": "2", "b": None}, {"b": "1"})
    assert got == ["r r r", "r r ?", "C r r"]


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ({"Dockerfile": "FROM\n"}, "FROM requires"),
        ({"Dockerfile": None}, "no Dockerfile"),
        ({"Dockerfile": "x" * 2_000_000}, "no Dockerfile"),
        ({".dockerignore": "[\n"}, "pattern"),
    ],
    ids=["syntax", "gone", "huge", "rules"],
)
def test_a_commit_that_cannot_be_built(broken: Changes, what: str, tmp_path: Path) -> None:
    """It fails with its reason, and the next one finds the cache of those before it."""
    start = {"Dockerfile": "FROM scratch\nCOPY a /a\n", ".dockerignore": "b\n", "a": "1"}
    context = write(tmp_path, start, broken, {**start, "b": "1"}, below="app")
    first, second, third = replayed(context).commits
    assert (marks(first), first.failed) == ("r", None)
    assert all(each.cached is None for each in second.steps) and what in (second.failed or "")
    assert (marks(third), third.failed) == ("C", None)


def test_directories_without_end(tmp_path: Path) -> None:
    """A tree that no disk would take ends its own build, and nothing of that build is known later."""
    deep, text = "/".join("d" * 1500), "FROM scratch\nCOPY a /a\nCOPY . /x\n"
    context = write(
        tmp_path,
        {"Dockerfile": text, ".dockerignore": "**/x\n", "a": "1"},
        {deep: "1", "a": "2"},
        {deep: None},
        {"a": "1"},
        below="app",
    )
    got = replayed(context).commits
    assert [marks(each) for each in got] == ["r r", "? ?", "r r", "C C"]
    assert got[1].failed == "directories in directories without end"


# --- the walk as a witness ------------------------------------------------------------------------------------------

PATHS = ("a", "a.log", "d/a", "d/b.log", "d/s/a", "d/s/b.log", "d/s/t/c", "d/x", "e/a", "e/b.log", "d/l", "d/s/l")
LINKS = ("a", "../e", "s/a", "/d/a")
RULES = (
    "**/*.log\n", "d/s\n", "*\n!d\n", "d/**\n!d/s/a\n", "**/s\n!**/s/t\n", "d/*\n!d/s\n", "**\n!**/a\n", "d/s/*\nd/x\n", "!d\n",
    "d/s\n!d/s/t/c\n", "e\n", "[a-c]\n", "**/t\n!d/s/t/c\n",
)  # fmt: skip


def random_history(number: int, paths: Sequence[str]) -> list[Changes]:
    """A few edits a commit, old contents among them; now and then other rules."""
    random = Random(f"history {number}")
    state: dict[str, str | Odd] = {"d/a": "1", "z": ""}
    out: list[Changes] = [dict(state)]
    for _ in range(9):
        changes: dict[str, str | Odd | None] = {}
        for path in random.sample(paths, random.randint(1, 3)):
            if path in state and random.random() < 0.3:
                changes[path] = None
            elif path.endswith("l"):
                changes[path] = link(random.choice(LINKS))
            else:
                text = str(random.randrange(3))
                changes[path] = executable(text) if random.random() < 0.2 else text
        if random.random() < 0.3:
            changes[".dockerignore"] = random.choice(RULES)
        state |= {path: content for path, content in changes.items() if content is not None}
        out.append(changes)
    return out


def sent(context: Path, dockerfile: Path, source: str) -> object:
    """What a COPY of `source` takes of a context on disk, by the walk; None: the build fails."""
    found = scan(context, dockerfile=dockerfile, keep_entries=True)
    if any(each.input.missing for each in found.inputs):
        return None
    out = []
    for each in found.entries:
        place = context / each.path
        if source == "." or each.path.startswith("d/"):
            plain = each.kind == "file"
            mode = place.stat().st_mode & 0o100 if plain else 0
            out.append(
                (each.path, each.kind, each.target, mode, place.read_bytes() if plain and not each.empty else b"")
            )
    return tuple(out)


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")
@pytest.mark.parametrize("source", [".", "d", "d/*"])
@pytest.mark.parametrize("number", [0, 1, *(pytest.param(each, marks=pytest.mark.slow) for each in range(2, 8))])
def test_the_walk_agrees(number: int, source: str, tmp_path: Path) -> None:
    """A COPY is cached if a walk of some earlier checkout finds the same entries with the same contents."""
    (tmp_path / "Dockerfile").write_text(f"FROM scratch\nCOPY {source} /x/\n")
    # A link that a wild card finds is followed, which a walk does not do.
    paths = [path for path in PATHS if source != "d/*" or path != "d/l"]
    context = write(tmp_path / "r", *random_history(number, paths), below="app")
    seen: set[object] = set()
    for commit in replay(scan(context, dockerfile=tmp_path / "Dockerfile"), 100).commits:
        git(tmp_path / "r", "checkout", "--quiet", "--force", commit.commit)
        found = sent(context, tmp_path / "Dockerfile", source)
        assert (commit.failed is None) == (found is not None), commit.subject
        if found is not None:
            assert commit.steps[0].cached == (found in seen), commit.subject
            seen.add(found)


# --- where things are -----------------------------------------------------------------------------------------------


def test_the_repository_in_the_context(tmp_path: Path) -> None:
    """A `.git` that the rules keep is another one after each commit, and that is said; excluded it is not there."""
    commits: Sequence[Changes] = (
        {"Dockerfile": "FROM scratch\nCOPY . /x\n", ".dockerignore": "Dockerfile\nn\n"}, {"n": "1"}, {"n": "2"},
    )  # fmt: skip
    kept = replayed(write(tmp_path / "kept", *commits))
    assert [marks(each) for each in kept.commits] == ["r", "r", "r"]
    assert kept.commits[2].steps[0].because == (".git",)
    assert any(".git" in each for each in kept.remarks)
    for number, rule in enumerate((".git", "**/.git", ".git/*", ".*")):
        start = {**commits[0], ".dockerignore": f"Dockerfile\nn\n{rule}\n"}
        gone = replayed(write(tmp_path / str(number), start, *commits[1:]))
        assert [marks(each) for each in gone.commits] == ["r", "C", "C"], rule
        assert not any(".git" in each for each in gone.remarks)


def test_a_repository_that_lies_elsewhere(tmp_path: Path) -> None:
    """A `.git` that is a file says where, and stays as it is."""
    write(tmp_path / "main", {"Dockerfile": "FROM scratch\nCOPY . /x\n", ".dockerignore": "n\n"}, {"n": "1"})
    git(tmp_path / "main", "worktree", "add", "--quiet", "--detach", str(tmp_path / "other"))
    assert [marks(each) for each in replayed(tmp_path / "other").commits] == ["r", "C"]


def test_files_of_each_commit(tmp_path: Path) -> None:
    """Each commit has its own Dockerfile and its own rules, as they are found on disk."""
    own = {
        "docker/app": "FROM scratch\nCOPY a /a\n",
        "docker/app.dockerignore": "b\n",
        ".dockerignore": "a\n",
        "a": "1",
    }
    write(tmp_path, own, {"docker/app": "FROM scratch\nCOPY a /a/\n"}, {"docker/app.dockerignore": None})
    got = replay(scan(tmp_path, dockerfile=tmp_path / "docker/app", ignore_file=None), 10).commits
    assert [(marks(each), each.failed is None) for each in got] == [("r", True), ("r", True), ("r", False)]


def test_a_dockerfile_outside_of_the_context(tmp_path: Path) -> None:
    """It is read in each commit where it lies; one that lies outside of the repository is the same for all."""
    start = {"Dockerfile": "FROM scratch\nCOPY a /a\n", "app/a": "1"}
    write(tmp_path / "r", start, {"Dockerfile": "FROM scratch\nCOPY a /b\n"}, {"app/a": "2"})
    inside = replay(scan(tmp_path / "r/app", dockerfile=tmp_path / "r/Dockerfile"), 10).commits
    assert [marks(each) for each in inside] == ["r", "r", "r"]
    (tmp_path / "Dockerfile").write_text(start["Dockerfile"])
    outside = replay(scan(tmp_path / "r/app", dockerfile=tmp_path / "Dockerfile"), 10).commits
    assert [marks(each) for each in outside] == ["r", "C", "r"]
    given = replay(scan(tmp_path / "r/app", dockerfile_text=start["Dockerfile"].encode()), 10).commits
    assert [marks(each) for each in given] == ["r", "C", "r"]


def test_contexts_with_names(tmp_path: Path) -> None:
    """One in the repository is that of the commit, with its own rules; another one stays as it is."""
    text = "FROM scratch\nCOPY --from=lib x /x\nCOPY --from=lib . /y\n"
    commits: Sequence[Changes] = (
        {"app/Dockerfile": text, "lib/x": "1", "lib/.dockerignore": "z"},
        {"lib/z": "1"},
        {"lib/y": ""},
    )
    write(tmp_path / "r", *commits, {"lib/x": "2"})
    found = scan(tmp_path / "r/app", build_contexts={"lib": str(tmp_path / "r/lib")})
    assert [marks(each) for each in replay(found, 10).commits] == ["r r", "C C", "C r", "r r"]
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/x").write_text("1")
    found = scan(tmp_path / "r/app", build_contexts={"lib": str(tmp_path / "lib")})
    assert [marks(each) for each in replay(found, 10).commits] == ["r r", "C C", "C C", "C C"]


def test_a_context_that_was_not_there(tmp_path: Path) -> None:
    """A commit without the directory has no build."""
    write(tmp_path, {"a": "1"}, {"app/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n"})
    first, second = replayed(tmp_path / "app").commits
    assert (first.steps, first.failed) == ((), "no such directory")
    assert marks(second) == "r"


def test_build_arguments_and_target(tmp_path: Path) -> None:
    """They hold for every commit."""
    text = "FROM scratch AS one\nARG F\nCOPY $F /x\nFROM scratch\nCOPY . /\n"
    write(tmp_path, {"app/Dockerfile": text, "app/a": "1", "app/b": "1"}, {"app/a": "2"}, {"app/b": "2"})
    found = scan(tmp_path / "app", target="one", build_args={"F": "a"})
    assert [marks(each) for each in replay(found, 10).commits] == ["r", "r", "C"]


# --- how many -------------------------------------------------------------------------------------------------------


def test_the_commit_before_warms_the_cache(tmp_path: Path) -> None:
    """Of the last N commits the first finds what the one before left; the very first one finds nothing."""
    context = write(tmp_path, *({"Dockerfile": "FROM scratch\nCOPY a /a\n", "a": text} for text in "1123"), below="app")
    assert [marks(each) for each in replayed(context, 3).commits] == ["C", "r", "r"]
    assert [marks(each) for each in replayed(context, 4).commits] == ["r", "C", "r", "r"]
    assert [each.of for each in replayed(context, 3).summary] == [3]
    assert [each.of for each in replayed(context, 4).summary] == [3]


# --- who is to blame ------------------------------------------------------------------------------------------------

TWO = "FROM node AS a\nCOPY a /a\nRUN x\nFROM node\nCOPY --from=a /o /o\nCOPY b /b\nRUN y\n"
BLAME: dict[str, tuple[Changes, Changes, list[tuple[str, ...]]]] = {
    "the file": ({"Dockerfile": TWO, "a": "1", "b": "1"}, {"b": "2", "c": "2"}, [(), (), (), ("b",), ("b",)]),
    "the files of the first step": ({"Dockerfile": TWO, "a": "1", "b": "1"}, {"a": "2"}, [("a",)] * 5),
    "in the order of git": (
        {"Dockerfile": "FROM node\nCOPY d /d\n", "d/a": "1", "d/b/c": "1"},
        {"d/b/c": "2", "d/a": None, "d/B": "1"},
        [("d/B", "d/a", "d/b/c")],
    ),
    "not what is excluded": (
        {"Dockerfile": "FROM node\nCOPY . /d\n", "a": "1", ".dockerignore": "x\n"}, {"a": "2", "x": "1"}, [("a",)],
    ),
    "not what the copy excludes": (
        {"Dockerfile": "FROM node\nCOPY --exclude=*.md d /d\n", "d/a": "1"}, {"d/a": "2", "d/b.md": "1"}, [("d/a",)],
    ),
    "what a glob takes": (
        {"Dockerfile": "FROM node\nCOPY d/*.c /d/\n", "d/a.c": "1"}, {"d/a.c": "2", "d/b.h": "1"}, [("d/a.c",)],
    ),
    "what a link leads to": (
        {"Dockerfile": "FROM node\nCOPY l /d\n", "l": link("d"), "d/a": "1"}, {"d/a": "2", "l2": ""}, [("d/a",)],
    ),
    "what went": ({"Dockerfile": "FROM node\nCOPY d /d\n", "d/a": "1", "d/b": "1"}, {"d/b": None}, [("d/b",)]),
    "the Dockerfile": (
        {"Dockerfile": "FROM node\nRUN a\nRUN b\n"}, {"Dockerfile": "FROM node\nRUN a\nRUN c\n"}, [(), ("Dockerfile",)],
    ),
    "the base": ({"Dockerfile": "FROM node:1\nRUN a\n"}, {"Dockerfile": "FROM node:2\nRUN a\n"}, [("Dockerfile",)]),
    "the rules": (
        {"Dockerfile": "FROM node\nCOPY d /d\n", "d/a": "1", "d/b": "1"}, {".dockerignore": "d/b\n"}, [(".dockerignore",)],
    ),
    "the missing source": (
        {"Dockerfile": "FROM node\nCOPY a /a\nRUN x\n", "a": "1"}, {"a": None}, [("a",), ()],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second", "want"), BLAME.values(), ids=BLAME)
def test_because(first: Changes, second: Changes, want: list[tuple[str, ...]], tmp_path: Path) -> None:
    """The files to blame are those that a step takes and the commit changed."""
    before, after = replayed(write(tmp_path, first, second, below="app")).commits
    assert not any(each.because for each in before.steps)
    assert [each.because for each in after.steps] == want


def test_a_new_combination_names_what_changed(tmp_path: Path) -> None:
    """Also where the step that takes it was in the cache."""
    first = {"Dockerfile": "FROM scratch\nCOPY a /a\nCOPY b /b\n", "a": "1", "b": "1"}
    commits = replayed(write(tmp_path, first, {"a": "2"}, {"a": "1", "b": "2"}, {"a": "2"}, below="app")).commits
    assert [each.because for each in commits[-1].steps] == [(), ("a",)]


def test_a_long_list_is_cut(tmp_path: Path) -> None:
    """Ten files are named, the same ones each time."""
    first = {"Dockerfile": "FROM scratch\nCOPY d /d\n", "d/x": ""}
    context = write(tmp_path, first, {f"d/{number:03}": "" for number in range(300)}, below="app")
    assert replayed(context).commits[1].steps[0].because == tuple(f"d/{number:03}" for number in range(10))


# --- the summary ----------------------------------------------------------------------------------------------------

INSTALL = "FROM node\nCOPY . /app\nRUN npm ci\n"
#: README.md twice, docs once, src twice, of which once with docs.
LIFE: Sequence[Changes] = (
    {"Dockerfile": INSTALL, "README.md": "1", "docs/a": "1", "src/a": "1", "package.json": "{}"},
    {"README.md": "2"},
    {"docs/a": "2"},
    {"src/a": "2", "docs/a": "3"},
    {"README.md": "3"},
    {"src/a": "3"},
)


def test_counts(tmp_path: Path) -> None:
    """As it was, today, after the proposals, in another order: counted by hand."""
    context = write(tmp_path, *LIFE, below="app")
    ordered = b"FROM node\nCOPY package.json /app/\nRUN npm ci\nCOPY . /app\n"
    copy, install = replayed(context, after=b"README.md\ndocs\n", reordered=ordered).summary
    assert (copy.text, install.text, install.of, install.there) == ("COPY . /app", "RUN npm ci", 5, 5)
    assert [(each.was.reran, each.today.reran, each.after.reran) for each in (copy, install)] == [(5, 5, 2)] * 2
    assert install.reordered is not None and copy.reordered is not None
    assert (copy.reordered.reran, install.reordered.reran) == (5, 0)
    assert (install.spared, install.spared_because) == (3, (("README.md", 2), ("docs/", 1)))
    assert install.because == (("README.md", 2), ("docs/", 2), ("src/", 2))


def test_what_is_there_today_counts(tmp_path: Path) -> None:
    """Today's Dockerfile and rules are those of the working tree, and a step is found again by its words."""
    old = "FROM node\nCOPY src /src\nRUN npm ci\n"
    context = write(
        tmp_path, {**LIFE[0], "Dockerfile": old}, *LIFE[1:4], {"Dockerfile": INSTALL}, *LIFE[4:], below="app"
    )
    (context / ".dockerignore").write_text("docs\n")
    copy, install = replayed(context).summary
    assert (copy.of, copy.there, copy.was.reran, copy.today.reran) == (6, 3, 3, 5)
    assert (install.there, install.was.reran, install.today.reran) == (6, 4, 5)


def test_commits_that_cannot_be_built_are_told(tmp_path: Path) -> None:
    """How many of how many; they are none in which a step was done again."""
    context = write(tmp_path, {"a": "1"}, {"a": "2"}, {"Dockerfile": "FROM scratch\nCOPY a /a\n"}, below="app")
    found = replayed(context)
    assert "as they were, 2 of 3 commits cannot be built" in found.remarks
    (copy,) = found.summary
    assert (copy.of, copy.there, copy.was.reran, copy.today.reran) == (2, 1, 1, 1)


def test_unknown_is_counted_apart(tmp_path: Path) -> None:
    """A step of which nobody can tell is not one that was done again."""
    text = "FROM node AS a\nCOPY e /e\nRUN x\nFROM node\nCOPY --from=a /o /o\n"
    (*_, taken) = replayed(write(tmp_path, {"Dockerfile": text, "e": "1"}, {"e": "2"}, {"f": ""}, below="app")).summary
    assert (taken.of, taken.was.reran, taken.was.unknown) == (2, 0, 1)


# --- what is printed ------------------------------------------------------------------------------------------------


def command(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return commandline.run("--color=never", *arguments, cwd=where)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose ignore file lacks what git ignores: proposals there are."""
    return write(tmp_path, *LIFE, below="app")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--replay"], 6),
        (["--replay", "."], 6),
        (["--replay", "2", "."], 2),
        (["--replay=3"], 3),
        ([".", "--replay"], 6),
    ],
    ids=["alone", "before the context", "number", "equals", "after the context"],
)
def test_the_number_may_be_left_out(words: list[str], count: int, project: Path) -> None:
    """What follows is the context unless it is a number."""
    done = command(project, *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    (build,) = json.loads(done.stdout)["builds"]
    assert len(build["replay"]["commits"]) == count and build["context"] == "."


def test_json(project: Path) -> None:
    """It validates, has the newest commit last, and is the same each time."""
    done = command(project, "--replay", "--format", "json")
    document = json.loads(done.stdout)
    REPORT.validate(document)
    found = document["builds"][0]["replay"]
    assert [each["subject"] for each in found["commits"]] == [f"commit {number}" for number in range(6)]
    assert found["commits"][-1]["steps"] == [
        {"stage": 0, "line": 2, "instruction": "COPY", "text": "COPY . /app", "cached": False, "because": ["src/a"]},
        {"stage": 0, "line": 3, "instruction": "RUN", "text": "RUN npm ci", "cached": False, "because": ["src/a"]},
    ]
    assert {"of": 5, "reran": 5, "reran_today": 5}.items() <= found["summary"][1].items()
    assert command(project, "--replay", "--format", "json").stdout == done.stdout


def test_the_sentence_to_take_home(tmp_path: Path) -> None:
    """How often, for whose sake, and what is left with the proposals: the text says it in one sentence."""
    first = {"Dockerfile": "FROM node\nCOPY . /app\nRUN npm ci\n", "package.json": "{}", "Makefile": "", "src/a": "1"}
    context = write(
        tmp_path, first, {".github/workflows/ci.yml": "1"}, {".github/workflows/ci.yml": "2"}, {"src/a": "2"}
    )
    done = command(context, "--replay")
    said = " ".join(done.stdout.split())
    assert (
        "RUN npm ci, COPY . /app re-ran in 3 of the last 3 commits; in 2 of them only because of .git, .github/" in said
    )
    assert said.partition("with the proposals: ")[2].startswith("1")
    assert "copies .git, which changes with every commit" in said


def test_a_step_that_nothing_spares(tmp_path: Path) -> None:
    """It is told who is to blame, and with `--check` below the findings."""
    text = "FROM node\nCOPY src /src\nRUN make\n"
    context = write(tmp_path, {"Dockerfile": text, "src/a": "1"}, {"src/a": "2"}, {"README.md": "2"}, below="app")
    for words in (["--replay"], ["--replay", "--check"]):
        said = " ".join(command(context, *words).stdout.split())
        assert "RUN make re-ran in 1 of the last 2 commits: src/ in 1" in said


def test_markdown_has_the_counts(project: Path) -> None:
    """One row for each step."""
    said = command(project, "--replay", "--format", "markdown").stdout
    assert "### Steps that re-ran in the last 5 commits" in said
    assert "| `RUN npm ci` | 5 | 5 |" in said


def test_the_page_has_the_figures_of_the_json(project: Path) -> None:
    """Counts, blame and commits, the newest first."""
    page = command(project, "--replay", "--format", "html").stdout
    (told,) = json.loads(page.partition('id="data">')[2].partition("</script>")[0])["builds"]
    (build,) = json.loads(command(project, "--replay", "--format", "json").stdout)["builds"]
    assert told["replay"]["of"] == build["replay"]["summary"][0]["of"]
    for row, each in zip(told["replay"]["steps"], build["replay"]["summary"], strict=True):
        assert (row["text"], row["line"]) == (each["text"], each["line"])
        assert [one and one[0] for one in row["counts"][:3]] == [
            each["reran"], each["reran_today"], each["reran_after"],
        ]  # fmt: skip
    assert [each["subject"] for each in told["replay"]["commits"]] == [
        each["subject"] for each in build["replay"]["commits"][::-1]
    ]
    plain = command(project, "--format", "html").stdout
    assert json.loads(plain.partition('id="data">')[2].partition("</script>")[0])["builds"][0]["replay"] is None


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_names_from_a_history_are_escaped(form: str, tmp_path: Path) -> None:
    """Names and subjects of a stranger's commits cannot forge lines or commands."""
    evil, worse = "a\n::error::x\x1b[31m", "b\udcff"
    first = {"Dockerfile": "FROM scratch\nCOPY d /d\n", f"d/{evil}": "1", f"d/{worse}": "1"}
    commits: Sequence[Changes] = (first, {f"d/{evil}": "2", f"d/{worse}": "2"}, {f"d/{evil}": "3", f"d/{worse}": None})
    write(tmp_path, *commits, below="app", subjects=("x", "y", "::error::y\x1b[31m `<b>` @z"))
    done = command(tmp_path / "app", "--replay", "--format", form)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert not any(line.strip().startswith("::") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ["--facts"], ["--list"], ["--explain", "a"], ["--fix"], ["--diff"], ["--format", "sarif"], ["--format", "github"],
        ["--builder", "classic"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_does_not_go_together(words: list[str], project: Path) -> None:
    """It is said in one line, and nothing is printed."""
    done = command(project, "--replay", "3", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ctxscan: error: --replay") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["--replay=0"], ["--replay=x"], ["--replay=-1"]], ids=" ".join)
def test_no_number(words: list[str], project: Path) -> None:
    """A number of commits is at least one."""
    assert command(project, *words).returncode == 2


def test_without_a_dockerfile(tmp_path: Path) -> None:
    """There is nothing to replay."""
    write(tmp_path, {"a": "1"})
    with pytest.raises(CtxscanError, match="needs a Dockerfile"):
        replayed(tmp_path)


@pytest.mark.slow
def test_it_costs_nothing_where_it_is_not_asked_for(project: Path) -> None:
    """Neither the report nor another format imports it."""
    for form in ("text", "json", "markdown"):
        assert not {each for each in loaded("--format", form, cwd=project) if each.startswith("ctxscan.replay")}
