"""What an install reads from the context: manifests, lock files, and whether they are all it needs.

After `managers`. A reader a manager; where the sources themselves may be read (a dependency by path, a script of the
project's own that runs with the install, modules that know each other) the answer is that nobody knows. A false answer
here is wrong advice, so whatever is not understood counts as unknown.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from ..regex import lazy
from ..rules import globs
from .managers import Install, locks
from .reading import Reading

#: Members of a workspace that are named one by one.
MOST_MEMBERS: Final = 30
#: The scripts that npm, yarn and pnpm run of the project itself while they install.
_LIFECYCLE: Final = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
#: Commands in them that read no source.
_READS_NOTHING: Final = frozenset(
    "husky is-ci true only-allow lefthook simple-git-hooks echo exit opencollective :".split()
)
#: With a store that stays on the builder these only link: an install that runs again costs next to nothing.
_LINKING: Final = frozenset(("pnpm", "bun"))
_LOCAL: Final = lazy(r"\.{0,2}/|\.{1,2}$|\.\[|file:|.*\.(?:whl|zip|tar\.gz)$|.*@\s*(?:file:|\.)")


class Needed(NamedTuple):
    """`files` and `directories` of the context are all that an install reads. `early`: the command that installs from
    them alone, where that of the Dockerfile does more and has to stay below."""

    files: tuple[str, ...]
    directories: tuple[str, ...]
    early: str | None


#: Where something at an absolute path of the stage came from in the context.
Locate = Callable[[str], str | None]


def needed(reading: Reading, install: Install, locate: Locate) -> Needed | None:
    """What `install` reads; None: perhaps more than manifests, or nobody knows."""
    project = locate(install.cwd)
    reader = _READERS.get(install.manager)
    if project is None or reader is None:
        return None
    return reader(_Project(reading, project, install, locate))


class _Project:
    """The directory of the context in which an install finds its manifest."""

    def __init__(self, reading: Reading, root: str, install: Install, locate: Locate) -> None:
        self.reading = reading
        self.root = root
        self.install = install
        self.locate = locate

    def path(self, name: str) -> str:
        return posixpath.normpath(posixpath.join(self.root, name)) if self.root or name else ""

    def has(self, name: str, kind: str = "file") -> bool:
        return self.reading.sent.kind(self.path(name)) == kind

    def there(self, *names: str) -> list[str]:
        """The files of these names that the builder gets."""
        return [self.path(name) for name in names if self.has(name)]

    def directories(self, *names: str) -> tuple[str, ...]:
        return tuple(self.path(name) for name in names if self.has(name, "dir"))

    def names(self, where: str = "") -> tuple[str, ...]:
        return self.reading.names(self.path(where))

    def text(self, name: str) -> str:
        return self.reading.tree.text(self.path(name)) if self.has(name) else ""

    def json(self, name: str) -> dict[str, Any]:
        return self.reading.tree.json(self.path(name)) if self.has(name) else {}

    def toml(self, name: str) -> dict[str, Any]:
        return self.reading.tree.toml(self.path(name)) if self.has(name) else {}

    @property
    def cached(self) -> bool:
        """What is downloaded stays on the builder."""
        return any(mount.kind == "cache" for mount in self.install.step.mounts)

    def early(self, command: str) -> str:
        where = "" if self.install.cwd == (self.install.step.workdir or "/") else f"cd {self.install.cwd} && "
        return f"{where}{command}"

    def said(self, *options: str, without: tuple[str, ...] = ()) -> str:
        """The command of the install, with these options more and without those."""
        command = self.install.command
        settings = (f"{name}={shlex.quote(value)}" for name, value in command.settings if "$" not in value)
        words = (each for each in command.arguments if each not in without)
        return " ".join((*settings, command.name, *map(shlex.quote, words), *options))


def table(value: Any, *keys: str) -> dict[str, Any]:
    """A table deep in others; empty if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


# --- Node


def _node(project: _Project) -> Needed | None:
    install = project.install
    if install.manager in _LINKING and project.cached:
        return None
    if install.words or not project.has("package.json") or project.has("binding.gyp"):
        return None
    members = list(_members(project))
    if len(members) > MOST_MEMBERS or None in members:
        return None
    files = project.there("package.json", *locks(install.manager))
    files += project.there(".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".pnpmfile.cjs", "bunfig.toml")
    directories = list(project.directories(".yarn", "patches"))
    for member in ("", *(each for each in members if each)):
        manifest = posixpath.join(member, "package.json")
        reads = _read_by_scripts(project, project.json(manifest), member)
        if reads is None:
            return None
        directories += reads
        if member:
            files.append(project.path(manifest))
    return Needed(tuple(files), tuple(dict.fromkeys(directories)), None)


def _members(project: _Project) -> Iterator[str | None]:
    """The directories of the workspace below the project; None: a glob that takes a walk."""
    spaces = project.json("package.json").get("workspaces")
    patterns = _texts(spaces) + _texts(table(spaces).get("packages"))
    if project.install.manager == "pnpm":
        text = project.text("pnpm-workspace.yaml").partition("packages:")[2]
        patterns += re.findall(r"(?m)^\s*-\s*[\"']?([^\"'#\n]+?)[\"']?\s*$", re.split(r"(?m)^\w", text)[0])
    for pattern in patterns:
        above, _, name = pattern.removeprefix("./").rstrip("/").rpartition("/")
        if pattern.startswith("!"):
            continue
        if globs.is_wild(above) or "**" in name:
            yield None
        elif globs.is_wild(name):
            found = [posixpath.join(above, each) for each in project.names(above) if globs.matches(name, each)]
            yield from (each for each in found if project.has(f"{each}/package.json"))
        elif project.has(posixpath.join(above, name, "package.json")):
            yield posixpath.join(above, name)


def _read_by_scripts(project: _Project, package: dict[str, Any], member: str) -> list[str] | None:
    """The directories that installing a package reads; None: its sources, perhaps."""
    for kind in ("dependencies", "devDependencies", "optionalDependencies"):
        for value in table(package, kind).values():
            if isinstance(value, str) and value.startswith(("file:", "link:", "portal:")):
                return None
    if not package or project.install.has("--ignore-scripts"):
        return None if not package else []
    directories: list[str] = []
    if "@prisma/client" in table(package, "dependencies") and project.has(posixpath.join(member, "prisma"), "dir"):
        directories.append(project.path(posixpath.join(member, "prisma")))  # it makes its client while it is installed
    scripts = table(package, "scripts")
    for script in (scripts[name] for name in _LIFECYCLE if isinstance(scripts.get(name), str)):
        for part in re.split(r"&&|\|\||;", script):
            words = part.split()
            while words and (words[0] in ("npx", "--yes", "-y", "yarn", "pnpm") or "=" in words[0]):
                words.pop(0)
            if words[:2] == ["prisma", "generate"] and project.has(posixpath.join(member, "prisma"), "dir"):
                directories.append(project.path(posixpath.join(member, "prisma")))
            elif words and words[0] != "patch-package" and words[0] not in _READS_NOTHING:
                return None
    return directories


# --- Python


def _pip(project: _Project) -> Needed | None:
    install = project.install
    if install.has("-e", "--editable", "-f", "--find-links") or any(_LOCAL.match(each) for each in install.words):
        return None
    files: list[str] = []
    for name in install.files:
        path = project.locate(posixpath.normpath(posixpath.join(install.cwd, name)))
        if path is None or not _requirements(project.reading, path, files):
            return None
    return Needed(tuple(files), (), None) if files else None


def _requirements(reading: Reading, path: str, files: list[str]) -> bool:
    """Add a requirements file and those that it names; False: it names something of the project."""
    if path in files:
        return True
    if reading.sent.kind(path) != "file" or len(files) > MOST_MEMBERS or not path.endswith((".txt", ".in", ".lock")):
        return False
    files.append(path)
    for line in reading.tree.text(path).splitlines():
        line = line.partition(" #")[0].strip()
        option, _, value = line.replace("=", " ", 1).partition(" ")
        if option in ("-r", "--requirement", "-c", "--constraint"):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), value.strip()))
            if not _requirements(reading, beside, files):
                return False
        elif option in ("-e", "--editable", "-f", "--find-links") or _LOCAL.match(line):
            return False
    return True


def _uv(project: _Project) -> Needed | None:
    data = project.toml("pyproject.toml") if not project.cached else {}
    settings = table(data, "tool", "uv")
    sources = [
        each for each in table(settings, "sources").values() if "path" in table(each) or "workspace" in table(each)
    ]
    dynamic = table(data, "project").get("dynamic") and not project.install.has("--frozen")
    if not data or sources or dynamic or "workspace" in settings or project.install.has("--package", "--all-packages"):
        return None
    files = tuple(project.there("pyproject.toml", "uv.lock", ".python-version", "uv.toml"))
    packaged = settings.get("package", "build-system" in data)
    if not packaged or project.install.has("--no-install-project"):
        return Needed(files, (), None)
    return Needed(files, (), project.early(project.said("--no-install-project")))


def _poetry(project: _Project) -> Needed | None:
    poetry = table(project.toml("pyproject.toml"), "tool", "poetry")
    groups = [table(each, "dependencies") for each in table(poetry, "group").values()]
    tables = [table(poetry, "dependencies"), table(poetry, "dev-dependencies"), *groups]
    if any("path" in table(each) for one in tables for each in one.values()):
        return None
    if not project.toml("pyproject.toml") or project.install.has("--only-root"):
        return None
    files = tuple(project.there("pyproject.toml", "poetry.lock", "poetry.toml"))
    if project.install.has("--no-root") or poetry.get("package-mode") is False:
        return Needed(files, (), None)
    return Needed(files, (), project.early(project.said("--no-root")))


def _pipenv(project: _Project) -> Needed | None:
    text = project.text("Pipfile")
    if not text or re.search(r"\bpath\s*=|editable", text) or project.install.words:
        return None
    return Needed(tuple(project.there("Pipfile", "Pipfile.lock")), (), None)


# --- Ruby, PHP


def _bundler(project: _Project) -> Needed | None:
    text = re.sub(r"(?m)#.*$", "", project.text("Gemfile"))
    if not text or re.search(r"\bgemspec\b|\bpath\b|eval_gemfile|require_relative|\bDir\b|\b__dir__\b", text):
        return None
    read = re.findall(r"(?:ruby\s+file:|File\.\w+\(?)\s*[\"']([^\"'\n]+)[\"']", text)
    if any(not project.has(each) for each in read):
        return None
    files = project.there("Gemfile", "Gemfile.lock", *read)
    return Needed(tuple(dict.fromkeys(files)), project.directories("vendor/cache", ".bundle"), None)


def _composer(project: _Project) -> Needed | None:
    data = project.json("composer.json")
    repositories = data.get("repositories")
    listed = list(repositories.values()) if isinstance(repositories, dict) else repositories or []
    local = (
        any(table(each).get("type") in ("path", "artifact") for each in listed) if isinstance(listed, list) else True
    )
    if not data or local or "patches" in table(data, "extra"):
        return None
    files = tuple(project.there("composer.json", "composer.lock", "symfony.lock", "auth.json"))
    if project.install.has("--no-autoloader") and project.install.has("--no-scripts"):
        return Needed(files, (), None)
    more = [each for each in ("--no-scripts", "--no-autoloader") if not project.install.has(each)]
    without = ("-o", "--optimize-autoloader", "-a", "--classmap-authoritative")
    return Needed(files, (), project.early(project.said(*more, without=without)))


# --- compiled languages: the download is a step of its own only where it is made one


def _go(project: _Project) -> Needed | None:
    text = project.text("go.mod")
    vendored = project.has("vendor/modules.txt") or project.install.has("-mod")
    if not project.has("go.sum") or vendored or project.has("go.work") or re.search(r"=>\s*\.{1,2}/", text):
        return None
    files = tuple(project.there("go.mod", "go.sum"))
    if not project.install.implied:
        return Needed(files, (), None)
    if project.cached or any("@" in word for word in project.install.words) or not text:
        return None
    return Needed(files, (), project.early("go mod download"))


def _cargo(project: _Project) -> Needed | None:
    data = project.toml("Cargo.toml")
    package = table(data, "package")
    plain = not {"workspace", "lib", "bin", "patch"} & set(data) and "build" not in package
    tables = [table(data, key) for key in ("dependencies", "dev-dependencies", "build-dependencies")]
    local = any("path" in table(each) or table(each).get("workspace") for one in tables for each in one.values())
    locked = "registry+" in project.text("Cargo.lock")
    if project.cached or not plain or local or not locked or "target" in data:
        return None
    if (
        not project.has("src/main.rs")
        or project.has("src/lib.rs")
        or project.has("build.rs")
        or project.has("src/bin", "dir")
    ):
        return None
    release = "--release " if project.install.has("--release", "-r") else ""
    name = package.get("name")
    if (
        not isinstance(name, str)
        or not re.fullmatch(r"[\w-]+", name)
        or project.install.has("--manifest-path", "-p", "--bin")
    ):
        return None
    dummy = f"mkdir src && echo 'fn main() {{}}' > src/main.rs && {project.said()}"
    dummy += f" && cargo clean {release}-p {name} && rm -r src"
    files = tuple(project.there("Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "rust-toolchain"))
    return Needed(files, project.directories(".cargo"), project.early(dummy))


def _maven(project: _Project) -> Needed | None:
    text = project.text("pom.xml")
    local = re.search(r"<modules?>|<relativePath>[^<\s]|<systemPath>", text)
    above = (
        project.reading.sent.kind(posixpath.join(posixpath.dirname(project.root), "pom.xml")) if project.root else None
    )
    if not text or local or above or project.install.has("-f", "--file", "-s", "--settings", "-pl") or project.cached:
        return None
    wrapper = project.install.command.name == "mvnw"
    files = tuple(project.there("pom.xml", *(("mvnw",) if wrapper else ())))
    directories = project.directories(".mvn")
    if not project.install.implied:
        return Needed(files, directories, None)
    return Needed(files, directories, project.early(f"{'./mvnw' if wrapper else 'mvn'} -B dependency:go-offline"))


def _gradle(project: _Project) -> Needed | None:
    settings = project.text("settings.gradle") + project.text("settings.gradle.kts")
    build = project.text("build.gradle") + project.text("build.gradle.kts")
    several = re.search(r"\binclude(?:Build)?\b", settings) or project.has("buildSrc", "dir")
    if not build or several or project.cached or re.search(r"apply\s*\(?from|files\(|fileTree|flatDir|\bfile\(", build):
        return None
    wrapper = project.install.command.name == "gradlew"
    scripts = (
        "settings.gradle",
        "settings.gradle.kts",
        "build.gradle",
        "build.gradle.kts",
        "gradle.properties",
        "gradle.lockfile",
    )
    files = tuple(project.there(*(("gradlew",) if wrapper else ()), *scripts))
    directories = project.directories("gradle")
    if not project.install.implied:
        return Needed(files, directories, None)
    return Needed(files, directories, project.early(f"{'./gradlew' if wrapper else 'gradle'} dependencies --no-daemon"))


_DOTNET_COMMON: Final = (
    "Directory.Build.props Directory.Build.targets Directory.Packages.props global.json nuget.config NuGet.Config "
    "NuGet.config packages.lock.json"
).split()
_PROJECTS: Final = (".csproj", ".fsproj", ".vbproj")


def _dotnet(project: _Project) -> Needed | None:
    given = [each for each in project.install.words if each.endswith((*_PROJECTS, ".sln", ".slnx"))]
    if len(given) != len(project.install.words) or project.cached:
        return None
    start = given or [each for each in project.names() if each.endswith((*_PROJECTS, ".sln", ".slnx"))][:1]
    files: list[str] = []
    todo = [posixpath.normpath(each) for each in start]
    while todo:
        each = todo.pop(0)
        path, text = project.path(each), project.text(each)
        if path in files:
            continue
        if not text or len(files) > MOST_MEMBERS or re.search(r"<Import\s+Project=\"(?!Sdk|\$\()", text):
            return None
        files.append(path)
        found = re.findall(r"\"([^\"\n]+\.(?:cs|fs|vb)proj)\"", text)
        todo += [posixpath.normpath(posixpath.join(posixpath.dirname(each), one.replace("\\", "/"))) for one in found]
    if not files:
        return None
    files = [*project.there(*_DOTNET_COMMON), *files]
    if not project.install.implied:
        return Needed(tuple(files), (), None)
    target = ("-r", "--runtime", "-a", "--arch", "--os")
    options = [each for each in project.install.options if each.partition("=")[0] in target]
    words = (*given, *(each.replace("=", " ", 1) for each in options))
    return Needed(tuple(files), (), project.early(" ".join(("dotnet restore", *words))))


_READERS: Final[dict[str, Callable[[_Project], Needed | None]]] = {
    "npm": _node, "yarn": _node, "pnpm": _node, "bun": _node, "pip": _pip, "uv": _uv, "poetry": _poetry,
    "pipenv": _pipenv, "bundler": _bundler, "composer": _composer, "go": _go, "cargo": _cargo, "maven": _maven,
    "gradle": _gradle, "dotnet": _dotnet,
}  # fmt: skip


def grouped(paths: Iterable[str]) -> dict[str, list[str]]:
    """Paths by the directory they lie in."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(posixpath.dirname(path), []).append(path)
    return found
