"""What was built, for the page: a second map, of layers and their directories, and what a log tells."""

from __future__ import annotations

from typing import Any, Final

from ...facts import Scan
from ...postbuild.image import ImageFacts, ImageScan
from ...postbuild.timing import LogFacts
from ...printable import shown
from ..digest import built

#: Files of the context that are listed.
FILES: Final = 2_000


def images(found: ImageScan, scan: Scan) -> list[dict[str, Any]]:
    return [_image(each, found, scan) for each in found.images]


def _image(image: ImageFacts, found: ImageScan, scan: Scan) -> dict[str, Any]:
    arrived = set(image.forecast.arrived)
    return {
        "title": [shown(each) for each in built.title(image, found, exact=False)],
        "flat": image.flat,
        "forecast": list(built.forecast(image)),
        "remarks": [remark for remark, _ in built.forecast_remarks(image)],
        "possible": [[shown(path), path in arrived] for path in image.forecast.possible[:FILES]],
        "secrets": [shown(each) for each in built.secrets(image)],
        "waste": [shown(each) for each in built.waste(image, exact=False)],
        "layers": [
            {
                "number": each.number,
                "made": shown(built.made(each, scan, exact=False)),
                "files": each.files,
                "bytes": each.bytes,
                "directories": [[shown(path), size] for path, size in each.directories],
            }
            for each in image.layers
        ],
        "located": [
            [shown(each.file.name), shown(each.places[0].path), each.places[0].layer, built.fate(each.places[0])]
            for each in image.located[:FILES]
        ],
        "more": max(0, len(image.located) - FILES),
    }


def log(told: LogFacts, scan: Scan) -> dict[str, Any]:
    return {
        "title": built.log_title(told),
        "steps": [
            [
                built.step_state(each, told),
                each.seconds or 0,
                shown(each.text),
                f"{shown(scan.build.label or '')}:{each.line}",
            ]
            for each in told.steps
        ],
        "transfers": list(built.transfers(told)),
        "unmatched": [shown(each) for each in told.unmatched],
    }
