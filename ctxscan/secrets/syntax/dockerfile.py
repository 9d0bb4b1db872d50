"""A Dockerfile's variables: ENV, defaults of ARG, and the lines of heredocs. How it is built is not asked here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...regex import compiled
from .field import Field
from .lines import lines, unquoted

_INSTRUCTION: Final = r"(?i)[ \t]*+(ENV|ARG|LABEL)[ \t]++(.*)"
_HEREDOC: Final = r"<<-?[ \t]*+[\"']?([A-Za-z_]\w{0,63})[\"']?"
_PAIR: Final = r"(?<!\S)([\w.-]++)=(\"(?:[^\"\\\n]|\\.)*+\"?|'[^'\n]*+'?|(?:[^\s\\\"']|\\.)++)"


def dockerfile(text: str) -> Iterator[Field]:
    """The instruction is the first parent; heredoc lines have `<<`."""
    at = 0
    instruction = ""  # the one that goes on after a backslash
    ends: list[str] = []  # of the heredocs that are open
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if ends:
            if line.strip() == ends[0]:
                ends.pop(0)
            else:
                for field in lines(line):
                    yield field._replace(at=start + field.at, parents=("<<",))
            continue
        bare = line.strip()
        if bare.startswith("#"):
            continue
        body, offset = line, start
        if not instruction:
            if (begun := compiled(_INSTRUCTION).match(line)) is not None:
                instruction, body = begun[1].upper(), begun[2]
                offset += begun.start(2)
            elif "<<" in line and bare[:4].upper() in ("RUN ", "COPY", "ADD "):
                ends = [found[1] for found in compiled(_HEREDOC).finditer(line)][:16]
        if instruction:
            yield from _variables(body, offset, instruction)
        if not bare.endswith("\\"):
            instruction = ""


def _variables(body: str, offset: int, instruction: str) -> Iterator[Field]:
    first, _, rest = body.strip().partition(" ")
    if instruction == "ENV" and "=" not in first and rest.strip():  # ENV NAME value
        value, quoted = unquoted(rest.strip())
        yield Field(first, value, offset + body.index(rest.strip()) + quoted, (instruction,), quoted)
        return
    for pair in compiled(_PAIR).finditer(body):
        value, quoted = unquoted(pair[2])
        yield Field(pair[1], value, offset + pair.start(2) + quoted, (instruction,), quoted)
