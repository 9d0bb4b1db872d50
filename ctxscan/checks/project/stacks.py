"""Files with services, whatever they are called: some of a stack that a script puts together of several."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ...builds.names import is_compose
from ...context.tree import Tree
from ...errors import CtxscanError
from ...paths import join
from ...regex import lazy
from ..reading import Reading
from .composefiles import Built, Taken, services_of
from .earlier import around
from .releasing import path_of, told_by_hand
from .services import lines_of, words_of

if TYPE_CHECKING:
    from ...builds.documents import YamlNode

_SERVICES: Final = lazy(r"(?m)^services:")
_VERSION: Final = lazy(r"[:@][^/]*$")
#: Files that are looked at in one directory.
_MOST_FILES: Final = 60


def commands_of_stacks(reading: Reading) -> Iterator[str]:
    """The lines with which services beside the Dockerfile, the context or in the root of the repository start its
    image, by the name that one of them gives it where it is built, or a command that builds it."""
    top, inside = around(reading.tree)[-1]
    inside = inside or "."
    own = posixpath.normpath((reading.scan.build.own_name or reading.scan.build.label or "").replace("\\", "/"))
    files = list(_files(top, dict.fromkeys((posixpath.dirname(join(inside, own)), inside, "."))))
    made = [
        (path, service)
        for path, built, _ in files
        for (context, dockerfile), services in built.items()
        if posixpath.normpath(join(posixpath.dirname(path), context)) == inside and dockerfile == own
        for _, _, service in services
    ]
    images = (image.text for _, service in made if (image := service.get("image")) is not None)
    names = {posixpath.basename(image.partition("@")[0]).partition(":")[0] for image in images if image}
    made += ((path, service) for path, _, taken in files for name in sorted(names) for service in taken.get(name, ()))
    takers = [(path, service) for path, _, taken in files for each in taken.values() for service in each]
    yield from lines_of(
        reading,
        (
            (service, posixpath.relpath(inside, posixpath.dirname(path) or "."))
            for path, service in _by_hand(reading, takers)
        ),
    )
    for path, service in made:
        words = [word for key in ("entrypoint", "command") for word in words_of(service.get(key))]
        # What a compose file builds is known by itself.
        if words and not is_compose(posixpath.basename(path)):
            yield " ".join(words)


def _by_hand(reading: Reading, takers: Sequence[tuple[str, YamlNode]]) -> Iterator[tuple[str, YamlNode]]:
    """Those of services with an image that take the one which a command of the project makes of the Dockerfile."""
    path = path_of(reading) if takers else None
    names = {*told_by_hand(reading, path)} if path is not None else set[str]()
    for path, service in takers if names else ():
        if service.get("build") is None and _VERSION.sub("", service.text_of("image") or "") in names:
            yield path, service


def _files(top: Tree, places: Iterable[str]) -> Iterator[tuple[str, Built, Taken]]:
    """The files with services in some directories, with those that are built and those that take an image."""
    for place in places:
        here = "" if place == "." else posixpath.normpath(place or ".").removeprefix("./")
        names = [name for name in top.names(here) if name.endswith((".yml", ".yaml"))]
        for path in (join(here, name) for name in names[:_MOST_FILES]):
            data = top.read(path) or b""
            if _SERVICES.search(data.decode("utf-8", "replace")) is not None:
                with suppress(CtxscanError):
                    built, taken, _ = services_of(data, path, "")
                    yield path, built, taken
