"""A history built by a real BuildKit, commit by commit with its cache kept: what it had in its cache is what we say.

The `.git` lies outside of the context. The commands write the same for the same input and something else for another one,
but for a change of mode; what they wrote is never combined with a file of long ago, since it might be the same again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.engine import BUSYBOX, Engine, need
from support.histories import Changes, executable, git, link, write

from ctxscan import scan
from ctxscan.opinions import reviews
from ctxscan.replay.replay import replay
from ctxscan.replay.summary import ReplayedCommit

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="builds with engines for Linux"),
]

#: The first step tells the caches of two passes apart: whatever comes after it stands on it. It is no WORKDIR, since
#: this BuildKit loses what one makes of nothing.
SLOW = """\
FROM scratch AS tools
COPY bin /{name}
COPY bin /bin
FROM tools AS build
WORKDIR /app
COPY . .
RUN ["/bin/sh", "-c", "cat package.json > /installed"]
RUN ["/bin/sh", "-c", "cat src/* > /bundle"]
FROM scratch AS final
COPY conf/*.conf /{name}/conf/
COPY --from=build /bundle /bundle
COPY conf/*.conf /conf/
COPY --from=tools /bin /bin
"""
FAST = SLOW.replace("COPY . .", "COPY package.json ./").replace("/installed\"]", "/installed\"]\nCOPY src ./src")  # fmt: skip


def commits(name: str) -> Sequence[Changes]:
    """An ordinary life: files that matter and files that do not, a return, a mode, links, rules, another Dockerfile."""
    slow, fast = SLOW.format(name=name), FAST.format(name=name)
    shell = executable(BUSYBOX.read_bytes().decode(errors="surrogateescape"))
    return (
        {
            "Dockerfile": slow, "bin/sh": shell, "bin/cat": link("sh"), "package.json": "{}", "README.md": "1",
            "docs/guide.md": "1", "src/a": "1", "src/b": "2", "conf/a.conf": "1", "conf/note": "1",
            ".github/workflows/ci.yml": "1",
        },
        {"README.md": "2"},
        {"src/a": "3"},
        # Worth a rule by its size.
        {"docs/guide.md": "2", ".github/workflows/ci.yml": "2" * 3000},
        {"src/a": "1"},
        {"conf/note": "2"},
        {"conf/a.conf": "2"},
        {"package.json": "{ }"},
        {"src/b": executable("2")},
        {"docs/more": link("guide.md")},
        {".dockerignore": "docs\n"},
        {"docs/guide.md": "3"},
        {"Dockerfile": fast},
        {"README.md": "3"},
        {"src/c": "4"},
        {"package.json": "{}"},
        {"src/c": None},
        {"Dockerfile": fast.replace("cat src/*", "cat src/* src/a")},
        {"conf/a.conf": "3", "README.md": "1"},
        {"Dockerfile": slow, ".dockerignore": None, "docs/guide.md": "2"},
        {"src/a": "9"},
    )  # fmt: skip


def built(engine: Engine, context: Path) -> dict[str, bool]:
    """The steps of a build of what is checked out, and whether they were in the cache."""
    done = engine.build(context, builder="buildkit")
    assert done.error is None, done.log
    return {f"{name.split()[0]}] {name.partition('] ')[2]}": cached for name, cached in done.steps}


def said(commit: ReplayedCommit) -> dict[str, bool | None]:
    """The same by our account."""
    return {f"[{each.stage}] {each.text}": each.cached for each in commit.steps}


def test_a_history(engine: Engine, tmp_path: Path) -> None:
    """Every step of every commit that is decided."""
    need(engine, "buildkit", busybox=True)
    life = commits("was")
    context = write(tmp_path, *life, below="app")
    replayed = replay(scan(context), len(life)).commits
    wrong, compared, unknown = [], 0, 0
    for number, commit in enumerate(replayed):
        git(tmp_path, "checkout", "--quiet", "--force", commit.commit)
        ours, theirs = said(commit), built(engine, context)
        assert set(ours) == set(theirs), number
        for step, cached in ours.items():
            compared += cached is not None
            unknown += cached is None
            if cached not in (None, theirs[step]):
                wrong.append(f"commit {number}: {step}: {'cached' if theirs[step] else 'done again'}")
    assert not wrong, "\n".join(wrong)
    assert compared > 150 and unknown


def test_before_and_after_the_proposals(engine: Engine, tmp_path: Path) -> None:
    """The figures of the summary: the same trees built with the files of today, and with the rules that are proposed."""
    need(engine, "buildkit", busybox=True)
    life = commits("now")
    context = write(tmp_path, *life, below="app")
    found = scan(context)
    proposed = reviews((found,), configs=(None,), consents=("tests", "docs"))[0].proposed
    assert proposed is not None and proposed.changes
    summary = replay(found, len(life), after=proposed.text).summary
    assert any(each.spared for each in summary)
    dockerfile = (context / "Dockerfile").read_text(encoding="utf-8")
    for name, rules in (("today", b""), ("after", proposed.text)):
        again: dict[str, int] = {}
        for number in range(len(life)):
            git(tmp_path, "checkout", "--quiet", "--force", f"main~{len(life) - 1 - number}")
            (tmp_path / "Dockerfile").write_text(dockerfile.replace("/now", f"/{name}"), encoding="utf-8")
            (tmp_path / "Dockerfile.dockerignore").write_bytes(rules)
            done = engine.build(context, builder="buildkit", dockerfile=tmp_path / "Dockerfile")
            assert done.error is None, done.log
            for step, cached in done.steps:
                again[step] = again.get(step, 0) + (number > 0 and not cached)
        theirs = [count for _, count in sorted(again.items())]
        ours = {each.text.replace("/now", f"/{name}"): getattr(each, name) for each in summary}
        for step, count in again.items():
            mine = ours[step.partition("] ")[2]]
            assert mine.reran <= count <= mine.reran + mine.unknown, (name, step, theirs)
