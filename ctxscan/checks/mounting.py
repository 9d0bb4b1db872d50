"""What Compose mounts over an image when it runs it: directories of this machine hide what the build put there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ..builds.names import is_compose
from ..errors import CtxscanError
from ..findings import Finding
from ..packages.catalog import MANAGERS
from ..paths import within
from .reading import Reading
from .registry import Evidence, finding, finds

if TYPE_CHECKING:
    from ..builds.documents import YamlNode


class _Mount(NamedTuple):
    """A directory of this machine, or a volume (`source` is empty), at an absolute path of the container."""

    source: str
    target: str
    place: str


#: The services of a compose file by the Dockerfile that makes them, each with its name and target.
_Services: TypeAlias = "dict[str, list[tuple[str, str | None, YamlNode]]]"


@lru_cache(16)
def _services(data: bytes, path: str) -> _Services:
    """The services of a compose file in the root of the context that are built there, read once for all builds of it.
    Raises `CtxscanError` if the file cannot be read."""
    from ..builds.documents import documents  # only where there is such a file

    found: _Services = {}
    for name, service in (each for one in documents(data, path) for each in one.entries("services")):
        build = service.get("build")
        if build is None:
            continue
        short = build.text is not None
        context = build.text if short else (build.get("context") or build).text or "."
        file, target = (None, None) if short else (build.get("dockerfile"), build.get("target"))
        if context in (".", "./"):
            dockerfile = posixpath.normpath((file.text if file else None) or "Dockerfile")
            found.setdefault(dockerfile, []).append((name, None if target is None else target.text, service))
    return found


@finds("note", scope="own")
def hidden_install(case: Evidence) -> Iterator[Finding]:
    """A compose file mounts a directory over the one in which the build installs packages: the container does not see
    them, and its program misses them unless they are installed on this machine, too.

    A bind mount covers all that the image has at its path. Silent where another volume lies over the packages.
    """
    reading = case.reading
    if reading is None:
        return
    own = posixpath.normpath((case.scan.build.own_name or case.scan.build.label or "").replace("\\", "/"))
    for path in (name for name in reading.tree.names("") if is_compose(name)):
        try:
            found = _services(reading.tree.read(path) or b"", path)
        except CtxscanError:
            continue  # it is told where builds are looked for
        for name, target, service in found.get(own, ()):
            if target not in (None, case.scan.build.target):
                continue
            mounts = list(_mounts(service))
            for packages, command in _installed(reading):
                over = [each for each in mounts if within(packages, each.target)]
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


def _mounts(service: YamlNode) -> Iterator[_Mount]:
    volumes = service.get("volumes")
    for each in volumes.items if volumes is not None else ():
        if each.text is not None:
            words = each.text.split(":")
            target = words[1] if len(words) > 1 else words[0]
            bound = len(words) > 1 and re.match(r"[.~/]", words[0]) is not None
            source = words[0] if bound else ""
        else:
            target, source = (getattr(each.get(key), "text", None) or "" for key in ("target", "source"))
            source = source if getattr(each.get("type"), "text", None) == "bind" else ""
        if target.startswith("/"):
            yield _Mount(source, posixpath.normpath(target), each.place)


def _installed(reading: Reading) -> Iterator[tuple[str, str]]:
    """Where the image has packages that a command of it installed beside a manifest."""
    told = set()
    for each in reading.installs(reading.shipped):
        manager = MANAGERS[each.manager]
        if manager.packages and manager.always and not each.words:
            place = posixpath.normpath(posixpath.join(each.cwd, manager.packages))
            if place not in told:
                told.add(place)
                yield place, " ".join(each.command.text.split()[:2])
