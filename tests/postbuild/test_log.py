"""Logs of builds: real ones, what CI systems make of them, and the forms of other releases."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import histories
from support.archives import KEY, project
from support.command import run
from support.schemas import REPORT

from ctxscan import scan
from ctxscan.errors import CtxscanError
from ctxscan.postbuild.log import BuildLog, Vertex, read_log, step_name
from ctxscan.postbuild.timing import LogFacts, timed
from ctxscan.replay.price import priced
from ctxscan.replay.replay import replay

LOGS = Path(__file__).parents[2] / "testdata" / "logs"
#: What the recorded log of `front` says, read by hand: seconds, or None where it was cached.
FRONT = {2: 0.2, 3: 0.1, 4: 0.2, 5: 0.2, 8: None, 9: 0.1, 10: 0.1, 11: 0.1}


def log(text: str | bytes) -> BuildLog:
    return read_log(io.BytesIO(text.encode() if isinstance(text, str) else text), "build.log")


def facts(where: Path, *texts: str, dockerfile: str | None = None) -> LogFacts:
    context = project(where, "front", **({} if dockerfile is None else {"Dockerfile": dockerfile}))
    found = scan(context)
    assert found.plan is not None
    return timed([log(text) for text in texts], found.plan, found.transfer.shown)


def seconds(told: LogFacts) -> dict[int, float | None]:
    return {each.line: each.seconds for each in told.steps if each.seen}


def recorded(name: str = "front") -> str:
    return (LOGS / f"{name}.log").read_text(encoding="utf-8")


def test_a_real_log_tells_every_step(tmp_path: Path) -> None:
    """Each step has its seconds or was cached, and the transfer is the one foretold."""
    told = facts(tmp_path, recorded())
    assert seconds(told) == FRONT
    assert [each.line for each in told.steps if each.cached] == [8]
    assert (told.unmatched, told.transferred) == ((), (told.foretold,))


def _github(text: str) -> str:
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    lines = []
    for number, line in enumerate(text.splitlines()):
        stamp = (at + timedelta(milliseconds=137 * number)).strftime("%Y-%m-%dT%H:%M:%S.%f")
        lines.append(f"{stamp}1Z {line}")
    return "\n".join(
        ["2026-03-01T09:29:59.0000000Z ##[group]Build", *lines, "2026-03-01T09:31:00.0000000Z ##[endgroup]"]
    )


def _download(text: str) -> str:
    """As `gh run view --log` prints it: job and step before the stamp."""
    return "\n".join(f"build\tBuild and push\t{line}" for line in _github(text).splitlines())


def _gitlab(text: str) -> str:
    lines = [f"2026-03-01T09:30:{number % 60:02d}.123456Z 01O {line}" for number, line in enumerate(text.splitlines())]
    start = "2026-03-01T09:30:00.000000Z 00O+section_start:1772357400:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting\x1b[0;m"
    return "\n".join([start, *lines])


def _gitlab_plain(text: str) -> str:
    return (
        "section_start:1772357400:step_script[collapsed=true]\r\x1b[0K\x1b[32;1m$ docker build .\x1b[0;m\n"
        + "\n".join(f"\x1b[0;m{line}\r" for line in text.splitlines())
    )


#: What stands before each line in the logs of different places.
PREFIXES = {
    "none": lambda text: text,
    "GitHub": _github,
    "GitHub, downloaded": _download,
    "GitLab with time stamps": _gitlab,
    "GitLab": _gitlab_plain,
    "a runner of actions": lambda text: "\n".join(f"[ci/build]   | {line}" for line in text.splitlines()),
    "compose": lambda text: "\n".join(f"web-1  | {line}" for line in text.splitlines()),
    "a time in brackets": lambda text: "\n".join(f"[2026-03-01T09:30:00.123Z] {line}" for line in text.splitlines()),
    "a clock": lambda text: "\n".join(f"09:30:00 {line}" for line in text.splitlines()),
    "Windows": lambda text: text.replace("\n", "\r\n"),
    "colors": lambda text: "\n".join(f"\x1b[34m{line}\x1b[0m" for line in text.splitlines()),
}


@pytest.mark.parametrize("place", PREFIXES)
def test_a_log_is_read_as_ci_keeps_it(place: str, tmp_path: Path) -> None:
    assert seconds(facts(tmp_path, PREFIXES[place](recorded()))) == FRONT


def test_a_log_in_utf_16_is_read() -> None:
    """A shell of Windows redirects so."""
    assert log(recorded().encode("utf-16")) == log(recorded())


#: The same build as releases print it. The form of 0.5 is a table for each step.
RELEASES = {
    "0.26": """\
#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 354B 0.0s done
#1 DONE 0.0s

#4 [internal] load build context
#4 transferring context: 98B done
#4 transferring context: 1.23MB 0.4s done
#4 DONE 0.4s

#5 [stage-1 2/5] WORKDIR /app
#5 CACHED

#6 [build 3/5] COPY . .
#6 DONE 0.1s

#7 [build 4/5] RUN bundle .env bundle.js
#7 0.212 #6 DONE 99.0s
#7 0.300 [build 5/5] RUN no step
#7 1.2 #99 [build 2/5] WORKDIR /src
#7 ...

#8 [stage-1 5/5] COPY src src
#8 DONE 0.3s

#7 [build 4/5] RUN bundle .env bundle.js
#7 12.10 CACHED
#7 DONE 71.5s

#9 [build 5/5] RUN cp conf/a.yml settings.yml
#9 ERROR: process "/bin/sh -c cp" did not complete successfully: exit code: 1
------
 > [build 5/5] RUN cp conf/a.yml settings.yml:
#10 [stage-1 3/5] COPY --from=build /src/bundle.js public/app.js
#10 CANCELED
""",
    "0.5": """\
#1 [internal] load build definition from Dockerfile
#1       digest: sha256:12
#1         name: "[internal] load build definition from Dockerfile"
#1      started: 2019-05-22 21:38:10.51 +0000 UTC
#1    completed: 2019-05-22 21:38:10.53 +0000 UTC
#1     duration: 20.5ms
#1 transferring dockerfile: 31B done

#4 [internal] load build context
#4     duration: 400ms
#4 transferring context: 1.23MB 0.4s done

#5 [stage-1 2/5] WORKDIR /app
#5       cached: true

#6 [build 3/5] COPY . .
#6     duration: 100ms

#7 [build 4/5] RUN bundle .env bundle.js
#7 0.212 #6 DONE 99.0s
#7     duration: 1m11.5s

#8 [stage-1 5/5] COPY src src
#8     duration: 300ms

#9 [build 5/5] RUN cp conf/a.yml settings.yml
#9     duration: 1s
#9        error: "exit code 1"
""",
}


@pytest.mark.parametrize("release", RELEASES)
def test_the_forms_of_releases_are_read(release: str, tmp_path: Path) -> None:
    """Also where what a command prints looks like BuildKit's own lines, and where steps take turns."""
    told = facts(tmp_path, RELEASES[release])
    assert {line: value for line, value in seconds(told).items() if value} == {3: 0.1, 4: 71.5, 11: 0.3}
    assert [each.line for each in told.steps if each.cached] == [8]
    assert [each.line for each in told.steps if each.failed] == [5]
    assert told.transferred == ("1.23MB",)


def _raw(*, indented: bool) -> str:
    """The same as objects, as `--progress=rawjson` writes them."""
    events = [
        {"vertexes": [{"digest": "sha256:4", "name": "[internal] load build context", "started": "2026-03-01T09:30:00.000000001Z"}]},
        {"statuses": [{"id": "transferring context:", "vertex": "sha256:4", "current": 1230000, "timestamp": "2026-03-01T09:30:01Z"}]},
        {"vertexes": [{"digest": "sha256:5", "name": "[stage-1 2/5] WORKDIR /app", "started": "2026-03-01T09:30:01Z", "completed": "2026-03-01T09:30:01Z", "cached": True}]},
        {"vertexes": [{"digest": "sha256:7", "name": "[build 4/5] RUN bundle .env bundle.js", "started": "2026-03-01T09:30:00.5Z"}]},
        {"logs": [{"vertex": "sha256:7", "stream": 1, "data": "eA==", "timestamp": "2026-03-01T09:30:01Z"}]},
        {"vertexes": [{"digest": "sha256:7", "name": "[build 4/5] RUN bundle .env bundle.js", "started": "2026-03-01T09:30:00.5Z", "completed": "2026-03-01T09:31:12.0Z"}]},
        {"vertexes": [{"digest": "sha256:8", "name": "[stage-1 5/5] COPY src src", "started": "2026-03-01T09:30:00Z", "completed": "2026-03-01T09:30:00.1Z"}]},
        {"vertexes": [{"digest": "sha256:8", "name": "[stage-1 5/5] COPY src src", "started": "2026-03-01T09:31:00Z", "completed": "2026-03-01T09:31:00.2Z"}]},
        {"vertexes": [{"digest": "sha256:9", "name": "[build 5/5] RUN cp conf/a.yml settings.yml", "started": "2026-03-01T09:31:12Z", "completed": "2026-03-01T09:31:13Z", "error": "exit code: 1"}]},
    ]  # fmt: skip
    return "".join(json.dumps(each, indent=2 if indented else None) + "\n" for each in events)


@pytest.mark.parametrize("indented", [False, True])
@pytest.mark.parametrize("place", ["none", "GitHub"])
def test_rawjson_is_read(indented: bool, place: str, tmp_path: Path) -> None:
    """On one line each or on many; a step that is begun anew has the time of both."""
    text = _raw(indented=indented)
    if place == "GitHub":
        text = "\n".join(f"2026-03-01T09:30:00.1234567Z {line}" for line in text.splitlines())
    told = facts(tmp_path, text)
    assert {line: round(value, 3) for line, value in seconds(told).items() if value} == {4: 71.5, 11: 0.3}
    assert [each.line for each in told.steps if each.cached] == [8]
    assert [each.line for each in told.steps if each.failed] == [5]
    assert told.transferred == ("1.23MB",)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("[build 3/5] RUN npm ci", (("build",), 3, 5, "RUN npm ci")),
        ("[3/5] RUN npm ci", ((), 3, 5, "RUN npm ci")),
        ("[linux/amd64 build 3/5] RUN npm ci", (("build",), 3, 5, "RUN npm ci")),
        ("[linux/amd64->arm64 build 3/5] RUN npm ci", (("build",), 3, 5, "RUN npm ci")),
        ("[web build 3/5] RUN npm ci", (("web", "build"), 3, 5, "RUN npm ci")),
        ("[build 1/5] FROM docker.io/library/node:22", None),
        ("[internal] load build context", None),
        ("exporting to image", None),
        ("[auth] library/node:pull token for registry", None),
    ],
)
def test_names_of_steps_are_read(name: str, found: tuple[object, ...] | None) -> None:
    step = step_name(name)
    assert (None if step is None else tuple(step)) == found


def test_steps_alike_are_told_apart_by_their_number(tmp_path: Path) -> None:
    """The same text twice in one stage, and in two; values of variables; a name that was cut."""
    dockerfile = (
        "FROM scratch AS one\nRUN make\nCOPY src /a\nRUN make\nFROM scratch AS two\nARG V=7\nRUN make\nCOPY src /v$V\n"
        "RUN true with a very long command that no log has in full\nCOPY --from=one /a /a\n"
    )
    text = (
        "#1 [one 1/3] RUN make\n#1 DONE 1.0s\n#2 [one 2/3] COPY src /a\n#2 DONE 2.0s\n#3 [one 3/3] RUN make\n#3 DONE 3.0s\n"
        "#4 [two 1/4] RUN make\n#4 DONE 4.0s\n#5 [two 2/4] COPY src /v7\n#5 DONE 5.0s\n"
        "#6 [two 3/4] RUN true with a very long comm...\n#6 DONE 6.0s\n#7 [two 4/4] COPY --from=one /a /a\n#7 DONE 7.0s\n"
        "#8 [three 1/1] RUN nothing of this\n#8 DONE 8.0s\n#9 [two 9/9] RUN another\n#9 DONE 9.0s\n"
    )
    told = facts(tmp_path, text, dockerfile=dockerfile)
    assert seconds(told) == {2: 1.0, 3: 2.0, 4: 3.0, 7: 4.0, 8: 5.0, 9: 6.0, 10: 7.0}
    assert told.unmatched == ("[three 1/1] RUN nothing of this", "[two 9/9] RUN another")


def test_of_several_logs_the_median_counts(tmp_path: Path) -> None:
    """A log in which a step was cached has no time of it."""
    texts = [
        f"#1 [build 4/5] RUN bundle .env bundle.js\n#1 {said}\n"
        for said in ("DONE 10.0s", "DONE 50.0s", "CACHED", "DONE 20.0s")
    ]
    told = facts(tmp_path, *texts)
    (step,) = [each for each in told.steps if each.seen]
    assert (step.seconds, len(step.runs), step.cached) == (20.0, 3, 1)


@pytest.mark.parametrize("data", [b"", b"hello\n", b"{}\n", b"{\n" * 1000, b"\0" * 5000, b"#1\n#2 \n", b"#1 0.1 x\n"])
def test_what_is_no_log_is_said(data: bytes) -> None:
    with pytest.raises(CtxscanError, match="no log of BuildKit"):
        log(data)


def test_a_log_of_anything_is_survived() -> None:
    """Long lines, numbers that are none, many vertices: bounded, and no traceback."""
    text = "#1 [a 1/1] RUN x\n#1 DONE 1e9s\n#1 DONE ..s\n#1 DONE 1.5s\n" + "#1 " + "y" * 200_000 + "\n#99999999 z\n"
    assert log(text).vertices == (Vertex("[a 1/1] RUN x", "done", 1.5),)
    many = "".join(f"#{number} step\n" for number in range(30_000))
    assert len(log(many).vertices) == 20_000
    half = log('{"vertexes": [{"digest": "d", "name": "[1/1] RUN \\ud800"}]}\n')
    assert half.vertices[0].name == "[1/1] RUN ?"
    assert log(
        '{"vertexes": [{"digest": 1}, 5, null], "statuses": 7}\n{"vertexes": [{"digest": "d", "name": "x", "started": "no"}]}\n'
    ).vertices


def test_no_output_of_a_command_is_shown(tmp_path: Path) -> None:
    """Logs hold secrets: nothing but names, times and states leaves, and a secret in a name is masked."""
    text = recorded().replace(
        "#9 DONE 0.2s",
        f"#9 0.1 token {KEY}\n#9 DONE 0.2s\n\n#40 [build 9/9] RUN curl -H 'Authorization: Bearer {KEY}'\n#40 DONE 1.0s",
    )
    project(tmp_path, "front")
    (tmp_path.parent / "build.log").write_text(text)
    for form in ("text", "json", "markdown", "html"):
        out = run("--log", str(tmp_path.parent / "build.log"), "--format", form, "-v", cwd=tmp_path).stdout
        assert KEY not in out
        assert "curl" in out


# --- with a replay, and with lessons

NODE = (
    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\nCMD node dist/server.js\n"
)  # fmt: skip
BUILD = """\
#1 [internal] load build context
#1 transferring context: 2.1kB done
#1 DONE 0.1s
#2 [1/5] FROM docker.io/library/node:22
#2 CACHED
#3 [2/5] WORKDIR /app
#3 CACHED
#4 [3/5] COPY . .
#4 DONE 0.5s
#5 [4/5] RUN npm ci
#5 DONE 45.0s
#6 [5/5] RUN npm run build
#6 DONE 15.0s
"""


def _repository(where: Path) -> Path:
    return histories.write(
        where,
        {
            "Dockerfile": NODE, "package.json": '{"scripts": {"build": "tsc"}}\n', "package-lock.json": "{}\n",
            ".github/workflows/ci.yml": "on: push\n", "src/a.ts": "1\n", ".gitignore": "dist\n",
        },
        {".github/workflows/ci.yml": "on: [push]\n"},
        {"src/a.ts": "2\n"},
        {".github/workflows/ci.yml": "on: pull_request\n"},
    )  # fmt: skip


def test_a_replay_tells_minutes(tmp_path: Path) -> None:
    """Every commit re-ran both commands: 3 times 45 s and 15 s (the first fills the cache); with the workflow left
    out, two of them would not have."""
    where = _repository(tmp_path / "r")
    (tmp_path / "build.log").write_text(BUILD)
    done = run("--replay", "4", "--log", "../build.log", "--format", "json", cwd=where)
    (build,) = json.loads(done.stdout)["builds"]
    REPORT.validate(json.loads(done.stdout))
    price = build["replay"]["price"]
    by_line = {each["line"]: each for each in price["steps"]}
    assert (by_line[4]["each"], by_line[4]["today"]) == (45.0, 3 * 45.0)
    assert (by_line[5]["each"], by_line[5]["today"]) == (15.0, 3 * 15.0)
    reran = {each["line"]: each for each in build["replay"]["summary"]}
    assert by_line[4]["after"] == 45.0 * reran[4]["reran_after"] < by_line[4]["today"]
    assert price["today"] == pytest.approx(3 * (45 + 15 + 0.5))
    # Of the newest commit WORKDIR alone was foretold as cached, and it was.
    assert price["newest"] == {"steps": 4, "foretold_cached": 1, "were_cached": 1}
    text = run("--replay", "4", "--log", "../build.log", cwd=where).stdout
    assert "RUN npm ci: 45.0 s a time: 2 min 15 s" in text
    assert "foretold cached 1 of 4, and 1 of them were" in text


def test_a_lesson_has_its_price(tmp_path: Path) -> None:
    where = _repository(tmp_path / "r")
    (tmp_path / "build.log").write_text(BUILD)
    done = run("--log", "../build.log", "--format", "json", cwd=where)
    (build,) = json.loads(done.stdout)["builds"]
    lessons = {each["code"]: each["message"] for each in build["findings"]}
    assert "45.0 s each time one of these files changes (line 4, by the log)" in lessons["copy-before-install"]
    without = json.loads(run("--format", "json", cwd=where).stdout)["builds"][0]["findings"]
    assert [each["fingerprint"] for each in without] == [each["fingerprint"] for each in build["findings"]]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--log", "gone.log", "."), 2, "gone.log: cannot read: no such file or directory"),
        (("--log", "a.log", "."), 2, "a.log: no log of BuildKit: docker build --progress=plain writes one"),
        (("--log", "a.log", "--fix", "."), 2, "--log cannot be combined with --fix"),
        (("--log", "-", "--image", "-", "."), 2, "--log - cannot be combined with anything else from standard input"),
        (("--log", "a.log", "bare"), 2, "--log needs a Dockerfile: its steps are those of the instructions"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], status: int, said: str, tmp_path: Path) -> None:
    project(tmp_path, "clean")
    (tmp_path / "a.log").write_text("nothing\n")
    (tmp_path / "bare").mkdir()
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (status, f"ctxscan: error: {said}\n")


@pytest.mark.parametrize("path", histories.RECORDED, ids=lambda path: path.stem)
def test_minutes_of_recorded_histories_add_up(path: Path, tmp_path: Path) -> None:
    """Over all commits, a step took what a run of it takes as often as the builder ran it."""
    history = histories.recorded(path)
    found = scan(histories.write_recorded(tmp_path / "r", history))
    assert found.plan is not None
    steps = [(stage, step) for stage in found.plan.stages for step in stage.steps if step.keyword in KEYWORDS]
    names = [f"[{stage.name or f'stage-{stage.index}'} 1/1] {step.instruction.text}" for stage, step in steps]
    text = "".join(f"#{at} {name}\n#{at} DONE {at}.5s\n" for at, name in enumerate(names, 1))
    told = timed([log(text)], found.plan, None)
    assert not told.unmatched
    replayed = priced(replay(found, 100), told)
    assert replayed.price is not None
    commits = history["commits"][-replayed.summary[0].of :]
    compared = 0
    for step in replayed.price.steps:
        # To git, a commit that only the work tree shows has changed nothing.
        shown = [each for each in commits if not each.get("worktree_only")]
        ran = [one for each in shown for one in each["steps"] if _is(one, step.stage, step.text)]
        if any(one.get("output_dependent") or one["cached"] is None for one in ran):
            continue  # only bytes that a command made could tell
        count = sum(one["cached"] is False and not one.get("error") for one in ran)
        assert step.was == pytest.approx(step.each * count), step
        compared += 1
    assert compared


KEYWORDS = ("COPY", "ADD", "RUN", "WORKDIR")


def _is(recorded: dict[str, object], stage: str | int, text: str) -> bool:
    own, other = str(recorded["text"]).split(), text.split()
    return recorded["stage"] == stage and (own[0].upper(), *own[1:]) == (other[0].upper(), *other[1:])
