"""What does ctxscan say about real projects, and what does a change of it change there?

    python benchmarks/ecosystem.py DIR [--save FILE] [--against FILE] [--timeout SECONDS] [--jobs N]

DIR holds checkouts, one in each directory. In each, `ctxscan --check` runs on the directory (`plain`) and with `--all`.
Printed are the status of each run, the findings and proposals per code and severity, the line of each error, and with
`--against` every finding and proposal that was added or removed since that summary was saved.

Standard output and the saved summary are sorted and hold no times, so the same checkouts give the same bytes; times go
to standard error. The exit status is 1 if a run crashed or ran out of time. ctxscan is the one that this interpreter
imports, and nothing in a checkout is executed or imported.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

MODES = {"plain": (), "all": ("--all",)}
SEVERITIES = ("error", "warning", "note", "proven", "caution")
#: In place of an exit status.
TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, order=True)
class Opinion:
    """A finding, or a proposal: its code is `proposal` then, and its severity `proven` or `caution`."""

    build: str
    code: str
    severity: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: its exit status or `timeout`, its last line on standard error if it failed, and the opinions, sorted."""

    status: int | str
    error: str
    builds: int
    opinions: tuple[Opinion, ...]

    @property
    def broken(self) -> bool:
        """It crashed, or had to be stopped."""
        return self.status not in (0, 1, 2) or self.error.startswith("traceback: ")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A project at a commit (empty: not under git), and the outcome of each mode."""

    commit: str
    runs: dict[str, Outcome]


def main() -> None:
    """Runs, prints, saves, compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the summary")
    parser.add_argument("--against", type=Path, metavar="FILE", help="name what differs from that summary")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="for each run (default: 120)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at the same time (default: 1)")
    arguments = parser.parse_args()
    if not arguments.directory.is_dir():
        parser.error(f"not a directory: {arguments.directory}")
    names = sorted(path.name for path in arguments.directory.iterdir() if path.is_dir())
    if not names:
        parser.error(f"no checkout in {arguments.directory}")
    before = load(arguments.against) if arguments.against else None
    with ThreadPoolExecutor(arguments.jobs) as pool:
        done = pool.map(lambda name: look(arguments.directory / name, arguments.timeout), names)
        summary = dict(zip(names, done, strict=True))
    for line in [*projects(summary), "", *codes(summary), "", *errors(summary)]:
        print(line)
    if before is not None:
        print()
        for line in changes(before, summary):
            print(line)
    if arguments.save:
        save(summary, arguments.save)
    sys.exit(any(run.broken for each in summary.values() for run in each.runs.values()))


def look(root: Path, timeout: float) -> Checkout:
    """Both runs in a checkout; how long they took goes to standard error."""
    head = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"]
    commit = subprocess.run(head, capture_output=True, text=True, check=False)
    runs, times = {}, []
    for mode, options in MODES.items():
        began = time.perf_counter()
        runs[mode] = run(root, options, timeout)
        times.append(f"{mode} {time.perf_counter() - began:.1f} s")
    print(f"{root.name}: {', '.join(times)}", file=sys.stderr)
    return Checkout(commit.stdout.strip(), runs)


def run(root: Path, options: tuple[str, ...], timeout: float) -> Outcome:
    """One run of the command in a directory, ended with all its processes when the time is up.

    `-P` keeps the directory, which is a stranger's, off the import path.
    """
    command = [sys.executable, "-P", "-m", "ctxscan", "--check", "--no-progress", "--format", "json", *options, "."]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return Outcome(TIMEOUT, f"not done within {timeout:g} s", 0, ())
    said = err.decode(errors="replace").strip()
    line = printable(said.splitlines()[-1]) if said else ""
    if "Traceback (most recent call last)" in said:
        return Outcome(process.returncode, f"traceback: {line}", 0, ())
    if process.returncode not in (0, 1):
        return Outcome(process.returncode, line, 0, ())
    builds = json.loads(out)["builds"]
    return Outcome(process.returncode, "", len(builds), tuple(sorted(each for one in builds for each in opinions(one))))


def opinions(build: dict[str, object]) -> Iterator[Opinion]:
    """The findings and proposals of one build in the JSON report."""
    name = str(build["name"] or "")
    for each in build["findings"]:  # type: ignore[attr-defined]
        place = f"{each['path'] or ''}:{each['line'] or ''}".strip(":")
        yield Opinion(name, each["code"], each["severity"], place, each["message"])
    for each in build["proposals"]:  # type: ignore[attr-defined]
        reasons = each["caution"] or ", ".join(each["reasons"])
        severity = "caution" if each["caution"] else "proven"
        yield Opinion(name, "proposal", severity, each["pattern"], reasons)


def save(summary: dict[str, Checkout], path: Path) -> None:
    path.write_text(json.dumps({name: asdict(each) for name, each in summary.items()}, indent=1, sort_keys=True) + "\n")


def load(path: Path) -> dict[str, Checkout]:
    """A saved summary."""
    return {
        name: Checkout(
            each["commit"],
            {
                mode: Outcome(
                    run["status"], run["error"], run["builds"], tuple(Opinion(**opinion) for opinion in run["opinions"])
                )
                for mode, run in each["runs"].items()
            },
        )
        for name, each in json.loads(path.read_text()).items()
    }


def projects(summary: dict[str, Checkout]) -> Iterator[str]:
    """A row for each checkout: statuses, builds, opinions of both runs per severity."""
    rows = [("checkout", *(f"{mode} status" for mode in MODES), "builds", *SEVERITIES)]
    for name, each in summary.items():
        counts = Counter(opinion.severity for run in each.runs.values() for opinion in run.opinions)
        statuses = [str(each.runs[mode].status) for mode in MODES]
        rows.append(
            (name, *statuses, str(each.runs["all"].builds), *(str(counts[severity]) for severity in SEVERITIES))
        )
    yield from table(rows)


def codes(summary: dict[str, Checkout]) -> Iterator[str]:
    """A row for each code and severity: how often in each mode, and in how many checkouts."""
    counts = {
        mode: Counter((one.code, one.severity) for each in summary.values() for one in each.runs[mode].opinions)
        for mode in MODES
    }
    where = Counter(
        key
        for each in summary.values()
        for key in {(opinion.code, opinion.severity) for run in each.runs.values() for opinion in run.opinions}
    )
    rows = [("code", "severity", *MODES, "checkouts")]
    for code, severity in sorted(where, key=lambda key: (key[0], SEVERITIES.index(key[1]))):
        found = [str(counts[mode][code, severity]) for mode in MODES]
        rows.append((code, severity, *found, str(where[code, severity])))
    yield from table(rows)


def errors(summary: dict[str, Checkout]) -> Iterator[str]:
    """The line of each run that gave no report."""
    lines = [
        f"{name} [{mode}] {run.status}: {run.error}"
        for name, each in summary.items()
        for mode, run in each.runs.items()
        if run.error
    ]
    yield f"Runs without a report: {len(lines)}"
    yield from lines


def changes(before: dict[str, Checkout], after: dict[str, Checkout]) -> Iterator[str]:
    """What was added (`+`) and removed (`-`), checkout by checkout, and what cannot be compared."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        if name not in before or name not in after:
            lines.append(f"{'+' if name in after else '-'} {name}: the whole checkout")
            continue
        old, new = before[name], after[name]
        if old.commit != new.commit:
            lines.append(f"! {name}: another commit, {old.commit[:12]} then and {new.commit[:12]} now")
        for mode in MODES:
            lines.extend(f"{line[0]} {name} [{mode}]{line[1:]}" for line in differences(old.runs[mode], new.runs[mode]))
    yield f"Changes: {len(lines)}"
    yield from lines


def differences(old: Outcome, new: Outcome) -> Iterator[str]:
    """What two outcomes of the same run do not share."""
    if (old.status, old.error) != (new.status, new.error):
        yield f"! status {old.status} {old.error}".rstrip() + f" is now {new.status} {new.error}".rstrip()
    had, has = Counter(old.opinions), Counter(new.opinions)
    for sign, gone in (("-", had - has), ("+", has - had)):
        for each in sorted(gone.elements()):
            build = f" ({each.build})" if each.build else ""
            yield printable(f"{sign} {each.severity} [{each.code}] {each.place}: {each.message}{build}")


def table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as they need be, numbers to the right."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if index and cell.isdecimal() else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield printable("  ".join(cells).rstrip())


def printable(text: str) -> str:
    """Names come from strangers: what is not printable is escaped."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


if __name__ == "__main__":
    main()
