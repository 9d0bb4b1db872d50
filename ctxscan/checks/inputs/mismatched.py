"""Installs that want another version of their runtime than the image has."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Final

from ...dockerfile import images
from ...dockerfile.stages import Stage, Step
from ...packages import demanded
from ...regex import lazy
from ..reading import Reading, base_image, listed

#: A demand that is one version, or at least one.
_FIRST: Final = lazy(r"(?:[=~^]|==|>=|~>|~=)?\s*v?(\d+(?:\.\d+)*)(?:\.[*xX])*")


def mismatched(reading: Reading, stage: Stage, before: Sequence[Step], step: Step) -> tuple[str, str, str] | None:
    """What an install demands and its image has not, what it says of that, and the way out."""
    lowest = reading.plan.chain(stage)[0]
    image = base_image(lowest)
    runtime = images.plain_name(image) if image is not None else ""
    if image is None or runtime not in ("ruby", "python", "php", "node") or "$" in lowest.written:
        return None
    release = demanded.release(image.tag)
    done = (*before, step)
    runs = (each.instruction.whole for each in done if each.keyword == "RUN")
    if release is None or any(demanded.brings_another(each, runtime) for each in runs):
        return None
    if any(_may_be_another(source.text, runtime) for each in before if each.origin for source in each.sources):
        return None

    def brought(absolute: str) -> str | None:
        return reading.brought(done, absolute)

    for command in reading.commands(step):
        if command.guarded or "||" in step.instruction.text:
            continue
        for each in demanded.demands(command, runtime, reading.tree, brought, dict(step.environment)):
            if not demanded.is_met(each, release):
                name = f"{image.path}:{image.tag}"
                place = f"{each.file}:{each.line}" if each.line else each.file
                lines = [
                    one.line
                    for one in reading.plan.stages
                    if one.origin.kind == "image" and one.written == lowest.written
                ]
                return (
                    f"{command.name} in {name}: {place} wants {runtime} {each.version}",
                    f"{command.name}: {each.says}",
                    f"FROM {image.repository}:{_tag(each.version, image.tag)} on {listed(lines)}",
                )
    return None


#: Directories in which a runtime lies.
_HOMES: Final = frozenset(("", "bin", "lib", "local", "opt", "usr"))


def _may_be_another(source: str, runtime: str) -> bool:
    """Whether what is copied from elsewhere may bring another version of a runtime."""
    name = posixpath.basename(source.rstrip("/"))
    return name in _HOMES or name.startswith(runtime)


def _tag(version: str, tag: str) -> str:
    """The tag that has what is demanded, of the same flavour, whatever release of the system."""
    found = _FIRST.fullmatch(version.strip())
    words = [each for each in tag.split("-")[1:] if each in _FLAVORS or each.startswith("alpine")]
    flavor = "".join(f"-{'alpine' if each.startswith('alpine') else each}" for each in words)
    return f"{found[1] if found is not None else f'<{version}>'}{flavor}"


_FLAVORS: Final = frozenset("slim apache fpm cli zts".split())
