"""Several builds at a glance: findings by their cause, the table, and why a check fails."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import run
from support.reviews import finding, proposal, reviewed
from support.schemas import REPORT
from support.trees import TESTDATA

from ctxscan import scan
from ctxscan.facts import Size
from ctxscan.findings import Severity
from ctxscan.opinions import Review, Since, Sizes
from ctxscan.reports.digest.causes import named
from ctxscan.reports.formats import Look, render

NODE = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install\nCMD node src/a.js\n"
#: Assembled here, so that no file holds it: a random value under a telling name.
VALUE = "Xk29fjQpz7" + "TbvLw3Rm8s"


def services(root: Path, count: int, *, dockerfile: str = NODE, secrets: int = 0, missing: int = 0) -> Path:
    """So many directories with a Dockerfile each, some with a secret and some without what they copy."""
    for at in range(count):
        text = dockerfile + ("COPY nope /\n" if at < missing else "")
        files: dict[str, str | int] = {
            "Dockerfile": text,
            "package.json": "{}",
            "package-lock.json": "{}",
            "src/a.js": 100 * (at + 1),
        }
        files |= {".env": f"DB_PASSWORD={VALUE}\n"} if at < secrets else {}
        projects.write(root / f"svc{at:02}", files)
    builds = "".join(f"  svc{at:02}: {{build: svc{at:02}}}\n" for at in range(count))
    return projects.write(root, {"compose.yaml": f"services:\n{builds}"})


def shared(root: Path, names: tuple[str, ...]) -> Path:
    """Services that are built from one context, each with its own Dockerfile."""
    builds = "".join(f"  {name}: {{build: {{context: ., dockerfile: {name}.Dockerfile}}}}\n" for name in names)
    files: dict[str, str | int] = {f"{name}.Dockerfile": "FROM scratch\nCOPY . /\n" for name in names}
    return projects.write(root, {**files, "compose.yaml": f"services:\n{builds}", ".env": f"DB_PASSWORD={VALUE}\n"})


def document(*words: str, cwd: Path) -> dict[str, Any]:
    done = run("--format", "json", *words, cwd=cwd)
    found: dict[str, Any] = json.loads(done.stdout)
    REPORT.validate(found)
    return found


@pytest.mark.parametrize("kinds", [(0, 0), (7, 3), (20, 20)], ids=str)
def test_twenty_dockerfiles_fit_two_screens(kinds: tuple[int, int], tmp_path: Path) -> None:
    """The whole report in at most 80 lines of 100 columns, every error code in it, every build in the table."""
    root = services(tmp_path, 20, secrets=kinds[0], missing=kinds[1])
    done = run("--all", cwd=root)
    lines = done.stdout.splitlines()
    assert len(lines) <= 80
    assert max(map(len, lines)) <= 100
    assert sum(line.startswith("svc") for line in lines) == 20
    for code, count in (("secret-file", kinds[0]), ("missing-input", kinds[1])):
        told = re.search(rf"✗ (\d+) errors  {code}  in (\d+) builds", done.stdout)
        assert (told is not None) == (count > 0)
        assert told is None or {told[1], told[2]} == {str(count)}


def test_one_file_that_many_builds_send_is_told_once(tmp_path: Path) -> None:
    """With the names of the builds."""
    names = ("api", "cron", "web", "worker")
    done = run("compose.yaml", cwd=shared(tmp_path, names))
    assert "✗ error  secret-file  in 4 builds: api, cron, web, worker\n" in done.stdout
    assert done.stdout.count(".env:1") == 1
    found = document("compose.yaml", cwd=tmp_path)
    (cause,) = [each for each in found["causes"] if each["code"] == "secret-file"]
    assert (cause["path"], cause["line"], cause["severity"], cause["builds"]) == (".env", 1, "error", list(names))
    assert sum(each["code"] == "secret-file" for build in found["builds"] for each in build["findings"]) == 4
    markdown = run("--format", "markdown", "compose.yaml", cwd=tmp_path).stdout
    assert sum("`secret-file`" in line for line in markdown.splitlines()) == 1
    assert "`api`, `cron`, `web`, `worker`" in markdown


def test_the_worst_reach_counts(tmp_path: Path) -> None:
    """Of a secret that one build keeps in its context and another one sends: one cause, an error of the one that sends
    it. Of two that send it, that is told which has it in its image."""
    root = shared(tmp_path, ("api", "web"))
    (root / "web.Dockerfile").write_text("FROM scratch\nCOPY compose.yaml /\n")
    (cause,) = [each for each in document("compose.yaml", cwd=root)["causes"] if each["code"] == "secret-file"]
    assert (cause["severity"], cause["builds"]) == ("error", ["api"])
    dockerfile = "FROM scratch AS all\nCOPY . /\nFROM scratch\nCOPY --from=all /compose.yaml /\n"
    (root / "api.Dockerfile").write_text(dockerfile)
    (root / "web.Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (cause,) = [each for each in document("compose.yaml", cwd=root)["causes"] if each["code"] == "secret-file"]
    assert "baked into the image" in cause["message"] and cause["builds"] == ["api", "web"]


def test_the_target_with_the_most_lines_counts(tmp_path: Path) -> None:
    """Of what two targets of a Dockerfile have, one of them more of it: that is told, once."""
    text = (
        "FROM debian:12 AS plain\nRUN apt-get update && apt-get install -y curl\nEXPOSE 80\nCMD curl\n"
        "FROM plain AS plus\nRUN apt-get update && apt-get install -y jq\n"
    )
    targets = "".join(f"  {each}:\n    build:\n      context: .\n      target: {each}\n" for each in ("plain", "plus"))
    projects.write(tmp_path, {"Dockerfile": text, "compose.yaml": f"services:\n{targets}"})
    (cause,) = [each for each in document("compose.yaml", cwd=tmp_path)["causes"] if each["code"] == "leftover-cache"]
    assert cause["message"].startswith("the RUNs on lines 2 and 6 leave ")
    assert cause["builds"] == ["plain", "plus"]


def test_the_table_begins_with_the_worst(tmp_path: Path) -> None:
    """By the worst finding, then by what is sent."""
    root = services(tmp_path, 6, dockerfile="FROM scratch\nCOPY . /\n", secrets=2)
    lines = run("--all", cwd=root).stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Builds "))
    names = [line.split("/")[0] for line in lines[at + 1 : at + 7]]
    assert names == ["svc01", "svc00", "svc05", "svc04", "svc03", "svc02"]


@pytest.mark.slow
def test_many_builds_are_cut_short(tmp_path: Path) -> None:
    """The first 24 of 40, how many more there are, and -v for all."""
    root = services(tmp_path, 40, dockerfile="FROM scratch\nCOPY package.json /\n")
    done = run("--all", cwd=root)
    assert sum(line.startswith("svc") for line in done.stdout.splitlines()) == 24
    assert "… 16 more (-v shows all)\n" in done.stdout
    assert sum(line.startswith("svc") for line in run("-v", "--all", cwd=root).stdout.splitlines()) == 40


def test_a_check_ends_with_its_reason(tmp_path: Path) -> None:
    """The last line: how many errors, of which codes, in which builds; before it what does not count, in one line."""
    root = services(tmp_path, 3, secrets=1, missing=2)
    done = run("--check", "--all", cwd=root)
    assert done.returncode == 1
    last = done.stdout.splitlines()[-2:]
    assert re.fullmatch(r"below the threshold: \d+ warnings?, \d+ notes?", last[0])
    assert last[1] == "failed: 3 errors (missing-input, secret-file) in svc00/Dockerfile, svc01/Dockerfile"
    assert "root-user" not in done.stdout
    found = document("--check", "--all", cwd=root)["check"]
    assert (found["failed"], found["reason"]) == (True, last[1])
    assert set(found["below"]) == {"warning", "note"}
    assert last[1].split(": ")[1].split(" (")[0] in run("--check", "--all", "--format", "markdown", cwd=root).stdout


@pytest.mark.parametrize(
    ("severity", "words"),
    [
        ("error", "below the threshold: 1 warning"),
        ("warning", "failed: 1 warning (large-file)"),
        ("note", "failed: 1 warning (large-file)"),
    ],
)
def test_the_reason_of_one_build(
    severity: Severity, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a name, as it is the only one; the threshold decides what is shown."""
    monkeypatch.chdir(projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": 1}))
    made = reviewed(scan("."), findings=(finding("a", code="large-file", severity="warning"),))
    lines = render(
        [made._replace(threshold=severity)], "text", Look(100, False, False, False, compact=True)
    ).splitlines()
    assert lines[-1] == words
    assert any("large-file" in line for line in lines[:-1]) is (severity != "error")


def test_verbose_has_each_build(tmp_path: Path) -> None:
    """The own report of each, then the table."""
    done = run("-v", "compose.yaml", cwd=shared(tmp_path, ("api", "web")))
    assert [line for line in done.stdout.splitlines() if line.startswith("Build ")] == [
        "Build       api",
        "Build       web",
    ]
    assert done.stdout.count("✗ error  secret-file") == 2


@pytest.mark.parametrize(
    ("builds", "most", "words"),
    [
        (("api",), 4, "in api"),
        (("api", "web"), 4, "in 2 builds: api, web"),
        (("a", "b", "c", "d"), 4, "in 4 builds: a, b, c, d"),
        (("a", "b", "c", "d", "e"), 4, "in 5 builds: a, b, c, … 2 more"),
        (("api", "web"), 1, "in 2 builds"),
    ],
)
def test_builds_are_named(builds: tuple[str, ...], most: int, words: str) -> None:
    """As many names as there may be."""
    assert named(builds, most) == words


def test_the_words_of_a_finding_do_not_hide_another(tmp_path: Path) -> None:
    """Two findings of one code at one place are two causes, told apart by what they are about."""
    assert finding("a", key="1").fingerprint != finding("a", key="2").fingerprint
    root = shared(tmp_path, ("api", "web"))
    (root / ".env").write_text(f"DB_PASSWORD={VALUE}\nAPI_TOKEN={VALUE[::-1]}\n")
    found = document("compose.yaml", cwd=root)
    own = [each for each in found["builds"][0]["findings"] if each["code"] == "secret-file"]
    assert len([each for each in found["causes"] if each["code"] == "secret-file"]) == len(own)


# --- recorded -------------------------------------------------------------------------------------------------------


GOLDEN = TESTDATA / "reports"
ESCAPE = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Review]:
    """Five builds of made-up findings: some alike, some at one place, one build that has none."""
    monkeypatch.chdir(projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", ".env": 40, "a": 1_000_000}))
    made = scan(".")
    key = finding(
        ".env", line=1, message="dotenv: a value for DB_PASSWORD; in the image by COPY . /", remedy="exclude .env"
    )
    gone = finding(
        "Dockerfile", code="missing-input", line=2, message="COPY gone: not found in the context", key="gone"
    )
    root = [
        finding(
            f"{name}.Dockerfile",
            code="root-user",
            severity="warning",
            line=3,
            message="no USER: CMD runs as root",
            remedy="USER 65532 before the command",
        )
        for name in ("api", "jobs", "web")
    ]
    large = finding(
        "a",
        code="large-file",
        severity="warning",
        size=1_000_000,
        message="96% of the context; no COPY or ADD names it",
    )
    note = finding(
        None, code="missing-healthcheck", severity="note", message="no HEALTHCHECK: nobody sees that the server hangs"
    )
    found = {
        "api": (key, root[0], note), "jobs": (key, gone, root[1], large), "web": (key, root[2], large, note), "docs": (), "cron": (large, note),
    }  # fmt: skip
    rules = (
        proposal("/.env", ("secret",), 40, 1, True, None, True),
        proposal("/a", ("large",), 1_000_000, 1, True, None, True),
    )
    size = Size(1, 31)
    then = Sizes(size, size, Size(0, 0)) if len(Sizes._fields) == 3 else Sizes(size, size, size, Size(0, 0))
    return [
        reviewed(
            made._replace(build=made.build._replace(name=name)),
            findings=findings,
            rules=rules if key in findings else (),
            then=then if key in findings else None,
        )
        for name, findings in found.items()
    ]


CASES = {
    "several-80": Look(80, False, False, False),
    "several-100": Look(100, False, False, False),
    "several-check-100": Look(100, False, False, False, compact=True),
}


@pytest.mark.parametrize("color", [False, True], ids=["plain", "color"])
@pytest.mark.parametrize("name", CASES)
def test_it_looks_as_recorded(name: str, color: bool, shop: list[Review]) -> None:
    """The golden files, which people have looked at; color changes no character, no line is too wide."""
    look = CASES[name]
    made = [each._replace(threshold="error") for each in shop] if look.compact else shop
    seen = render(made, "text", look._replace(color=color))
    file = GOLDEN / f"{name}.{'ansi' if color else 'txt'}"
    if os.environ.get("CTXSCAN_UPDATE"):
        file.write_text(seen, encoding="utf-8")
    assert seen == file.read_text(encoding="utf-8")
    assert ESCAPE.sub("", seen) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert max(len(ESCAPE.sub("", line)) for line in seen.splitlines()) <= look.width


def test_the_changes_of_several(shop: list[Review]) -> None:
    """Each build that has changed, and of the others nothing."""
    same, more = shop[3].scan.sizes, shop[0].scan.sizes
    since = {
        "api": Since("main", 1, more._replace(transfer=Size(1, 31)), more),
        "docs": Since("main", 0, same, same),
        "cron": Since("main", 0, None, same),
    }
    made = [each._replace(since=since.get(each.scan.build.name or "")) for each in shop]
    lines = [line for line in render(made, "text", CASES["several-100"]).splitlines() if line.startswith("Since ")]
    assert len(lines) == 2
    assert lines[0].startswith("Since     api: transfer +1.0 MB against main (31 B, now 1.0 MB)")
    assert lines[1] == "Since     cron: a new build against main; 2 new findings, 0 fixed"


def test_rules_for_what_is_not_there_yet_are_named(tmp_path: Path) -> None:
    """They save nothing, so no sizes are told."""
    ignored = {".dockerignore": "*ockerfile\n.dockerignore\n", ".gitignore": ".env\n", ".env.example": "API_KEY=\n"}
    dockerfile = "FROM node:22\nCOPY . .\n"
    root = projects.write(tmp_path, {**ignored, "Dockerfile": dockerfile, "b.Dockerfile": dockerfile, "a.js": "x"})
    lines = run("--all", cwd=root).stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Proposals "))
    assert lines[at + 1] == "  .dockerignore  1 rule  **/.env"


def test_what_is_mended_by_something_else_is_not_alike(tmp_path: Path) -> None:
    """Findings in the same words stand in one line only where the same mends them."""
    plain = 'FROM node:20\nEXPOSE 80\nCMD ["node", "a.js"]\n'
    builds = {"a": plain, "b": plain, "c": plain.replace("EXPOSE 80", "VOLUME /data")}
    for name, text in builds.items():
        projects.write(tmp_path / name, {"Dockerfile": text, "a.js": ""})
    lines = "".join(f"  {name}: {{build: {name}}}\n" for name in builds)
    projects.write(tmp_path, {"compose.yaml": f"services:\n{lines}"})
    text = run("--all", ".", cwd=tmp_path).stdout
    assert "runs as root (and 1 more like it)" in text
    assert "RUN mkdir -p /data" in text


def test_what_differs_by_the_number_of_files_is_alike(tmp_path: Path) -> None:
    """And by the directory of the Dockerfile."""
    text = (
        'FROM registry.example/dotnet/sdk:8.0\nWORKDIR /s\nCOPY . .\nWORKDIR /s/{0}\nRUN dotnet restore\nCMD ["/a"]\n'
    )
    for number, name in enumerate(("api", "jobs", "web"), 1):
        files = {
            "Dockerfile": text.format(name),
            "App.csproj": "<Project/>",
            **{f"{one}.cs": 9 for one in range(number)},
        }
        projects.write(tmp_path / name, files)
    lines = "".join(
        f"  {name}: {{build: {{context: ., dockerfile: {name}/Dockerfile}}}}\n" for name in ("api", "jobs", "web")
    )
    projects.write(tmp_path, {"compose.yaml": f"services:\n{lines}"})
    told = run("--all", ".", cwd=tmp_path).stdout
    assert "3 warnings  copy-before-install" in told and "(and 2 more like it)" in told


def test_what_is_large_and_to_be_decided_is_told_for_all(tmp_path: Path) -> None:
    """Of one megabyte and more, with the word that decides."""
    files = {"Dockerfile": "FROM node:22\nCOPY . .\n", "b.Dockerfile": "FROM node:22\nCOPY a.js /\n", "a.js": "x"}
    root = projects.write(tmp_path, {**files, "docs/a.md": 2_000_000, "tests/a.test.js": "x"})
    subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(root), "add", "."], check=True)
    out = run("--all", cwd=root).stdout
    assert "For you to decide  written only if apply-cautions or --with names them\n" in out
    assert "  2.0 MB  /docs  tracked by git: --fix --with docs\n" in out and "--with tests" not in out
