"""The head of the report: what was asked, the three numbers, and what they do not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ...dockerfile.stages import Step
from ...facts import Scan
from ...secrets.redaction import redacted
from ..formats import Look
from .drawing import amount_cell, bar, bar_width, count, files_cell, grid, middle, name
from .several import together


def print_facts(console: Console, scan: Scan, names: Sequence[str], look: Look) -> None:
    print_head(console, scan, names, look)
    console.print()
    _print_numbers(console, scan, look)
    remarks = list(_remarks(scan, look))
    if remarks:
        console.print()
    for each in remarks:
        console.print(each)


def print_head(console: Console, scan: Scan, names: Sequence[str], look: Look) -> None:
    """What was asked; `names` are those of the builds that are the same."""
    if names:
        console.print(Text.assemble(("Build       ", "bold"), (together(names, look), "bold")))
    build = scan.build
    dockerfile = name(build.label, look) if build.label else "none: this covers the context alone"
    if build.target:
        dockerfile += f" (target {name(build.target, look)})"
    if scan.ignored is None:
        rules = "none: nothing is excluded"
    else:
        number = len(scan.ignored.rules)
        rules = f"{name(scan.ignored.label, look)} ({count(number, 'rule') if number else 'no rules'})"
    rows = [
        ("Context", name(str(build.context), look)),
        ("Dockerfile", dockerfile),
        ("Builder", build.builder.name),
        ("Ignore file", rules),
    ]
    # Side by side where that takes no more than the width.
    left, right = (max(cell_len(value) for _, value in some) for some in (rows[:2], rows[2:]))
    table = grid()
    if len("Dockerfile") + len("Ignore file") + 3 * 2 + max(left, 20) + right <= look.width:
        for style in ("bold", "", "bold", ""):
            table.add_column(style=style)
        for one, other in zip(rows[:2], rows[2:], strict=True):
            table.add_row(one[0], Text(one[1].ljust(20)), other[0], Text(other[1]))
    else:
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for title, value in rows:
            table.add_row(title, Text(value))
    console.print(table)


def _print_numbers(console: Console, scan: Scan, look: Look) -> None:
    """The sizes with bars that compare them."""
    sizes = scan.sizes
    rows = [("Context", sizes.context, "kept by the rules")]
    if scan.plan is not None and scan.build.builder.figure is not None:
        rows.append(("Transfer", sizes.transfer, "sent to the builder"))
    if scan.plan is not None:
        rows.append(("Image", scan.image, "in a layer of the image"))
        if scan.image_unsure.files:
            rows.append(("", scan.image_unsure, "may be in one: a command decides"))
    width = bar_width(look)
    table = grid()
    table.add_column(style="bold", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    if look.width >= 76:
        table.add_column(style="cyan", width=width, no_wrap=True)
    table.add_column(style="dim")
    for title, size, what in rows:
        share = min(1, size.bytes / sizes.context.bytes) if sizes.context.bytes else 0
        drawn = [bar(share, width, look, pale=not title)] if look.width >= 76 else []
        table.add_row(title, amount_cell(size.bytes, look), files_cell(size.files), *drawn, what)
    console.print(table)


def _remarks(scan: Scan, look: Look) -> Iterator[Text]:
    if scan.transfer.shown is not None:
        yield Text.assemble(("The builder will print  ", "dim"), (_printed(scan), "bold"))
    if scan.transfer.whole_context and scan.transfer.whole_because:
        cause = step(scan.transfer.whole_because[0], scan, look)
        if scan.transfer.whole_link is not None:
            cause += f", which meets the link {name(scan.transfer.whole_link, look)}"
        yield _remark("The whole context is sent because of", cause)
    if scan.build.builder.figure is None:
        yield Text("Nothing is transferred: buildah reads the context in place", "dim")
    if scan.image_unsure.files and scan.usage and scan.usage.unsure:
        steps = ", ".join(step(each, scan, look) for each in scan.usage.unsure[:2])
        yield _remark("Whether more is in the image is decided by", steps)
    for each in dict.fromkeys(argument for one in scan.inputs for argument in one.input.empty):
        yield Text(f"${name(each, look)} has no value: taken as empty, as the builder does", "yellow")
    for each, transfer in scan.contexts:
        label, ignored = name(each, look), scan.of(each).ignored
        shown = "read in place" if transfer.shown is None else f"transferring {label}: {transfer.shown}"
        by = f", by the rules of {name(ignored.label, look)}" if ignored else ""
        yield _remark(f"The context {label}:", f"{count(transfer.files, 'file')}, {shown}{by}")


def _remark(what: str, value: str) -> Text:
    return Text.assemble((f"{what}  ", "dim"), value)


def _printed(scan: Scan) -> str:
    """The line, to the blank."""
    if scan.build.builder.figure == "tar":
        return f"Sending build context to Docker daemon {scan.transfer.shown:>8}"
    return f"transferring context: {scan.transfer.shown}"


def step(each: Step, scan: Scan, look: Look) -> str:
    text = redacted(" ".join(each.instruction.text.split()))
    return f"{middle(name(text, look), 50, look)} ({name(scan.build.label or '', look)}:{each.line})"
