"""What the words of one command say that builds: `docker build` and its kin, Compose, bake, kaniko.

What is not understood is no mention.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Final

from ..order import is_address
from .mention import HOLE, NOWHERE, TEMPORARY, UNKNOWN, Mention, Together, rooted

#: Options of these commands that take no value; every other one does, with a blank or an equals sign.
_BARE: Final = frozenset(
    "--no-cache --pull --push --load --quiet -q --rm --force-rm --squash --compress --debug -D --check --layers "
    "--stream --no-hosts --no-hostname --squash-all --all-platforms --disable-compression --rewrite-timestamp "
    "--tls-verify --pull-always --pull-never --stdin --omit-history --skip-unused-stages -h --help".split()
)
#: Options of Compose before its subcommand that take a value, by what they are.
_COMPOSE_VALUES: Final = frozenset(
    "-f --file -p --project-name --profile --env-file --project-directory --ansi --progress --parallel -H --host -c "
    "--context".split()
)


def docker_build(words: Sequence[str], bases: Sequence[str], own: str, place: str) -> Mention | None:
    """The build of `docker build` with these words."""
    positional: list[str] = []
    given: dict[str, str] = {}
    arguments: dict[str, str | None] = {}
    contexts: dict[str, str] = {}
    read = ""
    todo = iter(words)
    for word in todo:
        if word.startswith("<"):
            read = word[1:]
            continue
        if word == "--":
            positional += todo
            break
        if not word.startswith("-") or word == "-":
            positional.append(word)
            continue
        name, equals, value = word.partition("=")
        if not equals and name.startswith("-f") and len(name) > 2 and not name.startswith("--"):
            name, value = "-f", name[2:]
        elif not equals and name not in _BARE:
            value = next(todo, "")
        if name in ("-f", "--file", "--dockerfile"):
            given["file"] = value
        elif name == "--target":
            given["target"] = value
        elif name == "--build-arg":
            key, there, text = value.partition("=")
            if key and HOLE not in key:
                # A value that is not known here is as good as one of the environment.
                arguments[key] = text if there and HOLE not in text else None
        elif name == "--build-context":
            key, _, where = value.partition("=")
            if key and where and HOLE not in value:
                contexts[key] = where
    if not positional:
        return None
    sure = [each for each in positional if not _is_hole(each)]
    context = sure[-1] if sure else positional[-1]
    dockerfile = given.get("file")
    if context.startswith(TEMPORARY):
        # What is put together there; the Dockerfile is a copy of the one that has its name.
        if dockerfile is None:
            return None
        context, dockerfile = UNKNOWN, dockerfile.removeprefix(TEMPORARY).lstrip("/")
    if dockerfile == "-":
        return None
    if context == "-":
        dockerfile = dockerfile or read
        context = NOWHERE
        if not dockerfile:
            return None
    return _made(context, dockerfile, given.get("target"), arguments, contexts, bases, own, place)


def _made(
    context: str,
    dockerfile: str | None,
    target: str | None,
    arguments: dict[str, str | None],
    contexts: dict[str, str],
    bases: Sequence[str],
    own: str,
    place: str,
) -> Mention | None:
    if TEMPORARY in context + (dockerfile or ""):
        return None
    if context not in (NOWHERE, UNKNOWN) and (is_address(context) or context.startswith(("/", "~", "<"))):
        return None
    if dockerfile and (is_address(dockerfile) or dockerfile.startswith(("/", "~"))):
        return None
    if any(c in context + (dockerfile or "") for c in "*{}<>`@"):
        return None
    if target is not None and HOLE in target:
        target = None
    return Mention(
        context if context == UNKNOWN else rooted(context, own),
        rooted(dockerfile, own) if dockerfile else None,
        target or None,
        arguments,
        contexts,
        tuple(bases),
        place,
    )


def _is_hole(word: str) -> bool:
    """Whether nothing of a word is known."""
    return word.startswith(HOLE) and word.endswith(HOLE) and word.count(HOLE) == 2


def kaniko(words: Sequence[str], bases: Sequence[str], own: str, place: str) -> Mention | None:
    given = dict(_options(words))
    context = given.get("--context", given.get("-c", "")).removeprefix("dir://")
    dockerfile = given.get("--dockerfile", given.get("-f"))
    if not context and not dockerfile:
        return None
    below = given.get("--context-sub-path")
    if below:
        context = posixpath.join(context or ".", below)
    # A Dockerfile is looked for where kaniko runs, then in the context.
    return _made(context or ".", dockerfile, given.get("--target"), {}, {}, bases, own, place)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    todo = iter(words)
    for word in todo:
        name, equals, value = word.partition("=")
        if word.startswith("-"):
            yield name, value if equals else next(todo, "")


def compose(words: Sequence[str], bases: Sequence[str], own: str, place: str) -> Together | None:
    files: list[str] = []
    directory: str | None = None
    todo = iter(words)
    for word in todo:
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            break
        if name in _COMPOSE_VALUES and not equals:
            value = next(todo, "")
        if name in ("-f", "--file") and value:
            files.append(rooted(value, own))
        elif name == "--project-directory":
            directory = rooted(value, own)
    return _together("compose", files, directory, bases, place)


def bake(words: Sequence[str], bases: Sequence[str], own: str, place: str) -> Together | None:
    files = [rooted(value, own) for name, value in _pairs(words) if name in ("-f", "--file") and value]
    return _together("bake", files, None, bases, place)


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    todo = iter(words)
    for word in todo:
        name, equals, value = word.partition("=")
        if word.startswith("-") and not equals and name not in _BARE and name not in ("--print", "--call"):
            value = next(todo, "")
        yield name, value


def _together(
    kind: str, files: Sequence[str], directory: str | None, bases: Sequence[str], place: str
) -> Together | None:
    if any(HOLE in each or is_address(each) or each == "-" for each in (*files, directory or "")):
        return None
    return Together(kind, tuple(files), directory, tuple(bases), place)
