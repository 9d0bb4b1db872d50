"""Several builds in one run: each under its name in every format, one status for all, and no rule that harms another."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.cells import cell_len
from support import projects
from support.command import process, run, told
from support.hostile import HOSTILE, posix
from support.readers import TAGS, commands, foreign, page, unprintable
from support.reviews import FORMATS
from support.schemas import REPORT, SARIF

from ctxscan import session
from ctxscan.builds.build import build_of
from ctxscan.builds.order import Order
from ctxscan.context.tree import Tree
from ctxscan.context.walk import Gate
from ctxscan.dockerfile.shell import every_command
from ctxscan.facts import Scan
from ctxscan.rules.builders import BUILDKIT
from ctxscan.rules.matcher import Matcher

ALL = "FROM scratch\nCOPY . /\n"
SHOP: dict[str, str | int] = {
    "compose.yaml": (
        "services:\n"
        "  api: {build: api}\n"
        "  jobs: {build: {context: api, target: jobs}}\n"
        "  web: {build: {context: web, dockerfile: ../docker/web.Dockerfile}}\n"
        "  worker: {build: api}\n"
        "  dev: {build: web, profiles: [dev]}\n"
        "  far: {build: 'https://example.com/x.git'}\n"
    ),
    "api/Dockerfile": "FROM scratch AS jobs\nCOPY jobs /\nFROM scratch\nCOPY . /\n",
    "api/jobs/a": 100,
    "api/b": 200,
    "web/Dockerfile": ALL,
    "web/c": 300,
    "docker/web.Dockerfile": "FROM scratch\nCOPY c /\n",
}


def write(root: Path, files: Mapping[str, str | int], **more: str | int) -> Path:
    return projects.write(root, {**files, **more})


# --- what is scanned ------------------------------------------------------------------------------------------------


def test_every_service_is_a_build(tmp_path: Path) -> None:
    """By name, with its own context, Dockerfile and target; each sends what its Dockerfile asks for."""
    found = told("compose.yaml", cwd=write(tmp_path, SHOP))
    rows = [
        (each["name"], each["context"], each["dockerfile"], each["target"], each["sizes"]["transfer"]["files"])
        for each in found
    ]
    assert rows == [
        ("api", "api", "Dockerfile", None, 3),
        ("jobs", "api", "Dockerfile", "jobs", 1),
        ("web", "web", str(Path("docker/web.Dockerfile")), None, 1),
        ("worker", "api", "Dockerfile", None, 3),
    ]
    REPORT.validate({"version": 1, "ctxscan": "x", "builds": found})


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["compose.yaml"], ["api", "jobs", "web", "worker"]),
        (["--compose", "compose.yaml"], ["api", "jobs", "web", "worker"]),
        (["--compose", "."], ["api", "jobs", "web", "worker"]),
        (["--profile", "dev", "compose.yaml"], ["api", "dev", "jobs", "web", "worker"]),
        (["--service", "dev", "--service", "web", "compose.yaml"], ["dev", "web"]),
        (["--compose", "compose.yaml", "--compose", "more.yaml"], ["api", "jobs", "more", "web", "worker"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_how_builds_are_asked_for(arguments: list[str], names: list[str], tmp_path: Path) -> None:
    """A file as context, files laid over one another, a directory, a profile, a service."""
    write(tmp_path, SHOP, **{"more.yaml": "services:\n  more: {build: web}\n"})
    assert [each["name"] for each in told("--facts", *arguments, cwd=tmp_path)] == names


def test_what_is_not_built_is_told(tmp_path: Path) -> None:
    """A remote context and a service without its profile, one line each, and the others are built."""
    done = run("--facts", "compose.yaml", cwd=write(tmp_path, SHOP))
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "ctxscan: note: far is skipped: its context https://example.com/x.git is no directory here (compose.yaml:7)",
        "ctxscan: note: dev: not built without a profile (--profile)",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-f", "x", "compose.yaml"], "-f cannot be combined with a compose file, bake file, or --all"),
        (["--target", "x", "compose.yaml"], "--target cannot be combined with a compose file, bake file, or --all"),
        (["--build-context", "x=.", "compose.yaml"], "--build-context cannot be combined with a compose file"),
        (["--ignore-file", "x", "compose.yaml"], "--ignore-file cannot be combined with a compose file, bake file, or --all"),
        (["--compose", "compose.yaml", "."], "--compose cannot be combined with .: give one of them"),
        (["--all", "--compose", "compose.yaml"], "--all cannot be combined with --compose"),
        (["--all", "compose.yaml"], "--all needs a directory, and compose.yaml is none"),
        (["--profile", "x", "."], "--profile needs a compose file or bake file"),
        (["--service", "x", "--all", "."], "--service needs a compose file or bake file"),
        (["--list", "compose.yaml"], "--list prints the paths of one build, not of 4: choose one with --service"),
        (["--explain", "nowhere/x", "compose.yaml"], "--explain nowhere/x: not inside the context"),
        (["--service", "x", "compose.yaml"], "no such service: x (api, dev, far, jobs, web, worker)"),
        (["--compose", "nothere.yaml"], "nothere.yaml: cannot read it: no such file or directory"),
        (["--compose", "web"], "web: no compose file: compose.yaml, compose.yml"),
        (["--service", "far", "compose.yaml"], "compose.yaml: no service has a `build` section"),
        (["web/c"], "web/c: the context is not a directory, nor a compose file or bake file"),
        (["broken.yaml"], "broken.yaml:2: a: nowhere: the context is no such directory"),
        (["missing.yaml"], "missing.yaml:2: a: failed to read dockerfile: open docker/Dockerfile: no such file"),
        (["stage.yaml"], 'a: Dockerfile: target stage "x" could not be found'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_mistakes_are_told_in_one_line(arguments: list[str], words: str, tmp_path: Path) -> None:
    """What is wrong, where, what would be right: status 2, nothing on standard output."""
    write(
        tmp_path,
        SHOP,
        **{
            "broken.yaml": "services:\n  a: {build: nowhere}\n",
            "missing.yaml": "services:\n  a: {build: docker}\n",
            "stage.yaml": "services:\n  a: {build: {context: web, target: x}}\n",
        },
    )
    done = run("-q", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("ctxscan: error: ")
    assert words in line


def test_build_arguments_are_for_all(tmp_path: Path) -> None:
    """As in `docker compose build --build-arg`: before those of the file."""
    files = {
        "compose.yaml": "services:\n  a: {build: {context: ., args: {D: x}}}\n  b: {build: {context: ., target: b}}\n",
        "Dockerfile": "FROM scratch AS b\nARG D\nCOPY $D /\nFROM scratch\nARG D\nCOPY $D /\n",
        "x": 1,
        "y": 2,
    }
    found = told("--list", "--build-arg", "D=y", "compose.yaml", cwd=write(tmp_path, files))
    assert [[entry["path"] for entry in each["entries"]] for each in found] == [["y"], ["y"]]


def test_paths_are_explained_where_they_lie(tmp_path: Path) -> None:
    """As seen from here, for each build whose context has the path, under its name."""
    root = write(tmp_path, SHOP)
    done = run("--explain", "api/jobs/a", "-q", "compose.yaml", cwd=root)
    assert done.returncode == 0
    found = told("--explain", "api/jobs/a", "compose.yaml", cwd=root)
    assert [(each["name"], [one["path"] for one in each.get("explanations", ())]) for each in found] == [
        ("api", ["jobs/a"]),
        ("jobs", ["jobs/a"]),
        ("web", []),
        ("worker", ["jobs/a"]),
    ]


def test_the_same_build_is_walked_once(tmp_path: Path) -> None:
    """Two services that are one build share all facts; another target does not."""
    projects.write(tmp_path, SHOP)

    def order(name: str, target: str | None) -> Order:
        return Order(name, str(tmp_path / "api"), None, None, None, target, {}, {}, "x")

    wanted = [build_of(order(name, target), BUILDKIT) for name, target in (("a", None), ("b", None), ("c", "jobs"))]
    first, second, third = session.scans(wanted, keep_entries=False, screened=False, progress=None)
    assert [each.build.name for each in (first, second, third)] == ["a", "b", "c"]
    assert first.measure is second.measure
    assert isinstance(third, Scan) and third.measure is not first.measure


# --- reports --------------------------------------------------------------------------------------------------------


def test_builds_of_one_context_share_their_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: each file is opened, and each directory listed, as often as for one of them."""
    names = [f"s{at}" for at in range(8)]
    text = "FROM node:22\nCOPY {}/package.json ./\nRUN npm ci\nCOPY {} .\n"
    files = {f"{name}/{file}": "x: 1\n" for name in names for file in ("a.yml", "b.yml", "key.pem")}
    files |= {f"{name}/package.json": "{}" for name in names} | {".dockerignore": "*.log\n"}
    files |= {f"{name}/Dockerfile": text.format(name, name) for name in names}
    projects.write(tmp_path, files)
    opened: Counter[str] = Counter()
    start = Tree.start

    def counting(self: Tree, path: str, most: int, *, largest: int | None = None) -> tuple[bytes, int] | None:
        opened[path] += 1
        return start(self, path, most, largest=largest)

    monkeypatch.setattr(Tree, "start", counting)

    def counted(services: list[str]) -> Counter[str]:
        lines = "".join(f"  {each}: {{build: {{context: ., dockerfile: {each}/Dockerfile}}}}\n" for each in services)
        (tmp_path / "compose.yaml").write_text(f"services:\n{lines}")
        opened.clear()
        assert run("compose.yaml", cwd=tmp_path, CTXSCAN_PROCESSES="1").returncode == 0
        return Counter({path: number for path, number in opened.items() if path != "compose.yaml"})

    one, all_of_them = counted(names[:1]), counted(names)
    # A file that an instruction names is read with other eyes than one that is only there.
    assert sum(all_of_them.values()) <= sum(one.values()) + 2 * len(names)
    assert max(all_of_them.values()) <= 3


def test_the_report(tmp_path: Path) -> None:
    """With `-v` each build under its name, one that is the same under both, and all of them in a table at the end."""
    lines = run("-v", "compose.yaml", cwd=write(tmp_path, SHOP)).stdout.splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines if line.startswith("Build  ")] == ["api, worker", "jobs", "web"]
    size = str(len(str(SHOP["api/Dockerfile"])) + 100 + 200)
    at = next(number for number, line in enumerate(lines) if line.startswith("Builds "))
    assert [line.split()[0] for line in lines[at : at + 5]] == ["Builds", "api", "worker", "web", "jobs"]
    assert lines[-1] == "  ctxscan --check compose.yaml"
    assert lines[at + 1].split() == ["api", *[size, "B"] * 3, "none"]


@pytest.mark.parametrize("option", [(), ("--check",), ("--explain", "api/b"), ("-v",)], ids=str)
@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_no_line_is_wider_than_the_terminal(width: int, option: tuple[str, ...], tmp_path: Path) -> None:
    """Whatever services are called; and each has its row in the table at the end."""
    long = (
        "services:\n"
        + "".join(f"  {'very-' * 12}long-{n}: {{build: api}}\n" for n in range(3))
        + "  文書管理システム: {build: web}\n"
    )
    root = write(tmp_path, SHOP, **{"long.yaml": long, "api/.env": "", "web/.env": ""})
    done = run(*option, "long.yaml", cwd=root, COLUMNS=str(width))
    lines = done.stdout.splitlines()
    assert max(cell_len(line) for line in lines) <= width
    if "--explain" not in option:
        at = next(number for number, line in enumerate(lines) if line.startswith("Builds "))
        assert [bool(line) for line in lines[at : at + 6]] == [True] * 5 + [False]


#: Those that can be in a compose file, a handful each: every build is compared with all others of its context.
SERVICES = [name for name in HOSTILE.values() if not any("\ud800" <= c <= "\udfff" for c in name)]
HANDFULS = [SERVICES[at : at + 8] for at in range(0, len(SERVICES), 8)]


@pytest.mark.sampled(5)
@posix
@pytest.mark.parametrize("some", HANDFULS, ids=range(len(HANDFULS)))
@pytest.mark.parametrize("form", FORMATS)
def test_names_of_services_are_data(form: str, some: list[str], tmp_path: Path) -> None:
    """No control or invisible character and no command, whatever a service is called."""
    services = {name: {"build": "."} for name in some}
    names = json.dumps({"services": services})
    stages = "".join(f"FROM scratch AS s{number}\nCOPY nothere{number} /\n" for number in range(len(services)))
    projects.write(tmp_path, {"Dockerfile": stages, "compose.json": names})
    done = run("--format", form, "compose.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not unprintable(done.stdout)
    assert not unprintable(done.stderr)
    if form != "github":
        assert commands(done.stdout) == []
        assert not foreign(done.stdout)
    else:
        assert {each.name for each in commands(done.stdout)} == {"error"}
    if form == "markdown":
        assert page(done.stdout).tags <= TAGS
    if form == "json":
        assert {each["name"] for each in json.loads(done.stdout)["builds"]} == set(services)


@posix
@pytest.mark.parametrize("some", HANDFULS, ids=range(len(HANDFULS)))
def test_names_of_targets_are_refused(some: list[str], tmp_path: Path) -> None:
    """Bake takes letters, digits, `_` and `-` alone: anything else is an error that can be printed."""
    plan = json.dumps({"target": {name: {} for name in some}})
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\n", "plan.json": plan})
    done = run("plan.json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert not unprintable(done.stderr)


def test_the_page_has_every_build(tmp_path: Path) -> None:
    """Under its name, and what it says to run next is about all of them."""
    done = run("--format", "html", "--service", "api", "--service", "web", "compose.yaml", cwd=write(tmp_path, SHOP))
    found = json.loads(done.stdout.partition('id="data">')[2].partition("</script>")[0])["builds"]
    assert [(each["name"], each["context"]) for each in found] == [("api", "api"), ("web", "web")]
    asked = "--service api --service web compose.yaml"
    assert {each["next"]["command"] for each in found} == {f"ctxscan --check {asked}"}


def test_fingerprints_are_distinct(tmp_path: Path) -> None:
    """The same file of two contexts, and what two builds say of one file differently, are results of their own; what
    they say alike is one. The fingerprints are the same in another run and another order."""
    files: dict[str, str | int] = {
        "compose.yaml": "services:\n  a: {build: a}\n  b: {build: b}\n  c: {build: {context: a, dockerfile: D}}\n  d: {build: a}\n",
        "a/Dockerfile": "FROM scratch\nCOPY nothere /\n",
        "a/D": "FROM scratch\nCOPY nothere /\nCOPY neither /\n",
        "b/Dockerfile": "FROM scratch\nCOPY nothere /\n",
    }
    write(tmp_path, files)

    def results(*arguments: str) -> dict[str, str]:
        document = json.loads(run("--format", "sarif", *arguments, cwd=tmp_path).stdout)
        SARIF.validate(document)
        run_ = document["runs"][0]
        return {
            json.dumps([each["message"], each["locations"]]): each["partialFingerprints"]["ctxscan/v1"]
            for each in run_["results"]
        }

    found = results("compose.yaml")
    assert len(found) == 4
    assert len(set(found.values())) == 4
    assert results("compose.yaml") == found
    alone = results("--service", "b", "compose.yaml")
    assert alone.items() <= found.items()


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_two_runs_are_the_same_to_the_byte(form: str, tmp_path: Path) -> None:
    """Also in processes whose hashes differ."""
    write(tmp_path, SHOP)
    seeds = ("0", "1", "2")
    runs = {process("--format", form, "compose.yaml", cwd=tmp_path, PYTHONHASHSEED=seed).stdout for seed in seeds}
    assert len(runs) == 1
    assert os.fsencode(tmp_path) not in runs.pop()


# --- the gate -------------------------------------------------------------------------------------------------------

CLEAN = "FROM scratch\nCOPY a /\n"
STATES: dict[str, tuple[dict[str, str | int], list[str], int]] = {
    "clean": ({}, [], 0),
    "warning": ({"b/Dockerfile": ALL, "b/.env": ""}, [], 0),
    "warning-counts": ({"b/Dockerfile": ALL, "b/.env": ""}, ["--fail-on", "warning"], 1),
    "error-in-one": ({"b/Dockerfile": "FROM scratch\nCOPY nothere /\n"}, [], 1),
    "error-allowed-there": (
        {
            "b/Dockerfile": "FROM scratch\nCOPY nothere /\n",
            "b/.ctxscan.toml": "[[allow]]\ncode = 'missing-input'\npath = 'Dockerfile'\nreason = 'made later'\n",
        },
        [], 0,
    ),
    "threshold-of-one": ({"b/Dockerfile": ALL, "b/.env": "", "b/.ctxscan.toml": "fail-on = 'warning'\n"}, [], 1),
    "over-budget": ({}, ["--max-size", "1 B"], 1),
    "budget-of-one": ({"b/.ctxscan.toml": "max-size = '1 B'\n"}, [], 1),
    "bad-config": ({"b/.ctxscan.toml": "nonsense = 1\n"}, [], 2),
    "bad-pattern": ({"b/.dockerignore": "[\n"}, [], 2),
    "bad-compose": ({"compose.yaml": "services: [\n"}, [], 2),
    "no-context": ({"compose.yaml": "services:\n  a: {build: nowhere}\n"}, [], 2),
}  # fmt: skip


@pytest.mark.sampled(5)
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("checking", [True, False], ids=["check", "no-check"])
@pytest.mark.parametrize("state", STATES)
def test_the_status_is_that_of_all(state: str, checking: bool, form: str, tmp_path: Path) -> None:
    """1 under `--check` if one of the builds fails by its own configuration, 2 if one cannot be read, in any format."""
    files, options, status = STATES[state]
    root = write(
        tmp_path,
        {"compose.yaml": "services:\n  a: {build: a}\n  b: {build: b}\n", "a/Dockerfile": CLEAN, "a/a": 10},
        **{"b/Dockerfile": CLEAN, "b/a": 10, **files},
    )
    if not checking and "--fail-on" in options:
        options = []
    done = run(*["--check"] * checking, *options, "--format", form, "compose.yaml", cwd=root)
    assert done.returncode == (status if checking or status == 2 else 0), done.stderr
    assert "Traceback" not in done.stderr


def test_an_entry_that_one_build_uses_is_used(tmp_path: Path) -> None:
    """What no build of a configuration uses is told once, and what one of them uses not at all."""
    allow = "[[allow]]\ncode = '{}'\npath = '{}'\nreason = 'x'\n"
    root = write(
        tmp_path,
        {"compose.yaml": "services:\n  a: {build: a}\n  b: {build: b}\n", "a/Dockerfile": CLEAN, "a/a": 1},
        **{
            "b/Dockerfile": "FROM scratch\nCOPY nothere /\n",
            ".git/HEAD": "ref: refs/heads/main\n",
            ".ctxscan.toml": allow.format("missing-input", "Dockerfile") + allow.format("secret-file", "key.pem"),
        },
    )
    found = told("compose.yaml", cwd=root)
    unused = [
        (each["name"], one["path"]) for each in found for one in each["findings"] if one["code"] == "unused-allow"
    ]
    assert unused == [("a", "../.ctxscan.toml")]
    assert [len(each["allowed"]) for each in found] == [0, 1]


def test_the_builder_of_the_configuration(tmp_path: Path) -> None:
    """It counts for each context, and the command line before it."""
    root = write(tmp_path, SHOP, **{"web/.ctxscan.toml": "builder = 'classic'\n"})
    given = {each["name"]: each["builder"] for each in told("compose.yaml", cwd=root)}
    assert given == {"api": "buildkit", "jobs": "buildkit", "web": "classic", "worker": "buildkit"}
    assert {each["builder"] for each in told("--builder", "buildah", "compose.yaml", cwd=root)} == {"buildah"}
    assert told(cwd=root / "web")[0]["builder"] == "classic"


# --- rules for several ----------------------------------------------------------------------------------------------


def test_no_rule_harms_another_build(tmp_path: Path) -> None:
    """What one build of a context takes stays, also if it is junk to the one beside it, whichever comes first."""
    files: dict[str, str | int] = {
        "Dockerfile": "FROM scratch\nCOPY . /\n",
        "coverage/lcov.info": "TN:\nSF:a\nend_of_record\n" * 100,
        "npm-debug.log": 50_000,
        "package.json": "{}",
    }
    services = (
        "  app: {build: .}\n",
        '  report: {build: {context: ., dockerfile_inline: "FROM scratch\\nCOPY coverage /"}}\n',
    )
    alone = run("--diff", ".", cwd=write(tmp_path, files)).stdout
    assert "+/coverage" in alone
    assert "+/npm-debug.log" in alone
    write(tmp_path, {"compose.yaml": f"services:\n{''.join(services)}"})
    together = run("--diff", "--compose", ".", cwd=tmp_path).stdout
    assert "+/npm-debug.log" in together
    assert "coverage" not in together
    assert run("-q", "--fix", "compose.yaml", cwd=tmp_path).returncode == 0
    assert "coverage" not in (tmp_path / ".dockerignore").read_text()
    assert run("--check", "compose.yaml", cwd=tmp_path).returncode == 0
    assert run("--diff", "compose.yaml", cwd=tmp_path).stdout == ""


def test_a_context_by_another_name_is_one(tmp_path: Path) -> None:
    """What another build copies from the directory as a named context stays, since its rules count there too."""
    files: dict[str, str | int] = {
        "Dockerfile": "FROM scratch\nCOPY . /\n",
        "api/Dockerfile": "FROM scratch\nCOPY --from=root coverage /\n",
        "coverage/lcov.info": "TN:\nSF:a\nend_of_record\n" * 100,
        "package.json": "{}",
    }
    root = write(tmp_path, files)
    assert "+/coverage" in run("--diff", ".", cwd=root).stdout
    api = "  api: {build: {context: api, additional_contexts: {root: .}}}\n"
    write(root, {"compose.yaml": f"services:\n  app: {{build: .}}\n{api}"})
    assert "coverage" not in run("--diff", "compose.yaml", cwd=root).stdout
    assert "+/coverage" in run("--diff", "--service", "app", "compose.yaml", cwd=root).stdout


@pytest.mark.parametrize(
    ("where", "context", "named"), [("", "api", "api/.dockerignore"), ("api", ".", ".dockerignore"), ("api", "../api", ".dockerignore")]
)  # fmt: skip
def test_a_patch_names_the_file_as_seen_from_here(where: str, context: str, named: str, tmp_path: Path) -> None:
    root = write(tmp_path, {"api/Dockerfile": ALL, "api/npm-debug.log": 90_000})
    assert f"\n+++ b/{named}\n" in run("--diff", context, cwd=root / where).stdout


def test_a_patch_for_what_is_elsewhere_is_for_the_directory_above_all_of_it(tmp_path: Path) -> None:
    """Whoever gives whole paths applies it there: for one build and for several the same."""
    files = {"api/Dockerfile": ALL, "api/npm-debug.log": 90_000}
    root = write(tmp_path / "shop", files, **{"web/Dockerfile": ALL, "web/npm-debug.log": 80_000})
    (tmp_path / "here").mkdir()
    one = run("--diff", str(root / "api"), cwd=tmp_path / "here").stdout
    several = run("--diff", "--all", str(root), cwd=tmp_path / "here").stdout
    assert "\n+++ b/.dockerignore\n" in one
    assert "\n+++ b/api/.dockerignore\n" in several and "\n+++ b/web/.dockerignore\n" in several


def test_each_ignore_file_is_written_once(tmp_path: Path) -> None:
    """One for each context, in one go; the second run finds nothing to fix."""
    root = write(tmp_path, SHOP, **{"api/npm-debug.log": 90_000, "web/npm-debug.log": 80_000, "web/Dockerfile": ALL})
    patch = run("--diff", "--profile", "dev", "compose.yaml", cwd=root)
    assert patch.returncode == 1
    assert [line for line in patch.stdout.splitlines() if line.startswith("+++")] == [
        "+++ b/api/.dockerignore",
        "+++ b/web/.dockerignore",
    ]
    done = run("--fix", "--profile", "dev", "compose.yaml", cwd=root)
    assert [line for line in done.stderr.splitlines() if "written" in line] == [
        "ctxscan: 3 rules written to api/.dockerignore",
        "ctxscan: 1 rule written to web/.dockerignore",
    ]
    assert run("--fix", "--profile", "dev", "compose.yaml", cwd=root).stderr.splitlines()[-1] == (
        "ctxscan: nothing to fix"
    )


def test_what_was_written_for_one_context_counts_while_another_is_written_again(tmp_path: Path) -> None:
    """The rules for the root take a Dockerfile away that had kept something, so that there is more for it to write; in
    the context below nothing is new then."""
    files: dict[str, str | int] = {
        "Dockerfile": ALL,
        "a.txt": 1,
        "e2e/compose.yaml": "services:\n  e2e: {build: {context: ., dockerfile: compose/e2e/Dockerfile}}\n",
        "e2e/compose/e2e/Dockerfile": "FROM node:22\nCOPY package.json compose /x/\nRUN npx e2e install\n",
        "e2e/package.json": "{}",
        "e2e/npm-debug.log": 90_000,
    }
    root = write(tmp_path, files)
    done = run("--all", "--fix", "--with", "tests", cwd=root)
    assert (done.returncode, "not written" in done.stderr) == (0, False)
    assert "/e2e\n" in (root / ".dockerignore").read_text()
    assert "npm-debug.log" in (root / "e2e/.dockerignore").read_text()


def test_an_ignore_file_of_several_contexts_stays(tmp_path: Path) -> None:
    """A rule that is proven for one context is not proven for the other: it is told and not written."""
    files: dict[str, str | int] = {
        "compose.yaml": (
            "services:\n  a: {build: {context: a, dockerfile: ../docker/D}}\n"
            "  b: {build: {context: b, dockerfile: ../docker/D}}\n"
        ),
        "docker/D": ALL,
        "docker/D.dockerignore": "x\n",
        "a/npm-debug.log": 90_000,
        "a/package.json": "{}",
        "b/package.json": "{}",
    }
    root = write(tmp_path, files)
    done = run("--fix", "compose.yaml", cwd=root)
    assert "ctxscan: note: a: its ignore file counts for other contexts too: not written" in done.stderr.splitlines()
    assert (root / "docker/D.dockerignore").read_text() == "x\n"
    assert run("--diff", "compose.yaml", cwd=root).stdout == ""


def test_a_dockerfile_that_compose_names_is_heard(tmp_path: Path) -> None:
    """Also without being asked for: what a compose file in the context builds of it keeps what it takes."""
    files: dict[str, str | int] = {
        "Dockerfile": "FROM scratch\nCOPY src /\n",
        "src/a": 1,
        "coverage/lcov.info": "TN:\nSF:a\nend_of_record\n" * 100,
        "package.json": "{}",
    }
    assert "+/coverage" in run("--diff", ".", cwd=write(tmp_path / "without", files)).stdout
    inline = "services:\n  r:\n    build:\n      dockerfile_inline: |\n        FROM scratch\n        COPY coverage /\n"
    named = write(tmp_path / "with", files, **{"docker-compose.yml": inline})
    assert "coverage" not in run("--diff", ".", cwd=named).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system what a descriptor is")
@pytest.mark.parametrize("contexts", ["one", "each"])
def test_the_disk_is_asked_once_for_all_builds(contexts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty builds of one context, or of forty directories in it and the whole: each directory is listed once, and what
    is asked of paths grows with the files and not with the builds."""
    names = [f"s{at:02}" for at in range(40)]
    files: dict[str, str | int] = {f"{name}/src/{file}": 9 for name in names for file in ("a.js", "b.js", "c/d.js")}
    files |= {f"{name}/package.json": "{}" for name in names} | {"package.json": "{}", ".dockerignore": "*.log\n"}
    copied = "{} /app" if contexts == "one" else ". /app"
    files |= {f"{name}/Dockerfile": f"FROM node:22\nCOPY {copied.format(name)}\nRUN npm ci\n" for name in names}
    places = [f"{{context: ., dockerfile: {each}/Dockerfile}}" if contexts == "one" else f"./{each}" for each in names]
    services = "".join(f"  {name}: {{build: {place}}}\n" for name, place in zip(names, places, strict=True))
    files |= {"Dockerfile": ALL, "compose.yaml": f"services:\n  whole: {{build: .}}\n{services}"}
    projects.write(tmp_path, files)
    root = os.path.realpath(tmp_path)
    listed: Counter[str] = Counter()
    asked: Counter[str] = Counter()

    def name_of(place: int | str | os.PathLike[str]) -> str:
        return os.readlink(f"/proc/self/fd/{place}") if isinstance(place, int) else os.path.abspath(os.fspath(place))

    def counting(call: Callable[..., Any], counts: Counter[str]) -> Callable[..., Any]:
        def counted(place: int | str | os.PathLike[str], *more: Any, **options: Any) -> Any:
            counts[name_of(place)] += 1
            return call(place, *more, **options)

        return counted

    directories = {os.path.realpath(above) for above, *_ in os.walk(tmp_path)}
    monkeypatch.setattr(os, "scandir", counting(os.scandir, listed))
    monkeypatch.setattr(os, "lstat", counting(os.lstat, asked))
    assert run("compose.yaml", cwd=tmp_path, CTXSCAN_PROCESSES="1").returncode == 0
    assert {path: times for path, times in listed.items() if path in directories} == dict.fromkeys(directories, 1)
    # Of what lies deeper than the directories that builds name nothing is asked but what the entries tell.
    assert not [path for path in asked if path.startswith(f"{root}/s") and path.removeprefix(root).count("/") > 2]


def test_what_depends_on_the_context_is_worked_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more builds of one context no more is proven and no compose file or script is read again; of the directories
    that a build is sent nothing of, few are looked at for it."""
    names = [f"s{at:02}" for at in range(64)]
    files: dict[str, str | int] = {f"{name}/src/a.js": 9 for name in names} | {"cache/a.log": 9000, "b.log": 9000}
    files |= {f"{name}/Dockerfile": f"FROM node:22\nCOPY {name}/src /app\nRUN npm run x\n" for name in names}
    files |= {"all/Dockerfile": "FROM node:22\nCOPY . /app\n"}
    projects.write(tmp_path, files)
    calls: Counter[str] = Counter()

    def count(owner: Any, method: str) -> None:
        plain = getattr(owner, method)

        def counted(*arguments: Any, **options: Any) -> Any:
            calls[method] += 1
            return plain(*arguments, **options)

        monkeypatch.setattr(owner, method, counted)

    count(Matcher, "gone")
    count(Gate, "directory")
    count(yaml, "parse")

    def of(services: list[str]) -> Counter[str]:
        lines = [f"  {each}: {{build: {{context: ., dockerfile: {each}/Dockerfile}}}}\n" for each in services]
        (tmp_path / "compose.yaml").write_text(f"services:\n{''.join(lines)}")
        calls.clear()
        every_command.cache_clear()
        assert run("compose.yaml", cwd=tmp_path, CTXSCAN_PROCESSES="1").returncode == 0
        calls["scripts"] = every_command.cache_info().misses
        return calls.copy()

    few, many = of(["all", *names[:8]]), of(["all", *names])
    added = len(names) - 8
    assert many["parse"] == few["parse"] > 0
    assert many["scripts"] == few["scripts"] > 0
    assert few["gone"] > 0 and many["gone"] <= few["gone"] + 8 * added
    # One by one it would be all of them for each build.
    assert few["directory"] > 0 and many["directory"] <= few["directory"] + 12 * added


@pytest.mark.parametrize("size", [20, 50])
def test_each_of_many_builds_has_its_own_figures(size: int, tmp_path: Path) -> None:
    """What is counted for all of them adds up to what each has alone, wherever rules and links tell entries apart."""
    names = [f"s{at:02}" for at in range(size)]
    files: dict[str, str | int] = {
        f"{name}/src/{file}": at + 1 for at, name in enumerate(names) for file in ("a", "b.log")
    }
    files |= {
        f"{name}/Dockerfile": f"FROM node:22\nCOPY {name}/src {names[at // 2]}/src/a /app/\n"
        for at, name in enumerate(names)
    }
    files |= {"s03/keep/x.log": 70, "s05/deep/er/y": 500, ".dockerignore": "**/*.log\n!s03/keep\ns07\n!s07/src\n"}
    projects.write(tmp_path, files)
    os.link(tmp_path / "s05/deep/er/y", tmp_path / "s09/src/z")
    services = "".join(f"  {each}: {{build: {{context: ., dockerfile: {each}/Dockerfile}}}}\n" for each in names)
    (tmp_path / "compose.yaml").write_text(f"services:\n{services}")

    def sizes(*arguments: str) -> list[Any]:
        found = json.loads(run("--facts", "--format", "json", *arguments, cwd=tmp_path).stdout)["builds"]
        return [(each["sizes"], each["directories"], each["inputs"]) for each in found]

    together = sizes("compose.yaml")
    assert len(together) == size
    for at in (0, 4, 7, 10, size - 1):
        assert sizes("compose.yaml", "--service", names[at]) == [together[at]]
