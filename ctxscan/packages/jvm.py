"""The JVM: Maven and Gradle, and the builds of sbt, Mill, Ant and Leiningen."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ..regex import lazy
from .ecosystem import Cache, History, Manager, Manifests, Private, Program, Reader, phrases, words
from .maker import ANY_BUILD, maker
from .manifest import QUOTED, Named, Surveyed, beside, named
from .project import Project, Reads, quoted
from .workplace import Called, Ran, Runner, Workplace, reading

_POM: Final = "pom.xml"
_PROJECT: Final = "project.clj"
_SETTINGS: Final = words("settings.gradle settings.gradle.kts")
_BUILDS: Final = words("build.gradle build.gradle.kts")
_BASEDIR: Final = lazy(r"\$\{(?:project\.)?basedir\}/?")


def _maven(project: Project) -> Reads | None:
    text = project.text(_POM)
    command = project.install.command
    elsewhere = "repo.local" in command.text or any("repo.local" in value for _, value in command.step.environment)
    if not text or project.install.has("-f", "--file", "-s", "--settings") or project.cached or elsewhere:
        return None
    local = re.search(r"<modules?>|<relativePath>[^<\s]|<systemPath>", text)
    above = project.context.sent.kind(posixpath.join(posixpath.dirname(project.root), _POM)) if project.root else None
    if local or above or project.install.has("-pl", "--projects"):
        # Modules want each other, which no command of Maven leaves out.
        return project.stored(".m2/repository") if project.install.implied else None
    wrapper = command.name == "mvnw"
    files = tuple(project.there(_POM, *(("mvnw",) if wrapper else ())))
    directories = project.directories(".mvn")
    if not project.install.implied:
        return Reads(files, directories)
    # A profile has plug-ins of its own.
    given = (each.replace("=", "", 1) for each in project.install.options if each.startswith("-P"))
    said = " ".join(("./mvnw" if wrapper else "mvn", "-B", *map(quoted, given), "dependency:go-offline"))
    return Reads(files, directories, project.early(said))


def _gradle(project: Project) -> Reads | None:
    settings = "".join(project.text(name) for name in _SETTINGS)
    build = "".join(project.text(name) for name in _BUILDS)
    # The task `dependencies` finds out which there are, and leaves the archives where they are.
    stored = project.stored(".gradle", "GRADLE_USER_HOME") if build or settings else None
    implied = project.install.implied
    several = re.search(r"\binclude(?:Build)?\b", settings) or project.has("buildSrc", "dir")
    if not build or several or project.cached or re.search(r"apply\s*\(?from|files\(|fileTree|flatDir|\bfile\(", build):
        return stored if implied else None
    wrapper = project.install.command.name == "gradlew"
    scripts = (*_SETTINGS, *_BUILDS, "gradle.properties", "gradle.lockfile")
    files = tuple(project.there(*(("gradlew",) if wrapper else ()), *scripts))
    found = Reads(files, project.directories("gradle"))
    return found if not implied else stored and found._replace(early="", store=stored.store)


def _lein(project: Project) -> Reads | None:
    text = project.text(_PROJECT)
    # It is a program, and may read more.
    if not text or project.cached or re.search(r"slurp|load-file|:parent-project|:local-repo|file:|checkouts", text):
        return None
    files = tuple(project.there(_PROJECT))
    return Reads(files, (), project.early("lein deps")) if project.install.implied else Reads(files)


def _modules(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named(_POM):
        for each in re.findall(r"<module>\s*([^<\s]{1,300})\s*</module>", survey.tree.text(path)):
            name = each if each.endswith(".xml") else f"{each}/{_POM}"
            yield from named(path, [name], "a module of the project")


def _assembled(survey: Surveyed) -> Iterator[Named]:
    """The files that the descriptors of Maven's assemblies put into an archive by their names. Paths in them begin
    where the manifest lies."""
    for path in survey.named(_POM):
        for descriptor in re.findall(r"<descriptor>\s*([^<\s]{1,300})\s*</descriptor>", survey.tree.text(path)):
            for place in beside(path, _BASEDIR.sub("", descriptor)):
                text = survey.tree.text(place)
                files = re.findall(r"<source>\s*([^<\s]{1,300})\s*</source>", text)
                for directory, rest in re.findall(
                    r"<fileSet>\s*<directory>\s*([^<\s]{0,300})\s*</directory>(.*?)</fileSet>", text, re.DOTALL
                ):
                    files += [f"{directory}/{each}" for each in re.findall(r"<include>\s*([^<\s]+)\s*</include>", rest)]
                found = [_BASEDIR.sub("", each).removeprefix("/") for each in files]
                yield from named(path, [each for each in found if "**" not in each], "a part of an assembly")


def _projects(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named(*_SETTINGS):
        text = survey.tree.text(path)
        for call in re.findall(
            r"(?m)^[ \t]*(?:include|includeBuild|includeFlat)\b\s*\(?((?:[^)\n]*,\s*\n)*[^)\n]*)", text
        ):
            for each in QUOTED.findall(call):
                yield from named(path, [each.strip(":").replace(":", "/")], "a project of the build")
        for each in re.findall(r"""projectDir\s*=\s*(?:new\s+)?[Ff]ile\([^)"'\n]*["']([^"'\n]+)["']""", text):
            yield from named(path, [each], "a project of the build")


MANAGERS: Final = (
    Manager(
        "maven",
        words("mvn mvnw"),
        verbs=words("dependency:go-offline dependency:resolve"),
        builds=words(
            "package install verify compile compile-no-fork spring-boot:run spring-boot:repackage "
            "spring-boot:build-image jib:build jib:dockerBuild jib:buildTar quarkus:build quarkus:run"
        ),
        valued=words("-P -f -T -pl -s --settings --file --threads"),
        reads=_maven,
        homes=(".m2",),
        prepares=("*",),
        cleans=("clean",),
        wrappers=("mvnw",),
        hits=phrases(
            "mvn -B package,./mvnw dependency:go-offline,mvn clean verify,./mvnw -Pnative native:compile -DskipTests,"
            "mvn spring-boot:build-image"
        ),
        misses=phrases("mvn --version,mvn clean,mvn versions:set"),
    ),
    Manager(
        "gradle",
        words("gradle gradlew"),
        verbs=("dependencies",),
        builds=words(
            "build assemble bootJar installDist shadowJar jar war bootWar bootRun bootBuildImage nativeCompile "
            "quarkusBuild buildFatJar jib jibDockerBuild jibBuildTar"
        ),
        valued=words("-x --exclude-task -p -b -c -g"),
        moves=("--project-dir",),
        reads=_gradle,
        homes=(".gradle",),
        prepares=("*",),
        cleans=("clean",),
        wrappers=("gradlew",),
        hits=phrases(
            "gradle bootJar,./gradlew build -x test,gradle dependencies --no-daemon,./gradlew :app:nativeCompile"
        ),
        misses=phrases("gradle --version,./gradlew clean"),
    ),
    Manager(
        "lein",
        ("lein",),
        verbs=("deps",),
        builds=words("uberjar jar compile"),
        manifests=(_PROJECT,),
        reads=_lein,
        homes=(".m2",),
        prepares=("*",),
        hits=phrases("lein deps,lein uberjar"),
        misses=phrases("lein test,lein version"),
    ),
)
PROGRAMS: Final[tuple[Program, ...]] = ()
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(
    names=(
        _POM,
        *_SETTINGS,
        *_BUILDS,
        *words("gradle.properties build.sbt plugins.sbt project.clj deps.edn build.clj build.xml"),
    ),
    roots=(_POM,),
)
READERS: Final[tuple[Reader, ...]] = (_modules, _projects, _assembled)
SOURCES: Final[tuple[Reader, ...]] = ()
_USERS: Final = (
    r"(?i)java|gradle|maven|jdk|jre|temurin|kotlin|scala|sbt|clojure|tomcat|jetty|wildfly|payara|corretto|graalvm|zulu|"
    r"semeru|liberica|quarkus|\.jar\b|\.war\b"
)
MAKERS: Final = {
    "maven": maker(rf"\bmvnw?\b|\bmvnd\b|{ANY_BUILD}", _USERS),
    "gradle": maker(rf"\bgradlew?\b|{ANY_BUILD}", _USERS),
    "sbt": maker(rf"\bsbt\b|\bmill\b|\bscala-cli\b|{ANY_BUILD}", _USERS),
    "mill": maker(rf"\bmill\b|\bmvnw?\b|\bgradlew?\b|{ANY_BUILD}"),
    "javac": maker(rf"\bjavac\b|\bmvnw?\b|\bgradlew?\b|\bant\b|{ANY_BUILD}"),
    "ant": maker(rf"\bant\b|{ANY_BUILD}", _USERS),
    "lein": maker(rf"\blein\b|\bclojure\b|\bclj\b|{ANY_BUILD}"),
}
PRIVATE: Final[tuple[Private, ...]] = (
    (words("gradle.properties key.properties"), lazy(r"\bgradlew?\b|\bflutter\s+build\b")),
)
#: Directories with the plug-ins that a build of Gradle brings for itself.
_PLUGINS: Final = frozenset(words("buildSrc build-logic buildLogic build-plugins build-conventions gradle-plugins"))
_WRITTEN: Final = words(".gradle .gradle.kts .kt .groovy .java")


def _plugins(place: Workplace, called: Called) -> Iterator[Ran]:
    """The scripts that builds of Gradle apply, and the sources of their own plug-ins."""
    for directory in place.survey.kept:
        parts = directory.split("/")
        endings = _WRITTEN if not _PLUGINS.isdisjoint(parts) else _WRITTEN[:2]
        if "test" in parts or (directory and "gradle" not in parts and _PLUGINS.isdisjoint(parts)):
            continue
        for name in place.tree.names(directory):
            path = posixpath.join(directory, name)
            if name.endswith(endings) and name not in (*_BUILDS, *_SETTINGS) and place.where(path) is not None:
                yield Ran(place.tree.text(path), path, 1, called.cwd, code=True)


def _extensions(place: Workplace, called: Called) -> Iterator[Ran]:
    """The extensions of Maven, which may set the version."""
    if path := place.at(".mvn/extensions.xml", called.cwd):
        yield Ran(place.tree.text(path), path, 1, called.cwd, code=True)


RUNNERS: Final[tuple[Runner, ...]] = (
    Runner(("mvn", "mvnw"), reading(_POM)),
    Runner(("mvn", "mvnw"), _extensions),
    Runner(("gradle", "gradlew"), reading(*_BUILDS, *_SETTINGS, up=True)),
    Runner(("gradle", "gradlew"), _plugins),
    Runner(("ant",), reading("build.xml")),
    Runner(("sbt",), reading("build.sbt", "plugins.sbt", up=True)),
    Runner(words("lein clojure clj bb"), reading("project.clj", "deps.edn", "build.clj")),
)
HISTORY: Final = History()
