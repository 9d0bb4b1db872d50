"""Shells and interpreters: which script of the project a command runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ..paths import absolute
from ..regex import lazy
from .workplace import Called, Ran, Runner, Workplace

_ASSIGNMENT: Final = lazy(r"[A-Za-z_]\w*\+?=.*")
#: Words before a command that are not the command.
_BEFORE: Final = frozenset(
    "! { ( if then else elif do while until sudo exec time command nice env nohup cross-env cross-env-shell dotenv "
    "npx pnpx bunx tini dumb-init gosu su-exec xvfb-run eval trap @ && | timeout xargs dotenvx env-cmd".split()
)
_WITH_OPTIONS: Final = frozenset("dotenv env-cmd env npx timeout sudo".split())
#: Words that run what follows one more word: `bundle exec x`, `poetry run x`.
_LAUNCHERS: Final = {
    "bundle": ("exec",), "poetry": ("run",), "uv": ("run",), "pipenv": ("run",), "pdm": ("run",), "hatch": ("run",),
    "pnpm": ("exec", "dlx"), "npm": ("exec",), "yarn": ("exec", "dlx"), "rye": ("run",), "pixi": ("run",),
    "mise": ("exec",), "conda": ("run",),
}  # fmt: skip
_SHELLS: Final = ("sh", "bash", "ash", "dash", "zsh", "ksh", "source", ".")
_OTHERS: Final = (
    "python", "python2", "python3", "ruby", "perl", "php", "node", "nodejs", "bun", "deno", "tsx", "ts-node", "Rscript",
    "lua", "julia", "babel-node", "vite-node", "esno", "zx",
)  # fmt: skip
#: What follows these is the program itself.
_MODULE: Final = ("-c", "-e", "-m", "--eval", "-p")
_ENDINGS: Final = ("", ".js", ".mjs", ".cjs", ".ts", ".mts", "/index.js", "/index.ts", ".py", ".rb")
_SHEBANG: Final = lazy(r"#!.*\b(?:ba|da|z|k|a)?sh\b")
_IMPORT: Final = lazy(r"""(?:\bfrom|\brequire\(|\bimport\(|^import)\s*["'](\.{1,2}/[^"'\n]{1,200})["']""", re.MULTILINE)
#: One of these is in whatever imports one.
_RELATIVE: Final = ('"./', "'./", '"../', "'../")
#: Files that one program is followed into.
_MOST: Final = 30


def script(place: Workplace, path: str, cwd: str) -> Iterator[Ran]:
    """A file of the project that is run, with what it imports by a relative path."""
    for ending in _ENDINGS:
        found = place.at(path + ending, cwd)
        if found and place.tree.read(found) is not None:
            text = place.tree.text(found)
            shell = found.endswith((".sh", ".bash", ".ash", ".ksh", ".zsh")) or bool(_SHEBANG.match(text))
            if shell or (not text.startswith("#!") and "." not in posixpath.basename(found)):
                yield Ran(text, found, 1, cwd)
            else:
                yield from program(place, found, cwd)
            return


def program(place: Workplace, path: str, cwd: str) -> Iterator[Ran]:
    """A program by its path in the context, with what it imports by a relative path."""
    todo, seen = [path], {path}
    while todo and len(seen) <= _MOST:
        here = todo.pop()
        text = place.tree.text(here)
        yield Ran(text, here, 1, cwd, code=True)
        for found in _IMPORT.findall(text) if any(each in text for each in _RELATIVE) else ():
            base = posixpath.normpath(posixpath.join(posixpath.dirname(here), found))
            for ending in _ENDINGS:
                one = base + ending
                if one not in seen and not one.endswith(".json") and place.tree.read(one) is not None:
                    seen.add(one)
                    todo.append(one)
                    break


def _shell(place: Workplace, called: Called) -> Iterator[Ran]:
    arguments = iter(called.arguments)
    for each in arguments:
        if each.startswith(("-", "+")):
            if each.startswith("--"):
                continue
            if "o" in each[1:] or "O" in each[1:]:
                next(arguments, None)  # `-eo pipefail`
            if "c" in each[1:] and (text := next(arguments, None)) is not None:
                yield Ran(text, "", 0, called.cwd)
                return
        else:
            yield from script(place, each, called.cwd)
            return


def _interpreter(place: Workplace, called: Called) -> Iterator[Ran]:
    arguments = iter(called.arguments)
    for each in arguments:
        if each in _MODULE:
            return
        if not each.startswith("-") and each not in ("run", "exec"):
            yield from script(place, each, called.cwd)
            return


RUNNERS: Final = (Runner(_SHELLS, _shell), Runner(_OTHERS, _interpreter))


def own(place: Workplace, called: Called, word: str) -> Iterator[Ran]:
    """A script of the project that is called by its path."""
    if "/" in word and "$" not in word and place.at(absolute(called.cwd, word)):
        yield from script(place, word, called.cwd)


@lru_cache(2048)
def called(words: tuple[str, ...], cwd: str) -> tuple[Called, str] | None:
    """The command without what stands before it, and its first word as it is written; None: there is none."""
    left, settings = list(words), []
    while left:
        first = left[0]
        if "=" in first and _ASSIGNMENT.fullmatch(first):
            settings.append(left.pop(0))
        elif first in _BEFORE or first == "--":
            left.pop(0)
            while left and left[0].startswith("-") and first in _WITH_OPTIONS:
                if left.pop(0) in ("-e", "-f", "-u", "-p", "--package") and left:
                    left.pop(0)
        elif first in _LAUNCHERS and len(left) > 2 and left[1] in _LAUNCHERS[first]:
            del left[:2]
            while left and left[0].startswith("-"):
                left.pop(0)
        else:
            return Called(first.rpartition("/")[2], tuple(left[1:]), cwd, tuple(settings)), first
    return None
