"""The text of a RUN as a shell reads it: pipes, commands, words.

Nothing is run and nothing expanded; substitutions stay in the words they stand in.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from .stages import Step

_BREAKS: Final = frozenset((";", "&&", "||", "&", "\n", ";;"))


def script(step: Step) -> str | None:
    """The text that the shell gets; None: a heredoc that goes to another program."""
    text = " ".join(step.words)
    if not step.instruction.heredocs:
        return text
    first, *others = step.instruction.heredocs
    alone = text.removeprefix("<<").lstrip("-").strip("\"'") == first.name and not others
    return first.content if alone and not first.content.startswith("#!") else None


def pipes(text: str) -> Iterator[list[list[str]]]:
    """The pipes of a script, each a list of commands in words. Raises `ValueError` where a quote does not end."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    pipe: list[list[str]] = [[]]
    for word in lexer:
        if word in _BREAKS or not word.strip("\n;"):
            if pipe != [[]]:
                yield pipe
            pipe = [[]]
        elif word == "|":
            pipe.append([])
        else:
            pipe[-1].append(word)
    if pipe != [[]]:
        yield pipe
