"""Project files, which git tracks and a build hardly ever reads: tests, documents, changelogs, settings of services.

A mention anywhere that a build may read is enough to leave them alone: in a command, in a manifest as far as the build
has a use for it, in a source file as a path. Servers of files serve them, sites are made of them, and whoever runs
tests needs them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final, Protocol

from ...context.tree import Tree
from ...packages import catalog
from ...packages.programs import SILENT, Silent
from ...paths import DOCUMENTS, VENDORED, join, parents, within
from ...regex import lazy, lazy_bytes
from ...rules import globs
from ..junk.row import PROJECT, JunkRow
from ..survey import Survey
from .recipe import Recipe, Taken, lines

#: Source files and bytes of them that are read in search of a mention.
_MOST_FILES: Final = 4000
_MOST_BYTES: Final = 32 << 20
SOURCES: Final = frozenset(
    ".js .jsx .ts .tsx .mjs .cjs .mts .cts .vue .svelte .astro .mdx .py .pyi .rb .rake .php .rs .go .java .kt .kts "
    ".gradle .cs .fs .vb .ex .exs .erl .hrl .scala .sbt .swift .dart .clj .cljs .cljc .groovy .jl .pl .pm .r .hs .lhs "
    ".ml .elm .cr .zig .nim .lua .c .cc .cpp .cxx .h .hh .hpp .m .mm .erb .haml .slim .twig .hbs .ejs .pug .njk "
    ".liquid .cshtml .razor .tf".split()
)
#: The same, and scripts: what runs may read whatever lies beside it.
_RUN: Final = SOURCES | frozenset((".sh", ".bash", ".zsh", ".ps1", ".mk", ".toml", ".html"))
#: Directories of what developers run: only what a build runs of it counts.
TOOLS: Final = frozenset("hack script scripts ci .ci contrib release".split())
#: The same, and what a package has its programs in.
BY_HAND: Final = TOOLS | frozenset(("bin", "tool", "tools"))
_RUNS_TESTS: Final = lazy(
    r"\b(tests?|pytest|phpunit|rspec|check|verify|ctest|tox|nox|jest|vitest|mocha|nextest|e2e|cypress|playwright|lint|"
    r"ci:\w+|spec|coverage|qa)\b"
)
#: Programs that look for mistakes of style, or count what tests reach: their settings name what to leave alone.
_OF_STYLE: Final = frozenset(
    "eslint prettier commitlint lint-staged lintstaged stylelint knip cspell dangerfile wdio nightwatch depcheck "
    "dependency-cruiser size-limit oxlint biome credo dialyzer_ignore dialyzer-ignore formatter rector phpstan psalm "
    "ecs php-cs-fixer php_cs codecov coveralls dialyzer".split()
)
#: What makes pages of the documents beside it, that in the root among them.
_GENERATOR: Final = lazy(
    r"docusaurus|vitepress|vuepress|nextra|starlight|gatsby|eleventy|11ty|hexo|docsify|fumadocs|mintlify|mint\.json|"
    r"astro|hugo|jekyll|_config\.yml|mkdocs|zola|book\.toml"
)
#: The same, and what a program reads documents with, which it has a directory for.
_SITE: Final = lazy(
    r"docusaurus|vitepress|vuepress|nextra|starlight|mdx|contentlayer|gatsby|eleventy|hexo|docsify|fumadocs|mintlify|"
    r"mint\.json|gray-matter|markdown|remark|rehype|velite|astro|hugo|_config\.yml|mkdocs|zola|book\.toml|storybook"
)
#: Of these, those that only a command of this name makes pages with, whatever a program has to do with documents.
_BY_COMMAND: Final = {"mkdocs": "mkdocs", "book.toml": "mdbook", "zola": "zola", "docsify": "docsify"}
#: Settings of programs that look for mistakes, or make a release.
_SETTINGS: Final = lazy(
    r"[._]?(golangci|goreleaser|hadolint|yamllint|markdownlint|cspell|codespell|typos|commitlint|release-please|changeset|skaffold|"
    r"lefthook|lint-?staged|oxlint|prettier|stylelint|coverage|pylint|flake8|jshint|crowdin|grype|shellcheck|sonarcloud|dockle|"
    r"semantic-release|checkov|gitleaks|trivy|spectral|lychee|vale|taplo|deepsource|licenserc|ls-lint|rubocop|phpstan|"
    r"php-cs-fixer|php_cs|clippy|netlify)[\w.-]*$"
)
#: What makes of translations what programs read.
_COMPILES: Final = lazy(r"\b(?:compilemessages|compile-?messages|msgfmt|pybabel|compile_catalog|po2\w+|lingui\w*)\b")
#: Programs that may have packages of Node.js installed, and the words for whatever has to do with it.
_OF_NODE: Final = "corepack make rake rails mix dotnet mvn gradle just task ant phing vite webpack hatch".split()
_NODE: Final = lazy(r"\b(?:node|nodejs|npm|npx|yarn|pnpm|bunx?|deno)\b")
#: What sources of many projects name, their own or that of others.
_EVERYWHERE: Final = frozenset((".gitignore", ".editorconfig"))
#: A word that may be a path, as it stands between quotes, brackets and separators.
TOKEN: Final = lazy(r"[^\s=:,\"'()\[\]<>;|&]+")
#: A module of Python with those that it lies in.
MODULE: Final = lazy(r"[A-Za-z_]\w*(?:\.\w+)+")
#: Words that are the name of an environment, or of something else that is no directory.
AMBIGUOUS: Final = frozenset("test tests spec specs e2e docs doc deploy deployment".split())
#: Manifests that name documents only for what is published, and what publishes that, or makes a package of it.
PUBLISHED: Final = ("Cargo.toml",)
PUBLISHES: Final = lazy(r"\bcargo (?:deb|generate-rpm|bundle|packager|package|publish|dist|aur|wix)\b")
#: How the tables of packages in manifests are called.
_PACKAGES: Final = ("dependencies", "require", "require-dev")
#: Where programs of PHP have their entrance.
_ENTRANCES: Final = frozenset("public web webroot htdocs public_html www html".split())
#: Images that serve the files that are copied into them.
_SERVERS: Final = lazy(r"(?i)nginx|httpd|caddy|apache|lighttpd|static-web-server|wordpress|nextcloud|busybox|darkhttpd")
#: What a manifest leaves out, in its various notations.
EXCLUDED: Final = lazy(
    r"""(?m)\bexclude\w*["']?\s*[=:]\s*(?:\[[^\]]*\]|\([^)]*\)|[^\n]*(?:\n[ \t]+[^\s\[][^\n]*)*)|"""
    r"<exclude>[^<]*</exclude>"
)


#: More Dockerfiles below the root than these are what a project is about: its own tools read them.
_MANY: Final = 30
#: What builds an image, or opens the file for one.
_BUILDER: Final = lazy_bytes(
    rb"""["'`/](?:Dockerfile|Containerfile)\b|\bimages\.build\(|\bImageBuild\(|[Bb]uild_?[Ii]mage|from_?[Dd]ockerfile|"""
    rb"""\bdocker["',\s[]{1,6}(?:buildx["',\s]{1,4})?build\b"""
)
#: How a line begins of a page that is made of components, if it takes a file: the rest is text.
_TAKES: Final = (b"import", b"export", b"<")
#: A line of remarks.
#: What stands right before a name in a sentence: somebody is told to read it.
_TOLD: Final = lazy_bytes(rb"(?i)\b(?:see|the|read|check|consult|your|our|and|or|of|via|this|an?) $")
_REMARK: Final = lazy_bytes(rb"[ \t]*(?://(?!go:)|#\s|\*\s|--\s)")
_AMONG_TESTS: Final = lazy(
    r"(?:^|/)(?:tests?|__tests__|e2e|specs?|testdata)/|_test\.go$|[._](?:test|spec)\.\w+$|(?:^|/)test_"
)


def is_task(tree: Tree, name: str) -> bool:
    """Whether a source in the root is called by a script of the manifest, and not as a program is."""
    if name.partition(".")[0] in _ENTRIES or not name.endswith(_CALLED):
        return False
    scripts = tree.json("package.json").get("scripts")
    texts = [each for each in scripts.values() if isinstance(each, str)] if isinstance(scripts, dict) else []
    return any(name in re.split(r"[\s/\"']+", text) for text in texts)


def is_of_style(name: str) -> bool:
    """Whether a file has the settings of such a program."""
    stem, *rest = name.removeprefix(".").split(".")
    known = stem in _OF_STYLE or stem.removesuffix("rc") in _OF_STYLE
    return known and (len(rest) == 1 or (len(rest) == 2 and rest[0] in ("config", "dist", "ignore")))


#: How programs are called that have a file in the root, and how such files end.
_ENTRIES: Final = frozenset("index main server app worker start bot".split())
_CALLED: Final = (".js", ".mjs", ".cjs", ".ts", ".mts", ".py")


def taken_by(page: bytes) -> bytes:
    """What a page that is made of components takes: its lines without the text."""
    return b"\n".join(each if each.lstrip().startswith(_TAKES) else b"" for each in page.split(b"\n"))


def serves(base: str) -> bool:
    """Whether an image serves the files that are copied into it."""
    return _SERVERS.search(base) is not None


def is_served(tree: Tree, taken: Taken) -> bool:
    """Whether an image serves what it takes, as far as the source itself is what visitors see: a program whose
    entrance lies in a directory of its own has only that one served."""
    if not serves(taken.base):
        return False
    names = () if globs.is_wild(taken.path) else tree.names(taken.path)
    if any(name.startswith("index.") for name in names):
        return True
    return not any("index.php" in tree.names(join(taken.path, each)) for each in _ENTRANCES.intersection(names))


def is_set(recipe: Recipe, path: str) -> bool:
    """Whether a variable of an image that takes `path` has it, or something in it, as its value. A single word may
    mean anything else."""
    if path.rpartition("/")[2] not in "\n".join(recipe.settings) or not recipe.takes(path):
        return False
    for token in (each for text in recipe.settings for each in TOKEN.findall(text)):
        plain = token.removeprefix("./").rstrip("/")
        if plain == path and (token != path or path not in AMBIGUOUS):
            return True
        if f"{plain}/".startswith(f"{path}/") and "/" in plain:
            return True
        if MODULE.fullmatch(plain) and plain.replace(".", "/").startswith(f"{path}/"):
            return True
        if plain.startswith("/") and f"/{path}/" in f"{plain}/":
            return True
    told = rf"""\b(\w+)=["']?(?:\./)?{re.escape(path)}/?["']?(?=\s|$)"""
    return any(re.search(rf"\$\{{?{name}\b", recipe.text) for name in re.findall(told, "\n".join(recipe.settings)))


def _programs(name: str) -> str:
    """The program whose settings a file of this name has, and nobody else's; "" for all others."""
    found = _SETTINGS.match(name)
    return found[1] if found else ""


class Commands(Protocol):
    """What the commands of the Dockerfiles do: whether one runs a script of the project, a program, or a task of one,
    and which is the first in a Dockerfile that makes something of documents (`docs`)."""

    def is_run(self, path: str) -> bool: ...
    def is_called(self, program: str) -> bool: ...
    def is_said(self, task: re.Pattern[str]) -> bool: ...
    def made(self, kind: str, recipe: Recipe) -> str | None: ...


class Project:
    """What is said of project files. `is_compiled` says of a directory whether a package of Go in it is a part of what
    is built, `together` whether whoever reads one path may have another one, `packs` whether a package is made."""

    def __init__(
        self,
        survey: Survey,
        recipes: tuple[Recipe, ...],
        commands: Commands,
        is_compiled: Callable[[str], bool],
        together: Callable[[str, str], bool],
        packs: Callable[[], bool],
    ) -> None:
        self.packs = packs
        self.survey = survey
        self.recipes = recipes
        self.commands = commands
        self.is_compiled = is_compiled
        self.together = together
        self._mentions: dict[str, list[str]] | None = None
        self._strings: dict[str, str] = {}
        #: What builds images itself, and the directory of the component that it belongs to.
        self._builders: list[tuple[str, str]] = []

    def why(self, path: str, row: JunkRow) -> str | None:
        """Who may read `path`; None: nothing mentions it."""
        name = path.rpartition("/")[2]
        stem, dot, _ = name.partition(".")
        wild = rf"|{re.escape(stem)}\.?\*" if stem and dot and name.endswith(DOCUMENTS) else ""
        word = re.compile(rf"(?<![\w.-])(?:{re.escape(name)}(?![\w-]){wild})")
        document = row.content == "prose" or name.endswith(DOCUMENTS)
        for recipe in self.recipes:
            served = next((each for each in recipe.taking(path) if is_served(self.survey.tree, each)), None)
            if served and (row.content or document):
                return f"{served.base} serves what it takes ({recipe.label}:{served.line})"
            if row.content == "tests" and recipe.takes(path) and _RUNS_TESTS.search(recipe.text):
                return f"tests are run ({recipe.label})"
            if document and (made := self.commands.made("docs", recipe)):
                return made
            if (program := _programs(name)) and (program in recipe.everything or self.commands.is_called(program)):
                return f"{program} is run ({recipe.label})"
            if is_set(recipe, path):
                return f"a variable names it ({recipe.label})"
            for kind, line, text in lines(recipe):
                if word.search(text) and text.partition(" ")[0] != "rm":
                    return f"{kind} names it ({recipe.label}:{line})"
        if row.content == "translated" and (why := self._compiled(path)):
            return why
        if row.content == "of-node" and (why := self._installed(path)):
            return why
        if document and self._is_site(path):
            return "pages are made of documents"
        if document and self.survey.tree.exists("configure.ac"):
            return "automake asks for it"
        for manifest in self._manifests():
            if manifest.rpartition("/")[2] == name or not self.together(manifest, path):
                continue
            if document and manifest.endswith(PUBLISHED) and not self.commands.is_said(PUBLISHES):
                continue
            text = self._text(manifest)
            if row.content in ("deployment", "cluster") and catalog.runner(manifest.rpartition("/")[2]):
                # Of its tasks those that are run are known, and may have the name of the directory.
                text = "\n".join(each for each in text.splitlines() if each[:1] != "\t" and f"{name}/" in each)
            if word.search(text) or ((program := _programs(name)) and program in text):
                return f"{manifest} names it"
            if row.content == "tests" and manifest.rpartition("/")[2] in catalog.SCRIPTED and _RUNS_TESTS.search(text):
                return f"a script runs tests ({manifest})"
        if row.content == "builder-file":
            return self._built(path)
        if (silent := SILENT.get(name)) is not None:
            why = self._by_itself(silent)
            if why is not None or name in _EVERYWHERE:
                return why
        places = self.mentions().get(name, ())
        return next((f"{place} names it" for place in places if self.together(place, path)), None)

    def _compiled(self, path: str) -> str | None:
        """Who makes something of a translation, or would have to: what is made of it comes with the project only if git
        tracks that, too."""
        if not self.survey.tracks(f"{path.removesuffix('po')}mo"):
            return "what is made of it may not be there"
        return "a command compiles it" if self.commands.is_said(_COMPILES) else None

    def _installed(self, path: str) -> str | None:
        """Who may install packages of Node.js: a command, a script of the manifest of another language, or an image
        that has a program for it."""
        program = next(filter(self.commands.is_called, _OF_NODE), None)
        if program is not None:
            return f"{program} may read it"
        if self.commands.is_said(_NODE):
            return "a command has to do with Node.js"
        for recipe in self.recipes:
            if recipe.takes(path) and any(_NODE.search(base) for base in recipe.bases):
                return f"the image has Node.js ({recipe.label})"
        composer = join(posixpath.dirname(path), "composer.json")
        scripts = self.survey.tree.json(composer).get("scripts")
        return f"{composer} may read it" if scripts and _NODE.search(str(scripts)) else None

    def _by_itself(self, silent: Silent) -> str | None:
        """The program that reads a file which nobody has to name."""
        program = next(filter(self.commands.is_called, silent.programs), None)
        if program is not None:
            return f"{program} reads it"
        if self.commands.is_said(silent.tasks):
            return "a command reads it"
        tree = self.survey.tree
        named = [paths for name, paths in self.survey.manifests.items() if name not in catalog.UNREAD]
        named.append([name for name in catalog.ROOTS if name not in self.survey.manifests and tree.exists(name)])
        texts = ((each, silent.tools.search(self._having(each))) for paths in named for each in paths)
        return next((f"{found[0]} reads it ({manifest})" for manifest, found in texts if found), None)

    def _having(self, manifest: str) -> str:
        """What a manifest says to a build, and the packages that it has for it; "" where it says nothing to any."""
        said = catalog.part(self.survey.tree, manifest, self._run if self.recipes else None)
        if said is None:
            return self.survey.tree.text(manifest)
        if manifest.endswith("package.json") and self.recipes and not catalog.FRONT_END.search(self._run):
            return ""
        tables = self.survey.tree.json(manifest) if manifest.endswith(".json") else {}
        some = (table for key, table in tables.items() if key.lower().endswith(_PACKAGES) and isinstance(table, dict))
        return "\n".join((*said, *(f'"{name}":' for table in some for name in table)))

    @cached_property
    def _run(self) -> str:
        """All that the Dockerfiles run."""
        return "\n".join(each.everything for each in self.recipes)

    def _built(self, path: str) -> str | None:
        """Who builds images of files like `path`, or reads them: for that in the root, what has its name in it means
        that of somebody else."""
        if path in ("Dockerfile", "Containerfile") or "ignore" in path.rpartition("/")[2]:
            return None
        if self._are_data(path):
            return "the project consists of Dockerfiles"
        self.mentions()
        own = (file for file, home in self._builders if not home or within(path, home))
        return next((f"{file} may read it" for file in own if self.together(file, path)), None)

    def _are_data(self, path: str) -> bool:
        """Whether an image gets so many Dockerfiles, with `path` among them, that they are what it is about."""
        if len(self._nested) <= _MANY or not self.recipes:
            return len(self._nested) > _MANY
        sources = {each.path: each for one in self.recipes for each in one.taking(path)}
        return any(sum(map(each.takes, self._nested)) > _MANY for each in sources.values())

    @cached_property
    def _nested(self) -> list[str]:
        """The Dockerfiles below the root."""
        rows = ((each.path, each.row) for each in self.survey.candidates)
        return [path for path, row in rows if row is not None and row.content == "builder-file" and "/" in path]

    def mentions(self) -> dict[str, list[str]]:
        """The source files in which project files are named as paths, by the name."""
        if self._mentions is None:
            found = [each for each in self.survey.candidates if each.row is not None and each.row.group == PROJECT]
            files = sorted({each.path.rpartition("/")[2] for each in found if not each.directory})
            directories = {each.path for each in found if each.directory and not each.path.startswith(".")}
            hidden = {each.path for each in found if each.directory and each.path.startswith(".")}
            self._mentions = {}
            for name, place in self._found(files, directories, hidden) if files or directories or hidden else ():
                places = self._mentions.setdefault(name, [])
                if place not in places[-1:]:
                    places.append(place)
        return self._mentions

    def _found(self, files: list[str], directories: set[str], hidden: set[str]) -> Iterator[tuple[str, str]]:
        parts = [rf"(?<![\w.-])({'|'.join(map(re.escape, files))})(?![\w-])"] if files else []
        if directories:
            names = "|".join(map(re.escape, sorted(directories)))
            parts.append(rf"""(?:["'`]|["'`]/?(?:\.{{1,2}}/)+|__DIR__\s*\.\s*["']/)({names})/""")
            plain = "|".join(sorted(directories.intersection(("docs", "doc", "website", "tests"))))
            if plain:
                parts.append(rf"""["'`](?:\.{{1,2}}/)*({plain})["'`]|\b(?:from|import)\s+({plain})\b(?![-/])""")
        # Of a directory that is called so in any project, what is there.
        tools = "|".join(map(re.escape, sorted(hidden)))
        inside = re.compile(rf"""["'`](?:\.{{0,2}}/)*(({tools or "(?!)"})/[\w./-]+)["'`?]""".encode())
        pattern = re.compile("|".join(parts or ["(?!)"]).encode())
        words = [name.encode() for name in (*files, *directories)]
        for path, data in self._sources(directories):
            if path.endswith(".mdx"):
                data = taken_by(data)
            if b"ocker" in data and _BUILDER.search(data) and not _AMONG_TESTS.search(path):
                self._builders.append((path, self._home(path)))
            if not self._tests_are_run and _AMONG_TESTS.search(path):
                continue
            for match in pattern.finditer(data) if any(word in data for word in words) else ():
                line = data.rfind(b"\n", 0, match.start()) + 1
                if _REMARK.match(data, line) or _TOLD.search(data, max(line, match.start() - 16), match.start()):
                    continue
                yield next(filter(None, match.groups())).decode(), path
            if _AMONG_TESTS.search(path) or not any(name.encode() in data for name in hidden):
                continue
            if path.partition("/")[0] in BY_HAND and not self.commands.is_run(path):
                continue
            for match in inside.finditer(data):
                if self.survey.tree.exists(match[1].decode()):
                    yield match[2].decode().rpartition("/")[2], path

    @cached_property
    def _tests_are_run(self) -> bool:
        """Whether a command of a Dockerfile runs tests; without one nobody knows."""
        return not self.recipes or any(self.commands.made("tests", each) for each in self.recipes)

    def _home(self, path: str) -> str:
        """The directory of the component that a file belongs to."""
        tree = self.survey.tree
        return next((each for each in parents(path) if not catalog.ROOTS.isdisjoint(tree.names(each))), "")

    def _sources(self, without: set[str]) -> Iterator[tuple[str, bytes]]:
        """Source files, without those in project files themselves."""
        left, size = _MOST_FILES, _MOST_BYTES
        tree = self.survey.tree
        for directory in self.survey.kept:
            if directory.partition("/")[0] in without or not VENDORED.isdisjoint(directory.split("/")):
                continue  # what others have written knows nothing of the project
            for name in tree.names(directory):
                if name[name.rfind(".") :] not in SOURCES or name in catalog.UNREAD:
                    continue
                path = join(directory, name)
                if directory.partition("/")[0] in TOOLS and not self.commands.is_run(path):
                    continue
                if not directory and is_task(tree, name) and not self.commands.is_run(name):
                    continue
                if is_of_style(name):
                    continue
                if name.endswith(".go") and not self.is_compiled(directory):
                    continue
                data = tree.read(path)
                if data is None:
                    continue
                yield path, EXCLUDED.sub("", data.decode(errors="replace")).encode() if name == "setup.py" else data
                left, size = left - 1, size - len(data)
                if left < 0 or size < 0:
                    return

    def _is_site(self, path: str) -> bool:
        """Whether a manifest or a configuration says that pages are made of the documents beside it or below."""
        makes = _SITE if "/" in path else _GENERATOR
        if any((found := makes.search(name)) and self._may_run(found[0]) for name in self.survey.tree.names("")):
            return True
        manifests = self.survey.manifests.items()
        homes = {
            posixpath.dirname(each)
            for name, paths in manifests
            if (found := makes.search(name)) and self._may_run(found[0])
            for each in paths
        }
        scripted = self.survey.named(*catalog.SCRIPTED)
        homes.update(
            posixpath.dirname(each)
            for each in scripted
            if any(self._may_run(found[0]) for found in makes.finditer(self.survey.tree.text(each)))
        )
        return any(not home or within(path, home) for home in homes)

    def _may_run(self, generator: str) -> bool:
        """Whether a command, or an image, may have to do with what makes pages; without a Dockerfile nobody knows."""
        program = _BY_COMMAND.get(generator)
        if program is None or not self.recipes:
            return True
        return any(program in base for each in self.recipes for base in each.bases) or self.commands.is_said(
            re.compile(re.escape(program))
        )

    def _manifests(self) -> Iterator[str]:
        """Those that a build may read."""
        for name, paths in self.survey.manifests.items():
            runner = catalog.runner(name)
            if name in catalog.UNREAD or name[name.rfind(".") :] in SOURCES:
                continue  # the latter are read as sources
            if name in catalog.PACKED and not self.packs():
                continue
            if runner is None or self.commands.is_called(runner):
                yield from paths

    def _text(self, path: str) -> str:
        """What a manifest says to a build."""
        if path not in self._strings:
            commands = "\n".join(each.everything for each in self.recipes) if self.recipes else None
            said = catalog.part(self.survey.tree, path, commands)
            text = EXCLUDED.sub("", self.survey.tree.text(path)) if said is None else "\n".join(said)
            self._strings[path] = text
        return self._strings[path]


def is_data(tree: Tree, path: str) -> bool:
    """Whether a path is that of a file that reads nothing itself, as far as its ending tells."""
    name = path.rpartition("/")[2]
    ending = name[name.rfind(".") :] if "." in name else ""
    return bool(ending) and ending not in _RUN and tree.kind(path) == "file"
