"""Whether a Dockerfile makes a thing again: what was built or installed here is only waste if the image makes its own.

A row of the catalogue of junk names a maker; a Dockerfile that takes the thing has to run such a command, or nobody
there has any use for it.
"""

from __future__ import annotations

import posixpath

from ...packages.catalog import MAKERS, MANAGERS
from ...paths import absolute
from .recipe import Recipe
from .trail import Call, Trail


def makes(recipe: Recipe, maker: str) -> bool:
    return MAKERS[maker].makes.search(recipe.text) is not None


def uses(recipe: Recipe, maker: str) -> bool:
    """Whether anything in this build has a use for what the maker makes."""
    pattern = MAKERS[maker].uses
    if pattern is None:
        return True
    return pattern.search(recipe.everything) is not None or any(pattern.search(base) for base in recipe.bases)


def installs(recipe: Recipe, trail: Trail, path: str) -> bool:
    """Whether a build installs again all of the packages in a directory, for the project beside that."""
    return any(_installs(call, *posixpath.split(path)) for call in trail.built(recipe))


#: What an option of an install, or a setting, has in it that leaves packages out.
_PARTS: tuple[str, ...] = ("omit", "prod", "only", "ignore", "no-", "filter", "workspace", "global")


def _installs(call: Call, above: str, name: str) -> bool:
    row = next((each for each in MANAGERS.values() if call.words[:1] and call.words[0] in each.programs), None)
    if row is None or row.packages != name or not call.kind:
        return False
    given = [each for each in call.words[1:] if each.startswith("-")]
    verb = [each for each in call.words[1:] if not each.startswith("-")]
    if len(verb) > 1 or "".join(verb) not in row.verbs or any(part in each for each in given for part in _PARTS):
        return False
    manifests = (posixpath.join(above, each) for each in row.manifests)
    return any(each in call.place.candidates(absolute(call.cwd, posixpath.basename(each))) for each in manifests)
