"""Which family reads a file: the quick answer by the ending is that of all families, one by one."""

from __future__ import annotations

import pytest

from ctxscan.builds.mentions.families import FAMILIES, UNREAD, family_of

NAMES = (
    "a",
    "README",
    "Dockerfile",
    "api.Dockerfile",
    "Makefile",
    "Jenkinsfile",
    "Tiltfile",
    "Procfile",
    ".env",
    "magefile",
)
PLACES = ("", "scripts/", "docker/", ".github/workflows/", "docs/", "ci/")


@pytest.mark.parametrize("ending", sorted(UNREAD | {"json"}))
def test_no_family_reads_what_is_passed_over(ending: str) -> None:
    for path in (f"{place}{name}.{ending}" for place in PLACES for name in NAMES):
        assert family_of(path) == next((rank for rank, each in enumerate(FAMILIES) if each.reads(path)), None), path


def test_names_that_end_like_sources() -> None:
    """A Makefile of JavaScript, settings, and what Mage runs."""
    assert None not in {family_of(each) for each in ("Makefile.js", ".env.php", "magefile.go")}
