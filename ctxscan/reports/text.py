"""The report for people, in a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import groupby
from typing import Final

from humanize import intcomma, naturalsize
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..dockerfile import Step
from ..examine import Examined
from ..explain import Explanation, Level
from ..findings import Finding
from ..ignorefile import Rule
from ..names import shown
from ..proposals import Proposal
from ..review import Review, sizes
from ..scan import InputSize, Scan
from ..tree import Directory
from . import Look

#: A directory is shown from this share of the context on.
SHOWN_SHARE: Final = 0.01
#: Lines of the tree of directories, and findings of one code that are shown one by one without `-v`.
TREE_LINES: Final = 14
FINDINGS_OF_A_CODE: Final = 5
MOST_PROPOSALS: Final = 12
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
#: Severity is told by a symbol and a word, and only then by colour.
_MARKS: Final = {"error": ("✗", "bold red"), "warning": ("!", "yellow"), "note": ("·", "cyan")}


def render(reviews: Sequence[Review], look: Look) -> str:
    out = StringIO()
    console = Console(
        file=out,
        width=look.width,
        force_terminal=look.color,
        color_system="standard" if look.color else None,
        no_color=not look.color,
        highlight=False,
        soft_wrap=False,
        legacy_windows=False,
    )
    for number, review in enumerate(reviews):
        if number:
            console.print()
        if review.explanations:
            for each in review.explanations:
                _print_explanation(console, each, review.scan, look)
        else:
            _print(console, review, look)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _print(console: Console, review: Review, look: Look) -> None:
    scan = review.scan
    if not look.compact:
        console.print(_head(scan))
        console.print()
        console.print(_numbers(scan, look))
        for line in _remarks(scan):
            console.print(line)
        rows = list(_tree_rows(scan.directories))
        if rows:
            console.print()
            console.print(Text("Largest directories", style="bold"))
            console.print(_tree(rows, scan, look))
    if review.findings is not None:
        _print_opinions(console, review, look)


def _head(scan: Scan) -> Table:
    build = scan.build
    table = _grid()
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("Context", _plain(shown(str(build.context))))
    dockerfile = shown(build.label) if build.label else "none: this covers the context alone"
    if build.target:
        dockerfile += f" (target {shown(build.target)})"
    table.add_row("Dockerfile", _plain(dockerfile))
    table.add_row("Builder", build.dialect.name)
    if scan.ignored is None:
        rules = "none: nothing is excluded"
    else:
        count = len(scan.ignored.rules)
        rules = f"{shown(scan.ignored.label)} ({count or 'no'} rule{'s' * (count != 1)})"
    table.add_row("Ignore file", _plain(rules))
    return table


def _numbers(scan: Scan, look: Look) -> Table:
    table = _grid()
    table.add_column(style="bold")
    table.add_column(justify="right", style="cyan")
    table.add_column(justify="right")
    table.add_column(style="dim")
    rows = [("Context", scan.context_size.files, scan.context_size.bytes, "kept by the rules")]
    if scan.plan is not None and scan.build.dialect.figure is not None:
        rows.append(("Transfer", scan.transfer.files, scan.transfer.bytes, "sent to the builder"))
    if scan.plan is not None:
        rows.append(("Image", scan.image.files, scan.image.bytes, "in a layer of the image"))
        if scan.image_unsure.files:
            rows.append(("", scan.image_unsure.files, scan.image_unsure.bytes, "may be in one: a command decides"))
    for name, files, size, what in rows:
        table.add_row(name, _bytes(size, look), _files(files), what)
    return table


def _remarks(scan: Scan) -> Iterator[Text]:
    """What the numbers do not say."""
    lines: list[Text] = []
    if scan.transfer.shown is not None:
        lines.append(Text.assemble(("The builder will print  ", "dim"), (_printed(scan), "green")))
    if scan.transfer.whole_context and scan.transfer.whole_because:
        lines.append(
            Text.assemble(
                ("The whole context is sent because of  ", "dim"), _step(scan.transfer.whole_because[0], scan)
            )
        )
    if scan.build.dialect.figure is None:
        lines.append(Text("Nothing is transferred: buildah reads the context in place", "dim"))
    if scan.image_unsure.files and scan.usage and scan.usage.unsure:
        steps = ", ".join(_step(step, scan) for step in scan.usage.unsure[:2])
        lines.append(Text.assemble(("Whether more is in the image is decided by  ", "dim"), steps))
    for name in dict.fromkeys(name for each in scan.inputs for name in each.input.empty):
        lines.append(Text(f"${shown(name)} has no value: taken as empty, as the builder does", "yellow"))
    for name, transfer in scan.contexts:
        size = f"{_files(transfer.files)}, transferring {shown(name)}: {transfer.shown}"
        lines.append(Text.assemble((f"The context {shown(name)}: ", "dim"), size))
    if lines:
        yield Text()
    yield from lines


def _printed(scan: Scan) -> str:
    """The line, to the blank."""
    if scan.build.dialect.figure == "tar":
        return f"Sending build context to Docker daemon {scan.transfer.shown:>8}"
    return f"transferring context: {scan.transfer.shown}"


def _step(step: Step, scan: Scan) -> str:
    text = " ".join(step.instruction.text.split())
    return f"{_middle(shown(text), 50)} ({shown(scan.build.label or '')}:{step.line})"


# --- directories ----------------------------------------------------------------------------------------------------


def _tree_rows(root: Directory) -> Iterator[tuple[int, Directory]]:
    """The directories worth showing with their depths: chains of single children folded, largest first."""
    least = root.bytes * SHOWN_SHARE
    chosen = {id(each) for each in sorted(root.walk(), key=lambda each: -each.bytes)[1 : TREE_LINES + 1]}
    todo = [(0, each) for each in reversed(root.directories)]
    while todo:
        depth, each = todo.pop()
        if each.bytes < least or each.bytes == 0 or id(each) not in chosen:
            continue
        while len(each.directories) == 1 and each.directories[0].files == each.files:
            each = each.directories[0]
        yield depth, each
        todo.extend((depth + 1, below) for below in reversed(each.directories))


def _tree(rows: list[tuple[int, Directory]], scan: Scan, look: Look) -> Table:
    table = _grid()
    table.add_column(justify="right", style="cyan")
    table.add_column(justify="right")
    table.add_column(style="blue", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", style="dim")
    width = 20 if look.width >= 100 else 12
    above: list[str] = []
    for depth, each in rows:
        del above[depth:]
        name = each.path.removeprefix(above[-1] + "/") if above else each.path
        above.append(each.path)
        share = each.bytes / scan.context_size.bytes
        table.add_row(
            _bytes(each.bytes, look),
            f"{share:.0%}",
            _bar(share, width),
            _plain("  " * depth + _middle(shown(name), max(12, look.width - 44 - width - 2 * depth)) + "/"),
            _files(each.files),
        )
    return table


# --- findings -------------------------------------------------------------------------------------------------------


def _print_opinions(console: Console, review: Review, look: Look) -> None:
    if review.findings:
        if not look.compact:
            console.print()
        _print_findings(console, review.findings, look)
    elif look.compact:
        console.print("No findings")
    if review.proposals and not look.compact:
        console.print()
        _print_proposals(console, review, look)
    if review.allowed:
        count = len(review.allowed)
        console.print(Text(f"{count} more {'is' if count == 1 else 'are'} allowed by the configuration", "dim"))
        for each in review.allowed if look.verbose else ():
            what = f"{each.finding.code} {shown(each.finding.path or '')}: {shown(each.reason)}"
            console.print(Padding(Text(what, "dim"), (0, 0, 0, 2)))
    if review.examined and review.examined.unread:
        console.print(Text("Not every small text file was read for secrets: --deep does", "dim"))
    if review.examined and look.verbose:
        _print_cleared(console, review.examined)


def _print_proposals(console: Console, review: Review, look: Look) -> None:
    """The rules to write with what each saves, those that only a person can decide on, and before -> after."""
    applied = [each for each in review.proposals if each.applied]
    cautions = [each for each in review.proposals if not each.applied]
    visible = applied if look.verbose else applied[:MOST_PROPOSALS]
    if applied:
        console.print(Text.assemble(("Proposals", "bold"), ("  proven not to break the build", "dim")))
        console.print(_rules(visible, look))
        if len(applied) > len(visible):
            console.print(Padding(Text(f"… {len(applied) - len(visible)} more (-v shows them)", "dim"), (0, 0, 0, 2)))
    if cautions:
        console.print(Text.assemble(("To look at", "bold"), ("  not written unless apply-cautions names them", "dim")))
        console.print(_rules(cautions if look.verbose else cautions[:MOST_PROPOSALS], look))
    if review.after:
        now = sizes(review.scan)
        # What the builder is sent, where it is sent anything.
        counted = review.scan.plan is not None and review.scan.build.dialect.figure is not None
        before, after = (now.transfer, review.after.transfer) if counted else (now.context, review.after.context)
        saved = f", {(before.bytes - after.bytes) / before.bytes:.1%} less" if before.bytes else ""
        line = (
            f"{'Transfer' if counted else 'Context'} {_bytes(before.bytes, look)} -> {_bytes(after.bytes, look)}{saved}"
        )
        console.print()
        console.print(
            Text.assemble(
                (line, "green"),
                "; ",
                ("ctxscan --fix", "bold"),
                " writes the rules, ",
                ("--diff", "bold"),
                " shows them",
            )
        )


def _rules(proposals: list[Proposal], look: Look) -> Table:
    table = _grid()
    table.add_column(no_wrap=True)
    table.add_column(justify="right", style="cyan", no_wrap=True)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    for each in proposals:
        why = ", ".join(each.reasons) if each.caution is None else each.caution
        if each.bytes and not each.transfer_bytes:
            why += " (not in the transfer as it is)"
        pattern = _middle(shown(each.pattern), max(20, look.width // 3))
        table.add_row(_plain(f"  {pattern}"), _bytes(each.bytes, look), _files(each.files), _plain(shown(why)))
    return table


def _print_cleared(console: Console, examined: Examined) -> None:
    """What looked like a secret by its name, and why it is none."""
    cleared = [
        (suspect.path, each.reason)
        for suspect in examined.suspects
        for each in suspect.judgements
        if each.verdict == "cleared"
    ]
    if cleared:
        console.print()
        console.print(Text("Looked like secrets and are none", style="bold"))
    for path, reason in cleared:
        console.print(Padding(Text(f"{shown(path)}: {shown(reason)}"), (0, 0, 0, 2)))


def _print_findings(console: Console, findings: tuple[Finding, ...], look: Look) -> None:
    counts = {severity: sum(each.severity == severity for each in findings) for severity in _MARKS}
    summary = ", ".join(f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items() if count)
    console.print(Text.assemble(("Findings", "bold"), f"  {summary}"))
    for (severity, code), group in groupby(findings, key=lambda each: (each.severity, each.code)):
        mark, style = _MARKS[severity]
        some = list(group)
        console.print(Text.assemble((f"{mark} {severity}", style), f"  {code}"))
        visible = some if look.verbose else some[:FINDINGS_OF_A_CODE]
        # One line for all, where it says the same of each.
        same = len(some) > 1 and all((each.remedy or "") == f"exclude {each.path}" for each in some)
        for each in visible:
            place = ":".join(str(part) for part in (each.path and shown(each.path), each.line) if part is not None)
            console.print(
                Padding(Text(f"{place}: {shown(each.message)}" if place else shown(each.message)), (0, 0, 0, 2))
            )
            if each.remedy and not same:
                console.print(Padding(Text.assemble(("fix: ", "green"), shown(each.remedy)), (0, 0, 0, 4)))
        if len(some) > len(visible):
            console.print(Padding(Text(f"… {len(some) - len(visible)} more (-v shows them)", "dim"), (0, 0, 0, 2)))
        if same:
            console.print(Padding(Text.assemble(("fix: ", "green"), "exclude these files"), (0, 0, 0, 4)))
        why = next((each.why for each in some if each.why), None)
        if why:
            console.print(Padding(Text.assemble(("why: ", "dim"), (shown(why), "dim")), (0, 0, 0, 4)))


# --- explanations ---------------------------------------------------------------------------------------------------


def _print_explanation(console: Console, each: Explanation, scan: Scan, look: Look) -> None:
    label = shown(scan.ignored.label) if scan.ignored else ""
    console.print(Text.assemble((shown(each.path), "bold"), f": {_fate(each)}"))
    table = _grid()
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for depth, level in enumerate(each.trail):
        name = level.path.rpartition("/")[2] + "/" * (depth < len(each.trail) - 1)
        fate = Text("excluded", style="red") if level.excluded else Text("kept", style="green")
        indented = _middle("  " * (depth + 1) + shown(name), max(20, look.width // 2))
        table.add_row(_plain(indented), fate, _plain(_why(level, label)))
        for rule in level.passed_over:
            table.add_row("", "", Text(_passed_over(rule, label), style="yellow"))
    console.print(table)
    for taken in each.inputs:
        console.print(Padding(_plain(f"taken by {_input(taken, scan)}"), (0, 0, 0, 2)))
    console.print(Padding(Text.assemble("reach: ", (_reach(each, scan), "cyan")), (0, 0, 0, 2)))


def _fate(each: Explanation) -> str:
    if each.fate == "absent":
        return "not there; if it were, " + ("excluded" if each.answer.reach == "excluded" else "kept")
    return each.fate


def _why(level: Level, label: str) -> str:
    if level.rule is None:
        return "no rule matches" if not level.passed_over else "no rule that counts"
    return f"{'still ' if level.inherited else ''}by {_rule(level.rule, label)}"


def _passed_over(rule: Rule, label: str) -> str:
    state = "kept" if rule.pattern.negated else "excluded"
    return f"{_rule(rule, label)} matches, but it is {state} already: so it does not count below either"


def _rule(rule: Rule, label: str) -> str:
    return f"{label}:{rule.line} {shown(rule.text)}"


def _input(each: InputSize, scan: Scan) -> str:
    one = each.input
    stage = f" in stage {one.stage}" if isinstance(one.stage, str) else ""
    return f"{one.instruction} {shown(one.source)} ({shown(scan.build.label or '')}:{one.line}){stage}"


def _reach(each: Explanation, scan: Scan) -> str:
    words = {
        "excluded": "excluded: it never leaves this machine",
        "context": "context: kept, but no instruction that is built asks for it",
        "transfer": "transfer: sent to the builder, not in a layer of the image",
        "image": "image: its content is in a layer of the image",
    }[each.answer.reach]
    if scan.plan is None and each.answer.reach == "context":
        words = "context: without a Dockerfile nobody knows what will be asked for"
    if not each.answer.certain:
        words += " (not certain: a command decides)"
    return words + ("; it arrives EMPTY, without its content" if each.empty_in_build else "")


# --- words and figures ----------------------------------------------------------------------------------------------


def _grid() -> Table:
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))


def _plain(text: str) -> str:
    """Square brackets in a name are no markup."""
    return escape(text)


def _bytes(size: int, look: Look) -> str:
    if look.verbose:
        return f"{intcomma(size)} B"
    return naturalsize(size, format="%.1f").replace(" Bytes", " B").replace(" Byte", " B")


def _files(count: int) -> str:
    return f"{intcomma(count)} file{'s' * (count != 1)}"


def _bar(share: float, width: int) -> str:
    """A bar of eighths of a column."""
    eighths = max(1, round(share * width * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _middle(text: str, width: int) -> str:
    """`text` shortened in the middle, where a path says least."""
    if len(text) <= width:
        return text
    left = (width - 1) // 2
    return f"{text[:left]}…{text[len(text) - (width - 1 - left) :]}"
