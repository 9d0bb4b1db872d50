"""Where a missing source lies instead: behind a link, outside the context, under a similar name, in other directories.

Names are looked up in the context alone, but for a file of the same path in the directories above it, as far as the
repository goes: there only whether it exists is asked, and whether the directory is the top of a workspace.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...builds.names import is_compose, is_dockerfile
from ...context.transfer import cleaned, link_on
from ...context.tree import Tree
from ...dockerfile.steps import leads_out
from ...errors import CtxscanError
from ...facts import Scan
from ...git.command import repository
from ...git.ignorelists import ignore_lists
from ...paths import DOUBLES, FIXTURES, TESTS, is_fixture, join
from ...regex import lazy
from ...rules import globs
from ...rules.ignorefile import resolved
from .causes import Cause
from .excluded import blamed
from .misspelling import nearest

if TYPE_CHECKING:
    from ...dockerfile.stages import Step
    from ...image.reach import Input

#: Entries of the context that are looked at in search of a file by its name.
MOST_ENTRIES: Final = 20_000
#: As many places as somebody reads; a name like `index.js` tells nothing.
MOST_PLACES: Final = 3
#: Directories of which all is for tests.
_FOR_TESTS: Final = TESTS | FIXTURES | DOUBLES | {"e2e"}
#: More names of a directory are not compared with a misspelled one.
MOST_COMPARED: Final = 5_000


def behind_link(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """A link on the way, which was followed for another source."""
    link = link_on(path, scan.disk)
    found = None if link is None else resolved(Path(scan.disk.root), path)
    if link is None or found is None:
        return
    real = found.relative_to(scan.disk.root).as_posix()
    if scan.disk.kind(real) is not None and not scan.rules.gone(real):
        yield Cause(
            f"it lies behind the link {link}, which is followed once in a build, for the first that asks",
            f"write {each.instruction} {real}",
        )


def outside(scan: Scan, each: Input) -> Iterator[Cause]:
    """A source that begins above the context."""
    source = each.source
    if not leads_out(source):
        return
    said = f"{source} lies outside the context, and builders take it for /{cleaned(source)} in it"
    plain = posixpath.normpath(source)
    name = posixpath.basename(plain)
    root = widest(scan)
    real = os.path.normpath(Path(scan.build.context, plain))
    if root is None or not Path(os.path.realpath(real)).is_relative_to(root) or not os.path.lexists(real):
        inside = root is not None and Path(os.path.realpath(real)).is_relative_to(root)
        yield (_nowhere(scan, each, root, real) if root is not None and inside else None) or Cause(
            said, "build from a directory that holds it with -f, or pass its directory with --build-context"
        )
        return
    ups = posixpath.join(*[".."] * plain.split("/").count(".."))
    parent = plain if Path(real).is_dir() else posixpath.dirname(plain)
    context = posixpath.basename(parent) if posixpath.basename(parent) not in ("..", "") else "parent"
    what = "." if Path(real).is_dir() else name
    remedy = build_from(scan, ups) + _as_seen_from(scan, Path(os.path.realpath(scan.build.context), ups))
    if _composed(scan) is None:
        remedy += f", or pass --build-context {context}={parent} and write {each.instruction} --from={context} {what}"
    yield Cause(said, remedy)


def _nowhere(scan: Scan, each: Input, root: str, real: str) -> Cause | None:
    """A source above the context that is not there either; None: somebody makes it first."""
    from .kindred import above  # only where something is missing

    place = Path(os.path.relpath(os.path.realpath(real), root)).as_posix()
    near = above(root, place)
    if near is None:
        return None
    taken = f"/{cleaned(each.source)}"
    said = f"there is no {place} in the project, and builders take {each.source} for {taken} in the context"
    if not near:
        return Cause(said, "take it out, or name what is meant")
    inside = Path(os.path.relpath(Path(root, near), os.path.realpath(scan.build.context))).as_posix()
    ups = posixpath.join(".", *(part for part in inside.split("/") if part == ".."))
    if ups == ".":
        return Cause(said, f"write {each.instruction} {inside}, if that is meant")
    way = f"{build_from(scan, posixpath.normpath(ups))}, and write every source as seen from there"
    return Cause(said, f"{near} is nearest, outside the context as well: if that is meant, {way}")


def widest(scan: Scan) -> str | None:
    """The highest directory in which files are looked for: the repository, or where the command runs."""
    context = os.path.realpath(scan.build.context)
    found = repository(scan.build.context)
    here = os.path.realpath(Path.cwd())
    if found is not None:
        return os.path.realpath(found)
    return here if Path(context).is_relative_to(here) else None


def build_from(scan: Scan, ups: str) -> str:
    """How to build from a directory above: in the words of the compose file that names the build, if one does."""
    dockerfile = _dockerfile_from(scan, ups)
    composed = _composed(scan)
    if composed is None:
        return f"build from {ups} with -f {dockerfile}"
    file, line = composed
    lines = _built_alike(file, line)
    above = os.path.realpath(Path(os.path.realpath(scan.build.context), ups))
    context = Path(os.path.relpath(above, Path(os.path.realpath(file)).parent)).as_posix()
    return f"write context: {context} and dockerfile: {dockerfile} in {file}, {lines}"


def _built_alike(file: str, line: str) -> str:
    """The lines of a compose file whose services are built from the directory and the Dockerfile of the one at `line`,
    in words."""
    from ...builds.documents import documents
    from ...builds.services import read_file

    builds: dict[str, tuple[str, str]] = {}
    with suppress(CtxscanError):
        for document in documents(read_file(file), file):
            for _, service in document.entries("services"):
                build = service.get("build")
                if build is not None:
                    context = posixpath.normpath(build.text or build.text_of("context") or ".")
                    builds[build.place.rpartition(":")[2]] = context, build.text_of("dockerfile") or ""
    found = sorted((each for each, built in builds.items() if built == builds.get(line)), key=int)
    if len(found) < 2:
        return f"line {line}"
    return f"lines {', '.join(found[:-1])} and {found[-1]}"


def _composed(scan: Scan) -> tuple[str, str] | None:
    """The compose file that names the build, and the line; None: none does."""
    file, _, line = (scan.build.source or "").rpartition(":")
    return (file, line) if is_compose(posixpath.basename(file)) else None


def _dockerfile_from(scan: Scan, ups: str) -> str:
    context = Path(os.path.realpath(scan.build.context))
    dockerfile = scan.build.dockerfile
    if dockerfile is None:
        return "DOCKERFILE"
    base = Path(os.path.realpath(context / ups))
    real = Path(os.path.realpath(dockerfile.parent), dockerfile.name)
    return real.relative_to(base).as_posix() if real.is_relative_to(base) else "DOCKERFILE"


def beside_dockerfile(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """A path as seen from the Dockerfile."""
    above = posixpath.dirname(scan.build.own_name or "")
    if above and scan.disk.kind(f"{above}/{path}") is not None:
        yield Cause(
            f"not found in the context: sources are relative to it, not to {scan.build.own_name}",
            f"write {each.instruction} {above}/{cleaned(each.source)}",
        )


def above_context(scan: Scan, step: Step | None, each: Input, path: str) -> Iterator[Cause]:
    """A file of that path in a directory above the context."""
    root = widest(scan)
    context = here = Path(os.path.realpath(scan.build.context))
    if root is None or not path:
        return
    ups: list[str] = []
    while here != Path(root) and here.is_relative_to(root) and here != here.parent:
        here = here.parent
        ups.append("..")
        found = here / path
        if not os.path.lexists(found) or (found.is_dir() and step is not None and _is_for_program(step)):
            continue
        up = "/".join(ups)
        moved = _as_seen_from(scan, here)
        build = build_from(scan, up) + moved
        inside = found.relative_to(context).as_posix() if found.is_relative_to(context) else None
        if inside is not None and inside != "." and not _is_of_a_whole(scan, here):
            write = f"write {each.instruction} {inside}{cleaned(each.source)[len(path) :]}"
            build = write if moved else f"{build}, or {write}"
        # What is called like the context itself may as well be a program that is made in it.
        yield Cause(f"not found in the context: it is there as seen from {up}", build, wide=inside != ".")
        return


#: What lies at the top of a workspace, with what it has to say for that; "": it is one by its name.
_WHOLE: Final = {
    **dict.fromkeys("pnpm-workspace.yaml turbo.json nx.json lerna.json rush.json go.work".split(), ""),
    "package.json": '"workspaces"',
    "Cargo.toml": "[workspace",
    "pyproject.toml": "[tool.uv.workspace]",
}
#: Commands that read all of a workspace, even where they build one part of it.
_BUILDS_A_PART: Final = lazy(r"\b(?:turbo|nx)(?:@\S+)?\s|\b(?:pnpm|yarn|npm|bun)\s[^\n;&|]*(?:--filter|--workspace)\b")


def _is_of_a_whole(scan: Scan, above: Path) -> bool:
    """Whether what is built in the context needs more of a directory above it: the workspace that it is a part of, or
    the lock file."""
    for stage in scan.plan.stages if scan.plan is not None else ():
        if any(each.keyword == "RUN" and _BUILDS_A_PART.search(each.instruction.whole) for each in stage.steps):
            return True
    from ...packages.catalog import MANAGERS  # few sources are looked for above

    here, top = Tree(os.path.realpath(scan.build.context)), Tree(str(above))

    def is_whole(tree: Tree) -> bool:
        return any(tree.exists(name) and said in tree.text(name) for name, said in _WHOLE.items())

    def has(tree: Tree, names: Iterable[str]) -> bool:
        return any(map(tree.exists, names))

    return (is_whole(top) and not is_whole(here)) or any(
        has(top, each.locks) and has(here, each.manifests) and not has(here, each.locks) for each in MANAGERS.values()
    )


#: Where programs lie, and nothing else.
_PROGRAMS: Final = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")


def _is_for_program(step: Step) -> bool:
    """Whether what a step brings is a program by the place that it gets."""
    return posixpath.dirname(step.target) in _PROGRAMS and not step.words[-1].endswith("/")


def _as_seen_from(scan: Scan, directory: Path) -> str:
    """What is left to do where another directory becomes the context: sources that are not the same there."""
    sources = {cleaned(one.input.source) for one in scan.inputs}
    # A wild card finds other files there, unless nothing here has its directory, the context itself has more, and what
    # is here is another one there.
    places = [posixpath.dirname(each) if globs.is_wild(each) else each for each in sources]
    same = all(
        each and not globs.is_wild(each) and scan.disk.kind(each) is None and os.path.lexists(directory / each)
        for each in places
    )
    return "" if same else ", and write every source as seen from there"


#: What the name of a file has that others are made from.
_EXAMPLES: Final = (".example", ".sample", ".dist", ".template", "-example", ".default", "-sample", "-dist")


def alike(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """The same path in other case or slightly misspelled."""
    disk = scan.disk
    here = ""
    changed = False
    for part in path.split("/"):
        names = disk.names(here)
        if part in names:
            here = join(here, part)
            continue
        near = None if globs.is_wild(part) or len(names) > MOST_COMPARED else nearest(part, names)
        if near is None:
            return
        here, changed = join(here, near), True
    if not changed or disk.kind(here) is None or blamed(scan, here) is not None:
        return
    if here.casefold() != path.casefold() and _is_another(scan, path, here):
        return
    rest = cleaned(each.source)[len(path) :]
    what = "in other letters" if here.casefold() == path.casefold() else "under a similar name"
    yield Cause(f"not found in the context: it is there {what}: {here}", f"write {each.instruction} {here}{rest}")


def _is_another(scan: Scan, path: str, near: str) -> bool:
    """Whether a name that is not there is no misspelling of the one that is: Compose files or the files of git have it
    too, or another Dockerfile takes the directory that is there, as such."""
    from ...builds.project import Project  # only where a name is nearly another one

    root = widest(scan)
    project = Project(root if root is not None else scan.disk.root)
    # Two letters that are swapped are the fault of who wrote them.
    directory = scan.disk.kind(near) == "dir" and sorted(path) != sorted(near)
    for file in project.files:
        name = posixpath.basename(file)
        lists = name in (".gitignore", ".gitmodules") or is_compose(name)
        other = directory and is_dockerfile(name) and not (scan.build.label or "").endswith(file)
        word = re.escape(path if lists else near)
        if (lists or other) and re.search(rf"(?<![\w.-]){word}(?![\w.-])", project.text(file) or "") is not None:
            return True
    return False


def other_lock(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """The lock file of another package manager, where the one that is named is missing."""
    above, _, name = path.rpartition("/")
    alike = _alike_locks(name)
    for found in (join(above, one) for one in scan.disk.names(above) if one in alike):
        if blamed(scan, found) is None:
            manager = alike[posixpath.basename(found)]
            yield Cause(
                f"not found in the context: {found} is there, the lock file of {manager}",
                f"write {each.instruction} {found}, and install with {manager}",
            )
            return


def of_its_kind(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """Another manifest of the same kind in the directory, or a name with most of its words."""
    from ...packages.catalog import LOCKS  # only where something is missing
    from .kindred import kindred

    above, _, name = path.rpartition("/")
    # A lock file is made from the manifest beside it, which cannot be meant.
    names = (
        []
        if globs.is_wild(name) or name in LOCKS
        else [one for one in scan.disk.names(above) if blamed(scan, join(above, one)) is None]
    )
    near = kindred(name, names) if len(names) <= MOST_COMPARED else None
    if near is not None:
        found = join(above, near)
        one = f"write {each.instruction} {found}, if that is meant"
        yield Cause(f"not found in the context: the nearest name is {found}", one)


def in_the_repository(scan: Scan, each: Input, path: str) -> Iterator[Cause]:
    """A file of that name in the repository, outside the context."""
    root = widest(scan)
    if root is None or globs.is_wild(path):
        return
    from ...builds.project import Project  # only where something is missing

    context, name = os.path.realpath(scan.build.context), posixpath.basename(path)
    own = Path(os.path.relpath(context, root)).as_posix()
    files = [one for one in Project(root).files if posixpath.basename(one) == name]
    found = [one for one in files if not is_of_tests(one, join(own, path))]
    if not found or len(found) > MOST_PLACES or own == "." or any(one.startswith(f"{own}/") for one in files):
        return
    home = Path(os.path.relpath(Path(root, found[0]).parent, context)).as_posix()
    label = posixpath.basename(home).lower() if posixpath.basename(home) not in ("..", "") else "other"
    has = f"{' and '.join(found)} {'has' if len(found) == 1 else 'have'} that name"
    has = f"the repository's root has {name}" if found == [name] else has
    yield Cause(
        f"not found in the context: {has}",
        f"copy {found[0]} to {join(own, path)}, if that is meant, or pass --build-context {label}={home} and write "
        f"{each.instruction} --from={label} {name}",
    )


def lock_of_the_whole(scan: Scan, tree: Tree, path: str) -> Iterator[Cause]:
    """That of another package manager in a directory above the context, where no directory has the one that is named:
    the project that this one is a part of is installed with another. So is whatever else the Dockerfile runs: where
    nobody uses it and another one is there for the same part, it is left over."""
    alike, root = _alike_locks(posixpath.basename(path)), widest(scan)
    here = Path(os.path.realpath(scan.build.context))
    while alike and root is not None and here != Path(root) and here.is_relative_to(root):
        here = here.parent
        found = next((each for each in alike if (here / each).is_file()), None)
        if found is not None and not (here / posixpath.basename(path)).exists():
            place = Path(os.path.relpath(here / found, os.path.realpath(scan.build.context))).as_posix()
            manager = alike[found]
            other = _built_by(scan, tree, posixpath.basename(path))
            yield Cause(
                f"not found in the context, and nowhere above it: the project has {place}, the lock file of {manager}",
                f"delete {scan.build.label}, unless somebody uses it by hand: {other} builds this"
                if other
                else f"install with {manager}, from a context that has {found}",
            )
            return


#: The names that package managers know a part of a project by.
_PART: Final = lazy(r"(?m)^(?:[ \t]*\"name\"[ \t]*:|name[ \t]*=)[ \t]*\"([@\w./-]+)\"")


def _built_by(scan: Scan, tree: Tree, lock: str) -> str:
    """The Dockerfile that builds the part of a project in the context by its place or its name, if nothing names the
    one of this build; empty: there is none, or nobody knows."""
    from ...packages.catalog import MANAGERS  # only where something is missing
    from ..project.earlier import around
    from ..project.ordering import dockerfiles, program_texts, telling

    top, inside = around(tree)[-1]
    dockerfile = scan.build.dockerfile
    if dockerfile is None or not inside:
        return ""
    texts = (*(text for _, text in telling(top)), *program_texts(top))
    if any(dockerfile.name in text for text in texts) or dockerfile.name == "Dockerfile":
        return ""  # one that is called as they all are may be meant wherever an image is built
    manifests = {one for row in MANAGERS.values() if lock in row.locks for one in row.manifests}
    named = (_PART.search(tree.text(each)) for each in sorted(manifests))
    names = "|".join(map(re.escape, [inside, *(each[1] for each in named if each is not None)]))
    builds = re.compile(rf"(?m)^[ \t]*(?:RUN|WORKDIR|CMD|ENTRYPOINT)\b.*(?<![\w@.-])(?:{names})(?![\w/-])")
    found = ((each, text.replace("\\\n", " ")) for each, text in dockerfiles(top) if lock not in text)
    return next((each for each, text in found if builds.search(text)), "")


def _alike_locks(name: str) -> dict[str, str]:
    """The lock files that there may be instead of one, each with its manager."""
    from ...packages.catalog import LOCKS, MANAGERS  # only where something is missing

    if name not in LOCKS:
        return {}
    manifests = {one for row in MANAGERS.values() if name in row.locks for one in row.manifests}
    return {
        lock: manager
        for manager, row in MANAGERS.items()
        for lock in row.locks
        if not manifests.isdisjoint(row.manifests)
    }


def from_example(scan: Scan, path: str) -> Iterator[Cause]:
    """A file to copy it from, which says so by its name."""
    above, _, name = path.rpartition("/")
    stem, _, rest = name.partition(".")
    there = {*scan.disk.names(above)}
    named = (each for ending in _EXAMPLES for each in (f"{name}{ending}", f"{stem}{ending}.{rest}") if each in there)
    example = next(named, None) if name else None
    if example is not None:
        place = join(above, example)
        yield Cause(f"not found in the context: {place} is there", f"cp {place} {path} before the build")


def in_other_directories(scan: Scan, tree: Tree, each: Input, path: str) -> Iterator[Cause]:
    """A file or directory of that name in other directories of the context, which `tree` lists."""
    name = path.rpartition("/")[2]
    found = sorted(
        (each for each in _named(scan, tree, name) if not is_of_tests(each, path)),
        key=lambda each: (each.count("/"), each),
    )
    if ignore_lists(tree.root, tree.read).ignores(path, directory=False):
        # A build makes it: a directory of that name is what it is made of.
        found = [each for each in found if tree.kind(each) != "dir"]
    # The Dockerfile takes no part of itself, and of a file there is nothing below.
    rest = cleaned(each.source)[len(path) :]
    below = rest or each.source.endswith("/")
    own = posixpath.normpath((scan.build.own_name or scan.build.label or "").replace("\\", "/"))
    found = [one for one in found if one != own and (tree.kind(one) == "dir" or not below)]
    # What is there for one system is not meant by what is for another.
    systems = _SYSTEMS.intersection(path.lower().split("/"))
    found = [one for one in found if not systems or _SYSTEMS.intersection(one.lower().split("/")) <= systems]
    if found and len(found) <= MOST_PLACES:
        places = " and ".join(found)
        one = f"write {each.instruction} {found[0]}{rest}, if that is meant"
        yield Cause(f"not found in the context: {name} is in another directory ({places})", one)


#: Names of systems, where directories are called like them.
_SYSTEMS: Final = frozenset(
    "debian ubuntu alpine opensuse suse sles fedora centos rhel rocky almalinux arch archlinux gentoo nixos "
    "amazonlinux oraclelinux linux windows darwin macos osx freebsd android ios".split()
)


def is_of_tests(found: str, wanted: str) -> bool:
    """Whether what was found is there for tests, and what is wanted is not: nobody means that one."""
    above, own = ({each.lower() for each in path.split("/")[:-1]} for path in (found, wanted))
    if not _FOR_TESTS.isdisjoint(own) or is_fixture(wanted):
        return False
    return not _FOR_TESTS.isdisjoint(above) or is_fixture(found)


def _named(scan: Scan, tree: Tree, name: str) -> Iterator[str]:
    """The paths of this name that the rules keep."""
    left, todo = MOST_ENTRIES, [("", scan.rules.root)]
    while todo:
        here, rules = todo.pop()
        found = tree.peek(here, left + 1)  # which asks nothing of each entry
        left -= len(found.names)
        if left < 0:
            return
        for each in [each for each in found.names if each == name or each in found.directories]:
            if rules.decide(each).excluded:
                continue
            if each == name:
                yield join(here, each)
            elif each not in (".git", "node_modules"):
                todo.append((join(here, each), rules.enter(each)))
