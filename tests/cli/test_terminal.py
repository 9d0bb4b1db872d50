"""The line that tells how far a long scan is, on a real terminal: a pseudo one, read from its other end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import projects

from ctxscan.cli.terminal import PATIENCE, Progressing, follows_links, painted

pty = pytest.importorskip("pty", reason="there are no pseudo terminals on Windows")


class Watched:
    """A terminal, with a clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in (("CI", ""), ("TERM", "xterm")):
            monkeypatch.setenv(name, value)
        ours, theirs = pty.openpty()
        os.set_blocking(ours, False)
        self.ours = ours
        self.stream = os.fdopen(theirs, "w")
        self.now = 100.0

    def seen(self) -> str:
        """What has come since it was last looked at."""
        try:
            return os.read(self.ours, 10_000).decode()
        except BlockingIOError:
            return ""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    made = Watched(monkeypatch)
    yield made
    made.stream.close()
    os.close(made.ours)


def test_files_and_bytes_after_half_a_second(watched: Watched) -> None:
    """Nothing before; then at most ten times a second, in one line that is gone at the end."""
    with Progressing(enabled=True, stream=watched.stream, clock=lambda: watched.now) as show:
        assert show is not None
        show(1_000, 5_000)
        assert watched.seen() == ""
        watched.now += PATIENCE
        show(12_345, 70_600_000)
        assert watched.seen() == "\rreading the context: 12,345 files, 70.6MB"
        show(12_346, 70_600_001)
        assert watched.seen() == ""
        watched.now += 0.2
        show(20_000, 71_000_000)
        assert watched.seen() == "\rreading the context: 20,000 files, 71MB  "
    assert watched.seen() == "\r" + " " * 41 + "\r"


def test_the_phase_after_a_long_walk(watched: Watched) -> None:
    """It replaces the figures; after a short walk nothing is said."""
    progressing = Progressing(enabled=True, stream=watched.stream, clock=lambda: watched.now)
    with progressing:
        progressing.phase("looking for secrets")
        assert watched.seen() == ""
        watched.now += PATIENCE
        progressing.phase("looking for secrets")
        assert watched.seen() == "\rlooking for secrets ..."
    assert watched.seen() == "\r" + " " * 23 + "\r"


def test_a_short_scan_shows_nothing(watched: Watched) -> None:
    """Not even at its end."""
    with Progressing(enabled=True, stream=watched.stream, clock=lambda: watched.now) as show:
        assert show is not None
        show(10, 10)
    assert watched.seen() == ""


@pytest.mark.parametrize(("variable", "value"), [("TERM", "dumb"), ("CI", "true")])
def test_not_in_a_log(variable: str, value: str, watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that cannot go back to the start of a line, and a CI job: the walk is not even asked to tell."""
    monkeypatch.setenv(variable, value)
    with Progressing(enabled=True, stream=watched.stream) as show:
        assert show is None


def test_not_into_a_file(tmp_path: Path) -> None:
    """What is no terminal gets nothing."""
    with (tmp_path / "log").open("w") as log, Progressing(enabled=True, stream=log) as show:
        assert show is None


@pytest.mark.parametrize("options", [["--no-progress"], ["-q"]])
def test_not_if_it_is_not_wanted(options: list[str], watched: Watched, tmp_path: Path) -> None:
    """The command writes nothing on the terminal then, however long it takes."""
    projects.write(tmp_path, {"a": 1})
    command = [sys.executable, "-m", "ctxscan", *options]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=watched.stream, check=True)
    assert done.returncode == 0
    assert watched.seen() == ""


def test_the_command_tells_on_standard_error(watched: Watched, tmp_path: Path) -> None:
    """Of a walk that is slow: the clock of the command is ahead by a second each time it is looked at."""
    projects.write(tmp_path, {f"d{number // 100}/f{number}": 10 for number in range(2_000)})
    program = (
        "import time, itertools\n"
        "time.monotonic = itertools.count().__next__\n"
        "from ctxscan.__main__ import main\n"
        "import sys; sys.argv = ['ctxscan', '--facts']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE, stderr=watched.stream, check=True
    )
    seen = watched.seen()
    told = re.findall(r"\rreading the context: ([\d,]+) files, (\d+)kB", seen)
    assert told
    assert all(int(files.replace(",", "")) == 100 * int(size) for files, size in told)
    assert seen.endswith(" \r")
    assert b"2,000 files" in done.stdout


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("columns", "expected"), [(0, 80), (30, 40), (120, 120)])
def test_a_report_is_as_wide_as_its_terminal(columns: int, expected: int, tmp_path: Path) -> None:
    """And 80 columns wide where the terminal claims to have none, as some on serial lines and in containers do."""
    import fcntl
    import struct
    import termios

    long = "a-name-that-is-cut-where-the-terminal-ends" * 4
    projects.write(tmp_path, {"Dockerfile": f"FROM scratch\nCOPY {long} /\n", ".dockerignore": "x\n"})
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", "CI": "true"}
    subprocess.run([sys.executable, "-m", "ctxscan"], cwd=tmp_path, stdout=theirs, env=environment, check=True)
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert max(map(len, seen.splitlines())) == expected


def test_a_diff_is_painted_as_git_does() -> None:
    """Added lines green, removed ones red, and no other character changed."""
    diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n same\n-old\n+new\n"
    seen = painted(diff)
    assert re.sub(r"\x1b\[\d*m", "", seen) == diff
    assert "\x1b[32m+new\x1b[0m\n" in seen
    assert "\x1b[31m-old\x1b[0m\n" in seen
    assert "\n same\n" in seen


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False)])
def test_links_can_be_asked_for(value: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As other programs are asked."""
    monkeypatch.setenv("FORCE_HYPERLINK", value)
    assert follows_links(None) is expected
    monkeypatch.delenv("FORCE_HYPERLINK")
    assert follows_links("report.txt") is False
