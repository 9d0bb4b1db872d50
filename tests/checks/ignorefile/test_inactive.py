"""Ignore files that are not read for a build, and what would be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import projects
from support.command import run

from ctxscan import scan
from ctxscan.findings import Finding
from ctxscan.opinions import review, reviews

CASE_MATTERS = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the disk does not tell letters apart")
ALL = "FROM scratch\nCOPY . /\n"


def inactive(root: Path, **options: Any) -> list[Finding]:
    found = review(scan(root, **options)).findings or ()
    return [each for each in found if each.code == "inactive-ignore-file"]


@pytest.mark.parametrize(
    "name",
    [".dockerigore", "dockerignore", pytest.param(".Dockerignore", marks=CASE_MATTERS), pytest.param(".DOCKERIGNORE", marks=CASE_MATTERS), "dockerignore.txt", ".dockerignore.txt", ".docker-ignore"],
)  # fmt: skip
def test_a_wrong_name(name: str, tmp_path: Path) -> None:
    """It is found where nothing else is read, and renaming it helps."""
    projects.write(tmp_path, {"Dockerfile": ALL, name: "log\n", "log/a": 1})
    (finding,) = inactive(tmp_path)
    assert (finding.path, finding.severity, finding.remedy) == (name, "warning", "rename it to .dockerignore")
    (tmp_path / name).rename(tmp_path / ".dockerignore")
    assert not inactive(tmp_path)


@pytest.mark.parametrize(("name", "advised"), [("prod.dockerignore", True), ("shop.dockerignore", False)])
def test_half_the_name_of_the_dockerfile(name: str, advised: bool, tmp_path: Path) -> None:
    """The file has to be called as the Dockerfile is, as a whole."""
    projects.write(tmp_path, {"Dockerfile.prod": ALL, name: "log\n", "log/a": 1})
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "Dockerfile.prod")
    assert finding.remedy == ("rename it to Dockerfile.prod.dockerignore" if advised else None)


@pytest.mark.parametrize("name", [".gitignore", ".npmignore", ".helmignore", ".dockerenv", "Dockerfile.dockerignore"])
def test_a_name_of_something_else(name: str, tmp_path: Path) -> None:
    """Lists of other tools are theirs."""
    projects.write(tmp_path, {"Dockerfile": ALL, name: "log\n", "log/a": 1})
    assert not inactive(tmp_path)


def test_another_name_beside_the_right_one(tmp_path: Path) -> None:
    """A copy that somebody keeps is no mistake."""
    projects.write(tmp_path, {"Dockerfile": ALL, ".dockerignore": "log\n", ".dockerignore.txt": "x\n"})
    assert not inactive(tmp_path)


def test_a_list_for_another_tool_alone(tmp_path: Path) -> None:
    """Cloud Build reads it before it builds, so this is no more than a note."""
    projects.write(tmp_path, {"Dockerfile": ALL, ".gcloudignore": "log\n"})
    assert [(each.path, each.severity) for each in inactive(tmp_path)] == [(".gcloudignore", "note")]


@pytest.mark.parametrize(("name", "severity"), [("Dockerfile", "warning"), ("Containerfile", "note")])
def test_a_list_for_podman(name: str, severity: str, tmp_path: Path) -> None:
    """A Containerfile is likely to be built by what reads the list beside it. One cause is one finding."""
    projects.write(tmp_path, {name: ALL, ".containerignore": "log\n", ".git/HEAD": "x"})
    found = review(scan(tmp_path, dockerfile=tmp_path / name)).findings or ()
    assert [each.severity for each in found if each.code == "inactive-ignore-file"] == [severity]
    assert "no-ignore-file" not in {each.code for each in found}


@pytest.mark.parametrize(
    ("more", "speaks"),
    [
        ({}, True),
        ({"compose.yaml": "services:\n  a:\n    build: ./api\n"}, True),
        ({"Dockerfile": ALL}, False),
        ({"compose.yaml": "services:\n  a:\n    build: ./api\n  b:\n    build:\n      context: .\n"}, False),
        ({"Makefile": "image:\n\tdocker build -f api/Dockerfile.all .\n"}, False),
        ({"api/.dockerignore": "log\n"}, False),
        ({"api/Dockerfile": "FROM scratch\nCOPY main.py /\n", "api/main.py": 9}, False),
        ({".dockerignore": "node_modules\ntmp*\ndist\nDockerfile\n", "api/api.csproj": ""}, False),
        ({".dockerignore": "node_modules\n", "api/package.json": "{}"}, True),
        ({".dockerignore": ".env\n"}, False),
        ({".dockerignore": ".env\n", ".gitignore": ".env\n"}, True),
        ({".dockerignore": "api/out\n", "api/b/out/a": 1}, False),
    ],
    ids=[
        "alone",
        "named",
        "its own Dockerfile",
        "its own service",
        "its own order",
        "one below",
        "nothing broad",
        "for other tools",
        "for its tools",
        "for no file",
        "for a file that is made",
        "for another directory",
    ],
)
def test_one_above_the_context(more: dict[str, str], speaks: bool, tmp_path: Path) -> None:
    """In the root of a repository whose builds all lie below it."""
    projects.write(tmp_path, {".dockerignore": "**/log\n", "api/Dockerfile": ALL, "api/log/a": 9, **more})
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    found = inactive(tmp_path / "api")
    assert [each.path for each in found] == ["../.dockerignore"] * speaks
    assert all(each.remedy == "copy it to api/.dockerignore" for each in found)


def test_one_above_the_context_that_speaks_of_it(tmp_path: Path) -> None:
    """As it stands, it would not fit there."""
    projects.write(
        tmp_path, {".dockerignore": "web\napi/log\n", "api/Dockerfile": ALL, "api/log/a": 9, ".git/HEAD": "x"}
    )
    (found,) = inactive(tmp_path / "api")
    assert found.remedy == "copy what it says of api to api/.dockerignore, without api/ before it"


def test_one_between_the_context_and_the_dockerfile(tmp_path: Path) -> None:
    """Nobody reads it, as little as one beside the Dockerfile."""
    projects.write(tmp_path, {"docker/.dockerignore": "log\n", "docker/api/Dockerfile": ALL, "docker/log/a": 9})
    (found,) = inactive(tmp_path, dockerfile=tmp_path / "docker/api/Dockerfile")
    assert (found.path, found.severity) == ("docker/.dockerignore", "warning")
    assert (found.remedy or "").startswith("move it to docker/api/Dockerfile.dockerignore, or move its rules to ")


def test_one_above_two_contexts(tmp_path: Path) -> None:
    """Each of them needs a file of its own, so that it is told for each."""
    both = {f"{name}/{path}": text for name in ("api", "web") for path, text in {"Dockerfile": ALL, "a": "x"}.items()}
    projects.write(tmp_path, {".dockerignore": "a\n", ".git/HEAD": "x", **both})
    found = [inactive(tmp_path / name)[0] for name in ("api", "web")]
    assert [(each.path, each.key) for each in found] == [("../.dockerignore", "api"), ("../.dockerignore", "web")]


@pytest.mark.parametrize(
    ("builder", "read", "advises"),
    [
        ("buildkit", {}, "rename it to svc/Dockerfile.dockerignore, or move its rules to .dockerignore"),
        ("buildkit", {".dockerignore": "x\n"}, "move its rules to .dockerignore in the root of the context"),
        ("classic", {}, "move its rules to .dockerignore in the root of the context"),
    ],
)
def test_beside_a_dockerfile_below_the_context(
    builder: str, read: dict[str, str | int], advises: str, tmp_path: Path
) -> None:
    """Where people put it first; named after the Dockerfile it would count, for the builders that know that, in the
    place of one that is read."""
    projects.write(tmp_path, {"svc/Dockerfile": ALL, "svc/.dockerignore": "log\n", "svc/log/a": 1, **read})
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile", builder=builder)
    assert finding.path == "svc/.dockerignore"
    assert (finding.remedy or "").startswith(advises)
    assert (finding.remedy or "").endswith(" put svc/ before its rules for what lies there")
    assert not inactive(tmp_path / "svc", builder=builder)


@pytest.mark.parametrize(
    ("rules", "prefix"),
    [
        ("svc/Dockerfile\nlog\nweb/\n", False),
        ("log\n", False),
        ("cache\n", True),
        ("log\ncache\n", True),
    ],
)
def test_rules_that_are_written_for_the_root(rules: str, prefix: bool, tmp_path: Path) -> None:
    """They name what lies there, as seen from there: nothing is to be put before them."""
    projects.write(
        tmp_path, {"svc/Dockerfile": ALL, "svc/.dockerignore": rules, "svc/cache/a": 9, "log/a": 9, "web/a": 9}
    )
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")
    assert ("put svc/ before its rules" in (finding.remedy or "")) is prefix
    if not prefix:
        (tmp_path / "svc/.dockerignore").rename(tmp_path / "svc/Dockerfile.dockerignore")
        assert not inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")


#: The rules beside one Dockerfile, what the other one copies, whether the root has a file, and how the way out begins.
SHARED = {
    "a project that the other one builds": (
        "log\n/web\n",
        "COPY . .",
        True,
        "rename it to svc/Dockerfile.dockerignore with the rules of .dockerignore above its own, as it takes the place of "
        "that, and put svc/ before its rules",
    ),
    "what the other one names": (
        "log\n/lib\n",
        "COPY lib /lib",
        False,
        "rename it to svc/Dockerfile.dockerignore, and put svc/ before its rules",
    ),
    "what lies in the root": ("log\n/lib\n", "COPY . .", True, "rename it to svc/Dockerfile.dockerignore with"),
    "what the other one names of this one": (
        "log\n",
        "COPY svc/log /l",
        True,
        "rename it to svc/Dockerfile.dockerignore with",
    ),
    "all but its own": ("log\n*\n!svc\n", "COPY . .", True, "rename it to svc/Dockerfile.dockerignore with"),
    "nothing that the other one takes": (
        "log\n/web\n",
        "COPY lib /lib",
        True,
        "move its rules to .dockerignore in the root",
    ),
    "what lies in the root as well": ("log\nlib\n", "COPY . .", True, "move its rules to .dockerignore in the root"),
}


@pytest.mark.parametrize("case", SHARED)
def test_beside_a_dockerfile_that_shares_its_rules(case: str, tmp_path: Path) -> None:
    """What one build would leave out in the root, another one may need."""
    rules, copies, read, advises = SHARED[case]
    files = {"svc/Dockerfile": ALL, "svc/.dockerignore": rules, "svc/log/a": 9, "svc/a.js": 9, "lib/a.js": 9}
    files |= {
        "web/Dockerfile": f"FROM a\n{copies}\n",
        "web/package.json": "{}",
        **({".dockerignore": "x\n"} if read else {}),
    }
    projects.write(tmp_path, files)
    scans = [scan(tmp_path, dockerfile=tmp_path / each / "Dockerfile") for each in ("svc", "web")]
    (found,) = [
        each for each in reviews(scans, configs=[None, None])[0].findings or () if each.code == "inactive-ignore-file"
    ]
    assert (found.remedy or "").startswith(advises)


def test_beside_several_dockerfiles(tmp_path: Path) -> None:
    """A file of that name belongs to one of them: the root has one for all, unless another build needs what it takes."""
    files: dict[str, str | int] = {f"svc/Dockerfile.{each}": ALL for each in ("a", "b")}
    files |= {"svc/.dockerignore": "log\n/lib\n", "svc/log/a": 9, "lib/a.js": 9, "web/Dockerfile": "FROM a\nCOPY . .\n"}
    projects.write(tmp_path, files)
    (found,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile.a")
    assert (found.remedy or "").startswith("move its rules to .dockerignore in the root of the context, and put svc/")
    projects.write(tmp_path, {"web/Dockerfile": "FROM a\nCOPY lib /lib\n"})
    scans = [scan(tmp_path, dockerfile=tmp_path / each) for each in ("svc/Dockerfile.a", "web/Dockerfile")]
    reviewed = reviews(scans, configs=[None, None])[0].findings or ()
    (found,) = [each for each in reviewed if each.code == "inactive-ignore-file"]
    assert found.remedy == (
        "copy it to svc/Dockerfile.a.dockerignore and svc/Dockerfile.b.dockerignore, and put svc/ before its rules for what "
        "lies there"
    )


def test_beside_a_dockerfile_for_what_was_made_before(tmp_path: Path) -> None:
    """Rules that would leave out the project that is built now are not worth moving."""
    files: dict[str, str | int] = {"svc/Dockerfile": ALL, "svc/.dockerignore": "*\n!out\n", "svc/shop.csproj": 9}
    projects.write(tmp_path, files)
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")
    assert finding.remedy == "remove it: its rules would exclude svc/shop.csproj, which is built here"


def test_beside_a_dockerfile_that_copies_what_it_excludes(tmp_path: Path) -> None:
    """Moved, the rules would break the build, whether what they name is there yet or not."""
    dockerfile = "FROM scratch\nCOPY svc/dist /\n"
    projects.write(tmp_path, {"svc/Dockerfile": dockerfile, "svc/.dockerignore": "dist\n", "svc/a": 9})
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")
    assert finding.remedy == "remove it: its rules would exclude svc/dist, which line 2 copies"


#: What a Dockerfile in `web` takes, the rules beside it, other files there, and the severity and the way out.
MOVED: dict[str, tuple[str, str, tuple[str, ...], tuple[str, str] | None]] = {
    "a directory": ("web", "node_modules\n", (), ("warning", "move its rules")),
    "files by name": (
        "web/a.js web/package*.json",
        "node_modules\n*.md\n",
        (),
        ("note", "remove it: no instruction takes"),
    ),
    "a file by a wild card": ("web/*.md", "*.md\n", (), ("warning", "move its rules")),
    "a directory inside": ("web/src", "/src/dist\n", ("src/dist/a",), ("warning", "move its rules")),
    "what is not there": ("web/src", "/src/dist\n", (), None),
    "another directory inside": ("web/src", "/dist\n", (), ("note", "remove it: no instruction takes")),
    "at any depth": ("web/src", "**/dist\n", (), ("warning", "move its rules")),
    "all but what is there": (".", "*\n!a.js\n!package.json\n!a.md\n!src\n", (), ("warning", "move its rules")),
    "another Dockerfile": ("web/a.js", "node_modules\n", ("dev.Dockerfile",), None),
    "no manifest of what is built": (".", "Makefile\n", ("Makefile",), ("warning", "move its rules")),
}


@pytest.mark.parametrize("case", MOVED)
def test_beside_a_dockerfile_that_takes_little(case: str, tmp_path: Path) -> None:
    """Rules for what no instruction takes would do nothing in the root either."""
    taken, rules, more, expected = MOVED[case]
    files = dict.fromkeys(("a.js", "package.json", "a.md", "src/a.js", *more), "")
    projects.write(tmp_path, {".dockerignore": "x\n", "web/Dockerfile": f"FROM a\nCOPY {taken} /app/\n"})
    projects.write(tmp_path, {"web/.dockerignore": rules, **{f"web/{name}": text for name, text in files.items()}})
    found = inactive(tmp_path, dockerfile=tmp_path / "web/Dockerfile")
    assert [(each.severity, (each.remedy or "")[: len(expected[1]) if expected else 0]) for each in found] == (
        [expected] if expected else []
    )


def test_all_but_the_files_that_are_copied(tmp_path: Path) -> None:
    """It was written for a context of its own, and would exclude nothing here."""
    projects.write(tmp_path, {"web/Dockerfile": ALL, "web/.dockerignore": "*\n!a.sh\n", "web/a.sh": "", "b": 1})
    (found,) = inactive(tmp_path, dockerfile=tmp_path / "web/Dockerfile")
    assert (found.severity, found.remedy) == ("note", "remove it: no instruction takes what its rules would exclude")


@pytest.mark.parametrize(
    ("read", "beside", "reported"),
    [
        ("**/node_modules\n**/*.log\n", "./node_modules\n*.log\n", False),
        ("svc/out\nsvc/node_modules\n", "out\nnode_modules\n", False),
        ("**/node_modules\n", "node_modules\nout\n", True),
        ("svc/x\n", "out\n!out/a\n", True),
    ],
)
def test_beside_a_dockerfile_with_rules_that_hold(read: str, beside: str, reported: bool, tmp_path: Path) -> None:
    """Whoever moves them there changes nothing."""
    projects.write(
        tmp_path, {"svc/Dockerfile": ALL, "svc/.dockerignore": beside, ".dockerignore": read, "svc/out/b": 9}
    )
    assert len(inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")) == reported


@pytest.mark.parametrize(
    ("read", "there", "severity", "advises"),
    [
        ("**/node_modules\n**/.env*\n", {}, "note", "remove it: .dockerignore excludes what its rules would of what is there"),
        ("**/node_modules\n**/.env*\n", {"svc/build/a": 1}, "warning", "move its rules to .dockerignore"),
        ("**/.env*\n", {}, "warning", "move its rules to .dockerignore"),
        ("x\n", {}, "warning", "move its rules to .dockerignore"),
    ],
    ids=["the rest is not there", "the rest is there", "the rest is installed", "nothing is excluded"],
)  # fmt: skip
def test_beside_a_dockerfile_where_most_is_excluded(
    read: str, there: dict[str, str | int], severity: str, advises: str, tmp_path: Path
) -> None:
    """An output that nobody has made is no reason to move the rest."""
    files = {"svc/Dockerfile": ALL, "svc/.dockerignore": "node_modules\nbuild\n.env*\n", "svc/package.json": "{}"}
    projects.write(tmp_path, {**files, ".dockerignore": read, "svc/.env.local": 9, **there})
    (found,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")
    assert (found.severity, (found.remedy or "")[: len(advises)]) == (severity, advises)


def test_beside_a_dockerfile_outside_the_context(tmp_path: Path) -> None:
    """Under the name of the Dockerfile it is read there; another build may have it, or nothing that it names."""
    files: dict[str, str | int] = {
        "ops/Dockerfile": ALL,
        "ops/.dockerignore": "log\n",
        "app/log/a": 9,
        ".git/HEAD": "x",
    }
    projects.write(tmp_path, {**files, "lib/a": 9})
    built = {"dockerfile": tmp_path / "ops/Dockerfile"}
    (found,) = inactive(tmp_path / "app", **built)
    assert (found.path, found.remedy) == ("../ops/.dockerignore", "rename it to ops/Dockerfile.dockerignore")
    (found,) = inactive(tmp_path / "app", builder="classic", **built)
    assert found.remedy == "move its rules to app/.dockerignore"
    assert not inactive(tmp_path / "lib", **built)
    scans = [scan(tmp_path / each, **built) for each in ("app", "ops")]
    assert not [each for each in reviews(scans, configs=[None, None])[0].findings or () if "inactive" in each.code]
    projects.write(tmp_path, {"ops/Dockerfile.web": ALL})
    (found,) = inactive(tmp_path / "app", **built)
    assert found.remedy == "copy it to ops/Dockerfile.dockerignore and ops/Dockerfile.web.dockerignore"
    projects.write(tmp_path, {"app/.dockerignore": "x\n"})
    (found,) = inactive(tmp_path / "app", **built)
    assert found.remedy == "move its rules to app/.dockerignore"
    (tmp_path / "app/.dockerignore").unlink()
    (tmp_path / "ops/.dockerignore").rename(tmp_path / "ops/Dockerfile.dockerignore")
    assert not inactive(tmp_path / "app", **built)


def test_its_own_file_counts(tmp_path: Path) -> None:
    """Who has both has written the other for another context."""
    projects.write(
        tmp_path,
        {"svc/Dockerfile": ALL, "svc/.dockerignore": "log\n", "svc/Dockerfile.dockerignore": "x\n", "log/a": 1},
    )
    assert not inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")


@pytest.mark.parametrize(
    ("files", "reported"),
    [
        ({}, True),
        ({"compose.yaml": "services:\n  web:\n    build: ./web\n"}, False),
        ({"Makefile": "image:\n\tdocker build web\n"}, False),
        ({".github/workflows/ci.yml": "context: web\n"}, False),
        ({"compose.yaml": "services: {}\n"}, True),
    ],
)
def test_a_directory_that_may_be_a_context(files: dict[str, str | int], reported: bool, tmp_path: Path) -> None:
    """A file that says what is built where names it."""
    projects.write(
        tmp_path,
        {"Dockerfile": ALL, ".dockerignore": "x\n", "web/.dockerignore": "log\n", "web/log/a": 1_000_000, **files},
    )
    assert [each.path for each in inactive(tmp_path)] == (["web/.dockerignore"] if reported else [])


@pytest.mark.parametrize("name", [".gitmodules", ".github/workflows/ci.yml", ".gitlab-ci.yml"])
def test_a_directory_that_is_another_project(name: str, tmp_path: Path) -> None:
    """It has its own builds, and is not read for this one."""
    tree: dict[str, str | int] = {
        "Dockerfile": ALL,
        ".dockerignore": "x\n",
        "tools/.dockerignore": "*\n",
        "tools/.env": 1,
    }
    projects.write(tmp_path, tree)
    assert [each.path for each in inactive(tmp_path)] == ["tools/.dockerignore"]
    projects.write(tmp_path, {f"tools/{name}": "x\n"})
    assert not inactive(tmp_path)


@pytest.mark.parametrize("inner", [True, False], ids=["of another build", "of none"])
def test_the_file_of_another_build(inner: bool, tmp_path: Path) -> None:
    """One beside the Dockerfile is not read for a context above it, but may be for that of another build of the run."""
    tree = {
        "web/Dockerfile": ALL,
        "web/api.Dockerfile": "FROM scratch\nCOPY web /\n",
        "web/.dockerignore": "x\n",
        "web/x": "1",
    }
    makefile = "x:\n\tdocker build -f web/api.Dockerfile .\n" + "\tdocker build web\n" * inner
    projects.write(tmp_path, {**tree, "Makefile": makefile + "\tdocker build -f web/Dockerfile .\n" * (not inner)})
    done = run("--all", "--format", "json", cwd=tmp_path)
    codes = [each["code"] for build in json.loads(done.stdout)["builds"] for each in build["findings"]]
    assert ("inactive-ignore-file" in codes) is not inner


def test_rules_that_would_save_little(tmp_path: Path) -> None:
    """Where nothing is built in its directory it is worth a word for 1 MB, or for a secret."""
    tree: dict[str, str | int] = {
        "Dockerfile": ALL,
        "web/.dockerignore": "log\n**/bin\nREADME.md\n",
        "web/log/a": 900_000,
    }
    assert not inactive(projects.write(tmp_path, {**tree, "web/README.md": "x"}))
    (tmp_path / "web/bin").mkdir()
    (tmp_path / "web/bin/b").write_text("x" * 100_000)
    assert [each.path for each in inactive(tmp_path)] == ["web/.dockerignore"]


def test_what_others_have_written(tmp_path: Path) -> None:
    """A vendored tree brings its own."""
    projects.write(tmp_path, {"Dockerfile": ALL, ".dockerignore": "x\n", "vendor/a/.dockerignore": "log\n"})
    assert not inactive(tmp_path)


def test_the_file_in_the_root_is_that_of_another_dockerfile(tmp_path: Path) -> None:
    """It is passed over for a Dockerfile with a list of its own, and read for the other."""
    tree = {"Dockerfile": ALL, "Dockerfile.dockerignore": "Dockerfile\n", ".dockerignore": "x\n"}
    projects.write(tmp_path, tree)
    assert [each.path for each in inactive(tmp_path)] == [".dockerignore"]
    projects.write(tmp_path, {"tools.Dockerfile": ALL})
    assert not inactive(tmp_path)


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("Dockerfile.txt", True),
        ("Dokcerfile", True),
        ("dockerfile.txt", True),
        pytest.param("DockerFile", True, marks=CASE_MATTERS),
        ("Dockerfile.dev", False),
        ("dev.Dockerfile", False),
        ("Dockerfile.dockerignore", False),
        ("docker.md", False),
    ],
)
def test_a_dockerfile_under_another_name(name: str, reported: bool, tmp_path: Path) -> None:
    """Nearly the right name is a slip; one for another build is not."""
    projects.write(tmp_path, {name: ALL, "a": 1})
    found = [each for each in review(scan(tmp_path)).findings or () if each.code == "misnamed-dockerfile"]
    assert [each.path for each in found] == ([name] if reported else [])


def test_a_dockerfile_beside_another_name(tmp_path: Path) -> None:
    """Where there is one, the other is a copy."""
    projects.write(tmp_path, {"Dockerfile": ALL, "Dockerfile.txt": ALL})
    assert "misnamed-dockerfile" not in [each.code for each in review(scan(tmp_path)).findings or ()]


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize(
    ("target", "builder", "says"),
    [
        ("../.dockerignore", "buildkit", "the link leads out of the context (../.dockerignore), where buildkit does not follow it"),
        ("/etc/rules", "buildkit", "the link leads out of the context (/etc/rules)"),
        ("gone", "buildkit", "the link leads nowhere (gone)"),
        ("rules", "buildkit", None),
        ("../.dockerignore", "classic", None),
    ],
)  # fmt: skip
def test_a_link(target: str, builder: str, says: str | None, tmp_path: Path) -> None:
    """BuildKit takes the context for the root of all links; the classic builder follows them on disk."""
    projects.write(tmp_path, {".dockerignore": "log\n", "svc/Dockerfile": ALL, "svc/rules": "log\n"})
    (tmp_path / "svc/.dockerignore").symlink_to(target)
    found = inactive(tmp_path / "svc", builder=builder)
    assert (says is not None) is bool(found)
    assert says is None or says in found[0].message


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_beside_a_dockerfile(tmp_path: Path) -> None:
    """To a list of its own the directory of the Dockerfile is the root."""
    projects.write(tmp_path, {"rules": "log\n", "svc/Dockerfile": ALL, ".dockerignore": "x\n"})
    (tmp_path / "svc/Dockerfile.dockerignore").symlink_to("../rules")
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")
    assert "out of the directory of the Dockerfile (../rules)" in finding.message


@pytest.mark.parametrize(("rules", "speaks"), [("tests\n", True), ("**/node_modules\n", True), ("nothing\n", False)])
def test_rules_beside_the_dockerfile_that_are_meant_for_the_context(rules: str, speaks: bool, tmp_path: Path) -> None:
    """They name what lies in the root, or anywhere."""
    files = {"tests/a.bin": 3_000_000, "web/node_modules/x/a.js": 9, "docker/.dockerignore": rules}
    projects.write(tmp_path, {**files, "docker/Dockerfile.ci": ALL})
    found = inactive(tmp_path, dockerfile=tmp_path / "docker/Dockerfile.ci")
    assert [(each.path, each.severity) for each in found] == [("docker/.dockerignore", "warning")] * speaks


@pytest.mark.parametrize(
    ("root", "way"),
    [
        ("Dockerfile\n*.bin\n*/tmp\n", "remove it: .dockerignore has its rules"),
        ("Dockerfile\n", "move its rules to .dockerignore in the root of the context"),
    ],
)
def test_one_whose_rules_stand_in_the_root_as_well(root: str, way: str, tmp_path: Path) -> None:
    """There is nothing to move, whatever they are for there."""
    files = {"svc/.dockerignore": "Dockerfile\n*.bin\ntmp\n", "svc/a.bin": 9, "Dockerfile": ALL, ".dockerignore": root}
    projects.write(tmp_path, {**files, "svc/Dockerfile.ci": "FROM scratch\nCOPY svc .\n"})
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile.ci")
    assert (finding.path, finding.remedy) == ("svc/.dockerignore", way)


def test_one_that_counts_for_the_dockerfile_beside(tmp_path: Path) -> None:
    """Whoever wrote it may take it for that of all."""
    files = {"docker/Dockerfile.dockerignore": "a\n", "docker/Dockerfile": ALL, "docker/Dockerfile.web": ALL}
    projects.write(tmp_path, {**files, "a": 9, ".git/HEAD": "x"})
    found = review(scan(tmp_path, dockerfile=tmp_path / "docker/Dockerfile.web")).findings or ()
    (one,) = [each for each in found if each.code == "no-ignore-file"]
    assert one.why == "docker/Dockerfile.dockerignore counts for Dockerfile alone"


@pytest.mark.parametrize(
    ("rules", "severity"), [("*/target/\nsvc/Dockerfile\n", "note"), ("target\n", "warning"), ("", "warning")]
)
def test_one_whose_rules_hold_already(rules: str, severity: str, tmp_path: Path) -> None:
    """What the file that is read excludes needs no other one."""
    tree = {"svc/Dockerfile": ALL, "svc/.dockerignore": "*/target/\nDockerfile*\n", ".dockerignore": rules}
    projects.write(tmp_path, {**tree, "svc/Cargo.toml": "", "core/target/a": 5, "svc/a": 1})
    (finding,) = inactive(tmp_path, dockerfile=tmp_path / "svc/Dockerfile")
    assert finding.severity == severity
    assert (finding.remedy == "remove it: .dockerignore excludes what its rules would") is (severity == "note")
