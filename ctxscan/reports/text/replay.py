"""A replay: how often each step re-ran, what follows from it in sentences, and the newest commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.text import Text

from ...replay.summary import Count, Replay, ReplayedCommit, Total
from ..digest.figures import count
from ..formats import Look
from .buildlog import print_price
from .drawing import cut, grid, heading, indented, middle, more, name, shortened

#: Sentences, newest commits, and names of files in each that are shown without `-v`.
SENTENCES: Final = 3
COMMITS: Final = 8
NAMES: Final = 3


def print_replay(console: Console, replay: Replay, label: str, look: Look) -> None:
    of = replay.summary[0].of if replay.summary else 0
    console.print(heading("Replay", f"the last {count(of, 'commit')}, each built on the cache of those before it"))
    _print_steps(console, replay, label, look)
    sentences = list(_sentences(replay, look))
    if sentences:
        console.print()
    for each in sentences if look.verbose else sentences[:SENTENCES]:
        console.print(Text(each))
    if replay.price is not None:
        console.print()
        print_price(console, replay.price, look)
    for remark in replay.remarks:
        console.print(Text(name(remark, look), "yellow"))
    if replay.commits:
        console.print()
        console.print(heading("Commits", "as they were built, the newest first"))
        _print_commits(console, replay.commits[::-1], look)


def _print_steps(console: Console, replay: Replay, label: str, look: Look) -> None:
    reordered = any(each.reordered for each in replay.summary)
    rows = [_figures(each) for each in replay.summary]
    rows.insert(0, ["as it was", "today", "proposals", *(["reordered"] if reordered else [])])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = grid()
    for _ in widths:
        table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row(*(Text(title, "dim") for title in rows[0]), Text("re-ran", "dim"))
    for each, figures in zip(replay.summary, rows[1:], strict=True):
        place = f" ({name(label, look)}:{each.line})"
        room = look.width - 2 - sum(width + 2 for width in widths) - len(place)
        table.add_row(*figures, Text(middle(name(each.text, look), max(20, room), look) + place))
    console.print(indented(table))
    if any(each.unknown for total in replay.summary for each in (total.was, total.today, total.after)):
        console.print(indented(Text("+n?: n more depend on what a command produced", "dim")))


def _figures(each: Total) -> list[str]:
    was = _counted(each.was) + (f" of {each.there:,}" if each.there < each.of else "")
    counts = (each.today, each.after, *([each.reordered] if each.reordered else []))
    return [was if each.there else "", *map(_counted, counts)]


def _counted(count: Count) -> str:
    return f"{count.reran:,} +{count.unknown:,}?" if count.unknown else f"{count.reran:,}"


def _sentences(replay: Replay, look: Look) -> Iterator[str]:
    """How often a step re-ran, and because of which files it need not have; similar steps share a sentence."""
    groups: dict[str, list[Total]] = {}
    worth = (each for each in replay.summary if each.spared or (each.today.reran and each.instruction == "RUN"))
    for each in sorted(worth, key=_weight):
        groups.setdefault(_told(each, look), []).append(each)
    for told, group in groups.items():
        texts = [middle(name(each.text, look), 40, look) for each in group]
        rest = f" and {len(texts) - NAMES} more" if len(texts) > NAMES else ""
        yield f"{', '.join(texts[:NAMES])}{rest} {told}"


def _told(each: Total, look: Look) -> str:
    same = each.was == each.today and each.there == each.of
    again = "re-ran" if same else "would have re-run with today's files"
    often = f"{again} in {each.today.reran:,} of the last {each.of:,} commits"
    if not each.spared:
        return f"{often}: {_blamed([f'{name(path, look)} in {commits:,}' for path, commits in each.because])}"
    names = _blamed([name(path, look) for path, _ in each.spared_because])
    return f"{often}; in {each.spared:,} of them only because of {names}; with the proposals: {each.after.reran:,}"


def _blamed(names: list[str]) -> str:
    return ", ".join(names[:NAMES]) + (f" and {len(names) - NAMES} more" if len(names) > NAMES else "")


def _weight(each: Total) -> tuple[int, bool, int]:
    # A command costs most.
    return -each.spared, each.instruction != "RUN", each.line


def _print_commits(console: Console, commits: tuple[ReplayedCommit, ...], look: Look) -> None:
    shown = commits if look.verbose else commits[:COMMITS]
    table = grid()
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in shown:
        subject = cut(name(each.subject, look), max(16, look.width // 3), look)
        table.add_row(each.commit[:8], Text(subject), Text(_outcome(each, look)))
    console.print(indented(table))
    if len(commits) > len(shown):
        console.print(indented(more(len(commits) - len(shown), look)))


def _outcome(commit: ReplayedCommit, look: Look) -> str:
    """What a commit made the builder do."""
    if commit.failed is not None:
        return f"fails: {name(commit.failed, look)}"
    again = [each for each in commit.steps if each.cached is not True]
    if not again:
        return "all cached"
    because = _blamed([shortened(name(path, look), 40, look) for path in again[0].because])
    return f"{len(again)} of {count(len(commit.steps), 'step')}" + (f": {because}" if because else "")
