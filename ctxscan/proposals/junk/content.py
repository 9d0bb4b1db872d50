"""Tests on what lies in a directory, or how a file begins: they tell junk from source of the same name.

Each takes a place and its path; a few names and a few hundred bytes have to be enough.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from ...paths import parents
from ...regex import lazy
from ...rules.globs import matches

#: Regular files below this size are not worth a rule by their size.
LARGE: Final = 1_000_000
CACHE_TAG: Final = b"Signature: 8a477f597d28d172789f06886806bc55"
_BINARY: Final = (b"\x7fELF", b"MZ", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
#: Manifests beside which the directories of a component lie.
_ROOTS: Final = frozenset(
    "package.json Cargo.toml go.mod pom.xml build.gradle build.gradle.kts setup.py setup.cfg pyproject.toml "
    "requirements.txt composer.json mix.exs pubspec.yaml Gemfile CMakeLists.txt meson.build Dockerfile deno.json "
    "build.sbt Makefile".split()
)
_CODE: Final = lazy(
    r".*\.(py|js|ts|jsx|tsx|go|rs|java|kt|cs|rb|php|c|cc|cpp|h|hpp|swift|dart|ex|scala|sh|sql|vue|svelte)"
)


class Files(Protocol):
    """The context as the tests see it: nothing outside it, no link followed."""

    def names(self, path: str) -> tuple[str, ...]: ...
    def kind(self, path: str) -> str | None: ...
    def size(self, path: str) -> int: ...
    def read(self, path: str, most: int) -> bytes | None: ...


#: Tests that only say that nothing speaks against it.
WEAK: Final = frozenset(
    (
        "gradle-cache",
        "large",
        "no-code",
        "no-environment",
        "not-served",
        "no-scripts",
        "no-typescript",
        "not-config",
        "not-package",
        "cmake-build",
        "packages",
    )
)

Test = Callable[[Files, str], bool]


def holds(test: str, files: Files, path: str) -> bool:
    return TESTS[test](files, path)


def _head(files: Files, path: str, size: int = 512) -> bytes:
    return files.read(path, size) or b""


def _split(path: str) -> tuple[str, str]:
    above, _, name = path.rpartition("/")
    return above, name


def _gitdir(files: Files, path: str) -> bool:
    return _head(files, path).startswith(b"gitdir:")


def _apple_double(files: Files, path: str) -> bool:
    return _head(files, path, 4) == b"\x00\x05\x16\x07"


def _editor_copy(files: Files, path: str) -> bool:
    name = _split(path)[1]
    if name.endswith("~") or name.startswith((".#", "#")):
        return True
    # `.name.swp` of vim; `x.swp` without the dot is somebody's file
    return name.startswith(".") and re.fullmatch(r"\..+\.sw[a-z]", name) is not None


def _dump(files: Files, path: str) -> bool:
    name = _split(path)[1]
    if re.fullmatch(r"core(\.[0-9]+)?|.*\.core", name):
        return _head(files, path, 4) == b"\x7fELF"
    return not name.endswith((".prof", ".svg")) or _head(files, path, 2) == b"\x1f\x8b"


def _packages(files: Files, path: str) -> bool:
    return any(name.endswith(".zip") for name in files.names(path))


def _service_account(files: Files, path: str) -> bool:
    head = _head(files, path, 4096)
    return b'"service_account"' in head and b'"private_key"' in head


def _private_key(files: Files, path: str) -> bool:
    head = _head(files, path, 4096)
    return b"PRIVATE KEY-----" in head or head.startswith(b"PuTTY-User-Key-File")


def _large(files: Files, path: str) -> bool:
    return files.size(path) >= LARGE


def _database(files: Files, path: str) -> bool:
    name = _split(path)[1]
    if name.endswith(("-journal", "-wal", "-shm")):
        return True
    head = _head(files, path, 16)
    return head.startswith(b"SQLite format 3") or (not head.strip(b"\0") and name.endswith((".sqlite3", ".sqlite")))


def _prose(files: Files, path: str) -> bool:
    """A directory of a component with documents, and hardly anything that is built or run."""
    if not _component(files, path):
        return False
    documents = code = 0
    for name in _inside(files, path):
        ending = name.rpartition(".")[2].lower() if "." in name else ""
        documents += ending in ("md", "mdx", "rst", "adoc", "txt")
        code += bool(_CODE.fullmatch(name))
    return documents > 0 and documents >= code


def _no_pages(_: Files, path: str) -> bool:
    """Not among what pages or projects are made of."""
    above = path.lower().rpartition("/")[0]
    return _PAGED.isdisjoint(path.lower().split("/")) and not MADE_OF.search(above)


#: Directories of which pages, or new projects, are made.
_PAGED: Final = frozenset(
    "templates template skeleton skeletons stubs scaffold content contents pages posts articles blog static public "
    "assets resources views priv data i18n locales help wiki _posts fixtures testdata examples docs doc documentation "
    "website www".split()
)


#: Names of directories that new projects are made of.
MADE_OF: Final = lazy(r"templat|skeleton|scaffold|boilerplate|cookiecutter|blueprint")


def _site(files: Files, path: str) -> bool:
    """A directory of a component that a generator of pages reads: documents beside its settings."""
    if not _component(files, path):
        return False
    return any(name.endswith((".md", ".mdx", ".rst", ".adoc")) for name in _inside(files, path))


def _pictures(files: Files, path: str) -> bool:
    """A directory of a component with nothing but pictures, that no page beside it names."""
    above, name = _split(path)
    found = [*_inside(files, path)]
    if not _component(files, path) or not found or not all(map(_PICTURE.search, found)):
        return False
    pages = [each for each in files.names(above) if each.endswith(_PAGES)][:_MOST_PAGES]
    return not any(f"{name}/".encode() in _head(files, posixpath.join(above, each), 1 << 18) for each in pages)


def _pictures_of_readme(files: Files, path: str) -> bool:
    """The same, where the readme beside it shows one of them."""
    above, name = _split(path)
    pages = [each for each in files.names(above) if each.lower().startswith("readme")]
    shown = any(f"{name}/".encode() in _head(files, posixpath.join(above, each), 1 << 18) for each in pages)
    return shown and _pictures(files, path)


def _picture(files: Files, path: str) -> bool:
    """A picture in the root that no page there names."""
    pages = [each for each in files.names("") if each.endswith(_PAGES)][:_MOST_PAGES]
    if b"Theme Name:" in _head(files, "style.css", 4096):
        return False  # WordPress shows it
    return "/" not in path and not any(path.encode() in _head(files, each, 1 << 18) for each in pages)


_PICTURE: Final = lazy(r"(?i)\.(?:png|jpe?g|gif|webp|avif|svg|mp4|webm|mov|md|txt)$")
_PAGES: Final = (".html", ".htm", ".php", ".json", ".webmanifest", ".css", ".js", ".tmpl", ".erb", ".twig", ".ejs")
_MOST_PAGES: Final = 100


def _in_root(_: Files, path: str) -> bool:
    return "/" not in path


def _builder_file(files: Files, path: str) -> bool:
    """Nothing that is run, not among what projects are made of, and not in a package of Python, which comes whole."""
    if path.endswith(_OTHERWISE) or path.lower().endswith(("template", "tmpl", "tpl")):
        return False
    if any("__init__.py" in files.names(each) for each in (posixpath.dirname(path), *parents(path)) if each):
        return False
    return _no_pages(files, path)


#: Endings that say what a file is, whatever stands before them: code, data, what others are made of.
_OTHERWISE: Final = tuple(
    ".sh .py .js .ts .go .rb .md .txt .rego .lua .vim .ps1 .bat .pl .java .cs .php .m4 .in .tmpl .tpl .template .j2 "
    ".jinja .jinja2 .erb .ejs .hbs .mustache .gotmpl .liquid .twig .json .yml .yaml .toml .xml .html .snap .diff "
    ".patch .eex .ecr".split()
)


def _no_environment(files: Files, path: str) -> bool:
    """Not the settings of an environment that is called `test`, beside those of others, nor what is served as it is."""
    if not _not_served(files, path):
        return False
    above, name = _split(path)
    found = re.fullmatch(r"(.+)\.(?:test|spec|cy)(\.\w+)", name)
    names = files.names(above) if found else ()
    return found is None or not any(f"{found[1]}.{each}{found[2]}" in names for each in _ENVIRONMENTS)


_ENVIRONMENTS: Final = "production prod development dev staging stage local".split()


def _not_served(_: Files, path: str) -> bool:
    """Not among what pages or downloads are."""
    return _SERVED.isdisjoint(path.lower().split("/"))


_SERVED: Final = frozenset("public static www wwwroot htdocs download downloads".split())


def _deployment(files: Files, path: str) -> bool:
    """A directory of a component with settings for a cluster or a cloud, and nothing that is built or run."""
    if not _component(files, path):
        return False
    marked = False
    for name in _inside(files, path):
        if not name.lower().endswith(_DECLARED):
            return False
        marked = marked or name in ("Chart.yaml", "kustomization.yaml", "kustomization.yml") or name.endswith(".tf")
    return marked or any(
        b"apiVersion:" in head and b"kind:" in head
        for name in files.names(path)[:_MOST_PAGES]
        if name.endswith((".yaml", ".yml"))
        for head in (_head(files, posixpath.join(path, name), 4096),)
    )


#: Endings of what is declared, and of what explains it.
_DECLARED: Final = (
    ".yaml", ".yml", ".tf", ".tfvars", ".hcl", ".md", ".tpl", ".txt", ".lock", ".helmignore", ".gitignore", "owners",
    "notes", "license", ".gitkeep", ".schema.json", ".json", ".gotmpl", ".jsonnet", ".libsonnet",
)  # fmt: skip


def _tests(files: Files, path: str) -> bool:
    """A directory with tests: of a component, or with hardly anything else in it; not what an environment of this name
    is told."""
    if _package(files, path) or "config" in path.split("/")[:-1]:
        return False
    looks = code = 0
    for name in _inside(files, path):
        if _TEST.search(name):
            looks += 1
        else:
            code += bool(_CODE.fullmatch(name))
    if _component(files, path):
        return looks > 0 or (path.rpartition("/")[2].startswith("tests") and not code)
    return looks > 0 and looks >= code


_TEST: Final = lazy(
    r"(?i)(^|[._-])(tests?|specs?|cy|conftest|bats|fixtures?|factories|helpers?|__init__|support|mocks?)([._-]|$)"
    r"|Tests?\.\w+$|Spec\.\w+$"
)
#: Names of directories in which sources are, whatever they are called.
_SOURCES: Final = frozenset("main templates static public resources assets migrations controllers views".split())


def _cypress(files: Files, path: str) -> bool:
    """A test of Cypress, and not something in Welsh."""
    head = _head(files, path, 1 << 16)
    return any(each in head for each in (b"describe(", b" cy.", b"it(", b"context("))


def _no_package(files: Files, path: str) -> bool:
    return not _package(files, path)


def _data_of_tests(files: Files, path: str) -> bool:
    """What tests read, and no code that they share, which others may take, too."""
    return not _package(files, path) and "__init__.py" not in files.names(path)


def _package(files: Files, path: str) -> bool:
    """Whether a directory may be a package of what is compiled, whatever its name says."""
    above, name = _split(path)
    parts = above.split("/") if above else []
    if not _SOURCES.isdisjoint(parts):
        return True
    for size in range(len(parts) + 1):
        names = files.names("/".join(parts[:size]))
        inside = parts[size : size + 1]
        if inside == ["src"] and "Cargo.toml" in names:
            return True  # a module of a crate
        if size and any(each.endswith((".csproj", ".fsproj", ".vbproj")) for each in names):
            return True  # every file below is compiled
    return name == "test" and parts[-1:] == ["src"] and not _JVM.intersection(files.names("/".join(parts[:-1])))


_JVM: Final = frozenset("pom.xml build.gradle build.gradle.kts build.sbt".split())


def _component(files: Files, path: str) -> bool:
    """A directory in the root, or beside a manifest."""
    above = _split(path)[0]
    return not above or not _ROOTS.isdisjoint(files.names(above))


def _inside(files: Files, path: str) -> Iterator[str]:
    """The names of the files in a directory and below."""
    todo, seen = [path], 0
    while todo and seen < 5000:
        here = todo.pop()
        for name in files.names(here):
            seen += 1
            if files.kind(f"{here}/{name}") == "dir":
                todo.append(f"{here}/{name}")
            else:
                yield name


def _cachedir_tag(files: Files, path: str) -> bool:
    return _head(files, f"{path}/CACHEDIR.TAG", 64).startswith(CACHE_TAG)


def _html(files: Files, path: str) -> bool:
    return "index.html" in files.names(path)


def _html_or_gen(files: Files, path: str) -> bool:
    return path.endswith("_gen") or path.endswith("_cache") or _html(files, path)


_REPORTS: Final = (
    "lcov.info lcov-report clover.xml coverage-final.json coverage-summary.json cobertura-coverage.xml .resultset.json "
    ".last_run.json index.html html tmp .tmp status.json coverage.xml base.css coverage.json *.lcov lcov*.info "
    "coverage_html*.js *.cover "
    "excoveralls.html jacoco coverage.out cover.out coverage.txt *.profdata junit.xml coverage.cobertura.xml"
).split()


def _coverage(files: Files, path: str) -> bool:
    names = files.names(path)
    if 0 < len(names) <= 20 and all(files.kind(f"{path}/{name}") == "dir" for name in names):
        # One report for each project.
        return all(_report(files.names(f"{path}/{name}")) for name in names) or _report(names)
    return _report(names)


def _report(names: tuple[str, ...]) -> bool:
    return any(matches(glob, name) for name in names for glob in _REPORTS) and not any(map(_is_code, names))


def _is_code(name: str) -> bool:
    return name.endswith((".py", ".ts", ".tsx", ".go", ".rs", ".java", ".rb", ".php"))


def _byte_code(files: Files, path: str) -> bool:
    return all(name.endswith((".pyc", ".pyo", ".nbi", ".nbc")) or ".pyc." in name for name in files.names(path))


def _has_source(files: Files, path: str) -> bool:
    above, name = _split(path)
    return files.kind(posixpath.join(above, name[:-1])) is not None


def _not_config(files: Files, path: str) -> bool:
    name = _split(path)[1]
    return not (name.startswith(".coverage") and name.endswith((".toml", ".yml", ".yaml", ".ini", ".cfg")))


def _no_code(files: Files, path: str) -> bool:
    return not any(_CODE.fullmatch(name) for name in files.names(path))


def _no_typescript(files: Files, path: str) -> bool:
    """No sources of TypeScript in the directory: a compiler writes declarations at most. Two levels are looked at."""
    todo = [(path, 0)]
    while todo:
        here, depth = todo.pop()
        for name in files.names(here)[:200]:
            if name.endswith((".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte")) and ".d." not in name:
                return False
            if depth < 1 and name != "node_modules" and files.kind(f"{here}/{name}") == "dir":
                todo.append((f"{here}/{name}", depth + 1))
    return True


def _no_scripts(files: Files, path: str) -> bool:
    names = files.names(path)
    return bool(names) and not any(
        _CODE.fullmatch(name) or _head(files, f"{path}/{name}", 2) == b"#!" for name in names[:50]
    )


def _compiled_test(files: Files, path: str) -> bool:
    name = _split(path)[1]
    return not name.endswith(".exe") or _head(files, path, 2) == b"MZ"


def _is_binary(files: Files, path: str) -> bool:
    return _head(files, path, 4).startswith(_BINARY)


def _go_binary(files: Files, path: str) -> bool:
    """Named as the module is, or as one of its commands."""
    above, name = _split(path)
    module = re.search(rb"(?m)^module[ \t_]+(\S+)", _head(files, posixpath.join(above, "go.mod"), 4096))
    last = re.sub(r"/v[0-9]+$", "", module[1].decode(errors="replace")).rpartition("/")[2] if module else ""
    commands = files.names(posixpath.join(above, "cmd"))
    bare = name.removesuffix(".exe")
    if bare not in (last, "main", "server", "app", *commands) and not bare.startswith(f"{last}-"):
        return False
    return files.kind(path) == "file" and _is_binary(files, path)


def _own_binary(files: Files, path: str) -> bool:
    return "." not in _split(path)[1] and files.kind(path) == "file" and _is_binary(files, path)


def _gradle_cache(files: Files, path: str) -> bool:
    return not any(map(_is_code, files.names(path)))


def _has_java(files: Files, path: str) -> bool:
    above, name = _split(path)
    stem = name.removesuffix(".class").partition("$")[0]
    return any(files.kind(posixpath.join(above, f"{stem}.{ending}")) for ending in ("java", "kt", "scala", "groovy"))


def _cmake_build(files: Files, path: str) -> bool:
    """`inside` has seen a tool's own file; nothing here may be written by hand."""
    return not {"CMakeLists.txt", "meson.build", "configure.ac"} & set(files.names(path))


def _object(files: Files, path: str) -> bool:
    name = _split(path)[1]
    head = _head(files, path, 64)
    if name.endswith((".lo", ".la")):
        return b"libtool" in head
    if name.endswith(".d"):
        return re.match(rb"[^\n:]{1,200}\.l?o:", head) is not None
    if name.endswith(".o"):
        return head.startswith((*_BINARY, b"!<arch>", b"BC\xc0\xde")) or not head.strip(b"\0")
    return name.endswith((".gch", ".pch", ".su", ".idb", ".ilk", ".ko", ".mod.c", ".dSYM")) and b"\n" not in head[:20]


def _link(files: Files, path: str) -> bool:
    return files.kind(path) == "symlink"


def _not_package(files: Files, path: str) -> bool:
    """A package is only a left-over below a directory of output; elsewhere it may be a source of packages."""
    if path.endswith(".gem"):
        return "/cache/" not in f"/{path}" and "/vendor/" not in f"/{path}"
    return not path.endswith((".nupkg", ".snupkg")) or "/bin/" in f"/{path}"


TESTS: Final[dict[str, Test]] = {
    "apple-double": _apple_double,
    "builder-file": _builder_file,
    "byte-code": _byte_code,
    "cachedir-tag": _cachedir_tag,
    "cmake-build": _cmake_build,
    "compiled-test": _compiled_test,
    "component": _component,
    "coverage": _coverage,
    "data-of-tests": _data_of_tests,
    "database": _database,
    "deployment": _deployment,
    "dump": _dump,
    "editor-copy": _editor_copy,
    "gitdir": _gitdir,
    "go-binary": _go_binary,
    "gradle-cache": _gradle_cache,
    "has-java": _has_java,
    "has-source": _has_source,
    "html": _html,
    "html-or-gen": _html_or_gen,
    "in-root": _in_root,
    "large": _large,
    "link": _link,
    "no-code": _no_code,
    "no-scripts": _no_scripts,
    "no-typescript": _no_typescript,
    "no-pages": _no_pages,
    "not-config": _not_config,
    "no-package": _no_package,
    "no-environment": _no_environment,
    "not-served": _not_served,
    "not-package": _not_package,
    "object": _object,
    "own-binary": _own_binary,
    "packages": _packages,
    "cypress": _cypress,
    "picture": _picture,
    "pictures": _pictures,
    "pictures-of-readme": _pictures_of_readme,
    "private-key": _private_key,
    "prose": _prose,
    "site": _site,
    "service-account": _service_account,
    "tests": _tests,
}
