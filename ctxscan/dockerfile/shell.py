"""The text of a RUN as a shell reads it: pipes, commands, words.

Nothing is run; substitutions stay in the words they stand in. What the words mean is known to `commands`, and to
`image.commands` as far as they carry files.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from ..regex import lazy
from .stages import Step

#: Where a command begins whose output becomes a part of a word; no arithmetic.
_SUBSTITUTED: Final = lazy(r"\$\((?!\()|`([^`]{1,2000})`")
_COMMENT: Final = lazy(r"(?:^|(?<=\s))#")
_INNER: Final = lazy(r"(?<!<)<<-?\s*(['\"]?)(\w+)\1")
_BREAKS: Final = frozenset((";", "&&", "||", "&", "\n", ";;"))
#: What stands behind a parenthesis without a blank, such as `);`, is a word of its own.
_PUNCTUATION: Final = lazy(r"[();<>|&\n]+")
_APART: Final = lazy(r"\n|[()]|;+|&&|\|\||[<>&|]+")
_BRACES: Final = lazy(r"(?<!\$)\{([^{}\s,]*(?:,[^{}\s,]*)+)\}")
_BLANK: Final = lazy(r"\s")
#: No more words are made of those with braces.
_MOST_WORDS: Final = 1000
_VARIABLE: Final = lazy(r"\$(?:\{(\w+)\}|(\w+))")
#: No more of a word with variables in it is kept.
_LONGEST: Final = 4096


def script(step: Step) -> str | None:
    """The text that the shell gets; None: a heredoc that goes to another program."""
    text = " ".join(step.words)
    if not step.instruction.heredocs:
        return text
    first, *others = step.instruction.heredocs
    alone = text.removeprefix("<<").lstrip("-").strip("\"'") == first.name and not others
    return command_lines(first.content) if alone and not first.content.startswith("#!") else None


def command_lines(text: str) -> str:
    """The lines of a script that hold commands, a continued one as one: without comments, whose apostrophes are no
    quotes, and without the heredocs inside it."""
    kept: list[str] = []
    end: str | None = None
    for line in text.replace("\\\n", " ").split("\n"):
        if end is not None:
            end = None if line.strip("\t") == end else end
            continue
        comment = next((each for each in _COMMENT.finditer(line) if _even(line[: each.start()])), None)
        kept.append(line[: comment.start()] if comment else line)
        inner = _INNER.search(kept[-1])
        if inner and _even(kept[-1][: inner.start()]):
            end = inner[2]
    return "\n".join(kept) if end is None else text


def _even(text: str) -> bool:
    return text.count("'") % 2 == text.count('"') % 2 == 0


def substitutes(step: Step) -> bool:
    """Whether the output of a command becomes a word of another one."""
    if step.instruction.json or script(step) is None:
        return False
    text = " ".join((*step.words, *(each.content for each in step.instruction.heredocs)))
    return "$(" in text or "`" in text


def pipes_of(step: Step) -> Iterator[list[list[str]]] | None:
    """The pipes of a RUN as those of `pipes`; None: its text goes to another program."""
    if step.instruction.json:
        return iter([[list(step.words)]])
    text = script(step)
    return None if text is None else pipes(text)


def replaced(word: str, values: Mapping[str, str]) -> str:
    """A word with its variables replaced; those without a value stay."""
    if "$" not in word:
        return word
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2], found[0]), word)[:_LONGEST]


#: What a shell does itself, and variables that are set for one command alone.
BUILT_IN: Final = lazy(r"(?:wait|cd|export|source|\.|set|:|true|fg|eval|exit|trap|fi|done|esac|[({!}\[].*)(?:\s|$)")
SET_FOR_IT: Final = lazy(r"(?:\w+=(?:\"[^\"]*\"|'[^']*'|\$\([^()]*\)|\$(?!\()|[^\s\"'$])*\s+)*")


def outside(text: str) -> str:
    """A line of shell without what its variables, substitutions and quotes hold."""
    for _ in range(len(text)):
        found = re.sub(r"\$\{[^{}]*\}|\$\w+|\$?\(\(?[^()]*\)\)?|`[^`]*`|\"[^\"$`]*\"|'[^']*'", "_", text)
        if found == text:
            break
        text = found
    return text


#: Signs for which a shell puts nothing else, and that need no quotes.
_WHOLE: Final = lazy(r"[\w@%+=:,./~-]+")


def is_whole(word: str) -> bool:
    """Whether a word may stand in a command as it is: nothing in it begins a quote, a variable or a pattern."""
    return _WHOLE.fullmatch(word) is not None


def spread(words: Iterable[str]) -> tuple[str, ...]:
    """Words with the braces expanded that list parts, as Bash does it: `{README,NEWS}.md` are two of them. A word with
    blanks was in quotes, where braces mean nothing."""
    found: list[str] = []
    for word in words:
        todo = [word]
        while todo and len(found) < _MOST_WORDS:
            each = todo.pop()
            braces = _BRACES.search(each) if "{" in each and not _BLANK.search(each) else None
            if braces is None:
                found.append(each)
            else:
                parts = reversed(braces[1].split(",")[:_MOST_WORDS])
                todo += [each[: braces.start()] + part + each[braces.end() :] for part in parts]
    return tuple(found)


#: Blanks, and what is in quotes, whose blanks are somebody's.
_BLANKS: Final = lazy(r"""("[^"]*"|'[^']*')|\s+""")


def one_line(text: str) -> str:
    """A command without the blanks of its continued lines."""
    if not set(text) & set("\"'\\"):
        return " ".join(text.split())
    return text.strip() if "\\" in text else _BLANKS.sub(lambda found: found[1] or " ", text.strip())


def pipes(text: str) -> Iterator[list[list[str]]]:
    """The pipes of a script, each a list of commands in words. Raises `ValueError` where a quote does not end."""
    found, wrong = _pipes(text)
    for pipe in found:
        yield [list(words) for words in pipe]
    if wrong:
        raise ValueError(wrong)


@lru_cache(256)
def _pipes(text: str) -> tuple[list[list[list[str]]], str]:
    """These pipes, and what is wrong behind them. Kept: each check asks for those of a RUN, and Dockerfiles that were
    written from one template have the same."""
    kept: list[str] = []
    lexer = shlex.shlex(_kept(text, kept), posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    found: list[list[list[str]]] = []
    pipe: list[list[str]] = [[]]
    try:
        for word in _words(lexer):
            if word in _BREAKS or (word and not word.strip("\n;")):
                if pipe != [[]]:
                    found.append(pipe)
                pipe = [[]]
            elif word == "|":
                pipe.append([])
            else:
                pipe[-1].append(_KEPT.sub(lambda found: kept[int(found[1])], word) if kept else word)
    except ValueError as error:
        return found, str(error)
    if pipe != [[]]:
        found.append(pipe)
    return found, ""


#: Where a command whose output becomes a word begins, and what decides whether one does.
_OPENS: Final = lazy(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.|\$\(|`[^`]*`""", re.DOTALL)
#: What ends such a command, or is in it.
_INSIDE: Final = lazy(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.|[()]""", re.DOTALL)
#: What stands for such a command while the words are parted.
_KEPT: Final = lazy("\ue000([0-9]+)\ue001")


def _kept(text: str, kept: list[str]) -> str:
    """A script with a mark for each command whose output becomes a word, which is put into `kept`: its blanks and
    operators part nothing. Those in double quotes are words as they stand."""
    if "$(" not in text and "`" not in text:
        return text
    out: list[str] = []
    at = 0
    while found := _OPENS.search(text, at):
        end = found.end() if found[0] != "$(" else _end_of(text, found.end())
        if end is None:
            break
        out.append(text[at : found.start()])
        if found[0][0] in "$`":
            kept.append(text[found.start() : end])
            out.append(f"\ue000{len(kept) - 1}\ue001")
        else:
            out.append(found[0])
        at = end
    return "".join((*out, text[at:]))


def _end_of(text: str, at: int) -> int | None:
    """Behind the bracket that closes the one before `at`."""
    depth = 1
    for found in _INSIDE.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return None


def _words(lexer: Iterable[str]) -> Iterator[str]:
    for word in lexer:
        if len(word) > 1 and (")" in word or "(" in word) and _PUNCTUATION.fullmatch(word):
            yield from _APART.findall(word)
        else:
            yield word


@lru_cache(1024)
def every_command(text: str) -> tuple[tuple[str, ...], ...]:
    """Each command of a script in words, whatever pipes and operators part them, and the commands whose output becomes
    a word. Where a quote does not end, lines are read one by one, and a line that cannot be read is cut at blanks.

    Kept, as many Dockerfiles run the same script."""
    lines = (line for line in text.replace("\\\n", " ").split("\n") if not line.lstrip().startswith("#"))
    plain = "\n".join(lines)
    try:
        found = [words for pipe in pipes(plain) for words in pipe]
    except ValueError:
        found = [words for line in plain.split("\n") for words in _of_line(line)]
    found += [words for inner in substituted(plain) for words in map(list, every_command(inner))]
    return tuple(tuple(words) for words in found if words)


#: A shell that is given a line, perhaps in quotes.
_GIVEN_A_LINE: Final = lazy(
    r"(?:(?<=[\s;&|])|^)(?:/\S{1,40}/)?(?:ba|da|a|z)?sh\s+(?:-\w+\s+)?-\w*c\s+(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|)"
)


def without_shells(text: str) -> str:
    """A text in which what a shell is given (`bash -c "…"`) stands by itself."""
    if "sh -" not in text:
        return text
    return _GIVEN_A_LINE.sub(lambda found: (found[1] or found[2] or "").replace('\\"', '"'), text)


def substituted(text: str) -> Iterator[str]:
    """The commands whose output becomes a part of a text, with those inside them."""
    at = 0
    while ("$(" in text or "`" in text) and (found := _SUBSTITUTED.search(text, at)):
        end = found.end() if found[1] else _end_of(text, found.end())
        if end is None:
            return
        yield found[1] or text[found.end() : end - 1]
        at = end


def _of_line(line: str) -> list[list[str]]:
    try:
        return [words for pipe in pipes(line) for words in pipe]
    except ValueError:
        return [line.split()]
