"""Versions and the ranges of npm that have them."""

from __future__ import annotations

import pytest

from ctxscan.packages.node_locks import satisfies


@pytest.mark.parametrize(
    ("version", "asked", "fits"),
    [
        ("2.9.10", "^2.13.1", False),
        ("2.14.0", "^2.13.1", True),
        ("0.10.0", "^0.9.0", False),
        ("0.0.4", "^0.0.3", False),
        ("1.2.3", "1.x", True),
        ("1.2.3", "~1.2", True),
        ("1.3.0", "~1.2.5", False),
        ("3.0.0", ">=2 <3", False),
        ("2.9.7", "1.0.0 - 2.9", True),
        ("1.3.0", "> 1.2", True),
        ("4.1.0", "^3 || ^4", True),
        ("1.5.0", "*", True),
        ("1.5.0", "", True),
        ("1.0.0", "latest", None),
        ("1.0.0", "^1.0.0-beta", None),
        ("1.0.0-rc.1", "^1.0.0", None),
    ],
)
def test_a_range_has_a_version(version: str, asked: str, fits: bool | None) -> None:
    """Expected by `semver.satisfies` of npm; None where a prerelease or a tag is told."""
    assert satisfies(version, asked) is fits
