"""Whether a directory can be the context of a Dockerfile: whether every source is there, or could be.

What git ignores could be: something makes it before the build. So could what a variable decides.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ..dockerfile.instructions import Instruction
from ..dockerfile.mounts import mount_fields
from ..dockerfile.stages import Section, parse
from ..errors import CtxscanError
from ..paths import is_fixture, parents
from ..regex import lazy
from ..rules import globs
from .names import is_dockerfile, is_vendored
from .project import Project

_VARIABLE: Final = lazy(r"\$\{[^}]*\}|\$[A-Za-z_]\w*")
_ADDRESS: Final = lazy(r"(?i)^(?:https?://|git@|git://|ssh://)|\.git(?:#.*)?$")
_FETCHES: Final = lazy(r"\bgit\s+clone\b|\b(?:curl|wget)\b[^\n;&]*\.(?:tar|tgz|zip)")
#: Files that say how something is built or read, and are nothing that an image is made of.
_ASIDE: Final = lazy(
    r"(?i)\..*|.*\.(?:md|txt|rst|ya?ml|hcl|mk|sh|env|json|toml)|makefile|readme.*|license.*|.*compose.*|.*docker-?entrypoint.*"
)


class Needs(NamedTuple):
    """What a Dockerfile takes from its context: for each instruction the sources, without those that are all of it.
    `whole`: something takes all of it, and `builds` a project then, or installs by one of these `locks`, or a RUN
    `reads` one of each of these files. `known`: it could be read. `above`: the sources that are written as if they lay
    above it. `inside` are the directories in which it works below the place of all of it, as seen from there, and
    `installs`: a RUN installs packages there. `manifests` are the names of one that a RUN asks for right there."""

    sources: tuple[tuple[str, ...], ...]
    whole: bool
    known: bool = True
    builds: bool = False
    locks: tuple[str, ...] = ()
    reads: tuple[tuple[str, ...], ...] = ()
    above: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    installs: bool = False
    manifests: tuple[str, ...] = ()


def needs(text: str, label: str) -> Needs:
    """What the Dockerfile takes, in any of its stages."""
    try:
        parsed = parse(text.encode(errors="replace"), label=label)
    except CtxscanError:
        return Needs((), whole=False, known=False)
    found: list[tuple[str, ...]] = []
    above: set[str] = set()
    whole = False
    for section in parsed.sections:
        for instruction in section.instructions:
            written = tuple(_sources(instruction))
            if parsed.escape == "`":
                written = tuple(each.replace("\\", "/") for each in written)  # for a builder on Windows
            sources = tuple(map(_cleaned, written))
            above.update(_cleaned(each) for each in written if posixpath.normpath(each).startswith("../"))
            whole = whole or "" in sources
            named = tuple(each for each in sources if each)
            if named:
                found.append(named)
    builds, locks = whole and _builds(parsed.sections), _locks(parsed.sections) if whole else ()
    reads = _reads(parsed.sections) if whole else ()
    return Needs(
        tuple(dict.fromkeys(found)),
        whole,
        builds=builds,
        locks=locks,
        reads=reads,
        above=frozenset(above),
        inside=frozenset(_inside(parsed.sections)) if whole else frozenset(),
        installs=whole and _installs(parsed.sections),
        manifests=_manifests(parsed.sections) if whole else (),
    )


def _installs(sections: Iterable[Section]) -> bool:
    from ..packages.catalog import fetches_packages  # only where no file names the context

    runs = [each for section in sections for each in section.instructions if each.keyword == "RUN"]
    return any(
        fetches_packages(text)
        for each in runs
        for text in (" ".join(each.words), *(heredoc.content for heredoc in each.heredocs))
    )


def _manifests(sections: Iterable[Section]) -> tuple[str, ...]:
    """The names of the manifest, of one kind, that an install asks for in the directory to which all of the context
    comes, and that nothing else brings there."""
    from ..packages.catalog import manifests_asked  # only where no file names the context

    runs = [each.text for section in sections for each in section.instructions if each.keyword == "RUN"]
    if any(map(_FETCHES.search, runs)) or any(map(_MOVES.search, runs)):
        return ()
    for section in sections:
        workdir, homes = "/", set[str]()
        for each in section.instructions:
            if each.keyword == "WORKDIR" and each.words:
                workdir = posixpath.join(workdir, each.words[-1].strip("\"'"))
            elif each.keyword in ("COPY", "ADD") and each.words and "" in map(_cleaned, _sources(each)):
                homes.add(posixpath.normpath(posixpath.join(workdir, each.words[-1].strip("\"'"))))
            elif (
                each.keyword == "RUN" and posixpath.normpath(workdir) in homes and (found := manifests_asked(each.text))
            ):
                made = any(name in one for one in runs for name in (*found, " init", " create", " new "))
                return () if made else found
    return ()


def _inside(sections: Iterable[Section]) -> Iterator[str]:
    """The working directories below the place to which all of the context comes, as seen from it."""
    for section in sections:
        workdir, homes = "/", list[str]()
        for each in section.instructions:
            if each.keyword not in ("WORKDIR", "COPY", "ADD") or not each.words:
                continue
            place = posixpath.normpath(posixpath.join(workdir, each.words[-1].strip("\"'")))
            if each.keyword == "WORKDIR":
                workdir = place
                yield from (place.removeprefix(f"{home}/") for home in homes if place.startswith(f"{home}/"))
            elif place != "/" and "" in map(_cleaned, _sources(each)):
                homes.append(place)


def _builds(sections: Iterable[Section]) -> bool:
    """Whether a RUN builds a project, and none fetches one."""
    from ..packages.catalog import builds_a_project  # only where no file names the context

    runs = [each.text for section in sections for each in section.instructions if each.keyword == "RUN"]
    return any(map(builds_a_project, runs)) and not any(map(_FETCHES.search, runs))


#: Commands that fail without a file in the directory where they run, and its names.
_READERS: Final = (
    (
        lazy(r"(?:^|[\s;&|])make(?=[\s;&|]|$)(?!\s+(?:-\w*[Cf]|--(?:directory|file|makefile)))"),
        ("Makefile", "makefile", "GNUmakefile"),
    ),
    (
        lazy(r"(?:^|[\s;&|])go\s+(?:mod\s+(?:download|tidy|vendor)\b|build\b(?![^;&|]*\s[\w./-]+\.go(?=[\s;&|]|$)))"),
        ("go.mod",),
    ),
)
#: A file that `go build` is told to compile, for which a module need not be there.
_COMPILED: Final = lazy(r"(?:^|[\s;&|])go\s+(?:build|run)\s(?:[^;&|]*?\s)?(?:\./)?([\w-][\w./-]*\.go)(?=[\s;&|]|$)")
#: What runs them elsewhere, or makes such a file.
_MOVES: Final = lazy(
    r"(?:^|[\s;&|(])(?:cd|pushd)\s|\bgo\s+(?:mod\s+init|work)\b|GO111MODULE=off|cmake|configure|autogen|qmake|bootstrap|"
    r"-C\s"
)


def _reads(sections: Iterable[Section]) -> tuple[tuple[str, ...], ...]:
    """The files that RUNs have to find in the directory that all of the context comes to, by their possible names."""
    runs = [each.text for section in sections for each in section.instructions if each.keyword == "RUN"]
    if any(map(_FETCHES.search, runs)) or any(map(_MOVES.search, runs)):
        return ()
    # What is installed there is called by no more than its name.
    plain = [_INSTALLS.sub("", each) for each in runs]
    compiled = {(found[1],) for each in plain if "go" in each and (found := _COMPILED.search(each)) is not None}
    return (*(names for reader, names in _READERS if any(map(reader.search, plain))), *sorted(compiled))


#: What installs packages, up to the end of its command.
_INSTALLS: Final = lazy(r"\b(?:apt-get|apt|apk|tdnf|dnf|microdnf|yum|zypper|pacman|brew)\s[^;&|]*")


def _locks(sections: Iterable[Section]) -> tuple[str, ...]:
    """The lock files that the first install which keeps to one asks for."""
    from ..packages.catalog import locks_kept_to  # only where no file names the context

    runs = [each.text for section in sections for each in section.instructions if each.keyword == "RUN"]
    return () if any(map(_FETCHES.search, runs)) else next(filter(None, map(locks_kept_to, runs)), ())


def _sources(instruction: Instruction) -> Iterator[str]:
    if instruction.keyword in ("COPY", "ADD") and not instruction.given("from"):
        words = (each.strip("\"'") for each in instruction.words[:-1] if not each.startswith("<<"))
        yield from (each for each in words if not _ADDRESS.search(each))
    elif instruction.keyword == "RUN":
        for mount in instruction.given("mount"):
            fields = dict(each.partition("=")[::2] for each in mount_fields(mount) or ())
            if fields.get("type", "bind") == "bind" and not fields.get("from"):
                yield (fields.get("source") or fields.get("src") or "").strip("\"'")


def _cleaned(source: str) -> str:
    # The part that a variable decides could be any name, or several.
    source = _VARIABLE.sub("**", source)
    return posixpath.normpath("/" + source).lstrip("/")


def missing(project: Project, context: str, wanted: Needs) -> int:
    """How many instructions take something from `context`, a directory of the project, that is not there and could not
    be."""
    return sum(not _served(project, context, each) for each in wanted.sources)


def nearest(project: Project, dockerfile: str, wanted: Needs) -> str | None:
    """The nearest directory upward from that of the Dockerfile in which every source is there or could be; None: there
    is none. What takes all of a directory that has nothing but Dockerfiles, or no manifest for what is built, means one
    above it: the nearest with a manifest, or the root. So does a part of a project that installs by the lock file of
    the whole, or a RUN that reads a Makefile or a module of Go: the nearest with that. So does what cannot be installed
    without its workspace, or finds its own directory below the place of the context."""
    own = here = posixpath.dirname(dockerfile)
    if own and wanted.whole and (whole := _of_a_part(project, own, wanted)) is not None:
        return whole
    part = wanted.whole and bool(own) and _is_part(project, own, wanted.locks)
    # What is compiled by the names of its files is no part of a module above.
    builds = wanted.builds and not any(
        each[0].endswith(".go") and project.has(posixpath.join(own, each[0])) for each in wanted.reads
    )
    climbs = wanted.whole and bool(own) and (_is_bare(project, own) or (builds and _is_empty(project, own)))
    lacks = [each for each in wanted.reads if _lies_above(project, own, each)] if wanted.whole and own else []
    climbs = climbs or part or bool(lacks)
    first = None
    while True:
        if not missing(project, here, wanted):
            found = _has_one_of(project, here, wanted.locks) if part else bool(lacks) or _has_manifest(project, here)
            found = found and all(_has_one_of(project, here, each) for each in lacks)
            if not climbs or (here != own and found):
                return here
            first = here if first is None else first
            if not here:
                return here
        if not here:
            return first
        here = posixpath.dirname(here)


def below(project: Project, dockerfile: str, context: str, wanted: Needs) -> str | None:
    """The directory below a guessed context that is meant, where an install asks for a manifest that the context does
    not have: the one with such a manifest, or of several that which the Dockerfile is called after. None: any of them
    may be. The directory of the Dockerfile is what whoever names nothing builds in."""
    names = wanted.manifests
    if not names or context == posixpath.dirname(dockerfile):
        return context
    # A lock file there is that of the whole.
    if _has_one_of(project, context, (*names, *wanted.locks)):
        return context
    if any(project.could(posixpath.join(context, each)) for each in names):
        return context
    places = {
        each
        for each in project.directories
        if (not context or each.startswith(f"{context}/")) and not (is_vendored(f"{each}/x") or is_fixture(f"{each}/x"))
        if _has_one_of(project, each, names) and not missing(project, each, wanted)
    }
    found = [each for each in places if places.isdisjoint(parents(each))]
    if len(found) > 1:
        called = posixpath.basename(dockerfile).lower().replace("dockerfile", "").strip("._-")
        found = [each for each in found if posixpath.basename(each).lower() == called]
        return found[0] if len(found) == 1 else None
    return found[0] if found else context


def _of_a_part(project: Project, own: str, wanted: Needs) -> str | None:
    """The directory above that has to be the context by what is said of the directory of the Dockerfile, if it has
    every source."""
    from ..packages.catalog import workspace_above  # only where no file names the context

    places = [above for above in (*parents(own), "") if own.removeprefix(f"{above}/") in wanted.inside]
    found = next(
        (each for each in places if not project.exists(posixpath.join(own, own.removeprefix(f"{each}/")))), None
    )
    if found is None and wanted.installs:
        found = workspace_above(own, lambda path: project.text(path) if project.has(path) else None)
    return found if found is not None and not missing(project, found, wanted) else None


def fewest_missing(project: Project, dockerfile: str, wanted: Needs) -> str | None:
    """The nearest directory upward from that of the Dockerfile that lacks the fewest sources, if the build fails in any
    directory: of three sources two are there, or what is not is no file that a step before it makes, and no directory
    that has one of these has the others. None: it may be built elsewhere, or of what is made first."""
    sources = list(dict.fromkeys(each for some in wanted.sources for each in some))
    own = posixpath.dirname(dockerfile)

    def lacking(context: str) -> list[str]:
        return [each for each in sources if not _there(project, context, each)]

    def strange(context: str) -> int:
        """How many sources are to lie in directories that a context does not have."""
        homes = (each.rpartition("/")[0] for each in lacking(context))
        return sum(bool(each) and not project.is_directory(posixpath.join(context, each)) for each in homes)

    places = (own, *parents(own), "") if own else ("",)
    found = min(places, key=lambda each: (len(lacking(each)), strange(each)))
    lost = lacking(found)
    written = all(is_written(each) or each in wanted.above for each in lost)
    if not (written or len(sources) >= 3 * len(lost)) or any("\\" in each for each in lost):
        return None
    for each in lost:
        for path in (*project.files, *project.directories):
            if path.endswith(f"/{each}") and len(lacking(path[: -len(each) - 1])) <= len(lost):
                return None
    return found


def is_written(path: str) -> bool:
    """Whether a file of this name is a manifest or a lock file, which no build writes."""
    from ..packages.catalog import LOCKS, MANAGERS, is_manifest  # only where a source is missed

    name = path.rpartition("/")[2]
    return name in LOCKS or is_manifest(name) or any(name in each.manifests for each in MANAGERS.values())


def _has_manifest(project: Project, directory: str) -> bool:
    from ..packages.catalog import is_manifest  # only where one Dockerfile needs it

    return any(map(is_manifest, project.files_in(directory)))


def _is_part(project: Project, directory: str, locks: tuple[str, ...]) -> bool:
    """Whether none of these lock files lies in a directory or below it, nor comes there, and one above it."""
    return bool(locks) and _lies_above(project, directory, locks)


def _lies_above(project: Project, directory: str, names: tuple[str, ...]) -> bool:
    """Whether a file of one of these names lies neither in a directory nor below it, nor comes there, and one above
    it."""
    ends = tuple(f"/{each}" for each in names)
    if any(f"/{each}".endswith(ends) for each in project.below(directory)):
        return False
    if any(project.could(posixpath.join(directory, each)) for each in names):
        return False
    return any(_has_one_of(project, each, names) for each in (*parents(directory), ""))


def _has_one_of(project: Project, directory: str, names: tuple[str, ...]) -> bool:
    return any(project.has(posixpath.join(directory, each)) for each in names)


def _is_empty(project: Project, directory: str) -> bool:
    """Whether there is no manifest in a directory or below it, and one above it."""
    from ..packages.catalog import is_manifest  # only where one Dockerfile needs it

    below = (each.rpartition("/")[2] for each in project.below(directory))
    above = (*parents(directory), "")
    return not any(map(is_manifest, below)) and any(_has_manifest(project, each) for each in above)


def _is_bare(project: Project, directory: str) -> bool:
    """Whether a directory has nothing but Dockerfiles and what goes with them."""
    if any(each.startswith(directory + "/") for each in project.directories):
        return False
    names = project.files_in(directory)
    return all(is_dockerfile(each) or _ASIDE.fullmatch(each) for each in names) and not _has_manifest(
        project, directory
    )


def _served(project: Project, context: str, sources: tuple[str, ...]) -> bool:
    """Whether an instruction finds all that it takes; a wild card that matches nothing is fine beside what is there."""
    wild = [each for each in sources if globs.is_wild(each)]
    plain = [each for each in sources if not globs.is_wild(each)]
    if not all(_there(project, context, each) for each in plain):
        return False
    return bool(plain) or any(_there(project, context, each) for each in wild)


def _there(project: Project, context: str, source: str) -> bool:
    path = posixpath.join(context, source)
    if not globs.is_wild(source):
        path = globs.literal(path)
        return project.exists(path) or project.could(path)
    if source.split("/")[0].replace("*", "") == "":
        return True
    return any(_matches(project, context, source.split("/"))) or project.could(re.sub(r"\*+", "x", path))


def _matches(project: Project, above: str, parts: list[str]) -> Iterator[str]:
    """The paths that match, part for part; what a variable decides may be several parts."""
    name, *rest = parts
    if "**" in name:
        yield above
        return
    for each in globs.matching(name, project.names(above)) if globs.is_wild(name) else [globs.literal(name)]:
        path = posixpath.join(above, each)
        if not rest and project.exists(path):
            yield path
        elif rest and project.is_directory(path):
            yield from _matches(project, path, rest)
