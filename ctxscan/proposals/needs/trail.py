"""Every command that a build runs, also those that other commands run: from a RUN to its script, to the script of a
manifest, to the task of a Makefile, to a configuration that is a program.

Nothing is run: what a command runs is what its ecosystem says (`packages`), as far as the files of the context tell.
"""

import posixpath
from collections.abc import Iterator
from typing import Final, NamedTuple

from ...dockerfile.shell import every_command, spread
from ...packages import catalog
from ...packages.workplace import Place, Ran, Workplace
from ...paths import absolute
from ...regex import lazy
from ..survey import Survey
from .recipe import Recipe, Run

_COMMENT: Final = lazy(r"(?m)^[ \t]*#.*$")
#: What stands before a command in a script; a bracket is a shell of its own, which changes no directory outside.
_BEFORE: Final = frozenset("( { ! then do else if elif while until time".split())
#: More commands than these are not followed in one Dockerfile, nor deeper than that.
_MOST: Final = 3000
_DEEPEST: Final = 12
#: Variables of a script whose values are words, no longer and no more than this.
_SET: Final = lazy(r"([A-Za-z_]\w*)=([^\n]*)")
_VARIABLE: Final = lazy(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_LONGEST_VALUE: Final = 200
_MOST_VALUES: Final = 200
#: What makes of a word of a loop something else than itself.
_LISTED: Final = frozenset("$`*?[{},")
#: One of these is in a script that asks where it lies.
_OF_ITSELF: Final = ("dirname", "%/*}")


class Call(NamedTuple):
    """A command: its `words`, where it stands (`file`, a path of the context or the name of the Dockerfile, and its
    line), and the directory of the stage in which it runs. `kind` is `RUN` or `CMD` for what the Dockerfile says
    itself, else empty. `code`: `text` is that of a program, and there are no words."""

    text: str
    words: tuple[str, ...]
    file: str
    line: int
    place: Workplace
    cwd: str
    stage: int
    kind: str = ""
    code: bool = False
    sure: bool = True


class Trail:
    """The commands of Dockerfiles, each followed once."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._known: dict[int, tuple[Call, ...]] = {}
        #: Stages in which the context lies in the same places, and what commands run there: Dockerfiles of one project
        #: often have these in common.
        self._places: dict[tuple[Place, ...], Workplace] = {}
        self._ran: dict[tuple[Workplace, tuple[str, ...], str], tuple[Ran, ...]] = {}

    def of(self, recipe: Recipe) -> tuple[Call, ...]:
        """All commands of all stages, and what they run."""
        if id(recipe) not in self._known:
            self._known[id(recipe)] = tuple(self._calls(recipe))
        return self._known[id(recipe)]

    def built(self, recipe: Recipe) -> Iterator[Call]:
        """The commands that build the target."""
        return (each for each in self.of(recipe) if each.stage in recipe.reached and each.kind != "CMD")

    def _calls(self, recipe: Recipe) -> Iterator[Call]:
        left = _MOST
        seen: set[tuple[int, str, int, str]] = set()
        for run in recipe.runs:
            place = self._places.setdefault(run.places, Workplace(self.survey, run.places))
            todo = [(each, 0) for each in _first(run, recipe, place)]
            while todo and left > 0:
                call, depth = todo.pop(0)
                left -= 1
                yield call
                if call.code or depth >= _DEEPEST:
                    continue
                what = (place, call.words, call.cwd)
                if what not in self._ran:
                    self._ran[what] = tuple(catalog.ran(*what))
                for ran in self._ran[what]:
                    key = (call.stage, ran.file or call.file, ran.line, ran.text)
                    if key not in seen:
                        seen.add(key)
                        todo += [(each, depth + 1) for each in _inside(ran, call, run)]


def _first(run: Run, recipe: Recipe, place: Workplace) -> Iterator[Call]:
    yield from _commands(run.text, recipe.label, run.line, place, run.cwd, run, run.kind, steady=True)


def _inside(ran: Ran, call: Call, run: Run) -> Iterator[Call]:
    file, line = (ran.file, ran.line) if ran.file else (call.file, call.line)
    if ran.code:
        yield Call(ran.text, (), file, line, call.place, ran.cwd, call.stage, code=True, sure=ran.sure)
    else:
        text = ran.text
        if ran.file and any(word in text for word in _OF_ITSELF):
            from ...builds.mentions.values import at_home

            text = at_home(text, posixpath.dirname(call.place.where(ran.file) or "") or ran.cwd)
        yield from _commands(text, file, line, call.place, ran.cwd, run, "", steady=not ran.line)


def _note(values: dict[str, str], words: tuple[str, ...]) -> None:
    """Note the variables that a command sets to plain words, and nothing of those that it sets to something else."""
    for name, value in (found.groups() for each in words if (found := _SET.fullmatch(each))):
        if "$" in value or "`" in value or len(value) > _LONGEST_VALUE or len(values) > _MOST_VALUES:
            values.pop(name, None)
        else:
            values[name] = value
    if words[0] in ("for", "read"):
        for name in words[1:2] if words[0] == "for" else words[1:]:
            values.pop(name, None)
    if words[0] == "for" and words[2:3] == ("in",) and len(words) > 4:
        listed = ",".join(words[3:])
        if len(listed) <= _LONGEST_VALUE and not _LISTED.intersection("".join(words[3:])):
            values[words[1]] = f"{{{listed}}}"


def _commands(
    text: str, file: str, line: int, place: Workplace, cwd: str, run: Run, kind: str, *, steady: bool
) -> Iterator[Call]:
    """The commands of a script that a RUN runs; `cd` is followed as far as it is plain. `steady`: all stand in one
    line."""
    at = 0
    outside: list[str] = []
    values = dict(run.env)
    plain = _COMMENT.sub(lambda found: " " * len(found[0]), text)
    for words in every_command(text):
        if not steady:
            # The next line in which the command is likely to stand, so far as words tell.
            found = plain.find(words[0], at)
            if found < 0 and (name := _SET.match(words[0])):
                found = plain.find(f"{name[1]}=", at)  # its value is in quotes
            at = found if found >= 0 else at
        number = line if steady else line + text.count("\n", 0, at)
        _note(values, words)
        if values:
            words = tuple(
                _VARIABLE.sub(lambda found: values.get(found[1] or found[2], found[0]), each) for each in words
            )
        words = spread(words)
        yield Call(" ".join(words), words, file, number, place, cwd, run.stage, kind)
        if words[0] == "eval":
            for inner in every_command(" ".join(words[1:])):
                yield Call(" ".join(inner), inner, file, number, place, cwd, run.stage, kind)
        bare = list(words)
        while bare and bare[0] in _BEFORE:
            if bare.pop(0) == "(":
                outside.append(cwd)
        if len(bare) > 1 and bare[0] in ("cd", "pushd") and "$" not in bare[1] and "`" not in bare[1]:
            cwd = absolute(cwd, bare[1])
        if words[0] == "(" or words[-1].strip() == ")":
            for _ in range(sum(each.strip() == ")" for each in words) if outside else 0):
                cwd = outside.pop() if outside else cwd
