"""What an instruction takes: how many arguments, which flags.

Everything that the builder refuses without knowing a variable or another instruction, in its words. Above
`instructions`, whose results are checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from ..errors import CtxscanError
from ..printable import WHITE_SPACE
from ..regex import lazy
from .instructions import SPACES, Instruction, heredoc_name
from .mounts import mount_fields
from .values import duration_problem, retries_problem
from .words import quoted

#: `switch`: with or without `=true`; `one`: a value, once; `many`: a value, repeatedly.
_FLAGS: Final[Mapping[str, Mapping[str, Literal["switch", "one", "many"]]]] = {
    "ADD": {
        "chown": "one",
        "chmod": "one",
        "checksum": "one",
        "exclude": "many",
        "keep-git-dir": "switch",
        "link": "switch",
        "unpack": "switch",
    },
    "COPY": {
        "from": "one",
        "chown": "one",
        "chmod": "one",
        "exclude": "many",
        "link": "switch",
        "parents": "switch",
    },
    "FROM": {"platform": "one"},
    "HEALTHCHECK": {
        "interval": "one",
        "timeout": "one",
        "start-period": "one",
        "start-interval": "one",
        "retries": "one",
    },
    "RUN": {"mount": "many", "device": "many", "network": "one", "security": "one"},
}
_EXACTLY_ONE: Final = frozenset(("MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"))
_AT_LEAST_ONE: Final = frozenset(("ARG", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "SHELL", "VOLUME"))
KEYWORDS: Final = _EXACTLY_ONE | _AT_LEAST_ONE | {"ADD", "CMD", "COPY", "ENTRYPOINT", "FROM", "RUN"}


def check_arguments(instruction: Instruction, *, label: str) -> None:
    """Raise `CtxscanError` where the builder refuses an instruction for its arguments or flags."""
    problem = _problem(instruction)
    if problem:
        message = f"dockerfile parse error on line {instruction.line}: {problem}"
        raise CtxscanError(message, place=f"{label}:{instruction.line}")


def _problem(instruction: Instruction) -> str | None:
    keyword = instruction.keyword
    if keyword not in KEYWORDS:
        return f"unknown instruction: {SPACES.split(instruction.text.strip(WHITE_SPACE), maxsplit=1)[0]}"
    if keyword == "FROM":
        return _from_problem(instruction.words) or _flag_problem(instruction)
    if keyword in ("ENV", "LABEL", "SHELL"):
        return _flag_problem(instruction) or _count_problem(instruction) or _argument_problem(instruction)
    return _count_problem(instruction) or _flag_problem(instruction) or _argument_problem(instruction)


def _count_problem(instruction: Instruction) -> str | None:
    keyword, words = instruction.keyword, instruction.words
    if keyword in _EXACTLY_ONE and not words:
        return f"{keyword} requires exactly one argument"
    if keyword in _AT_LEAST_ONE and not words:
        return f"{keyword} requires at least one argument"
    if keyword in ("ADD", "COPY") and len(words) < 2:
        missing = "but only one was provided. Destination could not be determined"
        return f"{keyword} requires at least two arguments, {missing}"
    return None


def _flag_problem(instruction: Instruction) -> str | None:
    keyword, words = instruction.keyword, instruction.words
    if keyword in ("ARG", "STOPSIGNAL") or (keyword == "HEALTHCHECK" and words[0].upper() == "NONE"):
        return None  # the builder does not look at them
    known = _FLAGS.get(keyword, {})
    seen: set[str] = set()
    for name, value in instruction.flags:
        kind = known.get(name)
        if kind is None:
            return f"unknown flag: --{name}"
        if name in seen and kind != "many":
            return f"duplicate flag specified: --{name}"
        if value == "" if kind == "switch" else value is None:
            return f"missing a value on flag: --{name}"
        if kind == "switch" and value is not None and value.lower() not in ("true", "false"):
            return f"expecting boolean value for flag --{name}, not: {value}"
        seen.add(name)
    return None


def _argument_problem(instruction: Instruction) -> str | None:
    keyword, words = instruction.keyword, instruction.words
    match keyword:
        case "ADD" | "COPY":
            return _copy_problem(keyword, words)
        case "ARG":
            return "ARG names can not be blank" if any(word.startswith("=") for word in words) else None
        case "ENV" | "LABEL":
            return None if all(words[::2]) else f"{keyword} names can not be blank"
        case "HEALTHCHECK":
            return _healthcheck_problem(words) or _interval_problem(instruction)
        case "ONBUILD":
            return _trigger_problem(words[0])
        case "RUN":
            return _run_problem(instruction)
        case "SHELL":
            return None if instruction.json else "SHELL requires the arguments to be in JSON form"
        case "VOLUME" if not all(word.strip(WHITE_SPACE) for word in words):
            return "VOLUME specified can not be an empty string"
    return None


def _copy_problem(keyword: str, words: tuple[str, ...]) -> str | None:
    return f"{keyword} cannot accept a heredoc as a destination" if heredoc_name(words[-1]) else None


def _from_problem(words: tuple[str, ...]) -> str | None:
    if len(words) == 3 and words[1].lower() == "as":
        if _STAGE_NAME.fullmatch(words[2].lower()):
            return None
        problem = "name can't start with a number or contain symbols"
        return f"invalid name for build stage: {quoted(words[2])}, {problem}"
    return None if len(words) == 1 else "FROM requires either one or three arguments"


def _healthcheck_problem(words: tuple[str, ...]) -> str | None:
    kind, *command = words
    match kind.upper():
        case "NONE":
            return "HEALTHCHECK NONE takes no arguments" if command else None
        case "CMD":
            return None if command else "Missing command after HEALTHCHECK CMD"
    return f"Unknown type {quoted(kind.upper())} in HEALTHCHECK (try CMD)"


def _interval_problem(instruction: Instruction) -> str | None:
    if instruction.words[0].upper() == "NONE":
        return None  # the builder does not look at flags
    given = {name: value or "" for name, value in instruction.flags}
    for flag in ("interval", "timeout", "start-period", "start-interval"):
        if problem := duration_problem(flag, given.get(flag, "")):
            return problem
    return retries_problem(given.get("retries", ""))


def _trigger_problem(trigger: str) -> str | None:
    keyword = SPACES.split(trigger, maxsplit=1)[0].upper()
    if keyword == "ONBUILD":
        return "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
    return f"{keyword} isn't allowed as an ONBUILD trigger" if keyword in ("FROM", "MAINTAINER") else None


def _run_problem(instruction: Instruction) -> str | None:
    for mount in instruction.given("mount"):
        fields = mount_fields(mount)
        if fields is None:
            return "failed to parse csv mounts"
        for field in fields:
            name, _, value = field.partition("=")
            if name.lower() == "from" and "$" in value[:-1]:
                return "'from' doesn't support variable expansion, define alias stage instead"
    for network in instruction.given("network"):
        if network not in ("default", "none", "host"):
            return f"invalid network mode {quoted(network)}"
    for security in instruction.given("security"):
        if security not in ("insecure", "sandbox"):
            return f"security {quoted(security)} is not valid"
    return None


_STAGE_NAME: Final = lazy(r"[a-z][a-z0-9-_.]*+")
