"""What an array of CMD or ENTRYPOINT hands on as it is written, and only a shell would have read."""

from __future__ import annotations

import json
import posixpath
import shlex
from collections.abc import Sequence
from typing import Final, NamedTuple

from ...dockerfile.stages import Step
from ...regex import lazy
from ..project.services import INITS
from ..reading import Reading

#: Programs that take their arguments as they are, variables of the shell as well.
_LITERAL: Final = frozenset(
    "node deno bun python python3 gunicorn uvicorn hypercorn daphne flask streamlit celery php ruby puma dotnet "
    "http-server serve vite waitress-serve".split()
)
#: Programs that are a shell, call one, or replace variables themselves.
_REPLACES: Final = frozenset(
    "sh bash ash dash zsh ksh fish busybox pwsh powershell cmd cmd.exe env envsubst make just task npm npx yarn pnpm "
    "bunx java mvn gradle dockerize gomplate su sudo ssh xargs parallel concurrently nodemon watchexec entr doppler "
    "dotenv direnv honcho foreman forego overmind supervisord s6-svscan execlineb with-contenv init otelcol".split()
)
_BECOMES: Final = frozenset(("gosu", "su-exec"))
_VARIABLE: Final = lazy(r"(?:[\w.:/=-]*[:=])?\$(?:(\w+)|\{(\w+)\})")
#: One with a value for where it has none.
_DEFAULT: Final = lazy(r"(?:[\w.,:/=@-]*[:=,/])?(\$\{(\w+):?-[^{}$`]*\})[\w.:/-]*")
#: Words of code, in which a dollar is no variable of a shell.
_CODE: Final = frozenset("-c -e -r -S --eval --exec --command --execute".split())
#: How a script has a shell look at its arguments once more.
_AGAIN: Final = lazy(r"\beval\b|\benvsubst\b|\b(?:ba|da|a|z)?sh\s+-\w*c\b|\bsu\s|\bsource\s+<")
#: An option and its value in one word.
_TWO: Final = lazy(r"(--[a-z][\w-]*) ([\w./:-]+)")


class Handed(NamedTuple):
    """What a program gets, why nobody looked at it, what to write, and which variable it is, or which word."""

    said: str
    why: str
    remedy: str
    name: str


def handed(reading: Reading, step: Step, starts: Sequence[Step]) -> Handed | None:
    """The first word of an array that its program cannot mean; None: there is none, or nobody knows the program."""
    entry = next((each for each in starts if each.keyword == "ENTRYPOINT"), step)
    if not entry.instruction.json:
        return None
    words = [*entry.words, *(step.words if step is not entry else ())]
    own = words[len(words) - len(step.words) :]
    program = _program(words)
    found = _variable(reading, step, program, own, code=not _CODE.isdisjoint(words))
    if found is not None:
        text = " ".join(each if "$" in each else shlex.quote(each) for each in words)
        rest = "" if step is entry else f", without {step.keyword}"
        return Handed(
            f"the program gets {found[0]} as it is written",
            "no shell replaces the variables of an array",
            f"{entry.keyword} {json.dumps(['sh', '-c', f'exec {text}'], ensure_ascii=False)}{rest}",
            found[1],
        )
    known = posixpath.basename(program) in _LITERAL
    two = next((each for each in own if known and _TWO.fullmatch(each)), None)
    if two is None:
        return None
    parted = [one for each in own for one in (each.split(" ") if each == two else [each])]
    return Handed(
        f'"{two}" is one word, and no option is called that',
        "no shell parts the words of an array",
        f"{step.keyword} {json.dumps(parted, ensure_ascii=False)}",
        two,
    )


def _program(words: Sequence[str]) -> str:
    """The program that a command becomes."""
    rest = list(words)
    if posixpath.basename(rest[0]) in INITS:
        rest = rest[1:]
        while rest and rest[0].startswith("-"):
            rest = rest[1:]
    if rest and posixpath.basename(rest[0]) in _BECOMES:
        rest = rest[2:]
    return (*rest, "")[0]


def _variable(reading: Reading, step: Step, program: str, own: Sequence[str], *, code: bool) -> tuple[str, str] | None:
    """A variable as it is written, and its name."""
    declared, known = {"PORT", "HOST", *dict(step.environment)}, posixpath.basename(program) in _LITERAL
    for word in own:
        found = _VARIABLE.fullmatch(word) if known else None
        name = (found[1] or found[2]) if found is not None else ""
        if name in declared:
            return f"${name}", name
        default = _DEFAULT.fullmatch(word) if not code else None
        if default is not None and _takes_them_as_they_are(reading, program):
            return default[1], default[2]
    return None


def _takes_them_as_they_are(reading: Reading, program: str) -> bool:
    """Whether a program is no shell, nor a script that may have one look at its arguments."""
    path = reading.file_of(program)
    if path is not None:
        return _AGAIN.search(reading.tree.text(path)) is None
    name = posixpath.basename(program)
    script = name.endswith(".sh") or "entrypoint" in name
    return bool(name) and name not in _REPLACES and not script and not name.startswith("-")
