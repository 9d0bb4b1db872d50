"""Nothing that was used for the answer is printed: no secret, no variable of the environment, no line of a foreign file.

Every format, mode and path of failure is searched for planted values; no more than four characters may show.
"""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from support import command, projects
from support.trees import TESTDATA

from ctxscan.errors import CtxscanError
from ctxscan.facts import scan
from ctxscan.opinions import review
from ctxscan.secrets.redaction import hidden, redacted, restored

sys.path.append(str(TESTDATA / "secrets"))
from made import Made

MADE = Made(9)
VALUES = {name: MADE.word("24") for name in ("PW", "TAG", "DIR", "STAGE", "FILE", "OTHER", "GIVEN", "FROM_FILE")}
FORMATS = ("text", "json", "sarif", "github", "markdown", "html")

DOCKERFILE = (
    "ARG PW\nARG TAG=1\nFROM base:$TAG AS build\nARG PW\nARG DIR=x\nRUN make $PW\nCOPY $DIR/a /a\n"
    "FROM scratch\nARG PW\nARG GIVEN\nCOPY ${GIVEN} $PW/b /b\nLABEL x=$PW\nCOPY . /\n"
)
#: A compose file or a Dockerfile that has a variable where it is said in an error or a remark.
ERRORS = {
    "has to have a value": ("services:\n  a:\n    build: ${Z:?$PW}\n", None),
    "no such directory": ("services:\n  a:\n    build: ./$PW/x\n", None),
    "no such dockerfile": ("services:\n  a:\n    build: {context: ., dockerfile: $PW}\n", None),
    "no such target": ("services:\n  a:\n    build: {context: ., target: $PW}\n", None),
    "no such named context": ("services:\n  a:\n    build: {context: ., additional_contexts: {x: $PW}}\n", None),
    "extends": ("services:\n  a:\n    extends: {service: a, file: $PW}\n", None),
    "include": ("include: [$PW]\nservices: {}\n", None),
    "a remote context": ("services:\n  a:\n    build: https://u:$PW@git.acme.io/x.git\n", None),
    "a pair": ("services:\n  a:\n    build: {context: ., args: $PW}\n", None),
    "must be set in a Dockerfile": ("services:\n  a:\n    build: {context: ., args: {PW: $PW}}\n", "ARG PW\nFROM a:${X:?$PW}\n"),
    "an empty stage": ("services:\n  a:\n    build: {context: ., args: {PW: $PW}}\n", "ARG PW\nFROM --platform=$PW/x/y/z a\n"),
    "an image": ("services:\n  a:\n    build: {context: ., args: {PW: $PW}}\n", "ARG PW\nFROM $PW:A:b:c AS x\n"),
    "a port": ("services:\n  a:\n    build: {context: ., args: {PW: $PW}}\n", "FROM a\nARG PW\nEXPOSE $PW\n"),
    "a signal": ("services:\n  a:\n    build: {context: ., args: {PW: $PW}}\n", "FROM a\nARG PW\nSTOPSIGNAL $PW\n"),
    "a mount": ("services:\n  a:\n    build: {context: ., args: {PW: $PW}}\n", "FROM a\nARG PW\nRUN --mount=type=$PW,target=/x y\n"),
    "a trimmed value": ("services:\n  a:\n    build: {context: ., args: {PW: $PW}}\n", "FROM a\nARG PW\nEXPOSE ${PW#?}\n"),
    "an argument from the environment": ("services:\n  a:\n    build: {context: ., args: [PW]}\n", "FROM a\nARG PW\nEXPOSE $PW\n"),
}  # fmt: skip


def run(root: Path, *arguments: str) -> str:
    """All that is printed; in this process, where whatever is raised comes through."""
    done = command.run(*arguments, cwd=root, **VALUES)
    assert done.returncode in (0, 1, 2), done.stderr
    return done.stdout + done.stderr


def leaked(text: str) -> list[str]:
    return [
        name for name, value in VALUES.items() if any(value[at : at + 5].lower() in text.lower() for at in range(19))
    ]


@pytest.mark.parametrize(("compose", "dockerfile"), ERRORS.values(), ids=ERRORS)
def test_no_error_tells_a_variable(compose: str, dockerfile: str | None, tmp_path: Path) -> None:
    """Words are shown as they are written."""
    projects.write(tmp_path, {"compose.yaml": compose, "Dockerfile": dockerfile or "FROM scratch\nCOPY . /\n"})
    said = run(tmp_path, "compose.yaml")
    assert leaked(said) == []
    assert said


@pytest.mark.sampled(5)
@pytest.mark.parametrize("mode", [["--facts"], ["--check"], ["-v"], ["--explain", "a.txt"]], ids=" ".join)
@pytest.mark.parametrize("form", FORMATS)
def test_no_report_tells_a_variable(form: str, mode: list[str], tmp_path: Path) -> None:
    """Of compose, of an env file, of an argument that is given by name or with its value."""
    compose = (
        "services:\n  a:\n    build:\n      context: .\n      target: ''\n"
        "      args: {PW: $PW, TAG: $TAG, DIR: $DIR, GIVEN: $FROM_FILE}\n"
    )
    files = {
        "compose.yaml": compose,
        "Dockerfile": DOCKERFILE,
        "a.txt": "x",
        ".env": f"FROM_FILE={VALUES['FROM_FILE']}\n",
    }
    projects.write(tmp_path, {**files})
    assert leaked(run(tmp_path, "--format", form, *mode, "compose.yaml")) == []
    given = ["--build-arg", "PW", "--build-arg", f"GIVEN={VALUES['GIVEN']}", "--build-arg", f"TAG={VALUES['TAG']}"]
    assert leaked(run(tmp_path, "--format", form, *mode, *given, ".")) == []


#: Files that a compose file, a link or an option leads to.
FOREIGN = {
    "dockerfile": "services:\n  a:\n    build: {context: ., dockerfile: ../outside}\n",
    "link": "services:\n  a:\n    build: {context: ., dockerfile: link}\n",
    "extends": "services:\n  a:\n    extends: {service: a, file: ../outside}\n",
    "include": "include: [../outside]\n",
    "env file": "include: [{path: other.yaml, env_file: ../outside}]\n",
}


@pytest.mark.skipif(os.name == "nt", reason="needs links")
@pytest.mark.parametrize("compose", FOREIGN.values(), ids=FOREIGN)
def test_nothing_of_a_foreign_file_is_quoted(compose: str, tmp_path: Path) -> None:
    """A first line as /etc/shadow has it."""
    value = VALUES["OTHER"]
    (tmp_path / "outside").write_text(f"root:$6${value}:19000:0:99999:7:::\n{value}: [{value}\n")
    tree = projects.write(tmp_path / "tree", {"compose.yaml": compose, "other.yaml": "services: {}\n"})
    (tree / "link").symlink_to("../outside")
    said = run(tree, "compose.yaml")
    assert leaked(said) == []
    assert "error" in said


#: What a text quotes, and what is shown of it.
QUOTED = [
    ("ADD https://ci:«word:24»@files.acme.io/x /", "ADD https://ci:****@files.acme.io/x /"),
    ("RUN mysql -uroot -p«password:14» x", "RUN mysql -uroot -p**** x"),
    ("RUN x --token=«word:40»", "RUN x --token=****"),
    ("curl -H 'Authorization: Bearer «word:40»' x", "curl -H 'Authorization: Bearer ****' x"),
    ("FROM r.acme.io/«github»", "FROM r.acme.io/****"),
    ("COPY a b", "COPY a b"),
    ("RUN x --token=$TOKEN && curl https://acme.io/a", "RUN x --token=$TOKEN && curl https://acme.io/a"),
]


@pytest.mark.parametrize(("text", "shown"), QUOTED, ids=lambda text: text[:20])
def test_what_is_quoted_is_masked(text: str, shown: str) -> None:
    """What proves itself, and what the form of a command leaves no doubt about."""
    assert redacted(Made(2).fill(text).decode()) == shown


def _held() -> dict[str, bytes]:
    """Files that have to be opened further than text at their start."""
    text = f"A=1\nDB_PASSWORD={VALUES['PW']}\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("conf/.env", text)
    with tempfile.TemporaryDirectory() as above:
        connection = sqlite3.connect(f"{above}/x")
        connection.execute("CREATE TABLE users (name text, password text)")
        connection.execute("INSERT INTO users VALUES (?, ?)", (VALUES["TAG"], VALUES["DIR"]))
        connection.commit()
        connection.close()
        database = Path(above, "x").read_bytes()
    log = b"level=info\n" * 20_000 + f"url=postgres://app:{VALUES['FILE']}@db.prod.net/app\n".encode()
    return {
        "x.zip": packed.getvalue(),
        "x.env.gz": gzip.compress(text),
        "app.sqlite": database,
        "wide.env": f"DB_PASSWORD={VALUES['GIVEN']}\n".encode("utf-16-le"),
        "run.log": log,
    }


@pytest.mark.sampled(5)
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("mode", [[], ["--deep"], ["--check", "-v"]], ids=" ".join)
def test_no_report_tells_what_lies_deeper(form: str, mode: list[str], tmp_path: Path) -> None:
    """In an archive, a database, a text in UTF-16, and at the end of a long one; each is found."""
    projects.write(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n"})
    held = _held()
    for name, data in held.items():
        (tmp_path / name).write_bytes(data)
    said = run(tmp_path, "--format", form, *mode, ".")
    assert leaked(said) == []
    assert [name for name in held if name not in said] == []


def test_a_value_is_hidden_in_any_piece() -> None:
    """Whole, in lower case, escaped, and cut off."""
    value = VALUES["PW"]
    for text in (value, value.lower(), value[:12], value[5:], f"'{value}/x'"):
        assert leaked(hidden(f"a {text} b", {value: "PW"})) == []
    assert hidden("a short one", {"one": "X"}) == "a short one"


def test_a_piece_that_tells_nothing_stays() -> None:
    """A word that every project has is no part of a value, and what stands beside it is."""
    values = {"shop/clone:latest": "BASE", "Xk82mQp-production-9fTz41": "PW"}
    assert hidden("FROM alpine:latest", values) == "FROM alpine:latest"
    assert hidden("FROM shop/clone:latest", values) == "FROM ${BASE}"
    assert hidden("FROM shop/clone:3", values) == "FROM ${BASE}3"
    assert hidden("in production", values) == "in production"
    assert hidden("tion-9fTz41", values) == "${PW}"
    # A name is no place for another value.
    assert hidden("FROM acme/grafana:9", {"grafana": "grafana_image"}) == "FROM acme/${grafana_image}:9"
    values = {"grafana-enterprise": "grafana_image", "grafana": "vendor"}
    assert restored("FROM grafana/grafana-enterprise:9", values) == "FROM ${vendor}/${grafana_image}:9"


#: What a stranger's pull request may say of variables, in each kind of file.
TAKERS = {
    "a source": "FROM a\nARG PW\nCOPY $PW/a /b\n",
    "a source with a default": "FROM a\nARG PW=x\nCOPY ${PW:-y}/a /b\n",
    "a derived variable": "FROM a\nARG PW\nENV X=/$PW/y\nCOPY $X /b\n",
    "a wild card": "FROM a\nARG PW\nCOPY $PW* /b\n",
    "an invalid wild card": "FROM a\nARG PW\nCOPY [$PW /b\n",
    "a source of another stage": "FROM scratch AS s\nFROM a\nARG PW\nCOPY --from=s /$PW /b\n",
    "a directory": "FROM a\nARG PW\nWORKDIR /w/$PW\nCOPY package.json .\nCOPY . .\nRUN npm install && rm -rf ./big\n",
    "a user": "FROM scratch\nARG PW\nCOPY --chown=$PW a.txt /b\n",
    "a mode": "FROM a\nARG PW\nCOPY --chmod=$PW a.txt /b\n",
    "a port": "FROM a\nARG PW\nEXPOSE $PW\nCMD x\n",
    "an address": "FROM a\nARG PW\nADD --checksum=sha256:$PW https://files.acme.io/$PW /b\n",
    "a base": "ARG PW\nFROM acme/$PW\nCMD x\n",
    "a tag": "ARG PW\nFROM node:$PW\nCMD x\n",
    "no base": "ARG PW\nFROM $PW:$PW:$PW\nCMD x\n",
    "a platform": "ARG PW\nFROM --platform=$PW a\n",
    "a mount": "FROM a\nARG PW\nRUN --mount=source=$PW,target=/x ls\n",
    "no mount": "FROM a\nARG PW\nRUN --mount=type=$PW ls\n",
    "a target of a mount": "FROM a\nARG PW\nRUN --mount=from=t,target=$PW ls\nFROM a AS t\n",
    "a command": "FROM a\nARG PW\nRUN curl -o $PW https://acme.io/$PW.tgz && rm $PW\nRUN pip install $PW\nCMD $PW\n",
    "a download": "FROM a\nARG PW\nRUN curl -O https://acme.io/$PW.tgz\nRUN rm $PW.tgz\nCMD x\n",
    "a pattern": "FROM a\nARG PW\nENV A=b\nCOPY ${A/\\q$PW/c} /b\n",
    "a label": "FROM a\nARG PW\nLABEL x=$PW\nCMD $PW\n",
    "a signal": "FROM a\nARG PW\nSTOPSIGNAL $PW\n",
    "a heredoc": "FROM a\nARG PW\nCOPY <<E /x\n$PW\nE\nRUN <<E\necho $PW > /etc/x\nE\n",
    "a check": "# check=error=true\nARG PW\nFROM a:$PW\nARG PW\nCOPY $PW /x\n",
    "an onbuild": "FROM a AS b\nONBUILD COPY $PW /x\nFROM b\nARG PW\n",
}  # fmt: skip
#: As they are said, too short to be found and masked in a text; one is a word of ours, one a directory of the tree.
SHORT = ("q7z", "k9#w", "xkcd", "dir7")


@pytest.mark.sampled(5)
@pytest.mark.parametrize("dockerfile", TAKERS.values(), ids=TAKERS)
@pytest.mark.parametrize("value", SHORT)
def test_no_value_is_told_however_short(value: str, dockerfile: str, tmp_path: Path) -> None:
    """The words of a Dockerfile are shown as they are written: nothing has to be found to be masked."""
    files: dict[str, str | int] = {"Dockerfile": dockerfile, "a.txt": "x", "package.json": "{}", "big": 2_000_000}
    projects.write(tmp_path, {**files, "dir7/b": 1})
    for form in ("text", "json"):
        said = command.run("--format", form, "--build-arg", "PW", ".", cwd=tmp_path, PW=value)
        assert said.returncode in (0, 1, 2)
        text = (said.stdout + said.stderr).replace("dir7/b", "").replace('"dir7"', "")
        assert value not in text or value == "dir7", text
    found = api(tmp_path, {"PW": value})
    assert value not in found.replace("dir7/b", "")


def api(root: Path, arguments: dict[str, str]) -> str:
    """What the library says: the findings, the sources as they are written, or the error."""
    try:
        made = review(scan(root, build_args=arguments))
    except CtxscanError as error:
        return str(error)
    keys = [(each.message, each.why, each.remedy, each.key) for each in made.findings or ()]
    return repr((keys, [each.input.written for each in made.scan.inputs], made.suppressed))


@pytest.mark.parametrize("value", SHORT)
@pytest.mark.parametrize(
    "words",
    [
        ["compose.yaml"],
        ["--builds", "compose.yaml"],
        ["--bake", "docker-bake.hcl"],
        ["--builds", "--bake", "docker-bake.hcl"],
    ],
    ids=" ".join,
)
def test_no_file_of_builds_tells_a_value(words: list[str], value: str, tmp_path: Path) -> None:
    """Contexts, Dockerfiles, targets, arguments and named contexts of Compose and bake files. Only the document of
    `--builds` is what a build is told."""
    for key, what in (("context", "./$PW"), ("context", "https://acme.io/$PW.git"), ("dockerfile", "$PW"), ("target", "$PW"), ("args", "{PW: $PW, B: 'x$PW'}"),
                      ("args", "[PW]"), ("additional_contexts", "{x: ./$PW}"), ("dockerfile_inline", '"FROM $PW:$PW:$PW"')):  # fmt: skip
        own = f", {key}: {what}" if key != "context" else ""
        compose = f"services: {{a: {{build: {{context: {what if key == 'context' else '.'}{own}}}}}}}\n"
        key = {"additional_contexts": "contexts", "dockerfile_inline": "dockerfile-inline"}.get(key, key)
        hcl = what.replace("$PW", "${PW}").replace("'", '"')
        hcl = {"args": '{ PW = PW, B = "x${PW}" }', "contexts": '{ x = "./${PW}" }'}.get(
            key, f'"{hcl}"' if '"' not in hcl else hcl
        )
        bake = f'variable "PW" {{ default = "y" }}\ntarget "default" {{\n  {key} = {hcl}\n}}\n'
        projects.write(
            tmp_path,
            {"compose.yaml": compose, "docker-bake.hcl": bake, "Dockerfile": "FROM scratch\nARG PW\nCOPY . /\n"},
        )
        for form in ("text", "json")[: 1 if "--builds" in words else 2]:
            done = command.run("--format", form, *words, cwd=tmp_path, PW=value)
            assert done.returncode in (0, 1, 2), done.stderr
            assert value not in done.stdout + done.stderr, (key, what, done.stdout + done.stderr)


@pytest.mark.sampled(5)
@pytest.mark.skipif(os.name == "nt", reason="needs links")
@pytest.mark.parametrize(
    "mode", [[], ["-v"], ["--facts"], ["--check"], ["--diff"], ["--fix"], ["--explain", "node_modules/x"]], ids=" ".join
)
@pytest.mark.parametrize("form", FORMATS)
def test_no_rule_of_a_foreign_ignore_file_is_quoted(form: str, mode: list[str], tmp_path: Path) -> None:
    """A link out of the repository is followed as the builder does, and nothing behind it is shown."""
    value = VALUES["OTHER"]
    (tmp_path / "outside").write_text(
        f"node_modules\n# ctxscan: ignore[large-file] {value}\n{value}\n!{value}x\n[{value}\n"
        if mode == ["-v"]
        else f"node_modules\n{value}\n!{value}x\n# {value}\n/{value}/*.a\n{value}/\n"
    )
    tree = projects.write(
        tmp_path / "tree", {"Dockerfile": COPY, "node_modules/x": 1, "a/node_modules/y": 1, "p/__pycache__/x.pyc": 1}
    )
    (tree / ".dockerignore").symlink_to("../outside")
    for builder in ("buildkit", "classic", "buildah"):
        done = command.run(
            *([] if mode in (["--diff"], ["--fix"]) else ["--format", form]), "--builder", builder, *mode, ".", cwd=tree
        )
        assert done.returncode in (0, 1, 2)
        assert leaked(done.stdout + done.stderr) == [], done.stdout + done.stderr


COPY = "FROM scratch\nCOPY . /\n"
