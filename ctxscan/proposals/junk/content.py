"""Tests on what lies in a directory, or how a file begins: they tell junk from source of the same name.

Each takes a place and its path; a few names and a few hundred bytes have to be enough.
"""

from __future__ import annotations

import posixpath
import re
from typing import Final

from ...rules.globs import matches
from . import tracked
from .files import CODE, Files, Test, beginning, split

#: Regular files below this size are not worth a rule by their size.
LARGE: Final = 1_000_000
CACHE_TAG: Final = b"Signature: 8a477f597d28d172789f06886806bc55"
_BINARY: Final = (b"\x7fELF", b"MZ", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
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


def holds(test: str, files: Files, path: str) -> bool:
    return TESTS[test](files, path)


def _gitdir(files: Files, path: str) -> bool:
    return beginning(files, path).startswith(b"gitdir:")


def _apple_double(files: Files, path: str) -> bool:
    return beginning(files, path, 4) == b"\x00\x05\x16\x07"


def _editor_copy(files: Files, path: str) -> bool:
    name = split(path)[1]
    if name.endswith("~") or name.startswith((".#", "#")):
        return True
    # `.name.swp` of vim; `x.swp` without the dot is somebody's file
    return name.startswith(".") and re.fullmatch(r"\..+\.sw[a-z]", name) is not None


def _dump(files: Files, path: str) -> bool:
    name = split(path)[1]
    if re.fullmatch(r"core(\.[0-9]+)?|.*\.core", name):
        return beginning(files, path, 4) == b"\x7fELF"
    return not name.endswith((".prof", ".svg")) or beginning(files, path, 2) == b"\x1f\x8b"


def _packages(files: Files, path: str) -> bool:
    return any(name.endswith(".zip") for name in files.names(path))


def _service_account(files: Files, path: str) -> bool:
    head = beginning(files, path, 4096)
    return b'"service_account"' in head and b'"private_key"' in head


def _private_key(files: Files, path: str) -> bool:
    head = beginning(files, path, 4096)
    return b"PRIVATE KEY-----" in head or head.startswith(b"PuTTY-User-Key-File")


def _large(files: Files, path: str) -> bool:
    return files.size(path) >= LARGE


def _database(files: Files, path: str) -> bool:
    name = split(path)[1]
    if name.endswith(("-journal", "-wal", "-shm")):
        return True
    head = beginning(files, path, 16)
    return head.startswith(b"SQLite format 3") or (not head.strip(b"\0") and name.endswith((".sqlite3", ".sqlite")))


def _cachedir_tag(files: Files, path: str) -> bool:
    return beginning(files, f"{path}/CACHEDIR.TAG", 64).startswith(CACHE_TAG)


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


def _of_its_list(files: Files, path: str) -> bool:
    """Packages all of which npm has put there, as its own list says."""
    said = beginning(files, f"{path}/.package-lock.json", 1 << 24)
    names: list[str] = []
    for name in files.names(path):
        scoped = name.startswith("@")
        names += (f"{name}/{each}" for each in files.names(f"{path}/{name}")) if scoped else [name]
    return all(f'"node_modules/{each}"'.encode() in said for each in names if not each.startswith("."))


def _is_code(name: str) -> bool:
    return name.endswith((".py", ".ts", ".tsx", ".go", ".rs", ".java", ".rb", ".php"))


def _byte_code(files: Files, path: str) -> bool:
    return all(name.endswith((".pyc", ".pyo", ".nbi", ".nbc")) or ".pyc." in name for name in files.names(path))


def _has_source(files: Files, path: str) -> bool:
    above, name = split(path)
    return files.kind(posixpath.join(above, name[:-1])) is not None


def _not_config(files: Files, path: str) -> bool:
    name = split(path)[1]
    return not (name.startswith(".coverage") and name.endswith((".toml", ".yml", ".yaml", ".ini", ".cfg")))


def _no_code(files: Files, path: str) -> bool:
    return not any(CODE.fullmatch(name) for name in files.names(path))


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
        CODE.fullmatch(name) or beginning(files, f"{path}/{name}", 2) == b"#!" for name in names[:50]
    )


def _compiled_test(files: Files, path: str) -> bool:
    name = split(path)[1]
    return not name.endswith(".exe") or beginning(files, path, 2) == b"MZ"


def _is_binary(files: Files, path: str) -> bool:
    return beginning(files, path, 4).startswith(_BINARY)


def _go_binary(files: Files, path: str) -> bool:
    """Named as the module is, or as one of its commands."""
    above, name = split(path)
    module = re.search(rb"(?m)^module[ \t_]+(\S+)", beginning(files, posixpath.join(above, "go.mod"), 4096))
    last = re.sub(r"/v[0-9]+$", "", module[1].decode(errors="replace")).rpartition("/")[2] if module else ""
    commands = files.names(posixpath.join(above, "cmd"))
    bare = name.removesuffix(".exe")
    if bare not in (last, "main", "server", "app", *commands) and not bare.startswith(f"{last}-"):
        return False
    return files.kind(path) == "file" and _is_binary(files, path)


def _own_binary(files: Files, path: str) -> bool:
    return "." not in split(path)[1] and files.kind(path) == "file" and _is_binary(files, path)


def _gradle_cache(files: Files, path: str) -> bool:
    return not any(map(_is_code, files.names(path)))


def _has_java(files: Files, path: str) -> bool:
    above, name = split(path)
    stem = name.removesuffix(".class").partition("$")[0]
    return any(files.kind(posixpath.join(above, f"{stem}.{ending}")) for ending in ("java", "kt", "scala", "groovy"))


def _cmake_build(files: Files, path: str) -> bool:
    """`inside` has seen a tool's own file; nothing here may be written by hand."""
    return not {"CMakeLists.txt", "meson.build", "configure.ac"} & set(files.names(path))


def _object(files: Files, path: str) -> bool:
    name = split(path)[1]
    head = beginning(files, path, 64)
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
    **tracked.TESTS,
    "apple-double": _apple_double,
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
    "large": _large,
    "link": _link,
    "no-code": _no_code,
    "no-scripts": _no_scripts,
    "no-typescript": _no_typescript,
    "not-config": _not_config,
    "not-package": _not_package,
    "object": _object,
    "of-its-list": _of_its_list,
    "own-binary": _own_binary,
    "packages": _packages,
    "private-key": _private_key,
    "service-account": _service_account,
}
