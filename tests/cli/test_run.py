"""Options, streams and exit codes, by the command as it is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support import projects
from support.command import process
from support.command import run_bytes as run

from ctxscan.cli.manual import GROUPS
from ctxscan.cli.parser import command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files: dict[str, str | int] = {"Dockerfile": "FROM scratch\nCOPY src /\n", "src/a": 100, "b": 50}
    return projects.write(tmp_path, files)


def test_the_report_is_the_default(project: Path) -> None:
    """Without options: head, numbers, the builder's line; nothing on standard error, status 0."""
    done = process(cwd=project)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"transferring context: " in done.stdout


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "arguments",
    [["-v"], ["--format", "json"], ["--check", "."], ["--diff"], ["--nonsense"], ["nowhere"], ["--help"], ["-f", "-", "--list"]],
    ids=" ".join,
)  # fmt: skip
def test_a_process_of_its_own_says_the_same(arguments: list[str], project: Path) -> None:
    """Status and both streams, byte for byte: so most tests need not start an interpreter."""
    (project / "src" / "é\x1b").write_text("x")
    given = {"cwd": project, "stdin": b"FROM scratch\nCOPY b /\n", "COLUMNS": "90"}
    one, other = run(*arguments, **given), process(*arguments, **given)
    assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere: no such directory"),
        (["b"], "the context is not a directory"),
        (["-"], "the context is standard input"),
        (["https://example.com/x.git"], "the context is a remote address"),
        (["git@example.com:x/y"], "the context is a remote address"),
        (["-f", "nothere", "."], "failed to read dockerfile: open nothere: no such file or directory"),
        (["--ignore-file", "nothere", "."], "nothere: no such ignore file"),
        (["--builder", "kaniko", "."], "'kaniko' is not one of buildkit, classic, buildah"),
        (["--target", "prod", "."], 'target stage "prod" could not be found'),
        (["--build-context", "x=nothere", "."], "the build context 'x' is no such directory"),
        (["--build-context", "x", "."], "--build-context 'x': expected NAME=DIR"),
        (["--build-arg", "=x", "."], "--build-arg '=x': expected NAME=VALUE or NAME"),
        (["-0", "."], "-0 needs --list"),
        (["-q", "-v", "."], "-q cannot be combined with -v"),
        (["--list", "--explain", "a", "."], "--explain cannot be combined with --list"),
        (["--explain", "../x", "."], "not inside the context"),
        (["-o", "no/such/place", "."], "no/such/place: cannot write the report: no such file or directory"),
        (["--nonsense"], "no such option"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(arguments: list[str], words: str, project: Path) -> None:
    """What is wrong, where, what would be right: one line, status 2, nothing on standard output."""
    done = run(*arguments, cwd=project)
    assert (done.returncode, done.stdout) == (2, b"")
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("ctxscan: error: ")
    assert words in lines[0]


def test_a_dockerfile_that_the_builder_rejects(project: Path) -> None:
    """File and line, in the builder's words, and what may have been meant."""
    for written, meant in (
        ("COPPY a /", "did you mean COPY?"),
        ("apt-get install -y x", "a line that goes on in the next one ends with \\"),
    ):
        (project / "Dockerfile").write_text(f"FROM scratch\n\n{written}\n")
        done = run(cwd=project)
        assert done.returncode == 2
        said = f"dockerfile parse error on line 3: unknown instruction: {written.split()[0]}"
        assert done.stderr.decode() == f"ctxscan: error: Dockerfile:3: {said}; {meant}\n"


def test_a_pattern_that_the_builder_rejects(project: Path) -> None:
    """The line of the ignore file, in the builder's words; then the pattern, and what may have been meant."""
    (project / ".dockerignore").write_text("ok\n[\n")
    done = run(cwd=project)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        "ctxscan: error: .dockerignore:2: failed to solve: syntax error in pattern: [: a [ that begins no class of "
        "characters is written \\[\n"
    )


def test_a_dockerfile_from_standard_input(project: Path) -> None:
    """`-f -` reads it, and it is then no file of the context."""
    done = process("-f", "-", "--list", ".", cwd=project, stdin=b"FROM scratch\nCOPY b /\n")
    assert (done.returncode, done.stdout) == (0, b"b\n")


def test_the_list_is_in_the_order_sent(project: Path) -> None:
    """One path a line, or each with a zero byte; a line end in a name is escaped in lines."""
    name = "src/odd\nname"
    if sys.platform != "win32":
        (project / name).write_text("x")
    assert run("--list", ".", cwd=project).stdout.splitlines()[:2] == [b"src", b"src/a"]
    if sys.platform != "win32":
        assert rb"src/odd\nname" in run("--list", ".", cwd=project).stdout.splitlines()
        assert name.encode() in run("--list", "-0", ".", cwd=project).stdout.split(b"\0")


def test_json_goes_to_a_file(project: Path) -> None:
    """`-o` writes the report, and nothing to standard output."""
    done = run("--format", "json", "-o", "report.json", "--facts", ".", cwd=project)
    assert (done.returncode, done.stdout) == (0, b"")
    build = json.loads((project / "report.json").read_text())["builds"][0]
    assert build["sizes"]["context"] == {"files": 3, "bytes": 24 + 100 + 50}
    assert build["sizes"]["transfer"]["files"] == 1
    assert "findings" not in build


def test_a_what_if_says_so(project: Path) -> None:
    """An ignore file that the builder would not take is evaluated, with a remark."""
    (project / "rules").write_text("src\n")
    done = run("--ignore-file", "rules", "--list", ".", cwd=project)
    assert done.stdout == b""
    assert done.stderr == b"ctxscan: note: what-if: buildkit would not take rules by itself\n"


def test_a_what_if_has_proposals(project: Path) -> None:
    """Whatever the ignore file is called."""
    projects.write(project, {"any.name": "", "src/a.py": "x = 1\n", "src/__pycache__/a.cpython-312.pyc": 2_000_000})
    done = run("--ignore-file", "any.name", "--format", "json", ".", cwd=project)
    assert done.returncode == 0
    assert json.loads(done.stdout)["builds"][0]["proposals"]


def test_quiet_prints_nothing(project: Path) -> None:
    """With `-q` only errors are told."""
    done = run("-q", ".", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("environment", "arguments", "colored"),
    [
        ({}, (), False), ({"FORCE_COLOR": "1"}, (), True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({}, ("--color", "always"), True), ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
    ],
)  # fmt: skip
def test_color_is_asked_for(
    environment: dict[str, str], arguments: tuple[str, ...], colored: bool, project: Path
) -> None:
    """Into a pipe there is none, unless somebody wants it."""
    done = run(*arguments, ".", cwd=project, **environment)
    assert (b"\x1b[" in done.stdout) is colored


def test_build_arguments_reach_sources(project: Path) -> None:
    """With a value, or with that of the environment; without one it is empty, which is said."""
    (project / "Dockerfile").write_text("FROM scratch\nARG D\nCOPY $D /\n")
    assert run("--build-arg", "D=b", "--list", ".", cwd=project).stdout == b"b\n"
    assert run("--build-arg", "D", "--list", ".", cwd=project, D="b").stdout == b"b\n"
    assert b"$D has no value: treated as empty, as the builder does" in run(".", cwd=project).stdout


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs a pipe that closes as on POSIX")
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_reader_that_leaves_is_no_error(unbuffered: str, tmp_path: Path) -> None:
    """`ctxscan --list | head -1` ends quietly, whether Python keeps output back or not."""
    end = "x" * 200  # more paths than a pipe holds
    projects.write(tmp_path, {f"f{number:05}{end}": 0 for number in range(1_000)})
    pipe = subprocess.Popen(
        [sys.executable, "-m", "ctxscan", "--list", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert pipe.stdout is not None and pipe.stderr is not None
    assert pipe.stdout.readline() == b"f00000%s\n" % end.encode()
    pipe.stdout.close()
    assert pipe.stderr.read() == b""
    assert pipe.wait() == 0
    pipe.stderr.close()


@pytest.mark.parametrize("columns", [80, 100])
def test_help_is_one_screen_and_ends_with_examples(columns: int, project: Path) -> None:
    """Every option on one line, under a heading, in 69 lines; the last lines are commands to try."""
    done = run("--help", cwd=project, COLUMNS=str(columns))
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0
    assert len(lines) <= 69
    assert max(map(len, lines)) <= columns
    page = lines[lines.index("The build:") : lines.index("Examples:")]
    assert sum(line.startswith("  ") for line in page) == len(command.params)  # one is CONTEXT, but there is --help
    assert not any(line.startswith("      ") for line in lines)  # nothing is wrapped
    assert lines[lines.index("Examples:") + 1].startswith("  ctxscan ")
    assert lines[-1].startswith("  ctxscan ")


def test_every_option_is_in_a_group() -> None:
    """Once; and no group names an option that is not there."""
    options = [each.name for each in command.params if isinstance(each, click.Option)]
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(map(str, options))


@pytest.mark.parametrize(("arguments", "builder"), [((), "classic"), (("--builder", "buildah"), "buildah")])
def test_the_builder_may_come_from_the_configuration(arguments: tuple[str, ...], builder: str, project: Path) -> None:
    """The option wins; without one it is the configured builder, not the default."""
    (project / ".ctxscan.toml").write_text('builder = "classic"\n')
    done = run("--format", "json", *arguments, ".", cwd=project)
    assert json.loads(done.stdout)["builds"][0]["builder"] == builder


@pytest.mark.sampled(2)
@pytest.mark.parametrize("processes", ["1", "2"])
def test_nothing_is_lost_at_the_end(processes: str, tmp_path: Path) -> None:
    """The command ends without taking anything apart, after all is written, to a pipe or to a file."""
    names = [f"{number:05}-{'x' * 60}" for number in range(3000)]
    projects.write(tmp_path, dict.fromkeys(names, ""))
    done = process("--list", cwd=tmp_path, CTXSCAN_PROCESSES=processes)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == names
    assert process("--list", "-o", "list.txt", cwd=tmp_path).returncode == 0
    assert set(names) <= set((tmp_path / "list.txt").read_text().splitlines())


@pytest.mark.sampled(3)
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [[], ["--help"], ["--list"], ["--format", "json"]])
def test_what_cannot_be_written_is_told(arguments: list[str], project: Path) -> None:
    """A full disk and a closed output are no bugs: one line, status 2."""
    command = [sys.executable, "-m", "ctxscan", *arguments]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"standard output: cannot write" in done.stderr
    if arguments != ["--help"]:
        closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], cwd=project, capture_output=True, check=False)
        assert closed.returncode == 2
        assert closed.stderr == b"ctxscan: error: cannot write the report: standard output is closed\n"
