"""What Compose mounts over an image when it runs it: directories of this machine hide what the build put there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...findings import Finding
from ...packages.catalog import MANAGERS, packages_of_node
from ...paths import within
from ..project.composefiles import services
from ..project.services import mounts
from ..reading import Reading
from ..registry import Evidence, finding, finds


@finds("note", scope="own")
def hidden_install(case: Evidence) -> Iterator[Finding]:
    """A compose file mounts a directory over the one in which the build installs packages: the container does not see
    them, and its program misses them unless they are installed on this machine, too.

    A bind mount covers all that the image has at its path. Silent where another volume lies over the packages.
    """
    reading = case.reading
    if reading is None:
        return
    for path, name, service in services(reading):
        mounted = list(mounts(service))
        for packages, command in _installed(reading):
            over = [each for each in mounted if within(packages, each.target)]
            nearest = max(over, key=lambda each: len(each.target), default=None)
            if nearest is None or not nearest.source or nearest.target == packages:
                continue
            yield finding(
                hidden_install,
                f"the service {name} mounts {nearest.source} over {nearest.target}: {packages}, where {command} "
                "installs, is hidden",
                why="a bind mount covers all that the image has at its path",
                path=path,
                line=int(nearest.place.rpartition(":")[2]),
                remedy=f"add the volume {packages} to the service, which keeps what the image has there",
                key=f"{name}\0{packages}",
            )


def _installed(reading: Reading) -> Iterator[tuple[str, str]]:
    """Where the image has packages that a command of it installed beside a manifest."""
    told = set()
    for each in reading.installs(reading.shipped):
        if MANAGERS[each.manager].always and not each.words:
            settings = reading.brought(reading.shipped, posixpath.join(each.cwd, ".yarnrc"))
            place = packages_of_node(each, reading.tree.text(settings) if settings else "")
            if place not in told:
                told.add(place)
                yield place, " ".join(each.command.text.split()[:2])
