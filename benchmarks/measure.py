"""One run of one command: its wall time, processor time, peak memory and output."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

SPAWN = (sys.executable, "-I", "-S", str(Path(__file__).with_name("spawn.py")))


@dataclass(frozen=True, slots=True)
class Command:
    """What to run. `answer` reads what it found, in words that can be compared, from its output. With `until`, a
    pattern, the clock stops at the output that this matches (the process is still waited for)."""

    title: str
    arguments: tuple[str, ...]
    answer: Callable[[str], str]
    environment: Mapping[str, str]
    statuses: tuple[int, ...]
    until: str


@dataclass(frozen=True, slots=True)
class Run:
    """`wall` and `cpu` in seconds; `peak` in MiB, of the largest process of those that were waited for, and `least`,
    below which no peak can be told; `read` in MiB, from disk: about none where the cache is warm."""

    wall: float
    cpu: float
    peak: float
    least: float
    read: float
    answer: str


class Failed(Exception):
    """A command that did not do its work: how."""


def measure(command: Command, *, timeout: int) -> Run:
    """Runs `command` once; `timeout` is in seconds. `PYTHON...` variables stay behind: some keep compiled code from
    being written, and each run would compile ctxscan again."""
    with NamedTemporaryFile() as kept:
        arguments = (*SPAWN, str(timeout), kept.name, command.until, *command.arguments)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= command.environment
        told = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
        output = kept.read().decode(errors="replace")
    wall, cpu, peak, least, blocks, code = map(float, told.split())
    if code == -9 and wall >= timeout:
        raise Failed(f"took over {timeout} s")
    if code not in command.statuses:
        raise Failed(f"failed: {(output.strip().splitlines() or ['no output'])[-1][:120]}")
    try:
        return Run(wall, cpu, peak / 1024, least / 1024, blocks / 2048, command.answer(output))
    except (IndexError, KeyError, TypeError, ValueError):
        raise Failed("failed: its output cannot be read") from None


def which_all(name: str) -> list[str]:
    """Every program of that name on the PATH."""
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return [str(path) for place in places if os.access(path := Path(place) / name, os.X_OK) and path.is_file()]
