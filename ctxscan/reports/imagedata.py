"""What was built as plain values, for the formats that carry data. Names stay as they are: a format escapes them."""

from __future__ import annotations

from typing import Any

from ..explain import farthest
from ..facts import Scan
from ..postbuild.image import Carried, Forecast, ImageFacts, ImageScan, LayerFacts, Located, OwnSecret, Place
from ..printable import text


def image_data(found: ImageScan, scan: Scan) -> dict[str, Any]:
    """`image_scan` of the JSON report."""
    return {
        "archive": text(found.place),
        "complete": found.complete,
        "absent_platforms": [text(each) for each in found.absent],
        "images": [_image(each, scan) for each in found.images],
    }


def _image(image: ImageFacts, scan: Scan) -> dict[str, Any]:
    return {
        "names": [text(each) for each in image.names],
        "platform": None if image.platform is None else text(image.platform),
        "flat": image.flat,
        "squashed": image.squashed,
        "forecast": _forecast(image.forecast),
        "layers": [_layer(each, scan) for each in image.layers],
        "files": [_located(each) for each in image.located],
        "carried": [_carried(each) for each in image.carried],
        "secrets": [_own(each) for each in image.own],
        "waste": [{"what": what, "bytes": size} for what, size in image.waste],
    }


def _forecast(told: Forecast) -> dict[str, Any]:
    arrived = set(told.arrived)
    return {
        "foretold": told.foretold,
        "there": told.there,
        "possible": [{"path": text(path), "there": path in arrived} for path in told.possible],
        "missing": [text(each.name) for each in told.missing],
        "not_foretold": [text(each.file.name) for each in told.surprising],
        "alike": told.alike,
        "not_compared": told.skipped,
    }


def _layer(layer: LayerFacts, scan: Scan) -> dict[str, Any]:
    maker = layer.maker
    return {
        "number": layer.number,
        "instruction": None if maker is None else text(maker.shown(scan.build.label)),
        "line": None if maker is None or maker.step is None else maker.step.line,
        "files": layer.files,
        "bytes": layer.bytes,
        "hidden_bytes": layer.hidden_bytes,
        "waste": [{"what": what, "bytes": size} for what, size in layer.waste],
        "directories": [{"path": text(path), "bytes": size} for path, size in layer.directories],
        "absent": layer.absent,
    }


def _place(place: Place) -> dict[str, Any]:
    out: dict[str, Any] = {"path": text(place.path), "layer": place.layer}
    if place.hidden is not None:
        out[f"{place.hidden.how}_in"] = place.hidden.layer
    return out


def _located(located: Located) -> dict[str, Any]:
    file = located.file
    return {
        "path": text(file.name),
        "bytes": file.size,
        "reach": farthest(file.reach),
        "certain": file.reach != "possible",
        "places": [_place(each) for each in located.places],
        "count": located.total,
    }


def _carried(each: Carried) -> dict[str, Any]:
    value = each.value
    return {
        "name": value.name or None,
        "kind": value.kind,
        "path": text(value.path) or None,
        "line": value.line,
        "where": text(each.where),
        **({} if each.place is None else {"place": _place(each.place)}),
    }


def _own(each: OwnSecret) -> dict[str, Any]:
    return {
        "kind": each.judgement.kind,
        "line": each.judgement.line if each.place else None,
        "reason": text(each.judgement.reason),
        "where": text(each.where),
        **({} if each.place is None else {"place": _place(each.place)}),
    }
