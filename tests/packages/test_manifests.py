"""What manifests and sources name, one of them at a time; and that a broken one names nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import dirty

from ctxscan.context.tree import Tree
from ctxscan.git.index import tracked
from ctxscan.packages import catalog
from ctxscan.packages.catalog import ECOSYSTEMS, ENDINGS, NAMES
from ctxscan.packages.ecosystem import Reader
from ctxscan.proposals.needs import history
from ctxscan.proposals.needs.recipe import read_recipe
from ctxscan.proposals.needs.trail import Trail
from ctxscan.proposals.survey import Survey, survey
from ctxscan.rules.builders import BUILDKIT
from ctxscan.rules.matcher import Matcher

NAMED = [
    ("Cargo.toml", '[[bench]]\nname="a"\n', "benches/a.rs"),
    ("Cargo.toml", '[workspace]\nmembers=["a", "crates/*"]\n', "crates/*/Cargo.toml"),
    (".cargo/config.toml", '[source.v]\ndirectory="vendor"\n', "vendor"),
    ("vendor/a/.cargo-checksum.json", "{}", "vendor/a"),
    ("go.work", "go 1.22\nuse (\n\t./a\n\t./b // x\n)\n", "b"),
    ("go.mod", "module x\nreplace y => ./third/y\n", "third/y"),
    ("pom.xml", "<modules><module>a</module></modules>", "a/pom.xml"),
    ("pom.xml", "<descriptor>pom.xml</descriptor><source>${basedir}/a.txt</source>", "a.txt"),
    ("settings.gradle", "include 'a:b'\n", "a/b"),
    ("A.sln", 'Project("{X}") = "A", "src\\A\\A.csproj", "{Y}"', "src/A/A.csproj"),
    ("A.slnx", '<Project Path="src/A/A.csproj" />', "src/A/A.csproj"),
    ("A.csproj", '<ProjectReference Include="..\\B\\B.csproj" /><Content Include="a.json" />', "a.json"),
    ("package.json", '{"workspaces": {"packages": ["p/*"]}}', "p/*/package.json"),
    ("package.json", '{"dependencies": {"a": "file:./vendor/a"}}', "vendor/a"),
    (
        "nest-cli.json",
        '{"sourceRoot": "source", "compilerOptions": {"assets": [{"include": "mail/*.hbs"}]}}',
        "source/mail/*.hbs",
    ),
    (
        "angular.json",
        '{"projects": {"a": {"architect": {"build": {"configurations": {"prod": {"fileReplacements": '
        '[{"replace": "src/e.ts", "with": "src/e.prod.ts"}]}}}}}}}',
        "src/e.prod.ts",
    ),
    ("pnpm-workspace.yaml", "packages:\n  - 'p/*'\n", "p/*/package.json"),
    ("lerna.json", '{"packages": ["p/*"]}', "p/*/package.json"),
    ("rush.json", '{"projects": [{"projectFolder": "apps/a"}]}', "apps/a/package.json"),
    (".yarnrc.yml", "yarnPath: .yarn/releases/yarn-4.cjs\n", ".yarn/releases/yarn-4.cjs"),
    ("pyproject.toml", '[build-system]\nbuild-backend="flit_core.buildapi"\n[project]\nreadme={file="R.md"}\n', "R.md"),
    ("pyproject.toml", '[tool.hatch.build.targets.wheel.force-include]\n"a/b"="c"\n', "a/b"),
    ("pyproject.toml", '[tool.poetry]\npackages=[{include="shop", from="src"}]\n', "src/shop"),
    ("setup.cfg", "[metadata]\nlong_description = file: README.rst, NEWS.md\n", "NEWS.md"),
    ("setup.py", "open('VERSION')\n", "VERSION"),
    ("MANIFEST.in", "recursive-include docs *.md\n", "docs"),
    ("composer.json", '{"autoload": {"files": ["a/b.php"]}}', "a/b.php"),
    ("Gemfile", "gem 'own', path: 'gems/own'\n", "gems/own"),
    ("own.gemspec", "Gem::Specification.new { |s| s.files = ['README.md'] }\n", "README.md"),
    ("mix.exs", 'File.read!("VERSION")\n', "VERSION"),
    ("pubspec.yaml", "dependencies:\n  own:\n    path: packages/own\n", "packages/own"),
    ("CMakeLists.txt", "add_subdirectory(src/core)\n", "src/core"),
    ("configure.ac", "AC_CONFIG_FILES([\n  Makefile\n  docs/Makefile\n])\n", "docs/Makefile.in"),
    ("configure.ac", "AC_OUTPUT(a.pc:b/a.pc.in)\n", "b/a.pc.in"),
    ("meson.build", "subdir('src')\n", "src"),
]
#: A source, what it embeds, and the manifest beside it.
EMBEDDED = [
    ("a/main.go", "//go:embed static/*.html\n", "a/static/*.html", "go.mod"),
    ("src/main.rs", 'const A: &str = include_str!("../a.sql");\n', "a.sql", "Cargo.toml"),
    ("tsconfig.json", '{"references": [{"path": "./core"}]}', "core", "package.json"),
    ("tsconfig.json", '{"extends": "./tsconfig.base.json"}', "tsconfig.base.json", "package.json"),
]
BROKEN = {
    "brace": "{", "bracket": "[", "nul": "\0", "cut": "[a]\nb=", "deep": "[" * 3000, "number": '{"workspaces": 7}',
    "long": "a" * 300_000, "empty": "",
}  # fmt: skip
READERS = [
    pytest.param(reader, id=f"{each.__name__.rpartition('.')[2]}-{reader.__name__.strip('_')}")  # type: ignore[attr-defined]
    for each in ECOSYSTEMS
    for reader in (*each.READERS, *each.SOURCES)
]


def surveyed(root: Path, files: dict[str, str | bytes | int | None]) -> Survey:
    dirty.write(root, files)
    return survey(Tree(str(root)), Matcher((), BUILDKIT), tracked(str(root)))


@pytest.fixture(scope="module", params=BROKEN.values(), ids=BROKEN)
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """A tree in which every manifest that a reader may ask for has the same broken text, with junk for the sources."""
    names = [*NAMES - {"config.toml"}, ".cargo/config.toml", *(f"a{ending}" for ending in ENDINGS)]
    junk: dict[str, str | bytes | int | None] = {"src/main.rs": request.param, "main.go": request.param, "a.log": "x"}
    return surveyed(tmp_path_factory.mktemp("broken"), {**dict.fromkeys(names, request.param), **junk})


@pytest.mark.parametrize(("name", "text", "path"), NAMED, ids=[f"{name}:{path}" for name, _, path in NAMED])
def test_manifest_names(tmp_path: Path, name: str, text: str, path: str) -> None:
    """A manifest names what it needs."""
    assert path in [each.path for each in catalog.named(surveyed(tmp_path, {name: text}))]


@pytest.mark.parametrize(("source", "text", "path", "manifest"), EMBEDDED, ids=[source for source, *_ in EMBEDDED])
def test_source_embeds(tmp_path: Path, source: str, text: str, path: str, manifest: str) -> None:
    """A source names what a compiler reads beside it."""
    found = surveyed(tmp_path, {source: text, manifest: "", "a.sql": "x", "a/debug.log": "x"})
    assert path in [each.path for each in catalog.embedded(found)]


def test_every_reader_has_a_case(tmp_path: Path) -> None:
    """The cases together make each reader name something."""
    silent = {reader.id for reader in READERS}
    for number, (name, text, *beside) in enumerate((*NAMED, *EMBEDDED)):
        files: dict[str, str | bytes | int | None] = {"a.sql": "x", "a/debug.log": "x", name: text}
        found = surveyed(tmp_path / str(number), files | dict.fromkeys(beside[1:], ""))
        silent -= {str(reader.id) for reader in READERS if any(reader.values[0](found))}  # type: ignore[operator]
    assert not silent


@pytest.mark.sampled(3)
@pytest.mark.parametrize("reader", READERS)
def test_broken_manifest_names_nothing(broken: Survey, reader: Reader) -> None:
    """Whatever is in a manifest, a reader that does not understand it names nothing."""
    assert list(reader(broken)) == []


def test_broken_manifest_asks_no_history(broken: Survey) -> None:
    """Nor is there anybody who reads the history."""
    everything = "pip install . && npm run build && bundle install && dotnet publish && hugo && mkdocs build && make"
    assert not catalog.versions(broken)
    (recipe,) = [read_recipe(f"FROM x\nCOPY . .\nRUN {everything}\n".encode(), "Dockerfile", {})]
    assert recipe is not None and not list(
        history.needs(broken, (recipe,), Trail(broken), lambda _: True, lambda _: True)
    )


def test_broken_manifest_says_nothing(broken: Survey) -> None:
    """Nor does a build read anything in it, where it is not text that a build reads as a whole."""
    parts = [catalog.part(broken.tree, path, "npm run build") for path in ("package.json", "pyproject.toml")]
    assert [list(each or ()) for each in parts] == [[], []]


def test_nothing_outside_is_named_or_read(tmp_path: Path) -> None:
    """Paths that leave the context are not named, and manifests behind links are not read."""
    context = tmp_path / "c"
    dirty.write(tmp_path, {"secret.json": '{"workspaces": ["x"]}'})
    outside = '[project]\nreadme="../../R.md"\n'
    found = surveyed(context, {"package.json": "-> ../secret.json", "pyproject.toml": outside})
    assert list(catalog.named(found)) == []
