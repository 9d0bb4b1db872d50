"""Builds that CI files, Makefiles and scripts mention: `docker build` lines, and the steps of workflows.

Used by `everywhere`. Text is read, nothing is run: what a variable decides is passed over, and a line that is not
understood is no mention. Whether the directories and Dockerfiles are there is not looked at here.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from ..errors import CtxscanError
from ..regex import lazy
from .documents import YamlNode, documents
from .order import is_address

#: Commands that are looked at in one file, and how much of a line on either side of them.
MAX_COMMANDS: Final = 200
_LONGEST: Final = 4000
_WORKFLOWS: Final = lazy(r"\.github/workflows/[^/]+\.ya?ml|\.forgejo/workflows/[^/]+\.ya?ml")
_SCRIPTS: Final = lazy(
    r"(.*/)?([Mm]akefile|GNUmakefile|[Jj]ustfile|Jenkinsfile|Taskfile\.ya?ml|package\.json|[^/]+\.(sh|bash|mk))"
    r"|(.*/)?(\.gitlab-ci|azure-pipelines|bitbucket-pipelines|\.travis|\.drone|\.woodpecker)\.ya?ml"
    r"|(.*/)?[^/]+\.gitlab-ci\.ya?ml|\.circleci/config\.yml|\.woodpecker/[^/]+\.ya?ml"
)
_COMMAND: Final = lazy(
    r"\b(?:(?:docker|podman|nerdctl)[ \t]+(?:(?:buildx|image|builder)[ \t]+)?build|buildah[ \t]+(?:bud|build))[ \t]+"
)
_HERE: Final = lazy(
    r"\$\(pwd\)|`pwd`|\$\{?PWD\}?|\$\((?:CURDIR|PWD)\)|\$\{?CI_PROJECT_DIR\}?|\$\{?GITHUB_WORKSPACE\}?"
    r"|\$\{\{ *github\.workspace *\}\}"
)
_CD: Final = lazy(r"\bcd[ \t]+([^\s;&|]+)[ \t]*(?:&&|;)[ \t]*$")
_ENDS: Final = lazy(r"[;&|<>()\n]+")
#: Options of these commands that take no value; every other one does, with a blank or an equals sign.
_BARE: Final = frozenset(
    "--no-cache --pull --push --load --quiet -q --rm --force-rm --squash --compress --debug -D --check --layers "
    "--stream --no-hosts --no-hostname --squash-all --all-platforms --disable-compression --rewrite-timestamp".split()
)
_ACTION: Final = "docker/build-push-action@"
#: What the action takes for the repository.
_DEFAULT_CONTEXT: Final = lazy(r"\{\{ *defaultContext *\}\}(?::(.*))?")


class Mention(NamedTuple):
    """A build that is mentioned. `context` and `dockerfile` (None: the one in it) are relative to `base`, a directory
    below the root that may be it or not; `place` is where."""

    context: str
    dockerfile: str | None
    target: str | None
    arguments: tuple[tuple[str, str], ...]
    bases: tuple[str, ...]
    place: str


def is_source(path: str) -> bool:
    """Whether a path, relative to the root, is that of a file in which builds are mentioned."""
    return (_WORKFLOWS.fullmatch(path) or _SCRIPTS.fullmatch(path)) is not None


def mentions(path: str, data: bytes) -> Iterator[Mention]:
    """The builds that the file at `path` mentions."""
    text = data.decode(errors="replace")
    if _WORKFLOWS.fullmatch(path):
        yield from _of_workflow(path, data)
    elif posixpath.basename(path) == "package.json":
        for script in _npm_scripts(text):
            yield from _of_script(script, path, 1, (posixpath.dirname(path),))
    else:
        own = posixpath.dirname(path)
        first = ("", own) if path.endswith((".sh", ".bash", ".yml", ".yaml", "Jenkinsfile")) else (own, "")
        yield from _of_script(text, path, 1, tuple(dict.fromkeys(first)))


# --- lines of shell -------------------------------------------------------------------------------------------------


def _of_script(text: str, path: str, line: int, bases: tuple[str, ...]) -> Iterator[Mention]:
    # A line that goes on on the next one: as many characters as before, so that places stay.
    joined = re.sub(r"\\\r?\n", lambda found: " " * len(found[0]), text)
    for found in islice(_COMMAND.finditer(joined), MAX_COMMANDS):
        start = joined.rfind("\n", 0, found.start()) + 1
        if joined[start : min(start + _LONGEST, found.start())].lstrip().startswith(("#", "//", "echo ")):
            continue
        before = joined[max(start, found.start() - _LONGEST) : found.start()]
        end = joined.find("\n", found.end(), found.end() + _LONGEST)
        rest = _HERE.sub(".", joined[found.end() : end if end >= 0 else found.end() + _LONGEST])
        directory = _CD.search(_HERE.sub(".", before))
        inside = tuple(posixpath.join(each, directory[1]) for each in bases) if directory else bases
        number = line + text.count("\n", 0, found.start())
        made = _of_words(_words(rest), inside, f"{path}:{number}")
        if made is not None and not (directory and _is_open(directory[1])):
            yield made


def _words(text: str) -> list[str]:
    """The words of one command, up to what ends it; none if it cannot be read."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    try:
        for word in lexer:
            if _ENDS.fullmatch(word):
                break
            words.append(word)
    except ValueError:
        return []
    return words


def _of_words(words: list[str], bases: tuple[str, ...], place: str) -> Mention | None:
    context: str | None = None
    given: dict[str, str] = {}
    arguments: list[tuple[str, str]] = []
    todo = iter(words)
    for word in todo:
        if not word.startswith("-") or word == "-":
            context = word
            continue
        name, equals, value = word.partition("=")
        if not equals and name not in _BARE:
            value = next(todo, "")
        if name in ("-f", "--file", "--target"):
            given[name.lstrip("-")[0]] = value
        elif name == "--build-arg" and "=" in value and not _is_open(value):
            arguments.append((value.partition("=")[0], value.partition("=")[2]))
    dockerfile, target = given.get("f"), given.get("t")
    if context is None or any(map(_is_open, (context, dockerfile or "", target or ""))):
        return None
    if context == "-" or dockerfile == "-" or is_address(context):
        return None
    return Mention(context, dockerfile, target, tuple(arguments), bases, place)


def _is_open(word: str) -> bool:
    """Whether something that is not known here decides a word."""
    return any(c in word for c in "$`*{}%@<>")


def _npm_scripts(text: str) -> Iterable[str]:
    try:
        scripts = json.loads(text).get("scripts", {})
        return [each for each in scripts.values() if isinstance(each, str)]
    except (ValueError, AttributeError, RecursionError):
        return ()


# --- workflows ------------------------------------------------------------------------------------------------------


def _of_workflow(path: str, data: bytes) -> Iterator[Mention]:
    try:
        jobs = [
            job for document in documents(data, path) for job in (document.get("jobs") or document).mapping.values()
        ]
    except CtxscanError:
        return
    for job in jobs:
        steps = job.get("steps")
        for step in steps.items if steps else ():
            uses, run = _text(step, "uses"), _text(step, "run")
            if uses is not None and uses.lower().startswith(_ACTION):
                made = _of_action(step)
                if made is not None:
                    yield made
            elif run is not None:
                inside = _text(step, "working-directory") or _text(job, "defaults", "run", "working-directory") or ""
                place = step.get("run")
                line = int(place.place.rpartition(":")[2]) if place else 1
                # The text of a block begins on the line below its key.
                offset = 1 if "\n" in run.strip() else 0
                if not _is_open(inside):
                    yield from _of_script(run, path, line + offset, (inside,))


def _of_action(step: YamlNode) -> Mention | None:
    context = _text(step, "with", "context") or "."
    context = _HERE.sub(".", context)
    default = _DEFAULT_CONTEXT.fullmatch(context)
    if default:
        context = default[1] or "."
    dockerfile, target = _text(step, "with", "file"), _text(step, "with", "target")
    dockerfile = _HERE.sub(".", dockerfile) if dockerfile else None
    if is_address(context) or any(map(_is_open, (context, dockerfile or "", target or ""))):
        return None
    lines = (_text(step, "with", "build-args") or "").splitlines()
    pairs = [each.strip().partition("=")[::2] for each in lines if "=" in each and not _is_open(each)]
    return Mention(context, dockerfile, target, tuple(pairs), ("",), step.place)


def _text(node: YamlNode, *path: str) -> str | None:
    found = node.get(*path)
    return found.text if found else None
