"""The simple commands of a RUN: what each program is called with, and where.

Variables that the Dockerfile or the script itself sets are replaced, `cd` and `export` are followed; nothing is run.
"""

import posixpath
import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import Final, NamedTuple

from ..regex import lazy
from .shell import every_command, pipes_of, replaced, substituted
from .stages import Step

ASSIGNMENT: Final = lazy(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
#: Words before a command that change nothing of what it is.
_BEFORE: Final = frozenset("! { ( if then else elif do while until sudo exec time command nice env".split())
#: What begins with a command that decides about those below it.
_CONDITIONS: Final = frozenset("if while until".split())
#: What the words are made of that send input and output elsewhere: `2>`, `>>`, `>&`.
_REDIRECTS: Final = frozenset("<>&")


class Command(NamedTuple):
    """A simple command of a RUN: what `name` is called with in the directory `cwd`, by the path `program` if it is
    called by one. `place` is that of its pipe in the RUN, `settings` are the variables set for it alone, `guarded`: the
    shell may pass it over. `written` are the arguments with variables of the Dockerfile as they stand. `inside`: its
    output becomes a word of the command after it."""

    step: Step
    place: int
    name: str
    arguments: tuple[str, ...]
    cwd: str
    settings: tuple[tuple[str, str], ...]
    guarded: bool
    program: str = ""
    written: tuple[str, ...] = ()
    inside: bool = False

    @property
    def text(self) -> str:
        return " ".join((self.name, *self.arguments))

    @property
    def said(self) -> str:
        """The text without where its output goes."""
        return " ".join((self.name, *self._given()))

    @property
    def words(self) -> list[str]:
        """The arguments that are no options, and do not say where its output goes."""
        return [each for each in self._given() if not each.startswith("-")]

    def _given(self) -> list[str]:
        found: list[str] = []
        skip = False
        for each in self.arguments:
            if skip:
                skip = False
            elif each and set(each) <= _REDIRECTS:
                skip = True
                if found[-1:] in (["1"], ["2"]):
                    found.pop()
            else:
                found.append(each)
        return found

    def setting(self, name: str) -> str | None:
        """The value of a variable where the command runs."""
        return {**dict(self.step.environment), **dict(self.settings)}.get(name)


def commands(step: Step) -> Iterator[Command]:
    """The commands of a RUN in their order; none where a quote does not end, or another program gets the text."""
    cwd = step.workdir or "/"
    given = dict(step.environment)
    environment = dict(given)
    # What is open around the command: the shell may pass over all that is below a condition.
    around: list[str] = []
    # Where the shell was before the brackets that are open.
    outside: list[str] = []
    for place, pipe in enumerate(_pipes(step)):
        for words in pipe:
            raw = words
            guarded = any(each in _CONDITIONS or each == "case" for each in around)
            for inner in (one for word in words for one in substituted(word)):
                yield from _inside(step, place, replaced(inner, environment), cwd, guarded)
            words = [replaced(word, environment) for word in words]
            # What the script itself sets has no value elsewhere.
            raw = [old if replaced(old, given) == new else new for old, new in zip(raw, words, strict=True)]
            settings: list[tuple[str, str]] = []
            open_before = len(around)
            if words[:1] == ["case"]:
                around.append("case")
            ends = bool(outside) and words[-1:] == [")"]
            if around[-1:] == ["case"] and ")" in words and not ends:  # the command of one case
                words = words[words.index(")") + 1 :]
            while words and (words[0] in _BEFORE or ASSIGNMENT.fullmatch(words[0])):
                found = ASSIGNMENT.fullmatch(words[0])
                if found:
                    settings.append((found[1], found[2]))
                if words[0] in _CONDITIONS:
                    around.append(words[0])
                if words[0] == "(":
                    outside.append(cwd)
                words.pop(0)
            closed = 0
            while outside[closed:] and words[-1:] == [")"]:
                closed, words, raw = closed + 1, words[:-1], raw[:-1]
            if not words:
                environment.update(settings)
                cwd = _left(outside, closed, cwd)
                continue
            name, arguments = posixpath.basename(words[0]), words[1:]
            program = words[0] if "/" in words[0] else ""
            if name == "cd":
                cwd = posixpath.normpath(posixpath.join("/", cwd, arguments[0] if arguments else "/root"))
            if name == "export":
                pairs = [ASSIGNMENT.fullmatch(each) for each in arguments]
                environment.update({each[1]: each[2] for each in pairs if each})
            if name.startswith("python") and arguments[:1] == ["-m"] and len(arguments) > 1:
                name, arguments = arguments[1], arguments[2:]
            if name in ("for", "select"):
                around.append(name)
            # What a loop waits for runs at least once.
            over = around[:open_before] if around[open_before:] == ["until"] else around
            guarded = any(each in _CONDITIONS or each == "case" for each in over)
            local = [(key, value) for key, value in environment.items() if given.get(key) != value]
            written = tuple(raw[len(raw) - len(arguments) :])
            yield Command(step, place, name, tuple(arguments), cwd, (*local, *settings), guarded, program, written)
            if name in ("fi", "done", "esac") and around:
                around.pop()
            cwd = _left(outside, closed, cwd)


def _left(outside: list[str], closed: int, cwd: str) -> str:
    """The directory of the shell behind so many brackets that are closed."""
    for _ in range(closed):
        cwd = outside.pop()
    return cwd


def _inside(step: Step, place: int, text: str, cwd: str, guarded: bool) -> Iterator[Command]:
    """The commands whose output becomes a word of the one in the place."""
    for words in every_command(text):
        plain = list(dropwhile(lambda word: word in _BEFORE or ASSIGNMENT.fullmatch(word), words))
        if plain:
            words, name = tuple(plain[1:]), posixpath.basename(plain[0])
            program = plain[0] if "/" in plain[0] else ""
            yield Command(step, place, name, words, cwd, (), guarded, program, words, inside=True)


def is_chosen(command: Command) -> bool:
    """Whether a variable decides if a command runs: whoever builds the image says what goes into it."""
    text = command.step.instruction.text
    if "$" not in text:
        return False
    if command.guarded and re.search(r"\b(?:if|elif|case)\b[^;]*\$", text):
        return True
    return is_tested(command)


def is_tested(command: Command) -> bool:
    """Whether a test of a variable in the same line decides if a command runs."""
    text = command.step.instruction.text
    test = r"(?:\[\[?\s[^;&|\]]*\$[^;&|]*\]|\btest\s[^;&|]*\$[^;&|]*)\s*(?:&&|\|\|)\s*(?:[({]\s*)?"
    return re.search(rf"{test}(?:\S*/)?{re.escape(command.name)}\b", text) is not None


#: What opens and closes parts of a script in which a command may not run.
_OPENS: Final = frozenset("if for while until case select".split())
_CLOSES: Final = frozenset("fi done esac".split())


def alternatives(step: Step) -> Iterator[list[set[int]]]:
    """The places of the commands in each branch of an `if` with an `else`: the shell takes one of them in any case.
    What may not run in a branch is left out."""
    around: list[str] = []
    branches: list[set[int]] = []
    whole = False
    for place, pipe in enumerate(_pipes(step)):
        for words in pipe:
            for word in words:
                if word in _OPENS:
                    around.append(word)
                    branches, whole = ([], False) if around == ["if"] else (branches, whole)
                elif word in _CLOSES and around:
                    around.pop()
                    if not around and word == "fi" and whole:
                        yield branches
                elif around == ["if"] and word in ("then", "else"):
                    branches.append(set())
                    whole |= word == "else"
                elif around == ["if"] and word == "elif":
                    break  # what it asks
                if word not in _BEFORE or word == "if":
                    break
            if around == ["if"] and branches and words[0] not in ("if", "elif"):
                branches[-1].add(place)


def _pipes(step: Step) -> list[list[list[str]]]:
    try:
        return list(pipes_of(step) or ())
    except ValueError:  # nobody knows where the commands part
        return []
