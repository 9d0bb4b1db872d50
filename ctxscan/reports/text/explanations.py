"""Why a path is in or out, component by component."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.text import Text

from ...explain import Explanation, Level, ending_words
from ...facts import InputSize, Scan
from ...rules.ignorefile import Rule
from ..digest.places import dockerfile, ignore_file
from ..formats import Look
from .drawing import grid, indented, name, shortened


def print_explanation(console: Console, each: Explanation, scan: Scan, look: Look) -> None:
    label = name(ignore_file(scan.of(each.context)) or "", look)
    console.print(Text.assemble((name(each.path, look), "bold"), f": {_fate(each)}"))
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    width = max(20, look.width // 2)
    # Components that say the same are one line.
    for depth, (_, same) in enumerate(groupby(each.trail, key=lambda level: level._replace(path=""))):
        levels = list(same)
        path = "/".join(level.path.rpartition("/")[2] for level in levels) + "/" * (levels[-1] is not each.trail[-1])
        indent = "  " * min(depth + 1, width // 4)
        fate = Text("excluded", style="red") if levels[0].excluded else Text("kept", style="green")
        where = Text(indent + shortened(name(path, look), width - len(indent), look))
        table.add_row(where, fate, Text(_why(levels[0], label, look)))
        for rule in levels[0].passed_over:
            table.add_row("", "", Text(_passed_over(rule, label, look), style="yellow"))
    console.print(table)
    for taken in each.inputs:
        console.print(indented(Text(f"taken by {_input(taken, scan, look)}")))
    console.print(indented(Text.assemble("reach: ", (_reach(each, scan, look), "bold"))))
    if each.dangles is not None:
        console.print(
            indented(Text(f"only the link itself: it leads to {name(each.dangles, look)}, and dangles there"))
        )
    if each.stays is not None:
        console.print(indented(Text(f"no rule is proposed: {name(each.stays, look)}")))


def _fate(each: Explanation) -> str:
    if each.fate == "absent":
        return f"does not exist; would be {'excluded' if each.answer.reach == 'excluded' else 'kept'}"
    return each.fate


def _why(level: Level, label: str, look: Look) -> str:
    if level.rule is None:
        return "no rule matches" if not level.passed_over else "no rule applies"
    return f"{'still ' if level.inherited else ''}by {_rule(level.rule, label, look)}"


def _passed_over(rule: Rule, label: str, look: Look) -> str:
    state = "kept" if rule.pattern.negated else "excluded"
    return f"{_rule(rule, label, look)} matches, but the path is already {state}, so the rule is not applied below it"


def _rule(rule: Rule, label: str, look: Look) -> str:
    return f"{label}:{rule.line} {name(rule.text, look)}"


def _input(each: InputSize, scan: Scan, look: Look) -> str:
    one = each.input
    stage = f" in stage {one.stage}" if isinstance(one.stage, str) else ""
    return f"{one.instruction} {name(one.written, look)} ({name(dockerfile(scan.build) or '', look)}:{one.line}){stage}"


def _reach(each: Explanation, scan: Scan, look: Look) -> str:
    words = ending_words(scan.of(each.context), each.answer)
    if each.path in scan.rules.removed:
        words = "sent to the builder, which removes it before the build starts"
    return name(words, look) + ("; it arrives EMPTY, without its content" if each.empty_in_build else "")
