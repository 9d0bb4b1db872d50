"""Who reads tests, documentation and samples, which git tracks: commands that run or make them, and whoever names a
path of theirs in a source or a manifest."""

from __future__ import annotations

import re
from typing import Final

from ...regex import lazy
from ..junk.row import JunkRow
from ..survey import Survey
from .mentions import Mentions
from .need import Need
from .project import serves
from .recipe import Recipe
from .spoken import REMOVERS
from .trail import Call, Trail

_TOKEN: Final = lazy(r"[^\s=:,\"'()\[\]<>;|&]+")
_TEST_PROGRAMS: Final = frozenset(
    "pytest py.test phpunit rspec ctest tox nox jest vitest mocha ava tap bats cypress karma prove gotestsum pest "
    "behat codecept stestr nosetests ginkgo".split()
)
_TEST_WORDS: Final = lazy(r"(?:run:)?(?:tests?|e2e|check|verify|coverage|nextest|spec)(?::\S+)?|test[-_]\w+|ci:tests?")
#: Programs of which such a word is no task.
_NO_TASKS: Final = frozenset(
    "test [ [[ apt apt-get apk dnf yum bundle echo sha256sum gpg curl wget git pip3 sum find".split()
)
_SKIPPED: Final = lazy(r"-DskipTests|-Dmaven\.test\.skip|-x\s+(?:test|check)|--skip-tests?|--no-tests?|--without\b")
_DOCUMENTS: Final = lazy(
    r"\b(mkdocs|sphinx-\w+|docusaurus|vitepress|vuepress|hugo|jekyll|mdbook|antora|asciidoctor|pandoc|doxygen|eleventy|"
    r"zola|quarto|hexo|storybook|rdoc|yard|typedoc|pdoc)\b|\b(?:docs?|documentation|website)(?::\w+)?(?=$|\s)|"
    r"\b(?:build|make):?-?docs?\b"
)
_SAMPLES: Final = lazy(
    r"\b(storybook|chromatic)\b|\b(?:examples?|samples?|demos?|bench(?:es|marks?)?)(?::\w+)?(?=$|\s)"
)


class Optional:
    """What is said of tests, documentation and samples."""

    def __init__(self, survey: Survey, recipes: tuple[Recipe, ...], trail: Trail) -> None:
        self.survey = survey
        self.recipes = recipes
        self.trail = trail
        paths = (
            each.path for each in survey.candidates if each.row is not None and each.row.consent and each.directory
        )
        self.mentions = Mentions(survey, "\n".join(each.everything for each in recipes), paths)
        self._runs: dict[str, Need | None] = {}

    def why(self, path: str, row: JunkRow) -> str | None:
        """Who may read `path`; None: nobody that is known."""
        kind = row.consent
        if kind not in self._runs:
            self._runs[kind] = self._run(kind)
        need = self._runs[kind]
        if need is not None:
            return need.why
        for recipe in self.recipes:
            served = next((each for each in recipe.taking(path) if serves(each.base)), None)
            if served is not None and kind == "docs":
                return Need(path, f"{served.base} serves what it takes", recipe.label, line=served.line).why
            for call in self.trail.of(recipe):
                if call.kind and _says(call, path):
                    return Need(path, f"{call.kind} names it", recipe.label, line=call.line).why
        if row.kind == "file":
            return None
        found = self.mentions.of(path)
        return None if found is None else found.why

    def _run(self, kind: str) -> Need | None:
        """The command that runs tests, or makes something of documents or samples."""
        for recipe in self.recipes:
            for call in self.trail.of(recipe):
                if call.code or not call.words or call.kind == "CMD":
                    continue
                if kind == "tests":
                    what = "tests are run" if _tests(call) else ""
                else:
                    pattern = _DOCUMENTS if kind == "docs" else _SAMPLES
                    does = call.words[0] not in REMOVERS and call.words[0] not in _NO_TASKS and len(call.text) < 2000
                    what = f"{kind} are made" if does and pattern.search(_plain(call)) else ""
                if what:
                    return Need("", what, call.file, line=call.line)
        return None


def _tests(call: Call) -> bool:
    words = call.words
    name = next((each for each in words if not re.fullmatch(r"\w+=.*", each, re.DOTALL)), "").rpartition("/")[2]
    if name in _NO_TASKS or name in REMOVERS or _SKIPPED.search(call.text) or call.text.startswith("bundle config"):
        return False
    if name in _TEST_PROGRAMS or any(each in _TEST_PROGRAMS for each in words[:4]):
        return "install" not in words
    plain = [each for each in words[1:5] if not each.startswith("-")]
    return any(_TEST_WORDS.fullmatch(each) for each in plain[:3]) and "install" not in words and "add" not in words


def _plain(call: Call) -> str:
    """The words of a command that may be tasks or programs: no options and no paths."""
    words = (each.rpartition("/")[2] if each.startswith("@") else each for each in call.words[:6])
    return " ".join(each for each in words if not each.startswith("-") and "/" not in each)


def _says(call: Call, path: str) -> bool:
    """Whether a command that reads names a path."""
    if call.words[0] in REMOVERS or (call.words[0] == "find" and ("-delete" in call.words or "rm" in call.words)):
        return False
    for word in call.words:
        for token in _TOKEN.findall(word):
            plain = token.removeprefix("./")
            if plain == path or plain.startswith(path + "/"):
                return True
    return False
