"""How many secrets in other scanners' own test data are found, by ctxscan and by those that can be installed.

    python benchmarks/secrets.py DIR [--suites gitleaks,trufflehog] [--peers kingfisher,credsweeper] [--categories]

DIR holds a checkout of each, by its name; what is not there is left out and told. Every case becomes a file in a
scratch folder (`--work`), and counts once: a secret is found, or it is not. Peers are found on the path, or in `--bin`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from peer_tests import SUITES, Case

DOCKERFILE: Final = "FROM scratch\nCOPY . /app/\n"
#: Seconds for one tool on one suite.
LIMIT: Final = 900


class Tool(NamedTuple):
    """`found`: the paths in a folder at which it sees a secret."""

    name: str
    found: Callable[[Path], set[str]]


# ---- ctxscan and its peers -------------------------------------------------------------------------------------------


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=LIMIT)
    return done.stdout


def ctxscan(*options: str, weights: tuple[str, ...]) -> Callable[[Path], set[str]]:
    """What has a finding about a secret of one of these weights."""

    def found(folder: Path) -> set[str]:
        out = _run(
            [sys.executable, "-m", "ctxscan", "--no-config", "--format", "json", *options, str(folder)], Path.cwd()
        )
        builds = json.loads(out)["builds"]
        return {
            finding["path"]
            for build in builds
            for finding in build["findings"]
            if finding["code"].startswith("secret-") and finding["severity"] in weights and finding["path"]
        }

    return found


def _lines(folder: Path, out: str, pick: Callable[[dict[str, object]], object]) -> set[str]:
    return {_inside(folder, str(pick(json.loads(line)))) for line in out.splitlines() if line.startswith("{")} - {
        "None"
    }


def _inside(folder: Path, path: str) -> str:
    path = path.replace("\\", "/")
    return path.removeprefix(f"{folder.as_posix()}/").removeprefix("./")


def detect_secrets(program: str) -> Callable[[Path], set[str]]:
    """`detect-secrets scan --all-files`."""

    def found(folder: Path) -> set[str]:
        out = json.loads(_run([program, "scan", "--all-files", "--no-verify", "."], folder))
        return {_inside(folder, path) for path in out["results"]}

    return found


def whispers(program: str) -> Callable[[Path], set[str]]:
    """`whispers`, as it is."""

    def found(folder: Path) -> set[str]:
        out = _run([program, str(folder)], folder)
        if out.lstrip().startswith("["):
            return {_inside(folder, each["file"]) for each in json.loads(out)}
        return _lines(folder, out, lambda each: each.get("file"))

    return found


def kingfisher(program: str) -> Callable[[Path], set[str]]:
    """`kingfisher scan`, without asking anybody whether a secret is alive."""

    def found(folder: Path) -> set[str]:
        options = [
            "--no-validate",
            "--no-update-check",
            "--git-history",
            "none",
            "--format",
            "jsonl",
            "--confidence",
            "low",
        ]
        out = _run([program, "scan", *options, str(folder)], folder)
        return _lines(folder, out, lambda each: _deep(each, "finding", "path") or each.get("path"))

    return found


def _deep(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def credsweeper(program: str) -> Callable[[Path], set[str]]:
    """`credsweeper`, with its model."""

    def found(folder: Path) -> set[str]:
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.json"
            _run([program, "--path", str(folder), "--save-json", str(report), "--depth", "2"], folder)
            findings = json.loads(report.read_text(encoding="utf-8"))
        return {
            _inside(folder, line["path"].partition("|")[0].partition(":")[0])
            for each in findings
            for line in each["line_data_list"]
        }

    return found


def secretlint(program: str) -> Callable[[Path], set[str]]:
    """`secretlint` with the recommended rules."""

    def found(folder: Path) -> set[str]:
        with tempfile.TemporaryDirectory() as scratch:
            rules = Path(scratch) / "secretlintrc.json"
            rules.write_text('{"rules": [{"id": "@secretlint/secretlint-rule-preset-recommend"}]}', encoding="utf-8")
            out = _run([program, "--secretlintrc", str(rules), "--format", "json", "**/*"], folder)
        return {_inside(folder, each["filePath"]) for each in json.loads(out or "[]") if each["messages"]}

    return found


_BETTERLEAKS: Final = (
    "import json, sys, pybetterleaks as b; r = b.scan_dir(sys.argv[1]);"
    "print(json.dumps(sorted({str(getattr(f, 'file', None) or f.path) for f in r.findings})))"
)


def betterleaks(program: str) -> Callable[[Path], set[str]]:
    """The rules of gitleaks and more, by the binding for Python of an interpreter beside the others."""

    def found(folder: Path) -> set[str]:
        return {_inside(folder, path) for path in json.loads(_run([program, "-c", _BETTERLEAKS, str(folder)], folder))}

    return found


PEERS: Final = {
    "detect-secrets": ("detect-secrets", detect_secrets),
    "whispers": ("whispers", whispers),
    "kingfisher": ("kingfisher", kingfisher),
    "CredSweeper": ("credsweeper", credsweeper),
    "secretlint": ("secretlint", secretlint),
    "betterleaks": ("betterleaks-python", betterleaks),
}


def tools(places: list[Path], wanted: set[str] | None) -> list[Tool]:
    """Ctxscan in both ways, and every peer that is there."""
    alarms = ("error", "warning")
    found = [
        Tool("ctxscan", ctxscan(weights=alarms)),
        Tool("--deep", ctxscan("--deep", weights=alarms)),
        Tool("and notes", ctxscan("--deep", weights=(*alarms, "note"))),
    ]
    path = os.pathsep.join([*map(str, places), os.environ.get("PATH", "")])
    for name, (program, make) in PEERS.items():
        if wanted is not None and name not in wanted:
            continue
        where = shutil.which(program, path=path)
        if where is None:
            print(f"{name}: not here ({program})", file=sys.stderr)
        else:
            found.append(Tool(name, make(where)))
    return found


# ---- the table -------------------------------------------------------------------------------------------------------


def laid_out(cases: list[Case], folder: Path) -> None:
    """Write the files of a suite, and a Dockerfile that takes them all."""
    shutil.rmtree(folder, ignore_errors=True)
    for case in cases:
        path = folder / case.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case.data)
    (folder / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")


def row(label: str, cases: list[Case], results: list[set[str] | None]) -> str:
    """Recall of each tool on the secrets among the cases, then false alarms on the rest."""
    secret = {case.path for case in cases if case.secret}
    plain = {case.path for case in cases if not case.secret}
    cells = []
    for found in results:
        if found is None:
            cells.append("-")
        else:
            recall = f"{len(found & secret) / len(secret):.2f}" if secret else "-"
            cells.append(recall + (f" ({len(found & plain)})" if plain else ""))
    return f"| {label} | {len(secret)} + {len(plain)} | " + " | ".join(cells) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--suites", default=",".join(SUITES))
    parser.add_argument("--peers")
    parser.add_argument("--bin", type=Path, action="append", default=[])
    parser.add_argument("--work", type=Path)
    parser.add_argument("--categories", action="store_true", help="a line for each category of a suite, too")
    parser.add_argument("--missed", action="store_true", help="list what ctxscan misses")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="ctxscan-secrets-"))
    wanted = None if options.peers is None else set(options.peers.split(","))
    used = tools(options.bin, wanted)
    print("| suite | secret + not | " + " | ".join(tool.name for tool in used) + " |")
    print("| --- | --- |" + " --- |" * len(used))
    for name in options.suites.split(","):
        root = options.directory / name
        if not root.is_dir():
            print(f"{name}: not in {options.directory}", file=sys.stderr)
            continue
        cases = list({case.path: case for case in SUITES[name](root)}.values())
        folder = work / name
        laid_out(cases, folder)
        results: list[set[str] | None] = []
        for tool in used:
            try:
                results.append(tool.found(folder))
            except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
                print(f"{tool.name} on {name}: {type(error).__name__}", file=sys.stderr)
                results.append(None)
        print(row(name, cases, results), flush=True)
        if options.categories:
            for category in sorted({case.category for case in cases}):
                print(row(f"- {category}", [case for case in cases if case.category == category], results))
        if options.missed:
            for case in cases:
                if case.secret and case.path not in (results[1] or ()):
                    print(f"missed: {name}/{case.path}", file=sys.stderr)
    if options.work is None:
        shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
