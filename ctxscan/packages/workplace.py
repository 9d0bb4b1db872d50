"""Where commands run: what of a context lies at the absolute paths of a stage, and what a command there runs in turn.

A runner is given a command and the place; it yields what the project has written for it: a script, the task of a
Makefile, a script of a package.json, or the text of a configuration that is a program.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from ..paths import absolute, within
from ..rules import globs
from .manifest import Surveyed


class Place(NamedTuple):
    """What lies at the absolute path `target` of a stage, or in it under its own name: `source`, a path of the
    context."""

    target: str
    source: str


class Called(NamedTuple):
    """A command with its arguments, in the directory `cwd` of a stage. `settings` are the variables set for it."""

    name: str
    arguments: tuple[str, ...]
    cwd: str
    settings: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """The arguments that are no options."""
        return [each for each in self.arguments if not each.startswith("-")]

    def value(self, *options: str) -> str | None:
        """The value of the first of these options that is given."""
        for at, each in enumerate(self.arguments):
            option, equals, value = each.partition("=")
            if option in options:
                return value if equals else next(iter(self.arguments[at + 1 : at + 2]), None)
        return None


class Ran(NamedTuple):
    """What a command runs: `text`, which stands in `file`, a path of the context, from `line` on, and runs in the
    directory `cwd`. `code`: it is not a script of a shell. `sure`: what it asks git decides what is built."""

    text: str
    file: str
    line: int
    cwd: str
    code: bool = False
    sure: bool = False


class Workplace:
    """A stage, by the places of the context in it, what was put there last at the end."""

    def __init__(self, survey: Surveyed, places: tuple[Place, ...]) -> None:
        self.survey = survey
        self.tree = survey.tree
        self.places = places
        self._found: dict[tuple[str, str], str | None] = {}

    def candidates(self, path: str) -> Iterator[str]:
        """The paths of the context that may lie at an absolute path, the likeliest first; "" is the context itself."""
        for target, source in reversed(self.places):
            if path == target:
                yield source
            elif within(path, target):
                below = path[len(target) :].lstrip("/")
                above, _, name = source.rpartition("/")
                if globs.is_wild(name):
                    if globs.matches(name, below.partition("/")[0]):
                        yield posixpath.join(above, below)
                    continue
                if below == name:
                    yield source
                yield posixpath.join(source, below)

    def at(self, path: str, cwd: str = "/") -> str | None:
        """What of the context lies at a path, if it is on disk: "" is the context itself."""
        if (path, cwd) not in self._found:
            some = self.candidates(absolute(cwd, path))
            self._found[path, cwd] = next((each for each in some if not each or self.tree.exists(each)), None)
        return self._found[path, cwd]

    def where(self, source: str) -> str | None:
        """The absolute path at which a path of the context lies; None: it is not in the stage."""
        for target, each in reversed(self.places):
            if not each or source.startswith(each + "/"):
                return posixpath.join(target, source[len(each) :].lstrip("/"))
            above, _, name = each.rpartition("/")
            if globs.is_wild(name):
                below = source[len(above) :].lstrip("/") if not above or source.startswith(above + "/") else ""
                if below and globs.matches(name, below.partition("/")[0]):
                    return posixpath.join(target, below)
            elif source == each:
                known = "." in name and target.endswith("/" + name)
                return target if known else posixpath.join(target, name)
        return None

    def below(self, cwd: str, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Of some paths of the context those that lie in `cwd` or below, each with the directory in which it lies."""
        for path in paths:
            place = self.where(path)
            if place is not None and within(place, cwd):
                yield path, posixpath.dirname(place)


#: What a command runs.
Runs: TypeAlias = Callable[[Workplace, Called], Iterator[Ran]]


class Runner(NamedTuple):
    """What commands of these `programs` run of what the project has written, and the `files` that have to be there for
    them, relative to where they run, though no argument names them."""

    programs: tuple[str, ...]
    runs: Runs
    files: Callable[[Called], Iterator[str]] | None = None


def reading(*names: str, verbs: str = "", sure: bool = False, up: bool = False) -> Runs:
    """A runner that reads the manifests of these names, or endings with a star before, that lie in its directory or
    below; with `up`, also those above. `verbs` has to be found in its arguments."""

    def runs(place: Workplace, called: Called) -> Iterator[Ran]:
        if verbs and not re.search(verbs, " ".join(called.arguments)):
            return
        plain = [each for each in names if not each.startswith("*")]
        endings = [each[1:] for each in names if each.startswith("*")]
        found = [*place.survey.named(*plain), *(place.survey.ending(*endings) if endings else ())]
        for path, home in place.below("/" if up else called.cwd, dict.fromkeys(found)):
            if not up or within(home, called.cwd) or within(called.cwd, home):
                yield Ran(place.tree.text(path), path, 1, home, code=True, sure=sure)

    return runs
