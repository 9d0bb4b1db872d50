"""What was built, held against the forecast: the five answers, for each image of the archive."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from ...facts import Scan
from ...postbuild.image import Forecast, ImageFacts, ImageScan, LayerFacts, Located
from ..digest import built
from ..digest.figures import count
from ..formats import Look
from .drawing import amount_cell, bar, bar_width, files_cell, grid, heading, indented, middle, more, name, shortened

#: Layers, files and secrets that are shown without `-v`.
LAYERS: Final = 15
FILES: Final = 5


def print_image(console: Console, found: ImageScan, scan: Scan, look: Look) -> None:
    for image in found.images:
        console.print()
        console.print(heading("Image", _joined(built.title(image, found, exact=look.verbose), look)))
        console.print(Text.assemble(("Forecast  ", "bold"), _joined(built.forecast(image), look)))
        for remark, warning in built.forecast_remarks(image):
            console.print(Text(f"          {remark}", "yellow" if warning else "dim"))
        _print_possible(console, image.forecast, look)
        _print_secrets(console, image, look)
        _print_layers(console, image, scan, look)
        if look.verbose:
            _print_located(console, image.located, look)
    for each in found.absent:
        console.print(Text(f"Not in the archive: {name(each, look)}", "yellow"))
    if not found.complete:
        console.print(Text("There is too much to compare: not all of it was looked at", "yellow"))


def _joined(parts: tuple[str, ...], look: Look) -> str:
    return (" · " if look.unicode else " - ").join(name(each, look) for each in parts)


def _print_possible(console: Console, told: Forecast, look: Look) -> None:
    """Each file that a command decided about, there or not."""
    arrived = set(told.arrived)
    rows = sorted(((path, path in arrived) for path in told.possible), key=lambda row: (not row[1], row[0]))
    for path, there in rows if look.verbose else rows[:FILES]:
        what = "possible, and there:     " if there else "possible, and not there: "
        console.print(indented(Text(what + shortened(name(path, look), look.width - 30, look))))
    if len(rows) > FILES and not look.verbose:
        console.print(indented(more(len(rows) - FILES, look)))


def _print_secrets(console: Console, image: ImageFacts, look: Look) -> None:
    """The findings say how bad that is."""
    lines = built.secrets(image)
    if lines:
        console.print(Text("Secrets", "bold"))
    for line in lines if look.verbose else lines[:LAYERS]:
        console.print(indented(Text(name(line, look))))
    if len(lines) > LAYERS and not look.verbose:
        console.print(indented(more(len(lines) - LAYERS, look)))


def _print_layers(console: Console, image: ImageFacts, scan: Scan, look: Look) -> None:
    """Every layer with its size and what made it, and below that what of the image is waste."""
    layers = image.layers if look.verbose or len(image.layers) <= LAYERS else _weightiest(image.layers)
    if not image.flat:
        console.print(heading("Layers"))
        most = max((each.bytes for each in image.layers), default=0)
        width = bar_width(look) // 2
        table = grid()
        for style in ("dim", "", "", "cyan"):
            table.add_column(justify="left" if style == "cyan" else "right", no_wrap=True, style=style)
        table.add_column(no_wrap=True)
        for each in layers:
            drawn = bar(each.bytes / most if most else 0, width, look)
            text = middle(
                name(built.made(each, scan, exact=look.verbose), look), max(20, look.width - 34 - width), look
            )
            table.add_row(str(each.number), amount_cell(each.bytes, look), files_cell(each.files), drawn, Text(text))
        console.print(indented(table))
        if len(layers) < len(image.layers):
            console.print(indented(more(len(image.layers) - len(layers), look, " smaller ones")))
    if image.waste:
        console.print(Text.assemble(("Waste  ", "bold"), _joined(built.waste(image, exact=look.verbose), look)))


def _weightiest(layers: tuple[LayerFacts, ...]) -> tuple[LayerFacts, ...]:
    kept = sorted(layers, key=lambda each: (-each.bytes, each.number))[:LAYERS]
    return tuple(sorted(kept, key=lambda each: each.number))


def _print_located(console: Console, located: tuple[Located, ...], look: Look) -> None:
    """Every file of the context that is in the image."""
    if not located:
        return
    console.print(heading("Files of the context in the image", count(len(located), "file")))
    table = grid()
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for each in located:
        first = each.places[0]
        rest = f" and {each.total - 1} more" if each.total > 1 else ""
        where = f"{name(first.path, look)}, layer {first.layer}{built.fate(first)}{rest}"
        table.add_row(Text(name(each.file.name, look)), Text(where))
    console.print(indented(table))
