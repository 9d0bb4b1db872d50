"""Go: modules, and the files that sources embed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from ..paths import parents
from ..regex import compiled_bytes
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, phrases, words
from .maker import ANY_BUILD, maker
from .manifest import Files, Named, Surveyed, beside, named
from .project import Project, Reads
from .sources import Sources
from .workplace import Called, Ran, Runner, Workplace, reading

_MANIFEST: Final = "go.mod"
_LOCK: Final = "go.sum"
#: Files of one program that are looked at.
_MOST: Final = 50
_STAMP: Final = rb'"vcs[.](?:revision|modified|time)"|[.]Main[.]Version\b'
_EMBED: Final = rb"(?m)^[ \t]*//go:embed[ \t]+([^\n]+)"


def _module(project: Project) -> Project:
    """The project of the module that a directory is in, which may be above it."""
    for above in (project.install.cwd, *(str(each) for each in PurePosixPath(project.install.cwd).parents)):
        root = project.locate(above)
        if root is None:
            break
        if project.context.sent.kind(posixpath.join(root, _MANIFEST)) == "file":
            return Project(project.context, root, project.install._replace(cwd=above), project.locate)
    return project


def _reads(project: Project) -> Reads | None:
    below, project = project, _module(project)
    text = project.text(_MANIFEST)
    vendored = project.has("vendor/modules.txt") or "vendor" in project.install.values("-mod")
    if not project.has(_LOCK) or vendored or project.has("go.work") or re.search(r"=>\s*\.{1,2}/", text):
        return None
    files = tuple(project.there(_MANIFEST, _LOCK))
    if not project.install.implied:
        return Reads(files)
    if project.cached or any("@" in word for word in project.install.words) or not text:
        return None
    return None if _uses_little(project, below.install.cwd) else Reads(files, (), project.early("go mod download"))


#: Modules that a `go.mod` asks for itself, where one program that uses few of them is not all that there is.
_SEVERAL: Final = 10


def _uses_little(project: Project, cwd: str) -> bool:
    """Whether what is built in a directory takes less than half of what the module asks for: `go mod download` gets
    all of it."""
    from .go_linking import imported, outputs  # only where a program is built below its sources

    required = re.findall(r"(?m)^(?:require[ \t]+|[ \t]+)(\S+)[ \t]+v\S+[ \t]*$", project.text(_MANIFEST))
    here, install = project.locate(cwd), project.install
    programs = [package for _, package in outputs(install.command)]
    if len(required) < _SEVERAL or here is None or not programs:
        return False
    tree = project.context.tree
    used: set[str] = set()
    for each in programs:
        package = posixpath.normpath(posixpath.join(here, each))
        for one in imported(tree, project.root, "" if package == "." else package):
            used.update(name for name in required if one.package == name or one.package.startswith(f"{name}/"))
    return 0 < len(used) * 2 < len(required)


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("go.work"):
        yield from named(path, _block(survey.tree.text(path), "use"), "a module of go.work")
    for path in survey.named(_MANIFEST):
        for line in survey.tree.text(path).splitlines():
            _, arrow, target = line.partition("=>")
            if arrow and target.strip().startswith((".", "/")):
                yield from named(path, target.split()[:1], "a replaced module")


def _block(text: str, keyword: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        parts = line.split("//")[0].split()
        if not parts:
            continue
        if parts[0] == keyword:
            inside = parts[-1] == "("
            if not inside:
                yield from parts[1:2]
        elif parts == [")"]:
            inside = False
        elif inside:
            yield parts[0]


def _embeds(survey: Surveyed) -> Iterator[Named]:
    """What a package embeds. An embed lies at or above what it names: only sources above what may go, or is gone, are
    read."""
    if not any(survey.named(_MANIFEST)):
        return
    directories = {above for each in survey.candidates for above in (*parents(each.path), "")}
    directories.update(above for each in survey.excluded for above in (each, *parents(each), ""))
    yield from embeds(survey.tree, sorted(directories))


def embeds(tree: Files, directories: Iterable[str]) -> Iterator[Named]:
    """What the sources in directories embed, whatever they are built for."""
    sources = Sources(tree)
    for directory in directories:
        for name in tree.names(directory):
            if name.endswith(".go"):
                path = posixpath.join(directory, name)
                data = sources.read(path)
                for found in compiled_bytes(_EMBED).finditer(data) if b"//go:embed" in data else ():
                    yield from _embedded(path, found[1].decode(errors="replace"))


def _embedded(path: str, text: str) -> Iterator[Named]:
    for quoted, raw, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)', text):
        name = (quoted or raw or plain).removeprefix("all:")
        for each in beside(path, name):
            yield Named(each, "go:embed", path, True, True)


def _generated(place: Workplace, called: Called) -> Iterator[Ran]:
    """The commands of `go generate`, the program of `go run`, and the files that `go test` is given."""
    verb, *rest = called.words or [""]
    if verb in ("run", "test"):
        for each in rest[:1] if verb == "run" else [word for word in rest if word.endswith(".go")]:
            found = place.at(each, called.cwd)
            names = [found] if found and each.endswith(".go") else []
            if found is not None and not names:
                names = [posixpath.join(found, name) for name in place.tree.names(found) if name.endswith(".go")]
            yield from (Ran(place.tree.text(name), name, 1, called.cwd, code=True) for name in names[:_MOST])
    if verb != "generate":
        return
    sources = Sources(place.tree)
    for directory in sorted(place.survey.kept):
        home = place.where(directory) if directory else place.where("x")
        if home is None:
            continue
        for name in place.tree.names(directory):
            if name.endswith(".go"):
                path = posixpath.join(directory, name)
                for number, line in enumerate(sources.read(path).decode(errors="replace").splitlines(), 1):
                    if line.startswith("//go:generate "):
                        yield Ran(line.partition(" ")[2], path, number, home)


def _stamps(survey: Surveyed) -> Iterator[Named]:
    """The sources of the project that read the stamp of version control, or the version that is made of it."""
    sources = Sources(survey.tree)
    for directory in sorted(survey.kept):
        if "vendor" in directory.split("/"):
            continue
        for name in survey.tree.names(directory):
            if name.endswith(".go") and not name.endswith("_test.go"):
                path = posixpath.join(directory, name)
                text = sources.read(path)
                said = b'"vcs.' in text or b".Main.Version" in text
                if said and (found := compiled_bytes(_STAMP).search(text)):
                    yield Named(
                        path, "the version stamp is read", path, False, True, text.count(b"\n", 0, found.start()) + 1
                    )


#: The command, and those that take its words and call it: for another platform, or with names that nobody can read.
_PROGRAMS: Final = ("go", "xx-go", "garble")
MANAGERS: Final = (
    Manager(
        "go",
        _PROGRAMS,
        verbs=("mod download",),
        builds=phrases("build,install,test,vet,mod tidy,mod vendor"),
        leading=True,
        valued=words("-o -ldflags -tags -mod -gcflags -p -run -asmflags -buildmode -installsuffix -pkgdir -toolexec"),
        moves=("-C",),
        own=("-v",),
        locks=(_LOCK,),
        first=("go mod tidy", _MANIFEST, "require"),
        reads=_reads,
        homes=words("pkg/mod go/pkg /vendor"),
        by_name=True,
        hits=phrases(
            "go mod download,go mod tidy,go build -o /shop -v .,go install ./cmd/shop,xx-go build,garble -tiny build"
        ),
        misses=phrases("go mod edit,go version,garble reverse .,xx-go env"),
    ),
)
PROGRAMS: Final = (Program(_PROGRAMS, inert=words("mod env"), blind=("env",)),)
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=words("go.mod go.work magefile.go sqlc.yaml sqlc.yml buf.yaml buf.gen.yaml gqlgen.yml"), roots=(_MANIFEST,)
)
READERS: Final[tuple[Reader, ...]] = (_named,)
SOURCES: Final[tuple[Reader, ...]] = (_embeds,)
MAKERS: Final = {
    "go": maker(
        r"\b(?:go|xx-go|garble|tinygo)\s+(?:build|install|run|generate|test)\b|\bgoreleaser\b|\bmage\b|\bko\b|"
        rf"{ANY_BUILD}"
    ),
}
PRIVATE: Final[tuple[Private, ...]] = ()
RUNNERS: Final[tuple[Runner, ...]] = (Runner(("go",), _generated), Runner(("mage",), reading("magefile.go")))
HISTORY: Final = History(stamps=_stamps)
