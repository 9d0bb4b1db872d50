"""Which kinds of project a program builds, and that nothing is loaded for those that none builds."""

from __future__ import annotations

import pytest

from ctxscan.packages import node_builds, node_needs
from ctxscan.packages.project_kinds import _BY_PROGRAM, kinds_of


@pytest.mark.parametrize(
    ("program", "manifest"),
    [
        ("pip3.12", "pyproject.toml"),
        ("python3", "setup.py"),
        ("uv", "pyproject.toml"),
        ("cargo", "Cargo.toml"),
        ("go", "go.work"),
        ("npm", "package.json"),
        ("vite", "package.json"),
        ("mvn", "pom.xml"),
        ("gradlew", "gradlew"),
        ("bundle", "Gemfile"),
        ("composer", "composer.json"),
    ],
)
def test_a_program_has_its_kinds(program: str, manifest: str) -> None:
    assert manifest in {name for kind in kinds_of(program) for name in kind.manifest}


def test_no_program_of_node_is_another_one() -> None:
    """Whatever is not listed is asked of Node, so what Node knows must not be listed."""
    of_node = {*node_builds._TOOLS, *node_builds._MANAGERS, *node_builds._LAUNCHERS, *node_needs._INSTALLS}
    assert not of_node & _BY_PROGRAM.keys()
