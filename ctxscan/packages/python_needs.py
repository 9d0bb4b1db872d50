"""What a build of a Python project fails without.

Which back ends fail for want of a readme or licence was tried with each of them: setuptools warns and goes on.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ..dockerfile.commands import Command
from ..regex import lazy
from ..rules import globs
from . import python_manifests
from .essential import Essential, Version
from .manifest import Files, Suspected, beside, get, items, reaching, table, texts

#: Back ends that end the build where the readme is not there, and those that do so for the file of the licence.
_READ_README: Final = tuple("hatchling poetry.core flit_core pdm.backend uv_build maturin scikit_build_core".split())
_READ_LICENSE: Final = ("hatchling", "poetry.core", "uv_build", "flit_core", "pdm.backend", "scikit_build_core")
#: Options of pip that take the next word.
_VALUED: Final = frozenset(
    "-r --requirement -c --constraint -t --target -i --index-url --extra-index-url -f --find-links --prefix --root "
    "--cache-dir --python --platform --no-binary --only-binary -w --wheel-dir --progress-bar --timeout --retries "
    "--trusted-host --config-settings -C --python-version --src --log --upgrade-strategy --link-mode".split()
)
#: Options of uv with which it does not install the project itself.
_NO_PROJECT: Final = frozenset(
    "--no-install-project --no-install-workspace --only-group --only-dev --package --script".split()
)
_NAME: Final = lazy(r"[\w.-]+(/[\w.-]+)*")
_DISTRIBUTION: Final = lazy(r"\.(whl|zip|gz|bz2|txt)$")
_OPENS: Final = frozenset("open Path read_text read read_file readfile parse_requirements".split())


def built(command: Command) -> Iterator[str]:
    """The directories of the projects that a command builds or installs, as absolute paths."""
    name, arguments = command.name, command.arguments
    words = command.words
    flags = set(arguments)
    if name in ("pip", "pip3") or re.fullmatch(r"pip3\.\d+", name):
        yield from _pip(command, arguments)
    elif name == "uv" and words[:2] == ["pip", "install"]:
        yield from _pip(command, arguments[1:])
    elif flags & {"--project", "--directory", "-C", "-P"}:
        return  # somewhere else
    elif name == "uv" and words[:1] in (["sync"], ["build"]):
        if not flags & _NO_PROJECT and not command.setting("UV_NO_INSTALL_PROJECT"):
            yield command.cwd
    elif name == "poetry" and words[:1] in (["install"], ["build"]):
        if not flags & {"--no-root", "--no-directory"}:
            yield command.cwd
    elif name == "pdm" and words[:1] in (["install"], ["sync"], ["build"]):
        if not flags & {"--no-self", "--no-project"}:
            yield command.cwd
    elif (name == "hatch" and words[:1] == ["build"]) or (name == "flit" and words[:1] in (["install"], ["build"])):
        yield command.cwd
    elif name == "build" and not [each for each in words if each.startswith(("http", "git+"))]:
        yield posixpath.join(command.cwd, words[0] if words else "")
    elif name.startswith("python") and words[:1] == ["setup.py"] and len(words) > 1:
        yield command.cwd


def _pip(command: Command, arguments: tuple[str, ...]) -> Iterator[str]:
    if not arguments or not {"install", "wheel"} & set(arguments[:3]):
        return
    todo = iter(arguments)
    for each in todo:
        option, _, value = each.partition("=")
        if option in _VALUED:
            if not value:
                next(todo, None)
            continue
        text = value if option == "--editable" and value else each
        text = re.sub(r"\[[^\]]*\]$", "", text.removeprefix("file:"))
        local = text == "." or text.startswith(("./", "../", "/"))
        if local and not _DISTRIBUTION.search(text) and not set(text) & set("$*{`"):
            yield posixpath.normpath(posixpath.join(command.cwd, text))


def needs(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """What the project of a `pyproject.toml` or `setup.py` fails without."""
    if posixpath.basename(manifest) == "setup.py":
        yield from _setup(tree, manifest)
        return
    data = tree.toml(manifest)
    backend = get(data, "build-system", "build-backend")
    poetry = table(data, "tool", "poetry")
    if command.name == "uv" and command.words[:1] == ["sync"]:
        package = get(data, "tool", "uv", "package")
        if package is False or (package is None and "build-system" not in data):
            return  # nothing is built
    if command.name == "poetry" and poetry.get("package-mode") is False:
        return
    if backend is None and command.name == "poetry":
        backend = "poetry.core.masonry.api"  # what Poetry takes where nothing is said
    if not isinstance(backend, str):
        return
    project = table(data, "project")
    yield from _package(tree, manifest, data, backend, command)
    if backend.startswith(_READ_README):
        named = texts(project.get("readme")) + texts(get(project, "readme", "file"))
        if backend.startswith("poetry") and not project.get("readme"):
            named += texts(poetry.get("readme"))
        for path in beside(manifest, *named):
            yield Essential(path, "the project's readme", manifest, _line(tree, manifest, "readme"))
    if backend.startswith(_READ_LICENSE):
        for path in beside(manifest, *texts(get(project, "license", "file"))):
            yield Essential(path, "the project's license", manifest, _line(tree, manifest, "license"))
    if backend.startswith("hatchling"):
        version = table(data, "tool", "hatch", "version")
        if "version" in texts(project.get("dynamic")) and version.get("source", "regex") in ("regex", "code"):
            for path in beside(manifest, *texts(version.get("path"))):
                yield Essential(path, "the project's version", manifest, _line(tree, manifest, "path"))
        hook = table(data, "tool", "hatch", "build", "targets", "wheel", "force-include")
        for path in beside(manifest, *hook):
            yield Essential(path, "a file forced into the wheel", manifest)


def sources(tree: Files, manifest: str, start: str, command: Command) -> Iterator[Essential]:
    """The packages by path that uv or Poetry installs with a project."""
    data = tree.toml(manifest)
    told = (
        table(data, "tool", "uv", "sources") if command.name == "uv" else table(data, "tool", "poetry", "dependencies")
    )
    for each in told.values() if command.words[:1] in (["sync"], ["install"]) else ():
        for path in reaching(manifest, *texts(get(each, "path"))):
            if not _DISTRIBUTION.search(path):
                yield Essential(f"{path}/pyproject.toml", "a dependency by path", manifest)


def installed(command: Command) -> Iterator[str]:
    """The directory of the project whose dependencies uv or Poetry installs."""
    elsewhere = {"--project", "--directory", "-C", "-P", "--package", "--only-group", "--no-directory"}
    if command.name in ("uv", "poetry") and not elsewhere & set(command.arguments):
        yield command.cwd


#: Back ends that refuse to build where the package of the project is not there. Of one that is given where to look
#: hatchling makes an empty one.
_WANT_PACKAGE: Final = ("hatchling", "poetry.core", "flit_core", "uv_build")
#: How a command leaves out the project, and installs what it depends on.
_WITHOUT: Final = {"poetry": "--no-root", "uv": "--no-install-project", "pdm": "--no-self"}


def _package(tree: Files, manifest: str, data: dict[str, Any], backend: str, command: Command) -> Iterator[Essential]:
    """The package of the project, named as the project is, if it is where back ends look for it by themselves."""
    name = get(data, "project", "name") or get(data, "tool", "poetry", "name")
    module = get(data, "tool", "flit", "module", "name")
    told = table(data, "tool", "hatch", "build") or get(data, "tool", "poetry", "packages")
    option = _WITHOUT.get(command.name)
    instead = f"write {command.text} {option}" if option and command.words[:1] in (["install"], ["sync"]) else ""
    lenient = _OLD_POETRY if command.name == "poetry" and command.words[:1] == ["install"] else None
    if backend.startswith("poetry.core"):
        for each in items(get(data, "tool", "poetry", "packages")):
            include, above = get(each, "include"), get(each, "from") or ""
            if isinstance(include, str) and isinstance(above, str) and not globs.is_wild(include):
                for path in beside(manifest, posixpath.join(above, include)):
                    line = _line(tree, manifest, "packages")
                    yield Essential(path, "the project's package", manifest, line, (), instead, lenient=lenient)
    if not backend.startswith(_WANT_PACKAGE) or told or table(data, "tool", "uv", "build-backend"):
        return
    name = module if isinstance(module, str) else name
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+", name):
        return
    plain = re.sub(r"[-.]+", "_", name)
    spellings = dict.fromkeys((plain, plain.lower(), name))
    paths = [f"{above}{each}{end}" for above in ("src/", "") for each in spellings for end in ("", ".py")]
    found = [path for path in beside(manifest, *paths) if tree.exists(path)]
    if found:
        yield Essential(found[0], "the project's package", manifest, 0, tuple(found[1:]), instead, lenient=lenient)


#: A Dockerfile that keeps to Poetry 1, which installs what a project depends on, and passes over the project itself
#: where its package is not there. Seen with 1.4 and 1.8.
_OLD_POETRY: Final = lazy(
    r"(?i)\bpoetry(?:[_-]version)?[\"']?[ ]?(?:[=~]?=|:)[ ]?[\"']?v?1\.\d|\bpoetry[^\s;&|\"']*<[ ]?2|"
    r"\bpoetry\b[^\n;&|]*--version[= ]1\.\d"
)


#: An install of Poetry as it is today, or of a version that ends with an error where older ones warn.
_TODAYS_POETRY: Final = lazy(
    r"\b(?:pip[\d.]*|pipx)\s+install\b[^\n;&|]*[\s\"']poetry(?:[=>~]=\s*[2-9][\w.]*)?(?=[\"'\s;&|]|$)"
)


def packageless(tree: Files, manifest: str, command: Command, runs: Iterable[str]) -> str | None:
    """The package, or else the readme, that Poetry installs with a project, and that the project does not have. None:
    it has, or the Poetry that these RUNs install may only warn. Seen with Poetry 2.5 and 1.8."""
    data = tree.toml(manifest)
    poetry = table(data, "tool", "poetry")
    if command.name != "poetry" or not any(map(_TODAYS_POETRY.search, runs)):
        return None
    if poetry.get("package-mode") is False or poetry.get("packages") or poetry.get("include"):
        return None
    backend = get(data, "build-system", "build-backend")
    name = get(data, "project", "name") or poetry.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+", name):
        return None
    if backend is not None and not str(backend).startswith("poetry"):
        return None
    plain = re.sub(r"[-.]+", "_", name)
    paths = [f"{above}{each}{end}" for above in ("src/", "") for each in (plain, name) for end in ("", ".py")]
    spelled = {each.lower() for each in paths}
    above = posixpath.dirname(manifest)
    here = [each.lower() for each in tree.names(above)] + [f"src/{each.lower()}" for each in tree.names(f"{above}/src")]
    return plain if spelled.isdisjoint(here) else None


def _line(tree: Files, manifest: str, key: str) -> int:
    """The line in which a key of a manifest stands; 0: it is not plain."""
    lines = tree.text(manifest).splitlines()
    found = [at for at, line in enumerate(lines, 1) if re.match(rf"\s*[\"']?{key}[\"']?\s*[=.]", line)]
    return found[0] if len(found) == 1 else 0


def _setup(tree: Files, manifest: str) -> Iterator[Essential]:
    """What a setup.py opens on its way, outside of `if` and `try`."""
    try:
        module = ast.parse(tree.text(manifest))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    todo: list[ast.AST] = [module]
    seen: set[str] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.If, ast.Try, ast.IfExp, ast.FunctionDef, ast.ClassDef)):
            continue
        todo += ast.iter_child_nodes(node)
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in _OPENS or _writes(node):
            continue
        for path in beside(manifest, *_file_names(node)):
            if path not in seen and tree.exists(path):
                seen.add(path)
                yield Essential(path, posixpath.basename(manifest), manifest, node.lineno)


def _writes(node: ast.Call) -> bool:
    return any(isinstance(each, ast.Constant) and each.value in ("w", "wb", "a", "x") for each in node.args[1:])


def _file_names(node: ast.Call) -> Iterator[str]:
    """The texts in a call that look like names of files: of `open(join(here, "README.md"))` the last."""
    for each in ast.walk(node):
        value = each.value if isinstance(each, ast.Constant) else None
        if isinstance(value, str) and _NAME.fullmatch(value) and ("." in value or value.isupper()):
            yield value


#: What gives the version to a tool.
_SETTINGS: Final = {
    **dict.fromkeys(("setuptools-scm", "hatch-vcs", "setuptools-vcs-version"), "SETUPTOOLS_SCM_PRETEND_VERSION"),
    "pbr": "PBR_VERSION",
    "pdm": "PDM_BUILD_SCM_VERSION",
    "poetry-dynamic-versioning": "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "uv-dynamic-versioning": "UV_DYNAMIC_VERSIONING_BYPASS",
}
#: The project says itself what the version is without a history.
_FALLBACK: Final = lazy(r"(?m)^[^#\n]*(?<![\w-])(?:fallback|default)[-_]version[\"']?\s*[=:]\s*([\"'])?([^\"'\n]*)")


def version(tree: Files, manifest: str) -> Version | None:
    """What makes the version of a project from its history; None: nothing does, or nobody knows what it is without
    one."""
    found = next(python_manifests.versions(_Alone(tree, manifest)), None)
    if found is None:
        return None
    tool = found[1]
    texts_of = [tree.text(path) for path in beside(manifest, "pyproject.toml", "setup.py") if tree.exists(path)]
    fallback = next(filter(None, map(_FALLBACK.search, texts_of)), None)
    if fallback is not None and (not fallback[1] or not fallback[2]):
        return None  # no plain text
    bare = tool.lower().replace("_", "-")
    without = fallback[2] if fallback is not None else ""
    ends = not without and _needs_history(
        tree.toml(manifest), bare, any("use_scm_version" in text for text in texts_of)
    )
    setting = _SETTINGS.get(bare, "the version")
    # What Poetry installs a project by is its own, whatever the project is built by.
    return Version(tool, manifest, python_manifests.GIVEN, setting, without, ends, ("poetry",))


def _needs_history(data: dict[str, Any], tool: str, by_script: bool) -> bool:
    """Whether a project is set up so that it cannot be built without a history. Tried with each of these tools."""
    dynamic = "version" in texts(get(data, "project", "dynamic"))
    if tool == "setuptools-scm":
        return (dynamic and get(data, "tool", "setuptools_scm") is not None) or (by_script and "project" not in data)
    if tool in ("hatch-vcs", "uv-dynamic-versioning"):
        return dynamic and get(data, "tool", "hatch", "version", "source") in ("vcs", tool)
    if tool == "poetry-dynamic-versioning":
        backend = get(data, "build-system", "build-backend")
        return get(data, "tool", tool, "enable") is True and str(backend).startswith("poetry_dynamic_versioning")
    if tool == "pdm":
        return dynamic and get(data, "build-system", "build-backend") == "pdm.backend"
    return tool == "versioningit" and dynamic and get(data, "tool", "versioningit") is not None


class _Alone:
    """A working tree with a single manifest."""

    def __init__(self, tree: Files, manifest: str) -> None:
        self.tree = tree
        self.kept: tuple[str, ...] = ()
        self.excluded: tuple[str, ...] = ()
        self.candidates: tuple[Suspected, ...] = ()
        self._manifest = manifest

    def named(self, *names: str) -> Iterator[str]:
        """The manifest, if it is called so."""
        if posixpath.basename(self._manifest) in names:
            yield self._manifest

    def ending(self, *endings: str) -> Iterator[str]:
        """The manifest, if its name ends so."""
        if self._manifest.endswith(endings):
            yield self._manifest
