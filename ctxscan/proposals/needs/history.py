"""Who reads the history of the repository, or makes a version of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...packages import catalog
from ...packages.versions import ASKS, BUILD_FILES, GIT, NO_QUESTION
from ...regex import lazy
from ..survey import Survey
from .need import Need
from .recipe import Recipe, lines

_ELSEWHERE: Final = lazy(r"\bgit\s+(?:\S+\s+)*clone\b|\bgit\s+init\b")


def needs(survey: Survey, recipes: tuple[Recipe, ...]) -> Iterator[Need]:
    """Reasons to keep `.git`. Only a build that takes it can read it."""
    takers = [each for each in recipes if each.takes(".git")]
    versioned = catalog.versions(survey) if takers else []
    for recipe in takers:
        whole = dict(recipe.commands)
        for kind, line, text in lines(recipe):
            found = GIT.search(text)
            if kind == "RUN" and found and not _ELSEWHERE.search(whole[line]):
                yield Need(".git", f"git {found[1]}", recipe.label, True, True, line)
            elif kind == "RUN" and (asks := ASKS.search(text)):
                yield Need(".git", f"{asks[0].strip()[:40]} asks git", recipe.label, True, True, line)
            elif kind == "RUN" and "safe.directory" in text:
                yield Need(".git", "git is made to trust a directory", recipe.label, False, True, line)
        for row, packages in versioned:
            if catalog.takes_version(row, "\n".join(recipe.settings), recipe.text):
                for path, tool in packages:
                    yield Need(".git", f"{tool} makes the version from it", path, True, True)
    if takers:
        yield from _others(survey, takers)


def _others(survey: Survey, takers: list[Recipe]) -> Iterator[Need]:
    """Build scripts that ask git: most of them can do without, so this is only a possibility."""
    everything = "\n".join(each.text for each in takers)
    for names, runs in catalog.SCRIPTS:
        scripts = list(survey.named(*names))
        if scripts and runs.search(everything):
            for path in scripts:
                text = survey.tree.text(path)
                asked = next((each for each in GIT.finditer(text) if each[1] not in NO_QUESTION), None)
                found = asked or BUILD_FILES.search(text)
                if found:
                    yield Need(".git", f"it asks git: {found[0].strip()[:40]}", path, False, True)
                    break
    yield from (Need(*each) for each in catalog.history(survey, everything))
