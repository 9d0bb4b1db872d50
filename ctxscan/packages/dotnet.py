""".NET: projects, solutions and NuGet."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..paths import parents, within
from ..regex import lazy
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, phrases, words
from .install import Install
from .maker import ANY_BUILD, maker
from .manifest import Files, Named, Surveyed, named
from .project import MOST_MEMBERS, Project, Reads, quoted
from .workplace import Runner, reading

_PROJECTS: Final = words(".csproj .fsproj .vbproj")
_SOLUTIONS: Final = words(".sln .slnx")
#: What every project below it takes its settings from, and where packages come from.
_COMMON: Final = words(
    "Directory.Build.props Directory.Build.targets Directory.Packages.props global.json nuget.config NuGet.Config "
    "NuGet.config packages.lock.json"
)


#: What MSBuild is told, in the way of Windows: with a value, or what needs none. Anything else may be a directory.
_SWITCH: Final = lazy(
    r"(?i)/(?:[a-z]+:.*|m|maxcpucount|nologo|restore|r|graph|bl|ds|detailedsummary|low|nr|noconlog|noautorsp|isolate|tl)"
)
#: A project in a solution; what else one lists is there for whoever opens it in an editor.
_OF_SOLUTION: Final = lazy(r'(?m)^Project\("[^\n]*proj"[^\n]*|<Project\s[^>]*>')


def _part(tree: Files, path: str, commands: str | None) -> Iterator[str]:
    """What a build reads of a solution."""
    yield from (found[0] for found in _OF_SOLUTION.finditer(tree.text(path)))


def _reads(project: Project) -> Reads | None:
    words = [each for each in project.install.words if not _SWITCH.fullmatch(each)]
    given = [found for each in words if (found := _project_of(project, each))]
    if len(given) != len(words) or project.cached or project.install.has("--no-restore", "--no-build"):
        return None
    start = given or [each for each in project.names() if each.endswith((*_PROJECTS, *_SOLUTIONS))][:1]
    files = _referenced(project, start)
    if not files:
        # A project that is not understood may want any file, but none of the packages twice.
        return project.stored(".nuget/packages", "NUGET_PACKAGES") if start else None
    files = list(dict.fromkeys((*_common(project, files), *files)))
    if not project.install.implied:
        return Reads(tuple(files))
    target = ("-r", "--runtime", "-a", "--arch", "--os", "--configfile")
    command = project.install.command
    written = dict(zip(command.arguments, command.written, strict=False))
    options = [each.partition("=") for each in project.install.options if each.partition("=")[0] in target]
    said = (*given, *(" ".join((name, quoted(written.get(value, value)))).strip() for name, _, value in options))
    return Reads(tuple(files), (), project.early(" ".join(("dotnet restore", *said))))


def _project_of(project: Project, word: str) -> str | None:
    """The project or solution that a word names, by its directory, too; None: not for sure."""
    if word.endswith((*_PROJECTS, *_SOLUTIONS)):
        return word
    if word.startswith("/"):
        return None
    found = [each for each in project.names(word) if each.endswith((*_PROJECTS, *_SOLUTIONS))]
    return posixpath.join(word, found[0]) if len(found) == 1 else None


def _inside(install: Install) -> Install:
    """As if it were run in the directory of the one project that it names."""
    words = [each for each in install.words if not _SWITCH.fullmatch(each)]
    given = words[0] if len(words) == 1 else ""
    if not given.endswith((*_PROJECTS, *_SOLUTIONS)) or "/" not in given:
        return install
    above, name = posixpath.split(posixpath.normpath(posixpath.join(install.cwd, given)))
    return install._replace(cwd=above, words=(name,))


def _common(project: Project, files: list[str]) -> Iterator[str]:
    """What holds for projects from where they lie on up, as far as the COPY reaches: central versions, the sources of
    packages. What is locked lies beside each."""
    top, cwd = project.root, project.install.cwd
    while cwd != "/" and (above := project.locate(posixpath.dirname(cwd))) is not None:
        top, cwd = above, posixpath.dirname(cwd)
    homes = [top, *(home for each in files if within(f"/{(home := posixpath.dirname(each))}", f"/{top}"))]
    reached = {place for home in homes for place in (*parents(home), home, "") if within(f"/{place}", f"/{top}")}
    for place in sorted(reached):
        paths = [posixpath.join(place, name) for name in _COMMON]
        yield from (each for each in paths if project.context.sent.kind(each) == "file")


def _referenced(project: Project, start: list[str]) -> list[str]:
    """Projects and solutions with all that they refer to; none where one of them is not understood."""
    files: list[str] = []
    todo = [posixpath.normpath(each) for each in start]
    while todo:
        each = todo.pop(0)
        path, text = project.path(each), project.text(each)
        if path in files:
            continue
        if not text or len(files) > MOST_MEMBERS or re.search(r"<Import\s+Project=\"(?!Sdk|\$\()", text):
            return []
        files.append(path)
        found = re.findall(r"\"([^\"\n]+\.(?:cs|fs|vb)proj)\"", text)
        todo += [posixpath.normpath(posixpath.join(posixpath.dirname(each), one.replace("\\", "/"))) for one in found]
    return files


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.ending(*_SOLUTIONS):
        for each in re.findall(r'"([^"\n]{1,300}\.\w*proj)"', survey.tree.text(path)):
            yield from named(path, [each], "a project of the solution")
    for path in survey.ending(*_PROJECTS):
        text = survey.tree.text(path)
        for each in re.findall(r'<ProjectReference\s+Include="([^"\n]{1,300})"', text):
            yield from named(path, [each], "a referenced project")
        for each in re.findall(
            r"<(?:Content|None|EmbeddedResource|Resource|AdditionalFiles|PackageReadmeFile)\s+"
            r'(?:Include|)="([^"\n$*]{1,300})"',
            text,
        ):
            yield from named(path, [each], "an item of the project")


MANAGERS: Final = (
    Manager(
        "dotnet",
        ("dotnet",),
        verbs=("restore",),
        builds=words("publish build"),
        leading=True,
        valued=words(
            "-c --configuration -o --output -r --runtime -a --arch -f --framework -v --verbosity --configfile --os"
        ),
        own=("-v",),
        reads=_reads,
        inside=_inside,
        packages="obj",
        homes=(".nuget",),
        hits=phrases("dotnet restore -v minimal,dotnet publish -c Release -o /out"),
        misses=phrases("dotnet --info,dotnet tool install -g dotnet-ef,dotnet Shop.dll"),
    ),
)
PROGRAMS: Final = (Program(("dotnet",), inert=("restore", "tool", "workload", "nuget")),)
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=("Directory.Build.props", "Directory.Build.targets"),
    endings=(*_SOLUTIONS, *_PROJECTS, ".cake"),
    parts=dict.fromkeys(_SOLUTIONS, _part),
)
READERS: Final[tuple[Reader, ...]] = (_named,)
SOURCES: Final[tuple[Reader, ...]] = ()
MAKERS: Final = {
    "dotnet": maker(
        r"\bdotnet\b[^\n;&|]*\b(?:publish|build|restore|test|run|pack|msbuild|tool)\b|\bmsbuild\b|\bnuget\b|"
        rf"{ANY_BUILD}",
        r"(?i)dotnet|aspnet|\.dll\b|mono",
    ),
}
PRIVATE: Final[tuple[Private, ...]] = (
    (
        words("nuget.config NuGet.Config NuGet.config"),
        lazy(r"\bdotnet\b[^\n;&|]*\b(?:restore|publish|build|test)\b|\bnuget\b"),
    ),
)
RUNNERS: Final[tuple[Runner, ...]] = (
    Runner(("dotnet",), reading("*.csproj", "*.fsproj", "*.props", sure=True, up=True)),
    Runner(("dotnet",), reading("*.cake", verbs=r"^cake\b", up=True)),
    Runner(("cake", "dotnet-cake"), reading("*.cake", up=True)),
)
HISTORY: Final = History()
