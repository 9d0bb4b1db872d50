"""What the image shows that the forecast did not: only with `--image`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..findings import Finding, Severity
from ..secrets.judgement import Strength
from .registry import Evidence, finding, finds

if TYPE_CHECKING:
    from ..facts import Scan
    from ..postbuild.image import ImageFacts, OwnSecret, Place
    from ..postbuild.layer import Hidden

#: Files that are named in one finding.
NAMED = 3
#: Findings of one image that are made one by one.
MOST = 100


@finds("error")
def forecast_miss(case: Evidence) -> Iterator[Finding]:
    """The image holds a file that was foretold to stay out of it, or lacks one that was foretold to be in it.

    Only with `--image`. The image was built from another state of the context or another Dockerfile, or ctxscan is
    wrong: build it again from what lies there, and report what remains. Nothing is said of files that are missing from
    an image whose layers were squashed, or from an exported file system, where a later instruction may have removed
    them.
    """
    if case.image is None:
        return
    for image in case.image.images:
        missing = image.forecast.missing
        if missing and not image.forecast.excused:
            names = ", ".join(each.name for each in missing[:NAMED])
            more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
            what = "1 file was" if len(missing) == 1 else f"{len(missing)} files were"
            yield finding(
                forecast_miss,
                f"{what} foretold in the image and not found in any layer: {names}{more}",
                why=_WHY,
                path=missing[0].name,
                size=sum(each.size for each in missing),
                reached="image",
                remedy=_REPORT,
                key=f"missing\0{image.platform or ''}",
            )
        for each in image.forecast.surprising[:MOST]:
            reach = {"context": "kept, but not sent", "transfer": "sent, but in no layer"}.get(
                each.file.reach, "excluded"
            )
            yield finding(
                forecast_miss,
                f"foretold {reach}, and the image has it: {_where(case.scan, image, each.places[0])}",
                why=_WHY,
                path=each.file.path,
                size=each.file.size,
                reached="image",
                remedy=_REPORT,
                key=f"surprising\0{image.platform or ''}",
                context=each.file.context,
            )


_WHY = "the image was built from other files than those that lie here, or the forecast is wrong"
_REPORT = "build the image again and compare; if it stays so, report it with the Dockerfile and the ignore file"


@finds("error")
def secret_in_image(case: Evidence) -> Iterator[Finding]:
    """The image holds a secret: a value of the context that the build carried on, or another one.

    Only with `--image`. Values that were found in the context are looked for in every file of every layer and in the
    configuration and history of the image, as they are and in base64, escaped for JSON and for a URL: a front end that
    inlines `.env` into its bundle, a token that ends in a label. Files that are not from the context are examined like
    those of a context. What a later layer deletes can be read all the same. A secret file that is foretold in the image
    is reported as `secret-file`.
    """
    if case.image is None:
        return
    for image in case.image.images:
        yield from _carried(case, image)
        yield from _copied(case, image)
        equals: Counter[str] = Counter()
        for each in image.own[:MOST]:
            equals[each.judgement.kind] += 1
            yield _own(case.scan, image, each, f"{each.judgement.kind}\0{equals[each.judgement.kind]}")


def _carried(case: Evidence, image: ImageFacts) -> Iterator[Finding]:
    """A finding for each value, with the first place it is in."""
    by_value: dict[object, list[str]] = {}
    for each in image.carried:
        where = each.where if each.place is None else _where(case.scan, image, each.place)
        by_value.setdefault(each.value, []).append(where)
    values = {each.value: None for each in image.carried}
    equals: Counter[str] = Counter()
    for value in values:
        places = by_value[value]
        more = f" and in {len(places) - 1} more" if len(places) > 1 else ""
        equals[value.kind] += 1
        yield finding(
            secret_in_image,
            f"the value of {value.label} is in the image: {places[0]}{more}",
            severity=_severity(value.strength),
            path=value.path or None,
            line=value.line,
            reached="image",
            kind=value.kind,
            remedy="take the value out of the build: read it when the container starts, or RUN --mount=type=secret",
            key=f"carried\0{value.kind}\0{equals[value.kind]}\0{image.platform or ''}",
            context=value.context,
        )


def _copied(case: Evidence, image: ImageFacts) -> Iterator[Finding]:
    """The files that hold a secret, and that were not foretold in the image for certain."""
    secret = {(each.context, each.path): each for each in case.examined.suspects if _strongest(each.judgements)}
    for each in image.located:
        suspect = secret.get((each.file.context, each.file.path))
        if suspect is None or each.file.reach == "image":
            continue
        yield finding(
            secret_in_image,
            f"the file is in the image: {_where(case.scan, image, each.places[0])}",
            severity=_severity(_strongest(suspect.judgements)),
            path=each.file.path,
            size=each.file.size,
            reached="image",
            kind=suspect.judgements[0].kind,
            remedy=f"exclude {each.file.path}, or remove it in the stage that makes what is copied on",
            key=f"copied\0{image.platform or ''}",
            context=each.file.context,
        )


def _strongest(judgements: tuple[object, ...]) -> int:
    return max((getattr(each, "severity", None) or 0 for each in judgements), default=0)


def _own(scan: Scan, image: ImageFacts, each: OwnSecret, key: str) -> Finding:
    kind = each.judgement.kind.replace("-", " ")
    reason = each.judgement.reason
    what = reason if reason.lower().startswith(kind) else f"{kind}: {reason}"
    if each.judgement.masked.strip("*"):
        what += f" ({each.judgement.masked})"
    where = each.where if each.place is None else _where(scan, image, each.place)
    line = f", line {each.judgement.line}" if each.judgement.line and each.place else ""
    return finding(
        secret_in_image,
        f"{what}; {where}{line}",
        severity=_severity(each.judgement.severity or 0),
        size=each.size,
        reached="image",
        kind=each.judgement.kind,
        remedy="RUN --mount=type=secret where the build needs it, and remove it in the same instruction",
        key=f"own\0{each.where}\0{key}\0{image.platform or ''}",
    )


def _severity(strength: int) -> Severity:
    return "error" if strength >= Strength.HIGH else "warning" if strength >= Strength.MEDIUM else "note"


def _where(scan: Scan, image: ImageFacts, place: Place) -> str:
    """`app/dist/main.js in layer 5, RUN npm run build (Dockerfile:9); deleted in layer 6, still readable`."""
    if image.flat:
        return place.path
    layer = next(each for each in image.layers if each.number == place.layer)
    text = f"{place.path} in layer {place.layer}"
    if layer.maker is not None:
        text += f", {layer.maker.shown(scan.build.label)}"
    return text + (f"; {_hidden(place.hidden)}" if place.hidden else "")


def _hidden(hidden: Hidden) -> str:
    return f"{hidden.how} in layer {hidden.layer}, still readable"
