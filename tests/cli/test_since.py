"""`--since`: what another commit did not have, and how the sizes have changed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support import histories, projects
from support.command import run
from support.schemas import REPORT

from ctxscan.errors import CtxscanError
from ctxscan.git import layout

#: Assembled here, so that no file holds it.
VALUES = ["Xk29fjQpz7" + "TbvLw3Rm8s", "Qm47vyRtn2" + "KdsHb6Wc5j"]


def secret(*values: str) -> str:
    return "".join(f"SECRET_{at}_PASSWORD={value}\n" for at, value in enumerate(values))


def commit(root: Path, **files: str | int) -> Path:
    """A commit `v1` with these files beside a Dockerfile that copies all."""
    named = {name.replace("__", "/").replace("DOT", "."): text for name, text in files.items()}
    projects.write(root, {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": ".git\n", **named})
    histories.git(root, "init", "-q")
    histories.git(root, "add", "--all", "--force")
    histories.git(root, "commit", "-qm", "made")
    histories.git(root, "tag", "v1")
    return root


def build(root: Path, *words: str, status: int = 0) -> dict[str, Any]:
    done = run("--format", "json", "--since", "v1", *words, cwd=root)
    assert done.returncode == status, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    REPORT.validate(found)
    first: dict[str, Any] = found["builds"][0]
    return first


def codes(found: dict[str, Any]) -> list[str]:
    return sorted(each["code"] for each in found["findings"])


def test_nothing_has_changed(tmp_path: Path) -> None:
    """What the commit has too is told with its count, and a check passes."""
    root = commit(tmp_path, DOTenv=secret(VALUES[0]))
    assert run("--check", cwd=root).returncode == 1
    found = build(root)
    assert (codes(found), found["since"]) == ([], {"revision": "v1", "new": 0, "fixed": 0, "sizes": {}})
    assert {"code": "secret-file", "by": "since", "count": 1} in found["suppressed"]
    assert run("--check", "--since", "v1", cwd=root).returncode == 0
    assert "Since     no change in size against v1; 0 new findings, 0 fixed\n" in run("--since", "v1", cwd=root).stdout


def test_what_is_new_counts(tmp_path: Path) -> None:
    """A second secret in a file that had one, lines that moved; and what is gone is counted as fixed."""
    root = commit(tmp_path, DOTenv=secret(VALUES[0]), web__DOTenv=secret(VALUES[1]))
    (root / ".env").write_text("# moved\n\n" + secret(*VALUES))
    (root / "web" / ".env").unlink()
    found = build(root)
    assert codes(found) == ["secret-file"]
    assert (found["since"]["new"], found["since"]["fixed"]) == (1, 1)
    assert run("--check", "--since", "v1", cwd=root).returncode == 1


def test_a_finding_that_got_worse_is_new(tmp_path: Path) -> None:
    """A secret that was kept in the context, and is sent now."""
    root = commit(tmp_path, Dockerfile="FROM scratch\nCOPY a /\n", a=1, DOTenv=secret(VALUES[0]))
    assert run("--check", "--since", "v1", cwd=root).returncode == 0
    (root / "Dockerfile").write_text("FROM scratch\nCOPY a .env /\n")
    assert run("--check", "--since", "v1", cwd=root).returncode == 1


#: A file that the commit has, what it is changed to, and whether the secret in it is another one.
CHANGED = {
    "another value": (".env", secret(VALUES[0]), secret(VALUES[1]), True),
    "lines above and below": (".env", secret(VALUES[0]), "# a\nA=1\n" + secret(VALUES[0]) + "B=2\n", False),
    "another value below": ("config.ini", f"password = {VALUES[0]}\n", f"[x]\npassword = {VALUES[1]}\n", True),
    "of an instruction": ("Dockerfile", f"FROM alpine:3\nENV API_TOKEN={VALUES[0]}\n", f"FROM alpine:3\nENV API_TOKEN={VALUES[1]}\n", True),
    "below the line of an instruction": (
        "Dockerfile", f"FROM alpine:3\nENV A=1 \\\n  API_TOKEN={VALUES[0]}\n", f"FROM alpine:3\nENV A=1 \\\n  API_TOKEN={VALUES[1]}\n", True,
    ),
    "an instruction that moved": ("Dockerfile", f"FROM alpine:3\nENV API_TOKEN={VALUES[0]}\n", f"FROM alpine:3\n\nUSER 1\nENV API_TOKEN={VALUES[0]}\n", False),
}  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("name", "before", "after", "new"), CHANGED.values(), ids=CHANGED)
def test_another_secret_in_the_same_place(name: str, before: str, after: str, new: bool, tmp_path: Path) -> None:
    """It has the fingerprint of the one before, which says nothing of a value, and is new all the same."""
    root = commit(tmp_path)
    (root / name).write_text(before)
    histories.git(root, "add", "--all", "--force")
    histories.git(root, "commit", "-qm", "secret")
    histories.git(root, "tag", "-f", "v1")
    assert run("--check", cwd=root).returncode == 1
    assert run("--check", "--since", "v1", cwd=root).returncode == 0
    (root / name).write_text(after)
    assert run("--check", cwd=root).returncode == 1
    assert run("--check", "--since", "v1", cwd=root).returncode == int(new)


@pytest.mark.parametrize("ignored", [True, False], ids=["without .git", "with .git"])
def test_the_change_of_the_sizes(ignored: bool, tmp_path: Path) -> None:
    """To the byte, and without what git has of its own, which no commit holds."""
    root = commit(tmp_path, a=1_000_000, src__b=50, **({} if ignored else {"DOTdockerignore": "nothing\n"}))
    projects.write(root, {"src/c": 3_200_000})
    (root / "a").unlink()
    found = build(root)["since"]["sizes"]
    assert list(found) == ["transfer", "image"]
    assert all(each["now"] - each["before"] == 2_200_000 for each in found.values())
    said = "transfer +2.2 MB against v1 (1.0 MB, now 3.2 MB), image +2.2 MB;"
    assert said in " ".join(run("--since", "v1", cwd=root).stdout.split())
    markdown = run("--since", "v1", "--format", "markdown", cwd=root).stdout
    assert "transfer `+2.2` MB against `v1`" in markdown
    assert ".git" not in [each["path"] for each in build(root)["findings"]]


def test_nothing_is_checked_out(tmp_path: Path) -> None:
    """The work tree, the index and the state of git stay as they are, and nothing is left in the temporary directory."""
    root, other = commit(tmp_path / "tree", a=1), tmp_path / "temporary"
    other.mkdir()
    projects.write(root, {"a": 2, "b": 3})
    histories.git(root, "add", "b")
    before = {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    assert run("--since", "v1", cwd=root, TMPDIR=str(other), TEMP=str(other), TMP=str(other)).returncode == 0
    assert {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()} == before
    assert list(other.iterdir()) == []


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("here", "words"),
    [
        (".", ["."]), ("sub", [".."]), ("sub", ["../sub"]), ("..", ["tree"]), (".", ["-f", "Dockerfile", "sub"]),
        (".", ["--all"]), (".", ["compose.yaml"]), ("sub", ["--compose", "../compose.yaml"]), (".", ["docker-bake.hcl"]),
        (".", ["--builder", "classic"]), (".", ["--", "docker", "build", "-t", "app", "."]),
    ],
    ids=str,
)  # fmt: skip
def test_from_anywhere(here: str, words: list[str], tmp_path: Path) -> None:
    """However the builds are asked for, the commit is asked in the same way: a secret in it is known."""
    root = commit(
        tmp_path / "tree", DOTenv=secret(VALUES[0]), sub__DOTenv=secret(VALUES[1]), sub__Dockerfile="FROM scratch\nCOPY . /\n",
        composeDOTyaml="services: {a: {build: .}, b: {build: sub}}\n",
        **{"docker-bakeDOThcl": 'target "default" { context = "sub" }\n'},
    )  # fmt: skip
    options = ["--check", "--since", "v1"]
    assert run("--check", *words, cwd=root / here).returncode == 1
    assert run(*options, *words, cwd=root / here).returncode == 0
    for each in (root, root / "sub"):
        (each / ".env").write_text(secret(*VALUES))
    assert run(*options, *words, cwd=root / here).returncode == 1


def test_a_build_that_is_new(tmp_path: Path) -> None:
    """Nothing of it is known; that of the others is."""
    root = commit(tmp_path, DOTenv=secret(VALUES[0]))
    projects.write(root, {"web/Dockerfile": "FROM scratch\nCOPY . /\n", "web/.env": secret(VALUES[1])})
    histories.git(root, "add", "web/Dockerfile")
    found = json.loads(run("--all", "--since", "v1", "--format", "json", cwd=root).stdout)["builds"]
    sizes = {each["name"]: each["since"]["sizes"] for each in found}
    assert sizes["web/Dockerfile"] is None
    assert set(sizes["Dockerfile"]) == {"transfer", "image"}
    assert run("--all", "--check", "--since", "v1", cwd=root).returncode == 1


def test_a_commit_that_did_not_build(tmp_path: Path) -> None:
    """What it had of the build is not known, and that is no error."""
    root = commit(tmp_path, Dockerfile="NONSENSE\n", DOTenv=secret(VALUES[0]))
    (root / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    found = build(root)
    assert found["since"]["sizes"] is None
    assert "secret-file" in codes(found)


def test_the_configuration_of_today_counts(tmp_path: Path) -> None:
    """For both: what the commit allowed is known, and a threshold that is set now holds for it, too."""
    root = commit(tmp_path, a=3_000_000, b=2_000_000, DOTctxscanDOTtoml="")
    (root / ".ctxscan.toml").write_text('max-size = "1MB"\n')
    assert "context-too-large" not in codes(build(root))
    text = 'builder = "classic"\n'
    (root / ".ctxscan.toml").write_text(text)
    sizes = build(root)["since"]["sizes"]
    assert [each["now"] - each["before"] for each in sizes.values()] == [len(text), len(text)]


@pytest.mark.parametrize("revision", ["nothing", "--help", "-v", "v1:a", "", "a\nb", "v1^{tree}"])
def test_no_such_commit(revision: str, tmp_path: Path) -> None:
    """One line, status 2."""
    root = commit(tmp_path, a=1)
    done = run(f"--since={revision}", cwd=root)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("ctxscan: error: --since: no such commit: ")


def test_without_a_repository(tmp_path: Path) -> None:
    """One line, status 2."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\n"})
    done = run("--since", "HEAD", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "ctxscan: error: .: --since needs a repository of git, and there is none\n",
    )


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", ".git/config", "a/.GIT/hooks/x", "a//b", "./a"])
def test_a_tree_leads_nowhere_else(path: str) -> None:
    """What a hostile commit names outside of the directory, or in a repository, is not written."""
    assert layout._file(b"100644 blob 0123 4\t" + path.encode()) is None


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """Links are made last, and hold what they held."""
    root = commit(tmp_path / "tree", a=1)
    (root / "link").symlink_to("/")
    (root / "up").symlink_to("..")
    histories.git(root, "add", "--all")
    histories.git(root, "commit", "-qm", "links")
    into = tmp_path / "into"
    into.mkdir()
    name = layout.commit_of(str(root), "HEAD")
    assert name is not None
    layout.lay_out(str(root), name, into)
    assert (os.readlink(into / "link"), os.readlink(into / "up")) == ("/", "..")
    assert sorted(each.name for each in into.iterdir()) == sorted(
        [".dockerignore", ".git", "Dockerfile", "a", "link", "up"]
    )


def test_a_commit_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not laid out, and the limit is named."""
    root = commit(tmp_path / "tree", a=1, b=1)
    monkeypatch.setattr(layout, "MOST_FILES", 3)
    with pytest.raises(CtxscanError, match="more than 3 files"):
        layout.lay_out(str(root), "v1", tmp_path)


def test_large_files_have_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their content is nothing that anybody looks at."""
    monkeypatch.setattr(layout, "LARGE", 1000)
    root = commit(tmp_path, a=5000, b=999)
    assert build(root)["since"]["sizes"] == {}
