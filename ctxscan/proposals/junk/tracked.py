"""Tests on what git tracks and a build may do without: documents, sites, pictures, deployments, tests of a project."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...paths import parents
from ...regex import lazy, lazy_bytes
from .files import CODE, Files, Test, beginning, split

#: Manifests beside which the directories of a component lie.
_ROOTS: Final = frozenset(
    "package.json Cargo.toml go.mod pom.xml build.gradle build.gradle.kts setup.py setup.cfg pyproject.toml "
    "requirements.txt composer.json mix.exs pubspec.yaml Gemfile CMakeLists.txt meson.build Dockerfile deno.json "
    "build.sbt Makefile".split()
)


def _prose(files: Files, path: str) -> bool:
    """A directory of a component with documents, and hardly anything that is built or run."""
    if not _component(files, path):
        return False
    documents = code = 0
    for name in _inside(files, path):
        ending = name.rpartition(".")[2].lower() if "." in name else ""
        documents += ending in ("md", "mdx", "rst", "adoc", "txt")
        code += bool(CODE.fullmatch(name))
    return documents > 0 and documents >= code


def _no_pages(_: Files, path: str) -> bool:
    """Not among what pages or projects are made of."""
    above = path.lower().rpartition("/")[0]
    return _PAGED.isdisjoint(path.lower().split("/")) and not MADE_OF.search(above)


def _no_template(files: Files, path: str) -> bool:
    """A file that is not a template itself, nor among templates."""
    return "templat" not in path.lower() and not any(mark in beginning(files, path, 4096) for mark in (b"{%", b"{{ "))


def _of_component(files: Files, path: str) -> bool:
    """A file of a component, not among what pages or projects are made of, or what visitors get."""
    return _component(files, path) and _no_pages(files, path) and _not_served(files, path)


def _in_capitals(files: Files, path: str) -> bool:
    """The same, with a name in capitals, as those have that speak to who comes to the project."""
    return path.rpartition("/")[2].removesuffix(".md").isupper() and _of_component(files, path)


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
    above, name = split(path)
    found = [*_inside(files, path)]
    if not _component(files, path) or not found or not all(map(_PICTURE.search, found)):
        return False
    pages = [each for each in files.names(above) if each.endswith(_PAGES)][:_MOST_PAGES]
    return not any(f"{name}/".encode() in _own(files, posixpath.join(above, each)) for each in pages)


def _own(files: Files, path: str) -> bytes:
    """What a page says, without the addresses of what lies elsewhere."""
    return _ADDRESS.sub(b"", beginning(files, path, 1 << 18))


_ADDRESS: Final = lazy_bytes(rb"""https?://[^\s"'<>)]+""")


def _pictures_of_readme(files: Files, path: str) -> bool:
    """The same, where the readme beside it shows one of them."""
    above, name = split(path)
    pages = [each for each in files.names(above) if each.lower().startswith("readme")]
    shown = any(f"{name}/".encode() in beginning(files, posixpath.join(above, each), 1 << 18) for each in pages)
    return shown and _pictures(files, path)


def _picture_of_readme(files: Files, path: str) -> bool:
    """The same, where the readme shows it."""
    if "/" in path:
        return False  # of pictures elsewhere there may be very many
    pages = [each for each in files.names("") if each.lower().startswith("readme")]
    return any(path.encode() in beginning(files, each, 1 << 18) for each in pages) and _picture(files, path)


def _picture(files: Files, path: str) -> bool:
    """A picture in the root that no page there names."""
    pages = [each for each in files.names("") if each.endswith(_PAGES)][:_MOST_PAGES]
    if b"Theme Name:" in beginning(files, "style.css", 4096):
        return False  # WordPress shows it
    return "/" not in path and not any(path.encode() in _own(files, each) for each in pages)


_PICTURE: Final = lazy(
    r"(?i)\.(?:png|jpe?g|gif|webp|avif|svg|mp4|webm|mov|md|txt|afdesign|afphoto|psd|sketch|xcf|xd|drawio|excalidraw)$"
)
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
    above, name = split(path)
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
    marked = scripted = False
    for name in _inside(files, path):
        scripted = scripted or name.endswith(".sh")
        if not name.lower().endswith((*_DECLARED, ".sh")):
            return False
        marked = marked or name in _KUSTOMIZED or name.endswith(".tf")
    return marked or (
        not scripted
        and any(
            b"apiVersion:" in head and b"kind:" in head
            for name in files.names(path)[:_MOST_PAGES]
            if name.endswith((".yaml", ".yml"))
            for head in (beginning(files, posixpath.join(path, name), 4096),)
        )
    )


def _cluster(files: Files, path: str) -> bool:
    """A directory of a component in which every file declares something for a cluster, whatever it is called."""
    if not _component(files, path):
        return False
    found, todo = 0, [path]
    while todo:
        here = todo.pop()
        for name in files.names(here):
            each = f"{here}/{name}"
            if files.kind(each) == "dir":
                todo.append(each)
            elif name.endswith((".yaml", ".yml")):
                head = beginning(files, each, 1 << 14)
                if name not in _KUSTOMIZED and not (b"apiVersion:" in head and b"kind:" in head):
                    return False
                found += 1
            elif not name.lower().endswith((".md", "owners", ".gitignore", ".gitkeep")):
                return False
            if found > _MOST_DECLARED:
                return False
    return found > 0


_KUSTOMIZED: Final = ("Chart.yaml", "kustomization.yaml", "kustomization.yml", "kustomizeconfig.yaml")
_MOST_DECLARED: Final = 500
#: Endings of what is declared, and of what explains it.
_DECLARED: Final = (
    ".yaml", ".yml", ".tf", ".tfvars", ".hcl", ".md", ".tpl", ".txt", ".lock", ".helmignore", ".gitignore", "owners",
    "notes", "license", ".gitkeep", ".schema.json", ".json", ".gotmpl", ".jsonnet", ".libsonnet", ".tgz", ".prov",
    ".png", ".svg", ".swp", ".snap",
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
            code += bool(CODE.fullmatch(name))
    if _component(files, path):
        return looks > 0 or (path.rpartition("/")[2].startswith("tests") and not code)
    return looks > 0 and (looks >= code or not _JVM.isdisjoint(_beside_sources(files, path)))


_TEST: Final = lazy(
    r"(?i)(^|[._-])(tests?|specs?|cy|conftest|bats|fixtures?|factories|helpers?|__init__|support|mocks?)([._-]|$)"
    r"|Tests?\.\w+$|Spec\.\w+$"
)
#: Names of directories in which sources are, whatever they are called.
_SOURCES: Final = frozenset("main templates static public resources assets migrations controllers views".split())


def _projects_of_tests(files: Files, path: str) -> bool:
    """A directory of projects of .NET all of which have a framework for tests."""
    if _package(files, path):
        return False
    found, todo = 0, [(path, 0)]
    while todo:
        here, depth = todo.pop()
        for name in files.names(here):
            each = f"{here}/{name}"
            if name.endswith(_PROJECTS):
                found += 1
                if _FOR_TESTS.search(beginning(files, each, 1 << 16)) is None:
                    return False
            elif depth < 2 and files.kind(each) == "dir":
                todo.append((each, depth + 1))
    return found > 0


_PROJECTS: Final = (".csproj", ".fsproj", ".vbproj")
_FOR_TESTS: Final = lazy_bytes(rb"(?i)Test\.Sdk|xunit|nunit|mstest|\bTUnit|<IsTestProject>\s*true")


def _cypress(files: Files, path: str) -> bool:
    """A test of Cypress, and not something in Welsh."""
    head = beginning(files, path, 1 << 16)
    return any(each in head for each in (b"describe(", b" cy.", b"it(", b"context("))


def _no_package(files: Files, path: str) -> bool:
    return not _package(files, path)


def _data_of_tests(files: Files, path: str) -> bool:
    """What tests read, and no code that they share, which others may take, too."""
    return not _package(files, path) and "__init__.py" not in files.names(path)


def _files_of_tests(files: Files, path: str) -> bool:
    """The same, and nothing that is run or compiled; not what visitors get. Among other tests, a package that stays may
    be built of it."""
    if "test" in split(path)[0].lower() or not _not_served(files, path) or _package(files, path):
        return False
    return not any(map(CODE.fullmatch, _inside(files, path)))


def _translated(files: Files, path: str) -> bool:
    """A translation beside what is made of it."""
    above, name = split(path)
    return name.removesuffix("po") + "mo" in files.names(above)


def _member(files: Files, path: str) -> bool:
    """A directory of a package in a workspace of Node.js."""
    for each in (*parents(path), ""):
        names = files.names(each)
        if "pnpm-workspace.yaml" in names:
            return True
        if "package.json" in names and b'"workspaces"' in beginning(
            files, posixpath.join(each, "package.json"), 1 << 16
        ):
            return True
    return False


def _package(files: Files, path: str) -> bool:
    """Whether a directory may be a package of what is compiled, whatever its name says."""
    above, name = split(path)
    parts = above.split("/") if above else []
    if not _SOURCES.isdisjoint(parts):
        return True
    for size in range(len(parts) + 1):
        names = files.names("/".join(parts[:size]))
        inside = parts[size : size + 1]
        if inside == ["src"] and "Cargo.toml" in names:
            return True  # a module of a crate
        if size and _has_project(names):
            return True  # every file below is compiled
    return name == "test" and parts[-1:] == ["src"] and _LAID_OUT.isdisjoint(_beside_sources(files, path))


def _has_project(names: tuple[str, ...]) -> bool:
    """Whether a project of .NET is among the names of a directory, which may be thousands."""
    text = "\0".join((*names, ""))
    return any(f"{ending}\0" in text for ending in _PROJECTS)


def _beside_sources(files: Files, path: str) -> tuple[str, ...]:
    """The names beside `src`, if the path is that of `src/test`."""
    home, _, end = f"/{path}".rpartition("/src/")
    return files.names(home.lstrip("/")) if end == "test" else ()


_JVM: Final = frozenset("pom.xml build.gradle build.gradle.kts build.sbt".split())
#: Beside these `src/test` is not a package that is called so.
_LAID_OUT: Final = _JVM | frozenset(("package.json", "project.json", "tsconfig.json", "tsconfig.lib.json"))


def _component(files: Files, path: str) -> bool:
    """A directory in the root, or beside a manifest."""
    above = split(path)[0]
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


#: The tests that hold in the root alone: elsewhere there may be very many of what they ask about.
IN_ROOT: Final = frozenset(("in-root", "picture", "picture-of-readme"))
TESTS: Final[dict[str, Test]] = {
    "builder-file": _builder_file,
    "component": _component,
    "cluster": _cluster,
    "cypress": _cypress,
    "data-of-tests": _data_of_tests,
    "deployment": _deployment,
    "files-of-tests": _files_of_tests,
    "in-capitals": _in_capitals,
    "in-root": _in_root,
    "member": _member,
    "no-environment": _no_environment,
    "no-package": _no_package,
    "no-pages": _no_pages,
    "no-template": _no_template,
    "of-component": _of_component,
    "of-node": _component,
    "not-served": _not_served,
    "picture": _picture,
    "picture-of-readme": _picture_of_readme,
    "pictures": _pictures,
    "pictures-of-readme": _pictures_of_readme,
    "projects-of-tests": _projects_of_tests,
    "prose": _prose,
    "site": _site,
    "tests": _tests,
    "translated": _translated,
}
