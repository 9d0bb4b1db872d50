"""Tests on what lies in a directory, or how a file begins: they tell junk from source of the same name.

Each takes a place and its path; a few names and a few hundred bytes have to be enough.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Final, Protocol

from ...regex import lazy
from ...rules.globs import matches

#: Regular files below this size are not worth a rule by their size.
LARGE: Final = 1_000_000
CACHE_TAG: Final = b"Signature: 8a477f597d28d172789f06886806bc55"
_BINARY: Final = (b"\x7fELF", b"MZ", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_PROSE: Final = frozenset(
    "md mdx rst txt adoc asciidoc org png jpg jpeg gif svg webp ico pdf puml plantuml drawio dot mmd excalidraw tex "
    "bib "
    "html css woff woff2 yml yaml toml ipynb avif mp4 webm gifv dia textile rtf".split()
)
_PROSE_NAMES: Final = frozenset(
    "Makefile make.bat conf.py LICENSE requirements.txt CNAME .gitignore .nojekyll .pages _redirects".split()
)
_MANIFESTS: Final = frozenset(
    "package.json Cargo.toml go.mod pom.xml build.gradle build.gradle.kts setup.py pyproject.toml composer.json "
    "mix.exs "
    "pubspec.yaml Package.swift Gemfile CMakeLists.txt meson.build Dockerfile".split()
)
_PROJECT: Final = lazy(r".*\.(csproj|fsproj|vbproj|sln|slnx|gemspec|cabal|podspec)")
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
    """A directory in the root with documents, and nothing that is built or run."""
    if "/" in path:
        return False
    todo, seen = [path], 0
    documents = 0
    while todo:
        here = todo.pop()
        for name in files.names(here):
            seen += 1
            if name in _MANIFESTS or seen > 3000:
                return False
            ending = name.rpartition(".")[2].lower() if "." in name else ""
            if files.kind(f"{here}/{name}") == "dir":
                todo.append(f"{here}/{name}")
            elif ending in _PROSE or name in _PROSE_NAMES:
                documents += ending in ("md", "mdx", "rst", "adoc", "txt")
            elif name.endswith((".py", ".go", ".rs", ".java", ".rb", ".php", ".ts", ".tsx", ".vue", ".ex", ".cs")):
                return False
    return documents > 0


def _in_root(_: Files, path: str) -> bool:
    return "/" not in path


def _builder_file(_: Files, path: str) -> bool:
    """In the root, and nothing that is run."""
    return "/" not in path and not path.endswith((".sh", ".py", ".js", ".ts", ".go", ".rb", ".md", ".txt"))


def _tests(files: Files, path: str) -> bool:
    """A directory in the root with tests, that is no package, project or member of anything."""
    if "/" in path:
        return False
    todo, seen, looks = [path], 0, False
    while todo:
        here = todo.pop()
        for name in files.names(here):
            seen += 1
            if name in _MANIFESTS or _PROJECT.fullmatch(name) or seen > 5000:
                return False
            if files.kind(f"{here}/{name}") == "dir":
                todo.append(f"{here}/{name}")
            elif re.search(r"(?i)(^|[._-])(tests?|specs?|cy|conftest|bats)([._-]|$)|Tests?\.\w+$", name):
                looks = True
            elif name.endswith(".go"):
                return False  # a package that others may import
    return looks


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
    """What a compiler has written has declarations at most; two levels have to be enough."""
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
    "coverage": _coverage,
    "database": _database,
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
    "not-config": _not_config,
    "not-package": _not_package,
    "object": _object,
    "own-binary": _own_binary,
    "packages": _packages,
    "private-key": _private_key,
    "prose": _prose,
    "service-account": _service_account,
    "tests": _tests,
}
