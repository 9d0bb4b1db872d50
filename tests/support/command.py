"""The command, run as a user runs it: in this process where that is enough, and in one of its own where it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ctxscan.cli.run import run as command


def run(*arguments: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """The exit status and what is written, as UTF-8 text; 100 columns unless `COLUMNS` says otherwise."""
    done = run_bytes(*arguments, cwd=cwd, stdin=stdin, **{"COLUMNS": "100", **environment})
    # What a real process's pipe would be read with: line ends as they come on this system.
    out, err = (text.decode().replace("\r\n", "\n") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def run_bytes(*arguments: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command's one entry point, called here with the standard streams on files, in `cwd`, with these variables.

    It is what `python -m ctxscan` calls, without the start of an interpreter: whatever depends on the process itself
    (hashes, encodings, pipes, what is imported) is for `process`.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        with _standing(cwd, environment), _streams(given, out, err):
            try:
                command("ctxscan", arguments)
            except SystemExit as end:
                status = end.code
        assert isinstance(status, int)
        for each in (out, err):
            each.seek(0)
        return subprocess.CompletedProcess(["ctxscan", *arguments], status, out.read(), err.read())


def process(*arguments: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The same by `python -m ctxscan`."""
    return subprocess.run(
        [sys.executable, "-m", "ctxscan", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


def told(*arguments: str, cwd: Path) -> list[dict[str, Any]]:
    """The builds of a JSON report."""
    done = run(*arguments, "--format", "json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["builds"]
    return found


@contextmanager
def _standing(cwd: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """In this directory and with these variables beside those of the test."""
    here, before = Path.cwd(), dict(os.environ)
    os.environ.update(environment)
    os.chdir(cwd)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _streams(*files: BinaryIO) -> Iterator[None]:
    """The descriptors 0, 1 and 2 on these files, also for children, and Python's streams on the descriptors."""
    kept, streams = [os.dup(number) for number in range(3)], (sys.stdin, sys.stdout, sys.stderr)
    try:
        for number, file in enumerate(files):
            os.dup2(file.fileno(), number)
        with (
            open(0, encoding="utf-8", closefd=False) as sys.stdin,
            open(1, "w", encoding="utf-8", closefd=False) as sys.stdout,
            open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as sys.stderr,
        ):
            yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        for number, each in enumerate(kept):
            os.dup2(each, number)
            os.close(each)
