"""What was built, held against the forecast: the five answers, for each image of the archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from humanize import intcomma
from rich.console import Console
from rich.text import Text

from ...facts import Scan
from ...postbuild.image import Forecast, ImageFacts, ImageScan, LayerFacts, Located, Place
from ..digest.figures import count
from ..formats import Look
from .drawing import (
    amount,
    amount_cell,
    bar,
    bar_width,
    files_cell,
    grid,
    heading,
    indented,
    middle,
    more,
    name,
    shortened,
)

#: Layers, files and secrets that are shown without `-v`.
LAYERS: Final = 15
FILES: Final = 5


def print_image(console: Console, found: ImageScan, scan: Scan, look: Look) -> None:
    for image in found.images:
        console.print()
        console.print(heading("Image", _title(image, found, look)))
        for line in _forecast(image, look):
            console.print(line)
        _print_possible(console, image.forecast, look)
        _print_secrets(console, image, scan, look)
        _print_layers(console, image, scan, look)
        if look.verbose:
            _print_located(console, image.located, look)
    for each in found.absent:
        console.print(Text(f"Not in the archive: {name(each, look)}", "yellow"))
    if not found.complete:
        console.print(Text("There is too much to compare: not all of it was looked at", "yellow"))


def _title(image: ImageFacts, found: ImageScan, look: Look) -> str:
    what = [name(image.names[0], look)] if image.names else [name(found.place, look)]
    what += [image.platform] if image.platform else []
    if image.flat:
        what.append("a file system: which layer something is in, and what was deleted, is lost")
    else:
        size = sum(each.bytes for each in image.layers)
        what.append(f"{count(len(image.layers), 'layer')}, {amount(size, look)}")
    return f" {_dot(look)} ".join(what)


def _dot(look: Look) -> str:
    return "·" if look.unicode else "-"


def _forecast(image: ImageFacts, look: Look) -> Iterator[Text]:
    told = image.forecast
    parts = [f"{intcomma(told.foretold)} foretold: {intcomma(told.there)} there"]
    if told.possible:
        parts.append(f"{intcomma(len(told.possible))} possible: {intcomma(len(told.arrived))} there")
    parts.append(f"{intcomma(len(told.surprising))} not foretold")
    yield Text.assemble(("Forecast  ", "bold"), f" {_dot(look)} ".join(parts))
    if told.excused:
        why = "a later instruction may have removed them, and only the result is there"
        yield Text(f"          {count(len(told.missing), 'file')} not there: {why}", "dim")
    elif told.missing:
        yield Text(f"          {count(len(told.missing), 'file')} foretold and not there", "yellow")
    if told.alike:
        what = "has" if told.alike == 1 else "have"
        yield Text(f"          {count(told.alike, 'file')} {what} a twin in the image that came another way", "dim")
    if told.skipped:
        yield Text(f"          {count(told.skipped, 'file')} cannot be compared: empty or unpacked", "dim")
    if image.squashed:
        yield Text("          Several instructions made one layer: what they deleted is not in it", "dim")


def _print_possible(console: Console, told: Forecast, look: Look) -> None:
    """Each file that a command decided about, there or not."""
    arrived = set(told.arrived)
    rows = [(path, path in arrived) for path in told.possible]
    rows.sort(key=lambda row: (not row[1], row[0]))
    for path, there in rows if look.verbose else rows[:FILES]:
        what = "possible, and there:     " if there else "possible, and not there: "
        console.print(indented(Text(what + shortened(name(path, look), look.width - 30, look))))
    if len(rows) > FILES and not look.verbose:
        console.print(indented(more(len(rows) - FILES, look)))


def _print_secrets(console: Console, image: ImageFacts, scan: Scan, look: Look) -> None:
    """Where the values and files of the context are that hold a secret; the findings say how bad that is."""
    lines = list(dict.fromkeys(_secrets(image, scan, look)))
    if lines:
        console.print(Text("Secrets", "bold"))
    for line in lines if look.verbose else lines[:LAYERS]:
        console.print(indented(Text(line)))
    if len(lines) > LAYERS and not look.verbose:
        console.print(indented(more(len(lines) - LAYERS, look)))


def _secrets(image: ImageFacts, scan: Scan, look: Look) -> Iterator[str]:
    for copied in image.secret_files:
        for place in copied.places[:FILES]:
            yield f"{name(copied.file.name, look)} is in {_where(place, image, scan, look)}"
    for each in image.carried:
        where = name(each.where, look) if each.place is None else _where(each.place, image, scan, look)
        yield f"the value of {name(each.value.label, look)} is in {where}"
    for own in image.own:
        where = name(own.where, look) if own.place is None else _where(own.place, image, scan, look)
        yield f"{own.judgement.kind.replace('-', ' ')} in {where}"


def _where(place: Place, image: ImageFacts, scan: Scan, look: Look) -> str:
    path = name(place.path, look)
    return path if image.flat else f"{path}, layer {place.layer}{_fate(place, look)}"


def _fate(place: Place, look: Look) -> str:
    if place.hidden is None:
        return ""
    return f"; {place.hidden.how} in layer {place.hidden.layer}: still readable"


def _print_layers(console: Console, image: ImageFacts, scan: Scan, look: Look) -> None:
    """Every layer with its size and what made it, and below that what of it is waste."""
    layers = image.layers if look.verbose or len(image.layers) <= LAYERS else _weightiest(image.layers)
    most = max((each.bytes for each in image.layers), default=0)
    width = bar_width(look) // 2
    table = grid()
    for style in ("dim", "", "", "cyan"):
        table.add_column(justify="left" if style == "cyan" else "right", no_wrap=True, style=style)
    table.add_column(no_wrap=True)
    for each in layers if not image.flat else ():
        drawn = bar(each.bytes / most if most else 0, width, look)
        room = max(20, look.width - 34 - width)
        table.add_row(
            str(each.number), amount_cell(each.bytes, look), files_cell(each.files), drawn,
            Text(middle(_made(each, scan, look), room, look)),
        )  # fmt: skip
    if not image.flat:
        console.print(heading("Layers"))
        console.print(indented(table))
    if len(layers) < len(image.layers):
        console.print(indented(more(len(image.layers) - len(layers), look, " smaller ones")))
    if image.waste:
        told = f" {_dot(look)} ".join(f"{what} {amount(size, look)}" for what, size in image.waste)
        console.print(Text.assemble(("Waste  ", "bold"), told))


def _weightiest(layers: tuple[LayerFacts, ...]) -> tuple[LayerFacts, ...]:
    kept = sorted(layers, key=lambda each: (-each.bytes, each.number))[:LAYERS]
    return tuple(sorted(kept, key=lambda each: each.number))


def _made(layer: LayerFacts, scan: Scan, look: Look) -> str:
    if layer.absent:
        return "not in the archive"
    text = name(layer.maker.shown(scan.build.label), look) if layer.maker else "its history is not known"
    if layer.hidden_bytes:
        text += f"; {amount(layer.hidden_bytes, look)} deleted or overwritten later"
    return text


def _print_located(console: Console, located: tuple[Located, ...], look: Look) -> None:
    """Every file of the context that is in the image."""
    if located:
        console.print(heading("Files of the context in the image"))
    table = grid()
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for each in located:
        first = each.places[0]
        rest = f" and {each.total - 1} more" if each.total > 1 else ""
        table.add_row(
            Text(name(each.file.name, look)),
            Text(f"{name(first.path, look)}, layer {first.layer}{_fate(first, look)}{rest}"),
        )
    console.print(indented(table))
