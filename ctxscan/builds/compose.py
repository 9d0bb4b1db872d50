"""Compose files: the services of a project that are built, each as an order.

Above `services`, which reads the files. Which files make up a project, which services are active, what an argument
without a value is, and what is left out and reported. A variable that is missing where no build is concerned stops
nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ..errors import CtxscanError
from .documents import YamlNode, documents
from .order import Order, Orders, is_address, joined
from .services import ComposeProject, Model, defined, read_file, services_of, texts
from .variables import substitute
from .written import Written

#: The files of a project, in the order in which they are looked for; only the first one found counts.
DEFAULTS: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES: Final = tuple(
    f"{name}.override.{ending}" for name in ("compose", "docker-compose") for ending in ("yml", "yaml")
)
#: What `--profile` takes for all of them.
ALL: Final = "*"


def project(directory: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The files that Compose would take in `directory`: those of COMPOSE_FILE, or the default one with its override.

    Raises `CtxscanError` if there is none.
    """
    given = {**defined((), directory, environment, ComposeProject(None)), **environment}
    if named := given.get("COMPOSE_FILE"):
        separator = given.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
        return tuple(joined(directory, each) for each in named.split(separator) if each)
    found = [joined(directory, name) for name in DEFAULTS if _is_file(joined(directory, name))]
    if not found:
        raise CtxscanError(f"no compose file: {', '.join(DEFAULTS)}", place=directory)
    return (*found[:1], *[joined(directory, each) for each in OVERRIDES if _is_file(joined(directory, each))][:1])


def override_of(file: str) -> str | None:
    """The override that Compose would also read if `file`, a default one, had not been named."""
    directory, name = os.path.split(file)
    places = [joined(directory, each) for each in OVERRIDES] if name in DEFAULTS else []
    return next((each for each in places if _is_file(each)), None)


def orders(
    files: Sequence[str],
    environment: Mapping[str, str],
    *,
    profiles: Collection[str] = (),
    services: Collection[str] = (),
    within: Path | None = None,
    used: dict[str, str] | None = None,
    directory: str | None = None,
    lenient: bool = False,
    complete: bool = False,
) -> Orders:
    """The builds of the project that `files` make up, in the order of their services' names.

    `environment` is that of the process. A service with profiles is built if one of them is in `profiles` (or, without
    any, in COMPOSE_PROFILES), or if it is named in `services`, which are all that are built then. No other file is read
    than those that lie `within` a directory, if one is given. Paths count from `directory` (None: that of the first
    file). `lenient`: what cannot be read of a service or an include is reported, and the others are built. `complete`:
    only what names a context itself is, as in a file that is laid over another.
    """
    directory = directory or os.path.dirname(files[0]) or "."  # noqa: PTH120
    here = ComposeProject(within, used={} if used is None else used, lenient=lenient)
    variables = {**defined((), directory, environment, here), **environment}
    variables.setdefault("COMPOSE_PROJECT_NAME", _name(files, directory, variables))
    # The shell has it, wherever Compose is run, and nearly everybody runs it there.
    variables.setdefault("PWD", os.path.abspath(directory))  # noqa: PTH100
    model = Model(here, directory, variables, ())
    found = services_of(model, files)
    active = frozenset(profiles or filter(None, variables.get("COMPOSE_PROFILES", "").split(",")))
    for name in services:
        if name not in found:
            raise CtxscanError(f"no such service: {name} ({_listed(found)})", place=files[0])
    made, inactive = [], []
    for name, service in sorted(found.items()):
        build = service.get("build")
        if build is None or (services and name not in services):
            continue
        if not services and not _is_active(service, active):
            inactive.append(name)
            continue
        if complete and build.get("context") is None:
            continue
        with here.surviving():
            order = _order(name, build, model)
            if is_address(order.context):
                away = f"its context {order.shown_context} is no directory here"
                here.remarks.append(f"{name} is skipped: {away} ({build.place})")
            else:
                made.append(order)
    if inactive:
        here.remarks.append(f"{', '.join(inactive)}: not built without a profile (--profile)")
    return Orders(tuple(made), tuple(here.remarks))


def _is_active(service: YamlNode, active: frozenset[str]) -> bool:
    wanted = set(texts(service.get("profiles")))
    return not wanted or ALL in active or bool(wanted & active)


def _name(files: Sequence[str], directory: str, variables: Mapping[str, str]) -> str:
    """The name of the project: as a file gives it, or after its directory."""
    found = ""
    for file in files:
        for document in documents(read_file(file), file):
            name = document.get("name")
            if name is not None and name.text:
                found = substitute(name.text, variables.get, place=name.place, unset=lambda _: None)
    found = found or Path(directory).resolve().name
    return "".join(re.findall(r"[a-z0-9_-]", found.lower())).lstrip("_-")


# --- from services to orders ----------------------------------------------------------------------------------------


def _order(name: str, build: YamlNode, model: Model) -> Order:
    context = build.text_of("context") or model.directory
    dockerfile, inline = build.text_of("dockerfile"), build.text_of("dockerfile_inline")
    if dockerfile and inline:
        raise CtxscanError(f"{name} has both dockerfile and dockerfile_inline", place=build.place)
    return Order(
        name=name,
        context=context,
        dockerfile=joined(context, dockerfile) if dockerfile and not inline else None,
        text=inline.encode(errors="surrogateescape") if inline else None,
        label="dockerfile_inline" if inline else None,
        target=build.text_of("target") or None,
        arguments=dict(_arguments(build, model)),
        contexts={key: _address(key, each) for key, each in build.entries("additional_contexts")},
        place=build.place,
        written=_written(build, model),
    )


def _written(build: YamlNode, model: Model) -> Written:
    """What of a build section is shown as it is written."""
    context, dockerfile, target, inline = (
        None if (found := build.get(key)) is None else found.written
        for key in ("context", "dockerfile", "target", "dockerfile_inline")
    )
    arguments = {
        key: each.written
        for key, each in build.entries("args")
        if each.written is not None or (each.value is None and key in model.environment)
    }
    contexts = {key: each.written for key, each in build.entries("additional_contexts") if each.written is not None}
    return Written(context, dockerfile, target, arguments, contexts, inline is not None)


def _arguments(build: YamlNode, model: Model) -> Iterator[tuple[str, str]]:
    """Those with a value; one without takes that of the environment, and is not passed if there is none."""
    for key, each in build.entries("args"):
        value = model.environment.get(key) if each.value is None else each.text
        if value is not None and each.value is None:
            model.project.used[value] = key
        if value is not None:
            yield key, value


def _address(key: str, each: YamlNode) -> str:
    if each.text is None:
        raise CtxscanError(f"the context {key} has to be a text", place=each.place)
    return each.text


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "there is none"


def _is_file(path: str) -> bool:
    return Path(path).is_file()
