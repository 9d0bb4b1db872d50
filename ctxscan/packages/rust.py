"""Rust: Cargo, and the files that macros include."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ..regex import compiled_bytes, lazy
from .ecosystem import Cache, Find, History, Loose, Manager, Manifests, Private, Program, Reader, phrases, words
from .install import Install
from .maker import ANY_BUILD, maker
from .manifest import Named, Surveyed, beside, get, named, table, texts
from .project import Project, Reads
from .sources import Sources
from .workplace import Called, Ran, Runner, Workplace

_MANIFEST: Final = "Cargo.toml"
_LOCK: Final = "Cargo.lock"
_MAIN: Final = "src/main.rs"
#: Crates with a macro or a build step that asks git.
_ASKS: Final = lazy(r"\s*(git-version|git-testament|shadow-rs|vergen[\w-]*|build-info[\w-]*)\s*=")
#: What follows is compiled for tests alone.
_TESTED: Final = rb"(?m)^#\[cfg\(test\)\]\s+(?:pub(?:\([a-z]+\))?\s+)?mod\s+\w+\s*\{"
_INCLUDE: Final = (
    rb"""(?:include_str|include_bytes|include_dir|include|embed_migrations|migrate|query_file\w*|include_flate|"""
    rb"""embed_asset|include_image)!\s*\(\s*(?:concat!\s*\(\s*env!\s*\(\s*"CARGO_MANIFEST_DIR"\s*\)\s*,\s*)?"""
    rb"""r?#*"([^"\n]{1,300})"|"""
    rb"""\b(?:folder|path|template)\s*=\s*r?#*"([^"\n]{1,300})\""""
)
#: One of these is in whatever has one: a word of a macro, or a path that one is given.
_MACROS: Final = (b"include", b"migrat", b"query_file", b"embed_asset")
_GIVEN: Final = tuple(word + rb'\s*=\s*r?#*"' for word in (b"path", b"folder", b"template"))


def _reads(project: Project) -> Reads | None:
    data = project.toml(_MANIFEST)
    package = table(data, "package")
    # The program may be declared as what it is anyway, and the package as no member of a workspace above it.
    alone = not table(data, "workspace") and all(table(each).get("path") in (None, _MAIN) for each in _bins(data))
    plain = alone and not {"lib", "patch"} & set(data) and "build" not in package
    tables = [table(data, key) for key in ("dependencies", "dev-dependencies", "build-dependencies")]
    local = any("path" in table(each) or table(each).get("workspace") for one in tables for each in one.values())
    locked = "registry+" in project.text(_LOCK)
    if project.cached or not plain or local or not locked or "target" in data:
        return None
    more = project.has("src/lib.rs") or project.has("build.rs") or project.has("src/bin", "dir")
    if not project.has(_MAIN) or more:
        return None
    install = project.install
    release = "--release " if install.verb == "install" or install.has("--release", "-r") else ""
    name = package.get("name")
    known = isinstance(name, str) and re.fullmatch(r"[\w-]+", name)
    elsewhere = {*project.install.values("--path")} - {".", "./"}
    if not known or elsewhere or project.install.has("--manifest-path", "-p", "--bin"):
        return None
    dummy = f"mkdir src && echo 'fn main() {{}}' > src/main.rs && {project.again()}"
    dummy += f" && cargo clean {release}-p {name} && rm -r src"
    files = tuple(project.there(_MANIFEST, _LOCK, "rust-toolchain.toml", "rust-toolchain"))
    return Reads(files, project.directories(".cargo"), project.early(dummy))


def _bins(data: dict[str, Any]) -> list[Any]:
    found = data.get("bin", [])
    return found if isinstance(found, list) and len(found) < 2 else [{"path": "several"}]


def _past(install: Install, find: Find, text: Callable[[str], str], earlier: Iterable[Install]) -> Loose | None:
    """`cargo install` of the project, which takes the newest versions unless it is told to keep to the lock file."""
    lock = find((_LOCK,)) if install.verb == "install" and not install.has("--locked", "--frozen") else None
    return None if lock is None else Loose(lock, f"{' '.join(install.command.text.split())} --locked", False)


def _named(survey: Surveyed) -> Iterator[Named]:
    for path in survey.named(_MANIFEST):
        data = survey.tree.toml(path)
        package = table(data, "package")
        members = [f"{each}/{_MANIFEST}" for each in texts(get(data, "workspace", "members"))]
        yield from named(path, members, "a member of the workspace")
        # Cargo builds without the readme; what makes a wheel of it reads that.
        wheel = "pyproject.toml" in survey.tree.names(posixpath.dirname(path))
        for key in ("build", "readme", "license-file") if wheel else ("build", "license-file"):
            yield from named(path, texts(package.get(key)), f"the package's {key}")
        yield from _targets(survey, path, data)
        yield from _crates(path, data)
    for path in survey.named("config.toml"):
        if path.endswith(".cargo/config.toml"):
            for each in table(survey.tree.toml(path), "source").values():
                vendored = texts(get(each, "directory")) + texts(get(each, "local-registry"))
                yield from named(posixpath.dirname(path), vendored, "vendored sources", whole=True)


def _targets(survey: Surveyed, path: str, data: dict[str, Any]) -> Iterator[Named]:
    homes = (("bench", "benches"), ("test", "tests"), ("example", "examples"), ("bin", "src/bin"), ("lib", "src"))
    for key, home in homes:
        found = get(data, key)
        for each in found if isinstance(found, list) else [found]:
            names = texts(get(each, "name"))
            guesses = texts(get(each, "path")) or [
                *(f"{home}/{one}.rs" for one in names),
                *(f"{home}/{one}/main.rs" for one in names),
            ]
            there = [one for one in guesses if any(survey.tree.exists(p) for p in beside(path, one))] or guesses[:1]
            yield from named(path, there, f"a declared [[{key}]]")


def _crates(path: str, data: dict[str, Any]) -> Iterator[Named]:
    tables = [table(data, key) for key in ("dependencies", "dev-dependencies", "build-dependencies")]
    tables += [table(data, "workspace", "dependencies"), *map(table, table(data, "patch").values())]
    tables += [table(each, "dependencies") for each in table(data, "target").values()]
    for one in tables:
        for each in one.values():
            yield from named(path, texts(get(each, "path")), "a dependency by path")


def _includes(survey: Surveyed) -> Iterator[Named]:
    """What macros include, looked for in the crates alone."""
    crates = {posixpath.dirname(path) for path in survey.named(_MANIFEST)}
    if not crates:
        return
    sources = Sources(survey.tree)
    for directory in sorted(survey.kept):
        above = [each for each in crates if directory == each or directory.startswith(each + "/") or not each]
        if not above:
            continue
        manifest = posixpath.join(max(above, key=len), _MANIFEST)
        for name in survey.tree.names(directory):
            if name.endswith(".rs"):
                yield from _included(survey, sources, posixpath.join(directory, name), manifest)
        if posixpath.basename(directory) == "templates":
            yield Named(directory, "templates of a crate", manifest, False, True)


def _included(survey: Surveyed, sources: Sources, path: str, manifest: str) -> Iterator[Named]:
    data = sources.read(path)
    if b"#[cfg(test)]" in data:
        data = compiled_bytes(_TESTED).split(data, 1)[0]
    may = any(each in data for each in _MACROS) or any(compiled_bytes(each).search(data) for each in _GIVEN)
    for found in compiled_bytes(_INCLUDE).finditer(data) if may else ():
        text = (found[1] or found[2]).decode(errors="replace")
        # Some macros start at the file, others at the crate: keep what either may mean.
        below = text.replace("$CARGO_MANIFEST_DIR/", "").lstrip("/")
        for each in dict.fromkeys((*beside(path, text.lstrip("/")), *beside(manifest, below))):
            if survey.tree.exists(each):
                yield Named(each, "included", path, True, True)
    if b"embed_migrations!()" in data or b"migrate!()" in data:
        yield from (Named(each, "included", path, True, True) for each in beside(manifest, "migrations"))


def _build_scripts(place: Workplace, called: Called) -> Iterator[Ran]:
    """Build scripts, and what a manifest has for the macros that ask git."""
    manifests = [*place.survey.named(_MANIFEST)]
    told = [each for path in manifests for each in beside(path, *texts(get(place.tree.toml(path), "package", "build")))]
    for path, home in place.below("/", dict.fromkeys((*place.survey.named("build.rs"), *told))):
        yield Ran(place.tree.text(path), path, 1, home, code=True)
    for path, home in place.below("/", manifests):
        for number, line in enumerate(place.tree.text(path).splitlines(), 1):
            if _ASKS.match(line):
                yield Ran(line, path, number, home, code=True)


MANAGERS: Final = (
    Manager(
        "cargo",
        ("cargo",),
        verbs=(),
        builds=phrases("build,b,install --path"),
        leading=True,
        valued=words(
            "--target --bin -p --package --profile --features -F --target-dir -j --manifest-path --path --root"
        ),
        own=("-v",),
        locks=(_LOCK,),
        manifests=(_MANIFEST,),
        lenient=True,
        updates=("update",),
        locked="cargo build --locked",
        relocks=("generate-lockfile",),
        past=_past,
        reads=_reads,
        packages="target",
        homes=words(".cargo cargo/registry /target"),
        prepares=("*",),
        hits=phrases("cargo build --release,cargo b --locked -v,cargo install --path ."),
        misses=phrases("cargo install ripgrep,cargo fmt"),
    ),
)
PROGRAMS: Final = (
    Program(("cargo",), inert=words("fetch vendor")),
    Program(("rustup",), inert=words("target component toolchain default show"), blind=("*",)),
)
CACHES: Final[tuple[Cache, ...]] = ()
MANIFESTS: Final = Manifests(names=words("Cargo.toml config.toml build.rs"), roots=(_MANIFEST,))


def _vendored(survey: Surveyed) -> Iterator[Named]:
    """Crates of which Cargo compares every file with the checksum that came with it."""
    for directory in survey.kept:
        if directory and _CHECKSUMS in survey.tree.names(directory):
            yield Named(directory, "Cargo compares its checksums", f"{directory}/{_CHECKSUMS}", whole=True)


_CHECKSUMS: Final = ".cargo-checksum.json"
READERS: Final[tuple[Reader, ...]] = (_named, _vendored)
SOURCES: Final[tuple[Reader, ...]] = (_includes,)
MAKERS: Final = {
    "cargo": maker(
        r"\bcargo\b[^\n;&|]*\b(?:build|install|chef|b|auditable|zigbuild|leptos|run|test|nextest|component|lambda)\b|"
        rf"\btrunk\b|\bwasm-pack\b|\bmaturin\b|\bpip\b|\buv\b|{ANY_BUILD}",
        r"(?i)\btarget\b|cargo|rust",
    ),
}
PRIVATE: Final[tuple[Private, ...]] = ((words("credentials.toml credentials"), lazy(r"\bcargo\b")),)
RUNNERS: Final[tuple[Runner, ...]] = (
    Runner(words("cargo maturin wasm-pack trunk cross pip pip3 uv poetry pdm"), _build_scripts),
)
HISTORY: Final = History()
