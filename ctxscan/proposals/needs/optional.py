"""Who reads tests, documentation and samples, which git tracks: commands that run or make them, and whoever names a
path of theirs in a source or a manifest."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Final

from ...packages import interpreters
from ...paths import parents, within
from ...regex import lazy
from ..junk.row import JunkRow
from ..survey import Survey
from .mentions import SOME, Mentions
from .need import Need
from .project import serves
from .readers import keys
from .recipe import Recipe, Taken
from .spoken import REMOVERS
from .trail import Call, Trail

_TOKEN: Final = lazy(r"[^\s=:,\"'()\[\]<>;|&]+")
_TEST_PROGRAMS: Final = frozenset(
    "pytest py.test phpunit rspec ctest tox nox jest vitest mocha ava tap bats cypress karma prove gotestsum pest "
    "behat codecept stestr nosetests ginkgo".split()
)
#: What runs a program of a project by its name, and what brings one instead.
_LAUNCHERS: Final = frozenset(
    "npm npx pnpm pnpx yarn bun bunx node python python3 uv uvx poetry pipenv pdm hatch rye bundle php composer "
    "sh bash env time xvfb-run sudo su-exec gosu dotenv cross-env deno coverage rails mix go".split()
)
_INSTALLS: Final = frozenset(("install", "add", "i", "get", "require", "-g", "--global"))
_TEST_WORDS: Final = lazy(r"(?:run:)?(?:tests?|e2e|check|verify|coverage|nextest|spec)(?::\S+)?|test[-_]\w+|ci:tests?")
#: Of these, what other programs than those that run tasks do to something else: `cosign verify`.
_OTHER_CHECKS: Final = lazy(r"check|verify|coverage|spec")
#: Programs of which such a word is no task.
_NO_TASKS: Final = frozenset(
    "test [ [[ info error warning apt apt-get apk dnf yum bundle echo sha256sum gpg curl wget git pip3 sum find".split()
)
_SKIPPED: Final = lazy(r"-DskipTests|-Dmaven\.test\.skip|-x\s+(?:test|check)|--skip-tests?|--no-tests?|--without\b")
_DOCUMENTS: Final = lazy(
    r"\b(mkdocs|sphinx-\w+|docusaurus|vitepress|vuepress|hugo|jekyll|mdbook|antora|asciidoctor|pandoc|doxygen|eleventy|"
    r"zola|quarto|hexo|storybook|rdoc|yard|typedoc|pdoc|zensical)\b"
)
_DOCUMENT_TASKS: Final = lazy(
    r"\b(?:docs?|documentation|website)(?::\w+)?(?=$|\s)|\b(?:build|make):?-?docs?\b|\b(?:gen|generate)[:_-]?docs?\b"
)
_SAMPLES: Final = lazy(r"\b(storybook|chromatic)\b")
_SAMPLE_TASKS: Final = lazy(r"\b(?:examples?|samples?|demos?|bench(?:es|marks?)?)(?::\w+)?(?=$|\s)")
_GO_PROGRAMS: Final = frozenset("go xx-go garble tinygo".split())
_GO_BUILDS: Final = lazy(
    r"(?:\b(?:go|xx-go|garble|tinygo)|\$[({]?\w*(?:GO|go)\w*[)}]?)\s+(?:-\S+\s+(?:[^-\s]\S*\s+)??)*"
    r"(?:build|install|run|generate)\b"
)
#: What reads settings of a cluster or a cloud.
_CLUSTER: Final = lazy(
    r"\b(kubectl|helm|helmfile|terraform|tofu|opentofu|terragrunt|kustomize|ansible\w*|pulumi|skaffold|argocd|fluxcd|"
    r"kops|kubeadm|k3s|minikube|operator-sdk|kubebuilder|controller-gen|conftest|kubeval|kubeconform)\b"
)
#: By their contents, what is no directory, or goes without consent, and is looked for in sources all the same.
_SEARCHED: Final = frozenset(("no-pages", "deployment", "picture"))
#: Names of stages that are built for whoever runs tests in them.
_TESTED: Final = frozenset("test tests tester testing ci e2e spec specs unit integration".split())
#: What holds pictures alone, which pages show.
_PICTURES: Final = frozenset(("picture", "pictures", "pictures-of-readme"))
#: What runs a program by its name, or a task of a project.
_TASKED: Final = _LAUNCHERS | frozenset(
    "make gmake cmake ninja just task turbo nx lerna rush rake gradle gradlew ./gradlew mvn mvnw ./mvnw cargo ant mage "
    "bazel bazelisk grunt gulp jake invoke nox tox meson scons moon mise earthly sbt bundler hugo dotnet".split()
)


class Optional:
    """What is said of tests, documentation and samples."""

    def __init__(self, survey: Survey, recipes: tuple[Recipe, ...], trail: Trail) -> None:
        self.survey = survey
        self.recipes = recipes
        self.trail = trail
        paths = (
            each.path
            for each in survey.candidates
            if each.row is not None and (each.row.content in _SEARCHED or (each.row.consent and each.directory))
        )
        pictures = (each.path for each in survey.candidates if each.row is not None and each.row.content in _PICTURES)
        self.mentions = Mentions(
            survey, "\n".join(each.everything for each in recipes), paths, pictures, self.is_run, self._is_built
        )
        self._runs: dict[str, list[tuple[Recipe, Need]]] = {}

    def why(self, path: str, row: JunkRow) -> str | None:
        """Who may read `path`; None: no known reader."""
        kind = row.consent
        if kind not in self._runs:
            self._runs[kind] = [*self._run(kind)]
        need = next((need for recipe, need in self._runs[kind] if recipe.takes(path)), None)
        if need is not None:
            return need.why
        if row.content == "no-pages" and (some := self._sweeping) is not None:
            return some.why
        asked = (self._serving(path) if kind == "docs" else None, self._naming(path), self._setting(path))
        said = [each for each in asked if each]
        if said:
            return min(said, key=lambda each: each[0])[1].why
        if row.kind == "file" and row.content not in _SEARCHED:
            return None
        found = self.mentions.of(path)
        return None if found is None else found.why

    def deploys(self, path: str) -> str | None:
        """Who reads settings of a cluster: an image that takes them and has a program for that, a command that says
        their name, a source."""
        word = re.compile(rf"(?<![\w.-]){re.escape(path)}(?![\w-])")
        for recipe in self.recipes:
            for taken in recipe.taking(path):
                stages = recipe.related(taken.stage)
                said = [taken.base, *(each.text for each in recipe.runs if each.stage in stages)]
                if tool := _CLUSTER.search("\n".join(said)):
                    return f"{tool[0]} may read it ({recipe.label}:{taken.line})"
        for call in self._calls:
            if word.search(call.text) and not (call.words and call.words[0] in REMOVERS):
                return f"it is named ({call.file}:{call.line})" if call.line else f"it is named ({call.file})"
        if (setting := self._setting(path)) is not None:
            return setting[1].why
        found = self.mentions.of(path)
        return None if found is None else found.why

    def _setting(self, path: str) -> tuple[int, Need] | None:
        """The first variable of an image that has `path`, or something in it, in its value: what runs there may read
        it."""
        for at, recipe in enumerate(self.recipes):
            for text in recipe.settings:
                for token in _TOKEN.findall(text.partition("=")[2]):
                    if _TEST_WORDS.fullmatch(token):
                        continue  # the name of an environment
                    parts = posixpath.normpath(token).strip("/").split("/")
                    if any(within("/".join(parts[start:]), path) for start in range(len(parts))):
                        return at, Need(path, "a variable names it", recipe.label)
        return None

    @cached_property
    def _calls(self) -> list[Call]:
        """All that the Dockerfiles run."""
        return [call for recipe in self.recipes for call in self.trail.of(recipe)]

    @cached_property
    def keys(self) -> dict[str, str]:
        """The first places that name files of keys or their directories, by the names of these."""
        found: dict[str, str] = {}
        for name, place in keys(self.survey):
            found.setdefault(name, place)
        return found

    @cached_property
    def _served(self) -> list[tuple[int, str, Taken]]:
        """What images take that serve it, each with the number and the name of its Dockerfile."""
        return [
            (at, recipe.label, each)
            for at, recipe in enumerate(self.recipes)
            for each in recipe.taken
            if serves(each.base)
        ]

    @cached_property
    def _named(self) -> dict[str, tuple[int, str, str, int]]:
        """The paths that commands of Dockerfiles name, and the first that does: the number of its Dockerfile, its kind,
        file and line."""
        found: dict[str, tuple[int, str, str, int]] = {}
        for at, recipe in enumerate(self.recipes):
            for call in self.trail.of(recipe):
                for each in _names(call) if call.kind else ():
                    found.setdefault(each, (at, call.kind, recipe.label, call.line))
        return found

    @cached_property
    def _followed(self) -> tuple[frozenset[str], str]:
        """The files in which commands stand, and the text of all commands."""
        return frozenset(call.file for call in self._calls), "\n".join(call.text for call in self._calls)

    @cached_property
    def _go_builds(self) -> list[Call]:
        return [call for call in self._calls if call.words and _GO_BUILDS.search(call.text)]

    def _serving(self, path: str) -> tuple[int, Need] | None:
        """The first image that serves what it takes of `path`, and the number of its Dockerfile."""
        for at, label, each in self._served:
            if each.takes(path):
                return at, Need(path, f"{each.base} serves what it takes", label, line=each.line)
        return None

    def _naming(self, path: str) -> tuple[int, Need] | None:
        """The first command of a Dockerfile that names `path` or something in it, and the number of that Dockerfile."""
        found = self._named.get(path)
        if found is None:
            return None
        at, named_by, label, line = found
        return at, Need(path, f"{named_by} names it", label, line=line)

    @cached_property
    def _sweeping(self) -> Need | None:
        """The first command that takes documents whatever they are called."""
        for call in self._calls:
            if call.words and call.words[0] not in REMOVERS and SOME.search(call.text.encode()) and not _deletes(call):
                return Need("", "it reads documents", call.file, line=call.line)
        return None

    def is_run(self, path: str) -> bool:
        """Whether a command runs a script of the project, or says its name or that of its module."""
        files, said = self._followed
        if path in files or path.rpartition("/")[2] in said:
            return True
        return path.endswith(".py") and path.removesuffix(".py").replace("/", ".") in said

    def _is_built(self, path: str) -> bool:
        """Whether a command of Go builds or runs the program in a directory, as far as its words tell."""
        return any(_builds(call, path, self.mentions.modules) for call in self._go_builds)

    def _run(self, kind: str) -> Iterator[tuple[Recipe, Need]]:
        """The Dockerfiles in which a command runs tests, or makes something of documents or samples, and the first."""
        for recipe in self.recipes:
            if kind == "tests" and (names := _TESTED & recipe.names):
                yield recipe, Need("", f"the stage {min(names)} is for tests", recipe.label)
                continue
            for call in self.trail.of(recipe):
                if call.code or not call.words:
                    continue
                found = _tests(call) if kind == "tests" else _makes(call, kind)
                if found:
                    what = "tests are run" if kind == "tests" else f"{kind} are made"
                    yield recipe, Need("", what, call.file, line=call.line)
                    break


def _tests(call: Call) -> bool:
    found = interpreters.called(call.words, call.cwd)
    if found is None:
        return False
    name, words = found[0].name, (found[1], *found[0].arguments)
    if name in _NO_TASKS or name in REMOVERS or _SKIPPED.search(call.text) or call.text.startswith("bundle config"):
        return False
    if name in _TEST_PROGRAMS:
        return "install" not in words
    if name in _LAUNCHERS and any(each.rpartition("/")[2] in _TEST_PROGRAMS for each in words[1:6]):
        return not _INSTALLS.intersection(words)
    if call.kind == "CMD" and name not in _TASKED:
        return False
    plain = [each for each in words[1:5] if not each.startswith("-")]
    if name not in _TASKED and "/" not in words[0]:
        plain = [each for each in plain if not _OTHER_CHECKS.fullmatch(each)]
    return any(_TEST_WORDS.fullmatch(each) for each in plain[:3]) and "install" not in words and "add" not in words


def _builds(call: Call, path: str, modules: Iterable[tuple[str, str]]) -> bool:
    """Whether a command of Go builds the package in a directory; where its words do not tell, it may."""
    found = interpreters.called(call.words, call.cwd)
    if found is None or any("@" in each for each in found[0].words):
        return False
    if found[0].name not in _GO_PROGRAMS:
        return "$" in found[0].name
    if any("$(" in each or "`" in each for each in call.words):
        return True
    words = [each for before, each in pairwise(call.words) if before not in ("-o", "-C")]
    named = [
        posixpath.join(home, each[len(module) + 1 :]).rstrip("/")
        for each in words
        for module, home in modules
        if each == module or each.startswith(f"{module}/")
    ]
    if any(
        each == path or (each.endswith("...") and within(path, each.removesuffix("...").rstrip("/"))) for each in named
    ):
        return True
    files = [posixpath.dirname(each) or "." for each in words if each.endswith(".go")]
    packages = [each for each in words if each == "." or (each.startswith(("./", "../")) and not each.endswith(".go"))]
    packages += files
    packages = packages or ([] if named else ["."])
    for each in packages:
        if "$" in each or "-C" in call.words:
            return True
        plain = each.removesuffix("...").rstrip("/") or "."
        place = call.place.at(plain, call.cwd)
        if place is None:
            if call.place.places:
                return True
        elif place == path or (each.endswith("...") and within(path, place)):
            return True
    return False


def _makes(call: Call, kind: str) -> bool:
    """Whether a command makes documents or samples."""
    found = interpreters.called(call.words, call.cwd)
    if found is None or len(call.text) >= 2000:
        return False
    name = found[0].name
    if name in REMOVERS or name in _NO_TASKS:
        return False
    plain = _plain(call)
    makers, tasks = (_DOCUMENTS, _DOCUMENT_TASKS) if kind == "docs" else (_SAMPLES, _SAMPLE_TASKS)
    if makers.match(name):
        return True
    return name in _TASKED and bool(makers.search(plain) or tasks.search(plain))


def _plain(call: Call) -> str:
    """The words of a command that may be tasks or programs: no options and no paths."""
    words = (each.rpartition("/")[2] if each.startswith("@") else each for each in call.words[:6])
    return " ".join(each for each in words if not each.startswith("-") and "/" not in each)


def _deletes(call: Call) -> bool:
    return call.words[0] == "find" and ("-delete" in call.words or "rm" in call.words)


def _names(call: Call) -> Iterator[str]:
    """The paths that a command names which reads, and those of the directories in which they lie."""
    if call.words[0] in REMOVERS or _deletes(call):
        return
    for word in call.words:
        for token in _TOKEN.findall(word):
            plain = token.removeprefix("./")
            yield plain
            yield from parents(plain)
