"""Whether a Dockerfile makes a thing again: what was built or installed here is only waste if the image makes its own.

A row of the catalogue of junk names a maker; a Dockerfile that takes the thing has to run such a command, or nobody
there has any use for it.
"""

from __future__ import annotations

from ...packages.catalog import MAKERS
from .recipe import Recipe


def makes(recipe: Recipe, maker: str) -> bool:
    return MAKERS[maker].makes.search(recipe.text) is not None


def uses(recipe: Recipe, maker: str) -> bool:
    """Whether anything in this build has a use for what the maker makes."""
    pattern = MAKERS[maker].uses
    if pattern is None:
        return True
    return pattern.search(recipe.everything) is not None or any(pattern.search(base) for base in recipe.bases)
