"""Who reads the history of the repository, or makes a version of it: commands of a stage of the target, and what they
run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from ...packages import catalog
from ...packages.ecosystem import History
from ...packages.manifest import Named
from ...packages.versions import (
    ASK_WORDS,
    ASKS,
    BUILD_FILES,
    BUILD_WORDS,
    BUNDLES,
    CLEAN,
    CLEAN_CODE,
    ELSEWHERE,
    FETCHES,
    GETS,
    GIT,
    HAVE_GIT,
    HEAD_ONLY,
    HEAD_ONLY_CODE,
    INSTALLS_GIT,
    NEEDS_OBJECTS,
    NO_QUESTION,
    STAMP_WORDS,
    STAMPS,
    UNSTAMPED,
    VERB,
)
from ...regex import lazy
from ..survey import Survey
from .need import Need
from .recipe import Recipe
from .trail import Call, Trail

_GIT: Final = lazy(r"git(?![\w-])")
_WORD: Final = lazy(r"\bgit\b")
#: How far behind the word its arguments stand in a program.
_REACH: Final = 120


def needs(survey: Survey, recipes: tuple[Recipe, ...], trail: Trail) -> Iterator[Need]:
    """Reasons to keep `.git`. Only a build that takes it can read it."""
    project = _Project(survey)
    for recipe in recipes:
        stages = {each.stage for each in recipe.taking(".git")} & recipe.reached
        if stages:
            yield from _of(project, recipe, trail)


class _Project:
    """What the files of a project have to do with its history, for all Dockerfiles, read when it is asked for."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey

    @cached_property
    def versions(self) -> list[tuple[History, list[tuple[str, str]]]]:
        return catalog.versions(self._survey)

    @cached_property
    def stamp(self) -> Named | None:
        """The source that reads what the compiler has noted of the history."""
        return catalog.stamped(self._survey)


def _of(project: _Project, recipe: Recipe, trail: Trail) -> Iterator[Need]:
    holding = _holding(recipe)
    asked = False
    built = [each for each in trail.built(recipe) if each.stage in holding]
    elsewhere = {each.line for each in built if each.kind and ELSEWHERE.search(each.text)}
    commands = "\n".join(each.text for each in built if not each.code)
    speaks = any(word in commands for word in STAMP_WORDS)
    stamped = speaks and bool(STAMPS.search(commands)) and not UNSTAMPED.search("\n".join((commands, *recipe.settings)))
    for call in built:
        if call.line in elsewhere and call.kind:
            continue
        for need in _asked(call):
            asked = True
            clean = need.clean or (stamped and project.stamp is not None)
            yield need._replace(whole=need.whole or stamped, clean=clean)
    for row, packages in project.versions:
        if catalog.takes_version(row, "\n".join(recipe.settings), commands):
            for path, tool in packages:
                if recipe.takes(path):
                    asked = True
                    yield Need(".git", f"{tool} makes the version from it", path, True, True, clean=True)
    if asked:
        return
    if stamped and (any(map(HAVE_GIT.search, recipe.bases)) or INSTALLS_GIT.search(recipe.text)):
        if (read := project.stamp) is not None:
            yield Need(".git", read.reader, read.file, False, True, read.line, clean=True)
    elif (
        (there := _installed(recipe, holding)) is not None
        and not FETCHES.search(recipe.text)
        and not any(each.search(commands) for each in (BUNDLES, GETS))
    ):
        yield there


def _holding(recipe: Recipe) -> set[int]:
    """The stages that have the history: those that take it and those that continue or copy from one of these."""
    found = {each.stage for each in recipe.taking(".git")}
    for run in recipe.runs:
        if any(not source or source == ".git" or source.startswith(".git/") for _, source in run.places):
            found.add(run.stage)
    for index, (_, parent) in enumerate(recipe.stages):
        if parent in found:
            found.add(index)
    return found


def _asked(call: Call) -> Iterator[Need]:
    """What a command, or the text of a program, asks git."""
    if not call.code:
        if "git" in call.text and (found := GIT.search(f" {call.text}")):
            certain = bool(call.kind) or found[1] not in NO_QUESTION
            whole, clean = not HEAD_ONLY.search(call.text), bool(CLEAN.search(call.text))
            yield Need(".git", f"git {found[1]}", call.file, certain, whole, call.line, clean=clean)
        elif any(word in call.text for word in ASK_WORDS) and (asks := ASKS.search(call.text)):
            yield Need(".git", f"{asks[0].strip()[:40]} asks git", call.file, True, True, call.line, clean=True)
        elif "safe.directory" in call.text:
            yield Need(".git", "git is made to trust a directory", call.file, False, True, call.line, clean=True)
        return
    said = GIT.finditer(call.text) if "git" in call.text else ()
    found = next((each for each in said if each[1] not in NO_QUESTION), None)
    if found is None:
        # A variable may be called like a tool: the question itself says more.
        low = call.text.lower()
        signs = [*BUILD_FILES.finditer(call.text)] if any(word in low for word in BUILD_WORDS) else []
        found = next((one for one in signs if _WORD.search(one[0])), signs[0] if signs else None)
    if found:
        line = call.line + call.text.count("\n", 0, found.start()) if call.line else 0
        words = " ".join(found[0].split()).strip("\"'`([{,;|&= ")[:40]
        verb = VERB.search(call.text, found.start(), found.end() + 200) if _GIT.match(words) else None
        reader = f"git {verb[1]}" if verb else f"it asks git: {words}"
        plain = verb is not None or "rev-parse" in words
        whole = not plain or not HEAD_ONLY_CODE.search(call.text) or bool(_near(call.text, NEEDS_OBJECTS))
        clean = not plain or bool(_near(call.text, CLEAN_CODE))
        sure = call.sure and "SourceLink" not in words
        yield Need(".git", reader, call.file, sure, whole, line, clean=clean)


def _near(text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """What a pattern finds behind a word of git in the text of a program."""
    found = (pattern.search(text, each.end(), each.end() + _REACH) for each in _WORD.finditer(text))
    return next(filter(None, found), None)


def _installed(recipe: Recipe, holding: set[int]) -> Need | None:
    """Git is installed where the tree is, and nothing is fetched with it: somebody may ask it."""
    for run in recipe.runs:
        if run.kind != "RUN" or "git" not in run.text or not INSTALLS_GIT.search(run.text):
            continue
        if any(run.stage in _chain(recipe, index) for index in holding & recipe.reached):
            reader = "git is installed where the tree is copied"
            return Need(".git", reader, recipe.label, False, True, run.line, loose=True)
    return None


def _chain(recipe: Recipe, index: int | None) -> Iterator[int]:
    """A stage and those that it continues."""
    while index is not None:
        yield index
        index = recipe.stages[index][1]
