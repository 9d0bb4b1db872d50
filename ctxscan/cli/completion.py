"""What the docker client gets when somebody completes a line of `docker ctxscan`.

The client asks every plugin in cobra's protocol: the words so far, the last of them the one to complete, and the
answer a candidate a line, each with a tab and a description unless none is wanted, and last a line with a colon and a
number that tells the shell what to do with them. Source: `cobra/completions.go`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import click

from ..errors import CtxscanError
from ..printable import shown
from . import docker
from .parser import command

#: For the shell: complete files where there is no candidate; complete nothing but the candidates.
_FILES: Final = ":0"
_NO_FILES: Final = ":4"


class _Line(NamedTuple):
    """The line so far. `values` are those of the options by their long names, `others` the words that are none."""

    values: dict[str, list[str]]
    others: list[str]


def completed(words: Sequence[str], *, described: bool) -> str:
    """The answer for the words behind `docker ctxscan`; the last is the beginning of the one to complete."""
    *before, start = words or ("",)
    name, equals, value = start.partition("=")
    build = "build" in before
    option = _taking(before[-1] if before else "", build=build)
    if option is not None:
        found, prefix, start = _values(option, before[:-1]), "", start
    elif equals and (option := _taking(name, build=build)) is not None:
        found, prefix, start = _values(option, before), f"{name}=", value
    elif start.startswith("-"):
        found, prefix = _options(build=build), ""
    else:
        return _FILES
    if found is None:
        return _FILES
    lines = [
        prefix + shown(each) + (f"\t{shown(text)}" if described and text else "")
        for each, text in found
        if each.startswith(start)
    ]
    return "\n".join([*lines, _NO_FILES])


def _click_options() -> Iterator[click.Option]:
    yield from (each for each in command.params if isinstance(each, click.Option))


def _options(*, build: bool) -> list[tuple[str, str]]:
    if build:
        return [(each, "") for each in docker.options()]
    names = [(max(each.opts, key=len), each.help or "") for each in _click_options()]
    return sorted(each for each in names if each[0].startswith("--"))


def _taking(word: str, *, build: bool) -> str | None:
    """The long name of the option that this word is, if it takes a value."""
    for each in _click_options():
        if word in each.opts and not each.is_flag:
            return max(each.opts, key=len)
    return word if build and docker.takes_value(word) else None


def _values(option: str, before: Sequence[str]) -> list[tuple[str, str]] | None:
    """What an option can be given; None: a file, or what nobody can know."""
    for each in _click_options():
        if option in each.opts and isinstance(each.type, click.Choice):
            return [(str(choice), "") for choice in each.type.choices]
    line = _read(before)
    try:
        if option == "--target":
            return _stages(line)
        if option == "--service":
            return _services(line)
    except (CtxscanError, OSError):
        return []
    return None


def _read(words: Sequence[str]) -> _Line:
    values: dict[str, list[str]] = {}
    others: list[str] = []
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        option = _taking(name, build="build" in others)
        if option is not None:
            values.setdefault(option, []).append(value if equals else next(left, ""))
        elif not word.startswith("-"):
            others.append(word)
    return _Line(values, others)


def _stages(line: _Line) -> list[tuple[str, str]]:
    """The names of the stages of the Dockerfile that the line means, with what each is built from."""
    from ..dockerfile.stages import parse

    file = next(reversed(line.values.get("--file", [])), None)
    context = next((each for each in reversed(line.others) if each != "build"), ".")
    path = Path(file) if file is not None else Path(context, "Dockerfile")
    with path.open("rb") as stream:
        sections = parse(stream.read(1 << 20), label=path.name).sections
    return [(each.name, f"FROM {each.start.words[0]}") for each in sections if each.name]


def _services(line: _Line) -> list[tuple[str, str]]:
    """The services or targets of the files that the line means, each with its context."""
    from ..builds import sources
    from ..builds.bake.orders import Wish

    if compose := line.values.get("--compose"):
        found = sources.of_compose(compose, os.environ, profiles=line.values.get("--profile", ()), services=())
    elif bake := line.values.get("--bake"):
        found = sources.of_bake(bake, Wish((), (), {}, os.environ))
    elif line.others:
        found = sources.of_file(line.others[-1], Wish((), (), {}, os.environ), profiles=())
    else:
        return []
    return [(each.name, each.context) for each in found.orders]
