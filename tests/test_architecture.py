"""The house: which module may import which, where third-party packages live, what is loaded for what."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from support.house import FACES, House, floors, house, imports, module_graph, modules
from support.imports import compiled, loaded

import ctxscan
from ctxscan.packages.catalog import MANAGERS

PACKAGE = Path(ctxscan.__file__).parent
#: In pipeline order: a module imports only from above.
ROOMS = (
    "errors", "system", "regex", "printable", "paths", "processes", "archive", "rules", "secrets", "dockerfile", "packages", "git", "context", "image", "builds", "facts", "explain", "postbuild",
    "findings", "config", "checks", "proposals", "replay", "treemap", "opinions", "comparison", "session", "reports", "cli",
)  # fmt: skip
#: Where each third-party package lives.
HOMES = {
    "backports": {"archive"},
    "click": {"cli"},
    "humanize": {"reports"},
    "pathspec": {"rules"},
    "rich": {"reports"},
    "yaml": {"builds"},
}


def test_every_module_has_its_room() -> None:
    """A new module is put into the order, or it cannot be checked."""
    assert {room for room, _ in modules(PACKAGE)} - set(FACES) <= set(ROOMS)


def test_the_house_stays_small() -> None:
    """Few rooms on few floors, and no module that imports itself through others: a circle raises."""
    assert floors(module_graph(PACKAGE))
    found = house(PACKAGE)
    assert (found.rooms <= 30, found.floors <= 12) == (True, True), found


def test_the_house_is_measured(tmp_path: Path) -> None:
    """On a package that is small enough to count by hand."""
    for name, text in {
        "a": "",
        "b": "from . import a\n",
        "c/d": "from ..b import x\nfrom .e import y\n",
        "c/e": "",
    }.items():
        (tmp_path / "p" / name).with_suffix(".py").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).with_suffix(".py").write_text(text)
    assert house(tmp_path / "p") == House(rooms=3, floors=3, arrows=2, chain=3)


def test_package_faces_import_nothing() -> None:
    """What a folder holds is said in its modules; its `__init__` is a docstring."""
    faces = [path for room, path in modules(PACKAGE) if path.name == "__init__.py" and room != "__init__"]
    assert faces
    assert not [path for path in faces if imports(path, PACKAGE)]


def test_imports_run_one_way() -> None:
    """A module imports only from the rooms above its own."""
    assert not [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for room, path in modules(PACKAGE)
        if room not in FACES
        for name in imports(path, PACKAGE)
        if name.startswith("ctxscan.") and name.split(".")[1] in ROOMS[ROOMS.index(room) + 1 :]
    ]


@pytest.mark.parametrize("package", HOMES)
def test_third_party_packages_have_one_home(package: str) -> None:
    """Only the rooms that are named import it."""
    users = {
        room for room, path in modules(PACKAGE) for name in imports(path, PACKAGE) if name.split(".")[0] == package
    }
    assert users <= HOMES[package]


@pytest.mark.parametrize("lock", [name for each in MANAGERS.values() for name in each.locks])
def test_a_lock_file_is_known_in_one_place(lock: str) -> None:
    """What is known of a package manager stands in one module of `packages`. Rows of junk tell by such names, too, and
    so do those that say where no secret lies."""
    users = {path.relative_to(PACKAGE).as_posix() for _, path in modules(PACKAGE) if lock in path.read_text("utf-8")}
    others = {each for each in users if each.startswith(("secrets/", "proposals/junk/"))}
    (own,) = users - others
    assert own.startswith("packages/")


@pytest.mark.parametrize("room", ["checks", "proposals"])
def test_who_asks_names_no_manager(room: str) -> None:
    """Checks and proposals ask the catalog of packages: none of their texts is the name of a manager."""
    trees = (ast.parse(path.read_text("utf-8")) for path in (PACKAGE / room).rglob("*.py") if "junk" not in path.parts)
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert not texts & MANAGERS.keys()


def test_the_version_needs_nothing(tmp_path: Path) -> None:
    """`--version` imports none of the packages that the work needs."""
    assert not loaded("--version", cwd=tmp_path) & {"rich", "humanize", "pathspec", "click", "ctxscan.cli"}


def test_facts_that_are_drawn_judge_nothing(tmp_path: Path) -> None:
    """For `--facts` as text nothing is imported that examines or proposes."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    seen = loaded("--facts", ".", cwd=tmp_path)
    assert "rich.console" in seen
    assert not seen & {
        "ctxscan.checks.secrecy.inspection",
        "ctxscan.secrets.verdict",
        "ctxscan.proposals.propose",
        "ctxscan.proposals.needs.find",
        "ctxscan.packages.catalog",
    }


def test_facts_need_no_display(tmp_path: Path) -> None:
    """`--facts --format json` draws nothing and judges nothing."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    seen = loaded("--facts", "--format", "json", ".", cwd=tmp_path)
    assert not seen & {
        "rich",
        "humanize",
        "ctxscan.checks.catalog",
        "ctxscan.secrets.scope",
        "multiprocessing",
        "concurrent.futures",
    }


def test_what_is_not_there_costs_nothing(tmp_path: Path) -> None:
    """Without a Dockerfile no parser, without a configuration no TOML."""
    seen = loaded("--facts", "--format", "json", ".", cwd=tmp_path)
    assert not seen & {
        "ctxscan.dockerfile.stages",
        "ctxscan.image.reach",
        "ctxscan.config.settings",
        "ctxscan.builds.order",
        "tomllib",
        "tarfile",
        "shutil",
    }


def test_json_needs_no_display(tmp_path: Path) -> None:
    """Also with findings."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    assert "rich" not in loaded("--format", "json", ".", cwd=tmp_path)


def test_a_report_imports_only_what_it_uses(tmp_path: Path) -> None:
    """It writes and compares nothing, so it needs no temporary files and no differences; git is not asked without a
    repository, and nothing is traced through layers without a Dockerfile."""
    (tmp_path / ".dockerignore").write_text("*.log\n")
    seen = loaded(".", cwd=tmp_path)
    assert "ctxscan.proposals.propose" in seen
    assert not seen & {
        "difflib",
        "tempfile",
        "shutil",
        "subprocess",
        "tomllib",
        "tarfile",
        "yaml",
        "ctxscan.image.reach",
        "ctxscan.image.layers",
        "ctxscan.builds.order",
        "ctxscan.builds.documents",
        "ctxscan.git.history",
        "ctxscan.replay.replay",
        "ctxscan.treemap",
    }


@pytest.mark.parametrize(
    ("rules", "imported"), [(None, False), (b"", False), (b"# none\n\n", False), (b"*.log\n", True)]
)
def test_pathspec_comes_with_the_first_rule(tmp_path: Path, rules: bytes | None, imported: bool) -> None:
    """Every run with a rule matches with its patterns, and a run without one does not pay for it."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    if rules is not None:
        (tmp_path / ".dockerignore").write_bytes(rules)
    seen = loaded(".", cwd=tmp_path)
    assert ({"pathspec", "ctxscan.rules.grammars"} <= seen) is imported
    assert imported or not {"pathspec", "ctxscan.rules.grammars"} & seen


def test_what_every_run_imports_defines_no_dataclass(tmp_path: Path) -> None:
    """To define one takes half a millisecond: on the way to a report there are tuples and plain classes."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    seen = loaded(".", cwd=tmp_path)
    users = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for _, path in modules(PACKAGE)
        if any(name.startswith("dataclasses") for name in imports(path, PACKAGE))
    }
    assert "ctxscan.checks.catalog" in seen
    assert not seen & users


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small project of Node, as most are, with what is usually excluded."""
    files = {
        ".dockerignore": "node_modules\n.git\n*.log\n",
        ".env": "PORT=8080\nSESSION_SECRET=correct-horse-battery-staple-2024\n",
        "Dockerfile": "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm install\nRUN npm run build\nEXPOSE 8080\n"
        'CMD ["node", "dist/server.js"]\n',
        "README.md": "# Shop\n",
        "docs/intro.md": "Words\n",
        "logs/server.log": "started\n" * 700,
        "node_modules/left-pad/index.js": "module.exports = 1\n",
        "package.json": '{"name": "shop", "scripts": {"build": "vite build", "test": "vitest"}}\n',
        "package-lock.json": '{"name": "shop", "lockfileVersion": 3, "packages": {}}\n',
        "src/server.js": "const port = process.env.PORT;\nrequire('http').createServer().listen(port);\n",
        "test/server.test.js": "test('starts', () => {});\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_small_project_imports_few_modules(shop: Path) -> None:
    """What reads formats, notations, keys and encoded text comes with the first of each, what knows a kind of project
    with the first command that builds one, and what leads to a way out with the first finding that needs one. A module and its classes take a third of a millisecond."""
    ours = {each for each in loaded(".", cwd=shop) if each.startswith("ctxscan.")}
    assert "ctxscan.secrets.formats.settings" in ours
    assert not ours & {
        "ctxscan.checks.inputs.elsewhere",
        "ctxscan.checks.inputs.missing",
        "ctxscan.context.differences",
        "ctxscan.context.recount",
        "ctxscan.packages.go_needs",
        "ctxscan.packages.python_needs",
        "ctxscan.reports.digest.causes",
        "ctxscan.reports.digest.changes",
        "ctxscan.reports.text.explanations",
        "ctxscan.reports.text.grouped",
        "ctxscan.secrets.encoded",
        "ctxscan.secrets.formats.stores",
        "ctxscan.secrets.neighbours",
        "ctxscan.secrets.pem",
        "ctxscan.secrets.syntax.yaml",
    }
    assert len(ours) <= 290, len(ours)


def test_bake_is_loaded_with_its_first_file(shop: Path) -> None:
    """Its language is a tenth of what a run over all builds loads, and most projects have no such file."""
    assert "ctxscan.builds.everywhere" in (seen := loaded("--all", cwd=shop))
    assert not [each for each in seen if each.startswith("ctxscan.builds.bake.")]
    (shop / "docker-bake.hcl").write_text('target "default" {}\n')
    assert "ctxscan.builds.bake.syntax" in loaded("--all", cwd=shop)


def test_annotations_of_tuples_are_no_text(shop: Path) -> None:
    """On the way to a report, where they need nothing but what is imported: `typing` compiles each that is text, which
    takes as long as all else about a tuple."""
    seen = loaded(".", cwd=shop)
    texts = {
        name: (PACKAGE.parent / name.replace(".", "/")).with_suffix(".py")
        for name in seen
        if name.startswith("ctxscan.") and (PACKAGE.parent / name.replace(".", "/")).with_suffix(".py").exists()
    }
    assert not [
        name
        for name, path in texts.items()
        if "(NamedTuple)" in (text := path.read_text("utf-8"))
        and "TYPE_CHECKING" not in text
        and "from __future__ import annotations" in text
    ]


def test_a_small_project_compiles_few_expressions(shop: Path) -> None:
    """What a text has to have in it is looked for first: a run compiles what it uses."""
    found = compiled(".", cwd=shop)
    assert len(found) <= 108, found


#: How groups end that take one character at a time, or two that are one: an escape, a quote that is doubled.
SAFE = ('""', r"\"\"", r"|\\.", r"[^{}]*\}", r"\n|\Z)", r"""|['\"]""")


def test_groups_are_repeated_possessively_only_where_they_cannot_fail_halfway() -> None:
    """Python before 3.11.5 loses its place where such a repetition has failed in the middle: behind `(?:a*b)*+` nothing
    is found. An atomic group, `(?>(?:a*b)*)`, means the same and is right everywhere."""
    repeated = re.compile(r"\)(?:[*+?]|\{+[0-9,]+\}+)\+")
    assert not [
        f"{path.name}: {line.strip()}"
        for _, path in modules(PACKAGE)
        for line in path.read_text("utf-8").splitlines()
        for match in repeated.finditer(line)
        if not line[: match.start()].endswith(SAFE)
    ]


TESTS = Path(__file__).parent


def test_no_test_module_is_imported() -> None:
    """What tests share is in tests/support: no other module of the tests is imported, no name of one, and nothing by a
    leading dot, as they belong to no package."""
    used = {path: set(imports(path, TESTS)) for path in TESTS.rglob("*.py")}
    assert not [
        f"{path.relative_to(TESTS)} imports {name}"
        for path, names in used.items()
        for name in names
        if name.startswith("tests.") or not (name.startswith("support.") or named(name) is None)
    ]


def named(name: str) -> Path | None:
    """The module of the tests that `from x import y` takes, or takes a name from."""
    path = TESTS / name.replace(".", "/")
    return next((each for each in (path.with_suffix(".py"), path.parent.with_suffix(".py")) if each.exists()), None)
