"""The services of compose files that run an image: what is mounted over it, and who runs it.

Compose files in the root of the context count, for the Dockerfiles that they build there; of a readme of the repository
the commands that run the image.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ..builds.names import is_compose
from ..errors import CtxscanError
from ..paths import within
from ..regex import lazy
from .earlier import around
from .reading import Reading

if TYPE_CHECKING:
    from ..builds.documents import YamlNode


class Mount(NamedTuple):
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


def services(reading: Reading) -> Iterator[tuple[str, str, YamlNode]]:
    """The services that run the image of a build: the compose file, the name, and what it says."""
    build = reading.scan.build
    own = posixpath.normpath((build.own_name or build.label or "").replace("\\", "/"))
    for path in (name for name in reading.tree.names("") if is_compose(name)):
        try:
            found = _services(reading.tree.read(path) or b"", path)
        except CtxscanError:
            continue  # it is told where builds are looked for
        for name, target, service in found.get(own, ()):
            if target in (None, build.target):
                yield path, name, service


def mounts(service: YamlNode) -> Iterator[Mount]:
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
            yield Mount(source, posixpath.normpath(target), each.place)


_SOCKET: Final = "docker.sock"
#: A command for readers that gives a container the socket of Docker.
_RUN_WITH_SOCKET: Final = lazy(r"(?:-v|--volume|--mount)[ =]\S{0,200}/docker\.sock")
_ROOT: Final = lazy(r"(?:root|0)(?::.*)?")


def asks_docker(reading: Reading) -> bool:
    """Whether the image is run with the socket of Docker, which is for root alone."""
    if any(_SOCKET in each.source for _, _, service in services(reading) for each in mounts(service)):
        return True
    return any(
        _RUN_WITH_SOCKET.search(tree.text(name))
        for tree, _ in around(reading.tree)
        for name in tree.names("")
        if name.lower().startswith("readme")
    )


def runs_as_somebody(reading: Reading) -> bool:
    """Whether every service that runs the image says who does, and that it is not root."""
    users = [getattr(service.get("user"), "text", None) for _, _, service in services(reading)]
    return bool(users) and all(user and not _ROOT.fullmatch(user) for user in users)


def is_run_from_sources(reading: Reading) -> bool:
    """Whether a service mounts the context where the program belongs, and the image has none: it is for development."""
    place = reading.workdir
    over = (each for _, _, service in services(reading) for each in mounts(service))
    if not any(each.source in (".", "./") and within(place, each.target) for each in over):
        return False
    copied = (
        source.text
        for step in reading.shipped
        if step.keyword in ("COPY", "ADD") and step.origin is None
        for source in step.sources
    )
    return not any(
        reading.tree.names(posixpath.normpath(each).removeprefix("./")) or each in (".", "./") for each in copied
    )
