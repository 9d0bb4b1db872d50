"""From compose files to services: variables replaced, `extends` followed, files laid over one another, includes added.

Used by `compose`. Of a service only what concerns its build is kept. Paths become paths as seen from here as soon as
they are read, since each is relative to where it stands.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from ..errors import CtxscanError
from .documents import MAX_BYTES, YamlNode, documents
from .merging import merged, settled
from .order import is_address, joined
from .quoting import lies_inside, quoting
from .variables import entries, substitute

#: Files that are read for one project, and how far services and files may extend or include one another.
MAX_FILES: Final = 200
MAX_CHAIN: Final = 40
_KEYS: Final = ("build", "extends", "profiles")
_ENV_FILE: Final = ".env"


@dataclass(slots=True)
class ComposeProject:
    """What all files of a project share: the directory `within` which they have to lie, if any, the `remarks` on what
    was left out, the names `unset` so far, and the documents of the files that were `read`. `used` are the values that
    variables were replaced by, each with the name of its variable. `lenient`: a service or an included file that cannot
    be read does not hide the others."""

    within: Path | None
    remarks: list[str] = field(default_factory=list)
    unset: set[str] = field(default_factory=set)
    read: dict[str, tuple[YamlNode, ...]] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    lenient: bool = False

    @contextmanager
    def surviving(self) -> Iterator[None]:
        """What fails inside is reported and left out, if the project is read leniently."""
        try:
            yield
        except CtxscanError as error:
            if not self.lenient:
                raise
            self.remarks.append(f"passed over: {error}")

    def has(self, file: str) -> bool:
        """Whether a file is there and may be read."""
        try:
            return Path(file).is_file() and (self.within is None or Path(file).resolve().is_relative_to(self.within))
        except (OSError, ValueError):
            return False


@dataclass(frozen=True, slots=True)
class Model:
    """One application model: its directory, to which paths are relative, and its variables. `including` are the files
    that led here, `extended` the services of files that were only extended."""

    project: ComposeProject
    directory: str
    environment: Mapping[str, str]
    including: tuple[str, ...]
    extended: dict[str, dict[str, YamlNode]] = field(default_factory=dict)


# --- from files to services -----------------------------------------------------------------------------------------


def services_of(model: Model, files: Iterable[str]) -> dict[str, YamlNode]:
    """The services of files that are laid over one another, each with what concerns its build alone."""
    found: dict[str, YamlNode] = {}
    for file in files:
        if file in model.including:
            chain = " includes ".join((*model.including[model.including.index(file) :], file))
            raise CtxscanError(f"files include one another: {chain}", place=file)
        if len(model.including) > MAX_CHAIN:
            raise CtxscanError(f"more than {MAX_CHAIN} files include one another in a row", place=file)
        for document in _documents(model, file):
            raw = _named(document, model, model.directory)
            here: dict[str, YamlNode] = {}
            for name in raw:
                with model.project.surviving():
                    here[name] = _extended(name, raw, model, file, ())
            for name, service in _included(document, model, file):
                with model.project.surviving():
                    if name in here:
                        place = here[name].place
                        raise CtxscanError(f"the service {name} is there already ({place})", place=service.place)
                    here[name] = service
            for name, service in here.items():
                with model.project.surviving():
                    found[name] = merged(found.get(name), service)
    return {name: settled(service) for name, service in found.items()}


def _named(document: YamlNode, model: Model, base: str) -> dict[str, YamlNode]:
    """The services of one document, with variables replaced, short forms made long and paths seen from here."""
    services = document.get("services")
    if services is not None and not isinstance(services.value, Mapping):
        raise CtxscanError("services has to be a mapping", place=services.place)
    found = {}
    for name, service in services.mapping.items() if services else ():
        with model.project.surviving():
            found[name] = _service(name, service, model, base)
    return found


def _service(name: str, service: YamlNode, model: Model, base: str) -> YamlNode:
    if service.value is not None and not isinstance(service.value, Mapping):
        raise CtxscanError(f"the service {name} has to be a mapping", place=service.place)
    kept = {key: _replaced(service.mapping[key], model) for key in _KEYS if key in service.mapping}
    if "build" in kept:
        kept["build"] = _long(kept["build"], base)
    if "extends" in kept:
        kept["extends"] = _long_extends(kept["extends"], base)
    return replace(service, value=kept)


def _replaced(node: YamlNode, model: Model) -> YamlNode:
    """With the variables in all its texts replaced."""
    if isinstance(node.value, Mapping):
        return replace(node, value={name: _replaced(each, model) for name, each in node.value.items()})
    if isinstance(node.value, tuple):
        return replace(node, value=tuple(_replaced(each, model) for each in node.value))
    if node.value is None or "$" not in node.value:
        return node

    def unset(name: str) -> None:
        if name not in model.project.unset:
            model.project.unset.add(name)
            model.project.remarks.append(f"${name} is not set: taken as empty, as Compose does ({node.place})")

    given = False

    def lookup(name: str) -> str | None:
        nonlocal given
        value = model.environment.get(name)
        if value is not None:
            given = True
            model.project.used[value] = name
        return value

    text = substitute(node.value, lookup, place=node.place, unset=unset)
    return replace(node, value=text, written=node.value if given else None)


def _long(build: YamlNode, base: str) -> YamlNode:
    """The long form of a build section, its lists of pairs as mappings, its paths seen from here."""
    if build.tag and not build.mapping and build.text is None:
        return build
    if build.text is not None:
        return replace(build, value={"context": replace(build, value=_path(build.text, base), tag="")})
    if not isinstance(build.value, Mapping):
        raise CtxscanError("build has to be a path or a mapping", place=build.place)
    parts = dict(build.value)
    for key in ("args", "additional_contexts"):
        if key in parts:
            parts[key] = _pairs(parts[key])
    if (context := parts.get("context")) and context.text is not None:
        parts["context"] = replace(context, value=_path(context.text, base))
    if named := parts.get("additional_contexts"):
        there = {
            name: replace(each, value=_path(each.text, base)) if each.text is not None else each
            for name, each in named.mapping.items()
        }
        parts["additional_contexts"] = replace(named, value=there)
    return replace(build, value=parts)


def _path(value: str, base: str) -> str:
    return value if is_address(value) else joined(base, value)


def _pairs(node: YamlNode) -> YamlNode:
    """A list of `NAME=VALUE` as a mapping."""
    if isinstance(node.value, Mapping) or node.value is None:
        return replace(node, value=node.mapping)
    if node.text is not None:
        raise CtxscanError("a mapping or a list of NAME=VALUE is needed", place=node.place)
    pairs = {}
    for each in node.items:
        if each.text is None:
            raise CtxscanError("an entry has to be NAME=VALUE", place=each.place)
        name, equals, value = each.text.partition("=")
        written = None if each.written is None else each.written.partition("=")[2]
        pairs[name] = replace(each, value=value if equals else None, written=written)
    return replace(node, value=pairs)


def _documents(model: Model, file: str) -> tuple[YamlNode, ...]:
    known = model.project.read
    if file not in known:
        if len(known) == MAX_FILES:
            raise CtxscanError(f"more than {MAX_FILES} compose files", place=file)
        with quoting("a compose file", partial(_is_quotable, file, next(iter(known), file)), place=file):
            known[file] = tuple(each for each in documents(read_file(file), file) if each.value is not None)
        for document in known[file]:
            if not isinstance(document.value, Mapping):
                raise CtxscanError("not a compose file: no top-level 'services' mapping", place=document.place)
    return known[file]


def _is_quotable(file: str, first: str) -> bool:
    """Whether errors may quote a file that the `first` one, which was named, leads to."""
    return file == first or lies_inside(Path(file), Path(first).parent)


def read_file(file: str) -> bytes:
    """The beginning of a file that somebody named, and one byte more than it may have if there are as many. Raises
    `CtxscanError` where it cannot be read, or where it is a named pipe, which may keep waiting forever; the shell's own
    (`<(command)`) are below `/dev`."""
    try:
        path = Path(file)
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(21, "is a directory")
        if stat.S_ISFIFO(mode) and not path.is_relative_to("/dev"):
            raise CtxscanError("a named pipe, which is not waited for", place=file)
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CtxscanError(f"cannot read it: {(error.strerror or str(error)).lower()}", place=file) from None


# --- extends --------------------------------------------------------------------------------------------------------


def _long_extends(node: YamlNode, base: str) -> YamlNode:
    if node.text is not None:
        return replace(node, value={"service": node})
    file = node.get("file")
    if file is not None and file.text is not None:
        return replace(node, value={**node.mapping, "file": replace(file, value=_path(file.text, base))})
    return node


def _extended(
    name: str, services: Mapping[str, YamlNode], model: Model, file: str, chain: tuple[tuple[str, str], ...]
) -> YamlNode:
    """A service laid over the one that it extends, and that over the one before it."""
    service = services[name]
    extends = service.get("extends")
    if extends is None:
        return service
    if (file, name) in chain:
        round_ = " extends ".join((*(each for _, each in chain), name))
        raise CtxscanError(f"services extend one another: {round_}", place=extends.place)
    chain = (*chain, (file, name))
    if len(chain) > MAX_CHAIN:
        raise CtxscanError(f"more than {MAX_CHAIN} services extend one another in a row", place=extends.place)
    wanted = extends.get("service")
    if wanted is None or wanted.text is None:
        raise CtxscanError("extends has to name a service", place=extends.place)
    other = extends.get("file")
    if other is not None and other.text is not None:
        if is_address(other.text):
            model.project.remarks.append(f"{name} extends {other.shown}, which is not fetched ({extends.place})")
            return service
        file, services = other.text, _of_file(other, model, extends.place)
    if wanted.text not in services:
        where = other.shown if other is not None else file
        raise CtxscanError(f"{name} extends a service that is not in {where}: {wanted.shown}", place=extends.place)
    below = _extended(wanted.text, services, model, file, chain)
    own = {key: each for key, each in service.mapping.items() if key != "extends"}
    return merged(replace(below, tag=""), replace(service, value=own))


def _of_file(named: YamlNode, model: Model, place: str) -> dict[str, YamlNode]:
    file = named.text or ""
    if not model.project.has(file):
        raise CtxscanError(f"no such file: {named.shown}", place=place)
    if file not in model.extended:
        services = model.extended[file] = {}
        for document in _documents(model, file):
            for name, service in _named(document, model, os.path.dirname(file) or ".").items():  # noqa: PTH120
                services[name] = merged(services.get(name), service)
    return model.extended[file]


# --- include --------------------------------------------------------------------------------------------------------


def _included(document: YamlNode, model: Model, file: str) -> Iterator[tuple[str, YamlNode]]:
    """The services that a document includes; each include is a separate model."""
    listed = document.get("include")
    if listed is None:
        return
    if not isinstance(listed.value, tuple):
        raise CtxscanError("include has to be a list", place=listed.place)
    seen: dict[str, YamlNode] = {}
    for raw in listed.items:
        with model.project.surviving():
            yield from _of_entry(raw, model, file, seen)


def _of_entry(raw: YamlNode, model: Model, file: str, seen: dict[str, YamlNode]) -> Iterator[tuple[str, YamlNode]]:
    """The services of one include that are not `seen` yet."""
    each = _replaced(raw, model)
    listed = each.get("path") or each
    shown = [one.shown or "" for one in (listed.items or (listed,)) if one.text is not None]
    paths = [_path(text, model.directory) for text in texts(listed)]
    if not paths:
        raise CtxscanError("an entry of include has to name a path", place=each.place)
    if remote := next((said for path, said in zip(paths, shown, strict=True) if is_address(path)), None):
        model.project.remarks.append(f"{remote} is not fetched ({each.place})")
        return
    own = next(texts(each.get("project_directory")), None)
    directory = joined(model.directory, own) if own else os.path.dirname(paths[0]) or "."  # noqa: PTH120
    for path, said in zip(paths, shown, strict=True):
        if not model.project.has(path):
            raise CtxscanError(f"no such file: {path if '$' not in said else said}", place=each.place)
    files = each.get("env_file")
    if files is not None and any(one.written for one in (files.items or (files,))):
        missing = [one.shown for one in (files.items or (files,)) if one.text and not _is_there(one.text, model)]
        if missing:
            raise CtxscanError(f"no such file: {missing[0]}", place=each.place)
    given = [joined(model.directory, text) for text in texts(files)]
    inner = Model(
        model.project,
        directory,
        {**defined(given, directory, model.environment, model.project), **model.environment},
        (*model.including, file),
    )
    for name, service in services_of(inner, paths).items():
        if name in seen and seen[name] != service:
            raise CtxscanError(f"the service {name} is included twice ({seen[name].place})", place=service.place)
        if name not in seen:
            seen[name] = service
            yield name, _with_context(service, directory)


def _is_there(text: str, model: Model) -> bool:
    return model.project.has(joined(model.directory, text))


def _with_context(service: YamlNode, directory: str) -> YamlNode:
    """A build without a context takes the directory of its model."""
    build = service.get("build")
    if build is None or "context" in build.mapping:
        return service
    context = replace(build, value=directory, tag="")
    return replace(
        service, value={**service.mapping, "build": replace(build, value={**build.mapping, "context": context})}
    )


def texts(node: YamlNode | None) -> Iterator[str]:
    """A text, or those of a list."""
    if node is not None:
        yield from (each.text for each in (node.items or (node,)) if each.text is not None)


# --- variables ----------------------------------------------------------------------------------------------------


def defined(
    files: Sequence[str], directory: str, environment: Mapping[str, str], project: ComposeProject
) -> dict[str, str]:
    """What the given files define, or without any the one in `directory`; a later file wins."""
    default = joined(directory, _ENV_FILE)
    if not files and not project.has(default):
        return {}
    found: dict[str, str] = {}
    for file in files or (default,):
        if not project.has(file):
            raise CtxscanError("no such file", place=file)
        text = read_file(file).decode(errors="replace")
        found |= entries(text, {**found, **environment}, label=file)
    return found
