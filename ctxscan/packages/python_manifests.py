"""What the manifests of Python name: readmes and licences, data that is packaged, and who makes a version of tags."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any, Final

from ..regex import lazy
from .ecosystem import Reader
from .manifest import FILE_NAME, QUOTED, Files, Named, Surveyed, beside, get, items, named, strings, table, texts

#: Tables of a pyproject.toml that no build reads.
_CHECKERS: Final = frozenset(
    "pytest coverage ruff black isort mypy pyright basedpyright tox pylint bandit codespell commitizen bumpversion "
    "towncrier interrogate vulture flake8 autoflake pydocstyle nox semantic_release deptry ty pytype djlint "
    "cibuildwheel pycodestyle pep8 yapf".split()
)

#: The name of a section.
_SECTION: Final = lazy(r"\[([^\]\n]+)\]")
#: What builds a package whose manifest names no other.
_SETUPTOOLS: Final = "setuptools"


def part(tree: Files, path: str, commands: str | None) -> Iterator[str]:
    """What a build reads of a pyproject.toml; whether it reads the readme is said apart."""
    data = tree.toml(path)
    data = data | {"project": {key: value for key, value in table(data, "project").items() if key != "readme"}}
    tools = get(data, "tool")
    if isinstance(tools, dict):
        data = data | {"tool": {key: value for key, value in tools.items() if key not in _CHECKERS}}
    return strings(data)


def part_of_settings(tree: Files, path: str, commands: str | None) -> Iterator[str]:
    """What a build reads of a setup.cfg: its lines without the sections of checkers."""
    read = True
    for line in tree.text(path).splitlines():
        if (section := _SECTION.match(line)) is not None:
            read = _CHECKERS.isdisjoint(section[1].replace("-", ":").split(":"))
        if read:
            yield line


# --- what is packaged


def _pyproject(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("pyproject.toml"):
        data = survey.tree.toml(path)
        back_end = get(data, "build-system", "build-backend")
        yield from _metadata(path, table(data, "project"), back_end if isinstance(back_end, str) else _SETUPTOOLS)
        tool = table(data, "tool")
        yield from _poetry(path, table(tool, "poetry"))
        for key, value in table(tool, "setuptools", "dynamic").items():
            yield from named(path, texts(get(value, "file")), f"the package's {key}")
        yield from named(path, texts(get(tool, "setuptools", "license-files")), "the package's licenses", packed=True)
        yield from _hatch(path, table(tool, "hatch"))
        yield from _started(survey, path, table(data, "project"))
        yield from _setuptools(path, get(tool, "setuptools", "packages"))
        for each in texts(get(tool, "uv", "workspace", "members")):
            yield from named(path, [each + "/pyproject.toml"], "a member of the workspace")
        for each in table(tool, "uv", "sources").values():
            yield from named(path, texts(get(each, "path")), "a dependency by path")
        yield from _dependencies(path, table(tool, "poetry"))
        yield from named(path, texts(get(tool, "maturin", "manifest-path")), "the manifest of the crate")
        yield from named(path, texts(get(tool, "maturin", "python-source")), "source of the package")


def _metadata(path: str, project: dict[str, Any], back_end: str) -> Iterator[Named]:
    yield from named(path, texts(get(project, "license", "file")), "the package's license", packed=True)
    if not back_end.startswith(_SETUPTOOLS):  # which warns, and builds
        readme = texts(get(project, "readme")) or texts(get(project, "readme", "file"))
        yield from named(path, readme, "the package's readme", packed=True)
    yield from named(path, texts(get(project, "license-files")), "the package's licenses", packed=True)
    globs = texts(get(project, "license-files", "paths")) + texts(get(project, "license-files", "globs"))
    yield from named(path, globs, "the package's licenses", packed=True)


def _started(survey: Surveyed, path: str, project: dict[str, Any]) -> Iterator[Named]:
    """The modules of the project that its programs and plug-ins are started from."""
    tables = [table(project, "scripts"), table(project, "gui-scripts")]
    tables += [table(each) for each in table(project, "entry-points").values()]
    for value in (value for each in tables for value in each.values() if isinstance(value, str)):
        module = value.partition(":")[0].strip().replace(".", "/")
        for each in (f"{module}.py", f"{module}/__init__.py"):
            if survey.tree.exists(posixpath.join(posixpath.dirname(path), each)):
                yield from named(path, [each], "a program of the package")


def _setuptools(path: str, packages: Any) -> Iterator[Named]:
    if isinstance(packages, list):
        found = [each.replace(".", "/") for each in texts(packages)]
        yield from named(path, found, "a package of the project")


def _poetry(path: str, poetry: dict[str, Any]) -> Iterator[Named]:
    yield from named(path, texts(get(poetry, "readme")), "the package's readme", packed=True)
    for each in items(get(poetry, "include")):
        yield from named(
            path, texts(each) + texts(get(each, "path")), "included in the package", whole=True, packed=True
        )
    for each in items(get(poetry, "packages")):
        roots = texts(get(each, "from")) or [""]
        found = [posixpath.join(root, name) for root in roots for name in texts(get(each, "include"))]
        yield from named(path, found, "a package of the project")


def _hatch(path: str, hatch: dict[str, Any]) -> Iterator[Named]:
    yield from named(path, texts(get(hatch, "version", "path")), "the package's version")
    for each in (get(hatch, "build"), *table(hatch, "build", "targets").values()):
        for key in ("force-include", "shared-data", "shared-scripts", "extra-metadata"):
            yield from named(path, list(table(each, key)), "forced into the package", whole=True, packed=True)
        yield from named(path, texts(get(each, "only-include")), "a package of the project")
        artifacts = [one.lstrip("/") for one in texts(get(each, "artifacts"))]
        yield from named(path, artifacts, "an artifact of the package", whole=True, packed=True)
        yield from named(path, texts(get(each, "packages")), "a package of the project")
    fragments = get(hatch, "metadata", "hooks", "fancy-pypi-readme", "fragments")
    yield from named(path, texts(fragments), "the package's readme", packed=True)
    for each in items(fragments):
        yield from named(path, texts(get(each, "path")), "the package's readme", packed=True)


def _dependencies(path: str, poetry: dict[str, Any]) -> Iterator[Named]:
    groups = [table(each, "dependencies") for each in table(poetry, "group").values()]
    for one in (table(poetry, "dependencies"), table(poetry, "dev-dependencies"), *groups):
        for each in one.values():
            yield from named(path, texts(get(each, "path")), "a dependency by path")


_OPENED: Final = lazy(
    r"""(?:open|read_text|read|Path|join|get_requirements|parse_requirements|readfile|read_file|long_description_from\w*|exec\w*|version_file|load_\w+)\s*\([^()\n]*?["']([^"'\n]{1,200})["']"""
)


def _setup(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named("setup.py"):
        text = survey.tree.text(path)
        read = _OPENED.findall(text)
        read += [each for each in QUOTED.findall(text) if FILE_NAME.fullmatch(each)]
        yield from named(path, read, "read by setup.py")
    for path in survey.named("setup.cfg"):
        text = survey.tree.text(path)
        for line in (line.partition("file:")[2] for line in text.splitlines() if "file:" in line):
            yield from named(path, [each.strip() for each in line.split(",")], "the package's metadata")
        for line in re.findall(r"(?m)^[ \t]*license_files?\s*=\s*((?:.*\n?)(?:[ \t]+.+\n?)*)", text):
            yield from named(path, line.replace(",", " ").split(), "the package's licenses", packed=True)
    for path in survey.named("MANIFEST.in"):
        for line in survey.tree.text(path).splitlines():
            command, *words = line.split() or [""]
            if command == "include":
                yield from named(path, words, "in the manifest of the package", packed=True)
            elif command in ("recursive-include", "graft") and words:
                yield from named(path, words[:1], "in the manifest of the package", packed=True)


READERS: Final[tuple[Reader, ...]] = (_pyproject, _setup)

# --- versions

#: Build requirements that take the version of a package from its tags.
_TOOLS: Final = lazy(
    r"(?i)^(setuptools[-_]scm|setuptools-git-versioning|hatch-vcs|versioningit|poetry-dynamic-versioning|"
    r"poetry-version-plugin|dunamai|pbr|versioneer|flit[-_]scm|uv-dynamic-versioning|incremental-git|"
    r"dynamic-versioning|vcs-versioning|hatch-regex-commit|setuptools-vcs-version|better-setuptools-git-version|"
    r"pdm-vcs|scikit-build-vcs|miniver|katversion|autosemver|reno)\b"
)
GIVEN: Final = lazy(
    r"PRETEND_VERSION|PBR_VERSION|HATCH_VCS_PRETEND|POETRY_DYNAMIC_VERSIONING_BYPASS|PDM_BUILD_SCM_VERSION|"
    r"UV_DYNAMIC_VERSIONING_BYPASS|VERSIONEER_OVERRIDE"
)
#: Commands that build or install the project itself, not only its dependencies.
_BUILDS: Final = lazy(
    r"\bpip3?\s+(?:install|wheel|download)\b[^\n;&|]*(?:\s(?:-e\s*|--editable[ =])?[\"']?(?:\.{1,2}(?:/\S*)?|/\S+|"
    r"file:\S+)(?:\[[^\]]*\])?[\"']?(?=\s|$))|"
    r"\buv\s+(?:sync(?![^\n;&|]*--no-install-project)|build|run(?![^\n;&|]*--no-project))|"
    r"\bpoetry\s+(?:install(?![^\n;&|]*--no-root)|build)|"
    r"\bpdm\s+(?:install(?![^\n;&|]*--no-self)|sync(?![^\n;&|]*--no-self)|build)|\bpython3?\s+(?:-m\s+build|setup\.py)|"
    r"\bhatch\s+(?:build|version|run|env)|\bflit\s+(?:install|build)|"
    r"\bpipx\s+(?:install|run)\b|\bpyproject-build\b|\bmaturin\b|\btox\b|\bnox\b|\bpipenv\s+install\b|"
    # Make, where it is not one of the packages that are installed.
    r"(?m:^|[;&|(]\s*|\b(?:then|do|else|time|sudo)\s+)make\b"
)
#: Options of pip with a path that is no project.
_OPTIONS: Final = lazy(
    r"\s(?:-[rctf]|--(?:requirement|constraint|prefix|target|root|find-links|cache-dir|python|index-url|"
    r"extra-index-url))[ =]\S+"
)
_SCRIPTS: Final = lazy(
    r"use_scm_version|setuptools[-_]scm|\bpbr\b|versioneer|setuptools[-_]git[-_]versioning|vcversioner|git_version"
)


def versions(survey: Surveyed) -> Iterator[tuple[str, str]]:
    """The manifests whose package takes its version from the history, each with the tool that does so."""
    for path in survey.named("pyproject.toml"):
        data = survey.tree.toml(path)
        required = texts(get(data, "build-system", "requires"))
        tools = [found[1] for each in required if (found := _TOOLS.match(each.strip()))]
        if get(data, "tool", "pdm", "version", "source") == "scm":
            tools.append("pdm")
        provider = get(data, "tool", "scikit-build", "metadata", "version", "provider")
        if provider == "scikit_build_core.metadata.setuptools_scm":
            tools.append("setuptools_scm")
        for key in ("setuptools_scm", "versioneer", "versioningit", "setuptools-git-versioning"):
            if get(data, "tool", key) is not None:
                tools.append(key)
        if get(data, "tool", "poetry-dynamic-versioning", "enable"):
            tools.append("poetry-dynamic-versioning")
        for tool in tools[:1]:
            yield path, tool
    for path in (*survey.named("setup.py"), *survey.named("setup.cfg")):
        found = _SCRIPTS.search(survey.tree.text(path))
        if found:
            yield path, found[0]


def hooks(survey: Surveyed) -> Iterator[str]:
    """The programs of a project that its build runs, on Hatch and PDM."""
    for path in survey.named("pyproject.toml"):
        tool = table(survey.tree.toml(path), "tool")
        homes = [get(tool, "hatch", "build"), *table(tool, "hatch", "build", "targets").values()]
        asked = [table(each, "hooks", "custom") for each in homes if isinstance(get(each, "hooks", "custom"), dict)]
        named_there = [each for one in asked for each in texts(one.get("path")) or ["hatch_build.py"]]
        named_there += texts(get(tool, "pdm", "build", "custom-hook")) or ["pdm_build.py"] * ("pdm" in tool)
        yield from (each for each in beside(path, *named_there) if survey.tree.exists(each))


def builds(commands: str) -> bool:
    return _BUILDS.search(_OPTIONS.sub(" ", commands)) is not None


# --- whether a package is made

#: An install of something that only the build knows, unless a variable says that it has packages beside the project,
#: and what installs what a project says in ways of its own.
_MAY_PACK: Final = lazy(
    r"\bpip3?\s+(?:install|wheel)\b[^\n;&|]*\$(?!\{?\w*(?:PACKAGES|PLUGINS|PIP_REQUIREMENTS)\b)|-m\s+build\b|\bsetup\.py\b|"
    r"(?m:^|[;&|]\s*|\bsudo\s)\S*\b(?:conda|mamba|micromamba|nix|nix-build|bazel|bazelisk|pants|pixi|rye|spack|meson|"
    r"cmake|ninja|just|invoke|dpkg-buildpackage|rpmbuild)\s"
)
#: Files of requirements that a command names.
_LISTS: Final = lazy(r"[\w./${}@-]*\w\.(?:txt|in|pip)\b")
#: A line of these that means the project itself, or a part of it; and one that names another file.
_ITSELF: Final = lazy(r"(?m)^[ \t]*(?:-e\b|--editable\b|\.{1,2}(?:[/\[\s]|$)|/|file:|[^#\n]*@[ \t]*file:)")
_OTHER: Final = lazy(r"(?m)^[ \t]*(?:-[rc]|--requirement|--constraint)[ =]*(\S+)")
_MOST_LISTS: Final = 100


def packs(tree: Files, commands: str) -> bool:
    """Whether commands may make a package of a project, or install it as one: also by a file of requirements."""
    if builds(commands) or _MAY_PACK.search(commands):
        return True
    todo = [part for each in _LISTS.findall(commands) for part in _ends(each)]
    seen: set[str] = set()
    while todo and len(seen) < _MOST_LISTS:
        path = todo.pop()
        if path in seen or not tree.exists(path):
            continue
        seen.add(path)
        text = tree.text(path)
        if _ITSELF.search(text):
            return True
        todo += beside(path, *_OTHER.findall(text))
    return False


def _ends(word: str) -> Iterator[str]:
    """The paths of the context that a path of the image may be: it, and each that it ends with."""
    parts = posixpath.normpath(word).strip("/").split("/")
    return ("/".join(parts[at:]) for at in range(len(parts)))
