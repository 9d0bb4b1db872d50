"""Named contexts are part of what is built: counted, examined, explained, and told by their names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.command import run
from support.projects import write

from ctxscan import CtxscanError, Scan, scan
from ctxscan.explain import explain
from ctxscan.opinions import review

#: Assembled here, so that no scanner of this repository trips over it.
TOKEN = "ghp_" + "Zq8Kd2Lm5Np7Rt9Vw3Xy6Bc1Fg4Hj0Sa2Ue"[:36]
DOCKERFILE = "FROM scratch\nCOPY --from=lib src /src\nCOPY a /\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path / "app", {"a": "1234", "b": "12", "Dockerfile": DOCKERFILE})
    write(tmp_path / "lib", {"src/x": "123456", "src/.env": f"TOKEN={TOKEN}\n", "docs/y": "1", "src/z.log": "1"})
    write(tmp_path / "lib", {".dockerignore": "**/*.log\n"})
    return tmp_path


def scanned(project: Path, **options: Any) -> Scan:
    return scan(project / "app", build_contexts={"lib": str(project / "lib")}, **options)


@pytest.mark.parametrize("builder", ["buildkit", "buildah"])
def test_their_files_count(project: Path, builder: str) -> None:
    """In the image and, where there is one, in the transfer."""
    found = scanned(project, builder=builder)
    assert found.sizes.image.files == 3
    assert found.image.bytes == 4 + 6 + len(f"TOKEN={TOKEN}\n")
    assert found.sizes.transfer.files == (3 if builder == "buildkit" else 0)
    assert [(name, each.files) for name, each in found.contexts] == [("lib", 2)]


@pytest.mark.parametrize("builder", ["buildkit", "buildah"])
def test_their_secrets_are_found(project: Path, builder: str) -> None:
    (found,) = (each for each in review(scanned(project, builder=builder)).findings or () if each.code == "secret-file")
    assert (found.severity, found.path, found.context, found.reach) == ("error", "lib:src/.env", "lib", "image")


def test_one_that_is_not_read_is_not_examined(project: Path) -> None:
    """Nor is its ignore file: a bad rule in it does not matter."""
    write(project / "lib", {".dockerignore": "[\n"})
    write(project / "app", {"Dockerfile": "FROM scratch AS q\nCOPY --from=lib src /\nFROM scratch\nCOPY a /\n"})
    found = scanned(project)
    assert found.named == ()
    assert not any(each.context for each in review(found).findings or ())


def test_a_bad_rule_is_told_with_the_name(project: Path) -> None:
    write(project / "lib", {".dockerignore": "[\n"})
    with pytest.raises(CtxscanError, match=r"^lib:\.dockerignore:1: "):
        scanned(project)


@pytest.mark.parametrize(
    ("path", "reach", "rule"),
    [
        ("lib:src/x", "image", None),
        ("lib:src", "image", None),
        ("lib:docs/y", "context", None),
        ("lib:src/z.log", "excluded", "**/*.log"),
        ("lib:/src/../src/x", "image", None),
        ("b", "context", None),
    ],
)
def test_their_paths_are_explained(path: str, reach: str, rule: str | None, project: Path) -> None:
    found = explain(scanned(project), path)
    assert (found.path, found.answer.reach) == (path, reach)
    assert (found.rule.text if found.rule else None) == rule


def test_a_context_that_is_not_read_cannot_be_explained(project: Path) -> None:
    with pytest.raises(CtxscanError, match="nothing that is built reads the context other"):
        explain(
            scan(project / "app", build_contexts={"other": str(project / "lib")}, dockerfile_text=b"FROM x\n"),
            "other:a",
        )


def test_the_main_context_under_another_name(tmp_path: Path) -> None:
    """What is copied from there is in the image, though the main context does not send it."""
    write(tmp_path, {"a": "1", "b": "2", "Dockerfile": "FROM scratch\nCOPY --from=again a /\nCOPY b /\n"})
    found = scan(tmp_path, build_contexts={"again": str(tmp_path)})
    assert [explain(found, path).answer.reach for path in ("a", "b", "Dockerfile")] == ["image", "image", "context"]
    assert found.sizes.image.files == 2
    assert found.sizes.context.files == 3


def test_json_has_the_name(project: Path) -> None:
    given = ("--build-context", "lib=lib", "--format", "json", "app")
    (build,) = json.loads(run(*given, cwd=project).stdout)["builds"]
    assert [(each["name"], each["files"], each["image"]["files"]) for each in build["contexts"]] == [("lib", 2, 2)]
    assert build["contexts"][0]["ignore_file"] == "lib:.dockerignore"
    (explained,) = json.loads(run("--explain", "lib:src/x", *given, cwd=project).stdout)["builds"]
    assert [each["context"] for each in explained["explanations"]] == ["lib"]
    assert "lib" in [each.get("context") for each in build["findings"]]


def test_the_command_explains_them(project: Path) -> None:
    done = run("--build-context", "lib=lib", "--explain", "lib:src/z.log", "app", cwd=project)
    assert done.returncode == 0
    assert "lib/.dockerignore:1 **/*.log" in done.stdout


@pytest.mark.parametrize("path", ["src", "src/d", "docs", "mixed"])
def test_a_directory_gets_as_far_as_what_is_in_it(path: str, tmp_path: Path) -> None:
    files = {"src/d/z": "1", "docs/a": "1", "mixed/in": "1", "mixed/out": "1"}
    rules = {"Dockerfile": "FROM scratch\nCOPY src/d mixed/in /\n", ".dockerignore": "docs\n"}
    write(tmp_path, {**files, **rules})
    found = scan(tmp_path)
    order = ("excluded", "context", "transfer", "image")
    inside = [explain(found, each).answer.reach for each in files if each.startswith(f"{path}/")]
    assert explain(found, path).answer.reach == max(inside, key=order.index)
