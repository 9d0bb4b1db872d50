"""What was built, in words: the forecast and what became of it, where secrets are, what a log tells.

Plain text for every format, which escapes it and sets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from .figures import amount, count, duration

if TYPE_CHECKING:
    from ...facts import Scan
    from ...postbuild.image import ImageFacts, ImageScan, LayerFacts, Place
    from ...postbuild.timing import LogFacts, StepTime
    from ...replay.summary import Price

#: Places of one file that are named.
PLACES: Final = 5


def title(image: ImageFacts, found: ImageScan, *, exact: bool) -> tuple[str, ...]:
    """Name, platform and size of an image, in parts."""
    parts = [image.names[0] if image.names else found.place]
    parts += [image.platform] if image.platform else []
    if image.flat:
        return (*parts, "a file system: which layer something is in, and what was deleted, is lost")
    size = sum(each.bytes for each in image.layers)
    return (*parts, f"{count(len(image.layers), 'layer')}, {amount(size, exact=exact)}")


def forecast(image: ImageFacts) -> tuple[str, ...]:
    """What was foretold and what is there, in parts."""
    told = image.forecast
    parts = [f"{told.foretold:,} foretold: {told.there:,} there"]
    if told.possible:
        parts.append(f"{len(told.possible):,} possible: {len(told.arrived):,} there")
    return (*parts, f"{len(told.surprising):,} not foretold")


def forecast_remarks(image: ImageFacts) -> Iterator[tuple[str, bool]]:
    """What is to be known beside it, each with whether it is a warning."""
    told = image.forecast
    if told.excused:
        why = "a later instruction may have removed them, and only the result is there"
        yield f"{count(len(told.missing), 'file')} not there: {why}", False
    elif told.missing:
        yield f"{count(len(told.missing), 'file')} foretold and not there", True
    if told.alike:
        what = "has" if told.alike == 1 else "have"
        yield f"{count(told.alike, 'file')} {what} a twin in the image that came another way", False
    if told.skipped:
        yield f"{count(told.skipped, 'file')} cannot be compared: empty or unpacked", False
    if image.squashed:
        yield "several instructions made one layer: what they deleted is not in it", False


def secrets(image: ImageFacts) -> tuple[str, ...]:
    """Where the files and values of the context are that hold a secret, and the secrets of the image's own."""
    lines: dict[str, None] = {}
    for copied in image.secret_files:
        for place in copied.places[:PLACES]:
            lines[f"{copied.file.name} is in {_where(place, image)}"] = None
    for each in image.carried:
        where = each.where if each.place is None else _where(each.place, image)
        lines[f"the value of {each.value.label} is in {where}"] = None
    for own in image.own:
        where = own.where if own.place is None else _where(own.place, image)
        lines[f"{own.judgement.kind.replace('-', ' ')} in {where}"] = None
    return tuple(lines)


def _where(place: Place, image: ImageFacts) -> str:
    return place.path if image.flat else f"{place.path}, layer {place.layer}{fate(place)}"


def fate(place: Place) -> str:
    """What a later layer does to it, to be added to where it is."""
    if place.hidden is None:
        return ""
    return f"; {place.hidden.how} in layer {place.hidden.layer}: still readable"


def made(layer: LayerFacts, scan: Scan, *, exact: bool) -> str:
    """What made a layer, and what of it is lost again."""
    if layer.absent:
        return "not in the archive"
    text = layer.maker.shown(scan.build.label) if layer.maker else "its history is not known"
    if layer.hidden_bytes:
        text += f"; {amount(layer.hidden_bytes, exact=exact)} deleted or overwritten later"
    return text


def waste(image: ImageFacts, *, exact: bool) -> tuple[str, ...]:
    """Each kind of waste with its size."""
    return tuple(f"{what} {amount(size, exact=exact)}" for what, size in image.waste)


# --- the log


def log_title(log: LogFacts) -> str:
    what = f"the median of {count(log.logs, 'log')}" if log.logs > 1 else "by its log"
    return f"{duration(log.total)} in the steps that ran, {what}"


def step_state(each: StepTime, log: LogFacts) -> str:
    """How long a step took, or why that is not known."""
    if not each.seen:
        return "not in the log" if log.logs == 1 else "in no log"
    if each.failed and not each.runs:
        return "failed"
    if each.seconds is None:
        return "CACHED"
    times = f", CACHED in {each.cached} of {log.logs}" if each.cached else ""
    return duration(each.seconds) + times


def transfers(log: LogFacts) -> Iterator[str]:
    """What was foretold of the transfer, beside what each log has."""
    for sent in dict.fromkeys(each for each in log.transferred if each is not None):
        told = f"foretold {log.foretold or 'nothing'}, the log has {sent}"
        yield told if sent == log.foretold else f"{told}: a builder that has some of the files asks for the others only"


def price_lines(price: Price) -> Iterator[tuple[str, str]]:
    """Each step that ran again, the dearest first, with what that took."""
    for each in sorted(price.steps, key=lambda step: -step.today):
        if not each.today and not each.was:
            continue
        told = f"{duration(each.each)} a time: {duration(each.today)}"
        told += f"; with the proposals {duration(each.after)}" if each.after != each.today else ""
        if each.reordered is not None and each.reordered != each.today:
            told += f"; reordered {duration(each.reordered)}"
        yield each.text, told


def price_total(price: Price) -> str:
    total = f"in all {duration(price.was)} as it was, {duration(price.today)} with today's files"
    total += f", {duration(price.after)} with the proposals"
    return total + (f", {duration(price.reordered)} reordered" if price.reordered is not None else "")


def price_remarks(price: Price) -> Iterator[str]:
    if price.unpriced:
        yield f"{count(price.unpriced, 'step')} ran again, and no log has the seconds"
    if price.steps_seen:
        held = f"foretold cached {price.foretold} of {price.steps_seen}, and {price.held} of them were"
        yield f"The newest commit: {held}"
