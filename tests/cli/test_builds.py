"""Bake files on the command line, and `--builds`: what would be built, without a look at it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import projects
from support.baking import write
from support.command import run, told

FILES = {
    "docker-bake.hcl": 'variable "TAG" {\n  default = "x"\n}\ngroup "default" {\n  targets = ["api", "web"]\n}\n'
    'target "api" {\n  context = "api"\n  args = { T = TAG }\n  tags = [nope]\n}\n'
    'target "web" {\n  inherits = ["api"]\n  dockerfile = "../docker/web"\n  contexts = { base = "target:api" }\n}\n'
    'target "far" {\n  context = "https://example.com/far.git"\n}\n',
    "docker-bake.override.hcl": 'target "api" {\n  target = "prod"\n}\n',
    "compose.yaml": "services:\n  db:\n    build: ./db\n",
    "api/Dockerfile": "FROM scratch AS prod\nCOPY main /\n",
    "api/main": "x\n",
    "docker/web": "FROM base\nCOPY main /\n",
}
TABLE = """\
build  context  dockerfile      target  from
api    api      api/Dockerfile  -       docker-bake.hcl:8
web    api      docker/web      -       docker-bake.hcl:8
"""


def test_the_table(tmp_path: Path) -> None:
    """Nothing of it has to be there; the override of a file that is named is told."""
    write(tmp_path, {"docker-bake.hcl": FILES["docker-bake.hcl"], "docker-bake.override.hcl": ""})
    done = run("--builds", "docker-bake.hcl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, TABLE)
    assert done.stderr == "ctxscan: note: docker-bake.override.hcl is not read: --bake . takes it along\n"


def test_the_document(tmp_path: Path) -> None:
    """With what the command line adds, and remote contexts as they are written."""
    write(tmp_path, FILES)
    words = ("--bake", ".", "--service", "api", "--service", "far", "--var", "TAG=y", "--set", "api.args.N=1")
    done = run("--builds", "--format", "json", *words, cwd=tmp_path)
    api, far = json.loads(done.stdout)["builds"]
    assert api == {
        "name": "api", "context": "api", "dockerfile": "api/Dockerfile", "dockerfile_inline": None, "target": "prod",
        "args": {"N": "1", "T": "y"}, "contexts": {}, "source": "docker-bake.hcl:8", "guessed": False,
    }  # fmt: skip
    assert (far["context"], far["dockerfile"]) == ("https://example.com/far.git", "Dockerfile")


def test_a_bake_file_on_standard_input(tmp_path: Path) -> None:
    """`--bake -`, as with `bake -f -`."""
    done = run("--builds", "--bake", "-", cwd=tmp_path, stdin=b'target "default" {\n  context = "x"\n}\n')
    assert (done.returncode, done.stdout.splitlines()[1].split()) == (
        0,
        ["default", "x", "x/Dockerfile", "-", "standard", "input:2"],
    )


def test_the_document_of_a_directory(tmp_path: Path) -> None:
    """One build, as the command line asks for it; an argument without a value is null."""
    words = (
        "--builds",
        "--format",
        "json",
        "--build-arg",
        "A",
        "--build-arg",
        "B=1",
        "-f",
        "x/D",
        "--target",
        "t",
        ".",
    )
    (build,) = json.loads(run(*words, cwd=tmp_path).stdout)["builds"]
    assert (build["context"], build["dockerfile"], build["target"], build["args"]) == (
        ".",
        "x/D",
        "t",
        {"A": None, "B": "1"},
    )


def test_a_report_of_bake_files(tmp_path: Path) -> None:
    """Every target under its name; one that lies elsewhere is told."""
    write(tmp_path, FILES)
    done = run(
        "--facts", "--format", "json", "--service", "default", "--service", "far", "docker-bake.hcl", cwd=tmp_path
    )
    assert [(each["name"], each["context"]) for each in json.loads(done.stdout)["builds"]] == [
        ("api", "api"),
        ("web", "api"),
    ]
    assert "far is skipped: its context https://example.com/far.git is not here (docker-bake.hcl:18)" in done.stderr


def test_bake_files_tell_contexts_of_a_tree(tmp_path: Path) -> None:
    """`--all` takes each Dockerfile in the context that a bake file names, with its line; nothing of the environment."""
    write(tmp_path, FILES)
    done = run("--builds", "--format", "json", "--all", ".", cwd=tmp_path, TAG="secret-of-mine")
    builds = {each["name"]: each for each in json.loads(done.stdout)["builds"]}
    assert sorted(builds) == ["api/Dockerfile", "docker/web"]
    assert (builds["docker/web"]["context"], builds["docker/web"]["source"]) == ("api", "docker-bake.hcl:8")
    assert builds["docker/web"]["args"] == {"T": "x"}


@pytest.mark.parametrize("where", ["", "docker"])
def test_bake_is_run_beside_its_file_or_in_the_root(tmp_path: Path, where: str) -> None:
    """Where its targets are."""
    text = 'target "a" {\n  dockerfile = "docker/D.Dockerfile"\n}\n'
    write(
        tmp_path, {f"{where or '.'}/docker-bake.hcl": text, "docker/D.Dockerfile": "FROM scratch\nCOPY x /\n", "x": "x"}
    )
    (build,) = json.loads(run("--builds", "--format", "json", "--all", ".", cwd=tmp_path).stdout)["builds"]
    assert (build["context"], build["source"]) == (".", f"{where + '/' if where else ''}docker-bake.hcl:1")


@pytest.mark.parametrize(
    ("dockerfile", "context"), [("${dir}/D.Dockerfile", "."), ("D.Dockerfile", "docker"), ("docker/D.Dockerfile", ".")]
)
def test_where_bake_is_run_if_a_variable_leads_to_the_dockerfile(dockerfile: str, context: str, tmp_path: Path) -> None:
    """A script sets it, and runs bake where the Dockerfile finds what it takes."""
    text = (
        f'variable "dir" {{\n  default = "."\n}}\ntarget "a" {{\n  context = "."\n  dockerfile = "{dockerfile}"\n}}\n'
    )
    files: dict[str, str | int] = {
        "docker/docker-bake.hcl": text,
        "docker/D.Dockerfile": "FROM scratch\nCOPY docker/lib/x /\n",
        "docker/lib/x": "x",
    }
    (build,) = told("--all", ".", cwd=projects.write(tmp_path, files))
    found = [each["severity"] for each in build["findings"] if each["code"] == "missing-input"]
    assert (build["context"], found) == (context, ["error"] if context == "docker" else [])


@pytest.mark.parametrize(
    ("body", "context"),
    [
        ('context = "."\n  dockerfile = "${dir}/D.Dockerfile"', "."),
        ('context = "web"\n  dockerfile = "${dir}/D.Dockerfile"', None),
        ('inherits = ["b"]\n  dockerfile = "docker/D.Dockerfile"', None),
        ('context = dir\n  dockerfile = "docker/D.Dockerfile"', None),
    ],
)
def test_a_target_that_cannot_be_evaluated(body: str, context: str | None, tmp_path: Path) -> None:
    """It names its Dockerfile all the same, whose directory is not taken for the context."""
    files: dict[str, str | int] = {
        "docker-bake.hcl": f'target "b" {{}}\ntarget "a" {{\n  {body}\n  args = {{ X = nope() }}\n}}\n',
        "docker/D.Dockerfile": "FROM scratch\nCOPY docker/x /\n",
        "docker/x": "x",
        "docker/docker/x": "x",
        "web/x": "x",
    }
    (build,) = told("--all", ".", cwd=projects.write(tmp_path, files))
    codes = {each["code"] for each in build["findings"]} & {"missing-input", "unknown-context"}
    assert codes == (set() if context else {"unknown-context"})
    assert context is None or (build["context"], build["source"]) == (context, "docker-bake.hcl:2")


def test_what_cannot_be_evaluated_is_told_in_one_line(tmp_path: Path) -> None:
    """For each cause, with the first target."""
    text = (
        'target "a" {\n  name = "a-${x}"\n  matrix = { x = ["1", "2", "3"] }\n  args = { X = nope() }\n}\n'
        'target "b" {\n  matrix = { x = other() }\n}\n'
    )
    done = run(
        "--builds",
        "--all",
        ".",
        cwd=projects.write(tmp_path, {"docker-bake.hcl": text, "Dockerfile": "FROM scratch\n"}),
    )
    assert done.stderr.splitlines() == [
        "ctxscan: note: passed over: a-1 and 2 more targets: docker-bake.hcl:4: there is no function named nope",
        "ctxscan: note: passed over: b: docker-bake.hcl:7: there is no function named other",
    ]


def test_each_target_of_a_file_may_take_its_steps(tmp_path: Path) -> None:
    """One that takes too many hides no other."""
    heavy = 'args = { X = join(",", [for a in range(700) : join(",", [for b in range(700) : "${a}${b}"])]) }'
    text = f'target "a" {{\n  {heavy}\n}}\ntarget "b" {{\n  dockerfile = "b.Dockerfile"\n}}\n'
    files = {"docker-bake.hcl": text, "Dockerfile": "FROM scratch\n", "b.Dockerfile": "FROM scratch\n"}
    done = run("--builds", "--format", "json", "--all", ".", cwd=projects.write(tmp_path, files))
    assert "takes more than 400000 steps" in done.stderr
    sources = {each["name"]: each["source"] for each in json.loads(done.stdout)["builds"]}
    assert sources == {"Dockerfile": "docker-bake.hcl:1", "b.Dockerfile": "docker-bake.hcl:4"}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--builds", "--check", "."], "--check cannot be combined with --builds"),
        (["--builds", "--format", "html", "."], "--builds cannot be combined with --format html"),
        (["--bake", ".", "."], "--bake cannot be combined with .: give one of them"),
        (["--bake", ".", "--compose", "x"], "--bake cannot be combined with --compose"),
        (["--set", "a.target=b", "."], "--set needs a compose file or bake file"),
        (["--var", "A", "--bake", "."], "--var: expected NAME=VALUE"),
        (["--var", "A=1", "compose.yaml"], "compose.yaml: a compose file knows no --var"),
        (["--builds", "--bake", "nowhere.hcl"], "nowhere.hcl: cannot read it: no such file or directory"),
        (["--builds", "--bake", "api"], "api: no bake file: docker-bake.json, docker-bake.hcl"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, words: list[str], error: str) -> None:
    """One line, and 2."""
    write(tmp_path, FILES)
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"ctxscan: error: {error}")


def test_a_dockerfile_with_a_target(tmp_path: Path) -> None:
    """A Dockerfile as CONTEXT takes a target and named contexts; a Compose file has its own."""
    files = {
        "docker/Dockerfile": "FROM scratch AS one\nCOPY a /\nFROM scratch AS two\nCOPY --from=other b /\n",
        "a": 3,
        "more/b": 5,
        "Makefile": "x:\n\tdocker build -f docker/Dockerfile --target two .\n",
        "compose.yaml": "services: {a: {build: .}}\n",
    }
    root = projects.write(tmp_path, files)
    (build,) = told("docker/Dockerfile", "--target", "one", cwd=root)
    assert (build["target"], build["context"], build["sizes"]["transfer"]["bytes"]) == ("one", ".", 3)
    (build,) = told("docker/Dockerfile", "--build-context", "other=more", cwd=root)
    assert build["target"] == "two"
    assert run("compose.yaml", "--target", "one", cwd=root).returncode == 2
