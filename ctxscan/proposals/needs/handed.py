"""Trees that are handed over as they are: to a program of an image that nobody knows here, or to an engine in the image
that builds images of them. What is read there is read by no command of the Dockerfile."""

from __future__ import annotations

from typing import Final

from ...paths import within
from ...regex import lazy
from ..junk.row import JunkRow
from ..survey import Survey
from .recipe import Recipe, Taken

#: What installs an engine, or the command that asks one.
_INSTALLS_ENGINE: Final = lazy(
    r"\b(?:apk|apt-get|apt|dnf|microdnf|yum|zypper|tdnf)\b[^\n]{0,2000}?\b(?:add|install|in)\b[^\n]{0,2000}?(?<![\w./-])"
    r"(?:docker|docker-ce|docker-ce-cli|docker-cli|docker\.io|moby-engine|moby-cli|podman|buildah)(?![\w./-])"
)
#: Images that are there for it.
_HAS_ENGINE: Final = lazy(r"(?:^|/)(?:docker|podman/stable|buildah/stable)(?:[:@]|$)")


def handed(path: str, row: JunkRow, recipes: tuple[Recipe, ...], survey: Survey) -> str | None:
    """Who gets the whole tree, and may read `path` in it; None: nobody."""
    built = None
    for recipe in recipes:
        for taken in recipe.taken:
            if taken.path or taken.stage not in recipe.reached:
                continue
            if _is_given(recipe, taken):
                return f"the image on which it is built may read it ({recipe.label}:{taken.line})"
            built = _is_built(path, row, survey) if built is None else built
            if built and _has_engine(recipe, taken):
                return f"an engine is installed where it is copied ({recipe.label}:{taken.line})"
    return None


def _is_given(recipe: Recipe, taken: Taken) -> bool:
    """Whether the image comes from whoever builds, and only gets the tree: neither a command nor a start."""
    if taken.base.strip("*"):
        return False
    stages = recipe.related(taken.stage)
    return not any(run.stage in stages for run in recipe.runs)


def _is_built(path: str, row: JunkRow, survey: Survey) -> bool:
    """Whether an engine builds something of `path`, or with what lies in it."""
    if row.content == "builder-file" or "compose.yml" in row.paths.split():
        return True
    return any(within(each, path) for each in (*survey.dockerfiles, *survey.compose))


def _has_engine(recipe: Recipe, taken: Taken) -> bool:
    """Whether an engine is installed where the tree is in the end, or comes with the image."""
    if _HAS_ENGINE.search(taken.base):
        return True
    stages = recipe.related(taken.stage)
    return any(run.kind == "RUN" and run.stage in stages and _INSTALLS_ENGINE.search(run.text) for run in recipe.runs)
