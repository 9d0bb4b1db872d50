"""Who reads tests, documentation and samples, which git tracks: commands that run or make them, and whoever names a
path of theirs in a source or a manifest."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import combinations, islice
from typing import TYPE_CHECKING, Final

from ...packages import interpreters
from ...packages.go_programs import GoPrograms
from ...packages.versions import GO_VARIABLE
from ...paths import DOCUMENTS, parents, within
from ...regex import lazy, lazy_bytes
from ..junk.lookup import in_fixtures
from ..junk.row import PROJECT, JunkRow
from ..survey import Survey
from .mentions import SOME, Mentions
from .need import Copied, Need
from .project import PUBLISHED, PUBLISHES, TOKEN, is_data, is_served, is_set
from .purposes import (
    GO_PROGRAMS,
    INSTALLS,
    builds_package,
    makes,
    named_paths,
    own_paths,
    runs_tests,
    started_modules,
    test_start,
)
from .readers import Named, is_key, keys
from .recipe import Recipe, Taken
from .spoken import REMOVERS, deletes
from .started import TEST_WORDS, services
from .trail import Call, Trail

if TYPE_CHECKING:
    from ...packages.dotenv import Composed
    from .members import Members

_GO_BUILDS: Final = lazy(
    rf"(?:\b(?:go|xx-go|garble|tinygo)|{GO_VARIABLE})\s+(?:-\S+\s+(?:[^-\s]\S*\s+)??)*"
    r"(?:build|install|run|generate)\b"
)
#: What makes a package of tests for others, on Maven and Gradle.
_PACKED_TESTS: Final = lazy(r"<type>\s*test-jar|<goal>\s*test-jar|sourceSets\W+test\W+output|\btestFixtures\(")
#: What reads Dockerfiles and compose files, and the words with which an engine does.
_ENGINES: Final = frozenset("docker podman nerdctl buildctl".split())
_BUILDERS: Final = _ENGINES | frozenset("buildah kaniko executor docker-compose podman-compose earthly img".split())
_BUILDS_IMAGES: Final = frozenset("build buildx compose bake up stack".split())
#: A path in which the packages of an image lie.
_OF_IMAGES: Final = lazy(r"(?<![\w./-])/(?:usr/(?:share|lib|local/share|include)|etc|var/(?:lib|cache))/\S{0,500}")
_PACKS: Final = lazy(r"\b(?:npm|pnpm|yarn|bun)(?: pm)? (?:pack|publish)\b|\bvsce package\b")
_DEPLOYS: Final = lazy(r"\bpnpm\b[^\n;&|]* deploy\b")
#: Images that are there to run tests.
_FOR_TESTS: Final = lazy(r"(?:^|/)(?:playwright|cypress|testcafe|k6|selenium)\b")
#: What builds programs of Go, and says elsewhere which.
_GO_WRAPPERS: Final = frozenset("mage goreleaser gox xgo ko wails fyne gomobile bazel bazelisk earthly dagger".split())
_RUNS_OTHERS: Final = lazy_bytes(rb'"os/exec"|magefile')
#: A path in a command.
_PLACE: Final = lazy(r"(?:\.{0,2}|\w[\w.-]*)(?:/[\w.-]+)+")
#: What reads settings of a cluster or a cloud.
_CLUSTER: Final = lazy(
    r"(?<![\w.-])(kubectl|helm|helmfile|terraform|tofu|opentofu|terragrunt|kustomize|ansible[\w-]*|pulumi|skaffold|argocd|fluxcd|"
    r"kops|kubeadm|k3s|minikube|operator-sdk|kubebuilder|controller-gen|conftest|kubeval|kubeconform)(?![\w/.-])"
)
#: By their contents, what is no directory, or goes without consent, and is looked for in sources all the same.
_SEARCHED: Final = frozenset("in-capitals no-pages of-component deployment cluster picture picture-of-readme".split())
#: Names of stages that are built for whoever runs tests in them.
_TESTED: Final = frozenset("test tests tester testing ci e2e spec specs unit integration".split())
#: So many names of a path in a variable count, as each with each makes a path, and so many paths of all variables.
_MOST_PARTS: Final = 40
_MOST_SET: Final = 100_000
#: Places of an image in which something of the context lies.
_MOST_PLACED: Final = 500
#: Words that programs are called by, and of which files with other settings are called, too.
_NO_OWN: Final = frozenset(
    "node python python3 docker compose package config app main sh bash make test build run start exec npm npx yarn "
    "pnpm git cp cat".split()
)
#: How lists of files are called.
_LISTS: Final = (".txt", ".lst", ".list", ".files", ".manifest", ".rsp")
_LONGEST_LIST: Final = 1 << 16
#: Words of scripts in an array, and what a variable is if nobody has set it; a function.
_ARRAY: Final = lazy(r"(?m)^[ \t]*(?:(?:local|declare|readonly)\b[ \t]*(?:-\w+[ \t]+)?)?\w+\+?=\(([^()$`]*)\)")
_DEFAULT: Final = lazy(r"\$\{\w+:?[-=]([\w./-]*/[\w./-]+)\}")
_FUNCTION: Final = lazy(r"(?m)^[ \t]*(?:function[ \t]+)?([A-Za-z_][\w-]*)[ \t]*\(\)")
#: Servers of the directory in which they are started.
_SERVE: Final = frozenset("serve http-server live-server http.server darkhttpd miniserve sirv light-server".split())
#: What holds pictures alone, which pages show.
_PICTURES: Final = frozenset(("picture", "pictures", "picture-of-readme", "pictures-of-readme"))


class Optional:
    """What is said of tests, documentation and samples. `spoken` are paths that commands name, each a need of its
    own."""

    def __init__(
        self,
        survey: Survey,
        recipes: tuple[Recipe, ...],
        trail: Trail,
        together: Callable[[str, str], bool],
        packs: Callable[[], bool],
        spoken: frozenset[str],
    ) -> None:
        self.survey = survey
        self._composed: dict[str, tuple[Composed, ...]] = {}
        self.files = frozenset(each for each in spoken if is_data(survey.tree, each))
        self.recipes = recipes
        self.trail = trail
        paths = (
            each.path
            for each in survey.candidates
            if each.row is not None
            and (
                each.row.content in _SEARCHED
                or (each.row.consent and each.directory)
                or ("/" in each.path and each.row.group == PROJECT and _is_data(each.path, each.row))
                or (each.row.group == PROJECT and each.path.endswith(DOCUMENTS))
            )
        )
        pictures = (each.path for each in survey.candidates if each.row is not None and each.row.content in _PICTURES)
        self.go = GoPrograms(survey, self._is_built)
        self.mentions = Mentions(
            survey,
            "\n".join(each.everything for each in recipes),
            paths,
            pictures,
            self.is_run,
            self.go,
            together,
            packs,
            Copied(
                *_copied(survey, recipes),
                lambda: self._programs,
                tuple(text for recipe in recipes for text in recipe.settings),
            ),
        )
        self._runs: dict[str, list[tuple[Recipe, Need]]] = {}

    def why(self, path: str, row: JunkRow) -> str | None:
        """Who may read `path`; None: no known reader."""
        kind = row.consent
        kinds = [kind]
        if kind != "tests" and in_fixtures(path):
            kinds.append("tests")
        if kind == "samples":
            kinds.append("docs")  # pages show them
        for each in kinds:
            need = next((need for recipe, need in self._running(each) if recipe.takes(path)), None)
            if need is not None:
                return need.why
        swept = row.content in ("no-pages", "prose", "site") or path.endswith(DOCUMENTS)
        if kind == "docs" and swept and (some := self._sweeping) is not None:
            return some.why
        if row.content in ("no-pages", "of-component") and self.survey.tree.exists("configure.ac"):
            return "automake asks for it"
        for recipe in self.recipes:
            if is_set(recipe, path):
                return f"a variable names it ({recipe.label})"
        if path in self._entered:
            return f"a command runs in it ({self._entered[path]})"
        if path in self._listed:
            return f"a list names it ({self._listed[path]})"
        if path in self._held and (kind != "tests" or "/" in path):
            return f"a script names it ({self._held[path]})"
        if why := ("tests" in kinds and self._services.get("")) or self._services.get(path):
            return why
        if kind == "tests" and self._packed:
            return self._packed
        if kind != "tests" and (why := self._published(path)):
            return why
        if kind != "tests" and self._site:
            return self._site
        asked = (self._serving(path) if kind == "docs" else None, self._naming(path), self._setting(path))
        said = [each for each in asked if each]
        if said:
            return min(said, key=lambda each: each[0])[1].why
        if row.kind == "file" and row.content not in _SEARCHED and kind == "docs":
            return None
        among = kind == "tests" and (row.kind == "file" or row.content == "data-of-tests")
        files = (path, *parents(path)) if among else (path,)
        found = next((found.why for each in files if (found := self.mentions.of(each))), None)
        if found is None and row.kind == "dir" and (below := self.mentions.inside(path)) is not None:
            return below.why
        return found or (self._said(path) if kind in ("docs", "samples") else None)

    def _said(self, path: str) -> str | None:
        """The command of a script that names a document, or a directory as a part of a path."""
        above, _, name = path.rpartition("/")
        if above and path not in self._own:
            name = f"{posixpath.basename(above)}/{name}"  # every project has a `src`
        part = rf"(?<![\w.-]){re.escape(name)}/|/{re.escape(name)}(?![\w.-])"
        if "/" in name:
            part += rf"|(?<![\w./-]){re.escape(name)}(?![\w.-])"
        for call in self._calls:
            if name not in call.text or not call.words or call.words[0] in REMOVERS:
                continue
            # What an image has of its own is nothing of the context, and a file alone is needed by itself.
            text = _PLACE.sub(self._unless_file, _OF_IMAGES.sub("", call.text))
            if re.search(part, text):
                return f"it is named ({call.file}:{call.line})" if call.line else f"it is named ({call.file})"
        return None

    @cached_property
    def _own(self) -> frozenset[str]:
        """What goes by its own name, and not because of what it lies in."""
        return frozenset(each.path for each in self.survey.candidates)

    def _unless_file(self, found: re.Match[str]) -> str:
        return "" if found[0].removeprefix("./") in self.files else found[0]

    def reads(self, path: str, row: JunkRow) -> str | None:
        """Who may read a file for builders, or a document, of the project."""
        if self._images and (row.content == "builder-file" or "compose.yml" in row.paths.split()):
            return self._images
        if path.endswith(".md") and (said := self._said(path)):
            return said
        if "/" in path and _is_data(path, row) and (found := self.mentions.of(path)) is not None:
            return found.why
        return self._read_by(path) if path.endswith(DOCUMENTS) else None

    @cached_property
    def _programs(self) -> frozenset[str]:
        """The names of the programs that commands run."""
        found: set[str] = set()
        for call in self._calls:
            if call.words and (called := interpreters.called(call.words, call.cwd)) is not None:
                found.update((called[0].name, *(each.rpartition("/")[2] for each in call.words[:3])))
        return frozenset(found) - _NO_OWN - REMOVERS

    @cached_property
    def _listed(self) -> dict[str, str]:
        """The paths in lists of files that commands read, those above them among them, with the place of the first."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        tree = self.survey.tree
        for call in self._calls:
            for word in call.words[1:]:
                plain = word.lstrip("@<").rpartition("=")[2]
                if not plain.endswith(_LISTS) or (path := call.place.at(plain, call.cwd)) is None or path in seen:
                    continue
                seen.add(path)
                for number, line in enumerate(tree.text(path)[:_LONGEST_LIST].splitlines(), 1):
                    text = line.strip().removeprefix("./").rstrip("/")
                    if text and " " not in text and tree.exists(text.rstrip("/*")):
                        for each in (text.rstrip("/*"), *parents(text)):
                            found.setdefault(each, f"{path}:{number}")
        return found

    @cached_property
    def _held(self) -> dict[str, str]:
        """The paths that scripts have in arrays, give to functions of their own, or take as a last resort."""
        found: dict[str, str] = {}
        for file in dict.fromkeys(call.file for call in self._calls if not call.kind and not call.code):
            text = self.survey.tree.text(file)
            if not text.startswith("#!") and not file.endswith((".sh", ".bash")):
                continue
            said = [match[1] for pattern in (_ARRAY, _DEFAULT) for match in pattern.finditer(text)]
            if functions := "|".join(map(re.escape, set(_FUNCTION.findall(text)))):
                said += re.findall(rf"(?m)^[ \t]*(?:{functions})[ \t]+([^\n;|&]+)", text)
            for word in (each.strip("\"'") for each in " ".join(said).split()):
                plain = re.sub(r"^(?:\./|\$\{?\w+\}?/)", "", word).rstrip("/*")
                if plain in self.files:
                    continue
                for each in (plain, *parents(plain)):
                    found.setdefault(each, file)
        return found

    @cached_property
    def _images(self) -> str:
        """Where a command builds or starts images; "": nowhere."""
        for call in self._calls:
            found = interpreters.called(call.words, call.cwd) if call.words else None
            if found is None:
                continue
            words = {each for each in call.words[1:6] if not each.startswith("-")}
            name = found[0].name
            if name in _BUILDERS and (name not in _ENGINES or words & _BUILDS_IMAGES):
                return f"{name} reads it ({call.file}:{call.line})" if call.line else f"{name} reads it ({call.file})"
        return ""

    @cached_property
    def _services(self) -> dict[str, str]:
        """What services and other containers run: tests, or something that they name, with the place."""
        return services(self.survey)

    @cached_property
    def _packing(self) -> tuple[Call | None, bool]:
        """The command that makes a package of Node, and whether it only deploys one; None: there is none."""
        packs = next((each for each in self._calls if each.words and _PACKS.search(each.text)), None)
        if packs is not None:
            return packs, False
        said = (each for each in self._calls if "deploy" in each.words)
        return next((each for each in said if _DEPLOYS.search(each.text)), None), True

    def _published(self, path: str) -> str | None:
        """The command that makes a package of Node of what lies in its directory, if `path` is a part of it."""
        published = [*self.survey.named(*PUBLISHED)]
        for manifest in published if published and self.is_said(PUBLISHES) else ():
            home = posixpath.dirname(manifest)
            if (not home or within(path, home)) and path.rpartition("/")[2] in self.survey.tree.text(manifest):
                return f"it is packed ({manifest})"
        call, deploys = self._packing
        for manifest in self.survey.named("package.json") if call is not None else ():
            home = posixpath.dirname(manifest)
            if home and not within(path, home):
                continue
            listed = self.survey.tree.json(manifest).get("files")
            named = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
            # Of what is deployed with all that lies there, nobody says that it is read.
            files = [posixpath.join(home, each) for each in named] or ([] if deploys else [path])
            if any(within(path, each.removesuffix("/**").rstrip("/*")) for each in files) and call is not None:
                return f"it is packed ({call.file}:{call.line})"
        return None

    @cached_property
    def _packed(self) -> str | None:
        """The manifest that makes a package of tests, or takes one."""
        for path in self.survey.named("pom.xml", "build.gradle", "build.gradle.kts"):
            if _PACKED_TESTS.search(self.survey.tree.text(path)):
                return f"tests are packed ({path})"
        return None

    def deploys(self, path: str) -> str | None:
        """Who reads settings of a cluster: an image that takes them and has a program for that, a command that says
        their name, a source."""
        word = re.compile(rf"(?<![\w.-]){re.escape(path)}(?![\w-])")
        for recipe in self.recipes:
            for taken in recipe.taking(path):
                stages = recipe.related(taken.stage)
                if is_set(recipe, path):
                    return f"a variable names it ({recipe.label})"
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

    def _read_by(self, path: str) -> str | None:
        """Who reads a document that goes without consent: a source, a page, a variable, whatever reads all of them."""
        found = self.mentions.of(path) or (self._sweeping if "/" in path else None)
        setting = self._setting(path)
        return found.why if found is not None else setting[1].why if setting is not None else None

    def _setting(self, path: str) -> tuple[int, Need] | None:
        """The first variable of an image that has `path`, or something in it, in its value: what runs there may read
        it."""
        at = self._set.get(path)
        return None if at is None else (at, Need(path, "a variable names it", self.recipes[at].label))

    @cached_property
    def _set(self) -> dict[str, int]:
        """The paths that the values of variables name, each with all directories above it, by any of which the context
        may begin, and the number of the first Dockerfile that says so."""
        found: dict[str, int] = {}
        for at, recipe in enumerate(self.recipes):
            tokens = {token for text in recipe.settings for token in TOKEN.findall(text.partition("=")[2])}
            for token in tokens:
                if TEST_WORDS.fullmatch(token):
                    continue  # the name of an environment
                if len(found) > _MOST_SET:
                    return found
                parts = posixpath.normpath(token).strip("/").split("/")[:_MOST_PARTS]
                for start, end in combinations(range(len(parts) + 1), 2):
                    found.setdefault("/".join(parts[start:end]), at)
        return found

    @cached_property
    def members(self) -> Members:
        """The members of workspaces."""
        from .members import Members  # only where there is a workspace

        return Members(self.survey, self.recipes, self.trail)

    @cached_property
    def _calls(self) -> list[Call]:
        """All that the Dockerfiles run."""
        return [call for recipe in self.recipes for call in self.trail.of(recipe)]

    @cached_property
    def keys(self) -> dict[str, str]:
        """The first places that name files of keys or their directories, by the names of these."""
        found: dict[str, str] = {}
        for each in self._keys:
            found.setdefault(each.name, each.place)
        return found

    @cached_property
    def _keys(self) -> list[Named]:
        return [*keys(self.survey)]

    def opens(self, path: str) -> str | None:
        """The place in a program that reads a file of a key by its path."""
        if not is_key(path.rpartition("/")[2]):
            return None
        for each in self._keys:
            meant = each.path and (each.means(path) or path in self.mentions.placed(each.path))
            if meant and self.mentions.together(each.file, path):
                return each.place
        return None

    def composes(self, path: str) -> str | None:
        """What becomes of the program without a file of variables, of whose name it makes a part of a variable."""
        from ...packages.dotenv import composed  # only where git tracks one

        above, _, name = path.rpartition("/")
        if above not in self._composed:
            self._composed[above] = composed(self.survey.tree, above)
        found = max(
            (each for each in self._composed[above] if each.fits(name)), key=lambda each: each.ends, default=None
        )
        return found and f"the program {'ends without it' if found.ends else 'may load it'} ({found.place})"

    @cached_property
    def _site(self) -> str:
        """The start of a server that serves the directory where it runs, with all that lies there; "": none does."""
        for call in self._calls:
            found = interpreters.called(call.words, call.cwd) if call.words and not call.code else None
            if found is None or call.place.at(call.cwd) != "":
                continue
            name, words = found[0].name, found[0].words
            if found[0].arguments[:2] == ("-m", "http.server") or (name == "php" and "-S" in found[0].arguments):
                name, words = "http.server", words[1:]
            given = found[0].value("-d", "--directory", "-t", "--root")
            if name in _SERVE and not given and all(each in (".", "./") or each.isdecimal() for each in words):
                return f"a server serves it ({call.file}:{call.line})"
        return ""

    @cached_property
    def _entered(self) -> dict[str, str]:
        """The directories in which a command of a Dockerfile runs, with the place of the first."""
        found: dict[str, str] = {}
        seen: set[tuple[int, str]] = set()
        for call in self._calls:
            if (call.stage, call.cwd) in seen or not call.kind or call.words[0] in REMOVERS:
                continue
            seen.add((call.stage, call.cwd))
            at = call.place.at(call.cwd)
            for each in (at, *parents(at)) if at else ():
                found.setdefault(each, f"{call.file}:{call.line}")
        return found

    @cached_property
    def _served(self) -> list[tuple[int, str, Taken]]:
        """What images take that serve it, each with the number and the name of its Dockerfile."""
        return [
            (at, recipe.label, each)
            for at, recipe in enumerate(self.recipes)
            for each in recipe.taken
            if is_served(self.survey.tree, each)
        ]

    @cached_property
    def _named(self) -> dict[str, tuple[int, str, str, int]]:
        """The paths that commands of Dockerfiles name, and the first that does: the number of its Dockerfile, its kind,
        file and line."""
        found: dict[str, tuple[int, str, str, int]] = {}
        for at, recipe in enumerate(self.recipes):
            for call in self.trail.of(recipe):
                for each in named_paths(call, self.files) if call.kind else started_modules(call):
                    place = recipe.label if call.kind else call.file
                    found.setdefault(each, (at, call.kind or "a command", place, call.line))
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
            if not call.words or call.words[0] in REMOVERS or not ("md" in call.text or "rst" in call.text):
                continue
            if SOME.search(call.text.encode()) and not deletes(call):
                return Need("", "it reads documents", call.file, line=call.line)
        return None

    def is_run(self, path: str) -> bool:
        """Whether a command runs a script of the project, or says its name or that of its module."""
        files, said = self._followed
        if path in files or path.rpartition("/")[2] in said:
            return True
        return path.endswith(".py") and path.removesuffix(".py").replace("/", ".") in said

    def is_called(self, program: str) -> bool:
        """Whether a command runs a program, or has it run, and does not only install it."""
        for call in self._calls:
            found = interpreters.called(call.words, call.cwd) if program in call.words else None
            if found is not None and (found[0].name == program or INSTALLS.isdisjoint(call.words)):
                return True
        return False

    def is_said(self, task: re.Pattern[str]) -> bool:
        """Whether a command has such words in it."""
        return any(call.words and task.search(call.text) for call in self._calls)

    def made(self, kind: str, recipe: Recipe) -> str | None:
        """The first command of a Dockerfile that runs tests, or makes something of documents or samples."""
        return next((need.why for one, need in self._running(kind) if one is recipe), None)

    def _is_built(self, path: str) -> bool:
        """Whether a command of Go builds or runs the program in a directory, as far as its words tell."""
        if self._builds_any or not self._go_builds:
            return True
        return any(builds_package(call, path, self.go.modules) for call in self._go_builds)

    @cached_property
    def _builds_any(self) -> bool:
        """Whether a program is run that builds those of Go as it likes."""
        for call in self._calls:
            found = interpreters.called(call.words, call.cwd) if call.words else None
            if found is None:
                continue
            if found[0].name in _GO_WRAPPERS:
                return True
            if (
                found[0].name in GO_PROGRAMS
                and "run" in call.words[:3]
                and any(map(self._calls_others, own_paths(call)))
            ):
                return True
        return False

    def _calls_others(self, path: str) -> bool:
        """Whether a program of Go, a file or a directory, runs others."""
        tree = self.survey.tree
        files = [path] if path.endswith(".go") else [f"{path}/{each}" for each in tree.names(path)]
        return any(each.endswith(".go") and _RUNS_OTHERS.search(tree.read(each) or b"") for each in files)

    def _running(self, kind: str) -> list[tuple[Recipe, Need]]:
        if kind not in self._runs:
            self._runs[kind] = [*self._run(kind)]
        return self._runs[kind]

    def _run(self, kind: str) -> Iterator[tuple[Recipe, Need]]:
        """The Dockerfiles in which a command runs tests, or makes something of documents or samples, and the first."""
        for recipe in self.recipes:
            if kind == "tests" and (names := _TESTED & recipe.names):
                yield recipe, Need("", f"the stage {min(names)} is for tests", recipe.label)
                continue
            for call in self.trail.of(recipe):
                if call.code or not call.words:
                    continue
                found = runs_tests(call) if kind == "tests" else makes(call, kind)
                if found:
                    what = "tests are run" if kind == "tests" else f"{kind} are made"
                    yield recipe, Need("", what, call.file, line=call.line)
                    break
            else:
                of_tests = (each for each in recipe.taken if kind == "tests" and _FOR_TESTS.search(each.base))
                for each in of_tests:
                    yield recipe, Need("", f"{each.base} runs tests", recipe.label, line=each.line)
                    break
                if kind == "tests" and (started := test_start(self.trail.of(recipe))):
                    yield recipe, Need("", "tests are run", started.file, line=started.line)


def _copied(
    survey: Survey, recipes: tuple[Recipe, ...]
) -> tuple[frozenset[str], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What the Dockerfiles take by name: files, directories that lie over that of the image, and where all of it comes
    to lie."""
    places = dict.fromkeys(place for recipe in recipes for stage in recipe.places for place in stage)
    found = [(each.target, each.source) for each in islice(places, _MOST_PLACED)]
    kinds = {path: survey.tree.kind(path) for _, path in found if path}
    files = frozenset(path for path, kind in kinds.items() if kind == "file")
    over = (
        path for target, path in found if path and (target == "/" or within(target, "/etc")) and kinds[path] == "dir"
    )
    return files, tuple(dict.fromkeys(over)), tuple(found)


def _is_data(path: str, row: JunkRow) -> bool:
    """Whether a project file could be what a program reads: a document, or a file for builders."""
    return path.endswith(".md") or row.content == "builder-file"
