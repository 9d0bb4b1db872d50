"""Private files that a tool reads by itself while it installs or builds: a registry's login, settings of a front end.

They are not excluded silently, although they hold secrets: they should be mounted instead.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ...packages import catalog
from ...paths import join
from ...regex import lazy, lazy_bytes
from ..survey import Survey
from .project import SOURCES, TOOLS
from .recipe import Recipe

#: How files of keys are called.
_ENDING: Final = r"\.(?:key|pem|p12|pfx|jks|keystore|ppk|kdbx)"
_OF_SSH: Final = "id_(?:rsa|dsa|ecdsa|ed25519)"
#: And what a service gives its clients.
_OF_CLIENTS: Final = r"(?:secrets?|credentials?|service[_-]?account)[\w-]{0,40}\.json"
KEYS: Final = lazy(rf".+{_ENDING}|{_OF_SSH}")
CLIENTS: Final = lazy(rf"[\w.-]*{_OF_CLIENTS}")
#: One of these is in whatever names such a file.
_MARKS: Final = (
    *(b".key", b".pem", b".p12", b".pfx", b".jks", b".keystore", b".ppk", b".kdbx", b"id_"),
    *(b"secret", b"credential", b"account"),
)
#: How a name of one ends, or what is one as a whole; and a name from its first character on. To try that one at each
#: character of a source would read the rest of every word as often as it has letters.
_MARK: Final = lazy_bytes(rf"{_ENDING}\b|id_(?<!\wid_){_OF_SSH[3:]}\b|{_OF_CLIENTS}\b".encode())
_KEY: Final = lazy_bytes(rf"[\w.-]+{_ENDING}\b|[\w.-]*{_OF_CLIENTS}\b".encode())
_CHARACTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
#: So many characters at a time are looked at for the first one of a name.
_BACK: Final = 64
#: What a program or its settings are written in.
_WRITTEN: Final = tuple(
    ".js .mjs .cjs .ts .py .rb .php .go .rs .java .kt .scala .cs .ex .exs .c .cc .cpp .lua .sh .conf .cfg .cnf .ini "
    ".properties .yml .yaml .toml .json .xml .template .tmpl .j2 .env .config".split()
)
#: The texts before a name that make a path with it, as parts of a join; and how a path begins that stands before it.
_PARTS: Final = lazy_bytes(
    rb"""((?:["'][\w./-]{1,100}["']\s*(?:,|/|\)\s*\.\s*[jJ]oin\()\s*){0,6})["'`]([\w./@~-]*)\Z"""
)
_PART: Final = lazy_bytes(rb"""["']([\w./-]+)["']""")
_NEAR: Final = 300
#: Sources of tests, and directories in which nothing else is.
_OF_TESTS: Final = lazy(r"[._](?:test|spec|cy|stories)\.\w+$|_test\.(?:go|py)$|^(?:conftest|test_\w+)\.py$")
_TESTS: Final = frozenset("tests test __tests__ testdata e2e spec __mocks__".split())
#: Pipelines, which neither the build nor the program reads.
_PIPELINE: Final = lazy(
    r"(?:^|/)(?:\.(?:github|forgejo|gitea|gitlab|circleci|buildkite|woodpecker|azure|ci)/"
    r"|(?:\.[\w-]+|[\w-]*(?:pipelines|appveyor|cloudbuild|buildspec)[\w.-]*)\.ya?ml$)"
)
#: A line of remarks.
_REMARK: Final = lazy_bytes(rb"\s*(?://|#|\*\s|--\s)")
_MOST_FILES: Final = 10_000
_MOST_BYTES: Final = 1 << 18
#: What names the file of settings that a framework of Ruby or PHP reads by itself.
_ENVIRONMENT: Final = lazy(r"\b((?:RAILS|RACK|APP)_ENV)[= ]+[\"']?([\w-]+)")
_ENV: Final = lazy(r"(?m)^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=")


class Named(NamedTuple):
    """A `name` in a file, and in which line; `path` is that with what is put before it, in a program that is no test,
    and else empty."""

    name: str
    file: str
    line: int
    path: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def means(self, path: str) -> bool:
        """Whether a program takes the file at `path` of the context: by its path, or the end of that, or from beside
        itself."""
        plain = posixpath.normpath(self.path).lstrip("./")
        if not self.path or plain.rpartition("/")[2] != path.rpartition("/")[2]:
            return False
        if "/" in plain:
            return path == plain or path.endswith(f"/{plain}") or ("/" in path and plain.endswith(f"/{path}"))
        return posixpath.dirname(path) in ("", posixpath.dirname(self.file))


def reader(survey: Survey, recipes: tuple[Recipe, ...], path: str) -> str | None:
    """Who reads a private file in a stage that takes it; None: no known reader."""
    name = path.rpartition("/")[2]
    found = catalog.private(name)
    if name.startswith(".env") and is_public(survey.tree.text(path), some=_is_own(survey, path)):
        found.append(catalog.FRONT_END)
    if name.startswith(".env.") and (said := _of_environment(recipes, name.removeprefix(".env."), path)):
        return said
    for recipe in recipes if found else ():
        for taken in recipe.taking(path):
            for line, text in recipe.commands_after(taken):
                for commands in found:
                    if match := commands.search(text):
                        words = re.sub(r"\s+", " ", match[0]).strip()[:40]
                        return f"{words} may read it ({recipe.label}:{line})"
    return None


def is_key(name: str) -> bool:
    """Whether files of keys, or of what a service gives its clients, are called so."""
    return KEYS.fullmatch(name) is not None or (name.endswith(".json") and CLIENTS.fullmatch(name) is not None)


def _of_environment(recipes: tuple[Recipe, ...], environment: str, path: str) -> str | None:
    """What reads the settings of an environment: a framework, where the image says that it runs in that one."""
    for recipe in recipes:
        if any(recipe.taking(path)):
            said = (match for text in recipe.settings for match in _ENVIRONMENT.finditer(text))
            if match := next((each for each in said if each[2] == environment.removesuffix(".local")), None):
                return f"{match[1]}={match[2]} asks for it ({recipe.label})"
    return None


def keys(survey: Survey) -> Iterator[Named]:
    """Names of files of keys, and of the directories in which some lie, that sources and settings have in them. A
    directory counts where a path ends with it: in the middle of one, something else in it is meant. Tests and pipelines
    have what they try from elsewhere, or bring it themselves."""
    tree = survey.tree
    names = {each.rpartition("/")[2] for each in survey.kept if any(map(KEYS.fullmatch, tree.names(each)))}
    homes = [each.encode() for each in sorted(names) if each]
    pattern = re.compile(rb"[\"'`/](" + b"|".join(map(re.escape, homes)) + rb")(?=/?[\"'`]|/[{$%*<])")
    left = _MOST_FILES
    for directory in survey.kept:
        for name in tree.names(directory):
            if not name.endswith(_WRITTEN):
                continue
            path = join(directory, name)
            if _is_test(path) or _PIPELINE.search(path):
                continue
            data = (tree.read(path) or b"")[:_MOST_BYTES]
            found = [*_named(data)] if any(each in data for each in _MARKS) else []
            if any(each in data for each in homes):
                found += ((each.start(), each.end(), each[1]) for each in pattern.finditer(data))
            line = 1
            last = done = 0
            for start, end, text in sorted(found):
                if start < done:
                    continue  # a name in that of a directory
                line += data.count(b"\n", last, start)
                last, done = start, end
                whole = _joined(data, start, text) if _is_program(path) else ""
                yield Named(text.decode(errors="replace"), path, line, whole)
            left -= 1
            if left < 0:
                return


def _is_program(path: str) -> bool:
    """Whether a file is a source of a program that is no test, and no tool beside it."""
    name = path.rpartition("/")[2]
    if name[name.rfind(".") :] not in SOURCES or name.endswith(".sh"):
        return False
    return path.partition("/")[0] not in TOOLS and not _is_test(path)


def _is_test(path: str) -> bool:
    above, _, name = path.rpartition("/")
    return _OF_TESTS.search(name) is not None or not _TESTS.isdisjoint(above.split("/"))


def _joined(data: bytes, start: int, name: bytes) -> str:
    """The path that a text in quotes ends with which has a name at `start`; "": it does not end there."""
    before, behind = data[max(0, start - _NEAR) : start], data[start + len(name) : start + len(name) + 1]
    found = _PARTS.search(before) if behind in (b'"', b"'", b"`") else None
    if found is None or _REMARK.match(data, data.rfind(b"\n", 0, start) + 1):
        return ""
    return b"/".join((*_PART.findall(found[1]), found[2] + name)).decode(errors="replace")


def _named(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The names of files of keys in a source, from where to where."""
    done = 0
    for mark in _MARK.finditer(data):
        start, end = mark.span()
        if start < done:
            continue
        first = _first(data, done, start)
        if name := _KEY.match(data, first):
            start, end = name.span()
        elif mark[0].startswith(b"."):
            continue
        done = end
        yield start, end, data[start:end]


def _first(data: bytes, start: int, end: int) -> int:
    """Where the characters of a name begin that end at a place."""
    while end > start:
        some = data[max(start, end - _BACK) : end]
        before = len(some.rstrip(_CHARACTERS))
        end -= len(some) - before
        if before:
            break
    return end


def _is_own(survey: Survey, path: str) -> bool:
    """Whether a file comes with the project, as far as lists of what git ignores tell it where git does not."""
    if survey.known.known:
        return survey.tracks(path)
    return survey.tree.exists(".gitignore") and not survey.lists.ignores(path, directory=False)


def is_public(text: str, *, some: bool) -> bool:
    """Whether all variables, or `some`, are such as tools put into a front end."""
    found = [name.startswith(catalog.PUBLIC) for name in _ENV.findall(text)]
    return any(found) if some else bool(found) and all(found)
