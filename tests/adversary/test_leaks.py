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

from ctxscan.secrets.redaction import hidden, redacted

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
