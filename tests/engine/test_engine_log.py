"""Logs of a real BuildKit: the seconds and CACHED of every step, as it comes and as CI systems keep it."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest
from support import projects
from support.dockerfiles import BASE
from support.engine import BUSYBOX, Engine, need

from ctxscan import scan
from ctxscan.postbuild.log import read_log
from ctxscan.postbuild.timing import LogFacts, timed

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="builds with engines for Linux"),
]

DOCKERFILE = (
    BASE + "COPY busybox /bin/sleep\nFROM base AS build\nWORKDIR /w\nCOPY package.json .\nRUN sleep 3\nCOPY . .\n"
    "RUN cat src/a > /a && sleep 1\nRUN echo '#3 DONE 99.0s' && echo '#9 [build 2/2] RUN no step' && echo '#4 CACHED'\n"
    "FROM base\nCOPY --from=build /a /a\nRUN cat /a > /b\n"
)
#: What CI systems put before a line.
PREFIXES = {
    "nothing": "",
    "GitHub": "2026-03-01T09:30:00.1234567Z ",
    "GitLab": "2026-03-01T09:30:00.123456Z 01O ",
    "a job": "[ci/build]   | ",
    "color": "\x1b[0;m",
}


def facts(log: str, context: Path, prefix: str = "") -> LogFacts:
    text = "\n".join(f"{prefix}{line}" for line in log.splitlines())
    found = scan(context)
    assert found.plan is not None
    return timed([read_log(io.BytesIO(text.encode()), "build.log")], found.plan, found.transfer.shown)


def test_seconds_and_cached_are_those_of_the_build(engine: Engine, tmp_path: Path) -> None:
    """Three builds: all anew, all cached, and after an edit. The steps that sleep take as long as they sleep."""
    need(engine, "buildkit", busybox=True)
    context = tmp_path / "context"
    marker = tmp_path.name
    projects.write(
        context, {"Dockerfile": DOCKERFILE, "package.json": f'"{marker}"\n', "src/a": "1\n", ".dockerignore": "x\n"}
    )
    shutil.copy(BUSYBOX, context / "busybox")
    (context / "busybox").chmod(0o755)
    first = engine.build(context, builder="buildkit")
    assert first.error is None, first.log
    second = engine.build(context, builder="buildkit")
    (context / "src" / "a").write_text("2\n")
    third = engine.build(context, builder="buildkit")
    ours = scan(context)
    assert ours.plan is not None
    build = {step.line for stage in ours.plan.stages if stage.name == "build" for step in stage.steps}
    last = {step.line for step in ours.plan.target.steps}
    copy = next(step.line for stage in ours.plan.stages for step in stage.steps if step.instruction.text == "COPY . .")
    for prefix in PREFIXES.values():
        told = {each.line: each for each in facts(first.log, context, prefix).steps}
        assert not facts(first.log, context, prefix).unmatched
        sleeping = {
            each.text: each.seconds for each in told.values() if "sleep" in each.text and each.instruction == "RUN"
        }
        assert 3 <= (sleeping["RUN sleep 3"] or 0) < 60 and 1 <= (sleeping["RUN cat src/a > /a && sleep 1"] or 0) < 60
        assert all(told[line].seen for line in build | last)
        again = {each.line: each for each in facts(second.log, context, prefix).steps}
        assert all(again[line].cached and not again[line].runs for line in build | last)
        edited = {each.line: each for each in facts(third.log, context, prefix).steps}
        assert all(bool(edited[line].cached) == (line < copy) for line in build)
    # The support of the tests reads the log in a way of its own.
    names = dict(second.steps)
    assert all(names[name] for name in names if "RUN" in name or "COPY --from" in name)
    assert facts(first.log, context).transferred == (first.printed,) == (ours.transfer.shown,) or first.printed
