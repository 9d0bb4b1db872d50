"""Members of a workspace that no image is made of: the Dockerfile copies the manifests of others by their names before
it installs, and nothing has to do with these.

Without its manifest nothing of a member is installed, so nothing of it can be built there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from ...packages import catalog
from ...paths import join, parents, within
from ...regex import lazy
from ..junk.row import PROJECT
from ..survey import Survey
from .project import SOURCES, is_of_style
from .recipe import Recipe
from .trail import Call, Trail

MEMBER: Final = "a member of the workspace"
_MANAGERS: Final = frozenset("npm pnpm yarn bun".split())
#: What runs something in many members, unless it is told in which.
_TOGETHER: Final = frozenset("turbo nx lerna rush moon wsrun wireit ultra preconstruct".split())
_IN_ALL: Final = frozenset("-r --recursive -ws --workspaces --workspaces=true foreach run-many affected multi".split())
_FILTERS: Final = ("--filter", "-F", "--scope", "--projects", "-p", "--include", "--from", "--to", "--only")
#: A filter that names one member, and what it is made of.
_ONE: Final = lazy(r"@?[\w-][\w./-]*?(?:\.\.\.)?|\./[\w./-]+")
_READ: Final = SOURCES | frozenset(".json .jsonc .yaml .yml .toml .sh .css .scss .html .mk".split())
_LOCKS: Final = ("-lock.json", "-lock.yaml", "lerna.json", "pnpm-workspace.yaml")
_MANIFESTS: Final = ("package.json", "composer.json")
_MOST: Final = 20_000


class Members:
    """What is said of the members of workspaces of Node.js."""

    def __init__(self, survey: Survey, recipes: tuple[Recipe, ...], trail: Trail) -> None:
        self.survey = survey
        self.recipes = recipes
        self.trail = trail
        self._apart: frozenset[str] | None = None

    def why(self, path: str) -> str | None:
        """Who may have to do with a member; None: nobody, and it is not installed anywhere."""
        if self._apart is None:
            self._apart = frozenset(self._left_out())
        return None if path in self._apart else "it may be installed or built"

    def _left_out(self) -> set[str]:
        """The members that are not installed, on which none of the others depends, and which nobody else means."""
        rows = ((each.path, each.row) for each in self.survey.candidates)
        some = {path for path, row in rows if row is not None and row.content == "member" and self._is_free(path)}
        while needed := {path for path in some if self._is_depended(path, some) or self._is_named(path, some)}:
            some -= needed
        return some

    def _is_free(self, path: str) -> bool:
        taking = [each for each in self.recipes if each.takes(path)]
        name = self._name(path)
        return bool(name and taking) and all(self._passes_by(each, path, name) for each in taking)

    def _name(self, path: str) -> str:
        name = self.survey.tree.json(f"{path}/package.json").get("name")
        return name if isinstance(name, str) else ""

    def _passes_by(self, recipe: Recipe, path: str, name: str) -> bool:
        """Whether a Dockerfile installs other members, which it names, and nothing of this one or in all of them."""
        manifest = f"{path}/package.json"
        if any(each.path for each in recipe.taking(path) if within(each.path, path)):
            return False
        others = [each for each in self.survey.named("package.json") if each != manifest]
        installed = False
        for call in self.trail.of(recipe):
            at = call.place.at(call.cwd)
            if call.file == manifest or (at and within(at, path)):
                return False
            if not call.words:
                continue
            if name in call.words or path in call.text or _in_all(call.words):
                return False
            if _installs(call):
                if call.place.where(manifest) is not None:
                    return False
                installed = installed or any(
                    call.place.where(each) is not None for each in others if self._is_beside(each, path)
                )
        return installed

    def _is_beside(self, manifest: str, path: str) -> bool:
        """Whether a manifest is that of another member of the same workspace."""
        home = self._root(path)
        return posixpath.dirname(manifest) != home and self._root(posixpath.dirname(manifest)) == home

    def _root(self, path: str) -> str | None:
        """The directory of the workspace that a path lies in."""
        names = self.survey.tree.names
        for each in (*parents(path), ""):
            if "pnpm-workspace.yaml" in names(each) or self.survey.tree.json(join(each, "package.json")).get(
                "workspaces"
            ):
                return each
        return None

    def _is_depended(self, path: str, apart: set[str]) -> bool:
        word = f'"{self._name(path)}"'
        for manifest in self.survey.named("package.json"):
            home = posixpath.dirname(manifest)
            if home != path and home not in apart and word in self.survey.tree.text(manifest):
                return True
        return False

    def _is_named(self, path: str, apart: set[str]) -> bool:
        """Whether a source or a manifest outside of all such members names this one, or something in it."""
        own, last = self._name(path), path.rpartition("/")[2]
        name = re.escape(own)
        pattern = re.compile(
            rf"(?<![\w.-]){re.escape(path)}(?![\w-])|(?<![\w@/.-]){name}(?![\w-])|\.\./{re.escape(last)}(?![\w-])".encode()
            if "/" in path
            else rf"[\"'`/](?:{name}|{re.escape(path)})[\"'`/]".encode()
        )
        words = (own.encode(), last.encode())
        for file in self._files(apart):
            said = catalog.part(self.survey.tree, file, self._commands) if file.endswith(_MANIFESTS) else None
            data = self.survey.tree.read(file) if said is None else "\n".join(said).encode()
            if data is not None and any(each in data for each in words) and pattern.search(data):
                return True
        return False

    @property
    def _commands(self) -> str:
        return "\n".join(each.everything for each in self.recipes)

    def _files(self, apart: set[str]) -> Iterator[str]:
        unread = {each.path for each in self.survey.candidates if each.row and each.row.group == PROJECT}
        left = _MOST
        for directory in self.survey.kept:
            above = (directory, *parents(directory)) if directory else ()
            if any(each in apart or each in unread for each in above):
                continue
            for name in self.survey.tree.names(directory):
                path = join(directory, name)
                if name[name.rfind(".") :] not in _READ or name.endswith(_LOCKS) or is_of_style(name):
                    continue
                if path in unread and path not in self.survey.compose:
                    continue
                left -= 1
                if left < 0:
                    return
                yield path


def _installs(call: Call) -> bool:
    """Whether a command of a package manager reads the manifests of the members."""
    words = call.words
    if _MANAGERS.isdisjoint(words[:4]) or words[0] == "corepack" or not _GLOBAL.isdisjoint(words):
        return False
    at = next(at for at, word in enumerate(words) if word in _MANAGERS)
    verbs = [each for each in words[at + 1 :] if not each.startswith("-")]
    return not verbs or not _INSTALLS.isdisjoint(verbs)


_GLOBAL: Final = frozenset(("-g", "--global"))
_INSTALLS: Final = frozenset(
    "install i in ins ci cit it add update up upgrade dedupe rebuild prune fetch link import clean-install "
    "install-clean install-test focus".split()
)


def _in_all(words: tuple[str, ...]) -> bool:
    """Whether a command runs something in all members, or in those that a filter leaves open."""
    given: list[str] = []
    for at, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option in _FILTERS:
            given.append(value if equals else next(iter(words[at + 1 : at + 2]), ""))
    if any(not _ONE.fullmatch(each.strip("\"'")) for each in given):
        return True
    managed = not _MANAGERS.isdisjoint(words[:4])
    together = not _TOGETHER.isdisjoint(words[:4]) or (managed and not _IN_ALL.isdisjoint(words))
    return together and not given and _INSTALLS.isdisjoint(words)
