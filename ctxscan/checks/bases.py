"""Lessons about FROM: what a base image pins, and what it carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..dockerfile import images
from ..findings import Finding
from .registry import Evidence, finding, finds

_PINS: Final = {
    "any": ("warning", "no tag" , "the next build may get another major version"),
    "release": ("note", "a tag without a version", "the next build may get another release"),
    "minor": ("note", "a tag with the major version only", "releases of it are not all compatible"),
}  # fmt: skip

#: Words of a tag that name no version and no flavour.
_MOVING: Final = frozenset("latest lts stable current mainline edge nightly rolling devel".split())


@finds("warning")
def unpinned_base(case: Evidence) -> Iterator[Finding]:
    """FROM an image without a tag, or `latest`: the same Dockerfile builds something else tomorrow.

    A note where the tag names no version (`alpine`, `lts`), or only a number that spans releases which are not
    compatible with each other (`python:3`, `golang:1`). A digest pins all; stages, `scratch` and named contexts have
    nothing to pin.
    """
    reading = case.reading
    told: set[str] = set()
    for stage in reading.plan.stages if reading else ():
        image = images.reference(stage.base) if stage.origin.kind == "image" else None
        how = images.floating(image) if image else None
        if image is None or how is None or stage.base in told:
            continue
        told.add(stage.base)
        severity, what, why = _PINS[how]
        if how == "any" and image.tag:
            what = "the tag latest"
        yield finding(
            unpinned_base,
            f"FROM {stage.base}: {what}",
            severity="warning" if severity == "warning" else "note",
            why=why,
            path=case.scan.build.label,
            line=stage.line,
            remedy=_pinned(image, how),
            key=stage.base,
        )


def _pinned(image: images.Reference, how: str) -> str:
    if image.path.startswith(images.MOVING_ONLY):
        return f"FROM {image.repository}@sha256:<digest>"
    return f"FROM {image.repository}:{_template(image.tag, how)}, or a digest"


def _template(tag: str, how: str) -> str:
    """The form of a tag that pins, with the flavour that is asked for."""
    first, *flavour = [word for word in tag.split("-") if word not in _MOVING] or [""]
    if how == "minor":
        return "-".join((f"{first}.<minor>", *flavour))
    return "-".join(("<version>", *filter(None, (first, *flavour))))


@finds("note")
def fat_base(case: Evidence) -> Iterator[Finding]:
    """What ships is built on a full image, and a slim, runtime-only or distroless one of the same family exists.

    Only the image under the final stage counts, since builder stages stay behind, and not one for development or tests
    by its name. Told from a small table, without a registry.
    """
    reading = case.reading
    base = reading.chain[0] if reading and not reading.rehearses else None
    image = images.reference(base.base) if base and base.origin.kind == "image" else None
    slim = images.slimmer(image) if image and not image.digest else None
    if base is not None and slim is not None:
        yield finding(
            fat_base,
            f"FROM {base.base} ships {slim[1]}",
            path=case.scan.build.label,
            line=base.line,
            remedy=f"FROM {slim[0]}, and a stage of its own for what needs the rest",
            key=base.base,
        )
