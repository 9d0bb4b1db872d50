"""Opinions put together: secrets weighed by how far they reach, budgets, what a configuration allows, and the gate."""

from __future__ import annotations

import json
import os
import random
import subprocess
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import run

from ctxscan import scan, session
from ctxscan.builds.build import Build
from ctxscan.config.settings import load_config
from ctxscan.context import measure
from ctxscan.findings import Finding
from ctxscan.opinions import Review, codes, review, reviews
from ctxscan.processes import VARIABLE
from ctxscan.proposals import targets
from ctxscan.proposals.background import Ahead
from ctxscan.proposals.survey import Survey
from ctxscan.reports.formats import FORMATS, Look, render
from ctxscan.rules.ignorefile import IgnoreFile
from ctxscan.rules.matcher import Matcher

#: Made up, and put together here so that no file of this repository holds it.
PASSWORD = "".join(("vQ8", "mTz", "47x", "KpLw"))
LINES = f"NODE_ENV=production\nDB_PASSWORD={PASSWORD}\n"
FROM_ALL = "FROM scratch\nCOPY . /app/\n"


def reviewed(root: Path, files: dict[str, str | int], **options: Any) -> Review:
    return review(scan(projects.write(root, files)), **options)


def secrets(found: Review) -> list[Finding]:
    return [each for each in found.findings or () if each.code.startswith("secret")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_was_looked_at_during_the_walk_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not looked at again, and the review is the same as where nothing was looked at before."""
    files: dict[str, str | int] = {
        f"{at}/{name}": at for at in range(60) for name in ("a.py", "node_modules/b.js", "c.log")
    }
    projects.write(tmp_path, {".dockerignore": "7/c.log\n!7\n", **files})
    monkeypatch.setenv(VARIABLE, "3")
    monkeypatch.setattr(measure, "FINE_ENOUGH", 8)
    monkeypatch.setattr(measure, "LARGE_ENOUGH", 0)
    ahead, looked = Ahead(), []

    def look(build: Build, root: str, ignored: IgnoreFile | None, rules: Matcher) -> None:
        looked.append((ahead.survey(root, rules), ahead.differences(root, ignored, rules)))

    build = scan(tmp_path).build
    scans = session.scans([build], keep_entries=False, screened=True, progress=None, meanwhile=look)
    ((survey, differences),) = looked
    given = scans[0].disk.root, scans[0].ignored, scans[0].rules
    assert differences
    assert ahead.survey(given[0], given[2]) is survey
    assert ahead.differences(*given) is differences
    found = reviews(scans, configs=[None], ahead=ahead)
    assert found[0].proposals
    page = Look(80, False, False, False)
    assert render(found, "json", page) == render(reviews(scans, configs=[None]), "json", page)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_sources_are_read_during_the_walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who needs what may go is known when the walk ends: no source is read for that afterwards."""
    files = {f"{at}/a.txt": "x" for at in range(60)}
    docs = {"docs/intro.md": "x" * 2_000_000, "src/app.py": "page = open('docs/intro.md').read()\n"}
    projects.write(tmp_path, {"Dockerfile": FROM_ALL, ".dockerignore": "*.log\n", **files, **docs})
    monkeypatch.setenv(VARIABLE, "2")
    monkeypatch.setattr(measure, "FINE_ENOUGH", 8)
    monkeypatch.setattr(measure, "LARGE_ENOUGH", 0)
    ahead = Ahead()

    def look(build: Build, root: str, ignored: IgnoreFile | None, rules: Matcher) -> None:
        targets.ask_ahead(ahead.survey(root, rules), ahead.needs(root, build, ignored, rules))

    build = scan(tmp_path).build
    scans = session.scans([build], keep_entries=False, screened=True, progress=None, meanwhile=look)
    (tmp_path / "src" / "app.py").unlink()
    (found,) = reviews(scans, configs=[None], ahead=ahead)
    assert found.proposed is not None
    assert ("docs", "it is named (src/app.py:1)") in found.proposed.needed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("named", "asked"), [(True, 1), (False, 0)], ids=["named", "guessed"])
def test_nothing_is_asked_ahead_for_a_guess(
    named: bool, asked: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody names the context, it may come out that nothing is proposed."""
    files = {f"{at}/a.txt": "x" for at in range(60)}
    makefile = {"Makefile": "a:\n\tdocker build -f probe.Dockerfile .\n"} if named else {}
    projects.write(tmp_path, {"probe.Dockerfile": "FROM scratch\nCOPY absent /\n", **files, **makefile})
    monkeypatch.setattr(measure, "FINE_ENOUGH", 8)
    monkeypatch.setattr(measure, "LARGE_ENOUGH", 0)
    calls: list[Survey] = []
    monkeypatch.setattr(targets, "ask_ahead", lambda survey, needs: calls.append(survey))
    run(cwd=tmp_path, **{VARIABLE: "2"})
    assert len(calls) == asked


@pytest.mark.parametrize(
    ("dockerfile", "severity", "reach", "words"),
    [
        (FROM_ALL, "error", "image", "baked into the image by COPY . (Dockerfile:2)"),
        (
            "FROM scratch AS b\nCOPY . /b\nCOPY a /c\nFROM scratch\nCOPY --from=b /c /\n",
            "error", "transfer", "sent to the builder by COPY . (Dockerfile:2), not in the image",
        ),
        ("FROM scratch\nCOPY a /\n", "warning", "context", "kept, but not sent"),
    ],
)  # fmt: skip
def test_reach_weighs_a_secret(dockerfile: str, severity: str, reach: str, words: str, tmp_path: Path) -> None:
    """An error where it leaves this machine, a warning where it only lies there, and the message says which."""
    found = secrets(reviewed(tmp_path, {"Dockerfile": dockerfile, ".env": LINES, "a": 1}))
    assert [(each.path, each.line, each.severity, each.reach) for each in found] == [(".env", 2, severity, reach)]
    assert words in found[0].message


def test_what_is_excluded_is_not_opened(tmp_path: Path) -> None:
    """No finding, and the file is not read at all."""
    files: dict[str, str | int] = {"Dockerfile": FROM_ALL, ".env": LINES, ".dockerignore": ".env\n"}
    projects.write(tmp_path, files)
    stale = os.stat(tmp_path / ".env")
    os.utime(tmp_path / ".env", ns=(0, stale.st_mtime_ns))
    assert secrets(review(scan(tmp_path))) == []
    assert os.stat(tmp_path / ".env").st_atime_ns == 0


def test_a_secret_that_is_copied_on_purpose(tmp_path: Path) -> None:
    """Excluding it would break the build: the remedy is a secret mount where a step reads it, else the container gets
    its values."""
    dockerfile = "FROM scratch\nCOPY .env /\n"
    (found,) = secrets(reviewed(tmp_path / "a", {"Dockerfile": dockerfile, ".env": LINES}))
    assert found.severity == "error"
    assert found.remedy is not None and "docker run --env-file" in found.remedy
    (found,) = secrets(reviewed(tmp_path / "b", {"Dockerfile": f"{dockerfile}RUN make\n", ".env": LINES}))
    assert found.severity == "error"
    assert found.remedy is not None and "RUN --mount=type=secret" in found.remedy


def test_secrets_in_the_dockerfile(tmp_path: Path) -> None:
    """Literals in ENV and heredocs are errors with their lines; one before FROM is in no history, and a warning; an ARG
    that waits for one is a note."""
    one, two, three = PASSWORD, f"{PASSWORD}9z", PASSWORD[::-1]
    dockerfile = (
        f"ARG API_TOKEN={one}\nFROM scratch\nENV NODE_ENV=production DB_PASSWORD={two}\nARG NPM_TOKEN\n"
        f"COPY <<EOF /x.env\nA=b\nDB_PASSWORD={three}\nEOF\n"
    )
    found = secrets(reviewed(tmp_path, {"Dockerfile": dockerfile}))
    assert sorted((each.line, each.severity) for each in found) == [
        (1, "warning"),
        (3, "error"),
        (4, "note"),
        (7, "error"),
    ]


def test_a_password_in_a_dockerfile_for_gitpod(tmp_path: Path) -> None:
    """It is for a machine that somebody works on, and goes with it."""
    text = 'FROM debian:12\nENV DB_PASSWORD=kQ7vb9Wn4xTz\nCMD ["/app"]\n'
    for name, severity in (("Dockerfile", "error"), (".gitpod.Dockerfile", "note")):
        root = projects.write(tmp_path / name, {name: text})
        found = [each for each in review(scan(root, dockerfile=root / name)).findings or () if each.line == 2]
        assert [(each.code, each.severity) for each in found] == [("secret-in-dockerfile", severity)]


def test_the_key_of_a_stream_in_env(tmp_path: Path) -> None:
    """Netdata lets in whoever sends it, and Twitch lets him go on the air."""
    key = uuid.UUID(int=random.Random(7).getrandbits(128), version=4)
    found = secrets(reviewed(tmp_path, {"Dockerfile": f'FROM debian:12\nENV STREAM_KEY={key}\nCMD ["/app"]\n'}))
    assert [each.severity for each in found if each.line == 2] == ["error"]


@pytest.mark.parametrize(
    ("value", "said"), [("12345678", True), ("password", True), ("admin123", True), ("changeme", False), ("", False)]
)
def test_a_password_that_everybody_tries_first(value: str, said: bool, tmp_path: Path) -> None:
    """An image that has it in ENV opens with it; what has to be replaced is no password."""
    dockerfile = f'FROM debian:12\nENV ADMIN_PASSWORD="{value}"\nCMD ["/app"]\n'
    found = secrets(reviewed(tmp_path, {"Dockerfile": dockerfile}))
    assert [each.severity for each in found if each.line == 2] == ["warning"] * said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("VITE_ADMIN_PASSWORD", True),
        ("NEXT_PUBLIC_SECRET", True),
        ("VITE_API_KEY", False),
        ("VITE_PASSWORD_URL", False),
    ],
)
def test_a_password_that_a_page_gets(name: str, said: bool, tmp_path: Path) -> None:
    """Told once, at the ARG, whatever is given for it; keys of services for pages are public by design."""
    dockerfile = (
        f"FROM node:22 AS b\nARG {name}\nENV {name}=${name}\nRUN npm run build\nFROM nginx\nCOPY --from=b /d /s\n"
    )
    found = secrets(reviewed(tmp_path, {"Dockerfile": dockerfile}))
    assert [(each.line, each.severity) for each in found if "loads the page" in each.message] == [(2, "warning")] * said


def test_links_and_odd_files_are_not_read(tmp_path: Path) -> None:
    """A link out of the context is not followed, and a fifo not opened."""
    outside = tmp_path / "outside"
    outside.write_text(LINES)
    context = tmp_path / "context"
    projects.write(context, {"Dockerfile": FROM_ALL})
    (context / ".env").symlink_to(outside)
    if hasattr(os, "mkfifo"):
        os.mkfifo(context / "id_rsa")
    assert secrets(review(scan(context))) == []


def planted(root: Path) -> tuple[dict[str, str | int], list[str]]:
    """A tree with secrets of many kinds, and their values."""
    values = [PASSWORD, PASSWORD[::-1] + "9z", "".join(("ghp_", "0123456789abcdefABCDEF", "ghijklmnopqr"))]
    files: dict[str, str | int] = {
        "Dockerfile": f"FROM scratch\nENV DB_PASSWORD={values[0]}\nCOPY . /\n",
        ".env": f"A_SECRET={values[1]}\n",
        "config/settings.yml": f"production:\n  password: {values[0]}\n",
        ".netrc": f"machine example.org login me password {values[1]}\n",
        ".pgpass": f"db:5432:app:me:{values[0]}\n",
        "compose.yaml": f"services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: {values[1]}\n",
    }
    return files, values


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("verbose", [False, True])
def test_no_output_holds_a_value(form: str, verbose: bool, tmp_path: Path) -> None:
    """Kinds, paths, lines and a masked start are told; the value never is, in no format."""
    files, values = planted(tmp_path)
    found = reviewed(tmp_path, files, deep=True)
    assert len(secrets(found)) >= 6
    text = render([found], form, Look(200, True, verbose, True))
    assert not [value for value in values if value in text or value[:8] in text]
    assert not [value for value in values if value in repr(found.findings) + repr(found.examined)]


def test_no_error_holds_a_value(tmp_path: Path) -> None:
    """Also where the build is refused, nothing of a secret is told."""
    projects.write(tmp_path, {"Dockerfile": f"FROM scratch\nENV DB_PASSWORD={PASSWORD}\nCOPPY . /\n"})
    done = gate("--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert PASSWORD not in done.stdout + done.stderr


def gate(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run(*arguments, ".", cwd=cwd)


STATES: dict[str, tuple[dict[str, str | int], list[str], int]] = {
    "clean": ({"Dockerfile": "FROM scratch\nCOPY a /\n", ".dockerignore": "x\n", "a": 1}, [], 0),
    "warning": ({"Dockerfile": FROM_ALL, "a": 1, ".git/HEAD": 1}, [], 0),
    "warning-counts": ({"Dockerfile": FROM_ALL, "a": 1, ".git/HEAD": 1}, ["--fail-on", "warning"], 1),
    "error": ({"Dockerfile": FROM_ALL, ".env": LINES}, [], 1),
    "missing": ({"Dockerfile": "FROM scratch\nCOPY nothere /\n"}, [], 1),
    "over-budget": ({"Dockerfile": FROM_ALL, "a": 5000}, ["--max-size", "4kB"], 1),
    "within-budget": ({"Dockerfile": FROM_ALL, "a": 5000}, ["--max-size", "4KiB", "--fail-on", "error"][:0], 0),
    "bad-pattern": ({"Dockerfile": FROM_ALL, ".dockerignore": "[\n"}, [], 2),
    "bad-dockerfile": ({"Dockerfile": "FRM scratch\n"}, [], 2),
    "bad-config": ({"Dockerfile": FROM_ALL, ".ctxscan.toml": "nonsense = 1\n"}, [], 2),
    "bad-size": ({"Dockerfile": FROM_ALL}, ["--max-size", "much"], 2),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", STATES)
def test_the_gate_and_its_exit_codes(name: str, form: str, tmp_path: Path) -> None:
    """`--check` is 1 if a finding stands at the threshold, 2 if it could not work, 0 otherwise, in every format."""
    files, arguments, status = STATES[name]
    projects.write(tmp_path, files)
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    assert gate("--check", "--format", form, *arguments, cwd=tmp_path).returncode == status
    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before
    if status == 1:
        without = [each for each in arguments if each not in ("--fail-on", "warning")]
        assert gate("--format", form, *without, cwd=tmp_path).returncode == 0


def test_an_allowed_finding_is_set_apart(tmp_path: Path) -> None:
    """By code and path with a reason; it no longer fails the gate, and the JSON tells it with its reason."""
    files: dict[str, str | int] = {
        "Dockerfile": FROM_ALL,
        ".dockerignore": ".ctxscan.toml\n",
        ".env": LINES,
        ".ctxscan.toml": '[[allow]]\ncode = "secret-file"\npath = ".env"\nreason = "made up"\n',
    }
    projects.write(tmp_path, files)
    assert gate("--check", cwd=tmp_path).returncode == 0
    build = json.loads(gate("--format", "json", cwd=tmp_path).stdout)["builds"][0]
    assert [(each["code"], each["reason"]) for each in build["allowed"]] == [("secret-file", "made up")]
    assert [each["code"] for each in build["findings"]] == []


def test_entries_that_are_past_or_unused_are_told(tmp_path: Path) -> None:
    """An expired entry no longer allows, and one that allows nothing is named."""
    files: dict[str, str | int] = {
        "Dockerfile": FROM_ALL,
        ".dockerignore": ".ctxscan.toml\n",
        ".env": LINES,
        ".ctxscan.toml": (
            '[[allow]]\ncode = "secret-file"\npath = ".env"\nreason = "for now"\nexpires = 2020-01-01\n'
            '[[allow]]\ncode = "large-file"\npath = "x"\nreason = "old"\n'
        ),
    }
    projects.write(tmp_path, files)
    config = load_config(tmp_path, codes=codes)
    found = review(scan(tmp_path), config=config, today=date(2026, 1, 1)).findings or ()
    assert sorted(each.code for each in found) == ["expired-allow", "secret-file", "unused-allow"]


def test_a_code_can_be_disabled(tmp_path: Path) -> None:
    """`disable` takes a finding out altogether."""
    projects.write(tmp_path, {"Dockerfile": FROM_ALL, ".ctxscan.toml": 'disable = ["no-ignore-file"]\n', "a": 1})
    found = review(scan(tmp_path), config=load_config(tmp_path, codes=codes))
    assert found.findings == ()


def test_fix_writes_what_diff_shows_and_only_once(tmp_path: Path) -> None:
    """`--diff` is 1 and writes nothing; `--fix` writes that and says what it brings; then there is nothing left."""
    projects.node(tmp_path)
    shown = gate("--diff", cwd=tmp_path)
    assert shown.returncode == 1
    assert not (tmp_path / ".dockerignore").exists()
    done = gate("--fix", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    written = (tmp_path / ".dockerignore").read_text()
    assert [line[1:] for line in shown.stdout.splitlines()[3:]] == written.splitlines()
    assert "transfer 117.3 MB -> 562.7 kB" in done.stderr
    assert gate("--diff", cwd=tmp_path).stdout == ""
    assert "nothing to fix" in gate("--fix", "--check", cwd=tmp_path).stderr
    assert (tmp_path / ".dockerignore").read_text() == written


def test_a_secret_is_proposed_by_its_path(tmp_path: Path) -> None:
    """What was found in a file takes it out of the context, unless an instruction copies it by name."""
    projects.write(tmp_path, {"Dockerfile": FROM_ALL, "conf/prod.env": LINES, "conf/a.yml": "a: 1\n"})
    found = review(scan(tmp_path))
    assert [each.pattern for each in found.proposals if "secret" in each.reasons] == ["/conf/prod.env"]
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY conf/prod.env /\n"})
    assert [each.pattern for each in review(scan(tmp_path)).proposals if each.applied] == []
