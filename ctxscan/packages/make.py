"""Make, just and Task: which lines of their files a command runs."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ..paths import absolute
from ..regex import lazy
from ..rules import globs
from .manifest import Files
from .workplace import Called, Ran, Runner, Workplace

MAKEFILES: Final = ("GNUmakefile", "makefile", "Makefile")
#: What a configure script makes one of.
_MADE_OF: Final = ("GNUmakefile.in", "Makefile.in")
JUSTFILES: Final = ("justfile", "Justfile", ".justfile")
TASKFILES: Final = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml")
_VARIABLE: Final = lazy(r"^[ ]*(?:export\s+|override\s+)*([\w.-]+)\s*(:{1,3}=|\?=|\+=|!=|=)\s*(.*)$")
_RULE: Final = lazy(r"^([^\s#=:][^=:#]*?)\s*:{1,2}(?![=:])\s*((?:\$[({][^(){}]*[)}]|[^=#])*)")
_USED: Final = lazy(r"\$[({]([\w.-]+)[)}]")
#: The same, or with another ending: what is made of it needs what was there before.
_TURNED: Final = lazy(r"\$[({]([\w.-]+)(?::[^(){}]*)?[)}]")
_SHELL: Final = lazy(r"\$[({]shell\s+((?:[^()]|\([^()]*\))*)[)}]")
_WILDCARD: Final = lazy(r"\$[({]wildcard\s+([^(){}$]*)[)}]")
#: What a recipe makes.
_MADE: Final = lazy(r"(?<!\$)\$(?:@|[({]@[)}])")
#: Functions that make words of other ones; where Make looks for files; a variable of several lines, and its use.
_EACH: Final = lazy(r"\$[({]foreach\s+([\w.-]+),([^,(){}$]*),((?:[^(){}]|[({][^(){}]*[)}])*)[)}]")
_ADDED: Final = lazy(r"\$[({]add(suffix|prefix)\s+([^,(){}$]*),([^(){}$]*)[)}]")
_PATH: Final = lazy(r"^vpath\s+\S+\s+(.+)$")
_DEFINE: Final = lazy(r"^define\s+([\w.-]+)")
_CALLED: Final = lazy(r"\$[({]call\s+([\w.-]+)")
_INCLUDE: Final = lazy(r"^-?s?include\s+(.+)$")
_JUST: Final = lazy(r"^@?([\w-]+)(?:\s+[^:=]*)?:(?!=)\s*(.*)$")
#: The directory of a task, what stands before a command of it, the other keys that it has, and words that may be names
#: of tasks.
_TASK_HOME: Final = lazy(r"(?m)^\s+dir:[ \t]*[\"']?([\w./{}-]+)")
_TASK_COMMAND: Final = lazy(r"^\s*(?:cmds?:)?\s*(?:-\s)?\s*(?:cmd:)?\s*[|>]?-?(?=\s|$)|^\s*(?:-\s+)?(?:cmds?:\s*)?")
_TASK_KEY: Final = lazy(r"[\w-]+:(?=\s|$)|[\[{]")
_TASK_NAME: Final = lazy(r"[\w:.-]+")
_MOST: Final = 2000
#: A variable in the value of another one, and so on: no deeper, and no longer than this, with values no longer.
_DEEPEST: Final = 5
_LONGEST: Final = 10_000
_LONGEST_VALUE: Final = 500
#: Words for each of which a text is repeated.
_MOST_WORDS: Final = 100
#: Variables that nobody has to set.
_BUILT_IN: Final = {"MAKE": "make", "SHELL": "sh", "RM": "rm -f"}
#: What sets a variable at once; otherwise its value is worked out where it is used.
_EAGER: Final = frozenset((":=", "::=", ":::="))
_NOTHING: Final[Mapping[str, str]] = {}


class _Line(NamedTuple):
    text: str
    file: str
    number: int


class _Place(NamedTuple):
    """What a Makefile is read with, where nothing but its text counts."""

    tree: Files
    root: str

    def at(self, name: str, cwd: str) -> str | None:
        path = posixpath.normpath(posixpath.join(self.root, cwd, name))
        return path if self.tree.exists(path) else None


class _Makefile:
    """The rules and variables of a Makefile and of what it includes."""

    def __init__(self, place: Workplace | _Place, path: str, cwd: str) -> None:
        self.recipes: dict[str, list[_Line]] = {}
        self.before: dict[str, list[str]] = {}
        self.variables: dict[str, list[tuple[str, _Line]]] = {}
        #: Where files are looked for that are not there.
        self.paths: list[_Line] = []
        #: What is read before any rule, as commands.
        self.included: list[_Line] = []
        self.first = ""
        self._place, self._cwd, self._path = place, cwd, path
        self._seen: set[str] = set()
        self._read(path)

    def _read(self, path: str) -> None:
        if path in self._seen or len(self._seen) > 50:
            return
        self._seen.add(path)
        targets: list[str] = []
        defined = ""
        for number, line in _joined(self._place.tree.text(path)):
            if not targets:
                line = line.lstrip("\t")  # before any rule it says nothing
            if defined:
                if line.startswith("endef"):
                    defined = ""
                else:
                    self.variables.setdefault(defined, []).append(("=", _Line(line.lstrip("\t @-+"), path, number)))
            elif found := _DEFINE.match(line):
                defined = found[1]
            elif found := _PATH.match(line):
                self.paths.append(_Line(found[1], path, number))
            elif line.startswith("\t"):
                for target in targets:
                    self.recipes[target].append(_Line(line.lstrip("\t @-+"), path, number))
            elif found := _VARIABLE.match(line):
                self.variables.setdefault(found[1], []).append((found[2], _Line(found[3], path, number)))
            elif found := _INCLUDE.match(line):
                for each in self.plain(found[1]).split():
                    if "$" not in each and (other := self._place.at(each, self._cwd)):
                        self.included.append(_Line(f"cat {each}", path, number))
                        self._read(other)
            elif found := _RULE.match(line):
                named = self.plain(found[1]).split()
                targets = [part for each in named for part in self._expanded(each, _NOTHING)]
                needs, _, inline = found[2].partition(";")
                for target in targets:
                    self.recipes.setdefault(target, [])
                    self.before.setdefault(target, []).extend(needs.replace("|", " ").split())
                    if inline.strip():
                        self.recipes[target].append(_Line(inline.strip(), path, number))
                    if not self.first and not target.startswith("."):
                        self.first = target

    def lines(self, wanted: list[str], given: Mapping[str, str]) -> Iterator[_Line]:
        """What is run for these targets, variables that are asked for included. `given` are those that a command has
        set."""
        todo, seen, used = list(wanted), set[str](), set[str]()
        texts: list[_Line] = [*self.included]
        while todo and len(seen) < _MOST:
            target = self._rule(todo.pop())
            if target is None or target in seen:
                continue
            seen.add(target)
            texts += self._recipe(target)
            before = [part for each in self.before[target] for part in self._expanded(each, given)]
            todo += before
            before = [each.replace("%", "*") for each in before]
            if files := [each.strip("()") for each in before if self._is_file(each)]:
                texts.append(_Line(f"cat {' '.join(files)}", self._path, 0))
            used.update(name for each in self.before[target] for name in _USED.findall(each))
        for line in (*self.paths, *(line for _, line in self.variables.get("VPATH", ()))):
            places = self.plain(line.text, given).replace(":", " ").split()
            if places := [each for each in places if "$" not in each and each not in (".", "..")]:
                texts.append(line._replace(text=f"cat {' '.join(f'{each}/*' for each in places)}"))
        for line in texts:
            used.update((*_USED.findall(line.text), *_CALLED.findall(line.text)))
        # Whatever is made, these ask a shell when the file is read.
        eager = [line for name in self.variables if name not in given for line in self._asks(name)]
        for line in eager:
            used.update(_USED.findall(line.text))
        yield from texts
        yield from eager
        asked = list(used)
        while asked:
            for how, line in self.variables.get(name := asked.pop(), ()):
                if name in given or how == "!=":
                    continue
                yield line._replace(text=_SHELL.sub(" ", line.text)) if how in _EAGER else line
                more = {*_USED.findall(line.text), *_CALLED.findall(line.text)} - used
                used |= more
                asked += more

    def _recipe(self, target: str) -> list[_Line]:
        """The lines of a recipe that know what they make, unless a pattern says it."""
        lines = self.recipes[target]
        return (
            lines if "%" in target else [each._replace(text=_MADE.sub(lambda _: target, each.text)) for each in lines]
        )

    def plain(self, text: str, given: Mapping[str, str] = _NOTHING) -> str:
        """A text in which variables that are set once to words have their value, and a search for files its glob."""
        for _ in range(_DEEPEST):
            changed = _EACH.sub(_one_by_one, _ADDED.sub(_added, text))
            changed = _WILDCARD.sub(r"\1", _USED.sub(lambda found: self._words(found, given), changed))
            if changed == text or len(changed) > _LONGEST:
                break
            text = changed
        return text

    def _words(self, found: re.Match[str], given: Mapping[str, str]) -> str:
        if found[1] in given:
            return found[0] if "$" in given[found[1]] else given[found[1]]
        values = self.variables.get(found[1], ())
        if not values:
            return _BUILT_IN.get(found[1], found[0])
        if len(values) != 1 or values[0][0] in ("!=", "+="):
            return found[0]
        text = values[0][1].text.strip()
        return found[0] if "$(shell" in text or len(text) > _LONGEST_VALUE else text

    def _asks(self, name: str) -> Iterator[_Line]:
        """What of the value of a variable is a command that is run where it is set."""
        for how, line in self.variables[name]:
            if how == "!=":
                yield line
            elif how in _EAGER and (found := [each[0] for each in _SHELL.finditer(line.text)]):
                yield line._replace(text=" ".join(found))

    def _is_file(self, word: str) -> bool:
        """Whether something that comes before a target is a file that no rule makes: Make ends without it."""
        plain = word.strip("()")
        if "$" in plain or self._rule(plain) is not None:
            return False
        return "*" in plain or self._place.at(plain, self._cwd) is not None

    def _rule(self, target: str) -> str | None:
        if target in self.recipes:
            return target
        return next(
            (each for each in self.recipes if "%" in each and globs.matches(each.replace("%", "*"), target)), None
        )

    def _expanded(self, word: str, given: Mapping[str, str]) -> list[str]:
        """The targets that a word before another one stands for: whatever a variable is set to, where it is more than
        once."""
        found = _TURNED.fullmatch(word)
        if found is None or found[1] in given:
            plain = self.plain(word, given)
            return plain.split() if "$" not in plain else [word]
        return [part for _, line in self.variables.get(found[1], ()) for part in line.text.split()]


def _one_by_one(found: re.Match[str]) -> str:
    """What `foreach` makes: its text once for each word."""
    name, words, text = found.groups()
    used = re.compile(rf"\$[({{]{re.escape(name)}[)}}]")
    parts = (used.sub(lambda _, word=word: word, text) for word in words.split()[:_MOST_WORDS])
    return " ".join(parts)[:_LONGEST]


def _added(found: re.Match[str]) -> str:
    """Words with something before or behind each of them."""
    where, text, words = found.groups()
    return " ".join(f"{each}{text}" if where == "suffix" else f"{text}{each}" for each in words.split())[:_LONGEST]


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with their numbers."""
    held, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        yield start, held + line
        held, start = "", 0
    if held:
        yield start, held


def _make(place: Workplace, called: Called) -> Iterator[Ran]:
    cwd = absolute(called.cwd, called.value("-C", "--directory") or "")
    name = called.value("-f", "--file", "--makefile")
    names = (name,) if name else (*MAKEFILES, *_MADE_OF)
    path = next((found for each in names if (found := place.at(each, cwd))), None)
    if path is None:
        return
    skipped = {called.value("-C"), called.value("-f"), called.value("-j"), called.value("-o"), called.value("-I")}
    words = [each for each in called.words if each not in skipped and not each.isdecimal()]
    settings = dict(each.split("=", 1) for each in (*called.settings, *words) if "=" in each)
    read = _Makefile(place, path, cwd)
    targets = [each for each in words if "=" not in each] or [read.first]
    if any("$" in each for each in targets):
        targets = list(read.recipes)
    for line in read.lines(targets, settings):
        text = read.plain(line.text, settings)
        inner = " ; ".join(_SHELL.findall(text))
        plain = _SHELL.sub(" ", text).replace("$$", "$")
        yield Ran(f"{plain} ; {inner}" if inner else plain, line.file, line.number, cwd)


def recipes(tree: Files, path: str, wanted: Sequence[str]) -> dict[str, list[str]]:
    """The lines of the recipes that a Makefile runs for these targets, or the first one, in the order in which it runs
    them, by their targets: those of what a target needs as well, before it."""
    root = posixpath.dirname(path)
    read = _Makefile(_Place(tree, root), path, "")
    found: dict[str, list[str]] = {}
    begun = set[str]()
    todo = [*reversed(wanted or [read.first])]
    while todo and len(begun) < _MOST:
        target = todo[-1]
        if target in begun or target not in read.recipes:
            todo.pop()
            if target in begun and target not in found:
                found[target] = [read.plain(line.text).replace("$$", "$") for line in read.recipes[target]]
            continue
        begun.add(target)
        todo += reversed([part for each in read.before[target] for part in read.plain(each).split()])
    return found


def _just(place: Workplace, called: Called) -> Iterator[Ran]:
    """The recipes of a justfile with those that they depend on, and what its variables run."""
    path = next((found for each in JUSTFILES if (found := place.at(each, called.cwd))), None)
    if path is None:
        return
    recipes: dict[str, list[_Line]] = {}
    before: dict[str, list[str]] = {}
    name = ""
    for number, line in _joined(place.tree.text(path)):
        if line[:1] in (" ", "\t") and name:
            recipes[name].append(_Line(line.strip().lstrip("@-"), path, number))
        elif "`" in line and ":=" in line:
            yield Ran(" ; ".join(re.findall(r"`([^`]+)`", line)), path, number, called.cwd)
        elif rule := _JUST.match(line):
            name = rule[1]
            recipes[name] = []
            before[name] = re.findall(r"[\w-]+", rule[2])
    todo, seen = [each for each in called.words if each in recipes] or list(recipes)[:1], set[str]()
    while todo:
        if (name := todo.pop()) in seen or name not in recipes:
            continue
        seen.add(name)
        todo += before[name]
        yield from (Ran(line.text, path, line.number, called.cwd) for line in recipes[name])


def _task(place: Workplace, called: Called) -> Iterator[Ran]:
    """The commands of a Taskfile's tasks with those that they call, each in the directory of its task."""
    path = next((found for each in TASKFILES if (found := place.at(each, called.cwd))), None)
    if path is None:
        return
    text = place.tree.text(path)
    yield Ran(text, path, 1, called.cwd, code=True)
    tasks = _tasks(text)
    todo, seen = [*(called.words or ["default"])], set[str]()
    while todo:
        if (name := todo.pop()) in seen or name not in tasks:
            continue
        seen.add(name)
        body = "\n".join(each.text for each in tasks[name])
        moved = _TASK_HOME.search(body)
        cwd = absolute(called.cwd, moved[1] if moved and "{{" not in moved[1] else "")
        for line in tasks[name]:
            if (said := _TASK_COMMAND.sub("", line.text).strip()) and not _TASK_KEY.match(said):
                yield Ran(said.strip("\"'"), path, line.number, cwd)
        todo += [each for each in _TASK_NAME.findall(body) if each in tasks]


def _tasks(text: str) -> dict[str, list[_Line]]:
    """The lines of the tasks of a Taskfile, by the names of these."""
    found: dict[str, list[_Line]] = {}
    name, depth = "", 0
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith((" ", "-")):
            inside, depth = line.startswith("tasks:"), 0
        elif inside:
            here = len(line) - len(line.lstrip())
            depth = depth or here
            if here == depth:
                name, _, rest = line.strip().partition(":")
                name = name.strip("\"'")
                found[name] = [_Line(rest, "", number)]
            elif name:
                found[name].append(_Line(line, "", number))
    return found


RUNNERS: Final = (Runner(("make", "gmake", "bmake"), _make), Runner(("just",), _just), Runner(("task",), _task))
