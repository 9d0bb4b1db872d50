"""What people get wrong, and what they are told: one line that says what is wrong and what to do.

The messages are judged by a reader, not taken from the output. `…` stands for the rest of a line.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support import projects
from support.command import run

import ctxscan

FILES: dict[str, str | int] = {
    "Dockerfile": "FROM scratch AS base\nARG VERSION\nCOPY a /\nFROM base AS prod\nCOPY a /b\n",
    "a": 10,
    ".dockerignore": "*.log\n",
    "ok/Dockerfile": "FROM scratch\nCOPY f /\n",
    "ok/f": 1,
    "empty/readme": 1,
    "compose.yaml": "services:\n  api:\n    build: ok\n  db:\n    image: postgres\n",
    "images.yaml": "services:\n  db:\n    image: postgres\n",
    "broken.yaml": "services:\n  api: [\n",
    "list.yaml": "- a\n",
    "twice.yaml": "services:\n  a: {build: .}\n  a: {build: .}\n",
    "docker-bake.hcl": 'target "default" {\n context = "ok"\n}\n',
    "broken.hcl": 'target "x" {\n',
    "typo.Dockerfile": "FROM scratch\nCOPPY a /\n",
    "blank.Dockerfile": "# nothing\n",
    "headless.Dockerfile": "COPY a /\n",
    "unset.Dockerfile": "ARG X\nFROM $X\n",
    "flag.Dockerfile": "FROM scratch\nCOPY --chwon=1 a /\n",
    "value.toml": "fail-on = 'bad'\n",
    "key.toml": "fail_on = 'error'\n",
    "syntax.toml": "x = [\n",
    "reason.toml": "[[allow]]\ncode='secret-file'\n",
    "code.toml": "disable=['secret-fiel']\n",
    "size.toml": "max-size='5m'\n",
    "bad.ignore": "[a-\n",
    "version.json": "{}",
    "text.json": "x",
}
UNITS = "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB"
BUILDERS = "buildkit, classic, buildah"
SEVERITIES = "error, warning, note"
ONE_CONTEXT = "is another (--all scans every Dockerfile below a directory)"
MISTAKES = [
    # --- the build that is meant
    ("--target prd", 'Dockerfile: target stage "prd" could not be found; the stages are base, prod: did you mean prod?'),
    ("--target xyz", 'Dockerfile: target stage "xyz" could not be found; the stages are base, prod'),
    ("--target x ok", 'Dockerfile: target stage "x" could not be found; no stage of this Dockerfile has a name'),
    ("-f nope", "failed to read dockerfile: open nope: no such file or directory"),
    ("-f Dockerfle", "…open Dockerfle: no such file or directory; did you mean -f Dockerfile?"),
    ("-f ok", "failed to read dockerfile: open ok: is a directory; did you mean -f ok/Dockerfile?"),
    ("-f ok/dockerfil ok", "…open ok/dockerfil: no such file or directory; did you mean -f ok/Dockerfile?"),
    ("-f f ok", "…open f: no such file or directory; -f is relative to the working directory: did you mean -f ok/f?"),
    ("-f typo.Dockerfile", "typo.Dockerfile:2: dockerfile parse error on line 2: unknown instruction: COPPY…"),
    ("-f blank.Dockerfile", "blank.Dockerfile: file with no instructions"),
    ("-f headless.Dockerfile", "headless.Dockerfile:1: no build stage in current context"),
    ("-f flag.Dockerfile", "flag.Dockerfile:2: dockerfile parse error on line 2: unknown flag: --chwon…"),
    ("nope", "nope: no such directory"),
    ("compse.yaml", "compse.yaml: no such directory; did you mean compose.yaml?"),
    ("Ok/Dockerfile/x", "Ok/Dockerfile/x: no such directory"),
    ("https://github.com/x/y.git", "the context is a remote address, to which builders apply ignore rules differently: scan a local directory instead"),
    ("-", "the context is standard input, to which builders apply ignore rules differently: scan a local directory instead"),
    (". ok", f"only one CONTEXT can be scanned, and ok {ONE_CONTEXT}"),
    # --- subcommands that are none
    *((word, f"{word}: no such directory; {word} is no subcommand, use ctxscan --{word}") for word in ("check", "fix", "diff", "list", "facts", "help", "version")),
    ("scan", "scan: no such directory; scan is no subcommand, use ctxscan ."),
    # --- values
    ("--build-arg", "Option '--build-arg' requires an argument."),
    ("--build-arg =x", "--build-arg '=x': expected NAME=VALUE or NAME"),
    ("--build-context x", "--build-context 'x': expected NAME=DIR"),
    ("--build-context x=nope", "nope: the build context 'x' is no such directory"),
    ("--builder podman", f"--builder: 'podman' is not one of {BUILDERS}: podman builds by the rules of buildah, so use --builder buildah"),
    ("--builder docker", f"--builder: 'docker' is not one of {BUILDERS}: docker builds by the rules of buildkit, so use --builder buildkit"),
    ("--builder kaniko", f"--builder: 'kaniko' is not one of {BUILDERS}"),
    ("--builder buildkitt", f"--builder: 'buildkitt' is not one of {BUILDERS}; did you mean buildkit?"),
    ("--check --fail-on warnings", f"--fail-on: 'warnings' is not one of {SEVERITIES}; did you mean warning?"),
    ("--check --fail-on critical", f"--fail-on: 'critical' is not one of {SEVERITIES}; did you mean error?"),
    ("--max-size 5m", f"invalid size '5m': use a number with an optional unit ({UNITS})…"),
    ("--max-size big", f"invalid size 'big': use a number with an optional unit ({UNITS})"),
    ("--max-size -1", f"invalid size '-1': use a number with an optional unit ({UNITS})"),
    ("--max-size 5 MB", "MB: no such directory; a size is one word: 5MB"),
    ("--format yaml", "--format: 'yaml' is not one of text, json, html, sarif, github, markdown"),
    ("--format htm", "--format: 'htm' is not one of text, json, html, sarif, github, markdown; did you mean html?"),
    ("--color yes", "--color: 'yes' is not one of auto, always, never"),
    ("--top 0", "--top needs a number of 1 or more"),
    ("--depth x", "--depth: 'x' is not a number"),
    ("--replay=0", "--replay needs a commit"),
    ("--replay=x", "--replay: 'x' is not a number"),
    ("--explain ../outside", "--explain ../outside: not inside the context"),
    ("--explain /etc/passwd", "--explain /etc/passwd: not inside the context"),
    ("--select nope", "--select: no such code: nope"),
    ("--select secret-fiel", "--select: no such code: secret-fiel (did you mean secret-file?)"),
    ("--rule secret-fiel", "no finding has the code 'secret-fiel'; did you mean secret-file?"),
    ("--ignore-file nope", "nope: no such ignore file"),
    ("--ignore-file bad.ignore", "bad.ignore:1: failed to solve: syntax error in pattern: [a-: …"),
    # --- options that are none, or do not go together
    ("--fromat json", "no such option: --fromat (did you mean --format?)"),
    ("--explian a", "no such option: --explian (did you mean --explain?)"),
    ("-x", "no such option: -x"),
    ("-0", "-0 needs --list"),
    ("--fail-on error", "--fail-on needs --check"),
    ("--list --fix", "--fix cannot be combined with --list"),
    ("--list --check", "--check cannot be combined with --list"),
    ("--diff --fix", "--diff cannot be combined with --fix"),
    ("--diff --check", "--diff cannot be combined with --check"),
    ("--diff --format json", "--diff cannot be combined with --format json"),
    ("--facts --check", "--check cannot be combined with --facts"),
    ("--replay --fix", "--replay cannot be combined with --fix"),
    ("-q -v", "-q cannot be combined with -v"),
    ("--config value.toml --no-config", "--config cannot be combined with --no-config"),
    # --- compose and bake
    ("--service api", "--service needs a compose file or bake file"),
    ("--profile x", "--profile needs a compose file or bake file"),
    ("--service nope compose.yaml", "compose.yaml: no such service: nope (api, db)"),
    ("images.yaml", "images.yaml: no service has a `build` section"),
    ("broken.yaml", "broken.yaml:3: not valid YAML: …"),
    ("list.yaml", "list.yaml:1: not a compose file: no top-level 'services' mapping"),
    ("twice.yaml", "twice.yaml:3: the key a is there twice"),
    ("-f Dockerfile compose.yaml", "-f cannot be combined with a compose file, bake file, or --all"),
    ("--target prod compose.yaml", "--target cannot be combined with a compose file, bake file, or --all"),
    ("--compose nope.yaml", "nope.yaml: cannot read it: no such file or directory"),
    ("--compose compose.yaml .", "--compose cannot be combined with .: give one of them"),
    ("broken.hcl", "broken.hcl:1: the block is not closed"),
    ("--var A docker-bake.hcl", "--var: expected NAME=VALUE"),
    ("--all compose.yaml", "--all needs a directory, and compose.yaml is none"),
    ("--all empty", "empty: no Dockerfile found"),
    # --- files
    ("--config nope.toml", "nope.toml: cannot read it: no such file or directory"),
    ("--config value.toml", "value.toml: fail-on: unknown value 'bad'; it can be error, warning, note"),
    ("--config key.toml", "key.toml: unknown key 'fail_on': did you mean fail-on?…"),
    ("--config syntax.toml", "syntax.toml: not valid TOML: …"),
    ("--config reason.toml", "reason.toml: allow[1].reason is missing: every entry needs one"),
    ("--config code.toml", "code.toml: disable: unknown value 'secret-fiel': did you mean secret-file?…"),
    ("--config size.toml", f"size.toml: max-size: invalid size '5m': use a number with an optional unit ({UNITS})…"),
    ("--baseline nope.json", "nope.json: the baseline is no such file: --write-baseline writes one"),
    ("--baseline version.json", "version.json: not a baseline: version 1 is expected"),
    ("--baseline text.json", "text.json: not a baseline: …"),
    ("-o nodir/x.html", "nodir/x.html: cannot write the report: no such file or directory"),
    ("-o .", ".: cannot write the report: is a directory"),
]  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.write(tmp_path_factory.mktemp("mistakes"), FILES)


def test_there_are_enough() -> None:
    """Of every kind, each once."""
    assert len({words for words, _ in MISTAKES}) == len(MISTAKES) >= 78


@pytest.mark.parametrize(("words", "message"), MISTAKES, ids=[words for words, _ in MISTAKES])
def test_a_mistake_is_answered_in_one_line(words: str, message: str, project: Path) -> None:
    """On standard error, with status 2, and nothing else."""
    done = run(*shlex.split(words), cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    begins, _, ends = message.partition("…") if "…" in message else (message, "", "")
    if message.startswith("…"):
        assert line.startswith("ctxscan: error: ")
        assert line.endswith(ends)
    elif message.endswith("…"):
        assert line.startswith(f"ctxscan: error: {begins}")
    else:
        assert line == f"ctxscan: error: {message}"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a directory in which somebody stands")
def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    """A clean-up, or another check-out, took it away below the shell."""
    command = f"rmdir {shlex.quote(str(tmp_path))} && exec {shlex.quote(sys.executable)} -m ctxscan ."
    place = {**os.environ, "PYTHONPATH": str(Path(ctxscan.__file__).parents[1]), "PYTHONSAFEPATH": "1"}
    told = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=place, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stderr == "ctxscan: error: the current directory does not exist any more: change to another one\n"
