"""What runs an image, as the services of compose files and the readmes of the repository say: what is mounted over it,
who runs it, and with which command."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ...paths import join, within
from ...regex import lazy
from ..reading import Reading
from .composefiles import (
    all_services,
    compose_files,
    compose_places,
    names_of_project,
    running_services,
    services_around,
    services_of_program,
)
from .earlier import around, own_path
from .ordering import manual, ordering_texts, readmes

if TYPE_CHECKING:
    from ...builds.documents import YamlNode
    from ...context.tree import Tree


class Mount(NamedTuple):
    """A directory of this machine, or a volume (`source` is empty), at an absolute path of the container; `named`: the
    volume has a name, which is `volume`; `fixed`: nothing is written there."""

    source: str
    target: str
    place: str
    named: bool
    fixed: bool
    volume: str = ""


#: A variable of Compose, perhaps with what stands in its place where it has no value.
_VARIABLE: Final = lazy(r"\$\{\w+(?::?-([^{}]*)|[^{}]*)\}")
#: A path of Windows: as Compose reads it, a letter alone before a colon is a drive, and no volume.
_DRIVE: Final = lazy(r"[A-Za-z]:[/\\]")


def mounts(service: YamlNode) -> Iterator[Mount]:
    """What a service mounts at absolute paths of its container."""
    volumes = service.get("volumes")
    for each in volumes.items if volumes is not None else ():
        if each.text is not None:
            # What a variable has in its place has a colon, too: `${DATA:-./data}:/data`.
            text = _VARIABLE.sub(_named, each.text) if "${" in each.text else each.text
            words = text.split(":")
            words[:2] = [":".join(words[:2])] if _DRIVE.match(text) else words[:2]
            target = words[1] if len(words) > 1 else words[0]
            # The name of a volume is written out.
            bound = len(words) > 1 and (words[0][:1] in {*".~/$"} or ":" in words[0])
            words[0] = f".{words[0][4:]}" if words[0].startswith("$PWD") else words[0]
            source, named = words[0] if bound else "", len(words) > 1 and not bound
            volume = words[0] if named else ""
            fixed = "ro" in words[-1].split(",") and len(words) > 2
        else:
            target, source = (getattr(each.get(key), "text", None) or "" for key in ("target", "source"))
            kind = getattr(each.get("type"), "text", None)
            named = kind == "volume" and bool(source)
            volume = source if named else ""
            source = source if kind == "bind" else ""
            fixed = getattr(each.get("read_only"), "text", None) == "true"
        if target.startswith("/"):
            yield Mount(source, posixpath.normpath(target), each.place, named, fixed, volume)


def _named(variable: re.Match[str]) -> str:
    """What stands in the place of a variable, or its name with nothing that parts a mount."""
    return variable[1] or f"${variable[0][2:-1].partition(':')[0].partition('?')[0]}"


_SOCKET: Final = "docker.sock"
#: A library of Node that talks to Docker.
_CLIENT: Final = '"dockerode"'
#: Those of Go and Rust, in the manifests that ask for them.
_LIBRARIES: Final = (
    ("go.mod", "github.com/docker/docker v"),
    ("go.mod", "github.com/moby/moby/client v"),
    ("Cargo.toml", "bollard ="),
)
#: A command for readers that gives a container the socket of Docker.
_RUN_WITH_SOCKET: Final = lazy(r"(?:-v|--volume|--mount)[ =]\S{0,200}/docker\.sock")
_ROOT: Final = lazy(r"(?:root|0)(?::.*)?")


def asks_docker(reading: Reading) -> bool:
    """Whether the image is run with the socket of Docker, or with what else of the machine is for root alone."""
    if any(map(_takes_the_machine, services_of_program(reading))):
        return True
    if any(_CLIENT in reading.tree.text(path) for path in _of_members(reading)) or _brings_docker(reading):
        return True
    texts = [text for tree, _ in around(reading.tree) for text in readmes(tree)]
    if any(_RUN_WITH_SOCKET.search(text) for text in texts):
        return True
    # A library alone may be there for tests.
    return _links_docker(reading) and any(_SOCKET in text for text in (*texts, *manual(around(reading.tree)[-1][0])))


def _takes_the_machine(service: YamlNode) -> bool:
    """Whether a service is given a socket, devices or all rights of the machine."""
    devices, privileged = service.get("devices"), service.get("privileged")
    if (devices is not None and devices.items) or getattr(privileged, "text", None) == "true":
        return True
    return any(each.source.endswith(".sock") or within(each.source, "/dev") for each in mounts(service))


def _of_members(reading: Reading) -> Iterator[str]:
    """The manifests of Node in the root of the context, and those of the members that lie in `apps` and its like."""
    yield "package.json"
    for home in ("apps", "packages", "services"):
        for name in reading.names(home):
            yield f"{home}/{name}/package.json"


def _links_docker(reading: Reading) -> bool:
    """Whether a manifest itself asks for a library that talks to Docker."""
    return any(
        library in line and "// indirect" not in line
        for name, library in _LIBRARIES
        if library in reading.tree.text(name)
        for line in reading.tree.text(name).splitlines()
    )


#: Packages of Docker's own client.
_CLIENTS: Final = frozenset("docker docker-cli docker-ce docker-ce-cli docker.io".split())


def _brings_docker(reading: Reading) -> bool:
    """Whether Docker's own client is in the image: what has it is given the socket."""
    copied = (each.text for step in reading.shipped if step.keyword == "COPY" for each in step.sources)
    called = list(reading.all_commands(reading.shipped))
    installed = [each.words for each in called if each.name in ("apk", "apt", "apt-get", "dnf", "microdnf", "yum")]
    # A list of packages may be kept in an argument.
    installed += [re.split(r"[\s\"'=]+", step.instruction.whole) for step in reading.shipped if step.keyword == "ARG"]
    scripts = {word for each in called for word in (each.program, *each.words[:1]) if word.endswith(".sh")}
    for path in filter(None, map(reading.file_of, sorted(scripts))):
        lines = re.findall(
            r"(?m)^\s*(?:apk|apt|apt-get|dnf|yum)\s[^\n#]*\b(?:install|add)\b[^\n]*", reading.tree.text(path)
        )
        installed += [each.split() for each in lines]
    return any(each.endswith("/bin/docker") for each in copied) or any(_CLIENTS & {*words} for words in installed)


def volumes_of_services(reading: Reading) -> list[str]:
    """Where the services that run the image have volumes with a name: what is in them outlives the container. Those of
    the system that another image has, too, are for that."""
    running = [service for service, _ in running_services(reading)]
    found = [each for service in running for each in mounts(service) if each.named]
    if any(each.target.startswith(_OF_SYSTEMS) for each in found):
        own = {*map(id, running)}
        others = {each.volume for one in all_services(reading) if id(one) not in own for each in mounts(one)}
        found = [each for each in found if not each.target.startswith(_OF_SYSTEMS) or each.volume not in others]
    return list(dict.fromkeys(each.target for each in found))


def volumes_of_others(reading: Reading) -> set[str]:
    """Where the services that run the image have volumes which a service of another image has, too."""
    running = [service for service, _ in running_services(reading)]
    found = [each for service in running for each in mounts(service) if each.volume]
    if not found:
        return set()
    own = {*map(id, running)}
    images = {getattr(service.get("image"), "text", None) for service in running} - {None}
    others = {
        each.volume
        for service in all_services(reading)
        if id(service) not in own and getattr(service.get("image"), "text", None) not in images
        for each in mounts(service)
    }
    return {each.target for each in found if each.volume in others}


#: Directories in which programs keep what is theirs, each below its name.
_OF_SYSTEMS: Final = ("/run/", "/var/run/", "/var/lib/", "/var/spool/", "/var/cache/")


def mounts_of_services(reading: Reading) -> list[str]:
    """Where the services that run the image mount anything."""
    return [each.target for service, _ in running_services(reading) for each in mounts(service)]


def settings_of_services(reading: Reading) -> Iterator[tuple[str, str]]:
    """The variables that the services which run the image set, with their values."""
    for service, _ in running_services(reading):
        yield from environment(service)


#: Variables by which programs tell whether they run for their developers, and what they have there.
MODES: Final = frozenset(
    "NODE_ENV RAILS_ENV RACK_ENV MIX_ENV FLASK_ENV APP_ENV APP_ENVIRONMENT DJANGO_ENV GO_ENV SYMFONY_ENV YII_ENV "
    "ASPNETCORE_ENVIRONMENT GF_DEFAULT_APP_MODE".split()
)
DEVELOPING: Final = frozenset(("development", "dev"))


def environment(service: YamlNode) -> Iterator[tuple[str, str]]:
    """The variables that a service sets, with their values."""
    yield from ((name, each.text) for name, each in service.entries("environment") if each.text is not None)
    listed = service.get("environment")
    for each in listed.items if listed is not None else ():
        name, _, value = (each.text or "").partition("=")
        yield name, value


def bound_by_services(reading: Reading) -> Iterator[Mount]:
    """The directories of this machine that the services which run the image lay into it to be written to, but for those
    with the context, and those of Windows, which have no owner there. Of services that say who runs it, it is as they
    say."""
    for service, inside in running_services(reading):
        for each in mounts(service) if service.get("user") is None else ():
            fixed = each.fixed or _DRIVE.match(each.source)
            if each.source and not fixed and not within(inside, posixpath.normpath(each.source)):
                yield each._replace(source=_from_here(reading.tree, each, _home(reading.tree, each, inside)))


def number_of_session(reading: Reading) -> str | None:
    """The number of the user of this machine whose session a service that runs the image is given something of."""
    sources = (each.source for each in bound_by_services(reading) if each.source.startswith("/run/user/"))
    return next((each.split("/")[3] for each in sources if each.split("/")[3].isdigit()), None)


def places_of_context(reading: Reading) -> Iterator[str]:
    """Where services that run the image lay the context over it."""
    for service, inside in services_around(reading):
        for each in mounts(service):
            yield from _context_below(reading, each, inside)


#: A directory of this machine that a command for readers lays into a container, and the place where.
_RUN_WITH_MOUNT: Final = lazy(
    r"(?:(?<=\s)-v|--volume|(?m:^)[ \t]*-(?=[ \t]))[ =\t]+[\"']?(?:\$\(pwd\)|\$\{?PWD\}?|(?=[./~]))"
    r"([./~][^\s:\"'$]*):(/[^\s:\"']++)(?!:\S*\bro\b)"
)
#: A directory that stands for any.
_PLACEHOLDER: Final = lazy(r"(?i)/(?:path|absolute|your|my|some|host|local|full)\b.*|.*\b(?:path[/_-]to|your)[/_-].*")
_WITH_MOUNTS: Final = ("docker run", "podman run", "volumes:")


def bound_by_readers(reading: Reading) -> Iterator[tuple[str, str]]:
    """The directories of this machine that readers of the project are told to lay into a container to be written to,
    with the place."""
    for text in for_readers(reading):
        for source, target in _RUN_WITH_MOUNT.findall(text) if any(word in text for word in _WITH_MOUNTS) else ():
            if _PLACEHOLDER.fullmatch(source) is None:
                yield (f".{source}" if f"d){source}:" in text or f"D{source}:" in text else source), target


def is_set_for_readers(reading: Reading, variable: str) -> bool:
    """Whether a command for readers, or one in a script, gives a variable to a container."""
    texts = (*for_readers(reading), *ordering_texts(around(reading.tree)[-1][0]))
    given = re.compile(rf"(?:\s-e|--env)[ =][\"']?{re.escape(variable)}\b")
    return any(given.search(text) for text in texts if variable in text)


#: A command that runs an image.
_RUN: Final = lazy(r"\b(?:docker|podman)\s+run\s((?:[^\n\\]|\\.|\\\n)*)")


def volumes_by_readers(reading: Reading, above: str) -> Iterator[str]:
    """Where readers are told to mount volumes with a name below a directory of this image, by the name of the
    project."""
    top = around(reading.tree)[-1][0]
    told = [text for text in (*for_readers(reading), *manual(top)) if f":{above}" in text]
    if not told:
        return
    names = "|".join(map(re.escape, sorted(names_of_project(top))))
    own = re.compile(rf"\s(?:[\w.-]+/)*(?:{names})(?=[\s:@]|$)")
    given = re.compile(rf"(?:-v|--volume)[ =]?[\"']?[\w-]+:({re.escape(above)}(?:/[\w./-]+)?)(?=[\s:\"']|$)")
    for command in (each for text in told for each in _RUN.findall(text) if own.search(each)):
        yield from given.findall(command)


def for_readers(reading: Reading) -> Iterator[str]:
    """The readmes of the context and of the repository around it, and the one beside the Dockerfile."""
    for tree, _ in around(reading.tree):
        yield from readmes(tree)
    top, inside = around(reading.tree)[-1]
    above = posixpath.dirname(own_path(reading))
    if above not in ("", inside) and not above.startswith(("..", "/")) and top.kind(above) == "dir":
        yield from (top.text(join(above, name)) for name in top.names(above) if name.lower().startswith("readme"))


#: What gives a container devices of the machine, or all rights, as a command and as a compose file have it.
GIVES_DEVICES: Final = ("--privileged", "--device", "/dev/dri", "privileged:", "devices:")


def bound_by_others(reading: Reading) -> Iterator[str]:
    """The directories of this machine that a service of those compose files lays into its container which does not run
    the image."""
    own = {id(service) for service, _ in running_services(reading)}
    tops = [tree for tree, _ in around(reading.tree)]
    for home, found in (
        (place.root, found) for place in (*tops, *compose_places(tops[-1])) for _, found in compose_files(place)
    ):
        made = (service for each in found[0].values() for _, _, service in each)
        taken = (service for each in found[1].values() for service in each)
        others = (service for service in (*made, *taken, *found[2].values()) if id(service) not in own)
        for each in (each for service in others for each in mounts(service)):
            if each.source:
                yield _from_here(reading.tree, each, home)


def _home(tree: Tree, mount: Mount, inside: str) -> str:
    """The directory of the compose file of a mount, from which the context lies at `inside`."""
    file = mount.place.rpartition(":")[0]
    if os.path.isabs(file) or inside.startswith(".."):  # noqa: PTH117
        return os.path.dirname(os.path.join(tree.root, file))  # noqa: PTH118, PTH120
    above = [".."] * (0 if inside == "." else len(inside.split("/")))
    return os.path.join(os.path.realpath(tree.root), *above)  # noqa: PTH118


def _from_here(tree: Tree, mount: Mount, home: str) -> str:
    """A directory of this machine as seen from the root of the repository, where it lies in that; it is
    written as seen from `home`."""
    if mount.source.startswith(("/", "~")) or "$" in mount.source or _DRIVE.match(mount.source):
        return mount.source
    top = os.path.realpath(around(tree)[-1][0].root)
    path = os.path.relpath(os.path.join(os.path.realpath(home), mount.source), top)  # noqa: PTH118
    path = path.replace(os.sep, "/")
    return mount.source if path.startswith("..") else f"./{path}" if path != "." else path


def script_laid_over(reading: Reading, word: str) -> str:
    """The text of the file of the repository that a service lays over the image at a path; empty: there is none."""
    top = around(reading.tree)[-1][0]
    found = [(each, inside) for service, inside in running_services(reading) for each in mounts(service)]
    over = [(each, inside) for each, inside in found if each.source and within(word, each.target)]
    for each, inside in sorted(over, key=lambda pair: -len(pair[0].target)):
        source = _from_here(reading.tree, each, _home(reading.tree, each, inside))
        path = posixpath.normpath(posixpath.join(source, posixpath.relpath(word, each.target)))
        if not path.startswith(("/", "..", "~")) and top.kind(path) == "file":
            return top.text(path)
    return ""


def is_offered(reading: Reading) -> bool:
    """Whether a service that runs the image opens ports, or is started again whenever it ends."""
    return any(
        any(service.get(key) is not None for key in ("ports", "expose"))
        or getattr(service.get("restart"), "text", None) in ("always", "unless-stopped")
        for service, _ in running_services(reading)
    )


def is_checked(reading: Reading) -> bool | None:
    """Whether a service that runs the image has a health check of its own; None: there is no such service."""
    checks = [service.get("healthcheck") is not None for service, _ in services_around(reading)]
    return any(checks) if checks else None


def runs_as_somebody(reading: Reading) -> bool:
    """Whether every service that runs the image says who does, and that it is not root."""
    found = [service for service, _ in services_around(reading)]
    return bool(found) and all(map(is_not_root, found))


def is_not_root(service: YamlNode) -> bool:
    """Whether a service says who runs it, and that it is not root."""
    user: str | None = getattr(service.get("user"), "text", None)
    return bool(user) and _ROOT.fullmatch(user or "") is None


#: Programs that start another one as process 1, and hand signals on to it.
INITS: Final = frozenset(("tini", "tini-static", "dumb-init", "catatonit"))


def brings_an_init(reading: Reading) -> bool:
    """Whether a service that runs the image has an init started above its command."""
    return any(getattr(service.get("init"), "text", None) == "true" for service, _ in services_around(reading))


def is_run_from_sources(reading: Reading) -> bool:
    """Whether a service mounts the context where the program belongs, and the image has none: it is for development."""
    if any(_mounts_the_program(reading, service) for service, _ in services_around(reading)):
        return True
    brought = [step for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    # An image with nothing of the project may be given more of it than its context.
    bare = not any(step.origin is None for step in brought)
    if not any(
        _mounts_the_context(reading, service, inside) or (bare and _mounts_the_tree(reading, service, inside))
        for service, inside in services_around(reading)
    ):
        return False
    # What another stage has made of the sources is a program, too.
    if any(one.origin and one.origin.stage is not None and within(one.target, reading.workdir) for one in brought):
        return False
    copied = (source.text for step in brought if step.origin is None for source in step.sources)
    return not any(
        reading.tree.names(posixpath.normpath(each).removeprefix("./")) or each in (".", "./") for each in copied
    )


def _has_sources(top: Tree, source: str) -> bool:
    """Whether a directory of this machine is one of the repository, in which files lie."""
    path = posixpath.normpath(source)
    return not path.startswith("..") and any(top.kind(join(path, name)) == "file" for name in top.names(path))


def _mounts_the_context(reading: Reading, service: YamlNode, inside: str) -> bool:
    """Whether a service lays the context over the directory in which the program works, or one that it lies in."""
    return any(
        each.source.startswith(".") and within(reading.workdir, place)
        for each in mounts(service)
        for place in _context_below(reading, each, inside)
    )


def _mounts_the_tree(reading: Reading, service: YamlNode, inside: str) -> bool:
    """Whether a service lays a directory that has the context in it over the one in which the program works."""
    return any(
        each.source.startswith(".")
        and (set(source := posixpath.normpath(each.source)) <= {*"./"} or within(inside, source))
        and within(reading.workdir, each.target)
        for each in mounts(service)
    )


def _context_below(reading: Reading, mount: Mount, inside: str) -> Iterator[str]:
    """Where a mount lays the context, which lies at `inside` as seen from the compose file."""
    source = posixpath.normpath(mount.source)
    if source == inside or _is_all_of(reading, source, inside, mount.target):
        yield mount.target
    elif set(source.split("/")) == {".."} and not inside.startswith(".."):
        parts = Path(os.path.realpath(reading.tree.root)).parts
        depth = len(source.split("/")) + (0 if inside == "." else len(inside.split("/")))
        if depth < len(parts):
            yield posixpath.join(mount.target, *parts[-depth:])


def _is_all_of(reading: Reading, source: str, inside: str, target: str) -> bool:
    """Whether a directory in the context is what the image has at a place, and all that it has there."""
    if source.startswith("..") or not (inside == "." or within(source, inside)):
        return False
    part = posixpath.relpath(source, inside)
    return any(
        step.keyword in ("COPY", "ADD")
        and step.origin is None
        and posixpath.normpath(step.target) == target
        and [posixpath.normpath(each.text).lstrip("/") for each in step.sources] == [part]
        for step in reading.shipped
    )


#: What a script is given to, if anything.
_SHELLS: Final = frozenset("exec sh bash /bin/sh /bin/bash".split())


def _mounts_the_program(reading: Reading, service: YamlNode) -> bool:
    """Whether a service lays the script that the image starts into it, which has none itself."""
    start = reading.last("ENTRYPOINT") or reading.last("CMD")
    words = [word for word in " ".join(start.words).split() if word not in _SHELLS] if start is not None else []
    script = words[0] if words and words[0].endswith((".sh", ".bash")) else ""
    path = posixpath.normpath(posixpath.join(reading.workdir, script))
    return (
        bool(script)
        and reading.source(path) is None
        and any(each.source.startswith(".") and within(path, each.target) for each in mounts(service))
    )


def lays_the_context(reading: Reading) -> bool:
    """Whether a service lays the context over the directory in which the program works."""
    return any(_mounts_the_context(reading, service, inside) for service, inside in services_around(reading))


def lays_sources(reading: Reading) -> bool:
    """Whether a service lays the sources over what the image has of them: the context, a directory of it or another
    one of the repository with files, over the directory in which the program works, or all of a part."""
    top = around(reading.tree)[-1][0]
    return lays_the_context(reading) or any(
        each.source.startswith(".")
        and (
            reading.source(each.target) == posixpath.relpath(each.source, inside)
            or (
                within(reading.workdir, each.target)
                and _has_sources(top, _from_here(reading.tree, each, _home(reading.tree, each, inside)))
            )
        )
        for service, inside in services_around(reading)
        for each in mounts(service)
    )


def is_laid_over_always(reading: Reading) -> bool:
    """Whether each service that builds the image lays the context over it, and none of them gives it to a registry, or
    is started again whenever it ends."""
    found = list(services_around(reading))
    return bool(found) and all(
        _mounts_the_context(reading, service, inside)
        and "/" not in (getattr(service.get("image"), "text", None) or "")
        and service.get("restart") is None
        for service, inside in found
    )


def is_mounted_over(reading: Reading, absolute: str) -> bool:
    """Whether a service lays something over a file of the image, or over a directory above it."""
    return any(within(absolute, each.target) for service, _ in services_around(reading) for each in mounts(service))


def commands_of_services(reading: Reading) -> Iterator[str]:
    """The lines with which services that build the image start it."""
    yield from lines_of(reading, services_around(reading))


def lines_of(reading: Reading, services: Iterable[tuple[YamlNode, str]]) -> Iterator[str]:
    """The lines with which services start the image, each with the place of the context as it sees it, but for those
    that lay the sources over what it has, or any directory over the one where it works where it has nothing of the
    project."""
    empty = reading.workdir != "/" and not any(step.keyword in ("COPY", "ADD") for step in reading.shipped)
    for service, inside in services:
        words = [word for key in ("entrypoint", "command") for word in words_of(service.get(key))]
        laid = empty and any(
            each.source.startswith(".") and within(reading.workdir, each.target) for each in mounts(service)
        )
        if words and not laid and not _mounts_the_context(reading, service, inside):
            yield " ".join(words)


def words_of(node: YamlNode | None) -> list[str]:
    """The words of a command, or the one text that it is written as."""
    if node is None:
        return []
    return [node.text] if node.text is not None else [each.text for each in node.items if each.text is not None]
