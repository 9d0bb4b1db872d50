"""The ecosystems: each satisfies the Protocol, and each manager knows its own commands."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from support import projects

from ctxscan import packages, scan
from ctxscan.context.tree import Tree
from ctxscan.dockerfile.commands import commands
from ctxscan.opinions import review
from ctxscan.packages.catalog import CACHES, ECOSYSTEMS, MANAGERS, install, reads
from ctxscan.packages.ecosystem import Ecosystem, Manager, Use
from ctxscan.packages.install import Install

MEMBERS = [name for name in vars(Ecosystem) if name.isupper()]
STRICT = {name: each.strict for name, each in MANAGERS.items() if each.strict is not None}


def installed(root: Path, command: str) -> Install | None:
    """The install that a RUN of one command is."""
    projects.write(root, {"Dockerfile": f"FROM scratch\nWORKDIR /app\nRUN {command}\n"})
    plan = scan(root).plan
    assert plan is not None
    (found,) = commands(plan.target.steps[-1])
    return install(found)


def unlocked(root: Path, manager: Manager, command: str) -> list[str]:
    """The findings on the lock file of a project that a command installs."""
    files = {manager.manifests[0]: "{}", manager.locks[0]: "{}"}
    projects.write(
        root, {"Dockerfile": f'FROM node:22.1-slim\nWORKDIR /app\nCOPY . .\nRUN {command}\nCMD ["app"]\n', **files}
    )
    return [each.message for each in review(scan(root)).findings or () if each.code == "unlocked-install"]


def test_every_module_of_an_ecosystem_is_listed() -> None:
    """A module that has managers is one, and the catalog has it, once."""
    names = [each.name for each in pkgutil.iter_modules(packages.__path__)]
    modules = [importlib.import_module(f"ctxscan.packages.{name}") for name in names]
    assert Counter(map(id, ECOSYSTEMS)) == Counter(
        id(each) for each in modules if hasattr(each, "READERS") and hasattr(each, "MAKERS")
    )


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS, ids=lambda each: each.__name__.rpartition(".")[2])
def test_every_ecosystem_satisfies_the_protocol(ecosystem: Any) -> None:
    """It has every member and is documented. (The types are held by mypy, over `ECOSYSTEMS`.)"""
    assert ecosystem.__doc__ and all(hasattr(ecosystem, member) for member in MEMBERS)


def once(names: Iterable[str]) -> bool:
    return all(count == 1 for count in Counter(names).values())


def test_nothing_is_claimed_twice() -> None:
    """A name has one owner: a second one would silently take the place of the first."""
    assert once(each.name for one in ECOSYSTEMS for each in one.MANAGERS)
    assert once(name for one in ECOSYSTEMS for each in one.MANAGERS for name in each.programs)
    assert once(name for one in ECOSYSTEMS for each in one.MANAGERS for name in each.locks)
    assert once(name for one in ECOSYSTEMS for each in one.PROGRAMS for name in each.names)
    assert once(name for one in ECOSYSTEMS for name in one.MAKERS)
    assert once(name for one in ECOSYSTEMS for name in (*one.MANIFESTS.parts, *one.MANIFESTS.runners))
    assert once(each.what for each in CACHES)


@pytest.mark.parametrize("manager", MANAGERS.values(), ids=lambda each: each.name)
def test_a_manager_is_complete(manager: Manager) -> None:
    """It has examples, for its lock file too if it keeps to one, and its options are sorted consistently."""
    assert len(manager.hits) >= 2 and len(manager.misses) >= 2
    assert manager.strict is None or (manager.strict.hits and manager.strict.misses and manager.locks)
    assert bool(manager.updates) == bool(manager.locked) <= bool(manager.locks)
    assert manager.always <= bool(manager.packages)
    assert {*manager.reading} <= {*manager.valued}


@pytest.mark.parametrize(("name", "command"), [(name, text) for name, each in MANAGERS.items() for text in each.hits])
def test_installs_are_recognized(name: str, command: str, tmp_path: Path) -> None:
    """The command installs what the project depends on, by this manager."""
    found = installed(tmp_path, command)
    assert found is not None and found.manager == name


@pytest.mark.parametrize("command", [text for each in MANAGERS.values() for text in each.misses])
def test_other_commands_are_no_installs(command: str, tmp_path: Path) -> None:
    """The command does something else."""
    assert installed(tmp_path, command) is None


@pytest.mark.parametrize(("name", "command"), [(name, text) for name, each in STRICT.items() for text in each.hits])
def test_strict_forms_keep_to_the_lock_file(name: str, command: str, tmp_path: Path) -> None:
    """Nothing is reported of a command that installs what the lock file says."""
    assert unlocked(tmp_path, MANAGERS[name], command) == []


@pytest.mark.parametrize(("name", "command"), [(name, text) for name, each in STRICT.items() for text in each.misses])
def test_other_forms_do_not(name: str, command: str, tmp_path: Path) -> None:
    """The lock file is named that the command does not keep to."""
    (message,) = unlocked(tmp_path, MANAGERS[name], command)
    assert message.endswith(f" beside {MANAGERS[name].locks[0]}")


@pytest.mark.parametrize(("name", "strict"), STRICT.items(), ids=STRICT)
def test_what_is_recommended_is_strict(name: str, strict: Any, tmp_path: Path) -> None:
    """The remedy for an install that does not keep to the lock file is a command that does, or a setting."""
    if strict.remedy.startswith("ENV "):
        setting = strict.remedy.removeprefix("ENV ").partition(" ")[0]
        assert unlocked(tmp_path, MANAGERS[name], f"{setting} {strict.misses[0]}") == []
    else:
        assert unlocked(tmp_path, MANAGERS[name], strict.remedy) == []


BROKEN = {
    "brace": "{", "bracket": "[", "nul": "\0", "cut": "[a]\nb=", "deep": "[" * 3000, "number": '{"workspaces": 7}',
    "long": "a" * 300_000, "empty": "",
}  # fmt: skip


class Sent:
    """A context of which the builder gets everything."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    @property
    def sent(self) -> Tree:
        return self.tree

    def names(self, path: str) -> tuple[str, ...]:
        return self.tree.names(path)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("manager", MANAGERS.values(), ids=lambda each: each.name)
def test_a_broken_manifest_is_all_that_an_install_reads(manager: Manager, text: str, tmp_path: Path) -> None:
    """Where nothing can be learned of a manifest, nothing but manifests is read, or nobody knows; and nothing is there
    for development."""
    names = {*manager.manifests, *manager.locks, "go.mod", "pom.xml", "build.gradle", "settings.gradle", "a.csproj"}
    projects.write(tmp_path, {**dict.fromkeys(names, text), "src/main.rs": "", "src/a.js": ""})
    found = installed(tmp_path, manager.hits[0])
    assert found is not None
    tree = Tree(str(tmp_path))
    assert manager.development is None or manager.development(found, tree, "", Use((), (), True)) is None
    read = reads(Sent(tree), found, lambda path: path.removeprefix("/app").strip("/"))
    assert read is None or (names.issuperset(read.files) and not read.directories)
