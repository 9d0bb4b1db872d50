"""What runs an image, as the repository says: what is mounted over it, who runs it, and with which command.

Compose files in the root of the context count, and for most of it the one that names the build and those in the
directories above, up to the root of the repository; of a readme of the repository the commands that run the image, and
the manifests of Kubernetes that lie there.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ...builds.names import is_compose
from ...errors import CtxscanError
from ...paths import join, within
from ...regex import lazy
from ..reading import Reading
from .earlier import around
from .ordering import ordering_texts, readmes

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


#: The services of a compose file: those that are built, by the context and the Dockerfile that make them, each with its
#: name and target; those that take an image, by its last name; and those that are not built, by their own.
Built: TypeAlias = "dict[tuple[str, str], list[tuple[str, str | None, YamlNode]]]"
Taken: TypeAlias = "dict[str, list[YamlNode]]"
_Services: TypeAlias = "tuple[Built, Taken, dict[str, YamlNode]]"


@lru_cache(16)
def services_of(data: bytes, path: str, variables: str) -> _Services:
    """The services of a compose file with the text of the `.env` beside it, read once for all builds of it. Raises
    `CtxscanError` if the file cannot be read."""
    from ...builds.documents import documents  # only where there is such a file

    built: dict[tuple[str, str], list[tuple[str, str | None, YamlNode]]] = {}
    taken: dict[str, list[YamlNode]] = {}
    named: dict[str, YamlNode] = {}
    for name, service in (each for one in documents(data, path) for each in one.entries("services")):
        image, build = service.get("image"), service.get("build")
        if image is not None and image.text is not None:
            taken.setdefault(posixpath.basename(image.text.partition("@")[0]).partition(":")[0], []).append(service)
        if build is None:
            named[name] = service
            continue
        short = build.text is not None
        context = (build.text if short else (build.get("context") or build).text) or "."
        file, target = (None, None) if short else (build.get("dockerfile"), build.get("target"))
        said = context, (file.text if file else None) or "Dockerfile", (target.text if target else None) or ""
        context, dockerfile, stage = (_valued(each, variables) for each in said)
        key = posixpath.normpath(context), posixpath.normpath(dockerfile)
        built.setdefault(key, []).append((name, stage or None, service))
    return built, taken, named


def _valued(text: str, variables: str) -> str:
    """A text with the variables of an `.env`; as it is where that does not tell."""
    if "$" not in text:
        return text
    from ...builds.variables import entries, substitute  # only where there is one

    unset: list[str] = []
    with suppress(CtxscanError):
        text = substitute(text, entries(variables, {}, label=".env").get, place="", unset=unset.append)
    return text


def _compose_files(tree: Tree) -> Iterator[tuple[str, _Services]]:
    """The compose files in the root of a tree that can be read."""
    for path in filter(is_compose, tree.names("")):
        with suppress(CtxscanError):  # it is told where builds are looked for
            yield path, services_of(data := tree.read(path) or b"", path, tree.text(".env") if b"${" in data else "")


def services(reading: Reading) -> Iterator[tuple[str, str, YamlNode]]:
    """The services in the context that run the image of a build: the compose file, the name, and what it says."""
    yield from _in(reading, reading.tree, ".")


def _in(reading: Reading, tree: Tree, context: str) -> Iterator[tuple[str, str, YamlNode]]:
    """Those of the compose files in the root of a tree, in which the context lies at `context`."""
    for path, found in _compose_files(tree):
        yield from _of_build(reading, path, found, context)


def _of_build(reading: Reading, path: str, found: _Services, context: str) -> Iterator[tuple[str, str, YamlNode]]:
    """Those of one compose file."""
    build = reading.scan.build
    own = posixpath.normpath((build.own_name or build.label or "").replace("\\", "/"))
    # Without a target the last stage is built.
    last = not any(each.index > reading.plan.target.index for each in reading.plan.unreached)
    above, written = posixpath.split(own)
    # The builder takes this one where that is named, or none.
    named = posixpath.join(above, "Dockerfile") if written == "dockerfile" else own
    both = [*found[0].get((context, own), ()), *(found[0].get((context, named), ()) if named != own else ())]
    for name, target, service in both:
        if target == build.target or (target is None and last):
            yield path, name, service


def _anywhere(reading: Reading) -> Iterator[tuple[YamlNode, str]]:
    """Those in the context and in the repository around it, each with the place of the context as seen from it."""
    for files, inside in _directories(reading):
        for path, found in files:
            yield from ((service, inside) for _, _, service in _of_build(reading, path, found, inside))


def _directories(reading: Reading) -> Iterator[tuple[list[tuple[str, _Services]], str]]:
    """The compose files in the context and in the repository around it, those of one directory together, with the
    place of the context as seen from there."""
    for tree, inside in around(reading.tree):
        yield list(_compose_files(tree)), inside or "."
    found: dict[tuple[str, str], list[tuple[str, _Services]]] = {}
    for file, inside in _between(reading.tree, reading.scan.build.source or ""):
        found.setdefault((posixpath.dirname(Path(file).as_posix()), inside), []).append((file, _read(file)))
    yield from ((files, inside) for (_, inside), files in found.items())


#: Words in the names of compose files, scripts and targets that are for those who work on the project.
FOR_DEVELOPERS: Final = frozenset("dev devel develop development local debug test tests testing ci e2e".split())


def is_for_developers(reading: Reading) -> bool:
    """Whether compose files alone that are for development or tests, by their names, build this image."""
    names = builders_by_name(reading)
    return bool(names) and all(map(names_developers, names))


def names_developers(name: str) -> bool:
    return not FOR_DEVELOPERS.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))


def builders_by_name(reading: Reading) -> set[str]:
    """The names of the compose files with services that build the image."""
    return {os.path.basename(file) for file, *_ in _builders(reading)}  # noqa: PTH119 as above


def _builders(reading: Reading) -> Iterator[tuple[str, Tree | None, YamlNode]]:
    """The services that build the image, each with its compose file and the tree that has it, if one is read here."""
    for tree, inside in around(reading.tree):
        yield from ((path, tree, service) for path, _, service in _in(reading, tree, inside or "."))
    for file, inside in _between(reading.tree, reading.scan.build.source or ""):
        yield from ((path, None, service) for path, _, service in _of_build(reading, file, _read(file), inside))


def builders(reading: Reading) -> Iterator[tuple[str, YamlNode]]:
    """The services that build the image, each with the text of its compose file."""
    for path, tree, service in _builders(reading):
        if tree is not None:
            yield tree.text(path), service
            continue
        with suppress(OSError), open(path, "rb") as stream:  # noqa: PTH123 as everywhere here
            yield stream.read(_MOST_BYTES).decode("utf-8", "replace"), service


def given_files(reading: Reading) -> Iterator[str]:
    """The paths in the context of files whose variables a service that builds the image gives to its container."""
    context = os.path.realpath(reading.tree.root)
    for path, tree, service in _builders(reading):
        node = service.get("env_file")
        home = posixpath.dirname(os.path.realpath(path if tree is None else Path(tree.root, path)))
        for each in () if node is None else node.items or (node,):
            file = each.text or each.text_of("path") or "$"
            found = Path(os.path.relpath(posixpath.join(home, file), context)).as_posix()
            if "$" not in file and not found.startswith("../"):
                yield found


#: Directories between the context and the root of its repository that are looked at, and what is looked for there.
_MOST_BETWEEN: Final = 6
_MOST_BESIDE: Final = 10
USUAL: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_MOST_BYTES: Final = 1 << 20


@lru_cache(4)
def _between(tree: Tree, source: str) -> tuple[tuple[str, str], ...]:
    """The compose file that names a build, and those of the usual names between the context and the root of its
    repository, each with the place of the context as seen from it."""
    here = Path(os.path.realpath(tree.root))
    known = {os.path.realpath(each.root) for each, _ in around(tree)}
    top = os.path.realpath(around(tree)[-1][0].root)
    named = Path(source.rpartition(":")[0])
    first = [Path(os.path.realpath(named))] if is_compose(named.name) else []
    # Those for tests or production lie beside the one that names the build, and the one that all of them begin with.
    beside = [each for one in first for each in sorted(one.parent.iterdir()) if is_compose(each.name)]
    beside.sort(key=lambda each: each.name not in USUAL)
    files = [*first, *beside[:_MOST_BESIDE]]
    above = [each for each in here.parents[:_MOST_BETWEEN] if each.is_relative_to(top) and str(each) != top]
    files += [each / name for each in above for name in USUAL if (each / name).is_file()]
    return tuple(
        (str(each), Path(os.path.relpath(here, each.parent)).as_posix())
        for each in dict.fromkeys(files)
        if str(each.parent) not in known and each.anchor == here.anchor
    )


def _read(file: str) -> _Services:
    """The services of a compose file outside the context; none where it cannot be read."""
    with suppress(OSError, CtxscanError):
        made = os.stat(file)  # noqa: PTH116 as everywhere here
        return _read_once(file, made.st_mtime_ns, made.st_size)
    return {}, {}, {}


@lru_cache(16)
def _read_once(file: str, changed: int, size: int) -> _Services:
    with open(file, "rb") as stream:  # noqa: PTH123 as everywhere here
        data = stream.read(_MOST_BYTES)
    beside, variables = Path(file).with_name(".env"), b""
    if b"${" in data and beside.is_file():
        variables = beside.read_bytes()[:_MOST_BYTES]
    return services_of(data, file, variables.decode("utf-8", "replace"))


_DEFAULT: Final = lazy(r"\$\{[^{}]*\}")
#: A path of Windows: as Compose reads it, a letter alone before a colon is a drive, and no volume.
_DRIVE: Final = lazy(r"[A-Za-z]:[/\\]")


def mounts(service: YamlNode) -> Iterator[Mount]:
    volumes = service.get("volumes")
    for each in volumes.items if volumes is not None else ():
        if each.text is not None:
            # What a variable has in its place has a colon, too: `${DATA:-./data}:/data`.
            words = _DEFAULT.sub("$", each.text).split(":")
            words[:2] = [":".join(words[:2])] if _DRIVE.match(each.text) else words[:2]
            target = words[1] if len(words) > 1 else words[0]
            bound = len(words) > 1 and (words[0][:1] in {*".~/"} or ":" in words[0])
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
    if any(map(_takes_the_machine, _of_the_program(reading))):
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


#: Pages of a manual that are read.
_MOST_PAGES: Final = 200


def manual(tree: Tree) -> Iterator[str]:
    """The pages that say how to run a program."""
    left, todo = _MOST_PAGES, ["docs"]
    while todo and left:
        here = todo.pop()
        for path in (join(here, name) for name in tree.names(here)):
            if tree.kind(path) == "dir":
                todo.append(path)
            elif path.endswith(".md") and left:
                left -= 1
                yield tree.text(path)


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


def _of_the_program(reading: Reading) -> Iterator[YamlNode]:
    """The services that run the image, also those that take one from a registry that is called like its program, or
    as the project publishes it."""
    yield from (service for service, _ in _running(reading))
    start = reading.last("ENTRYPOINT") or reading.last("CMD")
    program = posixpath.basename(start.words[0]) if start is not None and start.words else ""
    for tree, _ in around(reading.tree) if program else ():
        for _, (_, taken, _) in _compose_files(tree):
            if program in taken and not _is_made_by_another(reading, program):
                yield from taken[program]


#: A command that builds an image, and the Dockerfile and the name that it is told.
_BUILDS: Final = lazy(r"(?m)^[^#\n]*\bdocker\s+(?:image\s+|buildx\s+)?build\b([^\n]*)")
_BY_FILE: Final = lazy(r"\s(?:-f|--file)[ =]?[\"']?(?:\./)?([^\s\"']+)")


def _is_made_by_another(reading: Reading, name: str) -> bool:
    """Whether commands of the repository make the image of this name, and none of them from this Dockerfile."""
    top, inside = around(reading.tree)[-1]
    own = posixpath.normpath(join(inside, (reading.scan.build.label or "").replace("\\", "/")))
    named = re.compile(rf"\s(?:-t|--tag)[ =]?[\"']?(?:\S*/)?{re.escape(name)}(?=[:\s\"']|$)")
    found = [
        (file[1] if (file := _BY_FILE.search(told)) is not None else "Dockerfile", "cd " in text)
        for text in ordering_texts(top)
        if name in text
        for told in _BUILDS.findall(text)
        if named.search(told)
    ]
    return bool(found) and not any(own == path or (moves and own.endswith(f"/{path}")) for path, moves in found)


def _running(reading: Reading) -> Iterator[tuple[YamlNode, str]]:
    """Those of `_anywhere`, those of the same name in other compose files of their directory, and those that take the
    image as the project publishes it."""
    yield from _anywhere(reading)
    top = around(reading.tree)[-1][0]
    for files, inside in (*_directories(reading), *_elsewhere(reading, top)):
        names = {name for path, found in files for _, name, _ in _of_build(reading, path, found, inside)}
        yield from ((found[2][name], inside) for _, found in files for name in sorted(names & found[2].keys()))
    for place, found in ((each, found) for each in _places(top) for _, found in _compose_files(each)):
        for name, services in found[1].items():
            if _is_published(reading, top, name, services):
                # From elsewhere than the root of the repository nobody sees where the context lies.
                seen = around(reading.tree)[-1][1] if place is top else ""
                yield from ((service, seen or ".") for service in services)


def _elsewhere(reading: Reading, top: Tree) -> Iterator[tuple[list[tuple[str, _Services]], str]]:
    """As `_directories`, those of directories for whoever runs the program."""
    here = os.path.realpath(reading.tree.root)
    for home in (os.path.realpath(place.root) for place in _places(top) if place is not top):
        files = (os.path.join(home, each) for each in sorted(os.listdir(home)) if is_compose(each))  # noqa: PTH118, PTH208
        yield [(file, _read(file)) for file in files], Path(os.path.relpath(here, home)).as_posix()


#: Directories with compose files for those who run a program, how deep they lie, and how many are looked into.
_INSTALLS: Final = (
    "docs doc docker deploy deployment deployments install installation build contrib compose infra hosting".split()
)
_MOST_DIRECTORIES: Final = 200


def _places(top: Tree) -> Iterator[Tree]:
    """The root of the repository, and such directories."""
    yield top
    todo = [(name, 1) for name in _INSTALLS if top.kind(name) == "dir"]
    for path, depth in todo:
        found = top.peek(path)
        if depth <= _DEEPEST and len(todo) < _MOST_DIRECTORIES:
            todo += [(join(path, name), depth + 1) for name in sorted(found.directories)]
        if any(map(is_compose, found.names)):
            yield type(top)(os.path.join(top.root, path))  # noqa: PTH118 as everywhere here


#: What of a line names an image that is made elsewhere.
_ELSEWHERE: Final = lazy(r"\b(?:image|uses|FROM):|\b(?:docker|podman)\s+(?:run|pull)\b")


def _is_published(reading: Reading, top: Tree, name: str, services: list[YamlNode]) -> bool:
    """Whether services take the image of this build, by its name, or as whoever builds the Dockerfile gives it out."""
    if _is_called_so(reading, top, name, services):
        return True
    if not any(f"/{name}" in text for text in ordering_texts(top)):
        return False
    from .releasing import published_as  # only where something has such a name

    return name in published_as(reading)


def _is_called_so(reading: Reading, top: Tree, name: str, services: list[YamlNode]) -> bool:
    """Whether an image is called like the project, or like the directory or the Dockerfile that it is made from, and
    the project gives it out."""
    images = [node.text for node in (each.get("image") for each in services) if node is not None]
    build = reading.scan.build
    own = posixpath.normpath((build.label or "").replace("\\", "/"))
    if _is_of_the_project(reading, top, name, services):
        return True
    last = re.split(r"[-_]", name)[-1]
    words = {posixpath.basename(posixpath.dirname(own)), *re.split(r"[.-]", posixpath.basename(own))}
    if not any("/" in (each or "") for each in images):
        # One of the library, or one that is built by hand, called like the project and its part of it.
        at = posixpath.join(around(reading.tree)[-1][1], own)
        return name != last and posixpath.basename(posixpath.dirname(at)) == last and not any(_anywhere(reading))
    if own == "Dockerfile" and around(reading.tree)[-1][1] == "":
        if top.kind(f"{last}/Dockerfile") == "file":
            return False
        if name in names_of_project(top):
            return True
    elif last not in (
        words := {posixpath.basename(posixpath.dirname(own)), *re.split(r"[.-]", posixpath.basename(own))}
    ):
        # Or it is that of the project, with a tag that says which.
        tags = {word for each in images for word in re.split(r"[.-]", (each or "").rpartition(":")[2])}
        return name in names_of_project(top) and not tags.isdisjoint(words) and is_given_out(top, name)
    # Where the project gives out `shop` as well, `shop-db` is another image than that of its root.
    whole = re.split(r"[-_](?=[^-_]*$)", name)[0] if own == "Dockerfile" else name
    return is_given_out(top, name) and (whole == name or not is_given_out(top, whole, r"[:@]"))


#: Directories that say nothing of the image which is made there.
_PLAIN: Final = frozenset("docker dockerfiles build container containers image images deploy app src".split())


def _is_of_the_project(reading: Reading, top: Tree, name: str, services: list[YamlNode]) -> bool:
    """Whether services take an image that is called like the directory of the Dockerfile, of an owner who is called
    like the project."""
    own = join(around(reading.tree)[-1][1], (reading.scan.build.label or "").replace("\\", "/"))
    if posixpath.basename(posixpath.dirname(own)) != name or name in _PLAIN:
        return False
    taken = [service.get("image") for service in services if service.get("build") is None]
    owners = {posixpath.basename(posixpath.dirname(each.text or "")) for each in taken if each is not None}
    called = {each.lower() for each in names_of_project(top)}
    words = {part for each in called for part in (re.sub(r"[-_.]", "", each), *re.split(r"[-_.]", each))}
    return not words.isdisjoint(owners - {""})


def is_given_out(top: Tree, name: str, end: str = r"[:@\s\"'$,]|$") -> bool:
    """Whether the project pushes an image of this name; a tag tells it from the project itself."""
    # No path of a machine or a container, such as the end of `data:/var/lib/shop`, and no package of a manifest.
    above = r"(?:(?<![\w./:@-])\w[\w.-]*(?::\d+)?(?:/[\w.${}-]+)*|\}|(?<=\$)\w+)"
    given = re.compile(rf"{above}/{re.escape(name)}(?={end})(?![\"']\s*:)")
    texts = (text for text in ordering_texts(top) if name in text)
    return any(given.search(line) and not _ELSEWHERE.search(line) for text in texts for line in text.splitlines())


#: Where manifests have the name of a project.
_CALLED: Final = (
    ("package.json", lazy(r'(?m)^(?:\{|[ \t]{2,4}|\t)[ \t]*"name"[ \t]*:[ \t]*"(?:@[\w.-]+/)?([\w.-]+)"')),
    ("pyproject.toml", lazy(r"(?m)^name[ \t]*=[ \t]*[\"']([\w.-]+)")),
    ("Cargo.toml", lazy(r"(?m)^name[ \t]*=[ \t]*[\"']([\w.-]+)")),
    ("go.mod", lazy(r"(?m)^module[ \t]+\S*?([\w.-]+)(?:/v\d+)?[ \t]*$")),
)


def names_of_project(top: Tree) -> set[str]:
    """The names of a project: of its directory, and in its manifests."""
    found = (pattern.search(top.text(path)) for path, pattern in _CALLED)
    return {os.path.basename(os.path.realpath(top.root)), *(each[1] for each in found if each)}  # noqa: PTH119 as above


def volumes_of_services(reading: Reading) -> list[str]:
    """Where the services that run the image have volumes with a name: what is in them outlives the container. Those of
    the system that another image has, too, are for that."""
    running = [service for service, _ in _running(reading)]
    found = [each for service in running for each in mounts(service) if each.named]
    if any(each.target.startswith(_OF_SYSTEMS) for each in found):
        own = {*map(id, running)}
        others = {each.volume for one in _everywhere(reading) if id(one) not in own for each in mounts(one)}
        found = [each for each in found if not each.target.startswith(_OF_SYSTEMS) or each.volume not in others]
    return list(dict.fromkeys(each.target for each in found))


def volumes_of_others(reading: Reading) -> set[str]:
    """Where the services that run the image have volumes which a service of another image has, too."""
    running = [service for service, _ in _running(reading)]
    found = [each for service in running for each in mounts(service) if each.volume]
    if not found:
        return set()
    own = {*map(id, running)}
    images = {getattr(service.get("image"), "text", None) for service in running} - {None}
    others = {
        each.volume
        for service in _everywhere(reading)
        if id(service) not in own and getattr(service.get("image"), "text", None) not in images
        for each in mounts(service)
    }
    return {each.target for each in found if each.volume in others}


#: Directories in which programs keep what is theirs, each below its name.
_OF_SYSTEMS: Final = ("/run/", "/var/run/", "/var/lib/", "/var/spool/", "/var/cache/")


def _everywhere(reading: Reading) -> Iterator[YamlNode]:
    """All services of the compose files around the context."""
    for tree, _ in around(reading.tree):
        for _, (built, taken, _) in _compose_files(tree):
            yield from (service for each in built.values() for _, _, service in each)
            yield from (service for each in taken.values() for service in each)


def names_of_built(reading: Reading) -> tuple[list[str], list[str]]:
    """The names that services give to the image of this build, and to those of other Dockerfiles of the project."""
    own = {id(service): service for _, _, service in _builders(reading)}
    others = [each for each in _everywhere(reading) if each.get("build") is not None and id(each) not in own]
    return [*_names(own.values())], [*_names(others)]


def _names(services: Iterable[YamlNode]) -> Iterator[str]:
    for service in services:
        build = service.get("build")
        tags = build.get("tags") if build is not None and build.text is None else None
        named = (service.get("image"), *(tags.items if tags is not None else ()))
        yield from (each.text for each in named if each is not None and each.text)


def mounts_of_services(reading: Reading) -> list[str]:
    """Where the services that run the image mount anything."""
    return [each.target for service, _ in _running(reading) for each in mounts(service)]


def settings_of_services(reading: Reading) -> Iterator[tuple[str, str]]:
    """The variables that the services which run the image set, with their values."""
    for service, _ in _running(reading):
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
    for service, inside in _running(reading):
        for each in mounts(service) if service.get("user") is None else ():
            fixed = each.fixed or _DRIVE.match(each.source)
            if each.source and not fixed and not within(inside, posixpath.normpath(each.source)):
                yield each._replace(source=_from_here(reading.tree, each, _home(reading.tree, each, inside)))


def places_of_context(reading: Reading) -> Iterator[str]:
    """Where services that run the image lay the context over it."""
    for service, inside in _anywhere(reading):
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


def for_readers(reading: Reading) -> Iterator[str]:
    """The readmes of the context and of the repository around it, and the one beside the Dockerfile."""
    for tree, _ in around(reading.tree):
        yield from readmes(tree)
    top, inside = around(reading.tree)[-1]
    above = posixpath.dirname(posixpath.normpath(join(inside, (reading.scan.build.label or "").replace("\\", "/"))))
    if above not in ("", inside) and not above.startswith(("..", "/")) and top.kind(above) == "dir":
        yield from (top.text(join(above, name)) for name in top.names(above) if name.lower().startswith("readme"))


#: What gives a container devices of the machine, or all rights, as a command and as a compose file have it.
GIVES_DEVICES: Final = ("--privileged", "--device", "/dev/dri", "privileged:", "devices:")


def bound_by_others(reading: Reading) -> Iterator[str]:
    """The directories of this machine that any service of those compose files lays into its container."""
    tops = [tree for tree, _ in around(reading.tree)]
    for home, found in (
        (place.root, found) for place in (*tops, *_places(tops[-1])) for _, found in _compose_files(place)
    ):
        made = (service for each in found[0].values() for _, _, service in each)
        taken = (service for each in found[1].values() for service in each)
        for each in (each for service in (*made, *taken, *found[2].values()) for each in mounts(service)):
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


def is_offered(reading: Reading) -> bool:
    """Whether a service that runs the image opens ports, or is started again whenever it ends."""
    return any(
        any(service.get(key) is not None for key in ("ports", "expose"))
        or getattr(service.get("restart"), "text", None) in ("always", "unless-stopped")
        for service, _ in _running(reading)
    )


def is_checked(reading: Reading) -> bool | None:
    """Whether a service that runs the image has a health check of its own; None: there is no such service."""
    checks = [service.get("healthcheck") is not None for service, _ in _anywhere(reading)]
    return any(checks) if checks else None


def runs_as_somebody(reading: Reading) -> bool:
    """Whether every service that runs the image says who does, and that it is not root."""
    found = [service for service, _ in _anywhere(reading)]
    return bool(found) and all(map(is_not_root, found))


def is_not_root(service: YamlNode) -> bool:
    user: str | None = getattr(service.get("user"), "text", None)
    return bool(user) and _ROOT.fullmatch(user or "") is None


def ready_services(tree: Tree) -> Iterator[tuple[str, YamlNode]]:
    """The services in the root of a tree that take an image and build none, each with the last name of that."""
    for _, (_, taken, _) in _compose_files(tree):
        for name, found in taken.items():
            yield from ((name, each) for each in found if each.get("build") is None)


#: Programs that start another one as process 1, and hand signals on to it.
INITS: Final = frozenset(("tini", "tini-static", "dumb-init", "catatonit"))


def brings_an_init(reading: Reading) -> bool:
    """Whether a service that runs the image has an init started above its command."""
    return any(getattr(service.get("init"), "text", None) == "true" for service, _ in _anywhere(reading))


#: What is in the names of directories with manifests of Kubernetes, how deep they lie there, and how many are read.
_CLUSTERS: Final = ("k8s", "kubernetes", "manifest", "deploy", "chart", "helm", "kustomize")
_DEEPEST: Final = 3
_MOST_MANIFESTS: Final = 200
_NOT_AS_ROOT: Final = lazy(r"(?m)^[ \t-]*(?:runAsNonRoot:[ \t]*true|runAsUser:[ \t]*[1-9]\d*)[ \t]*$")


def runs_in_a_cluster_as_somebody(reading: Reading) -> bool:
    """Whether a manifest for an image that is called like the directory of this one says that it is not root, and no
    page has people run it elsewhere, where nobody says so."""
    if not any(_NOT_AS_ROOT.search(text) for text in _own_manifests(reading)):
        return False
    given = rf"(?:docker/pulls|hub\.docker\.com/r)/(?:[\w.-]+/)?(?:{_called(reading)})(?![\w-])"
    run = rf"\bdocker\s+run\b(?:[^\n\\]|\\\n?)*[\s/](?:{_called(reading)})(?=[\s:@`]|$)"
    elsewhere = re.compile(f"{given}|{run}")
    return not any(elsewhere.search(text) for tree, _ in around(reading.tree) for text in readmes(tree))


def runs_in_a_cluster(reading: Reading) -> bool:
    """Whether a manifest of Kubernetes, or the values of a chart, name such an image."""
    return any(_own_manifests(reading))


def is_shown_in_a_cluster(reading: Reading) -> bool:
    """Whether a page of the project has a manifest of Kubernetes that starts an image called like the project."""
    top = around(reading.tree)[-1][0]
    texts = [text for text in (*readmes(top), *manual(top)) if "apiVersion:" in text and _KEEPS_ON_A_PAGE.search(text)]
    names = "|".join(map(re.escape, sorted(names_of_project(top)))) if texts else ""
    own = re.compile(rf"(?m)^[ \t-]*image:[ \t]*[\"']?(?:[^\s\"']*/)?(?:{names})(?=[\s:@\"']|$)")
    return any(map(own.search, texts))


#: Objects that start again what ends.
_KEEPS_ON_A_PAGE: Final = lazy(r"(?m)^[ \t>]*kind:[ \t]*[\"']?(?:Deployment|StatefulSet|DaemonSet|Pod)\b")
_KEEPS: Final = lazy(r"(?m)^kind:[ \t]*[\"']?(?:Deployment|StatefulSet|DaemonSet)\b")


def is_kept_in_a_cluster(reading: Reading) -> bool:
    """Whether a manifest of Kubernetes has such an object for the image, by its directory or by the name that a service
    gives it."""
    texts = [text for text in _manifests(around(reading.tree)[-1][0]) if _KEEPS.search(text)]
    images = (service.get("image") for service, _ in _anywhere(reading)) if texts else ()
    given = [posixpath.basename(each.text or "").partition(":")[0] for each in images if each is not None]
    called = "|".join((*(re.escape(each) for each in given if each), *filter(None, (_called(reading),))))
    if not called:
        return False
    above = r"(?:(?:\{\{[^}\n]*\}\}|\{(?!\{)|[^\s\"'{])*/)?"
    own = re.compile(rf"(?m)^[ \t-]*image:[ \t]*[\"']?{above}(?:{called})(?=[\s:@\"']|$)")
    return any(_KEEPS.search(part) and own.search(part) for text in texts for part in _PARTED.split(text))


def _own_manifests(reading: Reading) -> Iterator[str]:
    """The manifests that name an image which is called like the directory of this one."""
    texts, called = list(_manifests(around(reading.tree)[-1][0])), _called(reading)
    if not (texts and called):
        return
    own = re.compile(rf"(?m)^[ \t-]*(?:image|repository):[ \t]*[\"']?(?:[^\s\"']*/)?(?:{called})(?=[\s:@\"']|$)")
    yield from filter(own.search, texts)


def _called(reading: Reading) -> str:
    """What the image may be called, by the directories of the build, as an expression."""
    build = reading.scan.build
    places = (build.context, *([build.dockerfile.parent] if build.dockerfile is not None else []))
    names = {Path(each).resolve().name for each in places} - {"", "docker", "build"}
    return "|".join(map(re.escape, sorted(names)))


#: What of a machine a pod is given that is for root: its sockets and directories, its processes, or all rights.
_OF_THE_MACHINE: Final = lazy(
    r"(?m)^[ \t-]*(?:privileged|hostPID):[ \t]*true|\bhostPath:[ \t]*\n(?:[ \t]*type:[^\n]*\n)?[ \t]*path:[ \t]*[\"']?/"
    r"(?:\S*\.sock\b|(?:etc|dev|proc|sys|run|boot|lib|usr|var/(?:run|log|lib))\b|[\"']?[ \t]*$)"
)
_GIVES: Final = ("hostPath:", "privileged:", "hostPID:")
#: Of these, what nobody but root can use.
_FOR_ROOT: Final = lazy(r"(?m)^[ \t-]*(?:privileged|hostPID):[ \t]*true\b")
_IMAGE: Final = lazy(r"(?m)^[ \t-]*image:[ \t]*(\S[^\n]*)")
#: What parts the objects of a manifest.
_PARTED: Final = lazy(r"(?m)^---")


def takes_the_machine_in_a_cluster(reading: Reading) -> bool:
    """Whether a manifest of Kubernetes, or the template of one, gives this image what is for root on its machine."""
    return _is_given_in_a_cluster(reading, _OF_THE_MACHINE)


def has_all_rights_in_a_cluster(reading: Reading) -> bool:
    """Whether one gives it all rights, or the processes of its machine, and the object has no other image."""
    return _is_given_in_a_cluster(reading, _FOR_ROOT, alone=True)


def _is_given_in_a_cluster(reading: Reading, what: re.Pattern[str], *, alone: bool = False) -> bool:
    top = around(reading.tree)[-1][0]
    texts = list(_manifests(top))
    giving = [text for text in texts if any(word in text for word in _GIVES) and what.search(text)]
    if not giving:
        return False
    if alone:
        parts = [part for text in giving for part in _PARTED.split(text) if what.search(part)]
        giving = [part for part in parts if len({*_IMAGE.findall(part)}) == 1]
    start = reading.last("ENTRYPOINT") or reading.last("CMD")
    program = start.words[0] if start is not None and start.words else ""
    # An interpreter is called by its name.
    names = names_of_project(top) | ({posixpath.basename(program)} if "/" in program else set())
    called = "|".join((*map(re.escape, sorted(names)), *filter(None, (_called(reading),))))
    own = re.compile(rf"(?:^|[/.\s\"'])(?:{called})(?=[\s:@.\"'}}]|$)")
    # A chart has the image among its values.
    valued = re.compile(rf"(?m)^[ \t]+(?:repository|image|name):[ \t]*[\"']?\S*?/(?:{called})(?=[\"':@\s]|$)")
    by_value = any(valued.search(text) for text in texts if "repository:" in text)
    lines = [line for text in giving for line in _IMAGE.findall(text)]
    return any(own.search(line) or (by_value and ".Values.image" in line) for line in lines)


def _manifests(tree: Tree) -> Iterator[str]:
    left = _MOST_MANIFESTS
    for name in tree.names(""):
        other = is_compose(name) or any(word in name.lower() for word in _CLUSTERS)
        if name.endswith((".yaml", ".yml")) and not other and b"apiVersion:" in (tree.read(name) or b""):
            yield tree.text(name)
    todo = [(path, 1) for path in _of_clusters(tree)]
    while todo and left:
        path, depth = todo.pop(0)
        if tree.kind(path) == "dir":
            todo += [(join(path, name), depth + 1) for name in tree.names(path)] if depth <= _DEEPEST else []
        elif path.endswith((".yaml", ".yml")):
            left -= 1
            yield tree.text(path)


#: Directories that are for something else, and how many of the others are looked into.
_NOT_LOOKED_INTO: Final = frozenset("node_modules vendor .git testdata".split())
_MOST_LOOKED_INTO: Final = 100


def _of_clusters(tree: Tree) -> Iterator[str]:
    """What is named for Kubernetes, in the root of a tree or not far below."""
    todo = [("", 0)]
    for above, depth in todo:
        for name in tree.names(above):
            path = join(above, name)
            if any(word in name.lower() for word in _CLUSTERS):
                yield path
            elif depth < _DEEPEST and name not in _NOT_LOOKED_INTO and len(todo) < _MOST_LOOKED_INTO:
                todo += [(path, depth + 1)] if "." not in name and tree.kind(path) == "dir" else []


def is_run_from_sources(reading: Reading) -> bool:
    """Whether a service mounts the context where the program belongs, and the image has none: it is for development."""
    if any(_mounts_the_program(reading, service) for service, _ in _anywhere(reading)):
        return True
    if not any(_mounts_the_context(reading, service, inside) for service, inside in _anywhere(reading)):
        return False
    brought = [step for step in reading.shipped if step.keyword in ("COPY", "ADD")]
    # What another stage has made of the sources is a program, too.
    if any(one.origin and one.origin.stage is not None and within(one.target, reading.workdir) for one in brought):
        return False
    copied = (source.text for step in brought if step.origin is None for source in step.sources)
    return not any(
        reading.tree.names(posixpath.normpath(each).removeprefix("./")) or each in (".", "./") for each in copied
    )


def _mounts_the_context(reading: Reading, service: YamlNode, inside: str) -> bool:
    """Whether a service lays the context over the directory in which the program works, or one that it lies in."""
    return any(
        each.source.startswith(".") and within(reading.workdir, place)
        for each in mounts(service)
        for place in _context_below(reading, each, inside)
    )


def _context_below(reading: Reading, mount: Mount, inside: str) -> Iterator[str]:
    """Where a mount lays the context, which lies at `inside` as seen from the compose file."""
    source = posixpath.normpath(mount.source)
    if source == inside:
        yield mount.target
    elif set(source.split("/")) == {".."} and not inside.startswith(".."):
        parts = Path(os.path.realpath(reading.tree.root)).parts
        depth = len(source.split("/")) + (0 if inside == "." else len(inside.split("/")))
        if depth < len(parts):
            yield posixpath.join(mount.target, *parts[-depth:])


def _mounts_the_program(reading: Reading, service: YamlNode) -> bool:
    """Whether a service lays the script that the image starts into it, which has none itself."""
    start = reading.last("ENTRYPOINT") or reading.last("CMD")
    script = start.words[0] if start is not None and start.words and start.words[0].endswith((".sh", ".bash")) else ""
    path = posixpath.normpath(posixpath.join(reading.workdir, script))
    return (
        bool(script)
        and reading.source(path) is None
        and any(each.source.startswith(".") and within(path, each.target) for each in mounts(service))
    )


def lays_the_context(reading: Reading) -> bool:
    """Whether a service lays the context over the directory in which the program works."""
    return any(_mounts_the_context(reading, service, inside) for service, inside in _anywhere(reading))


def is_laid_over_always(reading: Reading) -> bool:
    """Whether each service that builds the image lays the context over it, and none of them gives it to a registry, or
    is started again whenever it ends."""
    found = list(_anywhere(reading))
    return bool(found) and all(
        _mounts_the_context(reading, service, inside)
        and "/" not in (getattr(service.get("image"), "text", None) or "")
        and service.get("restart") is None
        for service, inside in found
    )


def is_mounted_over(reading: Reading, absolute: str) -> bool:
    """Whether a service lays something over a file of the image, or over a directory above it."""
    return any(within(absolute, each.target) for service, _ in _anywhere(reading) for each in mounts(service))


def commands_of_services(reading: Reading) -> Iterator[str]:
    """The lines with which services start the image, but for those that lay the sources over what it has, or any
    directory over the one where it works where it has nothing of the project."""
    empty = reading.workdir != "/" and not any(step.keyword in ("COPY", "ADD") for step in reading.shipped)
    for service, inside in _anywhere(reading):
        words = [word for key in ("entrypoint", "command") for word in words_of(service.get(key))]
        laid = empty and any(
            each.source.startswith(".") and within(reading.workdir, each.target) for each in mounts(service)
        )
        if words and not laid and not _mounts_the_context(reading, service, inside):
            yield " ".join(words)


def words_of(node: YamlNode | None) -> list[str]:
    if node is None:
        return []
    return [node.text] if node.text is not None else [each.text for each in node.items if each.text is not None]
