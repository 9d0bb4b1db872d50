"""Names that opinions are about, picked out while the walk passes them.

`checks` and `inspection` find what was picked in `Measure.found`. A directory is looked at as a whole, in a few passes,
so that it costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ..rules.ignorefile import IgnoreFile, Rule
from ..secrets.scope import screen

#: Ignore files and Dockerfiles, wherever they lie.
_NAMES: Final = frozenset((".dockerignore", ".containerignore", "Dockerfile", "dockerfile", "Containerfile"))
_ENDINGS: Final = (".dockerignore", ".containerignore", ".dockerfile", ".Dockerfile")
#: What each of these has in it.
_DOCKER: Final = "ocker"
_CONTAINER: Final = ".containerignore"
#: What is the same thing at every level, so that a rule for the root alone is a slip.
EVERYWHERE: Final = frozenset(
    "node_modules __pycache__ .venv venv .git .env .DS_Store .idea .vscode .pytest_cache .mypy_cache .ruff_cache .tox "
    ".nox .gradle .terraform .next .nuxt .cache coverage .nyc_output .terragrunt-cache Thumbs.db npm-debug.log".split()
)
#: What lies deeper as well, and is worth a word where the rule for the root alone excludes nothing.
ASIDE: Final = frozenset("tests test docs".split())
#: What builds make, at every level of a project of several parts, unless somebody keeps it in the repository.
OUTPUTS: Final = frozenset("target dist build out bin obj".split())
_EVERYWHERE_ENDINGS: Final = frozenset("log pyc pyo swp swo bak tmp tfstate class o".split())


def is_for_everywhere(rule: Rule) -> bool:
    """Whether a rule names, for the root alone, what is the same thing everywhere, or may be. A slash in front says it
    is meant."""
    name = rule.pattern.text
    if rule.pattern.negated or "/" in name or rule.text.startswith("/"):
        return False
    return (
        name in EVERYWHERE
        or name in OUTPUTS
        or name in ASIDE
        or (name.startswith("*.") and name[2:] in _EVERYWHERE_ENDINGS)
    )


class Screening:
    """Chooses names for `measure`: ignore files, Dockerfiles, what a rule for the root leaves elsewhere, and what may
    be a secret by its name."""

    def __init__(self, ignored: IgnoreFile | None) -> None:
        texts = [rule.pattern.text for rule in ignored.rules if is_for_everywhere(rule)] if ignored else []
        self._names = _NAMES.union(text for text in texts if not text.startswith("*"))
        self._endings = tuple(text[1:] for text in texts if text.startswith("*"))

    def looks(self, prefix: str) -> bool:
        # Most of what is large is a tree of dependencies, where nothing is anybody's own.
        return "node_modules/" not in prefix and "site-packages/" not in prefix

    def names(self, prefix: str, names: list[str], directories: list[str]) -> Collection[str]:
        found = screen(names, prefix[:-1])
        if not self._names.isdisjoint(names):
            found += self._names.intersection(names)
        if directories and not self._names.isdisjoint(directories):
            found += self._names.intersection(directories)
        if self._endings:
            found += [name for name in names if name.endswith(self._endings)]
        text = "".join(names)
        if _DOCKER in text or _CONTAINER in text:
            found += [name for name in names if name.endswith(_ENDINGS)]
        return found
