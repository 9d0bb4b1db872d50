"""Makefiles, shell, task runners, package scripts and Python: lines and lists of words that build."""

from __future__ import annotations

import ast
import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from ...regex import lazy
from ..project import Project
from .automatic import with_automatic
from .commands import ENGINE_NAME, mentions_of
from .mention import HOLE, ROOT, Mention, Together, speaks_of
from .values import CONTINUED, joined_lines, known

_MAKE: Final = lazy(r"(?:.*/)?(?:[Mm]akefile(?:\.[\w.-]+)?|GNUmakefile|[^/]+\.(?:mk|mak|make|[Mm]akefile))")
_SHELL: Final = lazy(r"(?:.*/)?[^/]+\.(?:sh|bash|zsh|ksh|bats|ps1|psm1|bat|cmd|fish)")
_PYTHON: Final = lazy(r"(?:.*/)?[^/]+\.py|(?:.*/)?SConstruct")
_TASKS: Final = lazy(
    r"(?:.*/)?(?:[Jj]ustfile|\.justfile|[^/]+\.just|Taskfile(?:\.[\w.-]+)?\.ya?ml|tox\.ini|Rakefile|[^/]+\.rake|pyproject\.toml"
    r"|\.?mise\.toml|Cargo\.toml|Makefile\.toml|composer\.json|deno\.jsonc?|package\.json|\.env(?:\.[\w.-]+)?|\.envrc|[Pp]rocfile(?:\.\w+)?"
    r"|magefile\.go|build\.sbt|build\.gradle(?:\.kts)?|tasks\.json|CMakeLists\.txt|meson\.build|\.air\.toml|bitrise\.yml)"
)
#: Directories in which a file without an ending is a script.
_PLACES: Final = lazy(
    r"(?:.*/)?(?:bin|scripts?|hack|tools?|ci|\.ci|build|dev|docker|contrib|automation|\.buildkite|support|util|utils|docker-\w+)/[\w.-]*"
    r"|(?:.*/)?[\w-]*(?:build|docker|podman|container|image|publish|release|deploy)[\w-]*"
)
_ASSIGNED: Final = lazy(
    r"^[ \t]*(?:(?:export|local|readonly|declare(?: -\w+)*|set|ENV|override|unexport)[ \t]+)*\$?(?:env:)?"
    r"([A-Za-z_][\w.]*)[ \t]*(?:::?:?|\?|\+)?=[ \t]*([^\n]*)$",
    re.MULTILINE,
)
_LOOP: Final = lazy(r"\bfor[ \t]+(\w+)[ \t]+in[ \t]+([^;\n]+?)(?:[ \t]*;|[ \t]*\n|[ \t]+do\b)")
_COMPOSE_FILE: Final = lazy(
    r"(?m)^[ \t]*(?:export[ \t]+|- )?[\"']?COMPOSE_FILE[\"']?[ \t]*[=:][ \t]*[\"']?([\w./:;-]+)"
)
_BUILDING: Final = ("docker", "podman", "buildah", "nerdctl", "kaniko", "compose", "container")
_PROGRAMS: Final = frozenset(("docker", "podman", "nerdctl", "buildah", "finch", "docker-compose", "podman-compose"))
#: A Python file has to be somebody's tool to be read; there are too many others.
_PYTHON_PLACES: Final = lazy(
    r"(?:[^/]+\.py)|(?:.*/)?(?:noxfile|tasks|fabfile|build|conftest|[\w-]*docker[\w-]*|[\w-]*image[\w-]*|[\w-]*container[\w-]*)\.py"
    r"|(?:.*/)?(?:scripts?|hack|tools?|ci|\.ci|build|dev|docker|bin|automation"
    r"|test[\w-]*(?:/[\w-]+)?|e2e|integration|utils?|release|packaging|tagging|[\w-]*build[\w-]*)/[^/]+\.py"
)


def reads(path: str) -> bool:
    if _MAKE.fullmatch(path) or _SHELL.fullmatch(path) or _TASKS.fullmatch(path):
        return True
    name = path.rpartition("/")[2]
    if "." not in name.lstrip(".") and _PLACES.fullmatch(path) is not None:
        return True
    return _PYTHON.fullmatch(path) is not None and _PYTHON_PLACES.fullmatch(path) is not None


def mentions(path: str, text: str, project: Project) -> Iterator[Mention | Together]:
    own = posixpath.dirname(path)
    for match in _COMPOSE_FILE.finditer(text) if "COMPOSE_FILE" in text else ():
        files = tuple(filter(None, re.split("[:;]", match[1])))
        yield Together("compose", files, None, tuple(dict.fromkeys((own, ""))), f"{path}:{_line(text, match.start())}")
    made = _MAKE.fullmatch(path) is not None
    if not speaks_of(text, _BUILDING) and not (made and _INCLUDE.search(text)):
        return
    name = posixpath.basename(path)
    if name.endswith(".py"):
        yield from _of_python(path, text)
    elif name in ("package.json", "composer.json", "deno.json", "deno.jsonc"):
        yield from _of_package(path, text)
    elif made:
        values = assigned(text)
        included = dict(_included(path, text, project, 0))
        for each in included.values():
            values = {**assigned(each), **values}
        bases = _unique(own, *_above(own))
        # A recipe runs where make does, whichever file it stands in.
        for file, each in ((path, text), *included.items()):
            bound = dict(values)
            recipes = with_automatic(each, own, project, bound)
            yield from mentions_of(recipes, bound, path=file, line=1, bases=bases, stays=False)
        if "call " in text:
            yield from _of_calls(path, text, included, values, bases)
    else:
        values = assigned(text)
        if "." in name.lstrip(".") or text.startswith("#!") or name.lower() in ("justfile", "rakefile", "procfile"):
            runs = _TASKS.fullmatch(path) is not None
            bases = (own, *_above(own)) if runs else ("", own, *_above(own))
            yield from mentions_of(text, values, path=path, line=1, bases=_unique(*bases), stays=not runs)


def _of_calls(
    path: str, text: str, included: Mapping[str, str], values: dict[str, list[str]], bases: tuple[str, ...]
) -> Iterator[Mention | Together]:
    """What the functions build that a Makefile, or one that it includes, calls."""
    from .calls import called, functions  # only where there is one

    known = functions((text, *included.values()))
    for file, each in ((path, text), *included.items()) if known else ():
        for line, made in called(each, known):
            yield from mentions_of(made, values, path=file, line=line, bases=bases, stays=False)


def _unique(*bases: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bases))


def _above(directory: str) -> Iterator[str]:
    """The directories above, the nearest first, the root the last."""
    while directory:
        directory = posixpath.dirname(directory)
        yield directory


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def assigned(text: str) -> dict[str, list[str]]:
    """What names stand for in a script or Makefile, by its assignments and loops."""
    found: dict[str, list[str]] = {}
    text = joined_lines(text).replace(CONTINUED, " ")
    for match in _ASSIGNED.finditer(text):
        # What says where the file is may itself hold quotes.
        value = known(match[2].strip().rstrip("\\").strip())
        if value[:1] in "\"'" and value[:1]:
            value = _quoted(value)
        else:
            cut = re.split(r"[ \t]+#|;|[ \t]+&&", value)[0].strip()
            value = cut if cut.count("(") == cut.count(")") else value
        if value.count("(") != value.count(")"):
            continue  # what is computed over several lines
        if value and len(value) < 1000 and not value.startswith("("):
            found.setdefault(match[1], []).append(value)
    for match in _LOOP.finditer(text):
        try:
            words = shlex.split(match[2])
        except ValueError:
            continue
        # What is looked for on disk, or computed, stays a hole.
        if words and not any(c in match[2] for c in "*`") and "$(" not in match[2]:
            found[match[1]] = words
    return found


def _quoted(value: str) -> str:
    """What stands between the quote that `value` begins with and the one that ends it; what is run in between may have
    quotes of its own."""
    depth = 0
    for at, letter in enumerate(value[1:], 1):
        if letter == value[0] and depth == 0:
            return value[1:at]
        if value[0] == '"' and letter in "()":
            depth = depth + 1 if letter == "(" and (depth or value[at - 1] == "$") else max(0, depth - (letter == ")"))
    return value[1:]


_INCLUDE: Final = lazy(r"(?m)^-?include[ \t]+(?:\$[({]\w+[)}]/)?([\w./-]+)[ \t]*$")
#: How deep Makefiles include one another, and how many one of them.
MAX_INCLUDES: Final = 3
MAX_INCLUDED: Final = 20


def _included(path: str, text: str, project: Project, depth: int) -> Iterator[tuple[str, str]]:
    """The Makefiles that one includes, each with its text."""
    own = posixpath.dirname(path)
    for match in list(_INCLUDE.finditer(text))[:MAX_INCLUDED]:
        for base in (own, ""):
            below = posixpath.normpath(posixpath.join(base, match[1]))
            found = project.text(below) if project.has(below) else None
            if found is not None:
                yield below, found
                if depth < MAX_INCLUDES:
                    yield from _included(below, found, project, depth + 1)
                break


def _of_package(path: str, text: str) -> Iterator[Mention | Together]:
    try:
        found = json.loads(text)
        scripts = found.get("scripts") or found.get("tasks") or {}
        lines = [each for each in scripts.values() if isinstance(each, str)]
    except (ValueError, AttributeError, RecursionError):
        return
    own = posixpath.dirname(path)
    for each in lines:
        at = text.find(json.dumps(each, ensure_ascii=False)[:60])
        line = _line(text, at) if at >= 0 else 1
        yield from mentions_of(each, {}, path=path, line=line, bases=(own,))


# --- Python ---------------------------------------------------------------------------------------------------------


def _of_python(path: str, text: str) -> Iterator[Mention | Together]:
    """Lists of words, calls with words (`session.run("docker", "build", …)`), and texts that hold a line of shell."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    own = posixpath.dirname(path)
    bases = _unique("", own, *_above(own))
    names: dict[str, str] = {"__file__": f"{ROOT}/{path}"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            word = _word(node.value, names)
            if not word.startswith(HOLE):
                names.setdefault(node.targets[0].id, word)
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.List | ast.Tuple):
            parts = node.elts
        elif isinstance(node, ast.Call):
            parts = node.args
        words = [_word(each, names) for each in parts]
        start = next((at for at, each in enumerate(words[:4]) if _is_program(each, words[at + 1 :])), None)
        line = getattr(node, "lineno", 1)
        if start is not None and len(words) > start + 1:
            shell = shlex.join(words[start:])
            yield from mentions_of(shell, {}, path=path, line=line, bases=_inside(node, bases, names))
        elif isinstance(node, ast.Constant | ast.JoinedStr) and speaks_of(shell := _word(node, names), _BUILDING):
            yield from mentions_of(shell, {}, path=path, line=line, bases=bases)


def _is_program(word: str, after: list[str]) -> bool:
    """Whether a word is a program that builds, or a name for one that is told to."""
    if word in _PROGRAMS:
        return True
    return word.startswith(HOLE) and after[:1] in (["build"], ["buildx"]) and ENGINE_NAME.search(word) is not None


def _inside(node: ast.AST, bases: tuple[str, ...], names: dict[str, str]) -> tuple[str, ...]:
    """The bases of a call, with the one that it names itself before them."""
    for each in node.keywords if isinstance(node, ast.Call) else ():
        if each.arg == "cwd":
            word = _word(each.value, names)
            if HOLE not in word:
                return _unique(*(posixpath.normpath(posixpath.join(base, word)) for base in bases), *bases)
    return bases


def _word(node: ast.expr, names: dict[str, str]) -> str:
    """A word as far as it is known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_word(each, names) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return _word(node.value, names)
    if isinstance(node, ast.Name):
        return names.get(node.id, HOLE + node.id + HOLE)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        slash = "/" if isinstance(node.op, ast.Div) else ""
        return _word(node.left, names) + slash + _word(node.right, names)
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return posixpath.dirname(_word(node.value, names)) or HOLE + "parent" + HOLE
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
        up = node.slice.value if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) else None
        word = _word(node.value.value, names)
        for _ in range(min(up + 1, MAX_UP) if up is not None else 0):
            word = posixpath.dirname(word)
        return word or HOLE + "parents" + HOLE
    if isinstance(node, ast.Call):
        return _of_call(node, names)
    return HOLE + "value" + HOLE


#: How far up a path goes in one step.
MAX_UP: Final = 32


def _of_call(node: ast.Call, names: dict[str, str]) -> str:
    """The path that a call of `pathlib` or `os.path` makes of others."""
    words = [_word(each, names) for each in node.args]
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if name in ("resolve", "absolute", "as_posix"):
            return _word(node.func.value, names)
        if name == "joinpath":
            words.insert(0, _word(node.func.value, names))
    if name in ("str", "Path", "abspath", "realpath", "fspath", "normpath") and len(words) == 1:
        return words[0]
    if name == "dirname" and len(words) == 1 and words[0].strip("/"):
        return posixpath.dirname(words[0])
    if words and (name in ("joinpath", "Path") or (name == "join" and len(words) > 1)):
        return posixpath.join(*words)
    return HOLE + "value" + HOLE
