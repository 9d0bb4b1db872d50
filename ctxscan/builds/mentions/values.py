"""Variables in the words of commands and pipelines: what they may stand for, and what stays a hole.

A name may have several values (a loop, a matrix, two assignments); a command is then several, each with one value for
each name. Nothing is run, and the environment of this process is not asked.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ...regex import lazy
from .mention import HOLE, OWN, ROOT, TEMPORARY

#: What one text may become, and how deep a value may lie in others.
MAX_ALTERNATIVES: Final = 64
MAX_DEPTH: Final = 8
MAX_LENGTH: Final = 8000

#: What stands for the end of a line that goes on on the next one.
CONTINUED: Final = "\x07"

#: The values of each name.
Values = Mapping[str, Sequence[str]]

_SCRIPT: Final = r"[\"']?\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?(?::-\$0)?\}|\{\(%\):-%[xN]\})[\"']?"
_REAL: Final = rf"\$\( *(?:readlink|realpath) +(?:-\w+ +)*{_SCRIPT} *\)"
_DIRNAME: Final = rf"(?:\$\( *dirname +(?:-- +)?(?:{_REAL}|{_SCRIPT}) *\)|`dirname +{_SCRIPT}`)"
_SHORTER: Final = r"\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}"
#: The directory of a script, in its own words.
_OF_SCRIPT: Final = (
    (
        lazy(
            r"\$\( *(?:unset +CDPATH *(?:;|&&) *)?(?:CDPATH=(?:[\"']{2})? *)?cd +(?:-P +)?(?:-- +)?[\"']?"
            rf"(?:{_DIRNAME}|{_SHORTER})[\"']?"
            r"((?:/[\w./-]+)?)[\"']?(?: *(?:>|&>|1>|2>) *&?[/\w]+)* *(?:;|&&) *pwd(?: +-[PL])? *\)"
        ),
        OWN + r"\1",
    ),
    (lazy(_DIRNAME), OWN),
    (lazy(_SHORTER), OWN),
)
_IDIOMS: Final = (
    # The root of the repository, whatever the directory is.
    (lazy(r"\$\( *git +rev-parse +--show-toplevel[^()]*\)|`git rev-parse --show-toplevel`"), ROOT),
    (lazy(r"\$\(shell +git +rev-parse +--show-toplevel[^()]*\)"), ROOT),
    (
        lazy(
            r"\$\{?(?:CI_PROJECT_DIR|GITHUB_WORKSPACE|WORKSPACE|BUILD_SOURCESDIRECTORY|TRAVIS_BUILD_DIR"
            r"|BITBUCKET_CLONE_DIR|CIRCLE_WORKING_DIRECTORY|BUILD_WORKSPACE_DIRECTORY)\b\}?"
            r"|\$\{\{ *github\.workspace *\}\}|\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory"
            r"|Build\.Repository\.LocalPath)\)|\$\(Pipeline\.Workspace\)/s\b"
        ),
        ROOT,
    ),
    # A directory that is new.
    (lazy(r"\$\( *mktemp +[^()|]*-d[^()|]*\)|`mktemp +[^`|]*-d[^`|]*`|\$\( *mktemp +--directory[^()|]*\)"), TEMPORARY),
    *_OF_SCRIPT,
    (
        lazy(
            r"\$\((?:dir|shell dirname) *\$\((?:abspath|realpath|lastword|firstword) *\$\((?:lastword *)?"
            r"\$?\(?MAKEFILE_LIST\)*"
        ),
        OWN + "/",
    ),
    # Where it runs.
    (
        lazy(
            r"\$\(pwd(?: +-\w)?\)|`pwd`|\$\{?PWD\b\}?|\$\((?:CURDIR|PWD)\)|\$\{CURDIR\}|\$\(shell pwd\)"
            r"|%cd%|\$\{\{ *runner\.workspace *\}\}|\{\{ *justfile_directory\(\) *\}\}"
            r"|\{\{ *\.(?:ROOT_DIR|TASKFILE_DIR) *\}\}"
        ),
        ".",
    ),
)
_REFERENCE: Final = lazy(
    r"\$\{\{(?P<expression>[^{}\n]{1,300})\}\}"
    r"|(?<!\$)\$\{(?P<braced>[A-Za-z_][\w.]*)(?:(?P<operator>:?[-+=?]|%%?|##?|/{1,2}|\^{1,2}|,{1,2}|\[)(?P<other>[^{}]*))?\}"
    r"|(?<!\$)\$\((?P<made>[A-Za-z_0-9][\w.]*)\)"
    r"|\$\$?(?P<plain>[A-Za-z_]\w*)"
    r"|(?<!\$)\$(?P<special>[*@<^?#0-9])"
    r"|\{\{ *(?P<template>[.\w]+) *\}\}"
    r"|%(?P<windows>[A-Za-z_]\w*)%"
)
#: What is run and whose output nobody knows.
_INNER: Final = r"[^()]*(?:\([^()]*\)[^()]*)*"
_COMMAND: Final = lazy(
    rf"\$\([^()]*(?:\({_INNER}\)[^()]*)*\)|`[^`\n]*`|\$\{{[^{{}}]*\}}|\$\{{\{{.*?\}}\}}|\{{\{{.*?\}}\}}"
)


def known(text: str) -> str:
    """`text` with what says where the project, the file or the process is in place of the words for it."""
    if "$" in text or "`" in text or "{{" in text or "%" in text:
        for pattern, value in _IDIOMS:
            text = pattern.sub(value, text)
    return text


def at_home(text: str, home: str) -> str:
    """The text of a script in the directory `home`, with that in place of the words for it."""
    for pattern, value in _OF_SCRIPT:
        text = pattern.sub(value, text)
    return text.replace(OWN, home)


def alternatives(text: str, values: Values) -> Iterator[str]:
    """Everything that `text` may stand for, with holes for what has no value."""
    text = known(text)
    names: dict[str, Sequence[str]] = {}
    _collect(text, values, names, 0)
    many = {name: list(dict.fromkeys(each))[:MAX_ALTERNATIVES] for name, each in names.items() if each}
    done: set[str] = set()
    for chosen in itertools.islice(itertools.product(*many.values()), MAX_ALTERNATIVES):
        bound = dict(zip(many, chosen, strict=True))
        made = _replaced(text, bound, 0)
        if made not in done:
            done.add(made)
            yield made


def _collect(text: str, values: Values, found: dict[str, Sequence[str]], depth: int) -> None:
    """The names that `text` and their values mention, with their values."""
    for match in _REFERENCE.finditer(text):
        for name in _names(match):
            if name in found or not (own := values.get(name)):
                continue
            own = [each for each in own if len(each) <= MAX_LENGTH and not _mentions(each, name)]
            found[name] = [known(each) for each in own][:MAX_ALTERNATIVES]
            if depth < MAX_DEPTH:
                for each in found[name]:
                    _collect(each, values, found, depth + 1)
        if match["other"] and depth < MAX_DEPTH:
            _collect(match["other"], values, found, depth + 1)


def _mentions(text: str, name: str) -> bool:
    """Whether a value is made of the one that the name had before."""
    return any(name in _names(match) for match in _REFERENCE.finditer(text))


def _names(match: re.Match[str]) -> Iterator[str]:
    if match["expression"] is not None:
        for part in match["expression"].split("||"):
            *conditions, value = part.split("&&")
            yield value.strip()
            yield from (found[1] for each in conditions if (found := _CONDITION.fullmatch(each.strip())))
        return
    for kind in ("braced", "made", "plain", "template", "windows"):
        if match[kind] is not None:
            yield match[kind]


def _replaced(text: str, bound: Mapping[str, str], depth: int) -> str:
    def value(match: re.Match[str]) -> str:
        if match["expression"] is not None:
            return _expression(match["expression"], bound, depth)
        name = next(_names(match), None)
        if name is None:
            # The script itself: what says where it lies may be made of it.
            return "${0}" if match["special"] == "0" else _hole(match["special"] or "")
        operator, other = match["operator"], match["other"] or ""
        if operator in (":-", "-", ":=", "=") and not bound.get(name):
            return _replaced(other, bound, depth + 1) if depth < MAX_DEPTH else _hole(name)
        if operator is not None and operator not in (":-", "-", ":=", "=", ":?", "?"):
            return _hole(name)
        own = bound.get(name)
        if own is None or depth >= MAX_DEPTH:
            return _hole(name)
        return _replaced(own, bound, depth + 1)

    made = _REFERENCE.sub(value, text)[:MAX_LENGTH]
    return _COMMAND.sub(lambda match: _hole(match[0]), known(made)) if depth == 0 else made


def _expression(text: str, bound: Mapping[str, str], depth: int) -> str:
    """The value of `${{ … }}`: the first alternative that has one, and whose conditions hold. A hole where that cannot
    be told."""
    for each in text.split("||"):
        *conditions, part = (one.strip() for one in each.split("&&"))
        held = [_holds(one, bound) for one in conditions]
        if False in held:
            continue
        if None in held:
            break
        if len(part) > 1 and part[0] == part[-1] == "'":
            return part[1:-1]
        if part in bound and bound[part] and depth < MAX_DEPTH:
            return _replaced(bound[part], bound, depth + 1)
    return _hole(text.strip())


#: A name alone, or compared with a word.
_CONDITION: Final = lazy(r"([\w.-]+)(?:\s*(==|!=)\s*'([^']*)')?")


def _holds(condition: str, bound: Mapping[str, str]) -> bool | None:
    """Whether a condition of an expression holds; None: nobody knows."""
    found = _CONDITION.fullmatch(condition)
    value = bound.get(found[1]) if found is not None else None
    if found is None or value is None or HOLE in value:
        return None
    if found[2] is None:
        return value not in ("", "false", "0")
    return (value == found[3]) is (found[2] == "==")


def _hole(name: str) -> str:
    """A hole under a name that no shell would take apart."""
    return HOLE + re.sub(r"[^\w.]", lambda match: f"_{ord(match[0]):x}", name[:200]) + HOLE


def joined_lines(text: str, escape: str = "\\") -> str:
    """`text` with lines that go on on the next one put together, as many characters as before, and where a line ended
    `CONTINUED`."""
    return re.sub(rf"{re.escape(escape)}[ \t]*\r?\n", lambda match: " " * (len(match[0]) - 1) + CONTINUED, text)
