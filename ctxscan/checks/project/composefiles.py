"""The compose files of a repository, and which of their services run an image: those that build it, those of the same
name, and those that take it as the project publishes it.

Compose files in the root of the context count, and for most of it the one that names the build and those in the
directories above, up to the root of the repository.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from ...builds.names import is_compose
from ...errors import CtxscanError
from ...paths import join
from ...regex import lazy
from ..reading import Reading
from .earlier import around, own_path
from .ordering import ordering_texts

if TYPE_CHECKING:
    from ...builds.documents import YamlNode
    from ...context.tree import Tree

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


def compose_files(tree: Tree) -> Iterator[tuple[str, _Services]]:
    """The compose files in the root of a tree that can be read."""
    for path in filter(is_compose, tree.names("")):
        with suppress(CtxscanError):  # it is told where builds are looked for
            yield path, services_of(data := tree.read(path) or b"", path, tree.text(".env") if b"${" in data else "")


def services(reading: Reading) -> Iterator[tuple[str, str, YamlNode]]:
    """The services in the context that run the image of a build: the compose file, the name, and what it says."""
    yield from _in(reading, reading.tree, ".")


def _in(reading: Reading, tree: Tree, context: str) -> Iterator[tuple[str, str, YamlNode]]:
    """Those of the compose files in the root of a tree, in which the context lies at `context`."""
    for path, found in compose_files(tree):
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


def services_around(reading: Reading) -> Iterator[tuple[YamlNode, str]]:
    """Those in the context and in the repository around it, each with the place of the context as seen from it."""
    for files, inside in _directories(reading):
        for path, found in files:
            yield from ((service, inside) for _, _, service in _of_build(reading, path, found, inside))


def _directories(reading: Reading) -> Iterator[tuple[list[tuple[str, _Services]], str]]:
    """The compose files in the context and in the repository around it, those of one directory together, with the
    place of the context as seen from there."""
    for tree, inside in around(reading.tree):
        yield list(compose_files(tree)), inside or "."
    found: dict[tuple[str, str], list[tuple[str, _Services]]] = {}
    for file, inside in _between(reading.tree, reading.scan.build.source or ""):
        found.setdefault((posixpath.dirname(Path(file).as_posix()), inside), []).append((file, _read(file)))
    yield from ((files, inside) for (_, inside), files in found.items())


def all_services(reading: Reading) -> Iterator[YamlNode]:
    """All services of the compose files around the context."""
    for tree, _ in around(reading.tree):
        for _, (built, taken, _) in compose_files(tree):
            yield from (service for each in built.values() for _, _, service in each)
            yield from (service for each in taken.values() for service in each)


def ready_services(tree: Tree) -> Iterator[tuple[str, YamlNode]]:
    """The services in the root of a tree that take an image and build none, each with the last name of that."""
    for _, (_, taken, _) in compose_files(tree):
        for name, found in taken.items():
            yield from ((name, each) for each in found if each.get("build") is None)


#: Words in the names of compose files, scripts and targets that are for those who work on the project.
FOR_DEVELOPERS: Final = frozenset("dev devel develop development local debug test tests testing ci e2e".split())


def is_for_developers(reading: Reading) -> bool:
    """Whether compose files alone that are for development or tests, by their names, build this image."""
    names = builders_by_name(reading)
    return bool(names) and all(map(names_developers, names))


def names_developers(name: str) -> bool:
    """Whether a name has one of these words in it."""
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


def names_of_built(reading: Reading) -> tuple[list[str], list[str]]:
    """The names that services give to the image of this build, and to those of other Dockerfiles of the project."""
    own = {id(service): service for _, _, service in _builders(reading)}
    others = [each for each in all_services(reading) if each.get("build") is not None and id(each) not in own]
    return [*_names(own.values())], [*_names(others)]


def names_given(reading: Reading) -> set[str]:
    """What whoever builds the image calls it, services as well, without directories and versions."""
    from .releasing import named_by_builders  # only where something goes by such a name

    made = {posixpath.basename(each).partition(":")[0] for each in names_of_built(reading)[0]}
    return named_by_builders(reading) | {each for each in made if each and "$" not in each}


def _names(services: Iterable[YamlNode]) -> Iterator[str]:
    for service in services:
        build = service.get("build")
        tags = build.get("tags") if build is not None and build.text is None else None
        named = (service.get("image"), *(tags.items if tags is not None else ()))
        yield from (each.text for each in named if each is not None and each.text)


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


def services_of_program(reading: Reading) -> Iterator[YamlNode]:
    """The services that run the image, also those that take one from a registry that is called like its program, or
    as the project publishes it."""
    yield from (service for service, _ in running_services(reading))
    start = reading.last("ENTRYPOINT") or reading.last("CMD")
    program = posixpath.basename(start.words[0]) if start is not None and start.words else ""
    for tree, _ in around(reading.tree) if program else ():
        for _, (_, taken, _) in compose_files(tree):
            if program in taken and not _is_made_by_another(reading, program):
                yield from taken[program]


#: A command that builds an image, and the Dockerfile and the name that it is told.
_BUILDS: Final = lazy(r"(?m)^[^#\n]*\bdocker\s+(?:image\s+|buildx\s+)?build\b([^\n]*)")
_BY_FILE: Final = lazy(r"\s(?:-f|--file)[ =]?[\"']?(?:\./)?([^\s\"']+)")


def _is_made_by_another(reading: Reading, name: str) -> bool:
    """Whether commands of the repository make the image of this name, and none of them from this Dockerfile."""
    top, own = around(reading.tree)[-1][0], own_path(reading)
    named = re.compile(rf"\s(?:-t|--tag)[ =]?[\"']?(?:\S*/)?{re.escape(name)}(?=[:\s\"']|$)")
    found = [
        (file[1] if (file := _BY_FILE.search(told)) is not None else "Dockerfile", "cd " in text)
        for text in ordering_texts(top)
        if name in text
        for told in _BUILDS.findall(text)
        if named.search(told)
    ]
    return bool(found) and not any(own == path or (moves and own.endswith(f"/{path}")) for path, moves in found)


def running_services(reading: Reading) -> Iterator[tuple[YamlNode, str]]:
    """Those of `services_around`, those of the same name in other compose files of their directory, and those that take
    the image as the project publishes it."""
    yield from services_around(reading)
    top = around(reading.tree)[-1][0]
    for files, inside in (*_directories(reading), *_elsewhere(reading, top)):
        names = {name for path, found in files for _, name, _ in _of_build(reading, path, found, inside)}
        yield from ((found[2][name], inside) for _, found in files for name in sorted(names & found[2].keys()))
    for place, found in ((each, found) for each in compose_places(top) for _, found in compose_files(each)):
        for name, services in found[1].items():
            if _is_published(reading, top, name, services):
                # From elsewhere than the root of the repository nobody sees where the context lies.
                seen = around(reading.tree)[-1][1] if place is top else ""
                yield from ((service, seen or ".") for service in services)


def _elsewhere(reading: Reading, top: Tree) -> Iterator[tuple[list[tuple[str, _Services]], str]]:
    """As `_directories`, those of directories for whoever runs the program."""
    here = os.path.realpath(reading.tree.root)
    for home in (os.path.realpath(place.root) for place in compose_places(top) if place is not top):
        files = (os.path.join(home, each) for each in sorted(os.listdir(home)) if is_compose(each))  # noqa: PTH118, PTH208
        yield [(file, _read(file)) for file in files], Path(os.path.relpath(here, home)).as_posix()


#: Directories with compose files for those who run a program, how deep they lie, and how many are looked into.
_INSTALLS: Final = (
    "docs doc docker deploy deployment deployments install installation build contrib compose infra hosting".split()
)
DEEPEST: Final = 3
_MOST_DIRECTORIES: Final = 200


def compose_places(top: Tree) -> Iterator[Tree]:
    """The root of the repository, and such directories."""
    yield top
    todo = [(name, 1) for name in _INSTALLS if top.kind(name) == "dir"]
    for path, depth in todo:
        found = top.peek(path)
        if depth <= DEEPEST and len(todo) < _MOST_DIRECTORIES:
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
        return name != last and posixpath.basename(posixpath.dirname(at)) == last and not any(services_around(reading))
    if own == "Dockerfile" and around(reading.tree)[-1][1] == "":
        if top.kind(f"{last}/Dockerfile") == "file":
            return False
        if _plain(name) in map(_plain, names_of_project(top)):
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


def _plain(name: str) -> str:
    """A name without what tells `MailServer` from `mail-server`."""
    return re.sub(r"[-_.]", "", name).lower()


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
    words = {part for each in called for part in (_plain(each), *re.split(r"[-_.]", each))}
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
