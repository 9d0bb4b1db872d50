"""How fast is ctxscan? Ratios to a walk in C of the same tree in the same round, and to other tools.

    python benchmarks/run.py [--quick] [--markdown] [--rounds N] [--case TREE/RULES,...] [--peers NAME,...]

Makes the trees, compiles the walk, runs everything in turn and prints one table. The standard library is enough;
ctxscan is the one installed beside this interpreter. `README.md` here says how to read the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from measure import Command, Failed, Run, measure
from peers import PEERS, Bench, NotHere, Peer
from trees import TREES, WORK, make_tree, rules

HERE = Path(__file__).parent

#: What is run. The first of a case is what the others are compared with.
WALK, PYTHON, VERSION = "C walk", "python -c pass", "ctxscan --version"
FACTS, ALONE, REPORT = "ctxscan --facts --format json", "ctxscan --facts --format json, one process", "ctxscan"
#: The report on the root and on all builds below it, which share its files.
ONE, ALL = "ctxscan -f service00/Dockerfile", "ctxscan --all"
#: With a Dockerfile that takes everything, so that the builder's own figure is worked out as well; nothing has to be
#: searched for.
FIGURE, ADVICE = "ctxscan --facts --format json -f probe.Dockerfile", "ctxscan -f probe.Dockerfile"


@dataclass(frozen=True, slots=True)
class Case:
    """A tree (empty: none is read) with an ignore file (`none`, the tree's `own`, or one of `trees.rules`)."""

    tree: str
    rules: str
    commands: tuple[str, ...]
    peers: bool

    @property
    def name(self) -> str:
        return f"{self.tree}/{self.rules}" if self.tree else self.rules


CASES = (
    Case("small", "p0", (WALK, FACTS, FIGURE, ALONE, REPORT), True),
    Case("small", "p10", (WALK, FACTS), True),
    Case("small", "p50", (WALK, FACTS, ALONE, REPORT), True),
    Case("small", "p200", (WALK, FACTS), True),
    Case("medium", "p0", (WALK, FACTS, FIGURE, ALONE, REPORT), True),
    Case("medium", "p10", (WALK, FACTS), False),
    Case("medium", "p50", (WALK, FACTS, ALONE, REPORT), False),
    Case("medium", "n50", (WALK, FACTS, FIGURE, REPORT, ADVICE), True),
    Case("medium", "p200", (WALK, FACTS, REPORT), False),
    Case("medium", "n200", (WALK, FACTS), False),
    Case("large", "p0", (WALK, FACTS, FIGURE, ALONE, REPORT), False),
    Case("large", "p50", (WALK, FACTS, ALONE, REPORT), False),
    Case("wide", "p50", (WALK, FACTS, REPORT), True),
    Case("wide", "n50", (WALK, FIGURE, ADVICE), False),
    Case("deep", "p50", (WALK, FACTS), True),
    Case("text", "p0", (WALK, FACTS, REPORT), False),
    Case("node", "own", (WALK, FACTS, REPORT), True),
    Case("services", "own", (ONE, ALL), False),
    Case("settings", "p0", (WALK, FACTS, REPORT), False),
    Case("ten", "none", (PYTHON, WALK, FACTS, REPORT), False),
    Case("", "start", (PYTHON, VERSION), False),
)
QUICK = tuple(f"{tree}/{rules}" for tree in ("small", "medium") for rules in ("p0", "p10", "p50", "p200"))


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one command in one case: its runs and those of the base, round by round (none if it failed), and
    a remark. `wrong`: it is one of ours, and has failed or found something else."""

    case: str
    title: str
    runs: tuple[Run, ...]
    bases: tuple[Run, ...]
    remark: str
    wrong: bool


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that what was started is ended
    chosen = [case for case in CASES if case.name in options.case]
    with ExitStack() as closing:
        bench = Bench(options.work.resolve(), closing)
        bench.work.mkdir(parents=True, exist_ok=True)
        walker = _compile_walk(bench.work)
        for tree in dict.fromkeys(case.tree for case in chosen if case.tree):
            make_tree(tree, work=bench.work, seed=options.seed)
        peers, missing = _prepare(options.peers if any(case.peers for case in chosen) else [], bench)
        print(_heading(options), end="\n\n", flush=True)
        rows: list[Row] = []
        try:
            for case in chosen:
                rows += _run_case(case, options, bench.work, walker, peers if case.peers else {})
        except KeyboardInterrupt:
            print("interrupted: what was measured until then", file=sys.stderr)
    print(_table(rows, markdown=options.markdown))
    for name, reason in missing.items():
        print(f"\nnot here: {name}: {reason}", end="")
    print(f"\nload after {os.getloadavg()[0]:.1f}")
    if any(row.wrong for row in rows):
        sys.exit("error: not all of ctxscan's runs gave what they must: see the remarks")


def _options() -> argparse.Namespace:
    names = ", ".join(case.name for case in CASES)
    parser = argparse.ArgumentParser(description="Measure ctxscan against a walk in C and against other tools.")
    parser.add_argument("--quick", action="store_true", help="small and medium with 0, 10, 50, 200 rules; no peers")
    parser.add_argument("--case", type=_list, help=f"which, separated by commas: {names}")
    parser.add_argument("--tree", type=_list, help=f"all cases of these trees: {', '.join(TREES)}")
    parser.add_argument("--peers", type=_list, help=f"all, none, or some of {', '.join(PEERS)}")
    parser.add_argument("--rounds", type=int, help="rounds that count, after one that does not (default: 7; quick: 3)")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--work", type=Path, default=WORK, help="for trees and peers (default: benchmarks/.work)")
    parser.add_argument("--seed", type=int, default=1, help="of the trees")
    parser.add_argument("--timeout", type=int, default=300, metavar="SECONDS", help="for one run (default: 300)")
    parser.add_argument("--ctxscan", type=Path, default=Path(sys.executable).with_name("ctxscan"), metavar="FILE")
    options = parser.parse_args()
    if options.case is None:
        by_tree = [case.name for case in CASES if case.tree in options.tree] if options.tree else None
        options.case = by_tree or (QUICK if options.quick else [case.name for case in CASES])
    if unknown := set(options.case) - {case.name for case in CASES}:
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {names}")
    if options.peers in (None, ["all"]):
        options.peers = [] if options.quick and options.peers is None else list(PEERS)
    options.peers = [name for name in options.peers if name != "none"]
    if unknown := set(options.peers) - set(PEERS):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    options.rounds = options.rounds or (3 if options.quick else 7)
    if not options.ctxscan.exists():
        parser.error(f"ctxscan is not installed beside {Path(sys.executable).name}: pip install . first, or --ctxscan")
    return options


def _list(text: str) -> list[str]:
    return text.split(",")


def _compile_walk(work: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        sys.exit("the C walk needs a compiler: cc, gcc or clang")
    target = work / "walk"
    subprocess.run((compiler, "-O2", "-o", str(target), str(HERE / "walk.c")), check=True)
    return target


def _prepare(names: list[str], bench: Bench) -> tuple[dict[str, Peer], dict[str, str]]:
    """The peers that can be run, and the reasons of those that cannot."""
    peers, missing = {}, {}
    for name in names:
        try:
            peers[name] = PEERS[name](bench)
        except NotHere as reason:
            missing[name] = str(reason)
    return peers, missing


def _run_case(case: Case, options: argparse.Namespace, work: Path, walker: Path, peers: dict[str, Peer]) -> list[Row]:
    """The rows of one case. Its ignore file is in place before the first run and stays: all read the same tree."""
    tree = work / "trees" / case.tree
    _place_rules(tree, case)
    commands = {name: _command(name, tree, options.ctxscan, walker) for name in case.commands}
    expected = {}
    for name, peer in peers.items():
        peer.reset()
        commands[name] = peer.command(tree)
        expected[name] = _foretold(options.ctxscan, tree, peer.builder) if peer.builder else ""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    remarks: dict[str, str] = {}
    for number in range(options.rounds + 1):
        print(f"{case.name}: round {number} of {options.rounds}", file=sys.stderr)
        for name, command in commands.items():
            if name in remarks and not runs[name]:
                continue  # it has failed, and would again
            try:
                run = measure(command, timeout=options.timeout)
            except Failed as failed:
                runs[name], remarks[name] = [], str(failed)
                continue
            runs[name].append(run)
    _check_counts(case, runs, remarks)
    for name in peers:
        if not runs[name]:
            continue
        remarks[name] = _compared(runs[name][0].answer, expected[name] or _first(runs[FACTS]))
        if runs[name][0].answer != runs[name][-1].answer:
            remarks[name] += f", then {runs[name][-1].answer}"
    measured = {name: tuple(each[1:]) for name, each in runs.items()}
    bases = measured[case.commands[0]]
    return [
        Row(
            _label(case),
            command.title,
            measured[name] if bases else (),
            bases,
            remarks.get(name, ""),
            name not in peers and not measured[name],
        )
        for name, command in commands.items()
    ]


def _place_rules(tree: Path, case: Case) -> None:
    ignore_file = tree / ".dockerignore"
    if case.rules == "none":
        ignore_file.unlink(missing_ok=True)
    elif case.rules not in ("own", "start"):
        ignore_file.write_text("".join(f"{line}\n" for line in rules(case.rules)))


def _command(name: str, tree: Path, ctxscan: Path, walker: Path) -> Command:
    program, where = str(ctxscan), str(tree)
    facts = (program, "--facts", "--format", "json", where)
    everywhere: dict[str, Command] = {
        WALK: Command(name, (str(walker), where), _walked, {}, (0,), ""),
        FACTS: Command(name, facts, _sizes, {}, (0,), ""),
        FIGURE: Command(
            name,
            (program, "--facts", "--format", "json", "--file", str(tree / "probe.Dockerfile"), where),
            _sizes,
            {},
            (0,),
            "",
        ),
        ALONE: Command(name, facts, _sizes, {"CTXSCAN_PROCESSES": "1"}, (0,), ""),
        ADVICE: Command(name, (program, "-f", f"{where}/probe.Dockerfile", where), _nothing, {}, (0,), ""),
        REPORT: Command(name, (program, where), _nothing, {}, (0,), ""),
        ONE: Command(name, (program, "-f", f"{where}/service00/Dockerfile", where), _nothing, {}, (0,), ""),
        ALL: Command(name, (program, "--all", where), _nothing, {}, (0,), ""),
        VERSION: Command(name, (program, "--version"), _nothing, {}, (0,), ""),
        PYTHON: Command(name, (sys.executable, "-c", "pass"), _nothing, {}, (0,), ""),
    }
    return everywhere[name]


def _walked(output: str) -> str:
    files, size = output.split()
    return f"{int(files):,} files, {int(size):,} bytes"


def _sizes(output: str) -> str:
    # Notes of ctxscan come by the same way: without a Dockerfile it says so.
    document, _ = json.JSONDecoder().raw_decode(output, output.index("{\n"))
    context = document["builds"][0]["sizes"]["context"]
    return f"{context['files']:,} files, {context['bytes']:,} bytes"


def _nothing(output: str) -> str:
    return ""


def _foretold(ctxscan: Path, tree: Path, builder: str) -> str:
    """What the builder should print, by ctxscan."""
    arguments = (str(ctxscan), "--facts", "--format", "json", "--builder", builder, "--file", "probe.Dockerfile", ".")
    done = subprocess.run(arguments, cwd=tree, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return "unknown"
    return f"{json.loads(done.stdout)['builds'][0]['sizes']['transfer']['shown']} sent"


def _compared(found: str, expected: str) -> str:
    """`found` beside what ctxscan says; a peer that counts files is compared by these alone."""
    if expected.startswith(found):
        return f"agrees: {found}"
    return f"differs: {found}, ctxscan {expected.split(', ')[0]}"


def _check_counts(case: Case, runs: dict[str, list[Run]], remarks: dict[str, str]) -> None:
    """Every run of ctxscan must find the same, and where nothing is excluded the same as the walk: else its figures are
    dropped, and the remark says what it found."""
    right = _first(runs[WALK] if case.rules in ("none", "p0") else runs.get(FACTS, []))
    for name in (FACTS, ALONE):
        wrong = [run.answer for run in runs.get(name, ()) if run.answer != right]
        if wrong:
            runs[name], remarks[name] = [], f"error: {wrong[0]}, not {right}"


def _first(runs: list[Run]) -> str:
    return runs[0].answer if runs else "unknown"


def _label(case: Case) -> str:
    if case.rules == "start":
        return "start-up"
    words = {"none": "no ignore file", "own": "its own rules", "p0": "no rules"}
    negated = ", one in five negated" if case.rules.startswith("n") else ""
    return f"{case.tree}, {words.get(case.rules) or f'{case.rules[1:]} rules{negated}'}"


def _heading(options: argparse.Namespace) -> str:
    done = subprocess.run((options.ctxscan, "--version"), stdout=subprocess.PIPE, text=True, check=False)
    version = done.stdout.strip() if not done.returncode else "ctxscan of unknown version"
    return (
        f"{version}, {platform.python_implementation()} {platform.python_version()}, {platform.system()} "
        f"{platform.release()}, {os.cpu_count()} processors, load before {os.getloadavg()[0]:.1f}; "
        f"{options.rounds} rounds after one dropped"
    )


COLUMNS = ("case", "command", "wall x", "(min-max)", "CPU x", "(min-max)", "wall ms", "CPU ms", "peak MiB", "remark")


def _table(rows: list[Row], *, markdown: bool) -> str:
    cells = [COLUMNS, *(_cells(row) for row in rows)]
    if markdown:
        ruler = "|".join("---" if column in ("case", "command", "remark") else "---:" for column in COLUMNS)
        lines = [f"| {' | '.join(each)} |" for each in cells]
        return "\n".join((lines[0], f"|{ruler}|", *lines[1:]))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    left = [column in ("case", "command", "remark") for column in COLUMNS]
    return "\n".join(
        "  ".join(
            text.ljust(width) if is_left else text.rjust(width)
            for text, width, is_left in zip(each, widths, left, strict=True)
        ).rstrip()
        for each in cells
    )


def _cells(row: Row) -> tuple[str, ...]:
    if not row.runs:
        return (row.case, row.title, *("-",) * 7, row.remark)
    walls = [run.wall / base.wall for run, base in zip(row.runs, row.bases, strict=True)]
    cpus = [run.cpu / base.cpu for run, base in zip(row.runs, row.bases, strict=True)]
    read = max(run.read for run in row.runs)
    cold = f"cache not warm: {read:,.0f} MiB read from disk" if read >= 1 else ""
    peak, least = max(run.peak for run in row.runs), max(run.least for run in row.runs)
    return (
        row.case,
        row.title,
        *_spread(walls),
        *_spread(cpus),
        f"{1000 * median(run.wall for run in row.runs):,.1f}",
        f"{1000 * median(run.cpu for run in row.runs):,.1f}",
        f"{peak:.0f}" if peak > least * 1.05 else f"≤ {peak:.0f}",
        "; ".join(filter(None, (row.remark, cold))),
    )


def _spread(values: list[float]) -> tuple[str, str]:
    return f"{median(values):.2f}", f"({min(values):.2f}-{max(values):.2f})"


if __name__ == "__main__":
    main()
